import { describe, expect, test } from 'vitest'
import {
  addItem,
  bill,
  billThatIs,
  comesTo,
  completeBill,
  item,
  newBill,
  readBill,
  statuses,
} from '../../../test/support/billing.ts'
import { good, no } from '../../../test/support/invoicing.ts'
import { type Body, type Client, permissions, world } from '../../../test/support/world.ts'
import { type PayableAction, payableFlow } from './payables.flow.ts'

const history = async (who: Client, id: string) =>
  good(await who.get(`/payables/${id}/history`)).data.map(({ event_type, event_data }: Body) => [event_type, event_data])
const events = async (w: Awaited<ReturnType<typeof world>>, id: string) =>
  (await w.sql<{ event: string }>(`select event from events where object_id = $1 order by created_at`, [id])).map(
    ({ event }) => event,
  )

describe('a bill that is typed in', () => {
  test('may say nothing at all, and is a draft', async () => {
    const { berlin } = await world()
    const empty = good(await berlin.post('/payables', {}))
    expect(empty).toMatchObject({
      status: 'draft',
      payable_origin: 'upload',
      source_of_payable_data: 'user_specified',
      ocr_status: null,
      credit_notes: [],
      tags: [],
      amount_paid: 0,
      amount_due: null,
      total_amount: null,
      file: null,
      was_created_by_user_id: berlin.userId,
      entity_id: berlin.entityId,
    })
    expect(await readBill(berlin, empty.id)).toEqual(empty)
  })

  test('is added up from its lines, and becomes new when nothing is missing', async () => {
    const { w, berlin } = await world().then((w) => ({ w, berlin: w.berlin }))
    const { id, ...first } = await newBill(berlin, { total_amount: 1, subtotal: 1, discount: 100 })
    expect(first).toMatchObject({ status: 'draft', total_amount: null, subtotal: null })
    const line = await addItem(berlin, id)
    expect(line).toMatchObject({ ...item, payable_id: id, subtotal: 5997, tax_amount: 1139, total: 7136 })
    expect(await readBill(berlin, id)).toMatchObject({
      status: 'new',
      subtotal: 5997,
      tax: 1900,
      tax_amount: 1139,
      total_amount: 7036,
      amount_due: 7036,
      amount_to_pay: 7036,
      total_amount_with_credit_notes: 7036,
    })
    const other = await addItem(berlin, id, { quantity: 1.5, unit_price: 333, tax: 700 })
    expect(await readBill(berlin, id)).toMatchObject({ subtotal: 6497, tax: null, tax_amount: 1174, total_amount: 7571 })
    good(await berlin.patch(`/payables/${id}/line_items/${other.id}`, { tax: null, quantity: 2 }))
    expect(await readBill(berlin, id)).toMatchObject({ subtotal: 6663, tax_amount: 1139 })
    expect((await berlin.delete(`/payables/${id}/line_items/${other.id}`)).status).toBe(204)
    expect((await berlin.delete(`/payables/${id}/line_items/${line.id}`)).status).toBe(204)
    expect(await readBill(berlin, id)).toMatchObject({ status: 'draft', total_amount: null })
    const replaced = good(
      await berlin.put(`/payables/${id}/line_items`, {
        data: [
          { subtotal: 1000, tax: 1000 },
          { unit_price: 5, quantity: 2, subtotal: 99 },
        ],
      }),
    )
    expect(replaced.data.map(({ subtotal, total }: Body) => [subtotal, total])).toEqual([
      [1000, 1100],
      [10, 10],
    ])
    expect(good(await berlin.get(`/payables/${id}/line_items`)).data).toEqual(replaced.data)
    expect((await history(berlin, id)).slice(0, 3)).toEqual([
      ['payable_created', { payable_source: 'upload' }],
      ['payable_updated', {}],
      ['status_changed', { old_status: 'draft', new_status: 'new' }],
    ])
    expect((await events(w, line.id)).join()).toBe('created,deleted')
  })

  test('keeps the sums it is told where lines are switched off', async () => {
    const w = await world()
    good(await w.partner.patch('/settings', { payable: { enable_line_items: false } }, { beyond: true }))
    const paid = await newBill(w.berlin, { subtotal: 1000, tax: 1900, tax_amount: 190, total_amount: 1190 })
    expect(paid).toMatchObject({ status: 'new', subtotal: 1000, total_amount: 1190 })
    await addItem(w.berlin, paid.id)
    expect(await readBill(w.berlin, paid.id)).toMatchObject({ total_amount: 1190 })
  })

  test('brings its file along in base64, of any kind, and without being read', async () => {
    const { berlin } = await world()
    const file = Buffer.from('%PDF-1.7 not really')
    const made = await newBill(berlin, { base64_encoded_file: file.toString('base64'), file_name: 'bill.pdf' })
    expect(made.file).toMatchObject({ name: 'bill.pdf', mimetype: 'application/pdf', size: file.length, file_type: 'payables' })
    expect(made).toMatchObject({ file_id: made.file.id, ocr_status: null })
    expect((await berlin.get(new URL(made.file.url).pathname)).body.toString()).toBe(file.toString())
    expect(no(await berlin.post('/payables', { base64_encoded_file: 'no base64!' }))[0]).toBe(400)
    const answer = await berlin.upload('POST', `/payables/${made.id}/attach_file`, { bytes: file, name: 'x.pdf' })
    expect(no(answer)[0]).toBe(409)
    const { id } = await newBill(berlin)
    const attached = good(await berlin.upload('POST', `/payables/${id}/attach_file`, { bytes: file, name: 'later.pdf' }))
    expect(attached.file).toMatchObject({ name: 'later.pdf' })
    expect((await history(berlin, id)).find(([type]: [string]) => type === 'file_attached')?.[1]).toMatchObject({
      file_name: 'later.pdf',
      file_size: file.length,
    })
  })

  test('names only what is there, and parts of its own vendor', async () => {
    const { w, berlin } = await world().then((w) => ({ w, berlin: w.berlin }))
    const vendor = async (legal_name: string) =>
      good(
        await berlin.post('/counterparts', {
          type: 'organization',
          organization: {
            legal_name,
            is_customer: true,
            is_vendor: false,
            address: { country: 'DE', city: 'Bonn', postal_code: '53111', line1: 'Markt 1' },
          },
        }),
      )
    const [a, b] = [await vendor('A'), await vendor('B')]
    const nowhere = '3c90c3cc-0d44-4b50-8888-8dd25736052a'
    for (const wrong of [
      { counterpart_id: nowhere },
      { counterpart_id: a.id, counterpart_address_id: b.default_billing_address_id },
      { counterpart_address_id: a.default_billing_address_id },
      { project_id: nowhere },
      { tag_ids: [nowhere] },
    ])
      expect([wrong, no(await berlin.post('/payables', { ...bill, ...wrong }))[0]]).toEqual([wrong, 400])
    expect(await w.sql('select 1 from payables where entity_id = $1', [berlin.entityId])).toEqual([])
    const made = await newBill(berlin, { counterpart_id: a.id, counterpart_address_id: a.default_billing_address_id })
    expect(made).toMatchObject({ counterpart_id: a.id, counterpart: null })
    expect(good(await berlin.get(`/counterparts/${a.id}`)).organization.is_vendor).toBe(true)
    const moved = good(await berlin.patch(`/payables/${made.id}`, { counterpart_id: b.id }))
    expect(moved).toMatchObject({ counterpart_id: b.id, counterpart_address_id: null })
  })
})

