import { STRANDED } from '../../core/policy/process.ts'
import type { Ctx } from '../../platform/database/context.ts'

/** The end of asking: what nobody has to decide any more. The caller holds the payable's lock. */

/** Somebody decided past every vote: whatever was asked about the payable is asked no more. */
export async function withdrawApprovals(ctx: Ctx, payableId: string): Promise<void> {
  await ctx.db.query(
    `with t as (update approval_processes set status = 'canceled', updated_by = $2, updated_at = app_now()
       where payable_id = $1 and status in ('running', 'waiting') returning id, approval_policy_id)
     select emit('approval_policy', t.approval_policy_id, 'process_canceled', $2, jsonb_build_object('process_id', t.id)) from t`,
    [payableId, ctx.userId],
  )
  await withdrawRequests(ctx, payableId)
}

const MISSING = '(t.required_approval_count - cardinality(t.approved_by))'
/** How many of those who are named, or have a role that is named, can still say yes. */
const LEFT = `(select count(*) from entity_users u where u.entity_id = t.entity_id and u.deleted_at is null and u.id <> all (t.approved_by)
  and (u.id = any (t.user_ids) or u.role_id = any (t.role_ids)))`

/** Nobody can answer a request that was just made. A role may still get further members, as long as it has any. */
const IN_VAIN = `case when t.role_ids = '{}' then ${LEFT} < ${MISSING} else t.approved_by = '{}' and ${LEFT} = 0 end`

/** Somebody who could have answered can't any more (the user `$3`, of the role `$4` until now), and too few are left. */
const LOST = `($3::uuid = any (t.user_ids) or $4::uuid = any (t.role_ids)) and $3 <> all (t.approved_by) and ${LEFT} < ${MISSING}
  and not exists (select from entity_users u where u.entity_id = t.entity_id and u.id = $3 and u.deleted_at is null
    and (u.id = any (t.user_ids) or u.role_id = any (t.role_ids)))`

/** A user who was deleted, or has another role now, and the role until then. */
export interface Lost {
  readonly user_id: string
  readonly role_id: string
}

const strandBy = (
  condition: string,
) => `with t as (update approval_requests t set status = 'canceled', stranded = $2, updated_at = app_now()
     where object_id = $1 and status = 'waiting' and deleted_at is null and ${condition} returning id, process_id)
   select t.process_id, emit('approval_request', t.id, 'canceled') from t`

/** Ends the requests of a process that nobody can answer. */
export const strandInVain = (ctx: Ctx, payableId: string, process: string) =>
  ctx.db.query(strandBy(`process_id = $3 and ${IN_VAIN}`), [payableId, STRANDED, process])

/** Ends the requests about a payable that need somebody who is gone. Answers whether any of them was made by hand. */
export async function strandLost(ctx: Ctx, payableId: string, { user_id, role_id }: Lost): Promise<boolean> {
  const ended = await ctx.db.query<{ process_id: string | null }>(strandBy(LOST), [payableId, STRANDED, user_id, role_id])
  return ended.some(({ process_id }) => process_id === null)
}

/** Payables about which somebody who is gone is asked in vain. */
export const payablesOfLost = (ctx: Ctx, { user_id, role_id }: Lost) =>
  ctx.db.query<{ id: string }>(
    `select distinct object_id as id from approval_requests t where status = 'waiting' and deleted_at is null and ${LOST.replaceAll('$3', '$1').replaceAll('$4', '$2')} order by 1`,
    [user_id, role_id],
  )

/** Takes back the requests about a payable that nobody has decided: all of them, or those of these steps of a process. */
export async function withdrawRequests(
  ctx: Ctx,
  payableId: string,
  of: { process: string; steps?: readonly string[] } | null = null,
): Promise<void> {
  await ctx.db.query(
    `with t as (update approval_requests set status = 'canceled', updated_at = app_now()
       where object_id = $1 and status = 'waiting' and ($2::uuid is null or process_id = $2) and ($3::text[] is null or step = any ($3)) returning id)
     select emit('approval_request', t.id, 'canceled', $4) from t`,
    [payableId, of?.process ?? null, of?.steps ?? null, ctx.userId],
  )
}
