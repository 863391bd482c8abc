import {
  add,
  exact,
  type Minor,
  minor,
  ONE,
  percentOf,
  quantityOf,
  type Rate,
  rateOf,
  round,
  share,
  sum,
  taxWithin,
  WHOLE,
  withoutTax,
} from './money.ts'
import { badRequest } from './refusal.ts'

/** `amount` is money in minor units, or hundredths of a percent, as `type` says. */
export interface Discount {
  readonly type: 'amount' | 'percentage'
  readonly amount: number
}

/** A part of a tax, such as the provincial half of a sales tax. `value` is in hundredths of a percent. */
export interface TaxComponent {
  readonly name: string
  readonly value: number
}

/** What a line is taxed at. Lines of one `key` and `rate` (hundredths of a percent) are taxed together. */
export interface Tax {
  readonly key: string
  readonly rate: number
  readonly components?: readonly TaxComponent[] | null
}

/** One position: so many at that price. `tax` is null where no tax applies, which is not the same as a tax of 0 %. */
export interface Line {
  readonly price: Minor
  readonly quantity: number
  readonly discount?: Discount | null
  readonly tax: Tax | null
  /** What the line comes to, in the mode of the document, where that is given: the rest of a line that was credited in parts. */
  readonly total?: Minor
}

/** What holds for the whole document. Rates are hundredths of a percent. */
export interface Terms {
  /** Whether prices are entered without VAT (`exclusive`) or with it. */
  readonly vat_mode: 'exclusive' | 'inclusive'
  /** When prices contain VAT: whether a discount in money does, too. Without a word it doesn't. */
  readonly vat_inclusive_discount_mode?: 'exclusive' | 'inclusive' | null
  readonly discount?: Discount | null
  readonly withholding_tax_rate?: number | null
  readonly deductions?: readonly { readonly amount: Minor }[] | null
}

/** The figures of one line, in minor units. */
export interface LineTotals {
  price: Minor
  price_after_vat: Minor
  discount_value: Minor
  total_before_vat: Minor
  total_after_vat: Minor
  /** This line's part of `discounted_subtotal`: over all lines they add up to it. */
  taxable_amount: Minor
  /** This line's part of `total_vat_amount`: over all lines they add up to it. */
  vat_amount: Minor
}

/** One tax of the document. `value` is its rate in hundredths of a percent; the rest is minor units. */
export interface VatTotal {
  key: string
  value: number
  taxable_amount: Minor
  amount: Minor
  components: { name: string; value: number; amount: Minor }[]
}

/** Every figure of a document, in minor units. */
export interface Totals {
  lines: LineTotals[]
  subtotal: Minor
  discount_value: Minor
  discounted_subtotal: Minor
  subtotal_after_vat: Minor
  total_vat_amount: Minor
  total_vat_amounts: VatTotal[]
  total_withholding_tax: Minor
  total_deduction_amount: Minor
  total_amount: Minor
}

/**
 * Every figure of a document, from its lines down to what is to be paid. Lines are rounded, then summed; VAT is computed once
 * per tax on what the discounts leave (EN 16931); what belongs to several lines is shared back over them without loss. With
 * prices that contain VAT it is the gross that is exact, and the net follows from it.
 *
 * Refuses (`bad_request`) negative prices, quantities, discounts and deductions, percentages over 100 %, discounts beyond what
 * they are taken from, deductions beyond the total, and amounts too large to be exact.
 */
