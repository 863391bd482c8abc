import { extractText, getDocumentProxy } from 'unpdf'
import { expect, test } from 'vitest'
import { draft, good, issued, no, ready } from '../../../../test/support/invoicing.ts'
import { type Body, type Client, permissions, type World, world } from '../../../../test/support/world.ts'
import { billFromXml } from '../../../platform/reading/xml-bill.ts'

const contact = { name: 'Grace Hopper', phone: '+49 30 123456', email: 'grace@spreewerk.example' }
const settings = async (who: Client, changes: object) => good(await who.patch(`/entities/${who.entityId}/settings`, changes))
const fetched = async (who: Client, id: string, format = 'cii') => {
  const { status, body, headers } = await who.get(`/x/receivables/${id}/einvoice?format=${format}`, { beyond: true })
  return { status, text: Buffer.isBuffer(body) ? body.toString() : JSON.stringify(body), type: headers['content-type'], body }
}
const check = async (who: Client, id: string, format: string): Promise<Body> =>
  good(await who.get(`/x/receivables/${id}/einvoice/check?format=${format}`))
const rulesOf = ({ findings }: Body) => findings.map(({ rule, field }: Body) => `${rule} ${field}`)

async function german(w: World) {
  const made = await ready(w.berlin)
  const { id } = good(await w.berlin.post(`/counterparts/${made.customer.id}/vat_ids`, { country: 'DE', value: 'DE811907980' }))
  await settings(w.berlin, { seller_contact: contact })
  return { ...made, invoice: { ...made.invoice, counterpart_vat_id_id: id } }
}

test.each(['peppol_bis_3', 'xrechnung', 'xrechnung_cii', 'cii'])(
  'an issued invoice is downloaded as data: %s',
  async (format) => {
    const w = await world()
    const made = await german(w)
    const invoice = await issued(w.berlin, made, { discount: { type: 'percentage', amount: 1000 }, purchase_order: 'PO 7' })
    expect(await check(w.berlin, invoice.id, format)).toEqual({ format, valid: true, findings: [] })
    const { status, text, type } = await fetched(w.berlin, invoice.id, format)
    expect([status, type]).toEqual([200, 'application/xml'])
    const bill = await billFromXml(Buffer.from(text))
    expect(bill).toMatchObject({
      type: 'invoice',
      document_id: invoice.document_id,
      issued_at: invoice.issue_date.slice(0, 10),
      due_date: invoice.due_date,
      currency: 'EUR',
      subtotal: invoice.discounted_subtotal / 100,
      tax_amount: invoice.total_vat_amount / 100,
      total: invoice.total_amount / 100,
      due: invoice.amount_due / 100,
      purchase_order_number: 'PO 7',
      buyer: { name: 'Acme GmbH', vat_id: 'DE811907980' },
      seller: { vat_id: 'DE123456789', iban: 'DE89370400440532013000' },
    })
  },
)

test('a draft is told what its e-invoice lacks before a number is used, field by field', async () => {
  const w = await world()
  const made = await ready(w.berlin)
  const { id } = await draft(w.berlin, made)
  const found = await check(w.berlin, id, 'xrechnung')
  expect(found.valid).toBe(false)
  expect(rulesOf(found)).toContain('BR-DE-5 settings.seller_contact.name')
  await settings(w.berlin, { seller_contact: contact })
  expect((await check(w.berlin, id, 'xrechnung')).valid).toBe(true)
  expect(no(await w.berlin.get(`/x/receivables/${id}/einvoice`, { beyond: true }))).toEqual([
    409,
    'The invoice becomes an e-invoice when it is issued',
  ])
  expect(good(await w.berlin.get(`/receivables/${id}`)).document_id).toBeNull()
})

