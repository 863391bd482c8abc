import { expect, test } from 'vitest'
import { permissions, world } from '../../../../test/support/world.ts'

const object = (object_type: string, ...actions: object[]) => ({ object_type, actions })

test('a role answers its objects and actions in the order they came, and adds none', async () => {
  const { berlin } = await world()
  const objects = [
    object('tag', { action_name: 'delete', permission: 'not_allowed' }, { action_name: 'create', permission: 'allowed' }),
    object('payable', { action_name: 'create_from_mail', permission: 'allowed' }),
    object('comment'),
  ]
  const { status, body } = await berlin.post('/roles', { name: 'R', permissions: { objects } })
  expect([status, body.permissions]).toEqual([200, { objects }])
  expect((await berlin.get(`/roles/${body.id}`)).body).toEqual(body)
})

test('an action that is left out is read, a permission that is left out is allowed', async () => {
  const { berlin, newUser } = await world()
  const objects = [object('tag', {}), object('comment', { action_name: 'create' }), { object_type: 'project' }]
  const { body } = await berlin.post('/roles', { name: 'R', permissions: { objects } })
  expect(body.permissions.objects).toEqual([
    object('tag', { action_name: 'read', permission: 'allowed' }),
    object('comment', { action_name: 'create', permission: 'allowed' }),
    object('project'),
  ])
  const user = await newUser(berlin.entityId!, { objects })
  expect((await user.get('/tags')).status).toBe(200)
  expect((await user.post('/tags', { name: 'A' })).status).toBe(403)
})

test.each([[{}], [{ objects: [] }]])('a role may allow nothing: %j', async (none) => {
  const { berlin } = await world()
  const { status, body } = await berlin.post('/roles', { name: 'Guest', permissions: none })
  expect([status, body.permissions]).toEqual([200, none])
})

test.each([
  [{ name: 'R' }, 'body.permissions'],
  [{ permissions: {} }, 'body.name'],
  [{ name: '', permissions: {} }, 'body.name'],
  [{ name: 'R', permissions: { objects: [{ actions: [] }] } }, 'body.permissions.objects.0.object_type'],
  [{ name: 'R', permissions: { objects: [object('cat')] } }, 'body.permissions.objects.0.object_type'],
  [
    { name: 'R', permissions: { objects: [object('tag', { action_name: 'pay' })] } },
    'body.permissions.objects.0.actions.0.action_name',
  ],
  [
    { name: 'R', permissions: { objects: [object('tag', { permission: 'maybe' })] } },
    'body.permissions.objects.0.actions.0.permission',
  ],
])('a role like %j is refused', async (body, loc) => {
  const { berlin } = await world()
  const answer = await berlin.post('/roles', body)
  expect(answer.status).toBe(422)
  expect(answer.body.detail.map((d: { loc: unknown[] }) => d.loc.join('.'))).toContain(loc)
})

test('of two entries for one action the last one counts', async () => {
  const { berlin, newUser } = await world()
  const user = await newUser(berlin.entityId!, {
    objects: [object('tag', { permission: 'allowed' }), object('tag', { permission: 'not_allowed' })],
  })
  expect((await user.get('/tags')).status).toBe(403)
})

test('newer object types of other clients survive', async () => {
  const { app, berlin } = await world()
  const objects = [object('ledger_account', { action_name: 'read', permission: 'allowed' })]
  // Past the checks: the contract of this version has no such word in an answer.
  const answer = await app.inject({
    method: 'POST',
    url: '/roles',
    headers: { authorization: `Bearer ${berlin.token}` },
    payload: { name: 'R', permissions: { objects } },
  })
  expect([answer.statusCode, answer.json().permissions]).toEqual([200, { objects }])
})

test('a name is unique in the entity, with capitals counting', async () => {
  const { berlin, paris } = await world()
  const create = (who: typeof berlin, name: string) => who.post('/roles', { name, permissions: {} })
  const { body: first } = await create(berlin, 'Clerk')
  expect(await create(berlin, 'Clerk')).toMatchObject({
    status: 400,
    body: { error: { message: 'A role with this name already exists' } },
  })
  const { body: second } = await create(berlin, 'clerk')
  expect((await create(paris, 'Clerk')).status).toBe(200)
  expect((await berlin.patch(`/roles/${second.id}`, { name: 'Clerk' })).status).toBe(400)
  await berlin.delete(`/roles/${first.id}`)
  expect((await create(berlin, 'Clerk')).status).toBe(200)
})

