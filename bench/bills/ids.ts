import { isValidIBAN } from 'ibantools'
import type { Random } from './random.ts'

/** Account numbers by country without the two check digits: `n` a digit, `a` a letter. */
const accounts: Readonly<Record<string, string>> = {
  GB: 'aaaannnnnnnnnnnnnn',
  IE: 'aaaannnnnnnnnnnnnn',
  DE: 'n'.repeat(18),
  AT: 'n'.repeat(16),
  CH: 'n'.repeat(17),
  FR: 'n'.repeat(23),
  ES: 'n'.repeat(20),
  IT: `a${'n'.repeat(22)}`,
  NL: 'aaaannnnnnnnnn',
  BE: 'n'.repeat(12),
  PL: 'n'.repeat(24),
  SE: 'n'.repeat(20),
  DK: 'n'.repeat(14),
  PT: 'n'.repeat(21),
}

/** The remainder of a long number read digit by digit. */
const remainder = (digits: string, by: number) => [...digits].reduce((rest, digit) => (rest * 10 + Number(digit)) % by, 0)

/** An account number that passes every check, its country's own ones too: drawn again until it does. */
export function iban(country: string, random: Random): string | null {
  const shape = accounts[country]
  if (!shape) return null
  for (;;) {
    const body = [...shape].map((kind) => (kind === 'a' ? random.letters(1) : random.digits(1))).join('')
    const numeric = [...`${body}${country}00`].map((sign) => Number.parseInt(sign, 36)).join('')
    const found = `${country}${String(98 - remainder(numeric, 97)).padStart(2, '0')}${body}`
    if (isValidIBAN(found)) return found
  }
}

export const bic = (country: string, random: Random) =>
  `${random.letters(4)}${country}${random.pick(['2', '3', 'H', 'P'])}${random.letters(1)}${random.chance(0.5) ? 'XXX' : ''}`

const weighed = (digits: string, weights: readonly number[]) =>
  weights.reduce((sum, weight, at) => sum + weight * Number(digits[at]), 0)

