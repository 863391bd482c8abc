import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { same } from '../../test/support/same.ts'
import { type Minor, rateOf, sum, times, withoutTax } from './money.ts'
import { type Discount, type Line, type Tax, type Terms, type Totals, totals } from './totals.ts'

const exclusive: Terms = { vat_mode: 'exclusive' }
const inclusive: Terms = { vat_mode: 'inclusive', vat_inclusive_discount_mode: 'inclusive' }
const inclusiveNet: Terms = { vat_mode: 'inclusive', vat_inclusive_discount_mode: 'exclusive' }
const modes: [string, Terms][] = [
  ['prices without VAT', exclusive],
  ['prices with VAT, discounts on the gross', inclusive],
  ['prices with VAT, discounts on the net', inclusiveNet],
]

const vat = (rate: number): Tax => ({ key: `vat-${rate}`, rate })
const percent = (amount: number): Discount => ({ type: 'percentage', amount })
const money = (amount: Minor): Discount => ({ type: 'amount', amount })

// Random documents. Discounts and deductions are drawn as a part of what they may take at most.
const taxes: (Tax | null)[] = [
  null,
  vat(0),
  vat(700),
  vat(1900),
  vat(1212.5),
  vat(10_000),
  {
    key: 'qc',
    rate: 1497.5,
    components: [
      { name: 'GST', value: 500 },
      { name: 'QST', value: 997.5 },
    ],
  },
  { key: 'split', rate: 1000, components: Array.from({ length: 5 }, (_, index) => ({ name: `part ${index}`, value: 200 })) },
]
const part = fc.oneof(fc.constant(0), fc.constant(10_000), fc.nat(10_000))
const wish = fc.option(fc.record({ type: fc.constantFrom('amount', 'percentage'), part }), { nil: null })
type Wish = { type: 'amount' | 'percentage'; part: number } | null
const discountFor = (wanted: Wish, most: Minor): Discount | null =>
  wanted && (wanted.type === 'percentage' ? percent(wanted.part) : money(Math.floor((most * wanted.part) / 10_000)))

const quantity = fc.oneof(
  fc.nat(100),
  fc.integer({ min: 0, max: 50_000_000 }).map((millionths) => millionths / 1_000_000),
)
const price = fc.oneof(fc.nat(20), fc.nat(1_000_000), fc.nat(10 ** 11))
const rawLines = fc.array(fc.record({ price, quantity, tax: fc.constantFrom(...taxes), wanted: wish }), { maxLength: 8 })
const rawTerms = fc.record({
  wanted: wish,
  withholding: fc.option(fc.integer({ min: 0, max: 3000 })),
  deductions: fc.array(part, { maxLength: 3 }),
})

type RawLines = typeof rawLines extends fc.Arbitrary<infer T> ? T : never
type RawTerms = typeof rawTerms extends fc.Arbitrary<infer T> ? T : never

const linesOf = (raw: RawLines, mode: Terms): Line[] =>
  raw.map(({ wanted, ...plain }) => {
    const listed = times(plain.price, plain.quantity)
    const most = mode === inclusiveNet ? Math.max(0, withoutTax(listed, rateOf(plain.tax?.rate ?? 0)) - 1) : listed
    return { ...plain, discount: discountFor(wanted, most) }
  })

function documentOf(raw: RawLines, wishes: RawTerms, mode: Terms) {
  const lines = linesOf(raw, mode)
  const undiscounted = totals(lines, mode)
  const base = mode === inclusive ? undiscounted.subtotal_after_vat : undiscounted.subtotal
  const before = { ...mode, discount: discountFor(wishes.wanted, base), withholding_tax_rate: wishes.withholding }
  const total = totals(lines, before).total_amount
  const deductions = wishes.deductions.map((share) => ({
    amount: Math.floor((total * share) / 10_000 / wishes.deductions.length),
  }))
  const terms: Terms = { ...before, deductions }
  return { lines, terms, undiscounted, result: totals(lines, terms) }
}

const always = (mode: Terms, holds: (document: ReturnType<typeof documentOf>) => void, numRuns = 10_000) =>
  fc.assert(
    fc.property(rawLines, rawTerms, (raw, wishes) => holds(documentOf(raw, wishes, mode))),
    { numRuns },
  )
