import type { Check, Context } from '../../core/policy/evaluate.ts'
import { readScript } from '../../core/policy/language.ts'
import { processFlow } from '../../core/policy/process.flow.ts'
import { type Fate, type Progress, progressOf, type RequestStatus, type Step } from '../../core/policy/process.ts'
import { freely } from '../../platform/auth/reach.ts'
import type { Selectable } from '../../platform/database/columns.ts'
import type { Ctx } from '../../platform/database/context.ts'
import type { Database } from '../../platform/database/database.types.ts'
import { sql } from '../../platform/database/sql.ts'
import { jobs } from '../../platform/jobs/jobs.ts'
import { decidePayable } from '../payables/deciding.service.ts'
import { lockPayable, write } from '../payables/payables.service.ts'
import { strandInVain, withdrawApprovals, withdrawRequests } from './withdraw.service.ts'

/**
 * Processes at work. All of it happens under the lock of the payable, which is taken first: what two people do at the same moment happens
 * one after the other.
 */

declare module '../../platform/database/columns.ts' {
  interface JsonShapes {
    'approval_processes.input': Context
    'approval_processes.matched': readonly Check[]
  }
}
/** A policy at work on a payable. `requested_by`: who the requests come from. */
export type ProcessRow = Selectable<Database['approval_processes']>

/** The machinery acts: nobody's name stands beside what it does, and nobody's limits hold for it. */
export const asMachinery = (ctx: Ctx): Ctx => ({ ...freely(ctx), userId: null })

export interface NewProcess {
  readonly policy: { id: string; script: object; created_by: string | null }
  readonly payableId: string
  readonly input: Context
  readonly matched: readonly Check[]
  readonly submittedBy: string | null
}

const BEGIN_PROCESS = sql(`
  with t as (insert into approval_processes (approval_policy_id, payable_id, status, script, input, matched, requested_by, created_by)
    values (:policyId, :payableId, 'waiting', :script::json, :input::json, :matched::json, :requestedBy?, :createdBy?) returning *)
  select t.*, emit('approval_policy_process', t.id, 'created') from t`)

/** Applies a policy to a payable, and asks whom it names first. */
export async function beginProcess(ctx: Ctx, { policy, payableId, input, matched, submittedBy }: NewProcess): Promise<void> {
  await write(ctx, payableId, 'updated', { approval_policy_id: policy.id })
  const process = await BEGIN_PROCESS.one(ctx, {
    policyId: policy.id,
    payableId,
    script: policy.script,
    input,
    matched,
    requestedBy: submittedBy ?? policy.created_by,
    createdBy: submittedBy,
  })
  await advance(ctx, process)
}

interface Opened {
  readonly step: string
  readonly status: RequestStatus
  /** Why nobody is left who could answer it. */
  readonly stranded: string | null
}
const fateOf = ({ status, stranded }: Opened): Fate => (stranded === null ? status : 'stranded')

/** Where a process stands, given what has become of its requests. */
export function standingOf(process: Pick<ProcessRow, 'script' | 'input'>, requests: readonly Opened[]): Progress {
  const script = readScript(process.script)
  if (!script.ok) return { status: 'failed', steps: [], open: [], close: [], effect: null, error: script.fault }
  return progressOf(script.value, process.input, new Map(requests.map((request) => [request.step, fateOf(request)])))
}

const REQUESTS_OF = sql(`select step as "step!", status, stranded from approval_requests where process_id = :id`)

/**
 * Brings a process to where its votes lead: asks the next, lets go of who isn't needed, and ends it with its effect. A request
 * that nobody can answer is ended at once: the process goes on without it, or fails.
 */
export async function advance(ctx: Ctx, process: ProcessRow): Promise<void> {
  let asked = 0
  for (;;) {
    await strandInVain(ctx, process.payable_id, process.id)
    const requests = await REQUESTS_OF(ctx, { id: process.id })
    const progress = standingOf(process, requests)
    if (progress.close.length > 0)
      await withdrawRequests(asMachinery(ctx), process.payable_id, { process: process.id, steps: progress.close })
    for (const step of progress.open) await ask(ctx, process, step, asked++)
    if (progress.status !== 'waiting') return end(ctx, process, progress)
    if (progress.open.length === 0) return
  }
}

async function ask(ctx: Ctx, process: ProcessRow, step: Step, place: number): Promise<void> {
  await openRequest(ctx, {
    object_id: process.payable_id,
    process_id: process.id,
    step: step.key,
    user_ids: step.user_ids,
    role_ids: step.role_ids,
    required_approval_count: step.required_approval_count,
    created_by: process.requested_by,
    place,
  })
}

