/** Texts as people type them who search: the same as `unaccented` and `folded` of the database, sign for sign. */

/** Accents and points that are left out: of Latin, Greek and Cyrillic, of Hebrew and Arabic. Vowels of other scripts are no accents. */
const MARKS =
  /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670]/g
/** Letters that are no letter with an accent, and that people type without it all the same. */
const letters: Readonly<Record<string, string>> = {
  ß: 'ss',
  ẞ: 'SS',
  æ: 'ae',
  Æ: 'AE',
  œ: 'oe',
  Œ: 'OE',
  þ: 'th',
  Þ: 'Th',
  ø: 'o',
  Ø: 'O',
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  ħ: 'h',
  Ħ: 'H',
  ŧ: 't',
  Ŧ: 'T',
  ı: 'i',
}
const LETTERS = new RegExp(`[${Object.keys(letters).join('')}]`, 'g')
const ASCII = /^\p{ASCII}*$/u

/** Without accents, and however it was composed. */
export const unaccented = (text: string): string =>
  ASCII.test(text)
    ? text
    : text
        .normalize('NFKD')
        .replace(MARKS, '')
        .normalize('NFC')
        .replace(LETTERS, (letter) => letters[letter]!)

/** Without accents and capitals. */
export const folded = (text: string): string => unaccented(text).toLowerCase().replaceAll('ς', 'σ')
