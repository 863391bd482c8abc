import { describe, expect, test } from 'vitest'
import { draft, good, issued, no, read, ready, runSchedule, withoutRules } from '../../../test/support/invoicing.ts'
import { type Body, type Client, world } from '../../../test/support/world.ts'

const DAY_MS = 86_400_000

async function start(changes: object = {}) {
  const w = await world()
  const made = await ready(w.berlin)
  return { w, berlin: w.berlin, made, invoice: await issued(w.berlin, made, changes) }
}
const pay = (who: Client, id: string, body: object = {}) => who.post(`/receivables/${id}/mark_as_paid`, body)
const payPart = (who: Client, id: string, amount_paid: number, comment?: string) =>
  who.post(`/receivables/${id}/mark_as_partially_paid`, { amount_paid, ...(comment && { comment }) })

describe('payments', () => {
  test('in parts count down what is due, each with its record, until the last one settles the invoice', async () => {
    const { w, berlin, invoice } = await start()
    expect(good(await payPart(berlin, invoice.id, 48750, 'First'))).toMatchObject({
      status: 'partially_paid',
      amount_paid: 48750,
      amount_due: 100000,
      comment: 'First',
    })
    expect(good(await payPart(berlin, invoice.id, 1))).toMatchObject({ amount_paid: 48751, amount_due: 99999, comment: 'First' })
    const paid = good(await pay(berlin, invoice.id, { comment: 'Done' }))
    expect(paid).toMatchObject({ status: 'paid', amount_paid: 148750, amount_due: 0, comment: 'Done' })
    const records = await w.sql(
      `select amount, old_status, new_status from payment_records where object_id = $1 order by created_at`,
      [invoice.id],
    )
    expect(records.map((r) => Object.values(r))).toEqual([
      [48750, 'issued', 'partially_paid'],
      [1, 'partially_paid', 'partially_paid'],
      [99999, 'partially_paid', 'paid'],
    ])
    const { data } = good(await berlin.get(`/receivables/${invoice.id}/history?event_type__in=payment_received`))
    expect(data.map(({ event_data }: Body) => event_data)).toEqual([
      { amount_paid: 48750, amount_due: 100000, comment: 'First' },
      { amount_paid: 1, amount_due: 99999, comment: null },
      { amount_paid: 99999, amount_due: 0, comment: 'Done' },
    ])
  })

  test('of as much as is due, or more, are not payments in part; nothing and less than nothing are none', async () => {
    const { berlin, invoice } = await start()
    for (const amount of [148750, 148751, Number.MAX_SAFE_INTEGER])
      expect(no(await payPart(berlin, invoice.id, amount))[0]).toBe(409)
    for (const amount of [0, -1, 1.5])
      expect(
        (await berlin.post(`/receivables/${invoice.id}/mark_as_partially_paid`, { amount_paid: amount }, { beyond: true }))
          .status,
      ).toBe(422)
    expect(await read(berlin, invoice.id)).toMatchObject({ status: 'issued', amount_paid: 0 })
  })

  test('that two people enter at the same moment are taken once', async () => {
    const { w, berlin, invoice } = await start()
    const answers = await Promise.all([pay(berlin, invoice.id), pay(berlin, invoice.id), payPart(berlin, invoice.id, 148749)])
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0)
    const { amount_paid, amount_due } = await read(berlin, invoice.id)
    const [{ sum }] = (await w.sql(`select sum(amount)::bigint as sum from payment_records where object_id = $1`, [
      invoice.id,
    ])) as [{ sum: number }]
    expect([amount_paid, amount_paid + amount_due]).toEqual([sum, 148750])
  })

  test('can be dated in the past, with any offset, but not in the future', async () => {
    const { w, berlin, made, invoice } = await start()
    const at = async (paid_at: string) => {
      const { id } = await issued(berlin, made)
      return good(await berlin.post(`/receivables/${id}/mark_as_paid`, { paid_at }, { beyond: true })).paid_at
    }
    expect(await at('2025-03-01T10:00:00+02:00')).toBe('2025-03-01T08:00:00+00:00')
    expect(await at('2025-03-01T10:00:00.123456Z')).toBe('2025-03-01T10:00:00.123+00:00')
    expect(await at('2025-03-01T10:00:00')).toBe('2025-03-01T10:00:00+00:00')
    const tomorrow = new Date(w.clock.now().getTime() + DAY_MS).toISOString()
    expect(no(await pay(berlin, invoice.id, { paid_at: tomorrow }))).toEqual([400, 'paid_at lies in the future'])
    expect(no(await pay(berlin, invoice.id, { paid_at: 'yesterday' }))[0]).toBe(422)
  })

  test('that reach what an open discount asks settle the invoice', async () => {
    const terms = { term_1: { number_of_days: 5, discount: 1000 }, term_final: { number_of_days: 30 } }
    const { berlin, invoice } = await start({ payment_terms_id: undefined, payment_terms: terms })
    expect(invoice).toMatchObject({ amount_due: 148750, amount_to_pay: 133875 })
    expect(good(await payPart(berlin, invoice.id, 33875))).toMatchObject({
      status: 'partially_paid',
      amount_due: 114875,
      amount_to_pay: 100000,
    })
    expect(good(await payPart(berlin, invoice.id, 100001))).toMatchObject({
      status: 'paid',
      amount_paid: 133876,
      amount_due: 0,
      amount_to_pay: 0,
    })
  })

  test('count for the day they were made on, also when they are recorded later', async () => {
    const w = await world()
    const { berlin } = w
    const made = await ready(berlin)
    const terms = { term_1: { number_of_days: 5, discount: 1000 }, term_final: { number_of_days: 30 } }
    w.clock.advance(-10 * DAY_MS)
    const { id } = await issued(berlin, made, { payment_terms_id: undefined, payment_terms: terms })
    w.clock.set(null)
    expect(await read(berlin, id)).toMatchObject({ amount_to_pay: 148750 })
    const inTime = new Date(w.clock.now().getTime() - 6 * DAY_MS).toISOString()
    expect(good(await pay(berlin, id, { paid_at: inTime }))).toMatchObject({ status: 'paid', amount_paid: 133875, amount_due: 0 })
  })
})

