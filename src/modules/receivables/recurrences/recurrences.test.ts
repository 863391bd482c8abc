import { extractText, getDocumentProxy } from 'unpdf'
import { describe, expect, test } from 'vitest'
import {
  draft,
  good,
  issued,
  no,
  type Ready,
  read,
  ready,
  runSchedule,
  withoutRules,
} from '../../../../test/support/invoicing.ts'
import {
  type Body,
  type Client,
  client,
  house,
  organization,
  permissions,
  type World,
  world,
} from '../../../../test/support/world.ts'
import { audit } from '../../audit/audit.ts'

const NOWHERE = '00000000-0000-4000-8000-000000000000'

async function start(now = '2025-01-15T10:00:00Z') {
  const w = await world()
  const made = await ready(w.berlin)
  w.clock.set(now)
  return { w, berlin: w.berlin, made }
}

const run = (w: World) => runSchedule(w, 'receivables.recurrences')
/** Lets the schedule look at noon of that day. */
async function on(w: World, day: string) {
  w.clock.set(`${day}T12:00:00Z`)
  await run(w)
}

async function recurring(who: Client, made: Ready, asked: object = {}, changes: object = {}): Promise<Body> {
  const base = await draft(who, made, changes)
  return good(await who.post('/recurrences', JSON.parse(JSON.stringify({ invoice_id: base.id, max_occurrences: 3, ...asked }))))
}
const get = async (who: Client, id: string): Promise<Body> => good(await who.get(`/recurrences/${id}`))
const madeFrom = async (who: Client, baseId: string): Promise<Body[]> =>
  good(await who.get(`/receivables?based_on=${baseId}&sort=created_at&order=asc`)).data
const idsOf = (list: Body[]): string[] => list.map(({ id }) => id).sort()
const days = ({ iterations }: Body): string[] => iterations.map(({ issue_at }: Body) => issue_at)
const states = ({ iterations }: Body): string[] => iterations.map(({ status }: Body) => status)
const eventsOf = async (w: World, id: string) =>
  (await w.sql<{ event: string }>('select event from events where object_id = $1 order by created_at', [id])).map(
    ({ event }) => event,
  )
const words = { subject_text: 'Invoice {invoice_number}', body_text: 'Please pay {amount_due} by {due_date}.' }

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

