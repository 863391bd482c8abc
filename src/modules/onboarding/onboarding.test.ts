import { expect, test } from 'vitest'
import { good, no } from '../../../test/support/invoicing.ts'
import {
  approvedCompany,
  card,
  company,
  dueOf,
  fillIn,
  formOf,
  onboardingEvents,
  requirementsOf,
  statusOf,
  uploadCard,
} from '../../../test/support/onboarding.ts'
import { type Body, type Client, permissions, world } from '../../../test/support/world.ts'

const methodsOf = async (who: Client): Promise<Record<string, string>> =>
  Object.fromEntries(
    good(await who.get(`/entities/${who.entityId}/payment_methods`)).data.map(({ type, status }: Body) => [type, status]),
  )

test('a company takes cards once it has filled in everything, and each step of the way is told', async () => {
  const { w, berlin } = await company()
  expect(await methodsOf(berlin)).toEqual({ card: 'inactive', sepa_credit: 'active' })
  const first = await requirementsOf(berlin)
  expect(first).toMatchObject({ verification_status: 'disabled', disabled_reason: null })
  expect(first.requirements.currently_due).toEqual([
    'business_profile.mcc',
    'business_profile.url',
    'persons.representative',
    'entities.owners_provided',
    'entities.directors_provided',
    'bank_account',
    'ownership_declaration',
  ])
  expect(await requirementsOf(berlin, 'sepa_credit')).toMatchObject({
    verification_status: 'enabled',
    requirements: { currently_due: [], past_due: [], eventually_due: [], pending_verification: [], current_deadline: null },
  })
  await fillIn(berlin)
  expect(await requirementsOf(berlin)).toMatchObject({
    verification_status: 'pending',
    disabled_reason: 'requirements.pending_verification',
    requirements: { currently_due: [], pending_verification: expect.arrayContaining(['entities', 'persons.representative']) },
  })
  await w.work()
  expect(await statusOf(berlin)).toBe('enabled')
  expect(await methodsOf(berlin)).toEqual({ card: 'active', sepa_credit: 'active' })
  const events = await onboardingEvents(w, berlin.entityId!)
  expect(events.filter((event) => event.endsWith('status_updated'))).toHaveLength(1)
  expect(events[0]).toBe('onboarding_requirements.updated')
  const merged = good(await berlin.get(`/entities/${berlin.entityId}/onboarding_requirements`))
  expect(merged).toMatchObject({ verification_status: 'enabled', requirements: { currently_due: [] } })
  expect(merged.requirements).not.toHaveProperty('past_due')
})

test('a link by a method that is not open yet is refused, and transfers need nobody to look', async () => {
  const { berlin, w } = await company()
  const link = (payment_methods: string[]) =>
    w.partnerIn(berlin.entityId!).post('/payment_links', {
      recipient: { type: 'entity', id: berlin.entityId },
      payment_methods,
      amount: 100,
      currency: 'EUR',
      payment_reference: 'R-1',
    })
  good(await berlin.post('/bank_accounts', { iban: 'DE89370400440532013000', country: 'DE', currency: 'EUR' }))
  expect(no(await link(['card']))).toEqual([400, 'Payment methods are not available: card'])
  expect((await link(['sepa_credit'])).status).toBe(201)
})

test('what an entity says of its business is kept field by field; PUT clears what it leaves out', async () => {
  const { berlin } = await world()
  const path = `/entities/${berlin.entityId}/onboarding_data`
  const nothing = { business_profile: null, ownership_declaration: null, tos_acceptance: null, treasury_tos_acceptance: null }
  expect(good(await berlin.get(path))).toEqual(nothing)
  good(await berlin.patch(path, { business_profile: { mcc: '5734', operating_countries: ['DE', 'FR'] } }))
  const date = '2026-01-02T03:04:05+00:00'
  const both = good(
    await berlin.patch(path, { business_profile: { url: 'https://example.com/' }, tos_acceptance: { date, ip: '2001:db8::1' } }),
  )
  expect(both.business_profile).toEqual({
    mcc: '5734',
    url: 'https://example.com/',
    operating_countries: ['DE', 'FR'],
    description_of_goods_or_services: null,
    estimated_monthly_revenue: null,
  })
  expect(both.tos_acceptance).toEqual({ date, ip: '2001:db8::1' })
  expect(good(await berlin.patch(path, { business_profile: { mcc: null } })).business_profile.mcc).toBeNull()
  const revenue = { amount: 125000, currency: 'EUR' }
  expect(good(await berlin.put(path, { business_profile: { estimated_monthly_revenue: revenue } }))).toEqual({
    ...nothing,
    business_profile: {
      mcc: null,
      url: null,
      operating_countries: null,
      description_of_goods_or_services: null,
      estimated_monthly_revenue: revenue,
    },
  })
  for (const [body, status] of [
    [{ business_profile: { mcc: '57a4' } }, 400],
    [{ business_profile: { mcc: '57' } }, 422],
    [{ business_profile: { operating_countries: ['DE', 'DE'] } }, 400],
    [{ tos_acceptance: { ip: 'localhost' } }, 422],
    [{ tos_acceptance: { date: '2999-01-01T00:00:00Z' } }, 400],
    [{ stripe: {} }, 422],
  ] as const)
    expect([body, (await berlin.patch(path, body, { beyond: true })).status]).toEqual([body, status])
})

