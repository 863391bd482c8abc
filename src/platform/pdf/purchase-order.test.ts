import { extractText, getDocumentProxy } from 'unpdf'
import { afterAll, expect, test } from 'vitest'
import { paths } from '../paths.ts'
import { labelsOf, supportedLanguages } from './labels.ts'
import { purchaseOrderView } from './purchase-order.view.ts'
import { createPdfRenderer } from './renderer.ts'
import { samplePurchaseOrder } from './sample.ts'

const warnings: unknown[] = []
const renderer = createPdfRenderer({ templatesDir: paths.templates, log: { warn: (said: unknown) => void warnings.push(said) } })
afterAll(() => renderer.close())

const unspaced = (text: string) => text.replace(/[\s\u200b\u00ad-]+/gu, '')
const render = (overrides: Parameters<typeof samplePurchaseOrder>[0]) =>
  renderer.render('purchase-order', samplePurchaseOrder(overrides))
async function read(overrides: Parameters<typeof samplePurchaseOrder>[0]): Promise<string> {
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(await render(overrides))), { mergePages: true })
  return unspaced(text)
}

const leftToRight = supportedLanguages.filter((language) => !['ar', 'he'].includes(language))

test.each(leftToRight)('in %s it says what is ordered, for how much', async (language) => {
  const text = await read({ language })
  const { title, meta, recipient, memo, table, totals } = purchaseOrderView(samplePurchaseOrder({ language }))
  const cells = table.rows.flatMap(({ cells }) => cells.flatMap(({ text, note = '' }) => [text, ...note.split('\n')]))
  const sums = totals.flatMap(({ label, note = '', value }) => [label, note, value])
  const said = [title, recipient.name, ...recipient.lines, ...meta.flat(), memo!, ...cells, ...sums]
  expect(said.filter((one) => !text.includes(unspaced(one)))).toEqual([])
})

test.each(['ar', 'he'])('in %s it runs from right to left, with the same figures', async (language) => {
  const text = await read({ language })
  expect(purchaseOrderView(samplePurchaseOrder({ language })).direction).toBe('rtl')
  expect(text).toMatch(/2[.,]663[.,]90/)
})

test('the title is the name of the document, not that of its number', () => {
  const titles = supportedLanguages.map((language) => labelsOf(language).purchase_order)
  expect(new Set(titles).size).toBe(supportedLanguages.length)
  expect(purchaseOrderView(samplePurchaseOrder({ language: 'de' })).title).toBe('Bestellung')
})

test('a draft says that it is one, and has no dates yet', async () => {
  const draft = purchaseOrderView(samplePurchaseOrder({ issue_date: null, valid_until: null }))
  expect([draft.watermark, draft.meta]).toEqual(['DRAFT', []])
  const issued = purchaseOrderView(samplePurchaseOrder())
  expect([issued.watermark, issued.meta.map(([label]) => label)]).toEqual([null, ['Issue date', 'Valid until']])
})

test('what nobody said leaves no trace, and currencies have the decimals they have', async () => {
  const lines = [{ name: 'Lamp', quantity: 2, measure_unit: ' ', price: 1500, vat_rate: 550, total: 3000 }]
  const vat = [{ value: 550, taxable_amount: 3000, amount: 165 }]
  const text = await read({
    language: 'en',
    message: '',
    lines,
    vat,
    subtotal: 3000,
    total: 3165,
    currency: 'JPY',
    minor_units: 0,
  })
  expect(text).toContain('DescriptionQtyUnitpriceVATAmountLamp21,5005.5%3,000')
  expect(text).toContain('VAT5.5%on3,000165')
  expect(text).toContain('JP¥3,165')
  expect(text).toContain('PO202500042Description')
})

test('equal orders give equal bytes, and a logo that is no picture is left out', async () => {
  const pdf = await render({})
  expect(pdf.equals(await render({}))).toBe(true)
  expect((await render({ logo: Buffer.from('no picture') })).equals(pdf)).toBe(true)
  expect(warnings).toHaveLength(1)
})

test('a thousand lines are drawn in time, each on some page', async () => {
  const [line] = samplePurchaseOrder().lines
  const text = await read({ lines: Array.from({ length: 1000 }, (_, i) => ({ ...line!, name: `Article ${i + 1};` })) })
  for (const i of [1, 500, 1000]) expect(text).toContain(`Article${i};`)
})
