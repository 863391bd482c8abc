import { createHash } from 'node:crypto'
import { checkBillTerms } from '../../core/bills.ts'
import { badRequest, conflict, notFound } from '../../core/refusal.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { json, rows } from '../../platform/database/rows.ts'
import { sql } from '../../platform/database/sql.ts'
import { metadataJson } from '../../platform/http/bodies.ts'
import { insertFile, sniff } from '../common/files/files.service.ts'
import { tagTable } from '../common/tags/tags.service.ts'
import { alarmsOf, alarmText } from './alarms.service.ts'
import { tieToCounterpart } from './linking.service.ts'
import { payableFlow } from './payables.flow.ts'
import { COLUMNS, type PayableRow, type ShownRow, shownPayable } from './payables.present.ts'
import type { CreatePayable, UpdatePayable } from './payables.schema.ts'
import {
  bookStated,
  faultsIn,
  findPayable,
  freeCredits,
  frozenVendor,
  lockPayable,
  type PartnerRules,
  payWhenCovered,
  readLines,
  readRules,
  refuseWhileReading,
  settle,
  step,
  write,
} from './payables.service.ts'
import { isUnderWay, payPayable } from './paying.service.ts'
import { checkReferences } from './references.ts'

/** What happens to bills: they come in, are completed, approved, paid, or given up. */

const shown = shownPayable

// Coming in

/** A file that came with the body: its bytes and what it is called. */
export interface BodyFile {
  readonly bytes: Buffer
  readonly name: string
}

const BODY_FILE_BYTES = 20 * 1024 * 1024

/** The file in a body, decoded; a 400 when it isn't base64 or too large. */
export function fileIn({ base64_encoded_file: text, file_name }: CreatePayable): BodyFile | null {
  if (!text) return null
  const bare = text.replace(/^data:[^,]*;base64,/, '').replace(/\s/g, '')
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(bare)) throw badRequest('base64_encoded_file is no base64')
  const bytes = Buffer.from(bare, 'base64')
  if (bytes.length > BODY_FILE_BYTES) throw badRequest('File size exceeds 20 MB')
  return { bytes, name: (file_name ?? 'default_file_name').replaceAll('\0', '').slice(0, 512) }
}

/** How a bill came in. */
export interface Arrival {
  readonly origin: PayableRow['payable_origin']
  readonly source: PayableRow['source_of_payable_data']
  readonly fields?: Partial<PayableRow>
  /** The event that tells of it. */
  readonly event?: 'created' | 'created_from_mail'
  /** A second arrival under the same key is the first one. */
  readonly arrival_key?: string
}

/** The one place that makes a bill. */
export async function insertPayable(
  ctx: Ctx,
  { origin, source, fields = {}, event = 'created', arrival_key }: Arrival,
): Promise<ShownRow | null> {
  const given = Object.entries({ ...fields, arrival_key }).filter(([, value]) => value !== undefined)
  const jsonFields = new Set([
    'payment_terms',
    'suggested_payment_term',
    'counterpart_raw_data',
    'partner_metadata',
    'other_extracted_data',
    'stated',
  ])
  const values = given.map(([name, value]) => (jsonFields.has(name) ? json(value) : value))
  const [row] = await ctx.db.query<ShownRow>(
    `with t as (
       insert into payables (status, payable_origin, source_of_payable_data, was_created_by_user_id, created_by_role_id${given.map(([name]) => `, ${name}`).join('')})
       values ('draft', $1, $2, $3, (select role_id from entity_users where id = $3)${values.map((_, i) => `, $${i + 6}`).join('')})
       on conflict (entity_id, arrival_key) do nothing returning *)
     select ${COLUMNS} from t, lateral emit('payable', t.id, $4, t.was_created_by_user_id, $5) as emitted`,
    [origin, source, ctx.userId, event, json({ payable_source: origin }), ...values],
  )
  if (row && row.amount_paid !== 0) await bookStated(ctx, row, row.amount_paid)
  return row ?? null
}

/** A bill whose data somebody typed in, with its file if there is one. */
export async function createPayable(ctx: Ctx, body: CreatePayable, file: BodyFile | null, key: () => string, region: string) {
  const { base64_encoded_file: _b, file_name: _n, tag_ids, partner_metadata, ...asked } = body
  const fields = await checkedFields(ctx, { ...asked, tag_ids, partner_metadata })
  const stored = file && (await insertFile(ctx, key(), describe(file), region))
  const rules = await readRules(ctx)
  const row = (await insertPayable(ctx, {
    origin: 'upload',
    source: 'user_specified',
    fields: { ...withoutSums(fields, rules.byLines), file_id: stored?.id },
  }))!
  return shown(ctx, await settle(ctx, row, {}, [], rules, { event: 'settled', begin: beginOf(rules.partner) }))
}

const beginOf = ({ default_state }: PartnerRules): 'draft' | 'new' | null =>
  default_state === 'draft' || default_state === 'new' ? default_state : null

