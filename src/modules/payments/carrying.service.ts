import { type IntentAction, intentFlow } from '../../core/payments/intent.flow.ts'
import { type Direction, type PaymentMethod, presentMethod } from '../../core/payments/methods.data.ts'
import { badRequest, conflict, failedDependency, ifRefused, Refusal } from '../../core/refusal.ts'
import { callOnce, OutsideRefusal } from '../../platform/connections/journal.ts'
import { asEntity, asSystem, type Ctx, NO_ENTITY, nowFor, type Who } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import { link } from '../../platform/files/links.ts'
import { jobs } from '../../platform/jobs/jobs.ts'
import type { Machinery } from '../../platform/machinery.ts'
import type { EventType, NextAction, PaymentOrder, PaymentProvider, ProviderEvent } from '../../ports/payments.ts'
import { moveLink, openLinks, setAmount } from '../booking/fitting.service.ts'
import { bookRecord, moveRecord, type PaidObject } from '../booking/ledger.service.ts'
import { beginTry, nameTry, noteFee } from '../booking/making.service.ts'
import { moveIntent } from '../booking/moving.service.ts'
import { providersIn } from '../onboarding/providers.service.ts'
import { usableMethods } from '../onboarding/standing.service.ts'
import type { Party } from './accounts.schema.ts'
import { lockAsked } from './intents/intents.service.ts'
import { lockPaid, type Paid } from './records/records.service.ts'

/** How payments are carried out: begun at a provider, followed by what it tells, and booked. */

declare module '../../platform/jobs/jobs.ts' {
  interface Jobs {
    /** Asks a provider what came of a payment. */
    'payments.ask': { provider: string; reference: string }
    /** Books an event of a payment that is known. */
    'payments.event': { id: string }
    /** Looks for the payment of an event. */
    'payments.match': { id: string }
  }
}

// Reading

const LOCK = sql(`
  select t.id, t.status, t.object_type, t.object_id, t.amount, t.currency, t.payment_methods, t.selected_payment_method, t.payment_reference, t.provider,
    t.provider_reference, t.attempt, t.batch_payment_id, t.payment_file_id, t.recipient, t.next_action,
    t.application_fee_amount, t.bank
  from payment_intents t where t.id = :id for update of t`)
const ABOUT = sql(`select object_type, object_id from payment_intents where id = :id`)
const LINK = sql(`select id, status, expires_at, is_partial from payment_links where payment_intent_id = :id for update`)
const RECORD = sql(`
  select id, status, amount from payment_records where payment_intent_id = :id and not is_external and amount > 0 and status in ('created', 'processing')
  order by created_at limit 1 for update`)
const BOOKED = sql(`
  select coalesce(sum(amount) filter (where amount > 0), 0)::bigint as "came!", coalesce(-sum(amount) filter (where amount < 0), 0)::bigint as "went!"
  from payment_records where payment_intent_id = :id and not is_external and status = 'succeeded'`)
const EFFECT = sql(`select id from payment_records where provider_reference = :effect`)

type Intent = Awaited<ReturnType<typeof LOCK.one>>

/** The document that is paid, locked; null for a payment without one, or whose document is gone. */
async function lockDocument(ctx: Ctx, object_type: PaidObject | null, object_id: string | null): Promise<Paid | null> {
  if (!object_type || !object_id) return null
  return lockPaid(ctx, object_type, object_id).catch(ifRefused(() => null, 'not_found'))
}

// Beginning

/** Whether the money comes to the entity or goes from it. */
const directionOf = ({ recipient }: Pick<Intent, 'recipient'>): Direction => (recipient.type === 'entity' ? 'receive' : 'send')

/** The provider of an entity by its name; null when it isn't connected any more. */
export const providerOf = (machinery: Machinery, owner: Owner, name: string): Promise<PaymentProvider | null> =>
  inside(machinery, owner, async (ctx) => (await providersIn(ctx, machinery)).named(name), true)

export interface Owner {
  readonly partner_id: string
  readonly entity_id: string
}
export interface Found extends Owner {
  readonly intent_id: string
}
const who = ({ partner_id, entity_id }: Owner): Who => ({ partnerId: partner_id, entityId: entity_id, userId: null })
export const inside = <T>({ db }: Machinery, found: Owner, work: (ctx: Ctx) => Promise<T>, reading = false): Promise<T> =>
  asEntity(db, { ...who(found), reading }, work)

