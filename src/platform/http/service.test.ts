import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ownApp } from '../../../test/support/own-app.ts'
import { house } from '../../../test/support/world.ts'

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

test('a short token for figures is no setting', async () => {
  await expect(ownApp({ metrics_token: 'short' })).rejects.toThrow(/METRICS_TOKEN/)
})

test('the reference page stands in no frame of others', async () => {
  const { headers } = await app.inject({ url: '/docs' })
  expect(headers['x-frame-options']).toBe('DENY')
  expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
})
