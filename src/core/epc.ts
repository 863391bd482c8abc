import { decimal, type Minor } from './money.ts'

/** A credit transfer someone is asked to make. */
export interface Transfer {
  readonly name: string
  readonly iban: string | null
  readonly bic?: string | null
  readonly amount: Minor
  readonly currency: string
  readonly text?: string | null
}

const MAX_AMOUNT = 99_999_999_999
const MAX_BYTES = 331
const IBAN = /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/
const BIC = /^[A-Z0-9]{8}([A-Z0-9]{3})?$/

/**
 * What a banking app reads from the QR code on an invoice: the SEPA credit transfer of EPC069-12, version 002, in UTF-8, at most
 * 331 bytes; to be drawn with error correction level M. Name and text are shortened to fit. Null where no such code can be: not
 * in euro, no IBAN, no name, nothing to pay, or more than 999,999,999.99.
 */
export function epcPayload({ name, iban, bic, amount, currency, text }: Transfer): string | null {
  const account = compact(iban)
  const payee = cut(name, 70, 210)
  if (currency !== 'EUR' || !IBAN.test(account) || payee === '' || amount <= 0 || amount > MAX_AMOUNT) return null
  const bank = BIC.test(compact(bic)) ? compact(bic) : ''
  const lines = ['BCD', '002', '1', 'SCT', bank, payee, account, `EUR${decimal(amount, 2)}`]
  const head = `${lines.join('\n')}\n\n\n` // neither a purpose code nor a structured reference
  return (head + cut(text ?? '', 140, MAX_BYTES - bytes(head))).trimEnd()
}

const compact = (code: string | null | undefined): string => (code ?? '').replace(/\s/g, '').toUpperCase()

/** The text on one line, no longer than so many characters and bytes, never ending in half a character. */
function cut(text: string, maxCharacters: number, maxBytes: number): string {
  const characters = [...text.replace(/[\s\p{Cc}]+/gu, ' ').trim()].slice(0, maxCharacters)
  while (bytes(characters.join('')) > maxBytes) characters.pop()
  return characters.join('').trim()
}

/** How long the text is in UTF-8. */
function bytes(text: string): number {
  let count = 0
  for (const character of text) {
    const point = character.codePointAt(0)!
    count += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
  }
  return count
}
