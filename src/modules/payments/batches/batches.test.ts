import { describe, expect, test } from 'vitest'
import { readBill } from '../../../../test/support/billing.ts'
import { good, no } from '../../../../test/support/invoicing.ts'
import { approved } from '../../../../test/support/onboarding.ts'
import { later } from '../../../../test/support/paying.ts'
import { type Body, type Client, organization, world } from '../../../../test/support/world.ts'
import { receive } from '../carrying.service.ts'

const ADDRESS = { country: 'US', city: 'Austin', line1: '1 Main St', postal_code: '78701', state: 'TX' }

/** A company in the United States that pays by ACH. */
async function company() {
  const w = await world()
  const id = await w.newEntity({
    ...organization,
    phone: '+15125550100',
    address: ADDRESS,
    organization: { legal_name: 'Lone Star Inc' },
  })
  const us = await w.newUser(id)
  const partner = w.partnerIn(id)
  await approved(w.sql, id)
  good(await w.partner.put(`/entities/${id}/payment_methods`, { payment_methods_send: ['us_ach'] }))
  const account = good(
    await us.post('/bank_accounts', {
      ...{ country: 'US', currency: 'USD', account_holder_name: 'Lone Star Inc' },
      ...{ account_number: '123456789012', routing_number: '021000021', is_default_for_currency: true },
    }),
  )
  const vendor = good(
    await us.post('/counterparts', {
      type: 'organization',
      organization: { legal_name: 'Paper Co', is_vendor: true, is_customer: false, address: ADDRESS },
    }),
  )
  const payee = good(
    await us.post(`/counterparts/${vendor.id}/bank_accounts`, {
      ...{ country: 'US', currency: 'USD', account_holder_name: 'Paper Co', account_number: '000987654321' },
      ...{ routing_number: '021000021', is_default_for_currency: true },
    }),
  )
  good(await partner.put(`/x/bank_accounts/${account.id}/verification`, { status: 'verified' }))
  return { w, us, partner, account, vendor, payee }
}
type Company = Awaited<ReturnType<typeof company>>

async function bill({ us, vendor }: Company, amount: number, changes: object = {}): Promise<string> {
  const made = good(
    await us.post('/payables', {
      ...{
        document_id: `B-${amount}`,
        currency: 'USD',
        issued_at: '2031-01-10',
        due_date: '2031-02-10',
        counterpart_id: vendor.id,
      },
      ...changes,
    }),
  )
  good(await us.post(`/payables/${made.id}/line_items`, { name: 'Paper', quantity: 1, unit_price: amount, tax: 0 }))
  good(await us.post(`/payables/${made.id}/approve_payment_operation`))
  return made.id
}
const bodyOf = ({ account, vendor }: Company, ids: string[], recipient: object = {}): Body => ({
  payer_bank_account_id: account.id,
  payment_method: 'us_ach',
  payment_intents: ids.map((id) => ({
    object: { type: 'payable', id },
    recipient: { type: 'counterpart', id: vendor.id, ...recipient },
  })),
})
const batch = (c: Company, ids: string[], recipient: object = {}) => c.partner.post('/batch_payments', bodyOf(c, ids, recipient))
const status = async (who: Client, id: string) => (await readBill(who, id)).status