const ATTEMPT = sql(`
  insert into payment_attempts (payment_intent_id, provider, attempt, amount, method, fee, bank) values (:id, :provider, :attempt, :amount, :method, :fee?, :bank?)
  on conflict (entity_id, payment_intent_id, attempt, amount) do nothing`)
const NAMED = sql(`
  update payment_attempts a set reference = :reference, updated_at = app_now()
  where payment_intent_id = :id and attempt = :attempt and amount = :amount and reference is null
    and not exists (select from payment_attempts o where o.provider = a.provider and o.reference = :reference)`)

/**
 * The payer begins to pay. Whoever asks for the same again is in the same try, which is one payment at the provider; another method, another
 * amount or a failure begins the next one. Refuses (`conflict`) what can't be paid any more, or is paid already.
 */
export async function startPayment(
  machinery: Machinery,
  found: Found,
  asked: PaymentMethod,
  bank: string | null = null,
): Promise<void> {
  const method = presentMethod(asked)
  const begun = await inside(machinery, found, async (ctx) => {
    const intent = await lockOpen(ctx, found.intent_id)
    if (!intent.payment_methods.some((one) => presentMethod(one) === method))
      throw badRequest(`This payment can't be made by ${asked}`)
    const providers = await providersIn(ctx, machinery)
    // An entity that was turned down after the link was made takes no more money with it.
    const isUsable = (await usableMethods(ctx, providers, [method])).has(method)
    const carries = bank === null ? providers.for(method, intent.currency, directionOf(intent)) : providers.openBanking
    const provider = isUsable ? carries : null
    const least = provider?.minimum(method, intent.currency) ?? null
    if (!provider || least === null) throw conflict(`Nobody carries out payments by ${asked} at the moment`)
    if (intent.amount < least) throw badRequest(`A payment by ${asked} has to be at least ${least}, in minor units`)
    const fee = provider.fee?.(intent.amount, method) ?? null
    // What was begun before is the same payment, whether or not its answer arrived.
    const again =
      intent.attempt > 0 &&
      intent.status === 'created' &&
      intent.selected_payment_method === method &&
      intent.provider === provider.name &&
      intent.bank === bank &&
      intent.application_fee_amount === fee
    const attempt = again ? intent.attempt : intent.attempt + 1
    const earlier = again ? null : intent.provider_reference
    await beginTry(ctx, {
      id: intent.id,
      method,
      provider: provider.name,
      attempt,
      fee,
      bank,
      reference: again ? intent.provider_reference : null,
    })
    await ATTEMPT(ctx, { id: intent.id, provider: provider.name, attempt, amount: intent.amount, method, fee, bank })
    const earlierProvider = intent.provider ? providers.named(intent.provider) : null
    return { intent: { ...intent, bank }, provider, attempt, fee, earlier, earlierProvider }
  })
  const { intent, provider, attempt, fee, earlier, earlierProvider } = begun
  // A try that was left open, or that nobody knows about, is ended before the next one begins.
  await endUnsure(machinery, found, { attempt, amount: intent.amount })
  if (earlier) await earlierProvider?.cancel(earlier)
  const reference = await startAt(machinery, found, { intent, provider, method, attempt, fee })
  // The payer's word alone means only that the money is on its way.
  if (provider.byHand)
    await receive(machinery, provider.name, [
      {
        id: `${reference}:sent:${attempt}`,
        type: 'processing',
        reference,
        attempt,
        at: nowFor(machinery.db, found).toISOString(),
      },
    ])
}

const UNSURE = sql(`
  select a.id, a.provider, a.attempt, a.amount, a.method, a.fee, a.bank, i.currency, i.payment_reference, i.recipient from payment_attempts a
  join payment_intents i on i.entity_id = a.entity_id and i.id = a.payment_intent_id
  where a.payment_intent_id = :id and a.reference is null and not (a.attempt = :attempt and a.amount = :amount)`)

/**
 * Ends tries whose answer never came: asked again under its key the provider says what it calls the payment, which is then canceled there, or
 * followed where it is on its way. `kept` is the try that goes on.
 */
