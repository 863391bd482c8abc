import { createSocket, type Socket } from 'node:dgram'
import { afterAll, beforeAll } from 'vitest'
import { createResolver } from './dns.ts'
import { passesTheSuite } from './names.suite.ts'

/** A name server of one's own, over UDP: enough of RFC 1035 to answer one question with one kind of record. */

const TYPES = { 5: 'CNAME', 15: 'MX', 16: 'TXT', 35: 'NAPTR' } as const
const zone: Record<string, Buffer[]> = {
  'TXT example.com': [text('v=spf1 include:mail.example ~all'), text('a'.repeat(255), 'b'.repeat(10))],
  'MX example.com': [Buffer.concat([Buffer.from([0, 10]), nameOf('MX1.Mail.Example')])],
  'CNAME email.example.com': [nameOf('Mail.Example')],
  'NAPTR firm.example.com': [
    rule(20, 'Other:Kind', '!.*!https://other.example!'),
    rule(10, 'Meta:SMP', '!.*!https://smp.example/a!'),
  ],
}
function rule(order: number, service: string, regexp: string): Buffer {
  return Buffer.concat([Buffer.from([0, order, 0, 10]), text('U'), text(service), text(regexp), Buffer.from([0])])
}

function nameOf(host: string): Buffer {
  const labels = host.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]))
  return Buffer.concat([...labels, Buffer.from([0])])
}
function text(...parts: string[]): Buffer {
  return Buffer.concat(parts.map((part) => Buffer.concat([Buffer.from([part.length]), Buffer.from(part)])))
}

const NAME_ERROR = 3
const SERVER_FAILURE = 2

/** The answer to a query, none at all for names that begin with "silent", and nonsense for "garbage". */
function answer(query: Buffer): Buffer | null {
  const labels: string[] = []
  let at = 12
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += length + 1
  }
  const host = labels.join('.').toLowerCase()
  const type = query.readUInt16BE(at + 1)
  const end = at + 5
  if (host.startsWith('silent')) return null
  if (host.startsWith('garbage')) return Buffer.concat([query.subarray(0, 2), Buffer.from('nonsense')])
  const records = zone[`${TYPES[type as keyof typeof TYPES]} ${host}`] ?? []
  const known = Object.keys(zone).some((key) => key.endsWith(` ${host}`))
  const code = host.startsWith('broken') ? SERVER_FAILURE : known ? 0 : NAME_ERROR
  const head = Buffer.from(query.subarray(0, 12))
  head.writeUInt16BE(0x8180 | code, 2)
  head.writeUInt16BE(records.length, 6)
  head.writeUInt32BE(0, 8)
  const answers = records.map((data) => {
    const record = Buffer.alloc(12)
    record.writeUInt16BE(0xc00c, 0)
    record.writeUInt16BE(type, 2)
    record.writeUInt16BE(1, 4)
    record.writeUInt16BE(data.length, 10)
    return Buffer.concat([record, data])
  })
  return Buffer.concat([head, query.subarray(12, end), ...answers])
}

let server: Socket
let address = ''
beforeAll(async () => {
  server = createSocket('udp4')
  server.on('message', (query, { port, address }) => {
    const reply = answer(query)
    if (reply) server.send(reply, port, address)
  })
  await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve))
  address = `127.0.0.1:${server.address().port}`
})
afterAll(() => server.close())

passesTheSuite((timeout_ms) => createResolver({ servers: [address], timeout_ms }))
