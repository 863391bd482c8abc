import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readConfig } from '../config.ts'
import { createLog } from '../log.ts'
import { stopEmbedded } from './embedded.ts'
import { beginToOpen, letGoOfBegun, openDatabase } from './opening.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quittance-opening-'))
  chmodSync(folder, 0o755)
})
afterEach(async () => {
  await stopEmbedded(join(folder, 'postgres'), 'immediate')
  rmSync(folder, { recursive: true, force: true })
})

const config = (more: Record<string, string> = {}) => readConfig({ DATA_DIR: folder, LOG_LEVEL: 'silent', ...more })
const log = createLog(config())
const pidFile = () => join(folder, 'postgres', 'postmaster.pid')

test('a server that was begun is the one that is opened, and ends with its last user', async () => {
  await beginToOpen(config())
  expect(existsSync(pidFile())).toBe(false)
  const database = await openDatabase(config(), log)
  const client = new pg.Client(database.connection)
  await client.connect()
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  await client.end()
  await database.close()
  expect(existsSync(pidFile())).toBe(false)
})

test('one that was begun for nothing is let go', async () => {
  await beginToOpen(config())
  await letGoOfBegun()
  expect([existsSync(join(folder, 'postgres', 'PG_VERSION')), existsSync(pidFile())]).toEqual([true, false])
})

test('what went wrong is told to whoever opens it, and the next one tries again', async () => {
  writeFileSync(join(folder, 'postgres'), 'a file in the place of the folder')
  await beginToOpen(config())
  await expect(openDatabase(config(), log)).rejects.toThrow(/embedded PostgreSQL did not start/)
  rmSync(join(folder, 'postgres'))
  const database = await openDatabase(config(), log)
  await database.close()
})

test('a database of somebody else is not begun', async () => {
  const theirs = config({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' })
  await beginToOpen(theirs)
  expect(existsSync(join(folder, 'postgres'))).toBe(false)
  expect((await openDatabase(theirs, log)).connection).toEqual({ connectionString: theirs.database_url })
})
