import { localDate } from '../../core/local-day.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { json } from '../../platform/database/rows.ts'
import type { RawJson } from '../../platform/http/types.ts'
import { localDay, zoneOfEntity } from '../../platform/local-day.ts'
import type { Machinery } from '../../platform/machinery.ts'
import { type EntitySettings, readSettings } from '../entities/settings/settings.service.ts'
import { creditInFull } from './credits.service.ts'
import { cancel, type Invoice, paidAt, payAll, payPart, writeOff } from './invoice.ts'
import { mailInOwnWords } from './mails.service.ts'
import { lockInvoice, moved, orderPages, type Stored, write } from './receivables.service.ts'

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
  return pay(ctx, before, payAll(before as Invoice, localDate(new Date(at), await zoneOfEntity(ctx))), { at, comment, settings })
}

export async function markPartiallyPaid(ctx: Ctx, id: string, { amount_paid, comment }: PaidInPart): Promise<RawJson> {
  const at = ctx.now.toISOString()
  const [before, settings] = await Promise.all([lockInvoice(ctx, id), readSettings(ctx)])
  return pay(ctx, before, payPart(before as Invoice, amount_paid, await localDay(ctx)), { at, comment, settings })
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
  const data = moved(before.status, status)
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
      { data },
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

/** Takes an invoice back. By the rules that is a credit note over what is due, issued at once and mailed to the customer. */
export async function cancelInvoice(machinery: Machinery, ctx: Ctx, id: string): Promise<null> {
  const [before, settings, drafts] = await Promise.all([
    lockInvoice(ctx, id),
    readSettings(ctx),
    ctx.db.query(DRAFT_CREDIT, [id]),
  ])
  const compliant = settings.receivable_edit_flow !== 'non_compliant'
  const { status, credited } = cancel(before as Invoice, { compliant, draftCreditNote: drafts.length > 0 })
  if (credited > 0) {
    await mailInOwnWords(machinery, ctx, await creditInFull(ctx, before, settings))
    return null
  }
  // Whatever the settings say of payments: a page that asks for one would be wrong from now on.
  await Promise.all([
    write(ctx, id, 'canceled', { status, amount_due: 0, pdf_stale: true }, { data: moved(before.status, status) }),
    orderPages(ctx, id),
  ])
  return null
}
