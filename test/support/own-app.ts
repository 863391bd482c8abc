import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Config, readConfig } from '../../src/platform/config.ts'
import { createPool } from '../../src/platform/database/pool.ts'
import type { Log } from '../../src/platform/log.ts'
import type { Machinery } from '../../src/platform/machinery.ts'
import { assemble, closeMachinery } from '../../src/server.ts'
import { SECRETS_KEY, testDatabase } from './database.ts'
import { testLog } from './log.ts'

/** A second server over the database of this test worker, with settings of its own. `close` it when done. */
export async function ownApp(changes: Partial<Config>, log?: Log, accounting?: () => Machinery['accounting']) {
  const { connection } = await testDatabase()
  const data_dir = mkdtempSync(join(tmpdir(), 'quittance-files-'))
  const config = readConfig({}, { data_dir, secrets_key: SECRETS_KEY, audit_log_reads: true, ...changes })
  const pool = createPool(connection, { max: 5 })
  const parts = await assemble({ config, log: log ?? testLog(), pool, ...(accounting && { accounting }) })
  await parts.app.ready()
  const close = async () => {
    await parts.app.close()
    await closeMachinery(parts.machinery)
    await pool.end()
  }
  return { ...parts, connection, close }
}
