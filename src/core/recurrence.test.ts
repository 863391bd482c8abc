import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, daysBetween, endOfMonth, isDate, parseDate } from './calendar.ts'
import {
  type Frequency,
  firstMatchingDay,
  lastDayOf,
  OCCURRENCES_MAX,
  occurrence,
  occurrences,
  type Series,
  termsLater,
} from './recurrence.ts'
import { Refusal } from './refusal.ts'

const series = (start: string, frequency: Frequency = 'month', interval = 1, monthEnd = false): Series => ({
  start,
  frequency,
  interval,
  monthEnd,
})
const days = (one: Series, times: number) => occurrences(one, { times })

describe('the days of a series', () => {
  test.each<[string, Frequency, number, string[]]>([
    ['2025-01-30', 'day', 1, ['2025-01-30', '2025-01-31', '2025-02-01']],
    ['2024-02-27', 'day', 2, ['2024-02-27', '2024-02-29', '2024-03-02']],
    ['2025-12-22', 'week', 1, ['2025-12-22', '2025-12-29', '2026-01-05']],
    ['2025-01-01', 'week', 3, ['2025-01-01', '2025-01-22', '2025-02-12']],
    ['2025-01-15', 'month', 1, ['2025-01-15', '2025-02-15', '2025-03-15']],
    ['2025-01-31', 'month', 1, ['2025-01-31', '2025-02-28', '2025-03-31', '2025-04-30', '2025-05-31']],
    ['2024-01-31', 'month', 1, ['2024-01-31', '2024-02-29', '2024-03-31']],
    ['2024-01-30', 'month', 1, ['2024-01-30', '2024-02-29', '2024-03-30']],
    ['2024-12-31', 'month', 2, ['2024-12-31', '2025-02-28', '2025-04-30', '2025-06-30', '2025-08-31']],
    ['2025-04-30', 'month', 1, ['2025-04-30', '2025-05-30', '2025-06-30']],
    ['2024-11-30', 'quarter', 1, ['2024-11-30', '2025-02-28', '2025-05-30', '2025-08-30']],
    ['2024-08-31', 'quarter', 2, ['2024-08-31', '2025-02-28', '2025-08-31']],
    ['2024-02-29', 'year', 1, ['2024-02-29', '2025-02-28', '2026-02-28', '2027-02-28', '2028-02-29']],
    ['2025-06-01', 'year', 10, ['2025-06-01', '2035-06-01', '2045-06-01']],
  ])('from %s, every %s × %i', (start, frequency, interval, expected) => {
    expect(days(series(start, frequency, interval), expected.length)).toEqual(expected)
  })

  test('fall on the last day of every month where that was asked for', () => {
    expect(days(series('2025-02-28', 'month', 1, true), 4)).toEqual(['2025-02-28', '2025-03-31', '2025-04-30', '2025-05-31'])
    expect(days(series('2025-04-30', 'quarter', 1, true), 3)).toEqual(['2025-04-30', '2025-07-31', '2025-10-31'])
    expect(days(series('2023-02-28', 'year', 1, true), 2)).toEqual(['2023-02-28', '2024-02-29'])
    expect(days(series('2025-02-28', 'week', 1, true), 2)).toEqual(['2025-02-28', '2025-03-07'])
  })

  test('end with the day named, that one included, or after so many', () => {
    expect(occurrences(series('2025-01-31'), { until: '2025-03-31' })).toEqual(['2025-01-31', '2025-02-28', '2025-03-31'])
    expect(occurrences(series('2025-01-31'), { until: '2025-03-30' })).toEqual(['2025-01-31', '2025-02-28'])
    expect(occurrences(series('2025-01-31'), { until: '2025-01-30' })).toEqual([])
    expect(days(series('2025-01-31'), 1)).toEqual(['2025-01-31'])
  })

  test('are a thousand at most', () => {
    expect(occurrences(series('2025-01-01', 'day'), { until: '2077-12-31' })).toHaveLength(OCCURRENCES_MAX)
    expect(occurrences(series('2025-01-01', 'day'), { until: '2077-12-31' }, { done: 990 })).toHaveLength(10)
  })

  test('that are still to come leave out what was done and what has passed', () => {
    const weekly = series('2025-01-01', 'week')
    expect(occurrences(weekly, { times: 4 }, { after: '2025-01-08', done: 2 })).toEqual(['2025-01-15', '2025-01-22'])
    expect(occurrences(weekly, { times: 4 }, { from: '2025-01-09', done: 2 })).toEqual(['2025-01-15', '2025-01-22'])
    expect(occurrences(weekly, { until: '2025-01-22' }, { after: '2025-01-08', from: '2025-01-16' })).toEqual(['2025-01-22'])
    expect(occurrences(weekly, { times: 2 }, { done: 2 })).toEqual([])
    expect(occurrences(weekly, { times: 2 }, { done: 5 })).toEqual([])
  })

  test('do not leave the calendar', () => {
    expect(() => days(series('2077-01-01', 'year', 100), 1000)).toThrow(Refusal)
  })

  const anyDay = fc
    .date({ min: new Date('1990-01-01'), max: new Date('2070-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10))
  const frequencies: Frequency[] = ['day', 'week', 'month', 'quarter', 'year']
  const anySeries = fc.record({
    start: anyDay,
    frequency: fc.constantFrom(...frequencies),
    interval: fc.integer({ min: 1, max: 100 }),
  })

  test('exist, begin with the start, rise, and keep its day of the month or the last one there is', () => {
    fc.assert(
      fc.property(anySeries, fc.integer({ min: 1, max: 24 }), (one, times) => {
        const made = days(one, times)
        expect(made).toHaveLength(times)
        expect(made[0]).toBe(one.start)
        made.forEach((day, k) => {
          expect(isDate(day)).toBe(true)
          expect(day).toBe(occurrence(one, k))
          if (k > 0) expect(day > made[k - 1]!).toBe(true)
          if (one.frequency === 'day') expect(daysBetween(one.start, day)).toBe(k * one.interval)
          else if (one.frequency === 'week') expect(daysBetween(one.start, day)).toBe(7 * k * one.interval)
          else {
            const [from, to] = [parseDate(one.start), parseDate(day)]
            const months = (to.year - from.year) * 12 + to.month - from.month
            expect(months).toBe(k * one.interval * { month: 1, quarter: 3, year: 12 }[one.frequency])
            expect(to.day === from.day || (to.day < from.day && day === endOfMonth(day))).toBe(true)
          }
        })
      }),
    )
  })

  test('split anywhere give the same days as in one piece', () => {
    fc.assert(
      fc.property(anySeries, fc.integer({ min: 1, max: 40 }), fc.nat(40), (one, times, at) => {
        const whole = days(one, times)
        const done = Math.min(at, times)
        const rest = occurrences(one, { times }, { after: done > 0 ? whole[done - 1] : null, done })
        expect([...whole.slice(0, done), ...rest]).toEqual(whole)
        const until = whole.at(-1)!
        expect(occurrences(one, { until })).toEqual(whole)
        expect(occurrences(one, { until: addDays(until, -1) })).toEqual(whole.slice(0, -1))
      }),
    )
  })
})

describe('months and the first or last day in them', () => {
  const first = (year: number, month: number, day: 'first_day' | 'last_day', today: string) =>
    firstMatchingDay({ year, month, day }, today)

  test('mean the next such day that has not passed', () => {
    expect(first(2024, 9, 'first_day', '2024-09-08')).toBe('2024-10-01')
    expect(first(2024, 9, 'first_day', '2024-09-01')).toBe('2024-09-01')
    expect(first(2024, 9, 'first_day', '2024-08-08')).toBe('2024-09-01')
    expect(first(2024, 12, 'first_day', '2024-12-02')).toBe('2025-01-01')
    expect(first(2024, 9, 'last_day', '2024-09-08')).toBe('2024-09-30')
    expect(first(2024, 9, 'last_day', '2024-09-30')).toBe('2024-09-30')
    expect(first(2024, 2, 'last_day', '2024-01-31')).toBe('2024-02-29')
    expect(first(2020, 1, 'last_day', '2025-02-03')).toBe('2025-02-28')
  })

  test('end with the last day of the month', () => {
    expect([lastDayOf(2025, 2), lastDayOf(2024, 2), lastDayOf(2024, 12)]).toEqual(['2025-02-28', '2024-02-29', '2024-12-31'])
  })
})

test('payment terms that name days move along, those of a number of days stay', () => {
  expect(
    termsLater(
      {
        term_1: { discount: 100, end_date: '2025-01-10' },
        term_2: { discount: 50, number_of_days: 20 },
        term_final: { end_date: '2025-01-31' },
      },
      31,
    ),
  ).toEqual({
    term_1: { discount: 100, end_date: '2025-02-10' },
    term_2: { discount: 50, number_of_days: 20 },
    term_final: { end_date: '2025-03-03' },
  })
  expect(termsLater({ term_final: { number_of_days: 14, end_date: null } }, 31)).toEqual({
    term_final: { number_of_days: 14, end_date: null },
  })
})
