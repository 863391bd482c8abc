import { expect, test } from 'vitest'
import { permissions, world } from '../../../../test/support/world.ts'

const NOWHERE = '00000000-0000-4000-8000-000000000000'
const namesOf = ({ body }: { body: { data: { name: string }[] } }) => body.data.map(({ name }) => name)

test('a project is created, read, changed and gone after deletion', async () => {
  const { berlin, sql } = await world()
  const { status, body: project } = await berlin.post('/projects', {
    name: 'Marketing',
    code: 'M24',
    color: 'rebeccapurple',
    description: 'Everything that is loud',
    start_date: '2024-01-01',
    end_date: '2024-12-31',
    partner_metadata: { budget: 5000 },
  })
  expect(status).toBe(201)
  expect(project).toEqual({
    id: project.id,
    created_at: project.created_at,
    updated_at: project.updated_at,
    entity_id: berlin.entityId,
    created_by_entity_user_id: berlin.userId,
    name: 'Marketing',
    code: 'M24',
    color: 'rebeccapurple',
    description: 'Everything that is loud',
    start_date: '2024-01-01',
    end_date: '2024-12-31',
    partner_metadata: { budget: 5000 },
    parent_id: null,
    tags: [],
  })
  const path = `/projects/${project.id}`
  expect((await berlin.get(path)).body).toEqual(project)
  const { body: changed } = await berlin.patch(path, { name: 'Sales', code: null, end_date: null, partner_metadata: null })
  expect(changed).toEqual({
    ...project,
    name: 'Sales',
    code: null,
    end_date: null,
    partner_metadata: null,
    updated_at: changed.updated_at,
  })
  expect((await berlin.patch(path, {})).body).toEqual(changed)
  expect((await berlin.delete(path)).status).toBe(204)
  expect((await berlin.get(path)).body).toEqual({ error: { message: 'Project not found' } })
  expect((await berlin.patch(path, { name: 'A' })).status).toBe(404)
  expect((await berlin.delete(path)).status).toBe(404)
  const events = await sql<{ event: string }>('select event from events where object_id = $1 order by created_at', [project.id])
  expect(events.map(({ event }) => event)).toEqual(['created', 'updated', 'deleted'])
})

test('only a name is needed; names and codes may repeat, and the rest has its limits', async () => {
  const { berlin } = await world()
  const status = async (body: object) => (await berlin.post('/projects', body, { beyond: true })).status
  const { body: project } = await berlin.post('/projects', { name: 'A', code: 'X1' })
  expect(project).toMatchObject({ color: null, start_date: null, partner_metadata: null, tags: [] })
  expect(await status({ name: 'A', code: 'X1' })).toBe(201)
  for (const body of [
    {},
    { name: '' },
    { name: 'x'.repeat(256) },
    { name: 'A', code: '' },
    { name: 'A', code: 'X-1' },
    { name: 'A', code: 'x'.repeat(21) },
    { name: 'A', color: 'x'.repeat(129) },
    { name: 'A', description: 'x'.repeat(1025) },
    { name: 'A', start_date: '2023-02-30' },
    { name: 'A', tag_ids: ['1'] },
    { name: 'A', partner_metadata: [] },
    { name: 'A', status: 'active' },
  ])
    expect(await status(body), JSON.stringify(body)).toBe(422)
  expect((await berlin.patch(`/projects/${project.id}`, { name: null })).status).toBe(422)
})

test('a project does not end before it starts', async () => {
  const { berlin } = await world()
  const day = { name: 'A', start_date: '2024-05-02', end_date: '2024-05-02' }
  const { status, body: project } = await berlin.post('/projects', day)
  expect(status).toBe(201)
  const refused = await berlin.post('/projects', { ...day, end_date: '2024-05-01' })
  expect([refused.status, refused.body.detail[0].loc]).toEqual([422, ['body', 'end_date']])
  const path = `/projects/${project.id}`
  expect((await berlin.patch(path, { start_date: '2024-05-03' })).status).toBe(422)
  expect((await berlin.patch(path, { end_date: '2024-05-01' })).status).toBe(422)
  expect((await berlin.patch(path, { start_date: null, end_date: '2024-05-01' })).status).toBe(200)
})

test('metadata may have up to 2,000 bytes', async () => {
  const { berlin } = await world()
  const post = async (length: number) =>
    (await berlin.post('/projects', { name: 'A', partner_metadata: { a: 'é'.repeat(length) } })).status
  expect(await post(996)).toBe(201)
  expect(await post(997)).toBe(422)
})

test('tags are shown as long as they exist, in the order given, and are replaced as a whole', async () => {
  const { berlin, paris } = await world()
  const [one, two] = [(await berlin.post('/tags', { name: 'A' })).body, (await berlin.post('/tags', { name: 'B' })).body]
  const { body: project } = await berlin.post('/projects', { name: 'P', tag_ids: [two.id, one.id, two.id] })
  expect(project.tags).toEqual([two, one])
  const path = `/projects/${project.id}`
  expect((await berlin.patch(path, { name: 'Q' })).body.tags).toEqual([two, one])
  expect((await berlin.patch(path, { tag_ids: [one.id] })).body.tags).toEqual([one])
  await berlin.delete(`/tags/${one.id}`)
  expect((await berlin.get('/projects')).body.data[0].tags).toEqual([])
  const { body: foreign } = await paris.post('/tags', { name: 'C' })
  for (const id of [foreign.id, one.id, NOWHERE]) {
    const refused = await berlin.post('/projects', { name: 'P', tag_ids: [two.id, id] })
    expect([refused.status, refused.body]).toEqual([400, { error: { message: 'Tag not found' } }])
    expect((await berlin.patch(path, { tag_ids: [id] })).status).toBe(404)
  }
  expect((await berlin.patch(path, { tag_ids: null })).body.tags).toEqual([])
})

