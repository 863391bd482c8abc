import { expect, test } from 'vitest'
import { type World, world } from '../../../../test/support/world.ts'
import { asEntity, type Ctx } from '../../../platform/database/context.ts'
import { compose, type MailAsk } from '../compose.service.ts'
import { mailTypes, systemTemplate } from './system-templates.service.ts'

const NOWHERE = '00000000-0000-4000-8000-000000000000'
const invoice = {
  name: 'Ours',
  type: 'receivables_invoice',
  subject_template: 'Invoice {{ invoice_number }}',
  body_template: '<p>Dear {{ contact_name|default("customer") }}</p>{{ body_text }}',
}
const inBerlin = <T>(w: World, work: (ctx: Ctx) => Promise<T>) =>
  asEntity(w.machinery.db, { partnerId: w.partner_id, entityId: w.berlin.entityId!, userId: null }, work)
const write = (w: World, ask: Partial<MailAsk> = {}) =>
  inBerlin(w, (ctx) =>
    compose(w.machinery, ctx, { type: 'receivables_invoice', language: 'en', variables: { invoice_number: 'INV-1' }, ...ask }),
  )

test('a template is created, read, changed and gone after deletion', async () => {
  const { partner } = await world()
  const { status, body: template } = await partner.post('/mail_templates', invoice)
  expect(status).toBe(200)
  expect(template).toEqual({
    ...invoice,
    id: template.id,
    created_at: template.created_at,
    updated_at: template.updated_at,
    is_default: false,
    language: 'en',
  })
  const path = `/mail_templates/${template.id}`
  expect((await partner.get(path)).body).toEqual(template)
  const { body: changed } = await partner.patch(path, { name: 'New', language: 'de', subject_template: 'S', body_template: 'B' })
  expect(changed).toEqual({
    ...template,
    name: 'New',
    language: 'de',
    subject_template: 'S',
    body_template: 'B',
    updated_at: changed.updated_at,
  })
  expect((await partner.patch(path, {})).body).toEqual(changed)
  expect((await partner.delete(path)).status).toBe(204)
  for (const answer of [
    await partner.get(path),
    await partner.patch(path, { name: 'A' }),
    await partner.delete(path),
    await partner.post(`${path}/make_default`),
  ])
    expect([answer.status, answer.body]).toEqual([404, { error: { message: 'Mail template not found' } }])
  expect((await partner.get('/mail_templates')).body.data).toEqual([])
})

test('what a template can not have is refused, and nothing is kept', async () => {
  const { partner } = await world()
  const refused = async (changes: object) => {
    const { status, body } = await partner.post('/mail_templates', { ...invoice, ...changes }, { beyond: true })
    return [status, body.detail?.[0]?.loc.join('.')]
  }
  expect(await refused({ name: '' })).toEqual([422, 'body.name'])
  expect(await refused({ name: 'x'.repeat(129) })).toEqual([422, 'body.name'])
  expect(await refused({ type: 'receivables_letter' })).toEqual([422, 'body.type'])
  expect(await refused({ language: 'xx' })).toEqual([422, 'body.language'])
  expect(await refused({ subject_template: '' })).toEqual([422, 'body.subject_template'])
  expect(await refused({ body_template: '' })).toEqual([422, 'body.body_template'])
  expect(await refused({ subject_template: 'x'.repeat(2049) })).toEqual([422, 'body.subject_template'])
  expect(await refused({ body_template: 'x'.repeat(100_001) })).toEqual([422, 'body.body_template'])
  expect(await refused({ color: 'red' })).toEqual([422, 'body.color'])
  expect((await partner.get('/mail_templates')).body.data).toEqual([])
})

