import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { booksHold, nothingLost, underWriters } from './backups.ts'

/** Backups of a server that is being written to, as a ZIP file, and what comes back of them in a PostgreSQL of one's own. */

const { folder, newMachine, made } = underWriters()
const path = join(folder, 'backup.zip')

test('a ZIP file moves it into a PostgreSQL of one’s own, whose owner is no superuser', { timeout: 180_000 }, async () => {
  const before = await made(path)
  const cluster = newMachine({}, true)
  const { connection } = await cluster.startDatabase()
  for (const text of [
    'create role owner login createrole',
    ...['app', 'system', 'nobody'].map((name) => `create role quittance_${name} nologin`),
    'grant quittance_app, quittance_system, quittance_nobody to owner with admin option',
    'create database own owner owner',
  ])
    await cluster.sql(text)
  const database_url = `postgresql://owner@${encodeURIComponent(connection.host)}:${connection.port}/own`
  const there = newMachine({ DATABASE_URL: database_url }, true)
  const { code, output } = await there.run('restore', path)
  expect(code, output).toBe(0)
  const own = new pg.Client({ connectionString: `${database_url.replace('owner@', 'postgres@')}` })
  await own.connect()
  await nothingLost({ sql: async (text: string) => (await own.query(text)).rows }, before)
  await booksHold(there)
  const { rows } = await own.query(
    `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relrowsecurity and not relforcerowsecurity`,
  )
  expect(rows).toEqual([])
  const again = await there.run('restore', path)
  expect([again.code, again.output]).toEqual([1, expect.stringContaining('holds partners already')])
  // And back out of it, as a backup of its own.
  const copy = await there.run('backup', join(folder, 'own.zip'))
  expect(copy.code, copy.output).toBe(0)
  await own.end()
})

test('a ZIP file that ends too early is refused', { timeout: 120_000 }, async () => {
  truncateSync(path, 10_000)
  const { code, output } = await newMachine().run('restore', path)
  expect([code, output]).toEqual([1, expect.stringContaining('is not a whole backup')])
})
