import { describe, expect, test } from 'vitest'
import { billThatIs, completeBill, newBill, readBill } from '../../../../test/support/billing.ts'
import { draft, good, invoiceThatIs, issued, no, read, ready, runSchedule } from '../../../../test/support/invoicing.ts'
import { type Body, type Client, type World, world } from '../../../../test/support/world.ts'
import { type RecordState, recordFlow } from '../../../core/payments/record.flow.ts'

const DAY_MS = 86_400_000

async function start() {
  const w = await world()
  const made = await ready(w.berlin)
  return { w, berlin: w.berlin, made, invoice: await issued(w.berlin, made) }
}
type Kind = 'receivable' | 'payable'
const record = (who: Client, id: string, amount: number, more: object = {}, type: Kind = 'receivable') =>
  who.post('/payment_records', { amount, currency: 'EUR', object: { type, id }, ...more })
const money = ({ status, amount_paid, amount_due }: Body) => [status, amount_paid, amount_due]
const act = (who: Client, id: string, action: string, body: object = {}) => who.post(`/payment_records/${id}/${action}`, body)
/** What the books say: the sum of the records is what the document says was paid. */
async function sums(w: World, id: string) {
  const [row] = await w.sql(
    `select coalesce(sum(amount), 0)::bigint as sum from payment_records where object_id = $1 and status = 'succeeded'`,
    [id],
  )
  return Number((row as { sum: unknown }).sum)
}

