import { asSystem, type Db } from './context.ts'
import { sql } from './sql.ts'

const ALL = sql(`select partner_id, entity_id, ahead_ms from test_clocks`)

/** Reads how far the clocks of entities are from the machine's: at the start, and whenever one was moved. */
export async function readClocks(db: Db): Promise<void> {
  db.clocks?.replace(await asSystem(db, (ctx) => ALL(ctx)))
}
