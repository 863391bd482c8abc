import { randomUUID } from 'node:crypto'
import { contradictions } from '../../../core/bills.ts'
import { isCurrency } from '../../../core/currencies.ts'
import type { ReadBill } from '../../../core/reading/types.ts'
import { badRequest, conflict } from '../../../core/refusal.ts'
import { attempt } from '../../../platform/database/attempt.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { sql } from '../../../platform/database/sql.ts'
import { jobs } from '../../../platform/jobs/jobs.ts'
import type { Reading } from '../../../platform/reading/reading.ts'
import { insertFile, readUpload, sniff } from '../../common/files/files.service.ts'
import { alarmsOf, alarmText, inTurn } from '../alarms.service.ts'
import { type Arrival, type BodyFile, describe, insertPayable } from '../intake.service.ts'
import { tieToCounterpart } from '../linking.service.ts'
import { payableFlow } from '../payables.flow.ts'
import { type PayableRow, type ShownRow, shownPayable } from '../payables.present.ts'
import { shownIn } from '../payables.rules.ts'
import { type LineRow, lockPayable, type Rules, readLines, readRules, settle, step, write } from '../payables.service.ts'
import { findOrderByNumber } from '../purchase-orders/purchase-orders.service.ts'
import { adjustmentIn, type Extracted, extractedFrom, fieldsFrom, linesFrom, paidFrom, statedFrom } from './extracted.snapshot.ts'
import type { Ended } from './stored.service.ts'
import { suggest } from './suggest.ts'
import { areWritten, changed, keptOf, type Written, withoutWritten } from './taken-back.snapshot.ts'

/** Bills that come as files: kept at once, read soon after. */

const READABLE = new Set(['application/pdf', 'image/png', 'image/jpeg', 'image/tiff', 'image/heic', 'application/xml'])

const FILE_BYTES = 20 * 1024 * 1024

/** The file in a form, of a size that bills may have. */
export const readBillFile = (request: Parameters<typeof readUpload>[0]) =>
  readUpload(request, FILE_BYTES, badRequest('File size exceeds 20 MB'))

/** Whether bills come in files of this kind. */
export const isReadable = (bytes: Buffer): boolean => READABLE.has(sniff(bytes))

/** What a file is, by its bytes; a 400 when bills don't come in this form. */
export function readableKind(bytes: Buffer): string {
  const mimetype = sniff(bytes)
  if (!READABLE.has(mimetype)) throw badRequest('Unsupported file format: bills are read from PDF, PNG, JPEG, TIFF, HEIC and XML')
  return mimetype
}

/** Takes a file in as a bill whose data will follow; it is read in the background. */
export async function uploadPayable(ctx: Ctx, file: BodyFile, key: () => string, region: string) {
  return shownPayable(ctx, await insertUnread(ctx, file, key, region, { origin: 'upload' }))
}

const KNOWN = sql(`select from payables where arrival_key = :arrival_key`)

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
  const known = await KNOWN(ctx, { arrival_key })
  if (known.length > 0) return false
  await insertUnread(ctx, file, key, region, { origin: 'email', event: 'created_from_mail', arrival_key, fields: { sender } })
  return true
}

/**
 * Takes an electronic invoice from the network in as a bill, with all that was read of it; answers its id. What breaks a rule of bills is kept as
 * a draft with the reason.
 */