test('a discount takes off, and no more than there is', async () => {
  const { berlin } = await world()
  const { id } = await newBill(berlin, {})
  good(await berlin.post(`/payables/${id}/line_items`, { name: 'Paper', quantity: 1, unit_price: 100, tax: 0 }))
  const less = (discount: number) => berlin.patch(`/payables/${id}`, { discount })
  expect(no(await less(-1))).toEqual([400, 'discount is an amount that is taken off: it is 0 or more'])
  expect(no(await berlin.post('/payables', { discount: -1 }))[0]).toBe(400)
  expect(no(await less(101))).toEqual([400, expect.stringContaining('come to less than nothing')])
  expect(good(await less(100)).total_amount).toBe(0)
})

test('dates follow the payment terms until a person sets them, and discounts follow the day', async () => {
  const { w, berlin } = await world().then((w) => ({ w, berlin: w.berlin }))
  const payment_terms = {
    name: '2/10 net 30',
    term_1: { number_of_days: 10, discount: 200 },
    term_final: { number_of_days: 30 },
  }
  const issued_at = new Date().toISOString().slice(0, 10)
  const { id, due_date, suggested_payment_term } = await newBill(berlin, { due_date: undefined, issued_at, payment_terms })
  const after = (days: number) => new Date(Date.parse(issued_at) + days * 86_400_000).toISOString().slice(0, 10)
  expect([due_date, suggested_payment_term]).toEqual([after(30), { date: after(30), discount: 0 }])
  await addItem(berlin, id, { tax: null, quantity: 1, unit_price: 10_000 })
  expect(await readBill(berlin, id)).toMatchObject({ amount_due: 10_000, amount_to_pay: 9_800 })
  good(await berlin.patch(`/entities/${berlin.entityId}/settings`, { payment_priority: 'bottom_line' }))
  expect(good(await berlin.patch(`/payables/${id}`, { description: 'x' })).suggested_payment_term).toEqual({
    date: after(10),
    discount: 200,
  })
  expect(good(await berlin.patch(`/payables/${id}`, { due_date: '2040-01-01' })).due_date).toBe('2040-01-01')
  expect(good(await berlin.patch(`/payables/${id}`, { issued_at: '2030-01-01' })).due_date).toBe('2040-01-01')
  expect(good(await berlin.patch(`/payables/${id}`, { due_date: null })).due_date).toBe('2030-01-31')
  const wrong = { ...payment_terms, term_final: { number_of_days: 10 } }
  expect(no(await berlin.patch(`/payables/${id}`, { payment_terms: wrong }))[0]).toBe(400)
  expect(await w.sql('select 1 from payables where id = $1 and due_date_given', [id])).toEqual([])
})

