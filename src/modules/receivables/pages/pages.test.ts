import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { extractText, getDocumentProxy } from 'unpdf'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  draft,
  good,
  invoiceThatIs,
  issued,
  type Ready,
  read,
  ready,
  runSchedule,
  withoutRules,
} from '../../../../test/support/invoicing.ts'
import { ownApp } from '../../../../test/support/own-app.ts'
import { pngHead } from '../../../../test/support/pictures.ts'
import { type Body, type Client, type World, world } from '../../../../test/support/world.ts'
import { contrast, themeCss } from '../../../platform/pages/theme.ts'
import { supportedLanguages } from '../../../platform/pdf/labels.ts'
import { script } from './page.script.ts'
import { writtenSignature } from './signature.ts'
import { wordsOf } from './words.ts'

async function start() {
  const w = await world()
  return { w, berlin: w.berlin, made: await ready(w.berlin) }
}

const keyOf = async (w: World, id: string): Promise<string> =>
  (await w.sql<{ page_key: string }>('select page_key from receivables where id = $1', [id]))[0]!.page_key

interface Seen {
  readonly status: number
  readonly headers: Record<string, string>
  readonly html: string
  /** What somebody reads on it, as one line. */
  readonly text: string
}

/** Opens an address as a browser does: without a token, and without scripts. */
async function browse(
  w: Pick<World, 'app'>,
  url: string,
  form?: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Seen> {
  const sent = form && { payload: new URLSearchParams(form).toString() }
  const type = form && { 'content-type': 'application/x-www-form-urlencoded' }
  const response = await w.app.inject({ method: form ? 'POST' : 'GET', url, headers: { ...type, ...headers }, ...sent })
  return {
    status: response.statusCode,
    headers: response.headers as Record<string, string>,
    html: response.body,
    text: asText(response.body),
  }
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
const asText = (html: string) =>
  html
    .replace(/<(style|script|svg)[\s>].*?<\/\1>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(#?\w+);/g, (all, name: string) => entities[name] ?? all)
    .replace(/\s+/g, ' ')
const squeezed = (text: string) => text.replace(/[\s\u200b]+/g, '')

async function pdfText(who: Client, url: string): Promise<string> {
  const { body } = await who.get(new URL(url).pathname)
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(body)), { mergePages: true })
  return text
}

const quoteBody = { type: 'quote', payment_terms_id: undefined }
async function offered(who: Client, made: Ready, changes: object = {}): Promise<Body> {
  const { id } = await draft(who, made, { ...quoteBody, ...changes })
  return good(await who.post(`/receivables/${id}/issue`))
}
const page = async (w: World, id: string, query = '') => browse(w, `/view/${await keyOf(w, id)}${query}`)
const answer = async (w: World, id: string, action: string, form: Record<string, string> = {}, headers = {}) =>
  browse(w, `/view/${await keyOf(w, id)}/${action}`, form, headers)

const grace = { full_name: 'Grace Hopper', email: 'grace@example.com' }
const drawing = async () =>
  (
    await sharp({ create: { width: 60, height: 20, channels: 3, background: '#fff' } })
      .png()
      .toBuffer()
  ).toString('base64')

describe('a document’s page', () => {
  test('says what the PDF says, to the last figure, in either language of the document', async () => {
    const { w, berlin, made } = await start()
    good(await berlin.patch(`/counterparts/${made.customer.id}`, { language: 'fr', organization: {} }))
    good(await berlin.patch(`/entities/${berlin.entityId}/settings`, { language: 'de' }))
    const { id } = await issued(berlin, made, {
      memo: 'Merci pour votre commande.\nÀ bientôt',
      footer: 'Bis zur Zahlung bleibt die Ware unser Eigentum.',
      discount: { type: 'percentage', amount: 500 },
      deduction_amount: 100,
      deduction_memo: 'Voucher',
      purchase_order: 'PO-7',
      line_items: [
        ...made.invoice.line_items,
        {
          product: {
            name: 'Handbuch',
            description: 'Zweite Auflage',
            price: { currency: 'EUR', value: 1999 },
            measure_unit: { name: 'Stück' },
          },
          quantity: 3,
          vat_rate_id: made.reduced.id,
          discount: { type: 'amount', amount: 50 },
        },
      ],
    })
    await w.work()
    const { file_url, original_file_url } = await read(berlin, id)
    for (const [lang, url] of [
      ['fr', file_url],
      ['de', original_file_url],
    ]) {
      const { status, html, text } = await page(w, id, `?lang=${lang}`)
      expect(status).toBe(200)
      expect(html).toContain(`<html lang="${lang}" dir="ltr">`)
      // Every word and figure of the PDF, apart from its page number and the caption of its code, stands on the page.
      const words = (await pdfText(berlin, url))
        .replace(/(Page|Seite) 1 (sur|von) 1/, '')
        .split(/\s+/)
        .filter((word) => word.length > 1)
      expect(words.length).toBeGreaterThan(80)
      const on = squeezed(text)
      expect(words.filter((word) => !on.includes(squeezed(word)))).toEqual([])
      expect(html).toContain(`href="/f/${url.split('/').at(-1)}"`)
    }
    expect((await page(w, id)).html).toContain('<html lang="fr"')
    expect((await page(w, id, '?lang=es')).html).toContain('<html lang="fr"')
    expect((await page(w, id, '?lang=fr&lang=de')).html).toContain('<html lang="fr"')
  })

  test.each([
    ['issued', 'Open', 'Amount due'],
    ['partially_paid', 'Partially paid', 'Amount due'],
    ['overdue', 'Overdue', 'Was due on'],
    ['paid', 'Paid', 'Paid on'],
    ['canceled', 'Canceled', 'There is nothing to pay'],
    ['uncollectible', 'Closed', 'This invoice is closed'],
  ])(
    'of an invoice that is %s says so, and shows how to pay only while there is something to pay',
    async (status, word, sentence) => {
      const { w, berlin, made } = await start()
      const id = await invoiceThatIs(w, berlin, made, status)
      const { text, html } = await page(w, id)
      expect(text).toContain(`INV-00001 ${word} `)
      expect(text).toContain(sentence)
      expect(html.includes('id="payment"')).toBe(['issued', 'partially_paid', 'overdue'].includes(status))
      expect(html.includes('DE89 3704 0044 0532 0130 00')).toBe(html.includes('id="payment"'))
      expect(html).not.toContain('<form')
    },
  )

  test('shows an invoice as overdue on the day after it was due, before the schedule has seen it', async () => {
    const { w, berlin, made } = await start()
    w.clock.set('2026-03-02T10:00:00Z')
    const { id } = await issued(berlin, made)
    w.clock.set('2026-03-16T22:59:59Z')
    expect((await page(w, id)).text).toContain('INV-00001 Open ')
    w.clock.set('2026-03-16T23:00:00Z')
    expect((await page(w, id)).text).toContain('INV-00001 Overdue ')
    w.clock.set(null)
  })

  test('tells what paying early costs, and until when, as long as it may', async () => {
    const { w, berlin, made } = await start()
    w.clock.set('2025-01-10T12:00:00Z')
    const payment_terms = {
      term_1: { number_of_days: 10, discount: 200 },
      term_2: { number_of_days: 20, discount: 100 },
      term_final: { number_of_days: 30 },
    }
    const { id } = await issued(berlin, made, { payment_terms_id: undefined, payment_terms })
    const early = async () => /<p class="note early">(.*?)<\/p>/.exec((await page(w, id)).html)?.[1]?.replace(/\u00a0/g, ' ')
    expect(await early()).toBe('2% discount if paid by 20 Jan 2025: €1,457.75.')
    w.clock.set('2025-01-20T22:59:59Z')
    expect(await early()).toMatch(/20 Jan 2025/)
    w.clock.set('2025-01-20T23:00:00Z')
    expect(await early()).toBe('1% discount if paid by 30 Jan 2025: €1,472.63.')
    expect((await page(w, id)).text).not.toContain('20 Jan 2025')
    w.clock.set('2025-01-31T00:00:00Z')
    expect(await early()).toBeUndefined()
    w.clock.set(null)
  })

  test('links to the page for payments, unless that is no web address, and only while there is something to pay', async () => {
    const { w, berlin, made } = await start()
    const paying = async (payment_page_url: string) => issued(berlin, made, { payment_page_url })
    const { id } = await paying('https://pay.example.com/i/1?a=1&b=2')
    expect((await page(w, id)).html).toContain('href="https://pay.example.com/i/1?a=1&amp;b=2" rel="noopener noreferrer"')
    good(await berlin.post(`/receivables/${id}/mark_as_paid`))
    expect((await page(w, id)).html).not.toContain('pay.example.com')
    // Such an address is refused; one that was stored before is shown nowhere.
    const draftOf = (payment_page_url: string) => berlin.patch(`/receivables/${hostile.id}`, { invoice: { payment_page_url } })
    const hostile = await draft(berlin, made)
    expect((await draftOf('javascript:alert(1)')).status).toBe(422)
    await w.sql(`update receivables set payment_page_url = 'javascript:alert(1)' where id = $1`, [hostile.id])
    good(await berlin.post(`/receivables/${hostile.id}/issue`))
    expect((await page(w, hostile.id)).html).not.toContain('javascript:')
    const words = { subject_text: 'Pay', body_text: 'Pay at {payment_link}' }
    const mail = good(await berlin.post(`/receivables/${hostile.id}/preview`, words)).body_preview
    expect(mail).toContain('/view/')
    expect(mail).not.toContain('javascript:')
  })

  test('says on its way to the PDF that it is being drawn, and leads to it as soon as it is', async () => {
    const { w, berlin, made } = await start()
    const { id } = await issued(berlin, made)
    const key = await keyOf(w, id)
    expect((await page(w, id)).html).toContain(`href="/view/${key}/pdf?lang=en"`)
    const waiting = await browse(w, `/view/${key}/pdf?lang=en`)
    expect([waiting.status, waiting.headers.refresh]).toEqual([202, '2'])
    await w.work()
    const drawn = await browse(w, `/view/${key}/pdf`)
    expect([drawn.status, drawn.headers.location]).toEqual([303, new URL((await read(berlin, id)).file_url).pathname])
    expect((await page(w, id)).html).toContain(`href="${drawn.headers.location}" download="INV-00001.pdf"`)
  })

  test('orders a PDF that is out of date', async () => {
    const { w, berlin, made } = await start()
    const { id } = await issued(berlin, made)
    await w.work()
    await w.sql('update receivables set pdf_stale = true where id = $1', [id])
    expect((await browse(w, `/view/${await keyOf(w, id)}/pdf`)).status).toBe(202)
    await w.work()
    expect((await browse(w, `/view/${await keyOf(w, id)}/pdf`)).status).toBe(303)
  })

  test('exists for credit notes, too', async () => {
    const { w, berlin, made } = await start()
    const { id } = await issued(berlin, made)
    good(await berlin.post(`/receivables/${id}/cancel`))
    const { related_documents } = await read(berlin, id)
    const { text } = await page(w, related_documents.credit_note_ids[0])
    expect(text).toContain('Credit note CN-00001 Issued ')
    expect(text).toContain('For invoice INV-00001')
  })

  test('is not there under any other key, nor for drafts, nor after the document was deleted', async () => {
    const { w, berlin, made } = await start()
    const { id } = await issued(berlin, made)
    const { id: draftId } = await draft(berlin, made)
    const key = await keyOf(w, id)
    const draftKey = `${draftId.replaceAll('-', '')}aaaaaaaaaaa`
    await w.sql('update receivables set page_key = $2 where id = $1', [draftId, draftKey])
    for (const wrong of [
      'b'.repeat(43),
      draftKey,
      id,
      key.slice(1),
      `${key}a`,
      key.toLowerCase(),
      '%27--',
      '..%2f..',
      'x'.repeat(400),
    ]) {
      const { status, text, headers } = await browse(w, `/view/${wrong}`, undefined, { 'accept-language': 'de-CH,de;q=0.9' })
      expect([wrong, status]).toEqual([wrong, 404])
      expect(text).toContain('Hier ist kein Dokument')
      expect(headers['content-type']).toBe('text/html; charset=utf-8')
      for (const action of ['accept', 'decline']) expect((await browse(w, `/view/${wrong}/${action}`, grace)).status).toBe(404)
      expect((await browse(w, `/view/${wrong}/pdf`)).status).toBe(404)
    }
    await w.sql(`update entities set status = 'deleted' where id = $1`, [berlin.entityId])
    expect((await browse(w, `/view/${key}`)).status).toBe(404)
  })

  test('sets no cookie, asks nobody else for anything, is kept nowhere, and lets only its own script run', async () => {
    const { w, berlin, made } = await start()
    const { id } = await offered(berlin, made, { signature_required: true })
    const { headers, html } = await page(w, id)
    expect(headers['set-cookie']).toBeUndefined()
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    })
    const policy = headers['content-security-policy']!
    expect(policy).toMatch(/^default-src 'none'; .*form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/)
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    const inline = [...html.matchAll(/<(style|script)>(.*?)<\/\1>/gs)]
    expect(inline.map(([, kind]) => kind)).toEqual(['style', 'style', 'script'])
    for (const [, kind, text] of inline)
      expect(policy.split('; ').find((part) => part.startsWith(`${kind}-src`))).toContain(
        `'sha256-${createHash('sha256').update(text!).digest('base64')}'`,
      )
    expect(html).not.toMatch(/\s(style|on\w+)="/)
    expect(
      [...html.matchAll(/\s(?:src|href|action)="([^"]*)"/g)].map(([, url]) => url).filter((url) => !/^[/?#]|^data:,$/.test(url!)),
    ).toEqual([])
  })

  test('shows what people wrote as text, wherever it stands', async () => {
    const { w, berlin, made } = await start()
    const evil = `"><img src=x onerror=alert(1)><script>alert('x')</script>&lt;b&gt;{{7*7}}`
    await withoutRules(berlin)
    const customer = good(
      await berlin.post('/counterparts', {
        type: 'organization',
        external_reference: evil,
        tax_id: evil.slice(0, 30),
        organization: {
          legal_name: evil,
          is_vendor: false,
          is_customer: true,
          address: { country: 'DE', city: evil, postal_code: '10119', line1: evil, line2: evil },
        },
      }),
    )
    const { body: project } = await berlin.post('/projects', { name: evil })
    const { id } = await issued(berlin, made, {
      counterpart_id: customer.id,
      counterpart_billing_address_id: customer.default_billing_address_id,
      project_id: project.id,
      memo: evil,
      footer: evil,
      trade_name: evil,
      purchase_order: evil,
      commercial_condition_description: evil,
      vat_exemption_rationale: evil,
      document_id: evil,
      deductions: [{ amount: 1, name: evil, memo: evil }],
      entity: {
        email: 'a@example.com',
        phone: evil,
        registration_number: evil,
        registration_authority: evil,
        website: "https://x.example/?q='onload='1",
      },
      line_items: [
        {
          product: { name: evil, description: evil, price: { currency: 'EUR', value: 1000 }, measure_unit: { name: evil } },
          quantity: 1,
          tax_rate_value: 1900,
          tax_rate_name: evil.slice(0, 64),
        },
      ],
      document_rendering: { line_items: { name: { label: '<i>Item</i>' } } },
    })
    const { html, text } = await page(w, id)
    expect(text.split('{{7*7}}').length).toBeGreaterThan(14)
    expect(html).not.toContain('<img')
    expect(html).not.toContain('<i>')
    expect(html.match(/<script/g)).toHaveLength(1)
    expect(html.match(/onerror/g)!.length).toBe(html.match(/&lt;img src=x onerror/g)!.length)
    expect(html).not.toContain("'onload='")
  })

  test('reads from right to left where the language does, and has words for everything in every language', async () => {
    const { w, berlin, made } = await start()
    good(await berlin.patch(`/counterparts/${made.customer.id}`, { language: 'ar', organization: {} }))
    const { id } = await issued(berlin, made)
    const { html, text } = await page(w, id)
    expect(html).toContain('<html lang="ar" dir="rtl">')
    expect(text).toContain('المبلغ المستحق')
    const places = (sentence: string) => (sentence.match(/\{\w+\}/g) ?? []).sort()
    const flat = (words: object): (readonly [name: string, word: string])[] =>
      Object.entries(words).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : flat(value)))
    for (const language of supportedLanguages)
      flat(wordsOf('en')).forEach(([name, english], i) => {
        const [own, word] = flat(wordsOf(language))[i]!
        expect([language, own, places(word)]).toEqual([language, name, places(english)])
        expect(word.trim()).not.toBe('')
      })
  })

  test('wears the partner’s colours and the entity’s logo', async () => {
    const { w, berlin, made } = await start()
    const logo = await sharp({ create: { width: 40, height: 20, channels: 3, background: '#c00' } })
      .png()
      .toBuffer()
    good(await w.partner.upload('PUT', `/entities/${berlin.entityId}/logo`, { bytes: logo, name: 'logo.png', type: 'image/png' }))
    const payment_page_theme = {
      button: { primary_color: '#FFD400' },
      card: { background_color: '#fdfdfd' },
      logo_src: 'https://elsewhere.example/l.png',
    }
    good(await w.partner.patch('/settings', { payments: { payment_page_theme }, website: 'https://partner.example/shop' }))
    const { id } = await issued(berlin, made)
    const { html } = await page(w, id)
    expect(html).toContain('--accent:#ffd400;--on-accent:#16212b')
    expect(html).toContain('--card:#fdfdfd')
    expect(html).toMatch(/<img class="logo" src="\/f\/[\w-]{43}" alt="Spreewerk GmbH">/)
    expect(html).toContain('<a href="https://partner.example/shop" rel="noopener noreferrer">partner.example</a>')
    expect(html).not.toContain('elsewhere.example')
  })
})