export async function endUnsure(machinery: Machinery, found: Found, kept: { attempt: number; amount: number }): Promise<void> {
  const { db } = machinery
  const { tries, providers } = await inside(machinery, found, async (ctx) => ({
    tries: await UNSURE(ctx, { id: found.intent_id, ...kept }),
    providers: await providersIn(ctx, machinery),
  }))
  for (const { provider: name, attempt, amount, method, fee, bank, currency, payment_reference, recipient } of tries) {
    const provider = providers.named(name)
    if (!provider || provider.byHand) continue
    const reference = payment_reference ?? ''
    const plain = { intent: found.intent_id, attempt, amount, currency, method, reference }
    const order = orderOf(plain, fee, await atBank(machinery, found, { bank, recipient }))
    const key = keyOf(order)
    const call = { port: 'payments', adapter: name, action: 'start', key, request: order }
    const started = await callOnce(db, who(found), call, () => provider.start(order, key)).catch((error: Error) => {
      // It was refused for good: there is nothing to end.
      if (error instanceof OutsideRefusal) return null
      throw error
    })
    if (!started) continue
    await inside(machinery, found, (ctx) => NAMED(ctx, { id: found.intent_id, reference: started.reference, attempt, amount }))
    if ((await provider.cancel(started.reference)) === 'late') await askProvider(machinery, found, name, started.reference)
  }
}

const keyOf = ({ intent, attempt, amount }: { intent: string; attempt: number; amount: number }) =>
  `${intent}:${attempt}:${amount}`

/** The order for a provider; each try of a payment gives the same order. */
const orderOf = (order: PaymentOrder, fee: number | null, bank: Partial<PaymentOrder>): PaymentOrder => ({
  ...order,
  ...(fee !== null && { fee }),
  ...bank,
})

const PAGE = sql(`select id from payment_links where payment_intent_id = :id`)

/** What an order needs if the payer chose a bank; empty if not. */
async function atBank(
  machinery: Machinery,
  found: Found,
  { bank, recipient }: { bank: string | null; recipient: Party },
): Promise<Partial<PaymentOrder>> {
  if (bank === null) return {}
  const page = await inside(machinery, found, (ctx) => PAGE.maybe(ctx, { id: found.intent_id }), true)
  return { bank, return_url: link(`/pay/${page?.id ?? ''}/back`), payee: recipient.name ?? '' }
}

/** Cancels a payment of a batch whose bill is paid already. */
async function giveUp(ctx: Ctx, intent: Intent): Promise<void> {
  await moveIntent(ctx, intent, 'cancel', { message: 'The payable was paid otherwise' })
  const record = await RECORD.maybe(ctx, { id: intent.id })
  if (record) await moveRecord(ctx, record.id, 'cancel')
}

interface Try {
  readonly intent: Intent
  readonly provider: PaymentProvider
  readonly method: PaymentMethod
  readonly attempt: number
  readonly fee: number | null
}

/** Begins a try at the provider, under a key that names it; answers what the provider calls the payment. */
async function startAt(machinery: Machinery, found: Found, { intent, provider, method, attempt, fee }: Try): Promise<string> {
  const { db } = machinery
  const reference_ = intent.payment_reference ?? ''
  const order = orderOf(
    { intent: intent.id, attempt, amount: intent.amount, currency: intent.currency, method, reference: reference_ },
    fee,
    await atBank(machinery, found, intent),
  )
  const key = keyOf(order)
  const call = { port: 'payments', adapter: provider.name, action: 'start', key, request: order }
  const started = await callOnce(db, who(found), call, () => provider.start(order, key)).catch((error: Error) => {
    if (error instanceof OutsideRefusal) throw conflict(`This payment can't be made: ${error.message}`)
    machinery.log.warn({ err: error, payment_intent_id: intent.id }, 'a provider did not say whether a payment has begun')
    throw failedDependency('The payment provider does not answer. Nothing was charged; please try again in a moment')
  })
  const { reference, action, ask_at } = started
  await inside(machinery, found, async (ctx) => {
    await NAMED(ctx, { id: intent.id, reference, attempt, amount: intent.amount })
    await nameTry(ctx, { id: intent.id, attempt, reference, action: action ?? null })
    if (ask_at) await askAt(ctx, provider.name, reference, ask_at)
  })
  if (ask_at && Date.parse(ask_at) <= nowFor(db, found).getTime()) await askProvider(machinery, found, provider.name, reference)
  return reference
}

