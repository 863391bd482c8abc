import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'

/** A connected client, a pool, or how to connect. */
export type Target = pg.ClientBase | pg.Pool | pg.ClientConfig

export interface MigrateOptions {
  /** Folder of `NNNN_name.sql` files. */
  readonly dir: string
  readonly log?: (message: string) => void
  /** The last one to apply; all of them when left out. */
  readonly until?: string
  /** An empty database gets each migration too, not the schema that they make together. */
  readonly each?: boolean
}

interface Migration {
  readonly name: string
  readonly checksum: string
  readonly sql: string
}

/** Any number will do, as long as all versions of the program agree on it. */
const LOCK = 7_301

/** What all migrations make together, beside them; written by `npm run db:types`. */
export const SCHEMA = 'schema.sql'

/**
 * Applies the migrations that the database lacks, in the order of their names, each in a transaction of its own, one process at a
 * time. Forward only: a database that knows other files than ours is refused. When all is applied it costs one round trip, and an empty
 * database three: it is given the schema that the migrations make together, and those that came after it was written.
 */
export async function migrate(target: Target, options: MigrateOptions): Promise<{ applied: string[] }> {
  const { dir, log = () => {}, until, each = false } = options
  const files = (await readMigrations(dir)).filter(({ name }) => until === undefined || name <= until)
  return withClient(target, async (client) => {
    const known = await history(client)
    if (missing(files, known).length === 0) return { applied: [] }
    const applied = known.size === 0 ? await applyAll(client, files, each ? undefined : await readSchema(dir, files), log) : []
    for (;;) {
      const began = performance.now()
      const name = await applyNext(client, files)
      if (name === null) return { applied }
      log(`applied ${name} (${Math.round(performance.now() - began)} ms)`)
      applied.push(name)
    }
  })
}

/** Names of the migrations that `migrate` would apply. Refuses what it refuses; changes nothing. */
export async function pending(target: Target, { dir }: MigrateOptions): Promise<string[]> {
  const files = await readMigrations(dir)
  return withClient(target, async (client) => missing(files, await history(client)).map(({ name }) => name))
}