export function totals(lines: readonly Line[], terms: Terms): Totals {
  const items = lines.map((line, index) => lineFigures(line, terms, `Line ${index + 1}`))
  const groups = groupByTax(items, terms)

  const subtotal = sum(groups.map((group) => group.net))
  const subtotal_after_vat = sum(groups.map((group) => group.gross))

  const discount_value = takeDiscount(groups, terms, subtotal, subtotal_after_vat)
  const discounted_subtotal = sum(groups.map((group) => group.taxable))
  const total_vat_amount = sum(groups.map((group) => group.vat))

  const total_withholding_tax = percentOf(discounted_subtotal, rateOf(terms.withholding_tax_rate ?? 0))
  const total_deduction_amount = sumOfDeductions(terms)
  const total_amount = add(discounted_subtotal, total_vat_amount) - total_withholding_tax - total_deduction_amount
  if (total_amount < 0) throw tooMuch('The deductions', total_deduction_amount, total_amount + total_deduction_amount)

  return {
    lines: lineTotals(items, groups),
    subtotal,
    discount_value,
    discounted_subtotal,
    subtotal_after_vat,
    total_vat_amount,
    total_vat_amounts: groups.flatMap(vatTotal),
    total_withholding_tax,
    total_deduction_amount,
    total_amount,
  }
}

/** A line on its way through the form: `total` is in the mode of the document, VAT contained or not. */
interface Item {
  readonly tax: Tax | null
  readonly rate: Rate
  readonly price: Minor
  readonly price_after_vat: Minor
  readonly discount_value: Minor
  readonly total: Minor
  readonly total_before_vat: Minor
  readonly total_after_vat: Minor
}

function lineFigures(line: Line, terms: Terms, where: string): Item {
  const { price, tax } = line
  if (price < 0 || line.quantity < 0) throw badRequest(`${where}: neither the price nor the quantity can be negative`)
  const rate = tax ? rateOf(tax.rate) : 0n
  const { total: computed, discount_value } = lineTotal(line, rate, terms, where)
  const total = line.total ?? computed
  const contained = containsVat(terms)
  const { net, gross } = taxed(total, rate, contained)
  return {
    tax,
    rate,
    price: contained ? withoutTax(price, rate) : price,
    price_after_vat: contained ? price : add(price, percentOf(price, rate)),
    discount_value,
    total,
    total_before_vat: net,
    total_after_vat: gross,
  }
}

/** A sum with its VAT: contained in it, or coming on top. */
function taxed(total: Minor, rate: Rate, contained: boolean): { net: Minor; vat: Minor; gross: Minor } {
  const vat = contained ? taxWithin(total, rate) : percentOf(total, rate)
  return contained ? { net: total - vat, vat, gross: total } : { net: total, vat, gross: add(total, vat) }
}

/** Price × quantity − discount, exact until the one rounding at its end. */
function lineTotal(
  { price, quantity, discount }: Line,
  rate: Rate,
  terms: Terms,
  where: string,
): { total: Minor; discount_value: Minor } {
  const listed = exact(price) * quantityOf(quantity)
  if (!discount) return { total: minor(round(listed, ONE)), discount_value: 0 }
  if (discount.type === 'percentage') {
    const off = listed * rateOf(discount.amount)
    return { total: minor(round(listed * WHOLE - off, ONE * WHOLE)), discount_value: minor(round(off, ONE * WHOLE)) }
  }
  const amount = discountAmount(discount)
  // A discount on the net takes its VAT along when it leaves a gross price.
  const takes = containsVat(terms) && discountsNet(terms) ? WHOLE + rate : WHOLE
  const most = minor(round(listed * WHOLE, ONE * takes))
  if (amount > most) throw tooMuch(`${where}: the discount`, amount, most)
  const left = listed * WHOLE - exact(amount) * takes * ONE
  return { total: left > 0n ? minor(round(left, ONE * WHOLE)) : 0, discount_value: amount }
}

/** Lines taxed alike: `net` and `gross` before the document's discount, `taxable` and `vat` after it. */
interface Group {
  readonly tax: Tax | null
  readonly rate: Rate
  readonly members: readonly number[]
  readonly weights: readonly Minor[]
  readonly net: Minor
  readonly gross: Minor
  taxable: Minor
  vat: Minor
}

