import { expect, test } from 'vitest'
import { good, no } from '../../../test/support/invoicing.ts'
import { type Body, type Client, type World, world } from '../../../test/support/world.ts'

const address = { address_line1: 'Sonnenallee 1', city: 'Berlin', postal_code: '12045', country: 'DE' }
const connect = async (who: Client, more: object = {}): Promise<Body> =>
  good(await who.post('/einvoicing_connections', { address, ...more }))
let count = 0
/** A number that nobody else has: participants are registered once, whatever entity they are of. */
const germanNumber = () => `DE${String(Date.now() % 1e6).padStart(6, '0')}${String(++count % 1000).padStart(3, '0')}`
const search = async (who: Client, network_identifier: string) =>
  good(await who.get(`/einvoice_search?network_schema=DE:VAT&network_identifier=${network_identifier}`)).exists
const vatId = async (w: World, value: string, country = 'DE') =>
  good(await w.berlin.post(`/entities/${w.berlin.entityId}/vat_ids`, { country, value })).id

test('an entity takes part in the network once, by its VAT ID, and can be found there', async () => {
  const w = await world()
  const number = germanNumber()
  const made = await connect(w.berlin, { entity_vat_id_id: await vatId(w, number.replace('DE', 'de ')) })
  expect(made).toMatchObject({
    entity_id: w.berlin.entityId,
    is_sender: true,
    is_receiver: true,
    status: 'pending',
    address: { ...address, address_line2: null, state: null },
    credentials: [{ network_credentials_schema: 'DE:VAT', network_credentials_identifier: number }],
  })
  expect(await search(w.paris, number)).toBe(false)
  await w.work()
  const read = good(await w.berlin.get(`/einvoicing_connections/${made.id}`))
  expect([read.status, typeof read.provider_id]).toEqual(['active', 'string'])
  expect(good(await w.berlin.get('/einvoicing_connections')).data).toEqual([read])
  expect(await search(w.paris, number.toLowerCase())).toBe(true)
  expect(no(await w.berlin.post('/einvoicing_connections', { address }))).toEqual([
    409,
    'The entity has an e-invoicing connection already',
  ])
})

test('a connection without a number is there at once; numbers are added in their own form, each once', async () => {
  const w = await world()
  const { id, status, legal_name } = await connect(w.berlin)
  expect(status).toBe('active')
  expect(legal_name).not.toBe('')
  const path = `/einvoicing_connections/${id}/network_credentials`
  const add = (network_credentials_schema: string, network_credentials_identifier: string, who = w.berlin) =>
    who.post(path, { network_credentials_schema, network_credentials_identifier })
  const number = germanNumber()
  expect(good(await add('DE:VAT', number.slice(2)))).toMatchObject({ network_credentials_identifier: number })
  expect(no(await add('DE:VAT', number))).toEqual([409, 'This number is registered already'])
  expect(no(await add('NL:KVK', '1234'))).toEqual([400, 'A number of the scheme NL:KVK is eight digits'])
  expect(no(await add('BE:EN', 'x'))[0]).toBe(400)
  expect((await add('DE:VAT', germanNumber(), w.paris)).status).toBe(404)
  const other = await connect(w.paris)
  const taken = { network_credentials_schema: 'DE:VAT', network_credentials_identifier: number }
  expect(no(await w.paris.post(`/einvoicing_connections/${other.id}/network_credentials`, taken))).toEqual([
    409,
    'This number is registered already',
  ])
})

test('what an entity does in the network can be changed, but something it does', async () => {
  const w = await world()
  const number = germanNumber()
  const { id } = await connect(w.berlin, { entity_vat_id_id: await vatId(w, number) })
  await w.work()
  const path = `/einvoicing_connections/${id}`
  const moved = { address_line1: 'Weg 2', city: 'Bonn', postal_code: '53111' }
  const changed = good(await w.berlin.patch(path, { is_receiver: false, address: moved }))
  expect(changed).toMatchObject({ is_receiver: false, address: { ...moved, country: 'DE' } })
  expect(no(await w.berlin.patch(path, { is_sender: false }))).toEqual([400, 'is_sender, is_receiver or both have to be true'])
  await w.work()
  expect(await search(w.paris, number)).toBe(false)
  good(await w.berlin.patch(path, { is_receiver: true }))
  await w.work()
  expect(await search(w.paris, number)).toBe(true)
  expect((await w.berlin.delete(path)).status).toBe(204)
  await w.work()
  expect(await search(w.paris, number)).toBe(false)
  expect((await w.berlin.get(path)).status).toBe(404)
  expect((await connect(w.berlin)).id).not.toBe(id)
})

test('a connection is made for countries that the network serves, and a VAT ID of one of them', async () => {
  const w = await world()
  const post = (body: object) => w.berlin.post('/einvoicing_connections', body, { beyond: true })
  expect((await post({ address: { ...address, country: 'FR' } })).status).toBe(422)
  expect((await post({ address, is_sender: false, is_receiver: false })).status).toBe(400)
  expect(no(await post({ address, entity_vat_id_id: await vatId(w, 'FR83404833048', 'FR') }))).toEqual([
    400,
    'VAT IDs of these countries can be registered: DE, NL, BE',
  ])
  expect(good(await w.berlin.get('/einvoicing_connections')).data).toEqual([])
})
