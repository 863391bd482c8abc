import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { client, house, type World, world } from '../../../test/support/world.ts'
import { audit } from '../../modules/audit/audit.ts'
import { tagTable } from '../../modules/common/tags/tags.service.ts'
import { slotsOf } from '../../modules/jobs.ts'
import { asEntity, asSystem } from '../database/context.ts'
import { rows } from '../database/rows.ts'
import { startWorker } from '../jobs/jobs.ts'
import { paths } from '../paths.ts'
import { replayWebhooks } from './replay.ts'
import { removeOldDeliveries } from './retention.ts'
import { webhookSecrets } from './secrets.ts'
import { verify } from './signature.ts'
import { waits_ms } from './webhooks.jobs.ts'

interface Received {
  readonly path: string
  readonly body: string
  readonly headers: http.IncomingHttpHeaders
}
type Respond = (response: http.ServerResponse, nth: number) => void

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** A partner's server, which keeps what it gets. */
async function receiver(respond: Respond = (response) => response.end('ok')) {
  const received: Received[] = []
  const sockets = new Set<Socket>()
  const server = http.createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => {
      received.push({ path: request.url!, body, headers: request.headers })
      respond(response, received.length)
    })
  })
  server.on('connection', (socket) => sockets.add(socket))
  const close = () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  closing.push(close)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  return { url, received, close, events: () => received.map(({ body }) => JSON.parse(body)) }
}

async function subscribed(w: World, url: string, more: object = {}) {
  const { status, body } = await w.partner.post('/webhook_subscriptions', { object_type: 'tag', url, ...more })
  expect(status).toBe(201)
  return body as { id: string; secret: string }
}

const now_s = () => Math.floor(Date.now() / 1000)
const deliveries = async (w: World, query = '') => {
  const partner = client(await house(), await w.tokenFor(), { entityId: w.berlin.entityId })
  return (await partner.get(`/webhook_deliveries${query}`)).body.data
}

describe('a change', () => {
  test('is told to the subscriber: what happened to which object, never its data', async () => {
    const w = await world()
    const { url, received, events } = await receiver()
    const { id } = await subscribed(w, url)
    const { body: tag } = await w.berlin.post('/tags', { name: 'Secret plans' })
    await w.work()
    expect(received).toHaveLength(1)
    expect(received[0]!.headers['content-type']).toBe('application/json')
    expect(events()[0]).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      created_at: tag.created_at,
      action: 'tag.created',
      api_version: '2024-05-25',
      description: 'tag_created',
      entity_id: w.berlin.entityId,
      object: null,
      object_type: 'tag',
      object_id: tag.id,
      webhook_subscription_id: id,
    })
    expect(received[0]!.body).not.toContain('Secret plans')
  })

  test('is signed over the exact bytes with the subscription’s secret', async () => {
    const w = await world()
    const { url, received } = await receiver()
    const { secret } = await subscribed(w, url)
    expect(secret).toMatch(/^whsec_[\w-]{43}$/)
    await w.berlin.post('/tags', { name: 'Ünicode' })
    await w.work()
    const [{ body, headers }] = received as [Received]
    const signature = headers['monite-signature'] as string
    expect(signature).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/)
    expect(verify(secret, body, signature, now_s())).toBe(true)
    expect(verify(secret, `${body} `, signature, now_s())).toBe(false)
    expect(verify(`${secret}x`, body, signature, now_s())).toBe(false)
    expect(verify(secret, body, signature, now_s() + 400)).toBe(false)
    expect(verify(secret, body, signature.replace('t=', 't=1'), now_s())).toBe(false)
    expect(verify(secret, body, '', now_s())).toBe(false)
  })

  test('of each entity of the partner is told, and none of another partner', async () => {
    const w = await world()
    const other = await world()
    const { url, events } = await receiver()
    await subscribed(w, url)
    await w.berlin.post('/tags', { name: 'A' })
    await w.paris.post('/tags', { name: 'A' })
    await other.berlin.post('/tags', { name: 'A' })
    await w.work()
    expect(
      events()
        .map(({ entity_id }) => entity_id)
        .sort(),
    ).toEqual([w.berlin.entityId, w.paris.entityId].sort())
  })

  test('is told to each of several subscriptions, also at the same URL', async () => {
    const w = await world()
    const { url, events } = await receiver()
    const ids = [(await subscribed(w, url)).id, (await subscribed(w, url)).id]
    await w.berlin.post('/tags', { name: 'A' })
    await w.work()
    expect(
      events()
        .map(({ webhook_subscription_id }) => webhook_subscription_id)
        .sort(),
    ).toEqual(ids.sort())
    expect(new Set(events().map(({ id }) => id)).size).toBe(1)
  })

  test('carries the version of the partner’s settings', async () => {
    const w = await world()
    const { url, events } = await receiver()
    await subscribed(w, url)
    await w.partner.patch('/settings', { api_version: '2024-01-31' })
    await w.berlin.post('/tags', { name: 'A' })
    await w.work()
    expect(events()[0].api_version).toBe('2024-01-31')
  })

  test('that was rolled back leaves no event and no job', async () => {
    const w = await world()
    await subscribed(w, 'http://127.0.0.1:9/')
    const { db } = w.machinery
    const who = { partnerId: w.partner_id, entityId: w.berlin.entityId!, userId: null }
    const late = asEntity(db, who, async (ctx) => {
      await rows.create(ctx, tagTable, { name: 'Gone' })
      throw new Error('after all')
    })
    await expect(late).rejects.toThrow('after all')
    expect(await w.sql(`select 1 from events where entity_id = $1 and object_type = 'tag'`, [w.berlin.entityId])).toEqual([])
    expect(await w.sql('select 1 from jobs where entity_id = $1', [w.berlin.entityId])).toEqual([])
  })

  test('that nobody subscribed to costs no job and stays out of GET /events', async () => {
    const w = await world()
    await w.berlin.post('/tags', { name: 'A' })
    expect(await w.sql('select 1 from jobs where entity_id = $1', [w.berlin.entityId])).toEqual([])
    expect((await w.berlin.get('/events')).body.data).toEqual([])
  })
})

