import { describe, expect, test } from 'vitest'
import { draft, good, issued, no, read, withoutRules } from '../../../../test/support/invoicing.ts'
import { days, eventsOf, get, madeFrom, NOWHERE, on, recurring, start, words } from '../../../../test/support/recurring.ts'
import { type Body, permissions } from '../../../../test/support/world.ts'
import { audit } from '../../audit/audit.ts'

describe('a new recurrence', () => {
  test('plans its days, and makes the draft its base', async () => {
    const { w, berlin, made } = await start()
    const base = await draft(berlin, made)
    const { status, body } = await berlin.post('/recurrences', {
      invoice_id: base.id,
      start_date: '2025-01-31',
      end_date: '2025-04-30',
    })
    expect(status).toBe(200)
    expect(body).toEqual({
      id: body.id,
      created_at: body.created_at,
      updated_at: body.updated_at,
      invoice_id: base.id,
      status: 'active',
      automation_level: 'issue',
      frequency: 'month',
      interval: 1,
      start_date: '2025-01-31',
      start_month: 1,
      start_year: 2025,
      end_date: '2025-04-30',
      end_month: 4,
      end_year: 2025,
      day_of_month: 'last_day',
      max_occurrences: null,
      subject_text: null,
      body_text: null,
      recipients: null,
      current_iteration: 1,
      iterations: ['2025-01-31', '2025-02-28', '2025-03-31', '2025-04-30'].map((issue_at, i) => ({
        iteration: i + 1,
        issue_at,
        status: 'pending',
        issued_invoice_id: null,
      })),
    })
    expect(await get(berlin, body.id)).toEqual(body)
    expect(good(await berlin.get('/recurrences')).data).toEqual([body])
    expect(await read(berlin, base.id)).toMatchObject({ status: 'recurring', recurrence_id: body.id, document_id: null })
    expect(await eventsOf(w, base.id)).toEqual(['created', 'recurring'])
    expect(await eventsOf(w, body.id)).toEqual(['created'])
    const { data } = good(await berlin.get(`/receivables/${base.id}/history`))
    expect(data.at(-1)).toMatchObject({
      event_type: 'status_changed',
      event_data: { old_status: 'draft', new_status: 'recurring' },
      entity_user_id: berlin.userId,
    })
    const nobody = await w.newUser(w.berlin.entityId!, permissions({}, 'not_allowed'))
    expect((await nobody.get('/recurrences')).status).toBe(403)
  })

  test('begins today, every month, unless something else is asked for', async () => {
    const { berlin, made } = await start()
    const body = await recurring(berlin, made)
    expect(body).toMatchObject({
      start_date: '2025-01-15',
      day_of_month: 'first_day',
      end_date: null,
      end_month: null,
      end_year: null,
    })
    expect(days(body)).toEqual(['2025-01-15', '2025-02-15', '2025-03-15'])
  })

  test.each([
    ['day', 2, ['2025-01-31', '2025-02-02', '2025-02-04']],
    ['week', 1, ['2025-01-31', '2025-02-07', '2025-02-14']],
    ['month', 2, ['2025-01-31', '2025-03-31', '2025-05-31']],
    ['quarter', 1, ['2025-01-31', '2025-04-30', '2025-07-31']],
    ['year', 1, ['2025-01-31', '2026-01-31', '2027-01-31']],
  ])('recurs every so many of a %s', async (frequency, interval, expected) => {
    const { berlin, made } = await start()
    const body = await recurring(berlin, made, { start_date: '2025-01-31', frequency, interval })
    expect(days(body)).toEqual(expected)
  })

  test('understands the older words: months, and the first or last day in them', async () => {
    const { berlin, made } = await start('2024-09-08T10:00:00Z')
    const old = async (asked: object) => {
      const body = await recurring(berlin, made, { max_occurrences: undefined, end_month: 11, end_year: 2024, ...asked })
      return [...days(body), body.day_of_month]
    }
    const september = { start_month: 9, start_year: 2024 }
    expect(await old({ ...september, day_of_month: 'first_day' })).toEqual(['2024-10-01', '2024-11-01', 'first_day'])
    expect(await old({ ...september, day_of_month: 'last_day' })).toEqual(['2024-09-30', '2024-10-31', '2024-11-30', 'last_day'])
    expect(await old(september)).toEqual(['2024-10-01', '2024-11-01', 'first_day'])
    expect(await old({ day_of_month: 'last_day' })).toEqual(['2024-09-30', '2024-10-31', '2024-11-30', 'last_day'])
    expect(await old({ start_month: 1, start_year: 2020 })).toEqual(['2024-10-01', '2024-11-01', 'first_day'])
    // Both at once, as an answer has them.
    expect(await old({ start_date: '2024-10-30', start_month: 10, start_year: 2024, end_date: '2024-11-30' })).toEqual([
      '2024-10-30',
      '2024-11-30',
      'first_day',
    ])
  })

  test('knows how far its automation goes by the words for the mail', async () => {
    const { berlin, made } = await start()
    const level = async (asked: object) => (await recurring(berlin, made, asked)).automation_level
    expect(await level(words)).toBe('issue_and_send')
    expect(await level({ subject_text: 'A' })).toBe('issue')
    expect(await level({ ...words, automation_level: 'draft' })).toBe('draft')
  })

  test('is refused without a sound plan, and leaves the draft alone', async () => {
    const { w, berlin, made } = await start()
    const base = await draft(berlin, made)
    const refused = async (asked: object) => {
      const [status, message] = no(await berlin.post('/recurrences', { invoice_id: base.id, ...asked }, { beyond: true }))
      return status === 422 ? message : [status, message]
    }
    const end = 'A recurrence has one end: leave out end_date or max_occurrences'
    expect(await refused({})).toBe('body.end_date: A recurrence needs an end: name either end_date or max_occurrences')
    expect(await refused({ end_date: '2025-03-01', max_occurrences: 2 })).toBe(`body.max_occurrences: ${end}`)
    expect(await refused({ end_month: 3, end_year: 2025, max_occurrences: 2 })).toBe(`body.max_occurrences: ${end}`)
    expect(await refused({ end_month: 3 })).toBe('body.end_year: end_month and end_year go together')
    expect(await refused({ max_occurrences: 2, start_year: 2025 })).toBe(
      'body.start_month: start_month and start_year go together',
    )
    expect(await refused({ max_occurrences: 2, start_month: 2, start_year: 0 })).toBe('body.start_year: There is no such year')
    expect(await refused({ end_date: '2025-03-01', end_month: 4, end_year: 2025 })).toBe(
      'body.end_date: end_month and end_year name another month',
    )
    expect(await refused({ start_date: '2025-03-01', start_month: 4, start_year: 2025, max_occurrences: 1 })).toBe(
      'body.start_date: start_month and start_year name another month',
    )
    expect(await refused({ start_date: '2025-01-14', max_occurrences: 2 })).toBe(
      'body.start_date: A recurrence does not start in the past',
    )
    expect(await refused({ start_date: '2025-02-01', end_date: '2025-01-31' })).toBe(
      'body.end_date: A recurrence does not end before it starts',
    )
    expect(await refused({ start_date: '2078-01-01', max_occurrences: 2 })).toBe(
      'body.start_date: Recurrences are planned up to the year 2077',
    )
    expect(await refused({ end_date: '2078-01-01' })).toBe('body.end_date: Recurrences are planned up to the year 2077')
    expect(await refused({ max_occurrences: 1000, frequency: 'year', interval: 100 })).toEqual([
      400,
      expect.stringContaining('beyond the calendar'),
    ])
    expect(await refused({ max_occurrences: 2, automation_level: 'issue_and_send', body_text: 'B' })).toBe(
      'body.subject_text: Invoices are sent only with a subject_text',
    )
    for (const wrong of [
      { interval: 0 },
      { interval: 101 },
      { max_occurrences: 1001 },
      { frequency: 'hour' },
      { subject_text: '' },
    ])
      expect(
        (await berlin.post('/recurrences', { invoice_id: base.id, max_occurrences: 2, ...wrong }, { beyond: true })).status,
      ).toBe(422)
    expect((await read(berlin, base.id)).status).toBe('draft')
    expect(await w.sql('select 1 from recurrences where entity_id = $1', [berlin.entityId])).toEqual([])
  })

  test('needs a draft invoice of its own', async () => {
    const { berlin, made } = await start()
    const refused = async (invoice_id: string) => no(await berlin.post('/recurrences', { invoice_id, max_occurrences: 2 }))
    expect(await refused(NOWHERE)).toEqual([404, `There is no receivable by provided id: ${NOWHERE}`])
    expect(await refused((await issued(berlin, made)).id)).toEqual([409, "An invoice that is issued can't be repeated"])
    const { payment_terms_id: _t, ...shared } = made.invoice
    const quote = good(await berlin.post('/receivables', { ...shared, type: 'quote' }))
    expect(await refused(quote.id)).toEqual([409, 'This is a quote; only invoices recur'])
    const { invoice_id } = await recurring(berlin, made)
    expect(await refused(invoice_id)).toEqual([409, "An invoice that is recurring can't be repeated"])
  })

  test('is refused when its invoices could not be issued or sent, unless they stay drafts', async () => {
    const { berlin, made } = await start()
    const post = async (asked: object, changes: object) => {
      const base = await draft(berlin, made, changes)
      return no(await berlin.post('/recurrences', { invoice_id: base.id, max_occurrences: 2, ...asked }))
    }
    const without = { payment_terms_id: null }
    expect(await post({}, without)).toEqual([409, 'The invoice can not be issued: missing payment_terms'])
    expect(await post({ automation_level: 'draft' }, without)).toEqual([200, undefined])
    const named = { payment_terms_id: undefined, payment_terms: { term_final: { end_date: '2025-01-20' } } }
    expect(await post({ start_date: '2025-02-01' }, named)).toEqual([
      409,
      'term_final would end before the issue date, 2025-02-01',
    ])
    expect(await post({ start_date: '2025-01-20' }, named)).toEqual([200, undefined])
    good(await berlin.patch(`/counterparts/${made.customer.id}`, { organization: { email: null } }))
    expect(await post(words, {})).toEqual([409, 'The counterpart has no email address: name the recipients'])
    expect(await post({ ...words, recipients: { to: ['pay@example.com'] } }, {})).toEqual([200, undefined])
  })
})

