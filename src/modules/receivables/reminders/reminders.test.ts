import { expect, test } from 'vitest'
import { draft, good, issued, no, read, ready, withoutRules } from '../../../../test/support/invoicing.ts'
import { type Body, world } from '../../../../test/support/world.ts'

/** What entities set up, and which invoices name it. When mails go out is in `schedule.test.ts`. */

const NOWHERE = '00000000-0000-4000-8000-000000000000'
const final = { days_before: 3, subject: 'Soon', body: 'Invoice {invoice_number}' }
const late = { days_after: 7, subject: 'Late', body: 'Please pay' }

test('a payment reminder is created, read, changed, listed and gone after deletion', async () => {
  const { berlin, paris, sql } = await world()
  const sent = {
    name: 'Gentle',
    recipients: { to: ['ada@example.com'], cc: ['cc@example.com'] },
    term_1_reminder: { days_before: 1, subject: '', body: '<p>Hello</p>' },
    term_final_reminder: final,
  }
  const { status, body: made } = await berlin.post('/payment_reminders', sent)
  expect(status).toBe(201)
  expect(made).toEqual({
    ...sent,
    id: made.id,
    created_at: made.created_at,
    updated_at: made.updated_at,
    entity_id: berlin.entityId,
    status: 'active',
    term_2_reminder: null,
  })
  const path = `/payment_reminders/${made.id}`
  expect(good(await berlin.get(path))).toEqual(made)
  const changed = good(await berlin.patch(path, { name: 'Firm', recipients: null, term_1_reminder: null }))
  expect(changed).toEqual({
    ...made,
    name: 'Firm',
    recipients: null,
    term_1_reminder: null,
    updated_at: changed.updated_at,
  })
  expect(good(await berlin.get('/payment_reminders')).data).toEqual([changed])
  expect(good(await paris.get('/payment_reminders')).data).toEqual([])
  expect((await berlin.delete(path)).status).toBe(204)
  const gone = [404, `There is no payment reminder by provided id: ${made.id}`]
  for (const answer of [await berlin.get(path), await berlin.patch(path, { name: 'A' }), await berlin.delete(path)])
    expect(no(answer)).toEqual(gone)
  expect(good(await berlin.get('/payment_reminders')).data).toEqual([])
  const events = await sql<{ event: string }>('select event from events where object_id = $1 order by created_at', [made.id])
  expect(events.map(({ event }) => event)).toEqual(['created', 'updated', 'deleted'])
})

test('a payment reminder always says something, within its limits', async () => {
  const { berlin } = await world()
  const post = async (body: object) => (await berlin.post('/payment_reminders', body, { beyond: true })).status
  expect(await post({ name: 'A' })).toBe(400)
  expect(await post({ name: 'A', term_1_reminder: null })).toBe(400)
  for (const body of [
    { term_final_reminder: final },
    { name: '', term_final_reminder: final },
    { name: 'x'.repeat(256), term_final_reminder: final },
    { name: 'A', term_final_reminder: { ...final, days_before: 0 } },
    { name: 'A', term_final_reminder: { ...final, days_before: 10_001 } },
    { name: 'A', term_final_reminder: { ...final, days_after: 1 } },
    { name: 'A', term_final_reminder: final, recipients: { to: ['nobody'] } },
  ])
    expect(await post(body), JSON.stringify(body)).toBe(422)
  const { id } = good(await berlin.post('/payment_reminders', { name: 'A', term_final_reminder: final }))
  expect((await berlin.patch(`/payment_reminders/${id}`, { term_final_reminder: null })).status).toBe(400)
  expect((await berlin.patch(`/payment_reminders/${id}`, { name: null })).status).toBe(422)
  expect(
    good(await berlin.patch(`/payment_reminders/${id}`, { term_final_reminder: null, term_1_reminder: final })),
  ).toMatchObject({ term_1_reminder: final, term_final_reminder: null })
})

