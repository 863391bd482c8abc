import { processFlow } from '../../core/policy/process.flow.ts'
import { STRANDED } from '../../core/policy/process.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'

/** The end of asking: what nobody has to decide any more. The caller holds the payable's lock. */

const WITHDRAW_ALL = sql(`
  with t as (update approval_processes set status = :status, updated_by = :user?, updated_at = app_now()
    where payable_id = :payableId and status = any (:from) returning id, approval_policy_id)
  select emit('approval_policy', t.approval_policy_id, 'process_canceled', :user?, jsonb_build_object('process_id', t.id)) from t`)

/** Somebody decided past every vote: whatever was asked about the payable is asked no more. */
export async function withdrawApprovals(ctx: Ctx, payableId: string): Promise<void> {
  const { from, to } = processFlow.leads('cancel')
  await WITHDRAW_ALL(ctx, { payableId, from, status: to, user: ctx.userId })
  await withdrawRequests(ctx, payableId)
}

const MISSING = '(t.required_approval_count - cardinality(t.approved_by))'
/** How many of those who are named, or have a role that is named, can still say yes. */
const LEFT = `(select count(*) from entity_users u where u.entity_id = t.entity_id and u.deleted_at is null and u.id <> all (t.approved_by)
  and (u.id = any (t.user_ids) or u.role_id = any (t.role_ids)))`

/** Nobody can answer a request that was just made. A role may still get further members, as long as it has any. */
const IN_VAIN = `case when t.role_ids = '{}' then ${LEFT} < ${MISSING} else t.approved_by = '{}' and ${LEFT} = 0 end`

/** Somebody who could have answered can't any more (`:user`, who had the role `:role` until now), and too few are left. */
const LOST = `(:user::uuid = any (t.user_ids) or :role::uuid = any (t.role_ids)) and :user <> all (t.approved_by) and ${LEFT} < ${MISSING}
  and not exists (select from entity_users u where u.entity_id = t.entity_id and u.id = :user and u.deleted_at is null
    and (u.id = any (t.user_ids) or u.role_id = any (t.role_ids)))`

/** A user who was deleted, or has another role now, and the role until then. */
export interface Lost {
  readonly user_id: string
  readonly role_id: string
}

const STRAND_IN_VAIN = sql(`
  with t as (update approval_requests t set status = 'canceled', stranded = :why, updated_at = app_now()
    where object_id = :payableId and status = 'waiting' and deleted_at is null and process_id = :process and ${IN_VAIN} returning id)
  select emit('approval_request', t.id, 'canceled') from t`)
const STRAND_LOST = sql(`
  with t as (update approval_requests t set status = 'canceled', stranded = :why, updated_at = app_now()
    where object_id = :payableId and status = 'waiting' and deleted_at is null and ${LOST} returning id, process_id)
  select t.process_id, emit('approval_request', t.id, 'canceled') from t`)
const PAYABLES_OF_LOST = sql(
  `select distinct object_id as id from approval_requests t where status = 'waiting' and deleted_at is null and ${LOST} order by 1`,
)

/** Ends the requests of a process that nobody can answer. */
export const strandInVain = (ctx: Ctx, payableId: string, process: string) =>
  STRAND_IN_VAIN(ctx, { payableId, process, why: STRANDED })

/** Ends the requests about a payable that need somebody who is gone. Answers whether any of them was made by hand. */
export async function strandLost(ctx: Ctx, payableId: string, { user_id, role_id }: Lost): Promise<boolean> {
  const ended = await STRAND_LOST(ctx, { payableId, user: user_id, role: role_id, why: STRANDED })
  return ended.some(({ process_id }) => process_id === null)
}

/** Payables about which somebody who is gone is asked in vain. */
export const payablesOfLost = (ctx: Ctx, { user_id, role_id }: Lost) => PAYABLES_OF_LOST(ctx, { user: user_id, role: role_id })

const WITHDRAW = sql(`
  with t as (update approval_requests set status = 'canceled', updated_at = app_now()
    where object_id = :payableId and status = 'waiting' and (:process?::uuid is null or process_id = :process?) and (:steps?::text[] is null or step = any (:steps?)) returning id)
  select emit('approval_request', t.id, 'canceled', :user?) from t`)

/** Takes back the requests about a payable that nobody has decided: all of them, or those of these steps of a process. */
export async function withdrawRequests(
  ctx: Ctx,
  payableId: string,
  of: { process: string; steps?: readonly string[] } | null = null,
): Promise<void> {
  await WITHDRAW(ctx, { payableId, process: of?.process ?? null, steps: of?.steps ?? null, user: ctx.userId })
}
