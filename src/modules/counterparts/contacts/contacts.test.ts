import { expect, test } from 'vitest'
import { world } from '../../../../test/support/world.ts'
import { acme, dana, marseille } from '../counterparts.samples.ts'

const mary = {
  first_name: 'Mary',
  last_name: "O'Brien",
  email: 'mary@example.com',
  phone: '+3312345678',
  title: 'Ms.',
  address: marseille,
}
const nameless = { error: { message: 'Individual counterparts do not have contacts' } }

test('a contact is added, read, changed and deleted', async () => {
  const { berlin, sql } = await world()
  const { body: company } = await berlin.post('/counterparts', acme)
  const path = `/counterparts/${company.id}/contacts`
  const { status, body: contact } = await berlin.post(path, mary)
  expect(status).toBe(200)
  expect(contact).toEqual({
    ...mary,
    id: contact.id,
    counterpart_id: company.id,
    is_default: true,
    address: { ...marseille, line2: null, state: null },
  })
  expect((await berlin.get(`${path}/${contact.id}`)).body).toEqual(contact)
  const address = { country: 'DE', city: 'Bonn', postal_code: '53111', line1: 'Markt 1', line2: '2nd floor' }
  const { body: changed } = await berlin.patch(`${path}/${contact.id}`, { title: null, phone: '', address })
  expect(changed).toEqual({ ...contact, title: null, phone: null, address: { ...address, state: null } })
  expect((await berlin.get(path)).body.data).toEqual([changed])
  expect((await berlin.delete(`${path}/${contact.id}`)).status).toBe(204)
  expect((await berlin.get(`${path}/${contact.id}`)).body).toEqual({ error: { message: 'Contact not found' } })
  expect((await berlin.get(path)).body.data).toEqual([])
  const events = await sql<{ event: string }>('select event from events where object_id = $1 order by created_at', [contact.id])
  expect(events.map(({ event }) => event)).toEqual(['created', 'update', 'delete'])
})

test('people do not have contacts', async () => {
  const { berlin } = await world()
  const { body: person } = await berlin.post('/counterparts', dana)
  const { body: company } = await berlin.post('/counterparts', acme)
  const { body: contact } = await berlin.post(`/counterparts/${company.id}/contacts`, mary)
  const path = `/counterparts/${person.id}/contacts`
  for (const { status, body } of [
    await berlin.get(path),
    await berlin.post(path, mary),
    await berlin.get(`${path}/${contact.id}`),
    await berlin.patch(`${path}/${contact.id}`, { title: 'Dr.' }),
    await berlin.delete(`${path}/${contact.id}`),
    await berlin.post(`${path}/${contact.id}/make_default`),
  ]) {
    expect(status).toBe(404)
    expect(body).toEqual(nameless)
  }
})

test('the first contact is the default, and the oldest that is left takes the place of one that goes', async () => {
  const { berlin, sql } = await world()
  const { body: company } = await berlin.post('/counterparts', acme)
  const path = `/counterparts/${company.id}/contacts`
  const made: string[] = []
  for (const first_name of ['A', 'B', 'C']) made.push((await berlin.post(path, { ...mary, first_name })).body.id)
  const defaults = async () =>
    (await berlin.get(path)).body.data
      .filter((c: { is_default: boolean }) => c.is_default)
      .map((c: { first_name: string }) => c.first_name)
  expect(await defaults()).toEqual(['A'])
  const { status, body } = await berlin.post(`${path}/${made[2]}/make_default`)
  expect([status, body.is_default]).toEqual([200, true])
  expect((await berlin.post(`${path}/${made[2]}/make_default`)).status).toBe(200)
  expect(await defaults()).toEqual(['C'])
  await berlin.delete(`${path}/${made[2]}`)
  expect(await defaults()).toEqual(['A'])
  await berlin.delete(`${path}/${made[1]}`)
  expect(await defaults()).toEqual(['A'])
  await berlin.delete(`${path}/${made[0]}`)
  expect((await berlin.post(path, mary)).body.is_default).toBe(true)
  const events = await sql<{ event: string }>('select event from events where object_id = any ($1)', [made])
  const times = (event: string) => events.filter((e) => e.event === event).length
  expect([times('created'), times('make_default'), times('delete')]).toEqual([3, 2, 3])
})

test('contacts made at the same moment agree on one default', async () => {
  const { berlin } = await world()
  const { body: company } = await berlin.post('/counterparts', acme)
  const path = `/counterparts/${company.id}/contacts`
  await Promise.all(['A', 'B', 'C', 'D'].map((first_name) => berlin.post(path, { ...mary, first_name })))
  const { data } = (await berlin.get(path)).body
  expect(data.map((c: { is_default: boolean }) => c.is_default).sort()).toEqual([false, false, false, true])
})

test('names and a whole address are needed, and the default flag can not be written', async () => {
  const { berlin } = await world()
  const { body: company } = await berlin.post('/counterparts', acme)
  const path = `/counterparts/${company.id}/contacts`
  const { body: contact } = await berlin.post(path, mary)
  expect((await berlin.post(path, { ...mary, first_name: '' })).status).toBe(422)
  expect((await berlin.post(path, { ...mary, address: { country: 'FR' } }, { beyond: true })).status).toBe(422)
  expect((await berlin.post(path, { ...mary, address: { ...marseille, country: 'US' } })).status).toBe(422)
  expect((await berlin.post(path, { ...mary, is_default: true }, { beyond: true })).status).toBe(422)
  for (const field of ['first_name', 'last_name', 'address'])
    expect((await berlin.patch(`${path}/${contact.id}`, { [field]: null })).status).toBe(422)
  expect((await berlin.get(`${path}/${contact.id}`)).body).toEqual(contact)
})