describe('a batch', () => {
  test('pays all of its bills from one account, and each of them once', async () => {
    const c = await company()
    const { w, us, partner, payee } = c
    good(await w.partner.post('/webhook_subscriptions', { object_type: 'batch_payment', url: 'http://127.0.0.1:9/hook' }))
    const ids = [await bill(c, 10000), await bill(c, 20000)]
    const made = good(await batch(c, ids))
    expect(made).toMatchObject({ status: 'created', total_amount: 30000, payment_method: 'us_ach', error: null })
    expect(made.payment_intents).toMatchObject([
      {
        amount: 10000,
        currency: 'USD',
        status: 'created',
        payment_reference: 'B-10000',
        recipient: { bank_account_id: payee.id, payout_method: 'bank_account' },
      },
      { amount: 20000 },
    ])
    await w.work()
    expect(good(await partner.get(`/batch_payments/${made.id}`)).status).toBe('processing')
    await later(w, 3)
    expect(good(await partner.get(`/batch_payments/${made.id}`)).status).toBe('succeeded')
    expect(await Promise.all(ids.map((id) => status(us, id)))).toEqual(['paid', 'paid'])
    const intent = good(await us.get(`/payment_intents/${made.payment_intents[0].id}`))
    expect(intent).toMatchObject({ batch_payment_id: made.id, payment_link_id: null, status: 'succeeded' })
    const told = await w.sql(`select data ->> 'new_status' as to from events where object_id = $1 order by created_at`, [made.id])
    expect(told.map(({ to }) => to)).toEqual(['processing', 'succeeded'])
    expect(no(await batch(c, [ids[0]!]))[0]).toBe(409)
  })

  test('of which one payment comes back is a success in part, and that bill is free for another', async () => {
    const c = await company()
    const { w, us, partner } = c
    const ids = [await bill(c, 10000), await bill(c, 20000), await bill(c, 30000)]
    const made = good(await batch(c, ids))
    await w.work()
    await later(w, 3)
    const [attempt] = await w.sql<{ reference: string }>(`select reference from payment_attempts where payment_intent_id = $1`, [
      made.payment_intents[1].id,
    ])
    const event = {
      id: `r03 ${made.id}`,
      type: 'failed',
      reference: attempt!.reference,
      at: w.clock.now().toISOString(),
      reason: 'R03: no account',
    } as const
    await receive(w.machinery, 'sandbox', [event])
    const after = good(await partner.get(`/batch_payments/${made.id}`))
    expect(after.status).toBe('partially_successful')
    expect(after.payment_intents[1]).toMatchObject({ status: 'payment_failed', error: { message: 'R03: no account' } })
    expect(await Promise.all(ids.map((id) => status(us, id)))).toEqual(['paid', 'waiting_to_be_paid', 'paid'])
    expect(good(await batch(c, [ids[1]!])).total_amount).toBe(20000)
  })

  test('names a bill once; two batches at the same moment with one bill: one of them', async () => {
    const c = await company()
    const id = await bill(c, 10000)
    expect(no(await batch(c, [id, id]))[0]).toBe(400)
    const answers = await Promise.all([batch(c, [id]), batch(c, [id])])
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409])
    expect(await c.w.sql(`select id from payment_intents where object_id = $1`, [id])).toHaveLength(1)
  })

  test('and a link over the same bill: whoever is second is refused, or the link is over', async () => {
    const c = await company()
    const { us, vendor } = c
    const link = (id: string) =>
      us.post('/payment_links', {
        object: { type: 'payable', id },
        recipient: { type: 'counterpart', id: vendor.id },
        payment_methods: ['sepa_credit'],
      })
    const id = await bill(c, 10000)
    const [made] = [good(await batch(c, [id]))]
    expect(made.status).toBe('created')
    expect(no(await link(id))[0]).toBe(409)
    const other = await bill(c, 20000)
    const first = good(await link(other))
    good(await batch(c, [other]))
    expect(good(await us.get(`/payment_links/${first.id}`)).status).toBe('expired')
  })

  test('leaves out a bill that was paid by hand before its turn came', async () => {
    const c = await company()
    const { w, us, partner } = c
    const ids = [await bill(c, 10000), await bill(c, 20000)]
    const made = good(await batch(c, ids))
    good(await us.post(`/payables/${ids[0]}/mark_as_paid`))
    await w.work()
    await later(w, 3)
    const after = good(await partner.get(`/batch_payments/${made.id}`))
    expect([after.status, after.payment_intents.map((item: Body) => item.status)]).toEqual([
      'partially_successful',
      ['payment_cancelled', 'succeeded'],
    ])
    expect(await w.sql(`select amount::int from sandbox_payments where key like $1`, [`${made.payment_intents[0].id}%`])).toEqual(
      [],
    )
  })

  test('is checked whole before any money moves', async () => {
    const c = await company()
    const { us, partner, account, w } = c
    const id = await bill(c, 10000)
    const euro = await bill(c, 11000, { currency: 'EUR' })
    const cases: [Body, number][] = [
      [{ ...bodyOf(c, [id]), payer_bank_account_id: c.payee.id }, 400],
      [bodyOf(c, [id, euro]), 400],
      [bodyOf(c, [id, account.id]), 404],
      [bodyOf(c, [id], { id: account.id }), 400],
      [bodyOf(c, [id], { bank_account_id: account.id }), 400],
      [{ ...bodyOf(c, [id]), payment_intents: [] }, 422],
    ]
    for (const [body, expected] of cases)
      expect([body, (await partner.post('/batch_payments', body)).status]).toEqual([body, expected])
    const numberless = await bill(c, 12000)
    await w.sql(`update payables set document_id = null where id = $1`, [numberless])
    expect(no(await batch(c, [id, numberless]))).toEqual([400, expect.stringContaining('payment_reference')])
    expect(no(await us.post('/batch_payments', bodyOf(c, [id])))[0]).toBe(403)
    expect(no(await w.partnerIn(w.berlin.entityId!).post('/batch_payments', bodyOf(c, [id])))[0]).toBe(400)
    good(await w.partner.put(`/entities/${us.entityId}/payment_methods`, { payment_methods_send: ['sepa_credit'] }))
    expect(no(await batch(c, [id]))[0]).toBe(400)
    expect(await w.sql(`select id from batch_payments where entity_id = $1`, [us.entityId])).toEqual([])
    expect(await status(us, id)).toBe('waiting_to_be_paid')
  })

  test('pays the account that a bill was approved with, also after another became the usual one', async () => {
    const c = await company()
    const { us, vendor, payee } = c
    const id = await bill(c, 10000)
    const accounts = `/counterparts/${vendor.id}/bank_accounts`
    const other = good(
      await us.post(accounts, {
        ...{ country: 'US', currency: 'USD', account_holder_name: 'Paper Co', account_number: '555500001111' },
        ...{ routing_number: '021000021', is_default_for_currency: true },
      }),
    )
    expect(good(await batch(c, [id])).payment_intents[0].recipient.bank_account_id).toBe(payee.id)
    const next = await bill(c, 20000)
    good(await us.delete(`${accounts}/${other.id}`))
    expect(no(await batch(c, [next]))[0]).toBe(409)
  })

  test('pays by paper without an account', async () => {
    const c = await company()
    const id = await bill(c, 10000)
    const made = good(await batch(c, [id], { payout_method: 'paper_check' }))
    expect(made.payment_intents[0].recipient).toMatchObject({ payout_method: 'paper_check', bank_account_id: null })
  })
})
