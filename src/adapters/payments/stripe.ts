import { type FeeRule, feeOf } from '../../core/payments/fee.ts'
import { methodOf, type PaymentMethod } from '../../core/payments/methods.data.ts'
import { OutsideRefusal } from '../../platform/connections/journal.ts'
import { judge } from '../../platform/webhooks/signature.ts'
import type { Connection } from '../../ports/connection.ts'
import type { EventType, Heard, NextAction, PaymentProvider, ProviderEvent } from '../../ports/payments.ts'
import { type CallOptions, stripeCalls } from './stripe.calls.ts'
import { fromStripe, leastOf, stripeMethods, toStripe } from './stripe.data.ts'

/**
 * Cards, wallets, debits and local schemes by Stripe. A try is a payment intent there; its payer fills in Stripe's own form, so that no card
 * ever comes to this server. What came of it is asked for wherever a call to us doesn't say it exactly.
 */

/** What takes days is asked about so often, should nobody tell. */
const PATIENCE_MS = 6 * 60 * 60 * 1000

interface StripeSettings {
  readonly publishable_key: string
  /** The connected account that is paid; null where the keys are the recipient's own. */
  readonly account: string | null
  /** Whether each entity has an account of its own; `account` is that of the entity at hand, once it has one. */
  readonly connect_entities?: boolean
  /** What the platform keeps of payments, and of those by single methods where that differs. */
  readonly fee: (FeeRule & { readonly methods?: Partial<Record<PaymentMethod, FeeRule>> }) | null
}

export interface StripeOptions extends CallOptions {
  readonly now: () => Date
}

interface Failure {
  readonly type?: string
  readonly code?: string
  readonly message?: string
}
interface Charge {
  readonly id: string
  readonly created: number
  readonly balance_transaction?: Money | string | null
}
/** What moved in the account at Stripe. */
interface Money {
  readonly status: string
  readonly available_on: number
  readonly currency: string
  readonly fee_details: readonly { readonly type: string; readonly amount: number }[]
}
/** A line of a payout: its source is the charge that is paid out. */
interface Line extends Money {
  readonly id: string
  readonly type: string
  readonly source: { readonly payment_intent?: string | null; readonly currency: string } | string | null
}
interface Payout {
  readonly id: string
  readonly status: string
  readonly created: number
  readonly arrival_date: number
  readonly failure_code?: string | null
  readonly failure_message?: string | null
}
export interface Payment {
  readonly id: string
  readonly status: string
  readonly amount: number
  readonly amount_received: number
  readonly currency: string
  readonly created: number
  readonly client_secret?: string | null
  readonly metadata: Readonly<Record<string, string>>
  readonly last_payment_error?: (Failure & { readonly charge?: string }) | null
  readonly latest_charge?: Charge | string | null
}
interface Refund {
  readonly id: string
  readonly amount: number
  readonly created: number
  readonly status: string | null
}
interface Dispute extends Refund {
  readonly reason: string
  readonly balance_transactions?: readonly Money[]
}
interface Page<Row> {
  readonly data: readonly Row[]
  readonly has_more?: boolean
}

const at = (seconds: number) => new Date(seconds * 1000).toISOString()

