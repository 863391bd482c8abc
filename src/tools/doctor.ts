import { access, constants, mkdir, statfs } from 'node:fs/promises'
import { createConnection, createServer } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import type { Config } from '../platform/config.ts'
import { readConfig } from '../platform/config.ts'

/** Looks at everything a start needs and says what to do where something is missing. It changes nothing. */

type Verdict = 'ok' | 'note' | 'fault'
export interface Found {
  readonly verdict: Verdict
  readonly what: string
  readonly says: string
}

const NODE_MIN = [20, 19] as const
const ROOM_MIN_MB = 1024
const REACH_MS = 5_000

const found = (verdict: Verdict, what: string, says: string): Found => ({ verdict, what, says })

export async function examine(env: NodeJS.ProcessEnv = process.env): Promise<Found[]> {
  const all = [node()]
  let config: Config
  try {
    config = readConfig(env)
    all.push(found('ok', 'settings', 'every variable has a value that fits'))
  } catch (error) {
    all.push(found('fault', 'settings', (error as Error).message))
    return all
  }
  all.push(await folder(config), await port(config), await database(config), await mail(config), publicAddress(config))
  return all
}

function node(): Found {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const old = major < NODE_MIN[0] || (major === NODE_MIN[0] && minor < NODE_MIN[1])
  const version = process.versions.node
  if (old) return found('fault', 'Node', `${version} is too old: install Node ${NODE_MIN.join('.')} or newer, best 24`)
  return found('ok', 'Node', version)
}

async function folder({ data_dir }: Config): Promise<Found> {
  try {
    await mkdir(data_dir, { recursive: true })
    await access(data_dir, constants.W_OK)
    const { bavail, bsize } = await statfs(data_dir)
    const room_mb = Math.floor((bavail * bsize) / 1_048_576)
    const says = `${data_dir}, ${room_mb} MB of room`
    return found(room_mb < ROOM_MIN_MB ? 'note' : 'ok', 'data folder', room_mb < ROOM_MIN_MB ? `${says}: that is little` : says)
  } catch (error) {
    return found(
      'fault',
      'data folder',
      `${data_dir} can't be written (${(error as Error).message}): set DATA_DIR to a folder of your own`,
    )
  }
}

async function port({ host, port }: Config): Promise<Found> {
  if (port === 0) return found('ok', 'port', 'any free one')
  const server = createServer()
  const error = await new Promise<NodeJS.ErrnoException | null>((done) => {
    server.once('error', done)
    server.listen(port, host, () => done(null))
  })
  await new Promise((done) => server.close(done))
  if (!error) return found('ok', 'port', `${host}:${port} is free`)
  const why = error.code === 'EADDRINUSE' ? 'is taken, maybe by a server of yours that runs' : `can't be used (${error.code})`
  return found('note', 'port', `${host}:${port} ${why}: set PORT to another one, or stop it`)
}

async function database({ database_url, data_dir }: Config): Promise<Found> {
  if (database_url === '') {
    const there = await access(join(data_dir, 'postgres', 'PG_VERSION')).then(
      () => true,
      () => false,
    )
    return found('ok', 'database', there ? `embedded, in ${join(data_dir, 'postgres')}` : 'embedded; the first start makes it')
  }
  const client = new pg.Client({ connectionString: database_url, connectionTimeoutMillis: REACH_MS })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query(
      `select current_setting('server_version_num')::int as version, to_regclass('schema_migrations') is not null as migrated,
         (select rolcreaterole or rolsuper from pg_roles where rolname = current_user) as may`,
    )
    const [{ version, migrated, may }] = rows as [{ version: number; migrated: boolean; may: boolean }]
    const name = `PostgreSQL ${Math.floor(version / 10_000)}`
    if (version < 150_000) return found('fault', 'database', `${name} is too old: 15 or newer is needed`)
    if (!may && !migrated)
      return found(
        'fault',
        'database',
        `${name}: its user may not make roles, which the first start does: alter role … createrole`,
      )
    return found('ok', 'database', migrated ? name : `${name}, empty; the first start fills it`)
  } catch (error) {
    return found(
      'fault',
      'database',
      `DATABASE_URL leads nowhere (${(error as Error).message}): check host, port, user and password`,
    )
  } finally {
    await client.end().catch(() => {})
  }
}

async function mail({ smtp_url }: Config): Promise<Found> {
  if (smtp_url === '') return found('note', 'mail', 'SMTP_URL is empty: mails stay in the database')
  const { hostname, port, protocol } = new URL(smtp_url)
  const at = { host: hostname, port: Number(port) || (protocol === 'smtps:' ? 465 : 587) }
  const reached = await new Promise<Error | null>((done) => {
    const socket = createConnection(at, () => done(null))
    socket.setTimeout(REACH_MS, () => done(new Error('nobody answers')))
    socket.on('error', done)
    setTimeout(() => socket.destroy(), REACH_MS).unref()
  })
  const name = `${at.host}:${at.port}`
  return reached
    ? found('fault', 'mail', `${name} can't be reached (${reached.message}): check SMTP_URL`)
    : found('ok', 'mail', name)
}

function publicAddress({ public_url, host }: Config): Found {
  if (public_url !== '') return found('ok', 'address', public_url)
  const says = 'PUBLIC_URL is empty: links in mails and answers lead to this machine only'
  return found(host === '127.0.0.1' || host === 'localhost' ? 'note' : 'fault', 'address', says)
}
