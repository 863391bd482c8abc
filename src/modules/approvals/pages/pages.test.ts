import { afterAll, expect, test } from 'vitest'
import { approver, decide, newPolicy, users } from '../../../../test/support/approving.ts'
import { ubl } from '../../../../test/support/einvoices.ts'
import { good } from '../../../../test/support/invoicing.ts'
import { type Body, type Client, house, type World, world } from '../../../../test/support/world.ts'
import { paths } from '../../../platform/paths.ts'
import { supportedLanguages } from '../../../platform/pdf/labels.ts'
import { createPdfRenderer } from '../../../platform/pdf/renderer.ts'
import { sampleInvoice } from '../../../platform/pdf/sample.ts'
import { wordsOf } from './words.ts'

/** An approver sees what they approve: the pages of the file, vendor and account, lines, sums, and what is odd. */

const renderer = createPdfRenderer({ templatesDir: paths.templates, log: { error() {}, warn() {}, info() {} } as never })
afterAll(() => renderer.close())

const OTHER = 'DE02120300000000202051'

interface Asked {
  readonly id: string
  readonly key: string
  readonly ada: Client
}

/** A bill that was read from a file and waits for Ada, who has a link. */
async function asked(w: World, bytes: Buffer, name = 'bill.pdf'): Promise<Asked> {
  const { berlin } = w
  const ada = await approver(w, berlin.entityId!)
  good(await w.partnerIn(berlin.entityId!).patch(`/entity_users/${ada.userId}`, { email: 'ada@example.com', first_name: 'Ada' }))
  const policy = await newPolicy(berlin, decide(users([ada.userId])))
  const { id } = good(await berlin.upload('POST', '/payables/upload_from_file', { bytes, name }))
  await w.work()
  good(await berlin.post(`/payables/${id}/submit_for_approval`))
  await w.work()
  good(await berlin.delete(`/approval_policies/${policy.id}`))
  const [mail] = await w.sql<Body>(
    `select text from mails where entity_id = $1 and object_type = 'approval_request' order by created_at desc limit 1`,
    [berlin.entityId],
  )
  return { id, key: /\/approve\/([\w-]{43})/.exec(mail!.text)![1]!, ada }
}

interface Shown {
  readonly status: number
  readonly text: string
  readonly policy: string
}
async function look(
  key: string,
  { query = '', language = '', form }: { query?: string; language?: string; form?: string } = {},
): Promise<Shown> {
  const { app } = await house()
  const headers = {
    ...(language && { 'accept-language': language }),
    ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
  }
  const sent = form === undefined ? { method: 'GET' as const } : { method: 'POST' as const, payload: form }
  const { statusCode, body, headers: answered } = await app.inject({ url: `/approve/${key}${query}`, headers, ...sent })
  return { status: statusCode, text: body, policy: String(answered['content-security-policy']) }
}
const settings = async (w: World, sent: object) => good(await w.partner.patch('/settings', sent, { beyond: true }))

test('the page shows the file’s pages, the vendor and its account, lines and sums, and is small', async () => {
  const w = await world()
  const recipient = { ...sampleInvoice().recipient, name: 'Spreewerk GmbH' }
  const { id, key } = await asked(w, Buffer.from(await renderer.render('invoice', sampleInvoice({ recipient }))))
  const { status, text } = await look(key)
  expect(status).toBe(200)
  for (const part of [
    'Spreewerk GmbH',
    'Nordlicht Werkstatt GmbH',
    'Kastanienallee 12',
    '10435 Berlin',
    'DE136695976',
    'INV-2025-00042',
    '3 Nov 2025',
    '3 Dec 2025',
    'DE89 3704 0044 0532 0130 00',
    'COBADEFFXXX',
    'Wall lamp',
    '124.50',
    '498.00',
    '€2,249.40',
    '€414.50',
    '€2,663.90',
  ])
    expect(text).toContain(part)
  const { file } = good(await w.berlin.get(`/payables/${id}`))
  expect(file.pages.length).toBeGreaterThan(0)
  for (const { url } of file.pages) expect(text).toContain(`<img src="${new URL(url).pathname}"`)
  const { app } = await house()
  const picture = await app.inject({ url: new URL(file.pages[0].url).pathname })
  expect([picture.statusCode, picture.headers['content-type']]).toEqual([200, 'image/png'])
  expect(text).not.toContain('<script')
  expect(text).not.toContain('role="note"')
  expect(text.length).toBeLessThan(30_000)
})

test('it is in the language of whoever reads it, and else in that of the entity', async () => {
  const w = await world()
  const { key } = await asked(w, ubl())
  for (const language of supportedLanguages) {
    const { title, approve, pay_to } = wordsOf(language)
    for (const shown of [
      await look(key, { language: `xx,${language}-XX;q=0.8,en;q=0.1` }),
      await look(key, { query: `?lang=${language}` }),
    ])
      for (const part of [title, approve, pay_to, `lang="${language}"`, `dir="${/ar|he/.test(language) ? 'rtl' : 'ltr'}"`])
        expect(shown.text).toContain(part)
  }
  good(await w.berlin.patch(`/entities/${w.berlin.entityId}/settings`, { language: 'fr' }))
  expect((await look(key)).text).toContain(wordsOf('fr').title)
  expect((await look(key, { query: '?lang=xx' })).text).toContain(wordsOf('fr').title)
})

