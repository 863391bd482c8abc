import { expect, test } from 'vitest'
import { addItem, completeBill, newBill, readBill } from '../../../test/support/billing.ts'
import { good } from '../../../test/support/invoicing.ts'
import { type Body, type Client, type World, world } from '../../../test/support/world.ts'

/** The vendor of a bill at the last chance, whichever way the bill goes on: found, made, copied, and its parts with it. */

const address = { country: 'DE', city: 'Bonn', postal_code: '53111', line1: 'Markt 1' } as const
const iban = 'DE89370400440532013000'
const known = { name: 'Nova KG', tax_id: '77/1', address, bank_account: { iban } }

const counterpart = async (who: Client, legal_name: string, more: object = {}): Promise<Body> =>
  good(
    await who.post('/counterparts', {
      type: 'organization',
      organization: { legal_name, is_customer: true, is_vendor: false, address },
      ...more,
    }),
  )
const raw = async (who: Client, id: string, counterpart_raw_data: object): Promise<Body> =>
  good(await who.patch(`/payables/${id}`, { counterpart_raw_data }))
const rules = async (w: World, payable: object) => good(await w.partner.patch('/settings', { payable }, { beyond: true }))
const ofEntity = async (w: World, settings: object) =>
  good(await w.berlin.patch(`/entities/${w.berlin.entityId}/settings`, settings))

const post = (action: string, body?: object) => async (w: World, id: string) =>
  good(await w.berlin.post(`/payables/${id}/${action}`, body))
/** How a bill with an unknown vendor, which lacks nothing but its lines, gets to be frozen. */
const ways: Record<string, (w: World, id: string) => Promise<Body>> = {
  submit_for_approval: post('submit_for_approval'),
  approve_payment_operation: post('approve_payment_operation'),
  mark_as_paid: post('mark_as_paid'),
  'by itself, past approval': async (w, id) => {
    await ofEntity(w, { payables_skip_approval_flow: true })
    return good(await w.berlin.patch(`/payables/${id}`, { document_id: 'R-1' }))
  },
  'by itself, as it was paid before': async (w, id) => {
    await rules(w, { skip_approval_for_paid_invoice: true })
    return good(await w.berlin.patch(`/payables/${id}`, { document_id: 'R-1', amount_paid: 7136 }))
  },
}

/** A bill of a vendor nobody knows, complete unless it is to become that by itself. */
async function unknown(w: World, way: string): Promise<string> {
  const { id } = await newBill(w.berlin, way.startsWith('by itself') ? { document_id: undefined } : {})
  await addItem(w.berlin, id)
  await raw(w.berlin, id, known)
  return id
}

test.each(Object.keys(ways))('is made when a bill goes on: %s', async (way) => {
  const w = await world()
  await rules(w, { allow_counterpart_autocreation: true })
  const id = await unknown(w, way)
  expect((await readBill(w.berlin, id)).counterpart_id).toBeNull()
  const sent = await ways[way]!(w, id)
  expect(sent.status).not.toBe('new')
  expect(sent.counterpart).toMatchObject({ name: 'Nova KG', bank_account: { iban } })
  const made = good(await w.berlin.get(`/counterparts/${sent.counterpart_id}`))
  expect(made).toMatchObject({ created_automatically: true, organization: { legal_name: 'Nova KG', is_vendor: true } })
  const parts = { counterpart_address_id: made.default_billing_address_id, counterpart_bank_account_id: expect.any(String) }
  expect(sent).toMatchObject(parts)
})

test.each(Object.keys(ways))('that was made known in the meantime is found: %s', async (way) => {
  const w = await world()
  const id = await unknown(w, way)
  const vendor = await counterpart(w.berlin, 'Nova KG', { tax_id: '771' })
  await rules(w, { allow_counterpart_autolinking: true, allow_counterpart_autocreation: true })
  expect(await ways[way]!(w, id)).toMatchObject({ counterpart_id: vendor.id, counterpart: { name: 'Nova KG' } })
})