/** Begins the payment of one bill of a batch, once: a crash before its answer is known leads to the same payment. */
export async function beginItem(machinery: Machinery, found: Found): Promise<void> {
  const begun = await inside(machinery, found, async (ctx) => {
    const { object_type, object_id } = await ABOUT.one(ctx, { id: found.intent_id })
    const asked = object_type && object_id ? await lockAsked(ctx, object_type, object_id) : null
    const intent = await LOCK.one(ctx, { id: found.intent_id })
    // Paid otherwise before its turn came.
    if (asked && asked.owed < intent.amount && intent.status === 'created') {
      await giveUp(ctx, intent)
      return null
    }
    const method = intent.selected_payment_method
    if (method === null) throw new Error(`The payment ${intent.id} of a batch names no method`)
    const provider = (await providersIn(ctx, machinery)).for(method, intent.currency, 'send')
    if (intent.status !== 'created' || !provider || provider.byHand) return null
    const first = { id: intent.id, method, provider: provider.name, attempt: 1, fee: null, bank: null }
    await beginTry(ctx, { ...first, reference: null })
    await ATTEMPT(ctx, { ...first, amount: intent.amount })
    return { intent, provider, method }
  })
  if (begun) await startAt(machinery, found, { ...begun, attempt: 1, fee: null })
}

/** The intent of a link that can be paid by now, over what is left to pay; locked, its document first. */
async function lockOpen(ctx: Ctx, id: string): Promise<Intent> {
  const { object_type, object_id } = await ABOUT.one(ctx, { id })
  const asked = object_type && object_id ? await lockAsked(ctx, object_type, object_id) : null
  const intent = await LOCK.one(ctx, { id })
  const link = await LINK.maybe(ctx, { id })
  if (!link || link.status === 'expired') throw conflict('This payment link has ended')
  if (intent.status !== 'created' && intent.status !== 'payment_failed')
    throw conflict(intent.status === 'processing' ? 'This payment is on its way already' : 'This is paid already')
  if (Date.parse(link.expires_at) <= ctx.now.getTime()) throw conflict('This payment link has ended')
  if (!asked) return intent
  const open = await openLinks(ctx, asked.type, asked.id)
  const own = open.find(({ intent_id }) => intent_id === id)
  const others = open.filter((one) => one !== own && one.is_partial).reduce((sum, { amount }) => sum + amount, 0)
  const left = asked.open - others
  if (left <= 0 || (link.is_partial && intent.amount > left)) throw conflict('Nothing is left to pay by this link')
  // A discount may be over since the link was made.
  if (own && !link.is_partial && intent.amount !== left) {
    await setAmount(ctx, own, left)
    return LOCK.one(ctx, { id })
  }
  if (intent.amount > left) throw conflict('The payment is more than what is left to pay')
  return intent
}

/** The payer takes the step that the provider asked for. */
export async function proceedPayment(machinery: Machinery, found: Found): Promise<void> {
  const { intent, provider } = await inside(machinery, found, (ctx) => lockBegun(ctx, machinery, found))
  const { provider_reference: reference } = intent
  if (!provider?.proceed || !reference || !intent.next_action)
    throw conflict('This payment does not wait for a step of the payer')
  await provider.proceed(reference)
  await inside(machinery, found, (ctx) => askAt(ctx, provider.name, reference, ctx.now.toISOString()))
  await askProvider(machinery, found, provider.name, reference)
}

/**
 * The payer comes back from their bank: the transfer is ordered if they have agreed there, once. `consent` is the provider's name of the
 * payment, where the caller says it. Refuses (`conflict`) without their consent.
 */
export async function executeConsent(machinery: Machinery, found: Found, consent: string | null = null): Promise<void> {
  const { db } = machinery
  const { intent, bank } = await inside(machinery, found, async (ctx) => {
    const intent = await lockOpen(ctx, found.intent_id)
    return { intent, bank: (await providersIn(ctx, machinery)).openBanking }
  })
  const { provider_reference: reference } = intent
  if (!bank || intent.provider !== bank.name || !reference || (consent !== null && consent !== reference))
    throw conflict('This payment does not wait for a bank')
  const state = await bank.consent(reference)
  try {
    if (state === 'awaiting') throw conflict('The payer has not agreed at their bank yet')
    if (state !== 'authorized' && state !== 'used') throw conflict(`The consent of the payer is ${state}`)
    const key = `${keyOf({ intent: intent.id, attempt: intent.attempt, amount: intent.amount })}:execute`
    const call = { port: 'payments', adapter: bank.name, action: 'execute', key, request: { reference } }
    await callOnce(db, who(found), call, async () => {
      await bank.execute(reference, key)
      return { executed: true }
    })
  } catch (error) {
    if (error instanceof OutsideRefusal) throw conflict(`The bank does not make this payment: ${error.message}`)
    if (error instanceof Refusal) throw error
    throw failedDependency('The bank does not answer. It will be asked what came of the payment')
  } finally {
    await askNow(machinery, found, bank.name, reference)
  }
}

