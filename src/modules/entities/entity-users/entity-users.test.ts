import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { permissions, world } from '../../../../test/support/world.ts'

test('a user is created, read, changed and deleted', async () => {
  const { berlin, sql } = await world()
  const { body: role } = await berlin.post('/roles', { name: 'Clerk', permissions: {} })
  const profile = {
    login: 'grace',
    first_name: 'Grace',
    last_name: 'Hopper',
    email: 'grace@example.com',
    phone: '+4930123456',
    title: 'Admiral',
  }
  const { status, body: user } = await berlin.post('/entity_users', { ...profile, role_id: role.id })
  expect(status).toBe(200)
  const { title: _, ...shown } = profile
  expect(user).toEqual({
    ...shown,
    id: expect.any(String),
    role_id: role.id,
    status: 'active',
    userpic_file_id: null,
    created_at: expect.any(String),
    updated_at: expect.any(String),
  })
  expect((await berlin.get(`/entity_users/${user.id}`)).body).toEqual(user)
  const { body: changed } = await berlin.patch(`/entity_users/${user.id}`, { last_name: null, login: 'grace2' })
  expect(changed).toMatchObject({ last_name: null, login: 'grace2', first_name: 'Grace' })
  expect((await berlin.delete(`/entity_users/${user.id}`)).status).toBe(204)
  expect((await berlin.get(`/entity_users/${user.id}`)).status).toBe(404)
  expect((await berlin.delete(`/entity_users/${user.id}`)).status).toBe(404)
  const events = await sql('select event from events where object_id = $1 order by created_at', [user.id])
  expect(events.map(({ event }) => event)).toEqual(['created', 'updated', 'deleted'])
})

test('a login is unique among the users of an entity who are there', async () => {
  const { berlin, paris } = await world()
  const create = (who: typeof berlin, role_id: string) => who.post('/entity_users', { login: 'same', first_name: 'A', role_id })
  const [one, two] = [(await berlin.get('/entity_users/my_role')).body.id, (await paris.get('/entity_users/my_role')).body.id]
  const first = await create(berlin, one)
  expect(await create(berlin, one)).toMatchObject({
    status: 400,
    body: { error: { message: 'A user with this login already exists in the entity' } },
  })
  expect((await create(paris, two)).status).toBe(200)
  const { body: other } = await berlin.post('/entity_users', { login: 'other', first_name: 'B', role_id: one })
  expect((await berlin.patch(`/entity_users/${other.id}`, { login: 'same' })).status).toBe(400)
  await berlin.delete(`/entity_users/${first.body.id}`)
  expect((await create(berlin, one)).status).toBe(200)
})

test('a user needs a role of the entity', async () => {
  const { berlin, paris } = await world()
  const refused = await berlin.post('/entity_users', { login: 'x', first_name: 'X' })
  expect([refused.status, refused.body]).toEqual([400, { error: { message: 'role_id is required' } }])
  const { body: foreign } = await paris.get('/entity_users/my_role')
  for (const role_id of [foreign.id, randomUUID()]) {
    expect(await berlin.post('/entity_users', { login: 'x', first_name: 'X', role_id })).toMatchObject({
      status: 400,
      body: { error: { message: 'Role not found' } },
    })
    expect((await berlin.patch(`/entity_users/${berlin.userId}`, { role_id })).status).toBe(400)
  }
  expect((await berlin.get('/entity_users')).body.data).toHaveLength(1)
})

test.each([
  [{ first_name: 'X' }, 'body.login'],
  [{ login: 'x' }, 'body.first_name'],
  [{ login: 'x'.repeat(256), first_name: 'X' }, 'body.login'],
  [{ login: 'x', first_name: 'X', email: 'nobody' }, 'body.email'],
  [{ login: 'x', first_name: 'X', status: 'deleted' }, 'body.status'],
])('a user like %j is refused', async (body, loc) => {
  const { berlin } = await world()
  const answer = await berlin.post('/entity_users', body)
  expect(answer.status).toBe(422)
  expect(answer.body.detail.map((d: { loc: string[] }) => d.loc.join('.'))).toContain(loc)
})

test('a new role acts at once, with the token the user already has', async () => {
  const { berlin, partnerIn } = await world()
  const admin = partnerIn(berlin.entityId!)
  expect((await berlin.post('/tags', { name: 'A' })).status).toBe(201)
  const { body: reader } = await admin.post('/roles', {
    name: 'Reader',
    permissions: permissions({ 'tag:read': 'allowed' }, 'not_allowed'),
  })
  expect((await admin.patch(`/entity_users/${berlin.userId}`, { role_id: reader.id })).status).toBe(200)
  expect((await berlin.post('/tags', { name: 'B' })).status).toBe(403)
  expect((await berlin.get('/tags')).status).toBe(200)
})

test('users change their own profile, but neither login nor role', async () => {
  const { berlin } = await world()
  const { status, body } = await berlin.patch('/entity_users/me', {
    first_name: 'Ada M.',
    email: 'ada@example.com',
    phone: null,
    title: 'Countess',
  })
  expect([status, body.first_name, body.email]).toEqual([200, 'Ada M.', 'ada@example.com'])
  for (const change of [{ login: 'root' }, { role_id: randomUUID() }, { first_name: null }])
    expect((await berlin.patch('/entity_users/me', change)).status).toBe(422)
})

test('my_role is the role with its permissions', async () => {
  const { berlin, newUser } = await world()
  const objects = [{ object_type: 'tag', actions: [{ action_name: 'read', permission: 'allowed_for_own' }] }]
  const user = await newUser(berlin.entityId!, { objects })
  const { status, body } = await user.get('/entity_users/my_role')
  expect([status, body.permissions, body.status]).toEqual([200, { objects }, 'active'])
})

test('the list finds users by login, role, name, id and time', async () => {
  const { berlin } = await world()
  const { body: role } = await berlin.post('/roles', { name: 'Clerk', permissions: {} })
  const add = async (login: string, first_name: string, last_name: string) =>
    (await berlin.post('/entity_users', { login, first_name, last_name, role_id: role.id })).body
  const grace = await add('grace', 'Grace', 'Hopper')
  const alan = await add('alan', 'Alan', '100%_Turing')
  const ids = async (query: string) => (await berlin.get(`/entity_users?${query}`)).body.data.map(({ id }: { id: string }) => id)
  expect(await ids('login=grace')).toEqual([grace.id])
  expect(await ids('login=GRACE')).toEqual([])
  expect(await ids(`role_id=${role.id}`)).toEqual([grace.id, alan.id])
  expect(await ids(`role_id__in=${role.id}&role_id__in=${randomUUID()}`)).toEqual([grace.id, alan.id])
  expect(await ids('first_name=Alan')).toEqual([alan.id])
  expect(await ids('name__istartswith=hOp')).toEqual([grace.id])
  expect(await ids('name__istartswith=al')).toEqual([alan.id])
  expect(await ids('name__istartswith=100%25_')).toEqual([alan.id])
  expect(await ids('name__istartswith=%25')).toEqual([])
  expect(await ids('name__istartswith=_')).toEqual([])
  expect(await ids(`id__in=${alan.id}`)).toEqual([alan.id])
  expect(await ids(`id__not_in=${alan.id}&id__not_in=${berlin.userId}`)).toEqual([grace.id])
  expect(await ids(`created_at__gt=${encodeURIComponent(grace.created_at)}`)).toEqual([alan.id])
  expect(await ids('status=active')).toHaveLength(3)
})
