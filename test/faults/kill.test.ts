import { afterAll, beforeAll, expect, test } from 'vitest'
import { organization } from '../support/world.ts'
import { ask, invoiceBy, machine, type Server, signIn } from './process.ts'

/** A real server process under real writers, killed without a word; KILLS=20 for more. */

const KILLS = Number(process.env.KILLS ?? 3)
const WRITERS = 50
const WRITES = 200

const computer = machine()
let server: Server
let headers: Record<string, string>
let draft: Record<string, unknown>

beforeAll(async () => {
  server = await computer.start()
  headers = await signIn(server)
  const { body: entity } = (await ask(`${server.url}/v1/entities`, headers, 'POST', organization))!
  headers['x-monite-entity-id'] = entity.id!
  draft = await invoiceBy(async (path, body) => (await ask(`${server.url}/v1${path}`, headers, 'POST', body))!.body, entity.id!)
}, 120_000)

afterAll(async () => {
  await server?.kill('SIGTERM')
  await computer.remove()
}, 60_000)

/** Writes until nobody answers any more, or only that the database is gone. Remembers what was acknowledged, and nothing else. */
async function write(kept: Map<string, string>, enough: () => Promise<void>, writer: number): Promise<void> {
  for (let i = 0; ; i++) {
    if (i % 5 > 0) {
      const tag = await ask(`${server.url}/v1/tags`, headers, 'POST', { name: `${writer} ${i} ${Math.random()}` })
      if (!tag || tag.status >= 500) return
      expect(tag.status, JSON.stringify(tag.body)).toBe(201)
      kept.set(tag.body.id!, 'tag')
    } else {
      const made = await ask(`${server.url}/v1/receivables`, headers, 'POST', draft)
      if (!made || made.status >= 500) return
      expect(made.status, JSON.stringify(made.body)).toBe(201)
      kept.set(made.body.id!, 'draft')
      const issued = await ask(`${server.url}/v1/receivables/${made.body.id}/issue`, headers, 'POST')
      if (!issued || issued.status >= 500) return
      expect(issued.status, JSON.stringify(issued.body)).toBe(200)
      kept.set(made.body.id!, issued.body.document_id!)
    }
    if (kept.size >= WRITES) void enough()
  }
}

test('what was acknowledged is there after a kill, whatever the server was doing', {
  timeout: 60_000 + KILLS * 60_000,
}, async () => {
  const kept = new Map<string, string>()
  const ready: number[] = []
  for (let kill = 1; kill <= KILLS; kill++) {
    const before = kept.size
    const round = new Map<string, string>()
    const killed = new Promise<void>((done, failed) => {
      // Every other time it is the database that goes first, in the middle of its commits, and has to recover from its log.
      let once = false
      const enough = async () => {
        if (once) return
        once = true
        if (kill % 2 === 0) await computer.stopDatabase('immediate')
        await server.kill().then(done, failed)
      }
      Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(round, enough, writer))).catch(failed)
    })
    await killed
    for (const [id, what] of round) kept.set(id, what)
    expect(kept.size).toBeGreaterThanOrEqual(before + WRITES)
    server = await computer.start()
    ready.push(server.ready_ms)

    const tags = await computer.sql<{ id: string }>('select id from tags')
    const receivables = await computer.sql<{ id: string; status: string; document_id: string | null }>(
      'select id, status, document_id from receivables',
    )
    const there = new Map<string, string>([
      ...tags.map(({ id }) => [id, 'tag'] as const),
      ...receivables.map(({ id, document_id }) => [id, document_id ?? 'draft'] as const),
    ])
    // A draft whose issue was not acknowledged may have been issued all the same.
    const lost = [...kept].filter(([id, what]) => (what === 'draft' ? !there.has(id) : there.get(id) !== what))
    expect(lost).toEqual([])
    const { code, output } = await computer.run('audit')
    expect(output).not.toContain('BROKEN')
    expect(code, output).toBe(0)
  }
  console.log(
    `${KILLS} kills under ${WRITERS} writers: ${kept.size} acknowledged writes, none lost; from start to first answer ${ready.join(', ')} ms`,
  )
  expect(Math.max(...ready)).toBeLessThan(15_000)
})