/** A payment that can be paid, with the provider it was begun at. */
async function lockBegun(ctx: Ctx, machinery: Machinery, found: Found) {
  const intent = await lockOpen(ctx, found.intent_id)
  const provider = intent.provider ? (await providersIn(ctx, machinery)).named(intent.provider) : null
  return { intent, provider }
}

/**
 * Pays with what the payer has left at the provider, e.g. a card, which `token` names. Answers the step that is left to take. Refuses
 * (`conflict`) what the provider declines.
 */
export async function confirmPayment(machinery: Machinery, found: Found, token: string): Promise<NextAction | null> {
  const { db } = machinery
  const { intent, provider } = await inside(machinery, found, (ctx) => lockBegun(ctx, machinery, found))
  const { provider_reference: reference } = intent
  if (!provider?.confirm || !reference) throw conflict('This payment does not wait for a card')
  const key = `${keyOf({ intent: intent.id, attempt: intent.attempt, amount: intent.amount })}:${token}`
  const call = { port: 'payments', adapter: provider.name, action: 'confirm', key, request: { reference, token } }
  const confirm = async () => ({ action: (await provider.confirm?.(reference, token, key)) ?? null })
  try {
    return (await callOnce(db, who(found), call, confirm)).action
  } catch (error) {
    if (error instanceof OutsideRefusal) throw conflict(`This payment was declined: ${error.message}`)
    throw failedDependency('The payment provider does not answer. It will be asked what came of the payment')
  } finally {
    await askNow(machinery, found, provider.name, reference)
  }
}

const BEGUN = sql(
  `select provider, provider_reference, next_action from payment_intents where id = :id and status in ('created', 'processing', 'payment_failed')`,
)

/**
 * The payer comes back from a provider. That says nothing: what came of the payment is asked for; where they have agreed at their bank the
 * transfer is ordered.
 */
export async function comeBack(machinery: Machinery, found: Found): Promise<void> {
  const begun = await inside(machinery, found, (ctx) => BEGUN.maybe(ctx, { id: found.intent_id }), true)
  if (begun?.next_action?.kind === 'redirect') return executeConsent(machinery, found)
  if (begun?.provider && begun.provider_reference) await askNow(machinery, found, begun.provider, begun.provider_reference)
}

/** Asks at once what came of a payment; where nobody answers a job goes on asking. */
async function askNow(machinery: Machinery, owner: Owner, provider: string, reference: string): Promise<void> {
  const { log } = machinery
  await inside(machinery, owner, (ctx) => askAt(ctx, provider, reference, ctx.now.toISOString()))
  await askProvider(machinery, owner, provider, reference).catch((error: Error) =>
    log.warn({ err: error, provider, reference }, 'a provider did not say what came of a payment; a job asks again'),
  )
}

// Hearing

const askAt = (ctx: Ctx, provider: string, reference: string, at: string) =>
  jobs.add(ctx, 'payments.ask', { provider, reference }, { key: `payments.ask:${provider}:${reference}`, runAt: new Date(at) })

/** Asks what came of a payment and keeps it; answers when to ask again. */
export async function askProvider(machinery: Machinery, owner: Owner, name: string, reference: string): Promise<Date | null> {
  const provider = await providerOf(machinery, owner, name)
  if (!provider) return null
  const { events, ask_at } = await provider.news(reference)
  await receive(machinery, name, events)
  return ask_at === null ? null : new Date(ask_at)
}

const KEEP = sql(`
  insert into payment_events (partner_id, entity_id, provider, event_id, type, reference, payment_intent_id, payload)
  values (coalesce(:partner_id?::uuid, '00000000-0000-0000-0000-000000000000'), coalesce(:entity_id?::uuid, '00000000-0000-0000-0000-000000000000'), :provider, :event_id, :type,
    :reference, :intent?, :payload::jsonb)
  on conflict (provider, event_id) do nothing returning id`)
const OWNER = sql(`
  select i.partner_id, i.entity_id, i.id from payment_attempts a join payment_intents i on i.entity_id = a.entity_id and i.id = a.payment_intent_id
  where a.provider = :provider and a.reference = :reference`)
/** Whose payment a provider knows by that name; null when it is nobody's. */
export const ownerOfPayment = ({ db }: Machinery, provider: string, reference: string): Promise<Owner | null> =>
  asSystem(db, async (ctx) => (await OWNER.maybe(ctx, { provider, reference })) ?? null)
