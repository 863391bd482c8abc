import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, connect, createServer, type Server as TcpServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { isAlive } from '../../src/platform/database/embedded.ts'
import { organization } from '../support/world.ts'
import { ask, credentialsIn, machine } from './process.ts'

/** Servers that are told to end while somebody is silent, and several of them over one data folder. */

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
/** The process of the database over this folder; undefined when none runs. */
async function databaseOf(dataDir: string): Promise<number | undefined> {
  const { readFile } = await import('node:fs/promises')
  const pid = Number.parseInt(await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => ''), 10)
  return pid > 0 && isAlive(pid) ? pid : undefined
}
const tokenOf = async (url: string, output: string) => {
  const credentials = credentialsIn(output)
  const { body } = (await ask(`${url}/v1/auth/token`, {}, 'POST', { grant_type: 'client_credentials', ...credentials }))!
  return { authorization: `Bearer ${body.access_token}` } as Record<string, string>
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
  const headers = await tokenOf(server.url, server.output())
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
  expect(await databaseOf(home.dataDir)).toBeUndefined()

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
  expect(await databaseOf(home.dataDir)).toBeUndefined()
})

test('of two servers over one folder either may end first: the other one goes on, and the last one ends the database', {
  timeout: 120_000,
}, async () => {
  const home = newMachine()
  for (const order of [
    [0, 1],
    [1, 0],
  ]) {
    const servers = [await home.start(), await home.start()]
    const [first, last] = order.map((n) => servers[n]!)
    const database = await databaseOf(home.dataDir)
    expect(database).toBeDefined()
    expect((await home.run('audit')).code).toBe(0)
    await first!.kill('SIGTERM')
    expect(await databaseOf(home.dataDir)).toBe(database)
    expect((await ask(`${last!.url}/readyz`, {}))!.status).toBe(200)
    await last!.kill('SIGTERM')
    expect(await databaseOf(home.dataDir)).toBeUndefined()
  }
})

test('a server whose neighbour was killed still ends the database when it goes', { timeout: 60_000 }, async () => {
  const home = newMachine()
  const killed = await home.start()
  const other = await home.start()
  await killed.kill('SIGKILL')
  await other.kill('SIGTERM')
  expect(await databaseOf(home.dataDir)).toBeUndefined()
})

test('a first `work` makes the tables, and a server beside it finds them', { timeout: 60_000 }, async () => {
  const home = newMachine({ LOG_LEVEL: 'info' }, true)
  const worker = home.spawn('work')
  const ended = new Promise<number | null>((done) => worker.on('exit', done))
  let output = ''
  for (const stream of [worker.stdout!, worker.stderr!]) stream.on('data', (piece) => (output += piece))
  await expect.poll(() => output, { timeout: 30_000 }).toContain('working')
  const server = await home.start()
  expect((await ask(`${server.url}/readyz`, {}))!.status).toBe(200)
  worker.kill('SIGTERM')
  expect(await ended).toBe(0)
  expect((await ask(`${server.url}/readyz`, {}))!.status).toBe(200)
  await server.kill('SIGTERM')
  expect(await databaseOf(home.dataDir)).toBeUndefined()
})

test('a database that was stopped by somebody else comes back while a server runs', { timeout: 60_000 }, async () => {
  const home = newMachine()
  const server = await home.start()
  await home.stopDatabase('fast')
  await expect.poll(async () => (await ask(`${server.url}/readyz`, {}))?.status, { timeout: 20_000 }).toBe(200)
  await server.kill('SIGTERM')
})
