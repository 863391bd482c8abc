import type { Ctx } from '../database/context.ts'
import { sql } from '../database/sql.ts'
import type { Kind } from './jobs.ts'

/** What waits for a moment of the entity waits as much less as its clock was put forward. What is in somebody's hand stays. */
const SHIFT = sql(`
  update jobs j set run_at = run_at - make_interval(secs => :by_s::float8)
  where partner_id = :partner and (:only?::uuid is null or entity_id = :only) and kind = any (:kinds) and not dead and failures = 0
    and run_at > app_now() and waiting
    and (:only is not null or not exists (select from test_clocks c where c.partner_id = j.partner_id and c.entity_id = j.entity_id))`)

interface Shift {
  readonly partner: string
  /** One entity, or all of the partner's that have no clock of their own. */
  readonly only: string | null
  /** Seconds. */
  readonly by_s: number
  readonly kinds: readonly Kind[]
}

export async function bringForward(ctx: Ctx, shift: Shift): Promise<void> {
  await SHIFT(ctx, shift)
}
