import { removeOldEntries } from '../../../platform/audit-log/retention.ts'
import { asSystem } from '../../../platform/database/context.ts'
import { sql } from '../../../platform/database/sql.ts'
import type { Schedule } from '../../../platform/jobs/jobs.ts'
import type { Machinery } from '../../../platform/machinery.ts'

const PARTNERS = sql(`select id from partners`)

/** So many months are there before they begin. */
const AHEAD = 3
const AS_OWNER = sql(`select set_config('role', 'none', true)`)
const OPEN_MONTHS = sql(`select open_audit_months(:ahead) as "opened!"`)
const DROP_MONTHS = sql(`select drop_audit_months(app_now() - make_interval(days => :days)) as "dropped!"`)

/**
 * Opens the months to come, and takes away those whose last day is older than the settings say, each as a whole. Where nothing is recorded,
 * nothing is taken away either.
 */
export const auditLogSchedule = ({ db, config, log }: Machinery): Schedule => ({
  name: 'audit_logs.sweep',
  every_ms: 60 * 60_000,
  async work() {
    const days = config.audit_log_days
    // Tables belong to the owner, whom this connection was opened for.
    const { opened, dropped } = await asSystem(db, async (ctx) => {
      await AS_OWNER(ctx)
      const { opened } = await OPEN_MONTHS.one(ctx, { ahead: AHEAD })
      return { opened, dropped: days === 0 ? 0 : (await DROP_MONTHS.one(ctx, { days })).dropped }
    })
    if (opened + dropped > 0) log.info({ opened, dropped }, 'months of the audit log')
    if (days === 0) return
    const partners = await asSystem(db, (ctx) => PARTNERS(ctx))
    for (const { id } of partners) await removeOldEntries(db, id, days)
  },
})
