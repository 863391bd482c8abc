import { describe, expect, test } from 'vitest'
import { billThatIs, readBill } from '../../../../test/support/billing.ts'
import { draft, good, invoiceThatIs, issued, no, read, runSchedule } from '../../../../test/support/invoicing.ts'
import {
  billToPay,
  intentOf,
  invoiceOf,
  later,
  link,
  linkBody,
  linkStatus,
  pay,
  records,
  shop,
  statusOf,
} from '../../../../test/support/paying.ts'
import type { Body, Client } from '../../../../test/support/world.ts'

const DAY_MS = 86_400_000
const make = (who: Client, id: string, more: object = {}) => who.post('/payment_links', linkBody(who, id, more))
const bookkeep = (who: Client, id: string, amount: number) =>
  who.post('/payment_records', { amount, currency: 'EUR', object: { type: 'receivable', id } })
const history = async (who: Client, { payment_intent_id }: Body) =>
  good(await who.get(`/payment_intents/${payment_intent_id}/history`)).data.map(({ status }: Body) => status)

describe('a payment link', () => {
  test('leads a customer from an invoice to a paid one, and every step is told in order', async () => {
    const { w, berlin, made, payer } = await shop()
    for (const object_type of ['payment_link', 'payment_intent', 'receivable'])
      good(await w.partner.post('/webhook_subscriptions', { object_type, url: 'http://127.0.0.1:9/hook' }))
    const invoice = await invoiceOf(berlin, made, 11900)
    const created = await link(berlin, invoice.id)
    expect(created).toMatchObject({
      amount: 11900,
      currency: 'EUR',
      status: 'created',
      payment_methods: ['card', 'sepa_credit'],
      payment_reference: invoice.document_id,
      payer: { type: 'counterpart', id: made.customer.id, name: 'Acme GmbH' },
      recipient: { type: 'entity', id: berlin.entityId, bank_accounts: [{ iban: 'DE89370400440532013000' }] },
      payment_intent: { status: 'created', object: { type: 'receivable', id: invoice.id } },
      invoice: { due_date: invoice.due_date },
    })
    expect((await read(berlin, invoice.id)).payment_page_url).toBe(created.payment_page_url)
    expect(await records(berlin, invoice.id)).toMatchObject([
      { status: 'created', is_external: false, amount: 11900, payment_intent_id: created.payment_intent_id },
    ])
    expect(good(await pay(payer, created))).toEqual({ client_secret: expect.any(String), is_next_action_needed: false })
    expect([await statusOf(berlin, created), await linkStatus(berlin, created)]).toEqual(['processing', 'succeeded'])
    expect((await read(berlin, invoice.id)).status).toBe('issued')
    await later(w, 3)
    expect(await statusOf(berlin, created)).toBe('succeeded')
    expect(await read(berlin, invoice.id)).toMatchObject({ status: 'paid', amount_paid: 11900, amount_due: 0 })
    expect(await records(berlin, invoice.id)).toMatchObject([
      { status: 'succeeded', is_external: false, amount: 11900, payment_method: 'card' },
    ])
    expect(await history(berlin, created)).toEqual(['created', 'processing', 'succeeded'])
    const told = await w.sql(
      `select object_type, event, data ->> 'new_status' as to from events where subscribed and object_id = any ($1) order by created_at`,
      [[created.id, created.payment_intent_id, invoice.id]],
    )
    expect(told.map((e) => Object.values(e).join(' ').trim()).slice(-6)).toEqual([
      'payment_link created',
      'receivable updated',
      'payment_intent status_updated processing',
      'payment_link status_updated succeeded',
      'payment_intent status_updated succeeded',
      'receivable paid paid',
    ])
  })

  test('over a part leaves room for the rest, and a payment by hand ends what no longer fits', async () => {
    const { w, berlin, made, payer } = await shop()
    const invoice = await invoiceOf(berlin, made, 11900)
    const first = await link(berlin, invoice.id, { amount: 6000 })
    const second = await link(berlin, invoice.id, { amount: 5000 })
    expect(no(await make(berlin, invoice.id, { amount: 901 }))).toEqual([400, 'amount: no more than 900 is left to pay'])
    good(await pay(payer, first))
    await later(w, 3)
    expect(await read(berlin, invoice.id)).toMatchObject({ status: 'partially_paid', amount_due: 5900 })
    expect(await linkStatus(berlin, second)).toBe('created')
    good(await bookkeep(berlin, invoice.id, 5900))
    expect([await linkStatus(berlin, second), await statusOf(berlin, second)]).toEqual(['expired', 'payment_cancelled'])
    expect((await records(berlin, invoice.id)).map(({ amount, status }) => [amount, status])).toEqual([
      [6000, 'succeeded'],
      [5000, 'canceled'],
      [5900, 'succeeded'],
    ])
    expect((await read(berlin, invoice.id)).payment_page_url).toBeNull()
  })

  test('made again for the same invoice is the same link, with the new methods and a later end', async () => {
    const { w, berlin, made } = await shop()
    const invoice = await invoiceOf(berlin, made, 11900)
    const first = await link(berlin, invoice.id)
    const later = new Date(w.clock.now().getTime() + 60 * DAY_MS).toISOString()
    const again = await link(berlin, invoice.id, { payment_methods: ['sepa_credit'], expires_at: later })
    expect([again.id, again.payment_methods]).toEqual([first.id, ['sepa_credit']])
    expect(Date.parse(again.expires_at)).toBe(Date.parse(later))
    expect((await link(berlin, invoice.id)).expires_at).toBe(again.expires_at)
    expect(good(await berlin.get(`/payment_intents?object_id=${invoice.id}`)).data).toHaveLength(1)
  })

  test('over all that is open follows it down; one over a part gives way when it no longer fits', async () => {
    const { berlin, made } = await shop()
    const invoice = await invoiceOf(berlin, made, 11900)
    const whole = await link(berlin, invoice.id)
    const part = await link(berlin, invoice.id, { amount: 4000 })
    expect((await intentOf(berlin, whole)).amount).toBe(7900)
    good(await bookkeep(berlin, invoice.id, 5000))
    expect([(await intentOf(berlin, whole)).amount, await linkStatus(berlin, part)]).toEqual([2900, 'created'])
    good(await bookkeep(berlin, invoice.id, 3000))
    expect([await linkStatus(berlin, whole), await linkStatus(berlin, part)]).toEqual(['created', 'expired'])
    expect((await intentOf(berlin, whole)).amount).toBe(3900)
    expect((await records(berlin, invoice.id))[0]).toMatchObject({ amount: 3900, status: 'created' })
  })

  test('expires by hand once, and by itself when its time is over', async () => {
    const { w, berlin, made } = await shop()
    const invoice = await invoiceOf(berlin, made, 11900)
    const first = await link(berlin, invoice.id)
    expect(good(await berlin.post(`/payment_links/${first.id}/expire`)).status).toBe('expired')
    expect(await statusOf(berlin, first)).toBe('payment_cancelled')
    expect((await records(berlin, invoice.id))[0]).toMatchObject({ status: 'canceled' })
    expect(no(await berlin.post(`/payment_links/${first.id}/expire`))).toEqual([
      409,
      "A payment link that is expired can't be expired",
    ])
    const soon = new Date(w.clock.now().getTime() + 60_000).toISOString()
    const second = await link(berlin, invoice.id, { expires_at: soon })
    expect(second.id).not.toBe(first.id)
    await runSchedule(w, 'payments.expire')
    expect(await linkStatus(berlin, second)).toBe('created')
    w.clock.advance(61_000)
    await w.sql(`delete from schedules where name = 'payments.expire'`)
    await runSchedule(w, 'payments.expire')
    expect(await linkStatus(berlin, second)).toBe('expired')
  })

  test('asks for what it may ask for: statuses, methods, recipients, ends and amounts are checked, and nothing is made', async () => {
    const { w, berlin, made } = await shop()
    const invoice = await invoiceOf(berlin, made, 11900)
    const in71days = new Date(w.clock.now().getTime() + 71 * DAY_MS).toISOString()
    const cases: [object, number, RegExp][] = [
      [{ currency: 'EUR' }, 400, /^currency is for/],
      [{ payment_reference: 'x' }, 400, /^payment_reference is for/],
      [{ amount: 11901 }, 400, /no more than 11900/],
      [{ payment_methods: ['klarna'] }, 400, /^Payment methods are not available: klarna$/],
      [{ payment_methods: ['bacs_direct_debit'] }, 400, /not available/],
      [{ recipient: { type: 'counterpart', id: made.customer.id } }, 400, /^recipient/],
      [{ recipient: { type: 'entity', id: made.customer.id } }, 400, /^recipient/],
      [{ expires_at: '2020-01-01T00:00:00Z' }, 400, /past/],
      [{ expires_at: in71days }, 400, /70 days/],
      [{ object: { type: 'receivable', id: made.customer.id } }, 404, /./],
      [{ object: { type: 'payable', id: invoice.id } }, 404, /./],
      [{ amount: 49, payment_methods: ['card'] }, 400, /card takes 50 EUR or more/],
      [{ object: undefined, amount: 100 }, 400, /^currency is needed/],
      [{ object: undefined, amount: 100, currency: 'EUR' }, 400, /^payment_reference is needed/],
    ]
    for (const [more, status, message] of cases) {
      const [got, said] = no(await make(berlin, invoice.id, more))
      expect([more, got, said]).toEqual([more, status, expect.stringMatching(message)])
    }
    const { id } = await draft(berlin, made)
    expect(no(await make(berlin, id))).toEqual([409, 'Can not create payment link for invoices in draft status'])
    expect(good(await berlin.get('/payment_intents')).data).toEqual([])
    expect((await link(berlin, invoice.id, { amount: 49, payment_methods: ['sepa_credit'] })).amount).toBe(49)
  })

  test.each(['paid', 'canceled', 'uncollectible'])('is not made for an invoice that is %s', async (status) => {
    const { w, berlin, made } = await shop()
    expect(no(await make(berlin, await invoiceThatIs(w, berlin, made, status)))[0]).toBe(409)
  })

  test('is made for an overdue invoice; its end is a month from now, as that after the due date is over', async () => {
    const { w, berlin, made } = await shop()
    w.clock.set(new Date(w.clock.now().getTime() - 100 * DAY_MS).toISOString())
    const { id } = await issued(berlin, made)
    w.clock.set(null)
    await w.sql(`delete from schedules where name = 'receivables.overdue'`)
    await runSchedule(w)
    expect((await read(berlin, id)).status).toBe('overdue')
    const { expires_at } = await link(berlin, id)
    expect(Math.round((Date.parse(expires_at) - w.clock.now().getTime()) / DAY_MS)).toBe(30)
  })

  test('without an object is over what is said, and books nothing', async () => {
    const { w, berlin, payer } = await shop()
    const body = {
      object: undefined,
      amount: 500,
      currency: 'EUR',
      payment_reference: 'EXT-1',
      invoice: { due_date: '2031-01-01' },
    }
    const alone = good(await make(berlin, '', { ...body, return_url: 'https://shop.example/thanks' }))
    expect(alone).toMatchObject({ payer: null, payment_reference: 'EXT-1', invoice: { due_date: '2031-01-01' } })
    expect(alone.payment_intent.object).toBeNull()
    good(await pay(payer, alone))
    await later(w, 3)
    expect(await statusOf(berlin, alone)).toBe('succeeded')
    expect(good(await berlin.get('/payment_records')).data).toEqual([])
  })

  test('pays a bill by transfer, whatever is enabled; while the money is on its way the client sees it', async () => {
    const { berlin, payer } = await shop()
    const { id, vendor } = await billToPay(berlin)
    const body = {
      object: { type: 'payable', id },
      recipient: { type: 'counterpart', id: vendor },
      payment_methods: ['sepa_credit'],
    }
    expect(no(await berlin.post('/payment_links', { ...body, amount: 100 }))[0]).toBe(400)
    const made = good(await berlin.post('/payment_links', body))
    expect(made).toMatchObject({
      amount: 7136,
      payer: { type: 'entity', id: berlin.entityId },
      recipient: { type: 'counterpart', id: vendor, bank_accounts: [{ iban: 'DE02120300000000202051' }] },
    })
    expect(good(await berlin.get(`/payment_links/${made.id}`)).payment_intent.status).toBe('created')
    good(await pay(payer, made, 'sepa_credit'))
    expect(good(await berlin.get(`/payment_links/${made.id}`)).payment_intent.status).toBe('processing')
    const list = good(await berlin.get(`/payment_records?object_id__in=${id}&sort=paid_at&order=desc&limit=100`)).data
    expect(list[0]).toMatchObject({ status: 'processing', payment_intent_id: made.payment_intent_id })
    expect((await readBill(berlin, id)).status).toBe('waiting_to_be_paid')
    expect(no(await pay(payer, made, 'sepa_credit'))[0]).toBe(409)
    expect(no(await berlin.post(`/payables/${id}/reopen`))[0]).toBe(409)
  })

  test.each(['draft', 'new', 'approve_in_progress', 'paid', 'rejected', 'canceled'] as const)(
    'is not made for a bill that is %s',
    async (status) => {
      const { berlin, made } = await shop()
      const id = await billThatIs(berlin, status)
      const body = { object: { type: 'payable', id }, recipient: { type: 'counterpart', id: made.customer.id } }
      expect(no(await berlin.post('/payment_links', { ...body, payment_methods: ['sepa_credit'] }))[0]).toBe(409)
    },
  )

  test('that is over is made anew over what is left; one that is not over is not', async () => {
    const { berlin, made, payer } = await shop()
    const invoice = await invoiceOf(berlin, made, 11900)
    const old = await link(berlin, invoice.id)
    const again = (id: string) => payer.post(`/internal/payment_links/${id}/regenerate`)
    expect(no(await again(old.id))[0]).toBe(409)
    good(await berlin.post(`/payment_links/${old.id}/expire`))
    good(await bookkeep(berlin, invoice.id, 900))
    const fresh = good(await again(old.id))
    expect(fresh).toMatchObject({ status: 'created', payment_intent: { amount: 11000, status: 'created' } })
    expect(fresh.id).not.toBe(old.id)
    expect(good(await payer.get(`/internal/payment_links/${fresh.id}`))).toEqual(fresh)
    good(await bookkeep(berlin, invoice.id, 11000))
    expect(no(await again(old.id))[0]).toBe(409)
    expect((await payer.get(`/internal/payment_links/${invoice.id}`)).status).toBe(404)
  })

  test('keeps to its own: other entities, and roles that do not see what is paid, see neither link nor payment', async () => {
    const { w, berlin, made } = await shop()
    const invoice = await invoiceOf(berlin, made, 11900)
    const { id, payment_intent_id } = await link(berlin, invoice.id)
    expect((await w.paris.get(`/payment_links/${id}`)).status).toBe(404)
    expect((await w.paris.get(`/payment_intents/${payment_intent_id}`)).status).toBe(404)
    const blind = await w.newUser(berlin.entityId!, { objects: [] })
    for (const path of [
      `/payment_links/${id}`,
      `/payment_intents/${payment_intent_id}`,
      `/payment_intents/${payment_intent_id}/history`,
    ])
      expect((await blind.get(path)).status).toBe(403)
    expect(good(await blind.get('/payment_intents')).data).toEqual([])
    expect(no(await make(blind, invoice.id))[0]).toBe(403)
    expect(no(await blind.post(`/payment_links/${id}/expire`))[0]).toBe(403)
    expect(no(await blind.patch(`/payment_intents/${payment_intent_id}`, { amount: 5 }))[0]).toBe(403)
  })
})

