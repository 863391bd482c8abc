import { expect, test } from 'vitest'
import { permissions, world } from '../../../../test/support/world.ts'

const address = { country: 'DE', city: 'Berlin', line1: 'Karl-Marx-Allee 1', postal_code: '10178' }
const grace = {
  first_name: 'Grace',
  last_name: 'Hopper',
  email: 'grace@example.com',
  relationship: { owner: true, percent_ownership: 33.3, title: 'CEO' },
}
const full = { ...address, line2: null, state: null }
const related = { director: false, executive: false, owner: true, percent_ownership: 33.3, representative: false, title: 'CEO' }

test('a person is created, read, changed and gone after deletion', async () => {
  const { berlin, partnerIn, sql } = await world()
  const { status, body: person } = await berlin.post('/persons', {
    ...grace,
    address,
    phone: '+4930123456',
    date_of_birth: '1906-12-09',
    citizenship: 'US',
    id_number: 'C01X00T47',
    ssn_last_4: '6789',
  })
  expect(status).toBe(200)
  expect(person).toEqual({
    id: person.id,
    created_at: person.created_at,
    updated_at: person.updated_at,
    entity_id: berlin.entityId,
    created_by_entity_user_id: berlin.userId,
    first_name: 'Grace',
    last_name: 'Hopper',
    email: 'grace@example.com',
    phone: '+4930123456',
    date_of_birth: '1906-12-09',
    citizenship: 'US',
    id_number: 'C01X00T47',
    ssn_last_4: '6789',
    address: full,
    relationship: related,
  })
  const path = `/persons/${person.id}`
  expect((await berlin.get(path)).body).toEqual(person)
  const { body: changed } = await berlin.patch(path, { last_name: 'Murray', phone: null, id_number: null })
  expect(changed).toEqual({ ...person, last_name: 'Murray', phone: null, id_number: null, updated_at: changed.updated_at })
  expect((await berlin.patch(path, {})).body).toEqual(changed)
  const { body: second } = await partnerIn(berlin.entityId!).post('/persons', { ...grace, relationship: {} })
  expect(second).toMatchObject({ created_by_entity_user_id: null, address: null, citizenship: null, ssn_last_4: null })
  expect((await berlin.get('/persons')).body).toEqual({ data: [changed, second] })
  expect((await berlin.delete(path)).status).toBe(204)
  expect((await berlin.get(path)).body).toEqual({ error: { message: 'Person not found' } })
  expect((await berlin.patch(path, { first_name: 'A' })).status).toBe(404)
  expect((await berlin.delete(path)).status).toBe(404)
  const events = await sql<{ event: string }>('select event from events where object_id = $1 order by created_at', [person.id])
  expect(events.map(({ event }) => event)).toEqual(['created', 'updated', 'deleted'])
})

test('numbers that identify a person stay out of the events', async () => {
  const { berlin, sql } = await world()
  const { body: person } = await berlin.post('/persons', { ...grace, id_number: 'SECRET-ID', ssn_last_4: '4321' })
  await berlin.patch(`/persons/${person.id}`, { ssn_last_4: '9876' })
  const events = JSON.stringify(await sql('select * from events where object_id = $1', [person.id]))
  for (const secret of ['SECRET-ID', '"4321"', '"9876"', 'Hopper']) expect(events).not.toContain(secret)
})

test('an entity has one representative', async () => {
  const { berlin, paris } = await world()
  const representative = { ...grace, relationship: { representative: true } }
  const { body: first } = await berlin.post('/persons', representative)
  const taken = { error: { message: 'The entity already has a representative' } }
  const refused = await berlin.post('/persons', representative)
  expect([refused.status, refused.body]).toEqual([409, taken])
  const { body: second } = await berlin.post('/persons', grace)
  const promote = () => berlin.patch(`/persons/${second.id}`, { relationship: { representative: true } })
  expect((await promote()).status).toBe(409)
  expect((await berlin.patch(`/persons/${first.id}`, { relationship: { representative: true } })).status).toBe(200)
  await berlin.patch(`/persons/${first.id}`, { relationship: { representative: false } })
  expect((await promote()).body.relationship).toEqual({ ...related, representative: true })
  await berlin.delete(`/persons/${second.id}`)
  expect((await berlin.post('/persons', representative)).status).toBe(200)
  expect((await paris.post('/persons', representative)).status).toBe(200)
})

