import sharp from 'sharp'
import { afterAll, describe, expect, test } from 'vitest'
import { readBill } from '../../../../test/support/billing.ts'
import { ubl } from '../../../../test/support/einvoices.ts'
import { good, no } from '../../../../test/support/invoicing.ts'
import { type Body, type Client, type World, world } from '../../../../test/support/world.ts'
import { paths } from '../../../platform/paths.ts'
import { createPdfRenderer } from '../../../platform/pdf/renderer.ts'
import { sampleInvoice } from '../../../platform/pdf/sample.ts'

const renderer = createPdfRenderer({ templatesDir: paths.templates, log: { error() {}, warn() {}, info() {} } as never })
afterAll(() => renderer.close())

/** An invoice of somebody to Spreewerk GmbH, as a PDF with text. */
const pdf = async (name = 'Spreewerk GmbH') =>
  Buffer.from(await renderer.render('invoice', sampleInvoice({ recipient: { ...sampleInvoice().recipient, name } })))

const upload = async (who: Client, bytes: Buffer, name = 'bill.pdf'): Promise<Body> =>
  good(await who.upload('POST', '/payables/upload_from_file', { bytes, name }))

/** A file that is uploaded, and read. */
async function read(w: World, who: Client, bytes: Buffer, name?: string): Promise<Body> {
  const { id } = await upload(who, bytes, name)
  await w.work()
  return readBill(who, id)
}
const settings = (w: World, payable: object) =>
  w.partner.patch('/settings', { payable: { approve_page_url: 'https://example.com/approve', ...payable } }).then(good)
const told = async (w: World, id: string) =>
  (await w.sql<{ event: string }>(`select event from events where object_id = $1 order by created_at`, [id])).map(
    ({ event }) => event,
  )