describe('overdue', () => {
  test('is the day after the due date, told once, also when the schedule runs again', async () => {
    const w = await world()
    const { berlin } = w
    const made = await ready(berlin)
    const now = w.clock.now().getTime()
    const issuedDaysAgo = async (days: number) => {
      w.clock.set(new Date(now - days * DAY_MS).toISOString())
      const { id } = await issued(berlin, made)
      w.clock.set(null)
      return id as string
    }
    const [late, part, paid, due] = [
      await issuedDaysAgo(15),
      await issuedDaysAgo(15),
      await issuedDaysAgo(15),
      await issuedDaysAgo(13),
    ]
    good(await payPart(berlin, part, 100))
    good(await pay(berlin, paid))
    await Promise.all([runSchedule(w), runSchedule(w)])
    await runSchedule(w)
    const status = async (id: string) => (await read(berlin, id)).status
    expect([await status(due), await status(late), await status(part), await status(paid)]).toEqual([
      'issued',
      'overdue',
      'overdue',
      'paid',
    ])
    const told = await w.sql(`select data, entity_user_id from events where object_id = $1 and event = 'overdue'`, [late])
    expect(told).toEqual([{ data: { old_status: 'issued', new_status: 'overdue' }, entity_user_id: null }])
    expect(good(await payPart(berlin, part, 100))).toMatchObject({ status: 'overdue', amount_paid: 200 })
    expect(good(await pay(berlin, part)).status).toBe('paid')
  })

  test('waits while the entity is inactive, and one broken invoice keeps no other from it', async () => {
    const w = await world()
    const { berlin } = w
    const made = await ready(berlin)
    w.clock.advance(-20 * DAY_MS)
    const ids = [(await issued(berlin, made)).id, (await issued(berlin, made)).id].sort()
    w.clock.set(null)
    await w.sql(`update entities set status = 'inactive' where id = $1`, [berlin.entityId])
    await runSchedule(w)
    const statuses = () =>
      w
        .sql(`select status from receivables where id = any ($1) order by id`, [ids])
        .then((rows) => rows.map(({ status }) => status))
    expect(await statuses()).toEqual(['issued', 'issued'])
    await w.sql(`update entities set status = 'active' where id = $1`, [berlin.entityId])
    await w.sql(`create function stumble() returns trigger language plpgsql as $$ begin raise exception 'stumbled'; end $$`)
    await w.sql(
      `create trigger stumble before update on receivables for each row when (old.id = '${ids[0]}') execute function stumble()`,
    )
    await expect(runSchedule(w)).rejects.toThrow('stumbled')
    expect(await statuses()).toEqual(['issued', 'overdue'])
    await w.sql(`drop trigger stumble on receivables`)
    await w.sql(`drop function stumble`)
    await runSchedule(w)
    expect(await statuses()).toEqual(['overdue', 'overdue'])
  })
})

