import { expect, test } from 'vitest'
import { permissions, world } from '../../../test/support/world.ts'
import { acme, dana, marseille, organizationCalled } from './counterparts.samples.ts'

const NOWHERE = '00000000-0000-4000-8000-000000000000'
const namesOf = ({ body }: { body: { data: { organization?: { legal_name: string }; individual?: { last_name: string } }[] } }) =>
  body.data.map(({ organization, individual }) => organization?.legal_name ?? individual?.last_name)

test('a counterpart is created with its address as the default for billing', async () => {
  const { berlin } = await world()
  const { status, body } = await berlin.post('/counterparts', acme)
  expect(status).toBe(201)
  expect(body).toMatchObject({
    type: 'organization',
    language: 'de',
    tax_id: '12/345/67890',
    external_reference: null,
    reminders_enabled: true,
    created_automatically: false,
    created_by_entity_user_id: berlin.userId,
    default_shipping_address_id: null,
    organization: {
      legal_name: 'Acme GmbH',
      is_customer: true,
      is_vendor: false,
      phone: '+4930774619876',
      email: 'acme@example.com',
      tags: [],
    },
  })
  const { body: addresses } = await berlin.get(`/counterparts/${body.id}/addresses`)
  expect(addresses.data).toEqual([
    {
      id: body.default_billing_address_id,
      counterpart_id: body.id,
      country: 'DE',
      city: 'Berlin',
      postal_code: '10119',
      state: null,
      line1: 'Flughafenstrasse 52',
      line2: null,
    },
  ])
  expect((await berlin.get(`/counterparts/${body.id}`)).body).toEqual(body)
})

test('a person is a counterpart too, without a language until one is given', async () => {
  const { berlin, partnerIn } = await world()
  const { body } = await partnerIn(berlin.entityId!).post('/counterparts', dana)
  expect(body).toMatchObject({ type: 'individual', language: null, tax_id: null, created_by_entity_user_id: null })
  expect(body.individual).toMatchObject({
    first_name: 'Dana',
    last_name: 'Cruz',
    title: 'Dr.',
    phone: null,
    is_vendor: true,
    tags: [],
  })
  expect(body.organization).toBeUndefined()
})

test('what the guide prints works as printed', async () => {
  const { partner, partnerIn, berlin } = await world()
  const caller = partnerIn(berlin.entityId!)
  const { body: made } = await caller.post('/v1/counterparts', acme)
  expect((await caller.get(`/v1/counterparts/${made.id}`)).body).toEqual(made)
  expect((await caller.get('/v1/counterparts')).body.data).toHaveLength(1)
  await caller.post('/v1/counterparts', organizationCalled('Alpine Networks SA', { address: marseille }))
  const { body: person } = await caller.post('/v1/counterparts', dana)
  await caller.post(`/v1/counterparts/${made.id}/bank_accounts`, {
    country: 'GB',
    currency: 'GBP',
    iban: 'GB33 BUKB 2020 1555 5555 55',
  })

  expect(namesOf(await caller.get('/v1/counterparts?iban=GB33BUKB20201555555555'))).toEqual(['Acme GmbH'])
  expect(namesOf(await caller.get('/v1/counterparts?iban=GB33BUKB2020..5555'))).toEqual([])
  expect(namesOf(await caller.get('/v1/counterparts?type=organization&sort=counterpart_name'))).toEqual([
    'Acme GmbH',
    'Alpine Networks SA',
  ])
  expect(namesOf(await caller.get('/v1/counterparts?counterpart_name__icontains=net'))).toEqual(['Alpine Networks SA'])
  expect(namesOf(await caller.get('/v1/counterparts?address.country=DE'))).toEqual(['Acme GmbH'])
  expect(namesOf(await caller.get('/v1/counterparts?created_at__gte=2022-01-01T00%3A00%3A00', { beyond: true }))).toHaveLength(3)
  expect(namesOf(await caller.get('/v1/counterparts?created_at__lt=2022-01-01T00%3A00%3A00', { beyond: true }))).toHaveLength(0)

  const { body: home } = await caller.post(`/v1/counterparts/${person.id}/addresses`, marseille)
  const { body: changed } = await caller.patch(`/v1/counterparts/${person.id}`, {
    default_billing_address_id: home.id,
    tax_id: '12345678',
    language: 'nl',
    individual: { first_name: 'Dana', last_name: 'Cruz' },
  })
  expect(changed).toMatchObject({ default_billing_address_id: home.id, tax_id: '12345678', language: 'nl' })
  const { body: depot } = await caller.post(`/v1/counterparts/${made.id}/addresses`, marseille)
  const { body: moved } = await caller.patch(`/v1/counterparts/${made.id}`, {
    default_shipping_address_id: depot.id,
    default_billing_address_id: depot.id,
    organization: {},
  })
  expect(moved).toMatchObject({ default_shipping_address_id: depot.id, default_billing_address_id: depot.id })
  expect(moved.organization).toEqual(made.organization)
  expect((await caller.delete(`/v1/counterparts/${made.id}`)).status).toBe(204)

  const settings = { payable: { allow_counterpart_autolinking: true, allow_counterpart_autocreation: true } }
  expect((await partner.patch('/v1/settings', settings, { beyond: true })).status).toBe(200)
})

