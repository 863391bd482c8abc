import { randomBytes } from 'node:crypto'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { draft, ready } from '../../../test/support/invoicing.ts'
import { type World, world } from '../../../test/support/world.ts'
import { openMailer } from '../../adapters/index.ts'
import { newDkimKey } from '../../modules/mail/mailbox-domains/mailbox-domains.service.ts'
import type { Mailer } from '../../ports/mail.ts'
import { asEntity, asSystem, type Ctx } from '../database/context.ts'
import { storageKey } from '../files/keys.ts'
import { type Job, workOnce } from '../jobs/jobs.ts'
import { readBounce } from './dsn.ts'
import { mailJobs } from './mail.jobs.ts'
import { MAIL_BYTES_MAX, mail, type NewMail, recordBounce, waits_ms } from './outbox.ts'

/** A real mail server, which takes everything unless a test says otherwise. */
interface Received {
  readonly from: string
  readonly to: string[]
  readonly raw: Buffer
  readonly email: Email
}
let received: Received[] = []
let refuseRecipient: (address: string) => { code: number; text: string } | null = () => null
let refuseData: () => { code: number; text: string } | null = () => null

const failure = ({ code, text }: { code: number; text: string }) => Object.assign(new Error(text), { responseCode: code })
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onAuth: ({ username, password }, _session, done) =>
    username === 'user' && password === 'pass' ? done(null, { user: username }) : done(new Error('no')),
  onRcptTo({ address }, _session, done) {
    const no = refuseRecipient(address)
    done(no ? failure(no) : null)
  },
  onData(stream, { envelope }, done) {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', async () => {
      const no = refuseData()
      if (no) return done(failure(no))
      const raw = Buffer.concat(chunks)
      const from = envelope.mailFrom ? envelope.mailFrom.address : ''
      received.push({ from, to: envelope.rcptTo.map(({ address }) => address), raw, email: await PostalMime.parse(raw) })
      done()
    })
  },
})
server.on('error', () => {})
const port = await new Promise<number>((resolve) => {
  server.listen(0, '127.0.0.1', () => resolve((server.server.address() as { port: number }).port))
})

const silent = { warn() {} }
const mailers: Mailer[] = []
const mailerTo = (smtp_url: string) => {
  const mailer = openMailer({ smtp_url }, silent)
  mailers.push(mailer)
  return mailer
}
const smtp = mailerTo(`smtp://127.0.0.1:${port}`)
afterAll(() => {
  for (const mailer of mailers) mailer.close()
  return new Promise<void>((done) => server.close(done))
})
beforeEach(() => {
  received = []
  refuseRecipient = () => null
  refuseData = () => null
})

const noKey = async () => null
const MINUTE = 60_000

/** One entity, with mails that go through `mailer` when they are worked on. */
async function office(w: World, mailer: Mailer = smtp, dkimOf: Parameters<typeof mailJobs>[1] = noKey) {
  const handlers = mailJobs({ ...w.machinery, mailer }, dkimOf)
  const entityId = w.berlin.entityId!
  const inEntity = <T>(work: (ctx: Ctx) => Promise<T>, id = entityId) =>
    asEntity(w.machinery.db, { partnerId: w.partner_id, entityId: id, userId: null }, work)
  return {
    entityId,
    inEntity,
    queue: (changes: Partial<NewMail> = {}) => inEntity((ctx) => mail.queue(ctx, { ...letter, ...changes })),
    work: async () => {
      while ((await workOnce(w.machinery.db, w.machinery.log, handlers, [w.partner_id])) > 0);
    },
    read: async (id: string) => (await w.sql<Row>(`select * from mails where id = $1`, [id]))[0]!,
  }
}
interface Row {
  status: string
  attempts: number
  error: string | null
  message_id: string
  sent_at: string | null
  held_until: string | null
  recipients: { kind: string; email: string; is_success: boolean | null; error: string | null }[]
}

const letter: NewMail = {
  daily: 0,
  from: { name: 'Spreewerk', address: 'noreply@quittance.example' },
  to: ['ada@example.com'],
  subject: 'Invoice INV-1',
  html: '<p>Hello</p>',
  text: 'Hello',
}

