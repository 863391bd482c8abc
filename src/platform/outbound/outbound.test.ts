import http from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { guarded, isPublicAddress, post, type Resolve, refuseUrl } from './outbound.ts'

// biome-ignore format: a table
const hostile = [
  // This machine, in every way of writing it.
  'https://127.0.0.1/', 'https://127.1/', 'https://127.0.0.1:8443/hook', 'https://127.255.255.254/', 'https://2130706433/', 'https://0x7f000001/',
  'https://0x7f.0.0.1/', 'https://0177.0.0.1/', 'https://017700000001/', 'https://127.0.0.1./', 'https://１２７.０.０.１/', 'https://①②⑦.⓪.⓪.①/',
  'https://0/', 'https://0.0.0.0/', 'https://[::1]/', 'https://[::]/', 'https://[0:0:0:0:0:0:0:1]/', 'https://[::127.0.0.1]/',
  'https://localhost/', 'https://LOCALHOST/', 'https://localhost./', 'https://api.localhost/', 'https://localhost.localdomain/',
  // Networks behind the wall.
  'https://10.0.0.1/', 'https://10.255.255.255/', 'https://172.16.0.1/', 'https://172.31.255.255/', 'https://192.168.1.1/', 'https://192.168.0.1:9200/_search',
  'https://100.64.0.1/', 'https://198.18.0.1/', 'https://192.0.0.8/', 'https://192.0.2.1/', 'https://198.51.100.7/', 'https://203.0.113.9/',
  'https://224.0.0.1/', 'https://240.0.0.1/', 'https://255.255.255.255/', 'https://[fc00::1]/', 'https://[fd12:3456:789a::1]/',
  'https://[fe80::1]/', 'https://[fec0::1]/', 'https://[ff02::1]/', 'https://[2001:db8::1]/', 'https://[100::1]/',
  // What clouds hide there.
  'https://169.254.169.254/latest/meta-data/', 'https://169.254.170.2/', 'https://100.100.100.200/', 'https://168.63.129.16/',
  'https://[fd00:ec2::254]/', 'https://metadata.google.internal/', 'https://2852039166/',
  // IPv4 in the clothes of IPv6.
  'https://[::ffff:127.0.0.1]/', 'https://[::ffff:7f00:1]/', 'https://[::ffff:10.0.0.1]/', 'https://[64:ff9b::7f00:1]/', 'https://[64:ff9b:1::7f00:1]/',
  'https://[2002:7f00:1::]/', 'https://[2001:0:7f00:1::]/', 'https://[::ffff:0:127.0.0.1]/',
  // Names that only a local network knows.
  'https://intranet/', 'https://intranet./', 'https://printer.local/', 'https://db.internal/', 'https://router.lan/', 'https://nas.home.arpa/', 'https://wiki.corp/',
  // Other protocols, and addresses that say one thing and mean another.
  'http://example.com/', 'ftp://example.com/', 'file:///etc/passwd', 'gopher://example.com/', 'javascript:alert(1)', 'data:text/plain,x', 'unix:/var/run/docker.sock',
  'https://example.com@127.0.0.1/', 'https://user:password@example.com/', 'https://user@example.com/', 'https://example.com%00@10.0.0.1/', '//example.com/', 'https://', 'https:///', 'example.com', '',
]

describe('a URL that leads inside', () => {
  test.each(hostile)('is refused: %s', async (url) => {
    expect(refuseUrl(url, false)).toMatch(/^The URL /)
    expect(await post(url, '{}', {}, { allowPrivate: false, resolve: () => expect.fail('looked up') })).toMatchObject({
      status: null,
    })
  })
})

test.each([
  'https://example.com/',
  'https://hooks.example.co.uk:8443/a?b=c#d',
  'https://8.8.8.8/',
  'https://[2606:2800:220:1:248:1893:25c8:1946]/',
  'https://172.32.0.1/',
  'https://xn--bcher-kva.example/',
  'https://bücher.example/',
])('a URL of the internet is accepted: %s', (url) => {
  expect(refuseUrl(url, false)).toBeNull()
})

test.each(['http://127.0.0.1:3000/', 'http://localhost/', 'https://10.0.0.1/', 'http://receiver/hook'])(
  'for development the installation may allow %s',
  (url) => {
    expect(refuseUrl(url, true)).toBeNull()
  },
)

test.each(['ftp://localhost/', 'file:///etc/passwd', 'http://user:secret@localhost/'])('even then %s is refused', (url) => {
  expect(refuseUrl(url, true)).not.toBeNull()
})

test.each(['', 'example.com', '127.0.0.1.example.com', '1.2.3', '::g', '1.2.3.4.5'])(
  '%j is not an address at all, so not a public one',
  (text) => {
    expect(isPublicAddress(text)).toBe(false)
  },
)

// A name is only as good as the address it has at the moment of connecting.

const answering =
  (...addresses: string[]): Resolve =>
  (_host, _options, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )

const looked = (resolve: Resolve, all: boolean) =>
  new Promise<{ error: Error | null; address: unknown }>((done) =>
    guarded(resolve)('partner.example', { all }, (error, address) => done({ error, address })),
  )

describe('a name', () => {
  test.each([
    ['127.0.0.1'],
    ['10.1.2.3'],
    ['169.254.169.254'],
    ['::1'],
    ['fd00::1'],
    ['::ffff:127.0.0.1'],
    ['93.184.215.14', '192.168.0.10'],
    ['2606:2800:220:1:248:1893:25c8:1946', '::1'],
    [],
  ])('that leads to %s %s is never connected to', async (...addresses) => {
    for (const all of [true, false]) {
      const { error } = await looked(answering(...addresses), all)
      expect(error).toBeInstanceOf(Error)
      for (const address of addresses) expect(error!.message).not.toContain(address)
    }
  })

  test('that leads to public addresses is connected to', async () => {
    expect(await looked(answering('93.184.215.14'), false)).toEqual({ error: null, address: '93.184.215.14' })
    expect((await looked(answering('93.184.215.14', '2606:2800:220:1::1'), true)).address).toHaveLength(2)
  })

  test('that nobody knows is a failure, not a crash', async () => {
    const unknown: Resolve = (_host, _options, done) =>
      done(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }), [])
    expect(await post('https://nowhere.example/', '{}', {}, { allowPrivate: false, resolve: unknown })).toEqual({
      status: null,
      body: 'getaddrinfo ENOTFOUND',
    })
  })
})

// Real connections, all on this machine.

const open: (() => void)[] = []
afterEach(() => {
  for (const close of open.splice(0)) close()
})

async function listening<S extends Server>(server: S): Promise<{ server: S; port: number; connections: () => number }> {
  const sockets: Socket[] = []
  server.on('connection', (socket) => sockets.push(socket.on('error', () => {})))
  open.push(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return { server, port: (server.address() as AddressInfo).port, connections: () => sockets.length }
}

test('a name that came to lead inside after it was accepted is not connected to', async () => {
  const { port, connections } = await listening(createServer())
  const url = `https://rebound.example:${port}/`
  expect(refuseUrl(url, false)).toBeNull()
  const answer = await post(url, '{}', {}, { allowPrivate: false, resolve: answering('127.0.0.1') })
  expect(answer).toEqual({ status: null, body: 'rebound.example does not lead to a public address' })
  expect(connections()).toBe(0)
})

test('a redirect is an answer like any other and not followed', async () => {
  const inner = await listening(http.createServer((_request, response) => response.end('secret')))
  const outer = await listening(
    http.createServer((_request, response) =>
      response.writeHead(307, { location: `http://127.0.0.1:${inner.port}/` }).end('over there'),
    ),
  )
  expect(await post(`http://127.0.0.1:${outer.port}/`, '{}', {}, { allowPrivate: true })).toEqual({
    status: 307,
    body: 'over there',
  })
  expect(inner.connections()).toBe(0)
})

test('a server that never answers is given up in time', async () => {
  const { port } = await listening(http.createServer(() => {}))
  expect(await post(`http://127.0.0.1:${port}/`, '{}', {}, { allowPrivate: true, timeout_ms: 100 })).toEqual({
    status: null,
    body: 'No answer within 0.1 s',
  })
})

test('a server that drips its answer is given up in time', async () => {
  const { port } = await listening(
    http.createServer((_request, response) => {
      response.writeHead(200)
      const drip = setInterval(() => response.write('.'), 20)
      response.on('close', () => clearInterval(drip))
    }),
  )
  expect((await post(`http://127.0.0.1:${port}/`, '{}', {}, { allowPrivate: true, timeout_ms: 200 })).status).toBeNull()
})

test('of a long answer 4,096 bytes are kept', async () => {
  const { port } = await listening(http.createServer((_request, response) => response.end('x'.repeat(1_000_000))))
  const { status, body } = await post(`http://127.0.0.1:${port}/`, '{}', {}, { allowPrivate: true })
  expect([status, body.length]).toEqual([200, 4096])
})

test('NUL bytes of an answer are dropped, so that it can be stored', async () => {
  const { port } = await listening(http.createServer((_request, response) => response.end('a\0b')))
  expect((await post(`http://127.0.0.1:${port}/`, '{}', {}, { allowPrivate: true })).body).toBe('ab')
})

test('a server that hangs up, speaks no HTTP, or is not there is a failure with a reason', async () => {
  const rude = await listening(createServer((socket) => socket.destroy()))
  const garbage = await listening(createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')))
  for (const { port } of [rude, garbage]) {
    const { status, body } = await post(`http://127.0.0.1:${port}/`, '{}', {}, { allowPrivate: true })
    expect(status).toBeNull()
    expect(body).not.toBe('')
  }
  expect(await post(`https://127.0.0.1:${rude.port}/`, '{}', {}, { allowPrivate: true })).toMatchObject({ status: null })
  expect((await post('http://127.0.0.1:9/', '{}', {}, { allowPrivate: true })).body).toMatch(/ECONNREFUSED/)
})