test('verify shows findings where an e-invoice is made, and nothing where none is', async () => {
  const w = await world()
  const made = await german(w)
  const dollars = good(await w.berlin.post('/products', { name: 'Help', price: { currency: 'USD', value: 100 } }))
  const lines = { currency: 'USD', line_items: [{ product_id: dollars.id, quantity: 1, vat_rate_id: made.rate.id }] }
  const { id } = await draft(w.berlin, made, lines)
  const verify = async () => good(await w.berlin.post(`/receivables/${id}/verify`))
  const { einvoice } = await verify()
  expect(einvoice).toMatchObject({ format: 'factur_x', valid: false })
  expect(rulesOf(einvoice)).toEqual(['BR-53 tax_currency_exchange_rate'])
  good(await w.berlin.patch(`/receivables/${id}`, { invoice: { tax_currency_exchange_rate: 0.92 } }))
  expect((await verify()).einvoice).toBeUndefined()
  good(await w.berlin.patch(`/receivables/${id}`, { invoice: { tax_currency_exchange_rate: null } }))
  await settings(w.berlin, { einvoice_in_pdf: false })
  expect((await verify()).einvoice).toBeUndefined()
})

test('a reference of the buyer stands on its documents: its own, or that of the customer', async () => {
  const w = await world()
  const made = await german(w)
  const customer = `/counterparts/${made.customer.id}`
  good(await w.berlin.patch(customer, { organization: {}, buyer_reference: '04011000-AMT42-28', gln: '4012345000009' }))
  const usual = await issued(w.berlin, made)
  expect(usual.buyer_reference).toBe('04011000-AMT42-28')
  const { text } = await fetched(w.berlin, usual.id, 'xrechnung')
  expect(text).toContain('<cbc:BuyerReference>04011000-AMT42-28</cbc:BuyerReference>')
  expect(text).toContain('<cbc:ID schemeID="0088">4012345000009</cbc:ID>')
  const own = await draft(w.berlin, made, { buyer_reference: '04011000-AMT42-29' })
  expect(rulesOf(await check(w.berlin, own.id, 'xrechnung'))).toEqual(['QT-LEITWEG buyer_reference'])
  for (const gln of ['4012345000008', '12'])
    expect((await w.berlin.patch(customer, { organization: {}, gln }, { beyond: true })).status).toBe(422)
  const given = { seller_contact: contact, gln: '4012345000008' }
  expect((await w.berlin.patch(`/entities/${w.berlin.entityId}/settings`, given)).status).toBe(422)
})

test('an issued document keeps what its e-invoice said, whatever becomes of the parties', async () => {
  const w = await world()
  const made = await german(w)
  const { id } = await issued(w.berlin, made)
  const before = (await fetched(w.berlin, id, 'xrechnung')).text
  await settings(w.berlin, {
    seller_contact: { name: 'Somebody else', phone: '1234', email: 'x@y.example' },
    gln: '4012345000009',
  })
  good(await w.berlin.patch(`/counterparts/${made.customer.id}`, { organization: { email: 'new@acme.example' } }))
  expect((await fetched(w.berlin, id, 'xrechnung')).text).toBe(before)
})

test('a credit note is one as data: it names its invoice and its day, and no account', async () => {
  const w = await world()
  const made = await german(w)
  const invoice = await issued(w.berlin, made)
  const note = good(await w.berlin.post('/receivables', { type: 'credit_note', based_on: invoice.id }))
  expect((await check(w.berlin, note.id, 'xrechnung')).findings).toEqual([])
  good(await w.berlin.post(`/receivables/${note.id}/issue`))
  for (const format of ['peppol_bis_3', 'xrechnung', 'cii']) {
    const { text } = await fetched(w.berlin, note.id, format)
    expect(text).not.toContain('DE89370400440532013000')
    expect(await billFromXml(Buffer.from(text))).toMatchObject({
      type: 'credit_note',
      original_document_id: invoice.document_id,
      total: invoice.total_amount / 100,
    })
  }
  const day = invoice.issue_date.slice(0, 10)
  expect((await fetched(w.berlin, note.id, 'peppol_bis_3')).text).toContain(
    `<cbc:ID>${invoice.document_id}</cbc:ID><cbc:IssueDate>${day}</cbc:IssueDate>`,
  )
})

