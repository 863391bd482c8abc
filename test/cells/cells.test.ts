import { once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addCell, inCell, listCells } from '../../src/cells/commands.ts'
import { ways } from '../../src/cells/ways.ts'
import { audit } from '../../src/modules/audit/audit.ts'
import { draft, good, issued, ready } from '../support/invoicing.ts'
import type { Body } from '../support/world.ts'
import { type Company, caller, company, type TwoClusters, twoClusters } from './two-clusters.ts'

/** One process serves two databases: whoever lives in one is found by everything that leads there, and by nobody who lives in the other. */

let t: TwoClusters
let here: Company
let there: Company
const heard: Body[] = []
const listener = createServer((request, response) => {
  const pieces: Buffer[] = []
  request.on('data', (piece) => pieces.push(piece))
  request.on('end', () => {
    heard.push(JSON.parse(Buffer.concat(pieces).toString()))
    response.end()
  })
})

beforeAll(async () => {
  listener.listen(0, '127.0.0.1')
  t = await twoClusters()
  here = await company(t, 'home')
  there = await company(t, 'east')
}, 60_000)
afterAll(async () => {
  await t?.close()
  listener.close()
})

const until = async <T>(what: () => Promise<T | null | undefined | false>): Promise<T> => {
  for (let attempt = 0; attempt < 200; attempt++) {
    const found = await what()
    if (found) return found
    await sleep(50)
  }
  throw new Error('It did not come to be')
}

test('each partner lives in its own database, and sees nothing of the other', async () => {
  for (const [who, place, other] of [
    [here, 'home', 'east'],
    [there, 'east', 'home'],
  ] as const) {
    const tag = good(await who.user.post('/tags', { name: `Tag of ${place}` }))
    expect(await t.sql(place, 'select name from tags')).toEqual([{ name: `Tag of ${place}` }])
    expect(await t.sql(other, 'select name from tags where id = $1', [tag.id])).toEqual([])
    expect(good(await who.user.get('/tags')).data.map(({ name }: Body) => name)).toEqual([`Tag of ${place}`])
    const stranger = place === 'home' ? there : here
    expect((await stranger.user.get(`/tags/${tag.id}`)).status).toBe(404)
    expect((await caller(t, stranger.partner.token, who.entityId).get('/tags')).status).toBe(404)
    expect((await caller(t, stranger.partner.token).get(`/entities/${who.entityId}`)).status).toBe(404)
  }
})

test('whoever is known nowhere is sent away as by one database', async () => {
  expect((await caller(t, 'x'.repeat(43)).get('/entities')).status).toBe(401)
  expect((await caller(t, '').get('/entities')).status).toBe(401)
  const wrong = { grant_type: 'client_credentials', client_id: there.credentials.client_id, client_secret: 'wrong' }
  expect((await caller(t, '').post('/auth/token', wrong)).status).toBe(400)
  expect((await caller(t, '').post('/auth/token', { ...wrong, client_id: here.entityId })).status).toBe(400)
  expect((await t.call('POST', '/v1/auth/token', { body: 'no JSON' })).status).toBe(422)
  expect((await t.call('GET', `/pay/${there.entityId}`)).status).toBe(404)
})

