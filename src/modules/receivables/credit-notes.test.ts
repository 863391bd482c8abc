import { describe, expect, test } from 'vitest'
import {
  brokenPromises,
  draft,
  good,
  issued,
  no,
  type Ready,
  read,
  ready,
  runSchedule,
  withoutRules,
} from '../../../test/support/invoicing.ts'
import { type Body, type Client, world } from '../../../test/support/world.ts'

async function start() {
  const w = await world()
  const made = await ready(w.berlin)
  return { w, berlin: w.berlin, made }
}

const credit = (who: Client, based_on: string, more: object = {}) =>
  who.post('/receivables', { type: 'credit_note', based_on, ...more })
const edit = (who: Client, id: string, credit_note: object) => who.patch(`/receivables/${id}`, { credit_note })
const issue = (who: Client, id: string) => who.post(`/receivables/${id}/issue`)

/** An issued credit note over so many units of the first product. */
async function credited(who: Client, invoice: Body, line_items?: object): Promise<Body> {
  const { id } = good(await credit(who, invoice.id))
  if (line_items) good(await edit(who, id, { line_items }))
  return good(await issue(who, id))
}
const units = ({ product }: Pick<Ready, 'product'>, quantity: number, more: object = {}) => ({
  [product.id]: { quantity, ...more },
})

describe('a draft credit note', () => {
  test('credits all that is left of the invoice, and belongs to it at once', async () => {
    const { berlin, made } = await start()
    const { body: tag } = await berlin.post('/tags', { name: 'T' })
    const invoice = await issued(berlin, made, { tag_ids: [tag.id], memo: 'Thanks', discount: { type: 'amount', amount: 5000 } })
    const note = good(await credit(berlin, invoice.id))
    expect(note).toMatchObject({
      type: 'credit_note',
      status: 'draft',
      document_id: null,
      based_on: invoice.id,
      based_on_document_id: invoice.document_id,
      counterpart_name: 'Acme GmbH',
      memo: 'Thanks',
      tags: [{ id: tag.id }],
      entity_bank_account: { iban: 'DE89370400440532013000' },
      ...Object.fromEntries(
        [
          'subtotal',
          'discounted_subtotal',
          'total_vat_amount',
          'total_amount',
          'total_vat_amounts',
          'line_items',
          'discount',
        ].map((name) => [name, invoice[name]]),
      ),
    })
    expect((await read(berlin, invoice.id)).related_documents.credit_note_ids).toEqual([note.id])
    expect(await read(berlin, invoice.id)).toMatchObject({ amount_due: invoice.total_amount, status: 'issued' })
    expect(no(await credit(berlin, invoice.id))).toEqual([
      409,
      'There is a draft credit note for this invoice already: issue or delete it first',
    ])
    good(await berlin.delete(`/receivables/${note.id}`))
    expect((await read(berlin, invoice.id)).related_documents.credit_note_ids).toEqual([])
    good(await credit(berlin, invoice.id, { tag_ids: [] }))
  })

  test('is edited by product: pieces, or part of their price; what is not named drops out', async () => {
    const { berlin, made } = await start()
    const { body: other } = await berlin.post('/products', { name: 'Travel', price: { currency: 'EUR', value: 10000 } })
    const lines = [...made.invoice.line_items, { product_id: other.id, quantity: 3, vat_rate_id: made.reduced.id }]
    const invoice = await issued(berlin, made, { line_items: lines })
    const { id, line_items } = good(await credit(berlin, invoice.id))
    expect(line_items).toHaveLength(2)
    const pieces = good(await edit(berlin, id, { line_items: units(made, 2) }))
    expect(pieces).toMatchObject({ subtotal: 50000, total_vat_amount: 9500, total_amount: 59500 })
    expect(pieces.line_items).toMatchObject([{ quantity: 2, product: { id: made.product.id, price: { value: 25000 } } }])
    const cheaper = good(
      await edit(berlin, id, { memo: 'Sorry', line_items: { [other.id]: { quantity: 3, price_diff: 1000, old_price: 10000 } } }),
    )
    expect(cheaper).toMatchObject({ memo: 'Sorry', subtotal: 3000, total_vat_amount: 210, total_amount: 3210 })
    expect(cheaper.line_items).toMatchObject([{ quantity: 3, product: { id: other.id, price: { value: 1000 } } }])
    expect(good(await edit(berlin, id, { footer: 'x' }))).toMatchObject({ total_amount: 3210, footer: 'x', memo: 'Sorry' })
    const nowhere = '3c90c3cc-0d44-4b50-8888-8dd25736052a'
    for (const [items, status] of [
      [units(made, 6), 409],
      [units(made, 1, { price_diff: 25001 }), 409],
      [{ [nowhere]: { quantity: 1 } }, 400],
      [units(made, 1, { old_price: 3 }), 400],
      [{}, 400],
    ] as const)
      expect(no(await edit(berlin, id, { line_items: items }))[0]).toBe(status)
    expect(await read(berlin, id)).toMatchObject({ total_amount: 3210 })
    expect(no(await berlin.put(`/receivables/${id}/line_items`, { data: made.invoice.line_items }))[0]).toBe(409)
    expect(no(await berlin.patch(`/receivables/${id}`, { invoice: { memo: 'x' } }))[0]).toBe(409)
    expect(no(await edit(berlin, invoice.id, { memo: 'x' }))[0]).toBe(409)
  })

  test('needs an open invoice', async () => {
    const { berlin, made } = await start()
    const { id: ofDraft } = await draft(berlin, made)
    const paid = await issued(berlin, made)
    good(await berlin.post(`/receivables/${paid.id}/mark_as_paid`))
    const { id: quote } = await draft(berlin, made, { type: 'quote', payment_terms_id: undefined })
    for (const id of [ofDraft, paid.id, quote]) expect(no(await credit(berlin, id))[0]).toBe(409)
    expect(no(await berlin.post(`/receivables/${ofDraft}/clone`).then(() => credit(berlin, paid.id)))[0]).toBe(409)
  })
})

