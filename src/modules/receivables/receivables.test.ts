import { expect, test } from 'vitest'
import { draft, good, issued as issuedAs, ready, withoutRules } from '../../../test/support/invoicing.ts'
import { type World, world } from '../../../test/support/world.ts'
import { audit } from '../audit/audit.ts'

async function issued(w: World, changes: object = {}) {
  const made = await ready(w.berlin)
  const { body: draft } = await w.berlin.post('/receivables', { ...made.invoice, ...changes })
  const { body, status } = await w.berlin.post(`/receivables/${draft.id}/issue`)
  expect(status, JSON.stringify(body)).toBe(200)
  return { ...made, id: draft.id as string, body }
}

test('the main job: an invoice is drafted, numbered, rendered, and paid', async () => {
  const w = await world()
  const { berlin } = w
  const { invoice } = await ready(berlin)
  const { body: draft, status } = await berlin.post('/receivables', invoice)
  expect(status, JSON.stringify(draft)).toBe(201)
  expect(draft).toMatchObject({
    status: 'draft',
    document_id: null,
    subtotal: 125000,
    total_vat_amount: 23750,
    total_amount: 148750,
    amount_due: 148750,
    amount_paid: 0,
  })
  expect((await berlin.post(`/receivables/${draft.id}/verify`)).body).toMatchObject({ errors: null, warnings: null })

  const { body: invoiced } = await berlin.post(`/receivables/${draft.id}/issue`)
  expect(invoiced).toMatchObject({ status: 'issued', document_id: 'INV-00001', total_amount: 148750 })
  expect(invoiced.updated_at > draft.updated_at).toBe(true)
  await w.work()
  const { body: link } = await berlin.get(`/receivables/${draft.id}/pdf_link`)
  const pdf = await berlin.get(new URL(link.file_url).pathname)
  expect(pdf.headers['content-type']).toBe('application/pdf')

  await berlin.post(`/receivables/${draft.id}/mark_as_partially_paid`, { amount_paid: 48750 })
  const { body: paid } = await berlin.post(`/receivables/${draft.id}/mark_as_paid`, { comment: 'Thanks' })
  expect(paid).toMatchObject({ status: 'paid', amount_paid: 148750, amount_due: 0, comment: 'Thanks' })
  const { body: history } = await berlin.get(`/receivables/${draft.id}/history`)
  expect(history.data.map(({ event_type }: { event_type: string }) => event_type)).toEqual([
    'receivable_created',
    'status_changed',
    'payment_received',
    'status_changed',
    'payment_received',
    'status_changed',
  ])
})

test('what was issued stays as it was, whatever becomes of what it names', async () => {
  const w = await world()
  const { id, customer, product, body } = await issued(w)
  await w.berlin.patch(`/counterparts/${customer.id}`, { organization: { legal_name: 'Other AG' } })
  await w.berlin.patch(`/products/${product.id}`, { name: 'Something else' })
  const { body: now } = await w.berlin.get(`/receivables/${id}`)
  expect(now.counterpart_name).toBe('Acme GmbH')
  expect(now.line_items).toEqual(body.line_items)
  await expect(w.sql(`update receivables set total_amount = 1 where id = $1`, [id])).rejects.toThrow('does not change')
  await expect(w.sql(`delete from receivables where id = $1`, [id])).rejects.toThrow('not deleted')
})

test('canceling by the rules credits the whole invoice with a document of its own', async () => {
  const w = await world()
  const { id } = await issued(w)
  expect((await w.berlin.post(`/receivables/${id}/cancel`)).status).toBe(204)
  const { body: invoice } = await w.berlin.get(`/receivables/${id}`)
  expect(invoice).toMatchObject({ status: 'canceled', amount_due: 0, total_amount_with_credit_notes: 0 })
  const [creditId] = invoice.related_documents.credit_note_ids
  const { body: credit } = await w.berlin.get(`/receivables/${creditId}`)
  expect(credit).toMatchObject({
    type: 'credit_note',
    status: 'issued',
    document_id: 'CN-00001',
    based_on: id,
    based_on_document_id: 'INV-00001',
    total_amount: 148750,
  })
})

test('the books are in order after edits without the rules, discounts for early payment, and documents taken back', async () => {
  const w = await world()
  const { berlin } = w
  const made = await ready(berlin)
  const early = { term_1: { number_of_days: 5, discount: 1000 }, term_final: { number_of_days: 30 } }
  const discounted = await issuedAs(berlin, made, { payment_terms_id: undefined, payment_terms: early })
  good(await berlin.post(`/receivables/${discounted.id}/mark_as_partially_paid`, { amount_paid: 100 }))
  good(await berlin.post(`/receivables/${discounted.id}/mark_as_partially_paid`, { amount_paid: 140000 }))
  good(await berlin.post(`/receivables/${(await issuedAs(berlin, made)).id}/cancel`))
  good(await berlin.delete(`/receivables/${(await draft(berlin, made)).id}`))
  await withoutRules(berlin)
  const { id } = await issuedAs(berlin, made)
  for (const change of [
    { issue_date: '2025-01-01T00:00:00Z' },
    { due_date: '2040-01-01' },
    { memo: 'x', due_date: '2025-02-01' },
  ])
    good(await berlin.patch(`/receivables/${id}`, { issued_invoice: change }))
  good(await berlin.post(`/receivables/${id}/mark_as_partially_paid`, { amount_paid: 29750 }))
  good(await berlin.patch(`/receivables/${id}`, { issued_invoice: { due_date: '2041-01-01' } }))
  good(await berlin.put(`/receivables/${id}/line_items`, { data: [{ ...made.invoice.line_items[0], quantity: 1 }] }))
  await issuedAs(berlin, made, { document_id: 'BY-HAND' })
  const found = await audit(w.machinery.db)
  const ours = found.flatMap(({ question, rows }) =>
    rows.filter((row) => row.entity_id === berlin.entityId).map((row) => ({ question, row })),
  )
  expect(ours).toEqual([])
})
