import { describe, expect, test } from 'vitest'
import { readCsv } from './csv.ts'

const heading = 'Date;Payee;Reference;Amount'

test('a cell in quotes holds marks, line breaks and quotes of its own', () => {
  const [statement] = readCsv(
    `${heading}\r\n2026-01-02;"Miller; Sons";"for ""two""\r\ndesks";-12.50\r\n"2026-01-03";"";bare "word";7.00`,
  )
  expect(statement!.movements.map(({ date, name, text, amount, sign }) => [date, name, text, amount, sign])).toEqual([
    ['2026-01-02', 'Miller; Sons', 'for "two"\r\ndesks', 1250, 'debit'],
    ['2026-01-03', expect.anything(), 'bare "word"', 700, 'credit'],
  ])
})

test('a quote that nobody closes would take the rest of the file: it is refused', () => {
  expect(() => readCsv(`${heading}\n2026-01-02;A;B;1.00\n2026-01-03;"A;B;2.00\n2026-01-04;A;B;3.00`)).toThrow(
    'The quote before "A;B;2.00',
  )
})

test('the heading stands in one of the first 200 rows, or the table is refused', () => {
  const behind = (rows: number) => `${'Account;of;somebody;\n'.repeat(rows)}${heading}\n2026-01-02;A;B;1.00`
  expect(readCsv(behind(199))[0]!.movements).toHaveLength(1)
  expect(() => readCsv(behind(200))).toThrow('no columns for day and amount')
})

const moved = (text: string) => readCsv(text)[0]!.movements.map(({ sign, amount }) => (sign === 'credit' ? amount : -amount))

test.each([
  ['a hyphen', '-12.50'],
  ['a hyphen behind', '12.50-'],
  ['a minus of Unicode', '\u221212.50'],
  ['a dash', '\u201312.50'],
  ['brackets', '(12.50)'],
  ['brackets and a currency', '(€12.50)'],
  ['a sign before the currency', '-$12.50'],
  ['a sign behind it', 'EUR -12.50'],
  ['DR', '12.50 DR'],
  ['S for Soll', '12.50 EUR S'],
])('money that goes is marked by %s', (_, written) => {
  expect(moved(`${heading}\n2026-01-02;A;B;${written}\n2026-01-03;A;B;20.00`)).toEqual([-1250, 2000])
})

test.each([
  ['Soll/Haben', 'S', 'H'],
  ['Debit/Credit', 'Debit', 'Credit'],
  ['Af Bij', 'Af', 'Bij'],
  ['DC', 'D', 'C'],
  ['Details', 'DEBIT', 'CREDIT'],
])('a column %s beside amounts without a sign says which way money goes', (name, out, back) => {
  expect(moved(`Date;${name};Amount\n2026-01-02;${out};12.50\n2026-01-03;${back};20.00`)).toEqual([-1250, 2000])
})

test('amounts with signs of their own are not turned by such a column, and it is no text', () => {
  const [statement] = readCsv(
    'Details,Posting Date,Description,Amount\nDEBIT,01/11/2026,ACME,-12.50\nCREDIT,01/12/2026,Rent for INV-7,20.00',
  )
  expect(statement!.movements.map(({ sign, text }) => [sign, text])).toEqual([
    ['debit', 'ACME'],
    ['credit', 'Rent for INV-7'],
  ])
})

test.each([
  ['1.25e3', '"1.25e3" is not an amount'],
  ['12.5O', '"12.5O" is not an amount'],
  ['12 or 13', '"12 or 13" is not an amount'],
])('an amount of %s is refused with the file', (written, why) => {
  expect(() => readCsv(`${heading}\n2026-01-02;A;B;${written}`)).toThrow(why)
})

test('a row whose day does not exist, or that does not say which way its money goes, is refused and not left out', () => {
  expect(() => readCsv(`${heading}\n2026-11-30;A;B;1.00\n2026-11-31;A;B;2.00`)).toThrow('"2026-11-31" is not a day')
  expect(() => readCsv('Date;Debit/Credit;Amount\n2026-01-02;D;1.00\n2026-01-03;;2.00')).toThrow('comes or goes')
})

test('what stands below a table is no row of it', () => {
  expect(moved(`${heading}\n2026-01-02;A;B;1.00\n;;;\nTotal;;;1.00\nPage 1 of 2;;;page 2`)).toEqual([100])
})

test.each(['2 Nov 2026', '02-Nov-26', 'Nov 2, 2026', '2. November 2026', '"November 2, 2026"'])(
  'a day may be written %s',
  (written) => {
    expect(readCsv(`${heading}\n${written};A;B;1.00`)[0]!.movements[0]!.date).toBe('2026-11-02')
  },
)

