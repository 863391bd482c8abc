import { describe, expect, test } from 'vitest'
import { completeBill, readBill } from '../../../../test/support/billing.ts'
import { good, no } from '../../../../test/support/invoicing.ts'
import { type Body, type Client, world } from '../../../../test/support/world.ts'
import { type CreditNoteAction, creditNoteFlow } from './credit-notes.service.ts'

const day = (offset = 0) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10)
/** Bills of the tests are issued in 2031; notes for them have to be later, and not in the future. */
const past = { issued_at: day(-10) }
const noteBody = (based_on: string | null, more: object = {}) => ({
  document_id: 'CN-1',
  issued_at: day(-1),
  currency: 'EUR',
  subtotal: 1000,
  tax_amount: 190,
  total_amount: 1190,
  ...(based_on && { based_on }),
  ...more,
})
const newNote = async (who: Client, based_on: string | null, more: object = {}): Promise<Body> =>
  good(await who.post('/payable_credit_notes', JSON.parse(JSON.stringify(noteBody(based_on, more)))))
const act = (who: Client, id: string, action: string) => who.post(`/payable_credit_notes/${id}/${action}`)
const read = async (who: Client, id: string) => good(await who.get(`/payable_credit_notes/${id}`))

/** A bill that was issued ten days ago, in a status. */
async function oldBill(who: Client, ...steps: string[]): Promise<Body> {
  const { id } = await completeBill(who, { ...past, due_date: day(20) })
  for (const step of steps) good(await who.post(`/payables/${id}/${step}`))
  return readBill(who, id)
}

describe('a credit note of a vendor', () => {
  test('is complete or a draft, and belongs to its bill from the first moment', async () => {
    const { berlin } = await world()
    const { id, document_id } = await oldBill(berlin)
    const note = await newNote(berlin, id)
    expect(note).toMatchObject({
      status: 'new',
      origin: 'upload',
      source_of_data: 'user_specified',
      based_on: id,
      based_on_document_id: document_id,
      created_by_user_id: berlin.userId,
      file_url: null,
    })
    expect(await readBill(berlin, id)).toMatchObject({
      credit_notes: [{ id: note.id, document_id: 'CN-1', status: 'new', total_amount: 1190 }],
      total_amount_with_credit_notes: 7136,
    })
    const { data: history } = good(await berlin.get(`/payables/${id}/history`))
    expect(history.at(-1)).toMatchObject({
      event_type: 'credit_note_linked',
      event_data: { credit_note_id: note.id, credit_note_document_id: 'CN-1' },
    })
    const poor = good(await berlin.post('/payable_credit_notes', { document_id: 'CN-2', issued_at: day() }))
    expect(poor).toMatchObject({ status: 'draft', currency: 'EUR', based_on: null })
    const { validation_errors } = good(await berlin.get(`/payable_credit_notes/${poor.id}/validate`))
    expect(validation_errors.map(({ loc }: Body) => loc[0])).toEqual(['based_on', 'tax_amount', 'total_amount', 'subtotal'])
    good(await berlin.patch(`/payable_credit_notes/${note.id}`, { based_on: null }))
    expect((await readBill(berlin, id)).credit_notes).toEqual([])
  })

  test('is added up from its lines as soon as it has some', async () => {
    const { berlin } = await world()
    const { id: billId } = await oldBill(berlin)
    const { id } = await newNote(berlin, billId)
    const line = good(
      await berlin.post(`/payable_credit_notes/${id}/line_items`, { name: 'Paper', quantity: 2, unit_price: 500, tax: 1900 }),
    )
    expect(line).toMatchObject({ subtotal: 1000, tax_amount: 190, total: 1190, credit_note_id: id })
    good(await berlin.patch(`/payable_credit_notes/${id}/line_items/${line.id}`, { quantity: 3 }))
    expect(await read(berlin, id)).toMatchObject({ status: 'new', subtotal: 1500, total_amount: 1785, tax: 1900 })
    const other = good(await berlin.post(`/payable_credit_notes/${id}/line_items`, { quantity: 1, unit_price: 100 }))
    const left = good(await berlin.delete(`/payable_credit_notes/${id}/line_items/${line.id}`))
    expect(left.data).toMatchObject([{ id: other.id }])
    const put = good(await berlin.put(`/payable_credit_notes/${id}/line_items`, { data: [{ quantity: 1, unit_price: 7 }] }))
    expect(good(await berlin.get(`/payable_credit_notes/${id}/line_items?total__gte=7&name__icontains=`)).data).toEqual([])
    expect(good(await berlin.get(`/payable_credit_notes/${id}/line_items?total__gte=7`)).data).toEqual(put.data)
    expect(await read(berlin, id)).toMatchObject({ total_amount: 7 })
  })

  test('goes together with its bill, or is refused', async () => {
    const { berlin } = await world()
    const open = await oldBill(berlin)
    const canceled = await oldBill(berlin, 'cancel')
    const nowhere = '3c90c3cc-0d44-4b50-8888-8dd25736052a'
    for (const [more, based_on] of [
      [{ issued_at: day(2) }, open.id],
      [{ issued_at: day(-11) }, open.id],
      [{ currency: 'USD' }, open.id],
      [{ total_amount: 7137 }, open.id],
      [{}, canceled.id],
      [{}, nowhere],
      [{ counterpart_id: nowhere }, open.id],
      [{ tag_ids: [nowhere] }, open.id],
    ] as const)
      expect([more, no(await berlin.post('/payable_credit_notes', noteBody(based_on, more)))[0]]).toEqual([more, 400])
    await newNote(berlin, open.id, { subtotal: undefined })
    expect(no(await berlin.post('/payable_credit_notes', noteBody(open.id)))[0]).toBe(409)
    expect((await readBill(berlin, open.id)).credit_notes).toHaveLength(1)
  })
})

