import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { permissions, type World, world } from '../../../../test/support/world.ts'
import { asEntity } from '../../../platform/database/context.ts'
import { customRatesById } from './custom-vat-rates.service.ts'

const quebec = {
  name: 'GST + QST',
  components: [
    { name: 'GST', value: 500 },
    { name: 'QST', value: 997.5 },
  ],
}

test('a rate is created, read, changed, listed and gone after deletion', async () => {
  const { berlin } = await world()
  const { status, body: rate } = await berlin.post('/custom_vat_rates', quebec)
  expect(status).toBe(201)
  expect(rate).toEqual({
    id: rate.id,
    created_at: rate.created_at,
    updated_at: rate.updated_at,
    created_by_entity_user_id: berlin.userId,
    ...quebec,
    value: 1497.5,
  })
  const path = `/custom_vat_rates/${rate.id}`
  expect((await berlin.get(path)).body).toEqual(rate)
  const { body: renamed } = await berlin.patch(path, { name: 'Québec' })
  expect(renamed).toEqual({ ...rate, name: 'Québec', updated_at: renamed.updated_at })
  const { body: changed } = await berlin.patch(path, { components: [{ name: 'HST', value: 1300 }] })
  expect(changed).toMatchObject({ name: 'Québec', components: [{ name: 'HST', value: 1300 }], value: 1300 })
  expect((await berlin.get('/custom_vat_rates')).body).toEqual({ data: [changed] })
  expect((await berlin.delete(path)).status).toBe(204)
  expect((await berlin.get(path)).body).toEqual({ error: { message: 'Custom VAT rate not found' } })
  expect((await berlin.delete(path)).status).toBe(404)
  expect((await berlin.get('/custom_vat_rates')).body).toEqual({ data: [] })
})

test('a rate is the exact sum of its components, each with two decimals', async () => {
  const { berlin } = await world()
  const values = async (...values: number[]) => {
    const components = values.map((value, i) => ({ name: `T${i}`, value }))
    const { body } = await berlin.post('/custom_vat_rates', { name: 'A', components })
    return [body.value, ...body.components.map(({ value }: { value: number }) => value)]
  }
  expect(await values(1212.5)).toEqual([1212.5, 1212.5])
  expect(await values(0.1, 0.2)).toEqual([0.3, 0.1, 0.2])
  expect(await values(1.005, 2.004)).toEqual([3.01, 1.01, 2])
  expect(await values(1e-7)).toEqual([0, 0])
  expect(await values(0)).toEqual([0, 0])
  expect(await values(...Array(10).fill(10_000))).toEqual([100_000, ...Array(10).fill(10_000)])
  expect(await values(...Array(10).fill(0.07))).toEqual([0.7, ...Array(10).fill(0.07)])
})

test('shapes and limits are checked', async () => {
  const { berlin } = await world()
  const part = { name: 'A', value: 100 }
  for (const changes of [
    { name: undefined },
    { name: 'x'.repeat(65) },
    { components: undefined },
    { components: [] },
    { components: Array(11).fill(part) },
    { components: [{ name: 'A' }] },
    { components: [{ value: 100 }] },
    { components: [{ ...part, name: 'x'.repeat(65) }] },
    { components: [{ ...part, value: -1 }] },
    { components: [{ ...part, value: 10_000.01 }] },
    { components: [{ ...part, value: '100' }] },
    { components: [{ ...part, country: 'CA' }] },
    { value: 1497.5 },
  ])
    expect((await berlin.post('/custom_vat_rates', { ...quebec, ...changes }, { beyond: true })).status).toBe(422)
  const { body: rate } = await berlin.post('/custom_vat_rates', quebec)
  for (const field of ['name', 'components'])
    expect((await berlin.patch(`/custom_vat_rates/${rate.id}`, { [field]: null })).status).toBe(422)
  expect((await berlin.patch(`/custom_vat_rates/${rate.id}`, {})).body).toEqual(rate)
})

test('rates belong to the entity and to those who handle documents', async () => {
  const { berlin, paris, newUser } = await world()
  const { body: rate } = await berlin.post('/custom_vat_rates', quebec)
  const path = `/custom_vat_rates/${rate.id}`
  for (const { status } of [await paris.get(path), await paris.patch(path, { name: 'B' }), await paris.delete(path)])
    expect(status).toBe(404)
  expect((await paris.get('/custom_vat_rates')).body.data).toEqual([])
  const reader = await newUser(berlin.entityId!, permissions({ 'receivable:read': 'allowed' }, 'not_allowed'))
  expect((await reader.get('/custom_vat_rates')).body.data).toEqual([rate])
  expect((await reader.post('/custom_vat_rates', quebec)).body).toEqual({
    error: { message: 'Action create for receivable not allowed' },
  })
  expect((await reader.patch(path, { name: 'B' })).status).toBe(403)
  expect((await reader.delete(path)).status).toBe(403)
  const stranger = await newUser(berlin.entityId!, permissions({ 'product:read': 'allowed' }, 'not_allowed'))
  expect((await stranger.get(path)).status).toBe(403)
})

test('a role limited to its own picks from all rates and changes those its user made', async () => {
  const { berlin, newUser } = await world()
  const { body: rate } = await berlin.post('/custom_vat_rates', quebec)
  const limited = await newUser(berlin.entityId!, permissions({}, 'allowed_for_own'))
  const { body: own } = await limited.post('/custom_vat_rates', quebec)
  expect((await limited.get('/custom_vat_rates')).body.data).toEqual([rate, own])
  expect((await limited.get(`/custom_vat_rates/${rate.id}`)).body).toEqual(rate)
  expect((await limited.patch(`/custom_vat_rates/${rate.id}`, { name: 'B' })).status).toBe(403)
  expect((await limited.delete(`/custom_vat_rates/${rate.id}`)).status).toBe(403)
  expect((await limited.delete(`/custom_vat_rates/${own.id}`)).status).toBe(204)
})

test('documents look up the living rates of their entity, all at once', async () => {
  const w: World = await world()
  const make = async (client: World['berlin'], name: string) =>
    (await client.post('/custom_vat_rates', { ...quebec, name })).body.id as string
  const [one, two, gone, foreign] = [
    await make(w.berlin, 'One'),
    await make(w.berlin, 'Two'),
    await make(w.berlin, 'Gone'),
    await make(w.paris, 'Foreign'),
  ]
  await w.berlin.delete(`/custom_vat_rates/${gone}`)
  const who = { partnerId: w.partner_id, entityId: w.berlin.entityId!, userId: null }
  const [found, none] = await asEntity(w.machinery.db, who, async (ctx) => [
    await customRatesById(ctx, [one, two, two, gone, foreign, randomUUID()]),
    await customRatesById(ctx, []),
  ])
  expect([...found!.keys()].sort()).toEqual([one, two].sort())
  expect(found!.get(two)).toEqual({ id: two, name: 'Two', components: quebec.components, value: 1497.5 })
  expect(none!.size).toBe(0)
})
