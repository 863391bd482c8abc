import { expect, test } from 'vitest'
import { processorTime } from '../../../test/support/processor.ts'
import { readBounce } from './dsn.ts'

const ID = '<0d9c6f3e-0000-4000-8000-000000000001@quittance.example>'
const crlf = (text: string) => Buffer.from(text.replace(/\r?\n/g, '\r\n'))

/** As Postfix writes it. */
const postfix = (fields: string) => `Return-Path: <>
Received: by mx.example.net (Postfix) id 4A1; Mon, 3 Nov 2025 10:00:00 +0000 (UTC)
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: noreply@quittance.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
	boundary="4A1.1762164000/mx.example.net"
Message-Id: <20251103100000.4A1@mx.example.net>

This is a MIME-encapsulated message.

--4A1.1762164000/mx.example.net
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--4A1.1762164000/mx.example.net
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
X-Postfix-Queue-ID: 4A1
Arrival-Date: Mon,  3 Nov 2025 09:59:59 +0000 (UTC)

${fields}

--4A1.1762164000/mx.example.net
Content-Description: Undelivered Message
Content-Type: message/rfc822

Return-Path: <noreply@quittance.example>
From: Spreewerk <noreply@quittance.example>
To: nobody@example.net
Subject: Invoice INV-1
Message-ID:
 ${ID}
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="inner"

--inner
Content-Type: text/plain

Message-ID: <not-this-one@example.net>
--inner--

--4A1.1762164000/mx.example.net--
`
const FAILED = `Final-Recipient: rfc822; nobody@example.net
Original-Recipient: rfc822;nobody@example.net
Action: failed
Status: 5.1.1
Remote-MTA: dns; mail.example.net
Diagnostic-Code: smtp; 550 5.1.1 <nobody@example.net>: Recipient address
    rejected: User unknown`
const bounce = {
  message_id: ID,
  recipient: 'nobody@example.net',
  status: '5.1.1',
  diagnostic: '550 5.1.1 <nobody@example.net>: Recipient address rejected: User unknown',
}

test('a bounce names the mail, the recipient and the reason', () => {
  expect(readBounce(crlf(postfix(FAILED)))).toEqual([bounce])
  expect(readBounce(Buffer.from(postfix(FAILED)))).toEqual([bounce])
})

test('one report may be about several recipients; those who got the mail, or still may, are left out', () => {
  const more = [
    FAILED,
    'Final-Recipient: rfc822; <full@example.net>\nAction: failed\nStatus: 5.2.2 (mailbox full)',
    'Final-Recipient: rfc822; slow@example.net\nAction: delayed\nStatus: 4.4.1',
    'Final-Recipient: rfc822; fine@example.net\nAction: relayed\nStatus: 2.0.0',
  ].join('\n\n')
  expect(readBounce(crlf(postfix(more)))).toEqual([
    bounce,
    { message_id: ID, recipient: 'full@example.net', status: '5.2.2', diagnostic: null },
  ])
})

test('Exchange returns the headers only, in base64', () => {
  const headers = Buffer.from(`From: a@b.example\r\nMessage-ID: ${ID}\r\nSubject: x\r\n`).toString('base64')
  const message = `From: postmaster@contoso.example
Content-Type: multipart/report; report-type=delivery-status; boundary=abc
In-Reply-To: <another@contoso.example>

--abc
Content-Type: multipart/alternative; boundary=def

--def
Content-Type: text/html

<p>Your message couldn't be delivered</p>
--def--
--abc
Content-Type: message/delivery-status
Content-Transfer-Encoding: quoted-printable

Reporting-MTA: dns;contoso.example

Final-Recipient: rfc822;ada=
@contoso.example
Action: Failed
Status: 5.7.1
--abc
Content-Type: text/rfc822-headers
Content-Transfer-Encoding: base64

${headers}
--abc--
`
  expect(readBounce(crlf(message))).toEqual([
    { message_id: ID, recipient: 'ada@contoso.example', status: '5.7.1', diagnostic: null },
  ])
})

test('without the original the mail is the one that is answered', () => {
  const bare = postfix(FAILED)
    .replace(/--4A1\.1762164000\/mx\.example\.net\nContent-Description: Undelivered Message[\s\S]*(?=--4A1[^\n]*--\n$)/, '')
    .replace('Auto-Submitted:', `In-Reply-To: ${ID}\nAuto-Submitted:`)
  expect(readBounce(crlf(bare))).toEqual([bounce])
})

test.each([
  ['nothing', ''],
  ['an answer of a person', `From: a@b.example\nIn-Reply-To: ${ID}\nContent-Type: text/plain\n\nThank you!`],
  ['a report that was cut off', postfix(FAILED).slice(0, 900)],
  ['noise', '\0\xff--\n\n--\r\n'.repeat(1000)],
  ['a report without a boundary', postfix(FAILED).replace(/\tboundary=.*\n/, '')],
  ['parts without an end', `Content-Type: multipart/mixed; boundary=a\n\n${'--a\n'.repeat(20_000)}`],
  ['parts in parts', `${'Content-Type: multipart/mixed; boundary=a\n\n--a\n'.repeat(5_000)}`],
])('%s is no bounce', (_name, message) => {
  const used_ms = processorTime()
  expect(readBounce(crlf(message))).toEqual([])
  expect(used_ms()).toBeLessThan(1_000)
})
