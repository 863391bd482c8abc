import { randomUUID } from 'node:crypto'
import { contradictions } from '../../../core/bills.ts'
import type { ReadBill } from '../../../core/reading/types.ts'
import { conflict, ifRefused } from '../../../core/refusal.ts'
import { attempt } from '../../../platform/database/attempt.ts'
import type { Ctx } from '../../../platform/database/context.ts'

import { sql } from '../../../platform/database/sql.ts'
import { jobs } from '../../../platform/jobs/jobs.ts'
import { localDay } from '../../../platform/local-day.ts'
import type { Reading } from '../../../platform/reading/reading.ts'
import { insertFile } from '../../common/files/files.service.ts'
import { type BodyFile, describe } from '../intake.service.ts'
import { tieToCounterpart } from '../linking.service.ts'
import { shownIn } from '../payables.rules.ts'
import { readRules } from '../payables.service.ts'
import { fieldsFrom, type LineFields, linesFrom, statedFrom } from '../reading/extracted.snapshot.ts'
import type { Ended } from '../reading/stored.service.ts'
import { areWritten, changed, type Written, withoutWritten } from '../reading/taken-back.snapshot.ts'
import type { CreditNote } from './credit-notes.schema.ts'
import {
  billFor,
  COLUMNS,
  checkLink,
  creditNoteFlow,
  findNote,
  lockNote,
  type NoteLine,
  type NoteRow,
  presentNote,
  readNoteLines,
  settle,
} from './credit-notes.service.ts'

/** Credit notes of vendors that come as files: kept at once, read soon after. */

const UPLOADED = sql(`
  with t as (insert into payable_credit_notes (status, source_of_data, file_id, ocr_status, ocr_request_id, created_by_user_id)
    values ('draft', 'ocr', :id, 'processing', :requestId, :user?) returning *)
  select ${COLUMNS} from t, lateral emit('payables_credit_note', t.id, 'created', :user?) as emitted`)

export async function uploadNote(ctx: Ctx, file: BodyFile, key: () => string, region: string) {
  const stored = await insertFile(ctx, key(), describe(file), region)
  const requestId = randomUUID()
  const row = await UPLOADED.one(ctx, { user: ctx.userId, id: stored.id, requestId })
  await jobs.add(ctx, 'credit_notes.read', { id: row.id, ocr_request_id: requestId, file_id: stored.id })
  return presentNote(await findNote(ctx, row.id))
}

/** Takes a credit note from the network for e-invoices in, with all that was read of it; answers its id. */
export async function receiveNote(
  ctx: Ctx,
  file: BodyFile,
  key: () => string,
  region: string,
  request: string,
  outcome: Ended['outcome'],
): Promise<string> {
  const stored = await insertFile(ctx, key(), describe(file, 'einvoices_xml'), region)
  const { id } = await RECEIVED.one(ctx, { file: stored.id, request })
  await applyNoteReading(ctx, id, request, { outcome, again: false })
  return id
}
const RECEIVED =
  sql(`with t as (insert into payable_credit_notes (status, origin, source_of_data, file_id, ocr_status, ocr_request_id)
    values ('draft', 'einvoicing', 'ocr', :file, 'processing', :request) returning id)
  select t.id from t, lateral emit('payables_credit_note', t.id, 'created', null) as emitted`)

const READING_FINISHED = sql(`select emit('payables_credit_note', :id, 'ocr_finished')`)

/**
 * Writes what was read into the note that still waits for it: empty fields only. `again`: there was no time for it before, and it has an
 * error for now.
 */
export async function applyNoteReading(ctx: Ctx, id: string, requestId: string, { outcome, again }: Ended): Promise<void> {
  const waits = ({ ocr_status, status }: Pick<NoteRow, 'ocr_status' | 'status'>) =>
    ocr_status === 'processing' || (again && ocr_status === 'error' && (status === 'draft' || status === 'new'))
  const waiting = await WAITING.maybe(ctx, { note: id, request: requestId })
  if (!waiting || !waits(waiting)) return
  const { note } = await lockNote(ctx, id)
  if (!waits(note)) return
  const refused = 'refused' in outcome ? outcome.refused : await refusalOf(ctx, note, outcome)
  if (refused !== null) await settle(ctx, note, { ocr_status: 'error', warnings: [refused] })
  await READING_FINISHED(ctx, { id })
}

