import { minorUnitsOf } from '../../currencies.ts'
import { unaccented } from '../../folding.ts'
import { decimal, share, sum } from '../../money.ts'
import { xmlAttribute } from '../../xml.ts'
import { chartNamed } from '../charts.data.ts'
import { cut, inWindows1252, mark, oneLine } from '../texts.ts'
import { byFiscalYear, type Journal, type JournalBooks, type JournalEntry, type JournalLine } from './journal.ts'

/**
 * Files for DATEV (EXTF 700): postings (category 21, version 13) and customers and vendors (16, version 5), by developer.datev.de,
 * "DATEV-Format". Texts are in Windows-1252, which `windows1252` writes.
 */

/** The columns of postings, version 13. */
export const POSTING_COLUMNS: readonly string[] = [
  ['Umsatz (ohne Soll/Haben-Kz)', 'Soll/Haben-Kennzeichen', 'WKZ Umsatz', 'Kurs', 'Basis-Umsatz', 'WKZ Basis-Umsatz', 'Konto'],
  ['Gegenkonto (ohne BU-Schlüssel)', 'BU-Schlüssel', 'Belegdatum', 'Belegfeld 1', 'Belegfeld 2', 'Skonto', 'Buchungstext'],
  ['Postensperre', 'Diverse Adressnummer', 'Geschäftspartnerbank', 'Sachverhalt', 'Zinssperre', 'Beleglink'],
  Array.from({ length: 8 }, (_, i) => [`Beleginfo - Art ${i + 1}`, `Beleginfo - Inhalt ${i + 1}`]).flat(),
  ['KOST1 - Kostenstelle', 'KOST2 - Kostenstelle', 'Kost-Menge', 'EU-Land u. UStID (Bestimmung)'],
  ['EU-Steuersatz (Bestimmung)', 'Abw. Versteuerungsart', 'Sachverhalt L+L', 'Funktionsergänzung L+L'],
  ['BU 49 Hauptfunktionstyp', 'BU 49 Hauptfunktionsnummer', 'BU 49 Funktionsergänzung'],
  Array.from({ length: 20 }, (_, i) => [`Zusatzinformation - Art ${i + 1}`, `Zusatzinformation- Inhalt ${i + 1}`]).flat(),
  ['Stück', 'Gewicht', 'Zahlweise', 'Forderungsart', 'Veranlagungsjahr', 'Zugeordnete Fälligkeit', 'Skontotyp'],
  ['Auftragsnummer', 'Buchungstyp', 'USt-Schlüssel (Anzahlungen)', 'EU-Land (Anzahlungen)', 'Sachverhalt L+L (Anzahlungen)'],
  ['EU-Steuersatz (Anzahlungen)', 'Erlöskonto (Anzahlungen)', 'Herkunft-Kz', 'Buchungs GUID', 'KOST-Datum'],
  ['SEPA-Mandatsreferenz', 'Skontosperre', 'Gesellschaftername', 'Beteiligtennummer', 'Identifikationsnummer'],
  ['Zeichnernummer', 'Postensperre bis', 'Bezeichnung SoBil-Sachverhalt', 'Kennzeichen SoBil-Buchung', 'Festschreibung'],
  ['Leistungsdatum', 'Datum Zuord. Steuerperiode', 'Fälligkeit', 'Generalumkehr (GU)', 'Steuersatz', 'Land'],
  ['Abrechnungsreferenz', 'BVV-Position', 'EU-Land u. UStID (Ursprung)', 'EU-Steuersatz (Ursprung)', 'Abw. Skontokonto'],
].flat()

const at = (name: string) => POSTING_COLUMNS.indexOf(name)

/** What has to be known before a file can be made; empty when nothing stands in the way. */
export function datevFaults({ books, accounts, entries }: Journal): string[] {
  const faults: string[] = []
  if (books.datev_adviser === null || books.datev_client === null)
    faults.push('datev_adviser and datev_client are not set: DATEV asks for the numbers of the adviser and the client')
  if (!chartNamed(books.chart).datev)
    faults.push(`The chart ${books.chart} is none of DATEV's: its files are for SKR 03 and SKR 04`)
  if (books.currency !== 'EUR') faults.push(`The books are in ${books.currency}, DATEV's are in EUR`)
  const used = new Set(entries.flatMap(({ lines }) => lines.map(({ account }) => account)))
  for (const { number } of accounts)
    if (used.has(number) && !/^\d{4}$/.test(number)) faults.push(`The account ${number} has not the four digits of the chart`)
  return faults
}