describe('an issued credit note', () => {
  test('lowers what is due, as in the worked example, and may be one of several', async () => {
    const { w, berlin, made } = await start()
    const invoice = await issued(berlin, made)
    const first = await credited(berlin, invoice, units(made, 2))
    expect(first).toMatchObject({ status: 'issued', document_id: 'CN-00001', total_amount: 59500 })
    expect(await read(berlin, invoice.id)).toMatchObject({
      status: 'issued',
      amount_due: 89250,
      total_amount_with_credit_notes: 89250,
    })
    good(await berlin.post(`/receivables/${invoice.id}/mark_as_partially_paid`, { amount_paid: 40000 }))
    expect(await read(berlin, invoice.id)).toMatchObject({ status: 'partially_paid', amount_due: 49250 })
    const second = good(await credit(berlin, invoice.id))
    expect(second).toMatchObject({ total_amount: 89250, line_items: [{ quantity: 3 }] })
    expect(no(await issue(berlin, second.id))).toEqual([409, 'A credit note of 89250 takes more than the 49250 that are due'])
    good(await edit(berlin, second.id, { line_items: units(made, 1) }))
    good(await issue(berlin, second.id))
    expect(await read(berlin, invoice.id)).toMatchObject({ status: 'partially_paid', amount_due: 19500 })
    const third = good(await credit(berlin, invoice.id))
    good(await edit(berlin, third.id, { line_items: units(made, 2, { price_diff: 5000 }) }))
    good(await issue(berlin, third.id))
    expect(await read(berlin, invoice.id)).toMatchObject({ status: 'partially_paid', amount_due: 7600 })
    expect(good(await credit(berlin, invoice.id)).line_items).toMatchObject([
      { quantity: 2, product: { price: { value: 20000 } } },
    ])
    expect(await brokenPromises(w)).toEqual([])
  })

  test.each([
    ['issued', 'canceled'],
    ['partially_paid', 'paid'],
    ['overdue', 'canceled'],
    ['overdue', 'paid'],
  ])('over all that is left makes an invoice that is %s %s', async (status, end) => {
    const { w, berlin, made } = await start()
    if (status === 'overdue') w.clock.advance(-15 * 86_400_000)
    const invoice = await issued(berlin, made, { line_items: [{ ...made.invoice.line_items[0], quantity: 2 }] })
    w.clock.set(null)
    await runSchedule(w)
    if (end === 'paid') {
      good(await berlin.post(`/receivables/${invoice.id}/mark_as_partially_paid`, { amount_paid: 29750 }))
      await credited(berlin, invoice, units(made, 1))
    } else await credited(berlin, invoice)
    const after = await read(berlin, invoice.id)
    const { data } = good(await berlin.get(`/receivables/${invoice.id}/history?event_type__in=status_changed`))
    expect(data.at(-1).event_data).toEqual({ old_status: status, new_status: end })
    expect(after).toMatchObject({ status: end, amount_due: 0 })
    expect(after.paid_at === null).toBe(end === 'canceled')
    expect(no(await credit(berlin, invoice.id))[0]).toBe(409)
  })

  test('is final, and issuing it again is harmless', async () => {
    const { berlin, made } = await start()
    const invoice = await issued(berlin, made)
    const note = await credited(berlin, invoice, units(made, 1))
    expect(good(await issue(berlin, note.id)).updated_at).toBe(note.updated_at)
    expect(no(await edit(berlin, note.id, { memo: 'x' }))[0]).toBe(409)
    expect(no(await berlin.delete(`/receivables/${note.id}`))[0]).toBe(409)
    for (const action of ['accept', 'decline', 'cancel', 'clone', 'mark_as_paid'])
      expect([action, (await berlin.post(`/receivables/${note.id}/${action}`)).status]).toEqual([action, 409])
  })

  test('and cancelling share the invoice: the rest is credited to the cent', async () => {
    const { w, berlin, made } = await start()
    const invoice = await issued(berlin, made, {
      discount: { type: 'amount', amount: 333 },
      deduction_amount: 77,
      line_items: [{ ...made.invoice.line_items[0], quantity: 3.7, discount: { type: 'amount', amount: 101 } }],
    })
    const first = await credited(berlin, invoice, units(made, 1.1))
    const second = await credited(berlin, invoice, units(made, 1.3, { price_diff: 777 }))
    expect((await berlin.post(`/receivables/${invoice.id}/cancel`)).status).toBe(204)
    const after = await read(berlin, invoice.id)
    expect(after).toMatchObject({ status: 'canceled', amount_due: 0, total_amount_with_credit_notes: 0 })
    const [, , third] = await Promise.all(after.related_documents.credit_note_ids.map((id: string) => read(berlin, id)))
    for (const name of ['subtotal', 'discounted_subtotal', 'total_vat_amount', 'total_amount'])
      expect([name, first[name] + second[name] + third[name]]).toEqual([name, invoice[name]])
    expect(await brokenPromises(w)).toEqual([])
  })

  test('keeps an invoice whose lines could be edited as it is', async () => {
    const { berlin, made } = await start()
    await withoutRules(berlin)
    const invoice = await issued(berlin, made)
    await credited(berlin, invoice, units(made, 1))
    expect(no(await berlin.put(`/receivables/${invoice.id}/line_items`, { data: made.invoice.line_items }))[0]).toBe(409)
    expect((await berlin.post(`/receivables/${invoice.id}/cancel`)).status).toBe(204)
    expect((await read(berlin, invoice.id)).related_documents.credit_note_ids).toHaveLength(1)
  })

  test('made ten times at once takes back no more than there is', async () => {
    const { w, berlin, made } = await start()
    for (let round = 0; round < 3; round++) {
      const invoice = await issued(berlin, made)
      const attempts = await Promise.all(Array.from({ length: 10 }, () => credit(berlin, invoice.id)))
      const notes = attempts.filter(({ status }) => status === 201)
      expect(notes).toHaveLength(1)
      const id = notes[0]!.body.id
      const answers = await Promise.all([
        issue(berlin, id),
        berlin.post(`/receivables/${invoice.id}/mark_as_paid`),
        issue(berlin, id),
        berlin.delete(`/receivables/${id}`),
      ])
      expect(answers.every(({ status }) => status < 300 || status === 404 || status === 409)).toBe(true)
      const { status, amount_due } = await read(berlin, invoice.id)
      expect(['paid', 'canceled']).toContain(status)
      expect(amount_due).toBe(0)
    }
    expect(await brokenPromises(w)).toEqual([])
  })
})

