import { afterAll, describe, expect, test } from 'vitest'
import { ubl } from '../../../../test/support/einvoices.ts'
import { good, no } from '../../../../test/support/invoicing.ts'
import { type Body, type World, world } from '../../../../test/support/world.ts'
import { paths } from '../../../platform/paths.ts'
import { createPdfRenderer } from '../../../platform/pdf/renderer.ts'
import { sampleInvoice } from '../../../platform/pdf/sample.ts'

/** What a vendor's credit note says stands, with its lines, as with bills; and a bill is not a credit note. */

const renderer = createPdfRenderer({ templatesDir: paths.templates, log: { error() {}, warn() {}, info() {} } as never })
afterAll(() => renderer.close())

/** A credit note with these changes of its text. */
const credit = (...changes: [from: string | RegExp, to: string][]) =>
  Buffer.from(
    changes.reduce(
      (text, [from, to]) => text.replace(from, to),
      ubl({ id: 'CN-1' }).toString().replace('InvoiceTypeCode>380', 'InvoiceTypeCode>381').replace('2031-01-10', '2024-05-02'),
    ),
  )

async function read(w: World, bytes: Buffer): Promise<{ note: Body; lines: Body[]; faults: Body[] }> {
  const { id } = good(await w.berlin.upload('POST', '/payable_credit_notes/upload_from_file', { bytes, name: 'note' }))
  await w.work()
  const note = good(await w.berlin.get(`/payable_credit_notes/${id}`))
  const { data: lines } = good(await w.berlin.get(`/payable_credit_notes/${id}/line_items`))
  const { validation_errors: faults } = good(await w.berlin.get(`/payable_credit_notes/${id}/validate`))
  return { note, lines, faults }
}

describe('a credit note whose lines come to something else than it says', () => {
  const differing = credit(['LineExtensionAmount currencyID="EUR">100.00', 'LineExtensionAmount currencyID="EUR">90.00'])

  test('keeps its sums and its lines, and says that they differ', async () => {
    const w = await world()
    const { note, lines, faults } = await read(w, differing)
    expect(note).toMatchObject({ ocr_status: 'success', status: 'draft', subtotal: 10000, tax_amount: 1900, total_amount: 11900 })
    expect(lines).toMatchObject([{ name: 'Copy paper', quantity: 4, unit_price: 2500, subtotal: 9000 }])
    expect(note.warnings).toEqual(['The lines and charges come to 90.00, the document says 100.00 net'])
    expect(faults.map(({ msg }) => msg)).toContain(note.warnings[0])
  })

  test('comes to what its lines add up to once somebody changes them', async () => {
    const w = await world()
    const { note, lines } = await read(w, differing)
    good(await w.berlin.patch(`/payable_credit_notes/${note.id}/line_items/${lines[0]!.id}`, { quantity: 2 }))
    expect(good(await w.berlin.get(`/payable_credit_notes/${note.id}`))).toMatchObject({ subtotal: 5000, total_amount: 5950 })
  })
})

test('charges on the whole count, prices keep their decimals, and a line that goes the other way is an allowance', async () => {
  const w = await world()
  const line = (id: string, amount: string, price: string, quantity: string) =>
    `<cac:InvoiceLine><cbc:ID>${id}</cbc:ID><cbc:InvoicedQuantity unitCode="C62">${quantity}</cbc:InvoicedQuantity><cbc:LineExtensionAmount currencyID="EUR">${amount}</cbc:LineExtensionAmount><cac:Item><cbc:Name>L${id}</cbc:Name><cac:ClassifiedTaxCategory><cbc:Percent>19</cbc:Percent></cac:ClassifiedTaxCategory></cac:Item><cac:Price><cbc:PriceAmount currencyID="EUR">${price}</cbc:PriceAmount></cac:Price></cac:InvoiceLine>`
  const charge =
    '<cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator><cbc:Amount currencyID="EUR">10.00</cbc:Amount><cac:TaxCategory><cbc:Percent>19</cbc:Percent></cac:TaxCategory></cac:AllowanceCharge>'
  const { note, lines, faults } = await read(
    w,
    credit(
      [/<cac:InvoiceLine>.*<\/cac:InvoiceLine>/s, line('1', '100.00', '0.1250', '800') + line('2', '-10.00', '10.00', '-1')],
      ['<cac:TaxTotal>', `${charge}<cac:TaxTotal>`],
    ),
  )
  expect(note).toMatchObject({ status: 'draft', subtotal: 10000, total_amount: 11900 })
  expect(note.warnings).toEqual(['L2 (-10.00) is counted as an allowance'])
  expect(faults.map(({ loc }) => loc)).toEqual([['based_on']])
  expect(lines.map(({ name, quantity, subtotal }) => [name, quantity, subtotal])).toEqual([['L1', 800, 10000]])
  const line1 = `/payable_credit_notes/${note.id}/line_items/${lines[0]!.id}`
  good(await w.berlin.patch(line1, { quantity: 800, unit_price: 13 }))
  // 104.00 and the charge of 10.00, less the line of 10.00.
  expect(good(await w.berlin.get(`/payable_credit_notes/${note.id}`))).toMatchObject({ subtotal: 10400 })
})

