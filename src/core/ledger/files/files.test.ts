import { describe, expect, test } from 'vitest'
import { inWindows1252 } from '../texts.ts'
import {
  datevArchive,
  datevFaults,
  datevParties,
  datevPostings,
  documentField,
  POSTING_COLUMNS,
  postingsOf,
  taxKey,
} from './datev.ts'
import { FEC_COLUMNS, fecFile, fecName } from './fec.ts'
import { fiscalYearOf, type Journal, type JournalEntry, type JournalLine, type JournalParty } from './journal.ts'
import { accountPart, beancountJournal, hledgerJournal } from './plain-text.ts'
import { quickbooksSheet, xeroSheet } from './spreadsheets.ts'

const books = {
  name: 'Spreewerk GmbH',
  currency: 'EUR',
  chart: 'skr03',
  first_month: 1,
  country: 'DE',
  register_number: null,
  datev_adviser: 1001,
  datev_client: 7,
}
const accounts = [
  { number: '1200', name: 'Bank', type: 'Asset' as const, role: 'bank' },
  { number: '1400', name: 'Forderungen', type: 'Asset' as const, role: 'receivables' },
  { number: '1576', name: 'Vorsteuer', type: 'Asset' as const, role: null },
  { number: '1600', name: 'Verbindlichkeiten', type: 'Liability' as const, role: 'payables' },
  { number: '1776', name: 'Umsatzsteuer', type: 'Liability' as const, role: null },
  { number: '4930', name: 'Bürobedarf', type: 'Expense' as const, role: null },
  { number: '8200', name: 'Erlöse', type: 'Income' as const, role: 'sales' },
  { number: '8400', name: 'Erlöse 19 % USt', type: 'Income' as const, role: null },
]
const rates = [
  { code: 'S19', name: 'Sales 19 %', rate: 1900, direction: 'sale' as const },
  { code: 'P19', name: 'Purchases 19 %', rate: 1900, direction: 'purchase' as const },
  { code: 'S5.5', name: 'Sales 5.5 %', rate: 550, direction: 'sale' as const },
]
const customer: JournalParty = { side: 'customer', number: 10000, name: 'Acme GmbH', vat_id: 'DE 123456789' }
const vendor: JournalParty = { side: 'vendor', number: 70000, name: 'Papierhaus' }
const line = (account: string, amount: number, changes: Partial<JournalLine> = {}): JournalLine => ({
  account,
  amount,
  currency_amount: amount,
  party: false,
  tax_code: null,
  is_tax: false,
  ...changes,
})
const entry = (changes: Partial<JournalEntry>): JournalEntry => ({
  number: 1,
  day: '2026-01-05',
  booked_on: '2026-01-06',
  kind: 'invoice',
  object_type: 'receivable',
  document: 'RE-1',
  text: 'Acme GmbH: RE-1',
  currency: 'EUR',
  due_day: '2026-01-19',
  party: customer,
  lines: [],
  ...changes,
})
const sold = [
  line('1400', 119000, { party: true }),
  line('8400', -100000, { tax_code: 'S19' }),
  line('1776', -19000, { tax_code: 'S19', is_tax: true }),
]
const bought = [
  line('1600', -11900, { party: true }),
  line('4930', 10000, { tax_code: 'P19' }),
  line('1576', 1900, { tax_code: 'P19', is_tax: true }),
]
const opposite = (lines: JournalLine[]) =>
  lines.map((one) => ({ ...one, amount: -one.amount, currency_amount: -one.currency_amount }))
const bill = { kind: 'bill' as const, party: vendor, document: 'R-9', object_type: 'bill' }
const journal = (...entries: JournalEntry[]): Journal => ({ books, accounts, rates, entries })
const stamp = '20260106120000000'

