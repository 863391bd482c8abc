import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { pictureBomb } from '../../../../test/support/pictures.ts'
import { organization, permissions, world } from '../../../../test/support/world.ts'
import { sizeOf } from '../../../platform/pictures/size.ts'

const person = {
  type: 'individual',
  email: 'ada@example.com',
  address: { country: 'DE', city: 'Berlin', line1: 'Weg 1', postal_code: '10115' },
  individual: { first_name: 'Ada', last_name: 'Lovelace' },
}
const locs = (body: { detail: { loc: unknown[] }[] }) => body.detail.map(({ loc }) => loc.join('.'))

describe('a new entity', () => {
  test.each([
    ['without its type object', { ...organization, organization: undefined }, 'body.organization'],
    ['with the object of the other type', { ...organization, individual: person.individual }, 'body.individual'],
    [
      'with the object of the other type alone',
      { ...organization, organization: undefined, individual: person.individual },
      'body.organization',
    ],
    ['without an e-mail address', { ...organization, email: undefined }, 'body.email'],
    ['with an e-mail address that is none', { ...organization, email: 'ada' }, 'body.email'],
    ['without an address', { ...organization, address: undefined }, 'body.address'],
    ['without a city', { ...organization, address: { ...organization.address, city: undefined } }, 'body.address.city'],
    ['with an empty city', { ...organization, address: { ...organization.address, city: '' } }, 'body.address.city'],
    [
      'in a country that does not exist',
      { ...organization, address: { ...organization.address, country: 'XX' } },
      'body.address.country',
    ],
    ['with an empty name', { ...organization, organization: { legal_name: '' } }, 'body.organization.legal_name'],
    [
      'with a name of 256 characters',
      { ...organization, organization: { legal_name: 'x'.repeat(256) } },
      'body.organization.legal_name',
    ],
    ['with a field nobody knows', { ...organization, colour: 'red' }, 'body.colour'],
    ['with a status of its own', { ...organization, status: 'inactive' }, 'body.status'],
    ['with a website that is not a URL', { ...organization, website: 'example' }, 'body.website'],
    [
      'in the USA without a state',
      { ...organization, address: { ...organization.address, country: 'US' } },
      'body.address.state',
    ],
    [
      'in the USA with a state spelled out',
      { ...organization, address: { ...organization.address, country: 'US', state: 'Texas' } },
      'body.address.state',
    ],
    [
      'with a commercial register number but no register',
      { ...organization, registration_number: 'HRB 1' },
      'body.registration_authority',
    ],
    ['with a telephone number of letters', { ...organization, phone: 'call me' }, 'body.phone'],
    ['with a telephone number of 16 digits', { ...organization, phone: '+1234567890123456' }, 'body.phone'],
    [
      'with a person’s social security number of three digits',
      { ...person, individual: { ...person.individual, ssn_last_4: '123' } },
      'body.individual.ssn_last_4',
    ],
  ])('%s is refused, and nothing of it stays', async (_what, body, loc) => {
    const { partner } = await world()
    const answer = await partner.post('/entities', body)
    expect(answer.status).toBe(422)
    expect(locs(answer.body)).toContain(loc)
    expect((await partner.get('/entities')).body.data).toHaveLength(2)
  })

  test('may be anywhere in the USA that has a postal state', async () => {
    const { partner } = await world()
    const { status, body } = await partner.post('/entities', {
      ...organization,
      address: { ...organization.address, country: 'US', state: 'TX' },
    })
    expect([status, body.address.state]).toEqual([201, 'TX'])
  })

  test('outside Germany needs no register with its number', async () => {
    const { partner } = await world()
    const body = { ...organization, registration_number: '123', address: { ...organization.address, country: 'FR' } }
    expect((await partner.post('/entities', body)).status).toBe(201)
  })

  test.each(['+493012345678', '030 1234567', '(030) 12-34/56'])(
    'keeps the telephone number %s as it was written',
    async (phone) => {
      const { partner } = await world()
      expect((await partner.post('/entities', { ...organization, phone })).body.phone).toBe(phone)
    },
  )

  test('keeps nothing of a company that the contract does not name', async () => {
    const { partner } = await world()
    const { body } = await partner.post(
      '/entities',
      { ...organization, organization: { legal_name: 'A', mood: 'good' } },
      { beyond: true },
    )
    expect(body.organization).not.toHaveProperty('mood')
  })

  test('keeps the partner’s own word for it', async () => {
    const { partner } = await world()
    const { body } = await partner.post('/entities', { ...organization, partner_reference: 'customer 7' }, { beyond: true })
    expect(body.partner_reference).toBe('customer 7')
  })

  test('gets the partner’s default role, and users without a role get it too', async () => {
    const { partner, partnerIn, newEntity, berlin } = await world()
    const objects = [{ object_type: 'tag', actions: [{}] }]
    expect((await partner.patch('/settings', { default_role: { name: 'Staff', permissions: { objects } } })).status).toBe(200)
    const id = await newEntity()
    const { body: roles } = await partnerIn(id).get('/roles')
    expect(roles.data).toMatchObject([
      {
        name: 'Staff',
        permissions: { objects: [{ object_type: 'tag', actions: [{ action_name: 'read', permission: 'allowed' }] }] },
      },
    ])
    const { status, body: user } = await partnerIn(id).post('/entity_users', { login: 'x', first_name: 'X' })
    expect([status, user.role_id]).toEqual([200, roles.data[0].id])
    // Entities that were there before keep the roles they have.
    expect((await partnerIn(berlin.entityId!).get('/roles?name=Staff')).body.data).toEqual([])
  })

  test('tells its subscribers', async () => {
    const { partner, sql } = await world()
    await partner.post('/webhook_subscriptions', { object_type: 'entity', url: 'http://127.0.0.1:9/hook' })
    const { body } = await partner.post('/entities', organization)
    const events = await sql<{ event: string; entity_id: string }>('select event, entity_id from events where object_id = $1', [
      body.id,
    ])
    expect(events).toEqual([{ event: 'created', entity_id: body.id }])
  })
})

