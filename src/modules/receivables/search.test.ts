import { expect, test } from 'vitest'
import { draft, good, issued, no, ready } from '../../../test/support/invoicing.ts'
import { world } from '../../../test/support/world.ts'
import { variablesOfReceivables } from './variables.data.ts'

test('a search is the list, asked by a body: filters, order, pages, and strict about its words', async () => {
  const { berlin, paris } = await world()
  const made = await ready(berlin)
  const first = await issued(berlin, made)
  const second = await draft(berlin, made)
  const third = await draft(berlin, made, { type: 'quote', payment_terms_id: undefined })
  const ids = async (body: object) =>
    good(await berlin.post('/receivables/search', body)).data.map(({ id }: { id: string }) => id)
  expect(await ids({})).toEqual([first.id, second.id, third.id])
  expect(await ids({ type: 'invoice', order: 'desc' })).toEqual([second.id, first.id])
  expect(await ids({ id__in: [third.id, second.id], status__in: ['draft'], sort: 'created_at' })).toEqual([second.id, third.id])
  expect(await ids({ counterpart_name__icontains: 'acme', document_id: first.document_id, total_amount__gte: 148750 })).toEqual([
    first.id,
  ])
  expect(await ids({ due_date__gte: '2020-01-01' })).toEqual([first.id])
  // A moment stands for its day, as in the list.
  const due = (bounds: object) => berlin.post('/receivables/search', bounds, { beyond: true })
  const day = first.due_date
  const found = async (bounds: object) => good(await due(bounds)).data.map(({ id }: { id: string }) => id)
  expect(await found({ due_date__gte: `${day}T22:00:00Z`, due_date__lte: `${day}T01:00:00+02:00` })).toEqual([first.id])
  expect(await found({ due_date__gt: `${day}T00:00:00Z` })).toEqual([])
  expect(await found({ due_date__lt: `${day}T23:59:59Z` })).toEqual([])
  for (const wrong of ['2025-02-30T00:00:00Z', '2025-02-28T25:00:00Z', 'tomorrow', 20250228])
    expect(no(await due({ due_date__gte: wrong }))[0]).toBe(422)
  const page = good(await berlin.post('/receivables/search', { limit: 2 }))
  expect(page.data).toHaveLength(2)
  expect(await ids({ pagination_token: page.next_pagination_token })).toEqual([third.id])
  expect(page.data).toEqual(good(await berlin.get('/receivables?limit=2')).data)
  for (const body of [
    { colour: 'red' },
    { limit: '2' },
    { limit: 251 },
    { sort: 'discounted_subtotal' },
    { id__in: 'x' },
    [],
    { type: 'bill' },
  ])
    expect(no(await berlin.post('/receivables/search', body))[0]).toBe(422)
  expect(no(await berlin.post('/receivables/search', { pagination_token: 'x' }))[0]).toBe(406)
  expect(good(await paris.post('/receivables/search', { id__in: [first.id] })).data).toEqual([])
})

test('the variables of texts are listed by what the text is about', async () => {
  const { berlin } = await world()
  const { data } = good(await berlin.get('/receivables/variables'))
  expect(data).toEqual(variablesOfReceivables.data)
  expect(data.map(({ object_subtype }: { object_subtype: string }) => object_subtype)).toEqual([
    'quote',
    'invoice',
    'credit_note',
    'discount_reminder',
    'final_reminder',
    'overdue_reminder',
  ])
})