describe('postings for DATEV', () => {
  /** What the published rules say of a field, by its column. */
  const rules: Record<string, RegExp> = {
    'Umsatz (ohne Soll/Haben-Kz)': /^\d{1,10},\d{2}$/,
    'Soll/Haben-Kennzeichen': /^"[SH]"$/,
    'WKZ Umsatz': /^"[A-Z]{3}"$/,
    Konto: /^\d{4,5}$/,
    'Gegenkonto (ohne BU-Schlüssel)': /^\d{4,5}$/,
    'BU-Schlüssel': /^"(\d{1,4})?"$/,
    Belegdatum: /^(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])$/,
    'Belegfeld 1': /^"[a-zA-Z0-9$%&*+\-/]{0,36}"$/,
    Buchungstext: /^"(?:[^"]|""){0,60}"$/,
    Fälligkeit: /^(\d{8})?$/,
    Festschreibung: /^[01]$/,
  }
  /** The cells of a row, quotes left in place. */
  const cells = (row: string) =>
    row
      .match(/("(?:[^"]|"")*"|[^;]*)(;|$)/g)!
      .map((cell) => cell.replace(/;$/, ''))
      .slice(0, POSTING_COLUMNS.length)
  const read = (made: Journal) =>
    datevPostings(made, { stamp }).map(({ name, text }) => {
      const [header, columns, ...rows] = text.split('\r\n')
      expect(columns).toBe(POSTING_COLUMNS.join(';'))
      expect(rows.pop()).toBe('')
      return {
        name,
        header: header!.split(';'),
        rows: rows.map((row) => {
          const values = Object.fromEntries(POSTING_COLUMNS.map((column, i) => [column, cells(row)[i]!]))
          for (const [column, rule] of Object.entries(rules))
            expect([column, values[column]]).toEqual([column, expect.stringMatching(rule)])
          return values
        }),
      }
    })
  const short = (made: Journal) =>
    read(made).flatMap(({ rows }) =>
      rows.map((row) => [
        row['Umsatz (ohne Soll/Haben-Kz)'],
        row['Soll/Haben-Kennzeichen'],
        row.Konto,
        row['Gegenkonto (ohne BU-Schlüssel)'],
        row['BU-Schlüssel'],
      ]),
    )

  test('are gross against the debtor, without a key on accounts that take the tax out by themselves', () => {
    expect(short(journal(entry({ lines: sold })))).toEqual([['1190,00', '"H"', '8400', '10000', '""']])
  })

  test('bear key 9 for input tax elsewhere, also where a purchase is taken back', () => {
    const made = journal(
      entry({ ...bill, lines: bought }),
      entry({ ...bill, number: 2, kind: 'reversal', lines: opposite(bought) }),
    )
    expect(short(made)).toEqual([
      ['119,00', '"S"', '4930', '70000', '"9"'],
      ['119,00', '"H"', '4930', '70000', '"9"'],
    ])
  })

  test('change sides for credit notes and refunds, and are never below zero', () => {
    const note = entry({ kind: 'credit_note', lines: opposite(sold) })
    const refund = entry({ kind: 'payment', number: 2, lines: [line('1200', -5000), line('1400', 5000, { party: true })] })
    expect(short(journal(note, refund))).toEqual([
      ['1190,00', '"S"', '8400', '10000', '""'],
      ['50,00', '"H"', '1200', '10000', '""'],
    ])
  })

  test('are net and tax apart where no key says the rate; an account that would take another is told not to', () => {
    const lines = [
      line('1400', 10550, { party: true }),
      line('8200', -10000, { tax_code: 'S5.5' }),
      line('1776', -550, { tax_code: 'S5.5', is_tax: true }),
    ]
    expect(short(journal(entry({ lines })))).toEqual([
      ['100,00', '"H"', '8200', '10000', '""'],
      ['5,50', '"H"', '1776', '10000', '""'],
    ])
    expect(taxKey('8400', 0, null, 'skr03')).toBe('40')
    expect(taxKey('8200', 700, 'sale', 'skr03')).toBe('2')
  })

  test('leave nothings out', () => {
    expect(short(journal(entry({ lines: [line('1200', 0), ...sold] })))).toHaveLength(1)
  })

  test('stand in one file for each fiscal year, whose header says when it begins', () => {
    const made = journal(
      entry({ day: '2025-12-30', lines: sold }),
      entry({ day: '2026-01-05', number: 2, lines: sold }),
      entry({ day: '2026-01-04', number: 3, lines: sold }),
    )
    const [old, recent] = read(made)
    expect([old!.name, old!.header[12], old!.header[14], old!.header[15]]).toEqual([
      'EXTF_Buchungsstapel_20250101.csv',
      '20250101',
      '20251230',
      '20251230',
    ])
    expect([recent!.header[12], recent!.header[14], recent!.header[15]]).toEqual(['20260101', '20260104', '20260105'])
    expect(recent!.header.slice(0, 6)).toEqual(['"EXTF"', '700', '21', '"Buchungsstapel"', '13', stamp])
    expect(recent!.header.slice(10, 14)).toEqual(['1001', '7', '20260101', '4'])
    expect(recent!.header[26]).toBe('"03"')
    expect(recent!.rows[0]!.Belegdatum).toBe('0501')
    expect(recent!.rows[0]!.Fälligkeit).toBe('19012026')
    const july = { ...made, books: { ...books, first_month: 7 } }
    expect(read({ ...july, entries: [entry({ day: '2026-08-01', lines: sold })] })[0]!.header[12]).toBe('20260701')
    expect(fiscalYearOf('2026-06-30', 7)).toBe('2025-07-01')
  })

  test('bear document numbers of the signs that DATEV keeps, and no two become one', () => {
    const numbers = ['RE 2026/0815 Ä#1', 'RE2026/0815Ae1', `${'1'.repeat(36)}A`, `${'1'.repeat(36)}B`, 'RE-1', '漢']
    const fields = numbers.map(documentField)
    for (const field of fields) expect(field).toMatch(/^[A-Za-z0-9$&%*+\-/]{1,36}$/)
    expect(new Set(fields).size).toBe(numbers.length)
    expect(documentField('RE-1')).toBe('RE-1')
  })

  test('have texts of 60 signs of Windows-1252, with quotes doubled and semicolons inside them', () => {
    const text = `Łódź "Quell"; ${'x'.repeat(61)} 漢`
    const [row] = read(journal(entry({ lines: sold, text })))[0]!.rows
    expect(row!.Buchungstext).toBe(`"Lódz ""Quell""; ${'x'.repeat(46)}"`)
    expect(inWindows1252('Ünal 漢')).toBe('Ünal ?')
  })

  test('are not made without the numbers of adviser and client, by another chart, in another currency: all reasons at once', () => {
    expect(datevFaults(journal(entry({ lines: sold })))).toEqual([])
    const other = { ...books, datev_adviser: null, chart: 'general', currency: 'CHF' }
    expect(datevFaults({ books: other, accounts, rates, entries: [] })).toHaveLength(3)
    const long = { number: '84000', name: 'X', type: 'Income' as const, role: null }
    const lines = [line('1400', 100, { party: true }), line('84000', -100)]
    expect(datevFaults({ books, accounts: accounts.concat(long), rates, entries: [entry({ lines })] })[0]).toContain('84000')
  })

  test('go with customers and vendors under their numbers, and with the list of pictures', () => {
    const { text } = datevParties(journal(entry({ lines: sold }), entry({ ...bill, number: 2, lines: bought })), { stamp })
    const rows = text.split('\r\n')
    expect(rows[0]!.split(';').slice(2, 5)).toEqual(['16', '"Debitoren/Kreditoren"', '5'])
    expect(rows[2]).toBe('10000;"Acme GmbH";"";"";"";"";"2";"Acme GmbH";"DE";"123456789"')
    expect(rows[3]!.startsWith('70000;"Papierhaus"')).toBe(true)
    const [row] = read(journal(entry({ lines: sold, file: 'abc' })))[0]!.rows
    expect(row!.Beleglink).toBe('"BEDI ""abc"""')
    expect(datevArchive('2026-01-06T12:00:00', [{ id: 'abc', name: 'abc.pdf' }])).toContain('<document guid="abc"')
  })

  test('come to what the entry says of its customer, whatever is on it', () => {
    const lines = [
      line('1400', 30000, { party: true }),
      line('8400', -10000, { tax_code: 'S19' }),
      line('8200', -15211, { tax_code: 'S19' }),
      line('1776', -4789, { tax_code: 'S19', is_tax: true }),
    ]
    const { contra, postings } = postingsOf(entry({ lines }), { books, rates })
    expect(contra).toBe('10000')
    expect(postings.reduce((sum, { amount }) => sum + amount, 0)).toBe(-30000)
  })
})

