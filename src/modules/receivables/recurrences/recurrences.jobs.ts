import { addDays } from '../../../core/calendar.ts'
import { last } from '../../../core/lists.ts'
import { latestDate, localDate, zoneOf } from '../../../core/local-day.ts'
import type { Owner } from '../../../platform/clock.ts'
import { asEntity, asSystem, NO_ENTITY, nowFor, onlyOf } from '../../../platform/database/context.ts'
import { sql } from '../../../platform/database/sql.ts'
import type { Schedule } from '../../../platform/jobs/jobs.ts'
import { localDay, placeOf } from '../../../platform/local-day.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import { beginningOf } from '../local-day.service.ts'
import { runIteration } from './iterations.ts'

const BATCH = 200
const DUE = sql(`
  select i.id, i.partner_id, i.entity_id, i.recurrence_id, i.iteration, i.issue_at, ${placeOf('e')}
  from recurrence_iterations i
  join recurrences r on r.entity_id = i.entity_id and r.id = i.recurrence_id and r.status = 'active'
  join entities e on e.id = i.entity_id and e.status = 'active'
  where i.status = 'pending' and i.issue_at <= :latest and (i.issue_at, i.id) > (:after::date, :id)
    and (:partner?::uuid is null or i.partner_id = :partner) and (:entity?::uuid is null or i.entity_id = :entity) order by i.issue_at, i.id limit :limit`)

/**
 * Makes the invoices of all days that have come, oldest first, also of days when no server ran: each in its own transaction, so that one
 * that fails does not stop the others. The run then counts as failed, and is repeated soon.
 */
async function runDue(machinery: Machinery, only?: Owner): Promise<void> {
  const { db } = machinery
  const failures: unknown[] = []
  let after: { issue_at: string; id: string } = { issue_at: '-infinity', id: NO_ENTITY }
  for (;;) {
    const latest = latestDate(nowFor(db, only))
    const [partner, entity] = onlyOf(only)
    const found = await asSystem(db, (ctx) =>
      DUE(ctx, { latest, after: after.issue_at, id: after.id, limit: BATCH, partner, entity }),
    )
    for (const { partner_id, entity_id, recurrence_id, iteration, issue_at, country, state } of found) {
      const zone = zoneOf(country, state)
      if (issue_at > localDate(nowFor(db, { partner_id, entity_id }), zone)) continue
      const who = { partnerId: partner_id, entityId: entity_id, userId: null, zone }
      await asEntity(db, who, (ctx) => runIteration(machinery, ctx, recurrence_id, iteration)).catch((error) =>
        failures.push(error),
      )
    }
    if (found.length < BATCH) break
    after = last(found)
  }
  if (failures.length > 0) throw failures[0]
}

const NEXT = sql(`
  select min(i.issue_at) as day from recurrence_iterations i
  join recurrences r on r.entity_id = i.entity_id and r.id = i.recurrence_id and r.status = 'active'
  where i.status = 'pending' and i.issue_at >= :from`)

const QUARTER_HOUR_MS = 15 * 60_000

/** Invoices that recur are made on their day. */
export const recurrenceSchedule = (machinery: Machinery): Schedule => ({
  name: 'receivables.recurrences',
  every_ms: QUARTER_HOUR_MS,
  work: (only) => runDue(machinery, only),
  async next(ctx) {
    const { day } = await NEXT.one(ctx, { from: addDays(await localDay(ctx), 1) })
    return beginningOf(ctx, day)
  },
})
