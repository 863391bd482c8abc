import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { client, house, world } from '../../../test/support/world.ts'

test('metrics and readiness tell what waits of each kind of job, and how webhooks ended', async () => {
  const w = await world()
  const endpoint = createServer((_request, response) => response.writeHead(500).end()).listen(0, '127.0.0.1')
  await new Promise((done) => endpoint.once('listening', done))
  const { port } = endpoint.address() as AddressInfo
  const partner = client(await house(), await w.tokenFor())
  await partner.post('/webhook_subscriptions', { object_type: 'tag', url: `http://127.0.0.1:${port}/` })
  await w.berlin.post('/tags', { name: 'A' })
  await w.work()
  endpoint.close()

  const { app } = await house()
  const page = async () => (await app.inject({ url: '/metrics' })).body
  // What waits is looked at every five seconds, and another test may just have done so.
  await expect.poll(page, { timeout: 15_000, interval: 500 }).toMatch(/^jobs_later\{kind="webhooks.deliver"\} [1-9]/m)
  const text = await page()
  expect(text).toMatch(/^jobs_dead\{kind="webhooks.deliver"\} \d/m)
  expect(text).toMatch(/^webhook_duration_seconds_count\{status="500",outcome="failed"\} [1-9]/m)
  expect(text).toMatch(/^job_duration_seconds_count\{kind="webhooks.fan_out",outcome="done"\} [1-9]/m)
  expect(text).toMatch(/^job_duration_seconds_count\{kind="webhooks.deliver",outcome="again"\} [1-9]/m)
  const ready = (await app.inject({ url: '/readyz' })).json()
  expect(ready).toMatchObject({
    status: 'ready',
    jobs: { 'webhooks.deliver': { later: expect.any(Number), dead: expect.any(Number) } },
  })
  expect(ready.jobs['webhooks.deliver'].later).toBeGreaterThan(0)
})
