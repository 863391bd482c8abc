import { expect, test } from 'vitest'
import { ready } from '../../../test/support/invoicing.ts'
import { world } from '../../../test/support/world.ts'

test('a line taxed at a rate of the entity’s own is calculated by its exact components', async () => {
  const { berlin, paris } = await world()
  const { invoice, product } = await ready(berlin)
  const { body: rate } = await berlin.post('/custom_vat_rates', {
    name: 'GST + QST',
    components: [
      { name: 'GST', value: 500 },
      { name: 'QST', value: 997.5 },
    ],
  })
  const line = { product_id: product.id, quantity: 0.4, custom_vat_rate_id: rate.id }
  const { body: draft, status } = await berlin.post('/receivables', { ...invoice, line_items: [line] })
  expect(status, JSON.stringify(draft)).toBe(201)
  expect(draft).toMatchObject({ subtotal: 10000, total_vat_amount: 1498, total_amount: 11498 })
  expect(draft.line_items[0].product.vat_rate).toMatchObject({ id: rate.id, is_custom: true, name: 'GST + QST', value: 1498 })
  expect(draft.total_vat_amounts).toMatchObject([{ id: rate.id, amount: 1498, components: [{ amount: 500 }, { amount: 998 }] }])
  const { body: changed } = await berlin.patch(`/receivables/${draft.id}`, { invoice: { line_items: [{ quantity: 0.8 }] } })
  expect(changed.total_vat_amount).toBe(2995)
  expect((await berlin.post(`/receivables/${draft.id}/issue`)).body).toMatchObject({ status: 'issued', total_vat_amount: 2995 })

  const foreign = await ready(paris)
  const refused = await paris.post('/receivables', {
    ...foreign.invoice,
    line_items: [{ ...line, product_id: foreign.product.id }],
  })
  expect(refused.status).toBe(404)
})

test('a document names a project of its entity, and only one that exists', async () => {
  const { berlin, paris } = await world()
  const { invoice } = await ready(berlin)
  const { body: project } = await berlin.post('/projects', { name: 'Harbour' })
  const { body: draft, status } = await berlin.post('/receivables', { ...invoice, project_id: project.id })
  expect(status, JSON.stringify(draft)).toBe(201)
  expect(draft.project_id).toBe(project.id)
  expect((await berlin.get(`/receivables?project_id=${project.id}`)).body.data).toHaveLength(1)
  const { body: other } = await paris.post('/projects', { name: 'Seine' })
  expect((await berlin.patch(`/receivables/${draft.id}`, { invoice: { project_id: other.id } })).status).toBe(404)
  expect((await berlin.patch(`/receivables/${draft.id}`, { invoice: { project_id: null } })).body.project_id).toBeNull()
})
