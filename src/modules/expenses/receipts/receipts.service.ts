import { randomUUID } from 'node:crypto'
import { isCurrency } from '../../../core/currencies.ts'
import type { ReadBill } from '../../../core/reading/types.ts'
import { badRequest, conflict } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows, table } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { fileLink } from '../../../platform/files/links.ts'
import { jobs } from '../../../platform/jobs/jobs.ts'
import { insertFile, sniff } from '../../common/files/files.service.ts'
import { EXCHANGE, type Exchange, exchanged } from '../../entities/settings/exchange.service.ts'
import { type BodyFile, describe } from '../../payables/intake.service.ts'
import { extractedFrom, minor } from '../../payables/reading/extracted.snapshot.ts'
import type { Ended } from '../../payables/reading/stored.service.ts'
import { type Receipt, type ReceiptFields, ReceiptResponseSchema } from './receipts.schema.ts'

/** Receipts: proofs of what was spent. They come in as data or as files, and files are read soon after. */

export const receiptTable = table('receipts', ReceiptResponseSchema, {
  noun: 'Receipt',
  object: 'receipt',
  computed: { currency_exchange: EXCHANGE, file_url: '(select f.link_key from files f where f.id = t.file_id)' },
  present: (row) => {
    const { currency_exchange, file_url, ...rest } = row as unknown as Stored
    return { ...rest, currency_exchange: exchanged(rest, currency_exchange), file_url: file_url && fileLink(file_url) }
  },
})

type Stored = Omit<Receipt, 'currency_exchange'> & { currency_exchange: Exchange | null }

const keep = async (ctx: Ctx, file: BodyFile, key: () => string, region: string) =>
  (await insertFile(ctx, key(), describe(file, 'receipts'), region)).id

/** A receipt whose data somebody typed in, with its file if there is one: that is kept and not read. */
export async function createReceipt(ctx: Ctx, body: ReceiptFields, file: BodyFile | null, key: () => string, region: string) {
  const { base64_encoded_file: _, ...fields } = body
  const file_id = file ? await keep(ctx, file, key, region) : null
  return rows.create(ctx, receiptTable, {
    ...fields,
    file_id,
    source_of_data: 'user_specified',
    created_by_entity_user_id: ctx.userId,
  })
}

const READABLE = new Set(['application/pdf', 'image/png', 'image/jpeg'])

/** Whether receipts come in files of this kind. */
export const isReadable = (bytes: Buffer): boolean => READABLE.has(sniff(bytes))

/** A 400 when receipts don't come in files of this kind. */
export function checkReadable(bytes: Buffer): void {
  if (!isReadable(bytes)) throw badRequest('Unsupported file format: receipts are read from PDF, PNG and JPEG')
}

/** Takes a file in as a receipt whose data will follow; it is read in the background. */
export async function uploadReceipt(ctx: Ctx, file: BodyFile, key: () => string, region: string, arrival_key?: string) {
  const file_id = await keep(ctx, file, key, region)
  const ocr_request_id = randomUUID()
  const receipt = await rows.create(ctx, receiptTable, {
    file_id,
    ocr_request_id,
    ocr_status: 'processing',
    source_of_data: 'ocr',
    arrival_key,
    created_by_entity_user_id: ctx.userId,
  })
  await jobs.add(ctx, 'receipts.read', { receipt_id: receipt.id, ocr_request_id, file_id })
  return receipt
}

const KNOWN = sql(`select from receipts where arrival_key = :arrival_key`)

/**
 * Takes a file from a mail in as a receipt. False when it is there already: the second arrival under a key is the first one. Whoever
 * calls sees to it that no two of one key arrive at the same time.
 */
export async function receiveByMail(
  ctx: Ctx,
  file: BodyFile,
  arrival_key: string,
  key: () => string,
  region: string,
): Promise<boolean> {
  const known = await KNOWN(ctx, { arrival_key })
  if (known.length > 0) return false
  await uploadReceipt(ctx, file, key, region, arrival_key)
  return true
}

