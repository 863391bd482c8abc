import { expect, test } from 'vitest'
import { house } from '../../test/support/world.ts'

const { app } = await house()
const get = async (url: string) => {
  const { statusCode, body, headers, rawPayload } = await app.inject({ url })
  return { status: statusCode, body, headers, size: rawPayload.length }
}

/** What the pages link to, with the page that does. */
async function links() {
  const seen = new Map<string, string>()
  const pages = new Map<string, string>()
  const waiting = ['/docs']
  for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
    const { status, body, headers } = await get(url)
    expect(status, `${url} is linked from ${seen.get(url)}`).toBe(200)
    if (!String(headers['content-type']).startsWith('text/html')) continue
    pages.set(url, body)
    for (const [, target = ''] of body.matchAll(/(?:href|src)="(\/docs[^"]*)"/g)) {
      const [page = ''] = target.split('#')
      if (!seen.has(target)) seen.set(target, url)
      if (!pages.has(page) && !waiting.includes(page)) waiting.push(page)
    }
  }
  return { seen, pages }
}

test('every link between the guides leads to a page, and every anchor to a heading', async () => {
  const { seen, pages } = await links()
  expect(pages.size).toBeGreaterThan(50)
  const astray = [...seen].filter(([target]) => {
    const [page = '', anchor] = target.split('#')
    return anchor && page !== '/docs' && !pages.get(page)?.includes(`id="${anchor}"`)
  })
  expect(astray).toEqual([])
})

test('the reference is at most 100 KB, and works without a network', async () => {
  const parts = await Promise.all(['/docs', '/docs/site/site.js', '/docs/site/site.css'].map(get))
  expect(parts.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(parts.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(100_000)
  for (const { body } of parts) expect(body).not.toMatch(/(?:src|href|url\(|import)[=(\s]*["']?https?:/)
  expect(parts[0]!.headers['content-security-policy']).toContain("default-src 'none'")
})

test('pages that are not there are 404, also outside the folder', async () => {
  for (const url of ['/docs/nothing', '/docs/../package.json', '/docs/%2e%2e/package.json', '/docs/site', '/docs/payables.md']) {
    const { status, body } = await get(url)
    expect([url, status, JSON.parse(body).error.code]).toEqual([url, 404, 'unknown_address'])
  }
})

test('what is packed is the same', async () => {
  const plain = await app.inject({ url: '/docs/payables' })
  const packed = await app.inject({ url: '/docs/payables', headers: { 'accept-encoding': 'gzip, br' } })
  expect(packed.headers['content-encoding']).toBe('gzip')
  for (const refusing of ['gzip;q=0', 'gzip;q=0.0, br', 'br'])
    expect(
      (await app.inject({ url: '/docs/payables', headers: { 'accept-encoding': refusing } })).headers['content-encoding'],
    ).toBeUndefined()
  const { gunzipSync } = await import('node:zlib')
  expect(gunzipSync(packed.rawPayload).toString()).toBe(plain.body)
})

test('the search knows the headings of the guides', async () => {
  const entries = JSON.parse((await get('/docs/search.json')).body) as { href: string; title: string; text: string }[]
  expect(entries).toContainEqual(expect.objectContaining({ href: '/docs/payables#uploads-are-read', title: 'Uploads are read' }))
})