test('a broken template is refused with its place, when it is created, changed and previewed', async () => {
  const { partner, partnerIn, berlin } = await world()
  const { body: template } = await partner.post('/mail_templates', invoice)
  const cases = [
    ['subject', '{{ a', 'Line 1: output "{{ a" not closed'],
    ['body', 'fine\n{% if x %}', 'Line 2: tag {% if x %} not closed'],
    ['body', '{% include "/etc/passwd" %}', 'Line 1: tag "include" not found'],
    ['body', '{{ a|shout }}', 'Line 1: undefined filter: shout'],
    [
      'body',
      '{% for a in (1..1000) %}{% for b in (1..1000) %}{% for c in (1..1000) %}x{% endfor %}{% endfor %}{% endfor %}',
      'It takes too long',
    ],
  ]
  for (const [part, source, message] of cases) {
    const detail = (loc: string) => ({
      detail: [{ loc: ['body', loc], msg: `The template is not valid. ${message}`, type: 'value_error' }],
    })
    const field = `${part}_template`
    const created = await partner.post('/mail_templates', { ...invoice, [field]: source })
    expect([created.status, created.body]).toEqual([422, detail(field)])
    const changed = await partner.patch(`/mail_templates/${template.id}`, { [field]: source })
    expect([changed.status, changed.body]).toEqual([422, detail(field)])
    const preview = { subject: 'S', body: 'B', document_type: 'receivables_invoice', language_code: 'en', [part!]: source }
    const previewed = await partnerIn(berlin.entityId!).post('/mail_templates/preview', preview)
    expect([previewed.status, previewed.body]).toEqual([422, detail(part!)])
  }
  expect((await partner.get(`/mail_templates/${template.id}`)).body).toEqual(template)
  for (const change of [{ subject_template: '' }, { body_template: '' }, { name: null }, { language: null }])
    expect((await partner.patch(`/mail_templates/${template.id}`, change, { beyond: true })).status).toBe(422)
})

test('of a type and language one template is the default; a new one takes its place', async () => {
  const { partner } = await world()
  const make = async (changes: object = {}) => (await partner.post('/mail_templates', { ...invoice, ...changes })).body
  const defaults = async () =>
    (await partner.get('/mail_templates?is_default=true&sort=name')).body.data.map(({ name }: { name: string }) => name)
  await make({ name: 'a', is_default: true })
  const b = await make({ name: 'b', is_default: true })
  const german = await make({ name: 'c', is_default: true, language: 'de' })
  await make({ name: 'd', is_default: true, type: 'receivables_quote' })
  expect(await defaults()).toEqual(['b', 'c', 'd'])
  const e = await make({ name: 'e' })
  const { status, body } = await partner.post(`/mail_templates/${e.id}/make_default`)
  expect([status, body]).toEqual([200, { ...e, is_default: true, updated_at: body.updated_at }])
  expect((await partner.post(`/mail_templates/${e.id}/make_default`)).body).toEqual(body)
  expect(await defaults()).toEqual(['c', 'd', 'e'])
  await Promise.all([b, e, b, e].map(({ id }) => partner.post(`/mail_templates/${id}/make_default`)))
  expect(await defaults()).toHaveLength(3)
  await partner.post(`/mail_templates/${e.id}/make_default`)
  // A default that changes its language is the default there.
  expect((await partner.patch(`/mail_templates/${german.id}`, { language: 'en' })).body.is_default).toBe(true)
  expect(await defaults()).toEqual(['c', 'd'])
  await partner.delete(`/mail_templates/${german.id}`)
  expect(await defaults()).toEqual(['d'])
})