/** Changes what was sent. A file that is sent along takes the place of the one before. */
export async function updateReceipt(
  ctx: Ctx,
  id: string,
  { base64_encoded_file: _, ...fields }: ReceiptFields,
  file: BodyFile | null,
  key: () => string,
  region: string,
) {
  await rows.lock(ctx, receiptTable, id)
  const file_id = file ? await keep(ctx, file, key, region) : undefined
  return rows.change(ctx, receiptTable, id, { ...fields, file_id })
}

/** Gives a receipt its file; a 409 when it has one. It isn't read. */
export async function attachReceiptFile(ctx: Ctx, id: string, file: BodyFile, key: () => string, region: string) {
  const { file_id } = await rows.lock(ctx, receiptTable, id)
  if (file_id) throw conflict('The receipt has a file already')
  return rows.change(ctx, receiptTable, id, { file_id: await keep(ctx, file, key, region) })
}

const TOUCH = sql(`
  with t as (update receipts set updated_at = app_now() where id = :id returning id)
  select from t, lateral emit('receipt', t.id, 'updated', :user?) as emitted`)

/** The lines of a receipt changed, and so the receipt did. */
export async function touchReceipt(ctx: Ctx, id: string): Promise<void> {
  await TOUCH(ctx, { id, user: ctx.userId })
}

const WAITING = sql(
  `select from receipts where id = :id and ocr_request_id = :requestId and (ocr_status = 'processing' or :again and ocr_status = 'error') and deleted_at is null for update`,
)
const READING_FINISHED = sql(`select emit('receipt', :id, 'ocr_finished')`)

/** Writes what was read into the receipt that still waits for it: empty fields only, and lines where there are none. */
export async function applyReceipt(ctx: Ctx, id: string, requestId: string, { outcome, again }: Ended): Promise<void> {
  const waiting = await WAITING.maybe(ctx, { id, requestId, again })
  if (!waiting) return
  if ('refused' in outcome) await rows.change(ctx, receiptTable, id, { ocr_status: 'error' })
  else {
    const before = await rows.find(ctx, receiptTable, id)
    await insertLines(ctx, id, linesFrom(outcome.bill))
    const empty = Object.entries(fieldsFrom(outcome.bill)).filter(([name]) => before[name as keyof Receipt] === null)
    await rows.change(ctx, receiptTable, id, { ...Object.fromEntries(empty), ocr_status: 'success' })
  }
  await READING_FINISHED(ctx, { id })
}

/** What was read, as a receipt holds it. */
function fieldsFrom(bill: ReadBill): Partial<Receipt> {
  const { counterpart_address } = extractedFrom(bill)
  const { currency } = bill
  return {
    merchant_name: bill.seller.name?.slice(0, 128) ?? null,
    merchant_location: counterpart_address?.slice(0, 255) ?? null,
    document_id: bill.document_id?.slice(0, 255) ?? null,
    issued_at: bill.issued_at && `${bill.issued_at}T00:00:00Z`,
    currency: currency && isCurrency(currency) ? currency : null,
    total_amount: minor(bill.total, currency),
  }
}

/** The lines as printed, in minor units. */
const linesFrom = ({ lines, currency }: ReadBill) =>
  lines.map(({ description, total }) => ({ name: description?.slice(0, 255) ?? null, total: minor(total, currency) }))

const INSERT_LINES = sql(`
  insert into receipt_line_items (receipt_id, name, total, created_at)
  select :receipt_id, l.name, l.total, app_now() + l.nth * interval '1 microsecond' from unnest(:names?::text[], :totals?::bigint[]) with ordinality as l (name, total, nth)
  where not exists (select from receipt_line_items k where k.receipt_id = :receipt_id and k.deleted_at is null)`)

async function insertLines(ctx: Ctx, receipt_id: string, lines: ReturnType<typeof linesFrom>): Promise<void> {
  await INSERT_LINES(ctx, { receipt_id, names: lines.map(({ name }) => name), totals: lines.map(({ total }) => total) })
}