/** The last digit of a Luhn number. */
export function luhn(digits: string): string {
  const sum = [...digits].reverse().reduce((total, digit, at) => {
    const value = Number(digit) * (at % 2 === 0 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return String((10 - (sum % 10)) % 10)
}

/** Draws until a check digit exists: some of the sums have none for one number in eleven. */
function until(draw: () => string | null): string {
  for (;;) {
    const found = draw()
    if (found) return found
  }
}

const one = (digit: number) => (digit >= 0 && digit < 10 ? String(digit) : null)
const withDigit = (body: string, digit: string | null) => (digit === null ? null : body + digit)

function german(random: Random): string {
  const body = random.int(1, 9) + random.digits(7)
  const product = [...body].reduce((last, digit) => {
    const sum = (Number(digit) + last) % 10 || 10
    return (2 * sum) % 11
  }, 10)
  return `${body}${(11 - product) % 10}`
}

const vatNumbers: Readonly<Record<string, (random: Random) => string>> = {
  DE: german,
  AT: (random) => {
    const body = random.digits(7)
    const sum = [...body].reduce((total, digit, at) => {
      const value = Number(digit) * (at % 2 ? 2 : 1)
      return total + Math.floor(value / 10) + (value % 10)
    }, 0)
    return `U${body}${(10 - ((sum + 4) % 10)) % 10}`
  },
  BE: (random) => {
    const body = `0${random.int(4, 7)}${random.digits(6)}`
    return body + String(97 - (Number(body) % 97)).padStart(2, '0')
  },
  CH: (random) =>
    until(() => {
      const body = `${random.int(1, 4)}${random.digits(7)}`
      return withDigit(body, one((11 - (weighed(body, [5, 4, 3, 2, 7, 6, 5, 4]) % 11)) % 11))
    }),
  DK: (random) =>
    until(() => {
      const body = `${random.int(1, 9)}${random.digits(6)}`
      return withDigit(body, one((11 - (weighed(body, [2, 7, 6, 5, 4, 3, 2]) % 11)) % 11))
    }),
  ES: (random) => {
    const body = random.digits(7)
    return `${random.pick(['A', 'B'])}${body}${luhn(body)}`
  },
  FR: (random) => {
    const body = random.int(3, 8) + random.digits(7)
    const siren = body + luhn(body)
    return String((12 + 3 * (Number(siren) % 97)) % 97).padStart(2, '0') + siren
  },
  GB: (random) => {
    const body = random.int(1, 9) + random.digits(6)
    return body + String(97 - ((weighed(body, [8, 7, 6, 5, 4, 3, 2]) + 55) % 97 || 97)).padStart(2, '0')
  },
  IE: (random) => {
    const body = random.digits(7)
    return body + 'WABCDEFGHIJKLMNOPQRSTUV'[weighed(body, [8, 7, 6, 5, 4, 3, 2]) % 23]
  },
  IT: (random) => {
    const body = `0${random.digits(6)}${random.pick(['001', '015', '037'])}`
    return body + luhn(body)
  },
  NL: (random) =>
    `${until(() => {
      const body = `${random.int(1, 8)}${random.digits(7)}`
      return withDigit(body, one(weighed(body, [9, 8, 7, 6, 5, 4, 3, 2]) % 11))
    })}B01`,
  PL: (random) =>
    until(() => {
      const body = random.int(5, 9) + random.digits(8)
      return withDigit(body, one(weighed(body, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11))
    }),
  PT: (random) => {
    const body = `50${random.digits(6)}`
    const digit = 11 - (weighed(body, [9, 8, 7, 6, 5, 4, 3, 2]) % 11)
    return body + (digit > 9 ? '0' : digit)
  },
  SE: (random) => {
    const body = `556${random.digits(6)}`
    return `${body}${luhn(body)}01`
  },
}

/** A value added tax number without its country, with right check digits; null where the country has none. */
export const vatNumber = (country: string, random: Random): string | null => vatNumbers[country]?.(random) ?? null

/** As the firms of a country print it. Some leave the country away. */
export function printedVat(country: string, number: string, random: Random): string {
  const parted = (pattern: RegExp, to: string) => number.replace(pattern, to)
  const ways: Readonly<Record<string, readonly string[]>> = {
    DE: [`DE${number}`, `DE${number}`, `DE ${parted(/(...)(...)(...)/, '$1 $2 $3')}`],
    GB: [`GB${number}`, `GB ${parted(/(...)(....)(..)/, '$1 $2 $3')}`, parted(/(...)(....)(..)/, '$1 $2 $3')],
    FR: [`FR${number}`, `FR ${number.slice(0, 2)} ${parted(/..(...)(...)(...)/, '$1 $2 $3')}`],
    CH: [`CHE-${parted(/(...)(...)(...)/, '$1.$2.$3')} MWST`, `CHE-${parted(/(...)(...)(...)/, '$1.$2.$3')}`],
    ES: [number, number, `ES${number}`],
    IT: [number, `IT${number}`, `IT ${number}`],
    PL: [parted(/(...)(...)(..)(..)/, '$1-$2-$3-$4'), number, `PL${number}`],
    BE: [`BE ${parted(/(....)(...)(...)/, '$1.$2.$3')}`, `BE${number}`],
    PT: [number, `PT${number}`, parted(/(...)(...)(...)/, '$1 $2 $3')],
    DK: [`DK${number}`, `DK ${parted(/(..)(..)(..)(..)/, '$1 $2 $3 $4')}`],
  }
  return random.pick(ways[country] ?? [`${country}${number}`])
}

/** A routing number of the United States with its check digit. */
export function routing(random: Random): string {
  const body = `0${random.int(1, 9)}${random.digits(6)}`
  return body + ((10 - (weighed(body, [3, 7, 1, 3, 7, 1, 3, 7]) % 10)) % 10)
}
