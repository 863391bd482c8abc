import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { type Client, permissions, type World, world } from '../../../test/support/world.ts'

/** Nothing can be commented on yet: what the other operations are about is put into the table by hand. */
async function said(w: World, by: Client, text: string, payable: string = randomUUID()): Promise<string> {
  const [row] = await w.sql<{ id: string }>(
    `insert into comments (partner_id, entity_id, object_type, object_id, text, created_by_entity_user_id)
     values ($1, $2, 'payable', $3, $4, $5) returning id`,
    [w.partner_id, by.entityId, payable, text, by.userId],
  )
  return row!.id
}
// The check of requests against the contract doesn't see what stands behind the `?`, and would miss the payable there.
const list = (by: Client, payable: string, more = '') =>
  by.get(`/comments?object_type=payable&object_id=${payable}${more}`, { beyond: true })
const textsOf = ({ body }: { body: { data: { text: string }[] } }) => body.data.map(({ text }) => text)

test('there is no comment on a payable that does not exist', async () => {
  const { berlin, partnerIn, sql } = await world()
  const object_id = randomUUID()
  const post = (body: object) => berlin.post('/comments', { object_type: 'payable', object_id, text: 'Paid twice?', ...body })
  const missing = { error: { message: `There is no payable by provided id: ${object_id}` } }
  for (const { status, body } of [
    await post({}),
    await post({ reply_to_entity_user_id: berlin.userId }),
    await post({ reply_to_entity_user_id: randomUUID() }),
    await partnerIn(berlin.entityId!).post('/comments', { object_type: 'payable', object_id, text: 'A' }),
  ])
    expect([status, body]).toEqual([404, missing])
  expect(await sql('select from comments where entity_id = $1', [berlin.entityId])).toEqual([])
})

test('only payables are commented on', async () => {
  const { berlin } = await world()
  const post = async (body: object) =>
    (await berlin.post('/comments', { object_type: 'payable', object_id: randomUUID(), text: 'A', ...body }, { beyond: true }))
      .body
  expect((await post({ object_type: 'receivable' })).detail[0]).toMatchObject({ loc: ['body', 'object_type'], type: 'enum' })
  expect((await post({ object_id: '1' })).detail[0].loc).toEqual(['body', 'object_id'])
  expect((await post({ text: undefined })).detail[0].loc).toEqual(['body', 'text'])
  expect((await post({ reply_to_entity_user_id: 'ada' })).detail[0].loc).toEqual(['body', 'reply_to_entity_user_id'])
  expect((await post({ status: 'deleted' })).detail[0].loc).toEqual(['body', 'status'])
})

test('a comment is read, changed and gone after deletion', async () => {
  const w = await world()
  const { berlin, sql } = w
  const payable = randomUUID()
  const id = await said(w, berlin, 'Paid twice?', payable)
  const path = `/comments/${id}`
  const { body: comment } = await berlin.get(path)
  expect(comment).toEqual({
    id,
    created_at: comment.created_at,
    updated_at: comment.updated_at,
    created_by_entity_user_id: berlin.userId,
    entity_id: berlin.entityId,
    object_type: 'payable',
    object_id: payable,
    reply_to_entity_user_id: null,
    status: 'active',
    text: 'Paid twice?',
  })
  const colleague = await w.newUser(berlin.entityId!)
  const { body: changed } = await berlin.patch(path, { text: 'Ask Ada', reply_to_entity_user_id: colleague.userId })
  expect(changed).toMatchObject({ text: 'Ask Ada', reply_to_entity_user_id: colleague.userId })
  expect((await berlin.patch(path, { reply_to_entity_user_id: null })).body).toMatchObject({
    text: 'Ask Ada',
    reply_to_entity_user_id: null,
  })
  expect((await berlin.patch(path, { text: null })).status).toBe(422)
  expect((await berlin.patch(path, { object_id: payable }, { beyond: true })).status).toBe(422)
  expect((await berlin.delete(path)).status).toBe(204)
  expect((await berlin.get(path)).body).toEqual({ error: { message: 'Comment not found' } })
  expect((await berlin.patch(path, { text: 'A' })).status).toBe(404)
  expect((await berlin.delete(path)).status).toBe(404)
  expect(textsOf(await list(berlin, payable))).toEqual([])
  const events = await sql<{ event: string }>('select event from events where object_id = $1 order by created_at', [id])
  expect(events.map(({ event }) => event)).toEqual(['update', 'update', 'delete'])
})

test('whoever is answered is a user of the entity', async () => {
  const w = await world()
  const gone = await w.newUser(w.berlin.entityId!)
  await w.berlin.delete(`/entity_users/${gone.userId}`)
  const path = `/comments/${await said(w, w.berlin, 'A')}`
  for (const reply_to_entity_user_id of [w.paris.userId, gone.userId, randomUUID()]) {
    const { status, body } = await w.berlin.patch(path, { text: 'B', reply_to_entity_user_id })
    expect([status, body]).toEqual([404, { error: { message: 'Entity user not found' } }])
  }
  expect((await w.berlin.get(path)).body).toMatchObject({ text: 'A', reply_to_entity_user_id: null })
})

