import { expect, test } from 'vitest'
import { draft, good, invoiceThatIs, issued, no, read, ready } from '../../../test/support/invoicing.ts'
import { world } from '../../../test/support/world.ts'
import { localDate } from '../../core/local-day.ts'

async function start() {
  const w = await world()
  const made = await ready(w.berlin)
  return { w, berlin: w.berlin, made }
}

test('a clone is a draft of the same, with the customer as it is today, and belongs to whoever made it', async () => {
  const { w, berlin, made } = await start()
  const file = good(
    await berlin.upload('POST', '/files', { bytes: Buffer.from('x'), name: 'a.txt' }, { file_type: 'attachments' }),
  )
  const { body: tag } = await berlin.post('/tags', { name: 'T' })
  const { body: project } = await berlin.post('/projects', { name: 'P' })
  const source = await issued(berlin, made, {
    attachments: [{ id: file.id }],
    tag_ids: [tag.id],
    project_id: project.id,
    memo: 'Hello {company_name}',
    purchase_order: 'PO 7',
    discount: { type: 'percentage', amount: 1000 },
    payment_page_url: 'https://pay.example.com/1',
  })
  await berlin.patch(`/counterparts/${made.customer.id}`, { organization: { legal_name: 'Acme Holding AG' } })
  const colleague = await w.newUser(berlin.entityId!)
  const { status, body: clone } = await colleague.post(`/receivables/${source.id}/clone`)
  expect(status).toBe(201)
  expect(clone).toMatchObject({
    type: 'invoice',
    status: 'draft',
    document_id: null,
    issue_date: null,
    due_date: null,
    based_on: null,
    attachments: null,
    payment_page_url: null,
    memo: 'Hello Acme GmbH',
    purchase_order: 'PO 7',
    counterpart_name: 'Acme Holding AG',
    project_id: project.id,
    tags: [{ id: tag.id }],
    entity_user_id: colleague.userId,
    total_amount: source.total_amount,
    amount_due: source.total_amount,
    line_items: source.line_items,
    payment_terms: { id: made.terms.id, term_final: { number_of_days: 14, end_date: null } },
  })
  expect(good(await berlin.post(`/receivables/${clone.id}/issue`)).document_id).toBe('INV-00002')
  // The day of supply that issuing set is that of the old invoice; one that was said goes along.
  expect([source.fulfillment_date, clone.fulfillment_date]).toEqual([
    localDate(new Date(source.issue_date), 'Europe/Berlin'),
    null,
  ])
  const said = await issued(berlin, made, { fulfillment_date: '2025-02-03' })
  expect(good(await berlin.post(`/receivables/${said.id}/clone`)).fulfillment_date).toBe('2025-02-03')
})

test.each(['draft', 'issued', 'partially_paid', 'overdue', 'paid', 'uncollectible', 'canceled', 'recurring', 'failed'])(
  'an invoice that is %s is cloned, and stays as it is',
  async (status) => {
    const { w, berlin, made } = await start()
    const id = await invoiceThatIs(w, berlin, made, status)
    const before = await read(berlin, id)
    const clone = good(await berlin.post(`/receivables/${id}/clone`))
    expect(clone).toMatchObject({
      status: 'draft',
      amount_paid: 0,
      paid_at: null,
      comment: null,
      total_amount: before.total_amount,
    })
    expect(await read(berlin, id)).toEqual(before)
  },
)

test('what a clone would name has to be there: the first that is gone is named', async () => {
  const { w, berlin, made } = await start()
  const { body: rate } = await berlin.post('/custom_vat_rates', { name: 'Local', components: [{ name: 'A', value: 500 }] })
  const { id: withRate } = await draft(berlin, made, {
    line_items: [{ product_id: made.product.id, quantity: 1, custom_vat_rate_id: rate.id }],
  })
  await berlin.delete(`/custom_vat_rates/${rate.id}`)
  expect(no(await berlin.post(`/receivables/${withRate}/clone`))).toEqual([
    404,
    `There is no custom VAT rate by provided id: ${rate.id}`,
  ])
  const { id } = await draft(berlin, made)
  for (const [noun, path, gone] of [
    ['payment terms', 'payment_terms', made.terms.id],
    ['product', 'products', made.product.id],
    ['counterpart', 'counterparts', made.customer.id],
  ]) {
    const source =
      noun === 'payment terms'
        ? id
        : (await draft(berlin, { invoice: { ...made.invoice, payment_terms_id: undefined as never } })).id
    good(await berlin.delete(`/${path}/${gone}`))
    expect(no(await berlin.post(`/receivables/${source}/clone`))).toEqual([404, `There is no ${noun} by provided id: ${gone}`])
    if (noun === 'product')
      made.invoice.line_items[0]!.product_id = (
        await berlin.post('/products', { name: 'New', price: { currency: 'EUR', value: 1 } })
      ).body.id
  }
  expect(await w.sql('select 1 from receivables where entity_id = $1 and based_on is not null', [berlin.entityId])).toEqual([])
})

const words = { subject: 'S', body: 'B' }
test.each([
  ['payment reminder', 'payment_reminder', { term_final_reminder: { days_before: 1, ...words } }],
  ['overdue reminder', 'overdue_reminder', { terms: [{ days_after: 1, ...words }] }],
])('a clone would name the %s, which has to be there, too', async (noun, object, asked) => {
  const { berlin, made } = await start()
  const { id: reminder } = good(await berlin.post(`/${object}s`, { name: 'R', ...asked }))
  const { id } = await draft(berlin, made, { [`${object}_id`]: reminder })
  expect(good(await berlin.post(`/receivables/${id}/clone`))[`${object}_id`]).toBe(reminder)
  good(await berlin.delete(`/${object}s/${reminder}`))
  expect(no(await berlin.post(`/receivables/${id}/clone`))).toEqual([404, `There is no ${noun} by provided id: ${reminder}`])
})
