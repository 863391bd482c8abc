import { extractText, getDocumentProxy } from 'unpdf'
import { describe, expect, test } from 'vitest'
import { good, no, read, withoutRules } from '../../../../test/support/invoicing.ts'
import {
  days,
  eventsOf,
  get,
  madeFrom,
  NOWHERE,
  on,
  recurring,
  start,
  states,
  words,
} from '../../../../test/support/recurring.ts'
import type { Body, Client } from '../../../../test/support/world.ts'

describe('held and ended', () => {
  test('what passes during a pause is skipped; it goes on with the day it is resumed on', async () => {
    const { w, berlin, made } = await start()
    const { id, invoice_id } = await recurring(berlin, made, { frequency: 'day', max_occurrences: 5 })
    await on(w, '2025-01-15')
    const paused = good(await berlin.post(`/recurrences/${id}/pause`))
    expect(paused).toMatchObject({ id, status: 'paused', current_iteration: 2 })
    expect(no(await berlin.post(`/recurrences/${id}/pause`))).toEqual([409, "A recurrence that is paused can't be paused"])
    await on(w, '2025-01-18')
    expect(await madeFrom(berlin, invoice_id)).toHaveLength(1)
    const resumed = good(await berlin.post(`/recurrences/${id}/resume`))
    expect(resumed).toMatchObject({ status: 'active', current_iteration: 4 })
    expect(states(resumed)).toEqual(['completed', 'skipped', 'skipped', 'pending', 'pending'])
    expect(no(await berlin.post(`/recurrences/${id}/resume`))).toEqual([409, "A recurrence that is active can't be resumed"])
    await on(w, '2025-01-19')
    expect(await madeFrom(berlin, invoice_id)).toHaveLength(3)
    expect(await eventsOf(w, id)).toEqual(['created', 'updated', 'paused', 'resumed', 'updated', 'completed'])
    for (const action of ['pause', 'resume', 'cancel'])
      expect((await berlin.post(`/recurrences/${id}/${action}`)).status).toBe(409)
  })

  test('resumed after its last day it is complete', async () => {
    const { w, berlin, made } = await start()
    const { id } = await recurring(berlin, made, { frequency: 'day', max_occurrences: 2 })
    good(await berlin.post(`/recurrences/${id}/pause`))
    w.clock.set('2025-02-01T10:00:00Z')
    const resumed = good(await berlin.post(`/recurrences/${id}/resume`))
    expect(resumed).toMatchObject({ status: 'completed', current_iteration: 2 })
    expect(states(resumed)).toEqual(['skipped', 'skipped'])
    expect(await eventsOf(w, id)).toEqual(['created', 'paused', 'resumed', 'completed'])
  })

  test.each(['active', 'paused'])('canceled while %s it takes its base with it and leaves its invoices', async (status) => {
    const { w, berlin, made } = await start()
    const { id, invoice_id } = await recurring(berlin, made)
    await on(w, '2025-01-15')
    if (status === 'paused') good(await berlin.post(`/recurrences/${id}/pause`))
    expect((await berlin.post(`/recurrences/${id}/cancel`)).status).toBe(204)
    const after = await get(berlin, id)
    expect(after).toMatchObject({ status: 'canceled', current_iteration: 3 })
    expect(states(after)).toEqual(['completed', 'canceled', 'canceled'])
    expect(await read(berlin, invoice_id)).toMatchObject({
      status: 'canceled',
      document_id: null,
      issue_date: null,
      amount_due: 0,
    })
    expect((await madeFrom(berlin, invoice_id)).map((one) => one.status)).toEqual(['issued'])
    expect((await eventsOf(w, invoice_id)).at(-1)).toBe('canceled')
    expect((await eventsOf(w, id)).at(-1)).toBe('canceled')
    await on(w, '2025-03-15')
    expect(await madeFrom(berlin, invoice_id)).toHaveLength(1)
    expect(no(await berlin.post(`/recurrences/${id}/cancel`))).toEqual([409, "A recurrence that is canceled can't be canceled"])
    expect(no(await berlin.patch(`/recurrences/${id}`, { interval: 2 }))).toEqual([
      409,
      "A recurrence that is canceled can't be edited",
    ])
    good(await berlin.get(`/receivables/${invoice_id}/pdf_link`))
    await w.work()
    const { file_url } = good(await berlin.get(`/receivables/${invoice_id}/pdf_link`))
    const { body: page } = await berlin.get(new URL(file_url).pathname)
    const { text } = await extractText(await getDocumentProxy(new Uint8Array(page)), { mergePages: true })
    // It was never a document, and says so also after its end.
    expect(text).toContain('DRAFT')
    await withoutRules(berlin)
    expect(no(await berlin.post(`/receivables/${invoice_id}/send`, words))[0]).toBe(409)
    // Its place is taken for good; a copy starts anew.
    expect((await berlin.post('/recurrences', { invoice_id, max_occurrences: 1 })).status).toBe(409)
    expect(good(await berlin.post(`/receivables/${invoice_id}/clone`))).toMatchObject({ status: 'draft', recurrence_id: null })
  })

  test('one that is not there is not found', async () => {
    const { berlin } = await start()
    const missing = [404, `There is no recurrence by provided id: ${NOWHERE}`]
    expect(no(await berlin.get(`/recurrences/${NOWHERE}`))).toEqual(missing)
    expect(no(await berlin.patch(`/recurrences/${NOWHERE}`, {}))).toEqual(missing)
    for (const action of ['pause', 'resume', 'cancel'])
      expect(no(await berlin.post(`/recurrences/${NOWHERE}/${action}`))).toEqual(missing)
  })
})

