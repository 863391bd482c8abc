import { createHash, randomUUID } from 'node:crypto'
import { isRouting } from '../../core/payment-files/nacha.ts'
import type { BankVerifier } from '../../ports/bank-verification.ts'

/**
 * Proofs without a bank, for trying things out. What comes of one stands at the end of the public token: `…-expired`, `…-suspended`, or any
 * other word after `-status-`; else it is `verified`. A proof that expired is good again once it was renewed.
 */

const LIFETIME_MS = 30 * 60_000

const digits = (text: string, count: number) =>
  [...createHash('sha256').update(text).digest()]
    .map((byte) => byte % 10)
    .join('')
    .slice(0, count)

/** A routing number whose check digit fits, always the same for a bank. */
function routingOf(institution: string): string {
  const first = `02${digits(institution, 6)}`
  return Array.from({ length: 10 }, (_, last) => `${first}${last}`).find(isRouting) ?? '021000021'
}

const statusOf = (token: string) =>
  /-(expired|suspended)$/.exec(token)?.[1] ?? /-status-([a-z_]{1,40})$/.exec(token)?.[1] ?? 'verified'

export const sandboxVerifier: BankVerifier = {
  name: 'sandbox',
  async start({ now }) {
    return { token: `link-sandbox-${randomUUID()}`, expires_at: new Date(Date.parse(now) + LIFETIME_MS).toISOString() }
  },
  async complete({ public_token, account_id, mask, institution }) {
    const tail = mask.replace(/\D/g, '').slice(-4)
    return {
      reference: `${account_id}:${public_token}`,
      account_number: `${digits(account_id, 10 - tail.length)}${tail}`,
      routing_number: routingOf(institution),
      country: 'US',
      currency: 'USD',
      status: statusOf(public_token),
    }
  },
  async refresh(reference) {
    const status = statusOf(reference)
    return status === 'expired' ? 'verified' : status
  },
}
