import { type FeeRule, feeOf } from '../../core/payments/fee.ts'
import { methodOf, type PaymentMethod } from '../../core/payments/methods.data.ts'
import { OutsideRefusal } from '../../platform/connections/journal.ts'
import { judge } from '../../platform/webhooks/signature.ts'
import type { Connected, EventType, Heard, NextAction, PaymentProvider, ProviderEvent } from '../../ports/payments.ts'
import { fromStripe, leastOf, stripeMethods, toStripe } from './stripe.data.ts'

/**
 * Cards, wallets, debits and local schemes by Stripe. A try is a payment intent there; its payer fills in Stripe's own form, so that no card
 * ever comes to this server. What came of it is asked for wherever a call to us doesn't say it exactly.
 */

/** The version of Stripe's interface that this file was written for. */
const VERSION = '2026-10-28.endive'
const CALL_MS = 10_000
const TRIES = 3
/** What takes days is asked about so often, should nobody tell. */
const PATIENCE_MS = 6 * 60 * 60 * 1000

export interface StripeSettings {
  readonly publishable_key: string
  /** The connected account that is paid; null where the keys are the recipient's own. */
  readonly account: string | null
  /** What the platform keeps of payments, and of those by single methods where that differs. */
  readonly fee: (FeeRule & { readonly methods?: Partial<Record<PaymentMethod, FeeRule>> }) | null
}

export interface StripeOptions {
  readonly api_url: string
  readonly now: () => Date
  /** How long to wait before a call is made again, in milliseconds, by the number of the try; tests wait less. */
  readonly pause_ms?: (tries: number) => number
}

interface Failure {
  readonly type?: string
  readonly code?: string
  readonly message?: string
}
interface Charge {
  readonly id: string
  readonly created: number
  readonly balance_transaction?: { readonly status: string; readonly available_on: number } | string | null
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
}
interface Page<Row> {
  readonly data: readonly Row[]
}

/** Tells what Stripe answered: final refusals apart from what may be asked again. */
class Unanswered extends Error {
  readonly after_ms: number | null
  constructor(message: string, after_ms: number | null = null) {
    super(message)
    this.after_ms = after_ms
  }
}

type Fields = Readonly<Record<string, string | number | null | undefined>>

const formOf = (fields: Fields) =>
  new URLSearchParams(
    Object.entries(fields).flatMap(([name, value]): [string, string][] => (value == null ? [] : [[name, String(value)]])),
  )

const at = (seconds: number) => new Date(seconds * 1000).toISOString()

