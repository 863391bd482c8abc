import { expect, test } from 'vitest'
import { good, no } from '../../../test/support/invoicing.ts'
import { type Body, type Client, permissions, world } from '../../../test/support/world.ts'
import { acme } from '../counterparts/counterparts.samples.ts'

const NOWHERE = '00000000-0000-4000-8000-000000000000'
const company = async (who: Client) => good(await who.post('/counterparts', acme)).id as string
const code = (object_id: string, changes: object = {}) => ({
  object_type: 'counterpart',
  object_id,
  field_name: 'default_account_code',
  field_value: '4400',
  ...changes,
})

test('a counterpart has its account and its tax code; a deleted one is answered once more, then gone', async () => {
  const { berlin } = await world()
  const id = await company(berlin)
  const { status, body: account } = await berlin.post('/data_exports/extra_data', code(id))
  expect(status).toBe(201)
  expect(account).toEqual({
    id: account.id,
    created_at: account.created_at,
    updated_at: account.updated_at,
    created_by: berlin.userId,
    ...code(id),
  })
  const path = `/data_exports/extra_data/${account.id}`
  expect((await berlin.get(path)).body).toEqual(account)
  const { body: changed } = await berlin.patch(path, { field_value: '4410' })
  expect(changed).toEqual({ ...account, field_value: '4410', updated_at: changed.updated_at })
  expect((await berlin.patch(path, { field_name: 'default_tax_rate_code' })).body.field_name).toBe('default_tax_rate_code')
  const last = (await berlin.get(path)).body
  const removed = await berlin.delete(path)
  expect([removed.status, removed.body]).toEqual([200, last])
  for (const answer of [await berlin.get(path), await berlin.patch(path, {}), await berlin.delete(path)])
    expect(no(answer)).toEqual([404, 'Extra data not found'])
})

test('a field of a counterpart has one value', async () => {
  const { berlin } = await world()
  const [one, two] = [await company(berlin), await company(berlin)]
  const post = async (body: object) => await berlin.post('/data_exports/extra_data', body)
  const first = good(await post(code(one)))
  const twice = [400, 'This counterpart has a value for this field already']
  expect(no(await post(code(one, { field_value: '1' })))).toEqual(twice)
  const tax = good(await post(code(one, { field_name: 'default_tax_rate_code' })))
  const other = good(await post(code(two)))
  const patch = (id: string, body: object) => berlin.patch(`/data_exports/extra_data/${id}`, body)
  expect(no(await patch(tax.id, { field_name: 'default_account_code' }))).toEqual(twice)
  expect(no(await patch(other.id, { object_id: one }))).toEqual(twice)
  good(await berlin.delete(`/data_exports/extra_data/${first.id}`))
  expect((await post(code(one))).status).toBe(201)
})

test('the counterpart has to be one of the entity; nothing may be null', async () => {
  const { berlin, paris } = await world()
  const mine = await company(berlin)
  const theirs = await company(paris)
  const { id } = good(await berlin.post('/data_exports/extra_data', code(mine)))
  for (const object_id of [theirs, NOWHERE]) {
    expect(no(await berlin.post('/data_exports/extra_data', code(object_id)))).toEqual([400, 'Counterpart not found'])
    expect(no(await berlin.patch(`/data_exports/extra_data/${id}`, { object_id }))).toEqual([404, 'Counterpart not found'])
  }
  for (const field of ['field_name', 'field_value', 'object_id', 'object_type'])
    expect((await berlin.patch(`/data_exports/extra_data/${id}`, { [field]: null })).status).toBe(422)
  for (const changes of [{ field_name: 'iban' }, { object_type: 'product' }, { field_value: 1 }, { more: 1 }])
    expect((await berlin.post('/data_exports/extra_data', code(mine, changes), { beyond: true })).status).toBe(422)
  expect((await paris.get(`/data_exports/extra_data/${id}`)).status).toBe(404)
})

test('they are filtered, sorted and paged; writing needs export.create, reading export.read', async () => {
  const { berlin, newUser } = await world()
  const [one, two] = [await company(berlin), await company(berlin)]
  const make = async (body: object): Promise<Body> => good(await berlin.post('/data_exports/extra_data', body))
  const [a, b, c] = [
    await make(code(one)),
    await make(code(two, { field_value: '4401' })),
    await make(code(one, { field_name: 'default_tax_rate_code', field_value: 'OUTPUT2' })),
  ]
  const found = async (query: string, who = berlin) =>
    good(await who.get(`/data_exports/extra_data?${query}`)).data.map(({ id }: Body) => id)
  expect(await found('')).toEqual([a.id, b.id, c.id])
  expect(await found('sort=created_at&order=desc')).toEqual([c.id, b.id, a.id])
  expect(await found('sort=id')).toEqual([a.id, b.id, c.id].sort())
  expect(await found(`object_id=${one}`)).toEqual([a.id, c.id])
  expect(await found('field_name=default_account_code')).toEqual([a.id, b.id])
  expect(await found('field_value=4401')).toEqual([b.id])
  good(await berlin.patch(`/data_exports/extra_data/${a.id}`, { field_value: '4402' }))
  expect(await found(`updated_at__gt=${encodeURIComponent(c.updated_at)}`)).toEqual([a.id])
  expect(await found(`created_at__lte=${encodeURIComponent(b.created_at)}`)).toEqual([a.id, b.id])
  const { body: first } = await berlin.get('/data_exports/extra_data?limit=2')
  expect(await found(`pagination_token=${first.next_pagination_token}`)).toEqual([c.id])
  expect((await berlin.get('/data_exports/extra_data?pagination_token=x')).status).toBe(422)
  expect((await berlin.get('/data_exports/extra_data?sort=field_name', { beyond: true })).status).toBe(422)
  const reader = await newUser(berlin.entityId!, permissions({ 'export:read': 'allowed' }, 'not_allowed'))
  expect(await found('', reader)).toHaveLength(3)
  for (const answer of [
    await reader.post('/data_exports/extra_data', code(two)),
    await reader.patch(`/data_exports/extra_data/${a.id}`, {}),
    await reader.delete(`/data_exports/extra_data/${a.id}`),
  ])
    expect(no(answer)).toEqual([403, 'Action create for export not allowed'])
})
