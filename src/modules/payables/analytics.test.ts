import { expect, test } from 'vitest'
import { addItem, newBill } from '../../../test/support/billing.ts'
import { good, no } from '../../../test/support/invoicing.ts'
import { type Body, type Client, client, house, permissions, type World, world } from '../../../test/support/world.ts'

/** Figures of what comes in, against sums of the same documents taken one by one. */

/** Around the ends of days, weeks, months, quarters and years, as UTC has them; odd prices, so that averages aren't whole. */
const moments = [
  ['2024-12-29T23:59:59.999Z', 101],
  ['2024-12-30T00:00:00Z', 250],
  ['2024-12-31T23:30:00Z', 333],
  ['2025-01-01T00:00:00Z', 7],
  ['2025-01-06T00:00:00Z', 500],
  ['2025-03-31T12:00:00Z', 77],
  ['2025-04-01T00:00:00Z', 1999],
] as const

/** Two documents of each moment, of several currencies, vendors, projects and states; some say nothing of these. */
async function books(w: World, make: (who: Client, i: number, nth: number, at: string, more: Body) => Promise<void>) {
  const { entityId, userId } = w.berlin
  const vendors: Body[] = []
  for (const legal_name of ['A', 'B'])
    vendors.push(
      good(
        await w.berlin.post('/counterparts', {
          type: 'organization',
          organization: {
            ...{ legal_name, is_customer: false, is_vendor: true },
            address: { country: 'DE', city: 'Bonn', postal_code: '53111', line1: 'Markt 1' },
          },
        }),
      ),
    )
  const { id: project_id } = good(await w.berlin.post('/projects', { name: 'P' }))
  for (const [i, [moment, price]] of moments.entries()) {
    w.clock.set(moment)
    const who = client(await house(), await w.tokenFor(userId!), { entityId, userId })
    for (const nth of [0, 1])
      await make(who, i, nth, moment.slice(0, 10), {
        price: price * (nth + 1),
        currency: i % 3 === 2 ? 'USD' : 'EUR',
        ...(i % 4 !== 3 && { counterpart_id: vendors[i % 2]!.id }),
        ...(i % 2 === 0 && { project_id }),
      })
  }
  w.clock.set('2025-05-01T12:00:00Z')
  return client(await house(), await w.tokenFor(userId!), { entityId, userId })
}

const functions: Record<string, (values: number[]) => number> = {
  count: (values) => values.length,
  summary: (values) => values.reduce((a, b) => a + b, 0),
  average: (values) => (values.length ? Number((values.reduce((a, b) => a + b, 0) / values.length).toFixed(2)) : 0),
  min: (values) => (values.length ? Math.min(...values) : 0),
  max: (values) => (values.length ? Math.max(...values) : 0),
}

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

const spans = ['daily', 'weekly', 'monthly', 'quarterly', 'yearly']

/** Asks for every metric by every function, dimension and span, and adds the documents up. */
async function compare(who: Client, path: string, all: Body[], dates: string[], plain: string[]) {
  let asked = 0
  const check = async (metric: string, aggregation: string, query: string, keyOf: ((row: Body) => string | null) | null) => {
    const figureOf = (row: Body) => (metric === 'id' ? 1 : row.total_amount)
    const groups = new Map<string | null, number[]>(keyOf ? [] : [[null, []]])
    for (const row of all) {
      const key = keyOf ? keyOf(row) : null
      const value = figureOf(row)
      groups.set(key, [...(groups.get(key) ?? []), ...(value === null ? [] : [value])])
    }
    const expected = [...groups]
      .sort(([a], [b]) => (a === null ? 1 : b === null ? -1 : a < b ? -1 : 1))
      .map(([dimension_value, values]) => ({ dimension_value, metric_value: functions[aggregation]!(values) }))
    const url = `${path}?metric=${metric}&aggregation_function=${aggregation}${query}`
    expect(good(await who.get(url)).data, url).toEqual(expected)
    asked++
  }
  for (const metric of ['id', 'total_amount'])
    for (const aggregation of Object.keys(functions).filter((name) => metric !== 'id' || name === 'count')) {
      await check(metric, aggregation, '', null)
      for (const dimension of plain) await check(metric, aggregation, `&dimension=${dimension}`, (row) => row[dimension])
      for (const dimension of dates)
        for (const span of [...spans, null]) {
          const query = `&dimension=${dimension}${span ? `&date_dimension_breakdown=${span}` : ''}`
          await check(
            metric,
            aggregation,
            query,
            (row) => row[dimension] && firstDay(row[dimension].slice(0, 10), span ?? 'daily'),
          )
        }
    }
  return asked
}

