import { beforeEach, describe, expect, test } from 'vitest'
import { good, no, ready } from '../../../test/support/invoicing.ts'
import {
  company,
  dueOf,
  fillIn,
  formOf,
  onboardingEvents,
  requirementsOf,
  statusOf,
  uploadCard,
} from '../../../test/support/onboarding.ts'
import { invoiceOf, link, pay } from '../../../test/support/paying.ts'
import type { ConnectedAccount } from '../../../test/support/stripe.ts'
import { type Body, house, type World } from '../../../test/support/world.ts'

/** A platform whose entities Stripe looks at, from the keys to the money that goes to an account of their own. */

const KEYS = { secret_key: 'sk_test_1', publishable_key: 'pk_test_1', webhook_secret: 'whsec_test' }

beforeEach(async () => {
  ;(await house()).stripe.noFaults()
})

async function platform(methods: readonly string[] = ['card', 'sepa_credit']) {
  const made = await company(methods)
  const { w, berlin } = made
  const connection = good(await w.partner.put('/x/payment_providers/stripe', { ...KEYS, connect_entities: true }))
  /** Stripe calls us. */
  const tell = (type: string, object: object, account: string | null, changes: object = {}) => {
    const { payload, headers } = w.stripe.event(type, object, { account, ...changes })
    return w.nobody.with(headers).post(new URL(connection.events_url).pathname, payload)
  }
  const account = (): ConnectedAccount => accountsOf(w, berlin.entityId!)[0]!
  /** Stripe has looked, and says so. */
  const says = async (changes: Partial<ConnectedAccount>) => {
    Object.assign(account(), changes)
    expect((await tell('account.updated', { id: account().id, object: 'account' }, account().id)).status).toBe(200)
    await w.work()
  }
  const agree = async () =>
    good(await berlin.patch(`/entities/${berlin.entityId}/onboarding_data`, { tos_acceptance: { ip: '203.0.113.9' } }))
  return { ...made, connection, tell, account, says, agree }
}
const accountsOf = (w: World, entityId: string): ConnectedAccount[] =>
  [...w.stripe.accounts.values()].filter(({ told }) => told['metadata[entity_id]'] === entityId)

async function known(methods?: readonly string[]) {
  const made = await platform(methods)
  const { representative } = await fillIn(made.berlin)
  await made.agree()
  await made.w.work()
  return { ...made, representative }
}