describe('changing an entity', () => {
  test('leaves everything that was not sent', async () => {
    const { partner, berlin } = await world()
    const path = `/entities/${berlin.entityId}`
    const { body: before } = await partner.get(path)
    const { body } = await partner.patch(path, { organization: { legal_entity_id: 'LEI1' }, address: { line2: 'Floor 2' } })
    expect(body).toEqual({
      ...before,
      organization: { ...before.organization, legal_entity_id: 'LEI1' },
      address: { ...before.address, line2: 'Floor 2' },
      updated_at: expect.any(String),
    })
    expect((await partner.get(path)).body).toEqual(body)
  })

  test('clears what may be empty by null', async () => {
    const { partner, berlin } = await world()
    const path = `/entities/${berlin.entityId}`
    await partner.patch(path, {
      address: { line2: 'Floor 2' },
      organization: { legal_entity_id: 'LEI1' },
      website: 'https://example.com',
    })
    const { body } = await partner.patch(path, {
      address: { line2: null },
      organization: { legal_entity_id: null },
      website: null,
      phone: null,
      tax_id: null,
    })
    expect(body).toMatchObject({
      website: null,
      phone: null,
      tax_id: null,
      address: { line2: null },
      organization: { legal_entity_id: null },
    })
  })

  test.each([
    [{ email: null }, 'body.email'],
    [{ address: null }, 'body.address'],
    [{ address: { city: null } }, 'body.address.city'],
    [{ organization: { legal_name: null } }, 'body.organization.legal_name'],
    [{ organization: { legal_name: '' } }, 'body.organization.legal_name'],
    [{ individual: { first_name: 'Bob' } }, 'body.individual'],
    [{ address: { country: 'FR' } }, 'body.address.country'],
    [{ type: 'individual' }, 'body.type'],
    [{ status: 'inactive' }, 'body.status'],
    [{ registration_number: 'HRB 1' }, 'body.registration_authority'],
    [{ phone: 'x' }, 'body.phone'],
  ])('to %j is refused', async (change, loc) => {
    const { partner, berlin } = await world()
    const path = `/entities/${berlin.entityId}`
    const { body: before } = await partner.get(path)
    const { status, body } = await partner.patch(path, change)
    expect(status).toBe(422)
    expect(locs(body)).toContain(loc)
    expect((await partner.get(path)).body).toEqual(before)
  })

  test('keeps one tax number of a person, wherever it is sent', async () => {
    const { partner } = await world()
    const { body: made } = await partner.post(
      '/entities',
      { ...person, individual: { ...person.individual, tax_id: '1' } },
      { beyond: true },
    )
    const path = `/entities/${made.id}`
    const taxIds = async (change: object) => {
      const { body } = await partner.patch(path, change, { beyond: true })
      return [body.tax_id, body.individual.tax_id]
    }
    expect(await taxIds({ individual: { tax_id: '2' } })).toEqual(['2', '2'])
    expect(await taxIds({ tax_id: '3' })).toEqual(['3', '3'])
    expect(await taxIds({ individual: { title: 'Dr.' } })).toEqual(['3', '3'])
    expect(await taxIds({ individual: { tax_id: null } })).toEqual([null, null])
  })

  test('tells its subscribers once for each change', async () => {
    const { partner, berlin, sql } = await world()
    await partner.patch(`/entities/${berlin.entityId}`, { email: 'a@example.com' })
    await partner.patch(`/entities/${berlin.entityId}`, {})
    const events = await sql(`select 1 from events where object_id = $1 and event = 'updated'`, [berlin.entityId])
    expect(events).toHaveLength(1)
  })

  test('is the same for its users under my_entity and me', async () => {
    const { berlin } = await world()
    expect((await berlin.patch('/entity_users/my_entity', { email: 'a@example.com' })).status).toBe(200)
    expect((await berlin.patch('/entities/me', { phone: '030 1234567' })).status).toBe(200)
    const { body } = await berlin.get('/entity_users/my_entity')
    expect(body).toMatchObject({ id: berlin.entityId, email: 'a@example.com', phone: '030 1234567' })
    expect((await berlin.get('/entities/me')).body).toEqual(body)
  })
})

