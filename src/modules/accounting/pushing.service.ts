import { asEntity, type Ctx, nowFor } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import type { Finish, Job } from '../../platform/jobs/jobs.ts'
import type { Machinery } from '../../platform/machinery.ts'
import {
  type AccountingProvider,
  Deauthorized,
  type Found,
  type Holder,
  LedgerRefusal,
  type Pushed,
  type PushedType,
  StaleVersion,
  TooMany,
} from '../../ports/accounting.ts'
import {
  billOf,
  type Composing,
  calledOf,
  customerOf,
  documentOfPayment,
  endOf,
  namesOf,
  partyIdOf,
  partyOf,
  paymentOf,
  productOf,
  productsOn,
  receivableOf,
  vendorOf,
} from './composing.service.ts'
import { type ActiveConnection, activeConnection, holderOf, loseConnection } from './connections/connections.service.ts'
import { whoFor } from './connections/renewing.service.ts'
import { lockPush } from './following.service.ts'
import { TRIES_MAX } from './syncing.service.ts'

/**
 * Takes to the ledger what is pending, one after the other. Before an object is made the ledger is asked for our id: whoever was killed
 * between its effect and our note of it finds it there.
 */

/** Whatever is due goes in one run up to this; then others have their turn. */
const AT_ONCE = 100
const MINUTE_MS = 60_000

// Documents come before what is about them.
const NEXT = sql(`
  select id, object_type, object_id, document_id, wanted, generation, tries, pushed, fingerprint, platform_object_id, platform_version
  from accounting_synced_records r
  where adapter = :adapter and sync_status = 'pending' and coalesce(retry_at, '-infinity') <= app_now()
    and (document_id is null or not wanted or exists (select from accounting_synced_records d where d.entity_id = r.entity_id and d.adapter = r.adapter
      and d.object_id = r.document_id and d.object_type in ('receivable', 'bill') and d.sync_status = 'done'))
    -- A document is taken back after what is about it.
    and (wanted or document_id is not null or not exists (select from accounting_synced_records d where d.entity_id = r.entity_id and d.adapter = r.adapter
      and d.document_id = r.object_id and not d.wanted and d.sync_status = 'pending'))
  order by array_position(array['customer', 'vendor', 'product', 'receivable', 'bill', 'credit_note', 'vendor_credit', 'payment_record', 'receivable_end', 'bill_end'], object_type),
    created_at, id limit 1`)
type RecordRow = Awaited<ReturnType<typeof NEXT>>[number]
const WAITING = sql(`
  select min(retry_at) as at from accounting_synced_records where adapter = :adapter and sync_status = 'pending' and retry_at > app_now()`)
/** Nothing is noted of an object that changed since it was read: it is pushed again. */
const DONE = sql(`
  update accounting_synced_records set sync_status = 'done', errors = null, tries = 0, retry_at = null, pushed = :said, platform_object_id = :platform_id?,
    platform_version = :version?, platform_updated_at = coalesce(:changed_at?::timestamptz, app_now()), generation = :generation, last_pulled_at = app_now(), updated_at = app_now()
  where id = :id and fingerprint = :said and wanted = :wanted returning id`)
const REFUSED = sql(`
  update accounting_synced_records set sync_status = 'error', errors = :errors::json, tries = tries + 1, retry_at = null, updated_at = app_now() where id = :id`)
const LATER = sql(`
  update accounting_synced_records set errors = :errors?::json, tries = tries + :counts::int, retry_at = :at, updated_at = app_now() where id = :id`)
const POSTPONE = sql(`update accounting_connections set quiet_until = :at, updated_at = app_now() where id = :id`)
const MADE = sql(`
  insert into accounting_synced_records (object_type, object_id, adapter, fingerprint, pushed, sync_status, platform_object_id, platform_version, platform_updated_at)
  values (:object_type, :object_id, :adapter, 'there', 'there', 'done', :platform_id, :version?, coalesce(:changed_at?::timestamptz, app_now()))
  on conflict (entity_id, adapter, object_type, object_id) do update set sync_status = 'done', errors = null, platform_object_id = excluded.platform_object_id,
    platform_version = excluded.platform_version, generation = :generation, updated_at = app_now()`)
const KNOWN = sql(`
  select platform_object_id, sync_status, generation from accounting_synced_records where adapter = :adapter and object_type = :object_type and object_id = :object_id`)

interface Pushing {
  readonly machinery: Machinery
  readonly who: { readonly partnerId: string; readonly entityId: string }
  readonly connection: ActiveConnection
  readonly provider: AccountingProvider
  readonly holder: Holder
}

const inEntity = <T>({ machinery: { db }, who }: Pick<Pushing, 'machinery' | 'who'>, work: (ctx: Ctx) => Promise<T>) =>
  asEntity(db, whoFor(who), work)

