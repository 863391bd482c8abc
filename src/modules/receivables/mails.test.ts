import type { Email } from 'postal-mime'
import { extractText, getDocumentProxy } from 'unpdf'
import { describe, expect, test } from 'vitest'
import { draft, good, issued, no, type Ready, read, ready, withoutRules } from '../../../test/support/invoicing.ts'
import { mailServer } from '../../../test/support/mail-server.ts'
import { type Body, type Client, client, house, world } from '../../../test/support/world.ts'
import { workOnce } from '../../platform/jobs/jobs.ts'

async function start() {
  const w = await world()
  const made = await ready(w.berlin)
  return { w, berlin: w.berlin, made }
}
const words = {
  subject_text: 'Invoice {invoice_number}',
  body_text: 'Dear {contact_name}, please pay {amount_due} by {due_date}.',
}
const send = (who: Client, id: string, more: object = {}) => who.post(`/receivables/${id}/send`, { ...words, ...more })
const mailOf = async (w: Awaited<ReturnType<typeof world>>, id: string): Promise<Body> =>
  (await w.sql<Body>('select * from mails where id = $1', [id]))[0]!
const contact = async (who: Client, made: Ready, email = 'grace@example.com') =>
  good(
    await who.post(`/counterparts/${made.customer.id}/contacts`, {
      first_name: 'Grace',
      last_name: 'Hopper',
      email,
      address: { country: 'DE', city: 'Berlin', postal_code: '10119', line1: 'Torstraße 1' },
    }),
  )

describe('over a real mail server', async () => {
  const { arrived, own } = await mailServer()

  test('an invoice arrives: words filled in, in HTML and text, with its PDF and the files that go along', async () => {
    const { w, made } = await start()
    const berlin = client({ ...(await house()), app: own.app }, w.berlin.token, {
      entityId: w.berlin.entityId,
      userId: w.berlin.userId,
    })
    await contact(berlin, made)
    await w.partner.patch('/settings', { mail: { from_name: 'Spreewerk', from_email_username: 'billing' } })
    await berlin.patch(`/entities/${berlin.entityId}/settings`, { mail: { reply_to: ['office@spreewerk.example'] } })
    const upload = async (name: string) =>
      good(await berlin.upload('POST', '/files', { bytes: Buffer.from(name), name }, { file_type: 'attachments' })).id
    const [along, not] = [await upload('hours.txt'), await upload('inner.txt')]
    const { id } = await draft(berlin, made, { attachments: [{ id: along, include_in_email: true }, { id: not }] })
    const { mail_id } = good(
      await send(berlin, id, { recipients: { to: ['ada@example.com'], cc: ['cc@example.com'], bcc: ['bcc@example.com'] } }),
    )
    while (
      (await workOnce(own.machinery.db, own.machinery.log, own.handlers, [w.partner_id])) > 0 ||
      (await mailOf(w, mail_id)).status === 'pending'
    )
      await new Promise((later) => setTimeout(later, 50))
    const invoice = await read(berlin, id)
    expect(invoice).toMatchObject({ status: 'issued', document_id: 'INV-00001' })
    const [{ to, email } = { to: [], email: {} as Email }] = arrived
    expect(to.sort()).toEqual(['ada@example.com', 'bcc@example.com', 'cc@example.com'])
    expect(email.subject).toBe('Invoice INV-00001')
    expect(email.from).toMatchObject({ name: 'Spreewerk', address: 'billing@quittance.localhost' })
    expect(email.replyTo).toMatchObject([{ address: 'office@spreewerk.example' }])
    expect(email.bcc ?? []).toEqual([])
    for (const part of [email.html, email.text]) expect(part).toContain('Dear Grace Hopper, please pay €1,487.50 by')
    expect(email.text).not.toContain('{')
    expect(email.attachments.map(({ filename, mimeType }) => [filename, mimeType])).toEqual([
      ['hours.txt', 'text/plain'],
      ['INV-00001.pdf', 'application/pdf'],
    ])
    const pdf = await getDocumentProxy(new Uint8Array(email.attachments[1]!.content as ArrayBuffer))
    expect((await extractText(pdf, { mergePages: true })).text).toContain('INV-00001')

    const shown = good(await berlin.get(`/receivables/${id}/mails/${mail_id}`))
    expect(shown).toMatchObject({
      id: mail_id,
      status: 'sent',
      recipients: {
        to: [{ email: 'ada@example.com', is_success: true, error: null }],
        cc: [{ email: 'cc@example.com', is_success: true }],
        bcc: [{ email: 'bcc@example.com', is_success: true }],
      },
    })
    expect(good(await berlin.get(`/receivables/${id}/mails`)).data).toEqual([shown])
    const { data: history } = good(await berlin.get(`/receivables/${id}/history`))
    expect(history.at(-1)).toMatchObject({
      event_type: 'mail_sent',
      event_data: { mail_id, mail_status: 'sent', recipients: { to: [{ email: 'ada@example.com', is_success: true }] } },
      current_pdf_url: null,
    })
  })
})