describe('an invoice that is given up', () => {
  test('written off keeps its figures and the reason', async () => {
    const { berlin, invoice } = await start()
    good(await payPart(berlin, invoice.id, 100))
    const lost = good(await berlin.post(`/receivables/${invoice.id}/mark_as_uncollectible`, { comment: 'Bankrupt' }))
    expect(lost).toMatchObject({
      status: 'uncollectible',
      comment: 'Bankrupt',
      amount_paid: 100,
      amount_due: 148650,
      total_amount: 148750,
    })
    expect(no(await pay(berlin, invoice.id))[0]).toBe(409)
  })

  test('canceled by the rules is credited in full, by a document that repeats its lines and figures', async () => {
    const { berlin, invoice } = await start({ memo: 'As agreed' })
    expect((await berlin.post(`/receivables/${invoice.id}/cancel`)).status).toBe(204)
    const now = await read(berlin, invoice.id)
    expect(now).toMatchObject({
      status: 'canceled',
      amount_due: 0,
      amount_to_pay: 0,
      total_amount: 148750,
      total_amount_with_credit_notes: 0,
    })
    const credit = await read(berlin, now.related_documents.credit_note_ids[0])
    expect(credit).toMatchObject({
      type: 'credit_note',
      status: 'issued',
      document_id: 'CN-00001',
      based_on: invoice.id,
      based_on_document_id: 'INV-00001',
      due_date: null,
      memo: 'As agreed',
      line_items: invoice.line_items,
      total_vat_amounts: invoice.total_vat_amounts,
      total_amount: 148750,
    })
    const history = async (id: string) =>
      good(await berlin.get(`/receivables/${id}/history`)).data.map(({ event_type, event_data }: Body) => [
        event_type,
        event_data,
      ])
    expect((await history(invoice.id)).slice(-2)).toEqual([
      ['based_on_receivable_created', { receivable_id: credit.id, type: 'credit_note' }],
      ['status_changed', { old_status: 'issued', new_status: 'canceled' }],
    ])
    expect(await history(credit.id)).toEqual([
      ['receivable_created', {}],
      ['status_changed', { old_status: 'draft', new_status: 'issued' }],
      ['mail_sent', expect.objectContaining({ mail_status: 'pending' })],
    ])
    for (const action of ['cancel', 'mark_as_paid', 'mark_as_uncollectible'])
      expect(no(await berlin.post(`/receivables/${credit.id}/${action}`))[0]).toBe(409)
    expect(no(await berlin.delete(`/receivables/${credit.id}`))[0]).toBe(409)
  })

  test('canceled after a payment: by the rules not at all, without them by its own word', async () => {
    const { w, berlin, made, invoice } = await start()
    good(await payPart(berlin, invoice.id, 100))
    expect(no(await berlin.post(`/receivables/${invoice.id}/cancel`))[0]).toBe(409)
    w.clock.advance(-20 * DAY_MS)
    const late = await issued(berlin, made)
    w.clock.set(null)
    good(await payPart(berlin, late.id, 100))
    await runSchedule(w)
    expect(no(await berlin.post(`/receivables/${late.id}/cancel`))[0]).toBe(409)
    await withoutRules(berlin)
    for (const { id } of [invoice, late]) {
      expect((await berlin.post(`/receivables/${id}/cancel`)).status).toBe(204)
      const { status, amount_due, related_documents } = await read(berlin, id)
      expect([status, amount_due, related_documents.credit_note_ids]).toEqual(['canceled', 0, []])
    }
  })
})

test('who listens hears of every step by its name, in order', async () => {
  const { w, berlin, made } = await start()
  const { id } = await draft(berlin, made)
  const event = async () =>
    (await w.sql(`select event, subscribed from events where object_id = $1 order by created_at`, [id])).map(
      (e) => `${e.event}${e.subscribed ? '' : ' (quiet)'}`,
    )
  good(
    await w.partner.post('/webhook_subscriptions', {
      object_type: 'receivable',
      url: 'http://127.0.0.1:9/hook',
      event_types: [],
    }),
  )
  good(await berlin.patch(`/receivables/${id}`, { invoice: { memo: 'x' } }))
  good(await berlin.post(`/receivables/${id}/issue`))
  good(await payPart(berlin, id, 1))
  good(await pay(berlin, id))
  expect((await event()).slice(1)).toEqual([
    'updated',
    'issued',
    'payment_received (quiet)',
    'partially_paid',
    'payment_received (quiet)',
    'paid',
  ])
})

test('the history is found by kind, by person and by time, page by page and one by one', async () => {
  const { w, berlin, invoice } = await start()
  const other = await w.newUser(berlin.entityId!)
  good(await payPart(other, invoice.id, 1))
  const path = `/receivables/${invoice.id}/history`
  const { data } = good(await berlin.get(path))
  expect(data.map(({ entity_user_id: u }: Body) => u === other.userId)).toEqual([false, false, true, true])
  expect(data[0].timestamp).toBe(invoice.created_at)
  expect(good(await berlin.get(`${path}?entity_user_id__in=${other.userId}`)).data).toEqual(data.slice(2))
  expect(good(await berlin.get(`${path}?timestamp__lt=${encodeURIComponent(data[2].timestamp)}`)).data).toEqual(data.slice(0, 2))
  const page = good(await berlin.get(`${path}?limit=3`))
  const next = good(await berlin.get(`${path}?pagination_token=${page.next_pagination_token}`))
  expect([...page.data, ...next.data]).toEqual(data)
  for (const record of data) expect(good(await berlin.get(`${path}/${record.id}`))).toEqual(record)
  const { id } = await draft(berlin, await ready(berlin))
  expect(no(await berlin.get(`/receivables/${id}/history/${data[0].id}`))[0]).toBe(404)
})
