import { exact, type Minor, minor, ONE, quantityOf, rateOf, round, share, sum, WHOLE } from './money.ts'
import { badRequest, conflict } from './refusal.ts'
import { type Line, type LineTotals, type Terms, type Totals, totals, type VatTotal } from './totals.ts'

/**
 * What a credit note takes back of an invoice. Several credit notes may share an invoice: each is added up by the rules of any
 * document, and the one that takes the rest takes exactly what the others left, so that together they are the invoice to the minor
 * unit (our choice; the law only asks that nothing is credited twice).
 */

/** So many of the invoice's `line` (counted from 0), which were left at `price`; all of it, or `price_diff` of each. */
export interface Credit {
  readonly line: number
  readonly price: Minor
  readonly quantity: number
  readonly price_diff: Minor | null
}

/** What is left of a line: so many, at what each still costs. */
export interface Position {
  readonly line: number
  readonly price: Minor
  readonly quantity: number
}

type Sold = Pick<Line, 'price' | 'quantity'>

const MILLION = 1_000_000
const units = (quantity: number) => Number(quantityOf(quantity))

/** What is left of the lines of an invoice after these credits, in their order. A line may be left at several prices. */
export function creditable(lines: readonly Sold[], credits: readonly Credit[]): Position[] {
  return lines.flatMap((sold, line) => {
    const left = new Map<Minor, number>([[sold.price, units(sold.quantity)]])
    for (const { price, quantity, price_diff } of credits.filter((credit) => credit.line === line)) {
      const before = left.get(price) ?? 0
      if (units(quantity) > before) throw conflict(`Only ${before / MILLION} of line ${line + 1} are left at ${price}`)
      left.set(price, before - units(quantity))
      if (price_diff !== null && price > price_diff)
        left.set(price - price_diff, (left.get(price - price_diff) ?? 0) + units(quantity))
    }
    return [...left].filter(([, many]) => many > 0).map(([price, many]) => ({ line, price, quantity: many / MILLION }))
  })
}

export const creditAll = (positions: readonly Position[]): Credit[] =>
  positions.map((position) => ({ ...position, price_diff: null }))

/** One product in a request: how many, and what to take off each; `old_price` tells apart what was sold at several prices. */
export interface CreditWanted {
  readonly quantity: number
  readonly price_diff?: Minor | null
  readonly old_price?: Minor | null
}

/** The credit that a request means. `positions` are those of the product; none is a 400, too much of one a 409. */
export function creditAsked(
  positions: readonly Position[],
  product: string,
  { quantity, price_diff, old_price }: CreditWanted,
): Credit {
  const fitting = positions.filter(({ price }) => !old_price || price === old_price)
  const position = fitting.find((one) => units(one.quantity) >= units(quantity)) ?? fitting[0]
  if (!position) throw badRequest(`There is nothing left to credit of product ${product}${old_price ? ` at ${old_price}` : ''}`)
  if (units(quantity) > units(position.quantity))
    throw conflict(`Only ${position.quantity} of product ${product} are left to credit`)
  if (price_diff && price_diff > position.price)
    throw conflict(`The price of product ${product} can fall by ${position.price} at most`)
  return { ...position, quantity, price_diff: price_diff ?? null }
}

/** The figures of a document that credits are measured by. */
export type Figures = Omit<Totals, 'lines'> & {
  readonly lines: readonly Pick<LineTotals, 'total_before_vat' | 'total_after_vat'>[]
}

export interface Credited {
  readonly credits: readonly Credit[]
  readonly figures: Figures
}

/** An invoice as it was issued: its lines as they were entered, and what they came to. */
export interface Invoiced {
  readonly lines: readonly Line[]
  readonly terms: Terms
  readonly figures: Figures
}

/** The line that a credit is printed as: part of the quantity, or part of the price, with its share of a discount in money. */
export function creditLine({ line, price, quantity, price_diff }: Credit, lines: readonly Line[]): Line {
  const sold = lines[line]!
  const { discount, tax } = sold
  if (discount?.type !== 'amount') return { ...sold, quantity, price: price_diff ?? price }
  // Whoever lowers the price leaves the discount where it is: it goes with the pieces themselves.
  if (price_diff !== null) return { ...sold, quantity, price: price_diff, discount: null }
  const part = minor(round(exact(discount.amount) * quantityOf(quantity), quantityOf(sold.quantity)))
  const worth = minor((exact(price) * quantityOf(quantity) * WHOLE) / (ONE * (WHOLE + rateOf(tax?.rate ?? 0))))
  const amount = Math.min(part, worth)
  return { ...sold, quantity, price, discount: amount > 0 ? { type: 'amount', amount } : null }
}

/**
 * Every figure of a credit note. Discounts and deductions in money are credited in proportion, percentages as they are. When nothing
 * is left afterwards the figures are what the `earlier` notes left. Refuses (`conflict`) what would take more than is left, be it
 * by a cent of rounding.
 */
