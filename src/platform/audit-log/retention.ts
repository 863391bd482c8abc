import { asSystem, type Db } from '../database/context.ts'
import { sql } from '../database/sql.ts'
import { FIRST_ID_AT } from './entry-id.ts'

const BATCH = 5_000
/** Entries that no month of their own holds: from before there were months, or of a clock that was wrong. */
const REMOVE_OLD = sql(`
  delete from audit_logs where partner_id = :partner and id in (
    select id from audit_logs where partner_id = :partner
      and id < ${FIRST_ID_AT(`date_trunc('month', app_now() - make_interval(days => :days), 'UTC')`)} order by id limit :limit)
  returning id`)

/** Takes away entries of a partner from before the month in which these days began. */
export async function removeOldEntries(db: Db, partner: string, days: number): Promise<void> {
  let removed: unknown[]
  do removed = await asSystem(db, (ctx) => REMOVE_OLD(ctx, { partner, days, limit: BATCH }))
  while (removed.length === BATCH)
}