/** Which key says how a line is taxed: none where the account itself says it, 40 where it would say wrong. Null where there is no such key. */
export function taxKey(account: string, rate: number, direction: 'sale' | 'purchase' | null, chart: string): string | null {
  const automatic = chartNamed(chart).automatic?.[account]
  if (automatic !== undefined) return automatic === rate ? '' : rate === 0 ? '40' : null
  if (rate === 0 || direction === null) return ''
  const keys = direction === 'sale' ? { 1900: '3', 700: '2' } : { 1900: '9', 700: '8' }
  return (keys as Record<number, string>)[rate] ?? null
}

/** A document's number as DATEV keeps it: letters, digits and a few signs, and no two become one. */
export function documentField(number: string): string {
  const plain = unaccented(number.replace(/[äöüÄÖÜß]/g, (letter) => UMLAUTS[letter]!)).replace(/[^A-Za-z0-9$&%*+\-/]/g, '')
  return plain === number && plain.length <= 36 ? plain : `${plain.slice(0, 36 - 9)}-${mark(number)}`
}
const UMLAUTS: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', Ä: 'Ae', Ö: 'Oe', Ü: 'Ue', ß: 'ss' }

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
const field = (text: string, most: number) => quoted(cut(inWindows1252(oneLine(text)), most))
const compact = (day: string) => day.replaceAll('-', '')
const dayFirst = (day: string) => `${day.slice(8)}${day.slice(5, 7)}${day.slice(0, 4)}`

interface Posting {
  readonly account: string
  /** Debit of the account above zero. */
  readonly amount: number
  readonly key: string
}

/**
 * An entry as postings against its customer or vendor. DATEV takes the tax out of gross amounts by itself, so a net line goes with its
 * share of the tax; where no key says its rate, net and tax are postings of their own.
 */
export function postingsOf(
  entry: JournalEntry,
  { books, rates }: Pick<Journal, 'books' | 'rates'>,
): { contra: string; postings: Posting[] } {
  const { lines } = entry
  const against =
    lines.find(({ party }) => party) ??
    lines.reduce((most, line) => (Math.abs(line.amount) > Math.abs(most.amount) ? line : most))
  const contra = against.party && entry.party ? String(entry.party.number) : against.account
  const others = lines.filter((line) => line !== against && line.amount !== 0)
  const postings: Posting[] = []
  for (const code of new Set(others.map(({ tax_code }) => tax_code))) {
    const rate = rates.find((one) => one.code === code)
    const own = others.filter(({ tax_code }) => tax_code === code)
    const bases = own.filter(({ is_tax }) => !is_tax)
    const taxes = own.filter(({ is_tax }) => is_tax)
    const keys = bases.map(({ account }) => taxKey(account, rate?.rate ?? 0, rate?.direction ?? null, books.chart))
    const tax = sum(taxes.map(({ amount }) => amount))
    if (bases.length === 0 || keys.some((key) => key === null)) {
      for (const line of own) postings.push(plainPosting(line, books))
      continue
    }
    const shares = share(
      tax,
      bases.map(({ amount }) => Math.abs(amount)),
    )
    for (const [i, { account, amount }] of bases.entries()) postings.push({ account, amount: amount + shares[i]!, key: keys[i]! })
  }
  return { contra, postings: postings.filter(({ amount }) => amount !== 0) }
}

/** Without any tax: an account that would take some out by itself is told not to. */
const plainPosting = ({ account, amount }: JournalLine, { chart }: JournalBooks): Posting => ({
  account,
  amount,
  key: taxKey(account, 0, null, chart) ?? '',
})

export interface DatevFile {
  readonly name: string
  readonly text: string
}

interface Made {
  /** When the files are made: YYYYMMDDHHMMSSmmm. */
  readonly stamp: string
}

const headerOf = (
  [category, name, version]: readonly [number, string, number],
  books: JournalBooks,
  { stamp, year, span, label }: { stamp: string; year: string; span: readonly [string, string] | null; label: string },
) =>
  [
    ['"EXTF"', '700', String(category), quoted(name), String(version), stamp, '', '"RE"', '""', '""'],
    [String(books.datev_adviser), String(books.datev_client), compact(year), '4'],
    span ? span.map(compact) : ['', ''],
    [span ? field(label, 30) : '""', '""', span ? '1' : '', span ? '0' : '', span ? '0' : '', span ? '"EUR"' : '""'],
    ['', '""', '', '', quoted(chartNamed(books.chart).datev ?? ''), '', '', '""', '""'],
  ]
    .flat()
    .join(';')

