import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asSystem, type Db } from '../../src/platform/database/context.ts'
import { enroll, keepSums, payableSums, receivableSums, WRONG_SUMS } from '../../src/platform/kept-sums/kept-sums.ts'
import { draft, good, ready } from './invoicing.ts'
import { type Body, house, type World, world } from './world.ts'

/** Figures from sums that are kept, beside the same figures counted document by document. */

const WEEK_MS = 7 * 86_400_000

const spans = ['daily', 'weekly', 'monthly', 'quarterly', 'yearly']
/** What is asked, of which path. */
const asked: [path: string, query: string][] = []
for (const metric of ['id', 'total_amount'])
  for (const aggregation of metric === 'id' ? ['count'] : ['count', 'average', 'summary', 'min', 'max']) {
    const base = `metric=${metric}&aggregation_function=${aggregation}`
    for (const dimension of [
      '',
      '&dimension=status',
      '&dimension=currency',
      '&dimension=counterpart_id',
      '&dimension=project_id',
    ])
      for (const path of ['/analytics/receivables', '/analytics/payables']) asked.push([path, base + dimension])
    asked.push(['/analytics/receivables', `${base}&dimension=product_id&limit=3`])
    for (const first of ['limit=1', 'limit=2&order=desc', 'limit=2&status=draft', 'limit=3&order=desc&type=invoice'])
      asked.push(['/analytics/receivables', `${base}&dimension=project_id&${first}`])
    asked.push(['/analytics/payables', `${base}&dimension=project_id&limit=2`])
    for (const [n, dimension] of ['created_at', 'issue_date', 'due_date'].entries())
      asked.push([
        '/analytics/receivables',
        `${base}&dimension=${dimension}&date_dimension_breakdown=${spans[n]}&order=desc&limit=7`,
      ])
    for (const [n, dimension] of ['created_at', 'issued_at', 'due_date'].entries())
      asked.push(['/analytics/payables', `${base}&dimension=${dimension}&date_dimension_breakdown=${spans[4 - n]}`])
    asked.push(['/analytics/receivables', `${base}&dimension=status&type=invoice&status__in=issued&status__in=paid`])
    asked.push(['/analytics/payables', `${base}&dimension=status&status=new`])
  }
for (const metric of ['product_amount', 'product_quantity'])
  for (const aggregation of ['count', 'average', 'summary', 'min', 'max'])
    for (const dimension of ['', 'status', 'currency', 'counterpart_id', 'project_id', 'product_id', 'created_at', 'issue_date'])
      asked.push([
        '/analytics/receivables',
        `metric=${metric}&aggregation_function=${aggregation}${dimension && `&dimension=${dimension}&date_dimension_breakdown=monthly`}`,
      ])
asked.push(
  ['/payables/analytics', ''],
  ['/payables/analytics', 'status=draft'],
  ['/payables/analytics', 'status__in=new&status__in=canceled'],
)

/** Moments and days of this week and of weeks ago: some begin a week. */
const monday = Math.floor((Date.now() / 86_400_000 + 3) / 7) * 7 - 3
const at = (day: number, time = '00:00:00Z') => `${new Date((monday + day) * 86_400_000).toISOString().slice(0, 10)}T${time}`
const on = (day: number) => at(day).slice(0, 10)
const within = (name: string, of: (day: number) => string): string[] => [
  `${name}__gte=${of(-14)}`,
  `${name}__gt=${of(-21)}&${name}__lt=${of(-7)}`,
  `${name}__gte=${of(-38)}&${name}__lte=${of(1)}`,
  `${name}__lte=${of(-7)}`,
  `${name}__gt=${of(-10)}&${name}__gte=${of(-12)}&${name}__lt=${of(-9)}`,
]
const sums = (path: string, dimensions: string[], ranges: string[], metrics = ['total_amount']) => {
  for (const metric of metrics)
    for (const [n, range] of ranges.entries())
      for (const [k, dimension] of dimensions.entries())
        asked.push([
          path,
          `metric=${metric}&aggregation_function=${(n + k) % 3 === 0 ? 'max' : 'summary'}${dimension && `&dimension=${dimension}`}&date_dimension_breakdown=weekly&${range}`,
        ])
}
const made_then = [...within('created_at', at), ...within('created_at', (day) => at(day + 2, '09:30:00Z'))]
sums('/analytics/receivables', ['', 'counterpart_id', 'created_at', 'due_date', 'project_id&limit=2'], made_then)
sums('/analytics/receivables', ['status', 'product_id', 'issue_date'], made_then, ['product_amount'])
sums('/analytics/payables', ['status', 'counterpart_id', 'issued_at'], made_then)
const issued_then = [...within('issue_date', at), ...within('issue_date', (day) => at(day + 2, '23:30:00-05:00'))]
sums('/analytics/receivables', ['', 'status', 'issue_date', 'counterpart_id'], issued_then, ['total_amount', 'product_quantity'])
sums('/analytics/receivables', ['created_at', 'due_date', 'product_id&limit=1', 'project_id&limit=2&order=desc'], issued_then, [
  'product_amount',
])
sums(
  '/analytics/receivables',
  ['currency', 'due_date', 'counterpart_id', 'project_id&type=invoice', 'issue_date'],
  within('due_date', on),
)
sums(
  '/analytics/payables',
  ['', 'due_date', 'currency', 'project_id&limit=2', 'issued_at'],
  [...within('due_date', on), `due_date=${on(0)}`, 'due_date__gte=2026-01-01&currency=EUR'],
)
for (const range of [...made_then, ...within('due_date', on)]) asked.push(['/payables/analytics', `status=draft&${range}`])

