import { expect, test } from 'vitest'
import { world } from '../../../test/support/world.ts'
import { asEntity } from '../../platform/database/context.ts'
import { acme, dana, marseille } from './counterparts.samples.ts'
import { snapshotForDocument } from './counterparts.service.ts'

const NOWHERE = '00000000-0000-4000-8000-000000000000'
type Asked = Parameters<typeof snapshotForDocument>[1]

async function office() {
  const w = await world()
  const who = { partnerId: w.partner_id, entityId: w.berlin.entityId!, userId: null }
  const snapshot = (asked: Asked) => asEntity(w.machinery.db, who, (ctx) => snapshotForDocument(ctx, asked))
  const [{ body: company }, { body: person }] = await Promise.all([
    w.berlin.post('/counterparts', acme),
    w.berlin.post('/counterparts', dana),
  ])
  const add = async (path: string, body: object) => (await w.berlin.post(`/counterparts/${company.id}/${path}`, body)).body
  return { ...w, snapshot, company, person, add }
}
const home = { line2: null, city: 'Berlin', country: 'DE', line1: 'Flughafenstrasse 52', postal_code: '10119', state: null }

test('a document freezes an organization with its addresses, contact and VAT ID', async () => {
  const { snapshot, company, add } = await office()
  const asked = { counterpartId: company.id, billingAddressId: company.default_billing_address_id }
  expect(await snapshot(asked)).toEqual({
    counterpart: {
      id: company.id,
      type: 'organization',
      name: 'Acme GmbH',
      first_name: null,
      last_name: null,
      tax_id: '12/345/67890',
      buyer_reference: null,
      external_reference: null,
      gln: null,
      language: 'de',
      email: 'acme@example.com',
      phone: '+4930774619876',
      default_billing_address_id: company.default_billing_address_id,
      default_shipping_address_id: null,
      reminders_enabled: true,
    },
    billing_address: { id: company.default_billing_address_id, ...home },
    shipping_address: null,
    contact: null,
    vat_id: null,
    has_vat_ids: false,
  })
  const depot = await add('addresses', marseille)
  const vatId = await add('vat_ids', { value: 'DE811907980', country: 'DE', type: 'eu_vat' })
  const mary = { first_name: 'Mary', last_name: 'Major', email: 'mary@example.com', phone: null, title: 'Ms.' }
  await add('contacts', { ...mary, address: marseille })
  const john = await add('contacts', { first_name: 'John', last_name: 'Minor', address: marseille })
  const full = await snapshot({ ...asked, shippingAddressId: depot.id, vatIdId: vatId.id })
  const place = { ...marseille, line2: null, state: null }
  expect(full).toMatchObject({ shipping_address: { id: depot.id, ...place }, vat_id: vatId, has_vat_ids: true })
  expect(full.contact).toEqual({ ...mary, address: { id: null, ...place } })
  expect((await snapshot({ ...asked, contactId: john.id })).contact).toMatchObject({ first_name: 'John', email: null })
  expect(await snapshot(asked)).toMatchObject({ vat_id: null, has_vat_ids: true })
})

test('a person is their own contact, at the address the bill goes to', async () => {
  const { snapshot, person } = await office()
  const { counterpart, contact, billing_address } = await snapshot({
    counterpartId: person.id,
    billingAddressId: person.default_billing_address_id,
  })
  expect(counterpart.name).toBe('Dana Cruz')
  expect(contact).toEqual({
    first_name: 'Dana',
    last_name: 'Cruz',
    email: 'dana@example.com',
    phone: null,
    title: 'Dr.',
    address: billing_address,
  })
})

test('unknown ids are not found, and parts of another counterpart are refused', async () => {
  const { snapshot, company, person, add, berlin } = await office()
  const asked = { counterpartId: company.id, billingAddressId: company.default_billing_address_id }
  const theirs = person.default_billing_address_id
  const vatId = await add('vat_ids', { value: 'DE811907980' })
  const contact = await add('contacts', { first_name: 'John', last_name: 'Minor', address: marseille })
  const ofPerson = { counterpartId: person.id, billingAddressId: theirs }
  const no = async (asked: Asked, kind: string, message: string) =>
    expect(snapshot(asked)).rejects.toMatchObject({ kind, message })
  await no({ ...asked, counterpartId: NOWHERE }, 'not_found', `There is no counterpart by provided id: ${NOWHERE}`)
  for (const field of ['billingAddressId', 'shippingAddressId']) {
    await no({ ...asked, [field]: NOWHERE }, 'not_found', `There is no counterpart address by provided id: ${NOWHERE}`)
    await no({ ...asked, [field]: theirs }, 'bad_request', `The counterpart address ${theirs} belongs to another counterpart`)
  }
  await no({ ...asked, vatIdId: NOWHERE }, 'not_found', `There is no counterpart VAT ID by provided id: ${NOWHERE}`)
  await no({ ...ofPerson, vatIdId: vatId.id }, 'bad_request', `The counterpart VAT ID ${vatId.id} belongs to another counterpart`)
  await no({ ...asked, contactId: NOWHERE }, 'not_found', `There is no counterpart contact by provided id: ${NOWHERE}`)
  await no(
    { ...ofPerson, contactId: contact.id },
    'bad_request',
    `The counterpart contact ${contact.id} belongs to another counterpart`,
  )
  await berlin.delete(`/counterparts/${company.id}`)
  await no(asked, 'not_found', `There is no counterpart by provided id: ${company.id}`)
})
