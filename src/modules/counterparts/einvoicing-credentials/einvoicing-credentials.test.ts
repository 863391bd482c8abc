import { expect, test } from 'vitest'
import { good, no } from '../../../../test/support/invoicing.ts'
import { type Client, permissions, world } from '../../../../test/support/world.ts'
import { acme } from '../counterparts.samples.ts'

const company = async (who: Client) => `/counterparts/${good(await who.post('/counterparts', acme)).id}`
const vat = { network_schema: 'DE:VAT', network_identifier: 'DE811907980' }

test('a number in a network is added, read, changed and deleted', async () => {
  const { berlin } = await world()
  const path = `${await company(berlin)}/einvoicing_credentials`
  const { status, body } = await berlin.post(path, vat)
  expect([status, body]).toEqual([201, { id: body.id, ...vat }])
  expect((await berlin.get(`${path}/${body.id}`)).body).toEqual(body)
  expect((await berlin.get(path)).body).toEqual({ data: [body] })
  const kvk = { network_schema: 'NL:KVK', network_identifier: '12345678' }
  expect((await berlin.patch(`${path}/${body.id}`, kvk)).body).toEqual({ id: body.id, ...kvk })
  expect((await berlin.patch(`${path}/${body.id}`, { network_identifier: '1' })).body.network_identifier).toBe('1')
  expect((await berlin.delete(`${path}/${body.id}`)).status).toBe(204)
  expect(no(await berlin.get(`${path}/${body.id}`))).toEqual([404, 'E-invoicing credential not found'])
  expect((await berlin.get(path)).body).toEqual({ data: [] })
})

test.each([
  ['DE', 'DE 811 907 980', 'DE:VAT', 'DE811907980'],
  ['NL', '123456789.B01', 'NL:VAT', 'NL123456789B01'],
  ['BE', 'be0123456789', 'BE:VAT', 'BE0123456789'],
])('the scheme follows from the country of a VAT ID: %s', async (country, value, network_schema, network_identifier) => {
  const { berlin } = await world()
  const path = await company(berlin)
  const { id } = good(await berlin.post(`${path}/vat_ids`, { country, value }))
  const { body } = await berlin.post(`${path}/einvoicing_credentials`, { counterpart_vat_id_id: id })
  expect(body).toEqual({ id: body.id, network_schema, network_identifier })
})

test('VAT IDs of other countries, or of none, have no scheme; those of others are not there', async () => {
  const { berlin, paris } = await world()
  const [path, other] = [await company(berlin), await company(berlin)]
  const foreign = await company(paris)
  const add = async (who: Client, to: string, body: object) => good(await who.post(`${to}/vat_ids`, body)).id as string
  const post = async (counterpart_vat_id_id: string) =>
    no(await berlin.post(`${path}/einvoicing_credentials`, { counterpart_vat_id_id }))
  const none = [409, 'VAT IDs of these countries can receive e-invoices: DE, NL, BE']
  expect(await post(await add(berlin, path, { country: 'FR', value: 'FR83404833048' }))).toEqual(none)
  expect(await post(await add(berlin, path, { value: 'DE811907980' }))).toEqual(none)
  const german = { country: 'DE', value: 'DE811907980' }
  for (const id of [await add(berlin, other, german), await add(paris, foreign, german)])
    expect(await post(id)).toEqual([400, 'VAT ID not found'])
})

test('a counterpart has one number of a scheme', async () => {
  const { berlin } = await world()
  const path = `${await company(berlin)}/einvoicing_credentials`
  const first = good(await berlin.post(path, vat))
  const taken = [409, 'This counterpart has a number of this scheme already']
  expect(no(await berlin.post(path, vat))).toEqual(taken)
  expect(no(await berlin.post(path, { ...vat, network_identifier: 'DE1' }))).toEqual(taken)
  const second = good(await berlin.post(path, { ...vat, network_schema: 'BE:EN' }))
  expect(no(await berlin.patch(`${path}/${second.id}`, { network_schema: 'DE:VAT' }))).toEqual(taken)
  await berlin.delete(`${path}/${first.id}`)
  expect((await berlin.post(path, vat)).status).toBe(201)
  expect((await berlin.post(`${await company(berlin)}/einvoicing_credentials`, vat)).status).toBe(201)
})

test('a number has a known scheme and a text; one way of naming it at a time', async () => {
  const { berlin } = await world()
  const path = `${await company(berlin)}/einvoicing_credentials`
  const { id } = good(await berlin.post(path, vat))
  for (const body of [
    {},
    { network_schema: 'DE:VAT' },
    { ...vat, network_schema: 'FR:VAT' },
    { ...vat, network_identifier: '' },
    { ...vat, network_identifier: 'x'.repeat(256) },
    { ...vat, counterpart_vat_id_id: id },
    { counterpart_vat_id_id: 'x' },
  ])
    expect((await berlin.post(path, body, { beyond: true })).status, JSON.stringify(body)).toBe(422)
  for (const body of [{ network_schema: null }, { network_identifier: null }])
    expect((await berlin.patch(`${path}/${id}`, body)).status).toBe(422)
})

test('they belong to a counterpart and its permissions', async () => {
  const { berlin, paris, newUser } = await world()
  const [path, other] = [await company(berlin), await company(berlin)]
  const { id } = good(await berlin.post(`${path}/einvoicing_credentials`, vat))
  expect((await paris.get(`${path}/einvoicing_credentials`)).body).toEqual({ error: { message: 'Counterpart not found' } })
  expect((await berlin.get(`${other}/einvoicing_credentials/${id}`)).status).toBe(404)
  const reader = await newUser(berlin.entityId!, permissions({ 'counterpart:read': 'allowed' }, 'not_allowed'))
  expect((await reader.get(`${path}/einvoicing_credentials`)).body.data).toHaveLength(1)
  for (const answer of [
    await reader.post(`${path}/einvoicing_credentials`, vat),
    await reader.patch(`${path}/einvoicing_credentials/${id}`, {}),
    await reader.delete(`${path}/einvoicing_credentials/${id}`),
  ])
    expect(no(answer)).toEqual([403, 'Action update for counterpart not allowed'])
  await berlin.delete(path)
  expect((await berlin.get(`${path}/einvoicing_credentials/${id}`)).status).toBe(404)
})

test('without a provider nobody is found in the network, whatever the number', async () => {
  const { berlin, partner } = await world()
  const ask = (who: Client, query: string) => who.get(`/einvoice_search?${query}`, { beyond: true })
  for (const who of [berlin, partner])
    for (const number of ['DE811907980', 'nonsense'])
      expect((await ask(who, `network_schema=DE:VAT&network_identifier=${number}`)).body).toEqual({ exists: false })
  for (const query of [
    '',
    'network_schema=DE:VAT',
    'network_identifier=1',
    'network_schema=X&network_identifier=1',
    'network_schema=DE:VAT&network_identifier=',
  ])
    expect((await ask(berlin, query)).status).toBe(422)
})
