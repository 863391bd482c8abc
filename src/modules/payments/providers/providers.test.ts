import { beforeEach, describe, expect, test } from 'vitest'
import { brokenPromises, good, no, read } from '../../../../test/support/invoicing.ts'
import { intentOf, invoiceOf, later, link, pay, records, shop, statusOf } from '../../../../test/support/paying.ts'
import { DISPUTE_FEE, FEE } from '../../../../test/support/stripe.ts'
import type { Body, Client, World } from '../../../../test/support/world.ts'

/** Cards over Stripe, from the keys that a partner gives to the invoice that is paid. */

const KEYS = { secret_key: 'sk_test_1', publishable_key: 'pk_test_1', webhook_secret: 'whsec_test' }
const connect = async (who: Client, more: object = {}): Promise<Body> =>
  good(await who.put('/x/payment_providers/stripe', { ...KEYS, ...more }))

async function stripeShop(more: object = {}) {
  const s = await shop()
  const connection = await connect(s.w.partner, more)
  const account = (more as { account?: string }).account ?? null
  /** Stripe calls us. */
  const tell = (type: string, object: object, changes: object = {}) => {
    const { payload, headers } = s.w.stripe.event(type, object, { account, ...changes })
    return s.w.nobody.with(headers).post(new URL(connection.events_url).pathname, payload)
  }
  return { ...s, connection, tell }
}
async function begun(more: object = {}, total = 11900) {
  const s = await stripeShop(more)
  const invoice = await invoiceOf(s.berlin, s.made, total)
  const made = await link(s.berlin, invoice.id)
  good(await pay(s.payer, made))
  return { ...s, invoice, link: made, reference: await referenceOf(s.w, made) }
}
const referenceOf = async (w: World, { payment_intent_id }: Body): Promise<string> => {
  const [row] = await w.sql<{ provider_reference: string }>(`select provider_reference from payment_intents where id = $1`, [
    payment_intent_id,
  ])
  return row!.provider_reference
}
const told = (w: World, reference: string) => w.stripe.intents.get(reference)!
const booked = async (who: Client, { id }: Body) =>
  (await records(who, id)).filter(({ status }) => status === 'succeeded').map(({ amount }) => amount as number)
const money = async (who: Client, { id }: Body) => {
  const { status, amount_paid, amount_due } = await read(who, id)
  return [status, amount_paid, amount_due]
}

beforeEach(async () => {
  const { house } = await import('../../../../test/support/world.ts')
  ;(await house()).stripe.noFaults()
})

describe('a connection', () => {
  test('is shown without its secrets, is one for all entities or one for one, and goes', async () => {
    const { w, berlin } = await shop()
    const all = await connect(w.partner)
    expect(all).toEqual({
      id: all.id,
      entity_id: null,
      provider: 'stripe',
      publishable_key: 'pk_test_1',
      account: null,
      connect_entities: false,
      livemode: false,
      platform_fee: null,
      events_url: expect.stringContaining(`/x/payment_providers/stripe/${all.id}/events`),
      hears_events: true,
    })
    const inBerlin = w.partnerIn(berlin.entityId!)
    const one = await connect(inBerlin, { account: 'acct_1', platform_fee: { bps: 100, fixed: 0 } })
    expect([one.id === all.id, one.entity_id, one.account]).toEqual([false, berlin.entityId, 'acct_1'])
    expect(good(await inBerlin.get('/x/payment_providers')).data.map(({ id }: Body) => id)).toEqual([all.id, one.id])
    expect((await connect(w.partner, { publishable_key: 'pk_test_2' })).id).toBe(all.id)
    expect(no(await berlin.get('/x/payment_providers'))[0]).toBe(403)
    expect((await w.partner.delete(`/x/payment_providers/${all.id}`)).status).toBe(204)
    expect(no(await w.partner.delete(`/x/payment_providers/${all.id}`))[0]).toBe(404)
    const rows = await w.sql<{ text: string }>(`select connections::text as text from connections where partner_id = $1`, [
      w.partner_id,
    ])
    expect(rows.map(({ text }) => text).join()).not.toContain('sk_test')
  })

  test.each([
    [{ secret_key: 'sk_live_1' }, 'One key is for tests'],
    [{ secret_key: 'pk_test_1' }, 'secret_key'],
    [{ platform_fee: { bps: 100, fixed: 0 } }, 'name the account'],
    [{ account: 'acct_1', platform_fee: { bps: 100_000, fixed: 0 } }, 'bps'],
  ])('with %j is refused', async (more, why) => {
    const { w } = await shop()
    const [status, message] = no(await w.partner.put('/x/payment_providers/stripe', { ...KEYS, ...more }))
    expect([[400, 422].includes(status), message]).toEqual([true, expect.stringContaining(why)])
  })

  test('makes methods active, and without it nobody carries them out where the sandbox is off', async () => {
    const { w, berlin } = await shop()
    await connect(w.partner)
    const { data } = good(await w.partner.get(`/entities/${berlin.entityId}/payment_methods`))
    expect(data.map(({ type, status }: Body) => [type, status])).toContainEqual(['card', 'active'])
  })
})

