import { afterAll, beforeAll, expect, test } from 'vitest'
import { daysBetween } from '../../src/core/calendar.ts'
import { callerFor, type Json, signIn } from '../../src/demo/caller.ts'
import { fillDemo } from '../../src/demo/demo.ts'
import { slotsOf } from '../../src/modules/jobs.ts'
import { startWorker } from '../../src/platform/jobs/jobs.ts'
import { ownApp } from '../support/own-app.ts'

/** The demo, looked at as somebody in finance would: it shows the whole product, and nothing in it is absurd. */

type Rows = (Json & Record<string, never>)[]
let close = async () => {}
const entities: { entity: Json; read(path: string): Promise<Rows> }[] = []

beforeAll(async () => {
  const { app, machinery, handlers, close: end } = await ownApp({ rate_limit: 0, dev_mail: 'local' })
  // Pictures of files would be drawn beside what is tested.
  const { 'files.draw': _, ...needed } = handlers
  const worker = startWorker(machinery.db, machinery.log, needed, { loops: 2, schedules: [], slots: slotsOf })
  close = async () => {
    await worker.stop()
    await end()
  }
  const partner = await fillDemo(machinery, () => {})
  const token = await signIn(app, partner)
  for (const entity of (await callerFor(app, token)('GET', '/entities?order=asc')).data as Json[]) {
    const call = callerFor(app, token, entity.id)
    const read = async (path: string) => {
      const rows: Rows = []
      for (let next: unknown = ''; next !== null; ) {
        const page = await call('GET', `${path}?limit=100${next && `&pagination_token=${next}`}`)
        rows.push(...(page.data as Rows))
        next = page.next_pagination_token ?? null
      }
      return rows
    }
    entities.push({ entity, read })
  }
}, 60_000)
afterAll(() => close())

const dayOf = (moment: unknown) => String(moment).slice(0, 10)
const sum = (rows: Rows, of: (row: Rows[number]) => number) => rows.reduce((total, row) => total + of(row), 0)

test('it shows the whole product: bills with files, approvals under way, quotes, orders, recurrences, payments, mail, three countries', {
  timeout: 30_000,
}, async () => {
  expect(entities.map(({ entity }) => (entity.address as unknown as Json).country).sort()).toEqual(['DE', 'FR', 'US'])
  const { read } = entities[0]!
  const byMail = async () => (await read('/payables')).filter(({ payable_origin }) => String(payable_origin) === 'email')
  const readAndTied = async () => (await byMail()).map(({ ocr_status, counterpart_id }) => [ocr_status, counterpart_id !== null])
  await expect.poll(readAndTied, { timeout: 20_000 }).toEqual([['success', true]])
  const bills = await read('/payables')
  const statuses = (rows: Rows) => new Set(rows.map(({ status }) => String(status)))
  expect(statuses(bills)).toEqual(new Set(['new', 'approve_in_progress', 'waiting_to_be_paid', 'paid', 'rejected']))
  expect(bills.every(({ file }) => file)).toBe(true)
  const documents = await read('/receivables')
  expect(statuses(documents)).toEqual(
    new Set(['draft', 'issued', 'paid', 'partially_paid', 'overdue', 'uncollectible', 'canceled', 'accepted', 'recurring']),
  )
  expect(statuses(await read('/payable_purchase_orders'))).toEqual(new Set(['draft', 'issued']))
  expect(statuses(await read('/payment_intents'))).toEqual(new Set(['created', 'succeeded']))
  expect(statuses(await read('/x/bank_transactions'))).toEqual(new Set(['matched', 'to_review']))
  for (const path of ['/recurrences', '/mailboxes', '/approval_requests', '/payment_records'])
    expect((await read(path)).length, path).toBeGreaterThan(0)
})

test('nothing in it is absurd: numbers, days and totals fit, and everybody can be reached', async () => {
  for (const { entity, read } of entities) {
    const began = dayOf(entity.created_at)
    const documents = await read('/receivables')
    for (const type of ['invoice', 'quote', 'credit_note']) {
      const issued = documents.filter((one) => String(one.type) === type && one.issue_date && one.document_id)
      issued.sort((a, b) => String(a.document_id).localeCompare(String(b.document_id)))
      const days = issued.map(({ issue_date }) => dayOf(issue_date))
      expect(days).toEqual(days.toSorted())
      for (const one of issued) {
        // Issued on the entity's own day, which may be another than that of Greenwich.
        const apart = Math.abs(daysBetween(dayOf(one.issue_date), dayOf(one.created_at)))
        expect([apart <= 1, began <= dayOf(one.created_at)]).toEqual([true, true])
      }
    }
    for (const one of documents.filter(({ type }) => String(type) === 'invoice')) {
      expect(Number(one.amount_due)).toBeGreaterThanOrEqual(0)
      if (one.due_date) expect(String(one.due_date) >= dayOf(one.issue_date)).toBe(true)
      if (['paid', 'partially_paid', 'issued', 'overdue'].includes(String(one.status)))
        expect(Number(one.amount_due) + Number(one.amount_paid)).toBe(Number(one.total_amount_with_credit_notes))
      if (one.paid_at) expect(dayOf(one.paid_at) >= dayOf(one.issue_date)).toBe(true)
    }
    for (const bill of (await read('/payables')).filter(({ payable_origin }) => String(payable_origin) !== 'email')) {
      expect(Number(bill.subtotal) + Number(bill.tax_amount)).toBe(Number(bill.total_amount))
      expect(String(bill.due_date) >= String(bill.issued_at) && String(bill.issued_at) >= began).toBe(true)
      if (bill.paid_at) expect(dayOf(bill.paid_at) > String(bill.issued_at)).toBe(true)
    }
    for (const { organization, individual } of (await read('/counterparts')) as unknown as Record<string, Json | undefined>[])
      expect([organization?.legal_name ?? individual?.first_name, organization?.email ?? individual?.email]).not.toContain(
        undefined,
      )
  }
})

test('its figures go up and down as those of a company do', async () => {
  for (const { read } of entities) {
    const invoices = (await read('/receivables')).filter((one) => String(one.type) === 'invoice' && one.issue_date)
    const months = new Map<string, Rows>()
    for (const one of invoices) {
      const month = String(one.issue_date).slice(0, 7)
      months.set(month, (months.get(month) ?? []).concat(one))
    }
    // The first and the last month may be begun only.
    const whole = [...months].sort(([a], [b]) => a.localeCompare(b)).slice(1, -1)
    const sums = whole.map(([, rows]) => sum(rows, ({ total_amount }) => Number(total_amount)))
    expect(sums.length).toBeGreaterThanOrEqual(9)
    expect(Math.max(...sums) / Math.min(...sums)).toBeLessThan(3)
  }
})
