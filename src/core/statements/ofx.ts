import { isDate, type PlainDate } from '../calendar.ts'
import { isCurrency, minorUnitsOf } from '../currencies.ts'
import { minorOf, writtenAs } from './amounts.ts'
import { IBAN, referenceIn } from './references.ts'
import { type Movement, type Nature, type Statement, StatementRefused } from './types.ts'

/**
 * OFX and QFX, as banks write them for programs of private accounts: version 1 is SGML whose values end where the next mark begins, version 2
 * is XML. Both have the same names, and none that holds itself, so both are read by their marks.
 */

/** Whether a text looks like one. */
export const looksLikeOfx = (text: string): boolean => /^\s*(OFXHEADER\s*:|(<\?[^>]*>\s*)*<OFX>)/i.test(text.slice(0, 4000))

/** All statements of a file, of bank accounts and of cards. */
export function readOfx(file: string): Statement[] {
  if (!/<\/OFX>\s*$/i.test(file)) throw new StatementRefused('The file ends too early: an OFX ends with </OFX>')
  const [, ...statements] = file.split(/<(?:CC)?STMTRS>/i)
  if (statements.length === 0) throw new StatementRefused('The file holds no statement of an account')
  return statements.map((text) => statementOf(text.split(/<\/(?:CC)?STMTRS>/i)[0]!))
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }
const decoded = (text: string) =>
  text.replace(/&(#\d{1,7}|#x[0-9a-f]{1,6}|\w{2,4});/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name.toLowerCase()] ?? whole
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
    return code >= 0x20 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : ' '
  })

/** The first value of a name, on one line. */
function valueIn(text: string, name: string): string | null {
  const at = new RegExp(`<${name}>([^<]*)`, 'i').exec(text)?.[1] ?? ''
  return decoded(at).replace(/\s+/g, ' ').trim() || null
}

function statementOf(text: string): Statement {
  const [head = '', ...entries] = text.split(/<STMTTRN>/i)
  const currency = valueIn(head, 'CURDEF')?.toUpperCase() ?? ''
  if (!isCurrency(currency)) throw new StatementRefused(`"${currency.slice(0, 40)}" is not a currency`)
  return {
    format: 'OFX',
    number: null,
    account: valueIn(head, 'ACCTID'),
    currency,
    // The balance is that of the day on which the file was fetched, not that after the last entry.
    opening: null,
    closing: null,
    notice: false,
    movements: entries.map((entry, i) => movementOf(entry.split(/<\/(?:STMTTRN|BANKTRANLIST)>/i)[0]!, i, currency)),
  }
}

const NATURES: Readonly<Record<string, Nature>> = { FEE: 'bank charge', SRVCHG: 'bank charge', INT: 'interest', CHECK: 'cheque' }

function movementOf(text: string, entry: number, usual: string): Movement {
  const value = (name: string) => valueIn(text, name)
  const date = dateOf(value('DTPOSTED'))
  // The amount is in this currency, where one is named; ORIGCURRENCY only says what it was before.
  const [, own = ''] = /<CURRENCY>([\s\S]*)/i.exec(text) ?? []
  const currency = (valueIn(own, 'CURSYM') ?? usual).toUpperCase()
  const written = value('TRNAMT') ?? ''
  const { digits, sign } = writtenAs(written) ?? {}
  if (!digits || !isCurrency(currency)) throw new StatementRefused(`"${written.slice(0, 40)}" is not an amount`)
  const [name, memo] = [value('NAME'), value('MEMO')]
  // A memo often begins with the name, which was cut after 32 letters.
  const words = [name !== null && memo?.startsWith(name) ? null : name, memo].filter((word) => word !== null).join(' ')
  const id = value('FITID')
  const [, theirs = ''] = /<BANKACCTTO>([\s\S]*)/i.exec(text) ?? []
  const iban = (valueIn(theirs, 'ACCTID') ?? '').replace(/\s/g, '').toUpperCase()
  return {
    entry,
    date,
    value_date: value('DTAVAIL') === null ? date : dateOf(value('DTAVAIL')),
    amount: minorOf(digits, minorUnitsOf(currency), digits.includes(',') ? ',' : '.'),
    currency,
    sign: sign ?? 'credit',
    status: 'booked',
    entry_amount: null,
    fee: null,
    original: null,
    name,
    iban: IBAN.test(iban) ? iban : null,
    text: words || null,
    end_to_end_id: null,
    reference: referenceIn(words),
    bank_ref: id,
    entry_ref: id,
    reverses: false,
    return_reason: null,
    nature: NATURES[value('TRNTYPE')?.toUpperCase() ?? ''] ?? null,
    payment_info_id: null,
    transactions: null,
  }
}

/** The day of `20261130`, `20261130120000.000[-5:EST]`: as the bank writes it, in its own zone. */
function dateOf(written: string | null): PlainDate {
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)/.exec(written ?? '') ?? []
  const date = `${year}-${month}-${day}`
  if (!isDate(date)) throw new StatementRefused(`"${(written ?? '').slice(0, 40)}" is not a day`)
  return date
}