test('it has the colours of the partner', async () => {
  const w = await world()
  await settings(w, { payments: { payment_page_theme: { button: { primary_color: '#5b2a86' }, font_family: '"};evil{' } } })
  const { key } = await asked(w, ubl())
  const { text } = await look(key)
  expect(text).toContain('--accent:#5b2a86')
  expect(text).not.toContain('evil')
})

test('what is odd about the bill stands before everything else', async () => {
  const w = await world()
  await settings(w, { payable: { allow_counterpart_autolinking: true } })
  const organization = {
    legal_name: 'Papierhaus Nord',
    is_vendor: true,
    is_customer: false,
    address: { country: 'DE', city: 'Hamburg', line1: 'Hafenweg 3', postal_code: '20457' },
  }
  const { id: vendor } = good(await w.berlin.post('/counterparts', { type: 'organization', organization }))
  good(await w.berlin.post(`/counterparts/${vendor}/vat_ids`, { country: 'DE', value: 'DE811128135' }))
  const iban = 'DE89370400440532013000'
  good(await w.berlin.post(`/counterparts/${vendor}/bank_accounts`, { country: 'DE', currency: 'EUR', iban }))
  good(await w.berlin.upload('POST', '/payables/upload_from_file', { bytes: ubl(), name: 'first.xml' }))
  await w.work()
  const { key } = await asked(w, ubl({ iban: OTHER, buyer: 'Atelier Seine SARL' }))
  const { text } = await look(key, { language: 'de' })
  const hero = text.slice(text.indexOf('<main'), text.indexOf('class="whole"'))
  expect(hero).toContain(wordsOf('de').check)
  for (const part of ['derselben Nummer', 'UBL-77', `Das Konto ${OTHER}`, 'bisher wurde an', 'Atelier Seine SARL'])
    expect(hero).toContain(part)
  // And once more at the account itself.
  expect(text.split(`Das Konto ${OTHER}`)).toHaveLength(3)
})

test('a no may come with its reason, which the history keeps and the page shows', async () => {
  const w = await world()
  const { id, key, ada } = await asked(w, ubl())
  const long = await look(key, { form: `choice=reject&reason=${'x'.repeat(2001)}` })
  expect([long.status, long.text.includes(wordsOf('en').too_long), long.text.includes('x'.repeat(2001))]).toEqual([
    422,
    true,
    true,
  ])
  expect(good(await w.berlin.get(`/payables/${id}`)).status).toBe('approve_in_progress')
  const said = encodeURIComponent('Not what <b>we</b> ordered')
  const done = await look(key, { form: `choice=reject&reason=${said}` })
  expect(done.text).toContain(`${wordsOf('en').reason_given}: Not what &lt;b&gt;we&lt;/b&gt; ordered`)
  expect(good(await w.berlin.get(`/payables/${id}`)).status).toBe('rejected')
  const { data } = good(await w.berlin.get(`/payables/${id}/history`))
  expect(data.filter(({ details }: Body) => details)).toMatchObject([
    {
      event_type: 'payable_updated',
      event_data: {},
      entity_user_id: ada.userId,
      details: { reason: 'Not what <b>we</b> ordered' },
    },
  ])
})

test('a no over the API may come with its reason as well', async () => {
  const w = await world()
  const { id, ada } = await asked(w, ubl())
  const [request] = good(await w.berlin.get(`/approval_requests?object_id=${id}`)).data
  good(await ada.post(`/approval_requests/${request.id}/reject`, { reason: ' Ordered twice ' }))
  const { data } = good(await w.berlin.get(`/payables/${id}/history`))
  expect(data.flatMap(({ details }: Body) => details ?? [])).toEqual([{ reason: 'Ordered twice' }])
})

test('texts from outside are texts on the page, wherever they stand', async () => {
  const w = await world()
  const evil = '<img src=x onerror=alert(1)>"\'&'
  const escaped = evil.replace('<', '&lt;').replace('>', '&gt;')
  const xml = ubl({
    name: escaped.replace('&', '&amp;').replaceAll('&amp;lt;', '&lt;').replaceAll('"', '&quot;').replace(/&$/, '&amp;'),
  }).toString()
  const { key } = await asked(w, Buffer.from(xml.replace('Copy paper', '&lt;script&gt;alert(2)&lt;/script&gt;')), `${evil}.xml`)
  const { text, policy } = await look(key)
  expect(text).not.toMatch(/<img src=x|<script/)
  expect(text).toContain('&lt;script&gt;alert(2)')
  expect(policy).not.toContain('script-src')
})