/** For what follows from the formulas anyway. */
const FEWER = 2500

const column = (result: Totals, name: keyof Totals['lines'][number]) => sum(result.lines.map((item) => item[name]))

describe.each(modes)('every document adds up: %s', (_, mode) => {
  test('columns, taxes, components and total, which are those of the formulas worked out slowly, in fractions', () =>
    always(mode, ({ lines, terms, result }) => {
      expect(result).toMatchObject(slowTotals(lines, terms))
      same(column(result, 'taxable_amount'), result.discounted_subtotal)
      same(column(result, 'vat_amount'), result.total_vat_amount)
      if (mode === exclusive) same(column(result, 'total_before_vat'), result.subtotal)
      else same(column(result, 'total_after_vat'), result.subtotal_after_vat)

      const untaxed = sum(result.lines.filter((_, index) => lines[index]!.tax === null).map((item) => item.taxable_amount))
      const taxable = sum(result.total_vat_amounts.map((tax) => tax.taxable_amount))
      same(taxable + untaxed, result.discounted_subtotal)
      same(sum(result.total_vat_amounts.map((tax) => tax.amount)), result.total_vat_amount)
      for (const tax of result.total_vat_amounts) {
        if (tax.components.length > 0) same(sum(tax.components.map((component) => component.amount)), tax.amount)
      }

      const gross = result.discounted_subtotal + result.total_vat_amount
      const onNet = mode === exclusive || (mode === inclusiveNet && terms.discount?.type === 'amount')
      if (onNet) same(result.subtotal - result.discount_value, result.discounted_subtotal)
      else same(result.subtotal_after_vat - result.discount_value, gross)
      same(result.total_amount, gross - result.total_withholding_tax - result.total_deduction_amount)
    }))

  test('no figure is negative, a discount never makes a document dearer, and VAT is off by a rounding at most', () =>
    always(
      mode,
      ({ undiscounted, result }) => {
        const { lines, total_vat_amounts, ...figures } = result
        const all = [
          figures,
          ...lines,
          ...total_vat_amounts.flatMap(({ taxable_amount, amount, components }) => [
            { taxable_amount, amount },
            ...components.map((c) => ({ amount: c.amount })),
          ]),
        ]
        const wrong = all.flatMap((row) => Object.values(row)).filter((figure) => !Number.isSafeInteger(figure) || figure < 0)
        same(wrong, [])
        expect(result.discounted_subtotal + result.total_vat_amount).toBeLessThanOrEqual(undiscounted.total_amount)
        for (const { value, taxable_amount, amount } of total_vat_amounts) {
          const off = BigInt(amount) * 1_000_000n - BigInt(taxable_amount) * rateOf(value)
          const half = 1_000_000n + rateOf(value) // in half millionths: what half a cent of gross is worth, seen from the net
          same(2n * (off < 0n ? -off : off) <= half, true)
        }
      },
      FEWER,
    ))

  test('the order of the lines, and what a tax is called, make no difference', () =>
    always(
      mode,
      ({ lines, terms }) => {
        const plain = { ...terms, discount: null, deductions: [] }
        const forward = totals(lines, plain)
        const backward = totals([...lines].reverse(), plain)
        const strip = ({ lines: _lines, total_vat_amounts: _taxes, ...figures }: Totals) => figures
        same(strip(backward), strip(forward))
        const renamed = lines.map((item) => ({ ...item, tax: item.tax && { ...item.tax, key: `renamed ${item.tax.key}` } }))
        same(strip(totals(renamed, terms)), strip(totals(lines, terms)))
      },
      FEWER,
    ))
})

// The formulas once more, as literally as fractions allow, for lines and document.
type Fraction = readonly [bigint, bigint]
const of = (value: number, scale = 1_000_000): Fraction => [BigInt(Math.round(value * scale)), BigInt(scale)]
const plus = (a: Fraction, b: Fraction): Fraction => [a[0] * b[1] + b[0] * a[1], a[1] * b[1]]
const minus = (a: Fraction, b: Fraction): Fraction => plus(a, [-b[0], b[1]])
const by = (a: Fraction, b: Fraction): Fraction => [a[0] * b[0], a[1] * b[1]]
const over = (a: Fraction, b: Fraction): Fraction => [a[0] * b[1], a[1] * b[0]]
const whole = (value: Minor): Fraction => [BigInt(value), 1n]
const one = whole(1)
const rounded = ([n, d]: Fraction): Minor => Number(n < 0n ? 0n : n / d + (2n * (n % d) >= d ? 1n : 0n))