describe('the file of entries for France', () => {
  const french: Journal = {
    books: { ...books, chart: 'pcg', country: 'FR', register_number: '552 100 554' },
    accounts: [
      { number: '411000', name: 'Clients', type: 'Asset', role: 'receivables' },
      { number: '706000', name: 'Prestations de services', type: 'Income', role: 'sales' },
      { number: '445710', name: 'TVA collectée', type: 'Liability', role: null },
    ],
    rates: [],
    entries: [
      entry({
        text: 'Acme\tSARL|X\nY',
        lines: [
          line('411000', 12000, { party: true }),
          line('706000', -10000),
          line('445710', -2000, { is_tax: true }),
          line('706000', 0, { currency_amount: 1 }),
        ],
      }),
    ],
  }
  const rows = (made: Journal) =>
    fecFile(made)
      .split('\r\n')
      .slice(0, -1)
      .map((row) => row.split('\t'))

  test('has 18 columns on every line, one side only, and no nothings', () => {
    const [head, ...lines] = rows(french)
    expect(head).toEqual([...FEC_COLUMNS])
    expect(lines.map((cells) => cells.length)).toEqual([18, 18, 18])
    expect(lines.map((cells) => [cells[11], cells[12]])).toEqual([
      ['120,00', '0,00'],
      ['0,00', '100,00'],
      ['0,00', '20,00'],
    ])
    expect(lines[0]!.slice(0, 4)).toEqual(['VE', 'Ventes', '1', '20260105'])
    expect(lines[0]![10]).toBe('Acme SARL X Y')
    expect(lines[0]![15]).toBe('20260106')
  })

  test('names customers on the account of customers alone', () => {
    const [, ...lines] = rows(french)
    expect(lines.map((cells) => cells[6])).toEqual(['C10000', '', ''])
    expect(fecName('552 100 554', '2026-12-31')).toBe('552100554FEC20261231.txt')
  })
})

