import { expect, test } from 'vitest'
import { draft, good, issued, no, ready } from '../../../test/support/invoicing.ts'
import { type Body, client, house, permissions, world } from '../../../test/support/world.ts'
import { localDate } from '../../core/local-day.ts'

/** Documents of every sort: several currencies, states, customers and products. */
async function books() {
  const w = await world()
  const made = await ready(w.berlin)
  const { berlin } = w
  const { body: project } = await berlin.post('/projects', { name: 'P' })
  const { body: other } = await berlin.post('/products', { name: 'Travel', price: { currency: 'EUR', value: 333 } })
  const lines = [...made.invoice.line_items, { product_id: other.id, quantity: 2.5, vat_rate_id: made.reduced.id }]
  await issued(berlin, made)
  await issued(berlin, made, { project_id: project.id, line_items: lines })
  await draft(berlin, made, { line_items: lines })
  await draft(berlin, made, { type: 'quote', payment_terms_id: undefined })
  const paid = await issued(berlin, made, { line_items: [lines[1]] })
  good(await berlin.post(`/receivables/${paid.id}/mark_as_paid`))
  const { data: all } = good(await berlin.get('/receivables?limit=250'))
  return { w, berlin, made, project, other, all: all as Body[] }
}

const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0)
const half = (value: number) => Math.floor(value + 0.5)
const apply: Record<string, (values: number[]) => number> = {
  count: (values) => values.length,
  summary: (values) => half(sum(values)),
  average: (values) => half(sum(values) / values.length),
  min: (values) => half(Math.min(...values)),
  max: (values) => half(Math.max(...values)),
}

test('every metric by every function and dimension is exactly what the documents add up to', async () => {
  const { berlin, all } = await books()
  const day = (moment: string | null) => moment?.slice(0, 10) ?? null
  const dimensions: Record<string, (document: Body) => string | null> = {
    created_at: ({ created_at }) => day(created_at),
    issue_date: ({ issue_date }) => issue_date && localDate(new Date(issue_date), 'Europe/Berlin'),
    due_date: ({ due_date, issue_date }) => (issue_date ? due_date : null),
    status: ({ status }) => status,
    counterpart_id: ({ counterpart_id }) => counterpart_id,
    currency: ({ currency }) => currency,
    project_id: ({ project_id }) => project_id,
  }
  const metrics: Record<string, (document: Body) => { product: string | null; value: number }[]> = {
    id: () => [{ product: null, value: 1 }],
    total_amount: ({ total_amount }) => [{ product: null, value: total_amount }],
    product_amount: ({ line_items }) =>
      line_items.map(({ product, total_before_vat }: Body) => ({ product: product.id, value: total_before_vat })),
    product_quantity: ({ line_items }) =>
      line_items.map(({ product, quantity }: Body) => ({ product: product.id, value: quantity })),
  }
  for (const [metric, valuesOf] of Object.entries(metrics))
    for (const [aggregation, compute] of Object.entries(apply)) {
      if (metric === 'id' && aggregation !== 'count') continue
      const ask = async (dimension?: string) => {
        const url = `/analytics/receivables?metric=${metric}&aggregation_function=${aggregation}${dimension ? `&dimension=${dimension}` : ''}`
        return good(await berlin.get(url)).data
      }
      const grouped = (keys: (document: Body) => (string | null)[]) => {
        const groups = new Map<string | null, number[]>()
        for (const document of all)
          for (const { product, value } of valuesOf(document))
            for (const key of product === null
              ? keys(document)
              : keys(document).filter((one) => keys !== productsOf || one === product))
              groups.set(key, [...(groups.get(key) ?? []), value])
        return [...groups]
          .sort(([a], [b]) => (a === null ? 1 : b === null ? -1 : a < b ? -1 : 1))
          .map(([dimension_value, values]) => ({ dimension_value, metric_value: compute(values) }))
      }
      const productsOf = ({ line_items }: Body) => [...new Set<string>(line_items.map(({ product }: Body) => product.id))]
      expect(await ask(), `${metric} ${aggregation}`).toEqual([
        { dimension_value: null, metric_value: compute(all.flatMap(valuesOf).map(({ value }) => value)) },
      ])
      for (const [dimension, keyOf] of Object.entries(dimensions))
        expect(await ask(dimension), `${metric} ${aggregation} by ${dimension}`).toEqual(grouped((document) => [keyOf(document)]))
      expect(await ask('product_id'), `${metric} ${aggregation} by product`).toEqual(grouped(productsOf))
    }
})

/** The first day of the span that a day lies in; weeks begin on Monday. */
function firstDay(day: string, breakdown: string): string {
  const at = new Date(`${day}T00:00:00Z`)
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()]
  const date = {
    daily: at,
    weekly: new Date(at.getTime() - ((at.getUTCDay() + 6) % 7) * 86_400_000),
    monthly: new Date(Date.UTC(year, month)),
    quarterly: new Date(Date.UTC(year, month - (month % 3))),
    yearly: new Date(Date.UTC(year, 0)),
  }[breakdown]!
  return date.toISOString().slice(0, 10)
}

