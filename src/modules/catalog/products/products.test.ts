import { expect, test } from 'vitest'
import { permissions, world } from '../../../../test/support/world.ts'

const NOWHERE = '00000000-0000-4000-8000-000000000000'
const namesOf = ({ body }: { body: { data: { name: string }[] } }) => body.data.map(({ name }) => name)

test('a product is created, read, changed and gone after deletion', async () => {
  const { berlin, sql } = await world()
  const { body: unit } = await berlin.post('/measure_units', { name: 'hour' })
  const { status, body: product } = await berlin.post('/products', {
    name: 'Consulting',
    type: 'service',
    price: { currency: 'EUR', value: 12_500 },
    smallest_amount: 0.25,
    measure_unit_id: unit.id,
    external_reference: 'C-1',
  })
  expect(status).toBe(201)
  expect(product).toEqual({
    id: product.id,
    created_at: product.created_at,
    updated_at: product.updated_at,
    entity_id: berlin.entityId,
    entity_user_id: berlin.userId,
    name: 'Consulting',
    type: 'service',
    description: null,
    price: { currency: 'EUR', value: 12_500 },
    smallest_amount: 0.25,
    measure_unit_id: unit.id,
    external_reference: 'C-1',
    ledger_account_id: null,
  })
  const path = `/products/${product.id}`
  expect((await berlin.get(path)).body).toEqual(product)
  const { body: changed } = await berlin.patch(path, { price: { currency: 'JPY', value: 900 }, measure_unit_id: null })
  expect(changed).toMatchObject({
    price: { currency: 'JPY', value: 900 },
    measure_unit_id: null,
    name: 'Consulting',
    smallest_amount: 0.25,
  })
  expect((await berlin.patch(path, { price: null, type: null, description: 'By the hour' })).body).toMatchObject({
    price: null,
    type: 'product',
    description: 'By the hour',
  })
  expect((await berlin.delete(path)).status).toBe(204)
  expect((await berlin.get(path)).body).toEqual({ error: { message: 'Product not found' } })
  expect((await berlin.delete(path)).status).toBe(404)
  const events = await sql<{ event: string }>('select event from events where object_id = $1 order by created_at', [product.id])
  expect(events.map(({ event }) => event)).toEqual(['created', 'updated', 'updated', 'deleted'])
})

test('only a name is needed; the rest has its limits', async () => {
  const { berlin } = await world()
  const status = async (body: object, beyond = true) => (await berlin.post('/products', body, { beyond })).status
  const { body } = await berlin.post('/products', { name: 'Bolt' })
  expect(body).toMatchObject({ type: 'product', price: null, smallest_amount: null })
  const big = { currency: 'EUR', value: Number.MAX_SAFE_INTEGER }
  expect((await berlin.post('/products', { name: 'Moon', price: big })).body.price).toEqual(big)
  expect(await status({})).toBe(422)
  expect(await status({ name: '' })).toBe(422)
  expect(await status({ name: 'x'.repeat(101) })).toBe(422)
  expect(await status({ name: 'A\u0000B' })).toBe(422)
  expect(await status({ name: 'A', price: { value: 100 } })).toBe(422)
  expect(await status({ name: 'A', price: { currency: 'EUR', value: -1 } })).toBe(422)
  expect(await status({ name: 'A', price: { currency: 'EUR', value: 1.5 } })).toBe(422)
  expect(await status({ name: 'A', smallest_amount: -1 })).toBe(422)
  expect(await status({ name: 'A', is_inline: true })).toBe(422)
  expect((await berlin.patch(`/products/${body.id}`, { name: null })).status).toBe(422)
  // A description that could be made can be saved again.
  expect((await berlin.patch(`/products/${body.id}`, { description: 'x'.repeat(2000) }, { beyond: true })).status).toBe(200)
})

test('the measure unit is one of the entity', async () => {
  const { berlin, paris } = await world()
  const { body: foreign } = await paris.post('/measure_units', { name: 'heure' })
  const { body: gone } = await berlin.post('/measure_units', { name: 'hour' })
  await berlin.delete(`/measure_units/${gone.id}`)
  const { body: product } = await berlin.post('/products', { name: 'A' })
  for (const measure_unit_id of [foreign.id, gone.id, NOWHERE]) {
    expect((await berlin.post('/products', { name: 'B', measure_unit_id })).status).toBe(400)
    expect((await berlin.patch(`/products/${product.id}`, { measure_unit_id })).status).toBe(404)
  }
  expect(namesOf(await berlin.get('/products'))).toEqual(['A'])
})