export function stripePayments(
  { settings, credentials }: Pick<Connection, 'settings' | 'credentials'>,
  { api_url, now, pause_ms }: StripeOptions,
): PaymentProvider {
  const { publishable_key, account, fee, connect_entities = false } = settings as unknown as StripeSettings
  const { secret_key = '', webhook_secret = '' } = credentials

  const call = stripeCalls({ secret_key, account }, { api_url, pause_ms })

  const formFor = ({ client_secret }: Payment): NextAction => ({
    kind: 'form',
    provider: 'stripe',
    secret: client_secret ?? '',
    publishable: publishable_key,
    account,
  })

  const eventOf = (payment: Payment, type: EventType, seconds: number, more: Partial<ProviderEvent> = {}): ProviderEvent => {
    const attempt = Number(payment.metadata.attempt)
    return {
      id: `${payment.id}:${type}`,
      type,
      reference: payment.id,
      currency: payment.currency.toUpperCase(),
      at: at(seconds),
      ...(Number.isSafeInteger(attempt) && { attempt }),
      ...more,
    }
  }
  const amountOf = (stripe_amount: number, { currency }: Payment) => fromStripe(stripe_amount, currency.toUpperCase())

  /** How far a payment is, by itself: what went back of it is not in it. */
  function stateOf(payment: Payment): ProviderEvent[] {
    const charge = typeof payment.latest_charge === 'object' ? payment.latest_charge : null
    switch (payment.status) {
      case 'processing':
        return [eventOf(payment, 'processing', charge?.created ?? payment.created)]
      case 'succeeded':
        return [
          eventOf(payment, 'succeeded', charge?.created ?? payment.created, {
            amount: amountOf(payment.amount_received, payment),
          }),
        ]
      case 'requires_payment_method': {
        const error = payment.last_payment_error
        if (!error) return []
        const reason = `${error.code ?? error.type}: ${error.message}`
        const seconds = charge?.created ?? payment.created
        // Every charge that was declined is a failure of its own.
        return [
          eventOf(payment, 'failed', seconds, { id: `${payment.id}:failed:${error.charge ?? charge?.id ?? error.code}`, reason }),
        ]
      }
      default:
        return []
    }
  }

  /**
   * What Stripe kept for itself of a charge, or charges for a dispute; what is kept for the platform is ours to know. Nothing where it is in another
   * currency than the payment: what that is worth is not said.
   */
  const feeIn = (money: readonly Pick<Money, 'currency' | 'fee_details'>[], currency: string): { fee?: number } => {
    const own = money.filter((one) => one.currency === currency).flatMap(({ fee_details }) => fee_details)
    const fee = own.reduce((sum, { type, amount }) => (type === 'application_fee' ? sum : sum + amount), 0)
    return fee > 0 ? { fee: fromStripe(fee, currency.toUpperCase()) } : {}
  }

  /** The lines of a payout, however many pages they take. */
  async function linesOf(payout: string): Promise<Line[]> {
    const lines: Line[] = []
    for (;;) {
      const last = lines.at(-1)?.id
      const asked = { payout, limit: 100, 'expand[0]': 'data.source', ...(last && { starting_after: last }) }
      const { data, has_more } = await call<Page<Line>>('GET', 'balance_transactions', asked)
      lines.push(...data)
      if (!has_more || data.length === 0) return lines
    }
  }

  const disputes: Readonly<Record<string, readonly EventType[]>> = {
    needs_response: ['disputed'],
    under_review: ['disputed'],
    won: ['disputed', 'dispute_won'],
    lost: ['disputed', 'dispute_lost'],
  }

  return {
    name: 'stripe',
    // Where Stripe looks at each entity, what it says of it is what its onboarding says.
    knowsPayee: !connect_entities,

    minimum(method, currency) {
      const { currencies } = methodOf(method)
      if (!stripeMethods[method] || (currencies !== null && !currencies.includes(currency))) return null
      return leastOf(currency)
    },

    // Kept from what goes to a connected account: keys of the recipient's own leave nothing to keep it from.
    fee: (amount, method) => (account && fee ? feeOf(amount, fee.methods?.[method] ?? fee) : null),

    async start({ intent, attempt, amount, currency, method, reference, fee: kept }, key) {
      // Without an account of the entity's own the money would be the platform's.
      if (connect_entities && !account) throw new OutsideRefusal('no_account', 'The entity has no account at Stripe yet')
      const payment = await call<Payment>(
        'POST',
        'payment_intents',
        {
          amount: toStripe(amount, currency),
          currency: currency.toLowerCase(),
          'payment_method_types[0]': stripeMethods[method],
          description: reference || null,
          application_fee_amount: kept === undefined ? null : toStripe(kept, currency),
          'metadata[payment_intent_id]': intent,
          'metadata[attempt]': attempt,
        },
        key,
      )
      return { reference: payment.id, action: formFor(payment) }
    },

    async confirm(reference, token, key) {
      const payment = await call<Payment>('POST', `payment_intents/${reference}/confirm`, { payment_method: token }, key)
      return payment.status === 'requires_action' ? formFor(payment) : null
    },

    async cancel(reference) {
      try {
        await call('POST', `payment_intents/${reference}/cancel`)
        return 'canceled'
      } catch (error) {
        if (!(error instanceof OutsideRefusal)) throw error
        const { status } = await call<Payment>('GET', `payment_intents/${reference}`)
        return status === 'canceled' ? 'canceled' : 'late'
      }
    },

    async refund(reference, amount, key) {
      const { currency } = await call<Payment>('GET', `payment_intents/${reference}`)
      const stripe_amount = toStripe(amount, currency.toUpperCase())
      const { id } = await call<Refund>('POST', 'refunds', { payment_intent: reference, amount: stripe_amount }, key)
      return { id }
    },

    async news(reference) {
      const of = { payment_intent: reference, limit: 100 }
      const [payment, refunds, disputed] = await Promise.all([
        call<Payment>('GET', `payment_intents/${reference}`, { 'expand[0]': 'latest_charge.balance_transaction' }),
        call<Page<Refund>>('GET', 'refunds', of),
        call<Page<Dispute>>('GET', 'disputes', of),
      ])
      const events = stateOf(payment)
      const charge = typeof payment.latest_charge === 'object' ? payment.latest_charge : null
      const money = typeof charge?.balance_transaction === 'object' ? charge.balance_transaction : null
      if (payment.status === 'succeeded' && money?.status === 'available')
        events.push(eventOf(payment, 'settled', money.available_on, feeIn([money], payment.currency)))
      for (const { id, amount, created, status } of [...refunds.data].sort((a, b) => a.created - b.created))
        if (status === 'succeeded')
          events.push(
            eventOf(payment, 'refunded', created, { id: `${reference}:${id}`, effect: id, amount: amountOf(amount, payment) }),
          )
      for (const { id, amount, created, status, reason, balance_transactions = [] } of disputed.data)
        for (const type of disputes[status ?? ''] ?? []) {
          const charged = type === 'dispute_lost' ? feeIn(balance_transactions, payment.currency) : {}
          const more = { id: `${reference}:${id}:${type}`, effect: id, amount: amountOf(amount, payment), reason, ...charged }
          events.push(eventOf(payment, type, created, more))
        }
      const waits = payment.status === 'processing' || (payment.status === 'succeeded' && money?.status === 'pending')
      const later = Math.max(now().getTime() + PATIENCE_MS, (money?.available_on ?? 0) * 1000)
      return { events, ask_at: waits ? new Date(later).toISOString() : null }
    },

    async payout(reference) {
      const { status, created, arrival_date, failure_code, failure_message } = await call<Payout>('GET', `payouts/${reference}`)
      const type = payouts[status]
      if (!type) return []
      const paid = type === 'settled'
      return (await linesOf(reference)).flatMap((line): ProviderEvent[] => {
        const source = typeof line.source === 'object' ? line.source : null
        // Refunds and fees stand between the payments, which tell of them.
        if ((line.type !== 'charge' && line.type !== 'payment') || !source?.payment_intent) return []
        return [
          {
            id: `${reference}:${status}:${source.payment_intent}`,
            type,
            reference: source.payment_intent,
            effect: reference,
            at: at(paid ? arrival_date : created),
            ...(paid && feeIn([line], source.currency)),
            ...(!paid && { reason: `${failure_code ?? status}: ${failure_message ?? 'the payout did not arrive'}` }),
          },
        ]
      })
    },

    hear(headers, bytes) {
      checkSignature(headers['stripe-signature'], bytes, webhook_secret, now())
      const event = JSON.parse(bytes.toString('utf8')) as StripeEvent
      const about = connect_entities ? (event.account ?? null) : account
      const heard = heardIn(event, about, secret_key, eventOf, amountOf)
      if (!connect_entities || heard.stranger) return heard
      if (about === null) return { events: [], ask: [], stranger: 'it is about the platform itself' }
      return { ...heard, account: about, onboarding: /^(account|person|capability)\./.test(event.type) }
    },
  }
}

