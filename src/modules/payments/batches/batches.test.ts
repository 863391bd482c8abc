import { describe, expect, onTestFinished, test } from 'vitest'
import { readBill } from '../../../../test/support/billing.ts'
import { brokenPromises, good, no } from '../../../../test/support/invoicing.ts'
import { approved } from '../../../../test/support/onboarding.ts'
import { ownApp } from '../../../../test/support/own-app.ts'
import { later } from '../../../../test/support/paying.ts'
import { type Body, type Client, client, organization, world } from '../../../../test/support/world.ts'
import { receive } from '../carrying.service.ts'

const ADDRESS = { country: 'US', city: 'Austin', line1: '1 Main St', postal_code: '78701', state: 'TX' }

/** A company in the United States that pays by ACH. */
async function company(more: object = {}) {
  const w = await world()
  const id = await w.newEntity({
    ...organization,
    phone: '+15125550100',
    address: ADDRESS,
    organization: { legal_name: 'Lone Star Inc' },
    ...more,
  })
  const us = await w.newUser(id)
  const partner = w.partnerIn(id)
  await approved(w.sql, id)
  good(await w.partner.put(`/entities/${id}/payment_methods`, { payment_methods_send: ['us_ach'] }))
  const account = good(
    await us.post('/bank_accounts', {
      country: 'US',
      currency: 'USD',
      account_holder_name: 'Lone Star Inc',
      account_number: '123456789012',
      routing_number: '021000021',
      is_default_for_currency: true,
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
      country: 'US',
      currency: 'USD',
      account_holder_name: 'Paper Co',
      account_number: '000987654321',
      routing_number: '021000021',
      is_default_for_currency: true,
    }),
  )
  good(await partner.put(`/x/bank_accounts/${account.id}/verification`, { status: 'verified' }))
  return { w, us, partner, account, vendor, payee }
}
type Company = Awaited<ReturnType<typeof company>>

