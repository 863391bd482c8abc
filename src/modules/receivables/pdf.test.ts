import { extractText, getDocumentProxy } from 'unpdf'
import { expect, test } from 'vitest'
import { draft, good, issued, read, ready, withoutRules } from '../../../test/support/invoicing.ts'
import { type Client, world } from '../../../test/support/world.ts'

const link = async (who: Client, id: string) => good(await who.get(`/receivables/${id}/pdf_link`))

/** What stands on the page behind a link, as one line. */
async function page(who: Client, url: string): Promise<string> {
  const { headers, body } = await who.get(new URL(url).pathname)
  expect(headers['content-type']).toBe('application/pdf')
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(body)), { mergePages: true })
  return text.replace(/\s+/g, ' ')
}

test('an issued invoice has a page with its number, figures and account, in the language of either side', async () => {
  const w = await world()
  const { berlin } = w
  const made = await ready(berlin)
  good(await berlin.patch(`/counterparts/${made.customer.id}`, { language: 'fr', organization: {} }))
  good(await berlin.patch(`/entities/${berlin.entityId}/settings`, { language: 'de' }))
  const { id, file_url } = await issued(berlin, made, { memo: 'Merci', deductions: undefined, withholding_tax_rate: 500 })
  expect(file_url).toBeNull()
  expect(await link(berlin, id)).toEqual({ file_url: null, original_file_url: null })
  await w.work()
  const links = await link(berlin, id)
  const shown = await read(berlin, id)
  expect(shown).toMatchObject({ ...links, file_language: 'fr', original_file_language: 'de' })
  expect(shown.file).toMatchObject({
    url: links.file_url,
    file_type: 'receivables',
    mimetype: 'application/pdf',
    name: 'INV-00001.pdf',
  })
  const french = await page(berlin, links.file_url)
  const german = await page(berlin, links.original_file_url)
  for (const text of [french, german]) {
    expect(text).toContain('INV-00001')
    expect(text).toContain('Acme GmbH')
    expect(text.replace(/\s/g, '')).toContain('DE89370400440532013000')
  }
  expect(french).toMatch(/Facture/i)
  expect(german).toMatch(/Rechnung/i)
  expect(german).toContain('1.250,00')
  expect(german).toContain('237,50')
  expect(german).toContain('1.425,00')
})

test('the page of a draft is drawn when it is asked for, and is not shown once the draft has changed', async () => {
  const w = await world()
  const { berlin } = w
  const { id } = await draft(berlin, await ready(berlin), { memo: 'First wording' })
  await w.work()
  expect((await read(berlin, id)).file_url).toBeNull()
  expect((await link(berlin, id)).file_url).toBeNull()
  await w.work()
  const before = await link(berlin, id)
  expect(await page(berlin, before.file_url)).toContain('First wording')
  expect(before.original_file_url).toBe(before.file_url)
  good(await berlin.patch(`/receivables/${id}`, { invoice: { memo: 'Second wording' } }))
  expect(await read(berlin, id)).toMatchObject({ file_url: null, file: null })
  expect((await link(berlin, id)).file_url).toBeNull()
  await w.work()
  const after = await link(berlin, id)
  expect(await page(berlin, after.file_url)).toContain('Second wording')
  expect(after.file_url).not.toBe(before.file_url)
  const { data } = good(await berlin.get(`/receivables/${id}/history`))
  expect(data.map(({ current_pdf_url }: { current_pdf_url: string }) => current_pdf_url)).toEqual([
    before.file_url,
    after.file_url,
  ])
})

test('a draft is drawn in the language that its customer speaks by now, an issued document stays as it is', async () => {
  const w = await world()
  const { berlin } = w
  const made = await ready(berlin)
  const [{ id }, issued_] = [await draft(berlin, made), await issued(berlin, made)]
  const both = [id, issued_.id as string]
  for (const one of both) await link(berlin, one)
  await w.work()
  const [before, final] = [await link(berlin, id), await link(berlin, issued_.id)]
  expect(await page(berlin, before.file_url)).toMatch(/Invoice/)
  good(await berlin.patch(`/counterparts/${made.customer.id}`, { language: 'de', organization: {} }))
  expect((await link(berlin, id)).file_url).toBeNull()
  await w.work()
  const after = await link(berlin, id)
  expect(await page(berlin, after.file_url)).toMatch(/Rechnung/)
  expect(await page(berlin, after.original_file_url)).toMatch(/Invoice/)
  expect(await read(berlin, id)).toMatchObject({ file_language: 'de', original_file_language: 'en' })
  expect(await link(berlin, issued_.id)).toEqual(final)
})