describe('a payment of an invoice', () => {
  test('is a record that pays it in part, then in full, and says where it led', async () => {
    const { w, berlin, invoice } = await start()
    const first = good(await record(berlin, invoice.id, 48750, { payment_method: 'cash', payment_intent_id: invoice.id }))
    expect(first).toMatchObject({
      amount: 48750,
      currency: 'EUR',
      status: 'succeeded',
      is_external: true,
      overpaid_amount: 0,
      payment_method: 'cash',
      payment_intent_id: invoice.id,
      entity_user_id: berlin.userId,
      object: { type: 'receivable', id: invoice.id, old_status: 'issued', new_status: 'partially_paid' },
      history: [{ status: 'succeeded', entity_user_id: berlin.userId }],
    })
    expect(first.paid_at).not.toBeNull()
    expect(money(await read(berlin, invoice.id))).toEqual(['partially_paid', 48750, 100000])
    good(await record(berlin, invoice.id, 100000))
    expect(money(await read(berlin, invoice.id))).toEqual(['paid', 148750, 0])
    expect(await sums(w, invoice.id)).toBe(148750)
    const { data } = good(await berlin.get(`/receivables/${invoice.id}/history?event_type__in=payment_received`))
    expect(data.map(({ event_data }: Body) => event_data)).toEqual([
      { amount_paid: 48750, amount_due: 100000, comment: null },
      { amount_paid: 100000, amount_due: 0, comment: null },
    ])
    expect(good(await berlin.get(`/payment_records/${first.id}`))).toEqual(first)
  })

  test('of more than is due is taken, and what was too much is told once', async () => {
    const { w, berlin, invoice } = await start()
    const pay = async (amount: number) => good(await record(berlin, invoice.id, amount)).overpaid_amount
    expect(await pay(100000)).toBe(0)
    expect(await pay(48850)).toBe(100)
    expect(money(await read(berlin, invoice.id))).toEqual(['paid', 148850, 0])
    expect(good(await record(berlin, invoice.id, -100))).toMatchObject({
      overpaid_amount: 0,
      object: { old_status: 'paid', new_status: 'paid' },
    })
    expect(money(await read(berlin, invoice.id))).toEqual(['paid', 148750, 0])
    expect(await sums(w, invoice.id)).toBe(148750)
  })

  test('taken back opens the invoice again, and it can be paid once more', async () => {
    const { w, berlin, invoice } = await start()
    const first = good(await record(berlin, invoice.id, 148750))
    const steps = [[148750, 'paid']]
    for (const amount of [-148750, 148750]) {
      good(await record(berlin, invoice.id, amount))
      const { status, amount_paid, paid_at } = await read(berlin, invoice.id)
      expect(paid_at === null).toBe(status !== 'paid')
      expect(await sums(w, invoice.id)).toBe(amount_paid)
      steps.push([amount_paid, status])
    }
    expect(steps).toEqual([
      [148750, 'paid'],
      [0, 'issued'],
      [148750, 'paid'],
    ])
    expect(no(await berlin.patch(`/payment_records/${first.id}`, { payment_method: 'x' }))[0]).toBe(409)
    expect(no(await act(berlin, first.id, 'cancel'))[0]).toBe(409)
    const { data } = good(await berlin.get(`/receivables/${invoice.id}/history?event_type__in=status_changed`))
    expect(data.slice(-3).map(({ event_data }: Body) => event_data.new_status)).toEqual(['paid', 'issued', 'paid'])
    expect(no(await record(berlin, invoice.id, -148751))).toEqual([
      400,
      'amount: no more than the 148750 that were paid can go back',
    ])
  })

  test('taken back after the due date leaves the invoice overdue', async () => {
    const w = await world()
    const { berlin } = w
    const made = await ready(berlin)
    w.clock.advance(-15 * DAY_MS)
    const late = await issued(berlin, made)
    w.clock.set(null)
    good(await record(berlin, late.id, 148750))
    good(await record(berlin, late.id, -100))
    expect(money(await read(berlin, late.id))).toEqual(['overdue', 148650, 100])
    await runSchedule(w)
    good(await record(berlin, late.id, -148650))
    expect(money(await read(berlin, late.id))).toEqual(['overdue', 0, 148750])
    good(await record(berlin, late.id, 50))
    expect((await read(berlin, late.id)).status).toBe('overdue')
  })

  test('in another currency, of nothing, of a document that nobody pays, or in the future: refused, and nothing changes', async () => {
    const { w, berlin, made, invoice } = await start()
    const before = await read(berlin, invoice.id)
    expect(no(await record(berlin, invoice.id, 4000, { currency: 'USD' }))).toEqual([400, 'currency: this receivable is in EUR'])
    expect(no(await record(berlin, invoice.id, 0))[0]).toBe(400)
    const later = new Date(w.clock.now().getTime() + 2 * DAY_MS).toISOString()
    expect(no(await record(berlin, invoice.id, 100, { paid_at: later }))).toEqual([400, 'paid_at lies in the future'])
    expect(no(await record(berlin, invoice.id, 100, { entity_user_id: invoice.id }))[0]).toBe(400)
    const soon = new Date(w.clock.now().getTime() + DAY_MS / 2).toISOString()
    expect((await draft(berlin, made)).status).toBe('draft')
    expect(no(await record(berlin, (await draft(berlin, made)).id, 100))[0]).toBe(409)
    const quote = good(
      await berlin.post('/receivables', {
        ...made.invoice,
        type: 'quote',
        payment_terms_id: undefined,
        expiry_date: '2031-01-01',
      }),
    )
    expect(no(await record(berlin, quote.id, 100))).toEqual([400, "object: a quote isn't paid"])
    expect(no(await record(berlin, made.customer.id, 100))[0]).toBe(404)
    expect(await read(berlin, invoice.id)).toEqual(before)
    expect((await record(berlin, invoice.id, 100, { paid_at: soon })).status).toBe(201)
  })

  test.each(['paid', 'canceled', 'uncollectible'])('that is %s takes no more', async (status) => {
    const w = await world()
    const made = await ready(w.berlin)
    const id = await invoiceThatIs(w, w.berlin, made, status)
    expect(no(await record(w.berlin, id, 100))[0]).toBe(409)
  })

  test('that reaches what an open discount asks settles it, counted for the day it was made', async () => {
    const { berlin, made } = await start()
    const terms = { term_1: { number_of_days: 5, discount: 1000 }, term_final: { number_of_days: 30 } }
    const { id } = await issued(berlin, made, { payment_terms_id: undefined, payment_terms: terms })
    good(await record(berlin, id, 133875))
    expect(money(await read(berlin, id))).toEqual(['paid', 133875, 0])
  })

  test('marked as paid is a record, too; by hand twice at one moment it is taken as often as it fits', async () => {
    const { w, berlin, invoice } = await start()
    good(await berlin.post(`/receivables/${invoice.id}/mark_as_paid`, { comment: 'Cash' }))
    const { data } = good(await berlin.get(`/payment_records?object_id=${invoice.id}`))
    expect(data).toMatchObject([{ amount: 148750, is_external: true, status: 'succeeded', payment_intent_id: null }])
    const other = await issued(berlin, await ready(berlin))
    const answers = await Promise.all([
      ...[1, 2, 3].map(() => record(berlin, other.id, 148750)),
      berlin.post(`/receivables/${other.id}/mark_as_paid`, {}),
    ])
    expect(answers.filter(({ status }) => status < 300)).toHaveLength(1)
    expect(await sums(w, other.id)).toBe(148750)
  })
})