test('a change has to contain the object of the counterpart’s own type', async () => {
  const { berlin } = await world()
  const { body: company } = await berlin.post('/counterparts', acme)
  const path = `/counterparts/${company.id}`
  expect((await berlin.patch(path, { language: 'nl' }, { beyond: true })).status).toBe(422)
  expect((await berlin.patch(path, { individual: {} })).status).toBe(422)
  expect((await berlin.patch(path, { individual: {}, organization: {} }, { beyond: true })).status).toBe(422)
  expect((await berlin.patch(path, { type: 'individual', organization: {} }, { beyond: true })).status).toBe(422)
  expect((await berlin.get(path)).body).toEqual(company)
})

test('a change touches what is sent, null clears, and what is needed can not be cleared', async () => {
  const { berlin } = await world()
  const { body: company } = await berlin.post('/counterparts', { ...acme, external_reference: 'C-1', reminders_enabled: false })
  const path = `/counterparts/${company.id}`
  const { body: cleared } = await berlin.patch(path, {
    tax_id: null,
    language: null,
    external_reference: null,
    organization: { phone: '', email: null },
  })
  expect(cleared).toMatchObject({ tax_id: null, language: null, external_reference: null, reminders_enabled: false })
  expect(cleared.organization).toMatchObject({ legal_name: 'Acme GmbH', phone: null, email: null, is_customer: true })
  expect((await berlin.patch(path, { reminders_enabled: null, organization: {} })).body.reminders_enabled).toBe(true)
  for (const organization of [{ legal_name: null }, { legal_name: '' }, { is_customer: null }, { is_vendor: null }])
    expect((await berlin.patch(path, { organization })).status).toBe(422)
  expect((await berlin.patch(path, { default_billing_address_id: null, organization: {} })).status).toBe(422)
  expect((await berlin.patch(path, { default_shipping_address_id: null, organization: {} })).status).toBe(200)
})

test('defaults are addresses of the counterpart itself', async () => {
  const { berlin, paris } = await world()
  const [{ body: one }, { body: two }, { body: abroad }] = await Promise.all([
    berlin.post('/counterparts', acme),
    berlin.post('/counterparts', dana),
    paris.post('/counterparts', acme),
  ])
  for (const id of [two.default_billing_address_id, abroad.default_billing_address_id, NOWHERE])
    for (const field of ['default_billing_address_id', 'default_shipping_address_id'])
      expect((await berlin.patch(`/counterparts/${one.id}`, { [field]: id, organization: {} })).status).toBe(404)
  expect((await berlin.get(`/counterparts/${one.id}`)).body).toEqual(one)
})