test('of representatives named at the same moment one is taken', async () => {
  const { berlin } = await world()
  const name = () => berlin.post('/persons', { ...grace, relationship: { representative: true } })
  const statuses = (await Promise.all([name(), name(), name()])).map(({ status }) => status)
  expect(statuses.sort()).toEqual([200, 409, 409])
})

test('a change of the relationship or the address leaves what it does not name', async () => {
  const { berlin } = await world()
  const { body: person } = await berlin.post('/persons', { ...grace, address: { ...address, state: 'BE' } })
  const patch = async (change: object) => (await berlin.patch(`/persons/${person.id}`, change)).body
  expect((await patch({ relationship: { director: true } })).relationship).toEqual({ ...related, director: true })
  expect((await patch({ relationship: { owner: false, percent_ownership: null } })).relationship).toEqual({
    ...related,
    director: true,
    owner: false,
    percent_ownership: null,
  })
  expect((await patch({ relationship: { director: null, title: null } })).relationship).toMatchObject({
    director: false,
    title: null,
  })
  expect((await patch({ address: { line1: 'Markt 1', line2: '2nd floor', state: null } })).address).toEqual({
    ...full,
    line1: 'Markt 1',
    line2: '2nd floor',
  })
  expect((await patch({ address: null })).address).toBeNull()
  expect((await patch({ address: { city: 'Bonn' } })).detail.map(({ loc }: { loc: string[] }) => loc.at(-1))).toEqual([
    'country',
    'line1',
    'postal_code',
  ])
  expect((await patch({ address })).address).toEqual(full)
  expect((await patch({ address: { city: null } })).detail[0].loc).toEqual(['body', 'address', 'city'])
})

test('shapes and limits are checked, and what is needed is not taken away', async () => {
  const { berlin } = await world()
  for (const changes of [
    { first_name: undefined },
    { last_name: '' },
    { email: 'grace' },
    { relationship: undefined },
    { relationship: null },
    { relationship: { percent_ownership: 100.1 } },
    { relationship: { percent_ownership: -1 } },
    { relationship: { owner: 'yes' } },
    { relationship: { chair: true } },
    { ssn_last_4: '123' },
    { ssn_last_4: '12345' },
    { date_of_birth: '1906-02-30' },
    { citizenship: 'XX' },
    { id_number: 'x'.repeat(101) },
    { address: { ...address, country: undefined } },
    { address: { ...address, postal_code: 'x'.repeat(11) } },
    { iban: 'DE89370400440532013000' },
  ])
    expect((await berlin.post('/persons', { ...grace, ...changes }, { beyond: true })).status, JSON.stringify(changes)).toBe(422)
  const { body: person } = await berlin.post('/persons', grace)
  for (const field of ['first_name', 'last_name', 'email', 'relationship'])
    expect((await berlin.patch(`/persons/${person.id}`, { [field]: null })).status).toBe(422)
})

test('nobody sees the persons of another entity, and each action needs its permission', async () => {
  const { berlin, paris, newUser } = await world()
  const { body: person } = await berlin.post('/persons', grace)
  const path = `/persons/${person.id}`
  for (const { status } of [await paris.get(path), await paris.patch(path, { phone: '1' }), await paris.delete(path)])
    expect(status).toBe(404)
  expect((await paris.get('/persons')).body.data).toEqual([])
  const reader = await newUser(berlin.entityId!, permissions({ 'person:read': 'allowed' }, 'not_allowed'))
  expect((await reader.get(path)).body).toEqual(person)
  expect((await reader.post('/persons', grace)).body).toEqual({ error: { message: 'Action create for person not allowed' } })
  expect((await reader.patch(path, { phone: '1' })).status).toBe(403)
  expect((await reader.delete(path)).status).toBe(403)
  const limited = await newUser(berlin.entityId!, permissions({}, 'allowed_for_own'))
  const { body: own } = await limited.post('/persons', { ...grace, first_name: 'Own' })
  expect((await limited.get('/persons')).body.data).toEqual([own])
  for (const { status } of [await limited.get(path), await limited.patch(path, { phone: '1' }), await limited.delete(path)])
    expect(status).toBe(403)
  expect((await limited.patch(`/persons/${own.id}`, { phone: '1' })).body.phone).toBe('1')
})
