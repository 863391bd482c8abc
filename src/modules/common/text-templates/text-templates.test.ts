import { expect, test } from 'vitest'
import { permissions, world } from '../../../../test/support/world.ts'

interface Template {
  id: string
  document_type: string
  type: string
  name: string
  template: string
  is_default: boolean
}
const HEADER = { document_type: 'invoice', type: 'email_header' }

/** The variables of each kind of document, as the texts of mails may name them. */
const shared = ['entity_name', 'entity_email', 'company_name', 'contact_name']
const ofInvoice = [...shared, 'invoice_number', 'issue_date', 'due_date', 'total_amount', 'amount_due', 'payment_link']
const variables: Record<string, string[]> = {
  quote: [...shared, 'quote_number', 'issue_date', 'expiry_date', 'total_amount'],
  invoice: ofInvoice,
  credit_note: [...shared, 'credit_note_number', 'issue_date', 'total_amount', 'invoice_number'],
  discount_reminder: [...ofInvoice, 'amount_due_with_discount', 'discount_date', 'discount'],
  final_reminder: ofInvoice,
  overdue_reminder: [...ofInvoice, 'days_overdue'],
  payables_purchase_order: ['counterpart_name', 'entity_name', 'document_number', 'total_amount', 'valid_until', 'message'],
}

test('an entity begins with one default text of every kind, and each names only variables of its document', async () => {
  const { berlin, sql } = await world()
  const { status, body } = await berlin.get('/text_templates')
  expect(status).toBe(200)
  expect([body.next_pagination_token, body.prev_pagination_token]).toEqual([null, null])
  const templates = body.data as Template[]
  const kinds = templates.map(({ document_type, type }) => `${document_type} ${type}`)
  const mails = Object.keys(variables).flatMap((kind) => [`${kind} email_header`, `${kind} email_body`])
  const memos = ['quote memo', 'invoice memo', 'credit_note memo', 'payables_purchase_order memo']
  expect(kinds.sort()).toEqual([...mails, ...memos].sort())
  for (const { document_type, type, template, is_default } of templates) {
    expect(is_default).toBe(true)
    const named = [...template.matchAll(/\{([^}]*)\}/g)].map(([, name]) => name!)
    expect(variables[document_type], template).toEqual(expect.arrayContaining(named))
    // A memo is filled in while the document is still a draft: much of it isn't known by then.
    expect(type === 'memo' ? named : []).toEqual([])
    expect(type !== 'email_header' || !template.includes('\n')).toBe(true)
  }
  const events = await sql(`select from events where entity_id = $1 and object_type like 'text%'`, [berlin.entityId])
  expect(events).toEqual([])
})

test('a text is added, read, changed and deleted; what it is for stays', async () => {
  const { berlin } = await world()
  const { status, body: made } = await berlin.post('/text_templates', { ...HEADER, name: 'Short', template: '{invoice_number}' })
  expect(status).toBe(201)
  expect(made).toMatchObject({ ...HEADER, name: 'Short', template: '{invoice_number}', is_default: false })
  const path = `/text_templates/${made.id}`
  expect((await berlin.get(path)).body).toEqual(made)
  const { body: changed } = await berlin.patch(path, { template: 'Invoice {invoice_number}' })
  expect(changed).toEqual({ ...made, template: 'Invoice {invoice_number}', updated_at: changed.updated_at })
  expect((await berlin.patch(path, {})).body).toEqual(changed)
  for (const body of [{ name: null }, { template: null }, { type: 'memo' }, { document_type: 'quote' }, { is_default: true }])
    expect((await berlin.patch(path, body, { beyond: true })).status, JSON.stringify(body)).toBe(422)
  for (const body of [{}, { ...HEADER, name: 'A' }, { ...HEADER, type: 'sms', name: 'A', template: 'B' }])
    expect((await berlin.post('/text_templates', body, { beyond: true })).status).toBe(422)
  expect((await berlin.delete(path)).status).toBe(204)
  for (const { status, body } of [await berlin.get(path), await berlin.patch(path, {}), await berlin.delete(path)])
    expect([status, body]).toEqual([404, { error: { message: 'Text template not found' } }])
  expect((await berlin.post(`${path}/make_default`)).status).toBe(404)
})

