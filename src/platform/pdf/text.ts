const UNPRINTABLE = /(?![\n\t])[\p{Cc}\p{Cs}]|[\u202a-\u202e\u2066-\u2069]|\p{Noncharacter_Code_Point}/gu
const LINE_BREAKS = /\r\n?|[\u0085\u2028\u2029]/g
const ZERO_WIDTH_SPACE = '\u200b'

/**
 * The value with every string in it fit for paper: without control characters, halves of surrogate pairs, and the marks that
 * turn the direction of what follows (an amount must not read backwards). Line breaks stay.
 */
export function printable<T>(value: T): T {
  if (typeof value === 'string') return value.replace(LINE_BREAKS, '\n').replace(UNPRINTABLE, '') as T
  if (Array.isArray(value)) return value.map(printable) as T
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, printable(inner)])) as T
  }
  return value
}

/** Lets a word of more than `room` characters break, so that it stays within its column. Scripts without spaces break anyway. */
export function breakable(text: string, room: number): string {
  const word = new RegExp(
    `[^\\s${ZERO_WIDTH_SPACE}\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}]{${room + 1},}`,
    'gu',
  )
  const piece = new RegExp(`.{1,${Math.ceil(room / 2)}}`, 'gu')
  return text.replace(word, (long) => (long.match(piece) ?? []).join(ZERO_WIDTH_SPACE))
}
