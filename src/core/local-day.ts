import type { PlainDate } from './calendar.ts'
import { regions, zones } from './time-zones.data.ts'

/** Which day, and which hour of it, an instant is at some place. */

const UTC = 'UTC'

/** A name as it is compared: no case, no accents, nothing but letters; `US-CA` is California, too. */
const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z]/g, '')

const byRegion = new Map(
  Object.entries(regions).flatMap(([country, parts]) =>
    Object.entries(parts).flatMap(([zone, names]) => names.map((name) => [`${country} ${plain(name)}`, zone] as const)),
  ),
)

/**
 * The IANA time zone of an address. Wide countries have several: the state or province decides where it is known, by its code or its
 * English or own name. Anything unknown counts as UTC.
 */
export function zoneOf(country: string | null | undefined, state?: string | null): string {
  if (!country) return UTC
  const code = country.toUpperCase()
  const region = state && byRegion.get(`${code} ${plain(state.replace(/^[a-z]{2}-/i, ''))}`)
  return region || (zones as Readonly<Record<string, string>>)[code] || UTC
}

/** Making one takes a thousand times as long as using it. */
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
  })
  formatters.set(zone, made)
  return made
}

/** A day of the civil calendar and the hour of it, 0 to 23. */
export interface LocalTime {
  readonly date: PlainDate
  readonly hour: number
}

/** The last answer for each zone: a page of documents asks for the same minute a hundred times. */
const latest = new Map<string, { readonly minute: number; readonly time: LocalTime }>()

/** What calendar and clock show in the zone at that instant. */
export function localTime(instant: Date, zone: string): LocalTime {
  // Since 1972 no offset has had seconds, so within a minute nothing changes.
  const minute = Math.floor(instant.getTime() / 60_000)
  const known = latest.get(zone)
  if (known?.minute === minute) return known.time
  const time = readTime(instant, zone)
  latest.set(zone, { minute, time })
  return time
}

function readTime(instant: Date, zone: string): LocalTime {
  const parts = Object.fromEntries(
    formatterOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  )
  return { date: `${parts.year!.padStart(4, '0')}-${parts.month}-${parts.day}`, hour: Number(parts.hour) }
}

/** The date in the zone at that instant. */
export const localDate = (instant: Date, zone: string): PlainDate => localTime(instant, zone).date

/** When a day begins in the zone, or an hour of it; the first moment after it where clocks were put forward over it. */
export function instantOf({ date, hour }: LocalTime, zone: string): Date {
  const isReached = (instant: number) => {
    const local = localTime(new Date(instant), zone)
    return local.date > date || (local.date === date && local.hour >= hour)
  }
  // No zone is further than 15 hours from UTC, and all differ from it by quarters of an hour.
  const guess = Date.parse(`${date}T${String(hour).padStart(2, '0')}:00:00Z`)
  let [before, after] = [-60, 60]
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (isReached(guess + middle * QUARTER_HOUR_MS)) after = middle
    else before = middle
  }
  return new Date(guess + after * QUARTER_HOUR_MS)
}
const QUARTER_HOUR_MS = 15 * 60_000

/** The latest date anywhere at that instant: the one at UTC+14. */
export const latestDate = (instant: Date): PlainDate => localDate(new Date(instant.getTime() + 14 * 3_600_000), UTC)
