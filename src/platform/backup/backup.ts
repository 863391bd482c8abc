import { createHash } from 'node:crypto'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import type { Storage } from '../../ports/files.ts'
import { migrate } from '../database/migrate.ts'
import { createSink, openSource, readAll, type Sink, type Source, textOf } from './vessel.ts'

/** Tells how far a backup or a restore is. */
export type Progress = (step: string, done: number, of: number) => void

/** What a backup holds; its last part, so that one that broke off has none. */
interface Manifest {
  readonly format: 1
  readonly made_at: string
  readonly migrations: readonly { readonly name: string; readonly checksum: string }[]
  readonly tables: readonly {
    readonly name: string
    readonly columns: readonly string[]
    readonly rows: number
    readonly sha256: string
  }[]
  readonly sequences: readonly { readonly name: string; readonly last_value: string; readonly is_called: boolean }[]
  readonly files: number
}

export interface Copied {
  readonly tables: number
  readonly rows: number
  readonly files: number
}

const MANIFEST = 'backup.json'
const tablePart = (name: string) => `tables/${name}.copy.gz`
const FILES = 'files/'

/** All tables but the history of migrations and the two that others are made like, with the columns that are written. */
const TABLES = `
  select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname not in ('schema_migrations', 'tenant_row', 'partner_row')
  group by c.relname order by c.relname`

const quoted = (name: string) => pg.escapeIdentifier(name)
const listed = (names: readonly string[]) => names.map(quoted).join(', ')

async function connected<T>(connection: pg.ClientConfig, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...connection, application_name: 'quittance backup' })
  client.on('error', () => {})
  await client.connect()
  return work(client).finally(() => client.end())
}

/** Counts rows and bytes that pass, and keeps their hash. */
function counting() {
  const hash = createHash('sha256')
  let rows = 0
  const through = new Transform({
    transform(piece: Buffer, _encoding, done) {
      hash.update(piece)
      // In COPY's text format a line is a row; line breaks in values are written as \\n.
      for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, at + 1)) rows++
      done(null, piece)
    },
  })
  return { through, result: () => ({ rows, sha256: hash.digest('hex') }) }
}

interface Stored {
  readonly storage: Storage
  /** SQL that answers the `key` of all bytes in it that rows name. */
  readonly keys: string
}

/**
 * Writes everything into one folder or ZIP file while the server runs: all tables as they stood at one moment, and the files that their
 * rows name. Files never change and are erased only weeks after they were deleted, so whatever the moment names is still there.
 */
export async function backup(
  connection: pg.ClientConfig,
  stored: Stored,
  path: string,
  progress: Progress = () => {},
): Promise<Copied> {
  const sink = await createSink(path)
  try {
    const manifest = await connected(connection, (client) => writeParts(client, stored, sink, progress))
    await sink.add(MANIFEST, textOf(JSON.stringify(manifest, null, 2)))
    await sink.finish()
    const rows = manifest.tables.reduce((sum, { rows }) => sum + rows, 0)
    return { tables: manifest.tables.length, rows, files: manifest.files }
  } catch (error) {
    await sink.discard()
    throw error
  }
}

async function writeParts(
  client: pg.Client,
  { storage, keys: named }: Stored,
  sink: Sink,
  progress: Progress,
): Promise<Manifest> {
  await client.query('begin isolation level repeatable read read only')
  const { rows: migrations } = await client.query('select name, checksum from schema_migrations order by name collate "C"')
  // Sequences tell their values to their owner alone, and are never behind the moment that the first query chose.
  const { rows: sequences } = await client.query<Manifest['sequences'][number]>(
    `select sequencename as name, coalesce(last_value, start_value)::text as last_value, last_value is not null as is_called
     from pg_sequences where schemaname = 'public' order by 1`,
  )
  await client.query('set local role quittance_system')
  const { rows: found } = await client.query<{ name: string; columns: string[] }>(TABLES)
  const tables: Manifest['tables'][number][] = []
  for (const { name, columns } of found) {
    progress('tables', tables.length, found.length)
    const count = counting()
    const rows = client.query(copyTo(`copy (select ${listed(columns)} from ${quoted(name)}) to stdout`))
    const packed = createGzip({ level: 1 })
    await Promise.all([pipeline(rows, count.through, packed), sink.add(tablePart(name), packed)])
    tables.push({ name, columns, ...count.result() })
  }
  const { rows: keys } = await client.query<{ key: string }>(named)
  await client.query('commit')
  for (const [nth, { key }] of keys.entries()) {
    if (nth % 100 === 0) progress('files', nth, keys.length)
    await sink.add(`${FILES}${key}`, (await storage.stream(key)).stream)
  }
  return { format: 1, made_at: new Date().toISOString(), migrations, tables, sequences, files: keys.length }
}

/**
 * Brings a backup back into an empty database and an empty storage, in one transaction: all of it is there, or nothing. A backup of an
 * older version is brought up to date afterwards. Refuses a database that holds anything, and a backup that is not whole.
 */