describe('the base', () => {
  test('is neither edited, issued, canceled nor deleted while it recurs; its metadata may change', async () => {
    const { w, berlin, made } = await start()
    const { invoice_id, id } = await recurring(berlin, made)
    const path = `/receivables/${invoice_id}`
    const before = await read(berlin, invoice_id)
    const answers = [
      await berlin.patch(path, { invoice: { memo: 'A' } }),
      await berlin.patch(path, { invoice: { partner_metadata: { a: 1 } } }),
      await berlin.patch(path, { issued_invoice: { memo: 'A' } }),
      await berlin.patch(path, { issued_invoice: { memo: 'A', partner_metadata: { a: 1 } } }),
      await berlin.patch(path, { issued_invoice: { tag_ids: [] } }),
      await berlin.patch(path, { issued_invoice: {} }),
      await berlin.put(`${path}/line_items`, { data: made.invoice.line_items }),
      await berlin.post(`${path}/issue`),
      await berlin.post(`${path}/send`, words),
      await berlin.post(`${path}/cancel`),
      await berlin.post(`${path}/mark_as_paid`, {}),
      await berlin.delete(path),
    ]
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 409))
    expect(await read(berlin, invoice_id)).toEqual(before)
    const metadata = { issued_invoice: { partner_metadata: { a: 1 } } }
    expect(good(await berlin.patch(path, metadata))).toEqual({
      ...before,
      partner_metadata: { a: 1 },
      updated_at: expect.any(String),
    })
    await on(w, '2025-01-15')
    expect((await madeFrom(berlin, invoice_id))[0].partner_metadata).toEqual({ a: 1 })
    good(await berlin.post(`/recurrences/${id}/cancel`))
    good(await berlin.patch(path, { issued_invoice: { partner_metadata: { a: 2 } } }))
    expect(await read(berlin, invoice_id)).toMatchObject({ status: 'canceled', partner_metadata: { a: 2 } })
    expect((await berlin.patch(path, { issued_invoice: { memo: 'A' } })).status).toBe(409)
  })
})

