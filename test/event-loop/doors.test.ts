import { randomBytes } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { situation } from '../isolation/places.ts'
import { filled, type Owner, offered } from '../isolation/resources.ts'
import { pictureBomb } from '../support/pictures.ts'
import { house, world } from '../support/world.ts'
import { longestBlock } from './watch.ts'

/** The same for what is no JSON: forms with files, the pages that customers open, addresses, headers. */

const BLOCK_MS = 200
const { app } = await house()
const own = await world()
const berlin: Owner = { user: own.berlin, entityId: own.berlin.entityId!, partner: own.partnerIn(own.berlin.entityId!) }
const seen: string[] = []

interface Asked {
  readonly method?: 'POST' | 'PUT'
  readonly url: string
  readonly headers?: Record<string, string>
  readonly payload?: string | Buffer
}

async function hold(about: string, asked: Asked): Promise<number> {
  let status = 0
  const measure = () =>
    longestBlock(async () => {
      status = (await app.inject(asked)).statusCode
    })
  let blocked_ms = await measure()
  for (let again = 0; blocked_ms > BLOCK_MS && again < 3; again++) blocked_ms = Math.min(blocked_ms, await measure())
  seen.push(`${blocked_ms.toFixed(0).padStart(4)} ms  ${about} → ${status}`)
  expect(blocked_ms, about).toBeLessThan(BLOCK_MS)
  expect(status, about).toBeLessThan(500)
  // What a process of its own reads is read in its time.
  expect(status, about).not.toBe(429)
  return status
}

const repeated = (piece: string, length: number) => piece.repeat(Math.floor(length / piece.length))
const MB = 1_000_000

const part = (head: string, content: Buffer | string) => [
  `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n`,
  content,
  '\r\n',
]
const form = (...pieces: (Buffer | string)[][]) =>
  Buffer.concat([...pieces.flat(), '--b--\r\n'].map((piece) => Buffer.from(piece)))
const file = (content: Buffer | string, name = 'a') => part(`name="file"; filename="${name}"`, content)
const typed = part('name="file_type"', 'attachments')

const forms: [name: string, payload: Buffer][] = [
  ['ten thousand fields', form(...Array.from({ length: 10_000 }, (_, i) => part(`name="f${i}"`, 'x')))],
  ['a field of ten megabytes', form(part('name="file_type"', repeated('x', 10 * MB)))],
  ['a name of a megabyte', form(file('x', repeated('ä', MB / 2)), typed)],
  ['a million lines of heads', form([`--b\r\n${repeated('X: 1\r\n', 6 * MB)}\r\n`, 'x', '\r\n'])],
  ['a file that nearly ends again and again', form(file(repeated('\r\n--', 14 * MB)), typed)],
  ['a file of noise', form(file(randomBytes(14 * MB)), typed)],
  ['a PDF of noise', form(file(Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(14 * MB)])), typed)],
  ['a PNG of noise', form(file(Buffer.concat([pictureBomb().subarray(0, 33), randomBytes(9 * MB)])), typed)],
  ['a picture of 900 million pixels', form(file(pictureBomb()), typed)],
  [
    'a JPEG of empty segments',
    form(
      file(
        Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 2]), Buffer.from(repeated('\xff\xe0\0\x02', 9 * MB), 'latin1')]),
      ),
      typed,
    ),
  ],
  ['a text of blanks', form(file(repeated(' ', 14 * MB)), typed)],
  ['an XML file of elements', form(file(`<?xml version="1.0"?>${repeated('<a>', 9 * MB)}`), typed)],
  ['nothing but marks', form([repeated('--b\r\n', 14 * MB)])],
  ['what looks like marks', form(file(repeated('\r\n--b x', 14 * MB)), typed)],
  ['empty lines', form(file(repeated('\r\n', 14 * MB)), typed)],
  ['empty lines before the first mark', Buffer.from(repeated('\r\n', 14 * MB))],
  ['small fields', form([repeated('--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n', 14 * MB)])],
]
const uploads = app.operations.filter(({ operation }) => operation.form)

test.each(uploads)('files that are sent to $method $url', { timeout: 120_000 }, async ({ method, url, operation, schema }) => {
  const as = operation.may === 'partner' ? berlin.partner : own.berlin
  const { ids } = await situation(berlin, { id: operation.id, url, body: schema.body }, 'door')
  const headers = {
    authorization: `Bearer ${as.token}`,
    'x-monite-entity-id': berlin.entityId,
    'content-type': 'multipart/form-data; boundary=b',
  }
  for (const [name, payload] of forms)
    await hold(`${method} ${url}: ${name}`, { method: method as 'POST' | 'PUT', url: filled(url, ids), headers, payload })
})

test('forms that customers fill in', { timeout: 60_000 }, async () => {
  const id = await offered(berlin, 'door')
  const [quote] = await own.sql<{ page_key: string }>('select page_key from receivables where id = $1', [id])
  const drawn = `full_name=A&email=a%40example.com&kind=drawn&signature_image=`
  const bodies = [
    repeated('a=1&', 640_000),
    repeated('&', 640_000),
    repeated('%', 640_000),
    `full_name=${repeated('%C2%A0', 600_000)}x`,
    `email=${repeated('a@', 600_000)}&full_name=A`,
    `email=${repeated('a.', 600_000)}&full_name=A`,
    `${drawn}${repeated('=', 600_000)}`,
    `${drawn}${encodeURIComponent(pictureBomb().toString('base64'))}`,
    `comment=${repeated('%0A+', 600_000)}x`,
  ]
  for (const action of ['accept', 'decline'])
    for (const payload of bodies)
      await hold(`a form to ${action}: ${payload.slice(0, 30)}…`, {
        method: 'POST',
        url: `/view/${quote!.page_key}/${action}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload,
      })
})

test.each([
  ['slashes', `/${repeated('/', 15_000)}`],
  ['a long name', `/${repeated('a', 15_000)}`],
  ['dots', `/nothing/${repeated('..%2F', 12_000)}`],
  ['escapes', `/${repeated('%2F', 15_000)}`],
  ['broken escapes', `/${repeated('%', 15_000)}`],
  ['a key of a page', `/view/${repeated('a', 15_000)}`],
  ['a key of a file', `/f/${repeated('a/', 15_000)}`],
])('an address of %s', async (name, url) => {
  expect(await hold(name, { url })).toBeGreaterThanOrEqual(400)
})

test.each([
  'authorization',
  'x-monite-version',
  'x-monite-entity-id',
  'idempotency-key',
  'accept-language',
  'content-type',
  'cookie',
  'x-forwarded-for',
  'origin',
  'accept',
])('a header that is as long as it may be: %s', async (name) => {
  for (const piece of ['a', ' ', ',', 'bearer ', 'en-', 'a;q=1,', '"', '=;'])
    for (const url of ['/tags', '/view/nothing'])
      await hold(`${name}: ${piece}`, { method: 'POST', url, headers: { [name]: `x${repeated(piece, 15_000)}x` }, payload: '{}' })
})

test.each(['/metrics', '/openapi.json', '/docs', '/readyz'])('%s', async (url) => {
  expect(await hold(url, { url })).toBe(200)
})

afterAll(() => {
  const slowest = seen.sort((a, b) => Number.parseInt(b, 10) - Number.parseInt(a, 10)).slice(0, 10)
  console.log(`${seen.length} requests; the thread was busy longest with:\n${slowest.join('\n')}`)
})
