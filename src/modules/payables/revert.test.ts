import { expect, test } from 'vitest'
import { billThatIs, readBill, statuses } from '../../../test/support/billing.ts'
import { no } from '../../../test/support/invoicing.ts'
import { type Body, type Client, world } from '../../../test/support/world.ts'

/** Payments that are taken back, as whoever reconciles bank statements does it for the partner. */

const revert = (who: Client, id: string, amount_paid: number) =>
  who.post(`/internal/payables/${id}/revert_payment`, { amount_paid })
const state = ({ status, amount_paid, amount_due, paid_at }: Body) => ({ status, amount_paid, amount_due, paid_at })

test('what stays paid decides the state, and nothing says any more who paid when', async () => {
  const { berlin, partner } = await world()
  const id = await billThatIs(berlin, 'paid')
  const { total_amount } = await readBill(berlin, id)
  const { status, body } = await revert(partner, id, 1000)
  expect(status).toBe(200)
  expect(state(body)).toEqual({
    status: 'partially_paid',
    amount_paid: 1000,
    amount_due: total_amount - 1000,
    paid_at: null,
  })
  expect(body.marked_as_paid_by_entity_user_id ?? null).toBeNull()
  expect(state((await revert(partner, id, 0)).body)).toEqual({
    status: 'waiting_to_be_paid',
    amount_paid: 0,
    amount_due: total_amount,
    paid_at: null,
  })
  expect(state(await readBill(berlin, id))).toEqual(state((await berlin.get(`/payables/${id}`)).body))
})

test('it is for the partner, about its own payables, and leaves something to pay', async () => {
  const w = await world()
  const stranger = await world()
  const id = await billThatIs(w.berlin, 'paid')
  const { total_amount } = await readBill(w.berlin, id)
  expect((await revert(w.nobody, id, 0)).status).toBe(401)
  expect((await revert(w.berlin, id, 0)).status).toBe(403)
  expect(no(await revert(stranger.partner, id, 0))).toEqual([404, 'Payable not found'])
  expect((await revert(w.partner, id, -1)).status).toBe(422)
  expect((await revert(w.partner, id, total_amount)).status).toBe(400)
  expect(await readBill(w.berlin, id)).toMatchObject({ status: 'paid', amount_paid: total_amount })
})

test('an answer that got lost is answered again under its key', async () => {
  const { berlin, partner } = await world()
  const id = await billThatIs(berlin, 'paid')
  const ask = () =>
    partner.post(`/internal/payables/${id}/revert_payment`, { amount_paid: 1 }, { headers: { 'idempotency-key': 'once' } })
  const first = await ask()
  expect(first.status).toBe(200)
  expect((await ask()).body).toEqual(first.body)
})

test.each(statuses.filter((status) => status !== 'paid' && status !== 'partially_paid'))(
  'a payable that is %s has no payment to take back',
  async (status) => {
    const { berlin, partner } = await world()
    const id = await billThatIs(berlin, status)
    const before = await readBill(berlin, id)
    expect((await revert(partner, id, 0)).status).toBe(409)
    expect(await readBill(berlin, id)).toEqual(before)
  },
)
