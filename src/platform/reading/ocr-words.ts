import type { Word } from '../../core/reading/page.ts'

/** From what a reader of letters saw to words with their places, with what such readers do to amounts put right. Pure. */

interface Box {
  readonly x0: number
  readonly y0: number
  readonly x1: number
  readonly y1: number
}
export interface SeenWord {
  readonly text: string
  /** 0 to 100. */
  readonly confidence: number
  readonly bbox: Box
}
export interface SeenLine {
  readonly bbox: Box
  readonly words: readonly SeenWord[]
}

/** Below this a word is a guess. */
const CONFIDENCE_MIN = 15
/** Rules of tables that are read as signs at the ends of words. */
const RULES = /^[|[\]{}_¦]+|[|[\]{}_¦]+$/g

/** The words of lines, in any order. */
export function wordsOf(lines: readonly SeenLine[], page: number): Word[] {
  const words = lines.flatMap(({ words, bbox: line }) =>
    words
      .map((word) => ({ ...word, text: word.text.replace(RULES, '') }))
      .filter(({ text, confidence }) => confidence > CONFIDENCE_MIN && /[\p{L}\p{N}€$£%&]/u.test(text))
      .map(({ text, confidence, bbox }) => ({
        text: pointed(text),
        page,
        x0: bbox.x0,
        x1: bbox.x1,
        ...heightIn(bbox, line),
        sure: confidence / 100,
      })),
  )
  return withCents(words)
}

/** Letters without a tail are lower than their type, and a comma alone would be a line of its own: words get the height of their line. */
function heightIn(word: Box, line: Box): { y0: number; y1: number } {
  const own = word.y1 - word.y0
  const size = line.y1 - line.y0
  const height = own > 0.5 * size ? Math.min(size, TYPE_OF_CAPITALS * own) : size
  const middle = (word.y0 + word.y1) / 2
  return { y0: middle - height / 2, y1: middle + height / 2 }
}
/** How much higher type is than its capital letters. */
const TYPE_OF_CAPITALS = 1.4

/** An amount whose thousands have a point and whose cents lost theirs: `3.67759` is `3.677,59`. */
const pointed = (text: string): string =>
  text.replace(/^([€$£(-]?\d{1,3})([.,])(\d{3})(\d{2})(?=\D?$)/, (_all, head, sign, thousands, cents) =>
    [head, sign, thousands, sign === ',' ? '.' : ',', cents].join(''),
  )

/** The most room, in heights of a letter, that a point takes which was not seen between an amount and its cents. */
const POINT_ROOM = 1.6

/** Whether a word is of the same long number as the one behind it, such as an account in groups. */
const isOfOneNumber = (before: Word, { x0, y0, y1 }: Word): boolean =>
  before.x1 < x0 &&
  x0 - before.x1 < y1 - y0 &&
  Math.abs(before.y0 + before.y1 - y0 - y1) < y1 - y0 &&
  /^[A-Z]{0,2}\d{2,4}$/.test(before.text)

/** Cents that became a word of their own, because the point before them was not seen, go back to their amount. */
function withCents(words: readonly Word[]): Word[] {
  const signs = words.reduce((all, { text }) => all + (/\d,\d\d$/.test(text) ? 1 : /\d\.\d\d$/.test(text) ? -1 : 0), 0)
  const point = signs > 0 ? ',' : '.'
  const amounts = words.filter(
    (one) => /^[€$£-]?\d{1,3}(?:[.,']\d{3})*$/.test(one.text) && !words.some((before) => isOfOneNumber(before, one)),
  )
  const joined = new Map<Word, Word>()
  const taken = new Set<Word>()
  for (const cents of words) {
    const [, digits] = cents.text.match(/^[.,„‚'’]?(\d{2})$/) ?? []
    if (!digits) continue
    const letter = (cents.x1 - cents.x0) / cents.text.length
    const before = amounts.find(
      (one) =>
        !joined.has(one) &&
        one !== cents &&
        cents.x0 - one.x1 > 0 &&
        cents.x0 - one.x1 < POINT_ROOM * letter &&
        Math.abs(one.y0 + one.y1 - cents.y0 - cents.y1) < 0.5 * (cents.y1 - cents.y0) &&
        one.text.length * letter * 0.5 < one.x1 - one.x0,
    )
    if (!before) continue
    taken.add(cents)
    joined.set(before, {
      ...before,
      text: `${before.text}${point}${digits}`,
      x1: cents.x1,
      sure: Math.min(before.sure ?? 1, cents.sure ?? 1),
    })
  }
  return words.filter((word) => !taken.has(word)).map((word) => joined.get(word) ?? word)
}
