import { afterEach, expect, test } from 'vitest'
import { ownHouse } from '../../../../test/concurrency/own-house.ts'
import { ownApp } from '../../../../test/support/own-app.ts'
import { type Body, type Client, client, permissions, type World, world } from '../../../../test/support/world.ts'

type Entry = Body
const logs = async (w: World, who: Client, query = ''): Promise<Entry[]> => {
  await w.app.auditLog.flush()
  const { status, body } = await who.get(`/audit_logs${query && `?${query}`}`)
  expect(status, JSON.stringify(body)).toBe(200)
  // All that fits on a page is counted exactly.
  if (body.next_pagination_token === null && !query.includes('page_num')) expect(body.total_logs, query).toBe(body.data.length)
  return body.data
}
const lines = (entries: Entry[]) => entries.map((e) => `${e.type} ${e.method} ${e.path} ${e.status_code}`)

/** A user who has asked nothing yet, with room for what is to come: only so much waits to be written. */
async function fresh(w: World) {
  await w.app.auditLog.flush()
  return w.newUser(w.berlin.entityId!, permissions())
}

test('a request and its answer are two entries, tied to each other, with who, where, when and what', async () => {
  const w = await world()
  const user = await fresh(w)
  const { body: tag, headers } = await user.post('/tags?source=test', { name: 'Marketing' })
  const [answer, request, ...rest] = await logs(w, user)
  expect(rest).toEqual([])
  expect(request).toEqual({
    id: request.id,
    timestamp: request.timestamp,
    type: 'request',
    partner_id: w.partner_id,
    entity_id: user.entityId,
    entity_user_id: user.userId,
    target_service: 'quittance',
    content_type: 'application/json',
    method: 'POST',
    path: '/tags',
    params: 'source=test',
    headers: expect.objectContaining({ authorization: '***', 'x-monite-version': '2024-05-25' }),
    body: { name: 'Marketing' },
    status_code: null,
    parent_log_id: null,
  })
  expect(answer).toEqual({
    ...request,
    id: answer.id,
    timestamp: answer.timestamp,
    type: 'response',
    content_type: 'application/json; charset=utf-8',
    headers: { 'x-request-id': headers['x-request-id'] },
    body: tag,
    status_code: 201,
    parent_log_id: request.id,
  })
  expect(answer.id).not.toBe(request.id)
  expect(Date.parse(answer.timestamp)).toBeGreaterThanOrEqual(Date.parse(request.timestamp))
  expect(Math.abs(Date.parse(answer.timestamp) - Date.now())).toBeLessThan(10_000)
  for (const entry of [request, answer]) expect((await user.get(`/audit_logs/${entry.id}`)).body).toEqual(entry)
})

test('what was read is not kept a second time; what was refused is', async () => {
  const w = await world()
  const user = await fresh(w)
  await user.get('/tags?limit=5')
  await user.get(`/tags/${crypto.randomUUID()}`)
  const [refused, , read, asked] = await logs(w, user)
  expect([read.body, asked.body, asked.params, asked.content_type]).toEqual([null, null, 'limit=5', ''])
  expect(refused).toMatchObject({
    status_code: 404,
    body: { error: { message: expect.stringMatching(/^Tag not found/), code: 'not_found' } },
  })
})

test('the log itself, health, figures and the description leave no trace; neither do requests of nobody', async () => {
  const w = await world()
  const user = await fresh(w)
  for (const url of ['/healthz', '/readyz', '/metrics', '/openapi.json', '/docs', '/f/nothing', '/nowhere'])
    await w.app.inject({ method: 'GET', url, headers: { authorization: `Bearer ${user.token}` } })
  await w.nobody.get('/tags')
  await user.get('/audit_logs')
  await user.get(`/audit_logs/${crypto.randomUUID()}`)
  expect(await logs(w, user)).toEqual([])
})

