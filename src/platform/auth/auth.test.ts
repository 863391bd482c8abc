import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { ownApp } from '../../../test/support/own-app.ts'
import { client, house, permissions, world } from '../../../test/support/world.ts'
import { listenForChanges } from '../../server.ts'
import { createClient, listPartners, revokeClients, rotateSecret } from './clients.ts'

const dead = { error: { message: 'The token has been revoked, expired or not found.' } }
const HOUR = 3600_000

describe('a token', () => {
  test('of a partner is given for id and secret', async () => {
    const { nobody, client_id, client_secret } = await world()
    const { status, body } = await nobody.post('/auth/token', { grant_type: 'client_credentials', client_id, client_secret })
    expect(status).toBe(200)
    expect(body).toEqual({ access_token: expect.stringMatching(/^[\w-]{43}$/), token_type: 'Bearer', expires_in: 1800 })
  })

  test('of a user acts as that user in the user’s entity, and several live side by side', async () => {
    const w = await world()
    const tokens = await Promise.all([w.tokenFor(w.berlin.userId!), w.tokenFor(w.berlin.userId!)])
    expect(new Set(tokens).size).toBe(2)
    for (const token of tokens) {
      const { body } = await client(await house(), token).get('/entity_users/me')
      expect(body.id).toBe(w.berlin.userId)
    }
  })

  test('of a partner ignores a user that is named along', async () => {
    const { nobody, client_id, client_secret, machinery: _, ...w } = await world()
    const { body } = await nobody.post('/auth/token', {
      grant_type: 'client_credentials',
      client_id,
      client_secret,
      entity_user_id: w.berlin.userId,
    })
    expect((await client(await house(), body.access_token).get('/settings')).status).toBe(200)
  })

  test.each([
    ['an unknown client', { client_id: randomUUID() }],
    ['a wrong secret', { client_secret: 'wrong' }],
    ['an empty secret', { client_secret: '' }],
  ])('is refused to %s, in the same words', async (_who, wrong) => {
    const { nobody, client_id, client_secret } = await world()
    const { status, body } = await nobody.post('/auth/token', {
      grant_type: 'client_credentials',
      client_id,
      client_secret,
      ...wrong,
    })
    expect([status, body]).toEqual([400, { error: { message: expect.stringMatching(/^Invalid client credentials/) } }])
  })

  test('is refused to a client that was deleted, and its tokens die', async () => {
    const { nobody, client_id, client_secret, sql, partner, machinery } = await world()
    await sql('update api_clients set deleted_at = now() where id = $1', [client_id])
    machinery.access.forget()
    expect((await nobody.post('/auth/token', { grant_type: 'client_credentials', client_id, client_secret })).status).toBe(400)
    expect((await partner.get('/settings')).status).toBe(401)
  })

  test.each([
    ['no user', {}, ['body', 'entity_user_id'], 'missing'],
    ['a user that is null', { entity_user_id: null }, ['body', 'entity_user_id'], 'missing'],
    ['a user that is not a UUID', { entity_user_id: 'ada' }, ['body', 'entity_user_id'], 'uuid_parsing'],
    ['an unknown grant', { grant_type: 'password' }, ['body', 'grant_type'], 'enum'],
    ['a client that is not a UUID', { client_id: 'me' }, ['body', 'client_id'], 'uuid_parsing'],
    ['no secret', { client_secret: undefined }, ['body', 'client_secret'], 'missing'],
    ['a field nobody knows', { scope: 'all' }, ['body', 'scope'], 'extra_forbidden'],
  ])('asked for with %s is a 422', async (_what, change, loc, type) => {
    const { nobody, client_id, client_secret } = await world()
    const { status, body } = await nobody.post('/auth/token', { grant_type: 'entity_user', client_id, client_secret, ...change })
    expect(status).toBe(422)
    expect(body.detail).toContainEqual(expect.objectContaining({ loc, type }))
  })

  test('of a user is refused for a foreign, an unknown and a deleted user alike', async () => {
    const { nobody, client_id, client_secret, berlin, partnerIn } = await world()
    const other = await world()
    await partnerIn(berlin.entityId!).delete(`/entity_users/${berlin.userId}`)
    for (const entity_user_id of [other.berlin.userId, randomUUID(), berlin.userId]) {
      const { status, body } = await nobody.post('/auth/token', {
        grant_type: 'entity_user',
        client_id,
        client_secret,
        entity_user_id,
      })
      expect([status, body]).toEqual([400, { error: { message: expect.stringMatching(/^Entity user not found/) } }])
    }
  })

  test('lives as long as it said, and not a second longer', async () => {
    const w = await world()
    w.clock.set('2030-05-01T12:00:00Z')
    const caller = client(await house(), await w.tokenFor(w.berlin.userId!))
    w.clock.advance(1799_000)
    expect((await caller.get('/tags')).status).toBe(200)
    w.clock.advance(1000)
    const over = { error: { message: 'The token expired at 2030-05-01T12:30:00.000Z: get a new one by POST /auth/token' } }
    expect(await caller.get('/tags')).toMatchObject({ status: 401, body: over })
    w.clock.advance(HOUR)
    w.machinery.access.forget()
    expect((await caller.get('/tags')).status).toBe(401)
  })

  test('that was revoked is dead at once, and others live on', async () => {
    const w = await world()
    const token = await w.tokenFor(w.berlin.userId!)
    const caller = client(await house(), token)
    expect((await caller.get('/tags')).status).toBe(200)
    const { client_id, client_secret } = w
    const { status, body } = await w.partner.post('/auth/revoke', { client_id, client_secret, token })
    expect([status, typeof body.message]).toEqual([200, 'string'])
    expect(await caller.get('/tags')).toMatchObject({ status: 401, body: dead })
    expect((await w.berlin.get('/tags')).status).toBe(200)
    // Once more does no harm.
    expect((await w.partner.post('/auth/revoke', { client_id, client_secret, token })).status).toBe(200)
  })

  test('may revoke itself', async () => {
    const { berlin, client_id, client_secret } = await world()
    expect((await berlin.post('/auth/revoke', { client_id, client_secret, token: berlin.token })).status).toBe(200)
    expect((await berlin.post('/auth/revoke', { client_id, client_secret, token: berlin.token })).status).toBe(401)
  })

  test('is revoked only by the client it was made for', async () => {
    const w = await world()
    const other = await world()
    const { client_id, client_secret } = other
    await other.partner.post('/auth/revoke', { client_id, client_secret, token: w.berlin.token })
    expect((await w.berlin.get('/tags')).status).toBe(200)
    const wrong = await w.partner.post('/auth/revoke', { client_id: w.client_id, client_secret: 'x', token: w.berlin.token })
    expect([wrong.status, wrong.body]).toEqual([
      400,
      { error: { message: expect.stringMatching(/^Invalid client credentials/) } },
    ])
    expect((await w.berlin.get('/tags')).status).toBe(200)
  })

  test('of a user who was deleted is dead at once', async () => {
    const { berlin, partnerIn } = await world()
    await berlin.get('/tags')
    await partnerIn(berlin.entityId!).delete(`/entity_users/${berlin.userId}`)
    expect(await berlin.get('/tags')).toMatchObject({ status: 401, body: dead })
  })

  test('that one process kills is dead in the others too', async () => {
    const w = await world()
    const second = await ownApp({ rate_limit: 0 })
    const listener = await listenForChanges(second.connection, second.machinery, w.machinery.log)
    try {
      const ask = async () =>
        (await second.app.inject({ url: '/tags', headers: { authorization: `Bearer ${w.berlin.token}` } })).statusCode
      expect(await ask()).toBe(200)
      const { client_id, client_secret } = w
      await w.partner.post('/auth/revoke', { client_id, client_secret, token: w.berlin.token })
      await expect.poll(ask, { timeout: 2000, interval: 20 }).toBe(401)
    } finally {
      await listener.stop()
      await second.close()
    }
  })

  test.each([
    ['no header', {}, 'is missing'],
    ['another scheme', { authorization: 'Basic YTpi' }, 'is no "Bearer "'],
    ['nothing behind Bearer', { authorization: 'Bearer ' }, 'is no "Bearer "'],
    ['an unknown token', { authorization: `Bearer ${'x'.repeat(43)}` }, dead.error.message],
    ['a token with blanks', { authorization: 'Bearer a b' }, 'is no "Bearer "'],
    ['an endless token', { authorization: `Bearer ${'x'.repeat(4000)}` }, 'is no "Bearer "'],
  ])('is needed: %s is a 401 that says which', async (_what, headers: Record<string, string>, why) => {
    const { nobody } = await world()
    const answer = await nobody.with(headers).get('/tags')
    expect(answer).toMatchObject({ status: 401, body: { error: { message: expect.stringContaining(why) } } })
    expect(answer.headers['www-authenticate']).toBe('Bearer')
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('may be introduced in small letters', async () => {
    const { nobody, berlin } = await world()
    expect((await nobody.with({ authorization: `bearer ${berlin.token}` }).get('/tags')).status).toBe(200)
  })

  test('is never stored readable', async () => {
    const { berlin, client_secret, sql } = await world()
    const hashes = await sql<{ row: string }>(
      `select access_tokens::text as row from access_tokens union all select api_clients::text from api_clients`,
    )
    for (const { row } of hashes) {
      expect(row).not.toContain(berlin.token)
      expect(row).not.toContain(client_secret)
    }
  })
})

describe('a secret', () => {
  test('that is changed ends the old one and its tokens at once, and those of other clients live on', async () => {
    const w = await world()
    const other = await createClient(w.machinery.db, w.partner_id)
    const grant = { grant_type: 'client_credentials' }
    const { body } = await w.nobody.post('/auth/token', { ...grant, ...other })
    const second = client(await house(), body.access_token)
    expect((await w.partner.get('/settings')).status).toBe(200)
    const made = await rotateSecret(w.machinery.db, w.client_id)
    w.machinery.access.forget()
    expect((await w.partner.get('/settings')).status).toBe(401)
    expect((await w.berlin.get('/tags')).status).toBe(401)
    expect(
      (await w.nobody.post('/auth/token', { ...grant, client_id: w.client_id, client_secret: w.client_secret })).status,
    ).toBe(400)
    expect((await w.nobody.post('/auth/token', { ...grant, ...made })).status).toBe(200)
    expect((await second.get('/settings')).status).toBe(200)

    expect(await revokeClients(w.machinery.db, w.partner_id)).toHaveLength(2)
    w.machinery.access.forget()
    expect((await second.get('/settings')).status).toBe(401)
    expect((await w.nobody.post('/auth/token', { ...grant, ...other })).status).toBe(400)
    await expect(rotateSecret(w.machinery.db, w.client_id)).rejects.toThrow('no client')
    await expect(revokeClients(w.machinery.db, w.partner_id)).rejects.toThrow('no client')
    await expect(createClient(w.machinery.db, randomUUID())).rejects.toThrow('There is no partner')
    const [listed] = (await listPartners(w.machinery.db)).filter(({ id }) => id === w.partner_id)
    expect(listed).toMatchObject({
      entities: 2,
      clients: [
        { revoked: true, tokens: 0 },
        { revoked: true, tokens: 0 },
      ],
    })
  })

  test('that is changed elsewhere is dead here, too', async () => {
    const w = await world()
    const second = await ownApp({ rate_limit: 0 })
    const listener = await listenForChanges(second.connection, second.machinery, w.machinery.log)
    try {
      const ask = async () =>
        (await second.app.inject({ url: '/settings', headers: { authorization: `Bearer ${w.partner.token}` } })).statusCode
      expect(await ask()).toBe(200)
      await rotateSecret(w.machinery.db, w.client_id)
      await expect.poll(ask, { timeout: 2000, interval: 20 }).toBe(401)
    } finally {
      await listener.stop()
      await second.close()
    }
  })
})

describe('operations about the partner', () => {
  const calls: [method: 'get' | 'post' | 'patch' | 'put', path: string, body?: object][] = [
    ['get', '/entities'],
    [
      'post',
      '/entities',
      {
        type: 'organization',
        email: 'a@b.de',
        address: { country: 'DE', city: 'B', line1: 'X', postal_code: '1' },
        organization: { legal_name: 'A' },
      },
    ],
    ['get', '/entities/:id'],
    ['patch', '/entities/:id', {}],
    ['post', '/entities/:id/activate'],
    ['post', '/entities/:id/deactivate'],
    ['get', '/entities/:id/partner_metadata'],
    ['put', '/entities/:id/partner_metadata', { metadata: {} }],
    ['get', '/settings'],
    ['patch', '/settings', {}],
    ['get', '/webhook_subscriptions'],
    ['post', '/webhook_subscriptions', { object_type: 'tag', url: 'http://127.0.0.1:9/' }],
    ['get', '/webhook_deliveries'],
  ]
  test.each(calls)('refuse an entity user: %s %s', async (method, path, body) => {
    const { berlin } = await world()
    const answer = await berlin[method](path.replace(':id', berlin.entityId!), body as never)
    expect([answer.status, answer.body]).toEqual([
      403,
      { error: { message: expect.stringMatching(/^This operation needs a partner token/) } },
    ])
  })
})

describe('operations about oneself', () => {
  const calls: [method: 'get' | 'patch', path: string][] = [
    ['get', '/entity_users/me'],
    ['patch', '/entity_users/me'],
    ['get', '/entity_users/my_entity'],
    ['patch', '/entity_users/my_entity'],
    ['get', '/entity_users/my_role'],
    ['get', '/entities/me'],
    ['patch', '/entities/me'],
  ]
  test.each(calls)('refuse a partner token: %s %s', async (method, path) => {
    const { partner, partnerIn, berlin } = await world()
    for (const caller of [partner, partnerIn(berlin.entityId!)])
      expect((await caller[method](path, {} as never)).status).toBe(403)
  })

  test('take entity and user from the token', async () => {
    const { berlin } = await world()
    const bare = client(await house(), berlin.token)
    expect((await bare.get('/entity_users/me')).body.id).toBe(berlin.userId)
    expect((await bare.get('/entities/me')).body.id).toBe(berlin.entityId)
  })
})

describe('the entity header', () => {
  const paths = ['/tags', '/roles', '/bank_accounts', '/entity_users', '/events']

  test.each(paths)('is needed with a partner token: %s', async (path) => {
    const { partner } = await world()
    const { status, body } = await partner.get(path)
    expect([status, body.detail]).toEqual([
      422,
      [{ loc: ['header', 'x-monite-entity-id'], msg: expect.stringMatching(/^Field required: the entity/), type: 'missing' }],
    ])
  })

  test('may be left out with a user’s token', async () => {
    const { berlin } = await world()
    const bare = client(await house(), berlin.token)
    for (const path of [...paths, '/files?file_type=attachments']) {
      const { status, headers } = await bare.get(path)
      expect([status, headers['x-monite-entity-id']]).toEqual([200, berlin.entityId])
    }
  })

  test('with a user’s token may name the user’s own entity and no other', async () => {
    const { berlin, paris } = await world()
    const ask = async (id: string, path = '/tags') => berlin.with({ 'x-monite-entity-id': id }).get(path)
    expect((await ask(berlin.entityId!)).status).toBe(200)
    expect((await ask(berlin.entityId!.toUpperCase())).status).toBe(200)
    for (const path of ['/tags', '/entity_users/me', '/files?file_type=attachments'])
      expect(await ask(paris.entityId!, path)).toMatchObject({ status: 404, body: { error: { message: 'Entity not found' } } })
  })

  test('with a partner token names an entity of the partner: foreign and unknown ones sound the same', async () => {
    const { partnerIn } = await world()
    const other = await world()
    for (const id of [other.berlin.entityId!, randomUUID()])
      expect(await partnerIn(id).get('/tags')).toMatchObject({
        status: 404,
        body: { error: { message: 'Entity not found: GET /entities lists yours' } },
      })
    const { status, body } = await partnerIn('berlin').get('/tags')
    expect([status, body.detail[0].loc, body.detail[0].type]).toEqual([422, ['header', 'x-monite-entity-id'], 'uuid_parsing'])
  })

  test('is ignored where it has no meaning, as the Node SDK sends it everywhere', async () => {
    const { partner, nobody, berlin, client_id, client_secret } = await world()
    const everywhere = { 'x-monite-entity-id': berlin.entityId! }
    expect((await partner.with(everywhere).get('/settings')).status).toBe(200)
    expect((await partner.with(everywhere).get('/webhook_subscriptions')).status).toBe(200)
    expect((await partner.with({ 'x-monite-entity-id': randomUUID() }).get(`/entities/${berlin.entityId}`)).status).toBe(200)
    const token = await nobody
      .with(everywhere)
      .post('/auth/token', { grant_type: 'client_credentials', client_id, client_secret })
    expect(token.status).toBe(200)
  })

  test('does not open the path of another entity', async () => {
    const { berlin, paris } = await world()
    for (const path of ['settings', 'vat_ids', 'settings/next_document_numbers'])
      expect((await berlin.get(`/entities/${paris.entityId}/${path}`)).status).toBe(404)
    expect((await berlin.patch(`/entities/${paris.entityId}/settings`, {})).status).toBe(404)
    expect((await berlin.delete(`/entities/${paris.entityId}/logo`)).status).toBe(404)
  })
})

describe('a role', () => {
  test('that lacks an action refuses it in the words clients know', async () => {
    const { berlin, newUser } = await world()
    const user = await newUser(berlin.entityId!, permissions({ 'tag:create': 'not_allowed' }))
    expect(await user.post('/tags', { name: 'A' })).toMatchObject({
      status: 403,
      body: { error: { message: 'Action create for tag not allowed' } },
    })
    expect((await user.get('/tags')).status).toBe(200)
  })

  test('is asked after the shape of the request and before the object', async () => {
    const { berlin, newUser } = await world()
    const user = await newUser(berlin.entityId!, permissions({}, 'not_allowed'))
    expect((await user.post('/tags', {})).status).toBe(422)
    expect((await user.get('/tags/nonsense')).status).toBe(422)
    expect((await user.get(`/tags/${randomUUID()}`)).status).toBe(403)
  })

  test('limited to one’s own shows and changes only that', async () => {
    const { berlin, newUser } = await world()
    const user = await newUser(berlin.entityId!, permissions({}, 'allowed_for_own'))
    const { body: hers } = await berlin.post('/tags', { name: 'Hers' })
    const { body: mine } = await user.post('/tags', { name: 'Mine' })
    expect((await user.get('/tags')).body.data).toEqual([mine])
    for (const answer of [
      await user.get(`/tags/${hers.id}`),
      await user.patch(`/tags/${hers.id}`, { name: 'x' }),
      await user.delete(`/tags/${hers.id}`),
    ])
      expect(answer.status).toBe(403)
    expect((await user.get(`/tags/${randomUUID()}`)).status).toBe(404)
    expect((await user.patch(`/tags/${mine.id}`, { name: 'x' })).status).toBe(200)
    expect((await user.delete(`/tags/${mine.id}`)).status).toBe(204)
  })

  test('without any permission still lets its user know who they are', async () => {
    const { berlin, newUser } = await world()
    const user = await newUser(berlin.entityId!, {})
    expect((await user.get('/entity_users/me')).status).toBe(200)
    expect((await user.get('/entity_users/my_role')).body.permissions).toEqual({})
    for (const path of ['/entity_users/my_entity', '/entities/me', `/entities/${berlin.entityId}/settings`])
      expect(await user.get(path)).toMatchObject({
        status: 403,
        body: { error: { message: 'Action read for entity not allowed' } },
      })
    expect((await user.patch('/entity_users/me', { first_name: 'Me' })).status).toBe(200)
  })
})