describe('a subscription', () => {
  test('to some events hears only those, however they are spelled', async () => {
    const w = await world()
    const { url, events } = await receiver()
    await subscribed(w, url, { event_types: ['updated', 'tag.deleted'] })
    const { body: tag } = await w.berlin.post('/tags', { name: 'A' })
    await w.berlin.patch(`/tags/${tag.id}`, { name: 'B' })
    await w.berlin.delete(`/tags/${tag.id}`)
    await w.work()
    expect(
      events()
        .map(({ action }) => action)
        .sort(),
    ).toEqual(['tag.deleted', 'tag.updated'])
  })

  test('to another object type hears nothing', async () => {
    const w = await world()
    const { url, received } = await receiver()
    await subscribed(w, url, { object_type: 'role' })
    await w.berlin.post('/tags', { name: 'A' })
    await w.work()
    expect(received).toEqual([])
  })

  test('that is disabled gets nothing, neither then nor later', async () => {
    const w = await world()
    const { url, events } = await receiver()
    const { id } = await subscribed(w, url)
    await w.partner.post(`/webhook_subscriptions/${id}/disable`)
    await w.berlin.post('/tags', { name: 'Missed' })
    await w.work()
    await w.partner.post(`/webhook_subscriptions/${id}/enable`)
    const { body: heard } = await w.berlin.post('/tags', { name: 'Heard' })
    await w.work()
    expect(events().map(({ object_id }) => object_id)).toEqual([heard.id])
    expect((await w.berlin.get('/events')).body.data).toHaveLength(1)
    expect(await deliveries(w)).toHaveLength(1)
  })

  test.each(['disable', 'delete'])('that ends (%s) before its delivery is not called, and the log says so', async (how) => {
    const w = await world()
    const { url, received } = await receiver()
    const { id } = await subscribed(w, url)
    // Fanned out, but not yet delivered.
    await w.berlin.post('/tags', { name: 'A' })
    const [event] = await w.sql<{ id: string }>('select id from events where entity_id = $1 and subscribed', [w.berlin.entityId])
    const fanOut = await w.handlers['webhooks.fan_out']({
      id: 0,
      kind: 'webhooks.fan_out',
      payload: { event_id: event!.id },
      partner_id: '',
      entity_id: '',
      attempts: 1,
    })
    const who = { partnerId: w.partner_id, entityId: w.berlin.entityId!, userId: null }
    await asEntity(w.machinery.db, who, async (ctx) => void (await fanOut(ctx)))
    if (how === 'delete') await w.partner.delete(`/webhook_subscriptions/${id}`)
    else await w.partner.post(`/webhook_subscriptions/${id}/disable`)
    await w.work()
    expect(received).toEqual([])
    expect(await deliveries(w)).toMatchObject([
      { requests_made_count: 0, was_successful: false, response: expect.stringMatching(/disabled/) },
    ])
  })

  test('with a new secret signs with it from then on', async () => {
    const w = await world()
    const { url, received } = await receiver()
    const { id, secret } = await subscribed(w, url)
    const { status, body } = await w.partner.post(`/webhook_subscriptions/${id}/regenerate_secret`)
    expect(status).toBe(200)
    expect(body.secret).not.toBe(secret)
    await w.berlin.post('/tags', { name: 'A' })
    await w.work()
    const signature = received[0]!.headers['monite-signature'] as string
    expect(verify(body.secret, received[0]!.body, signature, now_s())).toBe(true)
    expect(verify(secret, received[0]!.body, signature, now_s())).toBe(false)
  })

  test('has its secret in the database sealed; one that an earlier version left readable is sealed when a server starts', async () => {
    const w = await world()
    const { url, received } = await receiver()
    const { id, secret } = await subscribed(w, url)
    const inDatabase = async () => {
      const [row] = await w.sql<{ text: string; secret: string | null }>(
        `select secret, webhook_subscriptions::text || encode(sealed_secret, 'escape') as text from webhook_subscriptions where id = $1`,
        [id],
      )
      return row!
    }
    expect(await inDatabase()).toMatchObject({ secret: null, text: expect.not.stringContaining(secret.slice(6)) })
    const { db, sealing } = w.machinery
    await w.sql(`update webhook_subscriptions set secret = 'whsec_of_old', sealed_secret = null where id = $1`, [id])
    expect(await asSystem(db, (ctx) => webhookSecrets.sealReadable(ctx, sealing))).toBeGreaterThan(0)
    expect((await inDatabase()).secret).toBeNull()
    await w.berlin.post('/tags', { name: 'A' })
    await w.work()
    expect(verify('whsec_of_old', received[0]!.body, received[0]!.headers['monite-signature'] as string, now_s())).toBe(true)
  })
})