describe('states', () => {
  const actions: Partial<Record<PayableAction, (who: Client, id: string) => Promise<{ status: number; body: Body }>>> = {
    edit: (who, id) => who.patch(`/payables/${id}`, { description: 'x' }),
    submit: (who, id) => who.post(`/payables/${id}/submit_for_approval`),
    approve: (who, id) => who.post(`/payables/${id}/approve_payment_operation`),
    reject: (who, id) => who.post(`/payables/${id}/reject`),
    reopen: (who, id) => who.post(`/payables/${id}/reopen`),
    cancel: (who, id) => who.post(`/payables/${id}/cancel`),
    pay: (who, id) => who.post(`/payables/${id}/mark_as_paid`, { comment: 'Cash' }),
    pay_part: (who, id) => who.post(`/payables/${id}/mark_as_partially_paid`, { amount_paid: 100 }),
    delete: (who, id) => who.delete(`/payables/${id}`),
  }
  test.each(statuses)('a bill that is %s goes where the table says, and nowhere else', async (status) => {
    const { berlin } = await world()
    for (const [action, act] of Object.entries(actions) as [PayableAction, (typeof actions)['edit'] & {}][]) {
      const id = await billThatIs(berlin, status)
      const before = await readBill(berlin, id)
      const answer = await act(berlin, id)
      // Policies settle with `pay` what is being approved; people wait for the vote.
      const allowed = payableFlow.can(status, action) && !(status === 'approve_in_progress' && action === 'pay')
      expect([action, answer.status < 300], JSON.stringify(answer.body)).toEqual([action, allowed])
      if (!allowed) {
        expect(answer.status).toBe(409)
        expect(await readBill(berlin, id)).toEqual(before)
      } else if (action === 'delete') expect((await berlin.get(`/payables/${id}`)).status).toBe(404)
      else expect((await readBill(berlin, id)).status).toBe(payableFlow.next(status, action))
    }
    const id = await billThatIs(berlin, status)
    const { body: tag } = await berlin.post('/tags', { name: `T ${status}` })
    expect(good(await berlin.patch(`/payables/${id}`, { tag_ids: [tag.id] })).tags).toMatchObject([{ id: tag.id }])
    const before = await readBill(berlin, id)
    const told = await history(berlin, id)
    const path = `/payables/${id}/line_items`
    const line = await berlin.post(path, item)
    const replaced = await berlin.put(path, { data: [item] })
    const [{ id: own }] = good(await berlin.get(path)).data.concat({ id: tag.id })
    const changed = await berlin.patch(`${path}/${own}`, { quantity: 9 })
    const gone = await berlin.delete(`${path}/${own}`)
    const ocr = await berlin.post(`/payables/${id}/cancel_ocr`)
    const answers = [line, replaced, changed, gone, ocr].map((answer) => answer.status)
    expect(answers).toEqual(payableFlow.can(status, 'edit') ? [201, 200, 200, 204, 409] : Array(5).fill(409))
    // A change of what is fixed is refused as a whole, with what might have changed in it.
    const mixed = await berlin.patch(`/payables/${id}`, { tag_ids: [], description: 'x' })
    expect(mixed.status).toBe(payableFlow.can(status, 'edit') ? 200 : 409)
    if (!payableFlow.can(status, 'edit')) {
      expect(await readBill(berlin, id)).toEqual(before)
      expect(await history(berlin, id)).toEqual(told)
    }
    const file = await berlin.upload('POST', `/payables/${id}/attach_file`, { bytes: Buffer.from('%PDF-1.7'), name: 'x.pdf' })
    expect(file.status).toBe(status === 'canceled' ? 409 : 200)
    expect((await berlin.post(`/payables/${id}/validate`)).status).toBe(200)
  })

  test('paying in full settles what is due, with who did it and why; paying in part counts all payments together', async () => {
    const { w, berlin } = await world().then((w) => ({ w, berlin: w.berlin }))
    const id = await billThatIs(berlin, 'waiting_to_be_paid')
    for (const amount_paid of [0, 7136, 8000])
      expect(no(await berlin.post(`/payables/${id}/mark_as_partially_paid`, { amount_paid }))[0]).toBe(400)
    const part = good(await berlin.post(`/payables/${id}/mark_as_partially_paid`, { amount_paid: 5000 }))
    expect(part).toMatchObject({ status: 'partially_paid', amount_paid: 5000, amount_due: 2136, paid_at: null })
    expect(good(await berlin.post(`/payables/${id}/mark_as_partially_paid`, { amount_paid: 4000 })).amount_due).toBe(3136)
    expect(no(await berlin.post(`/payables/${id}/reopen`))[0]).toBe(409)
    const paid = good(await berlin.post(`/payables/${id}/mark_as_paid`, { comment: 'Cash' }))
    expect(paid).toMatchObject({
      status: 'paid',
      amount_paid: 7136,
      amount_due: 0,
      amount_to_pay: 0,
      marked_as_paid_by_entity_user_id: berlin.userId,
      marked_as_paid_with_comment: 'Cash',
    })
    expect(paid.paid_at).not.toBeNull()
    expect((await events(w, id)).slice(-3)).toEqual(['partially_paid', 'partially_paid', 'paid'])
  })

  test('settings let bills pass by approval, begin where they say, and be paid on arrival', async () => {
    const w = await world()
    good(await w.berlin.patch(`/entities/${w.berlin.entityId}/settings`, { payables_skip_approval_flow: true }))
    expect((await completeBill(w.berlin)).status).toBe('waiting_to_be_paid')
    good(await w.berlin.patch(`/entities/${w.berlin.entityId}/settings`, { payables_skip_approval_flow: false }))
    const setting = async (payable: object) => good(await w.partner.patch('/settings', { payable }, { beyond: true }))
    await setting({ default_state: 'new' })
    expect(good(await w.berlin.post('/payables', {})).status).toBe('new')
    await setting({ default_state: null, skip_approval_for_paid_invoice: true })
    const { id } = await completeBill(w.berlin)
    good(await w.berlin.patch(`/payables/${id}`, { document_id: null }))
    good(await w.berlin.patch(`/payables/${id}`, { document_id: 'X', amount_paid: 7136 }))
    expect(await readBill(w.berlin, id)).toMatchObject({ status: 'paid', amount_due: 0 })
  })
})