test('switches of the page are obeyed: no lines, no account, other labels, and null changes nothing', async () => {
  const w = await world()
  const { berlin } = w
  const made = await ready(berlin)
  await withoutRules(berlin)
  const { id } = await issued(berlin, made, {
    document_rendering: { line_items: { name: { label: 'Leistung XY' } }, invoice: null },
  })
  await w.work()
  const text = await page(berlin, (await link(berlin, id)).file_url)
  expect(text).toContain('Leistung XY')
  expect(text.replace(/\s/g, '')).toContain('DE8937')
  const document_rendering = { display_line_items: false, invoice: { display_entity_bank_account: false }, line_items: null }
  good(await berlin.patch(`/receivables/${id}`, { issued_invoice: { document_rendering } }, { beyond: true }))
  await link(berlin, id)
  await w.work()
  const bare = await page(berlin, (await link(berlin, id)).file_url)
  expect(bare).not.toContain('Leistung XY')
  expect(bare.replace(/\s/g, '')).not.toContain('DE8937')
})

test('between companies of two states of the Union the page says that the customer owes the VAT', async () => {
  const w = await world()
  const { berlin } = w
  const made = await ready(berlin)
  const address = { country: 'FR', city: 'Paris', postal_code: '75001', line1: 'Rue 1' }
  const organization = { legal_name: 'Acheteur SA', is_customer: true, is_vendor: false, address }
  const buyer = good(await berlin.post('/counterparts', { type: 'organization', organization }))
  const vatId = good(
    await berlin.post(`/counterparts/${buyer.id}/vat_ids`, { type: 'eu_vat', value: 'FR12345678901', country: 'FR' }),
  )
  const { data } = good(await berlin.get(`/vat_rates?counterpart_id=${buyer.id}`))
  const { id } = await issued(berlin, made, {
    counterpart_id: buyer.id,
    counterpart_billing_address_id: buyer.default_billing_address_id,
    counterpart_vat_id_id: vatId.id,
    line_items: [{ ...made.invoice.line_items[0], vat_rate_id: data[0].id }],
  })
  await w.work()
  const text = await page(berlin, (await link(berlin, id)).file_url)
  expect(text).toMatch(/reverse charge/i)
  expect(text).toContain('FR12345678901')
})

test('a payment is drawn into the page only if the entity wants it', async () => {
  const w = await world()
  const { berlin } = w
  const made = await ready(berlin)
  const { id } = await issued(berlin, made)
  await w.work()
  const before = await link(berlin, id)
  good(await berlin.post(`/receivables/${id}/mark_as_partially_paid`, { amount_paid: 10000 }))
  await w.work()
  expect(await link(berlin, id)).toEqual(before)
  good(await berlin.patch(`/entities/${berlin.entityId}/settings`, { generate_paid_invoice_pdf: true }))
  good(await berlin.post(`/receivables/${id}/mark_as_paid`))
  expect((await link(berlin, id)).file_url).toBeNull()
  await w.work()
  const after = await link(berlin, id)
  expect(await page(berlin, after.file_url)).toMatch(/1[.,]487[.,]50/)
  const { data } = good(
    await berlin.get(`/receivables/${id}/history?event_type__in=payment_received&event_type__in=status_changed`),
  )
  const urls = data.map(({ event_type, current_pdf_url }: { event_type: string; current_pdf_url: string | null }) => [
    event_type,
    current_pdf_url,
  ])
  expect(urls).toEqual([
    ['status_changed', before.file_url],
    ['payment_received', null],
    ['status_changed', before.file_url],
    ['payment_received', after.file_url],
    ['status_changed', after.file_url],
  ])
})

test('an invoice from Switzerland brings its payment part, with the reference that its account wants', async () => {
  const w = await world()
  const address = { country: 'CH', city: 'Biel', postal_code: '2501', line1: 'Rue du Lac 1268' }
  const bern = await w.newUser(await w.newEntity({ address, organization: { legal_name: 'Robert Schneider AG' } }))
  const account = { iban: 'CH4431999123000889012', country: 'CH', currency: 'CHF', account_holder_name: 'Robert Schneider AG' }
  good(await bern.post('/bank_accounts', account))
  const organization = {
    legal_name: 'Käserei Rorschach AG',
    is_customer: true,
    is_vendor: false,
    email: 'a@example.com',
    address: { ...address, city: 'Rorschach' },
  }
  const buyer = good(
    await bern.post('/counterparts', { type: 'organization', language: 'de', tax_id: 'CHE-123.456.788', organization }),
  )
  const product = good(await bern.post('/products', { name: 'Käse', price: { currency: 'CHF', value: 194975 } }))
  const invoice = {
    type: 'invoice',
    currency: 'CHF',
    counterpart_id: buyer.id,
    counterpart_billing_address_id: buyer.default_billing_address_id,
    vat_exempt: true,
    vat_exemption_rationale: 'Art. 10 MWSTG',
    payment_terms: { term_final: { number_of_days: 30 } },
    line_items: [{ product_id: product.id, quantity: 1, tax_rate_value: 0 }],
  }
  const { id } = good(await bern.post('/receivables', invoice))
  good(await bern.post(`/receivables/${id}/issue`))
  await w.work()
  const text = await page(bern, (await link(bern, id)).file_url)
  for (const part of [
    'Zahlteil',
    'Empfangsschein',
    '1 949.75',
    'CH44 3199 9123 0008 8901 2',
    '00 00000 00000 00000 00000 00011',
    'CHF',
  ])
    expect(text).toContain(part)
})