test('a mail goes to the contact, else to the counterpart; without an address nothing happens, not even the issue', async () => {
  const { w, berlin, made } = await start()
  const recipientsOf = async (id: string) =>
    (await mailOf(w, good(await send(berlin, id)).mail_id)).recipients.map(({ email }: Body) => email)
  expect(await recipientsOf((await draft(berlin, made)).id)).toEqual(['acme@example.com'])
  await contact(berlin, made)
  expect(await recipientsOf((await draft(berlin, made)).id)).toEqual(['grace@example.com'])
  await berlin.patch(`/counterparts/${made.customer.id}`, { organization: { email: null } })
  const [person] = good(await berlin.get(`/counterparts/${made.customer.id}/contacts`)).data
  await berlin.patch(`/counterparts/${made.customer.id}/contacts/${person.id}`, { email: null })
  const { id } = await draft(berlin, made)
  expect(no(await send(berlin, id))).toEqual([409, 'The counterpart has no email address: name the recipients'])
  expect(no(await send(berlin, id, { recipients: { to: [] } }))[0]).toBe(409)
  expect(await read(berlin, id)).toMatchObject({ status: 'draft', document_id: null })
  expect(await w.sql('select 1 from mails where object_id = $1', [id])).toEqual([])
})

test('sending what was issued leaves it as it is, and every kind has its own template', async () => {
  const { w, berlin, made } = await start()
  const invoice = await issued(berlin, made)
  const before = await read(berlin, invoice.id)
  good(await send(berlin, invoice.id))
  expect((await read(berlin, invoice.id)).updated_at).toBe(before.updated_at)
  const subjects = {
    receivables_invoice: 'I',
    receivables_paid_invoice: 'P',
    receivables_quote: 'Q',
    receivables_credit_note: 'C',
  }
  for (const [type, letter] of Object.entries(subjects))
    good(
      await w.partner.post('/mail_templates', {
        name: letter,
        type,
        subject_template: `${letter}: {{ subject_text }}`,
        body_template: '{{ body_text }} / {{ invoice_number }}',
        is_default: true,
      }),
    )
  const sent = async (id: string) =>
    (await mailOf(w, good(await send(berlin, id, { subject_text: '{total_amount}', body_text: 'x' })).mail_id)).subject
  expect(await sent(invoice.id)).toBe('I: €1,487.50')
  const quote = await draft(berlin, made, { type: 'quote', payment_terms_id: undefined })
  expect(await sent(quote.id)).toMatch(/^Q: /)
  const note = good(await berlin.post('/receivables', { type: 'credit_note', based_on: invoice.id }))
  good(await berlin.patch(`/receivables/${note.id}`, { credit_note: { line_items: { [made.product.id]: { quantity: 1 } } } }))
  expect(await sent(note.id)).toBe('C: €297.50')
  good(await berlin.post(`/receivables/${invoice.id}/mark_as_paid`))
  expect(await sent(invoice.id)).toMatch(/^P: /)
})

test('a mail without PDF goes at once, one with a PDF waits for it', async () => {
  const { w, berlin, made } = await start()
  const invoice = await issued(berlin, made)
  const waiting = good(await send(berlin, invoice.id)).mail_id
  expect(await w.sql(`select kind from jobs where key in ($1, $2)`, [`mail:${waiting}`, `attach:${waiting}`])).toEqual([
    { kind: 'receivables.attach_pdf' },
  ])
  await w.partner.patch('/settings', { mail: { attach_documents_as_pdf: false } })
  const plain = good(await send(berlin, invoice.id)).mail_id
  expect(await w.sql(`select kind from jobs where key = $1`, [`mail:${plain}`])).toEqual([{ kind: 'mail.send' }])
  expect((await mailOf(w, plain)).attachments).toEqual([])
})

