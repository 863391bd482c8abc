import { expect, test } from 'vitest'
import { processorTime } from '../../../test/support/processor.ts'
import { createCounter } from './parts.ts'

const count = (...mails: string[]) => {
  const counter = createCounter()
  for (const mail of mails) counter(Buffer.from(mail, 'latin1'))
}
const mixed = (parts: string[], boundary = 'b', head = `Content-Type: multipart/mixed; boundary="${boundary}"`) =>
  `From: a@example.com\r\n${head}\r\n\r\n${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`
const part = 'Content-Type: text/plain\r\n\r\nHello'
const many = (count: number, one = part) => Array.from({ length: count }, () => one)

test('a thousand parts are as many as a mail may have', () => {
  count(mixed(many(1_000)))
  expect(() => count(mixed(many(1_001)))).toThrow(/more than 1000 parts/)
  expect(() => count(mixed(many(600)), mixed(many(600)))).toThrow(/more than 1000 parts/)
})

test.each([
  ['without heads', mixed(many(1_001, '\r\nHello'))],
  ['with line feeds only', mixed(many(1_001)).replaceAll('\r', '')],
  ['whose boundary stands on a line of its own', mixed(many(1_001), 'b', 'Content-Type: multipart/mixed;\r\n\tBOUNDARY = b')],
  ['in a part', mixed([mixed(many(1_001), 'inner').replace(/^.*\r\n/, '')])],
  ['in a mail in a part', mixed([`Content-Type: message/rfc822\r\n\r\n${mixed(many(1_001), 'inner')}`])],
])('parts are counted also %s', (_name, mail) => {
  expect(() => count(mail)).toThrow(/parts/)
})

test('headers are counted in every head', () => {
  const header = 'X-Trace: 1\r\n'
  expect(() => count(`${header.repeat(10_001)}\r\n`)).toThrow(/lines of headers/)
  expect(() => count(mixed(many(101, `${header.repeat(100)}\r\nHello`)))).toThrow(/lines of headers/)
})

test.each([
  [
    'text that looks like marks and headers',
    `From: a@example.com\r\n\r\n${'--\r\n-- comment\r\nX: 1\r\n-----\r\n'.repeat(5_000)}`,
  ],
  ['a marked text beside a boundary', mixed([`${part}${'\r\n--other\r\n----\r\n--bb'.repeat(5_000)}`])],
  ['an encoded mail in a part', mixed([`Content-Type: message/rfc822\r\n\r\n${`${'QUJD'.repeat(18)}\r\n`.repeat(20_000)}`])],
])('nothing else is: %s', (_name, mail) => {
  count(mail)
})

test.each([
  ['lines', '\n'.repeat(25_000_000)],
  ['marks', `Content-Type: multipart/mixed; boundary=b\n\n${'--x\n'.repeat(6_000_000)}`],
  ['one line', `boundary=${'boundary '.repeat(2_500_000)}`],
])('25 MB of %s are counted in a time that grows with their length', (_name, mail) => {
  const used_ms = processorTime()
  count(mail)
  expect(used_ms()).toBeLessThan(10_000)
})