describe('a payment of a bill', () => {
  test('is a record for every way of paying it, and what the bill says was paid is their sum', async () => {
    const { w, berlin } = await start()
    const id = await billThatIs(berlin, 'waiting_to_be_paid')
    good(await berlin.post(`/payables/${id}/mark_as_partially_paid`, { amount_paid: 5000 }))
    good(await berlin.post(`/payables/${id}/mark_as_partially_paid`, { amount_paid: 4000 }))
    good(await record(berlin, id, 1000, {}, 'payable'))
    good(await berlin.post(`/payables/${id}/mark_as_paid`, { comment: 'Done' }))
    expect(money(await readBill(berlin, id))).toEqual(['paid', 7136, 0])
    good(await w.partner.post(`/internal/payables/${id}/revert_payment`, { amount_paid: 136 }))
    const { data } = good(await berlin.get(`/payment_records?object_id=${id}&object_type=payable`))
    expect(data.map(({ amount, object }: Body) => [amount, object.old_status, object.new_status])).toEqual([
      [5000, 'waiting_to_be_paid', 'partially_paid'],
      [-1000, 'partially_paid', 'partially_paid'],
      [1000, 'partially_paid', 'partially_paid'],
      [2136, 'partially_paid', 'paid'],
      [-7000, 'paid', 'partially_paid'],
    ])
    expect(money(await readBill(berlin, id))).toEqual(['partially_paid', 136, 7000])
    good(await record(berlin, id, -136, {}, 'payable'))
    expect(money(await readBill(berlin, id))).toEqual(['waiting_to_be_paid', 0, 7136])
    // All that was paid went back: the bill may be opened again.
    expect(good(await berlin.post(`/payables/${id}/reopen`)).status).toBe('new')
  })

  test('too much of it is taken and told; back to the total the bill stays paid', async () => {
    const { berlin } = await start()
    const id = await billThatIs(berlin, 'waiting_to_be_paid')
    expect(good(await record(berlin, id, 8000, {}, 'payable')).overpaid_amount).toBe(864)
    expect(money(await readBill(berlin, id))).toEqual(['paid', 8000, 0])
    good(await record(berlin, id, -864, {}, 'payable'))
    expect(money(await readBill(berlin, id))).toEqual(['paid', 7136, 0])
    expect(no(await record(berlin, id, 1, {}, 'payable'))[0]).toBe(409)
  })

  test('with what an open discount takes off settles it', async () => {
    const { w, berlin } = await start()
    const today = w.clock.now().toISOString().slice(0, 10)
    const payment_terms = { name: '2/10', term_1: { number_of_days: 10, discount: 200 }, term_final: { number_of_days: 30 } }
    const { id } = await completeBill(berlin, { issued_at: today, due_date: undefined, payment_terms })
    good(await berlin.post(`/payables/${id}/approve_payment_operation`))
    const { amount_to_pay } = await readBill(berlin, id)
    expect(amount_to_pay).toBeLessThan(7136)
    good(await record(berlin, id, amount_to_pay, {}, 'payable'))
    expect(money(await readBill(berlin, id))).toEqual(['paid', amount_to_pay, 0])
  })

  test('that its document states is a record, which follows the bill as long as it is read and typed', async () => {
    const { w, berlin } = await start()
    const { id } = await newBill(berlin, { currency: undefined })
    good(await berlin.patch(`/payables/${id}`, { amount_paid: 500 }))
    expect(good(await berlin.get(`/payment_records?object_id=${id}`)).data).toEqual([])
    expect(await sums(w, id)).toBe(500)
    good(await berlin.patch(`/payables/${id}`, { currency: 'USD' }))
    good(await berlin.patch(`/payables/${id}`, { currency: 'EUR', amount_paid: 300 }))
    const { data } = good(await berlin.get(`/payment_records?object_id=${id}`))
    expect(data.map(({ amount, currency }: Body) => [amount, currency])).toEqual([
      [500, 'EUR'],
      [-200, 'EUR'],
    ])
    expect(await readBill(berlin, id)).toMatchObject({ amount_paid: 300 })
  })

  test.each(['draft', 'approve_in_progress', 'paid', 'rejected', 'canceled'] as const)(
    'that is %s takes none',
    async (status) => {
      const { berlin } = await start()
      const id = await billThatIs(berlin, status)
      expect(no(await record(berlin, id, 100, {}, 'payable'))[0]).toBe(409)
      expect(await readBill(berlin, id)).toMatchObject({ status })
    },
  )

  test('that is new is taken only in full', async () => {
    const { berlin } = await start()
    const id = await billThatIs(berlin, 'new')
    expect(no(await record(berlin, id, 100, {}, 'payable'))[0]).toBe(409)
    good(await record(berlin, id, 7136, {}, 'payable'))
    expect(money(await readBill(berlin, id))).toEqual(['paid', 7136, 0])
  })
})

