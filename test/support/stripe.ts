import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import Stripe from 'stripe'

/**
 * Stripe as far as our adapter uses it, on this machine: payment intents, refunds, disputes, keys that make one effect, and faults. Its
 * payers are moved by the test; debits take days of the clock it is given.
 */

type PaymentIntent = Pick<
  Stripe.PaymentIntent,
  | ('id' | 'object' | 'amount' | 'amount_received' | 'currency' | 'created' | 'client_secret' | 'metadata' | 'livemode')
  | ('payment_method_types' | 'application_fee_amount' | 'description')
> & {
  status: Stripe.PaymentIntent.Status
  last_payment_error: Pick<Stripe.PaymentIntent.LastPaymentError, 'type' | 'code' | 'message' | 'charge'> | null
  latest_charge: {
    id: string
    created: number
    balance_transaction: Money
  } | null
}
interface Money {
  status: 'pending' | 'available'
  available_on: number
  currency: string
  fee_details: { type: string; amount: number }[]
}
interface Payout {
  readonly id: string
  readonly object: 'payout'
  readonly created: number
  readonly arrival_date: number
  readonly account: string | null
  readonly payments: readonly string[]
  status: Stripe.Payout['status'] | string
  failure_code: string | null
  failure_message: string | null
}
type Refund = Pick<Stripe.Refund, 'id' | 'object' | 'amount' | 'currency' | 'created' | 'payment_intent' | 'status'>
type Dispute = Pick<Stripe.Dispute, 'id' | 'object' | 'amount' | 'currency' | 'created' | 'payment_intent' | 'reason' | 'status'>

/** What goes wrong, and where it does. */
export interface StripeFault {
  readonly path: RegExp
  readonly kind: 'busy' | 'fails before' | 'fails after' | 'hangs up after' | 'garbage' | 'wrong key'
  times: number
}

const DAY_S = 86_400
/** What Stripe keeps of each charge here, and charges for a dispute, in its minor units. */
export const FEE = 203
export const DISPUTE_FEE = 1500
const DEBIT_DAYS = 3
const AVAILABLE_DAYS = 2

class Refused extends Error {
  readonly status: number
  readonly error: object
  constructor(status: number, error: { type: string; code?: string; message: string; param?: string }) {
    super(error.message)
    this.status = status
    this.error = { error }
  }
}

/** An account of an entity, with all that was told of it, by the names of the form: `company[phone]`. */
export interface ConnectedAccount {
  readonly id: string
  readonly told: Record<string, string>
  readonly persons: { id: string; told: Record<string, string> }[]
  readonly banks: Record<string, string>[]
  charges_enabled: boolean
  payouts_enabled: boolean
  requirements: Partial<{
    currently_due: string[]
    past_due: string[]
    pending_verification: string[]
    current_deadline: number | null
    disabled_reason: string | null
    errors: { code: string; reason: string; requirement: string }[]
  }>
  /** What stands otherwise with single capabilities. */
  capabilities: Record<string, { status?: string; requirements?: ConnectedAccount['requirements'] }>
}

