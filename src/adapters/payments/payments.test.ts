import { describe, expect, test } from 'vitest'
import { world } from '../../../test/support/world.ts'
import { openPayments } from '../index.ts'
import { bankTransfer } from './bank-transfer.ts'
import { mockBank } from './mock-bank.ts'
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
  passesTheSuite(async () => ({ provider: bankTransfer, advance: () => {}, open: {}, quick: {}, takes: 'sepa_credit' }))
})

describe('the banks of the sandbox', () => {
  const order = { bank: 'mock-ok', return_url: 'https://here.example/pay/1/back' } as const
  const stage = async () => {
    const { machinery, clock } = await world()
    const bank = mockBank(machinery.db)
    const pays = async (reference: string) => {
      await bank.answer(reference, 'agree')
      await bank.execute(reference, `${reference}:execute`)
    }
    const begin = async (changes: object = {}) => {
      const intent = crypto.randomUUID()
      const asked = {
        intent,
        attempt: 1,
        amount: 11900,
        currency: 'EUR',
        method: 'sepa_credit',
        reference: 'X',
        ...order,
        ...changes,
      } as const
      return (await bank.start(asked, intent)).reference
    }
    const advance = (seconds: number) => clock.advance(seconds * 1000)
    return { bank, advance, pays, begin }
  }
  passesTheSuite(async () => {
    const { bank, advance, pays } = await stage()
    return { provider: bank, advance, pays, open: order, quick: { ...order, amount: 11902 }, takes: 'sepa_credit' }
  })
  const typesOf = async ({ bank }: Awaited<ReturnType<typeof stage>>, reference: string) =>
    (await bank.news(reference)).events.map(({ type }) => type)

  test('order nothing without consent: not before it is given, not when it was refused, and not when it is over', async () => {
    const s = await stage()
    const [waits, refused, late] = [await s.begin(), await s.begin(), await s.begin()]
    await s.bank.answer(refused, 'refuse')
    await s.bank.answer(refused, 'agree')
    await s.bank.answer(late, 'agree')
    await expect(s.bank.execute(waits, 'k')).rejects.toMatchObject({ code: 'consent_awaiting' })
    await expect(s.bank.execute(refused, 'k')).rejects.toMatchObject({ code: 'consent_refused' })
    expect([await s.bank.consent(late), await typesOf(s, late)]).toEqual(['authorized', []])
    s.advance(601)
    await expect(s.bank.execute(late, 'k')).rejects.toMatchObject({ code: 'consent_expired' })
    expect(await Promise.all([waits, refused, late].map((one) => typesOf(s, one)))).toEqual([['failed'], ['failed'], ['failed']])
  })

  test.each([
    [11900, 'mock-ok', ['processing', 'succeeded']],
    [11901, 'mock-ok', ['failed']],
    [11902, 'mock-ok', ['processing', 'succeeded', 'settled']],
    [11903, 'mock-ok', ['processing', 'failed']],
    [11904, 'mock-ok', ['processing', 'succeeded', 'refunded']],
    [11906, 'mock-ok', ['processing', 'succeeded', 'payout_failed']],
    [11900, 'mock-slow', ['processing', 'succeeded', 'settled']],
    [11900, 'mock-reject', ['failed']],
  ])('%s at %s', async (amount, bank, events) => {
    const s = await stage()
    const reference = await s.begin({ amount, bank })
    await s.pays(reference)
    s.advance(30)
    expect(await typesOf(s, reference)).toEqual(events)
  })

  test('ask again at amounts that end in 07, and two clicks at once are one', async () => {
    const s = await stage()
    const reference = await s.begin({ amount: 11907 })
    await Promise.all([1, 2].map(() => s.bank.answer(reference, 'agree')))
    expect([await s.bank.consent(reference), (await s.bank.look(reference))?.again]).toEqual(['awaiting', true])
    await s.bank.answer(reference, 'agree')
    expect(await s.bank.consent(reference)).toBe('authorized')
  })

  test('are where such payments exist, in euros and pounds', async () => {
    const { bank, begin } = await stage()
    expect((await bank.banks('DE')).map(({ bank_id }) => bank_id)).toEqual(['mock-ok', 'mock-slow', 'mock-reject'])
    expect(await bank.banks('US')).toEqual([])
    expect([bank.minimum('sepa_credit', 'GBP'), bank.minimum('sepa_credit', 'USD'), bank.minimum('card', 'EUR')]).toEqual([
      1,
      null,
      null,
    ])
    await expect(begin({ bank: 'another' })).rejects.toMatchObject({ code: 'no_such_bank' })
  })
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
