import { billToPay, billWhole, tiersOf } from '../../core/bills.ts'
import { localDate } from '../../core/local-day.ts'
import { afterPayment } from '../../core/payments/balance.ts'
import { badRequest, conflict } from '../../core/refusal.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { type RowOf, sql } from '../../platform/database/sql.ts'
import { localDay, zoneOfEntity } from '../../platform/local-day.ts'
import { type Payment, settleRecord } from '../booking/ledger.service.ts'
import { type PayableAction, payableFlow } from './payables.flow.ts'
import { type PayableRow, type ShownRow, shownPayable } from './payables.present.ts'
import {
  type BillChanges,
  frozenVendor,
  lockPayable,
  openOn,
  readRules,
  refuseWhileReading,
  step,
  write,
} from './payables.service.ts'

/** How bills are paid, and payments taken back: each is a record, and what a bill says was paid is the sum of its records. */

const UNDER_WAY = sql(`
  select id from payment_records where object_type = 'payable' and object_id = :id and status = 'processing' and deleted_at is null limit 1`)

/** Whether a payment of the bill is on its way. */
export const isUnderWay = async (ctx: Ctx, id: string): Promise<boolean> => (await UNDER_WAY(ctx, { id })).length > 0

/** What the whole of a bill comes to, less what its vendor credited. */
const whole = (row: PayableRow) => billWhole(row) ?? 0

export async function markPaid(ctx: Ctx, id: string, comment: string | null | undefined) {
  const row = await lockPayable(ctx, id)
  if (row.status === 'approve_in_progress') throw conflict("A payable that is being approved can't be marked as paid")
  payableFlow.next(row.status, 'pay')
  refuseWhileReading(row)
  return shownPayable(ctx, await payPayable(ctx, row, comment ?? null))
}

/** Settles a bill outside of any payment rails. */
export async function payPayable(ctx: Ctx, row: ShownRow, comment: string | null): Promise<ShownRow> {
  const marked = { marked_as_paid_by_entity_user_id: ctx.userId, marked_as_paid_with_comment: comment }
  const rest = whole(row) - row.amount_paid
  const paid_at = ctx.now.toISOString()
  if (rest > 0) return (await payBill(ctx, row, { amount: rest, currency: row.currency, paid_at, comment }, marked)).row
  // Nothing is left to pay of it: it is settled without money.
  return step(ctx, row, 'pay', 'paid', { ...(await vendorOf(ctx, row)), ...marked, paid_at })
}

/** Notes how much of a bill was paid so far, all payments together. Less than was noted before corrects that. */
export async function markPartiallyPaid(ctx: Ctx, id: string, amount_paid: number) {
  const row = await lockPayable(ctx, id)
  payableFlow.next(row.status, 'pay_part')
  if (amount_paid <= 0 || amount_paid >= whole(row))
    throw badRequest(`amount_paid is more than 0 and less than the ${whole(row)} of the payable; mark it as paid instead`)
  const amount = amount_paid - row.amount_paid
  if (amount !== 0) {
    const payment = { amount, currency: row.currency, paid_at: ctx.now.toISOString() }
    return shownPayable(ctx, (await payBill(ctx, row, payment, {}, 'pay_part')).row)
  }
  return shownPayable(ctx, await step(ctx, row, 'pay_part', 'partially_paid', await vendorOf(ctx, row)))
}

/** Takes payments back; `amount_paid` is what remains paid. */
export async function revertPayment(ctx: Ctx, id: string, amount_paid: number) {
  const row = await lockPayable(ctx, id)
  payableFlow.next(row.status, 'revert')
  if (amount_paid >= whole(row)) throw badRequest(`amount_paid has to be less than the ${whole(row)} of the payable`)
  if (amount_paid > row.amount_paid) throw badRequest(`amount_paid: only ${row.amount_paid} were paid`)
  const amount = amount_paid - row.amount_paid
  if (amount !== 0) {
    const payment = { amount, currency: row.currency, paid_at: ctx.now.toISOString() }
    return shownPayable(ctx, (await payBill(ctx, row, payment)).row)
  }
  const action = amount_paid === 0 ? 'revert' : 'revert_part'
  return shownPayable(ctx, await back(ctx, row, action, { amount_paid }))
}

/** Refuses (`conflict`) what a bill in its status takes no payment of. */
export function checkTakesPayment(row: PayableRow): void {
  if (row.status === 'approve_in_progress') throw conflict("A payable that is being approved can't be paid")
  payableFlow.next(row.status, 'pay')
  refuseWhileReading(row)
}