const orderEvent = (
  ctx: Ctx,
  kind: 'payments.event' | 'payments.match',
  id: string,
  { partner_id, entity_id }: { partner_id: string | null; entity_id: string | null },
) => jobs.addFor(ctx, { partner_id: partner_id ?? NO_ENTITY, entity_id }, kind, { id }, `${kind}:${id}`)

interface Kept extends Found {
  readonly event: string
}

/** Whose account an event came from: of all entities of a partner, or of one. */
export interface Teller {
  readonly partner_id: string
  readonly entity_id: string | null
}

const mayTell = (teller: Teller | null, owner: Owner) =>
  !teller || (teller.partner_id === owner.partner_id && (teller.entity_id === null || teller.entity_id === owner.entity_id))

/**
 * Keeps what a provider tells, each event once; answers those that are new and whose payment is known. What nobody knows yet waits: the
 * answer to our own call may be on its way. Once this returns, no event is lost: whoever was called back may say so.
 */
export async function keepEvents(
  { db, log }: Machinery,
  provider: string,
  events: readonly ProviderEvent[],
  teller: Teller | null = null,
): Promise<Kept[]> {
  const all: Kept[] = []
  for (const event of events) {
    const kept = await asSystem(db, async (ctx) => {
      const owner = (await OWNER.maybe(ctx, { provider, reference: event.reference })) ?? null
      if (owner && !mayTell(teller, owner)) {
        log.warn({ provider, reference: event.reference }, 'an event about a payment of somebody else was left alone')
        return null
      }
      const place = {
        partner_id: owner?.partner_id ?? teller?.partner_id ?? null,
        entity_id: owner?.entity_id ?? teller?.entity_id ?? null,
      }
      const row = await KEEP.maybe(ctx, {
        ...place,
        provider,
        event_id: event.id,
        type: event.type,
        reference: event.reference,
        intent: owner?.id ?? null,
        payload: event,
      })
      if (!row) return null
      await orderEvent(ctx, owner ? 'payments.event' : 'payments.match', row.id, place)
      return owner && { partner_id: owner.partner_id, entity_id: owner.entity_id, intent_id: owner.id, event: row.id }
    })
    if (kept) all.push(kept)
  }
  return all
}

/** Keeps what a provider tells, and books it at once. */
export async function receive(machinery: Machinery, provider: string, events: readonly ProviderEvent[]): Promise<void> {
  for (const kept of await keepEvents(machinery, provider, events)) await bookNow(machinery, kept, kept.event)
}

/** Books an event at once; the job that waits for it finds it done, or does it when this couldn't. */
async function bookNow(machinery: Machinery, found: Found, event: string): Promise<void> {
  await inside(machinery, found, (ctx) => bookEvent(ctx, machinery, event)).catch((error: Error) =>
    machinery.log.warn({ err: error, event }, 'an event of a payment could not be booked at once; a job tries again'),
  )
}

const UNMATCHED = sql(
  `select id, partner_id, entity_id, provider, reference from payment_events where id = :id and payment_intent_id is null`,
)
const MATCH = sql(`
  update payment_events set partner_id = :partner_id, entity_id = :entity_id, payment_intent_id = :intent, updated_at = app_now() where id = :id`)

/** Looks again whose payment an event is about. Answers whether it is known by now. */
export async function matchEvent({ db }: Machinery, id: string): Promise<boolean> {
  return asSystem(db, async (ctx) => {
    const event = await UNMATCHED.maybe(ctx, { id })
    if (!event) return true
    const owner = await OWNER.maybe(ctx, { provider: event.provider, reference: event.reference })
    if (!owner) return false
    const teller = { partner_id: event.partner_id, entity_id: event.entity_id === NO_ENTITY ? null : event.entity_id }
    // Told by the account of somebody else it is never booked.
    if (event.partner_id !== NO_ENTITY && !mayTell(teller, owner)) return true
    await MATCH(ctx, { id, partner_id: owner.partner_id, entity_id: owner.entity_id, intent: owner.id })
    await orderEvent(ctx, 'payments.event', id, owner)
    ctx.afterCommit(() => jobs.wake())
    return true
  })
}

// Booking

declare module '../../platform/database/columns.ts' {
  interface JsonShapes {
    'payment_events.payload': ProviderEvent
  }
}
const EVENT = sql(`select id, provider, payload, payment_intent_id, handled_at from payment_events where id = :id for update`)
const HANDLED = sql(`update payment_events set handled_at = app_now(), outcome = :outcome, updated_at = app_now() where id = :id`)