test('secrets are never written, wherever they stand', async () => {
  const w = await world()
  const secret = w.client_secret
  const dead = await w.tokenFor()
  await w.nobody.post(
    '/auth/revoke',
    { client_id: w.client_id, client_secret: secret, token: dead },
    { headers: { authorization: `Bearer ${w.partner.token}` } },
  )
  const { body: hook } = await w.partner.post('/webhook_subscriptions', { object_type: 'tag', url: 'https://example.com/x' })
  const { body: person } = await w.berlin.post('/persons', {
    first_name: 'Ada',
    last_name: 'Lovelace',
    email: 'ada@example.com',
    relationship: { owner: true },
    id_number: '123456789',
    ssn_last_4: '9876',
  })
  await w.berlin.get('/tags?client_secret=hunter2&token=hunter3&limit=7', {
    headers: { cookie: 'session=hunter4', 'x-api-key': 'hunter5' },
  })
  // As the server reads it, in whatever spelling.
  for (const name of ['client%5Fsecret', '%63lient_secret', 'client_secret%5B%5D', 'Client_Secret', 'password+', 'token%E0'])
    await w.berlin.get(`/tags?${name}=hunter6`)
  await w.berlin.post('/tags', { name: 'Keyed' }, { headers: { 'idempotency-key': 'hunter7' } })
  await w.app.auditLog.flush()
  const rows = await w.sql<{ text: string }>(`select row_to_json(a)::text as text from audit_logs a where partner_id = $1`, [
    w.partner_id,
  ])
  const all = rows.map(({ text }) => text).join('\n')
  for (const hidden of [secret, dead, w.partner.token, w.berlin.token, hook.secret, '123456789', 'hunter'])
    expect(all, hidden).not.toContain(hidden)
  // Four digits may stand in an id by chance, and never at the start of a value.
  expect(all).not.toMatch(/["=:]9876/)
  expect(person.id && all).toContain(person.id)
  const found = (await logs(w, w.berlin, 'path__contains=/tags&type=request')).find(({ params }) =>
    String(params).endsWith('limit=7'),
  )
  expect(found!.params).toBe('client_secret=***&token=***&limit=7')
  const tokens = await logs(w, w.partner, 'path__contains=/auth/token')
  expect(tokens[1].body).toMatchObject({ client_id: w.client_id, client_secret: '***' })
  expect(tokens[0].body).toMatchObject({ access_token: '***', token_type: 'Bearer' })
  const [, revoked] = await logs(w, w.partner, 'path__contains=/auth/revoke')
  expect(revoked.body).toEqual({ client_id: w.client_id, client_secret: '***', token: '***' })
})

test('files, bodies beyond 16 KiB and answers beyond 2 KiB are named, not kept', async () => {
  const w = await world()
  const user = await fresh(w)
  await user.upload('POST', '/files', { bytes: Buffer.from('The contents'), name: 'a.txt' }, { file_type: 'attachments' })
  await user.post('/projects', { name: 'A', description: 'x'.repeat(20_000) }, { beyond: true })
  await user.post('/roles', {
    name: 'Large',
    permissions: {
      objects: Array.from({ length: 400 }, () => ({
        object_type: 'tag',
        actions: [{ action_name: 'read', permission: 'allowed' }],
      })),
    },
  })
  const entries = await logs(w, user)
  const [made, role, refused, project, , file] = entries
  expect(file.body).toEqual({ note: 'The contents of files are not kept' })
  expect(project.body).toEqual({ note: 'The body is too large to be kept', size_bytes: expect.any(Number) })
  expect(project.body.size_bytes).toBeGreaterThan(20_000)
  expect(role.body).toMatchObject({ note: 'The body is too large to be kept' })
  expect([made.status_code, made.body.note]).toEqual([200, 'The body is too large to be kept'])
  expect([refused.status_code, refused.body.detail[0].type]).toEqual([422, 'string_too_long'])
})

test('a user sees their own calls, an entity those of its users, the partner all of them', async () => {
  const w = await world()
  const [one, two] = [await fresh(w), await fresh(w)]
  await one.post('/tags', { name: 'One' })
  await two.post('/tags', { name: 'Two' })
  await w.paris.post('/tags', { name: 'Three' })
  const names = (entries: Entry[]) => entries.map(({ body }) => body?.name)
  const tags = 'path__contains=/tags&type=request'
  expect(names(await logs(w, one, tags))).toEqual(['One'])
  // A user who asks for somebody else still sees their own only.
  expect(names(await logs(w, one, `${tags}&entity_user_id=${two.userId}`))).toEqual(['One'])
  expect(names(await logs(w, w.partnerIn(one.entityId!), tags))).toEqual(['Two', 'One'])
  expect(names(await logs(w, w.partner, tags))).toEqual(['Three', 'Two', 'One'])
  expect(names(await logs(w, w.partner, `${tags}&entity_user_id=${two.userId}`))).toEqual(['Two'])
  const [theirs] = await logs(w, two, tags)
  expect((await two.get(`/audit_logs/${theirs.id}`)).status).toBe(200)
  expect((await w.partner.get(`/audit_logs/${theirs.id}`)).body).toEqual(theirs)
  for (const who of [one, w.paris, w.partnerIn(w.paris.entityId!), (await world()).partner]) {
    const refused = await who.get(`/audit_logs/${theirs.id}`)
    expect([refused.status, refused.body]).toEqual([404, { error: { message: 'Audit log entry not found' } }])
  }
})

test('what the partner does without an entity carries the id of none', async () => {
  const w = await world()
  await w.partner.get('/settings')
  const [entry] = await logs(w, w.partner, 'path__contains=/settings')
  expect([entry.entity_id, entry.entity_user_id]).toEqual(['00000000-0000-0000-0000-000000000000', null])
  expect(await logs(w, w.berlin, 'path__contains=/settings')).toEqual([])
})

test('filters are met all at once', async () => {
  const w = await world()
  const user = await fresh(w)
  const { body: tag } = await user.post('/tags', { name: 'A_B' })
  await user.patch(`/tags/${tag.id}`, { name: 'C' })
  await user.delete(`/tags/${tag.id}`)
  await user.get(`/tags/${tag.id}`)
  const found = async (query: string) => lines(await logs(w, user, query))
  expect(await found('')).toHaveLength(8)
  expect(await found('type=response&method=DELETE')).toEqual([`response DELETE /tags/${tag.id} 204`])
  expect(await found('status_code=404')).toEqual([`response GET /tags/${tag.id} 404`])
  expect(await found('status_code=404&type=request')).toEqual([])
  expect(await found('status_code=999999999999')).toEqual([])
  expect(await found(`path__contains=${tag.id.slice(3)}&type=request`)).toHaveLength(3)
  expect(await found('path__contains=%25')).toEqual([])
  expect(await found('path__contains=_')).toEqual([])
  expect(await found('method=PUT')).toEqual([])
  for (const query of [
    'type=both',
    'method=HEAD',
    'status_code=many',
    'page_size=0',
    'page_size=101',
    'page_num=0',
    'timestamp__gt=soon',
    'entity_user_id=1',
  ])
    expect((await user.get(`/audit_logs?${query}`, { beyond: true })).status, query).toBe(422)
})

test('times are compared exactly; without any, it is the last seven days', async () => {
  const w = await world()
  const call = async (at: string) => {
    w.clock.set(at)
    await client(w, await w.tokenFor()).get('/settings')
  }
  await call('2031-03-01T12:00:00.000Z')
  await call('2031-03-05T12:00:00.500Z')
  await call('2031-03-08T12:00:00.000Z')
  await call('2031-03-10T12:00:00.000Z')
  const asked = client(w, await w.tokenFor())
  const days = async (query = '') =>
    (await logs(w, asked, `path__contains=/settings&type=response${query && `&${query}`}`)).map(({ timestamp }) =>
      timestamp.slice(5, 10),
    )
  expect(await days()).toEqual(['03-10', '03-08', '03-05'])
  expect(await days('timestamp__gte=2031-03-01T00:00:00Z')).toEqual(['03-10', '03-08', '03-05', '03-01'])
  expect(await days('timestamp__gt=2031-03-01T00:00:00Z&timestamp__lt=2031-03-08T12:00:00Z')).toEqual(['03-05', '03-01'])
  expect(await days('timestamp__lte=2031-03-08T12:00:00%2B00:00')).toEqual(['03-08', '03-05', '03-01'])
  expect(await days('timestamp__gt=2031-03-05T12:00:00.500Z&timestamp__lt=2031-03-09T00:00:00Z')).toEqual(['03-08'])
  expect(await days('timestamp__gte=2031-03-05T12:00:00.500Z&timestamp__lt=2031-03-08T00:00:00Z')).toEqual(['03-05'])
  expect(await days('timestamp__lt=1960-01-01T00:00:00Z')).toEqual([])
  // Spans of less than the longest request, at whose ends no row counts by its arrival alone.
  const noon = 'timestamp__gte=2031-03-05T12:00:00Z'
  expect(await days(`${noon}&timestamp__lte=2031-03-05T12:30:00Z`)).toEqual(['03-05'])
  expect(await days(`${noon}&timestamp__gt=2031-03-05T13:30:00Z&timestamp__lt=2031-03-05T15:00:00Z`)).toEqual([])
  expect(await days(`${noon}&timestamp__lt=2031-03-05T12:00:00.500Z&timestamp__lte=2031-03-09T00:00:00Z`)).toEqual([])
})

test('pages are counted, reached by number, and stay what they were while new entries come', async () => {
  const w = await world()
  const user = await fresh(w)
  for (let i = 0; i < 5; i++) await user.get(`/tags?limit=${i + 1}`)
  await w.app.auditLog.flush()
  const read = async (query: string): Promise<Body> => (await user.get(`/audit_logs?${query}`)).body
  const whole: Entry[] = (await read('')).data
  expect(whole.map(({ type, params }) => `${type} ${params}`)).toEqual(
    [5, 4, 3, 2, 1].flatMap((n) => [`response limit=${n}`, `request limit=${n}`]),
  )
  const first = await read('page_size=3')
  expect([first.total_logs, first.total_pages, first.prev_pagination_token]).toEqual([10, 4, null])
  expect(first.data).toEqual(whole.slice(0, 3))
  const third = await read('page_size=3&page_num=3')
  expect(third.data).toEqual(whole.slice(6, 9))
  await user.get('/tags?limit=50')
  await w.app.auditLog.flush()
  const second = await read(`pagination_token=${first.next_pagination_token}&page_size=50&type=request`)
  expect([second.data, second.total_logs]).toEqual([whole.slice(3, 6), 10])
  const again = await read(`pagination_token=${second.prev_pagination_token}`)
  expect([again.data, again.prev_pagination_token]).toEqual([first.data, null])
  const last = await read(`pagination_token=${third.next_pagination_token}`)
  expect([last.data, last.next_pagination_token]).toEqual([whole.slice(9), null])
  expect(await read('page_num=1000000000')).toMatchObject({ data: [], total_logs: 12, next_pagination_token: null })
  expect(await read('type=request&method=DELETE')).toEqual({
    data: [],
    next_pagination_token: null,
    prev_pagination_token: null,
    total_logs: 0,
    total_pages: 0,
  })
  for (const token of ['x', `${first.next_pagination_token}x`])
    expect((await user.get(`/audit_logs?pagination_token=${token}`)).status).toBe(422)
  expect((await w.paris.get(`/audit_logs?pagination_token=${first.next_pagination_token}`)).status).toBe(422)
})

test('entries older than the settings say are taken away, of every partner, in any number', async () => {
  const [w, other] = [await world(), await world()]
  const insert = (partner: string, ms: number, count: number) =>
    w.sql(
      `insert into audit_logs (id, partner_id, entity_id, method, path, status_code, received_at, answered_at, details)
       select (lpad(to_hex($2::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 19))::uuid, $1, $3, 'GET', '/tags', 200, to_timestamp($2::bigint / 1000.0), to_timestamp($2::bigint / 1000.0), '{}'
       from generate_series(1, $4) n`,
      [partner, ms, '00000000-0000-0000-0000-000000000000', count],
    )
  const now = Date.now()
  const day = 86_400_000
  // The month that the 90 days begin in stays whole.
  await insert(w.partner_id, now - 91 * day - 31 * day, 5_001)
  await insert(w.partner_id, now - 89 * day, 2)
  await insert(other.partner_id, now - 400 * day, 1)
  const sweep = w.schedules.find(({ name }) => name === 'audit_logs.sweep')!
  await sweep.work()
  const left = await w.sql<{ partner_id: string; n: number }>(
    `select partner_id, count(*)::int as n from audit_logs where partner_id = any ($1) and received_at < now() - interval '1 day' group by 1`,
    [[w.partner_id, other.partner_id]],
  )
  expect(left).toEqual([{ partner_id: w.partner_id, n: 2 }])
})

test('months are opened before they begin, and an old month goes as a whole', async () => {
  const own = await ownHouse()
  try {
    const parts = async () =>
      (
        await own.sql<{ name: string }>(
          `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'audit_logs'::regclass order by 1`,
        )
      ).map(({ name }) => name)
    const month = (ahead: number) => {
      const now = new Date()
      return `audit_logs_${new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead)).toISOString().slice(0, 7).replace('-', '_')}`
    }
    const sweep = own.schedules.find(({ name }) => name === 'audit_logs.sweep')!
    expect(await parts()).toEqual([month(0), month(1), month(2), month(3), 'audit_logs_before', 'audit_logs_rest'].sort())
    // Another month has come.
    await own.sql(`drop table ${month(3)}`)
    await own.sql(`create table audit_logs_2020_05 (like audit_logs including defaults)`)
    await own.sql(`alter table audit_logs detach partition audit_logs_before`)
    await own.sql(
      `alter table audit_logs attach partition audit_logs_2020_05 for values from ('${'0'.repeat(32)}') to (first_log_id('2020-06-01Z'))`.replace(
        '0'.repeat(32),
        '00000000-0000-0000-0000-000000000000',
      ),
    )
    await own.sql(
      `insert into audit_logs (id, partner_id, entity_id, method, path, status_code, received_at, answered_at, details)
       values (first_log_id('2020-05-07Z'), gen_random_uuid(), gen_random_uuid(), 'GET', '/tags', 200, now(), now(), '{}')`,
    )
    await sweep.work()
    expect(await parts()).toEqual([month(0), month(1), month(2), month(3), 'audit_logs_rest'].sort())
    expect(await own.sql('select from audit_logs')).toEqual([])
  } finally {
    await own.close()
  }
})

const apps: Awaited<ReturnType<typeof ownApp>>[] = []
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close()
})