test('names, addresses and texts that can not be are refused', async () => {
  const { berlin } = await world()
  const us = { country: 'US', city: 'Boston', postal_code: '02108', line1: '1 Beacon Street' }
  const post = (changes: object, beyond = true) => berlin.post('/counterparts', organizationCalled('Acme', changes), { beyond })
  expect((await post({ address: us }, false)).body.detail[0].loc).toEqual(['body', 'organization', 'address', 'state'])
  expect((await post({ address: { ...us, state: 'Massachusetts' } }, false)).status).toBe(422)
  expect((await post({ address: { ...us, state: 'MA' } }, false)).status).toBe(201)
  expect((await post({ address: { ...us, state: 'MA', city: '' } }, false)).status).toBe(422)
  expect((await post({ legal_name: '' }, false)).status).toBe(422)
  expect((await post({ legal_name: 'Ac\u0000me' })).status).toBe(422)
  expect((await post({ email: 'nobody' })).status).toBe(422)
  expect((await post({ address: { ...us, country: 'XX' } })).status).toBe(422)
  expect((await post({ tag_ids: ['x'] })).status).toBe(422)
  expect((await berlin.post('/counterparts', { ...acme, tax_id: 'x'.repeat(31) }, { beyond: true })).status).toBe(422)
  expect((await berlin.post('/counterparts', { ...acme, type: 'individual' }, { beyond: true })).status).toBe(422)
  expect((await berlin.post('/counterparts', { ...acme, vat_id: 'DE1' }, { beyond: true })).status).toBe(422)
  expect((await berlin.get('/counterparts?created_at__gte=2022-13-01', { beyond: true })).status).toBe(422)
  expect((await berlin.get('/counterparts?counterpart_name=%00', { beyond: true })).status).toBe(422)
  expect((await berlin.get('/counterparts?sort=created_at', { beyond: true })).status).toBe(422)
  expect((await berlin.get('/counterparts/17', { beyond: true })).status).toBe(422)
})

test('a field the contract does not know inside an organization is ignored', async () => {
  const { berlin } = await world()
  const { status, body } = await berlin.post('/counterparts', organizationCalled('Acme', { id: NOWHERE, is_deleted: true }))
  expect(status).toBe(201)
  expect(body.id).not.toBe(NOWHERE)
})

test('a very long name is kept whole and sorted all the same', async () => {
  const { berlin } = await world()
  const name = Array.from({ length: 20_000 }, (_, i) => String.fromCodePoint(0x4e00 + ((i * 7919) % 20_000))).join('')
  const { body } = await berlin.post('/counterparts', organizationCalled(name))
  expect((await berlin.get('/counterparts?sort=counterpart_name')).body.data[0]).toEqual(body)
})

test('a deleted counterpart is gone, and what is below it too', async () => {
  const { berlin, sql, work } = await world()
  const { body: company } = await berlin.post('/counterparts', acme)
  const path = `/counterparts/${company.id}`
  expect((await berlin.delete(path)).status).toBe(204)
  const gone = { error: { message: 'Counterpart not found' } }
  expect((await berlin.get(path)).body).toEqual(gone)
  expect((await berlin.patch(path, { organization: {} })).body).toEqual(gone)
  expect((await berlin.delete(path)).body).toEqual(gone)
  for (const below of [
    'addresses',
    'contacts',
    'bank_accounts',
    'vat_ids',
    'partner_metadata',
    `addresses/${company.default_billing_address_id}`,
  ])
    expect((await berlin.get(`${path}/${below}`)).body).toEqual(gone)
  expect((await berlin.post(`${path}/addresses`, marseille)).body).toEqual(gone)
  expect((await berlin.post(`${path}/vat_ids`, { value: 'DE123456789' })).body).toEqual(gone)
  expect((await berlin.get('/counterparts')).body.data).toEqual([])
  await work()
  const events = await sql<{ event: string }>('select event from events where object_id = $1 order by created_at', [company.id])
  expect(events.map(({ event }) => event)).toEqual(['created', 'delete'])
  expect(await sql('select from counterpart_addresses where counterpart_id = $1', [company.id])).toHaveLength(1)
})

