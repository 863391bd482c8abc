import { expect, test } from 'vitest'
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
