import { addDays, addMonths, endOfMonth, formatDate, isAfter, isBefore, latest, type PlainDate } from './calendar.ts'
import type { FinalTier, PaymentTerms } from './terms.ts'

/** On which days something recurs. */

export type Frequency = 'day' | 'week' | 'month' | 'quarter' | 'year'

export interface Series {
  /** The first day, and the one that all others are counted from. */
  readonly start: PlainDate
  readonly frequency: Frequency
  /** Every how many of them: 2 with `month` is every other month. */
  readonly interval: number
  /** Always on the last day of the month, also where that is a later one than the start's: 28 February, 31 March. */
  readonly monthEnd?: boolean
}

/** After which day it ends, that day included, or after how many times. */
export type SeriesEnd = { readonly until: PlainDate } | { readonly times: number }

/** No series is longer than this. */
export const OCCURRENCES_MAX = 1000

const DAYS: Partial<Record<Frequency, number>> = { day: 1, week: 7 }
const MONTHS: Partial<Record<Frequency, number>> = { month: 1, quarter: 3, year: 12 }

/** The day number `k` of a series; the start is number 0. Refuses (`bad_request`) what lies beyond the calendar. */
export function occurrence({ start, frequency, interval, monthEnd = false }: Series, k: number): PlainDate {
  const days = DAYS[frequency]
  if (days) return addDays(start, k * interval * days)
  const day = addMonths(start, k * interval * MONTHS[frequency]!)
  return monthEnd ? endOfMonth(day) : day
}

interface Window {
  /** Only days later than this one. */
  readonly after?: PlainDate | null
  /** Only days from this one on. */
  readonly from?: PlainDate | null
  /** How many came before, be it of this series or of one it replaces: they count against its end and its length. */
  readonly done?: number
}

/** The days of a series that are still to come, in order. */
export function occurrences(series: Series, end: SeriesEnd, { after, from, done = 0 }: Window = {}): PlainDate[] {
  const times = Math.min(OCCURRENCES_MAX, 'times' in end ? end.times : OCCURRENCES_MAX) - done
  const days: PlainDate[] = []
  for (let k = 0; days.length < times; k++) {
    const day = occurrence(series, k)
    if ('until' in end && isAfter(day, end.until)) break
    if ((after && !isAfter(day, after)) || (from && isBefore(day, from))) continue
    days.push(day)
  }
  return days
}

// The older way to say it: months, and the first or the last day in them.

export type DayOfMonth = 'first_day' | 'last_day'

/** The first such day in that month or later that has not passed on `today`. */
export function firstMatchingDay(
  { year, month, day }: { year: number; month: number; day: DayOfMonth },
  today: PlainDate,
): PlainDate {
  const earliest = latest(formatDate({ year, month, day: 1 }), today)
  if (day === 'last_day') return endOfMonth(earliest)
  return earliest.endsWith('-01') ? earliest : addDays(endOfMonth(earliest), 1)
}

/** The last day of a month, which is how far a series goes that ends in it. */
export const lastDayOf = (year: number, month: number): PlainDate => endOfMonth(formatDate({ year, month, day: 1 }))

/** Payment terms that name days, for a document that is made so many days later. Tiers of a number of days stay. */
export function termsLater<Terms extends PaymentTerms>(terms: Terms, days: number): Terms {
  const later = <Tier extends FinalTier>(tier: Tier): Tier =>
    tier.end_date ? { ...tier, end_date: addDays(tier.end_date, days) } : tier
  return {
    ...terms,
    ...(terms.term_1 && { term_1: later(terms.term_1) }),
    ...(terms.term_2 && { term_2: later(terms.term_2) }),
    term_final: later(terms.term_final),
  }
}