const asking = async (w: World, changes: Parameters<typeof ownApp>[0]) => {
  const own = await ownApp(changes)
  apps.push(own)
  const headers = { authorization: `Bearer ${w.berlin.token}` }
  const get = (url: string) => own.app.inject({ method: 'GET', url, headers })
  const written = async (path: string) =>
    (await w.sql(`select from audit_logs where partner_id = $1 and path = $2`, [w.partner_id, path])).length
  return { ...own, get, written }
}

test('entries are written by themselves soon after, and the last ones when the server stops', async () => {
  const w = await world()
  const own = await asking(w, {})
  await own.get('/tags')
  await expect.poll(() => own.written('/tags'), { timeout: 5_000 }).toBe(1)
  await own.get('/projects')
  await apps.pop()!.close()
  expect(await own.written('/projects')).toBe(1)
})

test('with retention 0 nothing is recorded, and nothing is taken away', async () => {
  const w = await world()
  await w.berlin.get('/tags')
  await w.app.auditLog.flush()
  const own = await asking(w, { audit_log_days: 0 })
  await own.get('/tags')
  await own.app.auditLog.flush()
  await own.schedules.find(({ name }) => name === 'audit_logs.sweep')!.work()
  expect(await own.written('/tags')).toBe(1)
})

test('what was merely read can be left out; refusals can not', async () => {
  const w = await world()
  const own = await asking(w, { audit_log_reads: false })
  await own.get('/tags')
  await own.get(`/tags/${crypto.randomUUID()}`)
  await own.app.auditLog.flush()
  expect(await own.written('/tags')).toBe(0)
  expect(await w.sql('select from audit_logs where partner_id = $1 and status_code = 404', [w.partner_id])).toHaveLength(1)
})

