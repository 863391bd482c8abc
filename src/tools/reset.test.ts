import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { freshDatabase } from '../../test/support/database.ts'
import { migrate } from '../platform/database/migrate.ts'
import { paths } from '../platform/paths.ts'
import { isMeant, reset } from './reset.ts'

test('everything is away, and the next start begins anew', async () => {
  const { connection, drop } = await freshDatabase()
  const data_dir = await mkdtemp(join(tmpdir(), 'quittance-reset-'))
  for (const folder of ['files', 'secrets']) await mkdir(join(data_dir, folder))
  for (const name of ['files/ab', 'secrets/1.json', 'secrets/demo.txt', 'secrets/key']) await writeFile(join(data_dir, name), 'x')
  const config = { data_dir }

  const server = new pg.Client({ ...connection, application_name: 'quittance worker' })
  await server.connect()
  await expect(reset(config, connection)).rejects.toThrow('Stop what uses the database first: quittance worker')
  await server.query(`insert into partners (name) values ('Old')`)
  await server.end()

  await reset(config, connection)
  expect(await readdir(data_dir)).toEqual(['secrets'])
  expect(await readdir(join(data_dir, 'secrets'))).toEqual(['key'])
  const { applied } = await migrate(connection, { dir: paths.migrations })
  expect(applied.length).toBeGreaterThan(50)
  const client = new pg.Client(connection)
  await client.connect()
  expect((await client.query('select count(*)::int as count from partners')).rows).toEqual([{ count: 0 }])
  await client.end()
  await drop()
}, 30_000)

test('nobody loses their data without having said so', async () => {
  expect(await isMeant('./data', true)).toBe(true)
  if (!process.stdin.isTTY) await expect(isMeant('./data', false)).rejects.toThrow('--yes')
})
