import { minorUnitsOf } from '../../currencies.ts'
import { decimal } from '../../money.ts'
import { oneLine } from '../texts.ts'
import type { Journal, JournalEntry, JournalLine } from './journal.ts'

/**
 * The file of entries that the French tax office reads (fichier des écritures comptables): 18 columns by the arrêté of 29 July 2013,
 * article A47 A-1 of the Livre des procédures fiscales. Tabs between them, a comma before the cents.
 */

export const FEC_COLUMNS = [
  'JournalCode',
  'JournalLib',
  'EcritureNum',
  'EcritureDate',
  'CompteNum',
  'CompteLib',
  'CompAuxNum',
  'CompAuxLib',
  'PieceRef',
  'PieceDate',
  'EcritureLib',
  'Debit',
  'Credit',
  'EcritureLet',
  'DateLet',
  'ValidDate',
  'Montantdevise',
  'Idevise',
] as const

const journals: Readonly<Record<JournalEntry['kind'], readonly [code: string, name: string]>> = {
  invoice: ['VE', 'Ventes'],
  credit_note: ['VE', 'Ventes'],
  bill: ['AC', 'Achats'],
  vendor_credit: ['AC', 'Achats'],
  payment: ['BQ', 'Banque'],
  end: ['OD', 'Opérations diverses'],
  reversal: ['OD', 'Opérations diverses'],
}

const compact = (day: string) => day.replaceAll('-', '')
/** Without the characters that end a column or a line. */
const field = (text: string) => oneLine(text).replaceAll('|', ' ')
const amount = (units: number, currency: string) => decimal(units, minorUnitsOf(currency)).replace('.', ',')

/** Entries in the order of their numbers, which is that in which they were booked. */
export function fecFile({ books, accounts, entries }: Journal): string {
  const names = new Map(accounts.map(({ number, name }) => [number, name]))
  const rows = [...entries]
    .sort((a, b) => a.number - b.number)
    .flatMap((entry) => entry.lines.filter((line) => line.amount !== 0).map((line) => row(entry, line)))

  function row(entry: JournalEntry, line: JournalLine): string {
    const [code, name] = journals[entry.kind]
    const { party } = entry
    const auxiliary = line.party && party
    const foreign = entry.currency !== books.currency && line.currency_amount !== 0
    return [
      code,
      name,
      String(entry.number),
      compact(entry.day),
      line.account,
      names.get(line.account) ?? '',
      auxiliary ? `${party.side === 'customer' ? 'C' : 'F'}${String(party.number).padStart(5, '0')}` : '',
      auxiliary ? party.name : '',
      entry.document || String(entry.number),
      compact(entry.day),
      entry.text,
      amount(Math.max(0, line.amount), books.currency),
      amount(Math.max(0, -line.amount), books.currency),
      '',
      '',
      compact(entry.booked_on),
      foreign ? amount(line.currency_amount, entry.currency) : '',
      foreign ? entry.currency : '',
    ]
      .map(field)
      .join('\t')
  }
  return `${[FEC_COLUMNS.join('\t')].concat(rows).join('\r\n')}\r\n`
}

/** `<SIREN>FEC<last day>.txt`, as article A47 A-1 names it. */
export const fecName = (siren: string | null, last_day: string): string =>
  `${(siren ?? '').replace(/\D/g, '').slice(0, 9) || '000000000'}FEC${compact(last_day)}.txt`