describe('approved', () => {
  test('it lowers what is owed, and is applied once the bill is approved, too', async () => {
    const { w, berlin } = await world().then((w) => ({ w, berlin: w.berlin }))
    const open = await oldBill(berlin)
    const first = await newNote(berlin, open.id)
    expect(good(await act(berlin, first.id, 'approve')).status).toBe('approved')
    expect(await readBill(berlin, open.id)).toMatchObject({
      status: 'new',
      total_amount_with_credit_notes: 5946,
      amount_due: 5946,
    })
    good(await berlin.post(`/payables/${open.id}/approve_payment_operation`))
    expect((await read(berlin, first.id)).status).toBe('applied')
    const second = await newNote(berlin, open.id, { document_id: 'CN-2' })
    good(await act(berlin, second.id, 'submit_for_approval'))
    expect(good(await act(berlin, second.id, 'approve')).status).toBe('applied')
    expect(await readBill(berlin, open.id)).toMatchObject({ status: 'waiting_to_be_paid', amount_due: 4756 })
    const events = await w.sql<{ event: string }>(`select event from events where object_id = $1 order by created_at`, [
      second.id,
    ])
    expect(events.map(({ event }) => event)).toEqual(['created', 'updated', 'submitted_for_approval', 'approved', 'applied'])
  })

  test('it pays the bill that it covers', async () => {
    const { berlin } = await world()
    const open = await oldBill(berlin, 'approve_payment_operation')
    good(await berlin.post(`/payables/${open.id}/mark_as_partially_paid`, { amount_paid: 7136 - 1190 }))
    const note = await newNote(berlin, open.id)
    good(await act(berlin, note.id, 'approve'))
    expect(await readBill(berlin, open.id)).toMatchObject({ status: 'paid', amount_due: 0 })
  })

  test('notes at once never take more than the bill', async () => {
    const { berlin } = await world()
    const open = await oldBill(berlin, 'approve_payment_operation')
    const attempts = await Promise.all(
      Array.from({ length: 6 }, (_, i) =>
        berlin.post('/payable_credit_notes', noteBody(open.id, { document_id: `CN-${i}`, total_amount: 3000 })),
      ),
    )
    const made = attempts.filter(({ status }) => status === 201)
    expect(made).toHaveLength(2)
    await Promise.all(made.map(({ body }) => act(berlin, body.id, 'approve')))
    expect(await readBill(berlin, open.id)).toMatchObject({ amount_due: 1136 })
  })
})

test('a note is found for its bill by number and vendor, where the settings say so', async () => {
  const w = await world()
  good(await w.partner.patch('/settings', { payable: { allow_credit_note_autolinking: true } }, { beyond: true }))
  const address = { country: 'DE', city: 'Bonn', postal_code: '53111', line1: 'Markt 1' }
  const vendor = good(
    await w.berlin.post('/counterparts', {
      type: 'organization',
      organization: { legal_name: 'V', is_customer: false, is_vendor: true, address },
    }),
  )
  const open = await oldBill(w.berlin)
  good(await w.berlin.patch(`/payables/${open.id}`, { counterpart_id: vendor.id }))
  const link = { based_on_document_id: open.document_id, counterpart_id: vendor.id }
  expect((await newNote(w.berlin, null, link)).based_on).toBeNull()
  good(await w.berlin.post(`/payables/${open.id}/approve_payment_operation`))
  expect((await newNote(w.berlin, null, link)).based_on).toBe(open.id)
  expect((await newNote(w.berlin, null, link)).based_on).toBeNull()
})

