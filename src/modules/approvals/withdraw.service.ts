import type { Ctx } from '../../platform/database/context.ts'

/** The end of asking: what nobody has to decide any more. The caller holds the payable's lock. */

/** Events of one moment in the order that receivers expect: the payable's, those of the process, those of its requests. */
export const turns = { process: 10, decided: 20, withdrawn: 30, asked: 40 } as const

/** Somebody decided past every vote: whatever was asked about the payable is asked no more. */
export async function withdrawApprovals(ctx: Ctx, payableId: string): Promise<void> {
  await ctx.db.query(
    `with t as (update approval_processes set status = 'canceled', updated_by = $2, updated_at = app_now()
       where payable_id = $1 and status in ('running', 'waiting') returning id, approval_policy_id)
     select emit('approval_policy', t.approval_policy_id, 'process_canceled', $2, jsonb_build_object('process_id', t.id), false, ${turns.process}) from t`,
    [payableId, ctx.userId],
  )
  await withdrawRequests(ctx, payableId)
}

/** Takes back the requests about a payable that nobody has decided: all of them, or those of these steps of a process. */
export async function withdrawRequests(
  ctx: Ctx,
  payableId: string,
  of: { process: string; steps?: readonly string[] } | null = null,
): Promise<void> {
  await ctx.db.query(
    `with t as (update approval_requests set status = 'canceled', updated_at = app_now()
       where object_id = $1 and status = 'waiting' and ($2::uuid is null or process_id = $2) and ($3::text[] is null or step = any ($3)) returning id)
     select emit('approval_request', t.id, 'canceled', $4, null, false, ${turns.withdrawn}) from t`,
    [payableId, of?.process ?? null, of?.steps ?? null, ctx.userId],
  )
}
