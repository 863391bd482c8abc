import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Body, type World, world } from '../../test/support/world.ts'
import { verify } from '../platform/webhooks/signature.ts'
import { listen } from './listen.ts'
import { trigger } from './trigger.ts'

/** An endpoint of somebody who develops, with what it heard; it fails as often as it is told to. */
const heard: { body: Body; text: string; signature: string }[] = []
let failures = 0
const server = createServer((request, response) => {
  let text = ''
  request.on('data', (piece) => (text += piece))
  request.on('end', () => {
    if (failures-- > 0) return response.writeHead(500).end()
    heard.push({ body: JSON.parse(text), text, signature: String(request.headers['monite-signature']) })
    response.end()
  })
})
const folder = mkdtempSync(join(tmpdir(), 'quittance-listen-'))
let w: World
let target: string
beforeAll(async () => {
  w = await world()
  await new Promise<void>((up) => server.listen(0, '127.0.0.1', up))
  target = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Listens until there is as much as the test waits for. */
async function listening(count: number, work: () => Promise<unknown>): Promise<string[]> {
  const stop = new AbortController()
  const lines: string[] = []
  const before = heard.length
  const over = listen({
    db: w.machinery.db,
    data_dir: folder,
    api_version: '2024-05-25',
    targets: [target],
    partner: w.partner_id,
    say: (line) => lines.push(line),
    signal: stop.signal,
  })
  await expect.poll(() => lines.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(3)
  await work()
  await expect.poll(() => heard.length - before, { timeout: 10_000 }).toBeGreaterThanOrEqual(count)
  stop.abort()
  await over
  return lines
}

test('events are handed on signed, once, tried again where the endpoint fails, and from where it stopped', async () => {
  await w.berlin.post('/tags', { name: 'before' })
  failures = 1
  const lines = await listening(2, async () => {
    for (const name of ['one', 'two']) await w.berlin.post('/tags', { name })
  })
  const secret = lines[0]!.split(/\s+/).at(-1)!
  expect(heard.map(({ body }) => body.action)).toEqual(['tag.created', 'tag.created'])
  for (const { text, signature } of heard) expect(verify(secret, text, signature, Date.now() / 1000)).toBe(true)
  // What happens while nobody listens comes afterwards, and nothing comes twice.
  await w.berlin.post('/tags', { name: 'three' })
  const again = await listening(2, () => w.berlin.post('/tags', { name: 'four' }))
  expect(again[0]).toBe(lines[0])
  expect(heard).toHaveLength(4)
  expect(new Set(heard.map(({ body }) => body.id)).size).toBe(4)
})

test('an event by hand is about what is there, and changes nothing', async () => {
  const { body: tag } = await w.berlin.post('/tags', { name: 'five' })
  await listening(2, () => trigger(w.machinery.db, 'tag.updated', tag.id))
  expect(heard.at(-1)?.body).toMatchObject({ action: 'tag.updated', object_id: tag.id, entity_id: w.berlin.entityId })
  expect((await w.berlin.get(`/tags/${tag.id}`)).body).toEqual(tag)
  await expect(trigger(w.machinery.db, 'tag.updatd', undefined)).rejects.toThrow('Did you mean tag.updated?')
  await expect(trigger(w.machinery.db, 'tag.updated', crypto.randomUUID())).rejects.toThrow('There is no tag')
})