test('a day that may be read both ways has its month first where the amounts are dollars', () => {
  const dayOf = (currency: string) => readCsv(`Date;Amount (${currency})\n03/04/2026;1.00`)[0]!.movements[0]!.date
  expect([dayOf('USD'), dayOf('GBP')]).toEqual(['2026-03-04', '2026-04-03'])
})

test('three digits behind a point are decimals in currencies that have three', () => {
  const amounts = (currency: string) => readCsv(`Date;Amount;Currency\n2026-01-02;12.500;${currency}`)[0]!.movements[0]!.amount
  expect([amounts('KWD'), amounts('EUR'), amounts('CLP')]).toEqual([12_500, 1_250_000, 12_500])
  expect(readCsv('Date;Amount (KWD)\n2026-01-02;1,234.500')[0]!.movements[0]!.amount).toBe(1_234_500)
})

describe('the headings of banks', () => {
  const shown = (text: string) =>
    readCsv(text)[0]!.movements.map(({ sign, amount, currency, name, text }) => [sign, amount, currency, name, text])

  test('a column for who pays and one for who is paid: the other side is the one that we are not', () => {
    const head = 'Buchungsdatum;Zahlungspflichtige*r;Zahlungsempfänger*in;Verwendungszweck;IBAN;Betrag (€);Kundenreferenz'
    const rows =
      '20.11.26;Ada GmbH;Wir;RE-1;DE12500105170648489890;1.119,00;E2E1\n21.11.26;Wir;Bob;RE-2;DE12500105170648489890;-19,00;'
    expect(shown(`${head}\n${rows}`)).toEqual([
      ['credit', 111900, 'EUR', 'Ada GmbH', 'RE-1'],
      ['debit', 1900, 'EUR', 'Bob', 'RE-2'],
    ])
    expect(readCsv(`${head}\n${rows}`)[0]!.movements[0]!.end_to_end_id).toBe('E2E1')
  })

  test('two columns of amounts with their currency', () => {
    const head = 'Buchungsdatum;Avisierungstext;Gutschrift in CHF;Lastschrift in CHF;Valuta;Saldo in CHF'
    expect(shown(`${head}\n20.11.2026;ADA AG RE-1;119.00;;20.11.2026;119.00\n21.11.2026;BOB;;-19.00;21.11.2026;100.00`)).toEqual([
      ['credit', 11900, 'CHF', 'ADA AG RE-1', 'ADA AG RE-1'],
      ['debit', 1900, 'CHF', 'BOB', 'BOB'],
    ])
  })

  test.each([
    [
      'Buchungsdatum;Währung;Belastung;Gutschrift;Beschreibung1;Beschreibung2',
      '2026-11-20;CHF;;119.00;Ada AG;RE-1',
      'Ada AG RE-1',
    ],
    [
      'Date operation;Libelle court;Libelle operation;Montant operation en euro',
      '20/11/2026;VIREMENT;ADA RE-1;119,00',
      'VIREMENT ADA RE-1',
    ],
    ['Buchungstag;Umsatzart;Buchungstext;Betrag;Währung', '20.11.2026;Gutschrift;ADA RE-1;119,00;EUR', 'ADA RE-1'],
    [
      'Date,Amount,Currency,Description,Payment Reference',
      '20-11-2026,119.00,EUR,Money from Ada with reference RE-1,RE-1',
      'Money from Ada with reference RE-1',
    ],
    ['Datum;Bedrag;Omschrijving-1;Omschrijving-2', '2026-11-20;+119,00;RE-1;', 'RE-1'],
    ['Bokföringsdatum;Text;Belopp', '2026-11-20;ADA RE-1;119,00', 'ADA RE-1'],
    ['Dato;Tekst;Beløb', '20.11.2026;ADA RE-1;119,00', 'ADA RE-1'],
    ['#Data operacji;#Opis operacji;#Kwota', '2026-11-20;ADA RE-1;119,00 PLN', 'ADA RE-1'],
    [
      'Data contabile;Descrizione;Accrediti;Addebiti;Descrizione estesa',
      '20/11/2026;Bonifico;119,00;;ADA RE-1',
      'Bonifico ADA RE-1',
    ],
  ])('%s', (head, row, text) => {
    const [movement] = readCsv(`${head}\n${row}`)[0]!.movements
    expect(movement).toMatchObject({ date: '2026-11-20', sign: 'credit', amount: 11900, text })
  })
})