describe('a payment intent', () => {
  test('takes another amount as long as it has not begun, within what is open; its record follows', async () => {
    const { berlin, made, payer } = await shop()
    const invoice = await invoiceOf(berlin, made, 11900)
    const created = await link(berlin, invoice.id)
    const change = (amount: number) => berlin.patch(`/payment_intents/${created.payment_intent_id}`, { amount })
    expect(good(await change(5000)).amount).toBe(5000)
    expect((await records(berlin, invoice.id))[0]!.amount).toBe(5000)
    expect(good(await berlin.get(`/payment_links/${created.id}`)).amount).toBe(5000)
    expect(no(await change(11901))[0]).toBe(400)
    expect(no(await change(0))[0]).toBe(400)
    good(await pay(payer, created))
    expect(no(await change(6000))[0]).toBe(409)
  })
})

test('methods are replaced direction by direction, and a method of both directions is told twice', async () => {
  const { w, berlin } = await shop()
  const path = `/entities/${berlin.entityId}/payment_methods`
  const put = (body: object) => w.partner.put(path, body)
  const list = async () =>
    good(await berlin.get(path)).data.map(({ direction, type, status }: Body) => `${direction} ${type} ${status}`)
  expect(await list()).toEqual(['receive card active', 'receive sepa_credit active'])
  good(await put({ payment_methods_send: ['sepa_credit'] }))
  expect(await list()).toEqual(['receive card active', 'receive sepa_credit active', 'send sepa_credit active'])
  good(await put({ payment_methods: ['sofort'] }))
  expect(await list()).toEqual(['receive klarna active', 'send sepa_credit active'])
  expect(no(await put({ payment_methods: ['card'], payment_methods_receive: ['card'] }))[0]).toBe(400)
  expect(no(await put({ payment_methods_send: ['card'] }))[0]).toBe(400)
  expect(no(await put({ payment_methods_receive: [] }))[0]).toBe(422)
  expect(no(await berlin.put(path, { payment_methods: ['card'] }))[0]).toBe(403)
  expect((await w.paris.get(path)).status).toBe(404)
})

