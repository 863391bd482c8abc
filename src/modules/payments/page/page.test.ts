import { describe, expect, test } from 'vitest'
import { good, read } from '../../../../test/support/invoicing.ts'
import {
  billToPay,
  invoiceOf,
  later,
  link,
  linkBody,
  linkStatus,
  records,
  shop,
  statusOf,
} from '../../../../test/support/paying.ts'
import type { Body, World } from '../../../../test/support/world.ts'
import { supportedLanguages } from '../../../platform/pdf/labels.ts'
import { payWords } from './page.words.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
type Headers = Record<string, string>
async function ask(
  w: World,
  method: 'GET' | 'HEAD' | 'POST',
  path: string,
  { form, headers }: { form?: string; headers?: Headers } = {},
) {
  const {
    statusCode: status,
    headers: told,
    body,
  } = await w.app.inject({
    method,
    url: path,
    headers: { ...(method === 'POST' && FORM), ...headers },
    ...(form !== undefined && { payload: form }),
  })
  return {
    status,
    headers: told as Headers,
    body,
    text: body
      .replace(/<style>[\s\S]*?<\/style>/g, '')
      .replace(/<[^>]+>/g, ' ')
      .replace(/&#39;/g, "'")
      .replace(/\s+/g, ' '),
  }
}
const look = (w: World, { id }: Body, query = '', headers: Headers = {}) => ask(w, 'GET', `/pay/${id}${query}`, { headers })
const send = (w: World, { id }: Body, action: string, form = '', headers: Headers = {}) =>
  ask(w, 'POST', `/pay/${id}/${action}`, { form, headers })

async function open(total = 11900, more: object = {}) {
  const s = await shop()
  const invoice = await invoiceOf(s.berlin, s.made, total)
  return { ...s, invoice, link: await link(s.berlin, invoice.id, more) }
}

describe('the pay page', () => {
  test('stays in the language that its address asks for, whatever the payer does there', async () => {
    const { w, berlin, made, link: one } = await open(11907, { expires_at: new Date(Date.now() + 3_600_000).toISOString() })
    const steps = ({ body }: { body: string }) => [...body.matchAll(/action="([^"]+)"/g)].map(([, step]) => step)
    const first = await look(w, one, '?lang=fr')
    expect(steps(first).length).toBeGreaterThan(0)
    for (const step of steps(first)) expect(step).toMatch(/\?lang=fr$/)
    expect((await send(w, one, 'start?lang=fr', 'method=card')).headers.location).toBe(`/pay/${one.id}?lang=fr`)
    expect((await send(w, one, 'proceed?lang=fr')).headers.location).toBe(`/pay/${one.id}?lang=fr`)
    // Coming back from a provider, and with a new link in place of one that is over.
    expect((await ask(w, 'GET', `/pay/${one.id}/back?lang=fr`)).headers.location).toBe(`/pay/${one.id}?lang=fr`)
    const { id } = await invoiceOf(berlin, made, 500)
    const two = await link(berlin, id)
    good(await berlin.post(`/payment_links/${two.id}/expire`))
    expect(steps(await look(w, two, '?lang=fr'))).toEqual([`/pay/${two.id}/regenerate?lang=fr`])
    expect((await send(w, two, 'regenerate?lang=fr')).headers.location).toMatch(/\?lang=fr$/)
    // Nobody asked for one: nothing is added.
    for (const step of steps(await look(w, one))) expect(step).not.toContain('?')
  })

  test('takes a payer from the link to a paid invoice, and back to where they came from', async () => {
    const { w, berlin, invoice, link } = await open(11900, { return_url: 'https://shop.example/thanks?order=1&x=2' })
    const first = await look(w, link, '?lang=en')
    expect(first.status).toBe(200)
    expect(first.text).toContain('To Spreewerk GmbH')
    expect(first.text).toMatch(/€119.00/)
    expect(first.text).toContain(invoice.document_id)
    expect(first.body).toContain('Pay €119.00 by card')
    expect(first.text).toContain('DE89 3704 0044 0532 0130 00')
    expect(first.body).not.toContain('shop.example')
    const sent = await send(w, link, 'start', 'method=card')
    expect([sent.status, sent.headers.location]).toEqual([303, `/pay/${link.id}`])
    const waits = await look(w, link, '?lang=en')
    expect([waits.headers.refresh, waits.text]).toEqual(['2', expect.stringContaining('Your payment is on its way')])
    expect(waits.body).not.toContain('<form')
    await later(w, 3)
    const done = await look(w, link, '?lang=en')
    expect(done.text).toContain('Paid. Thank you!')
    expect(done.headers.refresh).toBeUndefined()
    expect(done.body).toContain('href="https://shop.example/thanks?order=1&amp;x=2"')
    expect((await read(berlin, invoice.id)).status).toBe('paid')
  })

  test('starts nothing by being looked at, however often robots come', async () => {
    const { w, berlin, invoice, link } = await open()
    const before = [
      await read(berlin, invoice.id),
      await records(berlin, invoice.id),
      good(await berlin.get(`/payment_links/${link.id}`)),
    ]
    for (let n = 0; n < 5; n++) {
      expect((await look(w, link)).status).toBe(200)
      expect((await ask(w, 'HEAD', `/pay/${link.id}`)).status).toBe(200)
      for (const action of ['start', 'proceed', 'regenerate'])
        expect((await ask(w, 'GET', `/pay/${link.id}/${action}?method=card`)).status).toBe(303)
    }
    expect([
      await read(berlin, invoice.id),
      await records(berlin, invoice.id),
      good(await berlin.get(`/payment_links/${link.id}`)),
    ]).toEqual(before)
    expect(await w.sql(`select id from sandbox_payments where key like $1`, [`${link.payment_intent_id}%`])).toEqual([])
    w.clock.advance(2 * 86_400_000)
    expect((await send(w, link, 'start', 'method=card')).status).toBe(303)
    w.clock.set(null)
    expect(await w.sql(`select status from payment_intents where id = $1`, [link.payment_intent_id])).toEqual([
      { status: 'processing' },
    ])
  })

  test('says that a card was declined, and offers every way again', async () => {
    const { w, berlin, link } = await open(11901)
    await send(w, link, 'start', 'method=card')
    const page = await look(w, link, '?lang=en')
    expect(page.text).toContain('The payment did not work, and nothing was charged')
    expect(page.body).toContain('role="alert"')
    expect(page.body).toContain('value="card"')
    await send(w, link, 'start', 'method=card')
    expect(await statusOf(berlin, link)).toBe('processing')
  })

  test('asks for the step that the provider asks for', async () => {
    const { w, berlin, link } = await open(11907)
    await send(w, link, 'start', 'method=card')
    const page = await look(w, link, '?lang=en')
    expect(page.text).toContain('Confirm your payment')
    expect(page.body).toContain('value="sepa_credit"')
    await send(w, link, 'proceed')
    expect(await statusOf(berlin, link)).toBe('processing')
    await later(w, 3)
    expect((await look(w, link)).text).toContain(payWords('en').paid_title)
  })

  test('believes nobody who says that a transfer was sent, and says that it waits', async () => {
    const { w, berlin, invoice, link } = await open(11900, { payment_methods: ['sepa_credit'] })
    const page = await look(w, link, '?lang=en')
    expect(page.body).toContain('<svg')
    await send(w, link, 'start', 'method=sepa_credit')
    const waits = await look(w, link, '?lang=en')
    expect(waits.text).toContain('We wait for your transfer')
    expect(waits.headers.refresh).toBeUndefined()
    expect([await statusOf(berlin, link), (await read(berlin, invoice.id)).status]).toEqual(['processing', 'issued'])
  })

  test('of a link that is over gives a new one, as long as something is left to pay', async () => {
    const { w, berlin, invoice, link } = await open()
    good(await berlin.post(`/payment_links/${link.id}/expire`))
    expect((await look(w, link, '?lang=en')).text).toContain('This link is over')
    expect((await send(w, link, 'start', 'method=card')).status).toBe(303)
    expect(await linkStatus(berlin, link)).toBe('expired')
    const fresh = await send(w, link, 'regenerate')
    expect([fresh.status, fresh.headers.location]).toEqual([303, expect.stringMatching(/^\/pay\/[0-9a-f-]{36}$/)])
    expect((await ask(w, 'GET', fresh.headers.location!)).text).toMatch(/119/)
    good(await berlin.post(`/receivables/${invoice.id}/mark_as_paid`, {}))
    const none = await send(w, link, 'regenerate', '', { 'accept-language': 'en' })
    expect([none.status, none.text]).toEqual([409, expect.stringContaining(payWords('en').nothing_title)])
  })

  test('shows a bill with the account of its vendor', async () => {
    const { w, berlin } = await shop()
    const { id, vendor } = await billToPay(berlin)
    const made = good(
      await berlin.post(
        '/payment_links',
        linkBody(berlin, id, {
          object: { type: 'payable', id },
          recipient: { type: 'counterpart', id: vendor },
          payment_methods: ['sepa_credit'],
        }),
      ),
    )
    const page = await look(w, made, '?lang=en')
    expect(page.text).toContain('To Papier AG')
    expect(page.text).toContain('DE02 1203 0000 0000 2020 51')
  })

  test('of nobody is a page of its own, and forms of other sites, or with nonsense, change nothing', async () => {
    const { w, berlin, link } = await open()
    for (const id of [crypto.randomUUID(), 'x', "'"]) expect((await ask(w, 'GET', `/pay/${id}`)).status).toBe(404)
    expect((await send(w, link, 'start', 'method=card', { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    for (const form of ['', 'method=cash', 'method=klarna', 'x'.repeat(4000)])
      expect((await send(w, link, 'start', form)).status).toBe(400)
    expect((await send(w, link, 'start', 'method=%00')).status).toBe(422)
    expect((await send(w, link, 'start', 'x'.repeat(5000))).status).toBe(413)
    expect((await send(w, link, 'proceed')).status).toBe(303)
    expect(await statusOf(berlin, link)).toBe('created')
  })

  test.each(supportedLanguages.map((language) => [language]))(
    'is written in %s, small, without scripts, and within its policy',
    async (language) => {
      const { w, link } = await open()
      const { body, text, headers } = await look(w, link, `?lang=${language}`)
      const words = payWords(language)
      expect(body).toContain(`<html lang="${language}" dir="${['ar', 'he'].includes(language) ? 'rtl' : 'ltr'}">`)
      for (const said of [words.choose, words.transfer, words.sent, words.transfer_hint, words.test]) expect(text).toContain(said)
      expect(Buffer.byteLength(body)).toBeLessThan(60_000)
      expect(body).not.toMatch(/<script|onclick|\{\w+\}/)
      expect(headers['content-security-policy']).toContain("default-src 'none'")
      expect(headers['content-security-policy']).toContain('frame-ancestors https:')
      expect(headers['x-frame-options']).toBeUndefined()
      expect(headers['cache-control']).toBe('no-store')
    },
  )

  test('has the words of every state in every language, each of its own', () => {
    const english = Object.entries(payWords('en'))
    for (const language of supportedLanguages.filter((code) => code !== 'en')) {
      const words = payWords(language) as unknown as Record<string, string>
      for (const [name, text] of english) {
        expect([language, name, words[name]]).not.toEqual([language, name, text])
        expect((words[name]!.match(/\{\w+\}/g) ?? []).sort()).toEqual((text.match(/\{\w+\}/g) ?? []).sort())
      }
    }
  })

  test('follows the invoice’s language, wears the partner’s colours, and takes them off again', async () => {
    const { w, link } = await open()
    const change = (payments: object) => w.partner.patch('/settings', { payments })
    const theme = { button: { primary_color: '#aa0000' }, logo_src: 'https://cdn.example/logo.png', background_color: '#fafafa' }
    good(await change({ payment_page_theme: theme }))
    good(await w.partner.patch('/settings', { website: 'https://platform.example' }))
    const worn = await look(w, link)
    expect(worn.body).toContain('--accent:#aa0000')
    expect(worn.body).toContain('<img src="https://cdn.example/logo.png"')
    expect(worn.headers['content-security-policy']).toContain("img-src 'self' data: https://cdn.example;")
    expect(worn.body).toContain('href="https://platform.example')
    good(await change({ payment_page_theme: null }))
    const bare = await look(w, link, '', { 'accept-language': 'xx, nl;q=0.9' })
    expect(bare.body).not.toContain('#aa0000')
  })
})
