import { describe, expect, test } from 'vitest'
import { sha256 } from '../../src/platform/auth/secrets.ts'
import { idPlaces, minimal } from '../fuzz/generate.ts'
import { client, permissions } from '../support/world.ts'
import { targets } from './places.ts'
import { filled, prefixes, resources } from './resources.ts'
import { imaginary, isolation, message } from './suite.ts'

/**
 * Made from the routes: every operation, asked by everybody who may not ask it. A new operation is picked up by itself, and fails here by
 * name when the suite doesn't know its objects.
 */

const { own, other, berlin, paris, stranger, guarded, served, send, books, said, deleted, listed } = await isolation()

test('the suite knows how to make everything that has an id in a path', () => {
  const unknown = [...served].filter((prefix) => !resources[prefix])
  expect(unknown, 'add these to test/isolation/resources.ts').toEqual([])
})

test('the suite knows what every id in a query or a body refers to', () => {
  const unknown = guarded.flatMap((op) =>
    [...idPlaces(op.query, 'query'), ...idPlaces(op.body, 'body')]
      .filter((place) => !/^(query|body)\.id__(not_)?in/.test(place) && !targets.some(([pattern]) => pattern.test(place)))
      .map((place) => `${op.id} ${place}`),
  )
  expect(unknown, 'add these to test/isolation/places.ts').toEqual([])
})

describe('without a good token the answer is a 401, with another partner nothing is there', async () => {
  const expired = await own.tokenFor(own.berlin.userId!)
  await own.sql(`update access_tokens set expires_at = now() - interval '1 second' where hash = $1`, [sha256(expired)])
  const revoked = await own.tokenFor(own.berlin.userId!)
  await own.partner.post('/auth/revoke', { client_id: own.client_id, client_secret: own.client_secret, token: revoked })
  own.machinery.access.forget()
  const dead = { none: '', expired, revoked, 'made up': 'no-such-token' }

  test.each(guarded)('$method $url', async (op) => {
    const ids = Object.fromEntries(prefixes(op.url).map((prefix) => [prefix.slice(prefix.lastIndexOf(':') + 1), imaginary()]))
    const body = op.body ? minimal(op.body) : undefined
    const before = await books()
    for (const [kind, token] of Object.entries(dead)) {
      const answer = await send(client(own, token, { entityId: berlin.entityId }), op, filled(op.url, ids), body)
      expect([kind, answer.status], JSON.stringify(answer.body)).toEqual([kind, 401])
      expect(answer.headers['www-authenticate']).toBe('Bearer')
    }
    // The entity in the header: another partner's is as absent as one that never was, also for a user of the same partner.
    if (op.entity === 'header' || op.entity === 'optional') {
      const asked = { ...ids, ...(op.url.includes(':entity_id') && { entity_id: berlin.entityId }) }
      for (const token of [own.partner.token, own.berlin.token]) {
        const said_ = []
        for (const entityId of [stranger.entityId, imaginary(), ...(token === own.berlin.token ? [paris.entityId] : [])])
          said_.push(said(await send(client(own, token, { entityId }), op, filled(op.url, asked), body), [entityId]))
        expect(new Set(said_).size, said_.join('\n')).toBe(1)
        expect(said_[0]).toContain('404 {"error":{"message":"Entity not found')
      }
    }
    expect(await books()).toBe(before)
  })
})

describe('without the permission the answer is a 403 that says which is missing', async () => {
  const nobody = await own.newUser(berlin.entityId, permissions({}, 'not_allowed'))
  test.each(guarded.filter(({ may }) => may !== 'any' && may !== 'anyone'))('$method $url', async (op) => {
    const [first] = [op.may].flat()
    const body = op.body ? minimal(op.body) : undefined
    const ids = Object.fromEntries(prefixes(op.url).map((prefix) => [prefix.slice(prefix.lastIndexOf(':') + 1), imaginary()]))
    if ('entity_id' in ids) ids.entity_id = berlin.entityId
    const before = await books()
    const asked = op.may === 'user' ? berlin.partner : nobody
    const answer = await send(asked, op, filled(listed(op), ids), body)
    const [object, action] = first!.split(':')
    const words = { partner: 'This operation needs a partner token', user: 'This operation needs the token of an entity user' }
    expect(answer.status, JSON.stringify(answer.body)).toBe(403)
    expect(message(answer)).toMatch(words[op.may as 'user'] ?? `Action ${action} for ${object} not allowed`)
    expect(await books()).toBe(before)
  })
})

describe('tokens', () => {
  test('a page token of another entity, another list or nobody is refused', async () => {
    for (let i = 0; i < 3; i++) await own.paris.post('/tags', { name: `Page ${i}` })
    const { next_pagination_token: token } = (await own.paris.get('/tags?limit=1')).body
    const refused = await own.berlin.get(`/tags?pagination_token=${token}`)
    expect(refused.status).toBe(406)
    expect(await own.berlin.get(`/tags?pagination_token=${token.slice(0, -2)}xx`)).toMatchObject({
      status: 406,
      body: refused.body,
    })
    expect((await own.paris.get(`/roles?pagination_token=${token}`)).status).toBe(406)
  })

  const grant = (entity_user_id: string, changes: object = {}) =>
    own.nobody.post('/auth/token', {
      grant_type: 'entity_user',
      entity_user_id,
      client_id: own.client_id,
      client_secret: own.client_secret,
      ...changes,
    })

  test('a user of another partner is as absent as one that never was, and so is a client', async () => {
    const unknown = await grant(imaginary())
    expect(unknown.status).toBe(400)
    const gone = await deleted(berlin, '/entity_users/:entity_user_id')
    for (const id of [stranger.user.userId!, gone!.entity_user_id!])
      expect(await grant(id)).toMatchObject({ status: unknown.status, body: unknown.body })
    const wrong = await grant(own.berlin.userId!, { client_secret: other.client_secret })
    expect(await grant(own.berlin.userId!, { client_id: imaginary() })).toMatchObject({ status: wrong.status, body: wrong.body })
    expect((await grant(own.berlin.userId!)).status).toBe(200)
  })

  test('a token is revoked by the client that it was given to, and by no other', async () => {
    const token = await own.tokenFor(own.berlin.userId!)
    await other.partner.post('/auth/revoke', { client_id: other.client_id, client_secret: other.client_secret, token })
    expect((await client(own, token, { entityId: berlin.entityId }).get('/tags')).status).toBe(200)
  })
})
