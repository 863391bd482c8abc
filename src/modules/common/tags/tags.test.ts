import { expect, test } from 'vitest'
import { world } from '../../../../test/support/world.ts'

test('a tag name is unique within its entity, and only there', async () => {
  const { berlin, paris } = await world()
  expect((await berlin.post('/tags', { name: 'Marketing' })).status).toBe(201)
  expect((await berlin.post('/tags', { name: 'Marketing' })).status).toBe(400)
  expect((await berlin.post('/tags', { name: 'marketing' })).status).toBe(201)
  expect((await paris.post('/tags', { name: 'Marketing' })).status).toBe(201)
})

test('a tag is created, read, changed, listed and gone after deletion', async () => {
  const { berlin, work, sql } = await world()
  const { body: tag } = await berlin.post('/tags', { name: 'Rent', category: 'cost_center' })
  expect(tag).toMatchObject({
    name: 'Rent',
    category: 'cost_center',
    description: null,
    created_by_entity_user_id: berlin.userId,
  })
  expect((await berlin.get(`/tags/${tag.id}`)).body).toEqual(tag)
  const { body: changed } = await berlin.patch(`/tags/${tag.id}`, { description: 'Monthly', category: null })
  expect(changed).toMatchObject({ name: 'Rent', description: 'Monthly', category: null })
  expect((await berlin.get('/tags?name__in=Rent')).body.data).toHaveLength(1)
  expect((await berlin.delete(`/tags/${tag.id}`)).status).toBe(204)
  expect((await berlin.get(`/tags/${tag.id}`)).body).toEqual({ error: { message: 'Tag not found' } })
  expect((await berlin.delete(`/tags/${tag.id}`)).status).toBe(404)
  expect((await berlin.get('/tags')).body.data).toEqual([])
  await work()
  const events = await sql('select event from events where object_id = $1 order by created_at', [tag.id])
  expect(events.map(({ event }) => event)).toEqual(['created', 'updated', 'deleted'])
})

test('a list is walked forth and back by its tokens, each row once', async () => {
  const { berlin } = await world()
  for (let i = 0; i < 7; i++) await berlin.post('/tags', { name: `T${i}` })
  const forth: string[] = []
  let page = (await berlin.get('/tags?limit=3')).body
  expect(page.prev_pagination_token).toBeNull()
  const pages = [page]
  while (page.next_pagination_token) {
    page = (await berlin.get(`/tags?pagination_token=${page.next_pagination_token}`)).body
    pages.push(page)
  }
  for (const { data } of pages) forth.push(...data.map((tag: { name: string }) => tag.name))
  expect(forth).toEqual(['T0', 'T1', 'T2', 'T3', 'T4', 'T5', 'T6'])
  const back = (await berlin.get(`/tags?pagination_token=${page.prev_pagination_token}`)).body
  expect(back.data.map((tag: { name: string }) => tag.name)).toEqual(['T3', 'T4', 'T5'])
  const first = (await berlin.get(`/tags?pagination_token=${back.prev_pagination_token}`)).body
  expect(first.data.map((tag: { name: string }) => tag.name)).toEqual(['T0', 'T1', 'T2'])
  expect(first.prev_pagination_token).toBeNull()
})
