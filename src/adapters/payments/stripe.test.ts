import { createEmulator } from 'emulate'
import Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest'
import { house } from '../../../test/support/world.ts'
import { OutsideRefusal } from '../../platform/connections/journal.ts'
import type { PaymentOrder } from '../../ports/payments.ts'
import { passesTheSuite } from './payments.suite.ts'
import { fromStripe, toStripe } from './stripe.data.ts'
import { checkSignature, type Payment, stripePayments } from './stripe.ts'

type House = Awaited<ReturnType<typeof house>>
let h: House
beforeAll(async () => {
  h = await house()
})

const connected = (account: string | null = null, fee: object | null = null) => ({
  settings: { publishable_key: 'pk_test_1', account, fee },
  credentials: { secret_key: 'sk_test_1', webhook_secret: 'whsec_test' },
})
const provider = (account: string | null = null, fee: object | null = null) =>
  stripePayments(connected(account, fee), { api_url: h.stripe.url, now: h.clock.now, pause_ms: () => 1 })
let count = 0
const order = (changes: Partial<PaymentOrder> = {}): PaymentOrder => ({
  intent: crypto.randomUUID(),
  attempt: 1,
  amount: 11900,
  currency: 'EUR',
  method: 'card',
  reference: `INV-${++count}`,
  ...changes,
})
const key = () => `key ${++count} ${process.pid}`

describe('Stripe', () => {
  passesTheSuite(async () => ({
    provider: provider(),
    advance: (seconds) => h.clock.advance(seconds * 1000),
    open: { method: 'card' },
    quick: { method: 'card' },
    pays: (reference) => h.stripe.payer.pays(reference, 'pm_card_visa'),
  }))

  test('what the adapter reads is what Stripe declares', () => {
    expectTypeOf<Stripe.PaymentIntent>().toExtend<Omit<Payment, 'latest_charge' | 'last_payment_error'>>()
    expectTypeOf<Stripe.PaymentIntent['status']>().toExtend<string>()
  })

  test.each<[string, number, number]>([
    ['EUR', 11900, 11900],
    ['JPY', 1000, 1000],
    ['KRW', 1000, 1000],
    ['ISK', 1000, 100_000],
    ['UGX', 1000, 100_000],
    ['KWD', 1500, 1500],
    ['MGA', 500_000, 5000],
  ])('tells %s %i as %i, and back', async (currency, amount, stripe_amount) => {
    expect([toStripe(amount, currency), fromStripe(stripe_amount, currency)]).toEqual([stripe_amount, amount])
    const { reference } = await provider().start(order({ amount, currency }), key())
    expect(h.stripe.intents.get(reference)).toMatchObject({ amount: stripe_amount, currency: currency.toLowerCase() })
    h.stripe.payer.pays(reference, 'pm_card_visa')
    expect((await provider().news(reference)).events).toMatchObject([{ type: 'succeeded', amount, currency }])
  })

  test.each([
    ['KWD', 1501],
    ['MGA', 150],
  ])('has no amount for %s %i: nothing is asked for', async (currency, amount) => {
    await expect(provider().start(order({ amount, currency }), key())).rejects.toThrow(OutsideRefusal)
  })

  test('keeps a fee from what goes to a connected account, and never from an own one', async () => {
    const rule = { bps: 525, fixed: 0, methods: { us_ach: { bps: 80, fixed: 0, cap: 500 } } }
    const platform = provider('acct_1', rule)
    expect([platform.fee?.(300, 'card'), platform.fee?.(1_000_000, 'us_ach'), provider(null, rule).fee?.(300, 'card')]).toEqual([
      16,
      500,
      null,
    ])
    const { reference } = await platform.start(order({ amount: 300, fee: 16 }), key())
    expect(h.stripe.intents.get(reference)).toMatchObject({ application_fee_amount: 16, account: 'acct_1', amount: 300 })
    await expect(provider().news(reference)).rejects.toThrow('No such payment_intent')
  })

  test('a debit is on its way for days; what comes of it is asked for', async () => {
    const { reference } = await provider().start(order({ method: 'sepa_debit' }), key())
    expect(h.stripe.intents.get(reference)?.payment_method_types).toEqual(['sepa_debit'])
    h.stripe.payer.pays(reference, 'pm_debit')
    const early = await provider().news(reference)
    expect(early.events.map(({ type }) => type)).toEqual(['processing'])
    expect(Date.parse(early.ask_at!)).toBeGreaterThan(h.clock.now().getTime())
    expect(await provider().cancel(reference)).toBe('late')
    h.clock.advance(6 * 86_400_000)
    expect((await provider().news(reference)).events.map(({ type }) => type)).toEqual(['succeeded', 'settled'])
  })

  test('a decline is told with its reason, each once, and another card may follow', async () => {
    const { reference } = await provider().start(order(), key())
    await expect(provider().confirm?.(reference, 'pm_card_chargeDeclined', key())).rejects.toThrow('Your card was declined')
    const { events } = await provider().news(reference)
    expect(events).toMatchObject([{ type: 'failed', reason: 'card_declined: Your card was declined.', attempt: 1 }])
    expect((await provider().news(reference)).events).toEqual(events)
    expect(await provider().confirm?.(reference, 'pm_card_threeDSecure2Required', key())).toMatchObject({
      kind: 'form',
      publishable: 'pk_test_1',
    })
    h.stripe.payer.authenticates(reference)
    expect((await provider().news(reference)).events.map(({ type }) => type)).toEqual(['succeeded'])
  })

  test('a dispute says what came of it', async () => {
    const { reference } = await provider().start(order(), key())
    h.stripe.payer.pays(reference, 'pm_card_visa')
    const types = async () => (await provider().news(reference)).events.map(({ type }) => type)
    h.stripe.dispute(reference, 'needs_response')
    expect(await types()).toEqual(['succeeded', 'disputed'])
    h.stripe.dispute(reference, 'won')
    expect(await types()).toEqual(['succeeded', 'disputed', 'dispute_won'])
  })
})