test('an overdue reminder has one to three terms, each with its own day', async () => {
  const { berlin } = await world()
  const post = (terms: unknown) => berlin.post('/overdue_reminders', { name: 'Dunning', terms }, { beyond: true })
  const { status, body: made } = await post([{ ...late, days_after: 30 }, late])
  expect(status).toBe(201)
  expect(made).toEqual({
    id: made.id,
    created_at: made.created_at,
    updated_at: made.updated_at,
    name: 'Dunning',
    recipients: null,
    terms: [{ ...late, days_after: 30 }, late],
  })
  for (const [terms, code] of [
    [undefined, 400],
    [null, 400],
    [[late, late], 400],
    [[], 422],
    [[1, 2, 3, 4].map((days_after) => ({ ...late, days_after })), 422],
    [[{ ...late, days_after: 0 }], 422],
  ] as const)
    expect((await post(terms)).status, JSON.stringify(terms)).toBe(code)
  const path = `/overdue_reminders/${made.id}`
  expect((await berlin.patch(path, { terms: [late, late] })).status).toBe(400)
  expect((await berlin.patch(path, { terms: null })).status).toBe(400)
  expect(good(await berlin.patch(path, { recipients: { to: ['a@example.com'] } }))).toMatchObject({ terms: made.terms })
  expect(good(await berlin.get('/overdue_reminders')).data).toHaveLength(1)
  expect((await berlin.delete(path)).status).toBe(204)
  expect(no(await berlin.get(path))).toEqual([404, `There is no overdue reminder by provided id: ${made.id}`])
})

async function start() {
  const w = await world()
  const made = await ready(w.berlin)
  const payment: Body = good(await w.berlin.post('/payment_reminders', { name: 'P', term_final_reminder: final }))
  const overdue: Body = good(await w.berlin.post('/overdue_reminders', { name: 'O', terms: [late] }))
  const ids = { payment_reminder_id: payment.id as string, overdue_reminder_id: overdue.id as string }
  return { w, berlin: w.berlin, made, ids }
}

test('an invoice names its reminders: they must be there, null takes them away, and issuing keeps them', async () => {
  const { w, berlin, made, ids } = await start()
  const { id } = await draft(berlin, made, { payment_reminder_id: ids.payment_reminder_id.toUpperCase() })
  expect(await read(berlin, id)).toMatchObject({ payment_reminder_id: ids.payment_reminder_id, overdue_reminder_id: null })
  const patch = (invoice: object) => berlin.patch(`/receivables/${id}`, { invoice })
  expect(good(await patch(ids))).toMatchObject(ids)
  expect(good(await patch({ memo: 'x' }))).toMatchObject(ids)
  expect(good(await patch({ payment_reminder_id: null }))).toMatchObject({ ...ids, payment_reminder_id: null })
  const other: Body = good(await w.paris.post('/payment_reminders', { name: 'P', term_final_reminder: final }))
  for (const foreign of [NOWHERE, other.id]) {
    const sentence = `There is no payment reminder by provided id: ${foreign}`
    expect(no(await patch({ payment_reminder_id: foreign }))).toEqual([404, sentence])
    expect(no(await berlin.post('/receivables', { ...made.invoice, payment_reminder_id: foreign }))).toEqual([404, sentence])
    expect(no(await patch({ overdue_reminder_id: foreign }))[0]).toBe(404)
  }
  good(await patch(ids))
  expect(good(await berlin.post(`/receivables/${id}/issue`))).toMatchObject(ids)
  expect(no(await berlin.patch(`/receivables/${id}`, { issued_invoice: { payment_reminder_id: null } }))[0]).toBe(409)
  expect((await berlin.delete(`/payment_reminders/${ids.payment_reminder_id}`)).status).toBe(204)
  expect(await read(berlin, id)).toMatchObject(ids)
  expect(no(await berlin.post('/receivables', { ...made.invoice, ...ids }))[0]).toBe(404)
})

test('without the rules an issued invoice gets other reminders, or none', async () => {
  const { berlin, made, ids } = await start()
  await withoutRules(berlin)
  const { id } = await issued(berlin, made)
  const edit = (issued_invoice: object) => berlin.patch(`/receivables/${id}`, { issued_invoice })
  expect(good(await edit(ids))).toMatchObject(ids)
  expect(good(await edit({ overdue_reminder_id: null }))).toMatchObject({ ...ids, overdue_reminder_id: null })
  expect(no(await edit({ overdue_reminder_id: NOWHERE }))[0]).toBe(404)
})