test('products are filtered and sorted', async () => {
  const { berlin, sql } = await world()
  const { body: unit } = await berlin.post('/measure_units', { name: 'kg' })
  await berlin.post('/products', { name: 'Zement', price: { currency: 'EUR', value: 500 }, measure_unit_id: unit.id })
  const { body: paint } = await berlin.post('/products', { name: 'Ölfarbe', price: { currency: 'USD', value: 900 } })
  const { body: work } = await berlin.post('/products', { name: 'anstreichen', type: 'service' })
  const inline = await berlin.post('/products', { name: 'Only on a document' })
  await sql('update products set is_inline = true where id = $1', [inline.body.id])
  const found = async (query: string) => namesOf(await berlin.get(`/products?${query}`))
  expect(await found('')).toEqual(['Zement', 'Ölfarbe', 'anstreichen'])
  expect(await found('sort=name')).toEqual(['anstreichen', 'Ölfarbe', 'Zement'])
  expect(await found('sort=name&order=desc')).toEqual(['Zement', 'Ölfarbe', 'anstreichen'])
  expect(await found('name=Zement')).toEqual(['Zement'])
  expect(await found('name=zement')).toEqual([])
  expect(await found('name__contains=farbe')).toEqual(['Ölfarbe'])
  expect(await found(`name__icontains=${encodeURIComponent('öLFARBE')}`)).toEqual(['Ölfarbe'])
  expect(await found('type=service')).toEqual(['anstreichen'])
  expect(await found('price=500')).toEqual(['Zement'])
  expect(await found('price__gt=500')).toEqual(['Ölfarbe'])
  expect(await found('price__gte=500&price__lt=900')).toEqual(['Zement'])
  expect(await found('price__lte=900')).toEqual(['Zement', 'Ölfarbe'])
  expect(await found('currency=USD')).toEqual(['Ölfarbe'])
  expect(await found('currency__in=USD&currency__in=EUR')).toEqual(['Zement', 'Ölfarbe'])
  expect(await found(`measure_unit_id=${unit.id}`)).toEqual(['Zement'])
  expect(await found(`id__in=${work.id}`)).toEqual(['anstreichen'])
  expect(await found(`created_at__gte=${encodeURIComponent(paint.created_at)}`)).toEqual(['Ölfarbe', 'anstreichen'])
  expect((await berlin.get('/products?price=-1', { beyond: true })).status).toBe(422)
  expect((await berlin.get('/products?price=99999999999999999999')).status).toBe(422)
  expect((await berlin.get('/products?sort=price', { beyond: true })).status).toBe(422)
  expect((await berlin.get('/products?created_at__lt=yesterday', { beyond: true })).status).toBe(422)
})

test('nobody sees the products of another entity, and each action needs its permission', async () => {
  const { berlin, paris, newUser } = await world()
  const { body: product } = await berlin.post('/products', { name: 'A' })
  const path = `/products/${product.id}`
  for (const { status } of [await paris.get(path), await paris.patch(path, { name: 'B' }), await paris.delete(path)])
    expect(status).toBe(404)
  expect((await paris.get('/products')).body.data).toEqual([])
  const reader = await newUser(berlin.entityId!, permissions({ 'product:read': 'allowed' }, 'not_allowed'))
  expect((await reader.get(path)).status).toBe(200)
  expect((await reader.post('/products', { name: 'B' })).body).toEqual({
    error: { message: 'Action create for product not allowed' },
  })
  expect((await reader.patch(path, { name: 'B' })).status).toBe(403)
  expect((await reader.delete(path)).status).toBe(403)
  const limited = await newUser(berlin.entityId!, permissions({}, 'allowed_for_own'))
  const { body: own } = await limited.post('/products', { name: 'Own' })
  expect(namesOf(await limited.get('/products'))).toEqual(['Own'])
  expect((await limited.get(path)).status).toBe(403)
  expect((await limited.patch(path, { name: 'B' })).status).toBe(403)
  expect((await limited.delete(path)).status).toBe(403)
  expect((await limited.patch(`/products/${own.id}`, { name: 'Mine' })).body.name).toBe('Mine')
})