describe('the list of entities', () => {
  test('is filtered by type, status, e-mail address, id and time', async () => {
    const { partner, berlin, paris } = await world()
    const { body: bob } = await partner.post('/entities', person)
    await partner.post(`/entities/${paris.entityId}/deactivate`)
    const ids = async (query: string) =>
      (await partner.get(`/entities?${query}`)).body.data.map(({ id }: { id: string }) => id).sort()
    expect(await ids('type=individual')).toEqual([bob.id])
    expect(await ids('status=inactive')).toEqual([paris.entityId])
    expect(await ids('status=active')).toEqual([berlin.entityId, bob.id].sort())
    expect(await ids('email=ada@example.com')).toEqual([bob.id])
    expect(await ids('email__in=ada@example.com&email__in=nobody@example.com')).toEqual([bob.id])
    expect(await ids('email__not_in=ada@example.com')).toEqual([berlin.entityId, paris.entityId].sort())
    expect(await ids(`id__in=${bob.id}&id__in=${berlin.entityId}`)).toEqual([berlin.entityId, bob.id].sort())
    expect(await ids(`id__not_in=${bob.id}`)).toEqual([berlin.entityId, paris.entityId].sort())
    expect(await ids(`created_at__gte=${encodeURIComponent(bob.created_at)}`)).toEqual([bob.id])
    expect(await ids(`created_at__lt=${encodeURIComponent(bob.created_at)}`)).toEqual([berlin.entityId, paris.entityId].sort())
    expect(await ids('type=individual&status=inactive')).toEqual([])
  })

  test('shows no other partner’s', async () => {
    const [one, two] = [await world(), await world()]
    const ids = (await one.partner.get('/entities')).body.data.map(({ id }: { id: string }) => id)
    expect(ids.sort()).toEqual([one.berlin.entityId, one.paris.entityId].sort())
    const foreign = await one.partner.get(`/entities/${two.berlin.entityId}`)
    expect([foreign.status, foreign.body]).toEqual([404, { error: { message: 'Entity not found' } }])
    expect((await one.partner.patch(`/entities/${two.berlin.entityId}`, {})).status).toBe(404)
  })
})

