import type { Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import { jobs } from '../../platform/jobs/jobs.ts'
import type { Machinery } from '../../platform/machinery.ts'
import type { PushedType } from '../../ports/accounting.ts'
import { type ActiveConnection, activeConnection } from './connections/connections.service.ts'

/**
 * What has to be in the ledger because something happened to a document: the document itself from the moment it counts, its payments, and
 * how it ended. Each is a record that is pushed, and pushed again when what it says has changed.
 */

const RECEIVABLE = sql(`
  select id, type, status, based_on, issue_date, updated_at, total_amount, amount_credited, amount_paid,
    md5(concat_ws('|', document_id, issued_on, due_date, total_amount, md5(content::text))) as "said!",
    (select min(e.created_at) from events e where e.entity_id = t.entity_id and e.object_id = t.id and e.event = 'issued') as issued_at
  from receivables t where id = :id and deleted_at is null`)
const PAYABLE = sql(`
  select id, status, deleted_at, updated_at, total_amount, due_adjustment, amount_credited, amount_paid,
    md5(concat_ws('|', document_id, issued_at, due_date, currency, total_amount, tax_amount, due_adjustment, discount, counterpart_id,
      (select string_agg(md5(to_jsonb(l)::text), ',' order by l.created_at, l.id) from payable_line_items l
        where l.entity_id = t.entity_id and l.payable_id = t.id and l.deleted_at is null))) as "said!",
    (select min(e.created_at) from events e where e.entity_id = t.entity_id and e.object_id = t.id
      and e.data ->> 'new_status' in ('waiting_to_be_paid', 'partially_paid', 'paid')) as agreed_at
  from payables t where id = :id`)
const NOTE = sql(`
  select id, status, based_on, deleted_at, updated_at,
    md5(concat_ws('|', document_id, issued_at, currency, total_amount, tax_amount, counterpart_id,
      (select string_agg(md5(to_jsonb(l)::text), ',' order by l.created_at, l.id) from payable_credit_note_line_items l
        where l.entity_id = t.entity_id and l.credit_note_id = t.id and l.deleted_at is null))) as "said!",
    (select min(e.created_at) from events e where e.entity_id = t.entity_id and e.object_id = t.id
      and e.data ->> 'new_status' in ('approved', 'applied')) as agreed_at
  from payable_credit_notes t where id = :id`)
const RECORD = sql(
  `select id, wanted from accounting_synced_records where adapter = :adapter and object_type = :object_type and object_id = :object_id`,
)
const PAYMENTS = sql(`
  select id, updated_at, md5(concat_ws('|', amount, currency, paid_at, nullif(fee, 0))) as "said!" from payment_records
  where object_type = :object_type and object_id = :object_id and status = 'succeeded' and deleted_at is null order by created_at, id`)
/** A record that is new, that says something else than before, or that was not wanted any more, is to be pushed. */
const WANT = sql(`
  insert into accounting_synced_records (object_type, object_id, adapter, document_id, fingerprint, object_updated_at)
  values (:object_type, :object_id, :adapter, :document_id?, :said, :updated_at)
  on conflict (entity_id, adapter, object_type, object_id) do update set
    sync_status = case when accounting_synced_records.wanted and accounting_synced_records.fingerprint = excluded.fingerprint
      then accounting_synced_records.sync_status else 'pending' end,
    retry_at = case when accounting_synced_records.wanted and accounting_synced_records.fingerprint = excluded.fingerprint
      then accounting_synced_records.retry_at end,
    fingerprint = excluded.fingerprint, wanted = true, document_id = excluded.document_id, object_updated_at = excluded.object_updated_at, updated_at = app_now()
  where not accounting_synced_records.wanted or accounting_synced_records.fingerprint <> excluded.fingerprint`)
const UNWANT = sql(`
  update accounting_synced_records set wanted = false, sync_status = 'pending', retry_at = null, updated_at = app_now()
  where adapter = :adapter and wanted and (document_id = :document_id or object_type in ('receivable', 'bill', 'vendor_credit') and object_id = :document_id)`)
const HAS_PENDING = sql(`select id from accounting_synced_records where sync_status = 'pending' limit 1`)

interface Wanted {
  readonly id: string
  readonly said: string
  readonly updated_at: string
}

/** Looks at a document after something happened to it. */
const PAID_BY = sql(`select object_id from payment_intents where id = :id`)

export async function follow(machinery: Machinery, ctx: Ctx, id: string): Promise<void> {
  const connection = await activeConnection(ctx)
  const provider = connection && machinery.accounting.named(connection.adapter)
  if (!connection || !provider) return
  const following: Following = { ctx, connection, takes: provider.takes }
  const paid = (await PAID_BY.maybe(ctx, { id }))?.object_id ?? id
  await followReceivable(following, paid)
  await followPayable(following, paid)
  await followNote(following, paid)
  if (connection.status === 'connected' && (await HAS_PENDING(ctx)).length > 0) await orderPush(ctx)
}

const LOCK_PUSH = sql(`
  select from (select pg_advisory_xact_lock(hashtextextended('accounting.push' || current_setting('app.entity_id'), 0))) l`)
/** Whoever orders a push and whoever ends one wait for each other: nothing is ordered of a run that has looked for the last time. */
export const lockPush = async (ctx: Ctx): Promise<void> => {
  await LOCK_PUSH(ctx)
}

/** What is pending is pushed: one job for an entity, and nobody beside it, so that nothing is made twice. */
export async function orderPush(ctx: Ctx): Promise<void> {
  await lockPush(ctx)
  await jobs.add(ctx, 'accounting.push', {}, { key: `accounting.push:${ctx.entityId}`, alone: true })
}

interface Following {
  readonly ctx: Ctx
  readonly connection: ActiveConnection
  readonly takes: ReadonlySet<PushedType>
}

const recordOf = ({ ctx, connection }: Following, object_type: PushedType, object_id: string) =>
  RECORD.maybe(ctx, { adapter: connection.adapter, object_type, object_id })

async function want(
  { ctx, connection, takes }: Following,
  object_type: PushedType,
  { id, said, updated_at }: Wanted,
  document_id: string | null = null,
): Promise<void> {
  if (!takes.has(object_type)) return
  await WANT(ctx, { object_type, object_id: id, adapter: connection.adapter, document_id, said, updated_at })
}

/** Whether what counts since then is for the ledger: nothing older is pushed. */
const isNewer = ({ since }: ActiveConnection, at: string | null): boolean =>
  since === null || (at !== null && Date.parse(at) >= Date.parse(since))

const ISSUED: ReadonlySet<string> = new Set(['issued', 'partially_paid', 'paid', 'overdue', 'uncollectible', 'canceled'])
/** Where nobody pays the rest, if there is one. */
const ENDED: ReadonlySet<string> = new Set(['paid', 'uncollectible', 'canceled'])

async function followReceivable(following: Following, id: string): Promise<void> {
  const { ctx } = following
  const row = await RECEIVABLE.maybe(ctx, { id })
  if (!row || row.issue_date === null || row.type === 'quote') return
  if (row.type === 'credit_note') {
    const invoice = row.based_on && (await recordOf(following, 'receivable', row.based_on))
    if (invoice && row.status === 'issued') await want(following, 'credit_note', row, row.based_on)
    return
  }
  if (!ISSUED.has(row.status)) return
  const known = await recordOf(following, 'receivable', id)
  // Not by its day, which may lie elsewhere, but by the moment at which it began to count.
  if (!known && !isNewer(following.connection, row.issued_at ?? row.issue_date)) return
  await want(following, 'receivable', row)
  for (const payment of await PAYMENTS(ctx, { object_type: 'receivable', object_id: id }))
    await want(following, 'payment_record', payment, id)
  for (const note of await CREDITS_OF(ctx, { id })) await want(following, 'credit_note', note, id)
  const over = row.amount_paid + row.amount_credited > row.total_amount
  const end = {
    id,
    updated_at: row.updated_at,
    said: [row.status, row.total_amount, row.amount_credited, row.amount_paid].join('|'),
  }
  if (ENDED.has(row.status) || over || (await recordOf(following, 'receivable_end', id)))
    await want(following, 'receivable_end', end, id)
}

const CREDITS_OF = sql(`
  select id, updated_at, md5(concat_ws('|', document_id, issued_on, due_date, total_amount, md5(content::text))) as "said!"
  from receivables where based_on = :id and type = 'credit_note' and status = 'issued' and deleted_at is null order by created_at, id`)

const AGREED: ReadonlySet<string> = new Set(['waiting_to_be_paid', 'partially_paid', 'paid'])

async function followPayable(following: Following, id: string): Promise<void> {
  const { ctx, connection } = following
  const row = await PAYABLE.maybe(ctx, { id })
  if (!row) return
  const known = await recordOf(following, 'bill', id)
  if (!AGREED.has(row.status) || row.deleted_at !== null) {
    if (known) await UNWANT(ctx, { adapter: connection.adapter, document_id: id })
    return
  }
  if (!known && !isNewer(connection, row.agreed_at)) return
  await want(following, 'bill', row)
  for (const payment of await PAYMENTS(ctx, { object_type: 'payable', object_id: id }))
    await want(following, 'payment_record', payment, id)
  for (const note of await NOTES_OF(ctx, { id })) await followNote(following, note.id)
  const whole = (row.total_amount ?? 0) + row.due_adjustment - row.amount_credited
  const end = { id, updated_at: row.updated_at, said: [row.status, whole, row.amount_paid].join('|') }
  if (row.status === 'paid' || row.amount_paid > whole || (await recordOf(following, 'bill_end', id)))
    await want(following, 'bill_end', end, id)
}
const NOTES_OF = sql(
  `select id from payable_credit_notes where based_on = :id and status in ('approved', 'applied') and deleted_at is null`,
)

async function followNote(following: Following, id: string): Promise<void> {
  const row = await NOTE.maybe(following.ctx, { id })
  if (!row) return
  const known = await recordOf(following, 'vendor_credit', id)
  if (!['approved', 'applied'].includes(row.status) || row.deleted_at !== null) return
  if (row.based_on !== null) {
    const bill = await recordOf(following, 'bill', row.based_on)
    if (bill?.wanted) await want(following, 'vendor_credit', row, row.based_on)
    return
  }
  if (known || isNewer(following.connection, row.agreed_at)) await want(following, 'vendor_credit', row)
}