/** One group per tax, in the order they first appear; untaxed lines are a group, too. */
function groupByTax(items: readonly Item[], terms: Terms): Group[] {
  const groups: { tax: Tax | null; rate: Rate; members: number[]; weights: Minor[] }[] = []
  items.forEach(({ tax, rate, total }, index) => {
    const group = groups.find((other) => other.tax?.key === tax?.key && other.rate === rate)
    group?.members.push(index)
    group?.weights.push(total)
    if (!group) groups.push({ tax, rate, members: [index], weights: [total] })
  })
  return groups.map(({ tax, rate, members, weights }) => {
    const { net, vat, gross } = taxed(sum(weights), rate, containsVat(terms))
    return { tax, rate, members, weights, net, gross, taxable: net, vat }
  })
}

/**
 * Takes the document's discount off the groups, in proportion to what they bear, and answers its value. It comes off the net, or
 * off the gross when prices contain VAT and the discount does. A group that bears nothing of it keeps its figures.
 */
function takeDiscount(groups: Group[], terms: Terms, subtotal: Minor, subtotal_after_vat: Minor): Minor {
  const { discount } = terms
  if (!discount) return 0
  const offNet = !containsVat(terms) || (discount.type === 'amount' && discountsNet(terms))
  const base = offNet ? subtotal : subtotal_after_vat
  const value = discount.type === 'amount' ? discountAmount(discount) : percentOf(base, rateOf(discount.amount))
  if (value > base) throw tooMuch('The discount', value, base)
  if (value === 0) return 0

  const bases = groups.map((group) => (offNet ? group.net : group.gross))
  share(value, bases).forEach((part, index) => {
    if (part === 0) return
    const group = groups[index]!
    const left = taxed(bases[index]! - part, group.rate, !offNet)
    group.taxable = left.net
    group.vat = left.vat
  })
  return value
}

/** Each line with its part of what its group came to. */
function lineTotals(items: readonly Item[], groups: readonly Group[]): LineTotals[] {
  const lines = items.map(({ price, price_after_vat, discount_value, total_before_vat, total_after_vat }) => {
    return { price, price_after_vat, discount_value, total_before_vat, total_after_vat, taxable_amount: 0, vat_amount: 0 }
  })
  for (const group of groups) {
    const taxable = share(group.taxable, group.weights)
    const vat = share(group.vat, group.weights)
    group.members.forEach((member, index) => {
      lines[member]!.taxable_amount = taxable[index]!
      lines[member]!.vat_amount = vat[index]!
    })
  }
  return lines
}

function vatTotal({ tax, taxable, vat }: Group): VatTotal[] {
  if (!tax) return []
  const components = tax.components?.length ? componentTotals(tax.components, taxable, vat) : []
  return [{ key: tax.key, value: tax.rate, taxable_amount: taxable, amount: vat, components }]
}

/** Each component on its own, but together exactly the tax: the largest makes up for the rounding of the others. */
function componentTotals(components: readonly TaxComponent[], taxable: Minor, vat: Minor): VatTotal['components'] {
  const parts = components.map(({ name, value }) => ({ name, value, amount: 0 }))
  const largest = parts.reduce((a, b) => (b.value > a.value ? b : a))
  let left = vat
  for (const part of parts) {
    if (part === largest) continue
    part.amount = Math.min(percentOf(taxable, rateOf(part.value)), left)
    left -= part.amount
  }
  largest.amount = left
  return parts
}

const containsVat = (terms: Terms): boolean => terms.vat_mode === 'inclusive'

const discountsNet = (terms: Terms): boolean => terms.vat_inclusive_discount_mode !== 'inclusive'

function discountAmount({ amount }: Discount): Minor {
  if (amount < 0) throw badRequest('A discount cannot be negative')
  return minor(exact(amount))
}

function sumOfDeductions({ deductions }: Terms): Minor {
  if (!deductions) return 0
  if (deductions.some(({ amount }) => amount < 0)) throw badRequest('A deduction cannot be negative')
  return sum(deductions.map(({ amount }) => amount))
}

const tooMuch = (what: string, amount: Minor, most: Minor) => badRequest(`${what} of ${amount} cannot be more than ${most}`)