async function bill({ us, vendor }: Company, amount: number, changes: object = {}): Promise<string> {
  const made = good(
    await us.post('/payables', {
      document_id: `B-${amount}`,
      currency: 'USD',
      issued_at: '2031-01-10',
      due_date: '2031-02-10',
      counterpart_id: vendor.id,
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
/** The same entity, as a server without the sandbox serves it. */
async function withoutSandbox(c: Company): Promise<Company> {
  const { machinery, app, handlers, close } = await ownApp({ payments_sandbox: 'off' })
  onTestFinished(close)
  const w = { ...c.w, app, machinery, handlers }
  const entityId = c.us.entityId ?? ''
  return { ...c, partner: client(w, c.partner.token, { entityId }), us: client(w, c.us.token, { entityId, userId: c.us.userId }) }
}
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
        country: 'US',
        currency: 'USD',
        account_holder_name: 'Paper Co',
        account_number: '555500001111',
        routing_number: '021000021',
        is_default_for_currency: true,
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

describe('where nobody debits accounts', () => {
  /** What became of the payments of a batch. */
  const itemsOf = ({ payment_intents }: Body): string[] => payment_intents.map((item: Body) => item.status)
  const fileOf = async ({ us }: Company, { id }: Body): Promise<Body> => {
    const { data } = good(await us.get(`/x/payment_files?batch_payment_id=${id}`))
    expect(data).toHaveLength(1)
    return data[0]
  }

  test('a batch leaves as one file, is on its way, and ends as its payments do', async () => {
    const c = await withoutSandbox(await company({ tax_id: '12-3456789' }))
    const { us, partner, account, w } = c
    const ids = [await bill(c, 10000), await bill(c, 20000), await bill(c, 30000)]
    const link = await us.post('/payment_links', {
      object: { type: 'payable', id: ids[0] },
      recipient: { type: 'counterpart', id: c.vendor.id },
      payment_methods: ['sepa_credit'],
    })
    const made = good(await batch(c, ids))
    expect([made.status, itemsOf(made)]).toEqual(['processing', ['processing', 'processing', 'processing']])
    expect(good(await us.get(`/payment_links/${good(link).id}`)).status).toBe('expired')
    const file = await fileOf(c, made)
    expect(file).toMatchObject({
      format: 'nacha_ccd',
      total_amount: 60000,
      batch_payment_id: made.id,
      bank_account_id: account.id,
    })
    const text = String((await us.get(`/x/payment_files/${file.id}/content`)).body)
    for (const { end_to_end_id, amount } of file.payments)
      expect(text).toMatch(
        new RegExp(`^622021000021000987654321     ${String(amount).padStart(10, '0')}.*${end_to_end_id}$`, 'm'),
      )
    // Nothing pays these bills a second time: no batch, no file, no link.
    expect(no(await batch(c, [ids[1]!]))[0]).toBe(409)
    expect(no(await us.post('/x/payment_files', { payer_bank_account_id: account.id, payable_ids: ids }))[0]).toBe(400)
    // One comes back, and the statement shows the others.
    const [first, second, third] = ids.map((id) => file.payments.find((payment: Body) => payment.payable_id === id))
    const back = `101 021000021 0210000212611160130A094101\n799R03${second.end_to_end_id}      02100002NO ACCOUNT\n`
    good(await us.upload('POST', '/x/payment_reports', { bytes: Buffer.from(back), name: 'r.ach' }))
    const rows = [first, third].map(({ amount, reference }) => `2031-02-11,${reference},-${(amount / 100).toFixed(2)}`)
    const shown = `Date,Description,Amount\n${rows.join('\n')}\n`
    good(await us.upload('POST', '/x/bank_statements', { bytes: Buffer.from(shown), name: 's.csv' }))
    await w.work()
    const after = good(await partner.get(`/batch_payments/${made.id}`))
    expect([after.status, itemsOf(after)]).toEqual(['partially_successful', ['succeeded', 'payment_failed', 'succeeded']])
    expect(await Promise.all(ids.map((id) => status(us, id)))).toEqual(['paid', 'waiting_to_be_paid', 'paid'])
    const told = await w.sql(`select data ->> 'new_status' as to from events where object_id = $1 order by created_at`, [made.id])
    expect(told.map(({ to }) => to)).toEqual(['processing', 'partially_successful'])
    const next = good(await batch(c, [ids[1]!]))
    expect(next.status).toBe('processing')
    // A bank takes each letter once a day.
    const again = String((await us.get(`/x/payment_files/${(await fileOf(c, next)).id}/content`)).body)
    expect([text, again].map((file) => file[33])).toEqual(['A', 'B'])
    expect(await brokenPromises(w)).toEqual([])
  })

  test('a file that the bank never got is withdrawn, and the bills are free', async () => {
    const c = await withoutSandbox(await company({ tax_id: '12-3456789' }))
    const ids = [await bill(c, 10000), await bill(c, 20000)]
    const made = good(await batch(c, ids))
    good(await c.us.post(`/x/payment_files/${(await fileOf(c, made)).id}/withdraw`))
    expect(good(await c.partner.get(`/batch_payments/${made.id}`)).status).toBe('failed')
    expect(good(await batch(c, ids)).status).toBe('processing')
  })

  test('a batch is refused whole, and why, when a bank would not take its file', async () => {
    const c = await withoutSandbox(await company())
    const { us, w, vendor, payee } = c
    const id = await bill(c, 10000)
    // The entity has no tax id of nine digits.
    expect(no(await batch(c, [id]))).toEqual([409, expect.stringContaining('tax id of nine digits')])
    await w.sql(`update entities set tax_id = '123456789' where id = $1`, [us.entityId])
    expect(no(await batch(c, [id], { payout_method: 'paper_check' }))).toEqual([409, expect.stringContaining('checks')])
    await w.sql(`update counterpart_bank_accounts set routing_number = '021000022' where id = $1`, [payee.id])
    const other = good(
      await us.post('/payables', {
        document_id: 'B-2',
        currency: 'USD',
        issued_at: '2031-01-10',
        due_date: '2031-02-10',
        counterpart_id: vendor.id,
      }),
    )
    good(await us.post(`/payables/${other.id}/line_items`, { name: 'Paper', quantity: 1, unit_price: 500, tax: 0 }))
    good(await us.post(`/payables/${other.id}/approve_payment_operation`))
    expect(no(await batch(c, [other.id]))).toEqual([409, expect.stringContaining('check digit')])
    await w.sql(`update entity_bank_accounts set routing_number = null where id = $1`, [c.account.id])
    good(await c.partner.put(`/x/bank_accounts/${c.account.id}/verification`, { status: 'verified' }))
    expect(no(await batch(c, [other.id]))).toEqual([409, expect.stringContaining('routing number')])
    expect(await w.sql(`select id from batch_payments where entity_id = $1`, [us.entityId])).toEqual([])
    expect(await w.sql(`select id from payment_intents where entity_id = $1`, [us.entityId])).toEqual([])
  })

  test('two accounts at one bank never give a number twice; batch, file and link at once pay once', async () => {
    const c = await withoutSandbox(await company({ tax_id: '12-3456789' }))
    const { us, w } = c
    const second = good(
      await us.post('/bank_accounts', {
        country: 'US',
        currency: 'USD',
        account_holder_name: 'Lone Star Inc',
        account_number: '999456789012',
        routing_number: '021000021',
      }),
    )
    const ids = await Promise.all([1, 2, 3, 4, 5, 6].map((one) => bill(c, one * 1000)))
    const file = (id: string) => us.post('/x/payment_files', { payer_bank_account_id: second.id, payable_ids: [id] })
    const link = (id: string) =>
      us.post('/payment_links', {
        object: { type: 'payable', id },
        recipient: { type: 'counterpart', id: c.vendor.id },
        payment_methods: ['sepa_credit'],
      })
    const answers = await Promise.all(ids.flatMap((id) => [batch(c, [id]), file(id), link(id), batch(c, [id])]))
    for (const { status: code } of answers) expect(code).toBeLessThan(500)
    const live = await w.sql<{ object_id: string; many: number }>(
      `select object_id, count(*)::int as many from payment_intents where entity_id = $1 and status = 'processing' group by object_id`,
      [us.entityId],
    )
    expect(live.map(({ many }) => many)).toEqual(ids.map(() => 1))
    const [traces] = await w.sql(
      `select count(*)::int as all, count(distinct end_to_end_id)::int as different from payment_intents where entity_id = $1 and end_to_end_id is not null`,
      [us.entityId],
    )
    expect(traces).toEqual({ all: 6, different: 6 })
    expect(await brokenPromises(w)).toEqual([])
  })
})