test('every metric of bills by every function, dimension and span is exactly what the bills add up to', {
  timeout: 60_000,
}, async () => {
  const w = await world()
  const who = await books(w, async (who, i, nth, day, { price, ...more }) => {
    const due_date = nth ? `2025-0${1 + (i % 6)}-15` : undefined
    const { id } = await newBill(who, { issued_at: i === 5 ? undefined : day, due_date, ...more })
    if (i !== 6 || nth) await addItem(who, id, { quantity: 1, unit_price: price, tax: nth ? 1900 : null })
    if (i === 0 && nth) good(await who.post(`/payables/${id}/cancel`))
    if (i === 1 && nth) good(await who.post(`/payables/${id}/mark_as_paid`))
  })
  const all: Body[] = good(await who.get('/payables?limit=100')).data
  expect(all).toHaveLength(2 * moments.length)
  expect(new Set(all.map(({ status }) => status)).size).toBe(4)
  const plain = ['status', 'counterpart_id', 'currency', 'project_id']
  expect(await compare(who, '/analytics/payables', all, ['created_at', 'issued_at', 'due_date'], plain)).toBe(6 * 23)

  const byStatus = (rows: Body[]) => {
    const sum = (some: Body[]) => some.reduce((total, { total_amount }) => total + (total_amount ?? 0), 0)
    const data = [...new Set(rows.map(({ status }) => status))].sort().map((status) => {
      const some = rows.filter((row) => row.status === status)
      return { status, count: some.length, sum_total_amount: sum(some) }
    })
    return { count: rows.length, sum_total_amount: sum(rows), data }
  }
  expect(good(await who.get('/payables/analytics'))).toEqual(byStatus(all))
  // Whatever filters the list filters the figures.
  const narrowed = all.filter((row) => row.currency === 'USD')
  expect(good(await who.get('/payables/analytics?currency=USD'))).toEqual(byStatus(narrowed))
  const figure = async (query: string) =>
    good(await who.get(`/analytics/payables?metric=total_amount&aggregation_function=summary&${query}`)).data[0].metric_value
  expect(await figure('currency=USD')).toBe(byStatus(narrowed).sum_total_amount)
  expect(await figure('status__in=paid&status__in=canceled')).toBe(
    byStatus(all.filter(({ status }) => status === 'paid' || status === 'canceled')).sum_total_amount,
  )
})

test('every metric of vendors’ credit notes by every function, dimension and span is exactly what they add up to', {
  timeout: 60_000,
}, async () => {
  const w = await world()
  const who = await books(w, async (who, i, nth, issued_at, { price, ...more }) => {
    const sums = i === 6 && nth ? {} : { subtotal: price, tax_amount: 0, total_amount: price }
    const { id } = good(await who.post('/payable_credit_notes', { document_id: `CN-${i}-${nth}`, issued_at, ...sums, ...more }))
    if (i % 3 === 0 && nth) good(await who.post(`/payable_credit_notes/${id}/cancel`))
  })
  const all: Body[] = good(await who.get('/payable_credit_notes?limit=100')).data
  expect(all).toHaveLength(2 * moments.length)
  const plain = ['status', 'counterpart_id', 'currency', 'project_id']
  expect(await compare(who, '/analytics/credit_notes', all, ['created_at', 'issued_at'], plain)).toBe(6 * 17)
})

test('figures are limited, are the user’s own, and refuse what makes no sense', async () => {
  const w = await world()
  const { berlin } = w
  for (const currency of ['EUR', 'USD', 'GBP']) await newBill(berlin, { currency })
  const ask = (query: string, who = berlin) => who.get(`/analytics/payables?${query}`)
  const counted = async (query: string, who = berlin) => good(await ask(`metric=id&aggregation_function=count${query}`, who)).data
  expect((await counted('&dimension=currency&limit=2')).map(({ dimension_value }: Body) => dimension_value)).toEqual([
    'EUR',
    'GBP',
  ])
  const own = await w.newUser(berlin.entityId!, permissions({}, 'allowed_for_own'))
  await newBill(own)
  expect(await counted('', own)).toEqual([{ dimension_value: null, metric_value: 1 }])
  expect(good(await own.get('/payables/analytics')).count).toBe(1)
  expect(await counted('', w.paris)).toEqual([{ dimension_value: null, metric_value: 0 }])
  const none = await w.newUser(berlin.entityId!, permissions({ 'payable:read': 'not_allowed' }))
  expect((await ask('metric=id&aggregation_function=count', none)).status).toBe(403)
  for (const query of [
    'metric=id&aggregation_function=summary',
    'metric=total_amount',
    'metric=colour&aggregation_function=count',
    'metric=id&aggregation_function=count&limit=0',
    'metric=id&aggregation_function=count&limit=401',
    'metric=id&aggregation_function=count&dimension=colour',
  ])
    expect([query, no(await berlin.get(`/analytics/payables?${query}`, { beyond: true }))[0]]).toEqual([query, 422])
})
