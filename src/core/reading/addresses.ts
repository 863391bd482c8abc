import { countries } from '../countries.data.ts'
import { plain } from './labels.ts'
import { type Cell, heightOf, overlap, type Row } from './page.ts'
import type { ReadAddress } from './types.ts'

/** Where somebody lives, from lines that stand together or from one line with separators. */

export interface Block {
  readonly cells: readonly Cell[]
  readonly hasAddress: boolean
}

/** Cells that stand under each other, each beginning or ending where the one above does, or with the same middle. */
export function blocksOf(rows: readonly Row[]): Block[] {
  const open: Cell[][] = []
  for (const row of rows)
    for (const cell of row.cells) {
      const above = open.find((cells) => continues(cells.at(-1)!, cell))
      if (above) above.push(cell)
      else open.push([cell])
    }
  return open.map((cells) => ({ cells, hasAddress: cells.some(({ text }) => placeIn(text) !== null) }))
}

function continues(above: Cell, cell: Cell): boolean {
  const size = Math.max(heightOf(above), heightOf(cell))
  const gap = cell.y0 - above.y1
  if (above.page !== cell.page || gap < -0.3 * size || gap > 1.25 * size) return false
  const centred = Math.abs(above.x0 + above.x1 - cell.x0 - cell.x1) / 2 < 0.3 * size
  return (
    Math.abs(above.x0 - cell.x0) < 0.7 * size ||
    centred ||
    (Math.abs(above.x1 - cell.x1) < 0.7 * size && overlap(above, cell) > 0)
  )
}

interface Place {
  readonly postal_code: string
  readonly city: string
  readonly state: string | null
  readonly country: string | null
  readonly at: number
  /** Whether the code of the place can be nothing else: a house may have a number of four or five digits, too. */
  readonly sure: boolean
}

const CITY = String.raw`(\p{Lu}[\p{L}.'\u2019-]+(?:(?<!\p{L}{4}\.)[ /-](?:\p{L}[\p{L}.'\u2019-]*|\d{1,2}e?)){0,4})`
const FORMS: readonly { readonly form: RegExp; readonly country: string | null; readonly order: 'code' | 'city' }[] = [
  { form: new RegExp(String.raw`${CITY},?\s+([A-Z]{2}),?\s+(\d{5}(?:-\d{4})?)(?!\d)`, 'u'), country: 'US', order: 'city' },
  { form: new RegExp(String.raw`(?:${CITY},?\s+)?\b([A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2})\b`, 'u'), country: 'GB', order: 'city' },
  {
    form: new RegExp(String.raw`(?:${CITY},?\s+)?\b([AC-FHKNPRTV-Y]\d[\dW]\s?[AC-FHKNPRTV-Y\d]{4})\b`, 'u'),
    country: 'GB',
    order: 'city',
  },
  { form: new RegExp(String.raw`\b([1-9]\d{3}\s?[A-Z]{2})\s+${CITY}`, 'u'), country: 'NL', order: 'code' },
  { form: new RegExp(String.raw`\b(?:PL-?\s?)?(\d{2}-\d{3})\s+${CITY}`, 'u'), country: 'PL', order: 'code' },
  { form: new RegExp(String.raw`\b(?:PT-?\s?)?(\d{4}-\d{3})\s+${CITY}`, 'u'), country: 'PT', order: 'code' },
  { form: new RegExp(String.raw`\b(?:(SE|S|CZ|SK|GR)-?\s?)?(\d{3}\s\d{2})\s+${CITY}`, 'u'), country: null, order: 'code' },
  { form: new RegExp(String.raw`(?<![\d.,])(?:([A-Z]{1,3})[- ]\s?)?(\d{4,5})\s+${CITY}`, 'u'), country: null, order: 'code' },
]
const PREFIXES: Readonly<Record<string, string>> = {
  D: 'DE',
  A: 'AT',
  F: 'FR',
  I: 'IT',
  E: 'ES',
  B: 'BE',
  L: 'LU',
  S: 'SE',
  N: 'NO',
  CH: 'CH',
  FL: 'LI',
  DK: 'DK',
  FI: 'FI',
  SE: 'SE',
  DE: 'DE',
  AT: 'AT',
  FR: 'FR',
  IT: 'IT',
  ES: 'ES',
  BE: 'BE',
  LU: 'LU',
  CZ: 'CZ',
  SK: 'SK',
  GR: 'GR',
  NO: 'NO',
}