test('what makes a bill complete can be chosen, asked, and set back', async () => {
  const { berlin } = await world()
  const put = (required_fields: string[]) => berlin.put('/payables/validations', { required_fields })
  const usual = { required_fields: ['currency', 'document_id', 'due_date', 'issued_at', 'total_amount'] }
  expect(good(await berlin.get('/payables/validations'))).toEqual(usual)
  const { id } = await newBill(berlin, { document_id: undefined })
  const errors = async () =>
    good(await berlin.post(`/payables/${id}/validate`)).validation_errors.map(({ loc }: Body) => loc.join('.'))
  expect(await errors()).toEqual(['document_id', 'total_amount', 'line_items'])
  expect(good(await put(['description', 'line_items.unit']))).toEqual({ required_fields: ['description', 'line_items.unit'] })
  expect(await errors()).toEqual(['description', 'line_items'])
  await addItem(berlin, id)
  expect(await errors()).toEqual(['description', 'line_items.0.unit'])
  expect(no(await put(['colour']))[0]).toBe(422)
  good(await put([]))
  expect(await errors()).toEqual([])
  expect(good(await berlin.patch(`/payables/${id}`, { description: 'now' })).status).toBe('new')
  expect(good(await berlin.post('/payables/validations/reset'))).toEqual(usual)
  expect((await readBill(berlin, id)).status).toBe('new')
  expect(good(await berlin.patch(`/payables/${id}`, { description: 'later' })).status).toBe('draft')
})