/** Books an event that was kept, once. The document is locked before its payment, and the payment before its event. */
export async function bookEvent(ctx: Ctx, { log }: Pick<Machinery, 'log'>, id: string): Promise<void> {
  const [seen] = await OF_EVENT(ctx, { id })
  if (!seen?.payment_intent_id) return
  const about = await ABOUT.one(ctx, { id: seen.payment_intent_id })
  const paid = await lockDocument(ctx, about.object_type, about.object_id)
  const intent = await LOCK.one(ctx, { id: seen.payment_intent_id })
  const kept = await EVENT.one(ctx, { id })
  if (kept.handled_at !== null) return
  const event = kept.payload
  const outcome = await book(ctx, intent, paid, kept.provider, event)
  await HANDLED(ctx, { id, outcome })
  if (outcome !== 'booked')
    log.warn({ payment_intent_id: intent.id, type: event.type, outcome }, 'an event of a payment changed nothing')
}
const OF_EVENT = sql(`select payment_intent_id from payment_events where id = :id`)

/** What an event does to its payment; `booked`, or why it does nothing. */
async function book(ctx: Ctx, intent: Intent, paid: Paid | null, provider: string, event: ProviderEvent): Promise<string> {
  if (event.currency !== undefined && event.currency !== intent.currency) return `it is in ${event.currency}`
  if (!makesSense(event)) return 'its amount or its moment makes no sense'
  switch (event.type) {
    case 'processing':
      return isEarlier(intent, event) ? 'it is about an earlier try' : underWay(ctx, intent)
    case 'succeeded':
      return succeed(ctx, intent, paid, provider, event)
    case 'failed':
      if (isEarlier(intent, event)) return 'it is about an earlier try'
      return intentFlow.can(intent.status, 'return') ? takenBack(ctx, intent, paid, event, 'return') : failed(ctx, intent, event)
    case 'returned':
      return takenBack(ctx, intent, paid, event, 'return')
    case 'refunded':
    case 'dispute_lost':
      return takenBack(ctx, intent, paid, event, 'refund')
    case 'payout_failed':
    case 'payout_canceled': {
      const action = event.type === 'payout_failed' ? 'fail_payout' : 'cancel_payout'
      // What a customer paid is paid, wherever the money is; what a vendor didn't get is owed.
      return intent.object_type === 'payable' ? takenBack(ctx, intent, paid, event, action) : follow(ctx, intent, event, action)
    }
    default:
      return follow(ctx, intent, event, followed[event.type])
  }
}

const makesSense = ({ amount = 1, total = 0, fee = 0, at }: ProviderEvent): boolean =>
  Number.isSafeInteger(fee) &&
  fee >= 0 &&
  Number.isSafeInteger(amount) &&
  amount > 0 &&
  Number.isSafeInteger(total) &&
  total >= 0 &&
  !Number.isNaN(Date.parse(at))

const followed = { canceled: 'cancel', settled: 'settle', disputed: 'dispute', dispute_won: 'win' } as const satisfies Partial<
  Record<EventType, string>
>

const tooLate = ({ status }: Intent) => `it comes too late: the payment is ${status}`

const isEarlier = (intent: Intent, { attempt }: ProviderEvent) => attempt !== undefined && attempt < intent.attempt

const reasonOf = ({ reason }: ProviderEvent) => (reason ? { message: reason } : null)

/** A change that moves no money on our side. What the provider kept is known with it at the latest. */
async function follow(ctx: Ctx, intent: Intent, event: ProviderEvent, action: IntentAction): Promise<string> {
  if (event.fee !== undefined) await noteFee(ctx, { id: intent.id, fee: event.fee })
  // A provider that ends a try doesn't end the link: the payer may try again.
  if (action === 'cancel') return 'the link stays open'
  return (await moveIntent(ctx, intent, action, reasonOf(event))) ? 'booked' : tooLate(intent)
}

async function underWay(ctx: Ctx, intent: Intent): Promise<string> {
  if (!(await moveIntent(ctx, intent, 'process'))) return tooLate(intent)
  await linkDone(ctx, intent)
  const record = await RECORD.maybe(ctx, { id: intent.id })
  const payment_method = intent.selected_payment_method
  if (record?.status === 'created')
    await moveRecord(ctx, record.id, 'start', { payment_intent_status: 'processing', payment_method })
  return 'booked'
}

async function linkDone(ctx: Ctx, { id }: Intent): Promise<void> {
  const link = await LINK.maybe(ctx, { id })
  if (link?.status === 'created') await moveLink(ctx, link.id, 'succeeded')
}