test('the page that is mailed carries the same invoice as data, unless the entity does not want that', async () => {
  const w = await world()
  const made = await german(w)
  const invoice = await issued(w.berlin, made)
  expect(no(await w.berlin.get(`/x/receivables/${invoice.id}/einvoice?format=factur_x`, { beyond: true }))[0]).toBe(409)
  await w.work()
  const { status, type, body } = await fetched(w.berlin, invoice.id, 'factur_x')
  expect([status, type]).toEqual([200, 'application/pdf'])
  const attached = await (await getDocumentProxy(new Uint8Array(body))).getAttachments()
  const [file] = Object.values(attached as Record<string, { filename: string; content: Uint8Array }>)
  expect(file!.filename).toBe('factur-x.xml')
  expect(Buffer.from(file!.content).toString()).toBe((await fetched(w.berlin, invoice.id, 'cii')).text)
  const mail = { subject_text: 'Invoice', body_text: 'Here it is', recipients: { to: ['a@b.example'] } }
  good(await w.berlin.post(`/receivables/${invoice.id}/send`, mail))
  await w.work()
  const [sent] = await w.sql<{ attachments: { storage_key: string }[] }>(`select attachments from mails where object_id = $1`, [
    invoice.id,
  ])
  expect((await w.machinery.storage.get(sent!.attachments[0]!.storage_key)).equals(body)).toBe(true)

  await settings(w.berlin, { einvoice_in_pdf: false })
  const plain = await issued(w.berlin, made)
  await w.work()
  expect(no(await w.berlin.get(`/x/receivables/${plain.id}/einvoice?format=factur_x`, { beyond: true }))).toEqual([
    409,
    'The page of the document carries no data: see einvoice_in_pdf in the settings',
  ])
})

test('a bill made of our own page is read exactly by whoever receives it', async () => {
  const w = await world()
  const made = await german(w)
  const invoice = await issued(w.berlin, made)
  await w.work()
  const { body: bytes } = await fetched(w.berlin, invoice.id, 'factur_x')
  const { id } = good(await w.paris.upload('POST', '/payables/upload_from_file', { bytes, name: 'invoice.pdf' }))
  await w.work()
  const bill = good(await w.paris.get(`/payables/${id}`))
  expect(bill).toMatchObject({
    ocr_status: 'success',
    document_id: invoice.document_id,
    total_amount: invoice.total_amount,
    tax_amount: invoice.total_vat_amount,
    subtotal: invoice.subtotal,
  })
})

test('attachments travel inside, of six kinds; the rest is left out with a warning', async () => {
  const w = await world()
  const made = await german(w)
  const attach = async (name: string, type: string) => {
    const bytes = Buffer.from(`${name} ${Math.random()}`)
    return good(await w.berlin.upload('POST', '/files', { bytes, name, type }, { file_type: 'attachments' })).id as string
  }
  const files = [
    await attach('hours.csv', 'text/csv'),
    await attach('HOURS.CSV', 'text/csv'),
    await attach('a.bin', 'application/x-thing'),
  ]
  const invoice = await issued(w.berlin, made, { attachments: files.map((id) => ({ id })) })
  const { findings, valid } = await check(w.berlin, invoice.id, 'xrechnung')
  const { text } = await fetched(w.berlin, invoice.id, 'xrechnung')
  const named = [...text.matchAll(/filename="([^"]+)"/g)].map((found) => found[1])
  expect(valid).toBe(true)
  expect(named.length + findings.length).toBe(3)
  expect(new Set(named.map((name) => name!.toLowerCase())).size).toBe(named.length)
  expect(findings.every(({ severity, message }: Body) => severity === 'warning' && message.includes('left out'))).toBe(true)
})

test('whoever may read an invoice may read its e-invoice, and nobody else', async () => {
  const w = await world()
  const made = await german(w)
  const { id } = await issued(w.berlin, made)
  for (const path of [`/x/receivables/${id}/einvoice`, `/x/receivables/${id}/einvoice/check`]) {
    expect((await w.paris.get(path, { beyond: true })).status).toBe(404)
    const nobody = await w.newUser(w.berlin.entityId!, permissions({}, 'not_allowed'))
    expect((await nobody.get(path, { beyond: true })).status).toBe(403)
    expect((await w.berlin.get(`${path}?format=facturae`, { beyond: true })).status).toBe(422)
  }
})

