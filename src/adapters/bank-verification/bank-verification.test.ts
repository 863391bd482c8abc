import { describe, expect, test } from 'vitest'
import { isRouting } from '../../core/payment-files/nacha.ts'
import type { BankVerifier } from '../../ports/bank-verification.ts'
import { openVerifier } from '../index.ts'
import { operatorVerifier } from './operator.ts'
import { sandboxVerifier } from './sandbox.ts'

/** What whoever proves accounts has to do; one that nobody is connected to says no, and names the way. */
function passesTheSuite({ start, complete, refresh }: BankVerifier) {
  const asked = { client_name: 'Acme', redirect_url: 'https://example.com', reference: null, now: '2026-11-30T12:00:00Z' }
  const window = { public_token: 'public-1', account_id: 'acc-1', mask: '6789', institution: 'ins_1' }

  test('a token is good for a while, and each is another one', async () => {
    const [one, other] = [await start(asked), await start(asked)]
    expect(one.token).not.toBe(other.token)
    expect(Date.parse(one.expires_at)).toBeGreaterThan(Date.parse(asked.now))
  })

  test('the same window is the same proof of the same account, also at the same moment', async () => {
    const proofs = await Promise.all([1, 2, 3].map(() => complete(window)))
    expect(new Set(proofs.map((proof) => JSON.stringify(proof))).size).toBe(1)
    const other = await complete({ ...window, account_id: 'acc-2' })
    expect([other.reference, other.account_number]).not.toEqual([proofs[0]?.reference, proofs[0]?.account_number])
  })

  test('an account has numbers that a bank can have', async () => {
    for (const mask of ['6789', '12', 'A1']) {
      const { account_number, routing_number } = await complete({ ...window, mask })
      expect(account_number).toMatch(/^\d{4,17}$/)
      expect(isRouting(routing_number)).toBe(true)
    }
  })

  test('a proof says how it stands as often as it is asked', async () => {
    const { reference } = await complete(window)
    expect([await refresh(reference), await refresh(reference)]).toEqual(['verified', 'verified'])
  })
}

describe('the sandbox', () => {
  passesTheSuite(sandboxVerifier)
  test('says what the token asks for', async () => {
    const ask = (public_token: string) => sandboxVerifier.complete({ public_token, account_id: 'a', mask: '1', institution: 'i' })
    const states = await Promise.all(
      ['p', 'p-expired', 'p-suspended', 'p-status-unsent'].map(async (token) => (await ask(token)).status),
    )
    expect(states).toEqual(['verified', 'expired', 'suspended', 'unsent'])
  })
})

test('without a provider the operator does it, and every call says so', async () => {
  const calls = [operatorVerifier.start, operatorVerifier.complete, operatorVerifier.refresh] as (() => Promise<unknown>)[]
  for (const call of calls) await expect(call()).rejects.toMatchObject({ kind: 'conflict' })
  expect([openVerifier({ payments_sandbox: 'off' }).name, openVerifier({ payments_sandbox: 'on' }).name]).toEqual([
    'operator',
    'sandbox',
  ])
})
