/** Structured creditor references: their check digits, and the forms they are written in. */

import { fits97 } from '../reading/values.ts'

const bare = (text: string) => text.replace(/[\s+/.-]/g, '').toUpperCase()

/** What has the shape of an IBAN, whatever its check digits. */
export const IBAN = /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/

/** Remainder of a number of any length, digit by digit. */
const remainder = (digits: string, by: number) => [...digits].reduce((rest, digit) => (rest * 10 + Number(digit)) % by, 0)

/** ISO 11649: `RF`, two check digits, up to 21 letters and digits; 1 modulo 97 with the first four moved to the end. */
export function isRfReference(text: string): boolean {
  const value = bare(text)
  if (!/^RF\d{2}[0-9A-Z]{1,21}$/.test(value)) return false
  return fits97(value.slice(4) + value.slice(0, 4))
}

/** Belgian structured communication: ten digits and two check digits, which are their remainder by 97, or 97 for none. */
function isBelgianReference(text: string): boolean {
  const value = bare(text)
  if (!/^\d{12}$/.test(value)) return false
  return Number(value.slice(10)) === (remainder(value.slice(0, 10), 97) || 97)
}

/** A reference without blanks, signs and leading zeros, as two of them are compared; null for nothing. */
export function plainReference(text: string | null | undefined): string | null {
  const value = bare(text ?? '').replace(/^0+(?=\d)/, '')
  return value === '' || /^0*$/.test(value) ? null : value
}

/** A structured reference that stands in free text: RF with right check digits in any spacing, or the Belgian form between signs. */
export function referenceIn(text: string): string | null {
  const belgian = /(?:\+{3}|\*{3})\s*(\d{3})\s*\/\s*(\d{4})\s*\/\s*(\d{5})\s*(?:\+{3}|\*{3})/.exec(text)
  if (belgian && isBelgianReference(belgian.slice(1).join(''))) return belgian.slice(1).join('')
  for (const found of text.matchAll(/(?<![0-9A-Za-z])RF[\s-]?\d{2}(?:[\s-]?[0-9A-Za-z]{1,4})+/gi)) {
    // The text may go on after it: the longest beginning that holds.
    const parts = found[0].split(/(?=[\s-])/)
    for (let count = parts.length; count > 0; count--) {
      const candidate = bare(parts.slice(0, count).join(''))
      if (isRfReference(candidate)) return candidate
    }
  }
  return null
}
