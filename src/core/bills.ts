import { addDays, type PlainDate } from './calendar.ts'
import { add, exact, type Minor, minor, ONE, percentOf, quantityOf, rateOf, round, sum } from './money.ts'
import { badRequest } from './refusal.ts'

/** The arithmetic of bills that come in: what their lines come to, and what is to be paid of them by when. Pure. */

export interface BillLine {
  readonly unit_price: Minor | null
  readonly quantity: number | null
  /** Hundredths of a percent. */
  readonly tax: number | null
}
export interface LineSums {
  readonly subtotal: Minor | null
  readonly tax_amount: Minor | null
  readonly total: Minor | null
}

/** One line: price × quantity, its tax on top, each rounded to the minor unit (halves away from zero). Unknown without both. */
export function lineSums({ unit_price, quantity, tax }: BillLine): LineSums {
  if (unit_price === null || quantity === null) return { subtotal: null, tax_amount: null, total: null }
  return withTax(minor(round(exact(unit_price) * quantityOf(quantity), ONE)), tax)
}

/** A net sum with its tax. */
export function withTax(subtotal: Minor, tax: number | null): LineSums {
  const tax_amount = tax === null ? 0 : percentOf(subtotal, rateOf(tax))
  return { subtotal, tax_amount, total: add(subtotal, tax_amount) }
}

export interface BillSums {
  readonly subtotal: Minor | null
  /** The one rate of all lines, if they share it. */
  readonly tax: number | null
  readonly tax_amount: Minor | null
  readonly total_amount: Minor | null
}

/** A bill is the sum of its lines, less its discount. Without lines nothing is known. */
export function billSums(lines: readonly (LineSums & { readonly tax: number | null })[], discount: Minor | null): BillSums {
  if (lines.length === 0) return { subtotal: null, tax: null, tax_amount: null, total_amount: null }
  const subtotal = sum(lines.map((line) => line.subtotal ?? 0))
  const tax_amount = sum(lines.map((line) => line.tax_amount ?? 0))
  const [first] = lines
  const tax = lines.every((line) => line.tax === first!.tax) ? first!.tax : null
  return { subtotal, tax, tax_amount, total_amount: add(subtotal, tax_amount) - (discount ?? 0) }
}

export interface BillTerms {
  readonly term_1?: { readonly number_of_days: number; readonly discount: number } | null
  readonly term_2?: { readonly number_of_days: number; readonly discount: number } | null
  readonly term_final: { readonly number_of_days: number }
}

/** Refuses (`bad_request`) terms whose days don't grow, and discounts that are none. */
export function checkBillTerms({ term_1, term_2, term_final }: BillTerms): void {
  const tiers = [term_1, term_2, term_final].filter((tier) => tier != null)
  if (tiers.some(({ number_of_days }) => number_of_days < 0 || number_of_days > 36_500))
    throw badRequest('payment_terms: number_of_days lies between 0 and 36500')
  if (tiers.some((tier, i) => i > 0 && tier.number_of_days <= tiers[i - 1]!.number_of_days))
    throw badRequest('payment_terms: the days of term_1, term_2 and term_final grow from one to the next')
  for (const tier of [term_1, term_2])
    if (tier && (tier.discount < 0 || tier.discount > 10_000))
      throw badRequest('payment_terms: a discount lies between 0 and 10000')
}

export const dueBy = (issued_at: PlainDate | null, terms: BillTerms | null): PlainDate | null =>
  issued_at && terms ? addDays(issued_at, terms.term_final.number_of_days) : null

export interface Tier {
  readonly date: PlainDate
  readonly discount: number
}

/** When the bill can be paid with which discount, earliest first. */
export function tiersOf(issued_at: PlainDate | null, terms: BillTerms | null): Tier[] {
  if (!issued_at || !terms) return []
  const early = [terms.term_1, terms.term_2].flatMap((tier) => (tier ? [tier] : []))
  return [...early, { ...terms.term_final, discount: 0 }].map(({ number_of_days, discount }) => ({
    date: addDays(issued_at, number_of_days),
    discount,
  }))
}

export type PaymentPriority = 'working_capital' | 'balanced' | 'bottom_line'

/** When to pay, by what matters to the entity: keep the money longest, take the best discount, or something between. Past tiers don't count. */
export function suggestedTier(tiers: readonly Tier[], priority: PaymentPriority, today: PlainDate): Tier | null {
  const open = tiers.filter(({ date }) => date >= today)
  const last = open.at(-1)
  if (!last) return tiers.at(-1) ?? null
  const early = open.slice(0, -1)
  if (priority === 'working_capital' || early.length === 0) return last
  if (priority === 'balanced') return early.at(-1)!
  return early.reduce((best, tier) => (tier.discount > best.discount ? tier : best))
}

interface Owed {
  readonly total_amount: Minor | null
  readonly amount_credited: Minor
  readonly amount_paid: Minor
}

/** What is still owed: never below nothing; unknown as long as the total is. */
export const billDue = ({ total_amount, amount_credited, amount_paid }: Owed): Minor | null =>
  total_amount === null ? null : Math.max(0, total_amount - amount_credited - amount_paid)

/** What settles the bill on that day: less while a discount for early payment is open. */
export function billToPay(owed: Owed, tiers: readonly Tier[], today: PlainDate): Minor | null {
  const due = billDue(owed)
  const open = tiers.find(({ date }) => date >= today)
  return due === null || !open || open.discount === 0 ? due : due - percentOf(due, rateOf(open.discount))
}