describe('when Stripe', () => {
  test.each(['busy', 'fails before', 'fails after', 'hangs up after', 'garbage'] as const)(
    '%s: one payment all the same',
    async (kind) => {
      const before = h.stripe.intents.size
      h.stripe.fault(/POST payment_intents$/, kind, 2)
      const asked = order()
      const { reference } = await provider().start(asked, key())
      expect([h.stripe.intents.size - before, h.stripe.intents.get(reference)?.metadata.payment_intent_id]).toEqual([
        1,
        asked.intent,
      ])
    },
  )

  test('does not answer three times, it is left open what came of it; asked again under the key it is the same payment', async () => {
    const before = h.stripe.intents.size
    const [asked, name] = [order(), key()]
    h.stripe.fault(/POST payment_intents$/, 'fails after', 3)
    await expect(provider().start(asked, name)).rejects.not.toThrow(OutsideRefusal)
    await provider().start(asked, name)
    expect(h.stripe.intents.size - before).toBe(1)
  })

  test('does not know our key, nobody tries again, and no payment is refused for it', async () => {
    h.stripe.fault(/POST payment_intents$/, 'wrong key', 1)
    const calls = h.stripe.asked.length
    await expect(provider().start(order(), key())).rejects.toThrow('Stripe answers 401')
    expect(h.stripe.asked.length - calls).toBe(1)
  })

  test('hears a key again with another amount, it is refused and charges nothing', async () => {
    const [asked, name] = [order(), key()]
    await provider().start(asked, name)
    await expect(provider().start({ ...asked, amount: 10_000 }, name)).rejects.toThrow('same parameters')
  })
})

describe('a signature', () => {
  const payload = '{ "id": "evt_1", "größe": 1 }'
  const now = new Date('2026-11-30T10:00:00Z')
  const at = now.getTime() / 1000
  const sign = (secret: string, timestamp = at) => Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp })
  const checked =
    (header: unknown, text = payload, secret = 'whsec_a') =>
    () =>
      checkSignature(header, Buffer.from(text), secret, now)

  test('is right or wrong as Stripe’s own library says', () => {
    const right = sign('whsec_a')
    const cases: [string, string][] = [
      [right, payload],
      [right, payload.replace('1', '2')],
      [sign('whsec_b'), payload],
      [right.replace(/t=\d+/, `t=${at + 1}`), payload],
      [right.slice(0, -1), payload],
    ]
    for (const [header, text] of cases) {
      const theirs = () => Stripe.webhooks.signature?.verifyHeader(text, header, 'whsec_a', 10 ** 9)
      const outcome = (check: () => unknown) => {
        try {
          check()
          return 'right'
        } catch {
          return 'wrong'
        }
      }
      expect(outcome(checked(header, text)), header).toBe(outcome(theirs))
    }
    expect(checked(right)).not.toThrow()
  })

  test('of two signatures one is enough, and an old one is none', () => {
    expect(checked(`${sign('whsec_b')},${sign('whsec_a').split(',')[1]}`)).not.toThrow()
    expect(checked(sign('whsec_a', at - 301))).toThrow('too old')
    expect(checked(sign('whsec_a', at + 301))).toThrow('too old')
    for (const header of [undefined, '', 't=,v1=', 'v1=00', `t=${at}`, ['a', 'b']])
      expect(checked(header)).toThrow('not by the provider')
    expect(checked(sign(''), payload, '')).toThrow('not by the provider')
  })
})

/**
 * The same suite against Stripe itself, or whoever is named: `STRIPE_TEST_KEY=sk_test_… npx vitest run src/adapters/payments/stripe.test.ts`, with
 * `STRIPE_TEST_URL` for another address. A key for real money is never used.
 */
const { STRIPE_TEST_KEY: test_key = '', STRIPE_TEST_URL: test_url = 'https://api.stripe.com' } = process.env
const isTest = /^(sk|rk)_test_/.test(test_key)

describe.runIf(isTest)('the test mode of Stripe', () => {
  const there = () =>
    stripePayments(
      { ...connected(), credentials: { secret_key: test_key } },
      { api_url: test_url, now: () => new Date(), pause_ms: (tries) => 200 * tries },
    )
  passesTheSuite(async () => ({
    provider: there(),
    advance: () => {},
    open: { method: 'card' },
    quick: { method: 'card' },
    pays: async (reference) => {
      await there().confirm?.(reference, 'pm_card_visa', key())
    },
  }))
})

describe('an emulator that others wrote', () => {
  let emulator: { readonly url: string; close(): Promise<void> }
  beforeAll(async () => {
    emulator = await createEmulator({ service: 'stripe', port: 0 })
  })
  afterAll(() => emulator.close())

  test('takes what we send, and answers what we read', async () => {
    const there = stripePayments(connected(), { api_url: emulator.url, now: () => new Date() })
    const { reference } = await there.start(order(), key())
    expect(reference).toMatch(/^pi_/)
    expect(await there.confirm?.(reference, 'pm_card_visa', key())).toBeNull()
    const other = await there.start(order(), key())
    expect(await there.cancel(other.reference)).toBe('canceled')
  })
})
