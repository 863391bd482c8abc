import { COLUMNS, type Column, LABELS, OTHER_COLUMN, plain } from './labels.ts'
import { type Cell, heightOf, type Row, type Word } from './page.ts'
import type { ReadLine } from './types.ts'
import { type Decimal, moneyIn, numberIn, percentIn } from './values.ts'

/** The list of items on a bill: found by its headings, or by amounts that come to a sum. Multiplication is the judge of both. */

export interface Region {
  /** The cells the list takes up, headings included; what stands beside it is not of it. */
  readonly cells: ReadonlySet<Cell>
  readonly lines: readonly ReadLine[]
}

const NOTHING: Region = { cells: new Set(), lines: [] }
const NAMES = Object.keys(COLUMNS) as Column[]
const SUMS = [...LABELS.total, ...LABELS.subtotal, ...LABELS.discount]

type Place = Column | 'other'

interface Heading {
  readonly column: Place
  readonly text: string
  readonly x0: number
  readonly x1: number
}

const wordsIn = (row: Row): Word[] => row.cells.flatMap(({ words }) => words)
const textOf = (words: readonly Word[]) => words.map(({ text }) => text).join(' ')
/** The gap before a word, in heights of its letters. */
const gapBefore = (words: readonly Word[], i: number) => (words[i]!.x0 - words[i - 1]!.x1) / heightOf(words[i]!)

// Headings

/** More columns than this are no list of items. */
const COLUMNS_MAX = 20
/** Words of one heading stand closer than this, in heights of their letters. */
const HEADING_GAP = 0.75
const CURRENCY_OR_TAX =
  /\s(?:in )?(?:eur|usd|gbp|chf|pln|sek|dkk|nok|czk|kr|€|\$|£|(?:excl|exkl|incl|inkl|inc|ex|sin|con|zzgl|ohne|hors|s|c)\b[./]?.*|ht|ttc|h\.t\.?|net|netto|gross|brutto)$/u

/** The column that a text names; a heading of several words has to be named by all of it. */
function columnOf(text: string, several: boolean): Place | null {
  const bare = plain(text)
    .replace(/[:*()[\]]/g, '')
    .trim()
  if (bare.length > 32) return null
  const [other] = bare.match(OTHER_COLUMN) ?? []
  if (other && (!several || other.length >= bare.length * 0.9)) return 'other'
  let best: Column | null = null
  let length = 0
  for (const column of NAMES)
    for (const one of new Set([bare, bare.replace(CURRENCY_OR_TAX, '')])) {
      const found = one.match(COLUMNS[column])?.[0].length ?? 0
      if (found > length && found >= one.length * (several ? 0.9 : 0.5)) [best, length] = [column, found]
    }
  return best
}

/** All headings of a row; words that name no column we know are one nevertheless, unless they go on with what stands before them. */
function headingsIn(row: Row): Heading[] {
  const words = wordsIn(row)
  const found: Heading[] = []
  let open = false
  for (let i = 0; i < words.length; ) {
    let reach = 1
    while (reach < 4 && i + reach < words.length && gapBefore(words, i + reach) < HEADING_GAP) reach++
    let taken = 1
    let column: Place | null = null
    for (let length = reach; length >= 1 && !column; length--) {
      column = columnOf(textOf(words.slice(i, i + length)), length > 1)
      taken = length
    }
    const part = words.slice(i, i + taken)
    const before = found.at(-1)
    const close = before && gapBefore(words, i) < HEADING_GAP
    if (close && (column ? column === before.column && column === 'description' : open || before.column !== 'other'))
      found[found.length - 1] = { ...before, text: `${before.text} ${textOf(part)}`, x1: part.at(-1)!.x1 }
    else found.push({ column: column ?? 'other', text: textOf(part), x0: part[0]!.x0, x1: part.at(-1)!.x1 })
    open = column === null
    i += taken
  }
  return found
}

