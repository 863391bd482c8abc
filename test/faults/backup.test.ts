import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startEmbedded } from '../../src/platform/database/embedded.ts'
import { organization, VERSION } from '../support/world.ts'
import { ask, invoiceBy, machine, type Server, signIn } from './process.ts'

/** Backups of a server that is being written to, and what comes back of them on another machine. */

const folder = mkdtempSync(join(tmpdir(), 'quittance-backups-'))
const machines: ReturnType<typeof machine>[] = []
const newMachine = (settings: Record<string, string> = {}, bare = false) => {
  const one = machine(settings, { bare })
  machines.push(one)
  return one
}
const home = newMachine()
let server: Server
let headers: Record<string, string>
const acknowledged: string[] = []
const numbers: string[] = []
let writing = true
/** Between two backups nothing is written, as it would only take the time of what is tested. */
let resting = false
let writers: Promise<unknown>

const send = async (path: string, body?: unknown): Promise<Record<string, string>> => {
  const answer = await ask(`${server.url}/v1${path}`, headers, 'POST', body)
  if (!answer || answer.status >= 300) throw new Error(`${path}: ${answer?.status} ${JSON.stringify(answer?.body)}`)
  return answer.body
}
async function upload(text: string): Promise<string> {
  const form = new FormData()
  // A table, of which the server draws no pictures: they would take the processor's time from what is tested.
  form.append('file', new Blob([`written by,${text}`], { type: 'text/csv' }), 'written.csv')
  form.append('file_type', 'attachments')
  const answer = await fetch(`${server.url}/v1/files`, {
    method: 'POST',
    headers: { 'x-monite-version': VERSION, ...headers },
    body: form,
  })
  expect(answer.status).toBe(201)
  return ((await answer.json()) as { id: string }).id
}

beforeAll(async () => {
  server = await home.start()
  headers = await signIn(server)
  headers['x-monite-entity-id'] = (await send('/entities', organization)).id!
  const draft = await invoiceBy(send, headers['x-monite-entity-id'])
  const write = async (writer: number) => {
    for (let n = 0; writing; n++) {
      await sleep(80)
      if (resting) continue
      if (n % 5 === 4) acknowledged.push(await upload(`${writer} ${n}`))
      else if (n % 5 === 0) {
        const { id } = await send('/receivables', draft)
        numbers.push((await send(`/receivables/${id}/issue`)).document_id!)
        acknowledged.push(id!)
      } else acknowledged.push((await send('/tags', { name: `${writer} ${n} ${Math.random()}` })).id!)
    }
  }
  writers = Promise.all(Array.from({ length: 8 }, (_, writer) => write(writer)))
  while (acknowledged.length < 60) await Promise.race([sleep(50), writers])
  resting = true
}, 120_000)

afterAll(async () => {
  writing = false
  await writers
  await server?.kill('SIGTERM')
  for (const one of machines) await one.remove()
  rmSync(folder, { recursive: true, force: true })
}, 60_000)

/** Makes a backup under the writers; answers what was acknowledged before it began. */
async function made(path: string): Promise<string[]> {
  resting = false
  const many = acknowledged.length + 20
  while (writing && acknowledged.length < many) await Promise.race([sleep(20), writers])
  const before = [...acknowledged]
  const { code, output } = await home.run('backup', path)
  resting = true
  expect(code, output).toBe(0)
  expect(output).toMatch(/\d+ rows of \d+ tables and \d+ files/)
  return before
}
async function nothingLost(there: Pick<ReturnType<typeof machine>, 'sql'>, before: string[]) {
  const rows = await there.sql<{ id: string }>(
    'select id from tags union all select id from receivables union all select id from files',
  )
  const ids = new Set(rows.map(({ id }) => id))
  expect(before.filter((id) => !ids.has(id))).toEqual([])
  // What comes next does not take the number of a job that was waiting.
  const NEXT = 'select is_called and last_value >= (select coalesce(max(id), 0) from jobs) as is_free from jobs_id_seq'
  expect(await there.sql(NEXT)).toEqual([{ is_free: true }])
}
async function booksHold(there: ReturnType<typeof machine>) {
  const { code, output } = await there.run('audit')
  expect(code, output).toBe(0)
}

