import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { approver, decide, newPolicy, users } from '../support/approving.ts'
import { billThatIs } from '../support/billing.ts'
import { good, issued, ready } from '../support/invoicing.ts'
import { company } from '../support/onboarding.ts'
import { invoiceOf, later, link, pay, shop } from '../support/paying.ts'
import { type Body, house, world } from '../support/world.ts'

/** Every page that people without an account see, in a real browser: nothing on it keeps anybody out (axe), nothing is refused by its own policy, and nothing sticks out. */

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const installed = existsSync(CHROMIUM)
if (!installed) console.log('skipped: Chromium is not installed (Debian: apt-get install chromium, or CHROMIUM=/path)')

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const ORIGIN = 'http://quittance.test'

let browser: Browser
beforeAll(async () => {
  if (installed) browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
})
afterAll(() => browser?.close())

interface Look {
  readonly violations: string[]
  readonly refused: string[]
  readonly overflow: number
  /** Texts that have no room: not even three letters to a line. */
  readonly squeezed: string[]
}

const SQUEEZED = `(() => {
  // For readers of screens only.
  const isClipped = (element) => element && (getComputedStyle(element).clipPath !== 'none' || isClipped(element.parentElement))
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const found = []
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.data.trim()
    if (text.length < 4 || !node.parentElement.checkVisibility() || isClipped(node.parentElement)) continue
    const range = document.createRange()
    range.selectNodeContents(node)
    const lines = new Set(Array.from(range.getClientRects(), ({ top }) => Math.round(top))).size
    if (lines > 1 && text.length < 3 * lines) found.push(text)
  }
  return found
})()`

/** A page of a browser that gets everything from the server, and the errors that it says. */
async function open(width: number) {
  const { app } = await house()
  const context = await browser.newContext({ viewport: { width, height: 900 }, reducedMotion: 'reduce' })
  const page = await context.newPage()
  const refused: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') refused.push(message.text())
  })
  await page.route('**/*', async (route) => {
    const request = route.request()
    const url = new URL(request.url())
    if (url.origin !== ORIGIN) return route.abort()
    const payload = request.postDataBuffer()
    const answer = await app.inject({
      method: request.method() as 'GET',
      url: url.pathname + url.search,
      headers: request.headers(),
      ...(payload && { payload }),
    })
    const headers = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]))
    return route.fulfill({ status: answer.statusCode, headers, body: answer.rawPayload })
  })
  return { context, page, refused }
}

