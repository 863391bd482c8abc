import { LABELS, type Label, plain } from './labels.ts'
import { type Cell, cellOf, heightOf, overlap, type Row, type Word } from './page.ts'

/** Labels on a page, and the values that stand beside or below them. */

/** A label found on the page, with the text beside it and below it. */
export interface Hit {
  readonly label: Label
  /** The position of its pattern among those of its label; a lower one is more certain. */
  readonly rank: number
  readonly row: number
  readonly cell: Cell
  /** The rest of its own cell. */
  readonly rest: string
  /** The cells to its right, nearest first, up to the next label. */
  readonly right: readonly Cell[]
  readonly below: readonly Cell[]
}

const KINDS = Object.keys(LABELS) as Label[]
/** How far below a label its value may stand, in heights of the label. */
const BELOW_MAX = 3.2

interface Named {
  readonly label: Label
  readonly rank: number
  readonly length: number
}

/** What was found at a word, as it is asked for again and again; a word stands in one cell. */
const known = new WeakMap<Word, Named | null>()

/** The longest label that begins at a word of a cell. */
export function labelAt(words: readonly Word[], from: number): Named | null {
  const before = known.get(words[from]!)
  if (before !== undefined) return before
  const found = labelIn(words, from)
  known.set(words[from]!, found)
  return found
}

function labelIn(words: readonly Word[], from: number): Named | null {
  const text = plain(
    words
      .slice(from, from + 7)
      .map(({ text }) => text)
      .join(' '),
  )
  let best: Named | null = null
  for (const label of KINDS)
    for (const [rank, pattern] of LABELS[label].entries()) {
      const length = text.match(pattern)?.[0].length ?? 0
      if (length > (best?.length ?? 0)) best = { label, rank, length }
    }
  return best
}

/** Where the label ends, counted in words; the words behind it are the value. */
export function wordsOf(words: readonly Word[], from: number, length: number): number {
  let text = ''
  for (let i = from; i < words.length; i++) {
    text = plain(text ? `${text} ${words[i]!.text}` : words[i]!.text)
    if (text.length >= length) return i + 1
  }
  return words.length
}