describe('a card', () => {
  test('pays an invoice: the page shows the form of Stripe, and the event is booked', async () => {
    const { w, berlin, payer, invoice, link, reference, tell } = await begun()
    const { payment_intent } = good(await payer.get(`/internal/payment_links/${link.id}`))
    expect(payment_intent).toMatchObject({
      provider: 'stripe',
      stripe_data: { publishable: 'pk_test_1', secret: told(w, reference).client_secret },
    })
    const page = await w.app.inject({ url: `/pay/${link.id}` })
    expect(page.statusCode).toBe(200)
    expect(page.body).toContain(`data-secret="${told(w, reference).client_secret}"`)
    expect(page.body).not.toContain('sk_test')
    const french = await w.app.inject({ url: `/pay/${link.id}?lang=fr` })
    expect(french.body).toContain(`data-back="/pay/${link.id}/back?lang=fr"`)
    expect(page.headers['content-security-policy']).toMatch(
      /script-src 'sha256-[^;]+ https:\/\/js\.stripe\.com; frame-src https:\/\/js\.stripe\.com/,
    )
    w.stripe.payer.pays(reference, 'pm_card_visa')
    good(await tell('payment_intent.succeeded', told(w, reference)))
    await w.work()
    expect([await booked(berlin, invoice), await money(berlin, invoice)]).toEqual([[11900], ['paid', 11900, 0]])
    expect(await intentOf(berlin, link)).toMatchObject({ status: 'succeeded', provider: 'stripe', application_fee_amount: null })
  })

  test('coming back says nothing: what came of it is asked for', async () => {
    const { w, berlin, link, reference, invoice } = await begun()
    const back = () => w.app.inject({ url: `/pay/${link.id}/back?redirect_status=succeeded` })
    expect((await back()).statusCode).toBe(303)
    expect(await statusOf(berlin, link)).toBe('created')
    w.stripe.payer.pays(reference, 'pm_card_visa')
    await back()
    expect(await money(berlin, invoice)).toEqual(['paid', 11900, 0])
  })

  test('is confirmed by the server, by a step more, and declined', async () => {
    const { w, berlin, payer, link, invoice, reference } = await begun()
    const confirm = (payment_method_id: string) =>
      payer.post(`/internal/payment_intents/${link.payment_intent_id}/confirm_payment`, { payment_method_id })
    expect(no(await confirm('pm_card_chargeDeclined'))).toEqual([409, 'This payment was declined: Your card was declined.'])
    expect(await statusOf(berlin, link)).toBe('payment_failed')
    const asked = good(await confirm('pm_card_threeDSecure2Required'))
    const second = await referenceOf(w, link)
    expect(asked).toEqual({ client_secret: told(w, second).client_secret, is_next_action_needed: true })
    // The first try was ended there: nobody can pay it any more.
    expect([second === reference, told(w, reference).status]).toEqual([false, 'canceled'])
    w.stripe.payer.authenticates(second)
    await w.app.inject({ url: `/pay/${link.id}/back` })
    expect([await booked(berlin, invoice), await money(berlin, invoice)]).toEqual([[11900], ['paid', 11900, 0]])
  })

  test('that the payer left at a provider is never taken for a transfer: without one to charge it nothing begins', async () => {
    const { w, berlin, made, payer } = await shop()
    const invoice = await invoiceOf(berlin, made, 11900)
    const opened = await link(berlin, invoice.id, { payment_methods: ['sepa_credit', 'card'] })
    const confirm = () =>
      payer.post(`/internal/payment_intents/${opened.payment_intent_id}/confirm_payment`, { payment_method_id: 'pm_card_visa' })
    expect(no(await confirm())[0]).toBe(409)
    expect(await statusOf(berlin, opened)).toBe('created')
    await connect(w.partner)
    expect(good(await confirm()).is_next_action_needed).toBe(false)
    expect(await money(berlin, invoice)).toEqual(['paid', 11900, 0])
  })

  test('whose amount falls while the payer types is ended at Stripe', async () => {
    const { w, berlin, link, reference } = await begun()
    good(await berlin.patch(`/payment_intents/${link.payment_intent_id}`, { amount: 5000 }))
    await w.work()
    expect(told(w, reference).status).toBe('canceled')
  })

  test('leaves a fee to the platform, in the books of Stripe: the invoice is paid in full', async () => {
    const fee = { bps: 525, fixed: 0 }
    const { w, berlin, invoice, link, reference, tell } = await begun({ account: 'acct_1', platform_fee: fee }, 300)
    expect([told(w, reference).application_fee_amount, told(w, reference).account]).toEqual([16, 'acct_1'])
    expect(await intentOf(berlin, link)).toMatchObject({ application_fee_amount: 16 })
    w.stripe.payer.pays(reference, 'pm_card_visa')
    good(await tell('payment_intent.succeeded', told(w, reference)))
    await w.work()
    expect(await money(berlin, invoice)).toEqual(['paid', 300, 0])
  })
})