/** Every figure, and the same with a filter that all documents pass, for which nothing is kept. */
export async function same({ berlin }: World, db: Db, all = asked): Promise<void> {
  const questions = [...all]
  const next = async () => {
    for (let one = questions.pop(); one; one = questions.pop()) {
      const [path, query] = one
      const any =
        path === '/analytics/receivables' ? 'discounted_subtotal__gte=0' : 'tag_ids__not_in=00000000-0000-4000-8000-000000000000'
      const figures = good(await berlin.get(`${path}?${query}`))
      const counted = good(await berlin.get(`${path}?${query}&${any}`))
      expect(figures, `${path}?${query}`).toEqual(counted)
    }
  }
  await Promise.all([next(), next(), next()])
  expect(await asSystem(db, (ctx) => ctx.db.query(WRONG_SUMS))).toEqual([])
}

export const inWeek = async <T>({ clock }: World, ago: number, work: () => Promise<T>): Promise<T> => {
  clock.advance(-ago * WEEK_MS)
  return work().finally(() => clock.set(null))
}

/** A company with a dozen invoices and bills of the last weeks, and what may happen to them. */
export async function company() {
  const w = await world()
  const made = await ready(w.berlin)
  const db = (await house()).machinery.db
  const { berlin } = w
  const invoices: Body[] = []
  const bills: Body[] = []
  const projects: Body[] = []
  for (const name of ['P', 'Q', 'R']) projects.push(good(await berlin.post('/projects', { name })))
  const pick = (all: Body[], n: number) => all[n % all.length]
  const other = good(await berlin.post('/products', { name: 'Paper', price: { currency: 'EUR', value: 333 } })).id
  // One product twice, parts of one, and the same total by another.
  const [line] = made.invoice.line_items
  const lines = (n: number) => [
    { ...line, product_id: n % 4 === 0 ? other : line!.product_id, quantity: 1 + n / 4 },
    ...(n % 2 === 0 ? [line] : []),
    ...(n % 5 === 0 ? [{ ...line, product_id: other, quantity: 0.5 }] : []),
  ]
  const acts: Record<string, (n: number) => Promise<unknown>> = {
    create: (n) =>
      inWeek(w, n % 9, async () =>
        invoices.push(
          await draft(berlin, made, {
            line_items: lines(n),
            ...(n % 3 !== 1 && { project_id: pick(projects, n)!.id, memo: 'x' }),
          }),
        ),
      ),
    bill: (n) =>
      inWeek(w, n % 7, async () =>
        bills.push(
          good(
            await berlin.post('/payables', {
              document_id: `B${n}`,
              ...(n % 5 !== 0 && { project_id: pick(projects, n)!.id }),
              ...(n % 4 !== 0 && { currency: n % 3 === 0 ? 'USD' : 'EUR', due_date: `2026-0${1 + (n % 9)}-11` }),
            }),
          ),
        ),
      ),
    issue: (n) => inWeek(w, n % 2, async () => pick(invoices, n) && berlin.post(`/receivables/${pick(invoices, n)!.id}/issue`)),
    pay: async (n) => pick(invoices, n) && berlin.post(`/receivables/${pick(invoices, n)!.id}/mark_as_paid`),
    sell: async (n) =>
      pick(invoices, n) && berlin.put(`/receivables/${pick(invoices, n)!.id}/line_items`, { data: lines(n + 1) }),
    delete: async (n) => pick(invoices, n) && berlin.delete(`/receivables/${pick(invoices, n)!.id}`),
    change: async (n) =>
      pick(bills, n) &&
      berlin.patch(`/payables/${pick(bills, n)!.id}`, { due_date: `2026-1${n % 2}-2${n % 9}`, currency: 'EUR' }),
    remove: async (n) => pick(bills, n) && berlin.delete(`/payables/${pick(bills, n)!.id}`),
    keep: () => keepSums(db),
  }
  for (let n = 0; n < 12; n++) {
    await acts.create!(n)
    await acts.bill!(n)
  }
  return { w, db, made, acts }
}

/** What figures are about: bills, or what was sold, as documents or as products on their lines. */
const subjects = {
  bills: (path: string) => path.includes('payables'),
  sales: (path: string, query: string) => path.includes('receivables') && !query.includes('metric=product'),
  products: (_path: string, query: string) => query.includes('metric=product'),
}

/** Holds the figures about something against the documents, while both change. */
export function figuresHold(of: keyof typeof subjects): void {
  const questions = asked.filter((question) => subjects[of](...question))
  test(`figures of ${of} from kept sums are those of the documents, whatever happens to these and whenever it is added up`, {
    timeout: 120_000,
  }, async () => {
    const { w, db, acts } = await company()
    await same(w, db, questions)
    await enroll(db, receivableSums, 10)
    await enroll(db, payableSums, 10)
    await same(w, db, questions)
    await keepSums(db)
    await same(w, db, questions)
    const kept = await asSystem(db, (ctx) =>
      ctx.db.query(`select from kept_sums where entity_id = $1 and object = 'receivable' and dimension = 'status'`, [
        w.berlin.entityId,
      ]),
    )
    expect(kept.length).toBeGreaterThan(5)
    const steps = fc.array(fc.tuple(fc.constantFrom(...Object.keys(acts)), fc.nat(97)), { minLength: 12, maxLength: 12 })
    for (const round of fc.sample(steps, { numRuns: 6, seed: 17 })) {
      for (const [act, n] of round) await acts[act]!(n)
      await same(w, db, questions)
    }
  })
}