test('verify says what the law wants, with its place; what is there is not asked for', async () => {
  const w = await world()
  const made = await german(w)
  const { id } = await draft(w.berlin, made)
  const legal = async () => good(await w.berlin.post(`/receivables/${id}/verify`)).legal
  expect(await legal()).toEqual([
    {
      rule: 'QT-LAW-DE-REGISTER',
      severity: 'warning',
      message: 'Firms in the register name their number there (HRB, HRA)',
      field: 'entity.registration_number',
      source: '§ 35a GmbHG, § 80 AktG, § 37a HGB',
      since: '2007-01-01',
    },
  ])
  const registered = { registration_number: 'HRB 12345', registration_authority: 'Amtsgericht Charlottenburg' }
  good(await w.partner.patch(`/entities/${w.berlin.entityId}`, registered))
  good(await w.berlin.patch(`/receivables/${id}`, { invoice: { memo: 'Anew' } }))
  expect(await legal()).toBeUndefined()
  expect((await check(w.berlin, id, 'xrechnung')).valid).toBe(true)
})

test('a person with one name is called by it: in lists, on invoices and in their data', async () => {
  const w = await world()
  const made = await ready(w.berlin)
  const suharto = { first_name: 'Suharto', last_name: '-' }
  const address = { line1: 'Weg 1', city: 'Berlin', postal_code: '10115', country: 'DE' }
  const person = good(
    await w.berlin.post('/counterparts', {
      type: 'individual',
      individual: { ...suharto, email: 's@example.com', is_customer: true, is_vendor: false, address },
    }),
  )
  expect(good(await w.berlin.get('/counterparts?counterpart_name=Suharto')).data).toMatchObject([
    { id: person.id, individual: suharto },
  ])
  const [{ id: place }] = good(await w.berlin.get(`/counterparts/${person.id}/addresses`)).data
  const invoice = await issued(w.berlin, made, {
    counterpart_id: person.id,
    counterpart_billing_address_id: place,
    counterpart_vat_id_id: undefined,
  })
  expect(invoice.counterpart_name).toBe('Suharto')
  const { text } = await fetched(w.berlin, invoice.id)
  expect(text).toContain('<ram:Name>Suharto</ram:Name>')
  expect(text).not.toContain('Suharto -')
})

test('a page that is drawn anew when it is paid carries the data of the day of issue', async () => {
  const w = await world()
  const made = await german(w)
  await settings(w.berlin, { generate_paid_invoice_pdf: true, legal_form: 'GmbH, Stammkapital 25.000 €' })
  const invoice = await issued(w.berlin, made)
  const inside = async () => {
    await w.work()
    const { body } = await fetched(w.berlin, invoice.id, 'factur_x')
    const pdf = await getDocumentProxy(new Uint8Array(body))
    const files: Record<string, { content: Uint8Array }> = await pdf.getAttachments()
    const { text } = await extractText(pdf)
    return { data: Object.values(files).map(({ content }) => Buffer.from(content).toString()), page: text.join(' ') }
  }
  const before = await inside()
  expect(before.data[0]).toContain('GmbH, Stammkapital 25.000 €')
  expect(before.page).toContain('GmbH, Stammkapital 25.000 €')
  await settings(w.berlin, { legal_form: 'AG', seller_contact: { name: 'Somebody else', phone: '1234', email: 'x@y.example' } })
  const amount_paid = Math.floor(invoice.total_amount / 2)
  good(await w.berlin.post(`/receivables/${invoice.id}/mark_as_partially_paid`, { amount_paid }))
  const part = await inside()
  good(await w.berlin.post(`/receivables/${invoice.id}/mark_as_paid`, {}))
  const paid = await inside()
  // What was paid since stands on the page. The data are the invoice, which asks for all of it.
  expect([part.data, paid.data]).toEqual([before.data, before.data])
  expect(paid.page).not.toBe(before.page)
  expect(paid.page).toContain('GmbH, Stammkapital 25.000 €')
})

test('official rules are asked where they are wanted; without them it is said what is missing', async () => {
  const w = await world()
  const made = await german(w)
  const { id } = await draft(w.berlin, made)
  const asked = `/x/receivables/${id}/einvoice/check?format=xrechnung`
  expect(no(await w.berlin.get(`${asked}&official=true`, { beyond: true }))).toEqual([
    409,
    'There are no official rules here: EINVOICE_RULES_DIR names no folder (docs/e-invoices.md)',
  ])
  expect(good(await w.berlin.get(`${asked}&official=false`, { beyond: true })).official).toBeUndefined()
})
