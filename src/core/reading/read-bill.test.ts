import { describe, expect, test } from 'vitest'
import type { Word } from './page.ts'
import { readBill } from './read-bill.ts'

/** A page as `[x, text]` pieces by line; letters are 5 wide and 10 high, lines 12 apart. */
type Piece = readonly [x: number, text: string]
const own = { names: ['Harbour & Finch Ltd'], vat_ids: [], ids: [], ibans: [] }
function read(lines: readonly (readonly Piece[])[]) {
  const words: Word[] = lines.flatMap((pieces, line) =>
    pieces.flatMap(([x, text]) =>
      [...text.matchAll(/\S+/g)].map(({ 0: word, index }) => ({
        text: word,
        page: 0,
        x0: x + index * 5,
        x1: x + (index + word.length) * 5,
        y0: line * 12,
        y1: line * 12 + 10,
      })),
    ),
  )
  return readBill(words, own)
}
const vendor: Piece[][] = [[[0, 'Marlow Facilities Ltd']], [[0, '106 Victoria Terrace']], [[0, 'Leeds LS1 4DY']], []]

describe('sums', () => {
  test('several rates come to the tax together', () => {
    const bill = read([
      ...vendor,
      [
        [0, 'Net total'],
        [300, 'GBP 150.00'],
      ],
      [
        [0, '20% VAT on 100.00'],
        [300, 'GBP 20.00'],
      ],
      [
        [0, '5% VAT on 50.00'],
        [300, 'GBP 2.50'],
      ],
      [
        [0, 'Invoice total'],
        [300, 'GBP 172.50'],
      ],
    ])
    expect(bill).toMatchObject({ total: 172.5, subtotal: 150, tax_amount: 22.5 })
  })

  test.each(['Previous balance', 'Balance brought forward', 'Offene Posten', 'Solde précédent'])(
    '%s is no charge of this bill: what it comes to is its own',
    (label) => {
      const sum = (name: string, amount: string): Piece[] => [
        [0, name],
        [300, `GBP ${amount}`],
      ]
      const bill = read([
        ...vendor,
        sum(label, '80.00'),
        sum('Net', '100.00'),
        sum('VAT 20%', '20.00'),
        sum('Invoice total', '120.00'),
        sum('Total amount due', '200.00'),
      ])
      expect(bill).toMatchObject({ total: 120, subtotal: 100, tax_amount: 20, charges: [] })
    },
  )

  test('amounts without cents may end with a dash', () => {
    const bill = read([...vendor, [[0, 'Netto 100,- EUR']], [[0, '19 % MwSt 19,- EUR']], [[0, 'Gesamtbetrag 119,- EUR']]])
    expect(bill).toMatchObject({ total: 119, subtotal: 100, tax_amount: 19 })
  })

  test('a receipt: the rates tell net and tax of what was paid, not of one rate', () => {
    const bill = read([
      ...vendor,
      [
        [0, 'MILK'],
        [200, '10.50 B'],
      ],
      [
        [0, 'SOAP'],
        [200, '24.00 A'],
      ],
      [
        [0, 'TOTAL TO PAY'],
        [200, '34.50'],
      ],
      [
        [0, 'VAT'],
        [100, 'Net'],
        [150, 'Tax'],
        [200, 'Gross'],
      ],
      [
        [0, 'A 20%'],
        [100, '20.00'],
        [150, '4.00'],
        [200, '24.00'],
      ],
      [
        [0, 'B 5%'],
        [100, '10.00'],
        [150, '0.50'],
        [200, '10.50'],
      ],
    ])
    expect(bill).toMatchObject({ total: 34.5, subtotal: 30, tax_amount: 4.5 })
    expect(bill.lines).toHaveLength(2)
  })

  test('a rate may stand before the name of the tax', () => {
    const bill = read([
      ...vendor,
      [
        [0, 'Totaal excl. btw'],
        [300, '100,00'],
      ],
      [
        [0, '0% btw'],
        [300, '0,00'],
      ],
      [
        [0, 'Te betalen'],
        [300, '100,00'],
      ],
    ])
    expect(bill).toMatchObject({ total: 100, tax_amount: 0 })
  })
})