/** The row that names the columns: a description or a quantity, an amount, and three names, or two that say it all. */
function headingRow(rows: readonly Row[]): { at: number; headings: Heading[] } | null {
  let best: { at: number; headings: Heading[]; kinds: number } | null = null
  for (const [at, row] of rows.entries()) {
    if (/\d[.,]\d{2}/.test(row.text) || row.text.length > 160) continue
    const headings = headingsIn(row)
    if (headings.length > COLUMNS_MAX) continue
    const kinds = new Set(headings.map(({ column }) => column).filter((column) => column !== 'other'))
    const enough = kinds.size >= 3 || (kinds.size === 2 && kinds.has('total') && kinds.has('description'))
    if (!enough || !(kinds.has('total') || kinds.has('unit_price'))) continue
    if (!best || kinds.size > best.kinds) best = { at, headings, kinds: kinds.size }
  }
  return best
}

const GROSS = /brutto|gross|inc|inkl|t\.?t\.?c|ivato|con iva|c\/ ?iva/
const NET = /net|exc|exkl|h\.?t\b|imponi|liquido|sin iva|s\/ ?iva/

/** Each column once; of two amounts the net one; the widest that nothing is known of holds the descriptions where no heading says so. */
function columnsOf(headings: readonly Heading[]): Heading[] {
  const amounts = headings.filter(({ column }) => column === 'total')
  const called = ({ text }: Heading) => plain(text)
  const net = amounts.find((one) => NET.test(called(one))) ?? amounts.find((one) => !GROSS.test(called(one))) ?? amounts[0]
  const room = (heading: Heading) => (headings[headings.indexOf(heading) + 1]?.x0 ?? heading.x1) - heading.x0
  const widest = (column: Place) => headings.filter((one) => one.column === column).sort((a, b) => room(b) - room(a))[0]
  const texts = widest('description') ?? widest('other')
  const kept: Heading[] = []
  for (const heading of headings) {
    const again =
      heading.column === 'total'
        ? heading !== net
        : heading.column === 'description'
          ? heading !== texts
          : kept.some(({ column }) => column === heading.column)
    // What doesn't count keeps its place, so that nothing in it is taken for what does.
    kept.push(heading === texts ? { ...heading, column: 'description' } : again ? { ...heading, column: 'other' } : heading)
  }
  if (texts) return kept
  return [{ column: 'description', text: '', x0: 0, x1: kept[0]!.x0 }, ...kept]
}

// Rows

interface Draft extends ReadLine {
  readonly more: string[]
  /** Percentages in columns without a name, which may be reductions. */
  readonly less: readonly number[]
  readonly places: ReadonlyMap<Heading, readonly Word[]>
}

/** What it costs to leave a column empty. */
const EMPTY: Readonly<Record<Place, number>> = {
  description: 2.5,
  total: 2,
  quantity: 1,
  unit_price: 1,
  unit: 0.3,
  vat_rate: 0.3,
  other: 0.3,
}
const OUTSIDE = 2
const WORDS_MAX = 40

/** How badly words fit into a column: by what they are, by where they stand. The costs were found by trying. */
function misfit(words: readonly Word[], column: Heading, decimal: Decimal): number {
  const { column: place } = column
  const [first, last] = [words[0]!, words.at(-1)!]
  const size = heightOf(first)
  const text = textOf(words)
  const apart =
    Math.min(
      Math.abs(first.x0 - column.x0),
      Math.abs(last.x1 - column.x1),
      Math.abs((first.x0 + last.x1 - column.x0 - column.x1) / 2),
    ) / size
  let wide = 0
  for (let i = 1; i < words.length; i++) if (gapBefore(words, i) > (place === 'description' ? 1.5 : 0.9)) wide++
  if (place === 'description') return Math.min(0.25 * apart, 2) + 1.5 * wide + (/\p{L}/u.test(text) ? 0 : 1)
  const where = Math.min(0.5 * apart, 3.5) + 3 * wide
  if (place === 'other') return where + (text.length > 20 ? 1 : 0)
  if (place === 'unit') return where + (/\p{L}/u.test(text) && text.length <= 12 ? 0 : 4)
  if (place === 'quantity') return where + (quantityIn(text, decimal)[0] === null ? 5 : 0)
  if (place === 'vat_rate') return where + (rateIn(text, decimal) === null ? 5 : 0)
  return where + (amountIn(text, decimal) === null ? 5 : 0)
}