test.each([
  ['a vote', 'approve_payment_operation', undefined],
  ['the payment', 'mark_as_paid', undefined],
  ['a payment in part', 'mark_as_partially_paid', { amount_paid: 10 }],
])('that nobody knew when the bill was sent is looked for again at %s', async (_name, action, body) => {
  const w = await world()
  const { id } = await completeBill(w.berlin)
  await raw(w.berlin, id, known)
  good(
    await w.berlin.post(
      `/payables/${id}/${action === 'approve_payment_operation' ? 'submit_for_approval' : 'approve_payment_operation'}`,
    ),
  )
  const vendor = await counterpart(w.berlin, 'Other name', { tax_id: '771' })
  await rules(w, { allow_counterpart_autolinking: true })
  expect(good(await w.berlin.post(`/payables/${id}/${action}`, body))).toMatchObject({
    counterpart_id: vendor.id,
    counterpart: { name: 'Other name' },
  })
})

test('one that was linked stays as it was copied, whatever follows', async () => {
  const w = await world()
  await rules(w, { allow_counterpart_autolinking: true })
  const vendor = await counterpart(w.berlin, 'Nova KG', { tax_id: '771' })
  const { id } = await completeBill(w.berlin)
  await raw(w.berlin, id, known)
  good(await w.berlin.post(`/payables/${id}/submit_for_approval`))
  good(await w.berlin.patch(`/counterparts/${vendor.id}`, { organization: { legal_name: 'Nova AG' } }))
  good(await w.berlin.post(`/payables/${id}/approve_payment_operation`))
  expect(good(await w.berlin.post(`/payables/${id}/mark_as_paid`)).counterpart.name).toBe('Nova KG')
})

const gb = { country: 'GB', currency: 'GBP', sort_code: '123456', account_number: '12345678', account_holder_name: 'C' }

test.each([
  ['tax id', {}],
  ['IBAN', { tax_id: '2' }],
  ['account', { tax_id: null, iban: 'FR7630006000011234567890189' }],
  ['name and address', { tax_id: null, iban: null, sort_code: null }],
  // Neither half of an account, nor half of an address, is enough.
  [null, { tax_id: null, iban: null, sort_code: null, line1: null }],
])('the first in the order decides among those that the bill names: %s', async (name, { line1, tax_id = '1', ...less }: Body) => {
  const w = await world()
  const { berlin } = w
  await rules(w, { allow_counterpart_autolinking: true })
  const vendors: Body = {
    'name and address': await counterpart(berlin, 'D'),
    account: await counterpart(berlin, 'C'),
    IBAN: await counterpart(berlin, 'B'),
    'tax id': await counterpart(berlin, 'A', { tax_id: '1' }),
  }
  good(await berlin.post(`/counterparts/${vendors.IBAN.id}/bank_accounts`, { country: 'DE', currency: 'EUR', iban }))
  good(await berlin.post(`/counterparts/${vendors.account.id}/bank_accounts`, gb))
  const linked = await raw(berlin, (await newBill(berlin)).id, {
    tax_id,
    bank_account: { iban, sort_code: '12-34-56', account_number: '1234 5678', ...less },
    name: 'D',
    address: { ...address, line1: line1 === null ? null : address.line1 },
  })
  expect(linked.counterpart_id).toBe(name ? vendors[name].id : null)
})

test('several of one tax id are narrowed by account, then by name and address; several to the end are none', async () => {
  const w = await world()
  const { berlin } = w
  await rules(w, { allow_counterpart_autolinking: true })
  const a = await counterpart(berlin, 'A', { tax_id: '7' })
  const b = await counterpart(berlin, 'B', { tax_id: '7' })
  await counterpart(berlin, 'B', { tax_id: '8' })
  good(await berlin.post(`/counterparts/${a.id}/bank_accounts`, gb))
  const linked = async (data: object) => (await raw(berlin, (await newBill(berlin)).id, data)).counterpart_id
  const bank_account = { sort_code: '123456', account_number: '12345678' }
  expect(await linked({ tax_id: '7', bank_account })).toBe(a.id)
  expect(await linked({ tax_id: '7', name: 'B', address })).toBe(b.id)
  expect(await linked({ tax_id: '7', name: 'Nobody', address })).toBeNull()
  expect(await linked({ name: 'B', address })).toBeNull()
})

