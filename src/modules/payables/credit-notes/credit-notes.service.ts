import { billSums, countedLines, type LineSums, type StatedSums } from '../../../core/bills.ts'
import { flow } from '../../../core/flow.ts'
import { only } from '../../../core/lists.ts'
import { badRequest, conflict, Refusal } from '../../../core/refusal.ts'
import { freely } from '../../../platform/auth/reach.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows, rowTable } from '../../../platform/database/rows.ts'
import { type RowOf, shaped, sql } from '../../../platform/database/sql.ts'
import type { EventName } from '../../../platform/events/catalog.ts'
import { fileLink } from '../../../platform/files/links.ts'
import { localDay } from '../../../platform/local-day.ts'
import { TAGS, tagTable } from '../../common/tags/tags.service.ts'
import type { PayableRow } from '../payables.present.ts'
import { type Fault, faultsOf } from '../payables.rules.ts'
import type { RawCounterpart } from '../payables.schema.ts'
import { agreed, frozenVendor, lockPayable, payWhenCovered, readRules, write as writePayable } from '../payables.service.ts'
import { checkReferences } from '../references.ts'
import type { CreateCreditNote, CreditNote, CreditNoteState, UpdateCreditNote } from './credit-notes.schema.ts'

/** Credit notes of vendors: taken in, approved, and set off against the bill they belong to. */

export type CreditNoteAction =
  | 'edit'
  | 'complete'
  | 'reopen_draft'
  | 'submit'
  | 'approve'
  | 'reject'
  | 'cancel'
  | 'delete'
  | 'apply'

export const creditNoteFlow = flow<CreditNoteState, CreditNoteAction>(
  'credit note',
  {
    draft: { edit: 'draft', complete: 'new', cancel: 'canceled', delete: 'draft' },
    new: {
      edit: 'new',
      reopen_draft: 'draft',
      submit: 'submitted_for_approval',
      approve: 'approved',
      cancel: 'canceled',
      delete: 'new',
    },
    submitted_for_approval: { approve: 'approved', reject: 'rejected' },
    approved: { apply: 'applied' },
    applied: {},
    rejected: {},
    canceled: { delete: 'canceled' },
  },
  {
    complete: 'get what POST /payable_credit_notes/{credit_note_id}/validate says is missing',
    submit: 'be submitted for approval',
    reopen_draft: 'be made a draft again',
  },
)

export const defaultFields = [
  'currency',
  'document_id',
  'issued_at',
  'based_on',
  'tax_amount',
  'total_amount',
  'subtotal',
] as const

declare module '../../../platform/database/columns.ts' {
  interface JsonShapes {
    'payable_credit_notes.counterpart': RawCounterpart
    'payable_credit_notes.counterpart_raw': RawCounterpart
    /** What its document says it comes to; null for one that was typed in. */
    'payable_credit_notes.stated': StatedSums
  }
}

export const COLUMNS = `t.id, t.created_at, t.updated_at, t.entity_id, t.status, t.origin, t.source_of_data, t.document_id, t.issued_at, t.currency, t.description, t.sender,
  t.based_on, t.based_on_document_id, t.subtotal, t.tax, t.tax_amount, t.total_amount, t.counterpart_id, t.counterpart_address_id,
  t.counterpart_bank_account_id, t.counterpart_vat_id_id, t.counterpart, t.counterpart_raw, t.file_id, t.ocr_status, t.ocr_request_id, t.project_id,
  t.created_by_user_id, t.stated, t.sums_stated, t.warnings,
  ${TAGS} as tags,
  (select f.link_key from files f where f.id = t.file_id and f.deleted_at is null) as file_key`

const LOCK = shaped<{ tags: NonNullable<CreditNote['tags']> }>()(
  sql(`select ${COLUMNS} from payable_credit_notes t where t.id = :id and t.deleted_at is null for update of t`),
)
/**
 * A note as the database holds it. `sums_stated`: its sums are those of the document, as nobody has changed them or the lines. `warnings`: what
 * the reading found odd, or why nothing was read.
 */
export type NoteRow = RowOf<typeof LOCK>
type NoteColumns = Omit<NoteRow, 'id' | 'tags' | 'file_key' | 'created_at' | 'updated_at' | 'entity_id'>