test('a mail arrives as it was written: names, texts in any script, and files to the last byte', async () => {
  const w = await world()
  const { queue, work, read } = await office(w)
  const bytes = randomBytes(100_000)
  const storage_key = storageKey()
  await w.machinery.storage.put(storage_key, bytes)
  const id = await queue({
    from: { name: 'Müller, "Söhne" & Co <x>', address: 'rechnung@quittance.example' },
    reply_to: ['büro@example.com', 'second@example.com'].map((one) => one.replace('ü', 'ue')),
    to: ['ada@example.com', 'bob@example.com'],
    cc: ['carol@example.com', 'ADA@example.com'],
    bcc: ['dave@example.com'],
    subject: 'Rechnung über 1.237,60 € – 発行 🧾',
    html: `<p>Grüße ${'ß'.repeat(2_000)} 日本</p>`,
    text: 'Grüße\n.\nBis bald',
    attachments: [{ storage_key, name: 'Rechnung Müller.pdf', mimetype: 'application/pdf', size: bytes.length }],
  })
  expect(received).toHaveLength(0)
  await work()
  expect(received).toHaveLength(1)
  const [{ email, from, to, raw }] = received as [Received]
  expect([from, to]).toEqual([
    'rechnung@quittance.example',
    ['ada@example.com', 'bob@example.com', 'carol@example.com', 'dave@example.com'],
  ])
  expect(email.from).toEqual({ name: 'Müller, "Söhne" & Co <x>', address: 'rechnung@quittance.example' })
  expect(email.replyTo?.map(({ address }) => address)).toEqual(['buero@example.com', 'second@example.com'])
  expect(email.to?.map(({ address }) => address)).toEqual(['ada@example.com', 'bob@example.com'])
  expect(email.cc?.map(({ address }) => address)).toEqual(['carol@example.com'])
  expect(raw.toString('latin1')).not.toContain('dave@example.com')
  expect(email.subject).toBe('Rechnung über 1.237,60 € – 発行 🧾')
  expect(email.html?.trim()).toBe(`<p>Grüße ${'ß'.repeat(2_000)} 日本</p>`)
  expect(email.text?.trim()).toBe('Grüße\n.\nBis bald')
  expect(email.attachments.map(({ filename, mimeType }) => [filename, mimeType])).toEqual([
    ['Rechnung Müller.pdf', 'application/pdf'],
  ])
  expect(Buffer.from(email.attachments[0]!.content as ArrayBuffer).equals(bytes)).toBe(true)
  const row = await read(id)
  expect(email.messageId).toBe(row.message_id)
  expect(row).toMatchObject({ status: 'sent', attempts: 1, error: null, held_until: null })
  expect(row.recipients.map(({ kind, is_success }) => [kind, is_success])).toEqual([
    ['to', true],
    ['to', true],
    ['cc', true],
    ['bcc', true],
  ])
})

test('nothing of a mail becomes a header of its own', async () => {
  const { queue, work } = await office(await world())
  await queue({
    subject: 'One\r\nBcc: evil@example.com\n\nTwo\u2028x\0',
    from: { name: 'A\r\nBcc: evil@example.com', address: 'a@quittance.example' },
  })
  await work()
  expect(received[0]!.to).toEqual(['ada@example.com'])
  expect(received[0]!.email.bcc).toBeUndefined()
  expect(received[0]!.email.subject).toBe('One Bcc: evil@example.com Two x')
  for (const to of [
    'no address',
    'a@b.example, c@d.example',
    '<a@b.example>',
    'a@b.example\r\nx',
    '@b.example',
    `${'a'.repeat(320)}@b.example`,
  ])
    await expect(queue({ to: [to] }), to).rejects.toThrow(/is not an email address/)
  await expect(queue({ to: [] })).rejects.toThrow('The mail has no recipient')
})

