import { describe, expect, test } from 'vitest'
import { completeBill, newBill, readBill } from '../../../../test/support/billing.ts'
import { good, no } from '../../../../test/support/invoicing.ts'
import { type Body, type Client, type World, world } from '../../../../test/support/world.ts'

const day = (offset = 0) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10)
const newNote = async (who: Client, more: object = {}): Promise<Body> =>
  good(
    await who.post('/payable_credit_notes', {
      document_id: 'CN-1',
      issued_at: day(-1),
      currency: 'EUR',
      subtotal: 1000,
      tax_amount: 190,
      total_amount: 1190,
      ...more,
    }),
  )
const act = async (who: Client, id: string, action: string) => good(await who.post(`/payable_credit_notes/${id}/${action}`))
const show = async (who: Client, id: string): Promise<Body> => good(await who.get(`/payable_credit_notes/${id}`))
const rules = async (w: World, payable: object) => good(await w.partner.patch('/settings', { payable }, { beyond: true }))
const past = { issued_at: day(-10), due_date: day(20) }

describe('an approved note is applied as soon as its bill is to be paid', () => {
  test.each([
    ['approve_payment_operation', ['approve_payment_operation'], 'waiting_to_be_paid'],
    ['mark_as_paid', ['mark_as_paid'], 'paid'],
    ['the settings', [], 'waiting_to_be_paid'],
  ])('by %s', async (_name, steps, status) => {
    const { berlin } = await world()
    const { id } = await completeBill(berlin, past)
    const note = await newNote(berlin, { based_on: id })
    expect((await act(berlin, note.id, 'approve')).status).toBe('approved')
    for (const step of steps) good(await berlin.post(`/payables/${id}/${step}`))
    if (steps.length === 0) {
      good(await berlin.patch(`/payables/${id}`, { document_id: null }))
      good(await berlin.patch(`/entities/${berlin.entityId}/settings`, { payables_skip_approval_flow: true }))
      good(await berlin.patch(`/payables/${id}`, { document_id: 'R-1' }))
    }
    expect(await readBill(berlin, id)).toMatchObject({ status, credit_notes: [{ status: 'applied' }] })
    expect((await show(berlin, note.id)).status).toBe('applied')
  })
})

const upload = async (w: World) =>
  good(
    await w.berlin.upload('POST', '/payable_credit_notes/upload_from_file', { bytes: Buffer.from('%PDF-1.7 x'), name: 'c.pdf' }),
  )

describe('a note whose file is being read', () => {
  test('is neither changed nor given lines; it may be canceled, and stays so when the reading ends', async () => {
    const w = await world()
    const { id } = await upload(w)
    const path = `/payable_credit_notes/${id}`
    expect(no(await w.berlin.patch(path, { description: 'x' }))[0]).toBe(409)
    expect(no(await w.berlin.post(`${path}/line_items`, { quantity: 1, unit_price: 1 }))[0]).toBe(409)
    const canceled = await act(w.berlin, id, 'cancel')
    expect(canceled).toMatchObject({ status: 'canceled', ocr_status: 'canceled' })
    await w.work()
    expect(await show(w.berlin, id)).toEqual(canceled)
  })

  test('may be edited once nobody waits for it', async () => {
    const w = await world()
    const { id } = await upload(w)
    expect((await act(w.berlin, id, 'cancel_ocr')).status).toBe('draft')
    expect(good(await w.berlin.patch(`/payable_credit_notes/${id}`, { description: 'x' })).description).toBe('x')
    expect(no(await w.berlin.post(`/payable_credit_notes/${id}/cancel_ocr`))[0]).toBe(409)
  })
})

test('a bill that is canceled while its file is read stays as it is', async () => {
  const w = await world()
  await rules(w, { allow_cancel_duplicates_automatically: true })
  const file = { bytes: Buffer.from('%PDF-1.7 x'), name: 'b.pdf' }
  const { id } = good(await w.berlin.upload('POST', '/payables/upload_from_file', file))
  const canceled = good(await w.berlin.post(`/payables/${id}/cancel`))
  expect(canceled).toMatchObject({ status: 'canceled', ocr_status: 'canceled' })
  await w.work()
  expect(await readBill(w.berlin, id)).toEqual(canceled)
})

