import {
  billSums,
  billToPay,
  billWhole,
  checkBillTerms,
  countedLines,
  dueBy,
  type LineSums,
  suggestedTier,
  tiersOf,
} from '../../core/bills.ts'
import { badRequest, conflict, notFound } from '../../core/refusal.ts'
import type { Updateable } from '../../platform/database/columns.ts'
import type { Ctx } from '../../platform/database/context.ts'
import type { Database } from '../../platform/database/database.types.ts'
import { rows, rowTable, type Telling } from '../../platform/database/rows.ts'
import { shaped, sql } from '../../platform/database/sql.ts'
import type { EventName, QuietName } from '../../platform/events/catalog.ts'
import { localDay } from '../../platform/local-day.ts'
import { fitLinks } from '../booking/fitting.service.ts'
import { bookRecord, correctCurrency } from '../booking/ledger.service.ts'
import { complete, type EntitySettings } from '../entities/settings/settings.service.ts'
import { alarmsOf } from './alarms.service.ts'
import { type Named, snapshotOf, tieToCounterpart } from './linking.service.ts'
import { type PayableAction, payableFlow } from './payables.flow.ts'
import { type ApprovedAccount, COLUMNS, LOCK_BILLS, type PayableRow, type ShownRow, shownPayable } from './payables.present.ts'
import { type Fault, faultsOf } from './payables.rules.ts'
import type { HistoryDetails, PayableState } from './payables.schema.ts'
import { printedSums } from './reading/extracted.snapshot.ts'

/** What all that happens to bills has in common: finding, locking, and the one place that writes. */

// Finding

/** Bills as the database holds them. */
export const billTable = rowTable<ShownRow>()('payables', {
  noun: 'Payable',
  object: 'payable',
  select: COLUMNS,
  flow: payableFlow,
})

export const findPayable = (ctx: Ctx, id: string) => rows.find(ctx, billTable, id)
export const lockPayable = (ctx: Ctx, id: string) => rows.lock(ctx, billTable, id)

/** Several bills in one statement, locked in the order of their ids. A 404 when one isn't there; whose they are is for the caller to check. */
export async function lockPayables(ctx: Ctx, ids: readonly string[]): Promise<ShownRow[]> {
  const found = await LOCK_BILLS(ctx, { ids })
  if (found.length < new Set(ids).size) throw notFound('Payable not found')
  return found
}
export const showPayable = async (ctx: Ctx, id: string) => shownPayable(ctx, await findPayable(ctx, id))

export interface PartnerRules {
  allow_counterpart_autolinking?: boolean | null
  allow_counterpart_autocreation?: boolean | null
  allow_cancel_duplicates_automatically?: boolean | null
  allow_credit_note_autolinking?: boolean | null
  enable_line_items?: boolean | null
  default_state?: string | null
  skip_approval_for_paid_invoice?: boolean | null
  approve_page_url?: string | null
}
/** By what rules this entity's bills live. */
export interface Rules {
  readonly entity: EntitySettings
  readonly partner: PartnerRules
  /** Fields that make a bill complete; null for the usual ones. */
  readonly required: readonly string[] | null
  readonly byLines: boolean
}

const RULES = shaped<{ partner: PartnerRules | null }>()(
  sql(`
  select e.settings as entity, p.settings -> 'payable' as partner,
    (select v.required_fields from payable_validations v where v.kind = :kind and v.deleted_at is null) as required
  from entities e join partners p on p.id = e.partner_id where e.id = :entityId`),
)

export async function readRules(ctx: Ctx, kind: 'payable' | 'credit_note' = 'payable'): Promise<Rules> {
  const { entity, partner, required } = await RULES.one(ctx, { entityId: ctx.entityId, kind })
  return { entity: complete(entity), partner: partner ?? {}, required, byLines: partner?.enable_line_items !== false }
}

export interface LineRow extends LineSums {
  id: string
  name: string | null
  description: string | null
  quantity: number | null
  unit: string | null
  unit_price: number | null
  unit_price_exact: number | null
  tax: number | null
  ledger_account_id: string | null
  accounting_tax_rate_id: string | null
}
const LINES = sql(`
  select id, name, description, quantity::float8 as quantity, unit, unit_price, unit_price_exact::float8 as unit_price_exact, tax, subtotal, tax_amount, total, ledger_account_id, accounting_tax_rate_id
  from payable_line_items where payable_id = :payable_id and deleted_at is null order by created_at, id`)

export const readLines = (ctx: Ctx, id: string) => LINES(ctx, { payable_id: id })

// Writing

type Event = EventName<'payable'> | QuietName<'payable'>
/** What changes of a bill beside its status. */
export type BillChanges = Omit<Updateable<Database['payables']>, 'status'>

/** Changes a bill, but not its status; its payment links go with what is open of it. */
export async function write(ctx: Ctx, id: string, event: Event, columns: BillChanges, telling: Telling = {}): Promise<ShownRow> {
  const row = await rows.change(ctx, billTable, id, columns, event, telling)
  if ('amount_paid' in columns || 'amount_credited' in columns) await fitLinks(ctx, 'payable', id, await openOf(ctx, row))
  return row
}

