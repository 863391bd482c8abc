import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterAll, expect, test } from 'vitest'
import { ownApp } from '../../../test/support/own-app.ts'

/** What a server knows of its callers, and what it keeps of them in its own log. */

const apps: Awaited<ReturnType<typeof ownApp>>[] = []
afterAll(async () => {
  for (const { close } of apps) await close()
})
async function server(changes: Parameters<typeof ownApp>[0], log?: Parameters<typeof ownApp>[1]) {
  const own = await ownApp(changes, log)
  apps.push(own)
  return own.app
}

const statuses = async (app: Awaited<ReturnType<typeof server>>, addresses: string[]) => {
  const found: number[] = []
  for (const address of addresses) {
    const { statusCode } = await app.inject({ url: '/tags', headers: { 'x-forwarded-for': address } })
    found.push(statusCode)
  }
  return found
}

test('behind a proxy that is trusted, callers without a token are counted by their own address', async () => {
  const app = await server({ rate_limit: 1, trust_proxy: '10.0.0.0/8, 127.0.0.1' })
  expect(await statuses(app, ['203.0.113.1', '203.0.113.2', '203.0.113.1'])).toEqual([401, 401, 429])
})

test('what anybody may write into a header moves nobody to another address', async () => {
  const app = await server({ rate_limit: 1 })
  expect(await statuses(app, ['203.0.113.1', '203.0.113.2'])).toEqual([401, 429])
})

test('a proxy that is no address is refused when the server starts', async () => {
  await expect(ownApp({ trust_proxy: 'nginx' })).rejects.toThrow(/TRUST_PROXY/)
})

test('secrets that stand in addresses stay out of the log', async () => {
  const lines: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const app = await server({}, pino(stream))
  for (const url of ['/view/SECRET-1', '/f/SECRET-2', '/approve/SECRET-3', '/internal/quotes/SECRET-4', '/tags?SECRET-5'])
    await app.inject({ url })
  const paths = lines.map((line) => JSON.parse(line)).flatMap(({ path }) => path ?? [])
  expect(paths).toEqual(['/view/:key', '/f/:key', '/approve/:key', '/internal/quotes/:receivable_id', '/tags'])
  expect(lines.join('')).not.toContain('SECRET')
})