test('templates are filtered, sorted and paged', async () => {
  const { partner } = await world()
  for (const [name, type] of [
    ['Übersicht', 'receivables_quote'],
    ['alpha', 'receivables_invoice'],
    ['Beta 100%', 'payables_purchase_order'],
  ])
    await partner.post('/mail_templates', { ...invoice, name, type })
  const found = async (query: string) =>
    (await partner.get(`/mail_templates?${query}`)).body.data.map(({ name }: { name: string }) => name)
  expect(await found('')).toEqual(['Übersicht', 'alpha', 'Beta 100%'])
  expect(await found('sort=name')).toEqual(['alpha', 'Beta 100%', 'Übersicht'])
  expect(await found('sort=type&order=desc')).toEqual(['Übersicht', 'alpha', 'Beta 100%'])
  expect(await found('type=receivables_invoice')).toEqual(['alpha'])
  expect(await found('type__in=receivables_invoice&type__in=receivables_quote')).toEqual(['Übersicht', 'alpha'])
  expect(await found('type__not_in=receivables_invoice')).toEqual(['Übersicht', 'Beta 100%'])
  expect(await found('is_default=false&name=alpha')).toEqual(['alpha'])
  expect(await found('name__iexact=ALPHA')).toEqual(['alpha'])
  expect(await found('name__contains=eta')).toEqual(['Beta 100%'])
  expect(await found(`name__icontains=${encodeURIComponent('über')}`)).toEqual(['Übersicht'])
  expect(await found('name__icontains=0%25')).toEqual(['Beta 100%'])
  const { body: first } = await partner.get('/mail_templates?limit=2&sort=name')
  expect(await found(`pagination_token=${first.next_pagination_token}`)).toEqual(['Übersicht'])
  expect((await partner.get('/mail_templates?pagination_token=x')).status).toBe(422)
  expect((await partner.get('/mail_templates?sort=created_at', { beyond: true })).status).toBe(422)
})

test('templates belong to the partner: users may not touch them, other partners do not see them', async () => {
  const [own, other] = [await world(), await world()]
  const { body: template } = await own.partner.post('/mail_templates', { ...invoice, is_default: true })
  const path = `/mail_templates/${template.id}`
  for (const answer of [
    await own.berlin.get('/mail_templates'),
    await own.berlin.get(path),
    await own.berlin.post('/mail_templates', invoice),
  ])
    expect(answer.status).toBe(403)
  for (const answer of [
    await other.partner.get(path),
    await other.partner.patch(path, { name: 'x' }),
    await other.partner.delete(path),
  ])
    expect(answer.status).toBe(404)
  expect((await other.partner.get('/mail_templates')).body.data).toEqual([])
  expect((await write(other)).html).not.toContain('Dear')
  expect((await own.partner.get(`/mail_templates/${NOWHERE}`)).status).toBe(404)
})