/** What is to pay of a bill on a day; nothing where it isn't to be paid. */
export function openOn(row: PayableRow, day: string): number {
  if (row.status !== 'waiting_to_be_paid' && row.status !== 'partially_paid') return 0
  return billToPay(row, tiersOf(row.issued_at, row.payment_terms), day) ?? 0
}
/** The same today. */
const openOf = async (ctx: Ctx, row: PayableRow): Promise<number> => openOn(row, await localDay(ctx))

/** Where a bill is agreed to: its approved credit notes are applied. */
export const agreed: ReadonlySet<PayableState> = new Set(['waiting_to_be_paid', 'partially_paid', 'paid'])

/** A bill takes a step of its flow, by an event of its own; where it is agreed to now, its credit notes are applied. */
export async function step(
  ctx: Ctx,
  row: PayableRow,
  action: PayableAction,
  event: Event,
  columns: BillChanges = {},
  details?: HistoryDetails,
): Promise<ShownRow> {
  if (agreed.has(payableFlow.next(row.status, action)) && !agreed.has(row.status)) {
    await applyCredits(ctx, row.id)
    const { counterpart_id = row.counterpart_id, counterpart_bank_account_id = row.counterpart_bank_account_id } = columns
    const payee = { counterpart_id, counterpart_bank_account_id, currency: columns.currency ?? row.currency }
    columns = { ...columns, approved_account: await accountOf(ctx, payee) }
  }
  const after = await rows.move(ctx, billTable, row, action, event, columns, { data: details && { details } })
  await fitLinks(ctx, 'payable', row.id, await openOf(ctx, after))
  return after
}

const ACCOUNT = sql(`
  select id, iban, account_number, routing_number, sort_code from counterpart_bank_accounts
  where counterpart_id = :vendor and deleted_at is null and (id = :named?::uuid or :named?::uuid is null and is_default_for_currency and currency = :currency?::text)`)

/** The account that the vendor of a bill is paid to as things stand: the one that is named, else the usual one. */
async function accountOf(
  ctx: Ctx,
  row: Pick<PayableRow, 'counterpart_id' | 'counterpart_bank_account_id' | 'currency'>,
): Promise<ApprovedAccount | null> {
  if (!row.counterpart_id) return null
  const found = await ACCOUNT.maybe(ctx, {
    vendor: row.counterpart_id,
    named: row.counterpart_bank_account_id,
    currency: row.currency,
  })
  return found ?? null
}

/** What the reading of a file may not come between. */
export function refuseWhileReading({ ocr_status }: PayableRow): void {
  if (ocr_status === 'processing') throw conflict('The file of this payable is still being read: wait for it, or cancel_ocr')
}

// Deriving

interface Derived {
  readonly subtotal: number | null
  readonly tax: number | null
  readonly tax_amount: number | null
  readonly total_amount: number | null
  readonly due_date: string | null
  readonly suggested_payment_term: PayableRow['suggested_payment_term']
}

/**
 * What the document states, until somebody changes its lines; then the sums of lines and charges. Bills read by an older version, which
 * kept no stated sums, come to what was printed as long as they have no lines.
 */
function sumsBy(lines: readonly LineRow[], bill: PayableRow) {
  const { discount, other_extracted_data: read, stated, sums_stated } = bill
  if (sums_stated) return bill
  const printed = read && !stated && bill.ocr_status === 'success'
  if (lines.length === 0 && printed) return printedSums(read)
  return billSums(countedLines(lines, bill.currency), discount, stated?.charges)
}

/** What follows from the fields and the lines. */
function derive(bill: PayableRow, lines: readonly LineRow[], rules: Rules, today: string): Derived {
  if (bill.payment_terms) checkBillTerms(bill.payment_terms)
  const { subtotal, tax, tax_amount, total_amount } = rules.byLines ? sumsBy(lines, bill) : bill
  const tiers = tiersOf(bill.issued_at, bill.payment_terms)
  const suggested = suggestedTier(tiers, rules.entity.payment_priority ?? 'working_capital', today)
  return {
    subtotal,
    tax,
    tax_amount,
    total_amount,
    due_date: bill.due_date_given ? bill.due_date : dueBy(bill.issued_at, bill.payment_terms),
    suggested_payment_term: bill.suggested_payment_term_given ? bill.suggested_payment_term : suggested,
  }
}

/** Why the bill isn't complete. */
export const faultsIn = (bill: PayableRow, lines: readonly LineRow[], { required, byLines }: Rules): Fault[] =>
  faultsOf({
    bill,
    lines,
    required,
    byLines,
  })

/** Whether a bill whose reading is over, or that was never read, stands at its beginning. */
const isOpen = ({ status, ocr_status }: PayableRow) => (status === 'draft' || status === 'new') && ocr_status !== 'processing'

/**
 * Writes a bill whose fields or lines have changed: adds it up, dates it, and moves it between draft and new as it becomes complete
 * or not. One that becomes complete may go on by itself, where the settings say so. `begin` is the status a new bill is to have
 * whatever it lacks.
 */
