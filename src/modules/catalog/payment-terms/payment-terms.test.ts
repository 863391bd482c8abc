import { expect, test } from 'vitest'
import { permissions, world } from '../../../../test/support/world.ts'

const early = {
  name: '2/10 net 30',
  description: 'Two percent within ten days',
  term_1: { number_of_days: 10, discount: 200 },
  term_final: { number_of_days: 30 },
}

test('payment terms are created, read, changed, listed and gone after deletion', async () => {
  const { berlin } = await world()
  const { status, body: terms } = await berlin.post('/payment_terms', early)
  expect(status).toBe(201)
  expect(terms).toEqual({ id: terms.id, ...early, term_2: null })
  const path = `/payment_terms/${terms.id}`
  expect((await berlin.get(path)).body).toEqual(terms)
  const { body: changed } = await berlin.patch(path, { term_2: { number_of_days: 20, discount: 100 }, description: null })
  expect(changed).toEqual({ ...terms, description: null, term_2: { number_of_days: 20, discount: 100 } })
  expect((await berlin.patch(path, { term_1: null, term_2: null, name: 'Net 30' })).body).toMatchObject({
    name: 'Net 30',
    term_1: null,
    term_2: null,
  })
  expect((await berlin.get('/payment_terms')).body.data).toHaveLength(1)
  expect((await berlin.delete(path)).status).toBe(204)
  expect((await berlin.get(path)).body).toEqual({ error: { message: 'Payment term not found' } })
  expect((await berlin.delete(path)).status).toBe(404)
  expect((await berlin.get('/payment_terms')).body).toEqual({ data: [] })
})

test('each tier ends later than the one before, and a second needs a first', async () => {
  const { berlin } = await world()
  const post = async (changes: object) => (await berlin.post('/payment_terms', { ...early, ...changes })).status
  expect(await post({ term_1: null, term_final: { number_of_days: 0 } })).toBe(201)
  expect(await post({ term_final: { number_of_days: 10 } })).toBe(400)
  expect(await post({ term_2: { number_of_days: 10, discount: 0 } })).toBe(400)
  expect(await post({ term_2: { number_of_days: 30, discount: 0 } })).toBe(400)
  expect(await post({ term_1: null, term_2: { number_of_days: 20, discount: 0 } })).toBe(400)
  const { body: terms } = await berlin.post('/payment_terms', early)
  const path = `/payment_terms/${terms.id}`
  expect((await berlin.patch(path, { term_final: { number_of_days: 5 } })).status).toBe(400)
  expect((await berlin.patch(path, { term_1: { number_of_days: 31, discount: 100 } })).status).toBe(400)
  expect((await berlin.patch(path, { term_1: null, term_2: { number_of_days: 5, discount: 100 } })).status).toBe(400)
  expect(
    (await berlin.patch(path, { term_1: { number_of_days: 31, discount: 100 }, term_final: { number_of_days: 60 } })).status,
  ).toBe(200)
})

test('shapes and limits are checked', async () => {
  const { berlin } = await world()
  const post = async (changes: object) => (await berlin.post('/payment_terms', { ...early, ...changes }, { beyond: true })).status
  expect(await post({ name: 'x'.repeat(101) })).toBe(422)
  expect(await post({ description: 'x'.repeat(256) })).toBe(422)
  expect(await post({ term_final: null })).toBe(422)
  expect(await post({ term_final: { number_of_days: 30, discount: 100 } })).toBe(422)
  expect(await post({ term_final: { end_date: '2026-12-31' } })).toBe(422)
  expect(await post({ term_1: { number_of_days: 10 } })).toBe(422)
  expect(await post({ term_1: { number_of_days: 10, discount: 10_001 } })).toBe(422)
  expect(await post({ term_1: { number_of_days: -1, discount: 100 } })).toBe(422)
  const { body: terms } = await berlin.post('/payment_terms', early)
  for (const field of ['name', 'term_final'])
    expect((await berlin.patch(`/payment_terms/${terms.id}`, { [field]: null })).status).toBe(422)
})

test('terms belong to the entity and to those who handle documents', async () => {
  const { berlin, paris, newUser } = await world()
  const { body: terms } = await berlin.post('/payment_terms', early)
  const path = `/payment_terms/${terms.id}`
  for (const { status } of [await paris.get(path), await paris.patch(path, { name: 'B' }), await paris.delete(path)])
    expect(status).toBe(404)
  expect((await paris.get('/payment_terms')).body.data).toEqual([])
  const reader = await newUser(berlin.entityId!, permissions({ 'receivable:read': 'allowed' }, 'not_allowed'))
  expect((await reader.get('/payment_terms')).body.data).toEqual([terms])
  expect((await reader.post('/payment_terms', early)).body).toEqual({
    error: { message: 'Action create for receivable not allowed' },
  })
  expect((await reader.patch(path, { name: 'B' })).status).toBe(403)
  expect((await reader.delete(path)).status).toBe(403)
  const limited = await newUser(berlin.entityId!, permissions({}, 'allowed_for_own'))
  expect((await limited.get(path)).body).toEqual(terms)
  expect((await limited.patch(path, { name: 'B' })).status).toBe(403)
  expect((await limited.delete(path)).status).toBe(403)
})