/** Opens a page at a width, as the browser gets it from the server. */
async function look(path: string, width: number, cookie: string | null): Promise<Look> {
  const { context, page, refused } = await open(width)
  try {
    const [name = '', value = ''] = cookie?.split('=') ?? []
    if (cookie) await context.addCookies([{ name, value, url: ORIGIN }])
    await page.goto(`${ORIGIN}${path}`, { waitUntil: 'load' })
    await page.evaluate(axe)
    if (path.startsWith('/docs')) await page.waitForSelector('#groups details')
    const { violations } = (await page.evaluate('axe.run()')) as {
      violations: { id: string; nodes: { html: string }[] }[]
    }
    const overflow = (await page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    )) as number
    const squeezed = (await page.evaluate(SQUEEZED)) as string[]
    return { violations: violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`), refused, overflow, squeezed }
  } finally {
    await context.close()
  }
}

/** A payment whose payer has chosen a bank, and the page of that bank. */
async function atBank(): Promise<{ id: string; bank: string }> {
  const { berlin, made, payer } = await shop()
  const { id, payment_intent_id } = await link(berlin, (await invoiceOf(berlin, made, 11900)).id)
  const body = {
    type: 'manual_input',
    bank_id: 'mock-ok',
    payer_account_country: 'DE',
    payer_account_identification: { type: 'IBAN', value: 'DE75999600550000110022' },
  }
  const { authorization_url } = good(await payer.post(`/internal/payment_intents/${payment_intent_id}/authorize`, body))
  return { id, bank: new URL(authorization_url, ORIGIN).pathname }
}

/** A page that is seen by whoever has a cookie. */
interface Inside {
  readonly path: string
  readonly cookie: string
}

/** How to come to each page. */
const pages: Record<string, () => Promise<string | Inside>> = {
  'the address of the server': async () => '/',
  'the API reference': async () => '/docs',
  'an operation in the reference': async () => '/docs#post_receivables',
  'a guide': async () => '/docs/payables',
  'a payment that can be made': async () => {
    const { berlin, made } = await shop()
    return `/pay/${(await link(berlin, (await invoiceOf(berlin, made, 11900)).id)).id}`
  },
  'a payment that waits for a bank': async () => `/pay/${(await atBank()).id}`,
  'the page of a test bank': async () => (await atBank()).bank,
  'a payment that was declined': async () => {
    const { berlin, made, payer } = await shop()
    const opened = await link(berlin, (await invoiceOf(berlin, made, 11901)).id)
    await pay(payer, opened)
    return `/pay/${opened.id}`
  },
  'a payment that was made': async () => {
    const { w, berlin, made, payer } = await shop()
    const opened = await link(berlin, (await invoiceOf(berlin, made, 11900)).id)
    good(await pay(payer, opened))
    await later(w, 5)
    return `/pay/${opened.id}`
  },
  'a payment link that is over': async () => {
    const { berlin, made } = await shop()
    const opened = await link(berlin, (await invoiceOf(berlin, made, 11900)).id)
    good(await berlin.post(`/payment_links/${opened.id}/expire`))
    return `/pay/${opened.id}`
  },
  'a payment link that never was': async () => `/pay/${crypto.randomUUID()}`,
  'an onboarding link': async () => {
    const w = await world()
    const expires_at = new Date(Date.now() + 86_400_000).toISOString()
    const urls = { refresh_url: 'https://example.com/again', return_url: 'https://example.com/done', expires_at }
    return `/onboard/${good(await w.partnerIn(w.berlin.entityId!).post('/onboarding_links', urls)).id}`
  },
  'the forms of an onboarding link': async () => {
    const w = await world()
    await company(['card'], w)
    const expires_at = new Date(Date.now() + 86_400_000).toISOString()
    const urls = { refresh_url: 'https://example.com/again', return_url: 'https://example.com/done', expires_at }
    const { id } = good(await w.partnerIn(w.berlin.entityId!).post('/onboarding_links', urls))
    good(await w.nobody.post(`/internal/onboarding_links/${id}/request_otp`, { phone: '+49 30 12345678' }))
    const [mail] = await w.sql<{ subject: string }>('select subject from mails order by created_at desc, id desc limit 1')
    const code = mail?.subject.slice(0, 6)
    const { access_token } = good(await w.nobody.post(`/internal/onboarding_links/${id}/verify_otp`, { code }))
    return { path: `/onboard/${id}`, cookie: `quittance_onboarding=${access_token}` }
  },
  'a ledger to be chosen': async () => {
    const w = await world()
    return new URL(good(await w.partnerIn(w.berlin.entityId!).post('/accounting_connections')).connection_url).pathname
  },
  'an invoice': async () => {
    const w = await world()
    const { id } = await issued(w.berlin, await ready(w.berlin))
    return `/view/${await keyOf(w, id)}`
  },
  'a quote to be signed': async () => {
    const w = await world()
    const { invoice } = await ready(w.berlin)
    const { payment_terms_id: _, ...quote } = invoice
    const { id } = good(
      await w.berlin.post('/receivables', { ...quote, type: 'quote', expiry_date: '2099-01-01', signature_required: true }),
    )
    good(await w.berlin.post(`/receivables/${id}/issue`))
    return `/view/${await keyOf(w, id)}`
  },
  'a bill to be approved': async () => {
    const w = await world()
    const { berlin } = w
    const ada = await approver(w, berlin.entityId!)
    good(
      await w.partnerIn(berlin.entityId!).patch(`/entity_users/${ada.userId}`, { email: 'ada@example.com', first_name: 'Ada' }),
    )
    await newPolicy(berlin, decide(users([ada.userId])))
    const id = await billThatIs(berlin, 'new')
    good(await berlin.post(`/payables/${id}/submit_for_approval`))
    await w.work()
    const [mail] = await w.sql<Body>(`select text from mails where entity_id = $1 and object_type = 'approval_request'`, [
      berlin.entityId,
    ])
    return /\/approve\/[\w-]{43}/.exec(mail!.text)![0]
  },
}
const keyOf = async (w: Awaited<ReturnType<typeof world>>, id: string): Promise<string> =>
  (await w.sql<{ page_key: string }>('select page_key from receivables where id = $1', [id]))[0]!.page_key

test.skipIf(!installed).each(Object.keys(pages))(
  '%s has no fault in any width, language or direction',
  { timeout: 120_000 },
  async (name) => {
    const page = await pages[name]!()
    const { path, cookie } = typeof page === 'string' ? { path: page, cookie: null } : page
    const languages = path === '/' || path.startsWith('/docs') ? [''] : ['?lang=en', '?lang=de', '?lang=ar']
    for (const language of languages)
      for (const width of [400, 1280]) {
        const { violations, refused, overflow, squeezed } = await look(`${path}${language}`, width, cookie)
        expect({ language, width, violations, refused: refused.filter((text) => !/404/.test(text)), overflow, squeezed }).toEqual(
          {
            language,
            width,
            violations: [],
            refused: [],
            overflow: 0,
            squeezed: [],
          },
        )
      }
  },
)

test.skipIf(!installed)('an operation of the reference can be found and tried', async () => {
  const w = await world()
  const { context, page, refused } = await open(1280)
  try {
    await page.goto(`${ORIGIN}/docs`)
    await page.waitForSelector('#groups details')
    await page.fill('#search', 'create a tag')
    await page.keyboard.press('Enter')
    await page.click('article summary:has-text("Try it")')
    await page.getByLabel('token', { exact: true }).fill(w.berlin.token)
    await page.getByLabel('body', { exact: true }).fill('{"name": "From the page"}')
    expect(await page.textContent('.snippet pre')).toContain('From the page')
    await page.click('.try button')
    await page.waitForSelector('.out .good')
    const { body } = await w.berlin.get('/tags')
    expect(body.data.map(({ name }: Body) => name)).toContain('From the page')
    expect(refused).toEqual([])
  } finally {
    await context.close()
  }
})
