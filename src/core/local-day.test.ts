import { expect, test } from 'vitest'
import { countries } from './countries.data.ts'
import { latestDate, localDate, localTime, zoneOf } from './local-day.ts'
import { regions, zones } from './time-zones.data.ts'

const at = (moment: string, country: string, state?: string) => localDate(new Date(moment), zoneOf(country, state))

test('every country has a zone, and every zone is one that the machine knows', () => {
  expect(Object.keys(zones).sort()).toEqual([...countries].sort())
  const all = [...Object.values(zones), ...Object.values(regions).flatMap((parts) => Object.keys(parts))]
  for (const zone of all) expect(() => new Intl.DateTimeFormat('en', { timeZone: zone }), zone).not.toThrow()
})

test('a region is named once, and its clock differs from the country’s', () => {
  for (const [country, parts] of Object.entries(regions)) {
    const names = Object.values(parts).flat()
    expect(new Set(names).size, country).toBe(names.length)
    expect(Object.keys(parts)).not.toContain(zones[country as keyof typeof zones])
  }
})

test('the day changes at midnight of the place', () => {
  expect(at('2026-01-15T22:59:59Z', 'DE')).toBe('2026-01-15')
  expect(at('2026-01-15T23:00:00Z', 'DE')).toBe('2026-01-16')
  expect(at('2026-01-16T04:59:59Z', 'US', 'NY')).toBe('2026-01-15')
  expect(at('2026-01-16T05:00:00Z', 'US', 'NY')).toBe('2026-01-16')
  expect(at('2026-01-15T11:00:00Z', 'NZ')).toBe('2026-01-16')
  expect(at('2026-01-15T18:29:59Z', 'IN')).toBe('2026-01-15')
  expect(at('2026-01-15T18:30:00Z', 'IN')).toBe('2026-01-16')
})

test('summer time moves midnight, and does not lose or repeat a day', () => {
  expect(at('2026-07-15T21:59:59Z', 'DE')).toBe('2026-07-15')
  expect(at('2026-07-15T22:00:00Z', 'DE')).toBe('2026-07-16')
  // The clocks of Berlin go forward on 29 March and back on 25 October 2026.
  const hours = (day: string) =>
    Array.from({ length: 72 }, (_, i) => new Date(Date.parse(`${day}T00:00:00Z`) - 24 * 3_600_000 + i * 3_600_000)).filter(
      (instant) => localDate(instant, 'Europe/Berlin') === day,
    ).length
  expect(['2026-03-28', '2026-03-29', '2026-10-25', '2026-10-26'].map(hours)).toEqual([24, 23, 25, 24])
  expect(localTime(new Date('2026-03-29T01:00:00Z'), 'Europe/Berlin')).toEqual({ date: '2026-03-29', hour: 3 })
})

test('on either side of the date line it is another day', () => {
  const noon = '2026-01-15T10:30:00Z'
  expect([at(noon, 'AS'), at(noon, 'WS'), at(noon, 'KI')]).toEqual(['2026-01-14', '2026-01-15', '2026-01-15'])
  expect(at('2026-01-15T11:30:00Z', 'WS')).toBe('2026-01-16')
  expect(at('2026-01-15T10:00:00Z', 'NU')).toBe('2026-01-14')
})

test('midnight is hour 0, and the years keep four digits', () => {
  expect(localTime(new Date('2026-01-15T00:00:00Z'), 'UTC')).toEqual({ date: '2026-01-15', hour: 0 })
  expect(localDate(new Date('0099-06-01T12:00:00Z'), 'UTC')).toBe('0099-06-01')
})

test('a state or province is known by its code and by its name', () => {
  for (const state of ['CA', 'ca', 'US-CA', 'California', ' california '])
    expect(zoneOf('US', state), state).toBe('America/Los_Angeles')
  expect(zoneOf('us', 'tx')).toBe('America/Chicago')
  expect(zoneOf('CA', 'Île-du-Prince-Édouard')).toBe('America/Halifax')
  expect(zoneOf('AU', 'WA')).toBe('Australia/Perth')
  expect(zoneOf('BR', 'Ceara')).toBe('America/Fortaleza')
  expect(zoneOf('MX', 'Baja California Sur')).toBe('America/Mazatlan')
  expect(zoneOf('RU', 'Primorsky Krai')).toBe('Asia/Vladivostok')
})

test('what is not known has the clock of the country, and without a country that of Greenwich', () => {
  expect(zoneOf('US', 'NY')).toBe('America/New_York')
  expect(zoneOf('US', 'Atlantis')).toBe('America/New_York')
  expect(zoneOf('US')).toBe('America/New_York')
  expect(zoneOf('DE', 'CA')).toBe('Europe/Berlin')
  for (const nowhere of [null, undefined, '', 'XX', 'constructor']) expect(zoneOf(nowhere)).toBe('UTC')
})

test('nowhere is it later than at UTC+14', () => {
  for (const hour of ['00', '09', '10', '11', '23']) {
    const instant = new Date(`2026-01-15T${hour}:30:00Z`)
    for (const zone of Object.values(zones)) expect(localDate(instant, zone) <= latestDate(instant)).toBe(true)
    expect(localDate(instant, zoneOf('KI')) <= latestDate(instant)).toBe(true)
  }
  expect(latestDate(new Date('2026-01-15T10:00:00Z'))).toBe('2026-01-16')
})