describe('a bill that is uploaded', () => {
  test('is there at once, and read soon after', async () => {
    const w = await world()
    const made = await upload(w.berlin, await pdf())
    expect(made).toMatchObject({
      status: 'draft',
      payable_origin: 'upload',
      source_of_payable_data: 'ocr',
      ocr_status: 'processing',
      ocr_request_id: expect.any(String),
      file: { file_type: 'payables', mimetype: 'application/pdf' },
      document_id: null,
    })
    expect(no(await w.berlin.post(`/payables/${made.id}/submit_for_approval`))[0]).toBe(409)
    await w.work()
    const bill = await readBill(w.berlin, made.id)
    expect(bill).toMatchObject({
      status: 'new',
      ocr_status: 'success',
      source_of_payable_data: 'ocr',
      currency: 'EUR',
      document_id: 'INV-2025-00042',
      issued_at: '2025-11-03',
      due_date: '2025-12-03',
      subtotal: 224940,
      tax_amount: 41450,
      total_amount: 266390,
      counterpart_raw_data: {
        name: 'Nordlicht Werkstatt GmbH',
        bank_account: { iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' },
        address: { line1: 'Kastanienallee 12', city: 'Berlin', postal_code: '10435', country: 'DE' },
      },
      other_extracted_data: { type: 'invoice', total_raw: 2663.9, warnings: [], confidence: { total: expect.any(Number) } },
    })
    const { data: lines } = good(await w.berlin.get(`/payables/${made.id}/line_items`))
    expect(lines.map(({ quantity, unit_price, tax, subtotal }: Body) => [quantity, unit_price, tax, subtotal]).sort()).toEqual(
      [
        [6, 18900, 1900, 113400],
        [4, 12450, 1900, 49800],
        [7.5, 6800, 1900, 51000],
        [12, 895, 700, 10740],
      ].sort(),
    )
    expect(await told(w, made.id)).toEqual(['created', 'updated', 'status_changed', 'ocr_finished'])
  })

  test('as a picture is read by its letters', async () => {
    const w = await world()
    const { PDFiumLibrary } = await import('@hyzyla/pdfium')
    const library = await PDFiumLibrary.init()
    const page = (await library.loadDocument(await pdf())).getPage(0)
    const { data, width, height } = await page.render({ scale: 3 })
    const scan = await sharp(data, { raw: { width, height, channels: 4 } })
      .flatten()
      .rotate(0.7, { background: 'white' })
      .jpeg({ quality: 70 })
      .toBuffer()
    expect(await read(w, w.berlin, scan, 'scan.jpg')).toMatchObject({
      ocr_status: 'success',
      document_id: 'INV-2025-00042',
      issued_at: '2025-11-03',
      total_amount: 266390,
      counterpart_raw_data: { bank_account: { iban: 'DE89370400440532013000' } },
    })
  }, 60_000)

  test('as an e-invoice is read exactly', async () => {
    const w = await world()
    const bill = await read(w, w.berlin, ubl(), 'invoice.xml')
    expect(bill).toMatchObject({
      status: 'new',
      document_id: 'UBL-77',
      total_amount: 11900,
      tax_amount: 1900,
      due_date: '2031-02-09',
      counterpart_raw_data: {
        name: 'Papierhaus Nord GmbH',
        vat_id: { value: 'DE811128135', country: 'DE' },
        address: { country: 'DE', city: 'Hamburg', line1: 'Hafenweg 3', postal_code: '20457' },
      },
      other_extracted_data: { purchase_order_number: 'PO-00007', confidence: { total: 1, document_id: 1 } },
    })
  })

  test('keeps its file when nothing can be read, and can be completed by hand', async () => {
    const w = await world()
    const bombs = [
      Buffer.from('%PDF-1.7 no more than a beginning'),
      Buffer.from('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]><Invoice>&c;</Invoice>'),
      await sharp({ create: { width: 80, height: 80, channels: 3, background: 'white' } })
        .png()
        .toBuffer(),
    ]
    for (const bytes of bombs) {
      const bill = await read(w, w.berlin, bytes, 'x')
      expect(bill).toMatchObject({ status: 'draft', ocr_status: 'error', document_id: null, file: { size: bytes.length } })
      expect(bill.other_extracted_data.warnings).toHaveLength(1)
      expect(await told(w, bill.id)).toContain('ocr_finished')
      good(await w.berlin.patch(`/payables/${bill.id}`, { document_id: 'by hand' }))
    }
  })

  test('is refused when bills don’t come in such files', async () => {
    const { berlin } = await world()
    for (const bytes of [Buffer.from('just text'), Buffer.from('GIF89a'), Buffer.from('<html>')])
      expect(no(await berlin.upload('POST', '/payables/upload_from_file', { bytes, name: 'x.pdf' }))).toEqual([
        400,
        expect.stringContaining('Unsupported file format'),
      ])
    expect(good(await berlin.get('/payables')).data).toEqual([])
  })

  test('keeps what somebody wrote, and nothing is written after cancel_ocr', async () => {
    const w = await world()
    const { id } = await upload(w.berlin, ubl())
    good(await w.berlin.post(`/payables/${id}/cancel_ocr`))
    good(await w.berlin.patch(`/payables/${id}`, { document_id: 'mine' }))
    await w.work()
    expect(await readBill(w.berlin, id)).toMatchObject({ ocr_status: 'canceled', document_id: 'mine', currency: null })
    expect(await told(w, id)).not.toContain('ocr_finished')
  })

  test('without lines comes to what is printed on it', async () => {
    const w = await world()
    const xml = ubl()
      .toString()
      .replace(/<cac:InvoiceLine>.*<\/cac:InvoiceLine>/s, '')
    const bill = await read(w, w.berlin, Buffer.from(xml))
    expect(bill).toMatchObject({ status: 'draft', total_amount: 11900, subtotal: 10000 })
    good(await w.berlin.post(`/payables/${bill.id}/line_items`, { name: 'All', quantity: 1, unit_price: 5000, tax: 0 }))
    expect(await readBill(w.berlin, bill.id)).toMatchObject({ status: 'new', total_amount: 5000 })
  })

  test.each([
    ['a zero byte', 'Copy paper', 'Copy\0 paper'],
    ['half a pair of UTF-16', 'Copy paper', `Copy paper${String.fromCharCode(0xd83e)}`],
    ['a day that does not exist', '2031-01-10', '2031-02-30'],
  ])('comes to an end with %s in it', async (_, from, to) => {
    const w = await world()
    const bill = await read(w, w.berlin, Buffer.from(ubl().toString().replace(from, to)), 'bill.xml')
    expect(bill).toMatchObject({ ocr_status: 'success', total_amount: 11900 })
  })

  test('with a figure that nothing could hold ends with the reason', async () => {
    const w = await world()
    const xml = ubl()
      .toString()
      .replace('>4</cbc:InvoicedQuantity>', `>${'9'.repeat(30)}</cbc:InvoicedQuantity>`)
    const bill = await read(w, w.berlin, Buffer.from(xml), 'bill.xml')
    expect(bill).toMatchObject({ ocr_status: 'error', total_amount: null })
    expect(bill.other_extracted_data.warnings[0]).toContain('can not be kept as it was read')
  })

  test('stays complete when somebody notes that a part of it is paid already', async () => {
    const w = await world()
    const asked = '</cbc:TaxInclusiveAmount><cbc:PayableAmount currencyID="EUR">119.00</cbc:PayableAmount>'
    const xml = ubl().toString().replace('</cbc:TaxInclusiveAmount>', asked)
    const { id, status } = await read(w, w.berlin, Buffer.from(xml), 'bill.xml')
    expect(status).toBe('new')
    expect(good(await w.berlin.patch(`/payables/${id}`, { amount_paid: 5000 }))).toMatchObject({
      status: 'new',
      amount_due: 6900,
    })
  })

  test.each(['99.00', '1190.00', '0.00'])('that asks for %s and does not say why waits for a person', async (due) => {
    const w = await world()
    const asked = `</cbc:TaxInclusiveAmount><cbc:PayableAmount currencyID="EUR">${due}</cbc:PayableAmount>`
    const xml = ubl().toString().replace('</cbc:TaxInclusiveAmount>', asked)
    const bill = await read(w, w.berlin, Buffer.from(xml), 'bill.xml')
    expect(bill).toMatchObject({ ocr_status: 'success', status: 'draft', total_amount: 11900, amount_due: 11900 })
    expect(bill.other_extracted_data.warnings[0]).toContain(`does not leave the ${due} that the document asks for`)
  })

  test('in a currency that nobody knows has no amounts until somebody says which it is', async () => {
    const w = await world()
    const xml = ubl().toString().replace('CurrencyCode>EUR<', 'CurrencyCode>XYZ<').replaceAll('currencyID="EUR"', '')
    const bill = await read(w, w.berlin, Buffer.from(xml), 'bill.xml')
    expect(bill).toMatchObject({ ocr_status: 'success', status: 'draft', currency: null, total_amount: null, subtotal: null })
    good(await w.berlin.patch(`/payables/${bill.id}`, { currency: 'KWD' }))
    good(await w.berlin.post(`/x/payables/${bill.id}/read_again`))
    await w.work()
    expect(await readBill(w.berlin, bill.id)).toMatchObject({ currency: 'KWD', subtotal: 100000, total_amount: 119000 })
  })

  test('that doesn’t add up says so', async () => {
    const w = await world()
    const bill = await read(w, w.berlin, ubl({ total: '120.00' }))
    expect(bill.other_extracted_data.warnings).toEqual([expect.stringContaining("don't come to the total 120")])
  })
})

describe('the vendor of an uploaded bill', () => {
  const vendor = async (who: Client, changes: object = {}) =>
    good(
      await who.post('/counterparts', {
        type: 'organization',
        organization: {
          legal_name: 'Papierhaus Nord GmbH',
          is_vendor: true,
          is_customer: false,
          address: { country: 'DE', city: 'Hamburg', line1: 'Hafenweg 3', postal_code: '20457' },
          ...changes,
        },
      }),
    )

  test('is suggested, and linked where the settings say so', async () => {
    const w = await world()
    const { id } = await vendor(w.berlin, { legal_name: 'Papierhaus Nord' })
    await vendor(w.paris)
    const bill = await read(w, w.berlin, ubl())
    expect(bill.counterpart_id).toBeNull()
    expect(good(await w.berlin.get(`/payables/${bill.id}/suggestions`))).toMatchObject({ suggested_counterpart: { id } })
    good(await w.berlin.delete(`/payables/${bill.id}/suggestions`))
    expect(await w.sql(`select suggestion from payables where id = $1`, [bill.id])).toEqual([{ suggestion: null }])
    await settings(w, { allow_counterpart_autolinking: true })
    const exact = await vendor(w.berlin)
    const linked = await read(w, w.berlin, ubl({ id: 'UBL-78' }))
    expect(linked.counterpart_id).toBe(exact.id)
    expect(linked.counterpart_bank_account_id).not.toBeNull()
  })

  test('asks for money to another account than before: a warning', async () => {
    const w = await world()
    await settings(w, { allow_counterpart_autolinking: true })
    await vendor(w.berlin)
    expect((await read(w, w.berlin, ubl())).other_extracted_data.warnings).toEqual([])
    expect((await read(w, w.berlin, ubl({ id: 'UBL-80' }))).other_extracted_data.warnings).toEqual([])
    const other = await read(w, w.berlin, ubl({ id: 'UBL-79', iban: 'DE02120300000000202051' }))
    expect(other.other_extracted_data.warnings).toEqual([expect.stringContaining('DE02120300000000202051')])
  })

  test('sends the same bill twice: the second is canceled where the settings say so', async () => {
    const w = await world()
    expect((await read(w, w.berlin, ubl())).status).toBe('new')
    expect((await read(w, w.berlin, ubl())).status).toBe('new')
    await settings(w, { allow_cancel_duplicates_automatically: true })
    expect((await read(w, w.berlin, ubl())).status).toBe('canceled')
    expect((await read(w, w.berlin, ubl({ id: 'UBL-90' }))).status).toBe('new')
    expect((await read(w, w.paris, ubl())).status).toBe('new')
  })

  test('brings tags by what is written on the bill', async () => {
    const w = await world()
    const tag = good(await w.berlin.post('/tags', { name: 'Office' }))
    good(
      await w.partner.patch(`/entities/${w.berlin.entityId}/settings`, {
        payables_ocr_auto_tagging: [{ tag_id: tag.id, enabled: true, keywords: ['COPY PAPER'] }],
      }),
    )
    expect((await read(w, w.berlin, ubl())).tags.map(({ id }: Body) => id)).toEqual([tag.id])
  })
})

describe('a credit note that is uploaded', () => {
  const credit = () =>
    Buffer.from(
      ubl({ id: 'CN-1' })
        .toString()
        .replace('InvoiceTypeCode>380</cbc:InvoiceTypeCode', 'InvoiceTypeCode>381</cbc:InvoiceTypeCode')
        .replace('2031-01-10', '2024-05-02')
        .replace(
          '<cac:AccountingSupplierParty>',
          '<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>UBL-1</cbc:ID></cac:InvoiceDocumentReference></cac:BillingReference><cac:AccountingSupplierParty>',
        ),
    )

  test('is read, tied to its vendor, and to the bill it names', async () => {
    const w = await world()
    await settings(w, { allow_counterpart_autolinking: true, allow_credit_note_autolinking: true })
    const { id: counterpart_id } = good(
      await w.berlin.post('/counterparts', {
        type: 'organization',
        organization: {
          legal_name: 'Papierhaus Nord GmbH',
          is_vendor: true,
          is_customer: false,
          address: { country: 'DE', city: 'Hamburg', line1: 'Hafenweg 3', postal_code: '20457' },
        },
      }),
    )
    const old = Buffer.from(ubl({ id: 'UBL-1' }).toString().replace('2031-01-10', '2024-05-01'))
    const bill = await read(w, w.berlin, old)
    expect(bill.counterpart_id).toBe(counterpart_id)
    good(await w.berlin.post(`/payables/${bill.id}/approve_payment_operation`))
    const made = good(await w.berlin.upload('POST', '/payable_credit_notes/upload_from_file', { bytes: credit(), name: 'c.xml' }))
    expect(made).toMatchObject({ status: 'draft', source_of_data: 'ocr', ocr_status: 'processing', file_url: expect.any(String) })
    await w.work()
    const note = good(await w.berlin.get(`/payable_credit_notes/${made.id}`))
    expect(note).toMatchObject({
      status: 'new',
      ocr_status: 'success',
      document_id: 'CN-1',
      issued_at: '2024-05-02',
      currency: 'EUR',
      total_amount: 11900,
      counterpart_id,
      based_on: bill.id,
      based_on_document_id: 'UBL-1',
      counterpart_raw: { name: 'Papierhaus Nord GmbH' },
    })
    const { data } = good(await w.berlin.get(`/payable_credit_notes/${made.id}/line_items`))
    expect(data).toMatchObject([{ name: 'Copy paper', quantity: 4, unit_price: 2500, tax: 1900, total: 11900 }])
    expect(await told(w, made.id)).toContain('ocr_finished')
  })

  test('that can’t be read is kept; one that nobody waits for any more is let go', async () => {
    const w = await world()
    const bytes = Buffer.from('%PDF-1.7 nothing')
    const up = async (bytes: Buffer) =>
      good(await w.berlin.upload('POST', '/payable_credit_notes/upload_from_file', { bytes, name: 'c' }))
    const broken = await up(bytes)
    const left = await up(credit())
    good(await w.berlin.post(`/payable_credit_notes/${left.id}/cancel_ocr`))
    await w.work()
    expect(good(await w.berlin.get(`/payable_credit_notes/${broken.id}`))).toMatchObject({ ocr_status: 'error', status: 'draft' })
    expect(good(await w.berlin.get(`/payable_credit_notes/${left.id}`))).toMatchObject({
      ocr_status: 'canceled',
      document_id: null,
    })
  })
})
