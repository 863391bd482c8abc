import { afterAll, describe, expect, test } from 'vitest'
import { documentOf } from '../../src/platform/http/openapi.ts'
import { LIST_MAX } from '../../src/platform/http/validation.ts'
import type { Schema } from '../fuzz/generate.ts'
import { situation } from '../isolation/places.ts'
import { filled, type Owner } from '../isolation/resources.ts'
import { type Part, partOf } from '../support/areas.ts'
import { type Client, house, world } from '../support/world.ts'
import { faulty, hasEndlessText, long, PIECES, queries, type Sent, UNREADABLE, wordy } from './bodies.ts'
import { longestBlock } from './watch.ts'

/**
 * While one request is read, refused or done, and while the jobs that it makes are done, the server answers others. Every operation is
 * sent the largest bodies it takes and those with the most faults; the thread is never busy with one of them for longer than this.
 */
const BLOCK_MS = 200

/** Sends the operations of a part all that may keep the thread busy. */
export async function goesOnAnswering(part: Part): Promise<void> {
  const { app } = await house()
  const own = await world()
  const berlin: Owner = { user: own.berlin, entityId: own.berlin.entityId!, partner: own.partnerIn(own.berlin.entityId!) }
  const document = documentOf(app) as { paths: Record<string, Record<string, { responses: Record<string, unknown> }>> }
  const all = app.operations.map(({ method, url, operation: { id, may, entity }, schema }) => ({
    method,
    url,
    id,
    may,
    entity,
    query: schema.querystring as Schema,
    body: schema.body as Schema,
    declared: new Set(Object.keys(document.paths[url.replace(/:(\w+)/g, '{$1}')]![method.toLowerCase()]!.responses).map(Number)),
  }))
  type Op = (typeof all)[number]
  const operations = all.filter((op) => partOf(op) === part)

  const asker = (op: Op): Client =>
    op.may === 'anyone' ? own.nobody : op.may === 'partner' ? (op.entity === 'header' ? berlin.partner : own.partner) : own.berlin

  /** How long the thread was busy with each request, and what it was. */
  const seen: { blocked_ms: number; about: string }[] = []

  async function send(op: Op, url: string, text?: string): Promise<number> {
    const { token, entityId } = asker(op)
    const headers = {
      'x-monite-version': '2024-05-25',
      ...(token && { authorization: `Bearer ${token}` }),
      ...(entityId && { 'x-monite-entity-id': entityId }),
      ...(text !== undefined && { 'content-type': 'application/json' }),
    }
    // Past the checks that tests make of each answer: they would be measured, too.
    const { statusCode } = await app.inject({ method: op.method as 'POST', url, headers, payload: text })
    return statusCode
  }

  /** Does the jobs there are. Documents are set, and files are drawn and read, by threads and processes of their own. */
  async function work(): Promise<void> {
    await own.sql(`delete from jobs where partner_id = $1 and kind ~ '[.](render_pdf|draw|read|make)$'`, [own.partner_id])
    await own.work()
  }

  /** Sends it, and does the jobs it made. What takes too long is sent three times more: the first time schemas are compiled, and others may be at work. */
  async function hold(op: Op, url: string, kind: string, text?: string): Promise<number> {
    let status = 0
    const measure = () =>
      longestBlock(async () => {
        status = await send(op, url, text)
        if (status < 300 && op.method !== 'GET') await work()
      })
    let blocked_ms = await measure()
    for (let again = 0; blocked_ms > BLOCK_MS && again < 3; again++) blocked_ms = Math.min(blocked_ms, await measure())
    seen.push({ blocked_ms, about: `${op.method} ${op.url}: ${kind} → ${status}` })
    expect(blocked_ms, kind).toBeLessThan(BLOCK_MS)
    expect([...op.declared, 413], kind).toContain(status)
    return status
  }

  describe('the server goes on answering others while one sends', () => {
    test.each(operations.filter(({ body }) => body))(
      'the largest and worst to $method $url',
      { timeout: 300_000 },
      async (op) => {
        let { ids, body } = await situation(berlin, op, 'loop')
        for (const { kind, text } of faulty(op.body, body)) await hold(op, filled(op.url, ids), kind, text)
        const good: Sent[] = [
          { kind: 'long lists', text: JSON.stringify(long(op.body, body, LIST_MAX)) },
          ...(hasEndlessText(op.body) ? PIECES : PIECES.slice(0, 1)).map((piece) => ({
            kind: `texts of ${JSON.stringify(piece)}`,
            text: JSON.stringify(wordy(op.body, body, piece, 100_000)),
          })),
        ]
        // What can be done only once needs something new to be done to.
        for (const { kind, text } of good)
          if ([404, 409].includes(await hold(op, filled(op.url, ids), kind, text))) {
            ids = (await situation(berlin, op, 'loop')).ids
            await hold(op, filled(op.url, ids), kind, text)
          }
      },
    )

    test.each(operations.filter(({ query }) => query))('the longest queries to $method $url', { timeout: 60_000 }, async (op) => {
      const { ids } = await situation(berlin, op, 'loop')
      for (const query of queries(op.query)) await hold(op, `${filled(op.url, ids)}?${query}`, `?${query.slice(0, 40)}…`)
    })
  })

  // What is no JSON at all is sent to one operation.
  const tags = operations.find(({ id }) => id === 'post_tags')
  if (tags)
    test.each(UNREADABLE)('$kind', { timeout: 60_000 }, async ({ kind, text }) => {
      expect(await hold(tags, tags.url, kind, text)).toBeGreaterThanOrEqual(400)
    })

  afterAll(() => {
    const slowest = seen.sort((a, b) => b.blocked_ms - a.blocked_ms).slice(0, 10)
    console.log(
      `${seen.length} requests; the thread was busy longest with:`,
      slowest.map(({ blocked_ms, about }) => `\n  ${blocked_ms.toFixed(0).padStart(4)} ms  ${about}`).join(''),
    )
  })
}
