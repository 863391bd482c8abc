/** What was printed, as words with their places, and the lines and cells they form. Pure: nothing here knows where the words come from. */

/** One word: its box from the top left corner of its page, in any unit that is the same across the page. */
export interface Word {
  readonly text: string
  readonly page: number
  readonly x0: number
  readonly y0: number
  readonly x1: number
  readonly y1: number
  /** How sure the reader of a picture is, 0 to 1; 1 for text that was never a picture. */
  readonly sure?: number
}

/** Words that stand together: a label, a value, a cell of a table. */
export interface Cell {
  readonly text: string
  readonly page: number
  readonly x0: number
  readonly x1: number
  readonly y0: number
  readonly y1: number
  readonly sure: number
  readonly words: readonly Word[]
}

/** Cells on one height, from left to right. */
export interface Row {
  readonly page: number
  readonly y0: number
  readonly y1: number
  readonly cells: readonly Cell[]
  readonly text: string
}

/** A gap this many times as wide as the letters are high parts two cells; between words it is a quarter. */
const CELL_GAP = 0.85

/** Letters of one width stand further apart: a gap of this many of them is still a space. */
const LETTERS_GAP = 1.4

/** The rows of all pages, from top to bottom. */
export function rowsOf(words: readonly Word[]): Row[] {
  const rows: Word[][] = []
  const sorted = [...words].sort((a, b) => a.page - b.page || middle(a) - middle(b) || a.x0 - b.x0)
  for (const word of sorted) {
    const row = rows.at(-1)
    if (row && sameHeight(row, word)) row.push(word)
    else rows.push([word])
  }
  return rows.map(rowOf)
}

const middle = ({ y0, y1 }: Word) => (y0 + y1) / 2
/** The width of a letter of a word, where there are enough to tell. */
const letter = ({ x0, x1, text }: Word) => (text.length < 3 ? 0 : (x1 - x0) / text.length)
/** How wide the letters of two words are, by the longer of them; nothing where neither can tell. */
const letterOf = (a: Word, b: Word): number => letter(a.text.length < b.text.length ? b : a)
const height = ({ y0, y1 }: Pick<Word, 'y0' | 'y1'>) => Math.max(y1 - y0, 1e-6)

function sameHeight(row: readonly Word[], word: Word): boolean {
  const last = row.at(-1)!
  if (last.page !== word.page) return false
  const near = row.reduce((best, one) => (Math.abs(one.x0 - word.x0) < Math.abs(best.x0 - word.x0) ? one : best), last)
  const shared = Math.min(near.y1, word.y1) - Math.max(near.y0, word.y0)
  return shared > 0.5 * Math.min(height(near), height(word))
}

function rowOf(words: Word[]): Row {
  const sorted = words.sort((a, b) => a.x0 - b.x0)
  const cells: Word[][] = []
  for (const word of sorted) {
    const before = cells.at(-1)?.at(-1)
    const gap = before ? word.x0 - before.x1 : Number.POSITIVE_INFINITY
    if (before && gap < Math.max(CELL_GAP * Math.min(height(before), height(word)), LETTERS_GAP * letterOf(before, word)))
      cells.at(-1)!.push(word)
    else cells.push([word])
  }
  const made = cells.map(cellOf)
  return {
    page: made[0]!.page,
    y0: Math.min(...made.map(({ y0 }) => y0)),
    y1: Math.max(...made.map(({ y1 }) => y1)),
    cells: made,
    text: made.map(({ text }) => text).join('  '),
  }
}

export function cellOf(words: readonly Word[]): Cell {
  return {
    text: words.map(({ text }) => text).join(' '),
    page: words[0]!.page,
    x0: Math.min(...words.map(({ x0 }) => x0)),
    x1: Math.max(...words.map(({ x1 }) => x1)),
    y0: Math.min(...words.map(({ y0 }) => y0)),
    y1: Math.max(...words.map(({ y1 }) => y1)),
    sure: Math.min(...words.map(({ sure }) => sure ?? 1)),
    words,
  }
}

/** How much of the narrower one lies over the other, 0 to 1. */
export function overlap(a: { x0: number; x1: number }, b: { x0: number; x1: number }): number {
  const shared = Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0)
  return shared <= 0 ? 0 : shared / Math.max(1e-6, Math.min(a.x1 - a.x0, b.x1 - b.x0))
}

export const heightOf = height
