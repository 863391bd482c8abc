import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Credit, type Credited, creditAll, creditAsked, creditable, creditTotals, type Invoiced, rest } from './credits.ts'
import { Refusal } from './refusal.ts'
import { type Line, type Terms, totals } from './totals.ts'

const invoiced = (lines: readonly Line[], terms: Terms): Invoiced => ({ lines, terms, figures: totals(lines, terms) })
const vat = (rate: number) => ({ key: String(rate), rate })
const exclusive: Terms = { vat_mode: 'exclusive' }
const refusal = (work: () => unknown) => {
  try {
    work()
  } catch (error) {
    if (error instanceof Refusal) return [error.kind, error.message]
    throw error
  }
  return 'accepted'
}

describe('what is left of an invoice', () => {
  const lines = [
    { price: 1000, quantity: 5 },
    { price: 300, quantity: 2.5 },
  ]
  test('is all of it before any credit', () => {
    expect(creditable(lines, [])).toEqual([
      { line: 0, price: 1000, quantity: 5 },
      { line: 1, price: 300, quantity: 2.5 },
    ])
  })

  test('shrinks by pieces, and is left at several prices after a reduction', () => {
    const credits: Credit[] = [
      { line: 0, price: 1000, quantity: 2, price_diff: null },
      { line: 0, price: 1000, quantity: 1, price_diff: 250 },
      { line: 1, price: 300, quantity: 0.1, price_diff: null },
      { line: 1, price: 300, quantity: 0.2, price_diff: 300 },
    ]
    expect(creditable(lines, credits)).toEqual([
      { line: 0, price: 1000, quantity: 2 },
      { line: 0, price: 750, quantity: 1 },
      { line: 1, price: 300, quantity: 2.2 },
    ])
    expect(creditable(lines, [...credits, ...creditAll(creditable(lines, credits))])).toEqual([])
  })

  test('does not stretch', () => {
    const tooMuch: Credit[] = [{ line: 1, price: 300, quantity: 2.6, price_diff: null }]
    expect(refusal(() => creditable(lines, tooMuch))).toEqual(['conflict', 'Only 2.5 of line 2 are left at 300'])
  })
})

describe('a request', () => {
  const positions = [
    { line: 0, price: 1000, quantity: 2 },
    { line: 3, price: 800, quantity: 10 },
  ]
  test('means the first line that has enough, or the one at its old price', () => {
    expect(creditAsked(positions, 'P', { quantity: 1 })).toEqual({ line: 0, price: 1000, quantity: 1, price_diff: null })
    expect(creditAsked(positions, 'P', { quantity: 3 })).toEqual({ line: 3, price: 800, quantity: 3, price_diff: null })
    expect(creditAsked(positions, 'P', { quantity: 1, old_price: 800, price_diff: 50 })).toEqual({
      line: 3,
      price: 800,
      quantity: 1,
      price_diff: 50,
    })
  })
  test.each([
    [{ quantity: 11 }, ['conflict', 'Only 2 of product P are left to credit']],
    [{ quantity: 1, price_diff: 1001 }, ['conflict', 'The price of product P can fall by 1000 at most']],
    [{ quantity: 1, old_price: 5 }, ['bad_request', 'There is nothing left to credit of product P at 5']],
  ])('for %o is refused', (asked, said) => {
    expect(refusal(() => creditAsked(positions, 'P', asked))).toEqual(said)
  })
})

test('the worked example: two of five units', () => {
  const invoice = invoiced([{ price: 25000, quantity: 5, tax: vat(1900) }], exclusive)
  const two = creditTotals(invoice, [], [{ line: 0, price: 25000, quantity: 2, price_diff: null }])
  expect(two).toMatchObject({ subtotal: 50000, total_vat_amount: 9500, total_amount: 59500 })
  expect(
    rest(invoice.figures, [{ credits: [{ line: 0, price: 25000, quantity: 2, price_diff: null }], figures: two }]).total_amount,
  ).toBe(89250)
})

test('discounts and deductions in money are credited in proportion, percentages as they are', () => {
  const invoice = invoiced(
    [
      { price: 1000, quantity: 10, tax: vat(2000), discount: { type: 'amount', amount: 500 } },
      { price: 1000, quantity: 5, tax: vat(0), discount: { type: 'percentage', amount: 1000 } },
    ],
    { vat_mode: 'exclusive', discount: { type: 'amount', amount: 1400 }, deductions: [{ amount: 140 }] },
  )
  expect(invoice.figures).toMatchObject({ subtotal: 14000, discount_value: 1400, total_amount: 12600 + 1710 - 140 })
  const half = creditTotals(invoice, [], [{ line: 0, price: 1000, quantity: 5, price_diff: null }])
  expect(half).toMatchObject({
    subtotal: 4750,
    discount_value: 475,
    discounted_subtotal: 4275,
    total_vat_amount: 855,
    total_deduction_amount: 50,
  })
  const cheaper = creditTotals(invoice, [], [{ line: 1, price: 1000, quantity: 5, price_diff: 100 }])
  expect(cheaper).toMatchObject({ subtotal: 450, discount_value: 45 })
})