describe('the vendor of a note', () => {
  const address = { country: 'DE', city: 'Bonn', postal_code: '53111', line1: 'Markt 1' }
  const counterpart = async (who: Client, legal_name: string, more: object = {}): Promise<Body> =>
    good(
      await who.post('/counterparts', {
        type: 'organization',
        organization: { legal_name, is_customer: false, is_vendor: true, address },
        ...more,
      }),
    )

  test('takes its parts along when another takes its place', async () => {
    const { berlin } = await world()
    const [a, b] = [await counterpart(berlin, 'A'), await counterpart(berlin, 'B')]
    const note = await newNote(berlin, { counterpart_id: a.id, counterpart_address_id: a.default_billing_address_id })
    expect(note.counterpart_address_id).toBe(a.default_billing_address_id)
    const changed = good(await berlin.patch(`/payable_credit_notes/${note.id}`, { counterpart_id: b.id }))
    expect(changed).toMatchObject({ counterpart_id: b.id, counterpart_address_id: null })
  })

  test.each(['submit_for_approval', 'approve'])('is found or made at the last chance: %s', async (action) => {
    const w = await world()
    const { id: based_on } = await completeBill(w.berlin, past)
    const note = async (counterpart_raw: object, document_id: string) => {
      const { id } = await newNote(w.berlin, { based_on, document_id })
      await w.sql(`update payable_credit_notes set counterpart_raw = $2 where id = $1`, [id, JSON.stringify(counterpart_raw)])
      return id
    }
    await rules(w, { allow_counterpart_autolinking: true, allow_counterpart_autocreation: true })
    const known = await counterpart(w.berlin, 'Known', { tax_id: '7' })
    expect(await act(w.berlin, await note({ tax_id: '7' }, 'CN-1'), action)).toMatchObject({
      counterpart_id: known.id,
      counterpart: { name: 'Known' },
    })
    const made = await act(w.berlin, await note({ name: 'Nova KG', address }, 'CN-2'), action)
    expect(good(await w.berlin.get(`/counterparts/${made.counterpart_id}`)).created_automatically).toBe(true)
    expect(await act(w.berlin, await note({ name: 'Poor' }, 'CN-3'), action)).toMatchObject({
      counterpart_id: null,
      counterpart: { name: 'Poor' },
    })
  })
})

test('a line whose price is taken away comes to nothing', async () => {
  const { berlin } = await world()
  const { id } = await newBill(berlin)
  const add = async (path: string, body: object) => good(await berlin.post(path, body))
  const line = await add(`/payables/${id}/line_items`, { quantity: 2, unit_price: 500, tax: 1000 })
  const path = `/payables/${id}/line_items/${line.id}`
  expect(good(await berlin.patch(path, { unit_price: null }))).toMatchObject({ subtotal: null, tax_amount: null, total: null })
  expect((await readBill(berlin, id)).total_amount).toBe(0)
  // What was sent as a sum stays until there is something to compute it from.
  const { data } = good(await berlin.put(`/payables/${id}/line_items`, { data: [{ subtotal: 1000, tax: 1000 }] }))
  const sent = `/payables/${id}/line_items/${data[0].id}`
  expect(good(await berlin.patch(sent, { name: 'x' }))).toMatchObject({ subtotal: 1000, total: 1100 })
  expect(good(await berlin.patch(sent, { tax: 500 }))).toMatchObject({ subtotal: 1000, total: 1050 })
  expect(good(await berlin.patch(sent, { quantity: 1, unit_price: 7 }))).toMatchObject({ subtotal: 7, total: 7 })
  const note = await newNote(berlin)
  const own = await add(`/payable_credit_notes/${note.id}/line_items`, { quantity: 2, unit_price: 500 })
  const there = `/payable_credit_notes/${note.id}/line_items/${own.id}`
  expect(good(await berlin.patch(there, { quantity: null }))).toMatchObject({ subtotal: null, total: null })
})
