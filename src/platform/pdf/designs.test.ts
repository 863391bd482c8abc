import { extractText, getDocumentProxy } from 'unpdf'
import { afterAll, describe, expect, test } from 'vitest'
import { paths } from '../paths.ts'
import { type Design, designs, type InvoiceDocument } from './invoice.document.ts'
import { invoiceView } from './invoice.view.ts'
import { qrSvg } from './qr.ts'
import { createPdfRenderer } from './renderer.ts'
import { line, sampleInvoice } from './sample.ts'

/** Designs differ in looks, never in what they say. */

const renderer = createPdfRenderer({ templatesDir: paths.templates, log: { warn: () => {} } as never })
afterAll(() => renderer.close())

/** The text of each page, without any space: designs break lines in places of their own. */
async function read(design: Design, overrides: Partial<InvoiceDocument>): Promise<string[]> {
  const pdf = await renderer.render('invoice', sampleInvoice({ ...overrides, design }))
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)))
  return text.map(unspaced)
}
const unspaced = (text: string) => text.replace(/[\s\u200b\u00ad-]+/gu, '')

/** What is no text of the page: how it is set, what stands in the file, and the line that only a window shows. */
const SILENT = /^(language|direction|region|paper|accent|file|page|kind|svg|url|widest|room|short|return_line)$/

/** Every text that the view holds for the page. */
function said(value: unknown, key = ''): string[] {
  if (SILENT.test(key)) return []
  if (typeof value === 'string') return value.split('\n').filter((text) => text.trim() !== '')
  if (Array.isArray(value)) return value.flatMap((one) => said(one))
  if (value !== null && typeof value === 'object') return Object.entries(value).flatMap(([name, one]) => said(one, name))
  return []
}

const everything: Partial<InvoiceDocument> = {
  recipient: {
    name: 'Brasserie du Canal SARL',
    contact_name: 'Camille Laurent',
    address: { line1: '48 quai de Jemmapes', postal_code: '75010', city: 'Paris', country: 'FR' },
    vat_id: 'FR40303265045',
    tax_id: '303 265 045',
  },
  delivery_address: { line1: '7 rue du Port', postal_code: '13002', city: 'Marseille', country: 'FR' },
  qr: { svg: qrSvg('BCD'), caption: 'Girocode' },
  reverse_charge: true,
  vat_exempt: true,
  vat_exemption_rationale: 'Small business',
  commercial_conditions: 'Our conditions of 1 May apply.',
  discount: { type: 'percentage', amount: 1000, value: 22_494 },
  discounted_subtotal: 202_446,
  withholding: { rate: 500, amount: 10_000 },
  deductions: [{ title: 'Incentive', memo: 'For the early bird', amount: 5_000 }],
  credited: 1_000,
  paid: 50_000,
  amount_due: 200_000,
  payment_terms: 'Within a month.',
  signature: { name: 'Ada Lovelace', date: '2025-11-04' },
  draft: true,
}

describe.each(designs)('%s', (design) => {
  test.each([
    ['an invoice', {}],
    ['an invoice with everything there is', everything],
    ['an invoice in German', { language: 'de' }],
    ['a quote in French to sign', { type: 'quote', language: 'fr', expiry_date: '2025-12-31', signature: {} }],
    ['a credit note', { type: 'credit_note', based_on: 'INV-1', amount_due: null, country: 'US', currency: 'USD' }],
    ['prices with VAT', { vat_mode: 'inclusive', amount_due: 100, paid: 266_290 }],
    [
      'nothing but a total',
      { rendering: { display_line_items: false }, memo: null, footer: null, bank_account: null, payment_page_url: null },
    ],
  ] as [string, Partial<InvoiceDocument>][])('%s says all that the document says', async (_name, overrides) => {
    const text = (await read(design, overrides)).join('')
    const missing = said(invoiceView(sampleInvoice(overrides))).filter((one) => !text.includes(unspaced(one)))
    expect(missing).toEqual([])
  })

  test('forty lines take several pages, each with the headings, the number and its own', async () => {
    const lines = Array.from({ length: 60 }, (_, i) =>
      line(`Article number ${i + 1};`, 1, 1000 + i, { description: 'Oak, oiled' }),
    )
    const pages = await read(design, { lines })
    expect(pages.length).toBeGreaterThan(1)
    for (const [i, page] of pages.entries()) {
      expect(page).toContain(`Page${i + 1}of${pages.length}`)
      expect(page).toContain(unspaced('INV-2025-00042'))
      if (page.includes('Articlenumber')) expect(page).toContain('DescriptionQtyUnitpriceVATAmount')
    }
    for (let i = 1; i <= 60; i++) expect(pages.join('')).toContain(`Articlenumber${i};`)
  })

  test('a page from right to left has the same figures', async () => {
    const overrides = { language: 'ar', country: 'AE', currency: 'AED' }
    const [page] = await read(design, overrides)
    const { table, totals } = invoiceView(sampleInvoice(overrides))
    const texts = [...table!.rows.flatMap(({ cells }) => cells.map(({ text }) => text)), ...totals.map(({ value }) => value)]
    const figures = texts.flatMap((text) => /\d[\d.,]*\d/.exec(text)?.[0] ?? [])
    expect(figures).toContain('2,663.90')
    expect(figures.filter((figure) => !page!.includes(figure))).toEqual([])
  })

  test('terms of payment as long as a contract are printed to the end', async () => {
    const pages = await read(design, { payment_terms: 'Net and no discount. '.repeat(900) })
    // Where a page ends, its foot comes between two words.
    expect(pages.join('').split('nodiscount').length).toBeGreaterThan(900 - pages.length)
  })

  test('long texts and many columns stay on the paper', async () => {
    const endless = 'W'.repeat(400)
    const shown = { display: true, label: 'A heading of thirty-two letters.' }
    const names = ['price', 'price_after_vat', 'vat_amount', 'total_price', 'total_price_after_vat', 'discount'] as const
    const pdf = await renderer.render(
      'invoice',
      sampleInvoice({
        design,
        number: endless.slice(0, 100),
        recipient: { name: endless.slice(0, 255) },
        sender: { name: endless.slice(0, 255), email: endless.slice(0, 255) },
        lines: [line(endless, 123_456, 99_999_999, { description: endless, measure_unit: endless.slice(0, 100) })],
        rendering: { line_items: Object.fromEntries(names.map((name) => [name, shown])) },
      }),
    )
    const document = await getDocumentProxy(new Uint8Array(pdf))
    for (let number = 1; number <= document.numPages; number++) {
      const page = await document.getPage(number)
      const [, , width, height] = page.view as [number, number, number, number]
      const { items } = await page.getTextContent()
      const off = items.filter((item) => {
        if (!('str' in item) || item.str.trim() === '') return false
        const [x, y] = item.transform.slice(4) as [number, number]
        return x < 0 || y < 0 || y > height || x + item.width > width
      })
      expect(off).toEqual([])
    }
  })
})

test.each([
  ['classic', 17, 21],
  ['modern', 20, 24],
  ['compact', 39, 45],
] as const)('the sums keep the last line at the end of a page: %s', async (design, from, to) => {
  const places: number[] = []
  for (let count = from; count <= to; count++) {
    const lines = Array.from({ length: count }, (_, i) => line(`Lamp ${i + 1}.`, 1, 1000))
    const pages = await read(design, { lines })
    const place = pages.findIndex((text) => text.includes('Subtotal'))
    expect(pages[place], `${count} lines`).toContain(`Lamp${count}.`)
    places.push(place)
  }
  // In between they move on to the second page.
  expect([places[0], places.at(-1)]).toEqual([0, 1])
})
