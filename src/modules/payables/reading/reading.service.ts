import { randomUUID } from 'node:crypto'
import { contradictions } from '../../../core/bills.ts'
import type { Own, ReadBill } from '../../../core/reading/types.ts'
import { badRequest, Refusal } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { jobs } from '../../../platform/jobs/jobs.ts'
import type { Reading, Unread } from '../../../platform/reading/reading.ts'
import { insertFile, readUpload, sniff } from '../../common/files/files.service.ts'
import { type Arrival, type BodyFile, describe, insertPayable } from '../bills.service.ts'
import { tieToCounterpart } from '../linking.service.ts'
import { type PayableRow, type ShownRow, shownPayable } from '../payables.present.ts'
import { shownIn } from '../payables.rules.ts'
import { lockPayable, type Rules, readLines, readRules, settle, step } from '../payables.service.ts'
import { findOrderByNumber } from '../purchase-orders/purchase-orders.service.ts'
import { adjustmentIn, type Extracted, extractedFrom, fieldsFrom, linesFrom, paidFrom, statedFrom } from './extracted.snapshot.ts'
import { suggest } from './suggest.ts'

/** Bills that come as files: kept at once, read soon after. */

const READABLE = new Set(['application/pdf', 'image/png', 'image/jpeg', 'image/tiff', 'application/xml'])

const FILE_BYTES = 20 * 1024 * 1024

/** The file in a form, of a size that bills may have. */
export const readBillFile = (request: Parameters<typeof readUpload>[0]) =>
  readUpload(request, FILE_BYTES, badRequest('File size exceeds 20 MB'))

/** Whether bills come in files of this kind. */
export const isReadable = (bytes: Buffer): boolean => READABLE.has(sniff(bytes))

/** What a file is, by its bytes; a 400 when bills don't come in this form. */
export function readableKind(bytes: Buffer): string {
  const mimetype = sniff(bytes)
  if (!READABLE.has(mimetype)) throw badRequest('Unsupported file format: bills are read from PDF, PNG, JPEG, TIFF and XML')
  return mimetype
}

/** Takes a file in as a bill whose data will follow; it is read in the background. */
export async function uploadPayable(ctx: Ctx, file: BodyFile, key: () => string, region: string) {
  return shownPayable(ctx, await insertUnread(ctx, file, key, region, { origin: 'upload' }))
}

/**
 * Takes a file from a mail of `sender` in as a bill; it is read in the background. False when it is there already: the second arrival
 * under a key is the first one. Whoever calls sees to it that no two of one key arrive at the same time.
 */
export async function receiveByMail(
  ctx: Ctx,
  file: BodyFile,
  sender: string | null,
  arrival_key: string,
  key: () => string,
  region: string,
): Promise<boolean> {
  const known = await ctx.db.query(`select from payables where arrival_key = $1`, [arrival_key])
  if (known.length > 0) return false
  await insertUnread(ctx, file, key, region, { origin: 'email', event: 'created_from_mail', arrival_key, fields: { sender } })
  return true
}

async function insertUnread(
  ctx: Ctx,
  file: BodyFile,
  key: () => string,
  region: string,
  arrival: Omit<Arrival, 'source'>,
): Promise<ShownRow> {
  const stored = await insertFile(ctx, key(), describe(file), region)
  const ocr_request_id = randomUUID()
  const fields = { ...arrival.fields, file_id: stored.id, ocr_status: 'processing' as const, ocr_request_id }
  const row = (await insertPayable(ctx, { ...arrival, source: 'ocr', fields }))!
  await jobs.add(ctx, 'payables.read', { id: row.id, ocr_request_id, file_id: stored.id })
  return row
}

/** The company itself, which is never the vendor of its bills. */
export async function ownOf(ctx: Ctx): Promise<Own> {
  const [row] = await ctx.db.query<{ names: (string | null)[]; vat_ids: string[]; ids: (string | null)[]; ibans: string[] }>(
    `select array[e.organization ->> 'legal_name', nullif(concat_ws(' ', e.individual ->> 'first_name', e.individual ->> 'last_name'), '')] as names,
       array(select v.value from entity_vat_ids v where v.entity_id = e.id and v.deleted_at is null) as vat_ids,
       array[e.tax_id, e.registration_number] as ids,
       array(select b.iban from entity_bank_accounts b where b.entity_id = e.id and b.deleted_at is null and b.iban is not null) as ibans
     from entities e where e.id = $1`,
    [ctx.entityId],
  )
  const given = (texts: readonly (string | null)[] = []) => texts.filter((text): text is string => !!text?.trim())
  return { names: given(row?.names), vat_ids: row?.vat_ids ?? [], ids: given(row?.ids), ibans: row?.ibans ?? [] }
}

