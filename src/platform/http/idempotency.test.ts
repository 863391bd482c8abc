import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { organization, world } from '../../../test/support/world.ts'
import { seal, unseal } from './idempotency.ts'

const under = (key: string) => ({ headers: { 'idempotency-key': key } })

describe('a request under an Idempotency-Key', () => {
  test('that is sent again gets the same answer and has no second effect', async () => {
    const { berlin } = await world()
    const first = await berlin.post('/tags', { name: 'Once' }, under('k1'))
    const second = await berlin.post('/tags', { name: 'Once' }, under('k1'))
    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.body).toEqual(first.body)
    expect(first.headers['idempotent-replayed']).toBeUndefined()
    expect(second.headers['idempotent-replayed']).toBe('true')
    expect((await berlin.get('/tags')).body.data).toHaveLength(1)
  })

  test('is repeated as it was, even if the object has changed since', async () => {
    const { berlin } = await world()
    const { body: tag } = await berlin.post('/tags', { name: 'Then' }, under('k'))
    await berlin.patch(`/tags/${tag.id}`, { name: 'Now' })
    expect((await berlin.post('/tags', { name: 'Then' }, under('k'))).body.name).toBe('Then')
  })

  test('changes an object once', async () => {
    const { berlin, sql } = await world()
    const { body: tag } = await berlin.post('/tags', { name: 'A' })
    const first = await berlin.patch(`/tags/${tag.id}`, { name: 'B' }, under('k'))
    const second = await berlin.patch(`/tags/${tag.id}`, { name: 'B' }, under('k'))
    expect(second).toMatchObject({ status: 200, body: first.body })
    expect(await sql(`select 1 from events where object_id = $1 and event = 'updated'`, [tag.id])).toHaveLength(1)
  })

  test('deletes once, and says so again instead of 404', async () => {
    const { berlin } = await world()
    const { body: tag } = await berlin.post('/tags', { name: 'A' })
    expect((await berlin.delete(`/tags/${tag.id}`, under('k'))).status).toBe(204)
    expect((await berlin.delete(`/tags/${tag.id}`, under('k'))).status).toBe(204)
    expect((await berlin.delete(`/tags/${tag.id}`)).status).toBe(404)
  })

  test('replaces partner metadata once', async () => {
    const { partner, berlin } = await world()
    const path = `/entities/${berlin.entityId}/partner_metadata`
    await partner.put(path, { metadata: { a: 1 } }, under('k'))
    await partner.put(path, { metadata: { b: 2 } })
    expect((await partner.put(path, { metadata: { a: 1 } }, under('k'))).body).toEqual({ metadata: { a: 1 } })
    expect((await partner.get(path)).body).toEqual({ metadata: { b: 2 } })
  })

  test('creates one entity, and answers it again', async () => {
    const { partner } = await world()
    const first = await partner.post('/entities', organization, under('new customer'))
    const second = await partner.post('/entities', organization, under('new customer'))
    expect(second).toMatchObject({ status: 201, body: first.body })
    expect((await partner.get('/entities')).body.data).toHaveLength(3)
  })

  test('stores one file, and keeps no bytes of the second upload', async () => {
    const { berlin, machinery } = await world()
    const stored = () =>
      readdirSync(join(machinery.config.data_dir, 'files'), { recursive: true, withFileTypes: true }).filter((f) => f.isFile())
        .length
    const caller = berlin.with({ 'idempotency-key': 'upload' })
    const file = { bytes: Buffer.from('hello'), name: 'hello.txt' }
    const first = await caller.upload('POST', '/files', file, { file_type: 'attachments' })
    const before = stored()
    const second = await caller.upload('POST', '/files', file, { file_type: 'attachments' })
    expect(second).toMatchObject({ status: 201, body: first.body })
    expect(second.headers['idempotent-replayed']).toBe('true')
    expect(stored()).toBe(before)
    expect((await berlin.get('/files?file_type=attachments')).body.data).toHaveLength(1)
  })

  test('and another file is a conflict', async () => {
    const { berlin } = await world()
    const caller = berlin.with({ 'idempotency-key': 'upload' })
    await caller.upload('POST', '/files', { bytes: Buffer.from('one'), name: 'a.txt' }, { file_type: 'attachments' })
    const other = await caller.upload(
      'POST',
      '/files',
      { bytes: Buffer.from('two'), name: 'a.txt' },
      { file_type: 'attachments' },
    )
    expect(other.status).toBe(409)
    expect((await berlin.get('/files?file_type=attachments')).body.data).toHaveLength(1)
  })

  test.each([
    ['another body', { name: 'B' }, '/tags'],
    ['another path', { name: 'A', permissions: {} }, '/roles'],
  ])('and %s is a conflict', async (_what, body, path) => {
    const { berlin } = await world()
    await berlin.post('/tags', { name: 'A' }, under('k'))
    const other = await berlin.post(path, body, under('k'))
    expect(other.status).toBe(409)
    expect(other.body).toEqual({ error: { message: 'This Idempotency-Key was already used for another request' } })
  })

  test('and another user of the entity is a conflict: nobody sees what somebody else was answered', async () => {
    const { berlin, newUser } = await world()
    const colleague = await newUser(berlin.entityId!)
    await berlin.post('/tags', { name: 'A' }, under('k'))
    expect((await colleague.post('/tags', { name: 'A' }, under('k'))).status).toBe(409)
  })

  test('has nothing to do with the same key in another entity', async () => {
    const { berlin, paris } = await world()
    const one = await berlin.post('/tags', { name: 'A' }, under('k'))
    const two = await paris.post('/tags', { name: 'A' }, under('k'))
    expect(two.status).toBe(201)
    expect(two.body.id).not.toBe(one.body.id)
  })

  test('sent ten times at once has one effect and ten equal answers', async () => {
    const { berlin } = await world()
    const answers = await Promise.all(Array.from({ length: 10 }, () => berlin.post('/tags', { name: 'Race' }, under('race'))))
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(201))
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect((await berlin.get('/tags')).body.data).toHaveLength(1)
  })

  test('that was refused leaves the key free', async () => {
    const { berlin } = await world()
    await berlin.post('/tags', { name: 'Taken' })
    expect((await berlin.post('/tags', { name: 'Taken' }, under('k'))).status).toBe(400)
    expect((await berlin.post('/tags', {}, under('k'))).status).toBe(422)
    expect((await berlin.post('/tags', { name: 'Free' }, under('k'))).status).toBe(201)
  })

  test('that was refused leaves nothing of a file either', async () => {
    const { berlin, sql } = await world()
    const caller = berlin.with({ 'idempotency-key': 'k' })
    expect(
      (await caller.upload('POST', '/files', { bytes: Buffer.from('x'), name: 'x' }, { file_type: 'nonsense' })).status,
    ).toBe(422)
    expect(await sql(`select 1 from idempotency_keys where entity_id = $1`, [berlin.entityId])).toEqual([])
  })

  test('still needs its permission when it is sent again', async () => {
    const { berlin, partnerIn } = await world()
    await berlin.post('/tags', { name: 'A' }, under('k'))
    const { body: role } = await berlin.get('/entity_users/my_role')
    await partnerIn(berlin.entityId!).patch(`/roles/${role.id}`, { permissions: {} })
    expect((await berlin.post('/tags', { name: 'A' }, under('k'))).status).toBe(403)
  })
})