/**
 * Fills the note; answers why it can't be, where something that was read breaks a rule of credit notes. Then nothing is kept of it, and the
 * reading has ended all the same: tried again, it would say the same.
 */
async function refusalOf(ctx: Ctx, note: NoteRow, reading: Reading): Promise<string | null> {
  if (isBill(reading)) return A_BILL
  const filled = await attempt(ctx, async () => settle(ctx, note, { ...(await fill(ctx, note, reading)), ocr_status: 'success' }))
  if ('done' in filled) return null
  const { details, message } = filled.refused
  return `The credit note can not be kept as it was read: ${details?.map(({ msg }) => msg).join('; ') ?? message}`
}

/**
 * Reads the file of a credit note again, while no approval has begun. What the earlier reading wrote is replaced; what somebody changed
 * since stays. One whose file is being read is answered as it is.
 */
export async function readNoteAgain(ctx: Ctx, id: string): Promise<CreditNote> {
  const { note } = await lockNote(ctx, id)
  creditNoteFlow.next(note.status, 'edit')
  if (note.ocr_status === 'processing') return presentNote(note)
  const file = note.file_id === null ? undefined : await FILE.maybe(ctx, { file: note.file_id })
  if (!file) throw conflict('This credit note has no file that could be read')
  const ocr_request_id = randomUUID()
  const waiting = await settle(ctx, note, { ocr_status: 'processing', ocr_request_id })
  await jobs.add(ctx, 'credit_notes.read', { id, ocr_request_id, file_id: file.id })
  return presentNote(waiting)
}
const FILE = sql(`select id from files where id = :file and deleted_at is null`)

declare module '../../../platform/database/columns.ts' {
  interface JsonShapes {
    'payable_credit_notes.read': Written<NoteRow>
  }
}
const WRITTEN = sql(`select read from payable_credit_notes where id = :note`)
const TAKE_LINES = sql(
  `update payable_credit_note_line_items set deleted_at = app_now(), updated_at = app_now() where credit_note_id = :note and deleted_at is null`,
)

/** The note as if its file had not been read yet, with the lines that it has then. */
async function withoutEarlierReading(ctx: Ctx, before: NoteRow): Promise<{ note: NoteRow; known: readonly NoteLine[] }> {
  const known = await readNoteLines(ctx, before.id)
  const { read: written } = await WRITTEN.one(ctx, { note: before.id })
  if (!written) return { note: before, known }
  const note = withoutWritten(before, written, { sums_stated: false, warnings: [] })
  if (!areWritten(known, written.lines)) return { note, known }
  await TAKE_LINES(ctx, { note: before.id })
  return { note: { ...note, subtotal: null, tax: null, tax_amount: null, total_amount: null }, known: [] }
}

const WAITING = sql(
  `select ocr_status, status from payable_credit_notes where id = :note and ocr_request_id = :request and deleted_at is null`,
)

const A_BILL = 'The document is a bill, as it asks for money: upload it to POST /payables/upload_from_file'

/** Whether the document says that it is a bill: an electronic one by its type, a printed one by its title, where it asks for money. */
const isBill = ({ way, bill }: Reading) =>
  bill.type === 'invoice' && (bill.total ?? 0) >= 0 && (way === 'einvoice' || bill.confidence.type !== undefined)

