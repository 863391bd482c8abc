import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asked, personRoles } from './asked.data.ts'
import {
  type Ask,
  type KnownPerson,
  merged,
  missingIn,
  reportOf,
  type Snapshot,
  type Standing,
  stepsDue,
} from './requirements.ts'

const NOW = new Date('2026-11-30T12:00:00Z')
const values = {
  legal_name: 'Acme GmbH',
  email: 'a@example.com',
  phone: '+4930774619876',
  tax_id: 'DE123456789',
  'address.line1': 'Sonnenallee 1',
  'address.city': 'Berlin',
  'address.postal_code': '12045',
  'address.country': 'DE',
  owners_provided: true,
  directors_provided: true,
}
const person = (
  id: string,
  roles: KnownPerson['roles'],
  changes: Record<string, unknown> = {},
  percent: number | null = null,
): KnownPerson => ({
  id,
  roles,
  percent,
  values: {
    first_name: 'Grace',
    last_name: 'Hopper',
    email: 'g@example.com',
    phone: '+4930774619876',
    date_of_birth: '1980-12-09',
    'relationship.title': 'CEO',
    'relationship.percent_ownership': percent,
    'address.line1': 'Karl-Marx-Allee 1',
    'address.city': 'Berlin',
    'address.postal_code': '10178',
    'address.country': 'DE',
    ...changes,
  },
})
const complete: Snapshot = {
  today: '2026-11-30',
  type: 'organization',
  country: 'DE',
  values,
  persons: [person('a', ['representative'])],
  accounts: ['account'],
  business_profile: { mcc: '5734', url: 'https://example.com' },
  ownership_declared_at: '2026-11-01T00:00:00Z',
  documents: [],
}
const codes = (snapshot: Snapshot) => missingIn(snapshot).map(({ code }) => code)
const with_ = (changes: Partial<Snapshot>): Snapshot => ({ ...complete, ...changes })
const nothingSaid: Standing = {
  verified: false,
  rejected: null,
  charges: true,
  payouts: true,
  reason: null,
  asks: [],
  verified_persons: [],
  deadlines: {},
  blocked: [],
}
const approvedBy: Standing = { ...nothingSaid, verified: true, verified_persons: ['a'] }
const ask = (changes: Partial<Ask>): Ask => ({
  requirement: 'persons.representative.id_number',
  person_id: 'a',
  methods: null,
  deadline: null,
  code: null,
  message: 'Please enter this again',
  was: 'null',
  ...changes,
})
const card = (snapshot: Snapshot, standing: Standing, now = NOW) => reportOf(snapshot, standing, 'card', true, now)

test('nothing is missing of a company that filled in everything, and what is taken away is named by its code', () => {
  expect(codes(complete)).toEqual([])
  expect(codes(with_({ values: { ...values, phone: null, 'address.city': '' } }))).toEqual([
    'entities.phone',
    'entities.address.city',
  ])
  expect(codes(with_({ persons: [] }))).toEqual(['persons.representative'])
  expect(codes(with_({ accounts: [] }))).toEqual(['bank_account'])
  expect(codes(with_({ business_profile: {} }))).toEqual(['business_profile.mcc', 'business_profile.url'])
  expect(codes(with_({ persons: [person('a', ['representative'], { date_of_birth: null })] }))).toEqual([
    'persons.representative.date_of_birth',
  ])
})

describe('owners', () => {
  const owner = (percent: number) => person('b', ['owner'], { date_of_birth: null }, percent)
  test.each([
    [25, true],
    [24.99, false],
    [25.01, true],
  ])('of %d per cent: asked about is %s', (percent, isAsked) => {
    const found = codes(with_({ persons: [complete.persons[0]!, owner(percent)] }))
    expect(found).toEqual(isAsked ? ['persons.owner.date_of_birth'] : [])
  })
  test('may be none, or five of a fifth: somebody stands for control', () => {
    const five = Array.from({ length: 5 }, (_, i) => person(`o${i}`, ['owner'], { date_of_birth: null }, 20))
    expect(codes(with_({ persons: complete.persons.concat(five) }))).toEqual([])
  })
})