test('the first text of a kind is its default; another one takes over only when it is told to', async () => {
  const { berlin } = await world()
  const memo = { document_type: 'final_reminder', type: 'memo' }
  const defaults = async () =>
    ((await berlin.get('/text_templates?document_type=final_reminder&type=memo&is_default=true')).body.data as Template[]).map(
      ({ name }) => name,
    )
  expect(await defaults()).toEqual([])
  const { body: first } = await berlin.post('/text_templates', { ...memo, name: 'First', template: 'A' })
  const { body: second } = await berlin.post('/text_templates', { ...memo, name: 'Second', template: 'B' })
  expect([first.is_default, second.is_default]).toEqual([true, false])
  const { status, body } = await berlin.post(`/text_templates/${second.id}/make_default`)
  expect([status, body.is_default]).toEqual([200, true])
  expect((await berlin.post(`/text_templates/${second.id}/make_default`)).body).toEqual(body)
  expect(await defaults()).toEqual(['Second'])
  const refused = await berlin.delete(`/text_templates/${second.id}`)
  expect([refused.status, refused.body.error.message]).toEqual([409, expect.stringMatching(/default/)])
  expect((await berlin.delete(`/text_templates/${first.id}`)).status).toBe(204)
  expect((await berlin.get('/text_templates?document_type=invoice&is_default=true')).body.data).toHaveLength(3)
})

test('however many choose at once, one text is the default', async () => {
  const { berlin } = await world()
  const memo = { document_type: 'overdue_reminder', type: 'memo', template: 'A' }
  const made = await Promise.all(['A', 'B', 'C', 'D'].map((name) => berlin.post('/text_templates', { ...memo, name })))
  expect(made.filter(({ body }) => body.is_default)).toHaveLength(1)
  const chosen = await Promise.all(made.map(({ body }) => berlin.post(`/text_templates/${body.id}/make_default`)))
  expect(chosen.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  const { body } = await berlin.get('/text_templates?document_type=overdue_reminder&type=memo')
  expect((body.data as Template[]).filter(({ is_default }) => is_default)).toHaveLength(1)
})

test('texts are filtered by kind, document and default, and never paged', async () => {
  const { berlin } = await world()
  await berlin.post('/text_templates', { ...HEADER, name: 'Mine', template: 'A' })
  const found = async (query: string) => ((await berlin.get(`/text_templates?${query}`)).body.data as Template[]).length
  expect(await found('document_type=invoice&type=email_header')).toBe(2)
  expect(await found('document_type=invoice')).toBe(4)
  expect(await found('is_default=false')).toBe(1)
  expect(await found('type=memo')).toBe(4)
  expect((await berlin.get('/text_templates?type=sms', { beyond: true })).status).toBe(422)
})

test('reading takes the right to read the entity, everything else the right to change it', async () => {
  const { berlin, paris, newUser } = await world()
  const { body } = await berlin.get('/text_templates')
  const path = `/text_templates/${body.data[0].id}`
  expect((await paris.get(path)).status).toBe(404)
  const reader = await newUser(berlin.entityId!, permissions({ 'entity:read': 'allowed' }, 'not_allowed'))
  expect((await reader.get(path)).status).toBe(200)
  const refused = [
    await reader.post('/text_templates', { ...HEADER, name: 'A', template: 'B' }),
    await reader.patch(path, { name: 'A' }),
    await reader.delete(path),
    await reader.post(`${path}/make_default`),
  ]
  for (const { status, body } of refused)
    expect([status, body.error.message]).toEqual([403, 'Action update for entity not allowed'])
})
