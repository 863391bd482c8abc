import { unaccented } from '../folding.ts'

/** Letters that files of banks allow. Each letter of a text gets one in its place; nothing is lost, and nothing stands for "unknown". */

const german: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', Ä: 'Ae', Ö: 'Oe', Ü: 'Ue', ß: 'ss', ẞ: 'SS' }
/** Signs, each with what stands for it. */
const others: ReadonlyMap<string, string> = new Map([
  ['&', '+'],
  ['_', '-'],
  ['€', 'EUR'],
  ['£', 'GBP'],
  ['$', 'USD'],
  ['%', ' pct '],
  ['@', '(at)'],
  ['*', '.'],
  [';', ','],
  ['!', '.'],
  ['½', '1/2'],
  ['¼', '1/4'],
  ['¾', '3/4'],
  ['’', "'"],
  ['‘', "'"],
  ['–', '-'],
  ['—', '-'],
  ['\u2011', '-'],
  ['−', '-'],
  ['[', '('],
  [']', ')'],
  ['{', '('],
  ['}', ')'],
])

/** Greek and Cyrillic letters, each by those in Latin that a passport has for it (ELOT 743, ICAO 9303). */
const scripts: ReadonlyMap<string, string> = new Map(
  (
    [
      ['αβγδεζηθικλμνξοπρσςτυφχψω', 'a v g d e z i th i k l m n x o p r s s t y f ch ps o'],
      [
        'абвгґдеєжзиіїйклмнопрстуфхцчшщъыьэюя',
        'a b v g g d e ie zh z i i i i k l m n o p r s t u f kh ts ch sh shch ie y - e iu ia',
      ],
      ['ђѓѕјљњћќџ', 'd g dz j lj nj c k dz'],
    ] as const
  ).flatMap(([letters, latin]) =>
    [...letters].map((letter, i): [string, string] => [letter, latin.split(' ')[i]!.replace('-', '')]),
  ),
)
/** A letter of these scripts, accents aside, with a capital where it is one. */
function romanized(char: string): string | undefined {
  const small = char.toLowerCase()
  const found = scripts.get(small) ?? scripts.get(unaccented(small))
  return found === undefined || small === char ? found : found.charAt(0).toUpperCase() + found.slice(1)
}

/** Latin letters without accents, and signs by their like; what has none becomes a blank. */
function latin(text: string): string {
  const written = [...text.normalize('NFC')].map((char) => german[char] ?? others.get(char) ?? romanized(char) ?? char).join('')
  return unaccented(written)
}

/** The letters of SEPA files (EPC217-08): `a-z A-Z 0-9 / - ? : ( ) . , ' +` and blanks, one at a time, none at the ends. */
export const sepaLetters = (text: string): string =>
  latin(text)
    .replace(/[^a-zA-Z0-9/\-?:().,'+ ]/g, ' ')
    .replace(/ {2,}/g, ' ')
    .replace(/^[ /]+|[ /]+$/g, '')
    .replaceAll('//', '/')

/** The letters of ACH files: printable ASCII in capitals. */
export const achLetters = (text: string): string =>
  unaccented([...text.normalize('NFC')].map((char) => german[char] ?? romanized(char) ?? char).join(''))
    .replace(/[^\x20-\x7e]/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
    .toUpperCase()

/** As many whole words as fit; a first word that is too long is cut. */
export function wholeWords(text: string, length: number): string {
  if (text.length <= length) return text
  const cut = text.slice(0, length + 1).replace(/\s+\S*$/, '')
  return cut.length > length || cut === '' ? text.slice(0, length) : cut.replace(/[\s,;]+$/, '')
}
