import pg from 'pg'
import { inject } from 'vitest'
import { startEmbedded } from '../../src/platform/database/embedded.ts'
import { migrate, pending } from '../../src/platform/database/migrate.ts'
import { paths } from '../../src/platform/paths.ts'
import { migrationsHash, placeCluster } from './kept-cluster.ts'

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
export const emptyDatabase = (): Promise<TestDatabase & { drop(): Promise<void> }> => create('template template0')

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
    await placeCluster(dataDir)
    const { connection } = await startEmbedded({ dataDir, settings: UNSAFE })
    // A database can be copied as long as nobody is in it, so who makes databases is in another one.
    return (database = 'template1') => ({ ...connection, database })
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

/**
 * What databases are copied from: the one that the cluster of this run came with, unless the migrations have changed since. Otherwise it is
 * made by whichever worker comes first. Its name follows the migrations, so watch mode notices a change.
 */
function migratedTemplate(): Promise<string> {
  held.template ??= asAdmin(async (admin) => {
    const connect = await server()
    const { url, prefix } = inject('testRun')
    const isMigrated = async () => (await pending(connect('postgres'), { dir: paths.migrations })).length === 0
    if (!url && (await isMigrated().catch(() => false))) return 'postgres'
    const name = `${prefix}_t${migrationsHash()}`
    await admin.query(`select pg_advisory_lock(hashtext('quittance test template'))`)
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [name])
    if (rowCount) return name
    await admin.query(`drop database if exists ${name}_new with (force)`)
    await admin.query(`create database ${name}_new template template0`)
    await migrate(connect(`${name}_new`), { dir: paths.migrations })
    await admin.query(`alter database ${name}_new rename to ${name}`)
    return name
  })
  return held.template
}
