import { COLUMNS, type Column, LABELS, OTHER_COLUMN, plain } from './labels.ts'
import { type Cell, cellOf, heightOf, overlap, type Row, type Word } from './page.ts'
import type { ReadLine } from './types.ts'
import { type Decimal, moneyIn, numberIn, percentIn } from './values.ts'

/** The list of items on a bill: found by its headings, or by rows that multiply out. */

export interface Region {
  /** Its first and last row, headings included; an empty region is before all rows. */
  readonly from: number
  readonly to: number
  readonly lines: readonly ReadLine[]
}

const NOTHING: Region = { from: -1, to: -1, lines: [] }
const NAMES = Object.keys(COLUMNS) as Column[]
const SUMS = [...LABELS.total, ...LABELS.subtotal, ...LABELS.discount]

type Place = Column | 'other'

interface Heading {
  readonly column: Place
  readonly x0: number
  readonly x1: number
}

/** The headings in a row: cells, or words within cells that stand close. */
function headingsIn(row: Row): Heading[] {
  const found: Heading[] = []
  for (const cell of row.cells) {
    const whole = columnOf(cell.text)
    if (whole) {
      found.push({ column: whole, x0: cell.x0, x1: cell.x1 })
      continue
    }
    for (let i = 0; i < cell.words.length; i++) {
      const two = cell.words[i + 1] ? columnOf(`${cell.words[i]!.text} ${cell.words[i + 1]!.text}`) : null
      const one = columnOf(cell.words[i]!.text)
      if (two && (!one || two !== columnOf(cell.words[i + 1]!.text))) {
        found.push({ column: two, x0: cell.words[i]!.x0, x1: cell.words[i + 1]!.x1 })
        i++
      } else if (one) found.push({ column: one, x0: cell.words[i]!.x0, x1: cell.words[i]!.x1 })
    }
  }
  return found
}

function columnOf(text: string): Place | null {
  const bare = plain(text)
    .replace(/[:*()[\]]/g, '')
    .replace(/\s(?:in )?(?:eur|usd|gbp|chf|pln|sek|dkk|€|\$|£)$/u, '')
    .trim()
  if (bare.length > 32) return null
  if (OTHER_COLUMN.test(bare)) return 'other'
  let best: Column | null = null
  let length = 0
  for (const column of NAMES) {
    const found = bare.match(COLUMNS[column])?.[0].length ?? 0
    if (found > length) [best, length] = [column, found]
  }
  return best && length >= bare.length * 0.5 ? best : null
}

/** The row that names the columns: it has a description or a quantity, a total, and three names at least two of which differ. */
function headingRow(rows: readonly Row[]): { at: number; headings: Heading[] } | null {
  let best: { at: number; headings: Heading[]; kinds: number } | null = null
  for (const [at, row] of rows.entries()) {
    if (/\d[.,]\d{2}/.test(row.text)) continue
    const headings = headingsIn(row)
    const kinds = new Set(headings.map(({ column }) => column).filter((column) => column !== 'other'))
    const enough = kinds.size >= 3 || (kinds.size === 2 && kinds.has('total') && kinds.has('description'))
    if (!enough || !(kinds.has('total') || kinds.has('unit_price'))) continue
    if (!best || kinds.size > best.kinds) best = { at, headings, kinds: kinds.size }
  }
  return best
}

const GROSS = /brutto|gross|incl|inkl|t\.?t\.?c|ivato|moms inkl/
const NET = /netto|net\b|excl|exkl|h\.?t\b|imponi|liquido/

/** Each column once; of two amounts the net one. */
function columnsOf(headings: readonly Heading[], row: Row): Heading[] {
  const called = ({ x0, x1 }: Heading) =>
    plain(
      row.cells
        .filter((cell) => overlap(cell, { x0, x1 }) > 0.3)
        .map(({ text }) => text)
        .join(' '),
    )
  const amounts = headings.filter(({ column }) => column === 'total')
  const net = amounts.find((one) => NET.test(called(one))) ?? amounts.find((one) => !GROSS.test(called(one))) ?? amounts[0]
  const kept: Heading[] = []
  for (const heading of headings)
    if (
      heading.column === 'other'
        ? true
        : heading.column === 'total'
          ? heading === net
          : !kept.some(({ column }) => column === heading.column)
    )
      kept.push(heading)
  // Amounts that don't count keep their place, so that nothing in them is taken for the one that does.
  for (const other of amounts) if (other !== net) kept.push({ ...other, column: 'other' })
  return kept.sort((a, b) => a.x0 - b.x0)
}