describe('the schedule', () => {
  test('makes each invoice on its day, issued and numbered, from the base and as things are then', async () => {
    const { w, berlin, made } = await start()
    const { body: tag } = await berlin.post('/tags', { name: 'T' })
    const { body: project } = await berlin.post('/projects', { name: 'P' })
    const file = async (name: string) =>
      good(await berlin.upload('POST', '/files', { bytes: Buffer.from(name), name }, { file_type: 'attachments' })).id
    const [shown, kept] = [await file('shown.txt'), await file('kept.txt')]
    const changes = {
      attachments: [{ id: shown, include_in_email: true }, { id: kept }],
      tag_ids: [tag.id],
      project_id: project.id,
      partner_metadata: { a: 1 },
      memo: 'For {company_name}',
      purchase_order: 'PO 7',
      payment_page_url: 'https://pay.example.com/1',
    }
    const recurrence = await recurring(berlin, made, { start_date: '2025-01-31' }, changes)
    const base = await read(berlin, recurrence.invoice_id)
    await on(w, '2025-01-30')
    expect(await madeFrom(berlin, base.id)).toEqual([])
    await on(w, '2025-01-31')
    await run(w)
    const [first, ...more] = await madeFrom(berlin, base.id)
    expect(more).toEqual([])
    expect(first).toMatchObject({
      type: 'invoice',
      status: 'issued',
      document_id: 'INV-00001',
      issue_date: '2025-01-31T12:00:00+00:00',
      due_date: '2025-02-14',
      based_on: base.id,
      based_on_document_id: null,
      recurrence_id: recurrence.id,
      entity_user_id: berlin.userId,
      counterpart_name: 'Acme GmbH',
      memo: 'For Acme GmbH',
      purchase_order: 'PO 7',
      payment_page_url: 'https://pay.example.com/1',
      partner_metadata: { a: 1 },
      project_id: project.id,
      tags: [{ id: tag.id }],
      attachments: [{ id: shown, include_in_email: true }],
      line_items: base.line_items,
      total_amount: base.total_amount,
      amount_due: base.total_amount,
    })
    expect(await get(berlin, recurrence.id)).toMatchObject({
      status: 'active',
      current_iteration: 2,
      iterations: [
        { status: 'completed', issued_invoice_id: first.id },
        { status: 'pending', issued_invoice_id: null },
        { status: 'pending', issued_invoice_id: null },
      ],
    })

    await berlin.patch(`/counterparts/${made.customer.id}`, { organization: { legal_name: 'Acme Holding AG' } })
    await berlin.post('/bank_accounts', {
      iban: 'DE02120300000000202051',
      currency: 'EUR',
      country: 'DE',
      is_default_for_currency: true,
    })
    await on(w, '2025-02-28')
    const [, second] = await madeFrom(berlin, base.id)
    expect(second).toMatchObject({
      document_id: 'INV-00002',
      due_date: '2025-03-14',
      counterpart_name: 'Acme Holding AG',
      memo: 'For Acme GmbH',
      entity_bank_account: { iban: 'DE02120300000000202051' },
    })
    await on(w, '2025-03-31')
    expect(await get(berlin, recurrence.id)).toMatchObject({ status: 'completed', current_iteration: 3 })
    expect((await read(berlin, base.id)).status).toBe('recurring')
    expect(await eventsOf(w, recurrence.id)).toEqual(['created', 'updated', 'updated', 'completed'])
    const { data } = good(await berlin.get(`/receivables/${base.id}/history`))
    expect(data.map(({ event_type }: Body) => event_type)).toEqual([
      'receivable_created',
      'status_changed',
      'based_on_receivable_created',
      'based_on_receivable_created',
      'based_on_receivable_created',
    ])
    expect(data[2]).toMatchObject({ event_data: { receivable_id: first.id, type: 'invoice' }, entity_user_id: null })
    await on(w, '2025-12-31')
    expect(await madeFrom(berlin, base.id)).toHaveLength(3)
  })

  test('a clock that jumps 40 days neither misses a day nor does one twice', async () => {
    const { w, berlin, made } = await start()
    const daily = await recurring(berlin, made, { frequency: 'day', max_occurrences: 60 })
    const weekly = await recurring(berlin, made, { frequency: 'week', max_occurrences: undefined, end_date: '2025-02-24' })
    await on(w, '2025-01-15')
    await on(w, '2025-02-24')
    await run(w)
    const after = await get(berlin, daily.id)
    expect(states(after)).toEqual([...Array(41).fill('completed'), ...Array(19).fill('pending')])
    expect(after.current_iteration).toBe(42)
    const invoices = good(await berlin.get(`/receivables?based_on=${daily.invoice_id}&sort=created_at&order=asc&limit=100`)).data
    expect(invoices).toHaveLength(41)
    expect(new Set(after.iterations.slice(0, 41).map(({ issued_invoice_id }: Body) => issued_invoice_id))).toEqual(
      new Set(invoices.map(({ id }: Body) => id)),
    )
    // What is made late carries the day it is made on, and is due from there.
    expect(new Set(invoices.slice(1).map(({ issue_date, due_date }: Body) => `${issue_date.slice(0, 10)} ${due_date}`))).toEqual(
      new Set(['2025-02-24 2025-03-10']),
    )
    const ended = await get(berlin, weekly.id)
    expect(ended).toMatchObject({ status: 'completed', current_iteration: 6 })
    expect(states(ended)).toEqual(Array(6).fill('completed'))
    const numbers = await w.sql<{ number: number }>(
      `select number from receivables where entity_id = $1 and number is not null order by number`,
      [berlin.entityId],
    )
    expect(numbers.map(({ number }) => Number(number))).toEqual(Array.from({ length: 47 }, (_, i) => i + 1))
  })

  test('leaves drafts where it is asked to', async () => {
    const { w, berlin, made } = await start()
    const recurrence = await recurring(berlin, made, { automation_level: 'draft', max_occurrences: 2 })
    await on(w, '2025-02-15')
    const invoices = await madeFrom(berlin, recurrence.invoice_id)
    expect(invoices.map(({ status, document_id }) => [status, document_id])).toEqual([
      ['draft', null],
      ['draft', null],
    ])
    expect(await get(berlin, recurrence.id)).toMatchObject({
      status: 'completed',
      iterations: [{ status: 'completed' }, { status: 'completed' }],
    })
    // They are the documents of whoever set it up, and nobody made them.
    const { data: life } = good(await berlin.get(`/receivables/${invoices[0].id}/history`))
    expect([invoices[0].entity_user_id, life[0].event_type, life[0].entity_user_id]).toEqual([
      berlin.userId,
      'receivable_created',
      null,
    ])
    // They are drafts like any other, but for becoming a base themselves.
    expect(no(await berlin.post('/recurrences', { invoice_id: invoices[0].id, max_occurrences: 1 }))).toEqual([
      409,
      'The invoice was made by a recurrence: clone it to have another one',
    ])
    expect(good(await berlin.post(`/receivables/${invoices[0].id}/issue`)).status).toBe('issued')
    good(await berlin.delete(`/receivables/${invoices[1].id}`))
    expect(states(await get(berlin, recurrence.id))).toEqual(['completed', 'completed'])
  })

  test('issues and sends, in the words of the recurrence, to whoever it names', async () => {
    const { w, berlin, made } = await start()
    const usual = await recurring(berlin, made, { ...words, max_occurrences: 1 })
    const recipients = { to: ['pay@example.com'], cc: ['copy@example.com'], bcc: null }
    const named = await recurring(berlin, made, { ...words, max_occurrences: 1, recipients })
    const copied = await recurring(berlin, made, { ...words, max_occurrences: 1, recipients: { bcc: ['audit@example.com'] } })
    await on(w, '2025-01-15')
    const sent = async ({ id, invoice_id }: Body) => {
      const [invoice] = await madeFrom(berlin, invoice_id)
      expect((await get(berlin, id)).iterations[0]).toMatchObject({ status: 'completed', issued_invoice_id: invoice.id })
      const { data } = good(await berlin.get(`/receivables/${invoice.id}/mails`))
      const [{ recipients, subject, text }] = await w.sql<Body>('select * from mails where object_id = $1', [invoice.id])
      const to = (list: Body) => (list ?? []).map((one: Body) => one.email ?? one)
      const history = good(await berlin.get(`/receivables/${invoice.id}/history`)).data
      return { invoice, subject, text, data, recipients, to, history }
    }
    const { invoice, subject, text, data, history } = await sent(usual)
    expect(invoice.status).toBe('issued')
    expect(subject).toBe(`Invoice ${invoice.document_id}`)
    expect(text).toContain('by 29 Jan 2025')
    expect(data).toHaveLength(1)
    expect(JSON.stringify(data[0].recipients)).toContain('acme@example.com')
    expect(history.map(({ event_type }: Body) => event_type)).toEqual(['receivable_created', 'status_changed', 'mail_sent'])
    const other = JSON.stringify((await sent(named)).data[0].recipients)
    expect(other).toContain('pay@example.com')
    expect(other).toContain('copy@example.com')
    expect(other).not.toContain('acme@example.com')
    const third = JSON.stringify((await sent(copied)).data[0].recipients)
    expect(third).toContain('acme@example.com')
    expect(third).toContain('audit@example.com')
  })

  test('notes what could not be issued or sent, keeps what there is, and goes on with the next day', async () => {
    const { w, berlin, made } = await start()
    const recurrence = await recurring(berlin, made, { ...words, frequency: 'day', max_occurrences: 4 })
    await on(w, '2025-01-15')
    // Without an address there is nobody to send it to.
    good(await berlin.patch(`/counterparts/${made.customer.id}`, { organization: { email: null } }))
    await on(w, '2025-01-16')
    // Without a bank account the rules forbid to issue it.
    good(await berlin.delete(`/bank_accounts/${made.account.id}`))
    await on(w, '2025-01-17')
    const { body: account } = await berlin.post('/bank_accounts', {
      iban: 'DE89370400440532013000',
      currency: 'EUR',
      country: 'DE',
    })
    expect(account.id).toBeDefined()
    good(await berlin.patch(`/counterparts/${made.customer.id}`, { organization: { email: 'new@example.com' } }))
    await on(w, '2025-01-18')
    const after = await get(berlin, recurrence.id)
    const invoices = await madeFrom(berlin, recurrence.invoice_id)
    expect(after.status).toBe('completed')
    expect(after.iterations.map(({ status, issued_invoice_id }: Body) => [status, issued_invoice_id])).toEqual(
      ['completed', 'send_failed', 'issue_failed', 'completed'].map((status, i) => [status, invoices[i].id]),
    )
    expect(invoices.map(({ status, document_id }) => [status, document_id])).toEqual([
      ['issued', 'INV-00001'],
      ['issued', 'INV-00002'],
      ['draft', null],
      ['issued', 'INV-00003'],
    ])
    expect(await eventsOf(w, invoices[2].id)).toEqual(['created'])
    expect(await w.sql('select 1 from mails where object_id = any ($1)', [[invoices[1].id, invoices[2].id]])).toEqual([])
  })

  test('of a customer who is gone it keeps drafts, in the words of the base', async () => {
    const { w, berlin, made } = await start()
    const recurrence = await recurring(berlin, made, { frequency: 'day', max_occurrences: 2 })
    good(await berlin.delete(`/counterparts/${made.customer.id}`))
    await on(w, '2025-01-16')
    const invoices = await madeFrom(berlin, recurrence.invoice_id)
    expect(invoices.map(({ status, counterpart_name }) => [status, counterpart_name])).toEqual(
      Array(2).fill(['draft', 'Acme GmbH']),
    )
    expect(states(await get(berlin, recurrence.id))).toEqual(['issue_failed', 'issue_failed'])
  })

  test('a day whose invoice can not even be drafted fails without one', async () => {
    const { w, berlin, made } = await start()
    const payment_terms = { term_final: { end_date: '9999-12-31' } }
    const recurrence = await recurring(
      berlin,
      made,
      { frequency: 'day', max_occurrences: 2 },
      { payment_terms_id: undefined, payment_terms },
    )
    await on(w, '2025-01-15')
    await on(w, '2025-01-16')
    expect((await get(berlin, recurrence.id)).iterations).toMatchObject([
      { status: 'completed' },
      { status: 'issue_failed', issued_invoice_id: null },
    ])
  })

  test('reminders go along', async () => {
    const { w, berlin, made } = await start()
    const term_final_reminder = { days_before: 1, subject: 'Soon', body: 'Tomorrow' }
    const before = good(await berlin.post('/payment_reminders', { name: 'Before', term_final_reminder }))
    const terms = [{ days_after: 2, subject: 'Late', body: 'Two days' }]
    const after = good(await berlin.post('/overdue_reminders', { name: 'After', terms }))
    const named = { payment_reminder_id: before.id, overdue_reminder_id: after.id }
    const { invoice_id } = await recurring(berlin, made, { max_occurrences: 1 }, named)
    await on(w, '2025-01-15')
    expect((await madeFrom(berlin, invoice_id))[0]).toMatchObject({ status: 'issued', ...named })
  })

  test('days that the base names move along with its start', async () => {
    const { w, berlin, made } = await start()
    const terms = { term_1: { discount: 200, end_date: '2025-02-05' }, term_final: { end_date: '2025-02-20' } }
    const changes = { payment_terms_id: undefined, payment_terms: terms, fulfillment_date: '2025-02-01' }
    const recurrence = await recurring(berlin, made, { start_date: '2025-02-01', max_occurrences: 2 }, changes)
    await on(w, '2025-02-01')
    await on(w, '2025-03-01')
    const [first, second] = await madeFrom(berlin, recurrence.invoice_id)
    expect(first).toMatchObject({ due_date: '2025-02-20', fulfillment_date: '2025-02-01', payment_terms: terms })
    expect(second).toMatchObject({
      status: 'issued',
      due_date: '2025-03-20',
      fulfillment_date: '2025-03-01',
      payment_terms: { term_1: { end_date: '2025-03-05' }, term_final: { end_date: '2025-03-20' } },
    })
  })

  test('passes over entities that are switched off, and makes up for it afterwards', async () => {
    const { w, berlin, made } = await start()
    const recurrence = await recurring(berlin, made, { frequency: 'day', max_occurrences: 2 })
    const other = await recurring(w.paris, await parisReady(w.paris), { automation_level: 'draft', max_occurrences: 1 })
    good(await w.partner.post(`/entities/${berlin.entityId}/deactivate`))
    await on(w, '2025-01-15')
    const of = (id: string) =>
      w.sql<{ status: string }>('select status from recurrence_iterations where recurrence_id = $1 order by iteration', [id])
    expect(await of(recurrence.id)).toEqual([{ status: 'pending' }, { status: 'pending' }])
    expect(await of(other.id)).toEqual([{ status: 'completed' }])
    good(await w.partner.post(`/entities/${berlin.entityId}/activate`))
    await on(w, '2025-01-16')
    expect(await of(recurrence.id)).toEqual([{ status: 'completed' }, { status: 'completed' }])
  })

  test('two at once make one invoice each day', async () => {
    const { w, berlin, made } = await start()
    const recurrence = await recurring(berlin, made, { frequency: 'day', max_occurrences: 10 })
    w.clock.set('2025-01-24T12:00:00Z')
    await Promise.all([run(w), run(w), run(w)])
    expect(await madeFrom(berlin, recurrence.invoice_id)).toHaveLength(10)
    expect((await get(berlin, recurrence.id)).status).toBe('completed')
    expect((await eventsOf(w, recurrence.id)).filter((event) => event === 'completed')).toHaveLength(1)
  })

  test('a day that breaks off leaves nothing and is tried again, and the others do not wait for it', async () => {
    const { w, berlin, made } = await start()
    const breaking = await recurring(berlin, made, { max_occurrences: 2, frequency: 'day' }, { memo: 'breaks' })
    const other = await recurring(berlin, made, { max_occurrences: 2, frequency: 'day' })
    const name = `break_${berlin.entityId!.replaceAll('-', '')}`
    // A sequence counts on through what is rolled back: the first commit fails, and no other.
    await w.sql(`create sequence ${name}`)
    await w.sql(`grant usage on sequence ${name} to quittance_app`)
    await w.sql(`create function ${name}() returns trigger language plpgsql as $$ begin
      if new.entity_id = '${berlin.entityId}' and new.status = 'issued' and coalesce(new.content ->> 'memo', '') = 'breaks' and nextval('${name}') = 1
      then raise exception 'The disk is full' using errcode = '53100'; end if; return null; end $$`)
    await w.sql(`create constraint trigger ${name} after update on receivables deferrable initially deferred
      for each row execute function ${name}()`)
    w.clock.set('2025-01-16T12:00:00Z')
    await expect(run(w)).rejects.toThrow('The disk is full')
    const statesOf = async () => [states(await get(berlin, breaking.id)), states(await get(berlin, other.id))]
    const [broken, fine] = await statesOf()
    expect(broken).toEqual(['pending', 'completed'])
    expect(fine).toEqual(['completed', 'completed'])
    await w.sql(`drop function ${name} cascade`)
    await w.sql(`drop sequence ${name}`)
    await run(w)
    expect(await statesOf()).toEqual(Array(2).fill(['completed', 'completed']))
    expect(await madeFrom(berlin, breaking.invoice_id)).toHaveLength(2)
  })

  test.each(['pause', 'cancel'])('%s while it runs: every day is either done or not, and none after it', async (action) => {
    const { w, berlin, made } = await start()
    const recurrence = await recurring(berlin, made, { frequency: 'day', max_occurrences: 30 })
    w.clock.set('2025-02-13T12:00:00Z')
    const running = run(w)
    await new Promise((done) => setTimeout(done, 60))
    const { status } = await berlin.post(`/recurrences/${recurrence.id}/${action}`)
    const then = await madeFrom(berlin, recurrence.invoice_id)
    await running
    const after = await get(berlin, recurrence.id)
    const invoices = await madeFrom(berlin, recurrence.invoice_id)
    const done = after.iterations.filter(({ status }: Body) => status === 'completed')
    expect(done.map(({ issued_invoice_id }: Body) => issued_invoice_id).sort()).toEqual(idsOf(invoices))
    if (status === 409) return expect(after.status).toBe('completed')
    expect(idsOf(invoices)).toEqual(idsOf(then))
    expect(after.status).toBe(action === 'pause' ? 'paused' : 'canceled')
    const rest = action === 'pause' ? 'pending' : 'canceled'
    expect(new Set(states(after).slice(invoices.length))).toEqual(new Set(invoices.length < 30 ? [rest] : []))
  })
})