describe('a change', () => {
  const patch = async (who: Client, id: string, body: object): Promise<Body> => good(await who.patch(`/recurrences/${id}`, body))

  test('plans the days to come anew and keeps those that are done', async () => {
    const { w, berlin, made } = await start()
    const { id } = await recurring(berlin, made, { max_occurrences: 4 })
    await on(w, '2025-01-15')
    const [done] = (await get(berlin, id)).iterations
    const weekly = await patch(berlin, id, { frequency: 'week', interval: 2 })
    expect(days(weekly)).toEqual(['2025-01-15', '2025-01-29', '2025-02-12', '2025-02-26'])
    expect(weekly.iterations[0]).toEqual(done)
    const longer = await patch(berlin, id, { end_date: '2025-03-15' })
    expect(longer).toMatchObject({ end_date: '2025-03-15', max_occurrences: null })
    expect(days(longer)).toEqual(['2025-01-15', '2025-01-29', '2025-02-12', '2025-02-26', '2025-03-12'])
    const shorter = await patch(berlin, id, { max_occurrences: 2 })
    expect(shorter).toMatchObject({ end_date: null, max_occurrences: 2, current_iteration: 2 })
    expect(days(shorter)).toEqual(['2025-01-15', '2025-01-29'])
    expect(days(await patch(berlin, id, { end_month: 2, end_year: 2025 }))).toEqual([
      '2025-01-15',
      '2025-01-29',
      '2025-02-12',
      '2025-02-26',
    ])
    // In the middle of the series: what has passed is never planned again.
    await on(w, '2025-02-12')
    const daily = await patch(berlin, id, { frequency: 'day', interval: 10 })
    expect(days(daily)).toEqual(['2025-01-15', '2025-01-29', '2025-02-12', '2025-02-14', '2025-02-24'])
    expect(await eventsOf(w, id)).toEqual(['created', ...Array(8).fill('updated')])
    await on(w, '2025-02-24')
    expect((await get(berlin, id)).status).toBe('completed')
    expect(no(await berlin.patch(`/recurrences/${id}`, { max_occurrences: 9 }))).toEqual([
      409,
      "A recurrence that is completed can't be edited",
    ])
  })

  test('of the start is for as long as nothing was made', async () => {
    const { w, berlin, made } = await start()
    const { id } = await recurring(berlin, made, { start_date: '2025-01-20' })
    expect(days(await patch(berlin, id, { start_date: '2025-01-31' }))).toEqual(['2025-01-31', '2025-02-28', '2025-03-31'])
    expect(days(await patch(berlin, id, { day_of_month: 'first_day' }))).toEqual(['2025-02-01', '2025-03-01', '2025-04-01'])
    expect(days(await patch(berlin, id, { day_of_month: 'last_day' }))).toEqual(['2025-02-28', '2025-03-31', '2025-04-30'])
    expect(days(await patch(berlin, id, { frequency: 'quarter' }))).toEqual(['2025-02-28', '2025-05-31', '2025-08-31'])
    expect(no(await berlin.patch(`/recurrences/${id}`, { start_date: '2025-01-14' }))).toEqual([
      422,
      'body.start_date: A recurrence does not start in the past',
    ])
    await on(w, '2025-02-28')
    const begun = [409, 'The recurrence has begun: its start does not change any more']
    expect(no(await berlin.patch(`/recurrences/${id}`, { start_date: '2025-03-01' }))).toEqual(begun)
    expect(no(await berlin.patch(`/recurrences/${id}`, { day_of_month: 'first_day' }))).toEqual(begun)
    // Sending back what was read changes nothing.
    const before = await get(berlin, id)
    expect(await patch(berlin, id, { start_date: '2025-02-28', day_of_month: 'last_day', frequency: 'quarter' })).toEqual(before)
    expect(await patch(berlin, id, {})).toEqual(before)
  })

  test('keeps an end and sound words', async () => {
    const { w, berlin, made } = await start()
    const { id } = await recurring(berlin, made, { frequency: 'day' })
    await on(w, '2025-01-16')
    const refused = async (body: object) => no(await berlin.patch(`/recurrences/${id}`, body, { beyond: true }))
    expect(await refused({ max_occurrences: null })).toEqual([422, 'body.end_date: A recurrence keeps an end: name the new one'])
    expect(await refused({ max_occurrences: 1 })).toEqual([409, 'The recurrence has had 2 of its days already'])
    expect(await refused({ end_date: '2025-01-20', max_occurrences: 4 })).toEqual([
      422,
      'body.max_occurrences: A recurrence has one end: leave out end_date or max_occurrences',
    ])
    expect(await refused({ automation_level: 'issue_and_send' })).toEqual([
      422,
      'body.subject_text: Invoices are sent only with a subject_text',
    ])
    for (const field of ['automation_level', 'frequency', 'interval', 'start_date', 'day_of_month'])
      expect(await refused({ [field]: null })).toEqual([422, `body.${field}: Input should not be null`])
    expect(await refused({ start_month: 2 })).toEqual([422, expect.stringContaining('start_month')])
    const sending = await patch(berlin, id, {
      automation_level: 'issue_and_send',
      ...words,
      recipients: { to: ['a@example.com'] },
    })
    expect(sending).toMatchObject({ automation_level: 'issue_and_send', ...words, recipients: { to: ['a@example.com'] } })
    expect(states(sending)).toEqual(['completed', 'completed', 'pending'])
    expect(await refused({ body_text: null })).toEqual([422, 'body.body_text: Invoices are sent only with a body_text'])
    const quiet = await patch(berlin, id, { automation_level: 'draft', body_text: null, subject_text: null, recipients: null })
    expect(quiet).toMatchObject({ automation_level: 'draft', body_text: null, subject_text: null, recipients: null })
    good(await berlin.delete(`/bank_accounts/${made.account.id}`))
    expect(await refused({ automation_level: 'issue' })).toEqual([
      409,
      'The invoice can not be issued: missing entity_bank_account',
    ])
    expect(await patch(berlin, id, { max_occurrences: 2 })).toMatchObject({ status: 'completed', current_iteration: 2 })
  })

  test('while paused is fine, also one that leaves no day: resuming then completes it', async () => {
    const { w, berlin, made } = await start()
    const { id } = await recurring(berlin, made, { frequency: 'day' })
    await on(w, '2025-01-15')
    good(await berlin.post(`/recurrences/${id}/pause`))
    expect(await patch(berlin, id, { max_occurrences: 1 })).toMatchObject({ status: 'paused', current_iteration: 1 })
    expect(good(await berlin.post(`/recurrences/${id}/resume`)).status).toBe('completed')
  })

  test('while days are overdue leaves those to the schedule', async () => {
    const { w, berlin, made } = await start()
    const { id } = await recurring(berlin, made, { frequency: 'day', max_occurrences: 5 })
    w.clock.set('2025-01-17T10:00:00Z')
    expect(days(await patch(berlin, id, { interval: 3 }))).toEqual([
      '2025-01-15',
      '2025-01-16',
      '2025-01-18',
      '2025-01-21',
      '2025-01-24',
    ])
  })
})
