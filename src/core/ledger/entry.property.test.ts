import fc from 'fast-check'
import { expect, test } from 'vitest'
import { same } from '../../../test/support/same.ts'
import { sum } from '../money.ts'
import {
  type Accounts,
  type BookedLine,
  documentLines,
  type EntryLine,
  endLines,
  inBooks,
  type Open,
  paymentLines,
  relief,
  reversed,
} from './entry.ts'

/** Whatever is booked adds up to nothing, in both currencies, and what is open of a document is what is owed. */

const accounts: Accounts = {
  party: 'party',
  bank: 'bank',
  fees: 'fees',
  discounts: 'discounts',
  bad_debts: 'bad_debts',
  overpayments: 'overpayments',
  withheld: 'withheld',
  deductions: 'deductions',
  rounding: 'rounding',
  gains: 'gains',
  losses: 'losses',
}
const amount = fc.integer({ min: 0, max: 10_000_000 })
const line: fc.Arbitrary<BookedLine> = fc
  .record({ account: fc.constantFrom('a', 'b', 'c'), net: amount, rate: fc.constantFrom(0, 700, 1900, 2000, 550) })
  .map(({ account, net, rate }) => ({
    account,
    net,
    tax: Math.round((net * rate) / 10_000),
    tax_rate: rate === 0 ? null : { code: `S${rate}`, account: `tax ${rate}` },
  }))
const side = fc.constantFrom('sale' as const, 'purchase' as const)
const worths = fc.oneof(
  fc.constant({ from: 'EUR', to: 'EUR', rate: 1 }),
  fc.record({
    from: fc.constantFrom('USD', 'JPY', 'KWD'),
    to: fc.constantFrom('EUR', 'CLP'),
    rate: fc.double({ min: 0.0001, max: 5000, noNaN: true }),
  }),
)

const balanced = (lines: readonly EntryLine[]) => {
  same(sum(lines.map((one) => one.amount)), 0)
  same(sum(lines.map((one) => one.currency_amount)), 0)
  for (const one of lines) same(one.amount !== 0 || one.currency_amount !== 0, true)
}
/** What is owed after these entries. */
const openOf = (entries: readonly (readonly EntryLine[])[]): Open => {
  const own = entries.flat().filter(({ party }) => party)
  return { currency_amount: sum(own.map((one) => one.currency_amount)), amount: sum(own.map((one) => one.amount)) }
}

test('10,000 random lives of documents: every entry balances, and nothing stays open that nobody owes, in either currency', () => {
  fc.assert(
    fc.property(
      fc.record({
        side,
        lines: fc.array(line, { minLength: 1, maxLength: 6 }),
        worth: worths,
        rates: fc.array(fc.double({ min: 0.9, max: 1.1, noNaN: true }), { minLength: 3, maxLength: 3 }),
        parts: fc.array(fc.integer({ min: 1, max: 99 }), { maxLength: 3 }),
        credited: fc.integer({ min: 0, max: 100 }),
        end: fc.constantFrom('discount' as const, 'write_off' as const, 'canceled' as const, 'overpaid' as const),
        rounding: fc.integer({ min: -2, max: 2 }),
      }),
      ({ side, lines, worth, rates, parts, credited, end, rounding }) => {
        const total = Math.max(0, sum(lines.flatMap(({ net, tax }) => [net, tax])) + rounding)
        const invoice = documentLines({ side, credit: false, lines, withheld: 0, deducted: 0, total }, accounts, worth, null)
        const entries = [invoice]
        const sign = side === 'sale' ? 1 : -1
        const owed = () => sign * openOf(entries).currency_amount + 0
        same(owed(), total)
        const note = Math.floor((total * credited) / 200)
        const noteLines = [{ account: 'a', net: note, tax: 0, tax_rate: null }]
        const taken = { side, credit: true, lines: noteLines, withheld: 0, deducted: 0, total: note }
        entries.push(documentLines(taken, accounts, worth, openOf(entries)))
        same(owed(), total - note)
        parts.forEach((part, i) => {
          const paid = Math.floor((owed() * part) / 100)
          const at = { ...worth, rate: worth.from === worth.to ? 1 : worth.rate * rates[i]! }
          entries.push(
            paymentLines({ side, amount: paid, fee: side === 'sale' ? Math.floor(paid / 50) : 0 }, accounts, at, openOf(entries)),
          )
        })
        const rest = owed()
        if (end === 'overpaid') {
          entries.push(paymentLines({ side, amount: rest + 100, fee: 0 }, accounts, worth, openOf(entries)))
          entries.push(endLines({ side, reason: null, rest: 0, over: 100, lines }, accounts, worth, openOf(entries)))
        } else entries.push(endLines({ side, reason: end, rest, over: 0, lines }, accounts, worth, openOf(entries)))
        for (const entry of entries) balanced(entry)
        for (const entry of entries) balanced(reversed(entry))
        same(openOf(entries), { currency_amount: 0, amount: 0 })
      },
    ),
    { numRuns: 10_000 },
  )
})

test('what is settled takes its share of what was booked along, to the last unit when all of it is', () => {
  const worth = { from: 'USD', to: 'EUR', rate: 0.92 }
  expect(relief({ currency_amount: 10000, amount: 9000 }, -10000, worth)).toBe(-9000)
  expect(relief({ currency_amount: 10000, amount: 9000 }, -5000, worth)).toBe(-4500)
  expect(relief({ currency_amount: 5000, amount: 4500 }, -5000, worth)).toBe(-4500)
  // Beyond what is open it is the rate of the day.
  expect(relief({ currency_amount: 10000, amount: 9000 }, -11000, worth)).toBe(-9920)
  expect(relief({ currency_amount: 0, amount: 0 }, 10000, worth)).toBe(9200)
})

test('currencies have their own decimals', () => {
  expect(inBooks(10000, { from: 'USD', to: 'EUR', rate: 0.9 })).toBe(9000)
  expect(inBooks(10000, { from: 'JPY', to: 'EUR', rate: 0.006 })).toBe(6000)
  expect(inBooks(1000, { from: 'KWD', to: 'EUR', rate: 3 })).toBe(300)
  expect(inBooks(-150, { from: 'EUR', to: 'JPY', rate: 165 })).toBe(-248)
})

test('a line that is free is not a line of the books, and an invoice over nothing is no entry', () => {
  const worth = { from: 'EUR', to: 'EUR', rate: 1 }
  const lines = [{ account: 'a', net: 0, tax: 0, tax_rate: { code: 'S19', account: 'tax' } }]
  expect(
    documentLines({ side: 'sale', credit: false, lines, withheld: 0, deducted: 0, total: 0 }, accounts, worth, null),
  ).toEqual([])
})