function placeIn(text: string): Place | null {
  for (const [nth, { form, country, order }] of FORMS.entries()) {
    const sure = nth < FORMS.length - 1
    const found = text.match(form)
    if (!found) continue
    const groups = found.slice(1)
    if (country === 'US')
      return { city: groups[0]!, state: groups[1]!, postal_code: groups[2]!, country: null, at: found.index!, sure }
    if (country === 'GB')
      return { city: groups[0] ?? '', postal_code: groups[1]!, state: null, country: null, at: found.index!, sure }
    if (order === 'code' && groups.length === 2)
      return { postal_code: groups[0]!, city: groups[1]!, state: null, country, at: found.index!, sure }
    const [prefix, code, city] = groups
    return {
      postal_code: code!,
      city: city!,
      state: null,
      country: prefix ? (PREFIXES[prefix] ?? null) : country,
      at: found.index!,
      sure,
    }
  }
  return null
}

/** Languages in which only their own country is called. */
const AT_HOME = {
  HU: 'hu',
  RO: 'ro',
  HR: 'hr',
  SI: 'sl',
  SK: 'sk',
  EE: 'et',
  LV: 'lv',
  LT: 'lt',
  GR: 'el',
  BG: 'bg',
  TR: 'tr',
  UA: 'uk',
  IS: 'is',
  RS: 'sr',
  JP: 'ja',
} as const
let names: Map<string, string> | null = null
/** What countries are called in the languages of their neighbours. */
function countryNames(): Map<string, string> {
  if (names) return names
  names = new Map()
  for (const language of ['en', 'de', 'fr', 'es', 'it', 'nl', 'pt', 'pl', 'sv', 'da', 'nb', 'fi', 'cs']) {
    const display = new Intl.DisplayNames([language], { type: 'region' })
    for (const code of countries) names.set(plain(display.of(code) ?? code), code)
  }
  for (const [code, language] of Object.entries(AT_HOME))
    names.set(plain(new Intl.DisplayNames([language], { type: 'region' }).of(code) ?? code), code)
  for (const [name, code] of [
    ['usa', 'US'],
    ['u.s.a.', 'US'],
    ['uk', 'GB'],
    ['great britain', 'GB'],
    ['england', 'GB'],
    ['scotland', 'GB'],
    ['wales', 'GB'],
    ['holland', 'NL'],
    ['the netherlands', 'NL'],
  ] as const)
    names.set(name, code)
  return names
}

/** The country that a line consists of. */
const countryNamed = (text: string): string | null =>
  /[\d@:|]/.test(text) || text.length > 40 ? null : (countryNames().get(plain(text).replace(/[.,]$/, '')) ?? null)

/** The country of a VAT number. */
export function countryOf(vatId: string | null | undefined): string | null {
  const start = vatId?.match(/^[A-Z]{2}/)?.[0]
  if (!start) return null
  return start === 'EL' ? 'GR' : start === 'XI' ? 'GB' : vatId!.startsWith('CHE') ? 'CH' : start
}

const SEPARATORS = /\s*[·•|;]\s*|\s+[–—-]\s+/

interface Candidate {
  readonly address: ReadAddress
  readonly score: number
}

