import { describe, expect, test } from 'vitest'
import { draft, good, issued, no, read, ready, withoutRules } from '../../../test/support/invoicing.ts'
import { type Body, type Client, house, organization, world } from '../../../test/support/world.ts'
import { countries } from '../../core/countries.data.ts'
import { euMembers } from '../../core/european-union.ts'

async function start() {
  const w = await world()
  const made = await ready(w.berlin)
  return { w, berlin: w.berlin, made }
}

const address = { country: 'DE', city: 'Bonn', postal_code: '53111', line1: 'Markt 1' }
const someone = { first_name: 'Ada', last_name: 'King', title: 'Countess', email: 'ada@example.com', phone: '+4922812345' }
const person = async (who: Client): Promise<Body> =>
  good(
    await who.post('/counterparts', {
      type: 'individual',
      individual: { ...someone, is_customer: true, is_vendor: false, address },
    }),
  )
const billedTo = ({ id, default_billing_address_id }: Body) => ({
  counterpart_id: id,
  counterpart_billing_address_id: default_billing_address_id,
  counterpart_vat_id_id: undefined,
})
const upload = async (who: Client): Promise<string> =>
  good(await who.upload('POST', '/files', { bytes: Buffer.from('hours'), name: 'hours.txt' }, { file_type: 'attachments' })).id

describe('a customer on a document', () => {
  test('who is a person is their own contact, under their full name', async () => {
    const { berlin, made } = await start()
    const shown = await draft(berlin, made, billedTo(await person(berlin)))
    expect(shown).toMatchObject({
      counterpart_type: 'individual',
      counterpart_name: 'Ada King',
      counterpart_contact: { ...someone, address },
    })
  })

  test('without a contact has none, and with several the usual one, or the one that is named', async () => {
    const { berlin, made } = await start()
    expect((await draft(berlin, made)).counterpart_contact).toBeNull()
    const contact = async (first_name: string) =>
      good(await berlin.post(`/counterparts/${made.customer.id}/contacts`, { first_name, last_name: 'M', address }))
    const [usual, other] = [await contact('Usual'), await contact('Other')]
    good(await berlin.post(`/counterparts/${made.customer.id}/contacts/${usual.id}/make_default`))
    const { id, counterpart_contact } = await draft(berlin, made)
    expect(counterpart_contact.first_name).toBe('Usual')
    const changed = good(await berlin.patch(`/receivables/${id}`, { invoice: { contact_id: other.id } }))
    expect(changed.counterpart_contact.first_name).toBe('Other')
  })

  test('is billed at an address of their own', async () => {
    const { berlin, made } = await start()
    const other = await person(berlin)
    const addresses = { counterpart_billing_address_id: other.default_billing_address_id }
    expect(no(await berlin.post('/receivables', { ...made.invoice, ...addresses }))[0]).toBe(400)
    expect(
      no(
        await berlin.post('/receivables', { ...made.invoice, counterpart_shipping_address_id: other.default_billing_address_id }),
      )[0],
    ).toBe(400)
    const { id } = await draft(berlin, made)
    expect(no(await berlin.patch(`/receivables/${id}`, { invoice: addresses }))[0]).toBe(400)
  })

  test('who is deleted later stays on what there is, is found by it, and gets nothing new', async () => {
    const { berlin, made } = await start()
    const { id } = await issued(berlin, made)
    good(await berlin.delete(`/counterparts/${made.customer.id}`))
    expect(await read(berlin, id)).toMatchObject({ counterpart_name: 'Acme GmbH', counterpart_id: made.customer.id })
    expect(good(await berlin.get(`/receivables?counterpart_id=${made.customer.id}`)).data).toMatchObject([{ id }])
    expect(no(await berlin.post('/receivables', made.invoice))).toEqual([
      404,
      `There is no counterpart by provided id: ${made.customer.id}`,
    ])
  })
})

describe('the entity on a document', () => {
  test('is paid into the usual account of the currency, or into one that is named and takes it', async () => {
    const { berlin, made } = await start()
    const account = async (changes: object): Promise<Body> =>
      good(await berlin.post('/bank_accounts', { country: 'DE', account_holder_name: 'S', ...changes }))
    const second = await account({ iban: 'DE02120300000000202051', currency: 'EUR' })
    const dollars = await account({ country: 'US', currency: 'USD', account_number: '123456789', routing_number: '021000021' })
    const on = async (changes: object) => (await draft(berlin, made, changes)).entity_bank_account?.id
    expect(await on({})).toBe(made.account.id)
    expect(await on({ entity_bank_account_id: second.id })).toBe(second.id)
    good(await berlin.post(`/bank_accounts/${second.id}/make_default`))
    expect(await on({})).toBe(second.id)
    expect(no(await berlin.post('/receivables', { ...made.invoice, entity_bank_account_id: dollars.id }))).toEqual([
      400,
      'The bank account is in USD, the document in EUR',
    ])
    await withoutRules(berlin)
    expect(await on({ entity_bank_account_id: dollars.id })).toBe(dollars.id)
  })

  test('is shown as its profile says, but for what the document says itself', async () => {
    const { berlin, made } = await start()
    const { id, entity } = await draft(berlin, made, { entity: { email: 'billing@example.com' } })
    expect(entity).toMatchObject({
      type: 'organization',
      name: 'Spreewerk GmbH',
      email: 'billing@example.com',
      phone: organization.phone,
    })
    expect(no(await berlin.patch(`/receivables/${id}`, { invoice: { entity: { name: 'X' } } }, { beyond: true }))[0]).toBe(422)
  })
})

