import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { emptyDatabase } from '../../../test/support/database.ts'
import { migrate, pending, SCHEMA, schemaHead } from './migrate.ts'

let dir: string
let connection: pg.ClientConfig
let drop: () => Promise<void>

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'quittance-migrations-'))
  ;({ connection, drop } = await emptyDatabase())
  file('0001_one.sql', 'create table one (id int primary key); insert into one values (1);')
  file('0002_two.sql', 'create table two (id int references one);')
})

afterEach(async () => {
  rmSync(dir, { recursive: true, force: true })
  await drop()
})

const file = (name: string, sql: string) => writeFileSync(join(dir, name), sql)

async function ask(text: string): Promise<unknown[]> {
  const client = new pg.Client(connection)
  client.on('error', () => {})
  await client.connect()
  return client
    .query(text)
    .then(({ rows }) => rows)
    .finally(() => client.end())
}

test('migrations are applied in the order of their names, and once', async () => {
  const said: string[] = []
  expect(await pending(connection, { dir })).toEqual(['0001_one.sql', '0002_two.sql'])
  expect(await migrate(connection, { dir, log: (message) => said.push(message) })).toEqual({
    applied: ['0001_one.sql', '0002_two.sql'],
  })
  expect(await migrate(connection, { dir })).toEqual({ applied: [] })
  file('0003_three.sql', 'insert into two values (1);')
  expect(await pending(connection, { dir })).toEqual(['0003_three.sql'])
  expect(await migrate(connection, { dir, log: (message) => said.push(message) })).toEqual({ applied: ['0003_three.sql'] })
  expect(said).toEqual([expect.stringMatching(/^applied 2 migrations \(/), expect.stringMatching(/^applied 0003_three.sql \(/)])
  expect(await ask('select id from two')).toEqual([{ id: 1 }])
  expect(await pending(connection, { dir })).toEqual([])
})

test('a database that is up to date costs one query', async () => {
  const client = new pg.Client(connection)
  client.on('error', () => {})
  await client.connect()
  await migrate(client, { dir })
  let queries = 0
  const counted = new Proxy(client, {
    get: (target, key) => {
      if (key === 'query') queries += 1
      const value = Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  expect(await migrate(counted, { dir })).toEqual({ applied: [] })
  expect(queries).toBe(1)
  await client.end()
})

test('a pool serves as well as a client', async () => {
  // A connection that is still closing hears that its database is taken away.
  const pool = new pg.Pool(connection).on('error', () => {}).on('connect', (client) => client.on('error', () => {}))
  expect((await migrate(pool, { dir })).applied).toHaveLength(2)
  expect(await pending(pool, { dir })).toEqual([])
  await pool.end()
})

test('a file that changed after it was applied is refused, another end of line is no change', async () => {
  await migrate(connection, { dir })
  file('0002_two.sql', 'create table two (id bigint);')
  await expect(migrate(connection, { dir })).rejects.toThrow('0002_two.sql was changed after it was applied')
  await expect(pending(connection, { dir })).rejects.toThrow('0002_two.sql was changed')
  file('0002_two.sql', 'create table two (id int references one);')
  file('0003_three.sql', 'select 1;\nselect 2;\n')
  await migrate(connection, { dir })
  file('0003_three.sql', 'select 1;\r\nselect 2;\r\n')
  expect(await migrate(connection, { dir })).toEqual({ applied: [] })
})

test('a database that knows other files than ours is refused', async () => {
  file('0003_three.sql', 'select 1')
  await migrate(connection, { dir })
  rmSync(join(dir, '0003_three.sql'))
  await expect(migrate(connection, { dir })).rejects.toThrow('newer than this program: it has 0003_three.sql')
  file('0003_three.sql', 'select 1')
  rmSync(join(dir, '0002_two.sql'))
  await expect(migrate(connection, { dir })).rejects.toThrow('0002_two.sql was applied to the database, but its file is missing')
})

test('a file that would come before an applied one is refused', async () => {
  rmSync(join(dir, '0001_one.sql'))
  file('0002_two.sql', 'select 1')
  await migrate(connection, { dir })
  file('0001_one.sql', 'select 1')
  await expect(migrate(connection, { dir })).rejects.toThrow('0001_one.sql comes before 0002_two.sql')
})

test('file names that leave the order open are refused', async () => {
  file('0002_again.sql', 'select 1')
  await expect(migrate(connection, { dir })).rejects.toThrow('0002_again.sql and 0002_two.sql have the same number')
  rmSync(join(dir, '0002_again.sql'))
  file('3_three.sql', 'select 1')
  await expect(migrate(connection, { dir })).rejects.toThrow('3_three.sql must be called NNNN_name.sql')
})

test('a migration that fails leaves nothing, says where, and can be repaired', async () => {
  file('0003_three.sql', 'create table three (id int);\ninsert into three values (1);\ninsert into nowhere values (1);')
  await expect(migrate(connection, { dir })).rejects.toThrow('0003_three.sql:3: relation "nowhere" does not exist')
  expect(await ask(`select to_regclass('three') as three, to_regclass('two') is not null as two`)).toEqual([
    { three: null, two: true },
  ])
  expect(await pending(connection, { dir })).toEqual(['0003_three.sql'])
  file('0003_three.sql', 'create table three (id int);')
  expect(await migrate(connection, { dir })).toEqual({ applied: ['0003_three.sql'] })
})

test('an empty database gets the schema of its migrations in place of them, and each of them where that fails', async () => {
  const whole = async (sql: string) => file(SCHEMA, `${await schemaHead(dir)}${sql}`)
  const tables = `select to_regclass('whole') is not null as whole, to_regclass('two') is not null as two, to_regclass('three') is not null as three`
  await whole('create table whole (); create table nowhere.at_all ();')
  file('0003_three.sql', 'create table three ();')
  expect((await migrate(connection, { dir })).applied).toHaveLength(3)
  expect(await ask(tables)).toEqual([{ whole: false, two: true, three: true }])
  await ask('drop schema public cascade; create schema public;')
  rmSync(join(dir, '0003_three.sql'))
  await whole('create table whole ();')
  file('0003_three.sql', 'create table three ();')
  expect((await migrate(connection, { dir })).applied).toHaveLength(3)
  expect(await ask(tables)).toEqual([{ whole: true, two: false, three: true }])
})

test('migrators that run at once apply each migration once', async () => {
  file('0003_three.sql', 'select pg_sleep(0.05); insert into one values (2);')
  const results = await Promise.all([1, 2, 3, 4].map(() => migrate(connection, { dir })))
  expect(results.flatMap(({ applied }) => applied).sort()).toEqual(['0001_one.sql', '0002_two.sql', '0003_three.sql'])
  expect(await ask('select count(*)::int as n from schema_migrations')).toEqual([{ n: 3 }])
})