test('reading ignores an Idempotency-Key', async () => {
  const { berlin } = await world()
  await berlin.get('/tags', under('k'))
  await berlin.post('/tags', { name: 'A' })
  expect((await berlin.get('/tags', under('k'))).body.data).toHaveLength(1)
})

test.each(['', 'x'.repeat(256), 'naïve'])('an Idempotency-Key of another form is refused (%#)', async (key) => {
  const { berlin } = await world()
  const { status, body } = await berlin.post('/tags', { name: 'A' }, under(key))
  expect(status).toBe(422)
  expect(body.detail[0].loc).toEqual(['header', 'idempotency-key'])
})

describe('an answer that is kept', () => {
  test('can be read by whoever repeats the request, and by nobody who has the database', async () => {
    const { partner, partner_id, sql } = await world()
    const hook = { object_type: 'tag', url: 'https://example.com/hook' }
    const first = await partner.post('/webhook_subscriptions', hook, under('a key of my own'))
    expect(first.body.secret).toMatch(/^whsec_/)
    const path = `/webhook_subscriptions/${first.body.id}/regenerate_secret`
    const anew = await partner.post(path, undefined, under('another key'))
    const kept = await sql(`select * from idempotency_keys where partner_id = $1`, [partner_id])
    expect(kept).toHaveLength(2)
    const written = kept.map((row) =>
      Object.values(row).map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : String(value))),
    )
    for (const hidden of [first.body.secret, anew.body.secret, 'whsec_', 'example.com', 'a key of my own', 'another key'])
      expect(written.flat().join(), hidden).not.toContain(hidden)
    expect((await partner.post('/webhook_subscriptions', hook, under('a key of my own'))).body).toEqual(first.body)
    expect((await partner.post(path, undefined, under('another key'))).body).toEqual(anew.body)
  })

  test('is of no use under another key, or when it was changed', () => {
    const salt = Buffer.from('salt')
    const sealed = seal('key', salt, 'whsec_…')
    expect(unseal('key', salt, sealed)).toBe('whsec_…')
    expect(() => unseal('other', salt, sealed)).toThrow()
    expect(() => unseal('key', Buffer.from('other'), sealed)).toThrow()
    sealed[sealed.length - 1]! ^= 1
    expect(() => unseal('key', salt, sealed)).toThrow()
    expect(seal('key', salt, 'whsec_…')).not.toEqual(seal('key', salt, 'whsec_…'))
  })

  test('from before answers were sealed is still repeated', async () => {
    const { berlin, sql } = await world()
    const { body } = await berlin.post('/tags', { name: 'Once' }, under('old'))
    const [row] = await sql<{ key: string }>(
      `update idempotency_keys set sealed = null, body = $2 where entity_id = $1 returning key`,
      [berlin.entityId, JSON.stringify({ ...body, name: 'As it was' })],
    )
    expect((await berlin.post('/tags', { name: 'Once' }, under('old'))).body.name).toBe('As it was')
    // The migration writes names as the server does.
    const [made] = await sql(
      `select rtrim(translate(encode(sha256(convert_to('old', 'UTF8')), 'base64'), '+/', '-_'), '=') as key`,
    )
    expect(made).toEqual(row)
  })
})