async function failed(ctx: Ctx, intent: Intent, event: ProviderEvent): Promise<string> {
  if (!(await moveIntent(ctx, intent, 'fail', reasonOf(event)))) return tooLate(intent)
  const record = await RECORD.maybe(ctx, { id: intent.id })
  // The payer may try again on the same page; the payment of a batch or a file is over.
  const isOver = intent.batch_payment_id || intent.payment_file_id
  if (record && (isOver || record.status !== 'created'))
    await moveRecord(ctx, record.id, isOver ? 'cancel' : 'retry', { payment_intent_status: 'payment_failed' })
  return 'booked'
}

/** Money has moved: it is booked as it came, whatever the document says by now. The amount that came counts, not the one that was asked. */
async function succeed(ctx: Ctx, intent: Intent, paid: Paid | null, provider: string, event: ProviderEvent): Promise<string> {
  if (!(await moveIntent(ctx, intent, 'succeed'))) return tooLate(intent)
  await linkDone(ctx, intent)
  if (!paid) return 'booked'
  const record = await RECORD.maybe(ctx, { id: intent.id })
  const amount = event.amount ?? intent.amount
  await paid.pay({
    amount,
    currency: intent.currency,
    paid_at: event.at,
    moved: true,
    record: record?.id,
    fields: {
      is_external: false,
      entity_user_id: null,
      payment_intent_id: intent.id,
      payment_intent_status: 'succeeded',
      payment_method: intent.selected_payment_method,
      provider_reference: record ? null : `${provider}:${event.effect ?? event.id}`,
    },
  })
  return 'booked'
}

/** Money went back: a record of its own, once for each effect. A sum that a provider tells holds what was booked before. */
async function takenBack(
  ctx: Ctx,
  intent: Intent,
  paid: Paid | null,
  event: ProviderEvent,
  action: IntentAction,
): Promise<string> {
  const effect = `${intent.provider}:${event.effect ?? event.id}`
  if (await EFFECT.maybe(ctx, { effect })) return 'this was booked already'
  const { came, went } = await BOOKED.one(ctx, { id: intent.id })
  const left = came - went
  const stated = event.total !== undefined ? event.total - went : (event.amount ?? left)
  const amount = paid ? Math.min(stated, left, paid.amount_paid) : stated
  const whole = !paid || action !== 'refund' || amount >= left
  const next = whole ? await moveIntent(ctx, intent, action, reasonOf(event)) : null
  if (whole && !next) return tooLate(intent)
  if (!paid || amount <= 0) return paid ? 'nothing is left to take back' : 'booked'
  await paid.pay({
    amount: -amount,
    currency: intent.currency,
    paid_at: event.at,
    moved: true,
    fields: {
      is_external: false,
      entity_user_id: null,
      payment_intent_id: intent.id,
      payment_intent_status: next ?? intent.status,
      payment_method: intent.selected_payment_method,
      provider_reference: effect,
      reason: event.reason ?? null,
      fee: event.fee ?? 0,
    },
  })
  return 'booked'
}

const TELL = sql(`
  insert into payment_events (provider, event_id, type, reference, payment_intent_id, payload) values ('bank_transfer', :event_id, :type, :intent::uuid::text, :intent, :payload::jsonb)
  on conflict (provider, event_id) do nothing returning id`)

/**
 * What we know of a payment by ourselves, from a file or a statement: kept and booked in the transaction at hand, which holds the lock of what
 * is paid. Told twice it is one event.
 */
export async function tellByHand(
  ctx: Ctx,
  { log }: Pick<Machinery, 'log'>,
  intent: string,
  event: Omit<ProviderEvent, 'reference'>,
): Promise<void> {
  const kept = await TELL.maybe(ctx, { event_id: event.id, type: event.type, intent, payload: { ...event, reference: intent } })
  if (kept) await bookEvent(ctx, { log }, kept.id)
}

/** The record that a payment waits by. */
export const openRecord = (
  ctx: Ctx,
  intent: Pick<Intent, 'id' | 'amount' | 'currency'>,
  about: { type: PaidObject; id: string; status: string },
) =>
  bookRecord(ctx, {
    object_type: about.type,
    object_id: about.id,
    amount: intent.amount,
    currency: intent.currency,
    status: 'created',
    is_external: false,
    payment_intent_id: intent.id,
    payment_intent_status: 'created',
    old_status: about.status,
    new_status: about.status,
  })
