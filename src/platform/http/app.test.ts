import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ownApp } from '../../../test/support/own-app.ts'
import { VERSION, world } from '../../../test/support/world.ts'
import { createRateLimit } from './rate-limit.ts'

const headersOf = (token: string, more: Record<string, string> = {}) => ({
  authorization: `Bearer ${token}`,
  'x-monite-version': VERSION,
  ...more,
})

describe('x-monite-version', () => {
  const ask = async (version?: string) => {
    const w = await world()
    const headers = { authorization: `Bearer ${w.berlin.token}`, ...(version !== undefined && { 'x-monite-version': version }) }
    return w.app.inject({ url: '/tags', headers })
  }

  test.each(['2024-01-31', '2024-05-25', '2025-06-23'])('%s is served and echoed', async (version) => {
    const { statusCode, headers } = await ask(version)
    expect([statusCode, headers['x-monite-version']]).toEqual([200, version])
  })

  test.each(['2023-09-01', '2024-05-24', '2099-01-01', '2024-99-99'])(
    '%s is not known, and the answer lists those that are',
    async (version) => {
      const answer = await ask(version)
      expect(answer.statusCode).toBe(400)
      expect(answer.json().error.message).toBe(
        `API version ${version} is not supported; known versions are 2024-01-31, 2024-05-25, 2025-06-23`,
      )
    },
  )

  test.each(['latest', '2024', '24-05-25', ''])('%j is not a date', async (version) => {
    const answer = await ask(version)
    expect(answer.statusCode).toBe(422)
    expect(answer.json().detail).toEqual([
      {
        loc: ['header', 'x-monite-version'],
        msg: 'Input should be one of 2024-01-31, 2024-05-25, 2025-06-23',
        type: 'date_parsing',
      },
    ])
  })

  test('may be left out: the newest version answers', async () => {
    const { statusCode, headers } = await ask()
    expect([statusCode, headers['x-monite-version']]).toEqual([200, VERSION])
  })

  test('left out, the version of the partner’s settings answers, as soon as it is set', async () => {
    const { app, berlin, partner } = await world()
    const version = async () =>
      (await app.inject({ url: '/tags', headers: { authorization: `Bearer ${berlin.token}` } })).headers['x-monite-version']
    expect(await version()).toBe(VERSION)
    await partner.patch('/settings', { api_version: '2024-01-31' })
    expect(await version()).toBe('2024-01-31')
    await partner.patch('/settings', { api_version: '2023-04-12' })
    expect(await version()).toBe(VERSION)
  })

  test('may be left out where a token is fetched', async () => {
    const { app, client_id, client_secret } = await world()
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/auth/token',
      payload: { grant_type: 'client_credentials', client_id, client_secret },
    })
    expect(answer.statusCode).toBe(200)
  })
})