test('projects are filtered, sorted and paged', async () => {
  const { berlin, partnerIn } = await world()
  await berlin.post('/projects', { name: 'Umbau', code: 'U1', start_date: '2024-01-01', end_date: '2024-03-31' })
  const { body: fair } = await berlin.post('/projects', { name: 'Messe Köln', start_date: '2024-02-01' })
  const { body: inside } = await partnerIn(berlin.entityId!).post('/projects', { name: 'umbau 2', code: 'u1' })
  expect(inside.created_by_entity_user_id).toBeNull()
  const found = async (query: string) => namesOf(await berlin.get(`/projects?${query}`))
  expect(await found('')).toEqual(['Umbau', 'Messe Köln', 'umbau 2'])
  expect(await found('sort=created_at&order=desc')).toEqual(['umbau 2', 'Messe Köln', 'Umbau'])
  expect((await found('sort=id')).sort()).toEqual(['Messe Köln', 'Umbau', 'umbau 2'])
  expect(await found('name=Umbau')).toEqual(['Umbau'])
  expect(await found('name__iexact=UMBAU')).toEqual(['Umbau'])
  expect(await found('name__contains=mbau')).toEqual(['Umbau', 'umbau 2'])
  expect(await found('name__contains=Umb')).toEqual(['Umbau'])
  expect(await found(`name__icontains=${encodeURIComponent('KÖLN')}`)).toEqual(['Messe Köln'])
  expect(await found('name__icontains=%25')).toEqual([])
  expect(await found('code=U1')).toEqual(['Umbau'])
  expect(await found('start_date=2024-02-01')).toEqual(['Messe Köln'])
  expect(await found('start_date__gt=2024-01-01')).toEqual(['Messe Köln'])
  expect(await found('start_date__gte=2024-01-01&start_date__lt=2024-02-01')).toEqual(['Umbau'])
  expect(await found('start_date__lte=2024-02-01')).toEqual(['Umbau', 'Messe Köln'])
  expect(await found('end_date=2024-03-31')).toEqual(['Umbau'])
  expect(await found('end_date__gt=2024-03-30&end_date__lt=2024-04-01')).toEqual(['Umbau'])
  expect(await found('end_date__gte=2024-04-01')).toEqual([])
  expect(await found('end_date__lte=2024-03-31')).toEqual(['Umbau'])
  expect(await found(`created_at__gte=${encodeURIComponent(fair.created_at)}`)).toEqual(['Messe Köln', 'umbau 2'])
  expect(await found(`created_at__lt=${encodeURIComponent(fair.created_at)}`)).toEqual(['Umbau'])
  expect(await found(`created_by_entity_user_id=${berlin.userId}`)).toEqual(['Umbau', 'Messe Köln'])
  expect((await berlin.get('/projects?sort=name', { beyond: true })).status).toBe(422)
  expect((await berlin.get('/projects?start_date=soon', { beyond: true })).status).toBe(422)
  const { body: first } = await berlin.get('/projects?limit=2&order=desc')
  const second = await berlin.get(`/projects?pagination_token=${first.next_pagination_token}`)
  expect([...namesOf({ body: first }), ...namesOf(second)]).toEqual(['umbau 2', 'Messe Köln', 'Umbau'])
  expect((await berlin.get('/projects?pagination_token=x')).status).toBe(406)
})

test('nobody sees the projects of another entity, and each action needs its permission', async () => {
  const { berlin, paris, newUser } = await world()
  const { body: project } = await berlin.post('/projects', { name: 'A' })
  const path = `/projects/${project.id}`
  for (const { status } of [await paris.get(path), await paris.patch(path, { name: 'B' }), await paris.delete(path)])
    expect(status).toBe(404)
  expect(namesOf(await paris.get('/projects'))).toEqual([])
  const reader = await newUser(berlin.entityId!, permissions({ 'project:read': 'allowed' }, 'not_allowed'))
  expect((await reader.get(path)).body).toEqual(project)
  expect((await reader.post('/projects', { name: 'B' })).body).toEqual({
    error: { message: 'Action create for project not allowed' },
  })
  expect((await reader.patch(path, { name: 'B' })).status).toBe(403)
  expect((await reader.delete(path)).status).toBe(403)
  const limited = await newUser(berlin.entityId!, permissions({}, 'allowed_for_own'))
  const { body: own } = await limited.post('/projects', { name: 'Own' })
  expect(namesOf(await limited.get('/projects'))).toEqual(['Own'])
  for (const { status } of [await limited.get(path), await limited.patch(path, { name: 'B' }), await limited.delete(path)])
    expect(status).toBe(403)
  expect((await limited.patch(`/projects/${own.id}`, { name: 'Mine' })).body.name).toBe('Mine')
  expect((await limited.delete(`/projects/${own.id}`)).status).toBe(204)
})