test('whoever is limited to their own sees and touches the recurrences of their own invoices', async () => {
  const { w, berlin, made } = await start()
  const theirs = await recurring(berlin, made)
  w.clock.set(null)
  const own = {
    'receivable:read': 'allowed_for_own',
    'receivable:update': 'allowed_for_own',
    'receivable:create': 'allowed_for_own',
  } as const
  const user = await w.newUser(berlin.entityId!, permissions(own))
  const mine = await recurring(user, made, { start_date: undefined })
  expect(good(await user.get('/recurrences')).data.map(({ id }: Body) => id)).toEqual([mine.id])
  expect((await user.get(`/recurrences/${mine.id}`)).status).toBe(200)
  expect((await user.get(`/recurrences/${theirs.id}`)).status).toBe(403)
  expect((await user.patch(`/recurrences/${theirs.id}`, { interval: 2 })).status).toBe(403)
  for (const action of ['pause', 'cancel']) expect((await user.post(`/recurrences/${theirs.id}/${action}`)).status).toBe(403)
  const other = await draft(berlin, made)
  expect((await user.post('/recurrences', { invoice_id: other.id, max_occurrences: 1 })).status).toBe(403)
  expect((await user.post(`/recurrences/${mine.id}/cancel`)).status).toBe(204)
})