/** Reads the list of items of a bill; empty when there is none to see. */
export function itemsOf(rows: readonly Row[], decimal: Decimal): Region {
  const found = headingRow(rows)
  if (!found) return plainItems(rows, decimal)
  const columns = columnsOf(found.headings, rows[found.at]!)
  const title = plain(rows[found.at]!.text)
  const repeats = (row: Row) => plain(row.text) === title
  const lines: Draft[] = []
  let last = found.at
  let page = rows[found.at]!.page
  for (let i = found.at + 1; i < rows.length; i++) {
    const row = rows[i]!
    if (repeats(row)) {
      page = row.page
      last = i
      continue
    }
    if (ends(row)) {
      if (!carries(row) && !rows.slice(i + 1, i + 14).some((one) => one.page > row.page && repeats(one))) break
      continue
    }
    const line = lineOf(row, columns, decimal)
    if (line.total !== null || (line.unit_price !== null && line.quantity !== null)) {
      lines.push(line)
      last = i
      page = row.page
    } else if (row.page !== page) {
    } else if (lines.length > 0) {
      const gap = row.y0 - rows[last]!.y1
      if (gap > 2.5 * heightOf(row) || !line.description) {
        if (gap > 4 * heightOf(row)) break
        continue
      }
      lines.at(-1)!.more.push(line.description)
      last = i
    } else if (line.description) last = i
  }
  const read = lines.map(finish)
  return { from: found.at, to: last, lines: read }
}

