import { asSystem, type Db, NO_ENTITY } from '../database/context.ts'
import { sql } from '../database/sql.ts'
import type { Schedule } from '../jobs/jobs.ts'

const BATCH = 5_000
const PARTNERS = sql(`select id from partners where id <> all (partners_resting())`)
/**
 * Deliveries of which event and delivery are old, and which nobody is about to send, entity by entity as an index has them. The partner
 * remembers from when on its events have all of theirs.
 */
const REMOVE_OLD = sql(`
  with old as (
    select d.entity_id, d.id from (select id from entities where partner_id = :partner union all select '${NO_ENTITY}') of,
      lateral (select * from webhook_deliveries w where w.entity_id = of.id and w.created_at < :before order by w.created_at limit ${BATCH}) d
    join events e on e.entity_id = d.entity_id and e.id = d.event_id
    where d.partner_id = :partner and e.created_at < :before and not exists (select from jobs j where j.key = 'deliver:' || d.id) limit ${BATCH}),
  gone as (delete from webhook_deliveries d using old o where d.entity_id = o.entity_id and d.id = o.id returning d.id)
  update partners p set deliveries_from = greatest(deliveries_from, :before)
  where p.id = :partner and exists (select from gone) and p.id <> all (partners_resting())
  returning (select count(*)::int from gone) as "removed!"`)

/** Removes deliveries that are older than so many days, a batch in each transaction. Answers how many there were. */
export async function removeOldDeliveries(db: Db, days: number): Promise<number> {
  const before = new Date(db.clock.now().getTime() - days * 86_400_000)
  let removed = 0
  for (const { id: partner } of await asSystem(db, (ctx) => PARTNERS(ctx))) {
    let batch: number
    do {
      batch = (await asSystem(db, (ctx) => REMOVE_OLD.maybe(ctx, { partner, before })))?.removed ?? 0
      removed += batch
    } while (batch === BATCH)
  }
  return removed
}

/** `days` is how long deliveries are kept; 0 is for ever. */
export const deliveriesSchedule = (db: Db, days: number): Schedule => ({
  name: 'webhook_deliveries.sweep',
  every_ms: 60 * 60_000,
  async work() {
    if (days > 0) await removeOldDeliveries(db, days)
  },
})
