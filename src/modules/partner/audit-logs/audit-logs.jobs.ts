import { FIRST_ID_AT } from '../../../platform/audit-log/entry-id.ts'
import { asSystem } from '../../../platform/database/context.ts'
import { sql } from '../../../platform/database/sql.ts'
import type { Schedule } from '../../../platform/jobs/jobs.ts'
import type { Machinery } from '../../../platform/machinery.ts'

const BATCH = 5_000
const REMOVE_OLD = sql(`
  delete from audit_logs where partner_id = :partner and id in (
    select id from audit_logs where partner_id = :partner and id < ${FIRST_ID_AT('(app_now() - make_interval(days => :days))')} order by id limit :limit)
  returning id`)

const PARTNERS = sql(`select id from partners`)

/** Takes away what is older than the settings say, some at a time; where nothing is recorded, nothing is taken away either. */
export const auditLogSchedule = ({ db, config }: Machinery): Schedule => ({
  name: 'audit_logs.sweep',
  every_ms: 60 * 60_000,
  async work() {
    const days = config.audit_log_days
    if (days === 0) return
    const partners = await asSystem(db, (ctx) => PARTNERS(ctx))
    for (const { id } of partners) {
      let removed: unknown[]
      do removed = await asSystem(db, (ctx) => REMOVE_OLD(ctx, { partner: id, days, limit: BATCH }))
      while (removed.length === BATCH)
    }
  },
})
