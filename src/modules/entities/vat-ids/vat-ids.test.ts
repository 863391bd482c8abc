import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { permissions, world } from '../../../../test/support/world.ts'

test('a VAT ID is created, read, changed, listed and deleted', async () => {
  const { berlin } = await world()
  const path = `/entities/${berlin.entityId}/vat_ids`
  const { status, body } = await berlin.post(path, { country: 'DE', type: 'eu_vat', value: 'DE123456789' })
  expect(status).toBe(201)
  expect(body).toEqual({
    id: expect.any(String),
    entity_id: berlin.entityId,
    country: 'DE',
    type: 'eu_vat',
    value: 'DE123456789',
  })
  expect((await berlin.get(`${path}/${body.id}`)).body).toEqual(body)
  expect((await berlin.patch(`${path}/${body.id}`, { value: 'DE1', type: null })).body).toEqual({
    ...body,
    value: 'DE1',
    type: 'unknown',
  })
  expect((await berlin.get(path)).body.data).toHaveLength(1)
  expect((await berlin.delete(`${path}/${body.id}`)).status).toBe(204)
  expect((await berlin.get(`${path}/${body.id}`)).body).toEqual({ error: { message: 'VAT ID not found' } })
  expect((await berlin.delete(`${path}/${body.id}`)).status).toBe(404)
})

test('its kind is unknown until somebody says, and the same number may stand twice', async () => {
  const { berlin } = await world()
  const path = `/entities/${berlin.entityId}/vat_ids`
  for (let i = 0; i < 2; i++) expect((await berlin.post(path, { country: 'FR', value: 'FR1' })).body.type).toBe('unknown')
})

test.each([
  [{ country: 'DE' }],
  [{ value: 'x' }],
  [{ country: 'XX', value: 'x' }],
  [{ country: 'DE', value: 'x'.repeat(33) }],
  [{ country: 'DE', value: 'x', type: 'odd' }],
])('a VAT ID like %j is refused', async (body) => {
  const { berlin } = await world()
  expect((await berlin.post(`/entities/${berlin.entityId}/vat_ids`, body)).status).toBe(422)
})

test('country and number may change but not go away', async () => {
  const { berlin } = await world()
  const path = `/entities/${berlin.entityId}/vat_ids`
  const { body } = await berlin.post(path, { country: 'DE', value: '1' })
  for (const change of [{ country: null }, { value: null }])
    expect((await berlin.patch(`${path}/${body.id}`, change)).status).toBe(422)
})

test('VAT IDs belong to one entity and ask for their own permission', async () => {
  const { berlin, paris, partner, newUser } = await world()
  const path = `/entities/${berlin.entityId}/vat_ids`
  const { body } = await partner.post(path, { country: 'DE', value: '1' })
  expect((await partner.get(`/entities/${paris.entityId}/vat_ids/${body.id}`)).status).toBe(404)
  expect((await paris.get(`/entities/${paris.entityId}/vat_ids/${body.id}`)).status).toBe(404)
  expect((await partner.get(`/entities/${randomUUID()}/vat_ids`)).status).toBe(404)
  const guest = await newUser(berlin.entityId!, permissions({ 'entity_vat_ids:create': 'not_allowed' }))
  expect((await guest.get(path)).status).toBe(200)
  expect(await guest.post(path, { country: 'DE', value: '1' })).toMatchObject({
    status: 403,
    body: { error: { message: 'Action create for entity_vat_ids not allowed' } },
  })
})