describe('plain-text books', () => {
  test('have account names that both programs read, and two customers stay two', () => {
    const names = ['Quellgrund: Handel', 'éclair_3.0', '2. Hof', '::', 'Łódź']
    const parts = names.map((name, i) => accountPart(10000 + i, name))
    expect(parts).toEqual(['10000-Quellgrund-Handel', '10001-éclair-3-0', '10002-2-Hof', '10003', '10004-Łódź'])
  })

  test('escape what would end a text', () => {
    const text = 'Die "Ächten" \\ Söhne;\nGmbH'
    const made = journal(entry({ text, party: { ...customer, name: text }, lines: sold }))
    expect(beancountJournal(made)).toContain('* "Die \\"Ächten\\" \\\\ Söhne; GmbH"')
    expect(hledgerJournal(made)).toContain('Die "Ächten" \\ Söhne, GmbH')
  })
})

describe('sheets for Xero and QuickBooks', () => {
  test('have a row for each net amount with its tax, and nothing that was taken back', () => {
    const made = journal(
      entry({ lines: sold, party: { ...customer, name: '=cmd|x, "Y"' } }),
      entry({ number: 2, lines: sold }),
      entry({ ...bill, number: 3, lines: bought }),
    )
    const xero = xeroSheet(made, 'invoice', new Set([2])).split('\r\n')
    expect(xero).toHaveLength(3)
    expect(xero[1]).toBe(`"'=cmd|x, ""Y""",,RE-1,1,05/01/2026,19/01/2026,Acme GmbH: RE-1,1,1000.00,8400,Sales 19 %,190.00,EUR`)
    const quickbooks = quickbooksSheet(made, 'bill', new Set()).split('\r\n')
    expect(quickbooks[0]!.startsWith('*BillNo,*Supplier')).toBe(true)
    expect(quickbooks[1]).toBe('R-9,Papierhaus,05/01/2026,19/01/2026,3,4930,Acme GmbH: RE-1,1,100.00,Purchases 19 %,19.00,EUR')
  })
})