test('a preview shows the mail in the language asked for, and sends and changes nothing', async () => {
  const { w, berlin, made } = await start()
  const { id } = await draft(berlin, made)
  const preview = async (more: object = {}) => berlin.post(`/receivables/${id}/preview`, { ...words, ...more })
  const shown = await preview()
  expect(shown.status).toBe(201)
  expect(shown.body.subject_preview).toBe('Invoice')
  expect(shown.body.body_preview).toContain('Dear Acme GmbH, please pay €1,487.50 by')
  expect((await preview({ language: 'de' })).body.body_preview).toContain('1.487,50\u00a0€')
  const { id: issuedId } = await issued(berlin, made)
  for (const type of ['discount_reminder', 'final_reminder'])
    expect((await berlin.post(`/receivables/${issuedId}/preview`, { ...words, type })).body.subject_preview).toContain(
      'INV-00001',
    )
  const quote = await draft(berlin, made, { type: 'quote', payment_terms_id: undefined })
  expect(no(await berlin.post(`/receivables/${quote.id}/preview`, { ...words, type: 'final_reminder' }))[0]).toBe(409)
  expect((await read(berlin, id)).status).toBe('draft')
  expect(await w.sql('select 1 from mails where entity_id = $1', [berlin.entityId])).toEqual([])
})

test('what is over is not sent, except a canceled invoice without the rules', async () => {
  const { berlin, made } = await start()
  const invoice = await issued(berlin, made)
  good(await berlin.post(`/receivables/${invoice.id}/cancel`))
  expect(no(await send(berlin, invoice.id))[0]).toBe(409)
  expect(no(await berlin.post(`/receivables/${invoice.id}/preview`, words))[0]).toBe(409)
  await withoutRules(berlin)
  good(await send(berlin, invoice.id))
  const lost = await issued(berlin, made)
  good(await berlin.post(`/receivables/${lost.id}/mark_as_uncollectible`))
  expect(no(await send(berlin, lost.id))[0]).toBe(409)
})

test('a credit note that is mailed by itself is written in the customer’s language, until the entity has words of its own', async () => {
  const { w, berlin, made } = await start()
  good(await berlin.patch(`/counterparts/${made.customer.id}`, { organization: {}, language: 'es' }))
  const mailOf = async () => {
    const { id } = await issued(berlin, made)
    expect((await berlin.post(`/receivables/${id}/cancel`)).status).toBe(204)
    const [note] = (await read(berlin, id)).related_documents.credit_note_ids
    const [mail] = await w.sql<Body>('select subject, text from mails where object_id = $1', [note])
    return mail ?? {}
  }
  const spanish = await mailOf()
  expect([spanish.subject, spanish.text]).toEqual([
    expect.stringMatching(/^Factura rectificativa CN-00001 de /),
    expect.not.stringContaining('credit note'),
  ])
  const { data } = good(await berlin.get('/text_templates?document_type=credit_note&type=email_body&is_default=true'))
  good(await berlin.patch(`/text_templates/${data[0].id}`, { template: 'Nuestro abono {credit_note_number}.' }))
  expect((await mailOf()).text).toContain('Nuestro abono CN-00002.')
})

test('canceling by the rules mails the credit note in the entity’s words, and works without an address', async () => {
  const { w, berlin, made } = await start()
  const invoice = await issued(berlin, made)
  expect((await berlin.post(`/receivables/${invoice.id}/cancel`)).status).toBe(204)
  const [note] = (await read(berlin, invoice.id)).related_documents.credit_note_ids
  const [mail] = await w.sql<Body>('select * from mails where object_id = $1', [note])
  expect(mail).toMatchObject({ recipients: [{ email: 'acme@example.com' }], subject: expect.stringContaining('CN-00001') })
  await berlin.patch(`/counterparts/${made.customer.id}`, { organization: { email: null } })
  const second = await issued(berlin, made)
  expect((await berlin.post(`/receivables/${second.id}/cancel`)).status).toBe(204)
  expect(await w.sql('select 1 from mails where entity_id = $1', [berlin.entityId])).toHaveLength(1)
})
