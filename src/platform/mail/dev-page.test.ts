import { expect, test } from 'vitest'
import { ownApp } from '../../../test/support/own-app.ts'
import { world } from '../../../test/support/world.ts'
import { readConfig } from '../config.ts'
import { asEntity } from '../database/context.ts'
import { storageKey } from '../files/keys.ts'
import { showsOutbox } from './dev-page.ts'
import { mail } from './outbox.ts'

const shown = (changes: Parameters<typeof readConfig>[1]) => showsOutbox(readConfig({}, changes))

test('the outbox is shown when somebody asked for it, and beyond the machine of whoever looks only when that was meant', () => {
  expect(shown({})).toBe(false)
  const dev_mail = 'local'
  expect(shown({ dev_mail })).toBe(true)
  expect(shown({ dev_mail, host: '::1', public_url: 'http://localhost:3000' })).toBe(true)
  expect(shown({ dev_mail, host: '0.0.0.0' })).toBe(false)
  expect(shown({ dev_mail, public_url: 'https://pay.example.com' })).toBe(false)
  expect(shown({ host: '0.0.0.0', dev_mail: 'true' })).toBe(true)
  expect(shown({ smtp_url: 'smtp://localhost', dev_mail: 'true' })).toBe(false)
  expect(showsOutbox(readConfig({ DEV_MAIL: 'true' }))).toBe(true)
})

test('mails are listed and shown with all there is to them, and nothing in them can do anything', async () => {
  const w = await world()
  const bytes = Buffer.from('%PDF-1.7')
  const storage_key = storageKey()
  await w.machinery.storage.put(storage_key, bytes)
  const who = { partnerId: w.partner_id, entityId: w.berlin.entityId!, userId: null }
  const id = await asEntity(w.machinery.db, who, (ctx) =>
    mail.queue(ctx, {
      daily: 0,
      from: { name: 'Spreewerk', address: 'noreply@quittance.example' },
      to: ['ada@example.com'],
      bcc: ['bob@example.com'],
      subject: 'Hello <script>alert(1)</script>',
      html: '<p id="body">Hi</p><script>alert(1)</script>',
      text: 'Hi </pre><script>alert(2)</script>',
      attachments: [{ storage_key, name: 'Rechnung "Ü".pdf', mimetype: 'text/html', size: bytes.length }],
    }),
  )
  await w.work()
  const get = (path: string, headers = {}) => w.app.inject({ url: path, headers: { host: 'localhost:3000', ...headers } })

  const list = await get('/dev/mail')
  expect(list.statusCode).toBe(200)
  expect(list.body).toContain(`href="/dev/mail/${id}"`)
  expect(list.body).toContain('Hello &lt;script&gt;alert(1)&lt;/script&gt;')
  expect(list.body).toContain('Spreewerk GmbH')
  expect(list.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'unsafe-inline'; frame-src 'self';/)

  const detail = await get(`/dev/mail/${id}`)
  for (const text of [
    'ada@example.com',
    'bob@example.com',
    'Spreewerk &lt;noreply@quittance.example&gt;',
    'sandbox=""',
    'Rechnung &quot;Ü&quot;.pdf',
    '>sent<',
  ])
    expect(detail.body).toContain(text)
  expect(detail.body).not.toContain('<script')

  const page = await get(`/dev/mail/${id}/page`)
  expect(page.body).toContain('<p id="body">Hi</p>')
  expect(page.headers['content-security-policy']).toMatch(/^sandbox; default-src 'none';/)

  const file = await get(`/dev/mail/${id}/attachments/0`)
  expect(file.rawPayload.equals(bytes)).toBe(true)
  expect(file.headers['content-type']).toBe('application/octet-stream')
  expect(file.headers['content-disposition']).toBe("attachment; filename*=UTF-8''Rechnung%20%22%C3%9C%22.pdf")

  for (const path of [
    `/dev/mail/${id}/attachments/1`,
    `/dev/mail/${id}/attachments/x`,
    '/dev/mail/x',
    `/dev/mail/${w.berlin.entityId}`,
    '/dev/mail/x/page',
  ])
    expect((await get(path)).statusCode, path).toBe(404)

  // A name that leads here only by somebody's DNS, and whoever comes through a proxy.
  for (const headers of [
    { host: 'evil.example' },
    { 'x-forwarded-for': '203.0.113.7' },
    { forwarded: 'for=203.0.113.7' },
    { via: '1.1 proxy' },
  ])
    for (const path of ['/dev/mail', `/dev/mail/${id}`, `/dev/mail/${id}/page`, `/dev/mail/${id}/attachments/0`]) {
      const answer = await get(path, headers)
      expect([answer.statusCode, answer.body.includes('ada@example.com')], `${path} ${JSON.stringify(headers)}`).toEqual([
        404,
        false,
      ])
    }
  const away = await w.app.inject({ url: '/dev/mail', headers: { host: 'localhost' }, remoteAddress: '203.0.113.7' })
  expect(away.statusCode).toBe(404)
})

test('with a mail server, for everybody’s eyes, or when nobody asked for it there is no such page', async () => {
  const silent = await ownApp({})
  expect((await silent.app.inject('/dev/mail')).statusCode).toBe(404)
  await silent.close()
  const closed = await ownApp({ smtp_url: 'smtp://127.0.0.1:1', dev_mail: 'local' })
  expect((await closed.app.inject('/dev/mail')).statusCode).toBe(404)
  await closed.close()
  const public_ = await ownApp({ host: '0.0.0.0', dev_mail: 'local' })
  expect((await public_.app.inject('/dev/mail')).statusCode).toBe(404)
  await public_.close()
  const open = await ownApp({ host: '0.0.0.0', dev_mail: 'true' })
  expect((await open.app.inject({ url: '/dev/mail', remoteAddress: '203.0.113.7' })).statusCode).toBe(200)
  await open.close()
})