export const describe = ({ bytes, name }: BodyFile, file_type = 'payables') => ({
  bytes,
  name,
  mimetype: sniff(bytes),
  md5: createHash('md5').update(bytes).digest('hex'),
  file_type,
})

/** Where lines make the sums, sums that are sent along don't count. */
function withoutSums(fields: Partial<PayableRow>, byLines: boolean): Partial<PayableRow> {
  if (!byLines) return fields
  const { subtotal: _s, tax: _t, tax_amount: _a, total_amount: _o, ...rest } = fields
  return rest
}

type Sent = Omit<UpdatePayable, 'counterpart_raw_data'>

const MAKE_VENDOR = sql(`update counterparts set is_vendor = true where id = :counterpart_id and not is_vendor`)

/** What was sent, checked: every id leads somewhere in this entity, terms make sense, metadata is small. */
async function checkedFields(ctx: Ctx, sent: Sent, before?: PayableRow): Promise<Partial<PayableRow>> {
  const { tag_ids, partner_metadata, due_date, suggested_payment_term, payment_terms, ...plain } = sent
  if (payment_terms) checkBillTerms(payment_terms as never)
  if (tag_ids && tag_ids.length > 0) await rows.require(ctx, tagTable, tag_ids, badRequest)
  await checkReferences(ctx, sent, before)
  if (sent.counterpart_id) await MAKE_VENDOR(ctx, { counterpart_id: sent.counterpart_id })
  const given = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined)) as Partial<PayableRow>
  const metadata = partner_metadata && JSON.parse(metadataJson(partner_metadata, ['body', 'partner_metadata']).text)
  if (given.amount_paid === null) given.amount_paid = 0
  return {
    ...given,
    ...(payment_terms !== undefined && { payment_terms: payment_terms as PayableRow['payment_terms'] }),
    ...(tag_ids !== undefined && { tag_ids: [...new Set((tag_ids ?? []).map((id) => id.toLowerCase()))] }),
    ...(partner_metadata !== undefined && { partner_metadata: metadata ?? null }),
    ...(due_date !== undefined && { due_date, due_date_given: due_date !== null }),
    ...(suggested_payment_term !== undefined && {
      suggested_payment_term,
      suggested_payment_term_given: suggested_payment_term !== null,
    }),
  }
}

// Changing

/** What may change whatever the status. */
const always = new Set(['tag_ids', 'project_id', 'partner_metadata'])

export async function updatePayable(ctx: Ctx, id: string, body: UpdatePayable) {
  const before = await lockPayable(ctx, id)
  const { counterpart_raw_data, ...sent } = body
  const inside = Object.entries(body).some(([name, value]) => value !== undefined && !always.has(name))
  if (inside || payableFlow.can(before.status, 'edit')) {
    if (inside) payableFlow.next(before.status, 'edit')
    refuseWhileReading(before)
  }
  const fields = await checkedFields(ctx, sent, before)
  if (!payableFlow.can(before.status, 'edit')) return shown(ctx, await write(ctx, id, 'updated', { ...fields }))
  const rules = await readRules(ctx)
  const vendorGone = fields.counterpart_id !== undefined && fields.counterpart_id !== before.counterpart_id
  const changes: Partial<PayableRow> = {
    ...(vendorGone && { counterpart_address_id: null, counterpart_bank_account_id: null, counterpart_vat_id_id: null }),
    ...withoutSums(fields, rules.byLines),
    ...(counterpart_raw_data !== undefined && {
      counterpart_raw_data: mergedRaw(before.counterpart_raw_data, counterpart_raw_data),
    }),
  }
  const linked = await tieToCounterpart(
    ctx,
    { ...before, ...changes },
    { mayLink: rules.partner.allow_counterpart_autolinking === true, mayCreate: false },
  )
  return shown(ctx, await settle(ctx, before, { ...changes, ...linked }, await readLines(ctx, id), rules))
}

function mergedRaw(
  before: PayableRow['counterpart_raw_data'],
  sent: UpdatePayable['counterpart_raw_data'],
): PayableRow['counterpart_raw_data'] {
  if (sent === null || sent === undefined) return null
  const parts = ['address', 'bank_account', 'vat_id'] as const
  const merged = { ...before, ...sent } as NonNullable<PayableRow['counterpart_raw_data']>
  for (const part of parts) {
    const given = sent[part]
    if (given) merged[part] = { ...before?.[part], ...given } as never
  }
  return merged
}

export async function deletePayable(ctx: Ctx, id: string): Promise<null> {
  const row = await lockPayable(ctx, id)
  payableFlow.next(row.status, 'delete')
  await write(ctx, id, 'deleted', { deleted_at: ctx.now.toISOString() })
  await freeCredits(ctx, id)
  return null
}