async function fill(ctx: Ctx, before: NoteRow, { bill, way }: Reading): Promise<Partial<NoteRow> & Record<string, unknown>> {
  const { note, known } = await withoutEarlierReading(ctx, before)
  const given = takingOff(bill)
  const { document_id, issued_at, currency, counterpart_raw_data, subtotal, tax, tax_amount, total_amount } = fieldsFrom(given)
  const read: Partial<NoteRow> = {
    document_id,
    currency,
    counterpart_raw: counterpart_raw_data,
    based_on_document_id: bill.original_document_id,
    // A day to come is misread, or a mistake of the vendor: for a person to look at.
    issued_at: issued_at && issued_at <= (await localDay(ctx)) ? issued_at : null,
    subtotal: notBelow0(subtotal),
    tax_amount: notBelow0(tax_amount),
    total_amount: notBelow0(total_amount),
    tax,
  }
  const fields: Partial<NoteRow> = Object.fromEntries(
    Object.entries(read).filter(([name, value]) => value != null && note[name as keyof NoteRow] === null),
  )
  const { partner } = await readRules(ctx)
  const merged = { ...note, ...fields }
  const linked = await tieToCounterpart(
    ctx,
    { ...merged, counterpart_raw_data: merged.counterpart_raw },
    { mayLink: partner.allow_counterpart_autolinking === true, mayCreate: false, object: 'payables_credit_note' },
  )
  const all = known.length === 0 ? linesFrom(given, { exact: way === 'einvoice' }) : []
  // Lines of a credit note take off: one that adds stands among the charges, as an allowance.
  const [lines, against] = [all.filter((line) => !isAgainst(line)), all.filter(isAgainst)]
  await insertLines(ctx, note.id, lines)
  const whole = statedFrom(given)
  const stated = whole && { ...whole, due: null, charges: [...whole.charges, ...against.map(asCharge)] }
  const typed = merged.total_amount !== (stated?.total_amount ?? null)
  const sums_stated = stated !== null && known.length === 0 && !typed
  const show = shownIn(given.currency)
  const warnings = against.map(({ name, subtotal }) => `${name ?? 'A line'} (${show(subtotal ?? 0)}) is counted as an allowance`)
  if (sums_stated) warnings.push(...contradictions(stated, lines, 0, 0, show))
  const based_on = note.based_on ?? (await fittingBill(ctx, { ...merged, ...linked }))
  const written = { ...fields, ...linked, ...(based_on && { based_on }), stated, sums_stated, warnings }
  // What an earlier reading wrote and this one doesn't say any more goes.
  return { ...changed(before, note), ...written, read: { fields: written, lines } }
}

const isAgainst = ({ quantity, unit_price, subtotal }: LineFields) =>
  (quantity ?? 0) < 0 || (unit_price ?? 0) < 0 || (subtotal ?? 0) < 0
const asCharge = ({ subtotal, tax }: LineFields) => ({ amount: subtotal ?? 0, tax })

/** The document with what it takes off above zero, as credit notes have it, also where it was written below. */
function takingOff(bill: ReadBill): ReadBill {
  if (bill.total === null || bill.total >= 0) return bill
  const turned = (amount: number | null) => (amount === null ? null : -amount || 0)
  return {
    ...bill,
    total: turned(bill.total),
    subtotal: turned(bill.subtotal),
    tax_amount: turned(bill.tax_amount),
    charges: bill.charges.map((charge) => ({ ...charge, amount: -charge.amount })),
    lines: bill.lines.map((line) => {
      const priced = (line.unit_price ?? 0) < 0
      return {
        ...line,
        total: turned(line.total),
        quantity: priced ? line.quantity : turned(line.quantity),
        unit_price: priced ? turned(line.unit_price) : line.unit_price,
      }
    }),
  }
}

/** Sums of a note are never below zero: what says so is left for a person to fill in. */
const notBelow0 = (amount: number | null | undefined) => (amount == null || amount < 0 ? null : amount)

/** The bill that the note names, if the two may go together. */
async function fittingBill(ctx: Ctx, note: NoteRow): Promise<string | null> {
  const based_on = await billFor(ctx, note)
  if (!based_on) return null
  return checkLink(ctx, { ...note, based_on })
    .then(() => based_on)
    .catch(ifRefused(() => null))
}

const INSERT_LINES = sql(`
  insert into payable_credit_note_line_items (credit_note_id, name, quantity, unit, unit_price, unit_price_exact, tax, subtotal, tax_amount, total, created_at)
  select :credit_note_id, l ->> 'name', (l ->> 'quantity')::numeric, l ->> 'unit', (l ->> 'unit_price')::bigint, (l ->> 'unit_price_exact')::numeric, (l ->> 'tax')::int,
    (l ->> 'subtotal')::bigint, (l ->> 'tax_amount')::bigint, (l ->> 'total')::bigint, app_now() + nth * interval '1 microsecond'
  from json_array_elements(:lines::json) with ordinality as all_lines (l, nth)`)

async function insertLines(ctx: Ctx, id: string, lines: readonly LineFields[]): Promise<void> {
  if (lines.length === 0) return
  await INSERT_LINES(ctx, { credit_note_id: id, lines })
}