/** The vendor's address: the one that stands with its name, else any that isn't the buyer's. */
export function addressNear(
  rows: readonly Row[],
  blocks: readonly Block[],
  name: Cell | null,
  buyer: readonly Cell[],
): ReadAddress | null {
  const found: Candidate[] = []
  const apart = (cell: Cell) =>
    name === null
      ? 0
      : Math.min(Math.abs(name.y0 - cell.y0) / Math.max(heightOf(name), 1e-6) + (name.page === cell.page ? 0 : 100), 90) / 10
  for (const block of blocks)
    for (const [at, cell] of block.cells.entries()) {
      if (buyer.includes(cell) || !placeIn(cell.text)) continue
      const lines = block.cells.filter((one) => !buyer.includes(one)).map(({ text }) => text)
      const address = addressIn(lines, lines.indexOf(cell.text))
      if (!address) continue
      const together = name !== null && block.cells.includes(name)
      found.push({
        address,
        score:
          (together ? 100 : 0) -
          apart(cell) +
          (address.line1 ? 5 : 0) +
          (address.line1 && placeIn(cell.text)?.sure ? 4 : 0) -
          at / 100,
      })
    }
  for (const row of rows) {
    if (row.cells.length < 2 || row.cells.some((cell) => buyer.includes(cell)) || !placeIn(row.text)) continue
    const address = addressIn(
      row.cells.map(({ text }) => text),
      row.cells.findIndex(({ text }) => placeIn(text) !== null),
    )
    if (address?.line1) found.push({ address, score: 4 - apart(row.cells[0]!) })
  }
  const best = found.sort((a, b) => b.score - a.score)[0]?.address ?? null
  // Where the sign between them got lost, the name is no part of the street.
  const street = name && best?.line1?.startsWith(`${name.text} `) ? best.line1.slice(name.text.length).trim() : best?.line1
  return best && { ...best, line1: street ?? null }
}

/** The address in lines that stand together, of which `at` holds the place. */
function addressIn(lines: readonly string[], at: number): ReadAddress | null {
  if (at < 0) return null
  const parts = lines
    .flatMap((line, i) => (i === at && line.split(SEPARATORS).length > 1 && !usForm(line) ? line.split(SEPARATORS) : [line]))
    .map((part) => part.trim())
    .filter(Boolean)
  const surest = parts.findIndex((part) => placeIn(part)?.sure)
  const where = surest >= 0 ? surest : parts.findIndex((part) => placeIn(part) !== null)
  if (where < 0) return null
  const place = placeIn(parts[where]!)!
  const inLine = parts[where]!.slice(0, place.at).replace(/[,\s]+$/, '')
  const before = parts.slice(Math.max(0, where - 3), where).reverse()
  const street = inLine && /\d/.test(inLine) ? streetAtEnd(inLine) : (before.find((part) => isStreet(part)) ?? null)
  const city = place.city || (before[0] && !/\d/.test(before[0]) ? before[0].replace(/,$/, '') : '')
  if (!city) return null
  const country =
    parts
      .slice(where + 1, where + 3)
      .map(countryNamed)
      .find(Boolean) ?? place.country
  return {
    line1: street?.replace(/,$/, '') ?? null,
    line2: null,
    city: city
      .replace(/\s(?:Tel|Phone|Fon|Telefon|Telephone|Fax|Mobil)\b.*$/, '')
      .trim()
      .replace(/(\p{L}{4})\.$/u, '$1'),
    postal_code: place.postal_code,
    state: place.state,
    country,
  }
}

/** The street at the end of what stands before a place: `Name, Street, 5` is `Street, 5`. */
function streetAtEnd(text: string): string {
  const parts = text.split(/,\s*/)
  const last = parts.at(-1)!
  return /^\d+\s?\p{L}?$/u.test(last) && parts.length > 1 ? parts.slice(-2).join(', ') : last
}

const usForm = (line: string) => FORMS[0]!.form.test(line) && line.split(',').length <= 2
const isStreet = (part: string) => /\d/.test(part) && /\p{L}{2}/u.test(part) && part.length < 60 && !/@|www|:/.test(part)
