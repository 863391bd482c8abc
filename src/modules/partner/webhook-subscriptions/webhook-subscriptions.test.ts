import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { ownApp } from '../../../../test/support/own-app.ts'
import { type World, world } from '../../../../test/support/world.ts'
import { catalog } from '../../../platform/events/catalog.ts'
import { webhookObjects } from './webhook-subscriptions.schema.ts'

const url = 'http://127.0.0.1:9/hook'
const subscribe = async ({ partner }: World, more: object = {}) =>
  (await partner.post('/webhook_subscriptions', { object_type: 'tag', url, ...more })).body

test('the secret is shown when it is made, and never again', async () => {
  const w = await world()
  const made = await subscribe(w)
  const { secret, ...shown } = made
  expect(made).toEqual({
    id: expect.any(String),
    object_type: 'tag',
    event_types: [],
    status: 'enabled',
    url,
    secret: expect.stringMatching(/^whsec_/),
  })
  const path = `/webhook_subscriptions/${made.id}`
  expect((await w.partner.get(path)).body).toEqual(shown)
  expect((await w.partner.get('/webhook_subscriptions')).body.data).toEqual([shown])
  expect((await w.partner.patch(path, { url: `${url}2` })).body).toEqual({ ...shown, url: `${url}2` })
  expect((await w.partner.post(`${path}/disable`)).body).not.toHaveProperty('secret')
  const { body: anew } = await w.partner.post(`${path}/regenerate_secret`)
  expect(anew.secret).toMatch(/^whsec_/)
  expect(anew.secret).not.toBe(secret)
})

test('a subscription is switched off and on, any number of times', async () => {
  const w = await world()
  const { id } = await subscribe(w)
  for (const [action, status] of [
    ['disable', 'disabled'],
    ['disable', 'disabled'],
    ['enable', 'enabled'],
    ['enable', 'enabled'],
  ] as const)
    expect((await w.partner.post(`/webhook_subscriptions/${id}/${action}`)).body.status).toBe(status)
})

test('a change touches what it names', async () => {
  const w = await world()
  const made = await subscribe(w, { event_types: ['created'] })
  const patch = async (change: object) => (await w.partner.patch(`/webhook_subscriptions/${made.id}`, change)).body
  expect(await patch({})).toMatchObject({ object_type: 'tag', event_types: ['created'], url })
  expect(await patch({ event_types: ['tag.updated', 'deleted'] })).toMatchObject({ event_types: ['updated', 'deleted'], url })
  expect(await patch({ event_types: null })).toMatchObject({ event_types: [] })
  expect(await patch({ object_type: 'comment', event_types: ['create'] })).toMatchObject({
    object_type: 'comment',
    event_types: ['create'],
  })
  const fault = await w.partner.patch(`/webhook_subscriptions/${made.id}`, { object_type: 'tag' })
  expect([fault.status, fault.body.detail[0].loc]).toEqual([422, ['body', 'event_types', 0]])
})

test('every object type of the contract can be subscribed to, with all its events', async () => {
  const w = await world()
  for (const object_type of webhookObjects) {
    const events: readonly string[] = (catalog as Record<string, readonly string[]>)[object_type] ?? []
    const made = await subscribe(w, { object_type, event_types: events.map((event) => `${object_type}.${event}`) })
    expect(made).toMatchObject({ object_type, event_types: events })
  }
})

test('subscriptions are listed by type and time, the disabled ones too, and are gone once deleted', async () => {
  const w = await world()
  const [one, two] = [await subscribe(w), await subscribe(w, { object_type: 'role' })]
  await w.partner.post(`/webhook_subscriptions/${two.id}/disable`)
  const ids = async (query = '') =>
    (await w.partner.get(`/webhook_subscriptions?${query}`)).body.data.map(({ id }: { id: string }) => id)
  expect(await ids()).toEqual([one.id, two.id])
  expect(await ids('object_type=role')).toEqual([two.id])
  expect(await ids('created_at__gt=2100-01-01T00:00:00Z')).toEqual([])
  expect(await ids('order=desc&limit=1')).toEqual([two.id])
  expect((await w.partner.delete(`/webhook_subscriptions/${one.id}`)).status).toBe(204)
  expect(await ids()).toEqual([two.id])
  for (const call of [
    w.partner.get,
    w.partner.delete,
    (path: string) => w.partner.patch(path, {}),
    (path: string) => w.partner.post(`${path}/enable`),
  ])
    expect(await call(`/webhook_subscriptions/${one.id}`)).toMatchObject({
      status: 404,
      body: { error: { message: 'Webhook subscription not found' } },
    })
})

test('a subscription of another partner does not exist', async () => {
  const [w, other] = [await world(), await world()]
  const { id } = await subscribe(w)
  for (const path of [id, randomUUID()]) expect((await other.partner.get(`/webhook_subscriptions/${path}`)).status).toBe(404)
  expect((await other.partner.post(`/webhook_subscriptions/${id}/regenerate_secret`)).status).toBe(404)
  expect((await other.partner.get('/webhook_subscriptions')).body.data).toEqual([])
})

test.each([
  'http://example.com/hook',
  'https://127.0.0.1/',
  'https://metadata.google.internal/',
  'https://localhost/',
  'https://user:pw@example.com/',
])('unless the installation allows it, %s is refused', async (hostile) => {
  const { partner } = await world()
  const own = await ownApp({ rate_limit: 0 })
  try {
    const headers = { authorization: `Bearer ${partner.token}` }
    const send = (target: string) =>
      own.app.inject({ method: 'POST', url: '/webhook_subscriptions', headers, payload: { object_type: 'tag', url: target } })
    const refused = await send(hostile)
    expect([refused.statusCode, refused.json().detail[0].loc]).toEqual([422, ['body', 'url']])
    const made = await send('https://example.com/hook')
    expect(made.statusCode).toBe(201)
    const change = await own.app.inject({
      method: 'PATCH',
      url: `/webhook_subscriptions/${made.json().id}`,
      headers,
      payload: { url: hostile },
    })
    expect(change.statusCode).toBe(422)
  } finally {
    await own.close()
  }
})