test('PATCH replaces the permissions as a whole, and leaves them when they are not sent', async () => {
  const { berlin } = await world()
  const { body } = await berlin.post('/roles', { name: 'R', permissions: permissions() })
  const objects = [object('tag', { action_name: 'read', permission: 'allowed' })]
  expect((await berlin.patch(`/roles/${body.id}`, { permissions: { objects } })).body.permissions).toEqual({ objects })
  expect((await berlin.patch(`/roles/${body.id}`, { name: 'S' })).body).toMatchObject({ name: 'S', permissions: { objects } })
  expect((await berlin.patch(`/roles/${body.id}`, { permissions: {} })).body.permissions).toEqual({})
})

test('a changed role acts at once for everyone who has it, with the tokens they have', async () => {
  const { berlin, partnerIn } = await world()
  expect((await berlin.get('/tags')).status).toBe(200)
  const { body: role } = await berlin.get('/entity_users/my_role')
  await partnerIn(berlin.entityId!).patch(`/roles/${role.id}`, {
    permissions: { objects: [object('role', { action_name: 'update' })] },
  })
  expect((await berlin.get('/tags')).status).toBe(403)
  await partnerIn(berlin.entityId!).patch(`/roles/${role.id}`, { permissions: permissions() })
  expect((await berlin.get('/tags')).status).toBe(200)
})

const MORE = { status: 403, body: { error: { message: 'The role would grant more than yours: action pay for payable' } } }

test('nobody makes a role that may do more than they, themselves included', async () => {
  const w = await world()
  const clerk = await w.newUser(w.berlin.entityId!, permissions({ 'payable:pay': 'allowed_for_own' }))
  const create = (who: typeof clerk, changes: Parameters<typeof permissions>[0]) =>
    who.post('/roles', { name: `R ${Math.random()}`, permissions: permissions(changes) })
  expect(await create(clerk, {})).toMatchObject(MORE)
  for (const less of ['allowed_for_own', 'not_allowed'] as const)
    expect((await create(clerk, { 'payable:pay': less })).status).toBe(200)
  expect((await create(w.partnerIn(w.berlin.entityId!), {})).status).toBe(200)

  const { body: mine } = await clerk.get('/entity_users/my_role')
  expect(await clerk.patch(`/roles/${mine.id}`, { permissions: permissions() })).toMatchObject(MORE)
  // The last of two entries counts, here as when it is asked for.
  const twice = [object('payable', { action_name: 'pay', permission: 'not_allowed' }), object('payable', { action_name: 'pay' })]
  expect(await clerk.patch(`/roles/${mine.id}`, { permissions: { objects: twice } })).toMatchObject(MORE)
  expect((await clerk.get('/entity_users/my_role')).body).toEqual(mine)

  // What a role may already is not given by whoever writes it down again.
  const { body: theirs } = await w.berlin.get('/entity_users/my_role')
  expect((await clerk.patch(`/roles/${theirs.id}`, { name: 'Owner', permissions: permissions() })).status).toBe(200)
  expect((await clerk.patch(`/roles/${theirs.id}`, { permissions: permissions({ 'payable:pay': 'not_allowed' }) })).status).toBe(
    200,
  )
  expect(await clerk.patch(`/roles/${theirs.id}`, { permissions: permissions() })).toMatchObject(MORE)
})