describe('an entity that Stripe looks at', () => {
  test('is asked for the terms last, handed in when all is there, and takes cards once Stripe says so', async () => {
    const { w, berlin, account, agree, says } = await platform()
    expect((await formOf(berlin)).requirements.at(-1)).toBe('tos_acceptance')
    await fillIn(berlin)
    await w.work()
    expect(await dueOf(berlin)).toEqual(['tos_acceptance'])
    expect(await formOf(berlin)).toMatchObject({
      requirements: ['tos_acceptance'],
      data: { tos_acceptance: { date: { required: true, value: null } } },
    })
    expect(accountsOf(w, berlin.entityId!)).toEqual([])
    await agree()
    await w.work()
    expect(account().told).toMatchObject({ 'company[tax_id]': 'DE123456789', 'tos_acceptance[ip]': '203.0.113.9' })
    expect([await statusOf(berlin), (await formOf(berlin)).requirements]).toEqual(['pending', []])
    await says({ charges_enabled: true, payouts_enabled: true })
    expect([await statusOf(berlin), await statusOf(berlin, 'sepa_credit')]).toEqual(['enabled', 'enabled'])
    expect((await onboardingEvents(w, berlin.entityId!)).at(-1)).toBe('onboarding_requirements.status_updated')
  })

  test('is asked again in the very field, by one method alone where only that wants it, and hands in what it answers', async () => {
    const { w, berlin, account, says, representative } = await known(['card', 'sepa_debit'])
    const person = account().persons[0]!.id
    const errors = [
      { code: 'verification_failed_address_match', reason: 'no match in db 7', requirement: 'company.address.line1' },
    ]
    const card_payments = { requirements: { currently_due: [`${person}.verification.document`] } }
    await says({ requirements: { currently_due: ['company.address.line1'], errors }, capabilities: { card_payments } })
    expect(await dueOf(berlin, 'sepa_debit')).toEqual(['entities.address.line1'])
    expect((await dueOf(berlin, 'card')).sort()).toEqual(['entities.address.line1', 'persons.documents.verification_document'])
    expect((await requirementsOf(berlin, 'sepa_debit')).requirements_errors).toMatchObject([
      { code: 'address_not_verified', requirement: 'entities.address.line1' },
    ])
    const { data } = await formOf(berlin)
    expect(data.entity.address.line1.error.message).toContain('could not be verified')
    expect(data.persons_documents).toMatchObject([{ id: representative, verification_document_front: { required: true } }])
    good(await berlin.patch('/entity_users/my_entity', { address: { line1: 'Weg 7', city: 'Berlin', postal_code: '10178' } }))
    const file_id = await uploadCard(berlin)
    good(await berlin.post(`/persons/${representative}/onboarding_documents`, { verification_document_front: file_id }))
    account().requirements = {}
    account().capabilities = {}
    await w.work()
    expect(account().told['company[address][line1]']).toBe('Weg 7')
    expect(account().persons[0]!.told['verification[document][front]']).toBe(w.stripe.files.at(-1)!.id)
    expect([await statusOf(berlin), await dueOf(berlin)]).toEqual(['pending', []])
  })

  test('is not asked twice while its answer waits to be complete', async () => {
    const { w, berlin, account, says } = await known()
    await says({ requirements: { currently_due: ['company.phone', 'company.address.line1'] } })
    good(await berlin.patch('/entity_users/my_entity', { phone: '+4930774619877' }))
    // Stripe, which has not seen that yet, says the same once more.
    await says({})
    expect(await dueOf(berlin)).toEqual(['entities.address.line1'])
    good(await berlin.patch('/entity_users/my_entity', { address: { line1: 'Weg 8' } }))
    account().requirements = {}
    await w.work()
    expect([account().told['company[phone]'], await dueOf(berlin)]).toEqual(['+4930774619877', []])
  })

  test('keeps what is open and stops what is taken away: a method, all of them, or for good', async () => {
    const { berlin, says } = await known(['card', 'sepa_debit'])
    const statuses = async () => [await statusOf(berlin, 'card'), await statusOf(berlin, 'sepa_debit')]
    await says({ charges_enabled: true, payouts_enabled: true, capabilities: { sepa_debit_payments: { status: 'pending' } } })
    expect(await statuses()).toEqual(['enabled', 'pending'])
    const soon = Math.floor(Date.now() / 1000) + 86_400
    await says({ capabilities: {}, requirements: { currently_due: ['company.phone'], current_deadline: soon } })
    expect([await statuses(), await dueOf(berlin)]).toEqual([['enabled', 'enabled'], ['entities.phone']])
    await says({
      charges_enabled: false,
      requirements: { past_due: ['company.phone'], disabled_reason: 'requirements.past_due' },
    })
    expect([await statuses(), (await requirementsOf(berlin)).disabled_reason]).toEqual([
      ['disabled', 'disabled'],
      'requirements.past_due',
    ])
    await says({ charges_enabled: true, requirements: {} })
    expect(await statuses()).toEqual(['enabled', 'enabled'])
    await says({ charges_enabled: false, requirements: { disabled_reason: 'rejected.fraud' } })
    expect((await requirementsOf(berlin)).disabled_reason).toBe('rejected.fraud')
  })

  test('is decided about at Stripe alone', async () => {
    const { operator, berlin } = await known()
    const path = `/x/onboarding_reviews/${berlin.entityId}`
    const { submission, provider } = good(await operator.get(path))
    expect(provider).toBe('stripe')
    const refused = [409, 'This entity is looked at by stripe; decide there']
    expect(no(await operator.post(`${path}/approve`, { submission }))).toEqual(refused)
    expect(no(await operator.post(`${path}/limit`, { charges_enabled: false, reason: 'x' }))).toEqual(refused)
    expect(no(await operator.post(`${path}/reject`, { disabled_reason: 'rejected.fraud' }))).toEqual(refused)
    expect(no(await operator.post(`${path}/ask`, { requirements: [{ requirement: 'entities.phone' }] }))).toEqual(refused)
  })
})

