import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'
import { startEmbedded } from '../../src/platform/database/embedded.ts'
import { migrate } from '../../src/platform/database/migrate.ts'
import { paths } from '../../src/platform/paths.ts'

export interface TestDatabase {
  readonly connection: pg.ClientConfig
}

/** What this worker process has, kept outside the module because Vitest may load a module once for each test file. */
interface Held {
  server?: Promise<Server>
  template?: Promise<string>
  shared?: Promise<TestDatabase>
  made: number
}
type Server = (database?: string) => pg.ClientConfig

const HELD = Symbol.for('quittance.test.database')
const shelf = globalThis as { [HELD]?: Held }
shelf[HELD] ??= { made: 0 }
const held = shelf[HELD]

/** Nothing in a test run has to survive a power cut. */
const UNSAFE = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_connections: '200' }

/** What all servers over one database seal by. */
export const SECRETS_KEY = Buffer.alloc(32, 'test').toString('base64')

/** The migrated database of this worker process. Tests share it; each makes its own partner. */
export function testDatabase(): Promise<TestDatabase> {
  held.shared ??= freshDatabase()
  return held.shared
}

/** A migrated database of the test's own, for what changes roles, settings or the schema. Those left over go with the run. */
export async function freshDatabase(): Promise<TestDatabase & { drop(): Promise<void> }> {
  const template = await migratedTemplate()
  return create(`template ${template}`)
}

/** A database without any tables. */
export const emptyDatabase = (): Promise<TestDatabase & { drop(): Promise<void> }> => create('')

async function create(from: string) {
  held.made += 1
  const name = `${inject('testRun').prefix}_${process.pid}_${held.made}`
  const connect = await server()
  await asAdmin((admin) => admin.query(`create database ${name} ${from}`))
  const drop = () => asAdmin((admin) => admin.query(`drop database if exists ${name} with (force)`)).then(() => {})
  return { connection: connect(name), drop }
}

/** How to connect to a database of the run's server, which the first worker that asks starts. */
function server(): Promise<Server> {
  held.server ??= (async () => {
    const { dataDir, url } = inject('testRun')
    if (url) return (database) => partsOf(database ? withDatabase(url, database) : url)
    const { connection } = await startEmbedded({ dataDir, settings: UNSAFE })
    return (database = 'postgres') => ({ ...connection, database })
  })()
  return held.server
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url)
  changed.pathname = `/${database}`
  return changed.href
}

/** Host, port and so on apart, as tests that stand in between need them; an address with options stays what it is. */
function partsOf(url: string): pg.ClientConfig {
  const { hostname, port, username, password, pathname, search } = new URL(url)
  if (search) return { connectionString: url }
  return {
    host: hostname,
    port: Number(port || 5432),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
  }
}

async function asAdmin<T>(work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client((await server())())
  admin.on('error', () => {})
  await admin.connect()
  return work(admin).finally(() => admin.end())
}

/** Migrated once a run, by whichever worker comes first. Its name follows the migrations, so watch mode notices a change. */
function migratedTemplate(): Promise<string> {
  held.template ??= asAdmin(async (admin) => {
    const name = `${inject('testRun').prefix}_t${fingerprint(paths.migrations)}`
    await admin.query(`select pg_advisory_lock(hashtext('quittance test template'))`)
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [name])
    if (rowCount) return name
    await admin.query(`drop database if exists ${name}_new with (force)`)
    await admin.query(`create database ${name}_new`)
    await migrate((await server())(`${name}_new`), { dir: paths.migrations })
    await admin.query(`alter database ${name}_new rename to ${name}`)
    return name
  })
  return held.template
}

function fingerprint(dir: string): string {
  const hash = createHash('sha256')
  for (const name of readdirSync(dir).sort()) hash.update(name).update(readFileSync(join(dir, name)))
  return hash.digest('hex').slice(0, 10)
}