test('a folder made under 8 writers brings everything back elsewhere, and life goes on there', { timeout: 180_000 }, async () => {
  const path = join(folder, 'as-folder')
  const before = await made(path)
  const there = newMachine({}, true)
  const { code, output } = await there.run('restore', path)
  expect(code, output).toBe(0)
  await nothingLost(there, before)
  const other = await there.start()
  const tag = (await ask(`${other.url}/v1/tags`, headers, 'POST', { name: 'There' }))!
  expect(tag.status).toBe(201)
  const [file] = await there.sql<{ id: string }>(`select id from files where name = 'written.csv' limit 1`)
  const { body } = (await ask(`${other.url}/v1/files/${file!.id}`, headers))!
  const path_ = new URL(body.url!).pathname
  expect(await fetch(`${other.url}${path_}`).then((answer) => answer.text())).toContain('written by,')
  const draft = await invoiceBy(
    async (to, what) => (await ask(`${other.url}/v1${to}`, headers, 'POST', what))!.body,
    headers['x-monite-entity-id']!,
  )
  const { body: invoice } = (await ask(`${other.url}/v1/receivables`, headers, 'POST', draft))!
  const { body: issued } = (await ask(`${other.url}/v1/receivables/${invoice.id}/issue`, headers, 'POST'))!
  expect(issued.document_id).toMatch(/^INV-\d+$/)
  await booksHold(there)
  await other.kill('SIGTERM')
})

test('a ZIP file moves it into a PostgreSQL of one’s own, whose owner is no superuser', { timeout: 180_000 }, async () => {
  const path = join(folder, 'backup.zip')
  const before = await made(path)
  const cluster = newMachine({}, true)
  const { connection } = await startEmbedded({ dataDir: cluster.dataDir })
  for (const text of [
    'create role owner login createrole',
    ...['app', 'system', 'nobody'].map((name) => `create role quittance_${name} nologin`),
    'grant quittance_app, quittance_system, quittance_nobody to owner with admin option',
    'create database own owner owner',
  ])
    await cluster.sql(text)
  const database_url = `postgresql://owner@${encodeURIComponent(connection.host)}:${connection.port}/own`
  const there = newMachine({ DATABASE_URL: database_url }, true)
  const { code, output } = await there.run('restore', path)
  expect(code, output).toBe(0)
  const own = new pg.Client({ connectionString: `${database_url.replace('owner@', 'postgres@')}` })
  await own.connect()
  await nothingLost({ sql: async (text: string) => (await own.query(text)).rows }, before)
  await booksHold(there)
  const { rows } = await own.query(
    `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relrowsecurity and not relforcerowsecurity`,
  )
  expect(rows).toEqual([])
  const again = await there.run('restore', path)
  expect([again.code, again.output]).toEqual([1, expect.stringContaining('holds partners already')])
  // And back out of it, as a backup of its own.
  const copy = await there.run('backup', join(folder, 'own.zip'))
  expect(copy.code, copy.output).toBe(0)
  await own.end()
})

test('a backup that is not whole, or was touched, is refused and leaves an empty database empty', {
  timeout: 120_000,
}, async () => {
  const path = join(folder, 'as-folder')
  const refused = async (what: string) => {
    const there = newMachine()
    const { code, output } = await there.run('restore', path)
    expect([code, output]).toEqual([1, expect.stringContaining(what)])
    const [{ count } = { count: 0 }] = await there
      .sql<{ count: number }>('select count(*)::int as count from partners')
      .catch(() => [{ count: 0 }])
    expect(count).toBe(0)
  }
  const manifest = readFileSync(join(path, 'backup.json'), 'utf8')
  writeFileSync(join(path, 'backup.json'), manifest.replace(/("name": "tags",[^}]*"sha256": ")[0-9a-f]{8}/, '$100000000'))
  await refused('table tags is not what was written')
  writeFileSync(join(path, 'backup.json'), manifest)
  const files = readdirSync(join(path, 'files'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  rmSync(join(files[0]!.parentPath, files[0]!.name))
  await refused('is not whole')
  const zip = join(folder, 'backup.zip')
  truncateSync(zip, 10_000)
  const { code, output } = await newMachine().run('restore', zip)
  expect([code, output]).toEqual([1, expect.stringContaining('is not a whole backup')])
  const taken = await home.run('backup', path)
  expect([taken.code, taken.output]).toEqual([1, expect.stringContaining('is there already')])
})
