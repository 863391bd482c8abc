import { afterPayment } from '../../core/payments/balance.ts'
import { badRequest, conflict } from '../../core/refusal.ts'
import { amountToPay, type ResolvedTerms } from '../../core/terms.ts'
import type { EntitySettings } from '../entities/settings/settings.service.ts'
import { type DraftState, type InvoiceState, invoiceFlow } from './invoice.flow.ts'

/** Decisions about an issued invoice: each answers the columns that change. Amounts in minor units, days as YYYY-MM-DD. */

export interface Invoice {
  readonly status: InvoiceState | DraftState
  readonly total_amount: number
  readonly amount_credited: number
  readonly amount_paid: number
  readonly amount_due: number
  readonly early_terms: ResolvedTerms | null
}

const OPEN: ReadonlySet<string> = new Set(['issued', 'partially_paid', 'overdue'])

/** What would settle the invoice when paid on `day`: less than is due while a discount for early payment is open. */
export function toPay(
  { status, total_amount, amount_credited, amount_paid, amount_due, early_terms }: Invoice,
  day: string,
): number {
  if (!early_terms || !OPEN.has(status)) return amount_due
  return Math.min(amount_due, amountToPay(total_amount - amount_credited, amount_paid, early_terms, day))
}

/** What a payment in full takes on `day`: all that is still to pay, less when a discount is conceded. */
export function wholeOf(invoice: Invoice, day: string): number {
  invoiceFlow.next(invoice.status, 'pay')
  return toPay(invoice, day)
}

/** Refuses (`conflict`) a payment in part that would settle all that is due; its amount is never cut down. */
export function checkPart(invoice: Invoice, amount: number): void {
  invoiceFlow.next(invoice.status, 'pay_part')
  if (amount >= invoice.amount_due)
    throw conflict(`A payment of ${amount} would settle the ${invoice.amount_due} due: mark the invoice as paid instead`)
}

interface When {
  /** The day of the payment. */
  readonly day: string
  /** Whether the due date is over. */
  readonly late: boolean
  /** The money has moved already: it is booked whatever the status. */
  readonly moved?: boolean
}

/**
 * The invoice after `amount` came in, or went back where it is below zero. While a discount is open a payment may reach what is to pay
 * with it: that settles the invoice, too. What comes in beyond the total is noted as overpaid.
 */
export function book(invoice: Invoice, amount: number, { day, late, moved = false }: When) {
  const due = toPay(invoice, day)
  // If nothing is owed, the invoice is settled without money.
  const free = amount === 0 && due === 0
  const total = invoice.total_amount - invoice.amount_credited
  const after = free
    ? ({ paid: invoice.amount_paid, due: 0, overpaid: 0, reached: 'whole' } as const)
    : afterPayment({ total, paid: invoice.amount_paid }, amount, OPEN.has(invoice.status) ? due : total - invoice.amount_paid)
  const status = statusBooked(invoice, amount, after.reached, late, moved)
  const amount_due = status === 'canceled' || status === 'paid' ? 0 : after.due
  return { columns: { status, amount_paid: after.paid, amount_due }, overpaid: after.overpaid }
}

const ENDED: ReadonlySet<string> = new Set(['canceled', 'uncollectible'])

/** The status after a payment. An invoice that ended otherwise keeps its status; a paid one takes more only if the money has come already. */
function statusBooked(
  invoice: Invoice,
  amount: number,
  reached: 'nothing' | 'part' | 'whole',
  late: boolean,
  moved: boolean,
): Invoice['status'] {
  const { status: before } = invoice
  if (ENDED.has(before) && (moved || amount < 0)) return before
  if (before === 'paid' && (amount > 0 ? moved : reached === 'whole')) return 'paid'
  if (amount >= 0) return invoiceFlow.next(before, reached === 'whole' ? 'pay' : 'pay_part')
  // All of it was credited, and all that was paid went back: nothing is left of it.
  if (reached === 'nothing' && isWhollyCredited(invoice)) return invoiceFlow.next(before, 'give_back')
  if (before === 'overdue' || late) return invoiceFlow.next(before, 'refund_late')
  return invoiceFlow.next(before, reached === 'part' ? 'refund_part' : 'refund')
}

const isWhollyCredited = ({ total_amount, amount_credited }: Invoice) => total_amount > 0 && amount_credited === total_amount

/** Whether what an issued document says may be edited: only without the rules, and only while the invoice is open. */
export function mayEditIssued(
  { type, status, frozen }: { type: string; status: string; frozen: boolean },
  settings: EntitySettings,
) {
  if (settings.receivable_edit_flow !== 'non_compliant' || frozen)
    throw conflict('An issued document does not change: create a credit note and issue a new one')
  if (type !== 'invoice' || !OPEN.has(status)) throw conflict(`A document that is ${status.replace('_', ' ')} can't be edited`)
}

