import type { Owner } from '../clock.ts'
import { asSystem, type Ctx, type Db } from './context.ts'
import { sql } from './sql.ts'

const ALL = sql(`select partner_id, entity_id, ahead_ms from test_clocks`)

/** Reads how far the clocks of entities are from the machine's: at the start, and whenever one was moved. */
export async function readClocks(db: Db): Promise<void> {
  db.clocks?.replace(await asSystem(db, (ctx) => ALL(ctx)))
}

const whose = ({ partner_id, entity_id }: Owner) => ({ partner: partner_id, entity: entity_id })

/** How long a process that was killed while it moved a clock keeps others waiting. */
const CLAIM = sql(`
  insert into test_clocks (partner_id, entity_id, ahead_ms, moving_until) values (:partner, :entity, :ahead_ms, clock_timestamp() + interval '40 seconds')
  on conflict (partner_id, entity_id) do update set moving_until = excluded.moving_until
  where coalesce(test_clocks.moving_until, '-infinity') < clock_timestamp() returning ahead_ms`)
const MOVE = sql(`
  update test_clocks set ahead_ms = :ahead_ms, updated_at = app_now() where partner_id = :partner and entity_id = :entity`)
const LET_GO = sql(`update test_clocks set moving_until = null where partner_id = :partner and entity_id = :entity`)
const TAKE_AWAY = sql(`delete from test_clocks where partner_id = :partner and entity_id = :entity`)
const SET = sql(`
  insert into test_clocks (partner_id, entity_id, ahead_ms) values (:partner, :entity, :ahead_ms)
  on conflict (partner_id, entity_id) do update set ahead_ms = excluded.ahead_ms`)

/** Whether it is for whoever asks to move the clock; until `letGoOfClock`, for nobody else. A clock that isn't there begins at `ahead_ms`. */
export const claimClock = async (ctx: Ctx, owner: Owner, ahead_ms: number): Promise<boolean> =>
  (await CLAIM(ctx, { ...whose(owner), ahead_ms })).length > 0
export async function letGoOfClock(ctx: Ctx, owner: Owner): Promise<void> {
  await LET_GO(ctx, whose(owner))
}

/** Moves a clock that was claimed. */
export async function moveClock(ctx: Ctx, owner: Owner, ahead_ms: number): Promise<void> {
  await MOVE(ctx, { ...whose(owner), ahead_ms })
}

/** The clock is that far ahead, whether it was there or not. */
export async function setClockTo(ctx: Ctx, owner: Owner, ahead_ms: number): Promise<void> {
  await SET(ctx, { ...whose(owner), ahead_ms })
}

/** The owner lives by the machine's clock again. */
export async function takeClockAway(ctx: Ctx, owner: Owner): Promise<void> {
  await TAKE_AWAY(ctx, whose(owner))
}
