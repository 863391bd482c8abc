import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { itemsOf } from './items.ts'
import { rowsOf, type Word } from './page.ts'

/** Lines of a page as words: `[x, text]` begins there, `[x, text, 'right']` ends there; letters are 5 wide and 10 high, lines 14 apart. */
type Piece = readonly [x: number, text: string, side?: 'right']
function printed(lines: readonly (readonly Piece[])[], page = 0): Word[] {
  return lines.flatMap((pieces, line) =>
    pieces.flatMap(([x, text, side]) => {
      const start = side === 'right' ? x - text.length * 5 : x
      return [...text.matchAll(/\S+/g)].map(({ 0: word, index }) => ({
        text: word,
        page,
        x0: start + index * 5,
        x1: start + (index + word.length) * 5,
        y0: line * 14,
        y1: line * 14 + 10,
      }))
    }),
  )
}
const head: Piece[] = [
  [0, 'Description'],
  [250, 'Qty', 'right'],
  [320, 'Price', 'right'],
  [400, 'Amount', 'right'],
]
const line = (name: string, quantity: string, price: string, total: string): Piece[] => [
  [0, name],
  [250, quantity, 'right'],
  [320, price, 'right'],
  [400, total, 'right'],
]
const sum = (label: string, total: string): Piece[] => [
  [0, label],
  [400, total, 'right'],
]
const read = (...words: Word[][]) => itemsOf(rowsOf(words.flat()), '.').lines
const short = (lines: ReturnType<typeof read>) =>
  lines.map(({ description, quantity, unit_price, total }) => [description, quantity, unit_price, total])

describe('a list of items', () => {
  test('numbers within a name stay in the name', () => {
    const words = printed([head, line('Hex bolt M8 x 40 25 l', '12', '1.50', '18.00'), sum('Total', '18.00')])
    expect(short(read(words))).toEqual([['Hex bolt M8 x 40 25 l', 12, 1.5, 18]])
  })

  test('whatever is bought, each line comes back', () => {
    const bought = fc.record({
      name: fc.constantFrom('Desk lamp', 'Cable 5 m', 'Box (2026)', 'Paper A4 80 g', 'Work'),
      quantity: fc.integer({ min: 1, max: 900 }),
      cents: fc.integer({ min: 5, max: 99_999 }),
    })
    fc.assert(
      fc.property(fc.array(bought, { minLength: 1, maxLength: 12 }), (items) => {
        const rows = items.map(({ name, quantity, cents }) =>
          line(name, String(quantity), (cents / 100).toFixed(2), ((cents * quantity) / 100).toFixed(2)),
        )
        const net = items.reduce((all, { quantity, cents }) => all + quantity * cents, 0) / 100
        const found = short(read(printed([head, ...rows, sum('Subtotal', net.toFixed(2)), sum('VAT 20%', (net / 5).toFixed(2))])))
        expect(found).toEqual(
          items.map(({ name, quantity, cents }) => [name, quantity, cents / 100, Math.round(cents * quantity) / 100]),
        )
      }),
      { numRuns: 60 },
    )
  })

  test('sums of sections are no lines, titles of sections no part of a name', () => {
    const words = printed([
      head,
      [[0, 'Landline']],
      line('Line rental', '1', '20.00', '20.00'),
      line('Calls', '3', '2.00', '6.00'),
      sum('Sub-total Landline', '26.00'),
      [[0, 'Mobile']],
      line('Plan', '2', '15.00', '30.00'),
      sum('Sub-total Mobile', '30.00'),
      sum('Net total', '56.00'),
    ])
    expect(short(read(words))).toEqual([
      ['Line rental', 1, 20, 20],
      ['Calls', 3, 2, 6],
      ['Plan', 2, 15, 30],
    ])
  })

  test('a sum carried to the next page is not a line, and the list goes on there', () => {
    const first = printed([
      head,
      line('Lamp', '2', '10.00', '20.00'),
      line('Box', '1', '5.00', '5.00'),
      sum('Carried forward', '25.00'),
      ...Array.from({ length: 8 }, () => []),
      [[0, 'Some Ltd, 1 Mill Lane Page 1 of 2']],
    ])
    const second = printed([head, sum('Brought forward', '25.00'), line('Desk', '3', '7.00', '21.00'), sum('Total', '46.00')], 1)
    expect(short(read(first, second))).toEqual([
      ['Lamp', 2, 10, 20],
      ['Box', 1, 5, 5],
      ['Desk', 3, 7, 21],
    ])
  })

  test('a text over several lines belongs to its line', () => {
    const words = printed([
      head,
      line('Ceiling', '4', '2.50', '10.00'),
      [[0, 'supplied and fixed, 12.5 mm']],
      [[0, 'waste removed']],
      sum('Total', '10.00'),
    ])
    expect(read(words)[0]?.description).toBe('Ceiling supplied and fixed, 12.5 mm waste removed')
  })

  test('a column by a name nobody knows is the one that multiplies out', () => {
    const strange: Piece[] = [
      [0, 'Description'],
      [250, 'Zork', 'right'],
      [320, 'Price', 'right'],
      [400, 'Amount', 'right'],
    ]
    const words = printed([strange, line('Lamp', '3', '4.10', '12.30'), line('Box', '2', '1.00', '2.00'), sum('Total', '14.30')])
    expect(short(read(words))).toEqual([
      ['Lamp', 3, 4.1, 12.3],
      ['Box', 2, 1, 2],
    ])
  })

  test('of two amounts the net one counts, with a reduction between', () => {
    const wide: Piece[] = [
      ...head.slice(0, 3),
      [360, 'Disc. %', 'right'],
      [420, 'Net amount', 'right'],
      [500, 'Gross amount', 'right'],
    ]
    const row: Piece[] = [
      [0, 'Lamp'],
      [250, '2', 'right'],
      [320, '50.00', 'right'],
      [360, '10 %', 'right'],
      [420, '90.00', 'right'],
      [500, '108.00', 'right'],
    ]
    expect(short(read(printed([wide, row, sum('Total', '108.00')])))).toEqual([['Lamp', 2, 50, 90]])
  })
})

describe('a list without headings', () => {
  const till = (name: string, total: string): Piece[] => [
    [0, name],
    [200, total, 'right'],
  ]

  test.each([
    ['above', [[[10, '3 x 1.10']], till('EGGS', '3.30 A')]],
    ['below', [till('EGGS', '3.30 A'), [[10, '3 x 1.10']]]],
    ['before', [till('3 x EGGS', '3.30 A')]],
  ] as [string, Piece[][]][])('a count %s the article is its quantity', (_, eggs) => {
    const words = printed([till('MILK', '1.49 A'), ...eggs, till('BREAD', '2.00 B'), till('TOTAL', '6.79')])
    expect(read(words).map(({ description, quantity, total }) => [description, quantity, total])).toEqual([
      ['MILK', null, 1.49],
      ['EGGS', 3, 3.3],
      ['BREAD', null, 2],
    ])
  })

  test('nothing is taken for a line that neither multiplies out nor comes to a sum', () => {
    expect(read(printed([till('Deposit', '5.00'), till('Fee', '2.00'), till('TOTAL', '99.00')]))).toEqual([])
  })

  test('a row that multiplies out is a line, though its headings are lost', () => {
    const words = printed([line('Call-out', '28', '75.00', '2100.00'), till('Lost', '1'), sum('Total', '9,394.80')])
    expect(short(read(words))).toEqual([['Call-out', 28, 75, 2100]])
  })
})