test('every metric by every span of every day is exactly what the documents add up to', { timeout: 60_000 }, async () => {
  const w = await world()
  const made = await ready(w.berlin)
  const { entityId, userId } = w.berlin
  const { body: other } = await w.berlin.post('/products', { name: 'Travel', price: { currency: 'EUR', value: 333 } })
  const at = async (moment: string) => {
    w.clock.set(moment)
    return client(await house(), await w.tokenFor(userId!), { entityId, userId })
  }
  // Around the ends of days, weeks, months and years, as UTC has them.
  for (const [moment, quantity] of [
    ['2030-12-30T23:59:59.999Z', 1],
    ['2030-12-31T00:00:00Z', 2.5],
    ['2031-01-01T00:00:00Z', 3],
    ['2031-01-05T23:30:00Z', 0.333],
    ['2031-01-06T00:00:00Z', 4],
    ['2031-03-31T12:00:00Z', 5],
    ['2031-04-01T00:00:00Z', 6],
  ] as const) {
    const who = await at(moment)
    const [line] = made.invoice.line_items
    const line_items = [
      { ...line, quantity },
      { product_id: other.id, quantity: quantity * 2, vat_rate_id: made.reduced.id },
    ]
    await issued(who, made, { line_items })
    await draft(who, made, { line_items: [line_items[1]], payment_terms_id: undefined })
  }
  const who = await at('2031-05-01T12:00:00Z')
  const all: Body[] = good(await who.get('/receivables?limit=250')).data
  const metrics: Record<string, (document: Body) => number[]> = {
    id: () => [1],
    total_amount: ({ total_amount }) => [total_amount],
    product_amount: ({ line_items }) => line_items.map(({ total_before_vat }: Body) => total_before_vat),
    product_quantity: ({ line_items }) => line_items.map(({ quantity }: Body) => quantity),
  }
  for (const [metric, valuesOf] of Object.entries(metrics))
    for (const [aggregation, compute] of Object.entries(apply).filter(([name]) => metric !== 'id' || name === 'count'))
      for (const dimension of ['created_at', 'issue_date', 'due_date'])
        for (const breakdown of ['daily', 'weekly', 'monthly', 'quarterly', 'yearly']) {
          const groups = new Map<string | null, number[]>()
          for (const document of all) {
            const moment = document[dimension]
            const undated = moment === null || (dimension === 'due_date' && !document.issue_date)
            // Documents bear the day of Berlin.
            const dated = dimension === 'issue_date' ? localDate(new Date(moment), 'Europe/Berlin') : moment
            const day = undated ? null : dated.slice(0, 10)
            const key = day && firstDay(day, breakdown)
            groups.set(key, [...(groups.get(key) ?? []), ...valuesOf(document)])
          }
          const expected = [...groups]
            .sort(([a], [b]) => (a === null ? 1 : b === null ? -1 : a < b ? -1 : 1))
            .map(([dimension_value, values]) => ({ dimension_value, metric_value: compute(values) }))
          const url = `/analytics/receivables?metric=${metric}&aggregation_function=${aggregation}&dimension=${dimension}&date_dimension_breakdown=${breakdown}`
          expect(good(await who.get(url)).data, url).toEqual(expected)
        }
})

test.each([
  ['daily', '2031-05-14'],
  ['weekly', '2031-05-12'],
  ['monthly', '2031-05-01'],
  ['quarterly', '2031-04-01'],
  ['yearly', '2031-01-01'],
])('days are put together %s', async (breakdown, first) => {
  const { w, berlin, all } = await books()
  await w.sql(`update receivables set created_at = '2031-05-14T23:30:00-01:00'::timestamptz - interval '1 day' where id = $1`, [
    all[0]!.id,
  ])
  const url = `/analytics/receivables?metric=id&aggregation_function=count&dimension=created_at&date_dimension_breakdown=${breakdown}&id__in=${all[0]!.id}`
  expect(good(await berlin.get(url)).data).toEqual([{ dimension_value: first, metric_value: 1 }])
})

test('filters, order, limit and the user’s own narrow the figures, and what makes no sense is refused', async () => {
  const { w, berlin, made, all } = await books()
  const ask = async (query: string, who = berlin) =>
    good(await who.get(`/analytics/receivables?metric=id&aggregation_function=count&${query}`)).data
  expect(await ask('type=invoice&status__in=paid&status__in=draft')).toEqual([{ dimension_value: null, metric_value: 2 }])
  expect(await ask(`product_ids=${made.product.id}&type=quote`)).toEqual([{ dimension_value: null, metric_value: 1 }])
  const statuses = (await ask('dimension=status&order=desc&limit=2')).map(({ dimension_value }: Body) => dimension_value)
  expect(statuses).toEqual(['paid', 'issued'])
  const limited = await w.newUser(berlin.entityId!, permissions({}, 'allowed_for_own'))
  expect(await ask('', limited)).toEqual([{ dimension_value: null, metric_value: 0 }])
  expect(await ask('', w.paris)).toEqual([{ dimension_value: null, metric_value: 0 }])
  expect(await ask('pagination_token=whatever&sort=amount')).toEqual([{ dimension_value: null, metric_value: all.length }])
  for (const query of [
    'metric=id&aggregation_function=summary',
    'metric=total_amount',
    'metric=colour&aggregation_function=count',
    'metric=id&aggregation_function=count&limit=0',
  ])
    expect(no(await berlin.get(`/analytics/receivables?${query}`))[0]).toBe(422)
  const empty = '/analytics/receivables?metric=total_amount&aggregation_function=average&document_id=nothing'
  expect(good(await berlin.get(empty)).data).toEqual([{ dimension_value: null, metric_value: 0 }])
})
