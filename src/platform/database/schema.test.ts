import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { emptyDatabase } from '../../../test/support/database.ts'
import { paths } from '../paths.ts'
import { migrate, SCHEMA } from './migrate.ts'

/** Two databases of one server: one was given the schema, the other each migration. */
const databases: Awaited<ReturnType<typeof emptyDatabase>>[] = []
let [whole, each]: pg.Client[] = []

async function connected(): Promise<pg.Client> {
  const database = await emptyDatabase()
  databases.push(database)
  const client = new pg.Client(database.connection)
  client.on('error', () => {})
  await client.connect()
  return client
}

beforeAll(async () => {
  ;[whole, each] = [await connected(), await connected()]
  const said: string[] = []
  const { applied } = await migrate(whole, { dir: paths.migrations, log: (message) => said.push(message) })
  expect((await migrate(each, { dir: paths.migrations, each: true })).applied).toEqual(applied)
  expect(said).toEqual([expect.stringMatching(/^applied \d+ migrations as one schema \(/)])
})

afterAll(async () => {
  await whole?.end()
  await each?.end()
  for (const { drop } of databases) await drop()
})

const OWN = `(select oid from pg_class where relnamespace = 'public'::regnamespace)`
const rights = (acl: string) => `array(select right_of::text from unnest(${acl}) as right_of order by 1)`

/** What the catalogues hold, by names instead of numbers. */
const CATALOGUES: Readonly<Record<string, string>> = {
  relations: `select relname, relkind, relpersistence, relrowsecurity, relforcerowsecurity, relreplident, reloptions, relispartition, relowner::regrole::text,
      ${rights(`coalesce(relacl, acldefault('r', relowner))`)} as rights, pg_get_expr(relpartbound, oid) as bound, pg_get_partkeydef(oid) as divided_by
    from pg_class where oid in ${OWN}`,
  columns: `select attrelid::regclass::text, attname, row_number() over (partition by attrelid order by attnum), format_type(atttypid, atttypmod), attnotnull,
      attgenerated, attidentity, attstorage, attcompression, attcollation::regcollation::text, attstattarget, attacl, attoptions,
      pg_get_expr(adbin, adrelid) as expression
    from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where attrelid in ${OWN} and attnum > 0 and not attisdropped`,
  constraints: `select conrelid::regclass::text, conname, contype, condeferrable, condeferred, conindid::regclass::text, pg_get_constraintdef(oid)
    from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n'`,
  indexes: `select indexrelid::regclass::text, pg_get_indexdef(indexrelid), indisvalid, indisready, indisreplident, indnullsnotdistinct from pg_index where indrelid in ${OWN}`,
  triggers: `select tgrelid::regclass::text, tgname, tgenabled, tgdeferrable, tginitdeferred, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal`,
  policies: `select polrelid::regclass::text, polname, polcmd, polpermissive, array(select r::regrole::text from unnest(polroles) r order by 1),
      pg_get_expr(polqual, polrelid) as using, pg_get_expr(polwithcheck, polrelid) as checking from pg_policy`,
  functions: `select oid::regprocedure::text, prokind, ${rights('proacl')} as rights, proowner::regrole::text,
      case when prokind <> 'a' then pg_get_functiondef(oid) end as definition from pg_proc where pronamespace = 'public'::regnamespace`,
  types: `select typname, typtype, typcategory, ${rights('typacl')} as rights, array(select enumlabel::text from pg_enum where enumtypid = t.oid order by enumsortorder) as labels
    from pg_type t where typnamespace = 'public'::regnamespace`,
  sequences: `select seqrelid::regclass::text, seqtypid::regtype::text, seqstart, seqincrement, seqmax, seqmin, seqcache, seqcycle,
      (select array[refobjid::regclass::text, refobjsubid::text] from pg_depend d where d.objid = seqrelid and deptype = 'i') as belongs_to from pg_sequence`,
  extensions: `select extname, extversion, extnamespace::regnamespace::text from pg_extension`,
  descriptions: `select (pg_identify_object(classoid, objoid, objsubid)).identity, description from pg_description where objoid >= 16384`,
  schemas: `select nspname, ${rights('nspacl')} as rights from pg_namespace where nspname !~ '^pg_(toast_)?temp'`,
  applied: `select name, checksum from schema_migrations`,
}

/** What is read back nests `or` less than what was written, and a check of an empty table holds for all of its rows. */
const plainly = (row: object) => JSON.stringify(row).replaceAll(/[()]| NOT VALID/g, '')

test.each(Object.keys(CATALOGUES))('the schema has the %s that the migrations make', async (name) => {
  const [one, other] = await Promise.all(
    [whole!, each!].map(async (client) => (await client.query(CATALOGUES[name]!)).rows.map(plainly).sort()),
  )
  expect(other!.length).toBeGreaterThan(0)
  expect(one).toEqual(other)
})

test('nothing else is in one of the two', async () => {
  // Every catalogue whose rows have numbers of their own, e.g. rules, operators, publications, default rights.
  const { rows: catalogues } = await each!.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'oid'
      where c.relnamespace = 'pg_catalog'::regnamespace and c.relkind = 'r' and not c.relisshared and c.relname <> 'pg_constraint' order by 1`,
  )
  const counts = catalogues
    .map(({ name }) => `select '${name}' as name, count(*)::int as own from ${name} where oid >= 16384`)
    .join(' union all ')
  const [one, other] = await Promise.all([whole!, each!].map(async (client) => (await client.query(`${counts} order by 1`)).rows))
  expect(one).toEqual(other)
  const tables = `select array_agg(relname::text order by relname) as names from pg_class where oid in ${OWN} and relkind = 'r'`
  const { names } = (await each!.query<{ names: string[] }>(tables)).rows[0]!
  const filled = names
    .filter((name) => name !== 'schema_migrations')
    .map((name) => `select '${name}' as name from (select from ${name} limit 1) as row_of`)
  expect((await each!.query(filled.join(' union all '))).rows, 'migrations that write rows need them in the schema too').toEqual(
    [],
  )
})

test('a schema of other migrations is not used', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'quittance-schema-'))
  const database = await emptyDatabase()
  try {
    for (const name of readdirSync(paths.migrations)) copyFileSync(join(paths.migrations, name), join(dir, name))
    const [first = ''] = readdirSync(dir)
    writeFileSync(join(dir, first), `${readFileSync(join(dir, first), 'utf8')}\n-- Another.`)
    writeFileSync(join(dir, SCHEMA), `${readFileSync(join(dir, SCHEMA), 'utf8')}\ncreate table never ();`)
    writeFileSync(join(dir, '9999_later.sql'), 'create table later ();')
    const { applied } = await migrate(database.connection, { dir })
    expect(applied.at(-1)).toBe('9999_later.sql')
    const client = new pg.Client(database.connection)
    client.on('error', () => {})
    await client.connect()
    const { rows } = await client.query(
      `select to_regclass('never') as never, to_regclass('later')::text as later, to_regclass('tags')::text as tags`,
    )
    expect(rows).toEqual([{ never: null, later: 'later', tags: 'tags' }])
    await client.end()
  } finally {
    await database.drop()
    rmSync(dir, { recursive: true })
  }
})