test('comments are listed for one payable, which has to be named', async () => {
  const w = await world()
  const { berlin } = w
  const [payable, other] = [randomUUID(), randomUUID()]
  for (const text of ['A', 'B', 'C']) await said(w, berlin, text, payable)
  await said(w, berlin, 'Elsewhere', other)
  const texts = async (more = '') => textsOf(await list(berlin, payable, more))
  expect(await texts()).toEqual(['A', 'B', 'C'])
  expect(await texts('&order=desc')).toEqual(['C', 'B', 'A'])
  expect((await texts('&sort=id')).sort()).toEqual(['A', 'B', 'C'])
  const { body: whole } = await list(berlin, payable)
  expect(await texts(`&created_at__gt=${encodeURIComponent(whole.data[0].created_at)}`)).toEqual(['B', 'C'])
  expect(await texts(`&created_at__lte=${encodeURIComponent(whole.data[1].created_at)}`)).toEqual(['A', 'B'])
  expect(textsOf(await list(berlin, randomUUID()))).toEqual([])
  const { body: first } = await list(berlin, payable, '&limit=2')
  expect(await texts(`&pagination_token=${first.next_pagination_token}`)).toEqual(['C'])
  expect((await list(berlin, payable, '&pagination_token=x')).status).toBe(422)
  for (const query of [
    '',
    '?object_type=payable',
    `?object_id=${payable}`,
    `?object_type=receivable&object_id=${payable}`,
    '?object_type=payable&object_id=1',
    `?object_type=payable&object_id=${payable}&sort=created_at`,
  ])
    expect((await berlin.get(`/comments${query}`, { beyond: true })).status, query).toBe(422)
})

test('nobody sees the comments of another entity, and each action needs its permission', async () => {
  const w = await world()
  const { berlin, paris, newUser } = w
  const payable = randomUUID()
  const path = `/comments/${await said(w, berlin, 'A', payable)}`
  for (const { status } of [await paris.get(path), await paris.patch(path, { text: 'B' }), await paris.delete(path)])
    expect(status).toBe(404)
  expect(textsOf(await list(paris, payable))).toEqual([])
  const reader = await newUser(
    berlin.entityId!,
    permissions({ 'comment:read': 'allowed', 'payable:read': 'allowed' }, 'not_allowed'),
  )
  expect(textsOf(await list(reader, payable))).toEqual(['A'])
  const post = await reader.post('/comments', { object_type: 'payable', object_id: payable, text: 'B' })
  expect(post.body).toEqual({ error: { message: 'Action create for comment not allowed' } })
  expect((await reader.patch(path, { text: 'B' })).status).toBe(403)
  expect((await reader.delete(path)).body).toEqual({ error: { message: 'Action delete for comment not allowed' } })
})

test('a role limited to its own sees and changes what its user said', async () => {
  const w = await world()
  const payable = randomUUID()
  const path = `/comments/${await said(w, w.berlin, 'A', payable)}`
  const limited = await w.newUser(w.berlin.entityId!, permissions({}, 'allowed_for_own'))
  const own = `/comments/${await said(w, limited, 'Own', payable)}`
  expect(textsOf(await list(limited, payable))).toEqual(['Own'])
  for (const { status } of [await limited.get(path), await limited.patch(path, { text: 'B' }), await limited.delete(path)])
    expect(status).toBe(403)
  expect((await limited.patch(own, { text: 'Mine' })).body.text).toBe('Mine')
  expect((await limited.delete(own)).status).toBe(204)
})

test('whoever may change comments may delete them', async () => {
  const w = await world()
  const editor = await w.newUser(
    w.berlin.entityId!,
    permissions({ 'comment:update': 'allowed', 'payable:read': 'allowed' }, 'not_allowed'),
  )
  expect((await editor.delete(`/comments/${await said(w, w.berlin, 'A')}`)).status).toBe(204)
})

test('a comment is seen by those who may see what it is about', async () => {
  const w = await world()
  const { body: bill } = await w.berlin.post('/payables', {})
  const { body: comment } = await w.berlin.post('/comments', { object_type: 'payable', object_id: bill.id, text: 'Paid twice?' })
  for (const [kind, message] of [
    ['not_allowed', 'Action read for payable not allowed'],
    ['allowed_for_own', 'This payable belongs to another user'],
  ] as const) {
    const colleague = await w.newUser(w.berlin.entityId!, permissions({ 'payable:read': kind }))
    const path = `/comments/${comment.id}`
    for (const answer of [
      await colleague.get(path),
      await colleague.patch(path, { text: 'Paid once' }),
      await colleague.delete(path),
      await colleague.get(`/comments?object_type=payable&object_id=${bill.id}`),
      await colleague.post('/comments', { object_type: 'payable', object_id: bill.id, text: 'I can see it' }),
    ])
      expect([answer.status, answer.body]).toEqual([403, { error: { message } }])
  }
  expect((await w.berlin.get(`/comments/${comment.id}`)).body.text).toBe('Paid twice?')

  // Nor by the page token of somebody who may, beside the id of what one may see.
  await w.berlin.post('/comments', { object_type: 'payable', object_id: bill.id, text: 'B' })
  const about = (id: string) => `/comments?object_type=payable&object_id=${id}`
  const { next_pagination_token: token } = (await w.berlin.get(`${about(bill.id)}&limit=1`)).body
  const limited = await w.newUser(w.berlin.entityId!, permissions({ 'payable:read': 'allowed_for_own' }))
  const { body: own } = await limited.post('/payables', {})
  expect((await limited.get(`${about(own.id)}&pagination_token=${token}`)).body.data).toEqual([])
})