const inStatus = {
  draft: [],
  new: [],
  submitted_for_approval: ['submit_for_approval'],
  approved: ['approve'],
  rejected: ['submit_for_approval', 'reject'],
  canceled: ['cancel'],
  applied: ['approve'],
} as const

test.each(Object.keys(inStatus) as (keyof typeof inStatus)[])(
  'a credit note that is %s goes where its table says',
  async (status) => {
    const { berlin } = await world()
    const actions: Partial<Record<CreditNoteAction, (id: string) => Promise<{ status: number }>>> = {
      edit: (id) => berlin.patch(`/payable_credit_notes/${id}`, { description: 'x' }),
      submit: (id) => act(berlin, id, 'submit_for_approval'),
      approve: (id) => act(berlin, id, 'approve'),
      reject: (id) => act(berlin, id, 'reject'),
      cancel: (id) => act(berlin, id, 'cancel'),
      delete: (id) => berlin.delete(`/payable_credit_notes/${id}`),
    }
    for (const [action, take] of Object.entries(actions) as [CreditNoteAction, (id: string) => Promise<{ status: number }>][]) {
      const { id: based_on } = await oldBill(berlin, ...(status === 'applied' ? ['approve_payment_operation'] : []))
      const { id } = await newNote(berlin, based_on, status === 'draft' ? { subtotal: undefined } : {})
      for (const step of inStatus[status]) good(await act(berlin, id, step))
      const before = await read(berlin, id)
      expect(before.status).toBe(status)
      const allowed = creditNoteFlow.can(status, action)
      const answer = await take(id)
      if (!allowed) {
        expect([action, answer.status]).toEqual([action, 409])
        expect(await read(berlin, id)).toEqual(before)
      } else if (action === 'delete') expect((await berlin.get(`/payable_credit_notes/${id}`)).status).toBe(404)
      else expect([action, (await read(berlin, id)).status]).toEqual([action, creditNoteFlow.next(status, action)])
    }
    // Lines are changes like others, and what nobody reads can't be stopped.
    const { id: based_on } = await oldBill(berlin, ...(status === 'applied' ? ['approve_payment_operation'] : []))
    const { id } = await newNote(berlin, based_on, status === 'draft' ? { subtotal: undefined } : {})
    for (const step of inStatus[status]) good(await act(berlin, id, step))
    const before = await read(berlin, id)
    expect((await act(berlin, id, 'cancel_ocr')).status).toBe(409)
    const path = `/payable_credit_notes/${id}/line_items`
    const added = await berlin.post(path, { quantity: 1, unit_price: 1 })
    const replaced = await berlin.put(path, { data: [] })
    if (creditNoteFlow.can(status, 'edit')) return expect([added.status, replaced.status]).toEqual([201, 200])
    expect([added.status, replaced.status]).toEqual([409, 409])
    expect(await read(berlin, id)).toEqual(before)
  },
)

test('lists and figures', async () => {
  const { w, berlin } = await world().then((w) => ({ w, berlin: w.berlin }))
  const { id: a } = await oldBill(berlin)
  const note = await newNote(berlin, a)
  const other = await newNote(berlin, null, { document_id: 'XY', total_amount: 10, subtotal: 10, tax_amount: 0 })
  const ids = async (query: string) => good(await berlin.get(`/payable_credit_notes?${query}`)).data.map(({ id }: Body) => id)
  expect(await ids('order=desc&sort=created_at')).toEqual([other.id, note.id])
  expect(await ids(`based_on=${a}`)).toEqual([note.id])
  expect(await ids('document_id__iexact=xy&has_file=false&status__not_in=new')).toEqual([other.id])
  const figure = good(
    await berlin.get('/analytics/credit_notes?metric=total_amount&aggregation_function=summary&dimension=status'),
  ).data
  expect(figure).toEqual([
    { dimension_value: 'draft', metric_value: 10 },
    { dimension_value: 'new', metric_value: 1190 },
  ])
  expect(good(await w.paris.get('/payable_credit_notes')).data).toEqual([])
  const put = good(await berlin.put('/payable_credit_notes/validations', { required_fields: ['currency'] }))
  expect(put.required_fields).toEqual(['currency'])
  expect(good(await berlin.patch(`/payable_credit_notes/${other.id}`, { description: 'x' })).status).toBe('new')
  expect(good(await berlin.post('/payable_credit_notes/validations/reset')).required_fields).toContain('based_on')
})