test('nobody sees the counterparts of another entity', async () => {
  const { berlin, paris } = await world()
  const { body: company } = await berlin.post('/counterparts', acme)
  const path = `/counterparts/${company.id}`
  for (const below of ['', '/addresses', '/contacts', '/bank_accounts', '/vat_ids', '/partner_metadata'])
    expect((await paris.get(`${path}${below}`)).body).toEqual({ error: { message: 'Counterpart not found' } })
  expect((await paris.patch(path, { organization: {} })).status).toBe(404)
  expect((await paris.delete(path)).status).toBe(404)
  expect((await paris.post(`${path}/addresses`, marseille)).status).toBe(404)
  expect((await paris.post(`${path}/bank_accounts`, { country: 'DE', currency: 'EUR' })).status).toBe(404)
  expect((await paris.put(`${path}/partner_metadata`, { metadata: {} })).status).toBe(404)
  expect((await paris.get('/counterparts')).body.data).toEqual([])
  expect((await paris.get(`/counterparts?id__in=${company.id}`)).body.data).toEqual([])
})

test('each action needs its permission', async () => {
  const { berlin, newUser } = await world()
  const { body: company } = await berlin.post('/counterparts', acme)
  const reader = await newUser(
    berlin.entityId!,
    permissions({ 'counterpart:read': 'allowed', 'counterpart_vat_id:create': 'allowed' }, 'not_allowed'),
  )
  const path = `/counterparts/${company.id}`
  expect((await reader.get(path)).status).toBe(200)
  expect((await reader.get(`${path}/addresses`)).status).toBe(200)
  expect((await reader.post('/counterparts', acme)).body).toEqual({
    error: { message: 'Action create for counterpart not allowed' },
  })
  expect((await reader.patch(path, { organization: {} })).status).toBe(403)
  expect((await reader.delete(path)).status).toBe(403)
  expect((await reader.post(`${path}/addresses`, marseille)).status).toBe(403)
  expect((await reader.delete(`${path}/addresses/${company.default_billing_address_id}`)).status).toBe(403)
  expect((await reader.put(`${path}/partner_metadata`, { metadata: {} })).status).toBe(403)
  expect((await reader.get(`${path}/vat_ids`)).status).toBe(403)
  expect((await reader.post(`${path}/vat_ids`, { value: 'DE123456789' })).status).toBe(201)
})

test('a role limited to its own sees and changes what its user made, parts included', async () => {
  const { berlin, newUser } = await world()
  const { body: others } = await berlin.post('/counterparts', acme)
  const limited = await newUser(berlin.entityId!, permissions({}, 'allowed_for_own'))
  const { body: own } = await limited.post('/counterparts', organizationCalled('Own GmbH'))
  expect(namesOf(await limited.get('/counterparts'))).toEqual(['Own GmbH'])
  expect((await limited.get(`/counterparts/${others.id}`)).status).toBe(403)
  expect((await limited.patch(`/counterparts/${others.id}`, { organization: {} })).status).toBe(403)
  expect((await limited.delete(`/counterparts/${others.id}`)).status).toBe(403)
  expect((await limited.get(`/counterparts/${others.id}/addresses`)).status).toBe(403)
  expect((await limited.post(`/counterparts/${others.id}/addresses`, marseille)).status).toBe(403)
  expect((await limited.get(`/counterparts/${others.id}/partner_metadata`)).status).toBe(403)
  expect((await berlin.get(`/counterparts/${others.id}/addresses`)).body.data).toHaveLength(1)
  expect((await limited.patch(`/counterparts/${own.id}`, { language: 'fr', organization: {} })).body.language).toBe('fr')
  expect((await limited.post(`/counterparts/${own.id}/addresses`, marseille)).status).toBe(201)
  expect((await limited.delete(`/counterparts/${own.id}`)).status).toBe(204)
})

