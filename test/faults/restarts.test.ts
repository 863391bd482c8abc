import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { organization } from '../support/world.ts'
import { ask, machine, type Server, signIn } from './process.ts'

/** A real server that is killed and started again, and one whose database is. */

const computer = machine()
let server: Server
let headers: Record<string, string>

beforeAll(async () => {
  server = await computer.start()
  headers = await signIn(server)
  const { body: entity } = (await ask(`${server.url}/v1/entities`, headers, 'POST', organization))!
  headers['x-monite-entity-id'] = entity.id!
}, 120_000)

afterAll(async () => {
  await server?.kill('SIGTERM')
  await computer.remove()
}, 60_000)

test('a webhook on its way when the server is killed arrives after the restart, under the same id', {
  timeout: 60_000,
}, async () => {
  const received: { id: string }[] = []
  let first!: () => void
  const arrived = new Promise<void>((done) => {
    first = done
  })
  let answering = false
  const receiver = createServer((request, response) => {
    let text = ''
    request.on('data', (piece) => (text += piece))
    request.on('end', () => {
      received.push(JSON.parse(text))
      // The first one is never answered: the job stays in the server's hand.
      if (answering) response.end()
      first()
    })
  }).listen(0, '127.0.0.1')
  await new Promise((done) => receiver.on('listening', done))
  const { authorization } = headers
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
  const subscribed = await ask(`${server.url}/v1/webhook_subscriptions`, { authorization: authorization! }, 'POST', {
    object_type: 'tag',
    url,
  })
  expect(subscribed!.status).toBe(201)
  await ask(`${server.url}/v1/tags`, headers, 'POST', { name: `Heard ${Math.random()}` })
  await arrived
  await server.kill()
  answering = true
  // The lease runs out at once; everything else is as it was.
  await computer.sql(`update jobs set run_at = now() where kind = 'webhooks.deliver'`)
  server = await computer.start()
  await expect.poll(() => received.length, { timeout: 20_000 }).toBe(2)
  expect(received[1]!.id).toBe(received[0]!.id)
  await expect
    .poll(async () => (await computer.sql(`select 1 from jobs where kind like 'webhooks.%'`)).length, { timeout: 20_000 })
    .toBe(0)
  const [delivery] = await computer.sql(`select was_successful, requests_made_count from webhook_deliveries`)
  expect(delivery).toEqual({ was_successful: true, requests_made_count: 1 })
  receiver.closeAllConnections()
  receiver.close()
  expect((await computer.run('audit')).code).toBe(0)
})

test.each(['fast', 'immediate'] as const)(
  'a restart of the database (%s) is over once the database is back, without a restart of the server',
  { timeout: 60_000 },
  async (mode) => {
    const get = () => ask(`${server.url}/v1/tags?limit=1`, headers)
    expect((await get())!.status).toBe(200)
    await computer.stopDatabase(mode)
    const began = performance.now()
    const down = await get()
    expect(down!.status).toBeGreaterThanOrEqual(500)
    expect(Object.keys(down!.body)).toEqual(['error'])
    const answered_ms = performance.now() - began
    expect(answered_ms).toBeLessThan(12_000)
    await computer.startDatabase()
    const back = performance.now()
    await expect.poll(async () => (await get())!.status, { timeout: 10_000, interval: 50 }).toBe(200)
    console.log(
      `database down (${mode}): answered ${down!.status} after ${Math.round(answered_ms)} ms; well again ${Math.round(performance.now() - back)} ms after its return`,
    )
  },
)

test('a database of our own that is killed comes back by itself, with all that was acknowledged', {
  timeout: 60_000,
}, async () => {
  const made = await ask(`${server.url}/v1/tags`, headers, 'POST', { name: 'before the kill' })
  expect(made!.status).toBe(201)
  const file = join(computer.dataDir, 'postmaster.pid')
  const running = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n')[0]! : '')
  const pid = running()
  process.kill(Number(pid), 'SIGKILL')
  const get = () => ask(`${server.url}/v1/tags/${made!.body.id}`, headers)
  // What the dead one left behind may answer for a moment; then nobody does; then its successor.
  const until = Date.now() + 30_000
  let seen = await get()
  while ((seen?.status !== 200 || ['', pid].includes(running())) && Date.now() < until) {
    expect([200, 500, 503, null]).toContain(seen?.status ?? null)
    await new Promise((done) => setTimeout(done, 50))
    seen = await get()
  }
  expect(seen).toMatchObject({ status: 200, body: { name: 'before the kill' } })
  expect(['', pid]).not.toContain(running())
})