/** What the end of a payout means for the payments in it. */
const payouts: Readonly<Record<string, EventType>> = { paid: 'settled', failed: 'payout_failed', canceled: 'payout_canceled' }

interface StripeEvent {
  readonly id: string
  readonly type: string
  readonly created: number
  readonly livemode: boolean
  readonly account?: string
  readonly data: { readonly object: Payment & { readonly object?: string; readonly payment_intent?: string | null } }
}

/** What a call says. Failures, refunds and disputes are asked for: told late or out of order they would say something wrong. */
function heardIn(
  { id, type, created, livemode, account, data: { object } }: StripeEvent,
  ours: string | null,
  secret_key: string,
  eventOf: (payment: Payment, type: EventType, seconds: number, more: Partial<ProviderEvent>) => ProviderEvent,
  amountOf: (stripe_amount: number, payment: Payment) => number,
): Heard {
  const nothing = { events: [], ask: [] }
  if ((account ?? null) !== ours) return { ...nothing, stranger: `it is about the account ${account ?? 'of the platform'}` }
  if (livemode !== /^.k_live_/.test(secret_key))
    return { ...nothing, stranger: livemode ? 'it is about real money' : 'it is about no real money' }
  switch (type) {
    case 'payment_intent.processing':
      return { events: [eventOf(object, 'processing', created, { id })], ask: [] }
    case 'payment_intent.succeeded':
      return {
        events: [eventOf(object, 'succeeded', created, { id, amount: amountOf(object.amount_received, object) })],
        // When the money is there, and what was kept of it, is told by no call.
        ask: [object.id],
      }
    case 'payment_intent.payment_failed':
      return { events: [], ask: [object.id] }
    case 'payout.paid':
    case 'payout.failed':
    case 'payout.canceled':
      return { events: [], ask: [], payouts: [object.id] }
    default: {
      const about = /^(charge|refund)\./.test(type) ? object.payment_intent : null
      return { events: [], ask: typeof about === 'string' ? [about] : [] }
    }
  }
}

/** Refuses (`OutsideRefusal`) a call that isn't signed by the holder of the endpoint's secret, or was signed too long ago. */
export function checkSignature(header: unknown, bytes: Buffer, secret: string, now: Date): void {
  const verdict = judge(secret, bytes, String(header ?? ''), now.getTime() / 1000)
  if (verdict === 'wrong') throw new OutsideRefusal('signature', 'The signature is not by the provider')
  if (verdict === 'old') throw new OutsideRefusal('signature', 'The signature is too old, or the clock of this server is wrong')
}
