import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { draft, good, invoiceThatIs, issued, read, withoutRules } from '../../../../test/support/invoicing.ts'
import { ownApp } from '../../../../test/support/own-app.ts'
import { browse, grace, keyOf, offered, page, pdfText, squeezed, start } from '../../../../test/support/pages.ts'
import { contrast, themeCss } from '../../../platform/pages/theme.ts'
import { supportedLanguages } from '../../../platform/pdf/labels.ts'
import { script } from './page.script.ts'
import { writtenSignature } from './signature.ts'
import { wordsOf } from './words.ts'

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