describe('partner metadata', () => {
  test('is empty at first, replaced as a whole, and cleared by {}', async () => {
    const { partner, berlin } = await world()
    const path = `/entities/${berlin.entityId}/partner_metadata`
    expect((await partner.get(path)).body).toEqual({ metadata: {} })
    await partner.put(path, { metadata: { a: 1, b: { c: ['x'] } } })
    expect((await partner.put(path, { metadata: { d: null } })).body).toEqual({ metadata: { d: null } })
    expect((await partner.get(path)).body).toEqual({ metadata: { d: null } })
    expect((await partner.put(path, { metadata: {} })).body).toEqual({ metadata: {} })
  })

  test('may have 2,000 bytes, and not one more', async () => {
    const { partner, berlin } = await world()
    const path = `/entities/${berlin.entityId}/partner_metadata`
    const of = (bytes: number) => ({ metadata: { a: 'x'.repeat(bytes - JSON.stringify({ a: '' }).length) } })
    expect((await partner.put(path, of(2000))).status).toBe(200)
    const { status, body } = await partner.put(path, of(2001))
    expect([status, locs(body)]).toEqual([422, ['body.metadata']])
    expect((await partner.put(path, { metadata: { a: 'ü'.repeat(1000) } })).status).toBe(422)
    expect((await partner.put(path, { metadata: [1] })).status).toBe(422)
    expect((await partner.put(path, {})).status).toBe(422)
  })
})

describe('a logo', () => {
  const picture = (format: 'png' | 'jpeg' | 'gif' | 'webp') =>
    sharp({ create: { width: 20, height: 10, channels: 3, background: '#c00' } })
      .toFormat(format)
      .toBuffer()

  test.each(['png', 'jpeg', 'gif'] as const)('may be a %s, and is then part of the entity', async (format) => {
    const { berlin, partner } = await world()
    const bytes = await picture(format)
    const path = `/entities/${berlin.entityId}/logo`
    const { status, body } = await berlin.upload('PUT', path, { bytes, name: `logo.${format}` })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      file_type: 'entity_logo',
      mimetype: `image/${format}`,
      size: bytes.length,
      name: `logo.${format}`,
    })
    expect((await partner.get(`/entities/${berlin.entityId}`)).body.logo).toEqual(body)
    const shown = await berlin.get(new URL(body.url).pathname)
    expect([shown.status, shown.headers['content-type'], Buffer.compare(shown.body, bytes)]).toEqual([200, `image/${format}`, 0])
  })

  test('that is large is kept small', async () => {
    const { berlin } = await world()
    const large = await sharp({ create: { width: 3_000, height: 600, channels: 3, background: '#c00' } })
      .png()
      .toBuffer()
    const { body } = await berlin.upload('PUT', `/entities/${berlin.entityId}/logo`, { bytes: large, name: 'logo.png' })
    const shown = await berlin.get(new URL(body.url).pathname)
    expect([sizeOf(shown.body), body.size]).toEqual([[1_200, 240], shown.body.length])
  })

  test('that is replaced is no longer shown', async () => {
    const { berlin } = await world()
    const path = `/entities/${berlin.entityId}/logo`
    await berlin.upload('PUT', path, { bytes: await picture('png'), name: 'old.png' })
    const { body } = await berlin.upload('PUT', path, { bytes: await picture('gif'), name: 'new.gif' })
    expect((await berlin.get('/entities/me')).body.logo).toEqual(body)
  })

  test.each([
    ['a WebP picture', async () => picture('webp')],
    ['a PDF called logo.png', async () => Buffer.from('%PDF-1.7\n')],
    ['an SVG', async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['a PNG that breaks off', async () => (await picture('png')).subarray(0, 60)],
    ['only the first bytes of a JPG', async () => Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16])],
    ['nothing', async () => Buffer.alloc(0)],
    ['a picture of 900 million pixels', async () => pictureBomb()],
  ])('that is %s is refused', async (_what, bytes) => {
    const { berlin } = await world()
    const { status, body } = await berlin.upload('PUT', `/entities/${berlin.entityId}/logo`, {
      bytes: await bytes(),
      name: 'logo.png',
      type: 'image/png',
    })
    expect(status).toBe(400)
    expect(body.error.message).toMatch(/picture/)
    expect((await berlin.get('/entities/me')).body.logo).toBeNull()
  })

  test('of more than 10 MB is refused', async () => {
    const { berlin } = await world()
    const bytes = Buffer.concat([await picture('png'), Buffer.alloc(10 * 1024 * 1024)])
    const { status, body } = await berlin.upload('PUT', `/entities/${berlin.entityId}/logo`, { bytes, name: 'logo.png' })
    expect([status, body]).toEqual([400, { error: { message: 'A logo may have up to 10 MB' } }])
  })

  test('that was not sent is a missing field', async () => {
    const { berlin } = await world()
    const { status, body } = await berlin.put(`/entities/${berlin.entityId}/logo`, {})
    expect([status, body.detail]).toEqual([
      422,
      [{ loc: ['body', 'file'], msg: expect.stringContaining('Field required'), type: 'missing' }],
    ])
  })

  test('is taken away by DELETE, once', async () => {
    const { berlin } = await world()
    const path = `/entities/${berlin.entityId}/logo`
    await berlin.upload('PUT', path, { bytes: await picture('png'), name: 'logo.png' })
    expect((await berlin.delete(path)).status).toBe(204)
    expect((await berlin.get('/entities/me')).body.logo).toBeNull()
    expect((await berlin.delete(path)).status).toBe(404)
  })

  test('needs the permission to change the entity', async () => {
    const { berlin, newUser } = await world()
    const guest = await newUser(berlin.entityId!, permissions({ 'entity:update': 'not_allowed' }))
    const { status, body } = await guest.upload('PUT', `/entities/${berlin.entityId}/logo`, {
      bytes: await picture('png'),
      name: 'l.png',
    })
    expect([status, body]).toEqual([403, { error: { message: 'Action update for entity not allowed' } }])
    expect((await guest.delete(`/entities/${berlin.entityId}/logo`)).status).toBe(403)
  })
})

