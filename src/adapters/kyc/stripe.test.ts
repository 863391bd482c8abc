import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type StripeFake, stripeFake } from '../../../test/support/stripe.ts'
import type { KycFacts, KycReport, KycSubmission } from '../../ports/kyc.ts'
import { passesTheSuite } from './kyc.suite.ts'
import { stripeKyc } from './stripe.ts'

/** What has to hold of a provider that looks at entities by itself, with Stripe as it is documented. */

let stripe: StripeFake
beforeAll(async () => {
  stripe = await stripeFake(() => new Date())
})
beforeEach(() => stripe.noFaults())

const OWNER = '7d1c0c43-0d3c-4f0e-8a61-50e0a3f0a001'
const company: KycFacts = {
  type: 'organization',
  country: 'DE',
  account: null,
  verified: false,
  methods: ['card', 'sepa_debit'],
  values: {
    legal_name: 'Spreewerk GmbH',
    phone: '+4930774619876',
    tax_id: 'DE123456789',
    email: 'a@b.de',
    owners_provided: true,
    'address.line1': 'Weg 1',
    'address.city': 'Berlin',
    'address.postal_code': '10178',
    'address.country': 'DE',
  },
  persons: [
    {
      id: OWNER,
      roles: ['representative', 'owner'],
      values: {
        first_name: 'Suharto',
        last_name: '-',
        date_of_birth: '1980-02-29',
        'relationship.title': 'CEO',
        'relationship.percent_ownership': 100,
        'address.country': 'DE',
      },
    },
  ],
  business_profile: { mcc: '5734', url: 'https://example.com' },
  ownership_declaration: null,
  terms: { date: '2026-11-30T10:00:00Z', ip: '203.0.113.9' },
  bank_account: {
    id: 'bank',
    country: 'DE',
    currency: 'EUR',
    holder: null,
    iban: 'DE89370400440532013000',
    account_number: null,
    routing_number: null,
    sort_code: null,
  },
  documents: [
    {
      id: 'paper',
      person_id: OWNER,
      kind: 'verification_document_front',
      name: 'card.png',
      mimetype: 'image/png',
      bytes: async () => Buffer.alloc(20_000, 7),
    },
  ],
}

/** An entity with what is kept of it between tries. */
function entity(facts: KycFacts = company) {
  const kyc = stripeKyc({ secret_key: 'sk_test_1' }, { api_url: stripe.url, now: () => new Date(), pause_ms: () => 1 })
  const kept = new Map<string, { id: string }>()
  const entity_id = crypto.randomUUID()
  let account: string | null = null
  const submission = (changes: Partial<KycFacts> = {}): KycSubmission => ({
    entity_id,
    submitted: 'hash',
    at: new Date().toISOString(),
    facts: async () => ({ ...facts, account, ...changes }),
    async once(action, name, make) {
      const key = `${action}:${name}`
      const made = kept.get(key) ?? (await make(`${entity_id}:${key}`))
      kept.set(key, made)
      return made
    },
    keepAccount: async (told) => {
      account = told
    },
  })
  const there = () => [...stripe.accounts.values()].filter(({ told }) => told['metadata[entity_id]'] === entity_id)
  return {
    kyc,
    submission,
    there,
    submit: async (changes: Partial<KycFacts> = {}) => (await kyc.submit(submission(changes), 'key'))!,
  }
}

describe('whoever decides', () => {
  const faults = ['busy', 'fails before', 'fails after', 'hangs up after', 'garbage'] as const
  passesTheSuite(() => ({
    provider: stripeKyc({ secret_key: 'sk_test_1' }, { api_url: stripe.url, now: () => new Date(), pause_ms: () => 1 }),
    facts: company,
    known: (id) => [...stripe.accounts.values()].filter(({ told }) => told['metadata[entity_id]'] === id).length,
    breaks: faults.map((fault) => (times) => (times === 0 ? stripe.noFaults() : stripe.fault(/^POST accounts$/, fault, times))),
  }))
})