describe('an endpoint that fails', () => {
  const start = '2031-01-01T00:00:00Z'

  test('is tried again after the waits in the documentation, each time signed anew, then given up', async () => {
    const w = await world()
    const { url, received, events } = await receiver((response) => response.writeHead(503).end('busy'))
    const { secret } = await subscribed(w, url)
    await w.berlin.post('/tags', { name: 'A' })
    w.clock.set(start)
    await w.work()
    expect(received).toHaveLength(1)
    for (const [i, wait] of waits_ms.entries()) {
      w.clock.advance(wait - 1000)
      await w.work()
      expect(received).toHaveLength(i + 1)
      w.clock.advance(1000)
      await w.work()
      expect(received).toHaveLength(i + 2)
      const { body, headers } = received.at(-1)!
      expect(verify(secret, body, headers['monite-signature'] as string, w.clock.now().getTime() / 1000)).toBe(true)
    }
    expect(waits_ms.map((ms) => ms / 60_000)).toEqual([1, 5, 15, 30, 60, ...Array(35).fill(120)])
    expect(waits_ms.reduce((sum, ms) => sum + ms)).toBeGreaterThan(71 * 3600_000)
    w.clock.advance(24 * 3600_000)
    await w.work()
    expect(received).toHaveLength(41)
    expect(new Set(events().map(({ id }) => id)).size).toBe(1)
    expect(await deliveries(w)).toMatchObject([
      { requests_made_count: 41, response: 'busy', response_status_code: 503, was_successful: false, url },
    ])
    expect(await w.sql('select 1 from jobs where entity_id = $1', [w.berlin.entityId])).toEqual([])
  })

  test('and then answers is not called again, and the log shows the last answer', async () => {
    const w = await world()
    const { url, received } = await receiver((response, nth) =>
      nth < 3 ? response.writeHead(500).end('no') : response.writeHead(202).end('yes'),
    )
    await subscribed(w, url)
    await w.berlin.post('/tags', { name: 'A' })
    w.clock.set(start)
    for (const wait of [0, ...waits_ms.slice(0, 4)]) {
      w.clock.advance(wait)
      await w.work()
    }
    expect(received).toHaveLength(3)
    expect(await deliveries(w)).toMatchObject([
      { requests_made_count: 3, response: 'yes', response_status_code: 202, was_successful: true },
    ])
  })

  test('after more than three days finds what it missed in GET /events', async () => {
    const w = await world()
    const { url, close, received } = await receiver()
    close()
    await subscribed(w, url)
    const { body: tag } = await w.berlin.post('/tags', { name: 'A' })
    w.clock.set(start)
    for (const wait of [0, ...waits_ms, 12 * 3600_000]) {
      w.clock.advance(wait)
      await w.work()
    }
    expect(received).toEqual([])
    const [delivery] = await deliveries(w)
    expect(delivery).toMatchObject({
      requests_made_count: 41,
      response_status_code: null,
      was_successful: false,
      response: expect.stringMatching(/ECONNREFUSED/),
    })
    const partner = client(await house(), await w.tokenFor(), { entityId: w.berlin.entityId })
    const { body: missed } = await partner.get('/events')
    expect(missed.data).toMatchObject([{ id: delivery.event_id, action: 'tag.created', object_id: tag.id }])
  })

  test('for 24 hours gets everything afterwards, at once when it answers again, and others never waited', async () => {
    const w = await world()
    let down = true
    const away = await receiver((response) => response.writeHead(down ? 503 : 200).end())
    const alive = await receiver()
    await subscribed(w, away.url)
    await subscribed(w, alive.url)
    w.clock.set(start)
    const expected: string[] = []
    for (let hour = 0; hour < 24; hour++) {
      const { entityId } = hour % 2 ? w.berlin : w.paris
      const home = client(await house(), await w.tokenFor(), { entityId })
      expected.push((await home.post('/tags', { name: `Hour ${hour}` })).body.id)
      for (let quarter = 0; quarter < 4; quarter++) {
        await w.work()
        w.clock.advance(15 * 60_000)
      }
      expect(alive.events().map(({ object_id }) => object_id)).toEqual(expected)
    }
    down = false
    const before = away.received.length
    // The latest event is tried soonest; its good answer brings the other 23 with it.
    w.clock.advance(60 * 60_000)
    await w.work()
    // Those that were looked at while it was being tried come a second later.
    w.clock.advance(1_000)
    await w.work()
    const got = away.events().slice(before)
    expect(got.map(({ object_id }) => object_id).sort()).toEqual([...expected].sort())
    expect(await w.sql('select 1 from jobs where partner_id = $1', [w.partner_id])).toEqual([])
  })

  test('by redirecting is not followed', async () => {
    const w = await world()
    const inner = await receiver()
    const { url } = await receiver((response) => response.writeHead(302, { location: inner.url }).end())
    await subscribed(w, url)
    await w.berlin.post('/tags', { name: 'A' })
    await w.work()
    expect(inner.received).toEqual([])
    expect(await deliveries(w)).toMatchObject([{ response_status_code: 302, was_successful: false }])
  })

  test('by hanging delays nobody else', async () => {
    const w = await world()
    const dead = await receiver(() => {})
    const alive = await receiver()
    await subscribed(w, dead.url)
    for (let i = 0; i < 20; i++) await w.berlin.post('/tags', { name: `T${i}` })
    await subscribed(w, alive.url, { event_types: ['deleted'] })
    const worker = startWorker(w.machinery.db, w.machinery.log, w.handlers, {
      loops: 2,
      partners: [w.partner_id],
      slots: slotsOf,
    })
    try {
      await expect.poll(() => dead.received.length, { timeout: 5000 }).toBe(8)
      const { body: tag } = await w.berlin.post('/tags', { name: 'X' })
      await w.berlin.delete(`/tags/${tag.id}`)
      await expect.poll(() => alive.received.length, { timeout: 5000 }).toBe(1)
      expect(dead.received).toHaveLength(8)
    } finally {
      dead.close()
      await worker.stop()
    }
  })

  test('and comes back gets everything, one request at a time at first', async () => {
    const w = await world()
    let healthy = false
    const { url, received, events } = await receiver((response) => response.writeHead(healthy ? 200 : 500).end())
    await subscribed(w, url)
    for (let i = 0; i < 3; i++) await w.berlin.post('/tags', { name: `T${i}` })
    w.clock.set(start)
    await w.work()
    // How many were on their way before the first one failed is a matter of luck; none arrived.
    const failed = received.length
    expect(failed).toBeGreaterThan(0)
    healthy = true
    await w.work()
    for (let minute = 0; minute < 10; minute++) {
      w.clock.advance(60_000)
      await w.work()
    }
    expect(received).toHaveLength(failed + 3)
    expect(new Set(events().map(({ id }) => id)).size).toBe(3)
    expect((await deliveries(w)).every(({ was_successful }: { was_successful: boolean }) => was_successful)).toBe(true)
  })
})

