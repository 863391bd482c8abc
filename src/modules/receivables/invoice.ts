import { amountToPay, type PaymentTerms, type ResolvedTerms } from '../../core/terms.ts'
import { badRequest, conflict } from '../../core/refusal.ts'
import { invoiceFlow, type InvoiceState } from './invoice.flow.ts'

/** Decisions about an issued invoice: each answers the columns that change. Amounts in minor units, days as YYYY-MM-DD. */

export interface Invoice {
  readonly status: string
  readonly total_amount: number
  readonly amount_credited: number
  readonly amount_paid: number
  readonly amount_due: number
  readonly early_terms: PaymentTerms | null
}

const state = (invoice: Invoice) => invoice.status as InvoiceState

/** What would settle the invoice when paid on `day`: less than is due while a discount for early payment is open. */
export function toPay({ status, total_amount, amount_credited, amount_paid, amount_due, early_terms }: Invoice, day: string): number {
  if (!early_terms || !['issued', 'partially_paid', 'overdue'].includes(status)) return amount_due
  return Math.min(amount_due, amountToPay(total_amount - amount_credited, amount_paid, early_terms as ResolvedTerms, day))
}

/** Takes everything that is still to pay on `day`; with it the invoice is settled, also when a discount was conceded. */
export function payAll(invoice: Invoice, day: string) {
  const status = invoiceFlow.next(state(invoice), 'pay')
  const amount = toPay(invoice, day)
  return { amount, status, amount_paid: invoice.amount_paid + amount, amount_due: 0 }
}

/** Takes a payment of less than what is due. As much or more is refused, never cut down. */
export function payPart(invoice: Invoice, amount: number) {
  const status = invoiceFlow.next(state(invoice), 'pay_part')
  if (amount >= invoice.amount_due) throw conflict(`A payment of ${amount} would settle the ${invoice.amount_due} due: mark the invoice as paid instead`)
  return { amount, status, amount_paid: invoice.amount_paid + amount, amount_due: invoice.amount_due - amount }
}

/** Gives up what is still due. The figures stay: they say how much was written off. */
export const writeOff = (invoice: Invoice) => ({ status: invoiceFlow.next(state(invoice), 'write_off') })

/**
 * Takes the invoice back. By the rules (`compliant`) a credit note over what is due does that, and never after a payment; without
 * them the invoice itself ends.
 */
export function cancel(invoice: Invoice, { compliant, draftCreditNote }: { compliant: boolean; draftCreditNote: boolean }) {
  if (invoice.status === 'partially_paid' && !compliant) return { status: 'canceled' as const, credited: 0 }
  if (invoice.status === 'partially_paid') throw conflict('The invoice is partly paid: create a credit note for the rest instead')
  const status = invoiceFlow.next(state(invoice), 'cancel')
  if (compliant && invoice.amount_paid > 0) throw conflict('The invoice is partly paid: create a credit note for the rest instead')
  if (compliant && draftCreditNote) throw conflict('There is a draft credit note for this invoice: issue or delete it first')
  return { status, credited: compliant ? invoice.amount_due : 0 }
}

/** A payment can't lie in the future. */
export function paidAt(asked: string | null | undefined, now: Date): string {
  if (!asked) return now.toISOString()
  const instant = new Date(/[zZ]|[+-]\d{2}:?\d{2}$/.test(asked) ? asked : `${asked}Z`)
  if (instant.getTime() > now.getTime() + 60_000) throw badRequest('paid_at lies in the future')
  return instant.toISOString()
}
