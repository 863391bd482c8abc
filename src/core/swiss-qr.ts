import { decimal, type Minor } from './money.ts'
import { bareIban, isIban } from './reading/values.ts'

/** The payment part of a Swiss QR-bill (SIX, Implementation Guidelines 2.3): what its code holds, and what is printed beside it. */

interface SwissParty {
  readonly name: string
  /** Street and number. */
  readonly street: string | null
  readonly postal_code: string
  readonly city: string
  readonly country: string
}

export interface SwissOrder {
  readonly iban: string | null
  readonly currency: string
  /** Minor units. */
  readonly amount: Minor
  readonly creditor: SwissParty
  readonly debtor: SwissParty | null
  /** The number of the document. */
  readonly number: string
}

export interface SwissBill {
  readonly payload: string
  /** In groups of four. */
  readonly iban: string
  readonly currency: string
  readonly amount: string
  readonly creditor: readonly string[]
  readonly debtor: readonly string[] | null
  /** As it is printed, in groups. */
  readonly reference: string | null
  readonly message: string | null
}

const AMOUNT_MAX = 99_999_999_999

/** Whether an account is one that takes payments with a structured reference only: its bank is numbered from 30000 to 31999. */
export const isQrIban = (iban: string): boolean => /^(CH|LI)\d\d3[01]/.test(iban)

const TABLE = [0, 9, 4, 6, 8, 2, 7, 1, 3, 5]
/** The check digit of a reference: modulo 10, recursive. */
function checkDigit(digits: string): number {
  let carry = 0
  for (const digit of digits) carry = TABLE[(carry + Number(digit)) % 10] ?? 0
  return (10 - carry) % 10
}

/** The reference of 27 digits for a document: the digits of its number, and a check digit; null for a number without digits. */
export function qrReference(number: string): string | null {
  const digits = number.replace(/\D/g, '')
  if (digits === '' || digits.length > 26 || /^0+$/.test(digits)) return null
  const body = digits.padStart(26, '0')
  return `${body}${checkDigit(body)}`
}

/** One line, without control characters, of at most so many characters. */
const line = (text: string, length: number) => [...text.replace(/[\s\p{Cc}]+/gu, ' ').trim()].slice(0, length).join('').trim()

const partyLines = ({ name, street, postal_code, city, country }: SwissParty) => [
  'S',
  line(name, 70),
  line(street ?? '', 70),
  '',
  line(postal_code, 16),
  line(city, 35),
  country.toUpperCase(),
]
const isWhole = ({ name, postal_code, city, country }: SwissParty) =>
  line(name, 70) !== '' && line(postal_code, 16) !== '' && line(city, 35) !== '' && /^[A-Z]{2}$/.test(country.toUpperCase())
const printed = ({ name, street, postal_code, city, country }: SwissParty) => {
  const place = `${line(postal_code, 16)} ${line(city, 35)}`
  const abroad = country.toUpperCase() === 'CH' ? place : `${country.toUpperCase()}-${place}`
  return [line(name, 70), line(street ?? '', 70), abroad].filter((one) => one !== '')
}

const grouped = (text: string, first: number, size: number) =>
  [text.slice(0, first)]
    .concat(text.slice(first).match(new RegExp(`.{1,${size}}`, 'g')) ?? [])
    .join(' ')
    .trim()

/**
 * The payment part for a document; null where there can be none: another currency than CHF and EUR, an account that is neither in Switzerland
 * nor in Liechtenstein, nothing to pay, a creditor without an address, or an account that wants a reference and a number that gives none.
 */
export function swissBill({ iban, currency, amount, creditor, debtor, number }: SwissOrder): SwissBill | null {
  const account = bareIban(iban ?? '')
  if (!/^(CH|LI)/.test(account) || !isIban(account) || !['CHF', 'EUR'].includes(currency)) return null
  if (amount <= 0 || amount > AMOUNT_MAX || !isWhole(creditor)) return null
  const reference = isQrIban(account) ? qrReference(number) : null
  if (isQrIban(account) && reference === null) return null
  const message = reference === null ? line(number, 140) : ''
  const payer = debtor && isWhole(debtor) ? debtor : null
  const lines = [
    ['SPC', '0200', '1', account],
    partyLines(creditor),
    Array(7).fill(''),
    [decimal(amount, 2), currency],
    payer ? partyLines(payer) : Array(7).fill(''),
    [reference === null ? 'NON' : 'QRR', reference ?? '', message, 'EPD'],
  ].flat()
  const [whole = '', cents = ''] = decimal(amount, 2).split('.')
  return {
    payload: lines.join('\n'),
    iban: grouped(account, 4, 4),
    currency,
    amount: `${whole.replace(/\B(?=(\d{3})+$)/g, ' ')}.${cents}`,
    creditor: printed(creditor),
    debtor: payer && printed(payer),
    reference: reference && grouped(reference, 2, 5),
    message: message === '' ? null : message,
  }
}
