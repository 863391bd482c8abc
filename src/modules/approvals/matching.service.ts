import { type Check, type Context, matches } from '../../core/policy/evaluate.ts'
import { readTrigger } from '../../core/policy/language.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { type RowOf, sql } from '../../platform/database/sql.ts'
import { jobs } from '../../platform/jobs/jobs.ts'
import type { Log } from '../../platform/log.ts'
import { lockPayable, showPayable } from '../payables/payables.service.ts'
import { beginProcess, lockStatus, submissionOf } from './running.service.ts'

/** Which policy applies to a payable that was sent to be approved. */

/** Those in force when the payable was sent; the highest priority first. */
const CANDIDATES = sql(`
  select id, trigger, script, priority, created_by from approval_policies
  where deleted_at is null and enabled and (starts_at is null or starts_at <= :at) and (ends_at is null or :at < ends_at)
  order by priority desc, created_at, id`)
type Candidate = RowOf<typeof CANDIDATES>

const LIVE = sql(`select from approval_processes where payable_id = :payableId and status in ('running', 'waiting')`)

/** A process that began since the payable was submitted, by the policies as they are: it had its chance. */
const TRIED = sql(`
  select from approval_processes where payable_id = :payableId and created_at >= :at
  and created_at > (select max(updated_at) from approval_policies where deleted_at is null)`)

/** Finds the policy and begins its process. Does nothing for a payable that isn't to be approved any more, or that has its process. */
export async function matchPolicy(ctx: Ctx, payableId: string, log: Log): Promise<void> {
  if ((await lockStatus(ctx, payableId)) !== 'approve_in_progress') return
  if ((await LIVE(ctx, { payableId })).length > 0) return
  const submission = await submissionOf(ctx, payableId)
  if (submission && (await TRIED(ctx, { payableId, at: submission.at })).length > 0) return
  const input = await contextOf(ctx, payableId)
  const candidates = await CANDIDATES(ctx, { at: submission?.at ?? ctx.now.toISOString() })
  const best = highest(candidates, input, log)
  if (best.length > 1) await tellOfSeveral(ctx, payableId, best)
  if (best.length !== 1) return
  const [{ policy, checks }] = best as [Match]
  await beginProcess(ctx, { policy, payableId, input, matched: checks, submittedBy: submission?.by ?? null })
}

interface Match {
  readonly policy: Candidate
  readonly checks: readonly Check[]
}

/** The matching policies of the highest priority at which any matches. */
function highest(candidates: readonly Candidate[], input: Context, log: Log): Match[] {
  const found: Match[] = []
  for (const policy of candidates) {
    if (found[0] && found[0].policy.priority > policy.priority) break
    const trigger = readTrigger(policy.trigger)
    const verdict = trigger.ok ? matches(trigger.value, input) : null
    const fault = trigger.ok ? verdict?.fault : trigger.fault
    if (fault) log.info({ policy: policy.id, at: fault.at, reason: fault.message }, 'a policy was passed over')
    if (verdict?.matches) found.push({ policy, checks: verdict.checks })
  }
  return found
}

const TELL = sql(`select emit('payable', :payableId, 'multiple_approval_policies_matched', null, :data::jsonb)`)

/** Which of them was meant nobody can say: none applies, and people are told. */
async function tellOfSeveral(ctx: Ctx, payableId: string, several: readonly Match[]): Promise<void> {
  const data = { approval_policy_ids: several.map(({ policy }) => policy.id) }
  await TELL(ctx, { payableId, data })
}

/** What policies know of a payable: all its answer shows except the file, whose address is a key to it. */
async function contextOf(ctx: Ctx, payableId: string): Promise<Context> {
  const { exchange } = await lockPayable(ctx, payableId)
  const { file: _file, ...payable } = await showPayable(ctx, payableId)
  return {
    event_name: 'submitted_for_approval',
    invoice: { ...payable, amount: payable.total_amount ?? null },
    exchange_rates: exchange?.exchange_rates ?? [],
  }
}

const WAITING = sql(`
  select t.id from payables t where t.status = 'approve_in_progress' and t.deleted_at is null
    and not exists (select from approval_processes p where p.entity_id = t.entity_id and p.payable_id = t.id
      and (p.status in ('running', 'waiting') or p.created_at > (select max(y.updated_at) from approval_policies y where y.deleted_at is null and y.enabled
        and (y.starts_at is null or y.starts_at <= app_now()) and (y.ends_at is null or app_now() < y.ends_at))))
  order by t.created_at, t.id`)

/**
 * Looks again for payables that wait without a process, because a policy came into force. One that was matched since then has had its
 * chance, though nobody could answer.
 */
export async function rematch(ctx: Ctx): Promise<void> {
  const waiting = await WAITING(ctx)
  for (const { id } of waiting)
    await jobs.add(ctx, 'approvals.match', { object_id: id, at: ctx.now.toISOString() }, { key: `approvals.match:${id}` })
}