describe('a quote', () => {
  test('is accepted with a name that was typed: signed, with the invoice’s draft, and by nobody of the entity', async () => {
    const { w, berlin, made } = await start()
    const { id } = await offered(berlin, made, { signature_required: true, expiry_date: '2099-12-31' })
    const before = await page(w, id)
    expect(before.text).toContain('Awaiting your answer')
    expect(before.text).toContain('Valid until 31 Dec 2099')
    expect(before.html.match(/<label for="(\w+)">/g)).toHaveLength(3)
    const { status, headers } = await answer(w, id, 'accept', { ...grace, kind: 'typed', signature_image: '' })
    expect([status, headers.location]).toEqual([303, `/view/${await keyOf(w, id)}`])
    expect((await read(berlin, id)).status).toBe('accepted')
    const [kept] = await w.sql<{ signature: Body }>('select signature from receivables where id = $1', [id])
    expect(kept!.signature).toMatchObject(grace)
    const { body: files } = await berlin.get('/files?file_type=receivable_signatures')
    expect(files.data).toMatchObject([{ id: kept!.signature.file_id, mimetype: 'image/png' }])
    expect(good(await berlin.get(`/receivables?based_on=${id}`)).data).toMatchObject([
      { status: 'draft', entity_user_id: berlin.userId },
    ])
    const moved = good(await berlin.get(`/receivables/${id}/history`)).data.at(-2)
    expect(moved).toMatchObject({ event_type: 'status_changed', entity_user_id: null })
    const after = await page(w, id)
    expect(after.text).toMatch(/Accepted by Grace Hopper on .+\. Thank you!/)
    expect(after.html).toMatch(/<img class="signature" src="\/f\/[\w-]{43}" alt="Signature: Grace Hopper">/)
    expect(after.html).not.toContain('<form')
  })

  test('is accepted with a signature that was drawn', async () => {
    const { w, berlin, made } = await start()
    const { id } = await offered(berlin, made, { signature_required: true })
    expect(
      (await answer(w, id, 'accept', { ...grace, kind: 'drawn', signature_image: `data:image/png;base64,${await drawing()}` }))
        .status,
    ).toBe(303)
    const { body: files } = await berlin.get('/files?file_type=receivable_signatures')
    expect(files.data[0].size).toBe(Buffer.from(await drawing(), 'base64').length)
  })

  test('that needs no signature is accepted with a button', async () => {
    const { w, berlin, made } = await start()
    const { id } = await offered(berlin, made)
    expect((await page(w, id)).html).not.toContain('name="full_name"')
    expect((await answer(w, id, 'accept')).status).toBe(303)
    const { text } = await page(w, id)
    expect(text).toContain('This quote has been accepted. Thank you!')
    expect((await read(berlin, id)).status).toBe('accepted')
  })

  test('is declined, with the reason if one is given', async () => {
    const { w, berlin, made } = await start()
    const { id } = await offered(berlin, made, { signature_required: true })
    expect((await answer(w, id, 'decline', { comment: ' Too <b>dear</b> ' })).status).toBe(303)
    expect(await read(berlin, id)).toMatchObject({ status: 'declined', comment: 'Too <b>dear</b>' })
    const { text, html } = await page(w, id)
    expect(text).toContain('This quote has been declined.')
    expect(html).toContain('Comment: Too &lt;b&gt;dear&lt;/b&gt;')
    const other = await offered(berlin, made)
    expect((await answer(w, other.id, 'decline')).status).toBe(303)
    expect(await read(berlin, other.id)).toMatchObject({ status: 'declined', comment: null })
  })

  test('says at its fields what is wrong with the answer, keeps what was filled in, and stays open', async () => {
    const { w, berlin, made } = await start()
    const { id } = await offered(berlin, made, { signature_required: true })
    const cases: [Record<string, string>, string[]][] = [
      [{}, ['Please enter your full name.', 'Please enter a valid email address.']],
      [{ ...grace, full_name: '  ' }, ['Please enter your full name.']],
      [{ ...grace, full_name: 'x'.repeat(256) }, ['This text is too long.']],
      [{ ...grace, email: 'grace@' }, ['Please enter a valid email address.']],
      [{ ...grace, kind: 'drawn' }, ['Please sign in the box first.']],
      [
        { ...grace, kind: 'drawn', signature_image: Buffer.from('GIF89a'.padEnd(40)).toString('base64') },
        ['Please sign in the box first.'],
      ],
      [{ ...grace, kind: 'drawn', signature_image: pngHead(300, 100).toString('base64') }, ['Please sign in the box first.']],
    ]
    for (const [form, faults] of cases) {
      const { status, html } = await answer(w, id, 'accept', form)
      expect(status).toBe(422)
      const shown = [...html.matchAll(/class="fault"[^>]*?( hidden)?>([^<]+)</g)]
        .filter(([, hidden]) => !hidden)
        .map(([, , text]) => text)
      expect(shown).toEqual(faults)
      if (form.email) expect(html).toContain(`value="${form.email}"`)
    }
    const { status, html } = await answer(w, id, 'decline', { comment: 'x'.repeat(2001) })
    expect(status).toBe(422)
    expect(html).toContain('<details open>')
    expect((await read(berlin, id)).status).toBe('issued')
    expect((await browse(w, `/view/${await keyOf(w, id)}/accept?lang=en`)).headers.location).toBe(
      `/view/${await keyOf(w, id)}?lang=en`,
    )
  })

  test('is answered once, however often and in whatever order the forms are sent', async () => {
    const { w, berlin, made } = await start()
    const { id } = await offered(berlin, made, { signature_required: true })
    const sent = await Promise.all(Array.from({ length: 6 }, () => answer(w, id, 'accept', { ...grace, kind: 'typed' })))
    expect(sent.map(({ status }) => status)).toEqual(sent.map(() => 303))
    expect((await answer(w, id, 'decline', { comment: 'Too late' })).status).toBe(303)
    expect(await read(berlin, id)).toMatchObject({ status: 'accepted', comment: null })
    expect(good(await berlin.get(`/receivables?based_on=${id}`)).data).toHaveLength(1)
    const { body: files } = await berlin.get('/files?file_type=receivable_signatures')
    expect(files.data).toHaveLength(1)
  })

  test('can not be answered after its last day, nor while its entity is switched off, and says so', async () => {
    const { w, berlin, made } = await start()
    w.clock.set('2026-05-01T10:00:00Z')
    const { id } = await offered(berlin, made, { expiry_date: '2026-05-10' })
    await w.partner.post(`/entities/${berlin.entityId}/deactivate`)
    expect((await page(w, id)).html).not.toContain('<form')
    expect((await answer(w, id, 'accept')).status).toBe(303)
    good(await w.partner.post(`/entities/${berlin.entityId}/activate`))
    w.clock.set('2026-05-10T21:59:59Z')
    expect((await page(w, id)).html).toContain('<form')
    w.clock.set('2026-05-10T22:00:01Z')
    for (const action of ['accept', 'decline']) expect((await answer(w, id, action)).status).toBe(303)
    expect((await page(w, id)).text).toContain('This quote was good until 10 May 2026. Please ask Spreewerk GmbH for a new one.')
    await runSchedule(w, 'receivables.expired')
    const [row] = await w.sql('select status from receivables where id = $1', [id])
    expect(row).toEqual({ status: 'expired' })
    expect((await page(w, id)).text).toContain('Expired')
    w.clock.set(null)
  })

  test('is not answered by forms of other sites', async () => {
    const { w, berlin, made } = await start()
    const { id } = await offered(berlin, made)
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    ])
      for (const action of ['accept', 'decline']) expect((await answer(w, id, action, {}, headers)).status).toBe(403)
    expect((await read(berlin, id)).status).toBe('issued')
    // With no referrer browsers say null for the origin of the page itself.
    expect((await answer(w, id, 'accept', {}, { origin: 'null', 'sec-fetch-site': 'same-origin' })).status).toBe(303)
    const own = await offered(berlin, made)
    expect((await answer(w, own.id, 'accept', {}, { origin: 'http://localhost:3000', host: 'localhost:3000' })).status).toBe(303)
    expect((await read(berlin, own.id)).status).toBe('accepted')
  })

  test('is not answered by what no form sends, and the page says that nothing was changed', async () => {
    const { w, berlin, made } = await start()
    const { id } = await offered(berlin, made)
    const key = await keyOf(w, id)
    const post = (payload: string, type: string) =>
      w.app.inject({ method: 'POST', url: `/view/${key}/accept`, payload, headers: { 'content-type': type } })
    for (const [payload, type, status] of [
      [`comment=${'x'.repeat(700 * 1024)}`, 'application/x-www-form-urlencoded', 413],
      ['full_name=a%00b', 'application/x-www-form-urlencoded', 422],
      ['<a/>', 'application/xml', 415],
      ['{', 'application/json', 422],
    ] as const) {
      const response = await post(payload, type)
      expect([type, response.statusCode]).toEqual([type, status])
      expect(response.headers['content-type']).toBe('text/html; charset=utf-8')
      expect(response.body).toContain('Nothing was changed.')
    }
    expect((await read(berlin, id)).status).toBe('issued')
    const { id: invoice } = await issued(berlin, made)
    for (const action of ['accept', 'decline']) expect((await answer(w, invoice, action)).status).toBe(303)
    expect((await read(berlin, invoice)).status).toBe('issued')
  })

  test('shows a line to sign on in its PDF, and then the signature, where the entity wants it', async () => {
    const { w, berlin, made } = await start()
    const document_rendering = { quote: { display_signature: true } }
    const { id } = await offered(berlin, made, { signature_required: true, document_rendering })
    const plain = await offered(berlin, made, { signature_required: true })
    await w.work()
    const text = async (of: string) => (await pdfText(berlin, (await read(berlin, of)).file_url)).replace(/\s+/g, ' ')
    expect(await text(id)).toContain('Place, date')
    expect(await text(plain.id)).not.toContain('Place, date')
    for (const quote of [id, plain.id]) await answer(w, quote, 'accept', { ...grace, kind: 'typed' })
    await w.work()
    expect(await text(id)).toContain('Grace Hopper, grace@example.com')
    expect(await text(plain.id)).not.toContain('Grace Hopper')
  })
})