describe('events', () => {
  test('three of one payment, each twice and at one moment, are one record', async () => {
    const { w, berlin, invoice, reference, tell } = await begun()
    w.stripe.payer.pays(reference, 'pm_card_visa')
    const charge = { id: 'ch_1', object: 'charge', payment_intent: reference }
    const all = [0, 1].flatMap(() => [
      tell('charge.succeeded', charge),
      tell('payment_intent.succeeded', told(w, reference)),
      tell('payment_intent.processing', told(w, reference)),
    ])
    for (const answer of await Promise.all(all)) expect(good(answer)).toEqual({ received: true })
    await w.work()
    expect([await booked(berlin, invoice), await money(berlin, invoice)]).toEqual([[11900], ['paid', 11900, 0]])
  })

  test('a debit that is returned after days is told by a question, and so is a decline that comes late', async () => {
    const { w, berlin, link, reference, tell } = await begun()
    w.stripe.payer.pays(reference, 'pm_card_chargeDeclined')
    const declined = structuredClone(told(w, reference))
    w.stripe.payer.pays(reference, 'pm_debit_returned')
    good(await tell('payment_intent.processing', told(w, reference)))
    await w.work()
    expect(await statusOf(berlin, link)).toBe('processing')
    good(await tell('payment_intent.payment_failed', declined))
    await w.work()
    expect(await statusOf(berlin, link)).toBe('processing')
    await later(w, 4 * 86_400)
    good(await tell('payment_intent.payment_failed', told(w, reference)))
    await w.work()
    const [row] = await w.sql(`select status from payment_intents where id = $1`, [link.payment_intent_id])
    expect(row).toEqual({ status: 'payment_failed' })
  })

  test('refunds are booked as they are, however often they are told', async () => {
    const { w, berlin, invoice, reference, tell, connection } = await begun()
    w.stripe.payer.pays(reference, 'pm_card_visa')
    good(await tell('payment_intent.succeeded', told(w, reference)))
    await w.work()
    const refund = async (amount: number) => {
      await fetch(`${w.stripe.url}/v1/refunds`, {
        method: 'POST',
        headers: { authorization: 'Bearer sk_test_1' },
        body: new URLSearchParams({ payment_intent: reference, amount: String(amount) }),
      })
      good(await tell('charge.refunded', { id: 'ch_1', object: 'charge', payment_intent: reference, amount_refunded: 500 }))
      good(await tell('refund.created', { id: 're_1', object: 'refund', payment_intent: reference, amount }))
      await w.work()
    }
    await refund(200)
    expect(await booked(berlin, invoice)).toEqual([11900, -200])
    await refund(300)
    expect(await booked(berlin, invoice)).toEqual([11900, -200, -300])
    expect(connection.hears_events).toBe(true)
  })

  test('a dispute is told, and booked when it is lost', async () => {
    const { w, berlin, invoice, link, reference, tell } = await begun()
    w.stripe.payer.pays(reference, 'pm_card_visa')
    good(await tell('payment_intent.succeeded', told(w, reference)))
    const dispute = async (status: 'needs_response' | 'lost') => {
      w.stripe.dispute(reference, status)
      good(await tell('charge.dispute.updated', { id: 'dp_1', object: 'dispute', payment_intent: reference }))
      await w.work()
    }
    await dispute('needs_response')
    expect([await statusOf(berlin, link), await booked(berlin, invoice)]).toEqual(['disputed', [11900]])
    await dispute('lost')
    expect([await statusOf(berlin, link), await booked(berlin, invoice)]).toEqual(['refunded', [11900, -11900]])
  })

  test('what it kept of a payment, and a lost dispute costs, stands on their records and in the books', async () => {
    const { w, invoice, link, reference, tell } = await begun()
    w.stripe.payer.pays(reference, 'pm_card_visa')
    good(await tell('payment_intent.succeeded', told(w, reference)))
    await w.work()
    await later(w, 3 * 86_400)
    const [settled] = await w.sql(`select status from payment_intents where id = $1`, [link.payment_intent_id])
    expect(settled).toEqual({ status: 'settled' })
    w.stripe.dispute(reference, 'lost')
    good(await tell('charge.dispute.closed', { id: 'dp_1', object: 'dispute', payment_intent: reference }))
    await w.work()
    const fees = await w.sql(`select amount::int, fee::int from payment_records where object_id = $1 order by created_at`, [
      invoice.id,
    ])
    expect(fees).toEqual([
      { amount: 11900, fee: FEE },
      { amount: -11900, fee: DISPUTE_FEE },
    ])
    expect(await brokenPromises(w)).toEqual([])
  })

  test('a payout settles the payments in it; one that fails leaves them paid, and somebody is told', async () => {
    const s = await begun()
    const { w, berlin, invoice, link: first, tell } = s
    const other = await invoiceOf(berlin, s.made, 5000)
    const second = await link(berlin, other.id)
    good(await pay(s.payer, second))
    const references = [s.reference, await referenceOf(w, second)]
    for (const one of references) {
      w.stripe.payer.pays(one, 'pm_card_visa')
      good(await tell('payment_intent.succeeded', told(w, one)))
    }
    await w.work()
    const end = async (status: string, about = references) => {
      const payout = w.stripe.payout(about, status)
      good(await tell(`payout.${status}`, payout))
      good(await tell(`payout.${status}`, payout))
      await w.work()
      return Promise.all([first, second].map((one) => statusOf(berlin, one)))
    }
    expect(await end('failed')).toEqual(['payout_failed', 'payout_failed'])
    expect([await money(berlin, invoice), await money(berlin, other)]).toEqual([
      ['paid', 11900, 0],
      ['paid', 5000, 0],
    ])
    expect((await intentOf(berlin, first)).status).toBe('payout_failed')
    const [failed] = await w.sql(`select error ->> 'message' as why from payment_intents where id = $1`, [
      first.payment_intent_id,
    ])
    expect(failed!.why).toBe('account_closed: The bank account has been closed.')
    // Paid out anew: then the money is there, less what Stripe keeps.
    expect(await end('paid')).toEqual(['settled', 'settled'])
    const kept = await w.sql(`select fee::int from payment_records where object_id = any ($1)`, [[invoice.id, other.id]])
    expect(kept.map(({ fee }) => fee)).toEqual([FEE, FEE])
    // A payout of somebody else's account is nobody's here.
    const stranger = await stripeShop()
    good(await stranger.tell('payout.failed', w.stripe.payout(references, 'failed')))
    await w.work()
    expect(await statusOf(berlin, first)).toBe('settled')
    expect(await brokenPromises(w)).toEqual([])
  })

  test.each([
    ['another account', { account: 'acct_other' }],
    ['real money', { livemode: true }],
  ])('about %s are heard, and nothing is booked', async (_, changes) => {
    const { w, berlin, invoice, reference, tell } = await begun()
    w.stripe.payer.pays(reference, 'pm_card_visa')
    good(await tell('payment_intent.succeeded', told(w, reference), changes))
    await w.work()
    expect(await booked(berlin, invoice)).toEqual([])
  })

  test('about payments of another partner book nothing there, before and after that payment is known', async () => {
    const other = await stripeShop()
    const { w, berlin, invoice, reference } = await begun()
    w.stripe.payer.pays(reference, 'pm_card_visa')
    good(await other.tell('payment_intent.succeeded', told(w, reference)))
    const early = structuredClone({ ...told(w, reference), id: 'pi_later' })
    good(await other.tell('payment_intent.succeeded', early))
    await w.sql(`update payment_attempts set reference = 'pi_later' where reference = $1`, [reference])
    await later(w, 600)
    expect(await booked(berlin, invoice)).toEqual([])
  })

  test('of an entity’s own account are about its payments only', async () => {
    const s = await begun()
    const { w, invoice, reference, berlin } = s
    const paris = await connect(w.partnerIn(w.paris.entityId!))
    w.stripe.payer.pays(reference, 'pm_card_visa')
    const { payload, headers } = w.stripe.event('payment_intent.succeeded', told(w, reference))
    good(await w.nobody.with(headers).post(new URL(paris.events_url).pathname, payload))
    await w.work()
    expect(await booked(berlin, invoice)).toEqual([])
  })

  test('that nobody signed, or with another secret, or too long ago, are refused', async () => {
    const { w, reference, tell, connection } = await begun()
    const path = new URL(connection.events_url).pathname
    const { payload } = w.stripe.event('payment_intent.succeeded', told(w, reference))
    expect(no(await w.nobody.post(path, payload))).toEqual([403, 'The signature is not by the provider'])
    expect(no(await tell('payment_intent.succeeded', told(w, reference), { secret: 'whsec_other' }))[0]).toBe(403)
    const old = Math.floor(w.clock.now().getTime() / 1000) - 400
    expect(no(await tell('payment_intent.succeeded', told(w, reference), { at: old }))[1]).toContain('too old')
    expect(no(await w.nobody.post(path.replace(connection.id, crypto.randomUUID()), payload))[0]).toBe(404)
  })
})

describe('when Stripe', () => {
  test('does not answer, nothing was charged; asked again it is the same payment', async () => {
    const s = await stripeShop()
    const { w, berlin, payer } = s
    const invoice = await invoiceOf(berlin, s.made, 11900)
    const made = await link(berlin, invoice.id)
    const before = w.stripe.intents.size
    w.stripe.fault(/POST payment_intents$/, 'fails after', 3)
    expect(no(await pay(payer, made))[0]).toBe(424)
    good(await pay(payer, made))
    expect(w.stripe.intents.size - before).toBe(1)
    w.stripe.payer.pays(await referenceOf(w, made), 'pm_card_visa')
    w.stripe.fault(/GET payment_intents/, 'fails before', 3)
    good(await s.tell('payment_intent.payment_failed', told(w, await referenceOf(w, made))))
    await w.work()
    expect(await booked(berlin, invoice)).toEqual([])
    await later(w, 1200)
    expect(await booked(berlin, invoice)).toEqual([11900])
  })
})