test('lines that replace others are listed in the order in which they were sent', async () => {
  const { berlin } = await world()
  const { id } = await newBill(berlin)
  const sent = Array.from({ length: 30 }, (_, i) => ({ name: `Line ${i}`, subtotal: i }))
  good(await berlin.put(`/payables/${id}/line_items`, { data: sent }))
  good(await berlin.post(`/payables/${id}/line_items`, { name: 'Line 30', quantity: 1, unit_price: 30 }))
  const { data } = good(await berlin.get(`/payables/${id}/line_items`))
  expect(data.map(({ name }: Body) => name)).toEqual([...sent.map(({ name }) => name), 'Line 30'])
})

test('lines that come all at once are all added up', async () => {
  const { berlin } = await world()
  const { id } = await newBill(berlin)
  const answers = await Promise.all([
    berlin.patch(`/payables/${id}`, { discount: 10 }),
    ...Array.from({ length: 20 }, (_, i) =>
      berlin.post(`/payables/${id}/line_items`, { quantity: 1, unit_price: 100 + i, tax: 1000 }),
    ),
  ])
  expect(answers.every(({ status }) => status < 300)).toBe(true)
  const subtotal = Array.from({ length: 20 }, (_, i) => 100 + i).reduce((a, b) => a + b)
  const { data } = good(await berlin.get(`/payables/${id}/line_items`))
  const total_amount = comesTo(data) - 10
  expect(await readBill(berlin, id)).toMatchObject({ status: 'new', subtotal, total_amount })
})

