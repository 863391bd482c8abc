import { describe, expect, test } from 'vitest'
import { world } from '../../../test/support/world.ts'
import { openPayments } from '../index.ts'
import { bankTransfer } from './bank-transfer.ts'
import { passesTheSuite } from './payments.suite.ts'
import { sandboxPayments } from './sandbox.ts'

describe('the sandbox', () => {
  passesTheSuite(async () => {
    const { machinery, clock } = await world()
    const provider = sandboxPayments(machinery.db)
    const advance = (seconds: number) => clock.advance(seconds * 1000)
    return { provider, advance, open: { method: 'card', amount: 11907 }, quick: { method: 'card', amount: 11902 } }
  })

  test('takes what cards take, in the units of each currency', async () => {
    const { machinery } = await world()
    const { minimum } = sandboxPayments(machinery.db)
    expect([minimum('card', 'USD'), minimum('card', 'JPY'), minimum('card', 'KWD'), minimum('ideal', 'USD')]).toEqual([
      50,
      50,
      500,
      null,
    ])
  })

  test('knows nothing of a payment that was not begun there, and says that it is on its way once it is', async () => {
    const { machinery } = await world()
    const provider = sandboxPayments(machinery.db)
    await expect(provider.news(crypto.randomUUID())).rejects.toThrow()
    const order = {
      intent: crypto.randomUUID(),
      attempt: 1,
      amount: 500,
      currency: 'EUR',
      method: 'card',
      reference: 'x',
    } as const
    const { reference } = await provider.start(order, order.intent)
    expect(await provider.cancel(reference)).toBe('late')
  })
})

describe('transfers by hand', () => {
  passesTheSuite(async () => ({ provider: bankTransfer, advance: () => {}, open: {}, quick: {} }))
})

const stripe = { stripe_api_url: 'https://stripe.example' }

test('who carries out what: transfers by hand, the rest in the sandbox where it is on, and by nobody where it is off', async () => {
  const { machinery } = await world()
  const opened = (payments_sandbox: 'off' | 'on') => openPayments({ ...stripe, payments_sandbox }, machinery.db)
  const [off, on] = [opened('off').of(null), opened('on').of(null)]
  expect([off.for('card', 'EUR', 'receive')?.name, on.for('card', 'EUR', 'receive')?.name]).toEqual([undefined, 'sandbox'])
  expect([off.for('us_ach', 'USD', 'receive')?.name, on.for('us_ach', 'USD', 'receive')?.name]).toEqual([
    'bank_transfer',
    'sandbox',
  ])
  expect([off.for('sepa_credit', 'CHF', 'receive')?.name, on.for('sepa_credit', 'EUR', 'receive')?.name]).toEqual([
    'bank_transfer',
    'bank_transfer',
  ])
  expect(off.named('sandbox')?.name).toBe('sandbox')
})

test('the sandbox keeps out of production, unless that is said twice', async () => {
  const { machinery } = await world()
  const before = process.env.NODE_ENV
  try {
    process.env.NODE_ENV = 'production'
    expect(() => openPayments({ ...stripe, payments_sandbox: 'on' }, machinery.db)).toThrow('NODE_ENV=production')
    expect(
      openPayments({ ...stripe, payments_sandbox: 'even_in_production' }, machinery.db)
        .of(null)
        .for('card', 'EUR', 'receive')?.name,
    ).toBe('sandbox')
    expect(
      openPayments({ ...stripe, payments_sandbox: 'off' }, machinery.db)
        .of(null)
        .for('card', 'EUR', 'receive'),
    ).toBeNull()
  } finally {
    process.env.NODE_ENV = before
  }
})
