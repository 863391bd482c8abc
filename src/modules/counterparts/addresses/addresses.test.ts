import { expect, test } from 'vitest'
import { world } from '../../../../test/support/world.ts'
import { acme, dana, marseille } from '../counterparts.samples.ts'

test('an address is added, read, changed and deleted below its counterpart only', async () => {
  const { berlin, sql } = await world()
  const [{ body: company }, { body: person }] = await Promise.all([
    berlin.post('/counterparts', acme),
    berlin.post('/counterparts', dana),
  ])
  const path = `/counterparts/${company.id}/addresses`
  const { status, body: depot } = await berlin.post(path, { ...marseille, line2: '' })
  expect(status).toBe(201)
  expect(depot).toEqual({ id: depot.id, counterpart_id: company.id, ...marseille, line2: null, state: null })
  expect((await berlin.get(`${path}/${depot.id}`)).body).toEqual(depot)
  expect((await berlin.get(path)).body.data.map(({ id }: { id: string }) => id)).toEqual([
    company.default_billing_address_id,
    depot.id,
  ])
  const { body: changed } = await berlin.patch(`${path}/${depot.id}`, { line2: 'Quai 4', city: 'Toulon' })
  expect(changed).toEqual({ ...depot, line2: 'Quai 4', city: 'Toulon' })
  const elsewhere = `/counterparts/${person.id}/addresses/${depot.id}`
  expect((await berlin.get(elsewhere)).body).toEqual({ error: { message: 'Counterpart address not found' } })
  expect((await berlin.patch(elsewhere, { city: 'Nice' })).status).toBe(404)
  expect((await berlin.delete(elsewhere)).status).toBe(404)
  expect((await berlin.delete(`${path}/${depot.id}`)).status).toBe(204)
  expect((await berlin.get(`${path}/${depot.id}`)).status).toBe(404)
  const events = await sql<{ event: string }>('select event from events where object_id = $1 order by created_at', [depot.id])
  expect(events.map(({ event }) => event)).toEqual(['created', 'update', 'delete'])
})

test('an address that moves to the USA needs its state', async () => {
  const { berlin } = await world()
  const { body: company } = await berlin.post('/counterparts', acme)
  const path = `/counterparts/${company.id}/addresses`
  const { body: office } = await berlin.post(path, marseille)
  expect((await berlin.patch(`${path}/${office.id}`, { country: 'US' })).status).toBe(422)
  expect((await berlin.patch(`${path}/${office.id}`, { country: 'US', state: 'LA' })).status).toBe(200)
  expect((await berlin.patch(`${path}/${office.id}`, { state: null })).status).toBe(422)
  expect((await berlin.patch(`${path}/${office.id}`, { country: 'IC', state: null })).body).toMatchObject({
    country: 'IC',
    state: null,
  })
})

test('a field that an address needs can not be cleared', async () => {
  const { berlin } = await world()
  const { body: company } = await berlin.post('/counterparts', acme)
  const path = `/counterparts/${company.id}/addresses`
  for (const field of ['city', 'country', 'line1', 'postal_code']) {
    expect((await berlin.patch(`${path}/${company.default_billing_address_id}`, { [field]: null })).status).toBe(422)
    const { [field as 'city']: _, ...rest } = marseille
    expect((await berlin.post(path, rest, { beyond: true })).status).toBe(422)
  }
  expect((await berlin.post(path, { ...marseille, line1: '' })).status).toBe(422)
  expect((await berlin.post(path, { ...marseille, is_default: true }, { beyond: true })).status).toBe(422)
})

test('when a default address goes, the oldest that is left bills and none ships; the last one stays', async () => {
  const { berlin } = await world()
  const { body: company } = await berlin.post('/counterparts', acme)
  const path = `/counterparts/${company.id}`
  const { body: second } = await berlin.post(`${path}/addresses`, marseille)
  const { body: third } = await berlin.post(`${path}/addresses`, marseille)
  await berlin.patch(path, { default_billing_address_id: third.id, default_shipping_address_id: third.id, organization: {} })
  await berlin.delete(`${path}/addresses/${third.id}`)
  expect((await berlin.get(path)).body).toMatchObject({
    default_billing_address_id: company.default_billing_address_id,
    default_shipping_address_id: null,
  })
  await berlin.patch(path, { default_shipping_address_id: second.id, organization: {} })
  await berlin.delete(`${path}/addresses/${company.default_billing_address_id}`)
  expect((await berlin.get(path)).body).toMatchObject({
    default_billing_address_id: second.id,
    default_shipping_address_id: second.id,
  })
  expect((await berlin.delete(`${path}/addresses/${second.id}`)).status).toBe(409)
  expect((await berlin.get(`${path}/addresses`)).body.data).toEqual([second])
})

test('two deletions at once still leave an address', async () => {
  const { berlin } = await world()
  const { body: company } = await berlin.post('/counterparts', acme)
  const path = `/counterparts/${company.id}/addresses`
  const { body: second } = await berlin.post(path, marseille)
  const answers = await Promise.all([
    berlin.delete(`${path}/${second.id}`),
    berlin.delete(`${path}/${company.default_billing_address_id}`),
  ])
  expect(answers.map(({ status }) => status).sort()).toEqual([204, 409])
  expect((await berlin.get(path)).body.data).toHaveLength(1)
})
