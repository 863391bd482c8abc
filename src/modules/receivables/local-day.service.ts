import type { PlainDate } from '../../core/calendar.ts'
import { last } from '../../core/lists.ts'
import { instantOf, type LocalTime, latestDate, localTime, zoneOf } from '../../core/local-day.ts'
import type { Owner } from '../../platform/clock.ts'
import { asEntity, asSystem, type Ctx, NO_ENTITY, nowFor, onlyOf } from '../../platform/database/context.ts'
import type { Statement } from '../../platform/database/sql.ts'
import { type Place, placeOf, zoneOfEntity } from '../../platform/local-day.ts'
import type { Machinery } from '../../platform/machinery.ts'

/** Deadlines pass, and reminders go out, by the clock of the entity. */

interface Candidate extends Place {
  readonly id: string
  readonly partner_id: string
  readonly entity_id: string
  readonly day: PlainDate | null
}

/**
 * Documents `r` of entities that are in use, by their id; `condition` may speak of `:day`, the latest day there is on earth. `:partner` and
 * `:entity` are the only ones to look at, or null.
 */
export const candidates = <const C extends string, const D extends string, const J extends string = ''>(
  condition: C,
  { day, join }: { day: D; join: J },
) =>
  `select r.id, r.partner_id, r.entity_id, ${day} as day, ${placeOf('e')} from receivables r join entities e on e.id = r.entity_id ${join}
   where ${condition} and r.deleted_at is null and e.status = 'active' and (:partner?::uuid is null or r.partner_id = :partner?)
     and (:entity?::uuid is null or r.entity_id = :entity?) and r.id > :after order by r.id limit ${BATCH}` as const
const BATCH = 1000

interface Looking {
  /** A statement written by `candidates`. */
  readonly due: Statement<{ day: string | Date; after: string; partner: string | null; entity: string | null }, Candidate>
  /** Whether it is time for one, by the day it is about and the clock of its entity. */
  readonly isTime: (day: PlainDate, local: LocalTime) => boolean
  readonly step: (ctx: Ctx, id: string) => Promise<void>
  /** Whose documents, where it is not everybody's. */
  readonly only?: Owner | undefined
}

/** When `day` begins for the entity at hand, or so many hours after that; null without a day. */
export async function beginningOf(ctx: Ctx, day: PlainDate | null, hour = 0): Promise<Date | null> {
  return day === null ? null : instantOf({ date: day, hour }, await zoneOfEntity(ctx))
}

/**
 * Does `step` for every document that it is time for, some at a time, each in its own transaction: one that fails does not keep the
 * others from it, but the run counts as failed and is repeated soon.
 */
export async function forEachDue({ db }: Pick<Machinery, 'db'>, { due, isTime, step, only }: Looking): Promise<void> {
  const failures: unknown[] = []
  let after = NO_ENTITY
  for (;;) {
    const day = latestDate(nowFor(db, only))
    const [partner, entity] = onlyOf(only)
    const found = await asSystem(db, (ctx) => due(ctx, { day, after, partner, entity }))
    for (const { id, partner_id, entity_id, day, country, state } of found) {
      const now = nowFor(db, { partner_id, entity_id })
      const zone = zoneOf(country, state)
      if (day === null || !isTime(day, localTime(now, zone))) continue
      const who = { partnerId: partner_id, entityId: entity_id, userId: null, zone }
      await asEntity(db, who, (ctx) => step(ctx, id)).catch((error) => failures.push(error))
    }
    if (found.length < BATCH) break
    after = last(found).id
  }
  if (failures.length > 0) throw failures[0]
}