/** Writes what was read into the bill that still waits for it: empty fields only, then lines, tags, the vendor, and what follows. */
export async function applyReading(ctx: Ctx, id: string, requestId: string, outcome: Reading | Unread): Promise<void> {
  const [waiting] = await ctx.db.query(
    `select from payables where id = $1 and ocr_request_id = $2 and ocr_status = 'processing' and deleted_at is null for update`,
    [id, requestId],
  )
  if (!waiting) return
  const row = await lockPayable(ctx, id)
  const rules = await readRules(ctx)
  const refused = 'refused' in outcome ? outcome.refused : await refusalOf(ctx, row, outcome, rules)
  if (refused !== null) {
    const read = 'refused' in outcome ? {} : extractedFrom(outcome.bill)
    const other_extracted_data = { ...read, warnings: [refused] } as Extracted
    await settle(ctx, row, { ocr_status: 'error', other_extracted_data }, [], rules)
  }
  await ctx.db.query(`select emit('payable', $1, 'ocr_finished')`, [id])
}

/**
 * Fills the bill; answers why it can't be, where something that was read breaks a rule of bills. Then nothing is kept of it, and the
 * reading has ended all the same: tried again, it would say the same.
 */
async function refusalOf(ctx: Ctx, row: ShownRow, reading: Reading, rules: Rules): Promise<string | null> {
  const refused = noBill(reading.bill)
  if (refused !== null) return refused
  await ctx.db.query('savepoint reading')
  try {
    await fill(ctx, row, reading, rules)
    return null
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    await ctx.db.query('rollback to savepoint reading')
    return `The bill can not be kept as it was read: ${error.details?.map(({ msg }) => msg).join('; ') ?? error.message}`
  }
}

const CREDIT_NOTE = 'a credit note: upload it to POST /payable_credit_notes/upload_from_file'

/** Why a document that was read is not to be paid: it gives money back. */
const noBill = ({ type, total }: ReadBill): string | null =>
  type === 'credit_note'
    ? `The document is ${CREDIT_NOTE}`
    : total !== null && total < 0
      ? `The total is below zero, so it is ${CREDIT_NOTE}`
      : null

async function fill(ctx: Ctx, row: ShownRow, { bill, way }: Reading, rules: Rules): Promise<void> {
  const data = extractedFrom(bill)
  const read = Object.entries(fieldsFrom(bill)).filter(([name]) => row[name as keyof PayableRow] === null)
  const known = await readLines(ctx, row.id)
  const lines = rules.byLines && known.length === 0 ? linesFrom(bill, { exact: way === 'einvoice' }) : []
  await insertLines(ctx, row.id, lines)
  const amount_paid = row.amount_paid === 0 ? paidFrom(bill) : row.amount_paid
  const stated = statedFrom(bill)
  const due_adjustment = stated ? adjustmentIn(stated, paidFrom(bill)) : 0
  const fields: Partial<PayableRow> = {
    ...Object.fromEntries(read),
    ...(fieldsFrom(bill).due_date && row.due_date === null && { due_date_given: true }),
    ...{ amount_paid, stated, due_adjustment, sums_stated: stated !== null && known.length === 0 },
  }
  const linked = await tieToCounterpart(
    ctx,
    { ...row, ...fields },
    { mayLink: rules.partner.allow_counterpart_autolinking === true, mayCreate: false },
  )
  const merged = { ...row, ...fields, ...linked }
  const order =
    merged.purchase_order_id === null && bill.purchase_order_number
      ? await findOrderByNumber(ctx, bill.purchase_order_number, merged.counterpart_id)
      : null
  const differing =
    stated && known.length === 0 ? contradictions(stated, lines, paidFrom(bill), due_adjustment, shownIn(bill.currency)) : []
  const warnings = [...(differing.length > 0 ? differing : (data.warnings ?? [])), ...(await changedAccount(ctx, merged))]
  const suggestion = merged.counterpart_id ? null : await suggest(ctx, merged.counterpart_raw_data)
  const changes = {
    ...fields,
    ...linked,
    ...(suggestion && { suggestion }),
    ...(order && { purchase_order_id: order }),
    other_extracted_data: { ...data, warnings },
    tag_ids: await taggedBy(ctx, row, data, rules),
    ocr_status: 'success' as const,
  }
  const settled = await settle(ctx, row, changes, await readLines(ctx, row.id), rules, { begin: beginOf(rules) })
  if (rules.partner.allow_cancel_duplicates_automatically && (await isDuplicate(ctx, settled)))
    await step(ctx, settled, 'cancel', 'canceled')
}

