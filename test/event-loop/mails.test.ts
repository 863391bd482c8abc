import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MailServer, takeMailsAt } from '../../src/modules/inbound/smtp.service.ts'
import { house, world } from '../support/world.ts'
import { longestBlock } from './watch.ts'

/** Mails that a reader needs many seconds for, or can't read at all, don't keep the server from answering others. */

const BLOCK_MS = 200
const SIZE = 24_000_000
const filling = (piece: string) => piece.repeat(Math.floor(SIZE / piece.length))
const head = 'From: a@vendor.example\r\nMIME-Version: 1.0\r\n'
const multipart = `${head}Content-Type: multipart/mixed; boundary=b\r\n\r\n`

function nested(depth: number): string {
  const opening = Array.from({ length: depth }, (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`)
  return `${head}${opening.join('')}\r\nx`
}

const hostile: [name: string, mail: string, status: number][] = [
  ['a hundred thousand parts', `${multipart}${'--b\r\nContent-Type: text/plain\r\n\r\nx\r\n'.repeat(100_000)}`, 554],
  ['a hundred thousand parts without a head', `${multipart}${'--b\r\n\r\n'.repeat(100_000)}`, 554],
  ['a hundred thousand headers', `${head}${'X-Trace: 1\r\n'.repeat(100_000)}\r\nx`, 554],
  ['a thousand parts with ten thousand headers', `${multipart}${`--b\r\n${'X: 1\r\n'.repeat(11)}\r\nx\r\n`.repeat(950)}`, 554],
  ['900 parts', `${multipart}${'--b\r\nContent-Disposition: attachment\r\n\r\nx\r\n'.repeat(900)}`, 250],
  ['parts in parts in parts', nested(5_000), 554],
  ['empty lines', `${head}\r\n${filling('\r\n')}`, 250],
  ['marks that are none', `${multipart}${filling('--\r\n')}`, 250],
  ['one line', `${head}\r\n${filling('x')}`, 250],
  ['quoted blanks', `${head}Content-Transfer-Encoding: quoted-printable\r\n\r\n${filling('=20 =\r\n')}`, 250],
  ['HTML that never ends', `${head}Content-Type: text/html\r\n\r\n${filling('<a href="')}`, 250],
  ['encoded words', `${head}Subject: ${'=?utf-8?q?=C3?= '.repeat(60_000)}\r\n\r\nx`, 250],
  ['addresses', `From: ${'"a" <a@b.example>, ('.repeat(40_000)}\r\n\r\nx`, 250],
]

let server: MailServer
let to: string
beforeAll(async () => {
  server = await takeMailsAt((await house()).machinery, 0)
  const { berlin } = await world()
  to = (await berlin.get('/mailboxes')).body.data[0].mailbox_full_address
})
afterAll(() => server.stop())

async function send(raw: string): Promise<number> {
  const transport = createTransport({ host: '127.0.0.1', port: server.port, ignoreTLS: true })
  const envelope = { from: 'a@vendor.example', to }
  return transport
    .sendMail({ raw, envelope })
    .then(
      () => 250,
      (error: { responseCode: number }) => error.responseCode,
    )
    .finally(() => transport.close())
}

test.each(hostile)('%s', { timeout: 120_000 }, async (_name, mail, expected) => {
  let status = 0
  const measure = () =>
    longestBlock(async () => {
      status = await send(mail)
    })
  let blocked_ms = await measure()
  for (let again = 0; blocked_ms > BLOCK_MS && again < 3; again++) blocked_ms = Math.min(blocked_ms, await measure())
  expect(blocked_ms).toBeLessThan(BLOCK_MS)
  // One that needs more than it may is not a mail that can be read.
  expect([expected, 554]).toContain(status)
})