test('nobody gives a role that may do more than they, themselves included', async () => {
  const w = await world()
  const clerk = await w.newUser(w.berlin.entityId!, permissions({ 'payable:pay': 'not_allowed' }))
  const { body: owner } = await w.berlin.get('/entity_users/my_role')
  const { body: own } = await clerk.get('/entity_users/my_role')
  const login = () => `user ${Math.random()}`
  for (const id of [clerk.userId, w.berlin.userId]) {
    const before = (await clerk.get(`/entity_users/${id}`)).body
    if (before.role_id !== owner.id) expect(await clerk.patch(`/entity_users/${id}`, { role_id: owner.id })).toMatchObject(MORE)
    // Whoever has it keeps it, also when a form sends it again.
    else expect((await clerk.patch(`/entity_users/${id}`, { role_id: owner.id, title: 'Boss' })).status).toBe(200)
    expect((await clerk.get(`/entity_users/${id}`)).body.role_id).toBe(before.role_id)
  }
  expect(await clerk.post('/entity_users', { login: login(), first_name: 'X', role_id: owner.id })).toMatchObject(MORE)
  expect((await clerk.post('/entity_users', { login: login(), first_name: 'X', role_id: own.id })).status).toBe(200)

  const limited = await w.newUser(w.berlin.entityId!, permissions({ 'entity_user:update': 'allowed_for_own' }))
  expect(await limited.patch(`/entity_users/${limited.userId}`, { role_id: owner.id })).toMatchObject({
    status: 403,
    body: { error: { message: 'Action update for entity_user not allowed' } },
  })
})

test('the role that new users get by the partner’s settings is given by nobody who may do less', async () => {
  const w = await world()
  const role = { name: 'Everything', permissions: permissions() }
  await w.partner.patch('/settings', { default_role: role })
  const entityId = await w.newEntity()
  const clerk = await w.newUser(entityId, permissions({ 'payable:pay': 'not_allowed' }))
  expect(await clerk.post('/entity_users', { login: 'x', first_name: 'X' })).toMatchObject(MORE)
  expect((await w.partnerIn(entityId).post('/entity_users', { login: 'x', first_name: 'X' })).status).toBe(200)
})

test('a role that somebody has can not be deleted', async () => {
  const { berlin } = await world()
  const { body: role } = await berlin.post('/roles', { name: 'R', permissions: {} })
  const { body: user } = await berlin.post('/entity_users', { login: 'x', first_name: 'X', role_id: role.id })
  expect(await berlin.delete(`/roles/${role.id}`)).toMatchObject({ status: 409 })
  await berlin.delete(`/entity_users/${user.id}`)
  expect((await berlin.delete(`/roles/${role.id}`)).status).toBe(204)
  expect((await berlin.get(`/roles/${role.id}`)).body).toEqual({ error: { message: 'Role not found' } })
  expect((await berlin.post('/entity_users', { login: 'y', first_name: 'Y', role_id: role.id })).status).toBe(400)
})

test('a role given and deleted at the same moment is never held by somebody', async () => {
  const { berlin, sql } = await world()
  for (let round = 0; round < 8; round++) {
    const { body: role } = await berlin.post('/roles', { name: `R${round}`, permissions: {} })
    const [made, gone] = await Promise.all([
      berlin.post('/entity_users', { login: `u${round}`, first_name: 'U', role_id: role.id }),
      berlin.delete(`/roles/${role.id}`),
    ])
    expect([
      [200, 409],
      [400, 204],
    ]).toContainEqual([made.status, gone.status])
  }
  const orphans = await sql(
    `select 1 from entity_users u join roles r on r.entity_id = u.entity_id and r.id = u.role_id where u.deleted_at is null and r.deleted_at is not null`,
  )
  expect(orphans).toEqual([])
})

test('the list finds roles by id, name and time', async () => {
  const { berlin } = await world()
  const { body: one } = await berlin.post('/roles', { name: 'One', permissions: {} })
  const { body: two } = await berlin.post('/roles', { name: 'Two', permissions: {} })
  const ids = async (query: string) => (await berlin.get(`/roles?${query}`)).body.data.map(({ id }: { id: string }) => id)
  expect(await ids(`id__in=${one.id}`)).toEqual([one.id])
  expect(await ids('name=Two')).toEqual([two.id])
  expect(await ids('name=two')).toEqual([])
  expect(await ids(`created_at__gt=${encodeURIComponent(one.created_at)}`)).toEqual([two.id])
  expect(await ids('order=desc&limit=1&sort=updated_at')).toEqual([two.id])
})