describe('a call of Stripe about an account', () => {
  test('counts when it is signed and about an entity of the platform; what it says is asked for', async () => {
    const { berlin, tell, account, w } = await known()
    const other = await known()
    const object = { id: account().id, object: 'account', charges_enabled: true }
    expect((await tell('account.updated', object, account().id, { secret: 'whsec_other' })).status).toBe(403)
    expect((await tell('account.updated', object, account().id, { at: Math.floor(Date.now() / 1000) - 4000 })).status).toBe(403)
    expect((await tell('account.updated', object, 'acct_nobody')).status).toBe(200)
    expect((await tell('account.updated', object, null)).status).toBe(200)
    // An account of another platform, told by a call to this one.
    Object.assign(other.account(), { charges_enabled: true })
    expect((await tell('account.updated', object, other.account().id)).status).toBe(200)
    await w.work()
    await other.w.work()
    expect([await statusOf(berlin), await statusOf(other.berlin)]).toEqual(['pending', 'pending'])
    // Heard twice and in any order it is what Stripe says now.
    Object.assign(account(), { charges_enabled: true })
    for (const charges_enabled of [false, true, false])
      expect((await tell('account.updated', { ...object, charges_enabled }, account().id)).status).toBe(200)
    await w.work()
    expect(await statusOf(berlin)).toBe('enabled')
  })

  test('that never comes is made up for: Stripe is asked after hours', async () => {
    const { berlin, account, w } = await known()
    Object.assign(account(), { charges_enabled: true })
    w.clock.advance(6.5 * 3_600_000)
    await w.work()
    w.clock.set(null)
    expect(await statusOf(berlin)).toBe('enabled')
  })

  test('waits for a Stripe that is down, and is one account all the same', async () => {
    const { w, berlin, agree } = await platform()
    await fillIn(berlin)
    w.stripe.fault(/^POST accounts$/, 'hangs up after', 3)
    await agree()
    await w.work()
    w.stripe.noFaults()
    w.clock.advance(600_000)
    await w.work()
    w.clock.set(null)
    expect(accountsOf(w, berlin.entityId!)).toHaveLength(1)
    expect(await statusOf(berlin)).toBe('pending')
  })
})

describe('the money of such an entity', () => {
  test('goes to its own account, and what is told of it is booked there alone', async () => {
    const { w, berlin, says, account, tell } = await known()
    await says({ charges_enabled: true, payouts_enabled: true })
    const other = await known()
    const made = await ready(berlin)
    const invoice = await invoiceOf(berlin, made, 11900)
    const paid = await link(berlin, invoice.id)
    good(await pay(w.nobody, paid))
    const asked = w.stripe.asked.findLast(({ path, method }) => path === 'payment_intents' && method === 'POST')!
    expect(asked.account).toBe(account().id)
    const [row] = await w.sql<{ reference: string }>(
      `select provider_reference as reference from payment_intents where id = $1`,
      [paid.payment_intent_id],
    )
    const intent = w.stripe.intents.get(row!.reference)!
    w.stripe.payer.pays(intent.id, 'pm_card_visa')
    // The account of somebody else says that it was paid.
    expect((await other.tell('payment_intent.succeeded', intent, other.account().id)).status).toBe(200)
    await other.w.work()
    const statusNow = async (): Promise<Body> => good(await berlin.get(`/receivables/${invoice.id}`)).status
    expect(await statusNow()).toBe('issued')
    expect((await tell('payment_intent.succeeded', intent, account().id)).status).toBe(200)
    await w.work()
    expect(await statusNow()).toBe('paid')
  })

  test('goes nowhere before Stripe approved it', async () => {
    const { berlin } = await known()
    const invoice = await invoiceOf(berlin, await ready(berlin), 11900)
    const refused = no(
      await berlin.post('/payment_links', {
        recipient: { id: berlin.entityId, type: 'entity' },
        object: { id: invoice.id, type: 'receivable' },
        payment_methods: ['card'],
      }),
    )
    expect(refused[0]).toBeGreaterThanOrEqual(400)
  })

  test('is not the platform’s: an account and accounts for each entity exclude one another', async () => {
    const { w } = await platform()
    expect(
      no(await w.partner.put('/x/payment_providers/stripe', { ...KEYS, connect_entities: true, account: 'acct_1' }))[0],
    ).toBe(400)
  })
})
