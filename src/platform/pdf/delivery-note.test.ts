import { extractText, getDocumentProxy } from 'unpdf'
import { afterAll, expect, test } from 'vitest'
import { paths } from '../paths.ts'
import { deliveryNoteView } from './delivery-note.view.ts'
import { labelsOf, supportedLanguages } from './labels.ts'
import { createPdfRenderer } from './renderer.ts'
import { sampleDeliveryNote } from './sample.ts'

const warnings: unknown[] = []
const renderer = createPdfRenderer({ templatesDir: paths.templates, log: { warn: (said: unknown) => void warnings.push(said) } })
afterAll(() => renderer.close())

const unspaced = (text: string) => text.replace(/[\s\u200b\u00ad-]+/gu, '')
async function read(overrides: Parameters<typeof sampleDeliveryNote>[0]): Promise<string> {
  const pdf = await renderer.render('delivery-note', sampleDeliveryNote(overrides))
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)), { mergePages: true })
  return unspaced(text)
}

const leftToRight = supportedLanguages.filter((language) => !['ar', 'he'].includes(language))

test.each(leftToRight)('in %s it says what goes where, and how much of it', async (language) => {
  const text = await read({ language })
  const { title, meta, delivery_address, recipient, table, signature } = deliveryNoteView(sampleDeliveryNote({ language }))
  const cells = table.rows.flatMap(({ cells }) => cells.flatMap(({ text, note = '' }) => [text, ...note.split('\n')]))
  const said = [title, delivery_address, recipient.name, ...recipient.lines, ...meta.flat(), ...cells, signature!.title]
  expect(said.filter((one) => !text.includes(unspaced(one)))).toEqual([])
})

test.each(['ar', 'he'])('in %s it runs from right to left, with the same figures', async (language) => {
  const text = await read({ language, lines: [{ name: 'Lamp', quantity: 1234.5, measure_unit: 'pcs' }] })
  expect(deliveryNoteView(sampleDeliveryNote({ language })).direction).toBe('rtl')
  for (const figure of ['INV202500042', 'L58114', 'Lamp']) expect(text).toContain(figure)
  expect(text).toMatch(/1[.,]234[.,]5/)
})

test('every language has words of its own for it', () => {
  for (const label of ['delivery_note', 'delivery_date', 'delivery_number', 'goods_received'] as const) {
    const words = supportedLanguages.map((language) => labelsOf(language)[label])
    expect(words.filter((word) => word.trim() === '')).toEqual([])
    // Spanish and Portuguese count deliveries alike.
    expect(new Set(words).size, label).toBeGreaterThanOrEqual(words.length - 1)
  }
})

test('what is not there leaves no trace, and there is no money anywhere', async () => {
  const text = await read({
    delivery_date: null,
    delivery_number: null,
    based_on: null,
    memo: null,
    signature_placeholder: false,
    lines: [{ name: 'Lamp', quantity: 1 }],
  })
  for (const gone of [
    'Deliverydate',
    'Deliverynumber',
    'Invoice',
    'Unit',
    'Signature',
    'Goodsreceived',
    '€',
    'EUR',
    'Total',
    'Amount',
  ])
    expect(text).not.toContain(gone)
  expect(text).toContain('QtyDescription1Lamp')
})

test('equal notes give equal bytes, and a logo that is no picture is left out', async () => {
  const [one, two] = [sampleDeliveryNote(), sampleDeliveryNote()]
  const pdf = await renderer.render('delivery-note', one)
  expect(pdf.equals(await renderer.render('delivery-note', two))).toBe(true)
  const broken = await renderer.render('delivery-note', sampleDeliveryNote({ logo: Buffer.from('no picture') }))
  expect(broken.equals(pdf)).toBe(true)
  expect(warnings).toHaveLength(1)
})

test('endless words stay on the paper', async () => {
  const endless = 'W'.repeat(400)
  const pdf = await renderer.render(
    'delivery-note',
    sampleDeliveryNote({
      number: endless.slice(0, 100),
      delivery_number: endless,
      memo: endless,
      recipient: { name: endless.slice(0, 255), address: { line1: endless.slice(0, 100), country: 'DE' } },
      lines: [
        {
          name: endless.slice(0, 100),
          description: endless,
          quantity: 2_147_483_647.123456,
          measure_unit: endless.slice(0, 100),
        },
      ],
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