describe('a record that waits', () => {
  test('changes nothing until it succeeds, and notes who took it where', async () => {
    const { berlin, invoice } = await start()
    const planned = good(
      await record(berlin, invoice.id, 100, { status: 'created', planned_payment_date: '2031-01-01', paid_at: null }),
    )
    expect(planned).toMatchObject({ status: 'created', paid_at: null, planned_payment_date: '2031-01-01' })
    expect(planned.object).toMatchObject({ old_status: 'issued', new_status: 'issued' })
    expect((await read(berlin, invoice.id)).amount_paid).toBe(0)
    good(await berlin.patch(`/payment_records/${planned.id}`, { amount: 200, payment_method: 'wire' }))
    good(await act(berlin, planned.id, 'start_processing', { payment_intent_status: 'sent' }))
    const done = good(await act(berlin, planned.id, 'mark_as_succeeded', { paid_at: '2025-01-01T00:00:00Z' }))
    expect(done).toMatchObject({
      amount: 200,
      status: 'succeeded',
      paid_at: '2025-01-01T00:00:00+00:00',
      payment_intent_status: 'sent',
      object: { old_status: 'issued', new_status: 'partially_paid' },
    })
    expect(done.history.map(({ status }: Body) => status)).toEqual(['created', 'processing', 'succeeded'])
    expect((await read(berlin, invoice.id)).amount_paid).toBe(200)
  })

  test('is refused when the invoice was settled meanwhile', async () => {
    const { berlin, invoice } = await start()
    const planned = good(await record(berlin, invoice.id, 100, { status: 'processing' }))
    good(await berlin.post(`/receivables/${invoice.id}/mark_as_paid`, {}))
    expect(no(await act(berlin, planned.id, 'mark_as_succeeded', { paid_at: '2025-01-01T00:00:00Z' }))[0]).toBe(409)
    expect(good(await act(berlin, planned.id, 'cancel')).status).toBe('canceled')
  })

  test('can be moved to another document, where everything is asked again', async () => {
    const { berlin, made, invoice } = await start()
    const other = await issued(berlin, made)
    const { id } = good(await record(berlin, invoice.id, 100, { status: 'created' }))
    const moved = good(await berlin.patch(`/payment_records/${id}`, { object: { type: 'receivable', id: other.id } }))
    expect(moved.object.id).toBe(other.id)
    expect(no(await berlin.patch(`/payment_records/${id}`, { currency: 'USD' }))[0]).toBe(400)
    expect(no(await berlin.patch(`/payment_records/${id}`, { amount: 0 }))[0]).toBe(400)
    const bill = await billThatIs(berlin, 'draft')
    expect(no(await berlin.patch(`/payment_records/${id}`, { object: { type: 'payable', id: bill } }))[0]).toBe(409)
  })

  test.each(recordFlow.states)('and is %s takes the steps its status allows, and no others', async (state: RecordState) => {
    const { berlin, invoice } = await start()
    const steps = [
      ['start', 'start_processing', {}],
      ['succeed', 'mark_as_succeeded', { paid_at: '2025-01-01T00:00:00Z' }],
      ['cancel', 'cancel', {}],
    ] as const
    const make = async () => {
      const status = state === 'canceled' ? 'created' : state
      const { id } = good(await record(berlin, invoice.id, 1, { status }))
      if (state === 'canceled') good(await act(berlin, id, 'cancel'))
      return id
    }
    for (const [action, path, body] of steps) {
      const id = await make()
      const answer = await act(berlin, id, path, body)
      const next = recordFlow.table[state][action]
      expect([action, answer.status, answer.body.status]).toEqual([action, next ? 200 : 409, next])
    }
    const edit = await berlin.patch(`/payment_records/${await make()}`, { payment_method: 'x' })
    expect(edit.status).toBe(recordFlow.table[state].edit ? 200 : 409)
  })
})