test('without the rules terms may name days that have passed', async () => {
  const { w, berlin, made } = await start()
  await withoutRules(berlin)
  const payment_terms = { term_final: { end_date: '2025-01-10' } }
  const { id, invoice_id } = await recurring(berlin, made, { max_occurrences: 1 }, { payment_terms_id: undefined, payment_terms })
  await on(w, '2025-01-15')
  expect((await get(berlin, id)).status).toBe('completed')
  expect((await madeFrom(berlin, invoice_id))[0]).toMatchObject({ status: 'overdue', due_date: '2025-01-10' })
})

test('the audit finds the books in order after all of it, and notices a day without its invoice and a base on the loose', async () => {
  const { w, berlin, made } = await start()
  const [ended, canceled] = [await recurring(berlin, made, { max_occurrences: 1 }), await recurring(berlin, made)]
  await recurring(berlin, made, { automation_level: 'draft' })
  await on(w, '2025-01-15')
  good(await berlin.post(`/recurrences/${canceled.id}/cancel`))
  w.clock.set(null)
  await w.work()
  const found = async () =>
    (await audit(w.machinery.db)).flatMap(({ question, rows }) =>
      rows.filter(({ entity_id }) => entity_id === berlin.entityId).map(() => question.slice(0, 40)),
    )
  expect(await found()).toEqual([])
  await w.sql(`update recurrence_iterations set status = 'skipped', issued_invoice_id = null where recurrence_id = $1`, [
    ended.id,
  ])
  expect(await found()).toEqual(['What a day of a recurrence led to is an '])
  await w.sql(`update recurrences set status = 'canceled' where id = $1`, [ended.id])
  expect(await found()).toEqual(['What a day of a recurrence led to is an ', 'The base of a recurrence is recurring un'])
})
