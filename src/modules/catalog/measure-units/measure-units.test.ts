import { expect, test } from 'vitest'
import { permissions, world } from '../../../../test/support/world.ts'

test('a measure unit is created, read, changed, listed and gone after deletion', async () => {
  const { berlin } = await world()
  const { status, body: unit } = await berlin.post('/measure_units', { name: 'Stück', id: 'mine' })
  expect(status).toBe(201)
  expect(unit).toEqual({
    id: unit.id,
    created_at: unit.created_at,
    updated_at: unit.updated_at,
    name: 'Stück',
    description: null,
  })
  const path = `/measure_units/${unit.id}`
  expect((await berlin.get(path)).body).toEqual(unit)
  expect((await berlin.patch(path, { description: 'Pieces' })).body).toMatchObject({ name: 'Stück', description: 'Pieces' })
  expect((await berlin.patch(path, { description: null })).body.description).toBeNull()
  await berlin.post('/measure_units', { name: 'Stück' })
  expect((await berlin.get('/measure_units')).body.data).toHaveLength(2)
  expect((await berlin.delete(path)).status).toBe(204)
  expect((await berlin.get(path)).body).toEqual({ error: { message: 'Measure unit not found' } })
  expect((await berlin.delete(path)).status).toBe(404)
})

test('a unit that a product is sold in stays until the product is gone', async () => {
  const { berlin } = await world()
  const { body: unit } = await berlin.post('/measure_units', { name: 'kg' })
  const { body: product } = await berlin.post('/products', { name: 'Sand', measure_unit_id: unit.id })
  expect((await berlin.delete(`/measure_units/${unit.id}`)).status).toBe(409)
  await berlin.delete(`/products/${product.id}`)
  expect((await berlin.delete(`/measure_units/${unit.id}`)).status).toBe(204)
})

test('names have their limits', async () => {
  const { berlin } = await world()
  const { body: unit } = await berlin.post('/measure_units', { name: 'x'.repeat(100), description: 'y'.repeat(200) })
  expect((await berlin.patch(`/measure_units/${unit.id}`, { name: null })).status).toBe(422)
  for (const body of [
    {},
    { name: '' },
    { name: 'x'.repeat(101) },
    { name: 'A', description: 'y'.repeat(201) },
    { name: 'A\u0000' },
  ])
    expect((await berlin.post('/measure_units', body, { beyond: true })).status).toBe(422)
  expect((await berlin.get('/measure_units/7', { beyond: true })).status).toBe(422)
})

test('units are read with documents or products, and changed with documents', async () => {
  const { berlin, paris, newUser } = await world()
  const { body: unit } = await berlin.post('/measure_units', { name: 'kg' })
  const path = `/measure_units/${unit.id}`
  for (const { status } of [await paris.get(path), await paris.patch(path, { name: 'B' }), await paris.delete(path)])
    expect(status).toBe(404)
  const seller = await newUser(
    berlin.entityId!,
    permissions({ 'product:read': 'allowed', 'product:create': 'allowed' }, 'not_allowed'),
  )
  expect((await seller.get('/measure_units')).body.data).toEqual([unit])
  expect((await seller.post('/measure_units', { name: 'B' })).status).toBe(403)
  const nobody = await newUser(berlin.entityId!, permissions({}, 'not_allowed'))
  expect((await nobody.get('/measure_units')).status).toBe(403)
  const limited = await newUser(berlin.entityId!, permissions({}, 'allowed_for_own'))
  expect((await limited.get(path)).body).toEqual(unit)
  expect((await limited.patch(path, { name: 'B' })).status).toBe(403)
  expect((await limited.delete(path)).status).toBe(403)
  const { body: own } = await limited.post('/measure_units', { name: 'g' })
  expect((await limited.get('/measure_units')).body.data).toEqual([unit, own])
  expect((await limited.delete(`/measure_units/${own.id}`)).status).toBe(204)
})