test('documents: only of the entity, only once, both sides different, and only of the kinds it has', async () => {
  const { berlin, paris } = await world()
  const send = (body: object) => berlin.post('/onboarding_documents', body)
  const front = await uploadCard(berlin)
  expect((await send({ verification_document_front: front })).status).toBe(204)
  expect(no(await send({ verification_document_front: front }))).toEqual([400, expect.stringContaining('handed in before')])
  const same = card()
  const [one, other] = [
    await uploadCard(berlin, 'identity_documents', same),
    await uploadCard(berlin, 'identity_documents', same),
  ]
  expect(no(await send({ verification_document_front: one, verification_document_back: other }))).toEqual([
    400,
    expect.stringContaining('front and back are the same file'),
  ])
  expect(no(await send({ company_license: [one, one] }))[0]).toBe(400)
  expect(no(await send({ additional_verification_document_front: one }))[0]).toBe(400)
  expect(no(await send({ verification_document_front: await uploadCard(paris) }))).toEqual([
    400,
    expect.stringContaining('no such file'),
  ])
  const { body: attachment } = await berlin.upload(
    'POST',
    '/files',
    { bytes: card(), name: 'a.png' },
    { file_type: 'attachments' },
  )
  expect(no(await send({ verification_document_front: attachment.id }))).toEqual([
    400,
    expect.stringContaining('identity_documents'),
  ])
  expect(no(await send({}))[0]).toBe(400)
  expect((await send({ proof_of_registration: [one], company_license: [other] })).status).toBe(204)
})

test('the forms of an earlier version still take the files themselves', async () => {
  const { berlin, sql } = await world()
  const { body: person } = await berlin.post('/persons', {
    first_name: 'A',
    last_name: 'B',
    email: 'a@example.com',
    relationship: {},
  })
  const file = { bytes: card(), name: 'card.png', type: 'image/png' }
  expect((await berlin.upload('POST', `/persons/${person.id}/documents`, file)).status).toBe(204)
  expect((await berlin.upload('POST', `/entities/${berlin.entityId}/documents`, { ...file, bytes: card() })).status).toBe(204)
  expect(
    (await berlin.upload('POST', `/entities/${berlin.entityId}/documents`, { ...file, bytes: Buffer.from('x') })).status,
  ).toBe(400)
  const rows = await sql<Body>(
    `select person_id, kind, status from onboarding_documents where entity_id = $1 order by created_at`,
    [berlin.entityId],
  )
  expect(rows).toEqual([
    { person_id: person.id, kind: 'verification_document_front', status: 'pending' },
    { person_id: null, kind: 'verification_document_front', status: 'pending' },
  ])
})

test('an entity has the form of its methods only, and each permission its door', async () => {
  const { berlin, newUser } = await world()
  expect(await formOf(berlin)).toMatchObject({ requirements: [] })
  const clerk = await newUser(berlin.entityId!, permissions({ 'onboarding:read': 'allowed' }, 'not_allowed'))
  expect((await clerk.get('/onboarding_requirements')).status).toBe(200)
  expect((await clerk.patch(`/entities/${berlin.entityId}/onboarding_data`, {})).status).toBe(403)
})

test('what is missing again after the approval has thirty days, and is forgotten when it is back', async () => {
  const { w, berlin } = await approvedCompany()
  const { body: accounts } = await berlin.get('/bank_accounts')
  good(await berlin.delete(`/bank_accounts/${accounts.data[0].id}`))
  await w.work()
  const report = await requirementsOf(berlin)
  expect(report).toMatchObject({ verification_status: 'enabled', requirements: { currently_due: ['bank_account'] } })
  expect(Math.round((Date.parse(report.requirements.current_deadline) - w.clock.now().getTime()) / 86_400_000)).toBe(30)
  good(await berlin.post('/bank_accounts', { iban: 'DE02120300000000202051', country: 'DE', currency: 'EUR' }))
  await w.work()
  expect(await dueOf(berlin)).toEqual([])
  expect(await requirementsOf(berlin)).toMatchObject({ verification_status: 'enabled', requirements: { current_deadline: null } })
})
