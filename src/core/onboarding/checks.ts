import type { PlainDate } from '../calendar.ts'
import { AGE_MAX, AGE_MIN } from './asked.data.ts'

/** Formal checks: whether something can be right. Each answers what is wrong, in a sentence that says what to do, or null. */

/** The word for a post box that begins or makes up a line of an address; streets that only begin like one are none. */
const POST_BOX =
  /(?:^|[\s,;])(p\.?\s?o\.?\s?box|post\s?office\s?box|postfach|boîte\s+postale|boite\s+postale|b\.?\s?p\.?|postbus|apartado(?:\s+de\s+correos)?|casella\s+postale|skrytka\s+pocztowa|postboks|box)(?=[\s.:#]*(?:n[o°º]\.?\s*)?\d[\d\s\-/]*(?:$|,|;))/iu

/** The post box in a line, as it stands there; nobody lives or works in one. */
export const postBoxIn = (line: string): string | null => POST_BOX.exec(line.trim())?.[1] ?? null

export function wrongPlace(line1: string): string | null {
  const box = postBoxIn(line1)
  return box && `"${box}" is a post box. Enter the street where this is, since nobody lives or works in a post box`
}

const yearsBefore = (day: PlainDate, years: number): PlainDate =>
  `${String(Number(day.slice(0, 4)) - years).padStart(4, '0')}${day.slice(4)}`

/** Of age today? Whoever was born on 29 February comes of age on 1 March. `today` is that of the entity. */
export function wrongBirth(born: PlainDate, today: PlainDate): string | null {
  if (born > today) return 'This date of birth lies in the future'
  if (born > yearsBefore(today, AGE_MIN)) return `Whoever takes part in this is ${AGE_MIN} years old or older`
  return born <= yearsBefore(today, AGE_MAX + 1) ? `This date of birth lies more than ${AGE_MAX} years back` : null
}

/** Digits with the usual separators, international or national (ITU-T E.164). */
export function wrongPhone(phone: string): string | null {
  const digits = phone.replace(/\D/g, '').length
  const written = /^\+?[\d\s().\-/]+$/.test(phone)
  return written && digits >= 6 && digits <= 15 ? null : 'Enter a telephone number with its country, e.g. +4930774619876'
}

export const wrongCategory = (mcc: string): string | null =>
  /^\d{4}$/.test(mcc) ? null : 'A merchant category code has four digits'

const luhn = (digits: string) =>
  [...digits].reverse().reduce((sum, digit, nth) => {
    const value = Number(digit) * (nth % 2 === 1 ? 2 : 1)
    return sum + (value > 9 ? value - 9 : value)
  }, 0) %
    10 ===
  0

/** A company number or tax number without the signs that people put in between. Leading zeros stay. */
export const plainNumber = (number: string): string => number.replace(/[\s.\-/]/g, '').toUpperCase()

/**
 * Whether a number can be one of that country. French numbers (SIREN, also within SIRET and VAT numbers) carry a check digit; those of
 * Monaco begin with FR as well, and theirs don't.
 */
export function wrongNumber(number: string, country: string): string | null {
  if (!/\d/.test(number)) return `"${number}" is a name. Enter the number that the register or the tax office gave`
  const plain = plainNumber(number)
  if (country === 'FR' && /^\d{9}$/.test(plain) && !luhn(plain)) return 'The last digit of this SIREN does not fit the others'
  if (country === 'NL' && /^\d+$/.test(plain) && plain.length !== 8 && plain.length !== 9)
    return 'A number of the Kamer van Koophandel has 8 digits, an RSIN 9; leading zeros count'
  return null
}

/** Shares in hundredths of a per cent, so that thirds don't add up to a little more than a whole. */
export const sharesOf = (percents: readonly number[]): number =>
  percents.reduce((sum, percent) => sum + Math.round(percent * 100), 0)

/** Refuses shares of more than the whole; answers the sentence. */
export function wrongShares(percents: readonly number[]): string | null {
  const sum = sharesOf(percents)
  return sum > 10_000 ? `percent_ownership: the shares of all owners come to ${sum / 100} %, which is more than 100 %` : null
}