describe('an address', () => {
  test('works under /v1 and without it', async () => {
    const { berlin } = await world()
    await berlin.post('/v1/tags', { name: 'A' })
    expect((await berlin.get('/v1/tags')).body).toEqual((await berlin.get('/tags')).body)
    expect((await berlin.get('/v1/v1/tags')).status).toBe(404)
  })

  test.each(['/v1', '/nothing', '/tags/a/b', '/v2/tags', '/tagsx'])(
    '%s that leads nowhere is a 404 with a body',
    async (path) => {
      const { berlin } = await world()
      expect(await berlin.get(path)).toMatchObject({
        status: 404,
        body: { error: { message: expect.stringContaining('There is nothing at this address') } },
      })
    },
  )

  test.each([
    ['DELETE', '/tags', 'GET, POST'],
    ['PUT', '/v1/tags', 'GET, POST'],
    ['POST', '/tags/00000000-0000-0000-0000-000000000000', 'GET, PATCH, DELETE'],
    ['GET', '/auth/token', 'POST'],
    ['DELETE', '/entities/00000000-0000-0000-0000-000000000000', 'GET, PATCH'],
  ])('offers its own methods only: %s %s', async (method, url, allow) => {
    const { app } = await world()
    const answer = await app.inject({ method: method as 'GET', url })
    expect([answer.statusCode, answer.headers.allow, answer.json()]).toEqual([
      405,
      allow,
      {
        error: {
          message: expect.stringMatching(/^Method Not Allowed: this address takes [A-Z, ]+$/),
          code: 'method_not_offered',
          doc_url: expect.stringMatching(/\/docs\/errors#method_not_offered$/),
        },
      },
    ])
  })

  test.each(['/tags/%zz', '/%', '/tags/%E0%A4%A', `/tags/${'x'.repeat(600)}`])(
    'that can not be read is refused in our words: %s',
    async (url) => {
      const { app, berlin } = await world()
      const answer = await app.inject({ url, headers: headersOf(berlin.token, { origin: 'https://app.example' }) })
      expect(answer.statusCode).toBeGreaterThanOrEqual(400)
      expect(answer.statusCode).toBeLessThan(500)
      const body = answer.json()
      expect(typeof (body.error?.message ?? body.detail?.[0].msg)).toBe('string')
      expect(answer.headers['x-request-id']).toBeDefined()
      expect(answer.headers['access-control-allow-origin']).toBe('*')
    },
  )

  test('answers HEAD as it answers GET, without the body', async () => {
    const { app, berlin } = await world()
    const answer = await app.inject({
      method: 'HEAD',
      url: '/tags',
      headers: headersOf(berlin.token, { 'idempotency-key': 'k' }),
    })
    expect([answer.statusCode, answer.body]).toEqual([200, ''])
    expect((await app.inject({ method: 'HEAD', url: '/tags' })).statusCode).toBe(401)
  })

  test('may hold no NUL byte', async () => {
    const { berlin } = await world()
    expect((await berlin.get('/tags?name__in=%00')).status).toBe(422)
  })
})

describe('every answer', () => {
  test.each(['/tags', '/nothing', '/tags/nonsense', '/settings'])('has its request id and duration: %s', async (path) => {
    const { berlin } = await world()
    const [one, two] = [await berlin.get(path), await berlin.get(path)]
    for (const { headers } of [one, two]) {
      expect(headers['x-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      expect(headers['x-process-time']).toMatch(/^\d+\.\d+$/)
      expect(headers['content-type']).toMatch(/^application\/json/)
    }
    expect(one.headers['x-request-id']).not.toBe(two.headers['x-request-id'])
  })

  test('names the entity it is about', async () => {
    const { berlin, partnerIn } = await world()
    expect((await partnerIn(berlin.entityId!).get('/tags')).headers['x-monite-entity-id']).toBe(berlin.entityId)
    expect((await berlin.get('/tags')).headers['x-monite-entity-id']).toBe(berlin.entityId)
  })
})

describe('a browser', () => {
  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])('may ask whether it may %s', async (method) => {
    const { app } = await world()
    const headers = {
      origin: 'https://app.example',
      'access-control-request-method': method,
      'access-control-request-headers':
        'authorization,content-type,x-monite-version,x-monite-entity-id,x-monite-sdk-version,x-entity-name',
    }
    const answer = await app.inject({ method: 'OPTIONS', url: '/v1/tags', headers })
    expect(answer.statusCode).toBe(204)
    expect(answer.headers['access-control-allow-origin']).toBe('*')
    expect(answer.headers['access-control-allow-methods']).toContain(method)
    const allowed = String(answer.headers['access-control-allow-headers']).split(', ')
    for (const name of headers['access-control-request-headers'].split(',')) expect(allowed).toContain(name)
    expect(answer.headers['access-control-max-age']).toBe('86400')
  })

  test.each(['/tags', '/nothing', '/auth/token', '/f/unknown'])('can read errors too: %s', async (url) => {
    const { app } = await world()
    const { headers, statusCode } = await app.inject({ url, headers: { origin: 'https://app.example' } })
    expect(statusCode).toBeGreaterThanOrEqual(400)
    expect(headers['access-control-allow-origin']).toBe('*')
    expect(headers['access-control-expose-headers']).toContain('x-request-id')
  })

  test('of an origin that is not on the list gets no permission', async () => {
    const { app, close } = await ownApp({ cors_origin: 'https://app.example, https://admin.example' })
    try {
      const allowed = async (origin: string) => (await app.inject({ url: '/nothing', headers: { origin } })).headers
      expect((await allowed('https://admin.example'))['access-control-allow-origin']).toBe('https://admin.example')
      expect((await allowed('https://evil.example'))['access-control-allow-origin']).toBeUndefined()
      for (const origin of ['https://app.example', 'https://evil.example']) expect((await allowed(origin)).vary).toBe('origin')
    } finally {
      await close()
    }
  })
})

describe('a body', () => {
  const send = async (payload: string | Buffer, type: string | null = 'application/json', url = '/tags') => {
    const { app, berlin } = await world()
    const answer = await app.inject({
      method: 'POST',
      url,
      payload,
      headers: headersOf(berlin.token, type === null ? {} : { 'content-type': type }),
    })
    return { status: answer.statusCode, body: answer.json() }
  }

  test('that is too large is refused in exactly these words', async () => {
    const { status, body } = await send(JSON.stringify({ name: 'x'.repeat(2_100_000) }))
    expect([status, body]).toEqual([413, { message: 'Request size limit exceeded' }])
  })

  test.each(['{', '{"name": }', '{"name": "a",}', "{'name': 'a'}", 'name=a', '{"name": "a"} x', '\ufeff{', 'undefined', 'NaN'])(
    'that is no JSON is a 422: %s',
    async (text) => {
      const { status, body } = await send(text)
      expect(status).toBe(422)
      expect(body.detail).toEqual([
        {
          loc: ['body', expect.any(Number)],
          msg: expect.stringMatching(/^JSON decode error at character \d+/),
          type: 'json_invalid',
        },
      ])
    },
  )

  test.each([
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'nonsense',
    'multipart/form-data; boundary=x',
  ])('of another content type is a 422: %s', async (type) => {
    const { status, body } = await send('{"name":"A"}', type)
    expect(status).toBe(422)
    expect(body.detail[0].loc[0]).toMatch(/header|body/)
  })

  test.each(['application/json; charset=utf-8', 'application/json;charset=UTF-8', 'Application/JSON'])(
    'may be sent as %s',
    async (type) => {
      expect((await send('{"name":"A"}', type)).status).toBe(201)
    },
  )

  test('that is missing is a missing body', async () => {
    for (const type of ['application/json', null]) {
      const { status, body } = await send('', type)
      expect([status, body.detail]).toEqual([422, [{ loc: ['body'], msg: 'Field required', type: 'missing' }]])
    }
  })

  test.each(['null', '[]', '"text"', '1', 'true'])('that is %s and no object is a 422', async (text) => {
    const { status, body } = await send(text)
    expect([status, body.detail[0].loc]).toEqual([422, ['body']])
  })

  test.each([
    ['{"name":"a\\u0000b"}', ['body', 'name'], 'string_unicode'],
    ['{"name":"\\ud800"}', ['body', 'name'], 'string_unicode'],
    ['{"name":12345678901234567890}', ['body', 'name'], 'number_too_large'],
    ['{"name":"a","__proto__":{"x":1}}', ['body'], 'value_error'],
    [`${'['.repeat(60)}${']'.repeat(60)}`, expect.arrayContaining(['body']), 'value_error'],
  ])('with something no schema can see is a 422: %s', async (text, loc, type) => {
    const { status, body } = await send(text)
    expect(status).toBe(422)
    expect(body.detail[0]).toMatchObject({ loc, type })
  })

  test.each([
    ['multipart/form-data', ''],
    ['multipart/form-data', 'x'],
    ['multipart/form-data; boundary=x', ''],
    ['multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nbreaks off'],
    ['multipart/form-data; boundary=x', 'no boundary at all'],
  ])('of a broken form is a 422: %s %j', async (type, payload) => {
    const { status, body } = await send(payload, type, '/files')
    expect(status).toBe(422)
    expect(body.detail[0].loc[0]).toMatch(/header|body/)
  })
})

describe('what is wrong with a request', () => {
  const faults: [body: object, loc: (string | number)[], type: string][] = [
    [{ object_type: 'tag' }, ['body', 'url'], 'missing'],
    [{ object_type: 'tag', url: 5 }, ['body', 'url'], 'string_type'],
    [{ object_type: 'tag', url: null }, ['body', 'url'], 'string_type'],
    [{ object_type: 'tag', url: '' }, ['body', 'url'], 'string_too_short'],
    [{ object_type: 'tag', url: 'x' }, ['body', 'url'], 'url_parsing'],
    [{ object_type: 'tag', url: `https://e.example/${'x'.repeat(2083)}` }, ['body', 'url'], 'string_too_long'],
    [{ object_type: 'cat', url: 'https://e.example' }, ['body', 'object_type'], 'enum'],
    [{ object_type: 'tag', url: 'https://e.example', event_types: 'created' }, ['body', 'event_types'], 'list_type'],
    [{ object_type: 'tag', url: 'https://e.example', event_types: ['created', 5] }, ['body', 'event_types', 1], 'string_type'],
    [{ object_type: 'tag', url: 'https://e.example', event_types: ['created', 'eaten'] }, ['body', 'event_types', 1], 'enum'],
    [{ object_type: 'tag', url: 'https://e.example', extra: 1 }, ['body', 'extra'], 'extra_forbidden'],
  ]
  test.each(faults)('in the body is named by place and kind: %j', async (body, loc, type) => {
    const { partner } = await world()
    const answer = await partner.post('/webhook_subscriptions', body)
    expect(answer.status).toBe(422)
    expect(answer.body.detail).toContainEqual({ loc, msg: expect.stringMatching(/^[A-Z"a-z].{5,}/), type })
  })

  test.each([
    ['limit=0', ['query', 'limit'], 'greater_than_equal'],
    ['limit=101', ['query', 'limit'], 'less_than_equal'],
    ['limit=ten', ['query', 'limit'], 'int_type'],
    ['order=up', ['query', 'order'], 'enum'],
    ['sort=name', ['query', 'sort'], 'enum'],
    ['id__in=x', ['query', 'id__in', 0], 'uuid_parsing'],
    [`id__in=${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}&id__in=x`, ['query', 'id__in', 1], 'uuid_parsing'],
    ['created_by_entity_user_id=me', ['query', 'created_by_entity_user_id'], 'uuid_parsing'],
  ])('in the query is named by place and kind: %s', async (query, loc, type) => {
    const { berlin } = await world()
    const { status, body } = await berlin.get(`/tags?${query}`)
    expect(status).toBe(422)
    expect(body.detail).toContainEqual({ loc, msg: expect.any(String), type })
  })

  test('in the path is named by place and kind', async () => {
    const { berlin } = await world()
    const { status, body } = await berlin.get('/tags/5')
    expect([status, body]).toEqual([
      422,
      { detail: [{ loc: ['path', 'tag_id'], msg: 'Input should be a valid uuid', type: 'uuid_parsing' }] },
    ])
  })

  test('is told all at once', async () => {
    const { partner } = await world()
    const { body } = await partner.post('/webhook_subscriptions', { extra: 1 })
    expect(body.detail.map(({ loc }: { loc: string[] }) => loc.join('.')).sort()).toEqual([
      'body.extra',
      'body.object_type',
      'body.url',
    ])
  })

  test('is told in part when it is very much, and that there is more', async () => {
    const { partner } = await world()
    const extras = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`extra_${i}`, i]))
    const { status, body } = await partner.post('/webhook_subscriptions', extras)
    expect([status, body.detail.length]).toEqual([422, 25])
    expect(body.detail[0].type).toMatch(/missing|extra_forbidden/)
    expect(body.detail.at(-1)).toEqual({
      loc: ['body'],
      msg: 'There are more faults; these are the first 24',
      type: 'too_many_faults',
    })
  })

  test('at the token is 406 or 422, as the list declares', async () => {
    const { berlin, paris, partner } = await world()
    await berlin.post('/tags', { name: 'A' })
    await berlin.post('/tags', { name: 'B' })
    const { body } = await berlin.get('/tags?limit=1')
    const token = body.next_pagination_token
    const message = 'Invalid pagination token: send the next_pagination_token of this list, or none'
    for (const bad of ['x', `${token}x`, `x${token}`, '', 'a.b'])
      expect(await berlin.get(`/tags?pagination_token=${encodeURIComponent(bad)}`)).toMatchObject({
        status: 406,
        body: { error: { message } },
      })
    expect((await paris.get(`/tags?pagination_token=${token}`)).status).toBe(406)
    expect((await berlin.get(`/roles?pagination_token=${token}`)).status).toBe(406)
    const events = await partner.get('/webhook_subscriptions?pagination_token=x')
    expect(events).toMatchObject({ status: 422, body: { detail: [{ loc: ['query', 'pagination_token'], msg: message }] } })
  })
})

describe('a list', () => {
  test('with a token takes everything else from the token', async () => {
    const { berlin } = await world()
    for (const name of ['A', 'B', 'C', 'D', 'E']) await berlin.post('/tags', { name })
    const names = (body: { data: { name: string }[] }) => body.data.map(({ name }) => name)
    const { body: first } = await berlin.get('/tags?limit=2&order=desc&name__in=A&name__in=B&name__in=C&name__in=D')
    expect(names(first)).toEqual(['D', 'C'])
    const { body: second } = await berlin.get(
      `/tags?pagination_token=${first.next_pagination_token}&limit=1&order=asc&name__in=E`,
    )
    expect(names(second)).toEqual(['B', 'A'])
    expect(second.next_pagination_token).toBeNull()
    expect(names((await berlin.get(`/tags?pagination_token=${second.prev_pagination_token}`)).body)).toEqual(['D', 'C'])
  })

  test('takes repeated names, `[]` and no commas', async () => {
    const { berlin } = await world()
    for (const name of ['A', 'B', 'A,B']) await berlin.post('/tags', { name })
    const names = async (query: string) =>
      (await berlin.get(`/tags?${query}`)).body.data.map(({ name }: { name: string }) => name)
    expect(await names('name__in=A&name__in=B')).toEqual(['A', 'B'])
    expect(await names('name__in[]=A&name__in[]=B')).toEqual(['A', 'B'])
    expect(await names('name__in=A,B')).toEqual(['A,B'])
    expect(await names('unknown=1')).toHaveLength(3)
  })
})

describe('the rate limit', () => {
  let own: Awaited<ReturnType<typeof ownApp>>
  beforeAll(async () => {
    own = await ownApp({ rate_limit: 5 })
  })
  afterAll(() => own.close())

  test('counts by client, tells how much is left, and then says when to come back', async () => {
    const [hasty, calm] = [(await world()).partner.token, (await world()).partner.token]
    const ask = (token: string) => own.app.inject({ url: '/settings', headers: headersOf(token) })
    const first = await ask(hasty)
    expect(first.headers).toMatchObject({ 'ratelimit-limit': '5', 'ratelimit-remaining': '4', 'ratelimit-reset': '1' })
    expect(first.headers).toMatchObject({ 'x-ratelimit-limit-second': '5', 'x-ratelimit-remaining-second': '4' })
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask(hasty)))
    const refused = answers.filter(({ statusCode }) => statusCode !== 200)
    expect(refused.length).toBeGreaterThan(20)
    expect(refused.length).toBeLessThan(97)
    const [no] = refused
    expect(no!.json()).toMatchObject({ error: { message: 'API rate limit exceeded', code: 'rate_limit' } })
    expect(no!.headers).toMatchObject({ 'retry-after': '1', 'ratelimit-remaining': '0' })
    expect(no!.headers['x-request-id']).toBeDefined()
    expect((await ask(calm)).statusCode).toBe(200)
  })

  test('counts who has no good token by address', async () => {
    const guess = () => own.app.inject({ url: '/tags', headers: headersOf('x'.repeat(43)), remoteAddress: '192.0.2.7' })
    const statuses = (await Promise.all(Array.from({ length: 100 }, guess))).map(({ statusCode }) => statusCode)
    expect(statuses.filter((status) => status === 401).length).toBeGreaterThanOrEqual(5)
    expect(statuses).toContain(429)
  })

  test.each(['/f/nothing', '/f/nothing/page-0.png', '/readyz', '/openapi.json', '/docs', '/metrics', '/view/nothing'])(
    'counts whoever asks for %s by address',
    async (url) => {
      const ask = () => own.app.inject({ url, remoteAddress: `192.0.2.${100 + url.length}` })
      const statuses = (await Promise.all(Array.from({ length: 50 }, ask))).map(({ statusCode }) => statusCode)
      expect(statuses).toContain(429)
    },
  )

  test('does not count who asks whether the server lives', async () => {
    const ask = () => own.app.inject({ url: '/healthz', remoteAddress: '192.0.2.9' })
    const statuses = (await Promise.all(Array.from({ length: 50 }, ask))).map(({ statusCode }) => statusCode)
    expect(new Set(statuses)).toEqual(new Set([200]))
  })

  test('does not count preflights', async () => {
    const ask = () => own.app.inject({ method: 'OPTIONS', url: '/tags', remoteAddress: '192.0.2.8' })
    const statuses = (await Promise.all(Array.from({ length: 20 }, ask))).map(({ statusCode }) => statusCode)
    expect(new Set(statuses)).toEqual(new Set([204]))
  })

  test('refills evenly, up to one second’s worth', () => {
    const limit = createRateLimit(10)
    for (let i = 0; i < 10; i++) expect(limit.take('a', 0).remaining).toBe(9 - i)
    expect(limit.take('a', 0)).toEqual({ remaining: -1, retry_s: 1 })
    expect(limit.take('a', 99).remaining).toBe(-1)
    expect(limit.take('a', 100).remaining).toBe(0)
    expect(limit.take('b', 100).remaining).toBe(9)
    expect(limit.take('a', 60_000).remaining).toBe(9)
  })
})

test('nothing on the way keeps an answer: neither tokens nor what belongs to a company, nor refusals', async () => {
  const { berlin, nobody, client_id, client_secret } = await world()
  const tag = (await berlin.post('/tags', { name: 'A' })).body
  const answers = {
    token: await nobody.post('/auth/token', { grant_type: 'client_credentials', client_id, client_secret }),
    list: await berlin.get('/tags'),
    one: await berlin.get(`/tags/${tag.id}`),
    created: await berlin.post('/tags', { name: 'B' }),
    deleted: await berlin.delete(`/tags/${tag.id}`),
    missing: await berlin.get(`/tags/${tag.id}`),
    wrong: await berlin.post('/tags', {}),
    unknown: await nobody.get('/tags'),
  }
  for (const [name, { headers }] of Object.entries(answers)) expect([name, headers['cache-control']]).toEqual([name, 'no-store'])
  // A file is kept by the browser of whoever has its link.
  const { body: file } = await berlin.upload(
    'POST',
    '/files',
    { bytes: Buffer.from('A'), name: 'a.txt' },
    { file_type: 'attachments' },
  )
  expect((await nobody.get(new URL(file.url).pathname)).headers['cache-control']).toBe('private, max-age=3600')
})