/** Pushes what is pending for the job's entity. */
export async function pushPending(machinery: Machinery, job: Pick<Job, 'partner_id' | 'entity_id'>): Promise<Finish> {
  const who = { partnerId: job.partner_id, entityId: job.entity_id }
  const opened = await inEntity({ machinery, who }, async (ctx) => {
    const connection = await activeConnection(ctx)
    if (connection?.status !== 'connected') return null
    return { connection, holder: await holderOf(machinery, ctx, connection.adapter) }
  })
  const provider = opened && machinery.accounting.named(opened.connection.adapter)
  if (!opened || !provider) return async () => {}
  const quiet = dateOf(opened.connection.quiet_until)
  if (quiet && quiet > nowFor(machinery.db, job)) return async () => quiet
  const pushing: Pushing = { machinery, who, provider, ...opened }
  const adapter = opened.connection.adapter
  for (let count = 0; count < AT_ONCE; count++) {
    const [record] = await inEntity(pushing, (ctx) => NEXT(ctx, { adapter }))
    if (!record) return (ctx) => end(ctx, adapter)
    const failed = await pushRecord(pushing, record).then(
      () => null,
      (error: Error) => error,
    )
    if (failed === null) continue
    const stop = await inEntity(pushing, (ctx) => note(ctx, pushing, record, failed))
    if (stop) return stop
  }
  return async (ctx) => ctx.now
}

/** Nothing is left, so far as this run could see: it ends unless something came meanwhile. */
async function end(ctx: Ctx, adapter: string): Promise<Date | null> {
  await lockPush(ctx)
  if ((await NEXT(ctx, { adapter })).length > 0) return ctx.now
  return dateOf((await WAITING.one(ctx, { adapter })).at)
}

const dateOf = (at: string | null): Date | null => (at === null ? null : new Date(at))

/** Notes why a record did not get there. Answers how the run ends where it can't go on. */
async function note(
  ctx: Ctx,
  { connection, machinery }: Pushing,
  { id, tries }: RecordRow,
  error: Error,
): Promise<Finish | null> {
  if (error instanceof Deauthorized) {
    const { message } = error
    return (end) => loseConnection(end, connection.id, message)
  }
  if (error instanceof TooMany) {
    const at = new Date(ctx.now.getTime() + error.wait_s * 1000)
    await POSTPONE(ctx, { id: connection.id, at: at.toISOString() })
    return async () => at
  }
  if (error instanceof LedgerRefusal) {
    await REFUSED(ctx, { id, errors: { code: error.code, message: error.message, details: [...error.details] } })
    return null
  }
  machinery.log.warn({ err: error, synced_record_id: id }, 'the ledger did not say what came of a push')
  const errors = { code: 'unreachable', message: error.message.slice(0, 500), details: [] }
  if (tries + 1 >= TRIES_MAX) await REFUSED(ctx, { id, errors })
  else {
    const wait_ms = Math.min(60, 2 ** tries) * MINUTE_MS
    await LATER(ctx, { id, errors, counts: 1, at: new Date(ctx.now.getTime() + wait_ms).toISOString() })
  }
  return null
}

async function pushRecord(pushing: Pushing, record: RecordRow): Promise<void> {
  const type = record.object_type
  const there = await whatIsThere(pushing, type, record)
  if (!record.wanted) return takeBack(pushing, record, there.found)
  const ready = await readyFor(pushing, type, record)
  const pushed = await inEntity(pushing, (ctx) => compose({ ...ready, ctx }, type, record))
  const { found } = there
  const same = found !== null && record.pushed === record.fingerprint && found.version === record.platform_version
  await finish(pushing, record, same ? found : await send(pushing, record, pushed, there), there.generation)
}

interface There {
  readonly found: Found | null
  readonly generation: number
}

/** The object in the ledger. One that was deleted there by hand begins a new generation. */
async function whatIsThere(pushing: Pushing, type: PushedType, record: RecordRow): Promise<There> {
  const { provider, holder, connection } = pushing
  const { object_id: reference, platform_object_id: id, generation } = record
  const called = await inEntity(pushing, (ctx) => calledOf({ ctx, connection, limits: provider.limits }, type, reference))
  const found = await provider.find(holder, type, { reference, id, called })
  return {
    found,
    generation: found === null && id !== null && record.pushed !== null && record.wanted ? generation + 1 : generation,
  }
}

/** Sends an object. When somebody else changed it meanwhile it is read again and sent once more. */
async function send(
  { provider, holder }: Pushing,
  record: RecordRow,
  pushed: Pushed,
  { found, generation }: There,
): Promise<Found> {
  const { object_type, object_id: reference, fingerprint } = record
  const once = (known: Found | null) => {
    const idempotency = [object_type, reference, generation, known?.version ?? 'new', fingerprint].join(':').slice(0, 250)
    return provider.push(holder, pushed, { reference, idempotency }, known)
  }
  try {
    return await once(found)
  } catch (error) {
    if (!(error instanceof StaleVersion)) throw error
    return once(await provider.find(holder, pushed.type, { reference, id: found?.id ?? null }))
  }
}

async function takeBack(pushing: Pushing, record: RecordRow, found: Found | null): Promise<void> {
  const { provider, holder } = pushing
  if (found) {
    if (!provider.withdraw)
      throw new LedgerRefusal('not_withdrawn', 'This is not agreed to any more: void it in the ledger, which does not let us')
    await provider.withdraw(holder, record.object_type, record.object_id, found)
  }
  await finish(pushing, record, null, record.generation + 1)
}

