import { describe, expect, test } from 'vitest'
import { type SeenWord, wordsOf } from './ocr-words.ts'

/** Words of a line; letters are 10 wide and 20 high, `_` is a gap of half a letter. */
function seen(text: string): string[] {
  let x = 0
  const words: SeenWord[] = []
  for (const part of text.split(/([ _]+)/)) {
    if (/^[ _]+$/.test(part)) x += [...part].reduce((all, sign) => all + (sign === '_' ? 5 : 10), 0)
    else {
      words.push({ text: part, confidence: 90, bbox: { x0: x, y0: 0, x1: x + 10 * part.length, y1: 20 } })
      x += 10 * part.length
    }
  }
  // In sparse text each word is a line of its own.
  return wordsOf(
    words.map((word) => ({ bbox: word.bbox, words: [word] })),
    0,
  ).map((word) => word.text)
}

describe('words of a picture', () => {
  test.each([
    ['445.33 11,133_25 USD', ['445.33', '11,133.25', 'USD']],
    ['1,50   585_,40 EUR', ['1,50', '585,40', 'EUR']],
    ['72_78 is 1.00', ['72.78', 'is', '1.00']],
  ])('cents that lost their point go back to their amount: %s', (text, words) => {
    expect(seen(text)).toEqual(words)
  })

  test.each(['IBAN DE92 8891 2388 7204 9734 04', '12     25     1.50', 'Kabel 25 m', '2028_25 1.00'])(
    '%s stays as it is',
    (text) => {
      expect(seen(text)).toEqual(text.split(/[ _]+/))
    },
  )

  test('an amount that lost its second point gets it back', () => {
    expect(seen('3.67759 € 12,34567')).toEqual(['3.677,59', '€', '12,345.67'])
    expect(seen('0.199612 1.234.567')).toEqual(['0.199612', '1.234.567'])
  })

  test('rules of tables are no letters, and the sign between partners is', () => {
    expect(seen('|Ahlers & Sohn| |')).toEqual(['Ahlers', '&', 'Sohn'])
  })
})