describe('the rate limit', () => {
  let own: Awaited<ReturnType<typeof ownApp>>
  beforeAll(async () => {
    own = await ownApp({ rate_limit: 3 })
  })
  afterAll(() => own.close())

  test('counts who opens pages by address, and says so in words', async () => {
    const from = (remoteAddress: string) => own.app.inject({ url: `/view/${'a'.repeat(43)}`, remoteAddress })
    const answers = await Promise.all(Array.from({ length: 40 }, () => from('192.0.2.9')))
    const refused = answers.filter(({ statusCode }) => statusCode === 429)
    expect(refused.length).toBeGreaterThan(20)
    expect(refused[0]!.headers).toMatchObject({ 'retry-after': '1', 'content-type': 'text/html; charset=utf-8' })
    expect(refused[0]!.body).toContain('Too many requests at once.')
    expect((await from('192.0.2.10')).statusCode).toBe(404)
  })
})

describe('a theme', () => {
  test('takes colours that can be read, and nothing that could be more than a value', () => {
    expect(themeCss(null)).toBe(':root{--accent:#1b4f5c;--on-accent:#ffffff}')
    const evil = 'red;}body{background:url(//evil.example)}</style><script>'
    const hostile = themeCss({
      background_color: evil,
      border_radius: `4px;${evil}`,
      button: { primary_color: evil },
      card: { background_color: '#12345g' },
      font_color: 'var(--x)',
      font_family: `Inter,${evil},"Open Sans"`,
    })
    expect(hostile).toBe(':root{--accent:#1b4f5c;--on-accent:#ffffff;--font:"Inter","Open Sans"}')
    expect(themeCss({ border_radius: '8px', font_family: 'system-ui, serif' })).toContain('--radius:8px;--font:system-ui,serif')
    expect(themeCss({ font_color: '#eee' })).not.toContain('--ink')
    expect(themeCss({ font_color: '#222' })).toContain('--ink:#222222')
    expect(themeCss({ card: { background_color: '#111' } })).toContain('--ink:#ffffff')
  })

  test('always leaves enough contrast on its buttons', () => {
    for (let i = 0; i < 4096; i += 7) {
      const css = themeCss({ button: { primary_color: `#${i.toString(16).padStart(3, '0')}` } })
      const [, accent, on] = /--accent:(#\w+);--on-accent:(#\w+)/.exec(css)!
      expect(contrast(accent!, on!)).toBeGreaterThanOrEqual(4.5)
    }
    expect(contrast('#000000', '#ffffff')).toBe(21)
  })
})

test('a typed signature is a picture in any script', async () => {
  for (const name of ['Grace Hopper', 'جريس هوبر', 'גרייס הופר', '格蕾丝', '그레이스', '&<b>', 'x'.repeat(255)]) {
    const { width, height, format } = await sharp(await writtenSignature(name, 'somebody')).metadata()
    expect(format).toBe('png')
    expect(width).toBeGreaterThan(20)
    expect(width).toBeLessThanOrEqual(800)
    expect(height).toBeLessThanOrEqual(200)
  }
})

test('the script of the page is a script', () => {
  expect(() => new Function(script)).not.toThrow()
  expect(script).not.toContain('</')
})