test('there is a template of ours for each type in each language, and each can be filled', async () => {
  const { partner, partnerIn, berlin } = await world()
  const { status, body } = await partner.get('/mail_templates/system')
  expect(status).toBe(200)
  expect(body.data.map(({ template_name }: { template_name: string }) => template_name)).toEqual([
    'quote_template',
    'invoice_template',
    'paid_invoice_template',
    'credit_note_template',
    'discount_reminder_template',
    'final_reminder_template',
    'purchase_order_template',
    'notify_approver_template',
    'notify_payer_template',
  ])
  const said = new Set<string>()
  for (const [i, { available_templates }] of body.data.entries()) {
    expect(available_templates.map(({ language }: { language: string }) => language)).toEqual([
      'en',
      'fr',
      'de',
      'nl',
      'es',
      'pt',
      'it',
      'pl',
      'ar',
      'he',
    ])
    for (const { language, subject_template, body_template } of available_templates) {
      const preview = await partnerIn(berlin.entityId!).post('/mail_templates/preview', {
        subject: subject_template,
        body: body_template,
        document_type: mailTypes[i],
        language_code: language,
      })
      expect(preview.status).toBe(200)
      const { subject_preview, body_preview } = preview.body
      for (const text of [subject_preview, body_preview]) expect(text).not.toMatch(/\{[{%]|undefined|\bnull\b|\(\)/)
      expect(body_preview).toContain(`lang="${language}"`)
      expect(body_preview).toContain('Camille Laurent')
      said.add(subject_preview)
    }
  }
  expect(said.size).toBe(mailTypes.length * 10)
})

test('a preview shows believable figures in its language, inside the frame of the entity', async () => {
  const { partnerIn, berlin } = await world()
  const preview = async (language_code: string, changes: object = {}) =>
    (
      await partnerIn(berlin.entityId!).post('/mail_templates/preview', {
        subject: 'Total {{ total_amount }} & due {{ due_date }}',
        body: '<p>{{ company_name }}: {{ unknown }}{{ total_amount }}</p>',
        document_type: 'receivables_invoice',
        language_code,
        ...changes,
      })
    ).body
  const german = await preview('de')
  expect(german.subject_preview).toBe('Total 1.237,60\u00a0€ & due 03.12.2025')
  expect(german.body_preview).toContain('<p>Brasserie du Canal SARL: 1.237,60\u00a0€</p>')
  expect(german.body_preview).toContain('Spreewerk GmbH')
  expect((await preview('en')).subject_preview).toContain('3 Dec 2025')
  // A page of its own is left as it is.
  const page = '<!doctype html><html><body>{{ entity_name }}</body></html>'
  expect((await preview('en', { body: page })).body_preview).toBe('<!doctype html><html><body>Spreewerk GmbH</body></html>')
})

test('the partner’s default in the language comes first, then its English one, then ours in the language, then ours in English', async () => {
  const w = await world()
  const subject = async (language: string) => {
    const { subject, language: used } = await write(w, { language })
    return `${used}: ${subject}`
  }
  expect(await subject('de')).toBe('de: Rechnung INV-1 von')
  expect(await subject('sv')).toBe('en: Invoice INV-1 from')
  const { body: english } = await w.partner.post('/mail_templates', {
    ...invoice,
    subject_template: 'E {{ invoice_number }}',
    is_default: true,
  })
  expect(await subject('de')).toBe('en: E INV-1')
  const { body: german } = await w.partner.post('/mail_templates', {
    ...invoice,
    subject_template: 'D {{ invoice_number }}',
    is_default: true,
    language: 'de',
  })
  await w.partner.post('/mail_templates', { ...invoice, subject_template: 'Not the default', language: 'de' })
  expect(await subject('de')).toBe('de: D INV-1')
  await w.partner.delete(`/mail_templates/${german.id}`)
  expect(await subject('de')).toBe('en: E INV-1')
  await w.partner.delete(`/mail_templates/${english.id}`)
  expect(await subject('de')).toBe('de: Rechnung INV-1 von')
})

test('texts written for one mail take the place of ours; values are escaped in the page and plain in subject and text', async () => {
  const w = await world()
  const variables = {
    invoice_number: 'INV-1',
    entity_name: 'A & B',
    contact_name: '<i>Ada</i>',
    amount_due: '€10',
    payment_link: 'https://pay.example/?a=1&b=2',
  }
  const ours = await write(w, { variables })
  expect(ours.subject).toBe('Invoice INV-1 from A & B')
  expect(ours.html).toContain('Hello &lt;i&gt;Ada&lt;/i&gt;,')
  expect(ours.html).toContain('href="https://pay.example/?a=1&amp;b=2"')
  expect(ours.text).toContain('Hello <i>Ada</i>,')
  expect(ours.text).toContain('Pay the invoice (https://pay.example/?a=1&b=2)')
  const theirs = await write(w, { variables, subject_text: 'For\nyou <3', body_text: 'Hi <script>alert(1)</script>\n\nBye' })
  expect(theirs.subject).toBe('For you <3')
  expect(theirs.html).toContain('>Hi &lt;script&gt;alert(1)&lt;/script&gt;</p>')
  expect(theirs.html).not.toMatch(/<script|Hello/)
  expect(theirs.text).toMatch(/^Hi <script>alert\(1\)<\/script>\n\nBye\n\n/)
  expect(theirs.html).toContain('€10')
})

test('a template that today’s values make impossible gives way to ours', async () => {
  const w = await world()
  const body_template = '{% for a in rows %}{% for b in rows %}{% for c in rows %}x{% endfor %}{% endfor %}{% endfor %}'
  await w.partner.post('/mail_templates', { ...invoice, body_template, is_default: true })
  expect((await write(w, { variables: { rows: [1, 2] } })).html).toContain('xxxxxxxx')
  const { html } = await write(w, { variables: { invoice_number: 'INV-1', rows: Array.from({ length: 1_000 }, (_, i) => i) } })
  expect(html).toContain('Our invoice is attached')
})

test('who a mail comes from: the partner’s words, the entity’s verified domain, and where answers go', async () => {
  const w = await world()
  const entity = w.berlin.entityId!
  expect(await write(w)).toMatchObject({
    from: { name: null, address: 'noreply@quittance.localhost' },
    reply_to: [],
    attach_documents: true,
  })
  await w.partner.patch('/settings', {
    mail: { from_name: 'Quittance GmbH', from_email_username: 'rechnung', attach_documents_as_pdf: false },
  })
  await w.berlin.patch(`/entities/${entity}/settings`, { mail: { reply_to: ['office@example.com', 'two@example.com'] } })
  expect(await write(w)).toMatchObject({
    from: { name: 'Quittance GmbH', address: 'rechnung@quittance.localhost' },
    reply_to: ['office@example.com', 'two@example.com'],
    attach_documents: false,
  })
  const domain = `mail-${crypto.randomUUID().slice(0, 8)}.example`
  const [row] = await w.sql<{ id: string }>(
    `insert into mailbox_domains (partner_id, domain, dkim_private_key, dkim_public_key) values ($1, $2, 'x', 'x') returning id`,
    [w.partner_id, domain],
  )
  await w.sql(
    `insert into mailboxes (partner_id, entity_id, related_object_type, mailbox_name, mailbox_domain, mailbox_domain_id) values ($1, $2, 'payable', 'inbox', $3, $4)`,
    [w.partner_id, entity, domain, row!.id],
  )
  expect((await write(w)).from.address).toBe('rechnung@quittance.localhost')
  await w.sql(`update mailbox_domains set status = 'active' where id = $1`, [row!.id])
  expect((await write(w)).from.address).toBe(`rechnung@${domain}`)
  await w.partner.patch('/settings', { mail: { from_email_username: '..Bob <b@c.example>' } })
  expect((await write(w)).from.address).toBe(`Bobb@${domain}`)
  await w.sql(`update mailbox_domains set deleted_at = now() where id = $1`, [row!.id])
  expect((await write(w)).from.address).toBe('Bobb@quittance.localhost')
})

test('a mail shows the logo of the entity, else that of the installation, else the name', async () => {
  const w = await world()
  expect((await write(w)).html).not.toContain('<img')
  const installation = { ...w.machinery, config: { ...w.machinery.config, mail_logo_url: 'https://example.com/logo.png' } }
  const ask: MailAsk = { type: 'receivables_invoice', language: 'en', variables: {} }
  expect((await inBerlin(w, (ctx) => compose(installation, ctx, ask))).html).toContain(
    '<img src="https://example.com/logo.png" alt="Spreewerk GmbH"',
  )
  const bytes = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  )
  const { body: logo } = await w.berlin.upload('PUT', `/entities/${w.berlin.entityId}/logo`, {
    bytes,
    name: 'logo.png',
    type: 'image/png',
  })
  expect((await inBerlin(w, (ctx) => compose(installation, ctx, ask))).html).toContain(`<img src="${logo.url}"`)
})

test('a language that we do not write in gets our English template', () => {
  expect(systemTemplate('receivables_invoice', 'de').body_template).toContain('Im Anhang finden Sie unsere Rechnung')
  expect(systemTemplate('receivables_invoice', 'sv')).toEqual(systemTemplate('receivables_invoice', 'en'))
})

test('a preview needs an entity of the partner', async () => {
  const { partner, partnerIn } = await world()
  const body = { subject: 'S', body: 'B', document_type: 'receivables_invoice', language_code: 'en' }
  expect((await partner.post('/mail_templates/preview', body, { beyond: true })).status).toBe(422)
  expect((await partnerIn(NOWHERE).post('/mail_templates/preview', body)).status).toBe(404)
})
