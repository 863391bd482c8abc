import { expect, test } from 'vitest'
import { addItem, completeBill, newBill } from '../../../test/support/billing.ts'
import { good, no } from '../../../test/support/invoicing.ts'
import { type Body, type Client, permissions, world } from '../../../test/support/world.ts'

/** What the life of a bill tells afterwards. */

const told = async (who: Client, id: string): Promise<Body[]> => good(await who.get(`/payables/${id}/history`)).data
const types = async (who: Client, id: string) => (await told(who, id)).map(({ event_type }) => event_type)
const last = async (who: Client, id: string) => (await told(who, id)).at(-1)
const act = async (who: Client, id: string, action: string, body?: object) =>
  good(await who.post(`/payables/${id}/${action}`, body))
const day = (offset = 0) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10)

test('each type of event is told once for what it is about, with its data and who it was', async () => {
  const w = await world()
  const { berlin } = w
  const { id } = await newBill(berlin, { issued_at: day(-9), due_date: day(9) })
  expect(await last(berlin, id)).toMatchObject({
    event_type: 'payable_created',
    event_data: { payable_source: 'upload' },
    payable_id: id,
    entity_user_id: berlin.userId,
  })
  good(await berlin.patch(`/payables/${id}`, { description: 'x' }))
  expect(await last(berlin, id)).toMatchObject({ event_type: 'payable_updated', event_data: {} })
  await addItem(berlin, id)
  expect((await types(berlin, id)).slice(2)).toEqual(['payable_updated', 'status_changed'])
  expect((await last(berlin, id))!.event_data).toEqual({ old_status: 'draft', new_status: 'new' })
  const file = { bytes: Buffer.from('%PDF-1.7 x'), name: 'later.pdf' }
  const { file: kept } = good(await berlin.upload('POST', `/payables/${id}/attach_file`, file))
  const attached = (await told(berlin, id)).filter(({ event_type }) => event_type === 'file_attached')
  expect(attached.map(({ event_data }) => event_data)).toEqual([{ file_name: 'later.pdf', file_size: 10, url: kept.url }])
  const note = good(
    await berlin.post('/payable_credit_notes', {
      document_id: 'CN-7',
      issued_at: day(-1),
      based_on: id,
      subtotal: 1,
      tax_amount: 0,
      total_amount: 1,
    }),
  )
  const credit = { credit_note_id: note.id, credit_note_document_id: 'CN-7' }
  expect(await last(berlin, id)).toMatchObject({ event_type: 'credit_note_linked', event_data: credit })
  good(await berlin.patch(`/payable_credit_notes/${note.id}`, { based_on: null }))
  expect(await last(berlin, id)).toMatchObject({ event_type: 'credit_note_unlinked', event_data: credit })
  good(await berlin.patch(`/payable_credit_notes/${note.id}`, { based_on: id }))
  expect((await berlin.delete(`/payable_credit_notes/${note.id}`)).status).toBe(204)
  expect((await types(berlin, id)).slice(-2)).toEqual(['credit_note_linked', 'credit_note_unlinked'])
})

test('every change of the status is told, from where to where, in order', async () => {
  const w = await world()
  const { berlin, partner } = w
  const { id } = await completeBill(berlin)
  for (const [action, body] of [
    ['submit_for_approval'],
    ['reject'],
    ['reopen'],
    ['submit_for_approval'],
    ['approve_payment_operation'],
    ['reopen'],
    ['approve_payment_operation'],
    ['mark_as_partially_paid', { amount_paid: 1 }],
    // Paid in part once more, the bill stays what it is.
    ['mark_as_partially_paid', { amount_paid: 2 }],
    ['mark_as_paid'],
  ] as const)
    await act(berlin, id, action, body)
  good(await partner.post(`/internal/payables/${id}/revert_payment`, { amount_paid: 0 }))
  await act(w.partnerIn(berlin.entityId!), id, 'mark_as_paid')
  const moves = (await told(berlin, id)).filter(({ event_type }) => event_type === 'status_changed')
  expect((await types(berlin, id)).slice(-5)).toEqual(['status_changed', 'payable_updated', ...Array(3).fill('status_changed')])
  const path = ['draft', 'new', 'approve_in_progress', 'rejected', 'new', 'approve_in_progress', 'waiting_to_be_paid', 'new']
  path.push('waiting_to_be_paid', 'partially_paid', 'paid', 'waiting_to_be_paid', 'paid')
  expect(moves.map(({ event_data }) => event_data)).toEqual(
    path.slice(1).map((new_status, i) => ({ old_status: path[i], new_status })),
  )
  expect(moves.at(-1)!.entity_user_id).toBeNull()
  const { id: given } = await completeBill(berlin)
  await act(berlin, given, 'cancel')
  expect((await last(berlin, given))!.event_data).toEqual({ old_status: 'new', new_status: 'canceled' })
})

test('a bill that came by mail, or from the network, says so', async () => {
  const w = await world()
  const { id } = await newBill(w.berlin)
  for (const source of ['email', 'einvoicing']) {
    await w.sql(`update events set event = $2, data = $3 where object_id = $1 and event like 'created%'`, [
      id,
      source === 'email' ? 'created_from_mail' : 'created',
      JSON.stringify({ payable_source: source }),
    ])
    expect((await told(w.berlin, id))[0]).toMatchObject({ event_type: 'payable_created', event_data: { payable_source: source } })
  }
})

test('the history is filtered, sorted and paged; whoever sees their own sees what others did to it', async () => {
  const w = await world()
  const own = await w.newUser(w.berlin.entityId!, permissions({}, 'allowed_for_own'))
  const { id } = await completeBill(own)
  good(await w.berlin.patch(`/payables/${id}`, { description: 'x' }))
  await act(w.berlin, id, 'cancel')
  const all = await told(own, id)
  expect(all.map(({ entity_user_id }) => entity_user_id)).toContain(w.berlin.userId)
  const found = async (query: string) => good(await own.get(`/payables/${id}/history?${query}`)).data.map(({ id }: Body) => id)
  const those = (test: (one: Body) => boolean) => all.filter(test).map(({ id }) => id)
  const at = all[2]!.timestamp
  const e = encodeURIComponent
  for (const [query, right] of [
    ['event_type__in=status_changed', those((one) => one.event_type === 'status_changed')],
    ['event_type__in=payable_created&event_type__in=payable_updated', those((one) => one.event_type !== 'status_changed')],
    [`entity_user_id__in=${w.berlin.userId}`, those((one) => one.entity_user_id === w.berlin.userId)],
    [`timestamp__gt=${e(at)}`, those((one) => one.timestamp > at)],
    [`timestamp__gte=${e(at)}`, those((one) => one.timestamp >= at)],
    [`timestamp__lt=${e(at)}`, those((one) => one.timestamp < at)],
    [`timestamp__lte=${e(at)}`, those((one) => one.timestamp <= at)],
    ['sort=timestamp&order=desc', those(() => true).reverse()],
  ] as const) {
    expect(right.length).toBeGreaterThan(0)
    expect([query, await found(query)]).toEqual([query, right])
  }
  const first = good(await own.get(`/payables/${id}/history?limit=2`))
  const rest = good(await own.get(`/payables/${id}/history?pagination_token=${first.next_pagination_token}&limit=2`))
  expect([...first.data, ...rest.data]).toEqual(all.slice(0, 4))
  const other = await newBill(w.berlin)
  expect(no(await own.get(`/payables/${other.id}/history`))[0]).toBe(403)
  expect(no(await w.paris.get(`/payables/${id}/history`))[0]).toBe(404)
})