/** One file of postings for each fiscal year. */
export function datevPostings(journal: Journal, { stamp }: Made): DatevFile[] {
  const { books } = journal
  return byFiscalYear(journal).map(([year, entries]) => {
    const days = entries.map(({ day }) => day).sort()
    const span = [days[0]!, days.at(-1)!] as const
    const label = `Buchungen ${year.slice(0, 4)}`
    const rows = entries.flatMap((entry) => {
      const { contra, postings } = postingsOf(entry, journal)
      return postings.map((posting) => postingRow(entry, contra, posting, books))
    })
    const header = headerOf([21, 'Buchungsstapel', 13], books, { stamp, year, span, label })
    const text = [header, POSTING_COLUMNS.join(';')].concat(rows).join('\r\n')
    return { name: `EXTF_Buchungsstapel_${compact(year)}.csv`, text: `${text}\r\n` }
  })
}

function postingRow(entry: JournalEntry, contra: string, { account, amount, key }: Posting, books: JournalBooks): string {
  const row = POSTING_COLUMNS.map(() => '')
  const set = (name: string, value: string) => {
    row[at(name)] = value
  }
  set('Umsatz (ohne Soll/Haben-Kz)', decimal(Math.abs(amount), minorUnitsOf(books.currency)).replace('.', ','))
  set('Soll/Haben-Kennzeichen', amount > 0 ? '"S"' : '"H"')
  set('WKZ Umsatz', '"EUR"')
  set('Konto', account)
  set('Gegenkonto (ohne BU-Schlüssel)', contra)
  set('BU-Schlüssel', quoted(key))
  set('Belegdatum', `${entry.day.slice(8)}${entry.day.slice(5, 7)}`)
  set('Belegfeld 1', quoted(documentField(entry.document || String(entry.number))))
  set('Buchungstext', field(entry.text, 60))
  if (entry.file) set('Beleglink', quoted(`BEDI "${entry.file}"`))
  if (entry.due_day) set('Fälligkeit', dayFirst(entry.due_day))
  set('Festschreibung', '0')
  return row.join(';')
}

/** The columns of customers and vendors that we know something for; DATEV takes shorter rows. */
const PARTY_COLUMNS = [
  'Konto',
  'Name (Adressattyp Unternehmen)',
  'Unternehmensgegenstand',
  'Name (Adressattyp natürl. Person)',
  'Vorname (Adressattyp natürl. Person)',
  'Name (Adressattyp keine Angabe)',
  'Adressattyp',
  'Kurzbezeichnung',
  'EU-Land',
  'EU-UStID',
]

export function datevParties(journal: Journal, { stamp }: Made): DatevFile {
  const { books, entries } = journal
  const parties = new Map(entries.flatMap(({ party }) => (party ? [[party.number, party] as const] : [])))
  const year = byFiscalYear(journal).at(-1)?.[0] ?? '1970-01-01'
  const rows = [...parties.values()]
    .sort((a, b) => a.number - b.number)
    .map(({ number, name, vat_id }) => {
      const eu = /^([A-Z]{2})([A-Z0-9+*]{2,13})$/.exec((vat_id ?? '').replace(/[\s.-]/g, ''))
      return [
        String(number),
        field(name, 50),
        '""',
        '""',
        '""',
        '""',
        '"2"',
        field(name, 15),
        quoted(eu?.[1] ?? ''),
        quoted(eu?.[2] ?? ''),
      ].join(';')
    })
  const header = headerOf([16, 'Debitoren/Kreditoren', 5], books, { stamp, year, span: null, label: '' })
  return {
    name: 'EXTF_DebitorenKreditoren.csv',
    text: `${[header, PARTY_COLUMNS.join(';')].concat(rows).join('\r\n')}\r\n`,
  }
}

/** The list of pictures that go with postings (DATEV document interface, archive v060). */
export function datevArchive(made_at: string, files: readonly { readonly id: string; readonly name: string }[]): string {
  const documents = files.map(
    ({ id, name }) =>
      `    <document guid="${xmlAttribute(id)}" type="2" processID="1">\n      <extension xsi:type="File" name="${xmlAttribute(name)}"/>\n    </document>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<archive xmlns="http://xml.datev.de/bedi/tps/document/v06.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://xml.datev.de/bedi/tps/document/v06.0 Document_v060.xsd" version="6.0" generatingSystem="Quittance">
  <header>
    <date>${made_at}</date>
    <description>Belege</description>
  </header>
  <content>
${documents.join('\n')}
  </content>
</archive>
`
}
