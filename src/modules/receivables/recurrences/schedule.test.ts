import { describe, expect, test } from 'vitest'
import { draft, good, no, type Ready, read, withoutRules } from '../../../../test/support/invoicing.ts'
import {
  days,
  eventsOf,
  get,
  idsOf,
  madeFrom,
  on,
  parisReady,
  recurring,
  run,
  start,
  states,
  words,
} from '../../../../test/support/recurring.ts'
import { type Body, type Client, client, house, organization, world } from '../../../../test/support/world.ts'

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
