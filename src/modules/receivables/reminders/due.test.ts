import { expect, test } from 'vitest'
import { type Configured, dueReminders, type Reminded, reminderOf } from './due.ts'

const words = (subject: string) => ({ subject, body: subject })
const stamp = { id: '1', created_at: '', updated_at: '', name: 'x', recipients: null }
const configured: Configured = {
  payment: {
    ...stamp,
    entity_id: '1',
    status: 'active' as const,
    term_1_reminder: { days_before: 2, ...words('one') },
    term_2_reminder: { days_before: 1, ...words('two') },
    term_final_reminder: { days_before: 3, ...words('final') },
  },
  overdue: {
    ...stamp,
    terms: [
      { days_after: 14, ...words('later') },
      { days_after: 1, ...words('late') },
    ],
  },
}
const invoice: Reminded = {
  status: 'issued',
  amount_due: 100,
  due_date: '2026-03-31',
  early_terms: {
    term_1: { discount: 300, end_date: '2026-03-10' },
    term_2: { discount: 200, end_date: '2026-03-20' },
    term_final: { end_date: '2026-03-31' },
  },
}
const on = (today: string, changes: Partial<Reminded> = {}, config = configured) =>
  dueReminders({ ...invoice, ...changes }, config, today).map(({ key, late }) => [key, late])

test('each has its day, so many before the end of its tier', () => {
  expect(on('2026-03-07')).toEqual([])
  expect(on('2026-03-08')).toEqual([['term_1', false]])
  expect(on('2026-03-09')).toEqual([['term_1', true]])
  expect(on('2026-03-10')).toEqual([])
  expect(on('2026-03-19')).toEqual([['term_2', false]])
  expect(on('2026-03-28', { status: 'partially_paid' })).toEqual([['term_final', false]])
  expect(on('2026-03-29')).toEqual([['term_final', true]])
  expect(on('2026-03-30')).toEqual([])
})

test('and so many after the due date, of an invoice that is overdue', () => {
  const on_ = (today: string) => on(today, { status: 'overdue' })
  expect(on_('2026-03-31')).toEqual([])
  expect(on_('2026-04-01')).toEqual([['overdue 1', false]])
  expect(on_('2026-04-02')).toEqual([['overdue 1', true]])
  expect(on_('2026-04-03')).toEqual([])
  expect(on_('2026-04-14')).toEqual([['overdue 14', false]])
  expect(on('2026-04-01')).toEqual([])
  expect(on_('2026-03-28')).toEqual([])
})

test('nothing is said of what is paid, over or without a day', () => {
  for (const status of ['draft', 'paid', 'canceled', 'uncollectible', 'recurring'])
    for (const day of ['2026-03-08', '2026-03-28', '2026-04-01']) expect(on(day, { status })).toEqual([])
  expect(on('2026-03-28', { amount_due: 0 })).toEqual([])
  expect(on('2026-03-28', { due_date: null })).toEqual([])
  expect(on('2026-03-28', {}, { payment: null, overdue: null })).toEqual([])
})

test('tiers that the invoice doesn’t have are never told of', () => {
  expect(on('2026-03-08', { early_terms: null })).toEqual([])
  expect(on('2026-03-28', { early_terms: null })).toEqual([['term_final', false]])
})

test('days at the ends of the calendar are only compared', () => {
  const far = { days_before: 10_000, ...words('far') }
  const config = { ...configured, payment: { ...configured.payment!, term_final_reminder: far } }
  expect(on('9999-12-31', { due_date: '9999-12-31', status: 'overdue' })).toEqual([])
  expect(on('0001-01-01', { due_date: '0002-01-01', early_terms: null }, config)).toEqual([])
})

test('the first after the due date is the one with the fewest days', () => {
  expect(reminderOf(configured, 'overdue')?.key).toBe('overdue 1')
  expect(reminderOf(configured, 'term_2')?.subject).toBe('two')
  expect(reminderOf({ payment: null, overdue: null }, 'overdue')).toBe(null)
})