describe('the United States', () => {
  const us = with_({
    country: 'US',
    values: {
      ...values,
      'address.country': 'US',
      'address.state': 'TX',
      business_structure: 'private_corporation',
      executives_provided: true,
    },
    business_profile: {
      ...complete.business_profile,
      description_of_goods_or_services: 'Hats',
      estimated_monthly_revenue: { amount: 1, currency: 'USD' },
      operating_countries: ['US'],
    },
  })
  const home = { 'address.country': 'US', 'address.state': 'TX' }
  test('ask for four digits of the social security number and the citizenship', () => {
    expect(codes({ ...us, persons: [person('a', ['representative'], home)] })).toEqual([
      'persons.representative.ssn_last_4',
      'persons.representative.citizenship',
    ])
  })
  test('ask nobody for one who lives elsewhere: a passport instead, whatever the number looks like', () => {
    const abroad = {
      ...us,
      persons: [person('a', ['representative'], { 'address.country': 'FR', citizenship: 'FR', id_number: '1234567890' })],
    }
    expect(codes(abroad)).toEqual(['persons.documents.verification_document'])
    const documents = [{ id: 'd', person_id: 'a', kind: 'verification_document_front', status: 'pending' as const }]
    expect(codes({ ...abroad, documents })).toEqual([])
  })
})

test('something due disables only who was never approved, or whose deadline has passed', () => {
  const missing = with_({ values: { ...values, phone: null } })
  expect(card(missing, nothingSaid).verification_status).toBe('disabled')
  expect(card(complete, nothingSaid).verification_status).toBe('pending')
  expect(card(complete, approvedBy).verification_status).toBe('enabled')
  const later = { ...approvedBy, asks: [ask({ deadline: '2026-12-14T12:00:00Z' })] }
  expect(card(complete, later)).toMatchObject({
    verification_status: 'enabled',
    currently_due: ['persons.representative.id_number'],
    current_deadline: '2026-12-14T12:00:00Z',
    past_due: [],
  })
  expect(card(complete, later, new Date('2026-12-14T12:00:01Z'))).toMatchObject({
    verification_status: 'disabled',
    disabled_reason: 'requirements.past_due',
    currently_due: [],
    past_due: ['persons.representative.id_number'],
    current_deadline: null,
  })
})

test('an answer is what is there now and was not when it was asked for', () => {
  const asks = { ...approvedBy, asks: [ask({})] }
  expect(card(complete, asks).currently_due).toEqual(['persons.representative.id_number'])
  const answered = with_({ persons: [person('a', ['representative'], { id_number: 'C01X00T47' })] })
  expect(card(answered, asks)).toMatchObject({ currently_due: [], pending_verification: ['persons.representative.id_number'] })
})

test('a method that needs more is the only one it is needed for', () => {
  const asks = {
    ...nothingSaid,
    verified: true,
    verified_persons: ['a'],
    asks: [
      ask({
        requirement: 'entities.documents.verification_document',
        person_id: null,
        methods: ['card'],
        was: '[]',
        deadline: '2026-01-01T00:00:00Z',
      }),
    ],
  }
  expect(card(complete, asks).verification_status).toBe('disabled')
  expect(reportOf(complete, asks, 'klarna', true, NOW).verification_status).toBe('enabled')
  expect(reportOf(complete, asks, 'sepa_credit', false, NOW)).toMatchObject({
    verification_status: 'enabled',
    currently_due: [],
    past_due: [],
  })
})

test('being paid out is not being paid', () => {
  const standing = { ...approvedBy, payouts: false, reason: 'The account is closed' }
  expect(card(complete, standing)).toMatchObject({
    verification_status: 'enabled',
    verification_errors: [{ code: 'payouts_disabled', details: 'The account is closed' }],
  })
  expect(card(complete, { ...approvedBy, charges: false }).verification_status).toBe('disabled')
})

test('somebody who came after the approval waits to be looked at, and nobody else does', () => {
  const two = with_({ persons: [person('a', []), person('b', ['representative'])] })
  expect(card(two, approvedBy)).toMatchObject({
    verification_status: 'enabled',
    pending_verification: ['persons.representative'],
  })
})