/** Deals the words of a row out to the columns, in their order, so that it costs least; words may stay outside. */
function dealt(words: readonly Word[], columns: readonly Heading[], decimal: Decimal): Map<Heading, Word[]> {
  const [n, m] = [words.length, columns.length]
  interface Best {
    readonly cost: number
    readonly from: number
    readonly back: Best | null
  }
  /** By how many words are dealt; of the columns before the one at hand. */
  let before: (Best | null)[] = [{ cost: 0, from: 0, back: null }]
  for (let i = 1; i <= n; i++) before.push({ cost: OUTSIDE * i, from: i, back: null })
  const ends: Best[][] = []
  for (let at = 0; at < m; at++) {
    const now: Best[] = []
    for (let end = 0; end <= n; end++) {
      let best: Best = { cost: before[end]!.cost + EMPTY[columns[at]!.column], from: end, back: before[end]! }
      for (let from = 0; from < end; from++) {
        const cut = from > 0 && gapBefore(words, from) < 0.35 ? 1.5 : 0
        const base = before[from]!.cost + cut
        if (base >= best.cost) continue
        const cost = base + misfit(words.slice(from, end), columns[at]!, decimal)
        if (cost < best.cost) best = { cost, from, back: before[from]! }
      }
      now.push(best)
    }
    ends.push(now)
    // A word behind a column may be left out.
    const passed: Best[] = []
    for (let end = 0; end <= n; end++) {
      const left = passed[end - 1]
      passed.push(left && left.cost + OUTSIDE < now[end]!.cost ? { cost: left.cost + OUTSIDE, from: end, back: left } : now[end]!)
    }
    before = passed
  }
  const found = new Map<Heading, Word[]>()
  let end = n
  let best: Best | null = before[n]!
  for (let at = m - 1; at >= 0 && best; at--) {
    while (best && best !== ends[at]![end]) {
      best = best.back
      end--
    }
    if (!best) break
    if (best.from < end) found.set(columns[at]!, words.slice(best.from, end))
    end = best.from
    best = best.back
  }
  return found
}

function lineOf(row: Row, columns: readonly Heading[], decimal: Decimal): Draft | null {
  const words = wordsIn(row)
  if (words.length > WORDS_MAX) return null
  const places = dealt(words, columns, decimal)
  const texts = new Map<Place, string>()
  const less: number[] = []
  for (const [{ column }, part] of places) {
    if (column !== 'other') texts.set(column, textOf(part))
    else less.push(percentIn(textOf(part), decimal) ?? numberIn(textOf(part), decimal) ?? 0)
  }
  const [count, unit] = quantityIn(texts.get('quantity') ?? '', decimal)
  const amount = (text: string | undefined) => (text === undefined ? null : amountIn(text, decimal))
  return {
    description: texts.get('description')?.trim() || null,
    quantity: count,
    unit: texts.get('unit')?.trim() || unit,
    unit_price: amount(texts.get('unit_price')),
    total: amount(texts.get('total')),
    vat_rate: rateIn(texts.get('vat_rate') ?? '', decimal),
    more: [],
    less: less.filter((one) => one > 0 && one < 100),
    places,
  }
}