/** Gives a bill the file that it lacks. */
export async function attachFile(ctx: Ctx, id: string, file: BodyFile, key: () => string, region: string) {
  const row = await lockPayable(ctx, id)
  if (row.status === 'canceled') throw conflict("A payable that is canceled can't get a file")
  if (row.file_id) throw conflict('This payable has its file: there is room for one only')
  const stored = await insertFile(ctx, key(), describe(file), region)
  const data = { file_name: stored.name, file_size: stored.size, url: stored.url }
  await write(ctx, id, 'file_attached', { file_id: stored.id }, { data })
  return shown(ctx, await write(ctx, id, 'updated', { file_id: stored.id }))
}

/** Stops waiting for what the file says; whatever is read later is let go. */
export async function cancelOcr(ctx: Ctx, id: string) {
  const row = await lockPayable(ctx, id)
  if (row.ocr_status !== 'processing') throw conflict('No file of this payable is being read')
  return shown(ctx, await settle(ctx, row, { ocr_status: 'canceled' }, await readLines(ctx, id), await readRules(ctx)))
}

// Approving

/** Sends a bill to be approved; which policy applies is found out right after. */
export async function submitPayable(ctx: Ctx, id: string) {
  const row = await lockPayable(ctx, id)
  payableFlow.next(row.status, 'submit')
  refuseWhileReading(row)
  const rules = await readRules(ctx)
  const faults = faultsIn(row, await readLines(ctx, id), rules)
  if (faults.length > 0) throw conflict(`The payable is not complete: ${faults.map(({ loc }) => loc.join('.')).join(', ')}`)
  const sent = await step(ctx, row, 'submit', 'submitted_for_approval', { ...(await frozenVendor(ctx, row, rules.partner)) })
  return shown(ctx, sent)
}

/** The bill is to be paid, past every vote. What was asked about it is for the caller to take back. */
export async function approvePayable(ctx: Ctx, id: string) {
  const row = await lockPayable(ctx, id)
  payableFlow.next(row.status, 'approve')
  refuseWhileReading(row)
  return shown(ctx, await approve(ctx, row))
}

async function approve(ctx: Ctx, row: ShownRow): Promise<ShownRow> {
  return payWhenCovered(ctx, await step(ctx, row, 'approve', 'approved', { ...(await settledVendor(ctx, row)) }))
}

const settledVendor = async (ctx: Ctx, row: ShownRow) => frozenVendor(ctx, row, (await readRules(ctx)).partner)

/** The bill is not to be paid. */
export async function rejectPayable(ctx: Ctx, id: string) {
  return shown(ctx, await step(ctx, await lockPayable(ctx, id), 'reject', 'rejected'))
}

/** What those who were asked have decided about a bill, whose row is locked. */
export async function decidePayable(
  ctx: Ctx,
  row: ShownRow,
  decision: 'approve' | 'reject' | 'pay',
  comment: string | null,
): Promise<void> {
  if (decision === 'approve') await approve(ctx, row)
  else if (decision === 'reject') await step(ctx, row, 'reject', 'rejected')
  else await payPayable(ctx, row, comment)
}

/** Opens a bill again that was rejected, or approved and not paid yet. */
export async function reopenPayable(ctx: Ctx, id: string) {
  const row = await lockPayable(ctx, id)
  payableFlow.next(row.status, 'reopen')
  if (row.status === 'waiting_to_be_paid' && (row.amount_paid > 0 || (await isUnderWay(ctx, id))))
    throw conflict('Payments of this payable are made or under way: it stays as it was approved')
  return shown(ctx, await step(ctx, row, 'reopen', 'reopened', { approval_policy_id: null, counterpart: null }))
}

/** Gives a bill up; nobody waits any more for what its file says. */
export async function cancelPayable(ctx: Ctx, id: string) {
  const row = await lockPayable(ctx, id)
  const reading = row.ocr_status === 'processing' && { ocr_status: 'canceled' as const }
  return shown(ctx, await step(ctx, row, 'cancel', 'canceled', { ...reading }))
}

// Looking

/** The rules of completeness, asked without consequence. */
export async function validatePayable(ctx: Ctx, id: string) {
  const row = await findPayable(ctx, id)
  const validation_errors = faultsIn(row, await readLines(ctx, id), await readRules(ctx))
  return { id, validation_errors, warnings: (await alarmsOf(ctx, row)).map(alarmText) }
}

const SUGGESTIONS = sql(`select suggestion from payables where id = :id`)

export async function suggestionsFor(ctx: Ctx, id: string) {
  await findPayable(ctx, id)
  const row = await SUGGESTIONS.maybe(ctx, { id })
  return row?.suggestion ? { suggested_counterpart: row.suggestion } : {}
}

const DROP_SUGGESTIONS = sql(`update payables set suggestion = null where id = :id`)

export async function dropSuggestions(ctx: Ctx, id: string) {
  const row = await lockPayable(ctx, id)
  if (!row) throw notFound('Payable not found')
  await DROP_SUGGESTIONS(ctx, { id })
  return {}
}
