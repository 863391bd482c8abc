import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { serve } from '../../../test/support/file-server.ts'
import { download } from './download.ts'
import type { Resolve } from './outbound.ts'

const open = { max_bytes: 1000, allowPrivate: true }
const shut = { max_bytes: 1000, allowPrivate: false }
const kind = (kind: string) => expect.objectContaining({ name: 'Refusal', kind })
const leadingTo =
  (address: string): Resolve =>
  (_host, _options, done) =>
    done(null, [{ address, family: 4 }])

test('a file is fetched, also over redirects, three at most', async () => {
  const url = await serve((request, response) => {
    const left = Number(request.url?.slice(1))
    if (left > 0) response.writeHead(302, { location: `/${left - 1}` }).end()
    else response.end('the file')
  })
  expect((await download(`${url}/0`, open)).toString()).toBe('the file')
  expect((await download(`${url}/3`, open)).toString()).toBe('the file')
  await expect(download(`${url}/4`, open)).rejects.toEqual(kind('failed_dependency'))
})

test.each([
  'http://127.0.0.1/',
  'http://localhost/a.pdf',
  'https://10.1.2.3/',
  'http://169.254.169.254/latest/meta-data',
  'http://[::1]/',
  'http://0x7f000001/',
  'https://user:secret@example.com/',
  'ftp://example.com/a.pdf',
  'file:///etc/passwd',
  'data:application/pdf,x',
])('%s is not asked', async (url) => {
  await expect(download(url, shut)).rejects.toEqual(kind('misdirected'))
})

test('a name that leads inside is not connected to, by http or https', async () => {
  for (const scheme of ['http', 'https'])
    await expect(download(`${scheme}://rebound.example/a.pdf`, { ...shut, resolve: leadingTo('192.168.1.1') })).rejects.toEqual(
      kind('misdirected'),
    )
})

test('a redirect is looked at like the address itself', async () => {
  const url = await serve((_request, response) => response.writeHead(301, { location: 'ftp://example.com/x' }).end())
  await expect(download(url, open)).rejects.toEqual(kind('misdirected'))
})

test('more bytes than allowed are a refusal, announced or not', async () => {
  const announced = await serve((_request, response) => response.writeHead(200, { 'content-length': 1001 }).end('x'.repeat(1001)))
  const silent = await serve((_request, response) => {
    response.write('x'.repeat(600))
    response.end('x'.repeat(600))
  })
  const exact = await serve((_request, response) => response.end('x'.repeat(1000)))
  await expect(download(announced, open)).rejects.toEqual(kind('too_large'))
  await expect(download(silent, open)).rejects.toEqual(kind('too_large'))
  expect(await download(exact, open)).toHaveLength(1000)
})

test('a server that is away, says no, breaks off or takes too long is a failed dependency', async () => {
  const gone = createServer()
  await new Promise<void>((done) => gone.listen(0, '127.0.0.1', done))
  const { port } = gone.address() as AddressInfo
  await new Promise((done) => gone.close(done))
  const no = await serve((_request, response) => response.writeHead(404).end('no'))
  const broken = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': 100 })
    response.write('x')
    setTimeout(() => response.destroy(), 20)
  })
  const slow = await serve(() => {})
  for (const url of [`http://127.0.0.1:${port}/`, no, broken])
    await expect(download(url, open), url).rejects.toEqual(kind('failed_dependency'))
  await expect(download(slow, { ...open, timeout_ms: 100 })).rejects.toEqual(kind('failed_dependency'))
})