/** An amount, with its currency or without; a reader of pictures may part it behind its point. */
function amountIn(text: string, decimal: Decimal): number | null {
  const whole = text.replace(/([.,])\s(?=\d)/g, '$1')
  if (/\p{L}{4}/u.test(whole) || whole.includes('%')) return null
  return moneyIn(whole, decimal) ?? numberIn(whole.replace(/[^\d.,\s()'’−–-]/g, '').trim(), decimal)
}

/** Where a rate stands otherwise: nothing is taken. */
const UNTAXED =
  /^(?:(?:tax |vat |mwst\.?-?|umsatz)?(?:steuer)?(?:exempt|frei|befreit)|zero[- ]rated|n\/?a|exonere|exent[oa]|esente|vrij(?:gesteld)?|isent[oa]|zw\.?|none|keine?)$/

function rateIn(text: string, decimal: Decimal): number | null {
  if (UNTAXED.test(plain(text))) return 0
  const rate = percentIn(text, decimal) ?? numberIn(text.trim(), decimal)
  return rate !== null && rate >= 0 && rate <= 50 ? rate : null
}

/** `3`, `2,5 h`, `10 Stk.`, `2 x`: how many, and of what. */
function quantityIn(text: string, decimal: Decimal): [number | null, string | null] {
  const [, digits, unit] = text.trim().match(/^(?:x\s?)?([-−–]?\d[\d.,' ]*|\d)\s*(?:[x×]\b)?\s*(\p{L}?[^\d]{0,11}[²³]?)$/u) ?? []
  if (digits === undefined) return [null, null]
  const bare = digits.trim()
  const whole = /^\d+[.,]\d{3}$/.test(bare) && bare.includes(decimal)
  const value = whole ? Number(bare.replace(',', '.')) : numberIn(bare, decimal)
  return [value, unit?.trim() || null]
}

type Numbers = Pick<ReadLine, 'quantity' | 'unit_price' | 'total'>

/** Whether the numbers multiply out, less a reduction where there is one; prices may be rounded, but not by much. */
function fits({ quantity, unit_price, total }: Numbers, less: readonly number[] = []): boolean {
  if (quantity === null || unit_price === null || total === null) return false
  const slack = Math.max(0.011, Math.min(0.005 * Math.abs(quantity), 0.002 * Math.abs(total)))
  const full = Math.abs(quantity * unit_price)
  return [0, ...less].some((percent) => Math.abs(full * (1 - percent / 100) - Math.abs(total)) < slack)
}

/** Whether it is a line beyond doubt. */
const isSure = (line: Draft | null) => line !== null && line.description !== null && fits(line, line.less)

// The list

/** How far below a line, in heights of its letters, text may go on with it; and from where on nothing belongs to the list that doesn't prove it. */
const NEAR = 2.5
const FAR = 4

/** Reads the list of items of a bill; empty when there is none to see. */
export function itemsOf(rows: readonly Row[], decimal: Decimal): Region {
  const found = headingRow(rows)
  const table = found ? tableFrom(rows, found.at, found.headings, decimal) : NOTHING
  return table.lines.length > 0 ? table : plainItems(rows, decimal)
}

function tableFrom(rows: readonly Row[], at: number, headings: readonly Heading[], decimal: Decimal): Region {
  const named = columnsOf(headings)
  const read = (columns: readonly Heading[]) => rows.map((row, i) => (i > at ? lineOf(row, columns, decimal) : null))
  const sureOf = (drafts: readonly (Draft | null)[]) => drafts.filter((line) => line !== null).filter(isSure)
  // A column whose name we don't know is the one that makes the lines multiply out.
  const [guess, first] = [named, ...guesses(named)]
    .map((columns) => [columns, read(columns)] as const)
    .reduce((best, one) => (sureOf(one[1]).length > sureOf(best[1]).length ? one : best))
  const columns = placed(guess, sureOf(first))
  const drafts = columns === guess ? first : read(columns)
  const lastSure = drafts.reduce((last, draft, i) => (isSure(draft) ? i : last), -1)
  const title = plain(rows[at]!.text)
  const isTitle = (row: Row) => plain(row.text) === title
  /** Nothing that belongs to the list stands further down. */
  const goesTo = Math.max(lastSure, rows.findLastIndex(isTitle))
  const lines: Draft[] = []
  const used = new Set([at])
  let last = at
  /** Sums of the lines since the last sum, and of all. */
  let [part, all] = [0, 0]
  /** Whether text may go on with the line before it, and whether lines are taken that don't multiply out. */
  let [goesOn, inside] = [false, true]
  const take = (i: number, line: Draft) => {
    lines.push(line)
    part += line.total ?? 0
    all += line.total ?? 0
    ;[goesOn, inside, last] = [true, true, i]
    used.add(i)
  }
  for (let i = at + 1; i < rows.length; i++) {
    const row = rows[i]!
    const line = drafts[i] ?? null
    if (isTitle(row)) {
      ;[goesOn, inside, last] = [false, true, i]
      used.add(i)
    } else if (line && isSure(line)) take(i, line)
    else if (
      row.page !== rows[last]!.page ||
      !inside ||
      !line ||
      (lines.length > 0 && row.y0 - rows[last]!.y1 > FAR * heightOf(row))
    ) {
      inside = false
      if (i > goesTo) break
    } else if (isSum(row, line, [part, all])) {
      ;[goesOn, part] = [false, 0]
      if (i > goesTo) break
      if (i > lastSure) inside = false
      else used.add(i)
    } else if (isLikely(line, columns, decimal)) take(i, line)
    else if (lines.length > 0) {
      const text = row.y0 - rows[last]!.y1 <= NEAR * heightOf(row) ? textFrom(row, columns) : null
      if (text) {
        if (goesOn) lines.at(-1)!.more.push(text)
        used.add(i)
        last = i
      }
    } else if (line.description) last = i
  }
  return { cells: cellsOf(filled(used, rows), rows, columns[0]!.x0), lines: lines.map(finish) }
}

/** A line that can't be multiplied out: it has two of the three numbers, or an amount of money right where the amounts stand. */
function isLikely({ quantity, unit_price, total, places }: Draft, columns: readonly Heading[], decimal: Decimal): boolean {
  if (quantity !== null && unit_price !== null) return true
  if (total === null) return false
  if (quantity !== null || unit_price !== null) return true
  const column = columns.find((one) => one.column === 'total')!
  const words = places.get(column)!
  const apart = Math.min(Math.abs(words[0]!.x0 - column.x0), Math.abs(words.at(-1)!.x1 - column.x1))
  return moneyIn(textOf(words), decimal) !== null && apart < heightOf(words[0]!)
}

/** The cells of rows from a place on to the right. */
function cellsOf(used: Iterable<number>, rows: readonly Row[], from: number): Set<Cell> {
  return new Set([...used].flatMap((i) => rows[i]!.cells.filter(({ x1 }) => x1 > from)))
}

/** The text that stands where the descriptions begin, as far as it stands together. */
function textFrom(row: Row, columns: readonly Heading[]): string | null {
  const start = columns.find(({ column }) => column === 'description')!.x0 - heightOf(row)
  const words = wordsIn(row).filter(({ x0 }) => x0 > start)
  let to = 1
  while (to < words.length && gapBefore(words, to) < 1.5) to++
  return words.length > 0 && words[0]!.x0 - start < 4 * heightOf(row) ? textOf(words.slice(0, to)) : null
}

/** Rows between used ones of a page are of the list as well. */
function filled(used: ReadonlySet<number>, rows: readonly Row[]): Set<number> {
  const all = new Set(used)
  const sorted = [...used].sort((a, b) => a - b)
  for (const [k, i] of sorted.entries())
    if (k > 0 && rows[i]!.page === rows[sorted[k - 1]!]!.page) for (let j = sorted[k - 1]!; j < i; j++) all.add(j)
  return all
}

/** What the columns may be if one of the three numbers stands below a name we don't know. */
function guesses(columns: readonly Heading[]): (readonly Heading[])[] {
  const missing = (['quantity', 'unit_price', 'total'] as const).filter((one) => !columns.some(({ column }) => column === one))
  if (missing.length !== 1) return []
  return columns
    .filter(({ column }) => column === 'other')
    .map((other) => columns.map((one) => (one === other ? { ...one, column: missing[0]! } : one)))
}

/** The columns where the lines that multiply out show them. */
function placed(columns: readonly Heading[], lines: readonly Draft[]): readonly Heading[] {
  if (lines.length === 0) return columns
  const middle = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!
  return columns.map((column) => {
    const parts = lines.flatMap(({ places }) => (places.has(column) ? [places.get(column)!] : []))
    if (parts.length === 0) return column
    const x0 = middle(parts.map(([first]) => first!.x0))
    // Texts begin together, and end anywhere.
    return {
      ...column,
      x0,
      x1: column.column === 'description' ? Number.POSITIVE_INFINITY : middle(parts.map((words) => words.at(-1)!.x1)),
    }
  })
}

/** A sum within the list or at its end: by its words, or because it is what the lines come to. */
function isSum(row: Row, { quantity, unit_price, total }: Draft, sums: readonly number[]): boolean {
  if (ends(row) || CARRIED.test(plain(row.text))) return true
  return (
    quantity === null && unit_price === null && total !== null && sums.some((sum) => sum !== 0 && Math.abs(sum - total) < 0.015)
  )
}

/** The number of a tax payer, not a tax. */
const OF_A_NUMBER = /nummer|number|\b(?:nr|no|id|reg)\b|intra|n°/

function ends(row: Row): boolean {
  const texts = row.cells.map(({ text }) => plain(text))
  if (texts.some((text) => SUMS.some((label) => label.test(text)))) return true
  const few = texts.length <= 3 ? [texts[0]!, texts.at(-2) ?? ''] : [texts[0]!]
  return few.some((text) => !OF_A_NUMBER.test(text) && LABELS.tax_amount.some((label) => label.test(text)))
}

/** A sum carried to the next page. */
const CARRIED =
  /^(?:\S+ ){0,2}(?:ubertrag|(?:carried|brought) forward|a reporter|report(?: page.*)?$|suma y sigue|riporto|a riportare|do przeniesienia|z przeniesienia|overfort)(?!\p{L})/u

// Lists without headings

const TIMES = /(\d+(?:[.,]\d+)?)\s*(\p{L}{0,8}\.?)\s*[x×@à*]\s*[€$£]?\s*([\d.,' ]*\d)/u
/** A count before an article, as tills print it. */
const COUNTED = /^(\d{1,3}(?:[.,]\d{1,3})?)\s?[x×]\s(?=.*\p{L}{2})/u
/** Letters behind the amount of a till tell the rate of the tax. */
const RATE_LETTER = /\s+(?:[A-Z]{1,2}|\*)$/

/** Items without headings: rows that end with an amount, right above the sums; taken only if they come to one of them. */
function plainItems(rows: readonly Row[], decimal: Decimal): Region {
  const amountOf = (row: Row) => {
    const words = wordsIn(row)
    const last = row.cells.at(-1)!
    const letter = /^(?:[A-Z]{1,2}|\*)$/.test(last.text) ? (row.cells.at(-2)?.words.length ?? 0) : 0
    let from = Math.max(0, words.length - Math.min(last.words.length + letter, 5))
    for (; from < words.length; from++) {
      const value = moneyIn(textOf(words.slice(from)).replace(RATE_LETTER, ''), decimal)
      if (value !== null) return { value, words: words.slice(0, from) }
    }
    return null
  }
  const end = rows.findIndex((row) => ends(row) && amountOf(row) !== null)
  if (end < 0) return NOTHING
  const sums = rows
    .slice(end)
    .filter(ends)
    .flatMap((row) => amountOf(row)?.value ?? [])
  const lines: ReadLine[] = []
  /** Those that need no sum to prove them. */
  const sure: Proven[] = []
  let sum = 0
  let left = Number.POSITIVE_INFINITY
  for (let i = end - 1; i >= 0 && i > end - 80; i--) {
    const amount = amountOf(rows[i]!)
    const proven = amount && multiplied(amount.words, amount.value, decimal)
    if (proven) sure.unshift(proven)
    const name = amount && nearestText(proven?.words ?? amount.words)
    if (!amount || !name || !/\p{L}{2}/u.test(rows[i]!.text.replace(TIMES, ''))) continue
    lines.unshift(proven?.line ?? counted(name.text, amount.value, [rows[i], rows[i + 1], rows[i - 1], rows[i + 2]], decimal))
    sum += amount.value
    left = Math.min(left, name.x0)
    if (sums.some((one) => Math.abs(one - sum) < 0.015)) {
      const from = rows[i - 1] && TIMES.test(rows[i - 1]!.text) ? i - 1 : i
      return {
        cells: cellsOf(
          Array.from({ length: end - from }, (_, k) => from + k),
          rows,
          left,
        ),
        lines,
      }
    }
  }
  return { cells: new Set(), lines: sure.map(({ line }) => line) }
}

interface Proven {
  readonly line: ReadLine
  /** The words before its numbers. */
  readonly words: readonly Word[]
}

/** How many words a count and a price may be of: a unit or a currency stands beside them. */
const SHAPES = [
  [1, 1],
  [1, 2],
  [2, 1],
  [2, 2],
] as const

/** A row whose last two numbers multiply to its amount is a line, whatever stands above it. */
function multiplied(words: readonly Word[], total: number, decimal: Decimal): Proven | null {
  for (const [counts, prices] of SHAPES) {
    const unit_price = amountIn(textOf(words.slice(-prices)), decimal)
    const [quantity, unit] = quantityIn(textOf(words.slice(-counts - prices, -prices)), decimal)
    const before = words.slice(0, -counts - prices)
    const name = before.length > 0 ? nearestText(before) : null
    if (!name || unit_price === null || quantity === null || Math.abs(total) < 1 || !fits({ quantity, unit_price, total }))
      continue
    return { line: { description: name.text, quantity, unit, unit_price, total, vat_rate: null }, words: before }
  }
  return null
}

/** The words before an amount that stand together: what stands further away is of another column of the page. */
function nearestText(words: readonly Word[]): { text: string; x0: number } | null {
  let from = words.length - 1
  while (from > 0 && gapBefore(words, from) < 1.5) from--
  const text = textOf(words.slice(Math.max(0, from)))
    .replace(/[.:\s…]+$/, '')
    .trim()
  return /\p{L}{2}/u.test(text) ? { text, x0: words[from]!.x0 } : null
}

/** How many, by a row that says `2 x 1,99` and multiplies to the amount. */
function counted(name: string, total: number, rows: readonly (Row | undefined)[], decimal: Decimal): ReadLine {
  const nothing = { description: name, quantity: null, unit: null, unit_price: null, total, vat_rate: null }
  for (const row of rows) {
    const [all, digits, unit, price] = row?.text.match(TIMES) ?? []
    if (!row || !all) continue
    const [quantity, unit_price] = [numberIn(digits!, decimal), numberIn(price!.trim(), decimal)]
    if (!fits({ quantity, unit_price, total })) continue
    const description = name.replace(all, '').trim() || name
    return { ...nothing, description, quantity, unit: unit || null, unit_price, vat_rate: percentIn(row.text, decimal) }
  }
  const [lead, count] = name.match(COUNTED) ?? []
  return lead ? { ...nothing, description: name.slice(lead.length), quantity: numberIn(count!, decimal) } : nothing
}

// What multiplication says

/** A number that lost its decimal point in a picture gets it back where the multiplication comes out right only then. */
function pointed({ quantity, unit_price, total }: Numbers): Numbers {
  if (quantity === null || unit_price === null || total === null) return { quantity, unit_price, total }
  const right = (q: number, p: number) => Math.abs(q * p - total) < 0.006
  const shifts = [
    [1, 1],
    [1, 100],
    [10, 1],
    [100, 1],
    [10, 100],
    [100, 100],
    [1000, 1],
  ] as const
  const [q, p] = shifts.find(([q, p]) => right(quantity / q, unit_price / p)) ?? [1, 1]
  return { quantity: quantity / q, unit_price: unit_price / p, total }
}

/** A missing number follows from the two others. */
function finish({ more, less, places: _, ...line }: Draft): ReadLine {
  const description = [line.description, ...more].filter(Boolean).join(' ').trim() || null
  const { quantity, unit_price, total } = fits(line, less) ? line : pointed(line)
  // Quarters at most: what a count was that could not be read.
  const count = unit_price !== null && total !== null ? Math.round((4 * total) / unit_price) / 4 : 0
  if (quantity === null && unit_price !== null && total !== null && count > 0 && Math.abs(count * unit_price - total) < 0.005)
    return { ...line, description, unit_price, quantity: count }
  if (total === null && quantity !== null && unit_price !== null)
    return { ...line, description, quantity, unit_price, total: Math.round(quantity * unit_price * 100) / 100 }
  if (unit_price === null && quantity !== null && total !== null && isCents(total / quantity))
    return { ...line, description, quantity, unit_price: Math.round((total / quantity) * 100) / 100 }
  return { ...line, description, quantity, unit_price }
}

const isCents = (value: number) => Number.isFinite(value) && Math.abs(value * 100 - Math.round(value * 100)) < 1e-6
