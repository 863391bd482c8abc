import { batchStatus } from '../../core/payments/batch.ts'
import { type IntentAction, type IntentState, intentFlow } from '../../core/payments/intent.flow.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'

/** The one place that changes the status of a payment intent. */

const MOVE_INTENT = sql(`
  with t as (update payment_intents set status = :status, error = coalesce(:error?::json, error), updated_at = app_now() where id = :id and status = :before returning id),
  noted as (insert into payment_intent_history (payment_intent_id, status) select id, :status from t returning id)
  select emit('payment_intent', t.id, 'status_updated', :user?, :moved::jsonb) as "emitted!" from t, noted`)

/**
 * Takes a locked intent to the status that the action leads to, with its history and its event. Answers that status; null,
 * and nothing is changed, where what happened comes too late for it.
 */
export async function moveIntent(
  ctx: Ctx,
  { id, status: before }: { readonly id: string; readonly status: string },
  action: IntentAction,
  error: object | null = null,
): Promise<IntentState | null> {
  if (!intentFlow.can(before, action)) return null
  const status = intentFlow.next(before, action)
  const moved = { old_status: before, new_status: status }
  await MOVE_INTENT.one(ctx, { id, before, status, error, user: ctx.userId, moved })
  const { batch_payment_id } = await BATCH_OF.one(ctx, { id })
  if (batch_payment_id) await followBatch(ctx, batch_payment_id)
  return status
}

const BATCH_OF = sql(`select batch_payment_id from payment_intents where id = :id`)
const LOCK_BATCH = sql(`select id, status from batch_payments where id = :id for update`)
const ITEMS = sql(`select status from payment_intents where batch_payment_id = :id`)
const MOVE_BATCH = sql(`
  with t as (update batch_payments set status = :status, updated_at = app_now() where id = :id returning id)
  select emit('batch_payment', t.id, 'status_updated', :user?, :moved::jsonb) as "emitted!" from t`)

/** A batch stands as its items do. */
export async function followBatch(ctx: Ctx, id: string): Promise<void> {
  const batch = await LOCK_BATCH.one(ctx, { id })
  const status = batchStatus((await ITEMS(ctx, { id: batch.id })).map((item) => item.status))
  if (status === batch.status) return
  await MOVE_BATCH(ctx, { id: batch.id, status, user: ctx.userId, moved: { old_status: batch.status, new_status: status } })
}
