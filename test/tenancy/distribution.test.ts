import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPool } from '../../src/platform/database/pool.ts'
import { freshDatabase } from '../support/database.ts'

/**
 * A distributed PostgreSQL (Citus) keeps the rows of an entity together on one machine. It can do so as long as every unique key of a table with rows of
 * entities has the entity in it, and every reference between such tables has it on both sides: docs/database.md has the commands.
 */

let database: Awaited<ReturnType<typeof freshDatabase>>
let pool: ReturnType<typeof createPool>

beforeAll(async () => {
  database = await freshDatabase()
  pool = createPool(database.connection, { max: 2, role: '' })
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

const holds = (index: string, column: string) =>
  `exists (select from pg_attribute a where a.attrelid = i.indrelid and a.attname = '${column}' and a.attnum = any (${index}))`
const ofEntities = (table: string) =>
  `exists (select from pg_attribute e where e.attrelid = ${table} and e.attname = 'entity_id' and e.attnotnull and not e.attisdropped)`
const named = async (text: string) => (await pool.query<{ name: string }>(text)).rows.map(({ name }) => name)

/** Unique keys without the entity, and why each is no obstacle. */
const whole: Record<string, string> = {
  accounting_connections_page_key_key: 'A random key: an ordinary index finds it, chance keeps it unique.',
  receivables_page: 'The same.',
  jobs_pkey: 'The queue stays on one machine: work is taken from it by all processes.',
  jobs_key_key: 'The same.',
  einvoicing_network_credentials_one: 'A participant of the network is one entity of all: a small table that every machine has.',
  mailboxes_address: 'An address is one entity of all: a small table that every machine has.',
  onboarding_accounts_provider_account_key: 'What the provider calls an account: a small table that every machine has.',
  payment_attempts_provider_reference_key:
    'What the provider calls a payment, which has one entity: with the entity in it, it says the same.',
  payment_events_provider_event_id_key: 'What the provider calls its news, which concern one entity: the same.',
}

test('every unique key of a table with rows of entities has the entity in it', async () => {
  const without = await named(
    `select i.indexrelid::regclass::text as name from pg_index i join pg_class c on c.oid = i.indrelid
     where c.relnamespace = 'public'::regnamespace and i.indisunique and ${ofEntities('i.indrelid')} and not ${holds('i.indkey', 'entity_id')} order by 1`,
  )
  expect(without).toEqual(Object.keys(whole).sort())
})

test('every reference between tables with rows of entities has the entity on both sides', async () => {
  const without = await named(
    `select k.conrelid::regclass::text || '.' || k.conname as name from pg_constraint k
     where k.contype = 'f' and k.connamespace = 'public'::regnamespace and ${ofEntities('k.conrelid')} and ${ofEntities('k.confrelid')}
       and not exists (select from unnest(k.conkey, k.confkey) as pair (here, there)
         join pg_attribute a on a.attrelid = k.conrelid and a.attnum = pair.here and a.attname = 'entity_id'
         join pg_attribute b on b.attrelid = k.confrelid and b.attnum = pair.there and b.attname = 'entity_id') order by 1`,
  )
  expect(without).toEqual([])
})

test('no table refers to rows of entities from outside of them', async () => {
  const outside = await named(
    `select k.conrelid::regclass::text || '.' || k.conname as name from pg_constraint k
     where k.contype = 'f' and k.connamespace = 'public'::regnamespace and not ${ofEntities('k.conrelid')} and ${ofEntities('k.confrelid')} order by 1`,
  )
  expect(outside).toEqual([])
})