test('tags are shown in full, replaced as a whole, and vanish when they are deleted', async () => {
  const { berlin, paris } = await world()
  const tag = async (name: string, who = berlin) => (await who.post('/tags', { name })).body
  const [gold, local, foreign] = [await tag('Gold'), await tag('Local'), await tag('Gold', paris)]
  const { body: company } = await berlin.post(
    '/counterparts',
    organizationCalled('Acme', { tag_ids: [local.id, gold.id, local.id] }),
  )
  expect(company.organization.tags).toEqual([local, gold])
  const tagged = (id: string) => berlin.get(`/counterparts?tag_ids__in=${id}&tag_ids__in=${NOWHERE}`).then(namesOf)
  expect(await tagged(gold.id)).toEqual(['Acme'])
  await berlin.delete(`/tags/${gold.id}`)
  expect(await tagged(gold.id)).toEqual([])
  const path = `/counterparts/${company.id}`
  expect((await berlin.get(path)).body.organization.tags).toEqual([local])
  expect((await berlin.patch(path, { organization: { legal_name: 'Acme SE' } })).body.organization.tags).toEqual([local])
  expect((await berlin.patch(path, { organization: { tag_ids: [] } })).body.organization.tags).toEqual([])
  for (const id of [gold.id, foreign.id, NOWHERE]) {
    expect((await berlin.patch(path, { organization: { tag_ids: [id] } })).status).toBe(404)
    expect((await berlin.post('/counterparts', organizationCalled('B', { tag_ids: [id] }))).status).toBe(400)
  }
  expect(namesOf(await berlin.get('/counterparts'))).toEqual(['Acme SE'])
})

test('lists are filtered by name, role, numbers, addresses and time', async () => {
  const { berlin } = await world()
  const { body: oil } = await berlin.post(
    '/counterparts',
    organizationCalled('Ölmühle 100%', { email: 'Office@oil.example', is_vendor: true }),
  )
  await berlin.post('/counterparts', { ...organizationCalled('Olive_Bar'), tax_id: '77' })
  const { body: person } = await berlin.post('/counterparts', dana)
  await berlin.post(`/counterparts/${oil.id}/vat_ids`, { value: 'DE811907980' })
  await berlin.post(`/counterparts/${oil.id}/addresses`, { ...marseille, state: 'Provence', line2: 'Floor 2' })
  await berlin.post(`/counterparts/${oil.id}/bank_accounts`, {
    country: 'GB',
    currency: 'GBP',
    sort_code: '20-20-15',
    account_number: '55555555',
  })
  const found = (query: string) => berlin.get(`/counterparts?${query}`).then(namesOf)
  const both = encodeURIComponent
  expect(await found(`counterpart_name=${both('Dana Cruz')}`)).toEqual(['Cruz'])
  expect(await found(`counterpart_name=${both('dana cruz')}`)).toEqual([])
  expect(await found(`counterpart_name__iexact=${both('DANA CRUZ')}`)).toEqual(['Cruz'])
  expect(await found(`counterpart_name__icontains=${both('ÖLM')}`)).toEqual(['Ölmühle 100%'])
  expect(await found(`counterpart_name__contains=${both('ÖLM')}`)).toEqual([])
  expect(await found('counterpart_name__icontains=%25')).toEqual(['Ölmühle 100%'])
  expect(await found('counterpart_name__contains=_')).toEqual(['Olive_Bar'])
  expect(await found('is_vendor=true')).toEqual(['Ölmühle 100%', 'Cruz'])
  expect(await found('is_vendor=true&is_customer=true')).toEqual(['Ölmühle 100%'])
  expect(await found('type=individual')).toEqual(['Cruz'])
  expect(await found('email=Office@oil.example')).toEqual(['Ölmühle 100%'])
  expect(await found('email__contains=office@oil')).toEqual([])
  expect(await found('email__icontains=office@oil')).toEqual(['Ölmühle 100%'])
  expect(await found('tax_id=77')).toEqual(['Olive_Bar'])
  expect(await found('vat_id=DE811907980')).toEqual(['Ölmühle 100%'])
  expect(await found('sort_code=202015&account_number=55555555')).toEqual(['Ölmühle 100%'])
  expect(await found('sort_code=20-20-15')).toEqual(['Ölmühle 100%'])
  expect(await found('address.country=FR&address.city=Marseille&address.postal_code=13001&address.state=Provence')).toEqual([
    'Ölmühle 100%',
  ])
  expect(await found('address.line1=1%20Main%20Street')).toEqual(['Cruz'])
  expect(await found('address.line2=Floor%202')).toEqual(['Ölmühle 100%'])
  expect(await found(`id__in=${oil.id}&id__in=${person.id}&id__in=${NOWHERE}`)).toEqual(['Ölmühle 100%', 'Cruz'])
  expect(await found(`created_at__gt=${both(oil.created_at)}&created_at__lte=${both(person.created_at)}`)).toEqual([
    'Olive_Bar',
    'Cruz',
  ])
})