test('one that is written as an invoice below zero takes off what it says', async () => {
  const w = await world()
  const negative = ubl({ id: 'CN-2', total: '-119.00' })
    .toString()
    .replace('2031-01-10', '2024-05-02')
    .replace('>19.00<', '>-19.00<')
    .replace('TaxExclusiveAmount currencyID="EUR">100.00', 'TaxExclusiveAmount currencyID="EUR">-100.00')
    .replace('>4</cbc:InvoicedQuantity', '>-4</cbc:InvoicedQuantity')
    .replace('LineExtensionAmount currencyID="EUR">100.00', 'LineExtensionAmount currencyID="EUR">-100.00')
  const { note, lines } = await read(w, Buffer.from(negative))
  expect(note).toMatchObject({ ocr_status: 'success', warnings: [], subtotal: 10000, tax_amount: 1900, total_amount: 11900 })
  expect(lines).toMatchObject([{ quantity: 4, unit_price: 2500, subtotal: 10000 }])
})

describe('read again', () => {
  const again = (w: World, id: string) => w.berlin.post(`/x/payable_credit_notes/${id}/read_again`)
  async function readOnce(w: World, id: string): Promise<{ note: Body; lines: Body[] }> {
    expect(good(await again(w, id))).toMatchObject({ id, ocr_status: 'processing' })
    expect(good(await again(w, id)).ocr_status).toBe('processing')
    expect(await w.sql(`select from jobs where kind = 'credit_notes.read' and partner_id = $1`, [w.partner_id])).toHaveLength(1)
    await w.work()
    const { data: lines } = good(await w.berlin.get(`/payable_credit_notes/${id}/line_items`))
    return { note: good(await w.berlin.get(`/payable_credit_notes/${id}`)), lines }
  }
  const essence = ({ updated_at: _u, ocr_request_id: _r, ...note }: Body) => note

  test('it comes out the same; what an earlier reading wrote is replaced', async () => {
    const w = await world()
    const { note } = await read(w, credit())
    await w.sql(
      `update payable_credit_notes set total_amount = 1, document_id = 'wrong',
         read = jsonb_set(jsonb_set(read::jsonb, '{fields,document_id}', '"wrong"'), '{fields,total_amount}', '1')::json where id = $1`,
      [note.id],
    )
    const { note: after, lines } = await readOnce(w, note.id)
    expect(essence(after)).toEqual(essence(note))
    expect(lines).toMatchObject([{ name: 'Copy paper', quantity: 4, unit_price: 2500 }])
  })

  test('what somebody changed stays', async () => {
    const w = await world()
    const { note, lines } = await read(w, credit())
    good(await w.berlin.patch(`/payable_credit_notes/${note.id}`, { document_id: 'by hand' }))
    good(await w.berlin.patch(`/payable_credit_notes/${note.id}/line_items/${lines[0]!.id}`, { quantity: 2 }))
    const after = await readOnce(w, note.id)
    expect(after.note).toMatchObject({ document_id: 'by hand', total_amount: 5950 })
    expect(after.lines).toMatchObject([{ quantity: 2 }])
  })

  test('it is refused without a file, and once an approval has begun', async () => {
    const w = await world()
    const made = good(
      await w.berlin.post('/payable_credit_notes', { document_id: 'C', issued_at: '2024-05-02', currency: 'EUR' }),
    )
    expect(no(await again(w, made.id))).toEqual([409, 'This credit note has no file that could be read'])
    const { note } = await read(w, credit())
    good(await w.berlin.post(`/payable_credit_notes/${note.id}/cancel`))
    expect(no(await again(w, note.id))[0]).toBe(409)
  })
})

describe('a bill that is uploaded as a credit note', () => {
  const paper = (type: 'invoice' | 'credit_note', language = 'en') =>
    renderer.render('invoice', sampleInvoice({ type, language })).then((bytes) => Buffer.from(bytes))

  test('is refused with a pointer to where bills go, electronic and on paper', async () => {
    const w = await world()
    for (const bytes of [ubl(), await paper('invoice'), await paper('invoice', 'de')]) {
      const { note, lines } = await read(w, bytes)
      expect(note).toMatchObject({ ocr_status: 'error', status: 'draft', total_amount: null })
      expect(note.warnings).toEqual([expect.stringContaining('POST /payables/upload_from_file')])
      expect(lines).toEqual([])
    }
  })

  test('the other way round, too; and what is a credit note is taken', async () => {
    const w = await world()
    for (const language of ['en', 'de', 'fr']) {
      const bytes = await paper('credit_note', language)
      expect((await read(w, bytes)).note).toMatchObject({ ocr_status: 'success', total_amount: 266390, warnings: [] })
      const { id } = good(await w.berlin.upload('POST', '/payables/upload_from_file', { bytes, name: 'x.pdf' }))
      await w.work()
      const bill = good(await w.berlin.get(`/payables/${id}`))
      expect(bill).toMatchObject({ ocr_status: 'error', total_amount: null })
      expect(bill.other_extracted_data.warnings[0]).toContain('POST /payable_credit_notes/upload_from_file')
    }
  })
})