describe('an entity that is switched off', () => {
  test('is told apart by its status, and may be switched off and on again any number of times', async () => {
    const { partner, berlin } = await world()
    const path = `/entities/${berlin.entityId}`
    for (const [action, status] of [
      ['deactivate', 'inactive'],
      ['deactivate', 'inactive'],
      ['activate', 'active'],
      ['activate', 'active'],
    ] as const) {
      const answer = await partner.post(`${path}/${action}`)
      expect([answer.status, answer.body.status]).toEqual([200, status])
    }
  })

  test('lets none of its users in, neither with the tokens they have nor with new ones', async () => {
    const { partner, berlin, nobody, client_id, client_secret } = await world()
    await berlin.get('/tags')
    await partner.post(`/entities/${berlin.entityId}/deactivate`)
    const inactive = { error: { message: 'Entity is inactive' } }
    for (const path of ['/tags', '/entity_users/me', `/entities/${berlin.entityId}/settings`, '/files?file_type=attachments'])
      expect(await berlin.get(path)).toMatchObject({ status: 403, body: inactive })
    const token = await nobody.post('/auth/token', {
      grant_type: 'entity_user',
      client_id,
      client_secret,
      entity_user_id: berlin.userId,
    })
    expect(token).toMatchObject({ status: 403, body: inactive })
    await partner.post(`/entities/${berlin.entityId}/activate`)
    expect((await berlin.get('/tags')).status).toBe(200)
  })

  test('is still read by its partner, who may switch it on, but changes nothing in it', async () => {
    const { partner, partnerIn, berlin, paris } = await world()
    const id = berlin.entityId!
    const inside = partnerIn(id)
    await partner.post(`/entities/${id}/deactivate`)
    expect((await inside.get('/tags')).status).toBe(200)
    expect((await partner.get(`/entities/${id}/settings`)).status).toBe(200)
    expect(await inside.post('/tags', { name: 'A' })).toMatchObject({
      status: 403,
      body: { error: { message: 'Entity is inactive' } },
    })
    expect((await partner.patch(`/entities/${id}/settings`, { vat_mode: 'inclusive' })).status).toBe(403)
    expect((await partner.post(`/entities/${id}/vat_ids`, { country: 'DE', value: '1' })).status).toBe(403)
    expect((await partnerIn(paris.entityId!).post('/tags', { name: 'A' })).status).toBe(201)
  })
})
