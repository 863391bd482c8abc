import { localDate } from '../../core/local-day.ts'
import { badRequest } from '../../core/refusal.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import type { EventName } from '../../platform/events/catalog.ts'
import type { RawJson } from '../../platform/http/types.ts'
import { zoneOfEntity } from '../../platform/local-day.ts'
import { fitRefunds, type Payment, settleRecord } from '../booking/ledger.service.ts'
import { readSettings } from '../entities/settings/settings.service.ts'
import { contentIn } from './draft.ts'
import { invoiceFlow } from './invoice.flow.ts'
import { book, checkPart, isOpen, owedBack, paidAt, toPay, wholeOf } from './invoice.ts'
import { lockInvoice, lockReceivable, move, orderPages, type Stored, withArticle } from './receivables.service.ts'

/** How invoices are paid. */

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
  const before = await lockInvoice(ctx, id)
  const amount = wholeOf(before, localDate(new Date(at), await zoneOfEntity(ctx)))
  return (await payInvoice(ctx, before, { amount, currency: before.currency, paid_at: at, comment: comment ?? null })).shown
}

export async function markPartiallyPaid(ctx: Ctx, id: string, { amount_paid, comment }: PaidInPart): Promise<RawJson> {
  const before = await lockInvoice(ctx, id)
  checkPart(before, amount_paid)
  const paid_at = ctx.now.toISOString()
  const payment = { amount: amount_paid, currency: before.currency, paid_at, comment: comment ?? null }
  return (await payInvoice(ctx, before, payment)).shown
}

/** The invoice that money moves for, locked. Refuses (`bad_request`) documents that nobody pays. */
export async function lockPayableInvoice(ctx: Ctx, id: string): Promise<Stored> {
  const row = await lockReceivable(ctx, id)
  checkIsInvoice(row)
  return row
}

/** Refuses (`bad_request`) documents that nobody pays. */
export function checkIsInvoice({ type }: Pick<Stored, 'type'>): void {
  if (type !== 'invoice') throw badRequest(`object: ${withArticle[type]} isn't paid`)
}

/** Refuses (`conflict`) what an invoice in its status takes no payment of. */
export function checkTakesPayment({ status }: Pick<Stored, 'status'>): void {
  invoiceFlow.next(status, 'pay')
}

/** What an invoice asks of whoever is to pay it, on a day. */
export function askedOf(row: Stored, today: string) {
  const { entity_bank_account, file_language } = contentIn(row)
  return {
    open: isOpen(row) ? toPay(row, today) : 0,
    counterpart_id: row.counterpart_id,
    currency: row.currency,
    due_date: row.due_date,
    issue_date: row.issued_on,
    number: row.document_id,
    account_id: entity_bank_account?.id ?? null,
    language: file_language,
  }
}

/** Books a payment of an invoice that is locked: its record, and the invoice with it. Answers the record's id and the invoice. */
export async function payInvoice(ctx: Ctx, before: Stored, payment: Payment): Promise<{ record: string | null; shown: RawJson }> {
  const { amount, paid_at, comment = null } = payment
  const [settings, zone] = [await readSettings(ctx), await zoneOfEntity(ctx)]
  const late = before.due_date !== null && before.due_date < localDate(ctx.now, zone)
  const { columns, overpaid } = book(before, amount, {
    day: localDate(new Date(paid_at), zone),
    late,
    moved: payment.moved,
  })
  const { status, ...owed } = columns
  const { amount_due } = owed
  const about = { object_type: 'receivable', object_id: before.id, old_status: before.status, new_status: status } as const
  // An invoice over nothing is settled without money.
  const record = amount === 0 ? null : await settleRecord(ctx, payment, { ...about, overpaid_amount: overpaid })
  if (amount < 0) await fitRefunds(ctx, before.id, owedBack({ ...before, amount_paid: columns.amount_paid }))
  await RECEIVED(ctx, {
    id: before.id,
    user: payment.fields?.entity_user_id === undefined ? ctx.userId : payment.fields.entity_user_id,
    data: { amount_paid: amount, amount_due, comment },
  })
  const redraw = settings.generate_paid_invoice_pdf === true || (amount < 0 && before.status === 'paid')
  const changed = {
    ...owed,
    paid_at: status !== 'paid' ? null : before.status === 'paid' ? undefined : paid_at,
    comment: comment ?? undefined,
    pdf_stale: redraw || undefined,
  }
  const shown = await move(ctx, before, status, eventOf(before.status, status, amount), changed)
  if (redraw) await orderPages(ctx, before.id)
  return { record, shown }
}

const RECEIVED = sql(`select emit('receivable', :id, 'payment_received', :user?, :data::jsonb, true) as "emitted!"`)

/** Being paid less than before is not an event of its own: whoever listens hears that the invoice was updated. */
const eventOf = (before: string, status: string, amount: number): EventName<'receivable'> =>
  status === 'canceled' && before === 'paid'
    ? 'canceled'
    : amount < 0 || before === 'paid' || ENDED.has(status)
      ? 'updated'
      : status === 'paid'
        ? 'paid'
        : 'partially_paid'
const ENDED: ReadonlySet<string> = new Set(['canceled', 'uncollectible'])