test('a database that takes no entries costs no request its answer, and they are written once it does', async () => {
  const w = await world()
  const own = await asking(w, {})
  own.app.auditLog.hold()
  const connect = own.machinery.db.pool.connect
  await own.get('/tags')
  own.machinery.db.pool.connect = (() => Promise.reject(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }))) as never
  await own.app.auditLog.flush()
  own.machinery.db.pool.connect = connect
  expect((await own.get('/tags')).statusCode).toBe(200)
  expect(await own.written('/tags')).toBe(0)
  await own.app.auditLog.flush()
  expect(await own.written('/tags')).toBe(2)
})

test('an entry that can not be stored takes no other with it', async () => {
  const w = await world()
  const own = await asking(w, {})
  own.app.auditLog.hold()
  await own.get('/tags')
  // The way in refuses what PostgreSQL can't store, so it is brought in behind it.
  const poison = { 'user-agent': 'nul \0', authorization: `Bearer ${w.berlin.token}` }
  await own.app.inject({ method: 'GET', url: '/tags', headers: poison })
  await own.get('/projects')
  await own.app.auditLog.flush()
  expect([await own.written('/tags'), await own.written('/projects')]).toEqual([1, 1])
})

test('what comes faster than it can be written is let go, the first ones are kept', async () => {
  const w = await world()
  const own = await asking(w, { rate_limit: 0 })
  own.app.auditLog.hold()
  await own.get('/projects')
  for (let i = 0; i < 4_010; i++) await own.get('/tags?limit=0')
  await own.app.auditLog.flush()
  expect([await own.written('/projects'), await own.written('/tags')]).toEqual([1, 3_999])
})