test('lists filter by what bills say, are, and belong to; figures add up', async () => {
  const { w, berlin } = await world().then((w) => ({ w, berlin: w.berlin }))
  const { body: tag } = await berlin.post('/tags', { name: 'T' })
  const a = await completeBill(berlin, { document_id: 'Alpha-1', tag_ids: [tag.id] })
  const b = await newBill(berlin, { document_id: 'beta', issued_at: '2031-05-01', due_date: '2031-06-01' })
  good(await berlin.patch(`/payables/${b.id}`, { counterpart_raw_data: { name: 'Müller & Söhne', address: { city: 'Bonn' } } }))
  const ids = async (query: string) => good(await berlin.get(`/payables?${query}`)).data.map(({ id }: Body) => id)
  for (const [query, found] of [
    ['', [a.id, b.id]],
    ['order=desc&sort=issued_at', [b.id, a.id]],
    ['status=new', [a.id]],
    ['status__in=draft&status__in=paid', [b.id]],
    ['document_id=alpha-1', []],
    ['document_id__icontains=alpha', [a.id]],
    ['search_text=BETA', [b.id]],
    ['search_text=müller', [b.id]],
    ['counterpart_name__icontains=MÜLLER', [b.id]],
    ['counterpart_name=Müller %26 Söhne', [b.id]],
    ['amount__gte=7136', [a.id]],
    ['total_amount=7136', [a.id]],
    [`tag_ids=${tag.id}`, [a.id]],
    [`tag_ids__not_in=${tag.id}`, [b.id]],
    ['has_tags=false', [b.id]],
    ['has_file=true', []],
    ['origin=upload&source_of_payable_data=user_specified', [a.id, b.id]],
    ['due_date__gt=2031-03-01', [b.id]],
  ] as const)
    expect([query, await ids(query)]).toEqual([query, found])
  expect(good(await berlin.get('/payables/analytics'))).toEqual({
    count: 2,
    sum_total_amount: 7136,
    data: [
      { status: 'draft', count: 1, sum_total_amount: 0 },
      { status: 'new', count: 1, sum_total_amount: 7136 },
    ],
  })
  const figure = async (query: string) => good(await berlin.get(`/analytics/payables?${query}`)).data
  expect(await figure('metric=total_amount&aggregation_function=summary&dimension=status')).toEqual([
    { dimension_value: 'draft', metric_value: 0 },
    { dimension_value: 'new', metric_value: 7136 },
  ])
  expect(await figure('metric=id&aggregation_function=count&dimension=issued_at&date_dimension_breakdown=yearly')).toEqual([
    { dimension_value: '2031-01-01', metric_value: 2 },
  ])
  const own = await w.newUser(berlin.entityId!, permissions({}, 'allowed_for_own'))
  expect(good(await own.get('/payables')).data).toEqual([])
  expect((await own.get(`/payables/${a.id}`)).status).toBe(403)
  expect(good(await w.paris.get('/payables')).data).toEqual([])
})