describe('of a paid invoice', () => {
  /** An invoice of 5 units at 297.50 each, paid, of an entity that credits what was paid. */
  async function paid() {
    const { w, berlin, made } = await start()
    const asEntity = w.partnerIn(berlin.entityId!)
    const setting = (on: boolean) => asEntity.patch(`/entities/${berlin.entityId}/settings`, { credit_paid_invoices: on })
    expect(good(await setting(true)).credit_paid_invoices).toBe(true)
    const invoice = await issued(berlin, made)
    good(await berlin.post(`/receivables/${invoice.id}/mark_as_paid`))
    const records = async (): Promise<Body[]> => good(await berlin.get(`/payment_records?object_id=${invoice.id}`)).data
    const refund = (amount: number) =>
      berlin.post('/payment_records', { object: { type: 'receivable', id: invoice.id }, amount, currency: 'EUR' })
    return { w, berlin, made, invoice, setting, records, refund }
  }
  const stateOf = async (who: Client, { id }: Body) => {
    const { status, amount_paid, amount_due, total_amount_with_credit_notes: total } = await read(who, id)
    return { status, amount_paid, amount_due, total }
  }

  test('it is refused unless the entity wants it, also where the draft was made before', async () => {
    const { berlin, invoice, setting } = await paid()
    const note = good(await credit(berlin, invoice.id))
    good(await setting(false))
    const refusal = [409, "An invoice that is paid can't be credited unless the setting credit_paid_invoices is on"]
    expect(no(await issue(berlin, note.id))).toEqual(refusal)
    good(await berlin.delete(`/receivables/${note.id}`))
    expect(no(await credit(berlin, invoice.id))).toEqual(refusal)
    expect(await stateOf(berlin, invoice)).toMatchObject({ status: 'paid', total: 148750 })
  })

  test('it leaves the invoice paid, and a refund waits until the money was sent back', async () => {
    const { w, berlin, made, invoice, records } = await paid()
    await credited(berlin, invoice, units(made, 2))
    expect(await stateOf(berlin, invoice)).toEqual({ status: 'paid', amount_paid: 148750, amount_due: 0, total: 89250 })
    const [, waiting] = await records()
    expect(waiting).toMatchObject({ amount: -59500, status: 'created', is_external: true, paid_at: null, overpaid_amount: 0 })
    expect(await brokenPromises(w)).toEqual([])
    const sent = { paid_at: w.clock.now().toISOString() }
    expect(good(await berlin.post(`/payment_records/${waiting!.id}/mark_as_succeeded`, sent))).toMatchObject({
      status: 'succeeded',
      object: { old_status: 'paid', new_status: 'paid' },
    })
    expect(await stateOf(berlin, invoice)).toEqual({ status: 'paid', amount_paid: 89250, amount_due: 0, total: 89250 })
    // The rest of it, too: then nothing is left of the invoice.
    await credited(berlin, invoice)
    expect(await stateOf(berlin, invoice)).toEqual({ status: 'paid', amount_paid: 89250, amount_due: 0, total: 0 })
    const [, , last] = await records()
    good(await berlin.post(`/payment_records/${last!.id}/mark_as_succeeded`, sent))
    expect(await stateOf(berlin, invoice)).toEqual({ status: 'canceled', amount_paid: 0, amount_due: 0, total: 0 })
    expect(no(await credit(berlin, invoice.id))[0]).toBe(409)
    expect((await records()).map(({ amount, status }) => [amount, status])).toEqual([
      [148750, 'succeeded'],
      [-59500, 'succeeded'],
      [-89250, 'succeeded'],
    ])
    expect(await brokenPromises(w)).toEqual([])
  })

  test('a refund that is booked in another way takes the place of the one that waits', async () => {
    const { w, berlin, made, invoice, records, refund } = await paid()
    await credited(berlin, invoice, units(made, 2))
    const [, waiting] = await records()
    expect(good(await refund(-59500)).id).toBe(waiting!.id)
    await credited(berlin, invoice, units(made, 1))
    // Part of it goes back, then the rest and more: what waits never asks for more than is owed.
    good(await refund(-10000))
    expect((await records()).map(({ amount, status }) => [amount, status])).toContainEqual([-19750, 'created'])
    good(await refund(-20000))
    expect((await records()).map(({ amount, status }) => [amount, status])).toContainEqual([-19750, 'canceled'])
    expect(await stateOf(berlin, invoice)).toEqual({
      status: 'partially_paid',
      amount_paid: 59250,
      amount_due: 250,
      total: 59500,
    })
    expect(await brokenPromises(w)).toEqual([])
  })

  test('of an invoice that is paid in part it may take more than is due: the rest goes back', async () => {
    const { w, berlin, made, records } = await paid()
    const invoice = await issued(berlin, made)
    good(await berlin.post(`/receivables/${invoice.id}/mark_as_partially_paid`, { amount_paid: 100000 }))
    await credited(berlin, invoice, units(made, 3))
    expect(await stateOf(berlin, invoice)).toEqual({ status: 'paid', amount_paid: 100000, amount_due: 0, total: 59500 })
    const { data } = good(await berlin.get(`/payment_records?object_id=${invoice.id}&status=created`))
    expect(data.map(({ amount }: Body) => amount)).toEqual([-40500])
    expect(await records()).toHaveLength(1)
    expect(await brokenPromises(w)).toEqual([])
  })

  test('together they never take more than the invoice, also ten at once with refunds between them', async () => {
    const { w, berlin, made, invoice, records, refund } = await paid()
    for (let round = 0; round < 6; round++) {
      const answers = await Promise.all([1, 2, 3].map(() => credit(berlin, invoice.id)))
      const note = answers.find(({ status }) => status === 201)?.body
      if (!note) continue
      good(await edit(berlin, note.id, { line_items: units(made, 1) }))
      await Promise.all([issue(berlin, note.id), refund(-29750), issue(berlin, note.id), refund(-29750)])
    }
    const { total, amount_paid } = await stateOf(berlin, invoice)
    expect(total).toBeGreaterThanOrEqual(0)
    const booked = (await records()).filter(({ status }) => status === 'succeeded')
    expect(booked.reduce((sum, { amount }) => sum + amount, 0)).toBe(amount_paid)
    expect(await brokenPromises(w)).toEqual([])
  })
})
