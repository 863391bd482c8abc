import { describe, expect, test } from 'vitest'
import type { KycFacts } from '../../ports/kyc.ts'
import { openKyc } from '../index.ts'
import { passesTheSuite } from './kyc.suite.ts'
import { rulesKyc } from './rules.ts'

const nobody = () => Promise.reject(new Error('The built-in provider asks for nothing'))
const submission = {
  entity_id: 'e',
  submitted: 'hash',
  at: '2026-11-30T12:00:00Z',
  facts: nobody,
  once: nobody,
  keepAccount: nobody,
}
const facts: KycFacts = {
  type: 'organization',
  country: 'DE',
  account: null,
  verified: false,
  methods: ['card'],
  values: { legal_name: 'Spreewerk GmbH' },
  persons: [],
  business_profile: {},
  ownership_declaration: null,
  terms: null,
  bank_account: null,
  documents: [],
}
for (const review of ['automatic', 'operator'] as const)
  describe(`our own rules, ${review}`, () => passesTheSuite(() => ({ provider: rulesKyc(review), facts, known: () => 0 })))

const clock = { now: () => new Date() }
const stripe_api_url = 'http://127.0.0.1:1'

test('by itself it says yes once to the same submission; with an operator it says nothing yet', async () => {
  const { submit } = rulesKyc('automatic')
  const [one, again] = [await submit(submission, 'key'), await submit(submission, 'key')]
  expect(one).toMatchObject({ verdict: 'approved', charges: true, payouts: true, asks: [] })
  expect(again?.id).toBe(one?.id)
  expect((await submit({ ...submission, submitted: 'other' }, 'other'))?.id).not.toBe(one?.id)
  expect(await rulesKyc('operator').submit(submission, 'key')).toBeNull()
})

test('everybody passes in the sandbox alone', async () => {
  const decides = async (
    onboarding_review: 'operator_unless_sandbox' | 'operator' | 'automatic',
    payments_sandbox: 'off' | 'on',
  ) =>
    (await openKyc({ onboarding_review, payments_sandbox, stripe_api_url }, clock).of(null).submit(submission, 'key')) === null
      ? 'operator'
      : 'automatic'
  expect(await decides('operator_unless_sandbox', 'off')).toBe('operator')
  expect(await decides('operator_unless_sandbox', 'on')).toBe('automatic')
  expect(await decides('operator', 'on')).toBe('operator')
  expect(await decides('automatic', 'on')).toBe('automatic')
  expect(() => openKyc({ onboarding_review: 'automatic', payments_sandbox: 'off', stripe_api_url }, clock)).toThrow(
    'PAYMENTS_SANDBOX',
  )
})
