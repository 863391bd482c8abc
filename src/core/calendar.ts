import { badRequest } from './refusal.ts'

/** A day of the civil calendar, 'YYYY-MM-DD': no time, no zone. Two of them compare as text. */
export type PlainDate = string

export interface YearMonthDay {
  readonly year: number
  readonly month: number
  readonly day: number
}

const PLAIN_DATE = /^(\d{4})-(\d{2})-(\d{2})$/

/** Reads a date. Refuses (`bad_request`) other notations, and days that never were, such as 2023-02-30. */
export function parseDate(text: string): YearMonthDay {
  const date = read(text)
  if (!date) throw badRequest(`${text} is not a date in the form YYYY-MM-DD`)
  return date
}

/** Whether the text is a date that exists. */
export const isDate = (text: string): text is PlainDate => read(text) !== null

function read(text: string): YearMonthDay | null {
  const match = PLAIN_DATE.exec(text)
  if (!match) return null
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const exists = year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
  return exists ? { year, month, day } : null
}

/** Writes a date. Refuses (`bad_request`) years outside 1 to 9999, which neither this notation nor the database holds. */
export function formatDate({ year, month, day }: YearMonthDay): PlainDate {
  if (!(year >= 1 && year <= 9999)) throw badRequest(`The year ${year} is beyond the calendar, which goes from 1 to 9999`)
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`
}

const pad = (value: number, digits: number): string => String(value).padStart(digits, '0')

export const isLeapYear = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

/** How many days a month has; months count from 1. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** The date so many days later, or earlier when negative. */
export const addDays = (date: PlainDate, days: number): PlainDate => formatDate(fromDayNumber(dayNumber(parseDate(date)) + days))

/** How many days `to` lies after `from`; negative when it lies before. */
export const daysBetween = (from: PlainDate, to: PlainDate): number => dayNumber(parseDate(to)) - dayNumber(parseDate(from))

/**
 * The same day so many months after `start`, or the last of a month too short for it: a month after 31 January is the end of
 * February. A series counts each date from its start — never from the one before — so that the 31st comes back in March.
 */
export function addMonths(start: PlainDate, months: number): PlainDate {
  const { year, month, day } = parseDate(start)
  const count = year * 12 + (month - 1) + months
  const target = { year: Math.floor(count / 12), month: mod(count, 12) + 1 }
  return formatDate({ ...target, day: Math.min(day, daysInMonth(target.year, target.month)) })
}

/** The last day of the month the date is in. */
export function endOfMonth(date: PlainDate): PlainDate {
  const { year, month } = parseDate(date)
  return formatDate({ year, month, day: daysInMonth(year, month) })
}

/** The day of the week by ISO 8601: 1 is Monday, 7 is Sunday. 1970-01-01 was a Thursday. */
export const weekday = (date: PlainDate): number => mod(dayNumber(parseDate(date)) + 3, 7) + 1

export const isBefore = (a: PlainDate, b: PlainDate): boolean => a < b
export const isAfter = (a: PlainDate, b: PlainDate): boolean => a > b
export const latest = (a: PlainDate, b: PlainDate): PlainDate => (b > a ? b : a)

/**
 * Days since 1970-01-01, and back, by the proleptic Gregorian calendar. Years begin in March here, so that the leap day is the
 * last and month lengths follow one rule; 400 years are 146,097 days (H. Hinnant, "chrono-compatible low-level date algorithms").
 */
function dayNumber({ year, month, day }: YearMonthDay): number {
  const marchYear = month > 2 ? year : year - 1
  const era = Math.floor(marchYear / 400)
  const yearOfEra = marchYear - era * 400
  const dayOfYear = Math.floor((153 * mod(month - 3, 12) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

function fromDayNumber(days: number): YearMonthDay {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const leapDays = Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096)
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365)
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1
  return { year: era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day }
}

const mod = (value: number, by: number): number => ((value % by) + by) % by
