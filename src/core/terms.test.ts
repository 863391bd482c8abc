import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays } from './calendar.ts'
import { amountToPay, checkTerms, discountOn, dueDate, type PaymentTerms, resolveTerms } from './terms.ts'

const net30: PaymentTerms = { term_final: { number_of_days: 30 } }
const twoTen: PaymentTerms = {
  term_1: { discount: 200, number_of_days: 10 },
  term_2: { discount: 100, number_of_days: 20 },
  term_final: { number_of_days: 30 },
}
const refusal = (kind: string, message?: string) =>
  expect.objectContaining({ kind, ...(message && { message: expect.stringContaining(message) }) })

describe('terms someone sends', () => {
  test.each<[string, PaymentTerms]>([
    ['two discounts and a due date', twoTen],
    ['a due date only', net30],
    ['due at once', { term_final: { number_of_days: 0 } }],
    ['nulls for what is not wanted', { term_1: null, term_2: null, term_final: { number_of_days: 5, end_date: null } }],
    ['dates', { term_1: { discount: 0, end_date: '2025-01-20' }, term_final: { end_date: '2025-01-21' } }],
    ['days and dates together', { term_1: { discount: 1, number_of_days: 10 }, term_final: { end_date: '2025-01-21' } }],
  ])('may be %s', (_, terms) => expect(() => checkTerms(terms)).not.toThrow())

  test.each<[string, string, PaymentTerms]>([
    [
      'a second tier without a first',
      'term_2 needs a term_1',
      { term_2: { discount: 100, number_of_days: 5 }, term_final: { number_of_days: 30 } },
    ],
    [
      'tiers that end together',
      'term_final must end later than term_1',
      { term_1: { discount: 1, number_of_days: 30 }, term_final: { number_of_days: 30 } },
    ],
    [
      'tiers in the wrong order',
      'term_2 must end later than term_1',
      { ...twoTen, term_1: { discount: 200, number_of_days: 25 } },
    ],
    [
      'dates in the wrong order',
      'term_final must end later',
      { term_1: { discount: 1, end_date: '2025-02-01' }, term_final: { end_date: '2025-01-31' } },
    ],
    [
      'days in the wrong order around a date',
      'term_final must end later than term_1',
      { ...twoTen, term_1: { discount: 1, number_of_days: 40 }, term_2: { discount: 1, end_date: '2025-01-01' } },
    ],
    ['a day that never was', 'is not a date', { term_final: { end_date: '2023-02-30' } }],
    ['more than the whole amount off', 'percentage', { ...twoTen, term_1: { discount: 10_001, number_of_days: 1 } }],
  ])('are refused for %s', (_, message, terms) => expect(() => checkTerms(terms)).toThrow(refusal('bad_request', message)))

  test('need exactly one end for each tier, and hear of each that has none or two', () => {
    const terms = { term_1: { discount: 1, number_of_days: 1, end_date: '2025-01-01' }, term_final: {} }
    expect(() => checkTerms(terms)).toThrow(
      expect.objectContaining({
        kind: 'invalid',
        details: [expect.objectContaining({ loc: ['term_1'] }), expect.objectContaining({ loc: ['term_final'] })],
      }),
    )
  })
})