const beginOf = ({ partner: { default_state } }: Rules) =>
  default_state === 'draft' || default_state === 'new' ? default_state : null

async function insertLines(ctx: Ctx, payable_id: string, lines: ReturnType<typeof linesFrom>): Promise<void> {
  if (lines.length === 0) return
  const column = <K extends keyof (typeof lines)[number]>(name: K) => lines.map((line) => line[name])
  await ctx.db.query(
    `insert into payable_line_items (payable_id, name, quantity, unit, unit_price, unit_price_exact, tax, subtotal, tax_amount, total, ocr_set_quantity_to_one, created_at)
     select $1, l.name, l.quantity, l.unit, l.unit_price, l.unit_price_exact, l.tax, l.subtotal, l.tax_amount, l.total, l.one, app_now() + l.nth * interval '1 microsecond'
     from unnest($2::text[], $3::numeric[], $4::text[], $5::bigint[], $6::numeric[], $7::int[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bool[])
       with ordinality as l (name, quantity, unit, unit_price, unit_price_exact, tax, subtotal, tax_amount, total, one, nth)`,
    [
      ...[
        payable_id,
        column('name'),
        column('quantity'),
        column('unit'),
        column('unit_price'),
        column('unit_price_exact'),
        column('tax'),
      ],
      ...[column('subtotal'), column('tax_amount'), column('total'), column('ocr_set_quantity_to_one')],
    ],
  )
}

/** A warning when the bill asks for money to an account that its vendor is not known to have, though it has another. */
async function changedAccount(
  ctx: Ctx,
  { counterpart_id, counterpart_bank_account_id: used, counterpart_raw_data: raw }: PayableRow,
): Promise<string[]> {
  const iban = raw?.bank_account?.iban
  if (!counterpart_id || !iban) return []
  const others = await ctx.db.query<{ iban: string }>(
    `select iban from counterpart_bank_accounts where counterpart_id = $1 and deleted_at is null and iban is not null
       and (id <> $2 or $2 is null) and upper(replace(iban, ' ', '')) <> $3
       and not exists (select from counterpart_bank_accounts k where k.counterpart_id = $1 and k.deleted_at is null
         and upper(replace(k.iban, ' ', '')) = $3 and k.created_at < app_now()) limit 1`,
    [counterpart_id, used, iban],
  )
  return others[0]
    ? [
        `The account ${iban} on this bill is new for this vendor, who was paid to ${others[0].iban} before: ask the vendor by phone before paying`,
      ]
    : []
}

/** The tags of the bill and those whose keywords were read on it. */
async function taggedBy(_ctx: Ctx, { tag_ids }: PayableRow, data: Extracted, { entity }: Rules): Promise<string[]> {
  const texts = stringsIn(data).map((text) => text.toLowerCase())
  const rules = (entity.payables_ocr_auto_tagging ?? []).filter(
    ({ enabled, keywords }) =>
      enabled !== false && keywords.some((word) => texts.some((text) => text.includes(word.toLowerCase()))),
  )
  return [...new Set([...tag_ids, ...rules.map(({ tag_id }) => tag_id)])]
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : []
}

/** Whether another bill of the same vendor has the same number, amount and day. */
async function isDuplicate(ctx: Ctx, row: ShownRow): Promise<boolean> {
  if (!row.document_id || row.total_amount === null) return false
  const raw = row.counterpart_raw_data
  const found = await ctx.db.query(
    `select from payables o where o.id <> $1 and o.deleted_at is null and o.status not in ('canceled', 'rejected')
       and lower(trim(o.document_id)) = lower(trim($2)) and o.total_amount = $3 and o.currency = $4 and (o.issued_at = $5 or o.issued_at is null or $5::date is null)
       and case when o.counterpart_id is not null and $6::uuid is not null then o.counterpart_id = $6
         else lower(trim(o.counterpart_raw_data ->> 'name')) = lower(trim($7)) or o.counterpart_raw_data -> 'vat_id' ->> 'value' = $8 or o.counterpart_raw_data ->> 'tax_id' = $9 end
     limit 1`,
    [
      row.id,
      row.document_id,
      row.total_amount,
      row.currency,
      row.issued_at,
      row.counterpart_id,
      raw?.name ?? null,
      raw?.vat_id?.value ?? null,
      raw?.tax_id ?? null,
    ],
  )
  return found.length > 0
}