describe('the logs', () => {
  test('show each delivery with its answer, and filter', async () => {
    const w = await world()
    const { url } = await receiver((response) => response.end('x'.repeat(10_000)))
    await subscribed(w, url)
    await subscribed(w, url, { object_type: 'role' })
    const { body: tag } = await w.berlin.post('/tags', { name: 'A' })
    await w.berlin.patch(`/tags/${tag.id}`, { name: 'B' })
    await w.berlin.post('/roles', { name: 'R', permissions: {} })
    await w.work()
    const all = await deliveries(w)
    expect(all).toHaveLength(3)
    expect(all[0]).toEqual({
      id: expect.any(String),
      event_id: expect.any(String),
      requests_made_count: 1,
      response: 'x'.repeat(4096),
      response_status_code: 200,
      was_successful: true,
      url,
    })
    expect(await deliveries(w, '?object_type=role')).toHaveLength(1)
    expect(await deliveries(w, '?event_action=updated')).toHaveLength(1)
    expect(await deliveries(w, '?event_action=tag.created')).toHaveLength(1)
    expect(await deliveries(w, `?event_id=${all[0].event_id}`)).toEqual([all[0]])
    expect(await deliveries(w, '?created_at__lt=2020-01-01T00:00:00Z')).toEqual([])
    expect((await w.partnerIn(w.paris.entityId!).get('/webhook_deliveries')).body.data).toEqual([])
  })

  test('show a delivery that waits for its first try as neither good nor bad', async () => {
    const w = await world()
    const { url, received } = await receiver()
    await subscribed(w, url)
    await w.berlin.post('/tags', { name: 'A' })
    const [event] = await w.sql<{ id: string }>('select id from events where entity_id = $1 and subscribed', [w.berlin.entityId])
    const fanOut = await w.handlers['webhooks.fan_out']({
      id: 0,
      kind: 'webhooks.fan_out',
      payload: { event_id: event!.id },
      partner_id: '',
      entity_id: '',
      attempts: 1,
    })
    const who = { partnerId: w.partner_id, entityId: w.berlin.entityId!, userId: null }
    await asEntity(w.machinery.db, who, async (ctx) => void (await fanOut(ctx)))
    expect(await deliveries(w)).toMatchObject([
      { requests_made_count: 0, response: null, response_status_code: null, was_successful: null },
    ])
    // The event is fanned out a second time by its own job: still one delivery.
    await w.work()
    expect(received).toHaveLength(1)
    expect(await deliveries(w)).toHaveLength(1)
  })

  test('of events show one row an event, in pages, by object and time, to user and partner', async () => {
    const w = await world()
    const { url } = await receiver()
    await subscribed(w, url)
    await subscribed(w, url)
    await subscribed(w, url, { object_type: 'role' })
    const { body: tag } = await w.berlin.post('/tags', { name: 'A' })
    await w.berlin.post('/roles', { name: 'R', permissions: {} })
    await w.paris.post('/tags', { name: 'P' })
    const { body: page } = await w.berlin.get('/events?limit=1')
    expect(page.data).toEqual([
      {
        id: expect.any(String),
        created_at: tag.created_at,
        action: 'tag.created',
        api_version: '2024-05-25',
        description: 'tag_created',
        entity_id: w.berlin.entityId,
        object: null,
        object_type: 'tag',
        object_id: tag.id,
      },
    ])
    const { body: next } = await w.berlin.get(`/events?pagination_token=${page.next_pagination_token}`)
    expect(next.data).toMatchObject([{ action: 'role.created' }])
    expect(next.next_pagination_token).toBeNull()
    expect((await w.berlin.get('/events?object_type=role')).body.data).toHaveLength(1)
    expect((await w.berlin.get(`/events?created_at__lte=${encodeURIComponent(tag.created_at)}`)).body.data).toHaveLength(1)
    expect((await w.partnerIn(w.berlin.entityId!).get('/events?order=desc')).body.data).toHaveLength(2)
    expect((await w.berlin.get(`/events/${page.data[0].id}`)).body).toEqual(page.data[0])
    expect((await w.partner.get(`/events/${page.data[0].id}`)).body).toEqual(page.data[0])
    expect((await w.paris.get(`/events/${page.data[0].id}`)).status).toBe(404)
  })
})