describe('what is handed in', () => {
  test('becomes an account with its people, its bank account and its documents', async () => {
    const { submit, there } = entity()
    const report = await submit()
    expect(report).toMatchObject({ verdict: 'unchanged', asks: [] })
    const [account] = there()
    expect(account!.told).toMatchObject({
      country: 'DE',
      business_type: 'company',
      'company[name]': 'Spreewerk GmbH',
      'company[address][line1]': 'Weg 1',
      'company[owners_provided]': 'true',
      'business_profile[mcc]': '5734',
      'tos_acceptance[date]': String(Date.parse('2026-11-30T10:00:00Z') / 1000),
      'tos_acceptance[ip]': '203.0.113.9',
      'capabilities[card_payments][requested]': 'true',
      'capabilities[sepa_debit_payments][requested]': 'true',
    })
    const [person] = account!.persons
    expect(person!.told).toMatchObject({
      first_name: 'Suharto',
      'dob[year]': '1980',
      'dob[month]': '2',
      'dob[day]': '29',
      'relationship[representative]': 'true',
      'relationship[director]': 'false',
      'relationship[percent_ownership]': '100',
      'verification[document][front]': stripe.files.at(-1)!.id,
    })
    expect(person!.told).not.toHaveProperty('last_name')
    expect(account!.banks).toMatchObject([
      { 'external_account[account_number]': 'DE89370400440532013000', 'external_account[currency]': 'eur' },
    ])
  })

  test('of a person alone stands under individual', async () => {
    const values = {
      first_name: 'Zoé',
      last_name: 'Martin',
      email: 'z@b.fr',
      date_of_birth: '1990-03-25',
      'address.country': 'FR',
    }
    const { submit, there } = entity({ ...company, type: 'individual', country: 'FR', values, persons: [], documents: [] })
    await submit()
    expect(there()[0]!.told).toMatchObject({
      business_type: 'individual',
      'individual[first_name]': 'Zoé',
      'individual[dob][day]': '25',
    })
  })

  const faults = ['busy', 'fails before', 'fails after', 'hangs up after', 'garbage'] as const
  for (const fault of faults)
    test(`is there once, however often nobody heard what came of it: ${fault}`, async () => {
      const { submit, there } = entity()
      for (const path of [/^POST accounts$/, /persons$/, /^POST files/, /external_accounts/]) stripe.fault(path, fault, 4)
      for (let tries = 1; ; tries++) {
        const done = await submit().catch(() => null)
        if (done) break
        expect(tries).toBeLessThan(20)
      }
      await submit()
      expect(there()).toHaveLength(1)
      expect(there()[0]!.persons).toHaveLength(1)
      expect(there()[0]!.banks).toHaveLength(1)
    })

  test('is nothing when the key is wrong', async () => {
    const { submit, there } = entity()
    stripe.fault(/accounts/, 'wrong key', 1)
    await expect(submit()).rejects.toThrow('401')
    expect(there()).toEqual([])
  })

  test('is asked for again in the very field that Stripe refuses', async () => {
    const people = company.persons.map((person) => ({ ...person, values: { ...person.values, phone: 'refuse me' } }))
    const { submit } = entity({ ...company, persons: people, values: { ...company.values, tax_id: 'refuse me' } })
    const { verdict, adds } = await submit()
    expect([verdict, adds]).toEqual([
      'unchanged',
      [
        { requirement: 'entities.tax_id', code: 'invalid', message: expect.any(String) },
        { requirement: 'persons.representative.phone', person_id: OWNER, code: 'invalid', message: expect.any(String) },
      ],
    ])
  })

  test('loses who is gone', async () => {
    const { submit, there } = entity()
    await submit()
    await submit({ persons: [] })
    expect(there()[0]!.persons).toEqual([])
  })
})