export function creditTotals(invoice: Invoiced, earlier: readonly Credited[], credits: readonly Credit[]): Totals {
  const after = creditable(invoice.lines, [...earlier.flatMap((one) => one.credits), ...credits])
  const left = rest(invoice.figures, earlier)
  const lines = withRests(credits, invoice, after, left)
  const own = totals(lines, proportional(invoice, lines, left))
  if (after.length === 0) return takingAll(own, left)
  if (exceeds(own, credits, left, invoice.terms))
    throw conflict('That is more than the credit notes before it have left: credit all of the rest, or less')
  return own
}

const base = ({ vat_mode }: Terms) => (vat_mode === 'inclusive' ? 'total_after_vat' : 'total_before_vat')

/** The lines of a credit note. What takes the last of a line comes to what is left of it. */
function withRests(credits: readonly Credit[], { lines, terms }: Invoiced, after: readonly Position[], left: Figures): Line[] {
  const own = credits.map((credit) => creditLine(credit, lines))
  const plain = totals(own, { ...terms, discount: null, deductions: null, withholding_tax_rate: null }).lines
  const emptied = new Set(credits.map(({ line }) => line).filter((line) => !after.some((position) => position.line === line)))
  for (const line of emptied) {
    const members = credits.flatMap((credit, i) => (credit.line === line ? [i] : []))
    const rests = share(
      left.lines[line]![base(terms)],
      members.map((i) => plain[i]![base(terms)]),
    )
    members.forEach((i, nth) => {
      own[i] = { ...own[i]!, total: rests[nth]! }
    })
  }
  return own
}

const amounts = [
  'subtotal',
  'discount_value',
  'discounted_subtotal',
  'subtotal_after_vat',
  'total_vat_amount',
  'total_withholding_tax',
  'total_deduction_amount',
  'total_amount',
] as const

/** What of the invoice's figures the credit notes have left. */
export function rest(invoice: Figures, earlier: readonly Credited[]): Figures {
  const lines = invoice.lines.map(({ total_before_vat, total_after_vat }) => ({ total_before_vat, total_after_vat }))
  for (const { credits, figures } of earlier)
    credits.forEach(({ line }, i) => {
      lines[line]!.total_before_vat -= figures.lines[i]!.total_before_vat
      lines[line]!.total_after_vat -= figures.lines[i]!.total_after_vat
    })
  const single = Object.fromEntries(
    amounts.map((name) => [name, invoice[name] - sum(earlier.map(({ figures }) => figures[name]))]),
  ) as Record<(typeof amounts)[number], Minor>
  const taxes = invoice.total_vat_amounts.map((tax) =>
    earlier.reduce(
      (all, { figures }) =>
        lessTax(
          all,
          figures.total_vat_amounts.find(({ key }) => key === tax.key),
        ),
      tax,
    ),
  )
  return { ...single, lines, total_vat_amounts: taxes }
}

const lessTax = (tax: VatTotal, off: VatTotal | undefined): VatTotal =>
  off
    ? {
        ...tax,
        taxable_amount: tax.taxable_amount - off.taxable_amount,
        amount: tax.amount - off.amount,
        components: tax.components.map((part, i) => ({ ...part, amount: part.amount - (off.components[i]?.amount ?? 0) })),
      }
    : tax

/** The document's discount and deductions, as far as these lines have a part in them. */
function proportional({ terms, figures }: Invoiced, lines: readonly Line[], left: Figures): Terms {
  const { discount } = terms
  const offNet = terms.vat_mode !== 'inclusive' || terms.vat_inclusive_discount_mode !== 'inclusive'
  const total = offNet ? 'subtotal' : 'subtotal_after_vat'
  const plain = totals(lines, { ...terms, discount: null, deductions: null, withholding_tax_rate: null })
  const own = discount?.type === 'amount' ? part(discount.amount, plain[total], figures[total]) : null
  const taken = own === null ? discount : { type: 'amount' as const, amount: Math.min(own, left.discount_value) }
  const discounted = totals(lines, { ...terms, discount: taken, deductions: null })
  const deducted = part(
    figures.total_deduction_amount,
    discounted.total_amount,
    figures.total_amount + figures.total_deduction_amount,
  )
  const deduction = Math.min(deducted, left.total_deduction_amount, discounted.total_amount)
  return { ...terms, discount: taken, deductions: deduction > 0 ? [{ amount: deduction }] : null }
}

const part = (whole: Minor, of: Minor, all: Minor): Minor => (all === 0 ? 0 : minor(round(exact(whole) * exact(of), exact(all))))

/** Whether any figure takes more than is left of it. */
function exceeds(own: Totals, credits: readonly Credit[], left: Figures, terms: Terms): boolean {
  const after = rest(left, [{ credits, figures: own }])
  return (
    amounts.some((name) => after[name] < 0) ||
    after.lines.some((line) => line[base(terms)] < 0) ||
    after.total_vat_amounts.some((tax) => tax.amount < 0 || tax.taxable_amount < 0)
  )
}

/** All that is left, to the minor unit. */
function takingAll(own: Totals, left: Figures): Totals {
  const named = new Set(own.total_vat_amounts.map(({ key }) => key))
  const isThere = ({ key, amount, taxable_amount }: VatTotal) => named.has(key) || amount + taxable_amount > 0
  return { ...left, lines: own.lines, total_vat_amounts: left.total_vat_amounts.filter(isThere) }
}