const finish = (pushing: Pushing, record: RecordRow, found: Found | null, generation: number) =>
  inEntity(pushing, (ctx) =>
    DONE(ctx, {
      id: record.id,
      said: record.fingerprint,
      wanted: record.wanted,
      platform_id: found?.id ?? null,
      version: found?.version ?? null,
      changed_at: found?.updated_at ?? null,
      generation,
    }),
  )

interface Need {
  readonly kind: 'customer' | 'vendor' | 'product'
  readonly id: string
}

/** What has to be there before an object: its counterpart, and its products. */
async function needsOf(ctx: Ctx, provider: AccountingProvider, type: PushedType, id: string): Promise<Need[]> {
  switch (type) {
    case 'receivable':
    case 'credit_note':
    case 'receivable_end': {
      const products = provider.takes.has('product') ? await productsOn(ctx, id) : []
      const customer: Need = { kind: 'customer', id: await customerOf(ctx, id) }
      return [customer].concat(products.map((product): Need => ({ kind: 'product', id: product })))
    }
    case 'bill':
    case 'bill_end':
    case 'vendor_credit':
      return [{ kind: 'vendor', id: await vendorOf(ctx, id, type === 'vendor_credit' ? type : 'bill') }]
    case 'payment_record': {
      const { sale, id: document } = await documentOfPayment(ctx, id)
      return [{ kind: sale ? 'customer' : 'vendor', id: await partyIdOf(ctx, sale, document) }]
    }
    default:
      return []
  }
}

/** Sees to it that all that an object needs is in the ledger, and says by which ids. */
async function readyFor(pushing: Pushing, type: PushedType, { object_id }: RecordRow): Promise<Omit<Composing, 'ctx'>> {
  const { provider, connection } = pushing
  const needs = await inEntity(pushing, (ctx) => needsOf(ctx, provider, type, object_id))
  const ids = new Map<string, string>()
  for (const need of needs) ids.set(`${need.kind} ${need.id}`, await ensured(pushing, need))
  return {
    connection,
    limits: provider.limits,
    ledgerIdOf(kind, id) {
      const found = ids.get(`${kind} ${id}`)
      if (found === undefined) throw new LedgerRefusal('missing', `The ledger does not know the ${kind} ${id} yet`)
      return found
    },
  }
}

/** A counterpart or product in the ledger: the one we made, the one that was there, or a new one. Answers its id there. */
async function ensured(pushing: Pushing, { kind, id }: Need): Promise<string> {
  const { provider, holder, connection } = pushing
  const { adapter } = connection
  const { known, pushed } = await inEntity(pushing, async (ctx) => ({
    known: await KNOWN.maybe(ctx, { adapter, object_type: kind, object_id: id }),
    pushed: await composeNeed({ ctx, connection, limits: provider.limits }, { kind, id }),
  }))
  if (known?.platform_object_id && known.sync_status === 'done') return known.platform_object_id
  const generation = known?.generation ?? 1
  const found =
    (await provider.find(holder, kind, { reference: id, id: known?.platform_object_id ?? null, called: namesOf(pushed) })) ??
    (await provider.match?.(holder, pushed)) ??
    (await provider.push(holder, pushed, { reference: id, idempotency: [kind, id, generation].join(':') }, null))
  await inEntity(pushing, (ctx) =>
    MADE(ctx, {
      object_type: kind,
      object_id: id,
      adapter,
      platform_id: found.id,
      version: found.version ?? null,
      changed_at: found.updated_at ?? null,
      generation,
    }),
  )
  return found.id
}

const composeNeed = (composing: Pick<Composing, 'ctx' | 'connection' | 'limits'>, { kind, id }: Need) =>
  kind === 'product' ? productOf(composing, id) : partyOf(composing.ctx, composing.limits, kind, id)

/** What the ledger is told of an object. */
async function compose(composing: Composing, type: PushedType, { object_id: id, document_id }: RecordRow): Promise<Pushed> {
  switch (type) {
    case 'product':
    case 'customer':
    case 'vendor':
      return composeNeed(composing, { kind: type, id })
    case 'receivable':
    case 'credit_note':
      return receivableOf(composing, id)
    case 'bill':
    case 'vendor_credit':
      return billOf(composing, type, id)
    case 'payment_record':
      return paymentOf(composing, id, { ledger_id: await documentThere(composing, document_id) })
    case 'receivable_end':
    case 'bill_end':
      return endOf(composing, type, id, { ledger_id: await documentThere(composing, document_id) })
  }
}

const DOCUMENT = sql(`
  select platform_object_id from accounting_synced_records where adapter = :adapter and object_id = :id and object_type in ('receivable', 'bill') and platform_object_id is not null`)

async function documentThere({ ctx, connection }: Composing, id: string | null): Promise<string> {
  const found = id === null ? undefined : await DOCUMENT.maybe(ctx, { adapter: connection.adapter, id })
  if (!found?.platform_object_id) throw new LedgerRefusal('missing', 'The ledger does not know the document yet')
  return found.platform_object_id
}