export async function restore(
  connection: pg.ClientConfig,
  storage: Storage,
  path: string,
  { migrations, progress = () => {} }: { migrations: string; progress?: Progress },
): Promise<Copied> {
  const source = await openSource(path)
  try {
    const manifest = await manifestOf(source, path)
    const files = source.names.filter((name) => name.startsWith(FILES))
    if (files.length !== manifest.files)
      throw new Error(`${path} is not whole: ${files.length} of ${manifest.files} files are there`)
    await connected(connection, refuseUnlessEmpty)
    const newest = manifest.migrations.at(-1)?.name
    await migrate(connection, { dir: migrations, ...(newest && { until: newest }) })
    await connected(connection, async (client) => {
      await refuseOtherMigrations(client, manifest)
      await refuseUnlessEmpty(client)
      for (const [nth, name] of files.entries()) {
        if (nth % 100 === 0) progress('files', nth, files.length)
        await storage.put(name.slice(FILES.length), await readAll(await source.open(name)))
      }
      await client.query('begin')
      await readTables(client, source, manifest, progress)
      await client.query('commit')
    })
    await migrate(connection, { dir: migrations })
    return { tables: manifest.tables.length, rows: manifest.tables.reduce((sum, { rows }) => sum + rows, 0), files: files.length }
  } finally {
    await source.close()
  }
}

async function manifestOf(source: Source, path: string): Promise<Manifest> {
  if (!source.names.includes(MANIFEST)) throw new Error(`${path} is not a whole backup: it has no ${MANIFEST}`)
  const manifest = JSON.parse((await readAll(await source.open(MANIFEST))).toString()) as Manifest
  if (manifest.format !== 1) throw new Error(`${path} was made by a newer version: restore it with that one`)
  return manifest
}

async function refuseUnlessEmpty(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ there: string | null }>(`select to_regclass('public.partners')::text as there`)
  if (!rows[0]!.there) return
  const { rowCount } = await client.query('select from partners limit 1')
  if (rowCount)
    throw new Error(
      'The database holds partners already. Restore into an empty one: set DATA_DIR to a new folder, or DATABASE_URL to a new database',
    )
}

async function refuseOtherMigrations(client: pg.Client, manifest: Manifest): Promise<void> {
  const { rows } = await client.query<{ name: string; checksum: string }>('select name, checksum from schema_migrations')
  const ours = new Map(rows.map(({ name, checksum }) => [name, checksum]))
  const other = manifest.migrations.find(({ name, checksum }) => ours.get(name) !== checksum)
  if (other || ours.size !== manifest.migrations.length)
    throw new Error(
      `The backup was made by another version (${other?.name ?? 'fewer migrations'}): restore it with the version that made it, then update`,
    )
}

/**
 * Rows come in table by table, so whatever looks at several tables stands aside meanwhile: references are taken away and made again at
 * the end, which checks them; triggers and row security are switched off and on. Only the owner of the tables may do that, inside this
 * transaction.
 */
async function readTables(client: pg.Client, source: Source, manifest: Manifest, progress: Progress): Promise<void> {
  const { rows: references } = await client.query<{ table: string; name: string; definition: string }>(
    `select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as definition
     from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace and conparentid = 0`,
  )
  const { rows: sealed } = await client.query<{ name: string }>(
    `select oid::regclass::text as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and relrowsecurity`,
  )
  const all = manifest.tables.map(({ name }) => name)
  for (const { table, name } of references) await client.query(`alter table ${table} drop constraint ${quoted(name)}`)
  for (const { name } of sealed) await client.query(`alter table ${name} disable row level security`)
  for (const name of all) await client.query(`alter table ${quoted(name)} disable trigger user`)
  // Migrations may have brought rows of their own; the backup has them, too.
  await client.query(`truncate ${listed(all)}`)
  for (const [nth, { name, columns, rows, sha256 }] of manifest.tables.entries()) {
    progress('tables', nth, all.length)
    const count = counting()
    const into = client.query(copyFrom(`copy ${quoted(name)} (${listed(columns)}) from stdin`))
    await pipeline(await source.open(tablePart(name)), createGunzip(), count.through, into)
    const read = count.result()
    if (read.rows !== rows || read.sha256 !== sha256)
      throw new Error(`The backup is damaged: table ${name} is not what was written`)
  }
  for (const { name, last_value, is_called } of manifest.sequences)
    await client.query('select setval($1::regclass, $2::bigint, $3)', [`public.${quoted(name)}`, last_value, is_called])
  for (const [nth, { table, name, definition }] of references.entries()) {
    progress('references', nth, references.length)
    await client.query(`alter table ${table} add constraint ${quoted(name)} ${definition}`)
  }
  for (const name of all) await client.query(`alter table ${quoted(name)} enable trigger user`)
  for (const { name } of sealed) await client.query(`alter table ${name} enable row level security`)
}
