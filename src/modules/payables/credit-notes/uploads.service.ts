import { randomUUID } from 'node:crypto'
import { billSums } from '../../../core/bills.ts'
import type { ReadBill } from '../../../core/reading/types.ts'
import { Refusal } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { json } from '../../../platform/database/rows.ts'
import { jobs } from '../../../platform/jobs/jobs.ts'
import { localDay } from '../../../platform/local-day.ts'
import type { Way } from '../../../platform/reading/outcome.ts'
import type { Reading, Unread } from '../../../platform/reading/reading.ts'
import { insertFile } from '../../common/files/files.service.ts'
import { type BodyFile, describe } from '../bills.service.ts'
import { sumsOf } from '../line-items.ts'
import { tieToCounterpart } from '../linking.service.ts'
import { readRules } from '../payables.service.ts'
import { fieldsFrom, linesFrom } from '../reading/extracted.snapshot.ts'
import { billFor, COLUMNS, checkLink, findNote, lockNote, type NoteRow, presentNote, settle } from './credit-notes.service.ts'

/** Credit notes of vendors that come as files: kept at once, read soon after. */

export async function uploadNote(ctx: Ctx, file: BodyFile, key: () => string, region: string) {
  const stored = await insertFile(ctx, key(), describe(file), region)
  const requestId = randomUUID()
  const [row] = await ctx.db.query<NoteRow>(
    `with t as (insert into payable_credit_notes (status, source_of_data, file_id, ocr_status, ocr_request_id, created_by_user_id)
       values ('draft', 'ocr', $2, 'processing', $3, $1) returning *)
     select ${COLUMNS} from t, lateral emit('payables_credit_note', t.id, 'created', $1) as emitted`,
    [ctx.userId, stored.id, requestId],
  )
  await jobs.add(ctx, 'credit_notes.read', { id: row!.id, ocr_request_id: requestId, file_id: stored.id })
  return presentNote(await findNote(ctx, row!.id))
}

/** Writes what was read into the note that still waits for it: empty fields only. */
export async function applyNoteReading(ctx: Ctx, id: string, requestId: string, outcome: Reading | Unread): Promise<void> {
  const [waiting] = await ctx.db.query(
    `select from payable_credit_notes where id = $1 and ocr_request_id = $2 and ocr_status = 'processing' and deleted_at is null`,
    [id, requestId],
  )
  if (!waiting) return
  const { note } = await lockNote(ctx, id)
  if (note.ocr_status !== 'processing') return
  const changes =
    'refused' in outcome || isBill(outcome)
      ? { ocr_status: 'error' }
      : { ...(await fill(ctx, note, outcome)), ocr_status: 'success' }
  await settle(ctx, note, changes, null)
  await ctx.db.query(`select emit('payables_credit_note', $1, 'ocr_finished')`, [id])
}

/** An electronic invoice says what it is: one that asks for money is a bill, for POST /payables/upload_from_file. */
const isBill = ({ way, bill }: Reading) => way === 'einvoice' && bill.type === 'invoice' && (bill.total ?? 0) >= 0

const positive = (amount: number | null | undefined) => (amount === null || amount === undefined ? null : Math.abs(amount))

async function fill(ctx: Ctx, note: NoteRow, { bill, way }: Reading): Promise<Partial<NoteRow>> {
  const { document_id, issued_at, currency, counterpart_raw_data, ...sums } = fieldsFrom(bill)
  const read: Partial<NoteRow> = {
    ...{ document_id, currency, counterpart_raw: counterpart_raw_data, based_on_document_id: bill.original_document_id },
    // A day to come is misread, or a mistake of the vendor: for a person to look at.
    issued_at: issued_at && issued_at <= (await localDay(ctx)) ? issued_at : null,
    ...{ subtotal: positive(sums.subtotal), tax_amount: positive(sums.tax_amount), total_amount: positive(sums.total_amount) },
    tax: sums.tax ?? null,
  }
  const fields = Object.fromEntries(
    Object.entries(read).filter(([name, value]) => value !== null && note[name as keyof NoteRow] === null),
  ) as Partial<NoteRow>
  const { partner } = await readRules(ctx)
  const merged = { ...note, ...fields }
  const linked = await tieToCounterpart(ctx, { ...merged, counterpart_raw_data: merged.counterpart_raw } as never, {
    mayLink: partner.allow_counterpart_autolinking === true,
    mayCreate: false,
  })
  const stated = { subtotal: read.subtotal, tax_amount: read.tax_amount, total_amount: read.total_amount }
  await insertLines(ctx, note.id, linesOf(bill, way), stated)
  const based_on = note.based_on ?? (await fittingBill(ctx, { ...merged, ...linked }))
  return { ...fields, ...linked, ...(based_on && { based_on }) }
}

/** The bill that the note names, if the two may go together. */
async function fittingBill(ctx: Ctx, note: NoteRow): Promise<string | null> {
  const based_on = await billFor(ctx, note)
  if (!based_on) return null
  try {
    await checkLink(ctx, { ...note, based_on })
    return based_on
  } catch (refusal) {
    if (refusal instanceof Refusal) return null
    throw refusal
  }
}

const linesOf = (bill: ReadBill, way: Way) =>
  linesFrom(bill, { exact: way === 'einvoice' }).map(({ ocr_set_quantity_to_one: _, unit_price_exact: _exact, ...line }) => {
    const plus = { ...line, quantity: positive(line.quantity), unit_price: positive(line.unit_price) }
    return { ...plus, ...sumsOf(plus) }
  })

/** The lines of a note make its sums: those that come to something else than the document says are left out, and its own sums stand. */
async function insertLines(
  ctx: Ctx,
  id: string,
  lines: ReturnType<typeof linesOf>,
  stated: Record<string, number | null | undefined>,
): Promise<void> {
  const sums = billSums(lines, null) as unknown as Record<string, number | null>
  const differs = Object.entries(stated).some(([name, value]) => value != null && sums[name] !== value)
  if (lines.length === 0 || differs) return
  await ctx.db.query(
    `insert into payable_credit_note_line_items (credit_note_id, name, quantity, unit, unit_price, tax, subtotal, tax_amount, total, created_at)
     select $1, l ->> 'name', (l ->> 'quantity')::numeric, l ->> 'unit', (l ->> 'unit_price')::bigint, (l ->> 'tax')::int, (l ->> 'subtotal')::bigint,
       (l ->> 'tax_amount')::bigint, (l ->> 'total')::bigint, app_now() + nth * interval '1 microsecond'
     from json_array_elements($2::json) with ordinality as all_lines (l, nth)
     where not exists (select from payable_credit_note_line_items o where o.credit_note_id = $1 and o.deleted_at is null)`,
    [id, json(lines)],
  )
}