test('what a counterpart has is not written over; what its parts lack is made, or left out when too little is known', async () => {
  const w = await world()
  const { berlin } = w
  await rules(w, { allow_counterpart_autolinking: true })
  const vendor = await counterpart(berlin, 'Nova KG', {
    tax_id: '7',
    organization: { legal_name: 'Nova KG', email: 'own@nova.example', is_customer: true, is_vendor: false, address },
  })
  const { id } = await newBill(berlin)
  const elsewhere = { ...address, line1: 'Weg 2' }
  const sent = await raw(berlin, id, { tax_id: '7', email: 'other@nova.example', phone: '+49 1', address: elsewhere })
  expect(good(await berlin.get(`/counterparts/${vendor.id}`)).organization).toMatchObject({
    email: 'own@nova.example',
    phone: '+49 1',
    is_vendor: true,
  })
  const { data: places } = good(await berlin.get(`/counterparts/${vendor.id}/addresses`))
  expect(places.find((place: Body) => place.id === sent.counterpart_address_id)).toMatchObject(elsewhere)
  expect(places).toHaveLength(2)
  // Known again by what it says; too little is neither tied nor made, and the vendor stays.
  const again = await raw(berlin, (await newBill(berlin)).id, { tax_id: '7', address: elsewhere })
  expect(again.counterpart_address_id).toBe(sent.counterpart_address_id)
  const misread = { tax_id: '7', bank_account: { iban: '1NONSENSE' } }
  expect((await raw(berlin, (await newBill(berlin)).id, misread)).counterpart_bank_account_id).toBeNull()
  const poor = { tax_id: '7', address: { city: 'Bonn' }, bank_account: { account_number: '12345678' } }
  expect(await raw(berlin, (await newBill(berlin, { currency: 'GBP' })).id, poor)).toMatchObject({
    counterpart_id: vendor.id,
    counterpart_address_id: null,
    counterpart_bank_account_id: null,
  })
  expect(good(await berlin.get(`/counterparts/${vendor.id}/addresses`)).data).toHaveLength(2)
  expect(good(await berlin.get(`/counterparts/${vendor.id}/bank_accounts`)).data).toEqual([])
})

test('an account is the one with this number only at this bank', async () => {
  const w = await world()
  const { berlin } = w
  await rules(w, { allow_counterpart_autolinking: true })
  const vendor = await counterpart(berlin, 'Nova KG', { tax_id: '7' })
  const stored = good(await berlin.post(`/counterparts/${vendor.id}/bank_accounts`, gb))
  const tied = async (sort_code: string) => {
    const { id } = await newBill(berlin, { currency: 'GBP' })
    const bank_account = { sort_code, account_number: '12345678', account_holder_name: 'N' }
    return (await raw(berlin, id, { tax_id: '7', bank_account, address: { country: 'GB' } })).counterpart_bank_account_id
  }
  expect(await tied('12-34-56')).toBe(stored.id)
  const other = await tied('654321')
  expect(other).not.toBe(stored.id)
  const { data } = good(await berlin.get(`/counterparts/${vendor.id}/bank_accounts`))
  expect(data.find(({ id }: Body) => id === other)).toMatchObject({ sort_code: '654321', account_number: '12345678' })
})

test('a bill that says nothing of a part takes the usual one of the vendor, the account that of its currency', async () => {
  const w = await world()
  const { berlin } = w
  await rules(w, { allow_counterpart_autolinking: true })
  const vendor = await counterpart(berlin, 'Nova KG', { tax_id: '7' })
  const add = async (body: object) => good(await berlin.post(`/counterparts/${vendor.id}/bank_accounts`, body))
  const euros = await add({ country: 'DE', currency: 'EUR', iban, is_default_for_currency: true })
  await add({ country: 'DE', currency: 'EUR', iban: 'DE02120300000000202051' })
  const dollars = await add({ country: 'DE', currency: 'USD', iban: 'DE02500105170137075030', is_default_for_currency: true })
  const vat = good(await berlin.post(`/counterparts/${vendor.id}/vat_ids`, { country: 'DE', value: 'DE123456789' }))
  for (const [currency, account] of [
    ['EUR', euros.id],
    ['USD', dollars.id],
    ['GBP', null],
  ])
    expect(await raw(berlin, (await newBill(berlin, { currency })).id, { tax_id: '7' })).toMatchObject({
      counterpart_address_id: vendor.default_billing_address_id,
      counterpart_bank_account_id: account,
      counterpart_vat_id_id: vat.id,
    })
})