describe('files', () => {
  test('stay as long as an issued document has them, are named by drafts when they are deleted, and belong to the one document alone', async () => {
    const { berlin, made } = await start()
    const file = await upload(berlin)
    const attachments = [{ id: file, include_in_email: true }]
    const invoice = await issued(berlin, made, { attachments })
    const { id: quote } = await draft(berlin, made, { type: 'quote', payment_terms_id: undefined, attachments })
    good(await berlin.post(`/receivables/${quote}/issue`))
    expect(no(await berlin.delete(`/files/${file}`))[0]).toBe(409)
    const other = await upload(berlin)
    const shared = await draft(berlin, made, { attachments: [{ id: other, include_in_email: true }] })
    good(await berlin.delete(`/files/${other}`))
    expect((await read(berlin, shared.id)).attachments).toEqual(shared.attachments)
    const heirs = [
      good(await berlin.post('/receivables', { type: 'credit_note', based_on: invoice.id })),
      good(await berlin.post('/receivables', { type: 'invoice', based_on: quote })),
      good(await berlin.post(`/receivables/${invoice.id}/clone`)),
    ]
    expect(heirs.map(({ attachments: none }) => none)).toEqual([null, null, null])
  })
})

describe('lines', () => {
  test('take any quantity from nothing on, down to what is sold at a time', async () => {
    const { berlin, made } = await start()
    const product = good(
      await berlin.post('/products', { name: 'Cloth', price: { currency: 'EUR', value: 100 }, smallest_amount: 0.5 }),
    )
    const line = (quantity: number, id = product.id) => ({
      line_items: [{ product_id: id, quantity, vat_rate_id: made.rate.id }],
    })
    expect((await draft(berlin, made, line(0, made.product.id))).total_amount).toBe(0)
    expect((await draft(berlin, made, line(0.75))).subtotal).toBe(75)
    expect(no(await berlin.post('/receivables', { ...made.invoice, ...line(0.4) }))).toEqual([
      400,
      'Line 1: at least 0.5 of Cloth are sold at a time',
    ])
  })

  test('of an issued quote do not change', async () => {
    const { berlin, made } = await start()
    const { id } = await draft(berlin, made, { type: 'quote', payment_terms_id: undefined })
    good(await berlin.post(`/receivables/${id}/issue`))
    const put = () => berlin.put(`/receivables/${id}/line_items`, { data: made.invoice.line_items })
    expect((await put()).status).toBe(409)
    await withoutRules(berlin)
    expect((await put()).status).toBe(409)
  })
})

describe('an electronic invoice', () => {
  test('is one while it is a draft, and is not issued without a connection', async () => {
    const { berlin, made } = await start()
    const { id } = await draft(berlin, made, { is_einvoice: true })
    expect(no(await berlin.post(`/receivables/${id}/issue`))).toEqual([
      409,
      'The entity has no e-invoicing connection, or none with a number of its own (network_credentials_id): issue the invoice without is_einvoice',
    ])
    const after = good(await berlin.patch(`/receivables/${id}`, { invoice: { is_einvoice: false } }))
    expect(after).toMatchObject({ is_einvoice: false, einvoice_file_url: null, einvoice_error_comment: null })
    expect(good(await berlin.post(`/receivables/${id}/issue`)).status).toBe('issued')
  })
})

test('the day of supply is that of issue where the country wants one, and otherwise what was said', {
  timeout: 60_000,
}, async () => {
  // An hour of which the day is the same in Kiribati and in Iceland; tokens are of that hour, too.
  const { clock } = await house()
  clock.set(`${new Date().toISOString().slice(0, 10)}T09:00:00Z`)
  const { w, berlin, made } = await start()
  await withoutRules(berlin)
  for (const country of countries) {
    await w.sql(`update entities set address = address || jsonb_build_object('country', $2::text) where id = $1`, [
      berlin.entityId,
      country,
    ])
    const line_items = [{ product: { name: 'x', price: { currency: 'EUR', value: 1 } }, quantity: 1, tax_rate_value: 0 }]
    const { fulfillment_date, issue_date } = await issued(berlin, made, { line_items, entity_vat_id_id: undefined })
    const wanted = euMembers.has(country) || ['GB', 'CH', 'NO'].includes(country)
    expect([country, fulfillment_date]).toEqual([country, wanted ? issue_date.slice(0, 10) : null])
  }
  expect((await issued(berlin, made, { fulfillment_date: '2020-02-03' })).fulfillment_date).toBe('2020-02-03')
})
