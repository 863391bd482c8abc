import type { Ctx } from '../../platform/database/context.ts'
import { json } from '../../platform/database/rows.ts'
import type { RawJson } from '../../platform/http/types.ts'
import { type EntitySettings, readSettings } from '../entities/settings/settings.service.ts'
import type { Ask } from './draft.ts'
import { cancel, type Invoice, paidAt, payAll, payPart, writeOff } from './invoice.ts'
import { nextNumber } from './numbering.ts'
import { contentHash, lockInvoice, moved, orderPages, type Stored, today, write } from './receivables.service.ts'

/** How an invoice ends: paid, written off, or taken back. */

interface PaidInFull {
  comment?: string | null
  paid_at?: string | null
}
interface PaidInPart {
  comment?: string | null
  amount_paid: number
}

/** Takes what settles the invoice on the day of the payment. */
export async function markPaid(ctx: Ctx, id: string, { comment, paid_at }: PaidInFull): Promise<RawJson> {
  const at = paidAt(paid_at, ctx.now)
  const [before, settings] = await Promise.all([lockInvoice(ctx, id), readSettings(ctx)])
  return pay(ctx, before, payAll(before as Invoice, at.slice(0, 10)), { at, comment, settings })
}

export async function markPartiallyPaid(ctx: Ctx, id: string, { amount_paid, comment }: PaidInPart): Promise<RawJson> {
  const at = ctx.now.toISOString()
  const [before, settings] = await Promise.all([lockInvoice(ctx, id), readSettings(ctx)])
  return pay(ctx, before, payPart(before as Invoice, amount_paid, today(ctx)), { at, comment, settings })
}

const RECORD = `with r as (
    insert into payment_records (object_type, object_id, amount, currency, paid_at, entity_user_id, comment, old_status, new_status)
    values ('receivable', $1, $2, $3, $4, $5, $6, $7, $8) returning id)
  select emit('receivable', $1, 'payment_received', $5, $9, true) from r`

type Payment = ReturnType<typeof payAll>

/** The payment as a record of its own, and the invoice with it. */
async function pay(
  ctx: Ctx,
  before: Stored,
  { amount, ...columns }: Payment,
  { at, comment = null, settings }: { at: string; comment?: string | null; settings: EntitySettings },
): Promise<RawJson> {
  const { status, amount_due } = columns
  const told = json({ amount_paid: amount, amount_due, comment })
  const redraw = settings.generate_paid_invoice_pdf === true
  const settled = status === 'paid' ? { paid_at: at } : {}
  const data = status === before.status ? undefined : moved(before.status, status)
  const [, , row] = await Promise.all([
    // An invoice over nothing is settled without money.
    amount > 0 &&
      ctx.db.query(RECORD, [before.id, amount, before.currency, at, ctx.userId, comment, before.status, status, told]),
    redraw && orderPages(ctx, before.id),
    write(
      ctx,
      before.id,
      status === 'paid' ? 'paid' : 'partially_paid',
      { ...columns, ...settled, comment: comment ?? undefined, pdf_stale: redraw || undefined },
      { data, nth: 1 },
    ),
  ])
  return row
}

/** Gives up what is still due. */
export async function markUncollectible(ctx: Ctx, id: string, comment: string | null | undefined): Promise<RawJson> {
  const before = await lockInvoice(ctx, id)
  const columns = writeOff(before as Invoice)
  const data = moved(before.status, columns.status)
  return write(ctx, id, 'uncollectible', { ...columns, comment: comment ?? undefined }, { data })
}

const DRAFT_CREDIT = `select from receivables where based_on = $1 and type = 'credit_note' and status = 'draft' and deleted_at is null limit 1`

/** Takes an invoice back. By the rules that is a credit note over what is due, issued at once. */
export async function cancelInvoice(ctx: Ctx, id: string): Promise<null> {
  const [before, settings, drafts] = await Promise.all([
    lockInvoice(ctx, id),
    readSettings(ctx),
    ctx.db.query(DRAFT_CREDIT, [id]),
  ])
  const compliant = settings.receivable_edit_flow !== 'non_compliant'
  const { status, credited } = cancel(before as Invoice, { compliant, draftCreditNote: drafts.length > 0 })
  const credit_note_ids = credited > 0 ? [...before.credit_note_ids, await creditInFull(ctx, before, settings)] : undefined
  const redraw = settings.generate_paid_invoice_pdf === true
  const columns = { status, amount_due: 0, amount_credited: before.amount_credited + credited, credit_note_ids }
  await Promise.all([
    write(ctx, id, 'canceled', { ...columns, pdf_stale: redraw || undefined }, { data: moved(before.status, status), nth: 2 }),
    redraw && orderPages(ctx, id),
  ])
  return null
}

const CREDIT = `with t as (
    insert into receivables (type, status, document_id, number, currency, counterpart_id, counterpart_name, entity_user_id, based_on, project_id,
      issue_date, subtotal, discounted_subtotal, subtotal_after_vat, total_vat_amount, total_withholding_tax, total_deduction_amount, total_amount,
      amount_due, product_ids, tag_ids, ask, content, content_hash, frozen)
    select 'credit_note', 'issued', $2, $3, currency, counterpart_id, counterpart_name, $4, id, project_id, $5, subtotal, discounted_subtotal,
      subtotal_after_vat, total_vat_amount, total_withholding_tax, total_deduction_amount, total_amount, 0, product_ids, tag_ids, $6, $7, $8, true
    from receivables where id = $1 returning *)
  select t.id, emit('receivable', t.id, 'created', t.entity_user_id),
    emit('receivable', t.id, 'issued', t.entity_user_id, '{"old_status":"draft","new_status":"issued"}', false, 1),
    emit('receivable', $1, 'based_on_receivable_created', t.entity_user_id, jsonb_build_object('receivable_id', t.id, 'type', 'credit_note'), true, 1)
  from t`

/** An issued credit note over a whole invoice: its lines and figures, under a number of its own. */
async function creditInFull(ctx: Ctx, invoice: Stored, settings: EntitySettings): Promise<string> {
  const day = today(ctx)
  const { number, document_id } = await nextNumber(ctx, 'credit_note', settings, day)
  const based = { based_on_document_id: invoice.document_id }
  const ask: Ask = {
    ...invoice.ask,
    ...based,
    type: 'credit_note',
    payment_terms: null,
    payment_terms_id: null,
    payment_page_url: null,
  }
  const {
    fulfillment_date: _f,
    overdue_reminder_id: _o,
    payment_reminder_id: _p,
    payment_terms: _t,
    ...copied
  } = JSON.parse(invoice.content)
  const content = json({ ...copied, ...based })!
  const hash = contentHash(document_id, day, null, invoice.total_amount, content)
  const values = [invoice.id, document_id, number, ctx.userId, ctx.now.toISOString(), json(ask), content, hash]
  const [row] = await ctx.db.query<{ id: string }>(CREDIT, values)
  await orderPages(ctx, row!.id)
  return row!.id
}