test('an invoice says where it can be paid: in its answer, its mail, on its page and its PDF, until it is paid', async () => {
  const { w, berlin, made } = await shop()
  const invoice = await issued(berlin, made)
  await w.work()
  const { payment_page_url } = await link(berlin, invoice.id)
  await w.work()
  const { file_url, payment_page_url: told } = await read(berlin, invoice.id)
  expect([told, file_url]).toEqual([payment_page_url, expect.any(String)])
  const preview = { subject_text: 'Pay', body_text: 'Here: {payment_link}' }
  expect(good(await berlin.post(`/receivables/${invoice.id}/preview`, preview)).body_preview).toContain(payment_page_url)
  const [{ page_key }] = (await w.sql(`select page_key from receivables where id = $1`, [invoice.id])) as [{ page_key: string }]
  const page = await w.app.inject({ url: `/view/${page_key}` })
  expect(page.body).toContain(payment_page_url)
  good(await bookkeep(berlin, invoice.id, 148750))
  expect((await read(berlin, invoice.id)).payment_page_url).toBeNull()
  expect((await w.app.inject({ url: `/view/${page_key}` })).body).not.toContain(payment_page_url)
})

test('whoever is held to their own changes the amounts of their own only', async () => {
  const { w, berlin, made } = await shop()
  const invoice = await invoiceOf(berlin, made, 11900)
  const created = await link(berlin, invoice.id)
  const actions = (update: string) => [
    { action_name: 'read', permission: 'allowed' },
    { action_name: 'update', permission: update },
  ]
  const change = async (update: string) => {
    const user = await w.newUser(berlin.entityId!, { objects: [{ object_type: 'receivable', actions: actions(update) }] })
    return (await user.patch(`/payment_intents/${created.payment_intent_id}`, { amount: 5000 })).status
  }
  expect([await change('not_allowed'), await change('allowed_for_own'), await change('allowed')]).toEqual([403, 403, 200])
})

test('nobody lends: offers are empty, and whatever asks for a loan is a 409', async () => {
  const { berlin, made } = await shop()
  expect(good(await berlin.get('/financing_offers'))).toEqual({ business_status: 'NEW', offers: [] })
  expect(good(await berlin.get('/financing_invoices')).data).toEqual([])
  expect(no(await berlin.post('/financing_tokens'))).toEqual([409, 'Financing is not available'])
  const invoices = [{ id: made.customer.id, type: 'receivable' }]
  expect(no(await berlin.post('/financing_invoices', { invoices }))[0]).toBe(409)
})