export function stripePayments(
  { settings, credentials }: Pick<Connected, 'settings' | 'credentials'>,
  { api_url, now, pause_ms = (tries) => 100 * 3 ** tries }: StripeOptions,
): PaymentProvider {
  const { publishable_key, account, fee } = settings as unknown as StripeSettings
  const { secret_key = '', webhook_secret = '' } = credentials

  async function once<Answer>(method: 'GET' | 'POST', path: string, fields: Fields, key: string | null): Promise<Answer> {
    const form = formOf(fields)
    const query = method === 'GET' && form.size > 0 ? `?${form}` : ''
    const headers = new Headers({ authorization: `Bearer ${secret_key}`, 'stripe-version': VERSION })
    if (account) headers.set('stripe-account', account)
    if (key) headers.set('idempotency-key', key)
    let response: Response
    try {
      response = await fetch(`${api_url}/v1/${path}${query}`, {
        method,
        headers,
        body: method === 'POST' ? form : null,
        redirect: 'error',
        signal: AbortSignal.timeout(CALL_MS),
      })
    } catch (error) {
      throw new Unanswered(`Stripe does not answer: ${(error as Error).message}`)
    }
    const body = (await response.json().catch(() => null)) as (Answer & { error?: Failure }) | null
    if (response.ok && body) return body
    const { code, type, message } = body?.error ?? {}
    // Somebody else asks for the same at this moment, or too many ask, or Stripe itself fails: nothing is known.
    const passing = response.status === 409 || response.status === 429 || response.status >= 500 || !body
    // Wrong keys are ours to mend: nobody's payment was refused.
    if (passing || response.status === 401 || response.status === 403)
      throw new Unanswered(
        `Stripe answers ${response.status}: ${message ?? 'nothing that can be read'}`,
        waitOf(response, passing),
      )
    throw new OutsideRefusal(code ?? type ?? String(response.status), message ?? `Stripe answers ${response.status}`)
  }

  /** How long the other side wants us to wait; null when asking again leads nowhere. */
  const waitOf = (response: Response, passing: boolean) => {
    if (!passing) return Number.POSITIVE_INFINITY
    const seconds = Number(response.headers.get('retry-after'))
    return seconds > 0 ? seconds * 1000 : null
  }

  /** A call, made again under the same key as long as nobody knows what came of it. */
  async function call<Answer>(
    method: 'GET' | 'POST',
    path: string,
    fields: Fields = {},
    key: string | null = null,
  ): Promise<Answer> {
    for (let tries = 1; ; tries++) {
      try {
        return await once<Answer>(method, path, fields, key)
      } catch (error) {
        if (!(error instanceof Unanswered) || tries === TRIES) throw error
        const wait_ms = error.after_ms ?? pause_ms(tries)
        if (wait_ms > CALL_MS) throw error
        await new Promise((resolve) => setTimeout(resolve, wait_ms))
      }
    }
  }

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
  const amountOf = (told: number, { currency }: Payment) => fromStripe(told, currency.toUpperCase())

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

  const disputes: Readonly<Record<string, readonly EventType[]>> = {
    needs_response: ['disputed'],
    under_review: ['disputed'],
    won: ['disputed', 'dispute_won'],
    lost: ['disputed', 'dispute_lost'],
  }

  return {
    name: 'stripe',
    knowsPayee: true,

    minimum(method, currency) {
      const { currencies } = methodOf(method)
      if (!stripeMethods[method] || (currencies !== null && !currencies.includes(currency))) return null
      return leastOf(currency)
    },

    // Kept from what goes to a connected account: keys of the recipient's own leave nothing to keep it from.
    fee: (amount, method) => (account && fee ? feeOf(amount, fee.methods?.[method] ?? fee) : null),

    async start({ intent, attempt, amount, currency, method, reference, fee: kept }, key) {
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
      const told = toStripe(amount, currency.toUpperCase())
      const { id } = await call<Refund>('POST', 'refunds', { payment_intent: reference, amount: told }, key)
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
        events.push(eventOf(payment, 'settled', money.available_on))
      for (const { id, amount, created, status } of [...refunds.data].sort((a, b) => a.created - b.created))
        if (status === 'succeeded')
          events.push(
            eventOf(payment, 'refunded', created, { id: `${reference}:${id}`, effect: id, amount: amountOf(amount, payment) }),
          )
      for (const { id, amount, created, status, reason } of disputed.data)
        for (const type of disputes[status ?? ''] ?? []) {
          const more = { id: `${reference}:${id}:${type}`, effect: id, amount: amountOf(amount, payment), reason }
          events.push(eventOf(payment, type, created, more))
        }
      const waits = payment.status === 'processing' || (payment.status === 'succeeded' && money?.status === 'pending')
      const later = Math.max(now().getTime() + PATIENCE_MS, (money?.available_on ?? 0) * 1000)
      return { events, ask_at: waits ? new Date(later).toISOString() : null }
    },

    hear(headers, bytes) {
      checkSignature(headers['stripe-signature'], bytes, webhook_secret, now())
      return heardIn(JSON.parse(bytes.toString('utf8')) as Told, account, secret_key, eventOf, amountOf)
    },
  }
}

interface Told {
  readonly id: string
  readonly type: string
  readonly created: number
  readonly livemode: boolean
  readonly account?: string
  readonly data: { readonly object: Payment & { readonly object?: string; readonly payment_intent?: string | null } }
}

/** What a call says. Failures, refunds and disputes are asked for: told late or out of order they would say something wrong. */
function heardIn(
  { id, type, created, livemode, account, data: { object } }: Told,
  ours: string | null,
  secret_key: string,
  eventOf: (payment: Payment, type: EventType, seconds: number, more: Partial<ProviderEvent>) => ProviderEvent,
  amountOf: (told: number, payment: Payment) => number,
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
        ask: [],
      }
    case 'payment_intent.payment_failed':
      return { events: [], ask: [object.id] }
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