export function hitsOf(rows: readonly Row[], isTable: (cell: Cell) => boolean): Hit[] {
  const hits: Hit[] = []
  for (const [index, row] of rows.entries()) {
    for (const [at, cell] of row.cells.entries()) {
      if (isTable(cell)) continue
      let ended = -1
      for (let i = 0; i < cell.words.length; i++) {
        if (i > 0 && i !== ended && !opens(cell.words[i - 1]!.text)) continue
        const found = labelAt(cell.words, i)
        if (!found || (i === ended && found.label !== 'document_id')) continue
        const end = wordsOf(cell.words, i, found.length)
        const glued = plain(
          cell.words
            .slice(i, end)
            .map(({ text }) => text)
            .join(' '),
        ).slice(found.length)
        const tail = cell.words
          .slice(end)
          .map(({ text }) => text)
          .join(' ')
        const rest = `${/^[\s:.)#]*$/.test(glued) ? '' : lastPart(cell.words[end - 1]!.text)} ${tail}`
          .replace(/^[\s:.#]+/, '')
          .trim()
        const label = cellOf(cell.words.slice(i, end))
        hits.push({ ...found, row: index, cell: label, rest, right: rightOf(row, at), below: belowOf(rows, index, cell, label) })
        ended = end
        i = end - 1
      }
      const wrapped = ended < 0 ? wrappedAt(rows, index, cell) : null
      if (wrapped) hits.push(wrapped)
    }
  }
  return hits
}

/** A label of two lines: what stands right below it is its value. */
function wrappedAt(rows: readonly Row[], index: number, cell: Cell): Hit | null {
  const next = rows[index + 1]
  const below = next?.cells.find((one) => overlap(one, cell) > 0.5 && one.page === cell.page)
  if (!next || !below || cell.words.length > 3 || below.words.length > 3 || /\d/.test(cell.text + below.text)) return null
  if (below.y0 - cell.y1 > 0.6 * heightOf(cell)) return null
  const found = labelIn([...cell.words, ...below.words], 0)
  if (!found || found.length <= plain(cell.text).length) return null
  return { ...found, row: index + 1, cell: below, rest: '', right: [], below: belowOf(rows, index + 1, below, below) }
}

/** A label inside a cell stands behind a value or a separator, not inside a sentence. */
const opens = (before: string) => /[\d:;|·•,./–-]$/.test(before) && !SHORTENED.test(before)
const SHORTENED = /^(?:in[ck]l|e[xk](?:[ck]l)?|inc|zzgl|abzgl|plus)\.$/i
const lastPart = (text: string) => text.split(/[:#]/).at(-1) ?? ''

function rightOf(row: Row, at: number): Cell[] {
  const found: Cell[] = []
  for (const cell of row.cells.slice(at + 1)) {
    const label = labelAt(cell.words, 0)
    if (label && !/\d/.test(cell.text)) break
    found.push(cell)
  }
  return found
}

function belowOf(rows: readonly Row[], index: number, whole: Cell, label: Cell): Cell[] {
  const found: Cell[] = []
  for (const row of rows.slice(index + 1, index + 6)) {
    if (row.page !== whole.page || row.y0 - whole.y1 > BELOW_MAX * heightOf(label)) break
    const cell =
      row.cells.find((one) => overlap(one, label) > 0.3 || Math.abs(one.x0 - label.x0) < heightOf(label)) ??
      (/\d/.test(whole.text) ? undefined : row.cells.find((one) => overlap(one, whole) > 0.5))
    if (cell) found.push(cell)
  }
  return found.slice(0, 2)
}

/** What a hit says, read by `read`: its own cell first, then to the right, then below. */
export function valueAt<T>({ rest, right, below }: Hit, read: (text: string) => T | null): T | null {
  const own = rest ? read(rest) : null
  if (own !== null) return own
  if (rest && /\d/.test(rest)) return null
  const beside = right.slice(0, 2).map(({ text }) => text)
  for (const text of [...beside, beside.join(' ')]) {
    const found = text ? read(text) : null
    if (found !== null) return found
  }
  for (const text of [
    ...below.slice(0, 1).map(({ text }) => text),
    below.map(({ text }) => text).join(' '),
    below[1]?.text ?? '',
  ]) {
    const found = text ? read(text) : null
    if (found !== null) return found
  }
  return null
}

export interface Found<T> {
  readonly value: T
  readonly sure: number
}

export function best<T>(hits: readonly Hit[], label: Label, read: (text: string) => T | null): Found<T> | null {
  let found: (Found<T> & { rank: number }) | null = null
  for (const hit of hits) {
    if (hit.label !== label || (found && hit.rank >= found.rank && !GENERIC(found.rank, label))) continue
    const value = valueAt(hit, read)
    if (value !== null && (!found || strength(hit) < found.rank))
      found = { value, rank: strength(hit), sure: hit.cell.sure * (strength(hit) < 6 ? 0.97 : 0.8) }
  }
  return found
}
const GENERIC = (rank: number, label: Label) => rank >= LABELS[label].length - 1
/** The generic words of a label come last in its list. */
const strength = ({ rank, label }: Hit) => (label === 'document_id' || label === 'issued_at' ? rank : 0)

/** The number of a document: a token with a digit that is neither a day nor an amount. */
export function idIn(text: string): string | null {
  const tokens = text
    .replace(/^[\s:.#°º№]+/, '')
    .replace(/^(?:n[°ºo.]|nr\.?|no\.?)\s+/i, '')
    .replace(/^(?:de\s|del\s|della\s|la\s)*(?:factur[ae]|fatura|fattura|faktury?|rechnung|invoice)\s+/i, '')
    .split(/\s+/)
  const two = /^\p{Lu}{1,5}$/u.test(tokens[0] ?? '') && /^[\d/-]|^\p{Lu}{1,3}[/-]\d/u.test(tokens[1] ?? '')
  const raw = (two ? `${tokens[0]} ${tokens[1]}` : (tokens[0] ?? '')).replace(/[,;:.)]+$/, '')
  if (!/\d/.test(raw) || raw.length < 2 || raw.length > 40 || !/^[\p{L}\d][\p{L}\d/._\- #]*$/u.test(raw)) return null
  if (/^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}$|^\d{4}-\d{2}-\d{2}$|^\d+[.,]\d{2}$|%/.test(raw) || /^\d{1,2}(?:st|nd|rd|th)$/.test(raw))
    return null
  if (/^\d{1,2}\.?$/.test(raw) && tokens.length > 1) return null
  if (/^\d+$/.test(raw) && /^\p{L}{2}/u.test(tokens[1] ?? '') && !/[,;]$/.test(tokens[0]!)) return null
  return raw
}