test('documents of a cell are issued without gaps, drawn, told of, and found by their links', async () => {
  const { port } = listener.address() as AddressInfo
  good(await there.partner.post('/webhook_subscriptions', { object_type: 'receivable', url: `http://127.0.0.1:${port}` }))
  const made = await ready(there.user)
  const invoices = [await issued(there.user, made), await issued(there.user, made)]
  expect(invoices.map(({ document_id }) => document_id)).toEqual(['INV-00001', 'INV-00002'])
  const { file_url } = await until(async () => {
    const { body } = await there.user.get(`/receivables/${invoices[0]!.id}/pdf_link`)
    return body.file_url ? body : null
  })
  const pdf = await fetch(file_url)
  expect([pdf.status, pdf.headers.get('content-type')]).toEqual([200, 'application/pdf'])
  await until(async () => heard.filter(({ action }) => action === 'receivable.issued').length === 2)

  const quote = await draft(there.user, made, { type: 'quote', payment_terms_id: undefined })
  good(await there.user.post(`/receivables/${quote.id}/issue`))
  expect((await t.call('GET', `/v1/internal/quotes/${quote.id}`)).status).toBe(200)
  const key = 'q'.repeat(43)
  await t.sql('east', 'update receivables set page_key = $2 where id = $1', [quote.id, key])
  expect((await t.call('GET', `/view/${key}`)).status).toBe(200)
  expect(
    (await t.call('GET', `/v1/internal/payment_page_theme?partner_id=${there.partnerId}&project_id=${quote.id}`)).status,
  ).toBe(200)
  expect(
    (await t.call('GET', `/v1/internal/payment_page_theme?partner_id=${made.customer.id}&project_id=${quote.id}`)).status,
  ).toBe(400)
})

test('a mail comes to the mailbox of its cell', async () => {
  const [mailbox] = good(await there.user.get('/mailboxes')).data
  const mail = (to: string) =>
    t.call('POST', `/inbound/mail?recipient=${encodeURIComponent(to)}`, {
      token: t.config.mail_in_secret,
      headers: { 'content-type': 'message/rfc822' },
      body: `From: a@b.example\r\nTo: ${to}\r\nSubject: Hello\r\n\r\nHello`,
    })
  expect((await mail(mailbox.mailbox_full_address)).status).toBe(202)
  expect((await mail('nobody@nowhere.example')).status).toBe(404)
})

test('every address that anybody may call, and that names something, leads to its cell', async () => {
  const named = t.open
    .filter((url) => url.includes(':'))
    .map((url) => url.replace(/:\w*key/g, 'k'.repeat(43)).replace(/:\w+/g, here.entityId))
  const elsewhere = [
    // Pictures that come with the program, and mails for whoever develops: those of the home.
    /^\/document_templates\/previews\//,
    /^\/dev\/mail/,
    /^\/docs/,
  ]
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter((url) => !ways.some(({ path }) => path?.test(url)) && !elsewhere.some((path) => path.test(url)))).toEqual(
    [],
  )
})

test('a body that has no end is not read to it', async () => {
  const sent = request(`${t.url}/v1/auth/token`, { method: 'POST', headers: { 'content-type': 'application/json' } })
  sent.on('error', () => {})
  const answered = once(sent, 'response')
  sent.write('x'.repeat(70_000))
  const [response] = (await answered) as [IncomingMessage]
  expect(response.statusCode).toBe(413)
  sent.destroy()
})

test('each cell is looked after by itself, and all promises hold in both', async () => {
  expect((await t.call('GET', '/readyz?cell=east')).body).toMatchObject({ status: 'ready' })
  expect((await t.call('GET', '/readyz?cell=west')).status).toBe(404)
  expect((await t.call('GET', '/metrics?cell=east')).status).toBe(200)
  const lines = await listCells(t.home)
  expect(lines).toHaveLength(2)
  expect(lines[1]).toMatch(/^east +1 partners +postgres:/)
  for (const cell of ['home', { name: 'east', address: t.addresses.east }] as const)
    expect((await inCell(t.home, cell, (db) => audit(db))).filter(({ rows }) => rows.length > 0)).toEqual([])
})

test('a database that is not a cell, or the home itself, is refused', async () => {
  await expect(addCell(t.home, 'west', t.addresses.home)).rejects.toThrow('home database itself')
  await expect(addCell(t.home, 'home', t.addresses.east)).rejects.toThrow('not a name for a cell')
  await expect(addCell(t.home, 'west', 'mysql://x')).rejects.toThrow('not an address')
})

test('a cell whose database is away keeps nobody else from being served, and nobody there is told that they are unknown', async () => {
  await t.clusters.east.stop('immediate')
  expect((await here.user.get('/tags')).status).toBe(200)
  const answer = await caller(t, 'y'.repeat(43)).get('/tags')
  expect([answer.status, answer.headers['retry-after']]).toEqual([503, '1'])
})