test('rounding never lets the credits exceed the invoice: the last one takes what is left, even nothing', () => {
  // Five pieces at 5 each with 10 % VAT bear 2.5, that is 3; each piece alone would bear 0.5, that is 1.
  const invoice = invoiced([{ price: 5, quantity: 5, tax: vat(1000) }], exclusive)
  expect(invoice.figures.total_vat_amount).toBe(3)
  const one: Credit = { line: 0, price: 5, quantity: 1, price_diff: null }
  const earlier: Credited[] = []
  for (let i = 0; i < 3; i++) earlier.push({ credits: [one], figures: creditTotals(invoice, earlier, [one]) })
  expect(refusal(() => creditTotals(invoice, earlier, [one]))).toEqual([
    'conflict',
    expect.stringMatching(/credit all of the rest/),
  ])
  const last = creditTotals(invoice, earlier, [{ ...one, quantity: 2 }])
  expect(last).toMatchObject({ subtotal: 10, total_vat_amount: 0, total_amount: 10 })
})

const discount = fc.option(
  fc.oneof(
    fc.record({ type: fc.constant('percentage' as const), amount: fc.integer({ min: 0, max: 10_000 }) }),
    fc.record({ type: fc.constant('amount' as const), amount: fc.integer({ min: 0, max: 400 }) }),
  ),
  { nil: null },
)
const line = fc.record({
  price: fc.integer({ min: 1, max: 1_000_000 }),
  quantity: fc.integer({ min: 1, max: 40_000 }).map((thousandths) => thousandths / 1000),
  discount,
  tax: fc.option(fc.constantFrom(0, 500, 700, 1000, 1900, 2550).map(vat), { nil: null }),
})
const terms = fc.record({
  vat_mode: fc.constantFrom('exclusive' as const, 'inclusive' as const),
  vat_inclusive_discount_mode: fc.constantFrom('exclusive' as const, 'inclusive' as const),
  discount,
  withholding_tax_rate: fc.option(fc.integer({ min: 0, max: 3000 }), { nil: null }),
  deductions: fc.option(fc.array(fc.record({ amount: fc.integer({ min: 0, max: 300 }) }), { maxLength: 2 }), { nil: null }),
})

test('whatever is credited piece by piece, all credits together are the invoice to the minor unit', () => {
  let accepted = 0
  let refused = 0
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 4 }),
      terms,
      fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { maxLength: 6 }),
      (lines, terms, picks) => {
        let invoice: Invoiced
        try {
          invoice = invoiced(lines, terms)
        } catch (error) {
          if (error instanceof Refusal) return
          throw error
        }
        const earlier: Credited[] = []
        const all = () => earlier.flatMap(({ credits }) => credits)
        const take = (credits: readonly Credit[]) => earlier.push({ credits, figures: creditTotals(invoice, earlier, credits) })
        for (const [which, many, off] of picks) {
          const positions = creditable(lines, all())
          if (positions.length === 0) break
          const position = positions[which % positions.length]!
          const quantity = Math.max(1, many % Math.round(position.quantity * 1000 + 1)) / 1000
          const price_diff = off % 2 === 0 ? null : 1 + (off % position.price)
          try {
            take([{ ...position, quantity: Math.min(quantity, position.quantity), price_diff }])
            accepted++
          } catch (error) {
            if (!(error instanceof Refusal)) throw error
            refused++
          }
        }
        const left = creditable(lines, all())
        if (left.length > 0) take(creditAll(left))
        const nothing = rest(invoice.figures, earlier)
        for (const [name, value] of Object.entries(nothing))
          if (typeof value === 'number') expect([name, value]).toEqual([name, 0])
        const base = terms.vat_mode === 'inclusive' ? 'total_after_vat' : 'total_before_vat'
        for (const line of nothing.lines) expect(line[base]).toBe(0)
        for (const tax of nothing.total_vat_amounts) expect([tax.taxable_amount, tax.amount]).toEqual([0, 0])
        for (const { figures: f } of earlier) {
          expect(f.total_amount).toBe(
            f.discounted_subtotal + f.total_vat_amount - f.total_withholding_tax - f.total_deduction_amount,
          )
          for (const amount of [f.subtotal, f.total_vat_amount, f.total_amount, ...f.total_vat_amounts.map((tax) => tax.amount)])
            expect(amount).toBeGreaterThanOrEqual(0)
          expect(f.total_vat_amounts.reduce((sum, tax) => sum + tax.amount, 0)).toBe(f.total_vat_amount)
        }
      },
    ),
    { numRuns: 2000 },
  )
  expect(accepted).toBeGreaterThan(refused * 5)
})