export async function stripeFake(now: () => Date) {
  const intents = new Map<string, PaymentIntent & { account: string | null; due: { at: number; fails: boolean } | null }>()
  const refunds: (Refund & { account: string | null })[] = []
  const disputes: (Dispute & {
    balance_transactions: { currency: string; fee_details: { type: string; amount: number }[] }[]
  })[] = []
  const payouts = new Map<string, Payout>()
  const accounts = new Map<string, ConnectedAccount>()
  const files: { id: string; name: string; size: number }[] = []
  const keys = new Map<string, { asked: string; status: number; text: string }>()
  const asked: { method: string; path: string; account: string | null; key: string | null; form: URLSearchParams }[] = []
  let faults: StripeFault[] = []
  let hook: { path: RegExp; when: 'before' | 'after' | 'answered'; act: () => unknown } | null = null
  let count = 0
  const seconds = () => Math.floor(now().getTime() / 1000)
  const idOf = (kind: string) => `${kind}_${process.pid}x${++count}${Math.random().toString(36).slice(2, 10)}`

  function find(id: string, account: string | null) {
    const intent = intents.get(id)
    if (!intent || intent.account !== account)
      throw new Refused(404, {
        type: 'invalid_request_error',
        code: 'resource_missing',
        message: `No such payment_intent: '${id}'`,
      })
    const { due } = intent
    if (intent.status === 'processing' && due && due.at <= seconds()) {
      if (due.fails) fail(intent, 'payment_intent_payment_attempt_failed', 'The debit was returned')
      else charge(intent, due.at)
    }
    const charged = intent.latest_charge?.balance_transaction
    if (charged && charged.available_on <= seconds()) charged.status = 'available'
    return intent
  }

  function charge(intent: PaymentIntent, at = seconds()) {
    const fee_details = [{ type: 'stripe_fee', amount: FEE }]
    if (intent.application_fee_amount) fee_details.push({ type: 'application_fee', amount: intent.application_fee_amount })
    const { currency } = intent
    const balance_transaction = { status: 'pending' as const, available_on: at + AVAILABLE_DAYS * DAY_S, currency, fee_details }
    Object.assign(intent, {
      status: 'succeeded',
      amount_received: intent.amount,
      last_payment_error: null,
      latest_charge: { id: idOf('ch'), created: at, balance_transaction },
    })
  }
  function fail(intent: PaymentIntent, code: 'card_declined' | 'payment_intent_payment_attempt_failed', message: string) {
    const error = { type: 'card_error' as const, code, message, charge: idOf('ch') }
    Object.assign(intent, { status: 'requires_payment_method', last_payment_error: error })
  }

  /** What a payer does with a way to pay, in the form or by a call of ours. */
  function confirm(intent: NonNullable<ReturnType<typeof find>>, method: string) {
    if (!intent.status.startsWith('requires_')) throw unexpected(intent)
    switch (method) {
      case 'pm_card_visa':
        return charge(intent)
      case 'pm_card_chargeDeclined': {
        fail(intent, 'card_declined', 'Your card was declined.')
        throw new Refused(402, { type: 'card_error', code: 'card_declined', message: 'Your card was declined.' })
      }
      case 'pm_card_threeDSecure2Required':
        intent.status = 'requires_action'
        return
      case 'pm_debit':
      case 'pm_debit_returned':
        intent.due = { at: seconds() + DEBIT_DAYS * DAY_S, fails: method === 'pm_debit_returned' }
        intent.status = 'processing'
        return
      default:
        throw new Refused(400, {
          type: 'invalid_request_error',
          code: 'resource_missing',
          message: `No such PaymentMethod: '${method}'`,
        })
    }
  }
  const unexpected = ({ status }: PaymentIntent) =>
    new Refused(400, {
      type: 'invalid_request_error',
      code: 'payment_intent_unexpected_state',
      message: `This PaymentIntent has a status of ${status}.`,
    })

  function answer(method: string, path: string, form: URLSearchParams, account: string | null): object {
    const [, id = '', action] = /^payment_intents(?:\/([^/]+)(?:\/(\w+))?)?$/.exec(path) ?? []
    if (path === 'payment_intents' && method === 'POST') {
      const types = [...form].filter(([name]) => name.startsWith('payment_method_types')).map(([, value]) => value)
      const intent = {
        id: idOf('pi'),
        object: 'payment_intent' as const,
        amount: Number(form.get('amount')),
        amount_received: 0,
        currency: form.get('currency') ?? '',
        created: seconds(),
        client_secret: idOf('secret'),
        metadata: Object.fromEntries(
          [...form].flatMap(([name, value]) => (name.startsWith('metadata[') ? [[name.slice(9, -1), value]] : [])),
        ),
        livemode: false,
        payment_method_types: types,
        application_fee_amount: form.has('application_fee_amount') ? Number(form.get('application_fee_amount')) : null,
        description: form.get('description'),
        status: 'requires_payment_method' as const,
        last_payment_error: null,
        latest_charge: null,
        account,
        due: null,
      }
      if (!Number.isSafeInteger(intent.amount) || intent.amount <= 0 || types.length === 0)
        throw new Refused(400, { type: 'invalid_request_error', code: 'parameter_invalid_integer', message: 'Invalid amount' })
      if (intent.application_fee_amount !== null && !account)
        throw new Refused(400, {
          type: 'invalid_request_error',
          message: 'Can only apply an application_fee_amount for a connected account',
        })
      intents.set(intent.id, intent)
      return intent
    }
    if (id) {
      const intent = find(id, account)
      if (action === 'cancel') {
        if (!intent.status.startsWith('requires_')) throw unexpected(intent)
        intent.status = 'canceled'
      }
      if (action === 'confirm') confirm(intent, form.get('payment_method') ?? '')
      return intent
    }
    if (path === 'refunds' && method === 'POST') {
      const intent = find(form.get('payment_intent') ?? '', account)
      const refund = {
        id: idOf('re'),
        object: 'refund' as const,
        amount: Number(form.get('amount')),
        currency: intent.currency,
        created: seconds(),
        payment_intent: intent.id,
        status: 'succeeded',
        account,
      }
      if (intent.status !== 'succeeded') throw unexpected(intent)
      refunds.push(refund)
      return refund
    }
    if (path.startsWith('payouts/')) {
      const payout = payouts.get(path.slice('payouts/'.length))
      if (!payout || payout.account !== account)
        throw new Refused(404, { type: 'invalid_request_error', code: 'resource_missing', message: 'No such payout' })
      return payout
    }
    if (path === 'balance_transactions') {
      const payments = payouts.get(form.get('payout') ?? '')?.payments ?? []
      const lines = payments.map((id) => {
        const { latest_charge, currency } = find(id, account)
        return {
          id: `txn_${id}`,
          type: 'charge',
          ...latest_charge?.balance_transaction,
          source: { payment_intent: id, currency },
        }
      })
      const payout = {
        id: `txn_${form.get('payout')}`,
        type: 'payout',
        status: 'available',
        currency: 'eur',
        fee_details: [],
        source: null,
      }
      const all = [payout, ...lines]
      // A page holds two of them here.
      const from = all.findIndex(({ id }) => id === form.get('starting_after')) + 1
      return { object: 'list', data: all.slice(from, from + 2), has_more: from + 2 < all.length }
    }
    const connected = answerAbout(method, path, form)
    if (connected) return connected
    const of = form.get('payment_intent')
    if (path === 'refunds')
      return { object: 'list', data: refunds.filter(({ payment_intent }) => payment_intent === of).reverse() }
    if (path === 'disputes') return { object: 'list', data: disputes.filter(({ payment_intent }) => payment_intent === of) }
    throw new Refused(404, { type: 'invalid_request_error', message: `Unrecognized request URL (${method}: /v1/${path})` })
  }

  /** What is asked about accounts of entities. */
  function answerAbout(method: string, path: string, form: URLSearchParams): object | null {
    if (path === 'files') {
      const file = { id: idOf('file'), name: form.get('name') ?? '', size: Number(form.get('size')) }
      files.push(file)
      return { id: file.id, object: 'file', purpose: form.get('purpose') }
    }
    const [, id, kind, person] = /^accounts(?:\/([^/]+)(?:\/(\w+)(?:\/([^/]+))?)?)?$/.exec(path) ?? []
    if (!path.startsWith('accounts')) return null
    const said = Object.fromEntries(form)
    for (const [param, value] of form)
      if (value.includes('refuse me'))
        throw new Refused(400, { type: 'invalid_request_error', code: 'parameter_invalid', message: `Invalid ${param}`, param })
    if (!id) {
      const made: ConnectedAccount = {
        id: idOf('acct'),
        told: said,
        persons: [],
        banks: [],
        charges_enabled: false,
        payouts_enabled: false,
        requirements: {},
        capabilities: {},
      }
      accounts.set(made.id, made)
      return shownAccount(made)
    }
    const account = accounts.get(id)
    if (!account)
      throw new Refused(404, { type: 'invalid_request_error', code: 'resource_missing', message: `No such account: ${id}` })
    if (kind === undefined) {
      if (method === 'POST') Object.assign(account.told, said)
      return shownAccount(account)
    }
    if (kind === 'external_accounts') {
      account.banks.push(said)
      return { id: idOf('ba'), object: 'bank_account' }
    }
    if (kind === 'capabilities') {
      const requested = Object.keys(account.told).flatMap((name) => /^capabilities\[(\w+)\]/.exec(name)?.[1] ?? [])
      const data = requested.map((name) => ({
        id: name,
        object: 'capability',
        requested: true,
        status: account.charges_enabled ? 'active' : 'pending',
        requirements: {},
        ...account.capabilities[name],
      }))
      return { object: 'list', data }
    }
    if (kind === 'persons' && person === undefined) {
      if (method === 'GET') return { object: 'list', data: account.persons.map(shownPerson) }
      const made = { id: idOf('person'), told: said }
      account.persons.push(made)
      return shownPerson(made)
    }
    const found = account.persons.find((one) => one.id === person)
    if (!found) throw new Refused(404, { type: 'invalid_request_error', message: `No such person: ${person}` })
    if (method === 'POST') Object.assign(found.told, said)
    if (method === 'DELETE') account.persons.splice(account.persons.indexOf(found), 1)
    return shownPerson(found)
  }
  const shownAccount = ({ id, charges_enabled, payouts_enabled, requirements }: ConnectedAccount) => ({
    id,
    object: 'account',
    charges_enabled,
    payouts_enabled,
    requirements: { currently_due: [], past_due: [], pending_verification: [], errors: [], ...requirements },
  })
  const shownPerson = ({ id, told }: ConnectedAccount['persons'][number]) => {
    const roles = ['representative', 'owner', 'executive', 'director']
    const relationship = Object.fromEntries(roles.map((role) => [role, told[`relationship[${role}]`] === 'true']))
    return { id, object: 'person', metadata: { person_id: told['metadata[person_id]'] }, relationship }
  }

  function once(method: string, path: string, form: URLSearchParams, account: string | null, key: string | null) {
    const name = key && `${account}:${key}`
    const same = `${method} ${path} ${form}`
    const before = name ? keys.get(name) : undefined
    if (before && before.asked !== same)
      return told(400, {
        error: { type: 'idempotency_error', message: 'Keys for idempotent requests can only be used with the same parameters' },
      })
    if (before) return before
    let made: { status: number; text: string }
    try {
      made = told(200, answer(method, path, form, account))
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      made = told(error.status, error.error)
    }
    if (name) keys.set(name, { ...made, asked: same })
    return made
  }
  const told = (status: number, body: object) => ({ status, text: JSON.stringify(body) })

  async function serve(request: IncomingMessage, response: ServerResponse) {
    const url = new URL(request.url ?? '/', 'http://stripe')
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { method = 'GET', headers } = request
    const form = method === 'GET' ? url.searchParams : formIn(headers['content-type'] ?? '', Buffer.concat(chunks))
    const path = url.pathname.replace(/^\/v1\//, '')
    const account = (headers['stripe-account'] as string | undefined) ?? null
    const key = (headers['idempotency-key'] as string | undefined) ?? null
    asked.push({ method, path, account, key, form })
    const send = (status: number, text: string, more = {}) =>
      response.writeHead(status, { 'content-type': 'application/json', ...more }).end(text)
    const hooked = hook?.path.test(`${method} ${path}`) ? hook : null
    if (hooked) hook = null
    if (hooked?.when === 'before') {
      await hooked.act()
      return request.socket.destroy()
    }
    const fault = faults.find((one) => one.times > 0 && one.path.test(`${method} ${path}`))
    if (fault) fault.times--
    const error = (status: number) => send(status, JSON.stringify({ error: { type: 'api_error', message: 'That did not work' } }))
    if (fault?.kind === 'busy')
      return send(429, '{"error":{"type":"invalid_request_error","code":"rate_limit","message":"Too many"}}', {
        'retry-after': '0',
      })
    if (fault?.kind === 'fails before') return error(500)
    if (fault?.kind === 'garbage') return send(200, '<html>a proxy</html>')
    if (fault?.kind === 'wrong key' || !headers.authorization?.startsWith('Bearer sk_test_')) return error(401)
    const made = once(method, path, form, account, key)
    if (hooked?.when === 'after') {
      await hooked.act()
      return request.socket.destroy()
    }
    if (hooked) response.on('finish', hooked.act)
    if (fault?.kind === 'fails after') return error(500)
    if (fault?.kind === 'hangs up after') return request.socket.destroy()
    return send(made.status, made.text)
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: Error) => response.writeHead(500).end(error.message))
  })
  await new Promise<void>((up) => server.listen(0, '127.0.0.1', up))
  server.unref()

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    intents,
    accounts,
    files,
    /** From now on this goes wrong, so often. */
    fault(path: RegExp, kind: StripeFault['kind'], times = 1) {
      faults.push({ path, kind, times })
    },
    /** Once, when this is asked for: before its effect, after it with the answer lost, or once it is answered. */
    at(path: RegExp, when: 'before' | 'after' | 'answered', act: () => unknown) {
      hook = { path, when, act }
    },
    noFaults() {
      faults = []
    },
    /** The payer fills in the form. */
    payer: {
      pays(id: string, method: string) {
        const intent = intents.get(id)!
        try {
          confirm(intent, method)
        } catch (error) {
          if (!(error instanceof Refused)) throw error
        }
      },
      authenticates(id: string) {
        charge(intents.get(id)!)
      },
    },
    /** Money of these payments goes to the bank. */
    payout(payments: readonly string[], status: string, account: string | null = null) {
      const failed = status === 'failed'
      const payout = {
        id: idOf('po'),
        object: 'payout' as const,
        created: seconds(),
        arrival_date: seconds() + DAY_S,
        account,
        payments,
        status,
        failure_code: failed ? 'account_closed' : null,
        failure_message: failed ? 'The bank account has been closed.' : null,
      }
      payouts.set(payout.id, payout)
      return payout
    },
    dispute(id: string, status: Stripe.Dispute.Status) {
      const known = disputes.find(({ payment_intent }) => payment_intent === id)
      if (known) known.status = status
      const { amount, currency } = intents.get(id)!
      if (!known)
        disputes.push({
          id: idOf('dp'),
          object: 'dispute',
          amount,
          currency,
          created: seconds(),
          payment_intent: id,
          reason: 'fraudulent',
          status,
          balance_transactions: [{ currency, fee_details: [{ type: 'stripe_fee', amount: DISPUTE_FEE }] }],
        })
    },
    /** A call as Stripe makes it: signed by their own library. */
    event(
      type: string,
      object: object,
      {
        secret = 'whsec_test',
        account = null,
        livemode = false,
        at = seconds(),
      }: Partial<{ secret: string; account: string | null; livemode: boolean; at: number }> = {},
    ) {
      const payload = JSON.stringify(
        { id: idOf('evt'), object: 'event', type, created: at, livemode, ...(account && { account }), data: { object } },
        null,
        2,
      )
      const header = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: at })
      return { payload, headers: { 'content-type': 'application/json', 'stripe-signature': header } }
    },
  }
}
export type StripeFake = Awaited<ReturnType<typeof stripeFake>>

/** Fields of a form; of a form with a file its name and size, so that it is the same form each time. */
function formIn(type: string, bytes: Buffer): URLSearchParams {
  if (!type.startsWith('multipart/')) return new URLSearchParams(bytes.toString())
  const text = bytes.toString('latin1')
  const [, purpose = ''] = /name="purpose"\r\n\r\n(\w+)/.exec(text) ?? []
  const [, name = ''] = /filename="([^"]*)"/.exec(text) ?? []
  return new URLSearchParams({ purpose, name, size: String(bytes.length) })
}