async function readMigrations(dir: string): Promise<Migration[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.sql') && name !== SCHEMA).sort()
  const numbers = new Map<string, string>()
  for (const name of names) {
    const number = /^(\d{4})_[a-z0-9_-]+\.sql$/.exec(name)?.[1]
    if (!number) throw new Error(`Migration ${name} must be called NNNN_name.sql`)
    const twin = numbers.get(number)
    if (twin) throw new Error(`Migrations ${twin} and ${name} have the same number`)
    numbers.set(number, name)
  }
  return Promise.all(
    names.map(async (name) => {
      // A checkout on Windows may end lines differently; that is no change.
      const sql = (await readFile(join(dir, name), 'utf8')).replaceAll('\r\n', '\n')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

/** The first lines of a schema: which files it was made from. */
const headOf = (files: readonly Migration[]) =>
  `-- What ${files.length} migrations make together, up to ${files.at(-1)?.name}. Written by \`npm run db:types\`, not by hand.
-- ${createHash('sha256')
    .update(files.map(({ name, checksum }) => `${name} ${checksum}`).join('\n'))
    .digest('hex')}
`
export const schemaHead = async (dir: string) => headOf(await readMigrations(dir))

/** The schema and the files that it stands for, provided that it was made from these. */
async function readSchema(dir: string, files: readonly Migration[]): Promise<{ sql: string; stands: number } | undefined> {
  const sql = (await readFile(join(dir, SCHEMA), 'utf8').catch(() => '')).replaceAll('\r\n', '\n')
  const stands = Number(/^-- What (\d+) migrations/.exec(sql)?.[1])
  return sql.startsWith(headOf(files.slice(0, stands))) && files.length >= stands ? { sql, stands } : undefined
}

/** What was applied, by name. An empty database has no such table yet (42P01). */
async function history(client: pg.ClientBase): Promise<Map<string, string>> {
  try {
    const { rows } = await client.query<{ name: string; checksum: string }>(
      'select name, checksum from schema_migrations order by name collate "C"',
    )
    return new Map(rows.map(({ name, checksum }) => [name, checksum]))
  } catch (error) {
    if ((error as { code?: string }).code === '42P01') return new Map()
    throw error
  }
}

/** The files that are still to be applied, provided that all the applied ones are ours, unchanged, and come before them. */
function missing(files: readonly Migration[], applied: ReadonlyMap<string, string>): Migration[] {
  const ours = new Map(files.map((file) => [file.name, file]))
  const newest = files.at(-1)?.name ?? ''
  for (const [name, checksum] of applied) {
    const file = ours.get(name)
    if (!file && name > newest)
      throw new Error(`The database is newer than this program: it has ${name}. Install the newer version.`)
    if (!file) throw new Error(`Migration ${name} was applied to the database, but its file is missing.`)
    if (file.checksum !== checksum)
      throw new Error(`Migration ${name} was changed after it was applied. Restore it and write a new one.`)
  }
  const last = [...applied.keys()].at(-1) ?? ''
  const rest = files.filter(({ name }) => !applied.has(name))
  const late = rest.find(({ name }) => name < last)
  if (late) throw new Error(`Migration ${late.name} comes before ${last}, which is already applied. Give it a higher number.`)
  return rest
}

const BEGIN = `begin; select pg_advisory_xact_lock(${LOCK});
  create table if not exists schema_migrations (name text primary key, checksum text not null, applied_at timestamptz not null default now());`

/**
 * Gives an empty database everything, in one transaction and one message, so that nobody waits for our side meanwhile. Answers the names; none
 * if anything went wrong, e.g. since another process was faster: one at a time it is seen what.
 */
async function applyAll(
  client: pg.ClientBase,
  files: readonly Migration[],
  schema: { sql: string; stands: number } | undefined,
  log: (message: string) => void,
): Promise<string[]> {
  const began = performance.now()
  const rest = files.slice(schema?.stands ?? 0).map(({ sql }) => `${sql}\n;`)
  try {
    await client.query([BEGIN, remember(files), schema?.sql ?? '', ...rest, 'commit'].join('\n'))
  } catch {
    await client.query('rollback')
    return []
  }
  log(`applied ${files.length} migrations${schema ? ' as one schema' : ''} (${Math.round(performance.now() - began)} ms)`)
  return files.map(({ name }) => name)
}

/** Applies the next missing migration; answers its name, or null when none is missing. The lock is the transaction's, so that a pooler can't lose it. */
async function applyNext(client: pg.ClientBase, files: readonly Migration[]): Promise<string | null> {
  let next: Migration | undefined
  try {
    await client.query(BEGIN)
    // Asked again under the lock: another process may have applied some while we waited.
    next = missing(files, await history(client))[0]
    await client.query(next ? `${next.sql}\n;${remember([next])} commit` : 'commit')
    return next?.name ?? null
  } catch (error) {
    await client.query('rollback').catch(() => {})
    if (!next) throw error
    throw new Error(`Migration ${place(next.name, next.sql, error)}: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    })
  }
}

const remember = (files: readonly Migration[]): string =>
  `insert into schema_migrations (name, checksum) values ${files.map(({ name, checksum }) => `('${name}', '${checksum}')`).join(', ')};`

/** `0003_tags.sql:12`, when PostgreSQL said where. */
function place(name: string, sql: string, error: unknown): string {
  const position = Number((error as { position?: string }).position)
  return position > 0 ? `${name}:${sql.slice(0, position).split('\n').length}` : name
}

/** A pool's client may be left with what a migration has set, so it is not used again. */
async function withClient<T>(target: Target, work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
  if (target instanceof pg.Pool) {
    const client = await target.connect()
    return work(client).finally(() => client.release(true))
  }
  if ('query' in target) return work(target as pg.ClientBase)
  const client = new pg.Client({ application_name: 'quittance migrate', ...(target as pg.ClientConfig) })
  client.on('error', () => {})
  await client.connect()
  return work(client).finally(() => client.end())
}