test('lists are narrowed by every filter; what is still to come is newest', async () => {
  const { berlin, invoice, made } = await start()
  const other = await issued(berlin, made)
  const old = good(await record(berlin, invoice.id, 300, { paid_at: '2025-01-01T00:00:00Z', payment_method: 'cash' }))
  const recent = good(await record(berlin, invoice.id, 100, { payment_intent_status: 'ok' }))
  const planned = good(await record(berlin, other.id, 200, { status: 'created', planned_payment_date: '2031-01-02' }))
  const ids = async (query: string) =>
    good(await berlin.get(`/payment_records?${query}`)).data.map(({ id }: Body) => id as string)
  const about = `object_id__in=${invoice.id}&object_id__in=${other.id}`
  expect(await ids(`${about}&sort=paid_at&order=desc&limit=100`)).toEqual([planned.id, recent.id, old.id])
  expect(await ids(`${about}&sort=amount`)).toEqual([recent.id, planned.id, old.id])
  expect(await ids(`object_id=${other.id}`)).toEqual([planned.id])
  expect(await ids('status=created')).toEqual([planned.id])
  expect(await ids('payment_method=cash')).toEqual([old.id])
  expect(await ids('payment_intent_status=ok')).toEqual([recent.id])
  expect(await ids('planned_payment_date__gte=2031-01-02')).toEqual([planned.id])
  expect(await ids('paid_at__lt=2025-06-01T00:00:00Z')).toEqual([old.id])
  expect(await ids('object_type=payable')).toEqual([])
  expect(await ids('is_external=false')).toEqual([])
  const page = good(await berlin.get(`/payment_records?${about}&sort=paid_at&order=desc&limit=1`))
  const next = good(await berlin.get(`/payment_records?pagination_token=${page.next_pagination_token}`))
  expect(next.data.map(({ id }: Body) => id)).toEqual([recent.id])
  const last = good(await berlin.get(`/payment_records?pagination_token=${next.next_pagination_token}`))
  expect(last.data.map(({ id }: Body) => id)).toEqual([old.id])
})

test('a role that may not read invoices books no payment of one, and whoever is held to their own books none of others', async () => {
  const { w, berlin, invoice } = await start()
  const user = async (receivable: string) =>
    w.newUser(berlin.entityId!, {
      objects: [
        {
          object_type: 'payment_record',
          actions: ['create', 'read'].map((action_name) => ({ action_name, permission: 'allowed' })),
        },
        { object_type: 'receivable', actions: [{ action_name: 'read', permission: receivable }] },
      ],
    })
  expect(no(await record(await user('not_allowed'), invoice.id, 100))[0]).toBe(403)
  expect(no(await record(await user('allowed_for_own'), invoice.id, 100))[0]).toBe(403)
  expect((await record(await user('allowed'), invoice.id, 100)).status).toBe(201)
})

test('the database itself refuses a bill or an invoice that says what no record says', async () => {
  const { w, berlin, invoice } = await start()
  const id = await billThatIs(berlin, 'waiting_to_be_paid')
  await expect(w.sql(`update payables set amount_paid = 5 where id = $1`, [id])).rejects.toThrow('its records come to 0')
  await expect(
    w.sql(`update receivables set amount_paid = 5, amount_due = amount_due - 5 where id = $1`, [invoice.id]),
  ).rejects.toThrow('its records come to 0')
  await expect(w.sql(`update receivables set amount_due = 1 where id = $1`, [invoice.id])).rejects.toThrow('receivables_due')
})