describe.each([
  // Ahead of UTC by 13 hours: the day begins the evening before.
  {
    where: { country: 'NZ', city: 'Auckland', postal_code: '1010' },
    eve: '2025-01-31T10:59:59Z',
    starts: '2025-01-31T11:00:00Z',
  },
  // Behind it by 8 hours.
  {
    where: { country: 'US', state: 'CA', city: 'Los Angeles', postal_code: '90001' },
    eve: '2025-02-01T07:59:59Z',
    starts: '2025-02-01T08:00:00Z',
  },
])('days are those of the entity: $where.city', ({ where, eve, starts }) => {
  async function somewhere() {
    const w = await world()
    const entityId = await w.newEntity({ address: { ...organization.address, ...where } })
    const { userId } = await w.newUser(entityId)
    const at = async (moment: string): Promise<Client> => {
      w.clock.set(moment)
      return client(await house(), await w.tokenFor(userId!), { entityId, userId })
    }
    const who = await at('2025-01-20T12:00:00Z')
    await withoutRules(who)
    const { invoice } = await parisReady(who)
    // Due on the day they are made, which no invoice may precede.
    const payment_terms = { term_final: { end_date: '2025-02-01' } }
    return { w, at, made: { invoice: { ...invoice, payment_terms } } as unknown as Ready }
  }

  test('a recurrence begins today, and not yesterday', async () => {
    const { at, made } = await somewhere()
    const before = await at(eve)
    expect(await recurring(before, made)).toMatchObject({ start_date: '2025-01-31' })
    expect(await recurring(before, made, { start_date: '2025-01-31' })).toMatchObject({ start_date: '2025-01-31' })
    const after = await at(starts)
    expect(await recurring(after, made)).toMatchObject({ start_date: '2025-02-01' })
    const { id } = await draft(after, made)
    expect(no(await after.post('/recurrences', { invoice_id: id, start_date: '2025-01-31', max_occurrences: 1 }))).toEqual([
      422,
      'body.start_date: A recurrence does not start in the past',
    ])
  })

  test('an invoice is made on its day, by the clock of the entity, and dated that day', async () => {
    const { w, at, made } = await somewhere()
    const { id, invoice_id } = await recurring(await at('2025-01-25T12:00:00Z'), made, {
      start_date: '2025-02-01',
      frequency: 'day',
    })
    for (const [moment, count] of [
      [eve, 0],
      [starts, 1],
      [new Date(Date.parse(starts) + 86_399_000).toISOString(), 1],
      [new Date(Date.parse(starts) + 86_400_000).toISOString(), 2],
    ] as const) {
      const who = await at(moment)
      await run(w)
      expect([moment, (await madeFrom(who, invoice_id)).length]).toEqual([moment, count])
    }
    const who = await at(starts)
    const dated = await w.sql<{ issued_on: string }>(
      'select issued_on from receivables where recurrence_id = $1 and issued_on is not null order by number',
      [id],
    )
    expect(dated.map(({ issued_on }) => issued_on)).toEqual(days(await get(who, id)).slice(0, 2))
  })

  test('what passed during a pause is what was over where the entity is', async () => {
    const { at, made } = await somewhere()
    const asked = { start_date: '2025-01-31', frequency: 'day', max_occurrences: 4 }
    const who = await at('2025-01-30T12:00:00Z')
    const ids = [(await recurring(who, made, asked)).id, (await recurring(who, made, asked)).id]
    for (const id of ids) good(await who.post(`/recurrences/${id}/pause`))
    const before = await at(eve)
    expect(states(good(await before.post(`/recurrences/${ids[0]}/resume`)))).toEqual(Array(4).fill('pending'))
    const after = await at(starts)
    expect(states(good(await after.post(`/recurrences/${ids[1]}/resume`)))).toEqual(['skipped', ...Array(3).fill('pending')])
    // A plan made anew begins today, too; what came before it is left to the schedule.
    const { iterations } = good(await after.patch(`/recurrences/${ids[1]}`, { interval: 2 }))
    expect(iterations.map(({ issue_at }: Body) => issue_at)).toEqual(['2025-01-31', '2025-02-02', '2025-02-04', '2025-02-06'])
  })
})

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

async function parisReady(paris: Client): Promise<Ready> {
  const { body: customer } = await paris.post('/counterparts', {
    type: 'individual',
    individual: {
      first_name: 'Ada',
      last_name: 'L',
      is_customer: true,
      is_vendor: false,
      address: { country: 'FR', city: 'Paris', postal_code: '75001', line1: '1 rue A' },
    },
  })
  const invoice = {
    type: 'invoice',
    currency: 'EUR',
    counterpart_id: customer.id,
    counterpart_billing_address_id: customer.default_billing_address_id,
    line_items: [{ product: { name: 'A', price: { currency: 'EUR', value: 100 } }, quantity: 1, tax_rate_value: 2000 }],
  }
  return { invoice } as unknown as Ready
}
