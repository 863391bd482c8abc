import { once } from 'node:events'
import { appendFileSync, chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPartner } from '../../src/platform/auth/clients.ts'
import { readConfig } from '../../src/platform/config.ts'
import { type Embedded, startEmbedded } from '../../src/platform/database/embedded.ts'
import { migrate } from '../../src/platform/database/migrate.ts'
import { createPool } from '../../src/platform/database/pool.ts'
import type { Replica } from '../../src/platform/database/replica.ts'
import type { App } from '../../src/platform/http/operation.ts'
import { paths } from '../../src/platform/paths.ts'
import { assemble, closeMachinery, openReplica } from '../../src/server.ts'
import { testLog } from '../support/log.ts'
import { organization, VERSION } from '../support/world.ts'

/** Two databases: one that is written to, and a hot standby that follows it and answers what only reads. */

const folder = mkdtempSync(join(tmpdir(), 'quittance-replica-'))
chmodSync(folder, 0o755)
const standbyFolder = join(folder, 'standby')
let database: Embedded
let standby: Embedded
let app: App
let replica: Replica
let close: () => Promise<void>
let onStandby: pg.Client
let headers: Record<string, string>
let other: Record<string, string>
/** Transactions that the standby answered. */
let answered = 0
const partners: string[] = []

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** A copy of the running database that follows it from here on. */
async function follow(): Promise<void> {
  const client = new pg.Client(database.connection)
  await client.connect()
  await client.query(`select pg_backup_start('standby', true)`)
  const skipped = new Set(['postmaster.pid', 'postmaster.opts', 'pg_wal'])
  cpSync(join(folder, 'primary'), standbyFolder, {
    recursive: true,
    filter: (path) => !skipped.has(basename(path)) && !basename(path).startsWith('.s.PGSQL'),
  })
  const { rows } = await client.query<{ labelfile: string }>(`select labelfile from pg_backup_stop(false)`)
  await client.end()
  mkdirSync(join(standbyFolder, 'pg_wal', 'archive_status'), { recursive: true })
  writeFileSync(join(standbyFolder, 'backup_label'), rows[0]!.labelfile)
  writeFileSync(join(standbyFolder, 'standby.signal'), '')
  const { port, user } = database.connection
  appendFileSync(join(standbyFolder, 'postgresql.auto.conf'), `primary_conninfo = 'host=127.0.0.1 port=${port} user=${user}'\n`)
  standby = await startEmbedded({ dataDir: standbyFolder, settings: { fsync: 'off' } })
  onStandby = new pg.Client(standby.connection)
  onStandby.on('error', () => {})
  await onStandby.connect()
}

const call = async (method: 'GET' | 'POST', url: string, who: Record<string, string>, body?: unknown) => {
  const payload = body === undefined ? {} : { payload: JSON.stringify(body) }
  const answer = await app.inject({
    method,
    url: `/v1${url}`,
    headers: { 'content-type': 'application/json', 'x-monite-version': VERSION, ...who },
    ...payload,
  })
  expect(answer.statusCode, answer.body).toBeLessThan(300)
  return answer.json()
}
const names = async (who: Record<string, string>): Promise<string[]> =>
  (await call('GET', '/tags?sort=created_at&order=desc', who)).data.map(({ name }: { name: string }) => name)
const mayAnswerAll = () => partners.every((partner) => replica.mayAnswer(partner))
/** Waits until the standby may answer everybody. */
async function caughtUp() {
  const until = Date.now() + 10_000
  while (!mayAnswerAll() && Date.now() < until) await sleep(5)
  expect(mayAnswerAll()).toBe(true)
}

beforeAll(async () => {
  // The two run under numbers of their own, so the one that follows comes in by a port.
  const port = String(await freePort())
  database = await startEmbedded({
    dataDir: join(folder, 'primary'),
    settings: { fsync: 'off', listen_addresses: '127.0.0.1', port },
  })
  await migrate(database.connection, { dir: paths.migrations })
  await follow()
  const copy = standby.connection
  const url = `postgres://postgres@/postgres?host=${encodeURIComponent(copy.host)}&port=${copy.port}`
  const config = readConfig({}, { data_dir: folder, database_replica_url: url, rate_limit: 0, jobs: 0 })
  const log = testLog()
  const pool = createPool(database.connection, { max: 4 })
  replica = (await openReplica(config, pool, log))!
  replica.pool.on('connect', (client) => {
    const query = client.query.bind(client)
    client.query = ((what: unknown, ...more: unknown[]) => {
      if (what === 'begin read only') answered++
      return Reflect.apply(query, client, [what, ...more])
    }) as typeof client.query
  })
  const parts = await assemble({ config, log, pool, ready: Promise.resolve({ inCells: false, replica }) })
  app = parts.app
  await app.ready()
  close = async () => {
    await app.close()
    await closeMachinery(parts.machinery)
    await Promise.all([replica.close(), pool.end()])
  }
  const enter = async (name: string) => {
    const { client_id, client_secret, partner_id } = await createPartner(parts.machinery.db, name)
    partners.push(partner_id)
    const token = await call('POST', '/auth/token', {}, { grant_type: 'client_credentials', client_id, client_secret })
    const authorization = `Bearer ${token.access_token}`
    const entity = await call('POST', '/entities', { authorization }, organization)
    return { authorization, 'x-monite-entity-id': entity.id as string }
  }
  headers = await enter('One')
  other = await enter('Other')
}, 60_000)

afterAll(async () => {
  await close?.()
  await onStandby?.end().catch(() => {})
  await standby?.stop('immediate')
  await database?.stop('immediate')
  rmSync(folder, { recursive: true, force: true })
})

test('what only reads is answered by the copy', async () => {
  await call('POST', '/tags', headers, { name: 'First' })
  await caughtUp()
  const before = answered
  expect(await names(headers)).toEqual(['First'])
  expect(answered).toBe(before + 1)
})

test('whoever wrote reads what they wrote at once, hundreds of times', async () => {
  for (let n = 0; n < 300; n++) {
    const { id } = await call('POST', '/tags', headers, { name: `Tag ${n}` })
    expect((await call('GET', `/tags/${id}`, headers)).name).toBe(`Tag ${n}`)
  }
})

test('a copy that has fallen behind answers those who did not write, and nobody else', async () => {
  await caughtUp()
  await onStandby.query('select pg_wal_replay_pause()')
  await call('POST', '/tags', headers, { name: 'While it slept' })
  expect(await names(headers)).toContain('While it slept')
  const before = answered
  await names(other)
  expect(answered).toBe(before + 1)
  await names(headers)
  expect(answered).toBe(before + 1)
  await onStandby.query('select pg_wal_replay_resume()')
  await caughtUp()
  expect(await names(headers)).toContain('While it slept')
  expect(answered).toBeGreaterThan(before + 1)
})

test('without the copy the database answers, and the copy does again when it is back', async () => {
  await standby.stop('immediate')
  for (let n = 0; n < 20; n++) expect(await names(headers)).toContain('While it slept')
  standby = await startEmbedded({ dataDir: standbyFolder, settings: { fsync: 'off' } })
  await caughtUp()
  expect(await names(headers)).toContain('While it slept')
})

test('a copy that became a database of its own is asked no more', async () => {
  await caughtUp()
  onStandby = new pg.Client(standby.connection)
  onStandby.on('error', () => {})
  await onStandby.connect()
  await onStandby.query('select pg_promote()')
  const until = Date.now() + 10_000
  while (mayAnswerAll() && Date.now() < until) await sleep(20)
  expect(mayAnswerAll()).toBe(false)
  expect(await names(headers)).toContain('While it slept')
})
