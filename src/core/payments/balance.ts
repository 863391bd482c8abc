import type { Minor } from '../money.ts'
import { badRequest } from '../refusal.ts'

/** What a payment does to what is owed, be it by a customer or to a vendor. Amounts in minor units. */

export interface Balance {
  /** What the document comes to, credit notes taken off. */
  readonly total: Minor
  /** The sum of all payments that succeeded. */
  readonly paid: Minor
}

export interface AfterPayment {
  readonly paid: Minor
  /** What is still owed, never below nothing. */
  readonly due: Minor
  /** What this payment brought beyond the total; nothing for money that goes back. */
  readonly overpaid: Minor
  /** How much of the document is paid now. */
  readonly reached: 'nothing' | 'part' | 'whole'
}

/**
 * The balance after `amount` more, or less where money goes back. A payment of at least `settling` settles the document though less than
 * its total was paid: a discount was conceded. Refuses (`bad_request`) a payment of nothing, and to take back more than was paid.
 */
export function afterPayment({ total, paid }: Balance, amount: Minor, settling: Minor = total - paid): AfterPayment {
  if (amount === 0) throw badRequest('amount: can not be 0')
  if (-amount > paid) throw badRequest(`amount: no more than the ${paid} that were paid can go back`)
  const now = paid + amount
  const whole = now >= total || (amount > 0 && amount >= settling)
  const overpaid = amount > 0 ? Math.max(0, now - total) - Math.max(0, paid - total) : 0
  return {
    paid: now,
    due: whole ? 0 : total - now,
    overpaid,
    reached: whole && (now > 0 || amount > 0) ? 'whole' : now > 0 ? 'part' : 'nothing',
  }
}
