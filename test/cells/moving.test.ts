import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { movePartner } from '../../src/cells/moving.ts'
import { audit } from '../../src/modules/audit/audit.ts'
import { draft, good, type Ready, ready } from '../support/invoicing.ts'
import type { Body } from '../support/world.ts'
import { type Company, caller, company, MOVED, type TwoClusters, twoClusters } from './two-clusters.ts'

/** A partner moves from one database to another while it works: nothing is lost, nothing is there twice, and at every moment it lives in one. */

// Everything is done several times over, on a machine that may have other work.
vi.setConfig({ testTimeout: 90_000 })

let t: TwoClusters
let moved: Company
let neighbour: Company
let made: Ready
let receiver: Server
/** How often each event was delivered. */
const heard = new Map<string, number>()

beforeAll(async () => {
  receiver = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece) => pieces.push(piece))
    request.on('end', () => {
      const { id } = JSON.parse(Buffer.concat(pieces).toString())
      heard.set(id, (heard.get(id) ?? 0) + 1)
      response.end()
    })
  }).listen(0, '127.0.0.1')
  t = await twoClusters()
  moved = await company(t, 'home')
  neighbour = await company(t, 'home')
  made = await ready(moved.user)
  const { port } = receiver.address() as AddressInfo
  good(await moved.partner.post('/webhook_subscriptions', { object_type: 'receivable', url: `http://127.0.0.1:${port}` }))
  good(await neighbour.user.post('/tags', { name: 'Neighbour' }))
}, 60_000)
afterAll(async () => {
  await t?.close()
  receiver.close()
})

const said: string[] = []
const say = (line: string) => void said.push(line)
const move = (to: string) => movePartner(t.home, moved.partnerId, to, { say, audit })

/** Tries again for as long as the answer is that the partner is being moved. */
async function patiently<T extends { status: number; headers: Record<string, string> }>(
  ask: () => Promise<T>,
  put_off: number[],
): Promise<T> {
  for (;;) {
    const began = performance.now()
    const answer = await ask()
    if (answer.status !== 503) return answer
    expect(answer.headers['retry-after']).toBe('1')
    put_off.push(began)
    await sleep(20)
  }
}

test('moves while it writes, reads and is told of its events: nothing is lost, nothing is twice, and no number is missing', async () => {
  let going = true
  const put_off: number[] = []
  const reads: number[] = []
  const issuedBy: string[] = []
  const writer = async (nth: number) => {
    for (let i = 0; going; i++) {
      const { body } = await patiently(() => moved.user.post('/receivables', made.invoice), put_off)
      const answer = await patiently(() => moved.user.post(`/receivables/${body.id}/issue`), put_off)
      expect(answer.status, JSON.stringify(answer.body)).toBe(200)
      issuedBy.push(body.id)
      if (i % 3 === nth)
        expect((await patiently(() => moved.user.post('/tags', { name: `${nth} ${i}` }), put_off)).status).toBe(201)
      // Each document is also set and told of: without a pause these take the processor's time from the move.
      await sleep(20)
    }
  }
  const reader = async () => {
    while (going) {
      const { status } = await moved.user.get('/receivables?limit=5')
      reads.push(status)
      await sleep(5)
    }
  }
  const others = async () => {
    while (going) {
      expect((await neighbour.user.post('/tags', { name: `Tag ${performance.now()}` })).status).toBe(201)
      await sleep(10)
    }
  }
  const working = Promise.all([writer(0), writer(1), reader(), others()])
  await sleep(300)
  await move('east')
    .then(() => sleep(300))
    .finally(() => {
      going = false
    })
  await working

  const [home] = await t.sql<Body>('home', MOVED, [moved.partnerId])
  const [east] = await t.sql<Body>('east', MOVED, [moved.partnerId])
  expect(home).toEqual({ documents: 0, partners: 0, away: 0, entries: 0, walls: 0 })
  expect(east).toMatchObject({ documents: issuedBy.length, partners: 1, away: 0, walls: 0 })
  const numbers = await t.sql<{ n: number }>(
    'east',
    `select substring(document_id from '[0-9]+$')::int as n from receivables where partner_id = $1 and document_id is not null order by 1`,
    [moved.partnerId],
  )
  expect(numbers.map(({ n }) => n)).toEqual(issuedBy.map((_, i) => i + 1))
  expect(reads.every((status) => status === 200 || status === 503)).toBe(true)
  expect(reads.filter((status) => status === 503).length).toBeLessThan(reads.length / 4)

  // Every event was told of once.
  const events = await t.sql<{ id: string }>(
    'east',
    `select id from events where partner_id = $1 and object_type = 'receivable' and subscribed`,
    [moved.partnerId],
  )
  for (let i = 0; i < 200 && heard.size < events.length; i++) await sleep(50)
  expect([...heard.keys()].sort()).toEqual(events.map(({ id }) => id).sort())
  expect([...heard.values()].every((times) => times === 1)).toBe(true)
  expect(good(await neighbour.user.get('/tags')).data.length).toBeGreaterThan(2)
  expect(
    said.some((line) => /lives in east; nobody could write for \d+ ms/.test(line)),
    said.join('\n'),
  ).toBe(true)
})

test('what was made before is reached after: tokens, files, and new documents go on', async () => {
  const quote = await draft(moved.user, made, { type: 'quote', payment_terms_id: undefined })
  good(await moved.user.post(`/receivables/${quote.id}/issue`))
  expect((await t.call('GET', `/v1/internal/quotes/${quote.id}`)).status).toBe(200)
  const token = await moved.tokenBy({ grant_type: 'client_credentials' })
  expect((await caller(t, token).get('/entities')).status).toBe(200)
  expect((await caller(t, moved.partner.token).get('/entities')).status).toBe(200)
})

test('is refused where it makes no sense, and where a server does not know of the cell', async () => {
  await expect(move('west')).rejects.toThrow('There is no cell west')
  const nobody = movePartner(t.home, made.customer.id, 'east', { say, audit })
  await expect(nobody).rejects.toThrow('There is no partner')
})