export async function settle(
  ctx: Ctx,
  before: PayableRow,
  changes: Partial<PayableRow>,
  lines: readonly LineRow[],
  rules: Rules,
  { event = 'updated', begin, ...telling }: Telling & { event?: Event; begin?: 'draft' | 'new' | null } = {},
): Promise<ShownRow> {
  const discounted = changes.discount !== undefined && changes.discount !== before.discount && changes.sums_stated === undefined
  if (discounted) changes = { ...changes, sums_stated: false }
  const merged = { ...before, ...changes }
  const derived = derive(merged, lines, rules, await localDay(ctx))
  const bill = { ...merged, ...derived }
  if ((bill.discount ?? 0) < 0) throw badRequest('discount is an amount that is taken off: it is 0 or more')
  if (bill.total_amount !== null && bill.amount_credited > bill.total_amount)
    throw badRequest(
      bill.amount_credited === 0
        ? 'The bill would come to less than nothing: its discount and lines take off more than there is'
        : `The total can't fall below the ${bill.amount_credited} credited`,
    )
  if (bill.currency !== before.currency && before.amount_paid !== 0) await correctCurrency(ctx, before.id, bill.currency)
  if (bill.amount_paid !== before.amount_paid) await bookStated(ctx, bill, bill.amount_paid - before.amount_paid)
  const row = await write(ctx, before.id, event, { ...changes, ...derived }, telling)
  if (!isOpen(bill)) return row
  const wanted = begin ?? (faultsIn(bill, lines, rules).length === 0 ? 'new' : 'draft')
  if (wanted === bill.status) return row
  const open = await step(ctx, row, wanted === 'new' ? 'complete' : 'reopen_draft', 'status_changed')
  return wanted === 'new' ? goOn(ctx, open, rules) : open
}

/** What a bill says was paid of it before it came to us, or a correction of that, has its record like any payment. */
export async function bookStated(ctx: Ctx, { id, currency, status }: PayableRow, amount: number): Promise<void> {
  await bookRecord(ctx, { object_type: 'payable', object_id: id, amount, currency, old_status: status, new_status: status })
}

/** Where a bill that has become complete goes by itself: nowhere while something is odd about it. */
async function goOn(ctx: Ctx, row: ShownRow, { entity, partner }: Rules): Promise<ShownRow> {
  const whole = billWhole(row) ?? 0
  const paid = partner.skip_approval_for_paid_invoice && whole > 0 && row.amount_paid >= whole
  if (!paid && !entity.payables_skip_approval_flow) return row
  if ((await alarmsOf(ctx, row)).length > 0) return row
  const vendor = await frozenVendor(ctx, row, partner)
  if (paid) return step(ctx, row, 'pay', 'paid', { ...vendor, paid_at: ctx.now.toISOString() })
  return step(ctx, row, 'skip_approval', 'approved', { ...vendor })
}

/**
 * The vendor is settled for good before a bill goes on: found, made where that is wished, and copied. One that nobody knew is looked for
 * at every step; one that was copied stays as it was.
 */
export async function frozenVendor(
  ctx: Ctx,
  row: Named,
  partner: PartnerRules,
  object: 'payable' | 'payables_credit_note' = 'payable',
): Promise<Partial<PayableRow>> {
  if (row.counterpart && row.counterpart_id) return {}
  const linked = await tieToCounterpart(ctx, row, {
    mayLink: partner.allow_counterpart_autolinking === true,
    mayCreate: partner.allow_counterpart_autocreation === true,
    object,
  })
  return { ...linked, counterpart: await snapshotOf(ctx, { ...row, ...linked }) }
}

/** A bill that credits or payments cover by now is paid. */
export async function payWhenCovered(ctx: Ctx, row: ShownRow): Promise<ShownRow> {
  const open = row.status === 'waiting_to_be_paid' || row.status === 'partially_paid'
  const whole = billWhole(row)
  if (!open || whole === null || whole > row.amount_paid) return row
  return step(ctx, row, 'pay', 'paid', { paid_at: ctx.now.toISOString() })
}

const APPLY_CREDITS = sql(`
  with t as (update payable_credit_notes set status = 'applied', updated_at = app_now() where based_on = :based_on and status = 'approved' and deleted_at is null returning id)
  select emit('payables_credit_note', t.id, 'applied', :user?, '{"old_status":"approved","new_status":"applied"}') from t`)

/** Approved credit notes of a bill that is approved now, too, are done. */
async function applyCredits(ctx: Ctx, id: string): Promise<void> {
  await APPLY_CREDITS(ctx, { based_on: id, user: ctx.userId })
}

const FREE_CREDITS = sql(`
  with t as (update payable_credit_notes set based_on = null, updated_at = app_now() where based_on = :based_on and deleted_at is null returning id)
  select emit('payables_credit_note', t.id, 'updated', :user?) from t`)

/** The credit notes of a bill that is gone belong to none. */
export async function freeCredits(ctx: Ctx, id: string): Promise<void> {
  await FREE_CREDITS(ctx, { based_on: id, user: ctx.userId })
}