describe('the vendor of a bill', () => {
  const address = { country: 'DE', city: 'Bonn', postal_code: '53111', line1: 'Markt 1' } as const
  const counterpart = async (who: Client, legal_name: string, more: object = {}) =>
    good(
      await who.post('/counterparts', {
        type: 'organization',
        organization: { legal_name, is_customer: true, is_vendor: false, address },
        ...more,
      }),
    )
  const raw = (who: Client, id: string, counterpart_raw_data: object) => who.patch(`/payables/${id}`, { counterpart_raw_data })
  const may = async (w: Awaited<ReturnType<typeof world>>, payable: object) =>
    good(await w.partner.patch('/settings', { payable }, { beyond: true }))

  test('is found by tax id, IBAN, account, then name and address; several are narrowed, and none is guessed', async () => {
    const w = await world()
    const { berlin } = w
    await may(w, { allow_counterpart_autolinking: true })
    const a = await counterpart(berlin, 'Alpha', { tax_id: '12/345' })
    const b = await counterpart(berlin, 'Beta', { tax_id: '77' })
    const c = await counterpart(berlin, 'Gamma', { tax_id: '77' })
    const bank = { country: 'DE', currency: 'EUR', iban: 'DE89370400440532013000' }
    good(await berlin.post(`/counterparts/${c.id}/bank_accounts`, bank))
    const linked = async (data: object) => {
      const { id } = await newBill(berlin)
      return good(await raw(berlin, id, data)).counterpart_id
    }
    expect(await linked({ tax_id: ' 12-345 ' })).toBe(a.id)
    expect(await linked({ tax_id: '77' })).toBeNull()
    expect(await linked({ tax_id: '77', bank_account: { iban: 'de89 3704 0044 0532 0130 00' } })).toBe(c.id)
    expect(await linked({ name: 'Beta', address })).toBe(b.id)
    expect(await linked({ name: 'beta', address })).toBeNull()
    expect(await linked({ name: 'Nobody', tax_id: '99' })).toBeNull()
    await may(w, { allow_counterpart_autolinking: false })
    expect(await linked({ tax_id: '12/345' })).toBeNull()
  })

  test('gets what it lacks, is a vendor from then on, and its parts are tied or made', async () => {
    const w = await world()
    await may(w, { allow_counterpart_autolinking: true })
    const a = await counterpart(w.berlin, 'Alpha', { tax_id: '12345' })
    const { id } = await newBill(w.berlin)
    const vat = { value: 'DE 999 999 999', country: 'DE' }
    const linked = good(
      await raw(w.berlin, id, {
        tax_id: '12345',
        email: 'a@alpha.example',
        bank_account: { iban: 'DE89370400440532013000' },
        vat_id: vat,
      }),
    )
    expect(linked).toMatchObject({ counterpart_id: a.id, counterpart_address_id: a.default_billing_address_id })
    expect(good(await w.berlin.get(`/counterparts/${a.id}`)).organization).toMatchObject({
      is_vendor: true,
      email: 'a@alpha.example',
    })
    const { data: accounts } = good(await w.berlin.get(`/counterparts/${a.id}/bank_accounts`))
    expect(accounts).toMatchObject([{ id: linked.counterpart_bank_account_id, iban: 'DE89370400440532013000', currency: 'EUR' }])
    expect(good(await w.berlin.get(`/counterparts/${a.id}/vat_ids`)).data).toMatchObject([
      { id: linked.counterpart_vat_id_id, value: 'DE999999999' },
    ])
  })

  test('is made at the last chance, where that is wished and enough is known, and is frozen with the bill', async () => {
    const w = await world()
    const { berlin } = w
    await may(w, { allow_counterpart_autocreation: true })
    const { id } = await completeBill(berlin)
    good(await raw(berlin, id, { name: 'Nova KG', address, tax_id: '1', bank_account: { iban: 'DE89370400440532013000' } }))
    expect((await readBill(berlin, id)).counterpart_id).toBeNull()
    const sent = good(await berlin.post(`/payables/${id}/submit_for_approval`))
    const made = good(await berlin.get(`/counterparts/${sent.counterpart_id}`))
    expect(made).toMatchObject({
      created_automatically: true,
      tax_id: '1',
      organization: { legal_name: 'Nova KG', is_vendor: true, is_customer: false },
    })
    expect(sent.counterpart).toMatchObject({
      name: 'Nova KG',
      tax_id: '1',
      bank_account: { iban: 'DE89370400440532013000' },
      address: { city: 'Bonn' },
    })
    good(await berlin.patch(`/counterparts/${made.id}`, { organization: { legal_name: 'Nova AG' } }))
    expect((await readBill(berlin, id)).counterpart.name).toBe('Nova KG')
    const poor = await completeBill(berlin)
    good(await raw(berlin, poor.id, { name: 'Only a name' }))
    expect(good(await berlin.post(`/payables/${poor.id}/submit_for_approval`))).toMatchObject({
      status: 'approve_in_progress',
      counterpart_id: null,
      counterpart: { name: 'Only a name' },
    })
  })
})
