import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, connect, createServer, type Server as TcpServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { organization } from '../support/world.ts'
import { ask, machine, signIn } from './process.ts'

/** Servers that are told to end while somebody is silent, and those that can't start. */

const machines: ReturnType<typeof machine>[] = []
const listening: TcpServer[] = []
afterAll(async () => {
  for (const server of listening) server.close()
  for (const one of machines) await one.remove()
}, 60_000)

function newMachine(settings: Record<string, string> = {}, bare = false) {
  const one = machine(settings, { bare })
  machines.push(one)
  return one
}
async function listen(server: TcpServer): Promise<number> {
  listening.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return (server.address() as AddressInfo).port
}

test('a server ends within 15 seconds, whoever is silent, and nothing that it held is lost or done twice', {
  timeout: 90_000,
}, async () => {
  const mailServer = createServer((socket) => {
    // It greets, takes the mail, and never says a word after DATA.
    socket.on('error', () => {}).write('220 silent\r\n')
    socket.on('data', (piece) => {
      const text = piece.toString()
      if (/^EHLO/i.test(text)) socket.write('250 silent\r\n')
      else if (/^(MAIL|RCPT)/i.test(text)) socket.write('250 ok\r\n')
      else if (/^DATA/i.test(text)) socket.write('354 go on\r\n')
    })
  })
  const smtp = await listen(mailServer)
  const home = newMachine({ SMTP_URL: `smtp://127.0.0.1:${smtp}` })
  const server = await home.start()
  const headers = await signIn(server)
  const { body: entity } = (await ask(`${server.url}/v1/entities`, headers, 'POST', organization))!
  const inEntity = { ...headers, 'x-monite-entity-id': entity.id! }

  const heard: string[] = []
  const hook = createHttpServer((request) => request.on('data', (piece) => heard.push(JSON.parse(String(piece)).id))).listen(0)
  listening.push(hook)
  const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/silent`
  await ask(`${server.url}/v1/webhook_subscriptions`, headers, 'POST', { object_type: 'tag', url })
  await ask(`${server.url}/v1/tags`, inEntity, 'POST', { name: 'A' })
  await home.sql(
    `insert into mails (partner_id, entity_id, sender, reply_to, recipients, subject, html, text, attachments, language, message_id)
     select partner_id, id, '{"name":"A","address":"a@example.com"}', '{}', '[{"kind":"to","email":"b@example.com","is_success":null,"error":null}]',
       'S', 'h', 't', '[]', 'en', '<1@example.com>' from entities`,
  )
  await home.sql(
    `insert into jobs (kind, payload, partner_id, entity_id, run_at) select 'mail.send', json_build_object('mail_id', id), partner_id, entity_id, now() from mails`,
  )
  await expect.poll(() => heard.length, { timeout: 10_000 }).toBe(1)
  await expect.poll(() => home.sql(`select status from mails`), { timeout: 10_000 }).toEqual([{ status: 'processing' }])

  const { port } = new URL(server.url)
  const silent = connect(Number(port), '127.0.0.1').on('error', () => {})
  const half = connect(Number(port), '127.0.0.1').on('error', () => {})
  half.write('POST /v1/tags HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"na')
  await sleep(200)

  const began = performance.now()
  await server.kill('SIGTERM')
  expect(performance.now() - began).toBeLessThan(15_000)
  silent.destroy()
  half.destroy()
  expect(home.databasePid()).toBeUndefined()

  const jobs = await home.sql(`select kind, failures, dead from jobs order by kind`)
  expect(jobs).toEqual([
    { kind: 'mail.send', failures: 0, dead: false },
    { kind: 'webhooks.deliver', failures: 0, dead: false },
  ])
  expect(await home.sql(`select requests_made_count, was_successful from webhook_deliveries`)).toEqual([
    { requests_made_count: 0, was_successful: null },
  ])
  await home.stopDatabase('fast')
})

test('a start that fails leaves no database running', { timeout: 60_000 }, async () => {
  const taken = await listen(createServer())
  const home = newMachine({ PORT: String(taken) }, true)
  const { code, output } = await home.run('serve')
  expect(code, output).not.toBe(0)
  expect(output).toContain(String(taken))
  expect(home.databasePid()).toBeUndefined()
})
