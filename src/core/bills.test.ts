import fc from 'fast-check'
import { expect, test } from 'vitest'
import { billDue, billSums, billToPay, checkBillTerms, contradictions, dueBy, lineSums, suggestedTier, tiersOf } from './bills.ts'

test('a line is price times quantity and its tax, each rounded to the minor unit', () => {
  expect(lineSums({ unit_price: 1200, quantity: 1, tax: 1250 })).toEqual({ subtotal: 1200, tax_amount: 150, total: 1350 })
  expect(lineSums({ unit_price: 333, quantity: 1.5, tax: null })).toEqual({ subtotal: 500, tax_amount: 0, total: 500 })
  expect(lineSums({ unit_price: -333, quantity: 1.5, tax: 1900 })).toEqual({ subtotal: -500, tax_amount: -95, total: -595 })
  for (const line of [
    { unit_price: null, quantity: 1 },
    { unit_price: 1, quantity: null },
  ])
    expect(lineSums({ ...line, tax: 1900 })).toEqual({ subtotal: null, tax_amount: null, total: null })
})

test('a bill is the sum of its lines less its discount, with the rate that they share', () => {
  const a = { ...lineSums({ unit_price: 1000, quantity: 3, tax: 1900 }), tax: 1900 }
  const b = { ...lineSums({ unit_price: 100, quantity: 1, tax: 700 }), tax: 700 }
  expect(billSums([a, a], 500)).toEqual({ subtotal: 6000, tax: 1900, tax_amount: 1140, total_amount: 6640 })
  expect(billSums([a, b], null)).toEqual({ subtotal: 3100, tax: null, tax_amount: 577, total_amount: 3677 })
  // The tax of each rate once: five times 0.33 at 19 % is 0.31, not five times 0.06.
  const screw = { ...lineSums({ unit_price: 33, quantity: 1, tax: 1900 }), tax: 1900 }
  expect(billSums([screw, screw, screw, screw, screw], null)).toMatchObject({ subtotal: 165, tax_amount: 31, total_amount: 196 })
  // What is charged on the whole is part of it, with the tax of its own rate.
  expect(
    billSums([a], null, [
      { amount: 2500, tax: 1900 },
      { amount: -100, tax: 700 },
    ]),
  ).toMatchObject({
    subtotal: 5400,
    tax: null,
    tax_amount: 1045 - 7,
    total_amount: 5400 + 1045 - 7,
  })
  expect(billSums([], 500)).toEqual({ subtotal: null, tax: null, tax_amount: null, total_amount: null })
})

const terms = {
  term_1: { number_of_days: 10, discount: 200 },
  term_2: { number_of_days: 20, discount: 100 },
  term_final: { number_of_days: 30 },
}

test('terms have their days, and the wrong ones are refused', () => {
  expect(tiersOf('2031-01-31', terms)).toEqual([
    { date: '2031-02-10', discount: 200 },
    { date: '2031-02-20', discount: 100 },
    { date: '2031-03-02', discount: 0 },
  ])
  expect([dueBy('2031-01-31', terms), dueBy(null, terms), dueBy('2031-01-31', null)]).toEqual(['2031-03-02', null, null])
  for (const wrong of [
    { ...terms, term_1: { number_of_days: 20, discount: 1 } },
    { ...terms, term_final: { number_of_days: 20 } },
    { ...terms, term_1: { number_of_days: -1, discount: 1 } },
    { ...terms, term_2: { number_of_days: 20, discount: 10_001 } },
  ])
    expect(() => checkBillTerms(wrong)).toThrow(/payment_terms/)
  checkBillTerms({ term_final: { number_of_days: 0 } })
})

test.each([
  ['working_capital', '2031-02-01', '2031-03-02'],
  ['balanced', '2031-02-01', '2031-02-20'],
  ['bottom_line', '2031-02-01', '2031-02-10'],
  ['bottom_line', '2031-02-15', '2031-02-20'],
  ['balanced', '2031-02-21', '2031-03-02'],
  ['bottom_line', '2031-04-01', '2031-03-02'],
] as const)('who follows %s pays on %s by %s', (priority, today, date) => {
  expect(suggestedTier(tiersOf('2031-01-31', terms), priority, today)?.date).toBe(date)
})

test('what is due and what settles it follow the day, the payments and the credits', () => {
  const owed = { total_amount: 10_000, due_adjustment: 0, amount_credited: 1_000, amount_paid: 4_000 }
  expect(billDue(owed)).toBe(5_000)
  expect(billToPay(owed, tiersOf('2031-01-31', terms), '2031-02-10')).toBe(4_900)
  expect(billToPay(owed, tiersOf('2031-01-31', terms), '2031-02-11')).toBe(4_950)
  expect(billToPay(owed, tiersOf('2031-01-31', terms), '2031-03-01')).toBe(5_000)
  expect(billToPay({ ...owed, total_amount: null }, [], '2031-03-01')).toBeNull()
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.nat(), fc.nat(10_000), (total_amount, amount_credited, amount_paid, discount) => {
      const one = { total_amount, due_adjustment: 0, amount_credited, amount_paid }
      const pay = billToPay(one, [{ date: '2031-01-01', discount }], '2031-01-01')!
      expect(pay).toBeGreaterThanOrEqual(0)
      expect(pay).toBeLessThanOrEqual(billDue(one)!)
    }),
  )
})

test.each([
  ['charged above the net amount', { subtotal: 12500, tax_amount: 2500, total_amount: 15000 }, [2500], 0, []],
  ['charged below the tax', { subtotal: 10000, tax_amount: 2000, total_amount: 14500 }, [2500], 0, []],
  ['taken off above the net amount', { subtotal: 9000, tax_amount: 1800, total_amount: 10800 }, [], 1000, []],
  ['taken off below the tax', { subtotal: 10000, tax_amount: 2000, total_amount: 11000 }, [], 1000, []],
  ['both', { subtotal: 11500, tax_amount: 2300, total_amount: 13800 }, [2500], 1000, []],
  [
    'charged, and nowhere counted',
    { subtotal: 10000, tax_amount: 2000, total_amount: 12000 },
    [2500],
    0,
    [/^The lines and charges/],
  ],
  ['charged twice', { subtotal: 12500, tax_amount: 2500, total_amount: 17500 }, [2500], 0, [/don't come to the total/]],
])('what a document states: %s', (_what, sums, charges, discount, said) => {
  const stated = { ...sums, due: null, discount, charges: charges.map((amount) => ({ amount, tax: null })) }
  const found = contradictions(stated, [{ subtotal: 10000 }], 0, 0, String)
  expect(found).toEqual(said.map((pattern) => expect.stringMatching(pattern)))
})