test('verify warns of reminders that will not go out, and why', async () => {
  const { berlin, made, ids } = await start()
  const path = `/payment_reminders/${ids.payment_reminder_id}`
  const { id } = await draft(berlin, made, ids)
  const warning = async (): Promise<string | null> => {
    const { errors, warnings } = good(await berlin.post(`/receivables/${id}/verify`))
    expect(errors).toBeNull()
    return warnings === null ? null : warnings.payment_reminders
  }
  expect(await warning()).toBeNull()
  good(await berlin.patch(path, { term_1_reminder: final }))
  expect(await warning()).toBe('term_1_reminder is never sent: the payment terms have no term_1.')
  good(await berlin.patch(path, { term_1_reminder: null, term_final_reminder: { ...final, days_before: 14 } }))
  expect(await warning()).toBeNull()
  good(await berlin.patch(path, { term_final_reminder: { ...final, days_before: 15 } }))
  expect(await warning()).toBe(
    'term_final_reminder is never sent: 15 days before the end of term_final the invoice is not issued yet.',
  )
  good(await berlin.patch(path, { term_final_reminder: final }))
  const customer = `/counterparts/${made.customer.id}`
  good(await berlin.patch(customer, { reminders_enabled: false, organization: {} }))
  expect(await warning()).toBe('Reminders are switched off for this customer.')
  good(await berlin.patch(customer, { reminders_enabled: true, organization: { email: null } }))
  const nobody = 'There is nobody to send reminders to: the customer has no email address.'
  expect(await warning()).toBe(nobody)
  const to = { recipients: { to: ['ada@example.com'] } }
  good(await berlin.patch(path, to))
  expect(await warning()).toBe(nobody)
  good(await berlin.patch(`/overdue_reminders/${ids.overdue_reminder_id}`, to))
  expect(await warning()).toBeNull()
  good(await berlin.patch(`/entities/${berlin.entityId}/settings`, { reminder: { enabled: false } }))
  expect(await warning()).toBe('Reminders are switched off in the settings of the entity.')
  good(await berlin.patch(`/entities/${berlin.entityId}/settings`, { reminder: { enabled: true } }))
  await berlin.delete(path)
  expect(await warning()).toBe('The payment reminder was deleted.')
  good(await berlin.patch(`/receivables/${id}`, { invoice: { payment_reminder_id: null } }))
  expect(await warning()).toBeNull()
})

test('a try-out goes to whoever asks, one mail for each who is named, and leaves no trace in the history', async () => {
  const { w, berlin, made, ids } = await start()
  const { id } = await issued(berlin, made, ids)
  const { data: before } = good(await berlin.get(`/receivables/${id}/history`))
  const ask = (reminder_type: string, recipients?: object, who = berlin) =>
    who.post(`/receivables/${id}/send_test_reminder`, { reminder_type, ...(recipients && { recipients }) })
  const mails = (mailIds: string[]) =>
    w.sql<Body>('select recipients, subject, text from mails where id = any ($1) order by recipients ->> 0', [mailIds])
  const addresses = async (mailIds: string[]) =>
    (await mails(mailIds)).map(({ recipients }) => recipients.map(({ email }: Body) => email))

  const { mail_ids } = good(await ask('term_final'))
  expect(await addresses(mail_ids)).toEqual([['office@example.com']])
  expect((await mails(mail_ids))[0]).toMatchObject({ subject: 'Soon', text: expect.stringContaining('Invoice INV-00001') })
  await w.sql(`update entity_users set email = 'me@example.com' where id = $1`, [berlin.userId])
  expect(await addresses(good(await ask('overdue')).mail_ids)).toEqual([['me@example.com']])
  expect(await addresses(good(await ask('overdue', undefined, w.partnerIn(berlin.entityId!))).mail_ids)).toEqual([
    ['office@example.com'],
  ])
  const named = { to: ['a@example.com', 'b@example.com'], cc: ['c@example.com'], bcc: ['A@example.com'] }
  const many = good(await ask('term_final', named)).mail_ids
  expect(many).toHaveLength(3)
  expect(
    (await addresses(many))
      .flat()
      .map((email) => email.toLowerCase())
      .sort(),
  ).toEqual(['a@example.com', 'b@example.com', 'c@example.com'])
  expect(no(await ask('term_final', {}))[0]).toBe(409)
  expect(no(await ask('term_1'))).toEqual([409, 'The document has no reminder of the type term_1'])
  expect(good(await berlin.get(`/receivables/${id}/mails/${mail_ids[0]}`)).status).toBe('pending')
  expect(good(await berlin.get(`/receivables/${id}/history`)).data).toEqual(before)
  await berlin.delete(`/overdue_reminders/${ids.overdue_reminder_id}`)
  expect(no(await ask('overdue'))[0]).toBe(409)
  const quote = await draft(berlin, made, { type: 'quote', payment_terms_id: undefined })
  expect(no(await berlin.post(`/receivables/${quote.id}/send_test_reminder`, { reminder_type: 'overdue' }))[0]).toBe(409)
  expect(no(await berlin.post(`/receivables/${NOWHERE}/send_test_reminder`, { reminder_type: 'overdue' }))[0]).toBe(404)
})
