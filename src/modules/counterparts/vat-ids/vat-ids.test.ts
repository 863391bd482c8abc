import { expect, test } from 'vitest'
import { permissions, world } from '../../../../test/support/world.ts'
import { acme, dana } from '../counterparts.samples.ts'

test('a VAT ID is added, read, changed and deleted', async () => {
  const { berlin, sql } = await world()
  const { body: company } = await berlin.post('/counterparts', acme)
  const path = `/counterparts/${company.id}/vat_ids`
  const { status, body: id } = await berlin.post(path, { value: 'DE 811 907 980' })
  expect(status).toBe(201)
  expect(id).toEqual({ id: id.id, counterpart_id: company.id, country: null, type: 'unknown', value: 'DE 811 907 980' })
  const { body: changed } = await berlin.patch(`${path}/${id.id}`, { country: 'DE', type: 'eu_vat', value: 'DE811907980' })
  expect(changed).toEqual({ ...id, country: 'DE', type: 'eu_vat', value: 'DE811907980' })
  expect((await berlin.patch(`${path}/${id.id}`, { type: null, country: null })).body).toMatchObject({
    type: 'unknown',
    country: null,
  })
  await berlin.post(path, { value: 'FR83404833048', country: 'FR', type: 'eu_vat' })
  expect((await berlin.get(path)).body.data).toHaveLength(2)
  expect((await berlin.delete(`${path}/${id.id}`)).status).toBe(204)
  expect((await berlin.get(`${path}/${id.id}`)).body).toEqual({ error: { message: 'VAT ID not found' } })
  const events = await sql('select object_type, event from events where object_id = $1 order by created_at', [id.id])
  expect(events.map(({ object_type, event }) => `${object_type}.${event}`)).toEqual([
    'counterpart_tax_id.created',
    'counterpart_tax_id.update',
    'counterpart_tax_id.update',
    'counterpart_tax_id.delete',
  ])
})

test('only the value is needed', async () => {
  const { berlin } = await world()
  const { body: person } = await berlin.post('/counterparts', dana)
  const path = `/counterparts/${person.id}/vat_ids`
  const { body: id } = await berlin.post(path, { value: 'US' })
  expect((await berlin.post(path, {}, { beyond: true })).status).toBe(422)
  expect((await berlin.post(path, { value: '' })).status).toBe(422)
  expect((await berlin.post(path, { value: 'x'.repeat(33) }, { beyond: true })).status).toBe(422)
  expect((await berlin.post(path, { value: 'X', type: 'vat' }, { beyond: true })).status).toBe(422)
  expect((await berlin.patch(`${path}/${id.id}`, { value: null })).status).toBe(422)
})

test('VAT IDs have a permission of their own, and "own" are those the user added', async () => {
  const { berlin, newUser } = await world()
  const { body: company } = await berlin.post('/counterparts', acme)
  const path = `/counterparts/${company.id}/vat_ids`
  const { body: others } = await berlin.post(path, { value: 'DE811907980' })
  const limited = await newUser(berlin.entityId!, permissions({ 'counterpart_vat_id:delete': 'not_allowed' }, 'allowed_for_own'))
  const { body: own } = await limited.post(path, { value: 'DE136695976' })
  expect((await limited.get(path)).body.data).toEqual([own])
  expect((await limited.get(`${path}/${others.id}`)).status).toBe(403)
  expect((await limited.patch(`${path}/${others.id}`, { value: 'X' })).status).toBe(403)
  expect((await limited.patch(`${path}/${own.id}`, { country: 'DE' })).body).toEqual({ ...own, country: 'DE' })
  expect((await limited.delete(`${path}/${own.id}`)).status).toBe(403)
})
