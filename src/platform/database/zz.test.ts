import pg from 'pg'
import { expect, test } from 'vitest'
import { testDatabase, freshDatabase } from '../../../test/support/database.ts'
test('zz', async () => {
  let b = performance.now()
  const { connection } = await testDatabase()
  console.log('first', performance.now() - b)
  for (let i = 0; i < 3; i++) { b = performance.now(); const f = await freshDatabase(); console.log('fresh', performance.now() - b); b = performance.now(); await f.drop(); console.log('drop', performance.now() - b) }
  expect(await testDatabase()).toEqual({ connection, drop: expect.anything() })
  const c = new pg.Client(connection); await c.connect(); const r = await c.query('select current_database() d, count(*) from schema_migrations'); console.log(r.rows)
  await c.end()
  if (process.env.HANG) await new Promise((r) => setTimeout(r, 20000))
}, 30000)
