import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startEmbedded } from '../../src/platform/database/embedded.ts'
import { ask, credentialsIn, invoiceBy, machine, type Server } from '../faults/process.ts'
import { organization } from '../support/world.ts'

/** A server behind PgBouncer in transaction mode, before a database whose own zone is far from UTC. Skipped where it isn't installed. */

const installed = (() => {
  try {
    return execFileSync('pgbouncer', ['--version'], { encoding: 'utf8' }).split('\n')[0]
  } catch {
    return null
  }
})()
if (!installed) console.log('skipped: PgBouncer is not installed (Debian: apt-get install pgbouncer)')

const PORT = 21_000 + (process.pid % 9_000)
const folder = mkdtempSync(join(tmpdir(), 'quittance-pgbouncer-'))
const cluster = machine({}, { bare: true })
let bouncer: ChildProcess | undefined
let home: ReturnType<typeof machine>
let server: Server
let headers: Record<string, string>

beforeAll(async () => {
  if (!installed) return
  const { connection } = await startEmbedded({ dataDir: cluster.dataDir, settings: { timezone: 'Pacific/Kiritimati' } })
  await cluster.sql('create database own')
  await cluster.sql(`alter database own set timezone = 'Pacific/Kiritimati'`)
  chmodSync(folder, 0o777)
  writeFileSync(join(folder, 'users'), '"postgres" ""\n', { mode: 0o644 })
  const settings = `[databases]
own = host=${connection.host} port=${connection.port} dbname=own user=postgres pool_size=4
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${PORT}
unix_socket_dir =
auth_type = trust
auth_file = ${join(folder, 'users')}
pool_mode = transaction
max_client_conn = 200
`
  writeFileSync(join(folder, 'pgbouncer.ini'), settings, { mode: 0o644 })
  // It refuses root; whoever runs it has to reach the database's socket.
  chmodSync(cluster.dataDir, 0o700)
  const { uid } = (await import('node:fs')).statSync(cluster.dataDir)
  bouncer = spawn('pgbouncer', [join(folder, 'pgbouncer.ini')], {
    stdio: 'ignore',
    ...(process.getuid?.() === 0 && { uid, gid: uid }),
  })
  const open = () =>
    new Promise<boolean>((answer) => {
      const socket = connect(PORT, '127.0.0.1', () => answer(true)).on('error', () => answer(false))
      socket.on('close', () => {}).end()
    })
  while (!(await open())) await sleep(50)

  home = machine({
    DATABASE_URL: `postgresql://postgres@127.0.0.1:${PORT}/own`,
    DATABASE_DIRECT_URL: `postgresql://postgres@${encodeURIComponent(connection.host)}:${connection.port}/own`,
    DATABASE_POOLER: 'true',
    DATABASE_PREPARE: 'false',
    DATABASE_POOL: '20',
  })
  server = await home.start()
  const grant = { grant_type: 'client_credentials', ...credentialsIn(server.output()) }
  const { status, body: token } = (await ask(`${server.url}/v1/auth/token`, {}, 'POST', grant))!
  expect(status).toBe(200)
  headers = { authorization: `Bearer ${token.access_token}` }
}, 120_000)

afterAll(async () => {
  await server?.kill('SIGTERM')
  bouncer?.kill()
  await home?.remove()
  await cluster.remove()
  rmSync(folder, { recursive: true, force: true })
}, 60_000)

const post = async (path: string, body?: unknown, more: Record<string, string> = {}) => {
  const answer = (await ask(`${server.url}/v1${path}`, { ...headers, ...more }, 'POST', body))!
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300)
  return answer.body
}

test.runIf(installed)('times are UTC, whatever the zone of the database', async () => {
  const entity = await post('/entities', organization)
  const tag = await post('/tags', { name: 'Now' }, { 'x-monite-entity-id': entity.id! })
  expect(tag.created_at).toMatch(/\+00:00$/)
  expect(Math.abs(Date.parse(tag.created_at!) - Date.now())).toBeLessThan(60_000)
})

test.runIf(installed)(
  'of forty callers at once on four connections nobody sees or changes what is another entity’s',
  {
    timeout: 120_000,
  },
  async () => {
    const entities = await Promise.all(Array.from({ length: 8 }, async () => (await post('/entities', organization)).id!))
    await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        const entity = entities[n % 8]!
        const own = { 'x-monite-entity-id': entity }
        for (let i = 0; i < 10; i++) {
          await post('/tags', { name: `${entity} ${n} ${i}` }, own)
          const { body } = (await ask(`${server.url}/v1/tags?limit=100`, { ...headers, ...own }))!
          const names = (body.data as unknown as { name: string }[]).map(({ name }) => name)
          expect(names.filter((name) => !name.startsWith(entity))).toEqual([])
        }
      }),
    )
  },
)

test.runIf(installed)('invoices are issued, jobs are done, and the books are in order', { timeout: 60_000 }, async () => {
  const entity = (await post('/entities', organization)).id!
  const own = { 'x-monite-entity-id': entity }
  const draft = await invoiceBy((path, body) => post(path, body, own), entity)
  const { id } = await post('/receivables', draft, own)
  await post(`/receivables/${id}/issue`, undefined, own)
  const pdf = async () => (await ask(`${server.url}/v1/receivables/${id}/pdf_link`, { ...headers, ...own }))!.body.file_url
  await expect.poll(pdf, { timeout: 20_000 }).toBeTruthy()
  const { code, output } = await home.run('audit')
  expect(code, output).toBe(0)
})