export interface NewRequest {
  readonly object_id: string
  readonly process_id?: string
  readonly step?: string
  readonly user_ids: readonly string[]
  readonly role_ids: readonly string[]
  readonly required_approval_count: number
  /** Null where it was not a user. */
  readonly created_by: string | null
  /** Which it is of those that are made at the same moment: they keep this order. */
  readonly place?: number
}

const INSERT_REQUEST = sql(`
  with t as (insert into approval_requests (object_id, process_id, step, user_ids, role_ids, required_approval_count, created_by, created_at)
    values (:object_id, :process_id?, :step?, :user_ids, :role_ids, :required_approval_count, :created_by?, app_now() + :place::integer * interval '1 microsecond') returning id)
  select t.id, emit('approval_request', t.id, 'created', :user?) from t`)

/** The one place that asks for approval: the request, its event, and the mails to whom it names. Answers its id. */
export async function openRequest(ctx: Ctx, request: NewRequest): Promise<string> {
  const { id } = await INSERT_REQUEST.one(ctx, {
    object_id: request.object_id,
    process_id: request.process_id ?? null,
    step: request.step ?? null,
    user_ids: request.user_ids,
    role_ids: request.role_ids,
    required_approval_count: request.required_approval_count,
    created_by: request.created_by,
    user: request.process_id ? null : ctx.userId,
    place: request.place ?? 0,
  })
  await jobs.add(ctx, 'approvals.notify', { approval_request_id: id }, { key: `approvals.notify:${id}` })
  return id
}

const END = sql(`
  with t as (update approval_processes set status = :status, error = :error?::json, updated_at = app_now() where id = :id and status = any (:from) returning id)
  select case when :status = 'failed' then emit('approval_policy_process', t.id, 'execution_error') end from t`)

async function end(ctx: Ctx, process: ProcessRow, { status, effect, error }: Progress): Promise<void> {
  if (status === 'canceled') return cancelProcess(ctx, process)
  const system = asMachinery(ctx)
  const { from, to } = processFlow.leads(status === 'failed' ? 'fail' : 'succeed')
  await END.one(ctx, { id: process.id, from, status: to, error })
  if (status === 'failed') await tellOfStuck(ctx, process.payable_id)
  if (!effect) return
  await decidePayable(system, await lockPayable(system, process.payable_id), effect.kind, effect.comment)
  await withdrawApprovals(system, process.payable_id)
}

/** Those who may decide a bill by hand are told that it waits for them, once for each time that it gets stuck. */
export const tellOfStuck = (ctx: Ctx, payable_id: string) =>
  jobs.add(ctx, 'approvals.notify_stuck', { payable_id, since: ctx.now.toISOString() }, { key: `approvals.stuck:${payable_id}` })

const CANCEL_ONE = sql(`
  with t as (update approval_processes set status = :status, updated_by = :user?, updated_at = app_now() where id = :id and status = any (:from) returning id)
  select emit('approval_policy', :approval_policy_id, 'process_canceled', :user?, jsonb_build_object('process_id', t.id)) from t`)

/** Ends a process before its votes did. The payable waits for somebody to decide, or for another policy. */
export async function cancelProcess(ctx: Ctx, { id, payable_id, approval_policy_id }: ProcessRow): Promise<void> {
  await write(asMachinery(ctx), payable_id, 'updated', { approval_policy_id: null })
  const { from, to } = processFlow.leads('cancel')
  await CANCEL_ONE(ctx, { id, from, status: to, user: ctx.userId, approval_policy_id })
  await withdrawRequests(ctx, payable_id, { process: id })
}

const STATUS = sql(`select status from payables where id = :payableId and deleted_at is null for update`)

/** Takes the lock that everything about the approval of a payable happens under; its status, or null when it is gone. */
export async function lockStatus(ctx: Ctx, payableId: string): Promise<string | null> {
  const row = await STATUS.maybe(ctx, { payableId })
  return row?.status ?? null
}

const SUBMISSION = sql(`
  select created_at as at, entity_user_id as by from events where object_type = 'payable' and object_id = :payableId and event = 'submitted_for_approval'
  order by created_at desc limit 1`)

/** When, and by whom, a payable was last sent to be approved. */
export async function submissionOf(ctx: Ctx, payableId: string): Promise<{ at: string; by: string | null } | null> {
  const row = await SUBMISSION.maybe(ctx, { payableId })
  return row ?? null
}