describe('the code in docs/webhooks.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-receiver-'))
  const text = readFileSync(join(paths.root, 'docs', 'webhooks.md'), 'utf8')
  for (const [, code] of text.matchAll(/```js\n(\/\/ [\w-]+\.mjs\n[\s\S]*?)```/g))
    writeFileSync(join(folder, /^\/\/ (\S+)/.exec(code!)![1]!), code!)

  test('tells a real delivery from a forged one', async () => {
    const { isGenuine } = (await import(pathToFileURL(join(folder, 'verify-webhook.mjs')).href)) as {
      isGenuine(secret: string, body: string | Buffer, header?: string, now?: number): boolean
    }
    const w = await world()
    const { url, received } = await receiver()
    const { secret } = await subscribed(w, url)
    await w.berlin.post('/tags', { name: 'Ünicode' })
    await w.work()
    const [{ body, headers }] = received as [Received]
    const signature = headers['monite-signature'] as string
    expect(isGenuine(secret, body, signature)).toBe(true)
    expect(isGenuine(secret, Buffer.from(body), signature)).toBe(true)
    expect(isGenuine(secret, body.replace('created', 'deleted'), signature)).toBe(false)
    expect(isGenuine('whsec_other', body, signature)).toBe(false)
    expect(isGenuine(secret, body, signature, Date.now() / 1000 + 301)).toBe(false)
    for (const header of [undefined, '', 't=,v1=', 'v1=00', `t=${now_s()}`, `t=${now_s()},v1=zz`, 'nonsense'])
      expect(isGenuine(secret, body, header)).toBe(false)
  })

  test('receives, as a program of its own', async () => {
    const w = await world()
    const port = await freePort()
    const { secret } = await subscribed(w, `http://127.0.0.1:${port}/`)
    const program = spawn(process.execPath, [join(folder, 'receiver.mjs')], {
      env: { WEBHOOK_SECRET: secret, PORT: String(port) },
    })
    let said = ''
    program.stdout.on('data', (chunk: Buffer) => {
      said += chunk
    })
    try {
      await expect.poll(() => said, { timeout: 10_000 }).toContain('listening')
      const { body: tag } = await w.berlin.post('/tags', { name: 'A' })
      await w.work()
      await expect.poll(() => said, { timeout: 5000 }).toContain(`tag.created ${tag.id}`)
      expect(await deliveries(w)).toMatchObject([{ response_status_code: 204, was_successful: true }])
      const forged = await fetch(`http://127.0.0.1:${port}/`, {
        method: 'POST',
        body: '{}',
        headers: { 'monite-signature': `t=${now_s()},v1=00` },
      })
      expect(forged.status).toBe(401)
    } finally {
      program.kill()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}

describe('a replay', () => {
  test('sends again by subscription, type, event, time and failure, under the same ids', async () => {
    const w = await world()
    const { db } = w.machinery
    const { url, received, events } = await receiver((response, nth) => response.writeHead(nth === 1 ? 500 : 200).end())
    const { id: subscription } = await subscribed(w, url)
    const { body: tag } = await w.berlin.post('/tags', { name: 'A' })
    await w.berlin.patch(`/tags/${tag.id}`, { name: 'B' })
    await w.paris.post('/tags', { name: 'C' })
    await w.work()
    expect(received).toHaveLength(3)
    const failed = events()[0]!
    const again = async (filter: object) => {
      const before = received.length
      const sent = await replayWebhooks(db, { subscription, ...filter })
      await w.work()
      expect(received.length - before).toBe(sent)
      return events()
        .slice(before)
        .map(({ id }) => id)
        .sort()
    }
    expect(await again({ failed: true })).toEqual([failed.id])
    expect(await again({ failed: true })).toEqual([])
    const all = [...new Set(events().map(({ id }) => id))].sort()
    expect(await again({})).toEqual(all)
    expect(await again({ event: failed.id })).toEqual([failed.id])
    expect(await again({ type: 'tag' })).toEqual(all)
    expect(await again({ type: 'tag.updated' })).toEqual(
      events()
        .filter(({ action }) => action === 'tag.updated')
        .map(({ id }) => id)
        .slice(0, 1),
    )
    expect(await again({ type: 'receivable' })).toEqual([])
    const last = events().find(({ entity_id }) => entity_id === w.paris.entityId)
    expect(await again({ since: last.created_at })).toEqual([last.id])
    expect(await again({ until: last.created_at })).toEqual(all.filter((id) => id !== last.id))
    expect(await again({ since: '2090-01-01' })).toEqual([])
  })

  test('begins the schedule anew, reaches a subscription that was made later, and leaves a disabled one alone', async () => {
    const w = await world()
    let down = true
    const { url, received } = await receiver((response) => response.writeHead(down ? 503 : 200).end())
    const { id: first } = await subscribed(w, url)
    await w.berlin.post('/tags', { name: 'A' })
    w.clock.set('2031-01-01T00:00:00Z')
    for (const wait of [0, ...waits_ms]) {
      w.clock.advance(wait)
      await w.work()
    }
    expect(received).toHaveLength(41)
    const late = await receiver()
    const partner = client(await house(), await w.tokenFor())
    const { body: made } = await partner.post('/webhook_subscriptions', { object_type: 'tag', url: late.url })
    const second = made.id as string
    expect(await replayWebhooks(w.machinery.db, { subscription: second })).toBe(1)
    expect(await replayWebhooks(w.machinery.db, { subscription: first })).toBe(1)
    await w.work()
    expect([received.length, late.received.length]).toEqual([42, 1])
    down = false
    w.clock.advance(waits_ms[0]!)
    await w.work()
    expect(received).toHaveLength(43)
    await partner.post(`/webhook_subscriptions/${second}/disable`)
    expect(await replayWebhooks(w.machinery.db, { subscription: second })).toBe(0)
  })
})

test('old deliveries are removed but for those that are still tried, events stay, and none of it is missed or sent again', async () => {
  const w = await world()
  const { db } = w.machinery
  let down = false
  const { url, received } = await receiver((response) => response.writeHead(down ? 500 : 200).end())
  const daysAgo = (days: number) => w.clock.set(new Date(Date.now() - days * 86_400_000).toISOString())
  daysAgo(61)
  const { id: subscription } = await subscribed(w, url)
  const ago = async (days: number, names: string[]) => {
    daysAgo(days)
    for (const name of names) expect((await w.berlin.post('/tags', { name })).status).toBe(201)
    await w.work()
  }
  const left = async () => (await deliveries(w)).map(({ was_successful }: { was_successful: boolean }) => was_successful)
  await ago(60, ['A', 'B'])
  down = true
  await ago(2, ['C'])
  w.clock.set(null)
  expect(received).toHaveLength(3)
  expect(await left()).toEqual([true, true, false])
  await removeOldDeliveries(db, 1)
  expect(await left()).toEqual([false])
  await removeOldDeliveries(db, 1)
  expect(await left()).toEqual([false])
  const partner = w.partnerIn(w.berlin.entityId!)
  expect((await partner.get('/events?object_type=tag')).body.data).toHaveLength(3)
  const found = await audit(db)
  expect(found.filter(({ rows }) => rows.some((row) => JSON.stringify(row).includes(subscription)))).toEqual([])
  // Nobody knows any more whether the first two arrived; the third did not.
  expect(await replayWebhooks(db, { subscription, failed: true })).toBe(1)
  expect(await replayWebhooks(db, { subscription })).toBe(3)
})