/** A credit note as the wire shows it. */
export function presentNote(row: NoteRow): CreditNote {
  const { file_key, stated: _stated, sums_stated: _asStated, ...note } = row
  const nothing = { created_by_external_user_id: null, created_by_external_user_name: null, currency_exchange: null }
  return { ...note, ...nothing, file_url: file_key && fileLink(file_key) }
}

// Finding

/** Credit notes as the database holds them. */
const noteRows = rowTable<NoteRow>()('payable_credit_notes', {
  noun: 'Credit note',
  object: 'payables_credit_note',
  select: COLUMNS,
  flow: creditNoteFlow,
})

export const findNote = (ctx: Ctx, id: string) => rows.find(ctx, noteRows, id)

/** The note and the bill it belongs to, both locked: the bill first, as everybody does. */
export async function lockNote(ctx: Ctx, id: string): Promise<{ note: NoteRow; bill: PayableRow | null }> {
  const { based_on } = await findNote(ctx, id)
  const atOnce = () => conflict('The credit note was changed at the same moment: try again')
  const bill = based_on
    ? await lockPayable(freely(ctx), based_on).catch((gone) => {
        throw gone instanceof Refusal ? atOnce() : gone
      })
    : null
  const note = await LOCK.maybe(ctx, { id })
  if (!note) throw atOnce()
  if (note.based_on !== based_on) throw atOnce()
  return { note, bill }
}

export interface NoteLine extends LineSums {
  readonly tax: number | null
}
const LINES = sql(`
  select id, name, description, quantity::float8 as quantity, unit, unit_price, tax, subtotal, tax_amount, total
  from payable_credit_note_line_items where credit_note_id = :credit_note_id and deleted_at is null order by created_at, id`)

export const readNoteLines = (ctx: Ctx, id: string) => LINES(ctx, { credit_note_id: id })

// Writing

type Event = EventName<'payables_credit_note'>
/** What changes of a note beside its status. */
export type NoteChanges = Partial<Omit<NoteColumns, 'status'>>

const step = (ctx: Ctx, note: NoteRow, action: CreditNoteAction, event: Event, columns: NoteChanges = {}): Promise<NoteRow> =>
  rows.move(ctx, noteRows, note, action, event, columns)

export async function noteFaults(ctx: Ctx, note: NoteRow, lines: readonly NoteLine[]): Promise<Fault[]> {
  const { required } = await readRules(ctx, 'credit_note')
  return faultsOf({
    bill: note,
    lines,
    required: required ?? [...defaultFields],
    byLines: lines.length > 0,
  })
}

/**
 * Writes a note whose fields or lines have changed: what its document states stands until then; afterwards it is added up from its lines,
 * where it has some. It moves between draft and new.
 */
export async function settle(ctx: Ctx, before: NoteRow, changes: NoteChanges, event: Event = 'updated'): Promise<NoteRow> {
  const lines = await readNoteLines(ctx, before.id)
  const { sums_stated, stated, currency } = { ...before, ...changes }
  const sums = lines.length > 0 && !sums_stated ? billSums(countedLines(lines, currency), null, stated?.charges) : {}
  const merged = { ...before, ...changes, ...sums }
  await checkLink(ctx, merged)
  const status: CreditNoteState =
    merged.ocr_status === 'processing' ? before.status : (await noteFaults(ctx, merged, lines)).length === 0 ? 'new' : 'draft'
  const columns = { ...changes, ...sums }
  const row =
    status === before.status
      ? await rows.change(ctx, noteRows, before.id, columns, event)
      : await step(ctx, before, status === 'new' ? 'complete' : 'reopen_draft', event, columns)
  await tellBill(ctx, before, row)
  return row
}

const TELL = sql(`select emit('payable', :payable, :event, :user?, :data::jsonb, true)`)

/** The bill's history knows which credit notes came and went. */
async function tellBill(ctx: Ctx, before: Pick<NoteRow, 'based_on'>, { id, document_id, based_on }: NoteRow): Promise<void> {
  if (before.based_on === based_on) return
  const writeHistory = (payable: string, event: string) =>
    TELL(ctx, { payable, event, user: ctx.userId, data: { credit_note_id: id, credit_note_document_id: document_id } })
  if (before.based_on) await writeHistory(before.based_on, 'credit_note_unlinked')
  if (based_on) await writeHistory(based_on, 'credit_note_linked')
}

