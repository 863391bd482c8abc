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

test('a quote that nobody closes takes the rest of the file', () => {
  const [statement] = readCsv(`${heading}\n2026-01-02;A;B;1.00\n2026-01-03;"A;B;2.00\n2026-01-04;A;B;3.00`)
  expect(statement!.movements.map(({ date }) => date)).toEqual(['2026-01-02'])
})

test('the heading stands in one of the first 200 rows, or the table is refused', () => {
  const behind = (rows: number) => `${'Account;of;somebody;\n'.repeat(rows)}${heading}\n2026-01-02;A;B;1.00`
  expect(readCsv(behind(199))[0]!.movements).toHaveLength(1)
  expect(() => readCsv(behind(200))).toThrow('no columns for day and amount')
})