/**
 * An open invoice after an edit: what is due of the new total, and the status that goes with it and with the new due date. A
 * total below what was paid and credited is refused.
 */
export function restate(invoice: Invoice, total: number, due_date: string | null, today: string) {
  const settled = invoice.amount_paid + invoice.amount_credited
  if (total < settled) throw conflict(`The total can not fall below the ${settled} already paid or credited`)
  return { amount_due: total - settled, status: statusAfter(invoice, total - settled, due_date !== null && due_date < today) }
}

function statusAfter(invoice: Invoice, due: number, late: boolean): Invoice['status'] {
  if (due === 0 && invoice.amount_paid > 0) return invoiceFlow.next(invoice.status, 'pay')
  const overdue = invoice.status === 'overdue'
  if (late && due > 0) return overdue ? 'overdue' : invoiceFlow.next(invoice.status, 'lapse')
  if (!overdue) return invoice.status
  return invoiceFlow.next('overdue', invoice.amount_paid > 0 ? 'postpone_part' : 'postpone')
}

/** Gives up what is still due. The figures stay: they say how much was written off. */
export const writeOff = (invoice: Invoice) => ({ status: invoiceFlow.next(invoice.status, 'write_off') })

/**
 * Takes the invoice back. By the rules (`compliant`) a credit note over what is due does that, and never after a payment; without
 * them the invoice itself ends.
 */
export function cancel(invoice: Invoice, { compliant, draftCreditNote }: { compliant: boolean; draftCreditNote: boolean }) {
  if (invoice.status === 'partially_paid' && !compliant)
    return { status: invoiceFlow.next(invoice.status, 'take_back'), credited: 0 }
  if (invoice.status === 'partially_paid') throw conflict('The invoice is partly paid: create a credit note for the rest instead')
  const status = invoiceFlow.next(invoice.status, 'cancel')
  if (compliant && invoice.amount_paid > 0)
    throw conflict('The invoice is partly paid: create a credit note for the rest instead')
  if (compliant && draftCreditNote) throw conflict('There is a draft credit note for this invoice: issue or delete it first')
  return { status, credited: compliant ? invoice.amount_due : 0 }
}

/** What was paid beyond what the invoice comes to by now: it is the customer's. */
export const owedBack = ({ total_amount, amount_credited, amount_paid }: Invoice): number =>
  Math.max(0, amount_paid - (total_amount - amount_credited))

/**
 * Takes a credit note over `amount`. Nothing above what is due can be credited, unless what was paid may be (`paid_too`): then the customer
 * gets `refund` back. What leaves nothing due ends the invoice: paid when there was a payment, canceled otherwise.
 */
export function credit(invoice: Invoice, amount: number, { paid_too }: { paid_too: boolean }) {
  checkCreditable(invoice, { paid_too })
  const most = paid_too ? invoice.total_amount - invoice.amount_credited : invoice.amount_due
  if (amount > most)
    throw conflict(`A credit note of ${amount} takes more than the ${most} that ${paid_too ? 'are left' : 'are due'}`)
  const amount_due = Math.max(0, invoice.amount_due - amount)
  const end = invoice.amount_paid > 0 ? ('pay' as const) : ('cancel' as const)
  const ends = amount_due === 0 && invoice.status !== 'paid'
  const amount_credited = invoice.amount_credited + amount
  return {
    columns: { status: ends ? invoiceFlow.next(invoice.status, end) : invoice.status, amount_due, amount_credited },
    refund: owedBack({ ...invoice, amount_credited }) - owedBack(invoice),
  }
}

/** Refuses (`conflict`) an invoice that no credit note can be made for; one that is paid unless the entity wants that (`paid_too`). */
export function checkCreditable({ status }: Pick<Invoice, 'status'>, { paid_too }: { paid_too: boolean }): void {
  if (OPEN.has(status) || (status === 'paid' && paid_too)) return
  const hint = status === 'paid' ? ' unless the setting credit_paid_invoices is on' : ''
  throw conflict(`An invoice that is ${status.replace('_', ' ')} can't be credited${hint}`)
}

/** Whether it still asks for money. */
export const isOpen = ({ status }: Pick<Invoice, 'status'>): boolean => OPEN.has(status)

/** The moment of a payment, which can't lie in the future. A minute is forgiven: clocks differ. */
export function paidAt(asked: string | null | undefined, now: Date): string {
  if (!asked) return now.toISOString()
  const at = instantOf(asked)
  if (Date.parse(at) > now.getTime() + 60_000) throw badRequest('paid_at lies in the future')
  return at
}

/** What ends a moment that says how far it is from UTC. */
export const OFFSET = /([zZ]|[+-]\d{2}:?\d{2})$/

/** A moment in UTC, as `2022-01-01T00:00:00.000Z`; without an offset it is meant so. */
export const instantOf = (text: string): string => new Date(OFFSET.test(text) ? text : `${text}Z`).toISOString()
