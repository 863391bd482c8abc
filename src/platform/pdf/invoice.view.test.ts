import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Line, type Terms, totals } from '../../core/totals.ts'
import { addressLines } from './address.ts'
import { columnNames, type InvoiceDocument } from './invoice.document.ts'
import { invoiceView } from './invoice.view.ts'
import { documentLanguage, labelsOf, supportedLanguages } from './labels.ts'
import { qrSvg } from './qr.ts'
import { line, sampleInvoice } from './sample.ts'

/** With every kind of space as a blank. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value).replace(/[\u00a0\u202f\u2009]/g, ' ')) as T
const view = (overrides: Partial<InvoiceDocument> = {}) => plain(invoiceView(sampleInvoice(overrides)))
const total = (overrides: Partial<InvoiceDocument>) => view(overrides).totals.find((row) => row.label === 'Total')!.value
const cells = (overrides: Partial<InvoiceDocument>, row = 0) => view(overrides).table!.rows[row]!.cells.map((cell) => cell.text)
const headings = (overrides: Partial<InvoiceDocument>) => view(overrides).table!.columns.map((column) => column.label)

test('money has as many decimals as the document says, in the ways of its country', () => {
  expect(total({ country: 'US', currency: 'USD', total: 123_456_789 })).toBe('$1,234,567.89')
  expect(total({ country: 'DE', total: 123_456_789 })).toBe('€1,234,567.89')
  expect(total({ country: 'JP', currency: 'JPY', minor_units: 0, total: 1099 })).toBe('¥1,099')
  expect(total({ country: 'KW', currency: 'KWD', minor_units: 3, total: 19_444 })).toBe('KWD 19.444')
  expect(total({ country: 'HU', currency: 'HUF', minor_units: 2, total: 123_450 })).toMatch(/1.234[.,]50/)
  expect(total({ country: 'US', currency: 'USD', total: Number.MAX_SAFE_INTEGER })).toBe('$90,071,992,547,409.91')
  expect(total({ country: 'US', currency: 'USD', total: -500 })).toBe('−$5.00')
})

test('each language writes dates and percentages as it does', () => {
  const dates = { de: '03.11.2025', fr: '3 nov. 2025', nl: '3 nov 2025', es: '3 nov 2025', pt: '03/11/2025', it: '3 nov 2025' }
  for (const [language, date] of Object.entries(dates)) {
    expect(view({ language, country: language.toUpperCase() }).meta[0]).toEqual([
      labelsOf(documentLanguage(language)).issue_date,
      date,
    ])
  }
  expect(view({ country: 'US' }).meta[0]).toEqual(['Issue date', 'Nov 3, 2025'])
  expect(view({ language: 'de' }).totals[1]!.label).toBe('USt. 19 %')
})

test('the day of an instant is its day in UTC', () => {
  expect(view({ issue_date: '2025-12-31T23:59:59Z' }).meta[0]![1]).toBe('31 Dec 2025')
})

test('a language without labels is printed in English, from left to right', () => {
  expect(documentLanguage('fa')).toBe('en')
  expect(documentLanguage('pt-BR')).toBe('pt')
  expect(documentLanguage(null)).toBe('en')
  expect(view({ language: 'fa' })).toMatchObject({ language: 'en', direction: 'ltr', title: 'Invoice' })
  expect(view({ language: 'ar' })).toMatchObject({ language: 'ar', direction: 'rtl', title: 'فاتورة' })
})

test('every language has a word for everything, with the same places for values', () => {
  const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort()
  for (const language of supportedLanguages) {
    for (const [name, english] of Object.entries(labelsOf('en'))) {
      const text = labelsOf(language)[name as keyof ReturnType<typeof labelsOf>]
      expect(text.trim(), `${language}.${name}`).not.toBe('')
      expect(places(text), `${language}.${name}`).toEqual(places(english))
    }
  }
})

test('columns without a word from the entity follow the way prices are entered', () => {
  expect(headings({})).toEqual(['Description', 'Qty', 'Unit', 'Unit price', 'VAT', 'Amount'])
  expect(headings({ vat_mode: 'inclusive' })).toEqual([
    'Description',
    'Qty',
    'Unit',
    'Unit price incl. VAT',
    'VAT',
    'Amount incl. VAT',
  ])
})

test('columns are switched and named by the entity; empty ones are left out all the same', () => {
  const everything = Object.fromEntries(columnNames.map((name) => [name, { display: true }]))
  expect(headings({ rendering: { line_items: everything } })).toHaveLength(columnNames.length - 1) // no line has a discount
  expect(
    headings({ rendering: { line_items: { ...everything, name: { label: 'What' }, quantity: { display: false } } } })[0],
  ).toBe('What')
  expect(headings({ lines: [line('Untaxed', 1, 100, { vat_rate: null })] })).toEqual([
    'Description',
    'Qty',
    'Unit price',
    'Amount',
  ])
  expect(view({ rendering: { display_line_items: false } }).table).toBeNull()
})

test('unit prices show the decimals the entity wants, never fewer than the currency has', () => {
  const lines = [line('Screw', 100, 12.345)]
  const withPrecision = (precision: number) =>
    cells({ lines, country: 'US', rendering: { line_items: { price: { precision } } } })[2]
  expect(withPrecision(4)).toBe('0.1235')
  expect(withPrecision(2)).toBe('0.12')
  expect(
    cells({ lines, country: 'KW', currency: 'KWD', minor_units: 3, rendering: { line_items: { price: { precision: 2 } } } })[2],
  ).toBe('0.012')
})

const asSettingsSay = Object.fromEntries(
  (['price', 'price_after_vat', 'vat_rate', 'vat_amount', 'total_price', 'total_price_after_vat'] as const).map((name) => [
    name,
    { display: true, precision: 2 },
  ]),
)

test.each([
  ['JP', 'JPY', 0, ['333', '333']],
  ['CL', 'CLP', 0, ['333', '333']],
  ['IS', 'ISK', 0, ['333', '333']],
  ['DE', 'EUR', 2, ['3.33', '3.33']],
  ['US', 'KWD', 3, ['0.333', '0.333']],
])(
  'in %s amounts in %s have %i decimals in every column, and rates only those they need',
  (country, currency, minor_units, prices) => {
    const lines = [line('Ink', 3, 333, { vat_rate: 1000 }), line('Paper', 1, 1001, { vat_rate: 1000 })]
    const printed = view({ lines, country, currency, minor_units, rendering: { line_items: asSettingsSay } })
    const all = JSON.stringify([printed.table, printed.totals])
    const decimals = [...all.matchAll(/\d[.,](\d+)(?=["\\s])/g)].map(([, digits]) => digits!.length)
    if (minor_units === 0) expect(decimals.filter((count) => count !== 3)).toEqual([])
    else expect(new Set(decimals)).toEqual(new Set([minor_units]))
    const first = printed.table!.rows[0]!.cells.map(({ text }) => text)
    expect(first[2]).toBe(prices[0])
    expect(first).toContain(printed.totals[1]!.label.replace(/^(?:VAT|Tax) /, ''))
    expect(first.find((text) => text.includes('%'))).toMatch(/^10\s?%$/)
  },
)

test('decimals that somebody asked for are shown, but for currencies that have none', () => {
  const rendering = { line_items: { price: { precision: 4 }, vat_rate: { precision: 3 } } }
  const lines = [line('Ink', 3, 333)]
  expect(cells({ lines, rendering }).slice(2, 4)).toEqual(['3.3300', '19.000%'])
  expect(cells({ lines, currency: 'JPY', minor_units: 0, rendering })[2]).toBe('333')
})

test('a discount in money stands in the terms of the column it is taken from', () => {
  const inclusive = totals(
    [{ price: 1070, quantity: 1, discount: { type: 'amount', amount: 70 }, tax: { key: 'a', rate: 700 } }],
    { vat_mode: 'inclusive' },
  )
  const { total_before_vat, total_after_vat, price, price_after_vat } = inclusive.lines[0]!
  const sold = { total_before_vat, total_after_vat, price, price_after_vat, vat_rate: 700 }
  const lines = [{ name: 'Book', quantity: 1, discount: { type: 'amount' as const, amount: 70 }, ...sold }]
  expect(cells({ lines, vat_mode: 'inclusive' }).slice(2)).toEqual(['10.70', '0.75', '7%', '9.95'])
  const exclusive = [line('Book', 1, 1000, { discount: { type: 'amount', amount: 70 }, total_before_vat: 930, vat_rate: 700 })]
  expect(cells({ lines: exclusive }).slice(2)).toEqual(['10.00', '0.70', '7%', '9.30'])
})

test('quantities leave room for the decimals they lack, and rates all show as many', () => {
  const lines = [line('a', 1.25, 100), line('b', 3, 100, { vat_rate: 550 })]
  const rows = view({ lines }).table!.rows
  expect(rows.map(({ cells }) => cells[1])).toEqual([
    { text: '1.25', room: '' },
    { text: '3', room: '.25' },
  ])
  expect(rows.map(({ cells }) => cells[3]!.text)).toEqual(['19.0%', '5.5%'])
})

test('discounts, components, withholding, deductions and payments are shown where there are any', () => {
  const labels = view({
    country: 'US',
    discount: { type: 'percentage', amount: 1000, value: 22_494 },
    discounted_subtotal: 202_446,
    vat: [
      {
        name: 'GST + QST',
        value: 1497.5,
        taxable_amount: 202_446,
        amount: 30_316,
        components: [
          { name: 'GST', value: 500, amount: 10_122 },
          { name: 'QST', value: 997.5, amount: 20_194 },
        ],
      },
    ],
    withholding: { rate: 1500, amount: 30_367 },
    deductions: [{ title: 'Grant', memo: 'Energy', amount: 5000 }],
    total: 197_395,
    paid: 10_000,
    amount_due: 187_395,
  }).totals.map(({ kind, label, note, value }) => [kind, label, note ?? '', value].join('|'))
  expect(labels).toEqual([
    'row|Subtotal||2,249.40',
    'row|Discount 10%||−224.94',
    'row|Net amount||2,024.46',
    'row|GST + QST 14.975%|on 2,024.46|303.16',
    'part|GST 5%||101.22',
    'part|QST 9.975%||201.94',
    'row|Gross amount||2,327.62',
    'row|Withholding tax 15%||−303.67',
    'row|Grant|Energy|−50.00',
    'sum|Total||€1,973.95',
    'row|Paid||−100.00',
    'due|Amount due||€1,873.95',
  ])
})

const price = fc.integer({ min: 0, max: 1_000_000 })
const discount = fc.option(
  fc.oneof(
    fc.record({ type: fc.constant('percentage' as const), amount: fc.integer({ min: 0, max: 10_000 }) }),
    fc.record({ type: fc.constant('amount' as const), amount: fc.integer({ min: 0, max: 1000 }) }),
  ),
)
const coreLine: fc.Arbitrary<Line> = fc.record({
  price,
  quantity: fc.integer({ min: 1, max: 5000 }).map((thousandths) => thousandths / 1000),
  discount,
  tax: fc.constantFrom({ key: 'a', rate: 1900 }, { key: 'b', rate: 700 }, { key: 'c', rate: 0 }),
})
const terms: fc.Arbitrary<Terms> = fc.record({
  vat_mode: fc.constantFrom('exclusive', 'inclusive'),
  vat_inclusive_discount_mode: fc.constantFrom('exclusive', 'inclusive'),
  discount,
  withholding_tax_rate: fc.option(fc.integer({ min: 1, max: 3000 })),
})

const figuresOf = (lines: readonly Line[], conditions: Terms) => {
  try {
    return totals(lines, conditions)
  } catch {
    return null // a discount of more than what it is taken from
  }
}

test('the printed figures add up, from each line to its total, down the column, and from the subtotal to the total', () => {
  const amountOf = (text: string) => Number(text.replace('−', '-').replace(/[^\d-]/g, ''))
  fc.assert(
    fc.property(fc.array(coreLine, { minLength: 1, maxLength: 6 }), terms, (lines, conditions) => {
      const figures = figuresOf(lines, conditions)
      fc.pre(figures !== null)
      const printed = invoiceView(
        sampleInvoice({
          country: 'US',
          vat_mode: conditions.vat_mode,
          lines: lines.map((one, i) => {
            const { price, price_after_vat, total_before_vat, total_after_vat } = figures.lines[i]!
            const { discount, quantity, tax } = one
            return {
              name: 'x',
              price,
              price_after_vat,
              discount,
              quantity,
              vat_rate: tax!.rate,
              total_before_vat,
              total_after_vat,
            }
          }),
          subtotal: figures.subtotal,
          subtotal_after_vat: figures.subtotal_after_vat,
          discount: conditions.discount ? { ...conditions.discount, value: figures.discount_value } : null,
          discounted_subtotal: figures.discounted_subtotal,
          vat: figures.total_vat_amounts,
          withholding: { rate: conditions.withholding_tax_rate, amount: figures.total_withholding_tax },
          total: figures.total_amount,
          amount_due: figures.total_amount,
        }),
      )
      const { columns, rows: cells } = printed.table!
      const labels = columns.map(({ label }) => label)
      const gross = conditions.vat_mode === 'inclusive' ? ' incl. tax' : ''
      const at = (row: number, label: string) => cells[row]!.cells[labels.indexOf(label)]!.text
      lines.forEach(({ discount, quantity }, i) => {
        if (discount?.type !== 'amount' || discount.amount === 0 || !Number.isInteger(quantity)) return
        const whole = amountOf(at(i, `Unit price${gross}`)) * quantity
        expect(whole - amountOf(at(i, 'Discount'))).toBe(amountOf(at(i, `Amount${gross}`)))
      })
      const rows = printed.totals.filter((row) => row.kind !== 'part')
      const column = lines.reduce((all, _line, i) => all + amountOf(at(i, `Amount${gross}`)), 0)
      expect(amountOf(rows[0]!.value)).toBe(column)
      const last = rows.pop()!
      let sum: number | null = null
      for (const { label, value } of rows) {
        if (sum === null || label === 'Net amount' || label === 'Gross amount') {
          if (sum !== null) expect(amountOf(value)).toBe(sum)
          sum = amountOf(value)
        } else sum += amountOf(value)
      }
      if (sum !== null) expect(sum).toBe(amountOf(last.value))
      expect(amountOf(last.value)).toBe(figures.total_amount)
    }),
    { numRuns: 500 },
  )
})

test('addresses are written as their country does, the country last when it is another', () => {
  const named = (code: string) => `<${code}>`
  const parts = { line1: '1 Main St', city: 'Town', state: 'ST', postal_code: '123' }
  expect(addressLines({ ...parts, country: 'US' }, 'US', named)).toEqual(['1 Main St', 'Town, ST 123'])
  expect(addressLines({ ...parts, country: 'GB' }, 'US', named)).toEqual(['1 Main St', 'Town', 'ST', '123', '<GB>'])
  expect(addressLines({ ...parts, state: 'Town', country: 'DE' }, 'DE', named)).toEqual(['1 Main St', '123 Town'])
  expect(addressLines({ country: 'FR' }, 'FR', named)).toEqual([])
})

test('who pays and how is said while something is due, and only then', () => {
  const open = view({ qr: { svg: qrSvg('x') } })
  expect(open.terms).toEqual(['2% discount if paid by 13 Nov 2025: €2,610.62.', 'Payable by 3 Dec 2025.'])
  expect(open.payment!.codes.map(({ caption }) => caption)).toEqual(['Scan with your banking app', 'Pay online'])
  const paid = view({ amount_due: 0, paid: 266_390, qr: { svg: qrSvg('x') } })
  expect(paid.terms).toEqual([])
  expect(paid.payment!.codes).toEqual([])
  expect(paid.payment!.title).toBe('Bank details')
  expect(view({ bank_account: null, payment_page_url: null }).payment).toBeNull()
})

test('reverse charge is said in English too, and an exemption with its reason', () => {
  expect(view({ language: 'de', reverse_charge: true }).notes).toEqual([
    'Steuerschuldnerschaft des Leistungsempfängers / Reverse charge.',
  ])
  expect(view({ vat_exempt: true, vat_exemption_rationale: 'Article 132' }).notes).toEqual(['Exempt from VAT: Article 132'])
})

test('an accent that is no colour is not used', () => {
  expect(view({ accent: '#AA3300' }).accent).toBe('#AA3300')
  expect(view({ accent: 'red"))#panic' }).accent).toMatch(/^#[0-9a-f]{6}$/)
})

test('where there is no VAT a document speaks of tax, in every language', () => {
  for (const language of supportedLanguages) {
    const printed = (country: string) => view({ country, language, lines: [line('Ink', 1, 100, { vat_rate: 825 })] })
    const [home, abroad] = [printed('US'), printed('DE')]
    const text = JSON.stringify([home.table?.columns, home.totals, home.notes])
    expect(text, language).not.toMatch(/VAT|USt|TVA|btw|IVA|القيمة المضافة|מע"מ/)
    expect(home.table?.columns.length).toBe(abroad.table?.columns.length)
  }
})

test('a credit note names the day of its invoice, and sentences of the law stand among the notes', () => {
  const printed = view({ type: 'credit_note', based_on: 'INV-1', based_on_date: '2026-02-01', legal_notes: ['Es gilt § 1.'] })
  expect(printed.meta.map(([, value]) => value)).toContainEqual(expect.stringMatching(/^INV-1, .*2026/))
  expect(printed.notes).toContain('Es gilt § 1.')
})
