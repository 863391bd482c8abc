import { addDays, formatDate, type PlainDate, parseDate, weekday } from '../calendar.ts'

/** Days on which banks move money. */

/** Easter Sunday of a year (the anonymous Gregorian computation, after Meeus). */
function easter(year: number): PlainDate {
  const a = year % 19
  const century = Math.floor(year / 100)
  const rest = year % 100
  const leap = Math.floor(century / 4)
  const correction = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3)
  const epact = (19 * a + century - leap - correction + 15) % 30
  const day = (32 + 2 * (century % 4) + 2 * Math.floor(rest / 4) - epact - (rest % 4)) % 7
  const late = Math.floor((a + 11 * epact + 22 * day) / 451)
  const sum = epact + day - 7 * late + 114
  return formatDate({ year, month: Math.floor(sum / 31), day: (sum % 31) + 1 })
}

/** Whether the euro's payment system T2 is open: no weekends, and six holidays (ECB, TARGET calendar since 2002). */
export function isTargetDay(date: PlainDate): boolean {
  if (weekday(date) > 5 || /-(01-01|05-01|12-25|12-26)$/.test(date)) return false
  const sunday = easter(parseDate(date).year)
  return date !== addDays(sunday, -2) && date !== addDays(sunday, 1)
}

const inMonth = (date: PlainDate, month: number) => parseDate(date).month === month
const nth = (date: PlainDate) => Math.ceil(parseDate(date).day / 7)

/** Whether the Federal Reserve moves money: no weekends, no federal holiday; one on a Sunday is kept on Monday. */
export function isFedDay(date: PlainDate): boolean {
  const day = weekday(date)
  if (day > 5) return false
  const fixed = /-(01-01|06-19|07-04|11-11|12-25)$/
  if (fixed.test(date) || (day === 1 && fixed.test(addDays(date, -1)))) return false
  const monday = day === 1
  const floating =
    (monday && inMonth(date, 1) && nth(date) === 3) ||
    (monday && inMonth(date, 2) && nth(date) === 3) ||
    (monday && inMonth(date, 5) && !inMonth(addDays(date, 7), 5)) ||
    (monday && inMonth(date, 9) && nth(date) === 1) ||
    (monday && inMonth(date, 10) && nth(date) === 2) ||
    (day === 4 && inMonth(date, 11) && nth(date) === 4)
  return !floating
}

/** The first open day that is neither before the day that is asked for nor before today. */
export function openDay(asked: PlainDate | null, today: PlainDate, isOpen: (date: PlainDate) => boolean): PlainDate {
  let date = asked === null || asked < today ? today : asked
  while (!isOpen(date)) date = addDays(date, 1)
  return date
}