test('a mail of more than 25 MB is refused before it is queued, and nothing is kept of it', async () => {
  const w = await world()
  const { queue } = await office(w)
  const file = (size: number) => [{ storage_key: 'x', name: 'x', mimetype: 'x', size }]
  await expect(queue({ attachments: file(MAIL_BYTES_MAX - 16) })).rejects.toThrow('larger than 25 MB')
  expect(await queue({ attachments: file(MAIL_BYTES_MAX - 17) })).toBeTruthy()
  expect(await w.sql('select from mails where partner_id = $1', [w.partner_id])).toHaveLength(1)
})

test('under one key one mail is sent, also when it is queued at the same time; another entity has keys of its own', async () => {
  const w = await world()
  const { queue, work, inEntity } = await office(w)
  const ids = await Promise.all(Array.from({ length: 4 }, () => queue({ key: 'invoice 1' })))
  expect(new Set(ids).size).toBe(1)
  await work()
  expect(await queue({ key: 'invoice 1', subject: 'Again' })).toBe(ids[0])
  await work()
  expect(received).toHaveLength(1)
  const elsewhere = await inEntity((ctx) => mail.queue(ctx, { ...letter, key: 'invoice 1' }), w.paris.entityId!)
  expect(elsewhere).not.toBe(ids[0])
  await queue()
  await work()
  expect(received).toHaveLength(3)
})

test('what is rolled back is never sent', async () => {
  const w = await world()
  const { work, inEntity } = await office(w)
  const lost = inEntity(async (ctx) => {
    await mail.queue(ctx, letter)
    throw new Error('changed my mind')
  })
  await expect(lost).rejects.toThrow('changed my mind')
  await work()
  expect(received).toHaveLength(0)
})

test('a server that says “later” is asked again by the clock, and gets the mail once', async () => {
  const w = await world()
  w.clock.set('2025-03-01T10:00:00Z')
  const { queue, work, read } = await office(w)
  refuseData = () => ({ code: 451, text: 'greylisted, try again' })
  const id = await queue()
  await work()
  expect(await read(id)).toMatchObject({
    status: 'pending',
    attempts: 1,
    error: expect.stringContaining('greylisted'),
    sent_at: null,
  })
  refuseData = () => null
  await work()
  expect(received).toHaveLength(0)
  w.clock.advance(waits_ms[0]! + 1)
  await work()
  expect(received).toHaveLength(1)
  w.clock.advance(24 * 60 * MINUTE)
  await work()
  expect(received).toHaveLength(1)
  expect(await read(id)).toMatchObject({ status: 'sent', attempts: 2, error: null })
})

test('a recipient that is refused for good has failed, the others have got the mail', async () => {
  const { queue, work, read } = await office(await world())
  refuseRecipient = (address) => (address.startsWith('nobody') ? { code: 550, text: '5.1.1 no such user' } : null)
  const id = await queue({ to: ['ada@example.com', 'nobody@example.com'] })
  await work()
  expect(received.map(({ to }) => to)).toEqual([['ada@example.com']])
  const row = await read(id)
  expect(row.status).toBe('partially_sent')
  expect(row.recipients).toEqual([
    { kind: 'to', email: 'ada@example.com', is_success: true, error: null },
    { kind: 'to', email: 'nobody@example.com', is_success: false, error: expect.stringContaining('no such user') },
  ])
  const lost = await queue({ to: ['nobody@example.com'] })
  await work()
  expect(await read(lost)).toMatchObject({ status: 'failed', attempts: 1, error: expect.stringContaining('no such user') })
})

test('who has got the mail does not get it again when others have to wait', async () => {
  const w = await world()
  w.clock.set('2025-03-01T10:00:00Z')
  const { queue, work, read } = await office(w)
  refuseRecipient = (address) => (address.startsWith('slow') ? { code: 450, text: '4.2.1 busy' } : null)
  const id = await queue({ to: ['ada@example.com', 'slow@example.com'] })
  await work()
  expect((await read(id)).status).toBe('pending')
  refuseRecipient = () => null
  w.clock.advance(2 * MINUTE)
  await work()
  expect(received.map(({ to }) => to)).toEqual([['ada@example.com'], ['slow@example.com']])
  expect(received[1]!.email.to?.map(({ address }) => address)).toEqual(['ada@example.com', 'slow@example.com'])
  expect(new Set(received.map(({ email }) => email.messageId)).size).toBe(1)
  expect((await read(id)).status).toBe('sent')
})

