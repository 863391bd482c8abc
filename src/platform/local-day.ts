import type { PlainDate } from '../core/calendar.ts'
import { type LocalTime, localDate, localTime, zoneOf } from '../core/local-day.ts'
import type { Ctx } from './database/context.ts'
import { sql } from './database/sql.ts'

/** The day it is where an entity has its address: documents bear it, deadlines pass by it, and reminders go out by it. */

export interface Place {
  readonly country: string | null
  readonly state: string | null
}
/** Where the entity of that name in the query is. */
export const placeOf = <const E extends string>(entity: E) =>
  `${entity}.address ->> 'country' as country, ${entity}.address ->> 'state' as state` as const

const PLACE = sql(`select ${placeOf('e')} from entities e where e.id = :id`)

/** The time zone of the entity; known to requests, looked up by everybody else. */
export async function zoneOfEntity(ctx: Ctx): Promise<string> {
  if (ctx.zone !== undefined) return ctx.zone
  const place = await PLACE.maybe(ctx, { id: ctx.entityId })
  return zoneOf(place?.country, place?.state)
}

/** What calendar and clock show where the entity is. */
export const localTimeOf = async (ctx: Ctx): Promise<LocalTime> => localTime(ctx.now, await zoneOfEntity(ctx))

/** The day it is where the entity is. */
export const localDay = async (ctx: Ctx): Promise<PlainDate> => localDate(ctx.now, await zoneOfEntity(ctx))

/** The same request with the entity's time zone at hand, for what can't wait for it: see `dayAt`. */
export const placed = async (ctx: Ctx): Promise<Ctx> => ({ ...ctx, zone: await zoneOfEntity(ctx) })

/** The day it is where the entity is, in a request that was `placed`. */
export function dayAt({ now, zone }: Ctx): PlainDate {
  if (zone === undefined) throw new Error('Nobody has looked up the time zone of the entity yet')
  return localDate(now, zone)
}