test('sorted by name, capitals and accents stand where people look for them, page by page', async () => {
  const { berlin } = await world()
  for (const name of ['zeta', 'Ärzte', 'beta', 'Alpha', 'beta', 'Beta'])
    await berlin.post('/counterparts', organizationCalled(name))
  const walk = async (order: string) => {
    const names: unknown[] = []
    let page = (await berlin.get(`/counterparts?sort=counterpart_name&limit=2&order=${order}`)).body
    for (;;) {
      names.push(...namesOf({ body: page }))
      if (!page.next_pagination_token) return names.map((name) => String(name).toLowerCase())
      page = (await berlin.get(`/counterparts?pagination_token=${page.next_pagination_token}`)).body
    }
  }
  const sorted = ['alpha', 'ärzte', 'beta', 'beta', 'beta', 'zeta']
  expect(await walk('asc')).toEqual(sorted)
  expect(await walk('desc')).toEqual(sorted.toReversed())
})

test('the partner’s metadata is kept with a counterpart, bounded, and said to have changed', async () => {
  const { berlin, sql } = await world()
  const { body: company } = await berlin.post('/counterparts', acme)
  const path = `/counterparts/${company.id}/partner_metadata`
  expect((await berlin.get(path)).body).toEqual({ metadata: {} })
  const metadata = { crm: { id: 17, note: 'Grüße' }, a: null }
  expect((await berlin.put(path, { metadata })).body).toEqual({ metadata })
  expect((await berlin.get(path)).body).toEqual({ metadata })
  expect((await berlin.put(path, { metadata: { text: 'x'.repeat(2000) } })).status).toBe(422)
  expect((await berlin.put(path, { metadata: [] }, { beyond: true })).status).toBe(422)
  const events = await sql<{ event: string }>('select event from events where object_id = $1 order by created_at', [company.id])
  expect(events.map(({ event }) => event)).toEqual(['created', 'metadata_update'])
})

test('making a counterpart says so twice, for itself and for its address', async () => {
  const { berlin, sql } = await world()
  const { body: company } = await berlin.post('/counterparts', acme)
  const events = await sql('select object_type, event from events where object_id = any ($1) order by object_type', [
    [company.id, company.default_billing_address_id],
  ])
  expect(events).toEqual([
    { object_type: 'counterpart', event: 'created' },
    { object_type: 'counterpart_address', event: 'created' },
  ])
})
