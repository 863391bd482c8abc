import { minorUnitsOf } from '../../core/currencies.ts'
import { methodOf, type PaymentMethod } from '../../core/payments/methods.data.ts'
import { asSystem, type Db } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import type { EventType, PaymentProvider, ProviderEvent } from '../../ports/payments.ts'

/**
 * Payments without money, for trying things out: what comes of one is known from the last two digits of its amount, at the product's own
 * clock. It keeps its payments apart, as another company would.
 */

/** What happens after the start of a payment (or the payer's step), seconds and all. */
export interface Plan {
  readonly confirm?: boolean
  readonly steps: readonly (readonly [after_s: number, type: EventType, more?: 'first' | 'again'])[]
}

const SLOW: Plan['steps'] = [
  [0, 'processing'],
  [10, 'succeeded'],
]
const QUICK: Plan['steps'] = [
  [0, 'processing'],
  [3, 'succeeded'],
]

/** By the last two digits of the amount; `attempt` counts from 1. */
export function planOf(amount: number, attempt: number): Plan {
  switch (amount % 100) {
    case 1:
      return { steps: attempt === 1 ? [[0, 'failed']] : QUICK }
    case 2:
      return { steps: SLOW.concat([[20, 'settled']]) }
    case 3:
      return {
        steps: [
          [0, 'processing'],
          [10, 'failed'],
        ],
      }
    case 4:
      return { steps: QUICK.concat([[23, 'refunded']]) }
    case 5:
      return { steps: QUICK.concat([[23, 'disputed']]) }
    case 6:
      return { steps: QUICK.concat([[23, 'payout_failed']]) }
    case 7:
      return { confirm: true, steps: QUICK }
    default:
      return { steps: QUICK }
  }
}

const reasons: Partial<Record<EventType, string>> = {
  failed: 'card_declined: the card was declined',
  disputed: 'fraudulent: the cardholder does not know this payment',
  payout_failed: 'account_closed: the account of the recipient is closed',
}

const START = sql(`
  insert into sandbox_payments (key, attempt, amount, currency, method, created_at) values (:key, :attempt, :amount, :currency, :method, :at)
  on conflict (key) do update set key = excluded.key returning id, amount, attempt, created_at`)
const FIND = sql(
  `select id, attempt, amount, currency, created_at, proceeded_at, canceled_at, refunds from sandbox_payments where id = :id`,
)
const PROCEED = sql(
  `update sandbox_payments set proceeded_at = :at where id = :id and proceeded_at is null and canceled_at is null`,
)
const CANCEL = sql(`update sandbox_payments set canceled_at = :at where id = :id and canceled_at is null`)
const REFUND = sql(`
  update sandbox_payments set refunds = refunds || jsonb_build_object('id', :key::text, 'amount', :amount::bigint, 'at', :at::text)
  where id = :id and not refunds @> jsonb_build_array(jsonb_build_object('id', :key::text))`)

interface Refund {
  readonly id: string
  readonly amount: number
  readonly at: string
}

/** The least that cards and the like take, about half a euro; what is transferred has none. */
const least = (method: PaymentMethod, currency: string) =>
  method === 'us_ach' || method === 'sepa_debit' || method === 'bacs_direct_debit' ? 1 : minorUnitsOf(currency) === 3 ? 500 : 50

interface Begun {
  readonly id: string
  readonly attempt: number
  readonly amount: number
  readonly currency: string
  /** The moment its steps are counted from. */
  readonly from: string
  readonly steps: Plan['steps']
}

/** What has happened by now to a payment that goes by such a plan, and when the next thing does. */
export function eventsBy(
  { id, attempt, amount, currency, from, steps }: Begun,
  now: Date,
): { events: ProviderEvent[]; ask_at: string | null } {
  const moments = steps.map(([after, type]) => ({ type, at: new Date(Date.parse(from) + after * 1000) }))
  const next = moments.find(({ at }) => at > now)
  const past = moments.filter(({ at }) => at <= now)
  const events = past.map(({ type, at }): ProviderEvent => {
    const reason = reasons[type]
    return {
      id: `${id}:${type}`,
      type,
      reference: id,
      attempt,
      currency,
      at: at.toISOString(),
      ...(['succeeded', 'refunded', 'disputed'].includes(type) && { amount }),
      ...(type === 'refunded' && { effect: `${id}:refund` }),
      ...(reason && { reason }),
    }
  })
  return { events, ask_at: next?.at.toISOString() ?? null }
}

export function sandboxPayments(db: Db, now = () => db.clock.now()): PaymentProvider {
  const find = (id: string) => asSystem(db, (ctx) => FIND.one(ctx, { id }))
  const began = (payment: Awaited<ReturnType<typeof find>>) => {
    const plan = planOf(payment.amount, payment.attempt)
    return { plan, from: plan.confirm ? payment.proceeded_at : payment.created_at }
  }

  return {
    name: 'sandbox',
    minimum(method, currency) {
      const { currencies } = methodOf(method)
      return currencies === null || currencies.includes(currency) ? least(method, currency) : null
    },

    async start({ attempt, amount, currency, method }, key) {
      const payment = await asSystem(db, (ctx) =>
        START.one(ctx, { key, attempt, amount, currency, method, at: now().toISOString() }),
      )
      const { confirm } = planOf(payment.amount, payment.attempt)
      return {
        reference: payment.id,
        ...(confirm ? { action: { kind: 'confirm' as const } } : { ask_at: payment.created_at }),
      }
    },

    async proceed(reference) {
      await asSystem(db, (ctx) => PROCEED(ctx, { id: reference, at: now().toISOString() }))
    },

    async cancel(reference) {
      const payment = await find(reference)
      const { from, plan } = began(payment)
      const failed = plan.steps.length === 1
      if (from && !failed && !payment.canceled_at) return 'late'
      await asSystem(db, (ctx) => CANCEL(ctx, { id: reference, at: now().toISOString() }))
      return 'canceled'
    },

    async refund(reference, amount, key) {
      await asSystem(db, (ctx) => REFUND(ctx, { id: reference, key, amount, at: now().toISOString() }))
      return { id: key }
    },

    async news(reference) {
      const payment = await find(reference)
      const { plan, from } = began(payment)
      const refunds = (payment.refunds as Refund[]).map(
        ({ id, amount, at }): ProviderEvent => ({
          id: `${reference}:${id}`,
          type: 'refunded',
          reference,
          amount,
          effect: id,
          at,
        }),
      )
      if (!from || payment.canceled_at) return { events: refunds, ask_at: null }
      const { events, ask_at } = eventsBy({ ...payment, from, steps: plan.steps }, now())
      return { events: events.concat(refunds), ask_at }
    },
  }
}