const TIMES = /(\d+(?:[.,]\d+)?)\s*(\p{L}{0,8}\.?)\s*[x×@à]\s*[€$£]?\s*([\d.,' ]*\d)/u

/** Items without headings: rows that end with an amount, right above the sums; taken only if they come to one of them. */
function plainItems(rows: readonly Row[], decimal: Decimal): Region {
  const amountOf = (row: Row) => moneyIn(row.cells.at(-1)!.text, decimal)
  const end = rows.findIndex((row) => ends(row) && amountOf(row) !== null)
  if (end < 0) return NOTHING
  const sums = rows
    .slice(end)
    .filter(ends)
    .map(amountOf)
    .filter((one) => one !== null)
  const lines: ReadLine[] = []
  let from = end
  let sum = 0
  for (let i = end - 1; i >= 0 && i > end - 60; i--) {
    const row = rows[i]!
    const total = row.cells.length > 1 ? amountOf(row) : null
    if (total === null) continue
    const [, quantity, unit, price] = [row, rows[i + 1]].map((one) => one?.text.match(TIMES)).find(Boolean) ?? []
    const description = row.cells
      .slice(0, -1)
      .map(({ text }) => text)
      .join(' ')
    lines.unshift({
      description,
      quantity: quantity ? numberIn(quantity, decimal) : null,
      unit: unit || null,
      unit_price: price ? numberIn(price, decimal) : null,
      total,
      vat_rate: percentIn(row.text, decimal),
    })
    sum += total
    from = i
    if (sums.some((one) => Math.abs(one - sum) < 0.015))
      return { from, to: end - 1, lines: lines.map((line) => finish({ ...line, more: [] })) }
  }
  return NOTHING
}

function ends(row: Row): boolean {
  const texts = row.cells.map(({ text }) => plain(text))
  if (texts.some((text) => SUMS.some((label) => label.test(text)))) return true
  const few = texts.length <= 3 ? [texts[0]!, texts.at(-2) ?? ''] : [texts[0]!]
  return few.some((text) => LABELS.tax_amount.some((label) => label.test(text)))
}

/** `Carried forward` at the end of a page is no end. */
const carries = (row: Row) =>
  /ubertrag|carried|brought|report\b|suma y sigue|riporto|a reporter|continued|transport/.test(plain(row.text))

interface Draft extends ReadLine {
  readonly more: string[]
}

function lineOf(row: Row, columns: readonly Heading[], decimal: Decimal): Draft {
  const texts = new Map<Place, string>()
  const description = columns.find(({ column }) => column === 'description')
  const firstNumeric = columns.find(({ column, x0 }) => column !== 'description' && description && x0 > description.x0)
  for (const cell of row.cells) {
    for (const piece of piecesOf(cell, columns)) {
      const heading = nearest(piece, columns)
      const isText = /\p{L}{3}/u.test(piece.text) && numberIn(piece.text.replace(/[^\d.,-]/g, ''), decimal) === null
      const column =
        isText &&
        description &&
        (!firstNumeric || piece.x0 < firstNumeric.x1) &&
        heading.column !== 'unit' &&
        heading.column !== 'quantity'
          ? 'description'
          : heading.column
      texts.set(column, texts.has(column) ? `${texts.get(column)} ${piece.text}` : piece.text)
    }
  }
  const amount = (text: string | undefined) =>
    text === undefined ? null : (moneyIn(text, decimal) ?? numberIn(text.replace(/[^\d.,\s()'’−–-]/g, '').trim(), decimal))
  const [count, unit] = quantityIn(texts.get('quantity') ?? texts.get('unit'), decimal)
  return {
    description: texts.get('description')?.trim() || null,
    quantity: count,
    unit: (texts.has('quantity') ? texts.get('unit')?.trim() : null) || unit,
    unit_price: amount(texts.get('unit_price')),
    total: amount(texts.get('total')),
    vat_rate: rateIn(texts.get('vat_rate'), decimal),
    more: [],
  }
}

/** A cell whose words begin or end where other columns do is several. */
function piecesOf(cell: Cell, columns: readonly Heading[]): Cell[] {
  const near = 0.3 * heightOf(cell)
  const pieces: Word[][] = [[]]
  for (const [i, word] of cell.words.entries()) {
    const before = cell.words[i - 1]
    const begins = columns.some(({ x0 }) => Math.abs(x0 - word.x0) < near)
    const ended = before && columns.some(({ x1 }) => Math.abs(x1 - before.x1) < near)
    const grouped =
      before &&
      /^\d{1,3}$/.test(before.text) &&
      /^\d{3}(?:[.,]\d+)?$/.test(word.text) &&
      word.x0 - before.x1 < 0.4 * heightOf(cell)
    if (before && (begins || ended) && !grouped) pieces.push([])
    pieces.at(-1)!.push(word)
  }
  return pieces.map(cellOf)
}

function rateIn(text: string | undefined, decimal: Decimal): number | null {
  if (text === undefined) return null
  const rate = percentIn(text, decimal) ?? numberIn(text.trim(), decimal)
  return rate !== null && rate >= 0 && rate <= 50 ? rate : null
}

/** `3`, `2,5 h`, `10 Stk.`: how many, and of what. */
function quantityIn(text: string | undefined, decimal: Decimal): [number | null, string | null] {
  const [, digits, unit] = text?.trim().match(/^(?:x\s?)?(-?[\d.,' ]*\d)\s*(?:x\b)?\s*(.*)$/) ?? []
  if (digits === undefined) return [null, null]
  const whole = /^\d+[.,]\d{3}$/.test(digits) && digits.includes(decimal === ',' ? ',' : '.')
  const value = whole ? Number(digits.replace(',', '.')) : numberIn(digits, decimal)
  return [value, unit?.trim() || null]
}

/** The column a cell stands in: the one it overlaps most, else the nearest. */
function nearest(cell: { x0: number; x1: number }, columns: readonly Heading[]): Heading {
  const distance = (heading: Heading) =>
    Math.min(
      Math.abs(heading.x0 - cell.x0),
      Math.abs(heading.x1 - cell.x1),
      Math.abs((heading.x0 + heading.x1 - cell.x0 - cell.x1) / 2),
    )
  return columns.reduce((best, one) => {
    const [a, b] = [overlap(best, cell), overlap(one, cell)]
    if (Math.abs(a - b) > 0.3) return b > a ? one : best
    return distance(one) < distance(best) ? one : best
  })
}

/** A number that lost its decimal point in a picture gets it back where the multiplication comes out right only then. */
function pointed({ quantity, unit_price, total }: Pick<ReadLine, 'quantity' | 'unit_price' | 'total'>) {
  if (quantity === null || unit_price === null || total === null) return { quantity, unit_price, total }
  const right = (q: number, p: number) => Math.abs(q * p - total) < 0.006
  const shifts = [
    [1, 1],
    [10, 1],
    [100, 1],
    [1, 100],
    [10, 100],
    [1000, 1],
  ] as const
  const [q, p] = shifts.find(([q, p]) => right(quantity / q, unit_price / p)) ?? [1, 1]
  return { quantity: quantity / q, unit_price: unit_price / p, total }
}

/** What multiplication says: a missing number follows from the two others; quantity and price that were taken for each other change places. */
function finish({ more, ...line }: Draft): ReadLine {
  const description = [line.description, ...more].filter(Boolean).join(' ').trim() || null
  const { quantity, unit_price, total } = pointed(line)
  if (quantity === null && unit_price !== null && total !== null && Math.abs(unit_price - total) < 0.005)
    return { ...line, description, unit_price, quantity: 1 }
  if (total === null && quantity !== null && unit_price !== null)
    return { ...line, description, quantity, unit_price, total: Math.round(quantity * unit_price * 100) / 100 }
  return { ...line, description, quantity, unit_price }
}