const IS_NOW = sql(`
  select id, iban, account_number, routing_number, sort_code from counterpart_bank_accounts where id = any (:ids) and deleted_at is null`)
type AccountsNow = ReadonlyMap<string, RowOf<typeof IS_NOW>>

/**
 * The account that a bill is paid to: the one it was approved with. Refuses (`conflict`) when that one is gone, or leads elsewhere by now:
 * whoever approves has to see it first.
 */
function accountToPay({ approved_account: approved, counterpart_bank_account_id: named }: PayableRow, accounts: AccountsNow) {
  if (!approved) return named
  const { id, ...then } = approved
  const now = accounts.get(id)
  const same =
    now && (['iban', 'account_number', 'routing_number', 'sort_code'] as const).every((part) => now[part] === then[part])
  if (!same) throw conflict('The bank account of the vendor changed after the bill was approved: reopen and approve it again')
  return id
}

/** What bills ask of the entity that is to pay them: for each of them, or why it can't be paid now (a refusal that is thrown). */
export async function askedOfBills(ctx: Ctx, bills: readonly ShownRow[]) {
  const ids = bills.flatMap(({ approved_account }) => (approved_account ? [approved_account.id] : []))
  const accounts: AccountsNow = new Map((ids.length > 0 ? await IS_NOW(ctx, { ids }) : []).map((row) => [row.id, row]))
  const today = await localDay(ctx)
  return (row: ShownRow) => ({
    open: openOn(row, today),
    counterpart_id: row.counterpart_id,
    currency: row.currency,
    due_date: row.due_date,
    issue_date: row.issued_at,
    number: row.document_id,
    account_id: accountToPay(row, accounts),
    language: null,
  })
}

/** Books a payment of a bill that is locked: its record, and the bill with it. `as` says that it is one in part, whatever it leads to. */
export async function payBill(
  ctx: Ctx,
  row: ShownRow,
  payment: Payment,
  marked: Partial<PayableRow> = {},
  as?: 'pay_part',
): Promise<{ record: string; row: ShownRow }> {
  const { amount, paid_at } = payment
  const day = localDate(new Date(paid_at), await zoneOfEntity(ctx))
  const total = whole(row)
  const settling = billToPay(row, tiersOf(row.issued_at, row.payment_terms), day) ?? 0
  const after = afterPayment({ total, paid: row.amount_paid }, amount, settling)
  const action = as ?? actionFor(amount, after.reached)
  const stays =
    (row.status === 'paid' && (amount > 0 ? payment.moved === true : after.reached === 'whole')) || hasEnded(row, payment)
  const status = stays ? row.status : payableFlow.next(row.status, action)
  const about = { object_type: 'payable', object_id: row.id, old_status: row.status, new_status: status } as const
  const record = await settleRecord(ctx, payment, { ...about, overpaid_amount: after.overpaid })
  const columns = { ...marked, amount_paid: after.paid }
  if (stays) return { record, row: await write(ctx, row.id, 'updated', columns) }
  if (action === 'revert' || action === 'revert_part') return { record, row: await back(ctx, row, action, columns) }
  const vendor = await vendorOf(ctx, row)
  if (action === 'pay') return { record, row: await step(ctx, row, action, 'paid', { ...vendor, ...columns, paid_at }) }
  return { record, row: await step(ctx, row, action, 'partially_paid', { ...vendor, ...columns }) }
}

const actionFor = (
  amount: number,
  reached: 'nothing' | 'part' | 'whole',
): PayableAction & ('pay' | 'pay_part' | 'revert' | 'revert_part') =>
  reached === 'whole' ? 'pay' : amount > 0 ? 'pay_part' : reached === 'part' ? 'revert_part' : 'revert'

/** Money that has moved already is booked also where nothing was to be paid any more. */
const hasEnded = ({ status }: PayableRow, { moved: has }: Payment): boolean =>
  has === true && !payableFlow.can(status, 'pay') && status !== 'paid'

/** The bill after money came back: nothing says any more who paid it when. */
function back(ctx: Ctx, row: ShownRow, action: 'revert' | 'revert_part', columns: BillChanges): Promise<ShownRow> {
  const cleared = { paid_at: null, marked_as_paid_by_entity_user_id: null, marked_as_paid_with_comment: null }
  return step(ctx, row, action, 'updated', { ...columns, ...cleared })
}

const vendorOf = async (ctx: Ctx, row: ShownRow) => frozenVendor(ctx, row, (await readRules(ctx)).partner)
