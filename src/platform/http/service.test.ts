import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ownApp } from '../../../test/support/own-app.ts'
import { house, world } from '../../../test/support/world.ts'

const { app } = await house()
const HERE = { host: '127.0.0.1:3000' }

describe('figures', () => {
  const TOKEN = 'figures-for-prometheus'
  let own: Awaited<ReturnType<typeof ownApp>>
  beforeAll(async () => {
    own = await ownApp({ metrics_token: TOKEN })
  })
  afterAll(() => own.close())

  test('are for whoever asks on this machine, without any setting', async () => {
    for (const host of ['127.0.0.1:3000', 'localhost', '[::1]:3000']) {
      const { statusCode, body, headers } = await app.inject({ url: '/metrics', headers: { host } })
      expect([statusCode, headers['content-type']]).toEqual([200, expect.stringContaining('text/plain')])
      expect(body).toContain('http_request_duration_seconds')
    }
  })

  test.each([
    ['from elsewhere', { headers: HERE, remoteAddress: '192.0.2.1' }],
    ['by a name of this machine', { headers: { host: 'quittance.example' } }],
    ['through a proxy', { headers: { ...HERE, 'x-forwarded-for': '192.0.2.1' } }],
    ['with a token of the API', { headers: { host: 'quittance.example', authorization: 'Bearer abc' } }],
  ])('are for nobody else: asked for %s', async (_how, asked) => {
    const { statusCode, body } = await app.inject({ url: '/metrics', ...asked })
    expect([statusCode, body]).toEqual([403, expect.stringContaining('METRICS_TOKEN')])
  })

  test('are for whoever bears their token, once there is one, and for nobody else', async () => {
    const ask = (authorization?: string, remoteAddress = '192.0.2.1') =>
      own.app
        .inject({ url: '/metrics', remoteAddress, headers: { ...HERE, ...(authorization && { authorization }) } })
        .then(({ statusCode }) => statusCode)
    expect(await ask(`Bearer ${TOKEN}`)).toBe(200)
    expect(await ask(`bearer  ${TOKEN}`)).toBe(200)
    for (const wrong of [undefined, 'Bearer', `Bearer ${TOKEN}x`, TOKEN, `Basic ${TOKEN}`]) {
      expect(await ask(wrong), wrong).toBe(401)
      expect(await ask(wrong, '127.0.0.1'), wrong).toBe(401)
    }
  })

  test('are written once a second, however often somebody looks', async () => {
    const ask = () => own.app.inject({ url: '/metrics', headers: { authorization: `Bearer ${TOKEN}` } }).then(({ body }) => body)
    const pages = await Promise.all(Array.from({ length: 20 }, ask))
    expect(new Set(pages).size).toBe(1)
  })
})

test('a short token for figures is not a setting', async () => {
  await expect(ownApp({ metrics_token: 'short' })).rejects.toThrow(/METRICS_TOKEN/)
})

test('the reference page stands in no frame of others', async () => {
  const { headers } = await app.inject({ url: '/docs' })
  expect(headers['x-frame-options']).toBe('DENY')
  expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
})

describe('the address of the server itself', () => {
  test('tells programs where to go on, and shows people a page that leads there', async () => {
    const { json } = await app.inject({ url: '/' })
    expect(json()).toMatchObject({ name: 'Quittance', api_version: '2024-05-25', docs: expect.stringMatching(/\/docs$/) })
    const page = await app.inject({ url: '/', headers: { accept: 'text/html,*/*' } })
    expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    for (const [, path] of page.body.matchAll(/<a href="([^"]+)"/g))
      expect((await app.inject({ url: path! })).statusCode).toBe(200)
  })
})

describe('a query parameter that nobody knows', () => {
  test('is named in the answer, and changes nothing', async () => {
    const w = await world()
    const { headers, status } = await w.berlin.get('/receivables?limt=5&status=draft&x=1', { beyond: true })
    expect([status, headers['x-unknown-query']]).toEqual([200, 'limt, x'])
    expect((await w.berlin.get('/receivables?limit=5')).headers['x-unknown-query']).toBeUndefined()
    const long = await w.berlin.get(`/tags?${Array.from({ length: 50 }, (_, i) => `${'é'.repeat(500)}${i}=1`).join('&')}`, {
      beyond: true,
    })
    expect(long.headers['x-unknown-query']!.length).toBeLessThan(5000)
  })

  test('is refused where that was asked for, with what was meant', async () => {
    const own = await ownApp({ strict_query: true })
    const w = await world()
    const headers = { authorization: `Bearer ${w.berlin.token}` }
    const { statusCode, json } = await own.app.inject({ url: '/receivables?limt=5', headers })
    expect([statusCode, json()]).toEqual([
      422,
      {
        detail: [
          {
            loc: ['query', 'limt'],
            msg: 'This operation has no such query parameter; did you mean limit?',
            type: 'extra_forbidden',
          },
        ],
      },
    ])
    expect((await own.app.inject({ url: '/receivables?limit=5', headers })).statusCode).toBe(200)
    await own.close()
  })
})