function slowTotals(lines: readonly Line[], terms: Terms) {
  const hundredths = (value: number) => over(of(value, 100), whole(10_000))
  const contains = terms.vat_mode === 'inclusive'
  const netDiscount = terms.vat_inclusive_discount_mode === 'exclusive'
  const within = (gross: Fraction, r: Fraction) => over(by(gross, r), plus(one, r))
  const items = lines.map(({ price, quantity, discount, tax }) => {
    const r = hundredths(tax?.rate ?? 0)
    const listed = by(whole(price), of(quantity))
    let left = listed
    if (discount?.type === 'percentage') left = by(listed, minus(one, hundredths(discount.amount)))
    if (discount?.type === 'amount' && contains && netDiscount)
      left = by(minus(over(listed, plus(one, r)), whole(discount.amount)), plus(one, r))
    if (discount?.type === 'amount' && !(contains && netDiscount)) left = minus(listed, whole(discount.amount))
    const total = rounded(left)
    const tax_amount = rounded(contains ? within(whole(total), r) : by(whole(total), r))
    const price_after_vat = contains ? price : rounded(by(whole(price), plus(one, r)))
    return {
      tax,
      r,
      total,
      figures: {
        price: contains ? rounded(over(whole(price), plus(one, r))) : price,
        price_after_vat,
        total_before_vat: contains ? total - tax_amount : total,
        total_after_vat: contains ? total : total + tax_amount,
      },
    }
  })
  const keys = [...new Set(items.map((item) => item.tax?.key))]
  const groups = keys.map((key) => {
    const members = items.filter((item) => item.tax?.key === key)
    const total = sum(members.map((item) => item.total))
    const r = members[0]!.r
    const tax_amount = rounded(contains ? within(whole(total), r) : by(whole(total), r))
    return { r, net: contains ? total - tax_amount : total, gross: contains ? total : total + tax_amount }
  })
  const subtotal = sum(groups.map((group) => group.net))
  const subtotal_after_vat = sum(groups.map((group) => group.gross))
  const onNet = !contains || (terms.discount?.type === 'amount' && netDiscount)
  const base = onNet ? subtotal : subtotal_after_vat
  const { discount } = terms
  const value = !discount
    ? 0
    : discount.type === 'amount'
      ? discount.amount
      : rounded(by(whole(base), hundredths(discount.amount)))
  const bases = groups.map((group) => (onNet ? group.net : group.gross))
  const cut = bases.map((weight) => (base === 0 ? 0 : Number((BigInt(value) * BigInt(weight)) / BigInt(base))))
  const rest = (index: number) => (base === 0 ? 0n : (BigInt(value) * BigInt(bases[index]!)) % BigInt(base))
  const order = [...bases.keys()].sort((a, b) => (rest(b) > rest(a) ? 1 : rest(b) < rest(a) ? -1 : a - b))
  for (const index of order.slice(0, value - sum(cut))) cut[index]! += 1
  const after = groups.map(({ r, net, gross }, index) => {
    const off = cut[index]!
    if (off === 0) return { taxable: net, vat: gross - net }
    if (onNet) return { taxable: net - off, vat: rounded(by(whole(net - off), r)) }
    const amount = rounded(within(whole(gross - off), r))
    return { taxable: gross - off - amount, vat: amount }
  })
  const discounted_subtotal = sum(after.map((group) => group.taxable))
  const total_vat_amount = sum(after.map((group) => group.vat))
  const total_withholding_tax = rounded(by(whole(discounted_subtotal), hundredths(terms.withholding_tax_rate ?? 0)))
  const total_deduction_amount = sum((terms.deductions ?? []).map(({ amount }) => amount))
  return {
    lines: items.map((item) => item.figures),
    subtotal,
    discount_value: value,
    discounted_subtotal,
    subtotal_after_vat,
    total_vat_amount,
    total_withholding_tax,
    total_deduction_amount,
    total_amount: discounted_subtotal + total_vat_amount - total_withholding_tax - total_deduction_amount,
  }
}