describe('terms of an issued document', () => {
  test('know the last day of each tier', () => {
    expect(resolveTerms(twoTen, '2025-01-10')).toEqual({
      term_1: { discount: 200, number_of_days: 10, end_date: '2025-01-20' },
      term_2: { discount: 100, number_of_days: 20, end_date: '2025-01-30' },
      term_final: { number_of_days: 30, end_date: '2025-02-09' },
    })
    expect(resolveTerms({ term_final: { end_date: '2025-01-10' } }, '2025-01-10')).toEqual({
      term_final: { end_date: '2025-01-10' },
    })
  })

  test('move along when the issue date does', () => {
    expect(resolveTerms(resolveTerms(twoTen, '2025-01-10'), '2025-02-10')).toEqual(resolveTerms(twoTen, '2025-02-10'))
  })

  test.each<[string, string, PaymentTerms]>([
    [
      'days that overtake a date',
      'term_final must end later than term_1',
      { term_1: { discount: 1, number_of_days: 20 }, term_final: { end_date: '2025-01-20' } },
    ],
    [
      'an end before the issue date',
      'term_1 would end before the issue date, 2025-01-10',
      { term_1: { discount: 1, end_date: '2025-01-09' }, term_final: { number_of_days: 1 } },
    ],
    ['a tier without an end', 'needs a number_of_days or an end_date', { term_final: {} }],
    [
      'a second tier without a first',
      'term_2 needs',
      { term_2: { discount: 1, number_of_days: 5 }, term_final: { number_of_days: 30 } },
    ],
  ])('are refused for %s', (_, message, terms) => {
    expect(() => resolveTerms(terms, '2025-01-10')).toThrow(refusal('bad_request', message))
  })

  test('may lie in the past where documents may be dated freely', () => {
    const terms = { term_final: { end_date: '2024-12-31' } }
    expect(resolveTerms(terms, '2025-01-10', { allowPast: true }).term_final.end_date).toBe('2024-12-31')
  })

  test('say when payment is due, and nothing while nobody knows', () => {
    expect(dueDate(net30, '2025-01-10')).toBe('2025-02-09')
    expect(dueDate(net30, null)).toBeNull()
    expect(dueDate({ term_final: { end_date: '2025-03-01' } }, null)).toBe('2025-03-01')
    expect(dueDate({ term_final: { end_date: '2025-03-01' } }, '2025-01-10')).toBe('2025-03-01')
  })
})

describe('paying early', () => {
  const terms = resolveTerms(twoTen, '2025-01-10')

  test.each([
    ['2025-01-10', 145_775],
    ['2025-01-20', 145_775],
    ['2025-01-21', 147_263],
    ['2025-01-30', 147_263],
    ['2025-01-31', 148_750],
    ['2025-03-01', 148_750],
  ])('on %s, %d settles an invoice of 1487.50 at 2/10, 1/20, net 30', (day, expected) => {
    expect(amountToPay(148_750, 0, terms, day)).toBe(expected)
  })

  test('what was paid before counts, and more than enough leaves nothing to pay', () => {
    expect(amountToPay(148_750, 40_000, terms, '2025-01-20')).toBe(105_775)
    expect(amountToPay(148_750, 148_000, terms, '2025-01-20')).toBe(0)
    expect(amountToPay(89_250, 40_000, null, '2025-01-20')).toBe(49_250)
  })

  test('a document without early tiers has no discount on any day', () => {
    expect(discountOn(resolveTerms(net30, '2025-01-10'), '2025-01-10')).toBe(0)
    expect(discountOn(null, '2025-01-10')).toBe(0)
    expect(discountOn(resolveTerms({ ...net30, term_1: twoTen.term_1 }, '2025-01-10'), '2025-01-25')).toBe(0)
  })

  test('never costs more than paying what is due', () => {
    const amount = fc.integer({ min: 0, max: 10 ** 12 })
    const tiers = fc.tuple(
      fc.nat(100),
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 1, max: 100 }),
      fc.nat(10_000),
      fc.nat(10_000),
    )
    fc.assert(
      fc.property(amount, amount, tiers, fc.nat(400), (total, paid, [a, b, c, first, second], after) => {
        const agreed = {
          term_1: { discount: first, number_of_days: a },
          term_2: { discount: second, number_of_days: a + b },
          term_final: { number_of_days: a + b + c },
        }
        checkTerms(agreed)
        const toPay = amountToPay(total, paid, resolveTerms(agreed, '2024-02-29'), addDays('2024-02-29', after))
        const due = Math.max(0, total - paid)
        expect(toPay).toBeGreaterThanOrEqual(0)
        expect(toPay).toBeLessThanOrEqual(due)
        if (after > a + b) expect(toPay).toBe(due)
      }),
      { numRuns: 10_000 },
    )
  })
})
