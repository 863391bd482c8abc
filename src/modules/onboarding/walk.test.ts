import { expect, test } from 'vitest'
import { good } from '../../../test/support/invoicing.ts'
import { card, grace, place } from '../../../test/support/onboarding.ts'
import { type Body, type Client, organization, type World, world } from '../../../test/support/world.ts'

/**
 * The published React component, call by call: it asks once for the form, and then goes by its own copy. So every step has its block in the
 * first answer, each field its `required`, and nothing is null but values and errors.
 */

type Leaf = { required: boolean; value: unknown; error: unknown }
const isField = (one: unknown): one is Leaf => typeof one === 'object' && one !== null && 'required' in one

/** The values of a block, as the component sends them: all of them, nulls included. */
const valuesOf = (block: Body): Body =>
  Object.fromEntries(
    Object.entries(block).map(([name, one]) => [
      name,
      isField(one) ? one.value : one !== null && typeof one === 'object' ? valuesOf(one) : one,
    ]),
  )

/** Fills in what is required and empty, by the name of the field. */
function filledIn(block: Body, answers: Body): Body {
  return Object.fromEntries(
    Object.entries(block).map(([name, one]) => {
      if (isField(one)) return [name, one.value === null && one.required ? answers[name] : one.value]
      return [name, typeof one === 'object' && one !== null ? filledIn(one, answers) : one]
    }),
  )
}

const BLOCKS: Record<string, string> = {
  representative: 'persons',
  owners: 'persons',
  directors: 'persons',
  executives: 'persons',
}

function expectWhole({ data, requirements }: Body) {
  for (const step of requirements) expect([step, data[BLOCKS[step] ?? step]]).toEqual([step, expect.anything()])
  const nulls = (at: string, one: unknown): string[] => {
    if (one === null) return [at]
    if (typeof one !== 'object' || isField(one)) return []
    return Object.entries(one as object).flatMap(([name, inner]) => nulls(`${at}.${name}`, inner))
  }
  expect(nulls('data', data)).toEqual([])
}

/** Goes through all steps that the first answer names. */
async function walk(w: World, me: Client, answers: { entity: Body; account: Body; person?: Body; owner?: Body }) {
  const first = good(await me.get('/frontend/onboarding_requirements'))
  good(await me.get('/entity_users/my_entity'))
  expectWhole(first)
  const { data, requirements } = first
  const has = (step: string) => requirements.includes(step)
  const patchEntity = async (body: Body) => good(await me.patch('/entity_users/my_entity', body))
  if (has('entity')) await patchEntity(filledIn(data.entity, answers.entity))
  if (has('business_profile')) {
    expect(Object.keys(data.business_profile).sort()).toEqual(['mcc', 'url'])
    const business_profile = filledIn(data.business_profile, { mcc: '5734', url: 'https://example.com/' })
    good(await me.patch(`/entities/${me.entityId}/onboarding_data`, { business_profile }))
  }
  let representative: string | undefined
  if (has('representative')) {
    const mask = good(
      await me.get(`/frontend/person_mask?relationships=representative&country=${answers.person!.address.country}`),
    )
    expect(Object.keys(mask.relationship).sort()).toEqual(['director', 'executive', 'owner', 'representative', 'title'])
    const made = good(await me.post('/persons', { ...answers.person, relationship: { representative: true, title: 'CEO' } }))
    representative = made.id
    await patchEntity({ organization: { representative_provided: true } })
  }
  if (has('owners')) {
    if (answers.owner) {
      const { id } = good(await me.post('/persons', { ...answers.owner, relationship: { owner: false } }))
      good(await me.patch(`/persons/${id}`, { relationship: { owner: true } }))
      good(await me.patch(`/persons/${id}`, { relationship: { percent_ownership: 60 } }))
    }
    await patchEntity({ organization: { owners_provided: true } })
  }
  if (has('directors')) {
    const { id } = good(
      await me.post('/persons', {
        first_name: 'D',
        last_name: 'Director',
        email: 'd@example.com',
        relationship: { director: true },
      }),
    )
    good(await me.delete(`/persons/${id}`))
    await patchEntity({ organization: { directors_provided: true } })
  }
  if (has('executives')) await patchEntity({ organization: { executives_provided: true } })
  if (has('bank_accounts')) {
    const masks = good(await me.get('/frontend/bank_account_masks'))
    const countries = good(await me.get('/frontend/bank_accounts_currency_to_supported_countries'))
    expect(countries[answers.account.currency]).toContain(answers.account.country)
    for (const [name, required] of Object.entries(masks[answers.account.currency]))
      if (required) expect(answers.account).toHaveProperty(name)
    const made = good(await me.post('/bank_accounts', { ...answers.account, is_default_for_currency: true }))
    // An account that was listed gives way to the new one.
    for (const old of data.bank_accounts) good(await me.delete(`/bank_accounts/${old.id}`))
    expect(good(await me.get(`/bank_accounts/${made.id}`)).is_default_for_currency).toBe(true)
  }
  if (has('ownership_declaration'))
    good(
      await me.patch(`/entities/${me.entityId}/onboarding_data`, {
        ownership_declaration: { date: w.clock.now().toISOString() },
        tos_acceptance: { date: w.clock.now().toISOString() },
      }),
    )
  return { first, representative }
}