const CREDITED = sql(`select from payables where id = :based_on for update`)
const BILL = sql(`
  select p.*, (select coalesce(sum(n.total_amount), 0)::bigint from payable_credit_notes n where n.based_on = p.id and n.id <> :id
      and n.status not in ('canceled', 'rejected') and n.deleted_at is null) as "noted!",
    (select count(*)::int from payable_credit_notes n where n.based_on = p.id and n.id <> :id and n.status = 'draft' and n.deleted_at is null) as "drafts!"
  from payables p where p.id = :based_on and p.deleted_at is null`)

/** A note and its bill have to go together. */
export async function checkLink(ctx: Ctx, note: NoteRow): Promise<void> {
  const today = await localDay(ctx)
  if (note.issued_at && note.issued_at > today) throw badRequest('issued_at lies in the future')
  if (!note.based_on) return
  // The sum of the notes is taken after the lock: those that others are making just now count.
  await CREDITED(ctx, { based_on: note.based_on })
  const bill = await BILL.maybe(ctx, { based_on: note.based_on, id: note.id })
  if (!bill) throw badRequest(`based_on: there is no payable with the id ${note.based_on}`)
  if (bill.status === 'canceled') throw badRequest('based_on: the payable is canceled')
  if (note.status === 'draft' && bill.drafts > 0) throw conflict('There is a draft credit note for this payable already')
  if (bill.currency && note.currency && bill.currency !== note.currency)
    throw badRequest(`The payable is in ${bill.currency}, the credit note in ${note.currency}`)
  if (bill.issued_at && note.issued_at && note.issued_at < bill.issued_at)
    throw badRequest('issued_at lies before that of the payable')
  if (bill.total_amount !== null && bill.noted + (note.total_amount ?? 0) > bill.total_amount)
    throw badRequest(`Credit notes can't take more than the ${bill.total_amount} of the payable`)
}

// What happens to them

const BASE = sql(`select document_id from payables where id = :based_on and deleted_at is null`)

/** Ids are of this entity, and parts of a vendor are those of this vendor; a number of the bill comes with it. */
async function checked(ctx: Ctx, sent: UpdateCreditNote, before?: NoteRow): Promise<NoteChanges & { tag_ids?: string[] }> {
  const { tag_ids, ...plainFields } = sent
  if (tag_ids && tag_ids.length > 0) await rows.require(ctx, tagTable, tag_ids, badRequest)
  await checkReferences(ctx, sent, before)
  const given = Object.fromEntries(Object.entries(plainFields).filter(([, value]) => value !== undefined)) as NoteChanges
  if (sent.based_on) {
    const bill = await BASE.maybe(ctx, { based_on: sent.based_on })
    if (!bill) throw badRequest(`based_on: there is no payable with the id ${sent.based_on}`)
    given.based_on_document_id ??= bill.document_id
  }
  return { ...given, ...(tag_ids !== undefined && { tag_ids: [...new Set((tag_ids ?? []).map((id) => id.toLowerCase()))] }) }
}

const BILLS = sql(`
  select p.id from payables p where p.document_id = :based_on_document_id and p.counterpart_id = :counterpart_id and p.status in ('waiting_to_be_paid', 'partially_paid', 'paid') and p.deleted_at is null
  and not exists (select from payable_credit_notes n where n.based_on = p.id and n.deleted_at is null)`)

/** The bill that a note is about, where the settings let us look for it and exactly one fits. */
export async function billFor(ctx: Ctx, { based_on_document_id, counterpart_id }: Partial<NoteRow>): Promise<string | null> {
  const { partner } = await readRules(ctx)
  if (!partner.allow_credit_note_autolinking || !based_on_document_id || !counterpart_id) return null
  const found = await BILLS(ctx, { based_on_document_id, counterpart_id })
  return only(found)?.id ?? null
}

export async function createNote(ctx: Ctx, body: CreateCreditNote): Promise<CreditNote> {
  const fields = await checked(ctx, { ...body, currency: body.currency ?? 'EUR' })
  const based_on = fields.based_on ?? (await billFor(ctx, fields))
  const columns = { ...fields, based_on, status: 'draft' as const, created_by_user_id: ctx.userId }
  await checkLink(ctx, { id: '00000000-0000-0000-0000-000000000000', ...columns } as never)
  const row = await rows.create(ctx, noteRows, columns)
  await tellBill(ctx, { based_on: null }, row)
  const complete = (await noteFaults(ctx, row, [])).length === 0
  return presentNote(complete ? await step(ctx, row, 'complete', 'updated') : row)
}