describe('what a bill charges on the whole', () => {
  const bill = (...sums: [string, string][]) =>
    read([
      ...vendor,
      [
        [0, 'Description'],
        [120, 'Qty'],
        [180, 'Price'],
        [300, 'Amount'],
      ],
      [
        [0, 'Drill'],
        [120, '2'],
        [180, '30.00'],
        [300, '60.00'],
      ],
      [
        [0, 'Bit'],
        [120, '4'],
        [180, '10.00'],
        [300, '40.00'],
      ],
      ...sums.map(([label, amount]): Piece[] => [
        [180, label],
        [300, amount],
      ]),
    ])

  test('stands below the tax, whatever it is called', () => {
    expect(bill(['Net', '100.00'], ['VAT 20%', '20.00'], ['Courier to the isles', '25.00'], ['Total', '145.00'])).toMatchObject({
      subtotal: 100,
      tax_amount: 20,
      total: 145,
      doubts: [],
      charges: [{ amount: 25, vat_rate: null }],
    })
  })

  test('is taxed where the tax is that of both', () => {
    expect(bill(['Goods', '100.00'], ['Courier', '25.00'], ['VAT 20%', '25.00'], ['Total', '150.00'])).toMatchObject({
      subtotal: 100,
      tax_amount: 25,
      total: 150,
      doubts: [],
      charges: [{ amount: 25, vat_rate: 20 }],
    })
  })

  test('an amount that nothing asks for is no charge', () => {
    const { charges, doubts } = bill(['Net', '100.00'], ['You saved', '7.00'], ['VAT 20%', '20.00'], ['Total', '145.00'])
    expect(charges).toEqual([])
    expect(doubts).toHaveLength(1)
  })

  test('what is left tells what was paid, if that is printed', () => {
    const sums: [string, string][] = [
      ['Net', '100.00'],
      ['VAT 20%', '20.00'],
      ['Total', '120.00'],
    ]
    expect(bill(...sums, ['Sent in May', '50.00'], ['Balance due', '70.00'])).toMatchObject({ total: 120, paid: 50 })
    expect(bill(...sums, ['Balance due', '70.00'])).toMatchObject({ total: 120, paid: null })
  })

  test('a total with its tax inside says the net amount, where the rate agrees', () => {
    expect(bill(['Total', '100.00'], ['of which VAT 25%', '20.00'])).toMatchObject({ total: 100, tax_amount: 20, subtotal: 80 })
  })
})

describe('the vendor', () => {
  test('a legal form below a name is the end of it', () => {
    expect(read([[[0, 'Van der Wielen Techniek']], [[0, 'B.V.']], [[0, '5611 CA Eindhoven']]]).seller.name).toBe(
      'Van der Wielen Techniek B.V.',
    )
  })

  test('lines with the same middle are one address', () => {
    const centred = ['Cobble Lane Studio Ltd', '70 Canal Walk', 'Norwich NR2 1RL'].map((text): Piece[] => [
      [100 - text.length * 2.5, text],
    ])
    expect(read(centred).seller.address).toMatchObject({ line1: '70 Canal Walk', city: 'Norwich', postal_code: 'NR2 1RL' })
  })

  test('a street and a town beside each other are one address', () => {
    const bill = read([
      [[0, 'Horta & Filhos, S.A.']],
      [
        [0, 'Rua das Flores, 67a'],
        [120, '4050-262 Porto'],
      ],
    ])
    expect(bill.seller.address).toMatchObject({ line1: 'Rua das Flores, 67a', city: 'Porto' })
  })

  test('an account with the vendor is no account of a bank', () => {
    const customers: Piece[] = [
      [0, 'Account number'],
      [120, '9894075965'],
    ]
    const banks: Piece[][] = [[[0, 'Sort code: 61-68-87']], [[0, 'Account number: 26424328']]]
    expect(read([...vendor, customers]).seller.account_number).toBeNull()
    expect(read([...vendor, customers, [], [], [], [], [], ...banks]).seller).toMatchObject({
      account_number: '26424328',
      sort_code: '61-68-87',
    })
  })

  test('the number of a meter is no VAT number', () => {
    expect(
      read([
        ...vendor,
        [
          [0, 'Meter no.'],
          [120, '1 ESY 27438467'],
        ],
      ]).seller.vat_id,
    ).toBeNull()
  })

  test('a VAT number ends where a sentence goes on', () => {
    expect(read([...vendor, [[0, 'NIF B13114798. Cuenta (IBAN) later']]]).seller.vat_id).toBe('B13114798')
  })
})