test('every row of the table has a day and a source', () => {
  for (const { since, source, fields } of asked)
    expect([since, source.length > 10, fields.length > 0]).toEqual([expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/), true, true])
})

// Properties

const role = fc.constantFrom(...personRoles)
const anyPerson = fc.record({
  id: fc.uuid(),
  roles: fc.uniqueArray(role, { maxLength: 4 }),
  percent: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
  values: fc.dictionary(
    fc.constantFrom('first_name', 'email', 'phone', 'date_of_birth', 'address.line1', 'address.country', 'id_number'),
    fc.option(fc.constantFrom('x', '1980-01-01', 'DE', 'US', '+49301234567', 'P.O. Box 9')),
  ),
})
const anySnapshot: fc.Arbitrary<Snapshot> = fc.record({
  today: fc.constantFrom('2016-01-01', '2026-11-30', '2030-01-01'),
  type: fc.constantFrom('individual' as const, 'organization' as const),
  country: fc.constantFrom('DE', 'FR', 'US', 'NL', 'IE', 'GB'),
  values: fc.dictionary(fc.constantFrom(...Object.keys(values)), fc.option(fc.constantFrom('x', 'DE', '+49301234567', '123'))),
  persons: fc.array(anyPerson, { maxLength: 4 }),
  accounts: fc.array(fc.uuid(), { maxLength: 2 }),
  business_profile: fc.dictionary(
    fc.constantFrom('mcc', 'url'),
    fc.option(fc.constantFrom('5734', 'https://example.com', 'abcd')),
  ),
  ownership_declared_at: fc.option(fc.constant('2026-01-01T00:00:00Z')),
  documents: fc.constant([]),
})
const anyAsk: fc.Arbitrary<Ask> = fc.record({
  requirement: fc.constantFrom(
    'entities.phone',
    'bank_account',
    'persons.representative.id_number',
    'entities.documents.verification_document',
  ),
  person_id: fc.constant(null),
  methods: fc.option(fc.subarray(['card', 'klarna'], { minLength: 1 })),
  deadline: fc.option(fc.constantFrom('2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z')),
  code: fc.constant(null),
  message: fc.option(fc.constant('Again, please')),
  was: fc.constantFrom('null', '[]'),
})
const anyStanding: fc.Arbitrary<Standing> = fc.record({
  verified: fc.boolean(),
  rejected: fc.option(fc.constant('rejected.fraud')),
  charges: fc.boolean(),
  payouts: fc.boolean(),
  reason: fc.option(fc.constant('Because')),
  asks: fc.array(anyAsk, { maxLength: 4 }),
  verified_persons: fc.constant([]),
  deadlines: fc.constant({}),
  blocked: fc.constant([]),
})

test('a report never contradicts itself', () => {
  fc.assert(
    fc.property(anySnapshot, anyStanding, fc.constantFrom('card', 'klarna'), (snapshot, standing, method) => {
      const report = reportOf(snapshot, standing, method, true, NOW)
      const lists = [report.currently_due, report.past_due, report.pending_verification]
      for (const list of lists) expect(new Set(list).size).toBe(list.length)
      expect(report.past_due.filter((code) => report.currently_due.includes(code))).toEqual([])
      expect(report.pending_verification.filter((code) => report.currently_due.concat(report.past_due).includes(code))).toEqual(
        [],
      )
      for (const code of report.currently_due) expect(report.eventually_due).toContain(code)
      if (report.verification_status === 'enabled')
        expect([standing.verified, standing.rejected, standing.charges, report.past_due]).toEqual([true, null, true, []])
      if (report.verification_status === 'pending') expect(report.currently_due.concat(report.past_due)).toEqual([])
      if (report.verification_status !== 'disabled') expect(report.past_due).toEqual([])
      // A form has a step for whatever is due.
      const steps = stepsDue(snapshot, standing)
      if (missingIn(snapshot).length > 0) expect(steps.length).toBeGreaterThan(0)
      const one = merged([report])
      expect([one.verification_status, [...one.currently_due].sort()]).toEqual([
        report.verification_status,
        report.past_due.concat(report.currently_due).sort(),
      ])
    }),
    { numRuns: 500 },
  )
})
