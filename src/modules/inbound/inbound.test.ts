import { createTransport, type Transporter } from 'nodemailer'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dns } from '../../../test/support/dns.ts'
import { good } from '../../../test/support/invoicing.ts'
import { ownApp } from '../../../test/support/own-app.ts'
import { type Body, type Client, house, permissions, type World, world } from '../../../test/support/world.ts'
import { paths } from '../../platform/paths.ts'
import { createPdfRenderer } from '../../platform/pdf/renderer.ts'
import { sampleInvoice } from '../../platform/pdf/sample.ts'
import { isOrnament } from '../../platform/pictures/size.ts'
import { takeMail } from './inbound.service.ts'
import { type MailServer, takeMailsAt } from './smtp.service.ts'

const renderer = createPdfRenderer({ templatesDir: paths.templates, log: { error() {}, warn() {}, info() {} } as never })
let server: MailServer
let pdf: Buffer
beforeAll(async () => {
  server = await takeMailsAt((await house()).machinery, 0)
  pdf = Buffer.from(await renderer.render('invoice', sampleInvoice()))
})
afterAll(async () => {
  for (const transport of transports.values()) transport.close()
  await server.stop()
  await renderer.close()
})

const xml = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:ID>UBL-77</cbc:ID><cbc:IssueDate>2031-01-10</cbc:IssueDate><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cac:AccountingSupplierParty><cac:Party><cac:PartyLegalEntity><cbc:RegistrationName>Papierhaus Nord GmbH</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party></cac:AccountingSupplierParty>
<cac:LegalMonetaryTotal><cbc:TaxExclusiveAmount currencyID="EUR">100.00</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount currencyID="EUR">119.00</cbc:TaxInclusiveAmount></cac:LegalMonetaryTotal>
</Invoice>`)
const attachedPdf = () => ({ filename: 'Rechnung März.pdf', content: pdf })
const picture = (width: number, height: number, format: 'png' | 'jpeg' | 'tiff' = 'png') =>
  sharp({ create: { width, height, channels: 3, background: 'white' } })
    .toFormat(format)
    .toBuffer()

let count = 0
const newId = () => `<${process.pid}-${Date.now()}-${++count}@vendor.example>`

/** Connections that are kept for the next mail: the server lets each new one wait for a tenth of a second. */
const transports = new Map<number, Transporter>()
function transportTo(port: number): Transporter {
  const transport = transports.get(port) ?? createTransport({ host: '127.0.0.1', port, ignoreTLS: true, pool: true })
  transports.set(port, transport)
  return transport
}

/** Sends a mail to our server over a socket, as any other mail server would. */
async function send(to: string | string[], mail: object = {}, port = server.port) {
  const head = { from: 'Papierhaus <billing@vendor.example>', to, subject: 'Your bill', text: 'See attached', messageId: newId() }
  return transportTo(port).sendMail({ ...head, attachments: [attachedPdf()], ...mail })
}
const refusal = (sent: Promise<unknown>): Promise<number> =>
  sent.then(
    () => 250,
    (error: { responseCode: number }) => error.responseCode,
  )
const addressOf = async (who: Client): Promise<string> => good(await who.get('/mailboxes')).data[0].mailbox_full_address
const billsOf = async (who: Client): Promise<Body[]> => good(await who.get('/payables')).data
const receiptsOf = async (who: Client): Promise<Body[]> => good(await who.get('/receipts')).data

async function openMailbox({ partner, berlin }: World, related_object_type: 'payable' | 'receipt', mailbox_name = 'inbox') {
  const domain = good(await partner.post('/mailbox_domains', { domain: `in-${Date.now()}-${++count}.example` }))
  dns.publish([...domain.dns_records.sending_dns_records, ...domain.dns_records.receiving_dns_records])
  good(await partner.post(`/mailbox_domains/${domain.id}/verify`))
  return good(await berlin.post('/mailboxes', { mailbox_domain_id: domain.id, mailbox_name, related_object_type }))
}

describe('a mail to a mailbox', () => {
  test('makes a bill of every file it brings, and they are read', async () => {
    const w = await world()
    await send(await addressOf(w.berlin), { attachments: [attachedPdf(), { filename: 'ubl.xml', content: xml }] })
    const made = await billsOf(w.berlin)
    expect(made).toHaveLength(2)
    for (const bill of made)
      expect(bill).toMatchObject({
        status: 'draft',
        payable_origin: 'email',
        source_of_payable_data: 'ocr',
        ocr_status: 'processing',
        sender: 'billing@vendor.example',
        was_created_by_user_id: null,
        entity_id: w.berlin.entityId,
      })
    expect(made.map(({ file }) => [file.name, file.mimetype, file.file_type]).sort()).toEqual([
      ['Rechnung März.pdf', 'application/pdf', 'payables'],
      ['ubl.xml', 'application/xml', 'payables'],
    ])
    await w.work()
    expect((await billsOf(w.berlin)).map((bill) => [bill.ocr_status, bill.document_id, bill.total_amount]).sort()).toEqual([
      ['success', 'INV-2025-00042', 266390],
      ['success', 'UBL-77', 11900],
    ])
    const events = await w.sql<{ event: string }>(`select event from events where object_id = $1 order by created_at`, [
      made[0].id,
    ])
    expect(events[0]!.event).toBe('created_from_mail')
    expect(await billsOf(w.paris)).toEqual([])
  })

  test('makes nothing twice, however often and at once it is delivered', async () => {
    const w = await world()
    const to = await addressOf(w.berlin)
    const messageId = newId()
    await Promise.all([1, 2, 3, 4].map(() => send(to, { messageId })))
    await send(to, { messageId, attachments: [attachedPdf(), attachedPdf()] })
    const [bill, ...more] = await billsOf(w.berlin)
    expect(more).toEqual([])
    expect(await w.sql(`select from files where entity_id = $1`, [w.berlin.entityId])).toHaveLength(1)
    expect((await w.berlin.delete(`/payables/${bill.id}`)).status).toBe(204)
    await send(to, { messageId })
    expect(await billsOf(w.berlin)).toEqual([])
    await send(to)
    expect(await billsOf(w.berlin)).toHaveLength(1)
  })

  test('reaches those it was sent to, whatever its head says, and each of them', async () => {
    const w = await world()
    const [berlin, paris] = [await addressOf(w.berlin), await addressOf(w.paris)]
    const from = 'billing@vendor.example'
    await send(berlin, { envelope: { from, to: [paris.toUpperCase()] } })
    expect([(await billsOf(w.berlin)).length, (await billsOf(w.paris)).length]).toEqual([0, 1])
    await send([berlin, paris])
    expect([(await billsOf(w.berlin)).length, (await billsOf(w.paris)).length]).toEqual([1, 2])
  })

  test('is refused when there is no such mailbox, or not any more', async () => {
    const w = await world()
    const to = await addressOf(w.berlin)
    expect(await refusal(send('nobody@quittance.localhost'))).toBe(550)
    expect(await refusal(send(to.replace('@', '@other.')))).toBe(550)
    const box = await openMailbox(w, 'payable')
    expect(await refusal(send(box.mailbox_full_address))).toBe(250)
    expect((await w.berlin.delete(`/mailboxes/${box.id}`)).status).toBe(204)
    expect(await refusal(send(box.mailbox_full_address))).toBe(550)
    expect(await billsOf(w.berlin)).toHaveLength(1)
    const paris = await addressOf(w.paris)
    good(await w.partner.post(`/entities/${w.paris.entityId}/deactivate`))
    expect(await refusal(send(paris))).toBe(550)
    const both = await send([to, 'nobody@quittance.localhost'])
    expect([both.accepted, both.rejected]).toEqual([[to], ['nobody@quittance.localhost']])
  })

  test('of more than 25 MB is refused, files of more than 20 MB are left out', async () => {
    const w = await world()
    const to = await addressOf(w.berlin)
    const large = Buffer.concat([pdf, Buffer.alloc(19 * 1024 * 1024, 7)])
    expect(await refusal(send(to, { attachments: [{ filename: 'large.pdf', content: large }] }))).toBe(552)
    const raw = (bytes: Buffer) =>
      Buffer.concat([
        Buffer.from('From: a@vendor.example\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: 8bit\r\n'),
        Buffer.from('Content-Disposition: attachment; filename=a.pdf\r\n\r\n'),
        bytes,
      ])
    expect(await takeMail(w.machinery, raw(Buffer.concat([pdf, Buffer.alloc(20 * 1024 * 1024, 7)])), [to])).toBe(0)
    expect(await takeMail(w.machinery, raw(pdf), [to])).toBe(1)
    expect(await billsOf(w.berlin)).toHaveLength(1)
  }, 60_000)

  test('without a usable file makes nothing; logos are no bills, photos are', async () => {
    const w = await world()
    const to = await addressOf(w.berlin)
    const logo = await picture(200, 80)
    await send(to, { attachments: [] })
    await send(to, {
      attachments: [
        { filename: 'invoice.pdf', content: 'no PDF' },
        { filename: 'a.zip', content: 'PK\x03\x04' },
      ],
    })
    await send(to, { html: '<img src="cid:logo">', attachments: [{ filename: 'logo.png', content: logo, cid: 'logo' }] })
    expect(await billsOf(w.berlin)).toEqual([])
    const photo = { filename: 'photo.jpg', content: await picture(800, 600, 'jpeg'), cid: 'photo' }
    await send(to, { html: '<img src="cid:photo">', attachments: [photo] })
    await send(to, { attachments: [{ filename: 'scan.tif', content: await picture(500, 500, 'tiff') }] })
    expect((await billsOf(w.berlin)).map(({ file }) => file.mimetype).sort()).toEqual(['image/jpeg', 'image/tiff'])
    const sides = [await picture(399, 900, 'jpeg'), await picture(400, 400, 'jpeg'), await picture(400, 399), pdf]
    expect(sides.map(isOrnament)).toEqual([true, false, true, false])
  })

  test('may carry the mail that it passes on', async () => {
    const w = await world()
    const to = await addressOf(w.berlin)
    const inner = `From: v@vendor.example\r\nContent-Type: application/xml\r\nContent-Disposition: attachment; filename=b.xml\r\n\r\n${xml}`
    await send(to, { attachments: [{ filename: 'Fwd.eml', content: inner, contentType: 'message/rfc822' }] })
    expect((await billsOf(w.berlin)).map(({ file, sender }) => [file.name, sender])).toEqual([
      ['b.xml', 'billing@vendor.example'],
    ])
  })

  test('that can not be read is refused for good', async () => {
    const w = await world()
    const raw = `From: a@vendor.example\r\n${'X-Long: 1\r\n'.repeat(250_000)}\r\n`
    const from = 'a@vendor.example'
    expect(await refusal(send(await addressOf(w.berlin), { raw, envelope: { from, to: await addressOf(w.berlin) } }))).toBe(554)
  })

  test('that can not be kept is sent again, and nothing of it is lost or left', async () => {
    const w = await world()
    const to = await addressOf(w.berlin)
    let puts = 0
    const put = async (key: string, bytes: Buffer) => {
      if (++puts === 2) throw new Error('The disk is full')
      await w.machinery.storage.put(key, bytes)
    }
    const { storage } = w.machinery
    const failing = { put, get: storage.get.bind(storage), remove: storage.remove.bind(storage) } as typeof storage
    const weak = await takeMailsAt({ ...w.machinery, storage: failing }, 0)
    const mail = { messageId: newId(), attachments: [attachedPdf(), { filename: 'ubl.xml', content: xml }] }
    expect(await refusal(send(to, mail, weak.port))).toBe(451)
    expect(await refusal(send(to, mail, weak.port))).toBe(250)
    expect(await billsOf(w.berlin)).toHaveLength(2)
    transportTo(weak.port).close()
    await weak.stop()
  })

  test('to a mailbox for receipts makes receipts', async () => {
    const w = await world()
    const { mailbox_full_address: to } = await openMailbox(w, 'receipt', 'receipts')
    const messageId = newId()
    for (let i = 0; i < 2; i++) await send(to, { messageId, attachments: [attachedPdf(), { filename: 'a.xml', content: xml }] })
    await w.work()
    const [receipt, ...more] = await receiptsOf(w.berlin)
    expect(more).toEqual([])
    expect(receipt).toMatchObject({ source_of_data: 'ocr', ocr_status: 'success', document_id: 'INV-2025-00042' })
    expect(await billsOf(w.berlin)).toEqual([])
    expect(await receiptsOf(w.paris)).toEqual([])
  })

  test('from a user counts as theirs, if they may', async () => {
    const w = await world()
    const to = await addressOf(w.berlin)
    const [may, mayNot] = [
      await w.newUser(w.berlin.entityId!, permissions({ 'payable:create_from_mail': 'allowed' }, 'not_allowed')),
      await w.newUser(w.berlin.entityId!, permissions({ 'payable:create_from_mail': 'not_allowed' })),
    ]
    const named = async ({ userId }: Client, email: string) =>
      good(await w.partnerIn(w.berlin.entityId!).patch(`/entity_users/${userId}`, { email }))
    const { role_id } = await named(may, 'grace@berlin.example')
    await named(mayNot, 'alan@berlin.example')
    await send(to, { from: 'alan@berlin.example' })
    expect(await billsOf(w.berlin)).toEqual([])
    await send(to, { from: 'Grace <Grace@Berlin.example>' })
    expect(await billsOf(w.berlin)).toMatchObject([
      { was_created_by_user_id: may.userId, created_by_role_id: role_id, sender: 'Grace@berlin.example' },
    ])
    // Whoever is a user elsewhere is nobody in particular here.
    await send(await addressOf(w.paris), { from: 'alan@berlin.example' })
    expect(await billsOf(w.paris)).toMatchObject([{ was_created_by_user_id: null }])
  })
})

describe('a mail that is handed over by HTTP', () => {
  const mail = () =>
    `From: v@vendor.example\r\nMessage-ID: ${newId()}\r\nContent-Type: application/xml\r\nContent-Disposition: attachment; filename=b.xml\r\n\r\n${xml}`
  const secret = 'a-secret-of-some-length'
  const type = { 'content-type': 'message/rfc822' }
  const headers = { ...type, authorization: `Bearer ${secret}` }

  test('makes documents for whoever knows the secret', async () => {
    const w = await world()
    const own = await ownApp({ mail_in_secret: secret, rate_limit: 0 })
    try {
      const to = await addressOf(w.berlin)
      const post = async (payload: string | Buffer, extras: object = {}, recipient: string | null = to) => {
        const url = `/inbound/mail${recipient === null ? '' : `?recipient=${encodeURIComponent(recipient)}`}`
        const { statusCode, body } = await own.app.inject({ method: 'POST', url, payload, headers, ...extras })
        return [statusCode, statusCode === 202 ? JSON.parse(body).documents : null]
      }
      const first = mail()
      expect(await post(first)).toEqual([202, 1])
      expect(await post(first)).toEqual([202, 0])
      expect(await post(mail(), { headers: { ...headers, 'x-recipient': `${to}, nobody@example.com` } }, null)).toEqual([202, 1])
      expect(await post(mail(), { headers: type })).toEqual([401, null])
      expect(await post(mail(), { headers: { ...headers, authorization: 'Bearer another-secret-of-it' } })).toEqual([401, null])
      expect(await post(mail(), {}, 'nobody@quittance.localhost')).toEqual([404, null])
      expect(await post(mail(), {}, null)).toEqual([422, null])
      expect(await post('{}', { headers: { ...headers, 'content-type': 'application/json' } })).toEqual([400, null])
      expect(await post('', { headers: { ...headers, 'content-type': 'text/plain' } })).toEqual([422, null])
      expect(await post(Buffer.alloc(26 * 1024 * 1024))).toEqual([413, null])
      expect(await billsOf(w.berlin)).toMatchObject([{ payable_origin: 'email', sender: 'v@vendor.example' }, {}])
    } finally {
      await own.close()
    }
  })

  test('goes nowhere where no secret is set', async () => {
    const { app } = await house()
    const { statusCode } = await app.inject({
      method: 'POST',
      url: '/inbound/mail?recipient=a@b.example',
      payload: mail(),
      headers,
    })
    expect(statusCode).toBe(404)
  })
})

test('a report that a mail of ours could not be delivered marks whom it was for', async () => {
  const w = await world()
  const message_id = `<${newId().slice(1)}`
  const [mail] = await w.sql<{ id: string }>(
    `insert into mails (partner_id, entity_id, status, sender, recipients, subject, html, text, message_id, sent_at)
     values ($1, $2, 'sent', '{}', '[{"email": "ada@example.com", "kind": "to", "is_success": true}]', 'x', 'x', 'x', $3, now()) returning id`,
    [w.partner_id, w.berlin.entityId, message_id],
  )
  const report = (id: string) =>
    [
      'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
      '',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.example.com',
      '',
      'Final-Recipient: rfc822; ada@example.com',
      'Action: failed',
      'Status: 5.1.1',
      'Diagnostic-Code: smtp; 550 no such user',
      '--b',
      'Content-Type: message/rfc822',
      '',
      `Message-ID: ${id}`,
      '',
      'x',
      '--b--',
    ].join('\r\n')
  const { mail_domain } = (await house()).machinery.config
  const back = (from: string, to: string, id: string) => send(to, { envelope: { from, to: [to] }, raw: report(id) })
  expect(await refusal(back('someone@example.com', `noreply@${mail_domain}`, message_id))).toBe(550)
  expect(await refusal(back('', 'noreply@elsewhere.example', message_id))).toBe(550)
  expect(await refusal(back('', `noreply@${mail_domain}`, '<unknown@x>'))).toBe(250)
  const read = () => w.sql<{ status: string; error: string | null }>(`select status, error from mails where id = $1`, [mail!.id])
  expect(await read()).toEqual([{ status: 'sent', error: null }])
  expect(await refusal(back('', `noreply@${mail_domain}`, message_id))).toBe(250)
  expect(await read()).toEqual([{ status: 'failed', error: '5.1.1 550 no such user' }])
})
