import { copyFileSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { emptyDatabase } from '../../../../test/support/database.ts'
import { migrate } from '../../../platform/database/migrate.ts'
import { paths } from '../../../platform/paths.ts'

test('an entity that is older than the texts gets them with the migration', async () => {
  const { connection, drop } = await emptyDatabase()
  const before = mkdtempSync(join(tmpdir(), 'migrations-'))
  for (const name of readdirSync(paths.migrations).filter((name) => name < '0011'))
    copyFileSync(join(paths.migrations, name), join(before, name))
  await migrate(connection, { dir: before })
  const client = new pg.Client(connection)
  await client.connect()
  const insert = `insert into entities (id, partner_id, type, email, address, organization, deleted_at)
    values (gen_random_uuid(), gen_random_uuid(), 'organization', 'a@example.com', '{}', '{}', $1) returning id`
  const { rows: kept } = await client.query(insert, [null])
  await client.query(insert, ['2025-01-01'])
  await migrate(connection, { dir: paths.migrations })
  const { rows } = await client.query(
    `select t.entity_id, count(*)::int as texts, bool_and(t.is_default and t.partner_id = e.partner_id) as right from text_templates t join entities e on e.id = t.entity_id group by 1`,
  )
  expect(rows).toEqual([{ entity_id: kept[0].id, texts: 18, right: true }])
  await client.end()
  await drop()
})