const SUMS = ['subtotal', 'tax', 'tax_amount', 'total_amount'] as const

export async function updateNote(ctx: Ctx, id: string, body: UpdateCreditNote): Promise<CreditNote> {
  const note = await lockOpen(ctx, id)
  const fields = await checked(ctx, body, note)
  const another = fields.counterpart_id !== undefined && fields.counterpart_id !== note.counterpart_id
  const parts = another && { counterpart_address_id: null, counterpart_bank_account_id: null, counterpart_vat_id_id: null }
  const summed = SUMS.some((name) => fields[name] !== undefined && fields[name] !== note[name])
  return presentNote(await settle(ctx, note, { ...parts, ...fields, ...(summed && { sums_stated: false }) }))
}

/** A note, locked, as long as it may change: not while its file is read. */
async function lockOpen(ctx: Ctx, id: string): Promise<NoteRow> {
  const { note } = await lockNote(ctx, id)
  creditNoteFlow.next(note.status, 'edit')
  if (note.ocr_status === 'processing')
    throw conflict('The file of this credit note is still being read: wait for it, or cancel_ocr')
  return note
}

/** Does something to the lines of a note, then adds it up. */
export async function changingLines<T>(ctx: Ctx, id: string, work: () => Promise<T>): Promise<T> {
  const note = await lockOpen(ctx, id)
  const result = await work()
  await settle(ctx, note, { sums_stated: false })
  return result
}

export async function deleteNote(ctx: Ctx, id: string): Promise<null> {
  const { note } = await lockNote(ctx, id)
  creditNoteFlow.next(note.status, 'delete')
  const row = await rows.change(ctx, noteRows, id, { deleted_at: ctx.now.toISOString() }, 'deleted')
  await tellBill(ctx, row, { ...row, based_on: null })
  return null
}

export async function submitNote(ctx: Ctx, id: string): Promise<CreditNote> {
  const { note } = await lockNote(ctx, id)
  creditNoteFlow.next(note.status, 'submit')
  const faults = await noteFaults(ctx, note, await readNoteLines(ctx, id))
  if (faults.length > 0) throw conflict(`The credit note is not complete: ${faults.map(({ loc }) => loc.join('.')).join(', ')}`)
  return presentNote(await step(ctx, note, 'submit', 'submitted_for_approval', await vendorOf(ctx, note)))
}

/** The vendor of a note, settled as that of a bill. */
const vendorOf = async (ctx: Ctx, note: NoteRow) =>
  frozenVendor(
    ctx,
    { ...note, counterpart_raw_data: note.counterpart_raw },
    (await readRules(ctx)).partner,
    'payables_credit_note',
  )

/** The entity agrees: what the note takes off is owed no more, and where the bill is approved already the note is done. */
export async function approveNote(ctx: Ctx, id: string): Promise<CreditNote> {
  const { note, bill } = await lockNote(ctx, id)
  const approved = await step(ctx, note, 'approve', 'approved', await vendorOf(ctx, note))
  if (!bill) return presentNote(approved)
  const amount_credited = bill.amount_credited + (note.total_amount ?? 0)
  if (bill.total_amount !== null && amount_credited > bill.total_amount)
    throw conflict(`The credit notes of this payable would exceed its ${bill.total_amount}`)
  await payWhenCovered(ctx, await writePayable(ctx, bill.id, 'updated', { amount_credited }))
  return presentNote(agreed.has(bill.status) ? await step(ctx, approved, 'apply', 'applied') : approved)
}

export async function rejectNote(ctx: Ctx, id: string): Promise<CreditNote> {
  const { note } = await lockNote(ctx, id)
  return presentNote(await step(ctx, note, 'reject', 'rejected'))
}

/** Gives a note up; nobody waits any more for what its file says. */
export async function cancelNote(ctx: Ctx, id: string): Promise<CreditNote> {
  const { note } = await lockNote(ctx, id)
  const reading = note.ocr_status === 'processing' && { ocr_status: 'canceled' as const }
  return presentNote(await step(ctx, note, 'cancel', 'canceled', { ...reading }))
}

export async function cancelNoteOcr(ctx: Ctx, id: string): Promise<CreditNote> {
  const { note } = await lockNote(ctx, id)
  if (note.ocr_status !== 'processing') throw conflict('No file of this credit note is being read')
  return presentNote(await settle(ctx, { ...note, ocr_status: 'canceled' }, { ocr_status: 'canceled' }))
}
