import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addDays,
  addMonths,
  daysBetween,
  daysInMonth,
  endOfMonth,
  formatDate,
  isAfter,
  isBefore,
  isDate,
  isLeapYear,
  latest,
  parseDate,
  weekday,
} from './calendar.ts'
import { Refusal } from './refusal.ts'

const runs = { numRuns: 10_000 }
const DAY_MS = 86_400_000
const first = Date.UTC(2000, 0, 1) - 721_000 * DAY_MS
const instant = fc.integer({ min: first, max: Date.UTC(9990, 0, 1) }).map((ms) => new Date(ms))
const date = instant.map((at) => at.toISOString().slice(0, 10))

describe('dates', () => {
  test.each(['2024-02-29', '2000-02-29', '2023-12-31', '0001-01-01', '9999-12-31'])('%s is one', (text) => {
    expect(isDate(text)).toBe(true)
    expect(formatDate(parseDate(text))).toBe(text)
  })

  test.each([
    '2023-02-30',
    '0000-01-01',
    '2023-02-29',
    '1900-02-29',
    '2023-04-31',
    '2023-13-01',
    '2023-00-10',
    '2023-01-00',
    '2023-01-32',
    '2023-1-1',
    '20230101',
    '2023-01-01T00:00:00Z',
    ' 2023-01-01',
    '12023-01-01',
    '',
    'today',
  ])('%j is refused', (text) => {
    expect(isDate(text)).toBe(false)
    expect(() => parseDate(text)).toThrow(Refusal)
    expect(() => parseDate(text)).toThrow(expect.objectContaining({ kind: 'bad_request' }))
  })

  test('go from the year 1 to the year 9999', () => {
    expect(() => addDays('9999-12-31', 1)).toThrow('beyond the calendar')
    expect(() => addDays('0001-01-01', -1)).toThrow('beyond the calendar')
    expect(() => addMonths('9999-12-31', 1)).toThrow(Refusal)
  })

  test('compare by time', () => {
    expect(isBefore('2024-01-31', '2024-02-01')).toBe(true)
    expect(isBefore('2024-02-01', '2024-02-01')).toBe(false)
    expect(isAfter('2024-02-02', '2024-02-01')).toBe(true)
    expect(isAfter('2024-02-01', '2024-02-01')).toBe(false)
    expect([latest('2024-01-01', '2023-01-01'), latest('2022-01-01', '2023-01-01')]).toEqual(['2024-01-01', '2023-01-01'])
  })
})

describe('days', () => {
  test('the terms 2/10, 1/20, net 30 end on the right days', () => {
    expect([10, 20, 30].map((days) => addDays('2025-01-10', days))).toEqual(['2025-01-20', '2025-01-30', '2025-02-09'])
  })

  test.each([
    ['2024-02-28', 1, '2024-02-29'],
    ['2023-02-28', 1, '2023-03-01'],
    ['2000-02-28', 1, '2000-02-29'],
    ['1900-02-28', 1, '1900-03-01'],
    ['2024-03-01', -1, '2024-02-29'],
    ['2023-12-31', 1, '2024-01-01'],
    ['2024-01-01', 10_000, '2051-05-19'],
    ['0004-03-01', -1, '0004-02-29'],
  ])('%s and %d days is %s', (from, days, to) => expect(addDays(from, days)).toBe(to))

  test('agree with the calendar every computer uses, for every day of all the years there are', () => {
    fc.assert(
      fc.property(date, fc.integer({ min: -3_000, max: 3_000 }), (from, days) => {
        const to = addDays(from, days)
        expect(to).toBe(new Date(Date.parse(from) + days * DAY_MS).toISOString().slice(0, 10))
        expect(daysBetween(from, to)).toBe(days)
        expect(isBefore(from, to)).toBe(days > 0)
        expect(weekday(from)).toBe(new Date(from).getUTCDay() || 7)
      }),
      runs,
    )
  })
})

describe('months', () => {
  test('a monthly series that starts on the 31st comes back to the 31st', () => {
    expect([0, 1, 2, 3, 13].map((months) => addMonths('2024-01-31', months))).toEqual([
      '2024-01-31',
      '2024-02-29',
      '2024-03-31',
      '2024-04-30',
      '2025-02-28',
    ])
  })

  test.each([
    ['2024-02-29', 12, '2025-02-28'],
    ['2024-02-29', 48, '2028-02-29'],
    ['2024-12-15', 1, '2025-01-15'],
    ['2024-01-15', -1, '2023-12-15'],
    ['2024-03-31', -1, '2024-02-29'],
  ])('%s and %d months is %s', (from, months, to) => expect(addMonths(from, months)).toBe(to))

  test('a month later is the next month, on the same day or its last', () => {
    fc.assert(
      fc.property(date, (from) => {
        const { year, month, day } = parseDate(from)
        const next = parseDate(addMonths(from, 1))
        expect(next.year * 12 + next.month).toBe(year * 12 + month + 1)
        expect(next.day === day || (next.day < day && next.day === daysInMonth(next.year, next.month))).toBe(true)
      }),
      runs,
    )
  })

  test('have as many days as they have', () => {
    expect(Array.from({ length: 12 }, (_, index) => daysInMonth(2023, index + 1))).toEqual([
      31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31,
    ])
    expect([1900, 2000, 2023, 2024].map(isLeapYear)).toEqual([false, true, false, true])
    expect(endOfMonth('2024-02-10')).toBe('2024-02-29')
    expect(endOfMonth('2023-12-31')).toBe('2023-12-31')
  })
})
