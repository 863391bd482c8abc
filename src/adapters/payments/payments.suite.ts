import { expect, test } from 'vitest'
import type { PaymentMethod } from '../../core/payments/methods.data.ts'
import type { PaymentOrder, PaymentProvider } from '../../ports/payments.ts'

/** What every provider of payments has to do, whoever carries it out. */

export interface Stage {
  readonly provider: PaymentProvider
  /** Lets time pass, at the provider too. */
  advance(seconds: number): void
  /** A payment that stays open until somebody takes a step, and one that goes on by itself. */
  readonly open: Partial<PaymentOrder>
  readonly quick: Partial<PaymentOrder>
  /** What the payer of a quick one does, where it takes a payer. */
  pays?(reference: string): void | Promise<void>
  /** A method it takes payments by; cards unless it says so. */
  readonly takes?: PaymentMethod
}

let count = 0
const order = (changes: Partial<PaymentOrder>): PaymentOrder => ({
  intent: crypto.randomUUID(),
  attempt: 1,
  amount: 11900,
  currency: 'EUR',
  method: 'sepa_credit',
  reference: `INV-${++count}`,
  ...changes,
})
const keyOf = ({ intent, attempt, amount }: PaymentOrder) => `${intent}:${attempt}:${amount}`

export function passesTheSuite(stage: () => Promise<Stage>): void {
  test('what is asked again under a key is one payment, also at the same moment', async () => {
    const { provider, open } = await stage()
    const asked = order(open)
    const answers = await Promise.all([1, 2, 3].map(() => provider.start(asked, keyOf(asked))))
    expect(new Set(answers.map(({ reference }) => reference)).size).toBe(1)
    const other = order(open)
    expect((await provider.start(other, keyOf(other))).reference).not.toBe(answers[0]!.reference)
  })

  test('a payment that is not on its way ends, and nothing comes of it any more', async () => {
    const { provider, open, advance } = await stage()
    const asked = order(open)
    const { reference } = await provider.start(asked, keyOf(asked))
    expect(await provider.cancel(reference)).toBe('canceled')
    expect(await provider.cancel(reference)).toBe('canceled')
    await provider.proceed?.(reference)
    advance(60)
    expect(await provider.news(reference)).toEqual({ events: [], ask_at: null })
  })

  test('news can be asked for again and again: every event has one name, and time only adds to them', async () => {
    const { provider, quick, advance, pays } = await stage()
    const asked = order(quick)
    const { reference } = await provider.start(asked, keyOf(asked))
    await pays?.(reference)
    let known: string[] = []
    for (let gone = 0; gone < 40; gone += 4) {
      const { events } = await provider.news(reference)
      const ids = events.map(({ id }) => id)
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids.slice(0, known.length)).toEqual(known)
      expect(events.every((event) => event.reference === reference && !Number.isNaN(Date.parse(event.at)))).toBe(true)
      expect((await provider.news(reference)).events).toEqual(events)
      known = ids
      advance(4)
    }
  })

  test('a refund under a key is one refund', async () => {
    const { provider, quick, advance, pays } = await stage()
    if (!provider.refund) return
    const asked = order(quick)
    const { reference } = await provider.start(asked, keyOf(asked))
    await pays?.(reference)
    advance(5)
    const refund = provider.refund
    const [first, again] = await Promise.all([1, 2].map(() => refund(reference, 500, `refund-1 of ${reference}`)))
    advance(1)
    const second = await refund(reference, 300, `refund-2 of ${reference}`)
    expect(again).toEqual(first)
    const { events } = await provider.news(reference)
    expect(events.filter(({ type }) => type === 'refunded').map(({ amount, effect }) => [amount, effect])).toEqual([
      [500, first?.id],
      [300, second.id],
    ])
  })

  test('what it takes no payments in has no minimum, and what it takes has one', async () => {
    const { provider, takes = 'card' } = await stage()
    expect(provider.minimum('blik', 'EUR')).toBeNull()
    expect(provider.minimum('us_ach', 'EUR') === null || provider.byHand).toBeTruthy()
    expect(provider.minimum(takes, 'EUR')).toBeGreaterThan(0)
  })
}