test('a message that is refused for good is not sent again', async () => {
  const { queue, work, read } = await office(await world())
  refuseData = () => ({ code: 554, text: '5.7.1 looks like spam' })
  const id = await queue({ to: ['ada@example.com', 'bob@example.com'] })
  await work()
  expect(await read(id)).toMatchObject({ status: 'failed', attempts: 1, error: expect.stringContaining('spam') })
})

test('a server that is away for a day is tried ten times, then the mail has failed; nobody learns where the server is', async () => {
  const w = await world()
  w.clock.set('2025-03-01T10:00:00Z')
  const { queue, work, read } = await office(w, mailerTo('smtp://user:secret@127.0.0.1:1'))
  const id = await queue()
  await work()
  for (const wait of waits_ms) {
    expect((await read(id)).status).toBe('pending')
    w.clock.advance(wait - 1_000)
    await work()
    w.clock.advance(2_000)
    await work()
  }
  expect(waits_ms.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(24 * 60 * MINUTE)
  const row = await read(id)
  expect(row).toMatchObject({ status: 'failed', attempts: waits_ms.length + 1, error: 'The mail server could not be reached' })
  expect(await w.sql('select from jobs where key = $1', [`mail:${id}`])).toEqual([])
})

test('a wrong password is ours to mend, so the mail waits', async () => {
  const { queue, work, read } = await office(await world(), mailerTo(`smtp://user:wrong@127.0.0.1:${port}`))
  const id = await queue()
  await work()
  expect(await read(id)).toMatchObject({ status: 'pending', error: 'The mail server does not let us in' })
})

test('a mail that was queued before the process ended is sent by the next one', async () => {
  const w = await world()
  const { queue } = await office(w)
  const id = await queue()
  const next = await office(w, mailerTo(`smtp://user:pass@127.0.0.1:${port}`))
  await next.work()
  expect(received).toHaveLength(1)
  expect((await next.read(id)).status).toBe('sent')
})

test('while one process sends a mail no other one does; if it dies, the mail is sent later under the same Message-ID', async () => {
  const w = await world()
  w.clock.set('2025-03-01T10:00:00Z')
  // Hands the mail over, and never comes to say so.
  const dying: Mailer = { ...smtp, send: (letter) => smtp.send(letter).then(() => new Promise(() => {})) }
  const { queue, work, read } = await office(w, smtp)
  const id = await queue()
  const died = mailJobs({ ...w.machinery, mailer: dying }, noKey)
  const [job] = await w.sql<Job<'mail.send'>>('select * from jobs where key = $1', [`mail:${id}`])
  void died['mail.send'](job!)
  await expect.poll(() => received.length).toBe(1)
  expect((await read(id)).status).toBe('processing')
  await work()
  expect(received).toHaveLength(1)
  w.clock.advance(9 * MINUTE)
  await work()
  expect(received).toHaveLength(1)
  w.clock.advance(2 * MINUTE)
  await work()
  expect(received).toHaveLength(2)
  expect(new Set(received.map(({ email }) => email.messageId)).size).toBe(1)
  expect(await read(id)).toMatchObject({ status: 'sent', attempts: 2 })
})

test('a file that can not be read keeps the mail waiting', async () => {
  const { queue, work, read } = await office(await world())
  const id = await queue({ attachments: [{ storage_key: storageKey(), name: 'a.pdf', mimetype: 'application/pdf', size: 3 }] })
  await work()
  expect(received).toHaveLength(0)
  expect(await read(id)).toMatchObject({ status: 'pending', error: 'An attachment could not be read' })
})

test('without a mail server mails stay in the database and count as sent', async () => {
  const local = mailerTo('')
  expect([local.local, smtp.local]).toEqual([true, false])
  const { queue, work, read } = await office(await world(), local)
  const id = await queue({ bcc: ['bob@example.com'] })
  await work()
  expect(received).toHaveLength(0)
  expect(await read(id)).toMatchObject({ status: 'sent', sent_at: expect.anything() })
})

test('what is sent from a domain of the partner is signed with its key', async () => {
  const w = await world()
  const { private_key } = await newDkimKey()
  const asked: string[] = []
  const { queue, work } = await office(w, smtp, async (_ctx, domain) => {
    asked.push(domain)
    return { domainName: domain, keySelector: 'quittance', privateKey: private_key }
  })
  await queue({ from: { name: null, address: 'hello@partner.example' } })
  await work()
  expect(asked).toEqual(['partner.example'])
  const signature = received[0]!.email.headers.find(({ key }) => key === 'dkim-signature')?.value
  expect(signature).toMatch(/d=partner\.example; .*s=quittance;/s)
})

test('a mail that comes back is a failure of whom it was for', async () => {
  const w = await world()
  const { queue, work, read, inEntity } = await office(w)
  const id = await queue({ to: ['Ada@example.com', 'bob@example.com'] })
  await work()
  const { message_id } = await read(id)
  const report = `Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; ada@example.com
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 no such user
--b
Content-Type: message/rfc822

${received[0]!.raw.toString('latin1')}
--b--
`
  const [bounce] = readBounce(Buffer.from(report, 'latin1'))
  expect(bounce).toMatchObject({ message_id, recipient: 'ada@example.com' })
  const system = <T>(work: (ctx: Ctx) => Promise<T>) => asSystem(w.machinery.db, work)
  expect(await system((ctx) => recordBounce(ctx, bounce!))).toBe(id)
  const row = await read(id)
  expect(row).toMatchObject({ status: 'partially_sent', error: '5.1.1 550 no such user' })
  expect(row.recipients.map(({ is_success }) => is_success)).toEqual([false, true])
  expect(await system((ctx) => recordBounce(ctx, { ...bounce!, status: '4.4.1' }))).toBeNull()
  expect(await system((ctx) => recordBounce(ctx, { ...bounce!, recipient: 'nobody@example.com' }))).toBeNull()
  expect(await system((ctx) => recordBounce(ctx, { ...bounce!, message_id: '<x@y>' }))).toBeNull()
  expect(await inEntity((ctx) => recordBounce(ctx, bounce!), w.paris.entityId!)).toBeNull()
  expect(await inEntity((ctx) => recordBounce(ctx, { ...bounce!, recipient: 'bob@example.com' }))).toBe(id)
  expect((await read(id)).status).toBe('failed')
  // A single recipient is meant also under the name of where the mail was forwarded to.
  const single = await queue()
  await work()
  const { message_id: other } = await read(single)
  expect(await system((ctx) => recordBounce(ctx, { ...bounce!, message_id: other, recipient: 'elsewhere@example.net' }))).toBe(
    single,
  )
  expect((await read(single)).status).toBe('failed')
})

describe('whom mails go to', () => {
  const many = (count: number, at = 'example.com') => Array.from({ length: count }, (_, i) => `person-${i}@${at}`)
  const who = (w: World) => ({ partnerId: w.partner_id, entityId: w.berlin.entityId!, userId: null })

  test('are fifty at most: for a document, for its reminder, and for those that recur', async () => {
    const w = await world()
    const { berlin } = w
    const queue = (changes: object) => asEntity(w.machinery.db, who(w), (ctx) => mail.queue(ctx, { ...letter, ...changes }))
    await queue({ to: many(20), cc: many(20, 'cc.example'), bcc: many(10, 'bcc.example') })
    await expect(queue({ to: many(20), cc: many(20, 'cc.example'), bcc: many(11, 'bcc.example') })).rejects.toMatchObject({
      kind: 'invalid',
    })

    const parts = await ready(berlin)
    const { body: reminder } = await berlin.post('/payment_reminders', {
      name: 'A',
      term_final_reminder: { days_before: 3, subject: 'S', body: 'B' },
    })
    const invoice = await draft(berlin, parts, { payment_reminder_id: reminder.id })
    const words = { subject_text: 'A', body_text: 'A' }
    const recipients = { to: many(30), bcc: many(21, 'bcc.example') }
    const path = `/receivables/${invoice.id}`
    const overdue = { name: 'A', terms: [{ days_after: 3, subject: 'S', body: 'B' }] }
    const { body: later } = await berlin.post('/overdue_reminders', overdue)
    for (const answer of [
      await berlin.post('/payment_reminders', { name: 'B', term_final_reminder: reminder.term_final_reminder, recipients }),
      await berlin.patch(`/payment_reminders/${reminder.id}`, { recipients }),
      await berlin.post('/overdue_reminders', { ...overdue, name: 'B', recipients }),
      await berlin.patch(`/overdue_reminders/${later.id}`, { recipients }),
      await berlin.post(`${path}/send`, { ...words, recipients }),
      await berlin.post(`${path}/send_test_reminder`, { reminder_type: 'term_final', recipients }),
      await berlin.post('/recurrences', {
        ...words,
        invoice_id: invoice.id,
        start_date: '2070-01-01',
        max_occurrences: 2,
        recipients,
      }),
    ])
      expect([answer.status, answer.body.detail]).toEqual([
        422,
        [{ loc: ['body', 'recipients'], msg: 'A mail has up to 50 recipients', type: 'too_long' }],
      ])
    expect((await berlin.get(path)).body.status).toBe('draft')
    expect((await berlin.get(`${path}/mails`)).body.data).toEqual([])
  })

  test('are a number a day for one entity, whoever asks at the same moment; others are not held up', async () => {
    const w = await world()
    w.clock.set('2031-03-01T12:00:00Z')
    const queue = (changes: object, entityId = w.berlin.entityId!) =>
      asEntity(w.machinery.db, { ...who(w), entityId }, (ctx) => mail.queue(ctx, { ...letter, daily: 5, ...changes }))
    const counted = async () =>
      (await w.sql(`select jsonb_array_length(recipients) as n from mails where entity_id = $1`, [w.berlin.entityId])).length
    const outcomes = await Promise.allSettled(Array.from({ length: 12 }, () => queue({})))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ kind: 'too_many_requests' })
    expect(await counted()).toBe(5)
    await queue({}, w.paris.entityId!)
    // Nor what was queued before, under the same key.
    await w.sql(`update mails set key = 'once' where id = (select id from mails where entity_id = $1 limit 1)`, [
      w.berlin.entityId,
    ])
    await queue({ key: 'once' })
    expect(await counted()).toBe(5)
    w.clock.set('2031-03-02T11:59:59Z')
    await expect(queue({})).rejects.toMatchObject({ kind: 'too_many_requests' })
    w.clock.set('2031-03-02T12:00:01Z')
    await queue({ to: many(5) })
    await expect(queue({})).rejects.toMatchObject({ kind: 'too_many_requests' })
    await queue({ daily: 0 })
    w.clock.set(null)
  })

  test('over the API it is a 429, and nothing is issued or sent', async () => {
    const w = await world()
    const parts = await ready(w.berlin)
    const invoice = await draft(w.berlin, parts)
    const send = () => w.berlin.post(`/receivables/${invoice.id}/send`, { subject_text: 'A', body_text: 'A' })
    const config = w.machinery.config as { mail_recipients_per_day: number }
    const usual = config.mail_recipients_per_day
    try {
      config.mail_recipients_per_day = 1
      const second = await draft(w.berlin, parts)
      expect((await send()).status).toBe(200)
      const refused = await w.berlin.post(`/receivables/${second.id}/send`, { subject_text: 'A', body_text: 'A' })
      expect([refused.status, refused.body.error.message]).toEqual([
        429,
        'Mails to more than 1 recipients within 24 hours are not sent for one entity: try again later',
      ])
      expect((await w.berlin.get(`/receivables/${second.id}`)).body.status).toBe('draft')
    } finally {
      config.mail_recipients_per_day = usual
    }
  })
})