describe('what Stripe says', () => {
  /** An account of which Stripe says this. */
  async function told(
    says: Partial<Parameters<typeof Object.assign>[0]>,
    known: { verified?: boolean; methods?: string[] } = {},
  ): Promise<KycReport> {
    const { submit, there, kyc } = entity()
    await submit()
    const [account] = there()
    Object.assign(account!, says)
    const person = account!.persons[0]!.id
    account!.requirements = JSON.parse(JSON.stringify(account!.requirements).replaceAll('person_1', person))
    return kyc.news!({ account: account!.id, verified: false, methods: ['card', 'sepa_debit'], ...known })
  }

  test('is told in our codes, each once, with words of ours', async () => {
    const currently_due = [
      'company.tax_id',
      'company.structure',
      'person_1.dob.day',
      'person_1.dob.year',
      'person_1.verification.document',
      'external_account',
      'tos_acceptance.date',
      'tos_acceptance.ip',
      'owners.first_name',
      'representative.relationship.title',
      'business_profile.product_description',
      'company.verification.document',
      'business_type',
      'person_1.relationship.percent_ownership',
    ]
    const errors = [
      {
        code: 'verification_document_expired',
        reason: 'internal: doc 4711 expired',
        requirement: 'person_1.verification.document',
      },
      { code: 'verification_failed_tax_id_match', reason: 'IRS says no', requirement: 'company.tax_id' },
    ]
    const { asks = [], charges } = await told({ requirements: { currently_due, errors } })
    expect(asks.map(({ requirement }) => requirement)).toEqual([
      'entities.tax_id',
      'entities.business_structure',
      'persons.representative.date_of_birth',
      'persons.documents.verification_document',
      'bank_account',
      'tos_acceptance',
      'persons.owner.first_name',
      'persons.representative.title',
      'business_profile.description_of_goods_or_services',
      'entities.documents.verification_document',
      'persons.representative.percent_ownership',
    ])
    expect(asks.find(({ requirement }) => requirement === 'persons.documents.verification_document')).toEqual({
      requirement: 'persons.documents.verification_document',
      person_id: OWNER,
      code: 'document_expired',
      message: 'The document has expired. Please upload one that is valid',
    })
    expect(JSON.stringify(asks)).not.toMatch(/internal|IRS/)
    expect(charges).toBeUndefined()
  })

  test('has a deadline only where something can be taken away', async () => {
    const current_deadline = Math.floor(Date.now() / 1000) + 86_400
    const requirements = { currently_due: ['company.phone', 'company.name'], past_due: ['company.name'], current_deadline }
    const before = await told({ requirements })
    expect(before.asks!.map(({ deadline }) => deadline)).toEqual([undefined, undefined])
    const after = await told({ charges_enabled: true, payouts_enabled: false, requirements }, { verified: true })
    expect(after).toMatchObject({ verdict: 'approved', charges: true, payouts: false })
    expect(after.asks!.map(({ deadline }) => deadline)).toEqual([new Date(current_deadline * 1000).toISOString(), after.at])
  })

  test('may be about some methods only: what they want, and what is not open yet', async () => {
    const report = await told({
      charges_enabled: true,
      capabilities: {
        card_payments: {
          status: 'inactive',
          requirements: { currently_due: ['person_x.verification.document', 'company.phone'] },
        },
        sepa_debit_payments: { status: 'pending', requirements: { currently_due: ['company.phone'] } },
      },
    })
    expect(report.asks).toMatchObject([{ methods: ['card'] }, { requirement: 'entities.phone', methods: ['card', 'sepa_debit'] }])
    expect(report.blocked).toEqual(['card', 'sepa_debit'])
    expect(report.ask_at).toBeDefined()
  })

  test('may be no for good', async () => {
    const no = await told({ requirements: { disabled_reason: 'rejected.fraud' } }, { verified: true })
    expect(no).toMatchObject({ verdict: 'rejected', rejection: 'rejected.fraud', charges: false })
    expect(no.ask_at).toBeUndefined()
    expect(await told({ requirements: { disabled_reason: 'rejected.something_new' } })).toMatchObject({
      rejection: 'rejected.other',
    })
  })

  test('that nobody knows is neither yes nor no', async () => {
    const odd = await told(
      { requirements: { currently_due: ['something.new'], disabled_reason: 'a_new_word' } },
      { verified: true },
    )
    expect(odd).toMatchObject({ verdict: 'unchanged', asks: [{ requirement: 'something.new' }], charges: false })
  })
})