describe('numbers and days', () => {
  test('a number that only looks like a VAT number is the one its label says', () => {
    const bill = read([
      ...vendor,
      [[0, 'Your order no.: SE809332077555']],
      [[0, 'Customer no.: DE136695976']],
      [[0, 'Invoice no.: IT03421602173']],
    ])
    expect(bill.seller).toMatchObject({ vat_id: null, iban: null })
    expect(bill.document_id).toBe('IT03421602173')
  })

  test.each([
    ['All amounts in US dollars', 'USD'],
    ['Montants exprimés en francs suisses', 'CHF'],
    ["Bedragen luiden in euro's.", 'EUR'],
    ['Alle Beträge in Schweizer Franken', 'CHF'],
    ['Prices in pounds sterling', 'GBP'],
  ])('%s', (text, currency) => {
    const total: Piece[] = [
      [0, 'Total'],
      [300, '120.00'],
    ]
    expect(read([...vendor, [[0, text]], total]).currency).toBe(currency)
  })

  test.each([
    ['Tampa, FL 33602', '£', '2033-04-06'],
    ['Leeds LS1 4DY', '$', '2033-06-04'],
  ])('days are those of the country the bill is from: %s, %s', (place, sign, issued) => {
    const total: Piece[] = [
      [0, 'Total'],
      [300, `${sign}120.00`],
    ]
    expect(
      read([[[0, 'Marlow Machine Works']], [[0, '1200 Harbor Blvd']], [[0, place]], [], [[0, 'Date: 04/06/2033']], total])
        .issued_at,
    ).toBe(issued)
  })

  test.each([
    ['Your order no.: 4522911255, Customer ID: 97004', '4522911255'],
    ['Commande n° : B650134', 'B650134'],
    ['Ert ordernummer: B670796, Er kontakt: Elin', 'B670796'],
    ['Państwa zamówienie: 4557471323', '4557471323'],
  ])('%s', (text, order) => {
    expect(read([...vendor, [[0, text]]]).purchase_order_number).toBe(order)
  })

  test.each([
    ['Ticket no. R-2026-17', 'R-2026-17'],
    ['FACTURA Número de factura R6374-25', 'R6374-25'],
    ['Bon-Nr. R08335', 'R08335'],
  ])('%s', (text, id) => {
    expect(read([...vendor, [[0, text]]]).document_id).toBe(id)
  })

  test('a sentence that asks to settle says when', () => {
    expect(read([...vendor, [[0, 'Kindly settle this invoice no later than 20 April 2026.']]]).due_date).toBe('2026-04-20')
  })
})

test.each([
  [['Zahlbar innerhalb von 10 Tagen mit 2 % Skonto (116,62 EUR), 30 Tage netto.']],
  [['Zahlbar innerhalb von 10 Tagen mit 2 % Skonto (116,62 EUR)', 'oder 30 Tage netto.']],
])('terms with a discount are read with the sum that they come to: %s', (lines) => {
  const bill = read([...vendor, [[0, 'Gesamtbetrag 119,00 EUR']], [], ...lines.map((text): Piece[] => [[0, text]])])
  expect(bill).toMatchObject({ total: 119, payment_terms: lines.join(' ') })
})