async function entity(changes: Body) {
  const w = await world()
  const id = await w.newEntity(changes)
  const me = await w.newUser(id)
  good(await w.partner.put(`/entities/${id}/payment_methods`, { payment_methods_receive: ['card'] }))
  return { w, me }
}

async function expectDone(w: World, me: Client) {
  expect(good(await me.get('/frontend/onboarding_requirements')).requirements).toEqual([])
  await w.work()
  const { data } = good(await me.get('/onboarding_requirements'))
  expect(data).toMatchObject([
    { payment_method: 'card', verification_status: 'enabled', requirements: { currently_due: [], past_due: [] } },
  ])
  expect(good(await me.get(`/entities/${me.entityId}/payment_methods`)).data).toMatchObject([{ status: 'active', type: 'card' }])
}

test('a German company walks from start to end', async () => {
  const { w, me } = await entity({ ...organization, phone: null, tax_id: null })
  const account = { country: 'DE', currency: 'EUR', iban: 'DE89370400440532013000' }
  const owner = { ...grace, email: 'owner@example.com' }
  const { first } = await walk(w, me, {
    entity: { phone: '+4930774619876', tax_id: 'DE123456789' },
    account,
    person: grace,
    owner,
  })
  expect(first.requirements).toEqual([
    'entity',
    'business_profile',
    'representative',
    'owners',
    'directors',
    'bank_accounts',
    'ownership_declaration',
  ])
  expect(first.data.entity.phone).toEqual({ required: true, value: null, error: null })
  await expectDone(w, me)
})

test('a person in France walks from start to end, and is asked for no other people', async () => {
  const { w, me } = await entity({
    type: 'individual',
    email: 'marie@example.com',
    organization: null,
    phone: null,
    tax_id: null,
    individual: { first_name: 'Marie', last_name: 'Curie' },
    address: { country: 'FR', city: 'Paris', line1: '11 rue Pierre et Marie Curie', postal_code: '75005' },
  })
  const account = { country: 'FR', currency: 'EUR', iban: 'FR7630006000011234567890189' }
  const { first } = await walk(w, me, { entity: { phone: '+33140466000', date_of_birth: '1967-11-07' }, account })
  expect(first.requirements).toEqual(['entity', 'business_profile', 'bank_accounts'])
  expect(first.data).not.toHaveProperty('persons')
  await expectDone(w, me)
})

test('an American company walks from start to end; what the component has no field for is sent before', async () => {
  const address = { country: 'US', city: 'Austin', line1: '1 Main St', postal_code: '78701', state: 'TX' }
  const { w, me } = await entity({
    ...organization,
    address,
    organization: { legal_name: 'Lone Star Inc', business_structure: 'private_corporation' },
  })
  good(
    await me.patch(`/entities/${me.entityId}/onboarding_data`, {
      business_profile: {
        description_of_goods_or_services: 'Hats',
        estimated_monthly_revenue: { amount: 1250000, currency: 'USD' },
        operating_countries: ['US'],
      },
    }),
  )
  const account = {
    country: 'US',
    currency: 'USD',
    account_holder_name: 'Lone Star Inc',
    account_number: '12345678',
    routing_number: '021000021',
  }
  const person = { ...grace, phone: '+15125550100', address, ssn_last_4: '6789', citizenship: 'US' }
  const { first } = await walk(w, me, { entity: {}, account, person })
  expect(first.requirements).toEqual([
    'business_profile',
    'representative',
    'owners',
    'executives',
    'bank_accounts',
    'ownership_declaration',
  ])
  await expectDone(w, me)
})

test('documents that are asked for are uploaded and handed in, of the company and of people', async () => {
  const { w, me } = await entity({ ...organization })
  const account = { country: 'DE', currency: 'EUR', iban: 'DE89370400440532013000' }
  const { representative } = await walk(w, me, { entity: {}, account, person: grace })
  await w.work()
  const operator = w.partnerIn(me.entityId!)
  good(
    await operator.post(`/x/onboarding_reviews/${me.entityId}/ask`, {
      requirements: [
        { requirement: 'entities.documents.verification_document', message: 'An extract of the register, please' },
        { requirement: 'persons.documents.verification_document', person_id: representative },
        { requirement: 'persons.documents.additional_document', person_id: representative },
      ],
    }),
  )
  const form = good(await me.get('/frontend/onboarding_requirements'))
  expectWhole(form)
  expect(form.requirements).toEqual(['entity_documents', 'persons_documents'])
  expect(Object.keys(good(await me.get('/frontend/document_type_descriptions?country=DE'))).sort()).toEqual([
    'additional_verification',
    'entity_verification',
    'verification',
  ])
  const upload = async (file_type: string) =>
    good(await me.upload('POST', '/files', { bytes: card(), name: 'a.png' }, { file_type })).id
  good(await me.post('/onboarding_documents', { verification_document_front: await upload('identity_documents') }))
  // The component keeps what it calls the front of an additional document under the back.
  const [papers] = form.data.persons_documents
  expect(Object.keys(papers).sort()).toEqual([
    'additional_verification_document_back',
    'id',
    'verification_document_back',
    'verification_document_front',
  ])
  good(
    await me.post(`/persons/${papers.id}/onboarding_documents`, {
      verification_document_front: await upload('identity_documents'),
      additional_verification_document_back: await upload('additional_identity_documents'),
    }),
  )
  await expectDone(w, me)
  expect(valuesOf(form.data.entity)).toMatchObject({ email: organization.email, address: { city: place.city } })
})
