import { addDays, type PlainDate } from './calendar.ts'
import { add, type Minor, minor, ONE, percentOf, quantityOf, rateOf, round, sum } from './money.ts'
import { badRequest } from './refusal.ts'

/** The arithmetic of bills that come in: what their lines come to, and what is to be paid of them by when. Pure. */

export interface BillLine {
  /** Minor units; with decimals where a price has more of them than its currency. */
  readonly unit_price: number | null
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
  return withTax(minor(round(priceOf(unit_price) * quantityOf(quantity), ONE * ONE)), tax)
}

/** A price in millionths of a minor unit. */
const priceOf = (unit_price: number) => quantityOf(unit_price)

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

/** A charge (or, below zero, an allowance) on the bill as a whole: net, with its rate in hundredths of a percent. */
export interface BillCharge {
  readonly amount: Minor
  readonly tax: number | null
}

/** The lines that count: without a currency, in which alone what a document states is a number of minor units, none does until one has an amount. */
export const countedLines = <L extends Pick<LineSums, 'subtotal'>>(lines: readonly L[], currency: string | null): readonly L[] =>
  currency === null && lines.every(({ subtotal }) => subtotal === null) ? [] : lines

/**
 * A bill is the sum of its lines and of what is charged on the whole, with the tax of each rate taken once (EN 16931, BR-CO-17), less its
 * discount. Without lines nothing is known.
 */
export function billSums(
  lines: readonly (Pick<LineSums, 'subtotal'> & { readonly tax: number | null })[],
  discount: Minor | null,
  charges: readonly BillCharge[] = [],
): BillSums {
  if (lines.length === 0) return { subtotal: null, tax: null, tax_amount: null, total_amount: null }
  const parts = [...lines.map(({ subtotal, tax }) => ({ amount: subtotal ?? 0, tax })), ...charges]
  const rates = [...new Set(parts.map(({ tax }) => tax))]
  const netAt = (rate: number | null) => sum(parts.filter(({ tax }) => tax === rate).map(({ amount }) => amount))
  const tax_amount = sum(rates.map((rate) => (rate === null ? 0 : percentOf(netAt(rate), rateOf(rate)))))
  const subtotal = sum(parts.map(({ amount }) => amount))
  return {
    subtotal,
    tax: rates.length === 1 ? rates[0]! : null,
    tax_amount,
    total_amount: add(subtotal, tax_amount) - (discount ?? 0),
  }
}

/** What a document says it comes to, in minor units; what it doesn't say is null. */
export interface StatedSums {
  readonly subtotal: Minor | null
  readonly tax_amount: Minor | null
  readonly total_amount: Minor | null
  /** What is left to be paid. */
  readonly due: Minor | null
  /** What is paid of it already; what somebody else knows to be paid is no part of the document. */
  readonly paid?: Minor
  readonly charges: readonly BillCharge[]
  /** What is taken off the whole, where that is no charge below zero. */
  readonly discount?: Minor | null
}

/** Where what a document states does not add up, in words; `show` writes an amount. */
export function contradictions(
  { subtotal, tax_amount, total_amount, due, charges, discount }: StatedSums,
  lines: readonly Pick<LineSums, 'subtotal'>[],
  paid: Minor,
  adjustment: Minor,
  show: (amount: Minor) => string,
): string[] {
  const found: string[] = []
  const charged = sum(charges.map(({ amount }) => amount))
  const less = -(discount ?? 0)
  const inLines = sum(lines.map((line) => line.subtotal ?? 0))
  // A unit for each line: what is printed was rounded.
  const fits = (net: Minor) => lines.length === 0 || subtotal === null || Math.abs(net - subtotal) <= lines.length
  const comesTo = (onTop: Minor) =>
    subtotal === null || total_amount === null
      ? onTop === 0
      : (tax_amount === null && onTop === 0) || subtotal + (tax_amount ?? 0) + onTop === total_amount
  // On paper what is charged on the whole, or taken off, stands above the net amount or below the tax.
  const places = [
    { above: charged + less, below: 0 },
    { above: charged, below: less },
    { above: less, below: charged },
    { above: 0, below: charged + less },
  ]
  if (!places.some(({ above, below }) => fits(inLines + above) && comesTo(below))) {
    if (!fits(inLines + charged))
      found.push(`The lines and charges come to ${show(inLines + charged)}, the document says ${show(subtotal ?? 0)} net`)
    if (subtotal !== null && tax_amount !== null && total_amount !== null && subtotal + tax_amount !== total_amount)
      found.push(`The net amount ${show(subtotal)} and the tax ${show(tax_amount)} don't come to the total ${show(total_amount)}`)
  }
  if (due !== null && total_amount !== null && due !== total_amount + adjustment - paid)
    found.push(
      `Of the total ${show(total_amount)}, ${show(paid)} are paid: that does not leave the ${show(due)} that the document asks for`,
    )
  return found
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
  /** What the document adds to its total, or takes off, before it is paid: rounding, mostly (EN 16931, BT-114). */
  readonly due_adjustment: Minor
  readonly amount_credited: Minor
  readonly amount_paid: Minor
}

/** All that has to be paid of a bill, in one piece or several; unknown as long as the total is. */
export const billWhole = ({ total_amount, due_adjustment, amount_credited }: Omit<Owed, 'amount_paid'>): Minor | null =>
  total_amount === null ? null : Math.max(0, total_amount + due_adjustment - amount_credited)

/** What is still owed: never below nothing; unknown as long as the total is. */
export function billDue(owed: Owed): Minor | null {
  const whole = billWhole(owed)
  return whole === null ? null : Math.max(0, whole - owed.amount_paid)
}

/** What settles the bill on that day: less while a discount for early payment is open. */
export function billToPay(owed: Owed, tiers: readonly Tier[], today: PlainDate): Minor | null {
  const due = billDue(owed)
  const open = tiers.find(({ date }) => date >= today)
  return due === null || !open || open.discount === 0 ? due : due - percentOf(due, rateOf(open.discount))
}