export async function receiveEinvoice(
  ctx: Ctx,
  file: BodyFile,
  key: () => string,
  region: string,
  { request, arrival_key }: { request: string; arrival_key: string },
  outcome: Ended['outcome'],
): Promise<string> {
  const stored = await insertFile(ctx, key(), describe(file, 'einvoices_xml'), region)
  const fields = { file_id: stored.id, ocr_status: 'processing' as const, ocr_request_id: request }
  const row = await insertPayable(ctx, { origin: 'einvoicing', source: 'einvoicing', arrival_key, fields })
  if (!row) throw conflict('This e-invoice is there already')
  await applyReading(ctx, row.id, request, { outcome, again: false })
  return row.id
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

const WAITING = sql(`
  select t.id from payables t where t.id = :bill and t.ocr_request_id = :request and t.deleted_at is null
    and (t.ocr_status = 'processing' or :again::boolean and t.ocr_status = 'error' and t.status in ('draft', 'new')) for update`)

const READING_FINISHED = sql(`select emit('payable', :id, 'ocr_finished')`)

/**
 * Writes what was read into the bill that still waits for it: fields that are empty, or hold what an earlier reading wrote, then lines, tags,
 * the vendor, and what follows.
 */
export async function applyReading(ctx: Ctx, id: string, requestId: string, { outcome, again }: Ended): Promise<void> {
  await inTurn(ctx)
  if (!(await WAITING.maybe(ctx, { bill: id, request: requestId, again }))) return
  const row = await lockPayable(ctx, id)
  const rules = await readRules(ctx)
  const refused = 'refused' in outcome ? outcome.refused : await refusalOf(ctx, row, outcome, rules)
  if (refused !== null) {
    const read = 'refused' in outcome ? {} : extractedFrom(outcome.bill)
    const other_extracted_data: Extracted = { ...row.other_extracted_data, ...read, warnings: [refused] }
    const data = { details: { warnings: [refused] } }
    await settle(ctx, row, { ocr_status: 'error', other_extracted_data }, await readLines(ctx, id), rules, { data })
  }
  await READING_FINISHED(ctx, { id })
}

/**
 * Reads the file of a bill again, while no approval has begun. What the earlier reading wrote is replaced; what somebody changed since
 * stays. A bill whose file is being read is answered as it is.
 */
export async function readAgain(ctx: Ctx, id: string) {
  const row = await lockPayable(ctx, id)
  payableFlow.next(row.status, 'edit')
  if (row.ocr_status === 'processing') return shownPayable(ctx, row)
  if (!row.file_id || !row.file) throw conflict('This payable has no file that could be read')
  if (!READABLE.has(String(row.file.mimetype))) throw conflict('The file of this payable has a format that can not be read')
  const ocr_request_id = randomUUID()
  const waiting = await write(ctx, id, 'updated', { ocr_status: 'processing', ocr_request_id })
  await jobs.add(ctx, 'payables.read', { id, ocr_request_id, file_id: row.file_id })
  return shownPayable(ctx, waiting)
}

/**
 * Fills the bill; answers why it can't be, where something that was read breaks a rule of bills. Then nothing is kept of it, and the
 * reading has ended all the same: tried again, it would say the same.
 */
async function refusalOf(ctx: Ctx, row: ShownRow, reading: Reading, rules: Rules): Promise<string | null> {
  const refused = noBill(reading.bill)
  if (refused !== null) return refused
  const filled = await attempt(ctx, () => fill(ctx, row, reading, rules))
  if ('done' in filled) return null
  const { details, message } = filled.refused
  return `The bill can not be kept as it was read: ${details?.map(({ msg }) => msg).join('; ') ?? message}`
}

const CREDIT_NOTE = 'a credit note: upload it to POST /payable_credit_notes/upload_from_file'

/** Why a document that was read is not to be paid: it gives money back. */
const noBill = ({ type, total }: ReadBill): string | null =>
  type === 'credit_note'
    ? `The document is ${CREDIT_NOTE}`
    : total !== null && total < 0
      ? `The total is below zero, so it is ${CREDIT_NOTE}`
      : null

async function fill(ctx: Ctx, before: ShownRow, { bill: found, way }: Reading, rules: Rules): Promise<void> {
  const { row, known } = await withoutEarlierReading(ctx, before, rules)
  const bill = found.currency && isCurrency(found.currency) ? found : { ...found, currency: row.currency ?? found.currency }
  const data = extractedFrom(bill)
  const filled = Object.entries(fieldsFrom(bill)).filter(([, value]) => value !== null && value !== undefined)
  const empty = ([name]: [string, unknown]) => row[name as keyof PayableRow] === null
  const summed = (name: string) => rules.byLines && SUMS.some((sum) => sum === name)
  const kept = keptOf(row, fieldsFrom(bill)).filter((name) => !summed(name))
  const lines = rules.byLines && known.length === 0 ? linesFrom(bill, { exact: way === 'einvoice' }) : []
  await insertLines(ctx, row.id, lines)
  if (known.length > 0 && bill.lines.length > 0) kept.push('line_items')
  const amount_paid = row.amount_paid === 0 ? paidFrom(bill) : row.amount_paid
  const stated = statedFrom(bill)
  const due_adjustment = stated ? adjustmentIn(bill) : 0
  const asStated = stated !== null && known.length === 0 && !kept.includes('discount')
  const fields: Partial<PayableRow> = {
    ...Object.fromEntries(filled.filter(empty)),
    ...(fieldsFrom(bill).due_date && row.due_date === null && { due_date_given: true }),
    amount_paid,
    stated,
    due_adjustment,
    sums_stated: asStated,
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
  const differing = asStated ? contradictions(stated, lines, paidFrom(bill), due_adjustment, shownIn(bill.currency)) : []
  // What is printed is doubted for its sums as well: those are told once.
  const doubts = way === 'einvoice' ? [...differing, ...bill.doubts] : differing.length > 0 ? differing : bill.doubts
  const suggestion = merged.counterpart_id ? null : await suggest(ctx, merged.counterpart_raw_data)
  const written = { ...fields, ...linked, ...(order && { purchase_order_id: order }) }
  const changes = {
    // What an earlier reading wrote and this one doesn't say any more goes.
    ...changed(before, row),
    ...written,
    ...(suggestion && { suggestion }),
    read: { fields: written, lines },
    other_extracted_data: { ...data, warnings: [...doubts] },
    tag_ids: await taggedBy(ctx, row, data, rules),
    ocr_status: 'success' as const,
  }
  const history = kept.length > 0 ? { data: { details: { kept } } } : {}
  const settled = await settle(ctx, before, changes, await readLines(ctx, row.id), rules, { begin: beginOf(rules), ...history })
  await warn(ctx, settled, doubts, rules)
}

/** Says what is odd about a bill that was read; a second copy goes, where the settings want that, and names the first. */
async function warn(ctx: Ctx, bill: ShownRow, doubts: readonly string[], { partner }: Rules): Promise<void> {
  const alarms = await alarmsOf(ctx, bill)
  const first = alarms.find((one) => one.kind === 'duplicate' && one.certain)
  const canceled = first?.kind === 'duplicate' && partner.allow_cancel_duplicates_automatically ? first : null
  const reason = canceled && `It was canceled as a second copy of the bill ${canceled.document_id} (${canceled.payable_id})`
  const warnings = [...doubts, ...alarms.map(alarmText), ...(reason ? [reason] : [])]
  if (warnings.length === 0) return
  const data = { details: { warnings } }
  const history = { other_extracted_data: { ...bill.other_extracted_data, warnings } }
  const warned = await write(ctx, bill.id, 'warned', history, { data })
  if (canceled) await step(ctx, warned, 'cancel', 'canceled', {}, { reason, duplicate_of: canceled.payable_id })
}

// Reading again

declare module '../../../platform/database/columns.ts' {
  interface JsonShapes {
    'payables.read': Written<PayableRow>
  }
}
const WRITTEN = sql(`select read from payables where id = :bill`)
const TAKE_LINES = sql(
  `update payable_line_items set deleted_at = app_now(), updated_at = app_now() where payable_id = :bill and deleted_at is null`,
)

const SUMS = ['subtotal', 'tax', 'tax_amount', 'total_amount'] as const
/** What columns hold that nobody filled; null where nothing else is said. */
const blank: Partial<PayableRow> = { amount_paid: 0, due_adjustment: 0, sums_stated: false, due_date_given: true }

/** The bill as if its file had not been read yet: what somebody changed since stays. `known` are its lines. */
async function withoutEarlierReading(
  ctx: Ctx,
  before: ShownRow,
  { byLines }: Rules,
): Promise<{ row: ShownRow; known: LineRow[] }> {
  const known = await readLines(ctx, before.id)
  const { read: written } = await WRITTEN.one(ctx, { bill: before.id })
  if (!written) return { row: before, known }
  const row = { ...before, ...withoutWritten<PayableRow>(before, written, blank) }
  // A day that is not given follows from the terms.
  if (row.due_date === null) row.due_date_given = false
  if (!row.due_date_given) row.due_date = null
  const untouched = areWritten(known, written.lines)
  if (byLines && (untouched || known.length === 0)) for (const name of SUMS) row[name] = null
  if (!untouched) return { row, known }
  await TAKE_LINES(ctx, { bill: before.id })
  return { row, known: [] }
}

const beginOf = ({ partner: { default_state } }: Rules) =>
  default_state === 'draft' || default_state === 'new' ? default_state : null

const INSERT_LINES = sql(`
  insert into payable_line_items (payable_id, name, quantity, unit, unit_price, unit_price_exact, tax, subtotal, tax_amount, total, ocr_set_quantity_to_one, created_at)
  select :payable_id, l.name, l.quantity, l.unit, l.unit_price, l.unit_price_exact, l.tax, l.subtotal, l.tax_amount, l.total, l.one, app_now() + l.nth * interval '1 microsecond'
  from unnest(:names?::text[], :quantities?::numeric[], :units?::text[], :prices?::bigint[], :exactPrices?::numeric[], :taxes?::int[], :subtotals?::bigint[], :taxAmounts?::bigint[], :totals?::bigint[], :ones::bool[])
    with ordinality as l (name, quantity, unit, unit_price, unit_price_exact, tax, subtotal, tax_amount, total, one, nth)`)

async function insertLines(ctx: Ctx, payable_id: string, lines: ReturnType<typeof linesFrom>): Promise<void> {
  if (lines.length === 0) return
  const column = <K extends keyof (typeof lines)[number]>(name: K) => lines.map((line) => line[name])
  await INSERT_LINES(ctx, {
    payable_id,
    names: column('name'),
    quantities: column('quantity'),
    units: column('unit'),
    prices: column('unit_price'),
    exactPrices: column('unit_price_exact'),
    taxes: column('tax'),
    subtotals: column('subtotal'),
    taxAmounts: column('tax_amount'),
    totals: column('total'),
    ones: column('ocr_set_quantity_to_one'),
  })
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
