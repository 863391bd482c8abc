import { flow } from '../../../core/flow.ts'
import { cast, type Vote } from '../../../core/policy/process.ts'
import { badRequest, conflict, forbidden, notFound } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows, table } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { decidePayable } from '../../payables/deciding.service.ts'
import { lockPayable } from '../../payables/payables.service.ts'
import {
  advance,
  asMachinery,
  cancelProcess,
  lockStatus,
  openRequest,
  type ProcessRow,
  submissionOf,
} from '../running.service.ts'
import { withdrawApprovals } from '../withdraw.service.ts'
import { type ApprovalRequestCreateRequest, ApprovalRequestResource } from './requests.schema.ts'

/** Requests for approval: asked, answered and taken back. The lock of the payable is always taken first. */

export const requestFlow = flow<ApprovalRequestResource['status'], Vote | 'cancel'>('approval request', {
  waiting: { approve: 'approved', reject: 'rejected', cancel: 'canceled' },
  approved: {},
  rejected: {},
  canceled: {},
})

export const requestTable = table('approval_requests', ApprovalRequestResource, {
  noun: 'Approval request',
  object: 'approval_request',
  flow: requestFlow,
})

// Asking

/** Asks for approval without a policy. */
export async function createRequest(ctx: Ctx, body: ApprovalRequestCreateRequest): Promise<ApprovalRequestResource> {
  if (body.object_type !== 'payable') throw badRequest('Approval is asked for payables: object_type has to be payable')
  const user_ids = 'user_ids' in body ? distinct(body.user_ids) : []
  const role_ids = 'role_ids' in body ? distinct(body.role_ids) : []
  const status = await lockStatus(ctx, body.object_id)
  if (status === null) throw notFound('Payable not found')
  await checkThere(ctx, 'user_ids', user_ids)
  await checkThere(ctx, 'role_ids', role_ids)
  if (user_ids.length + role_ids.length === 0) throw badRequest('Name at least one user or role who may approve')
  if (user_ids.length > 0 && body.required_approval_count > user_ids.length)
    throw badRequest(
      `required_approval_count: ${body.required_approval_count} approvals can't come from ${user_ids.length} users`,
    )
  if (body.required_approval_count > 1_000_000) throw badRequest('required_approval_count is too large')
  if (status !== 'approve_in_progress') throw badRequest('Approval is asked for payables that have been submitted for approval')
  const { object_id, required_approval_count } = body
  const id = await openRequest(ctx, { object_id, user_ids, role_ids, required_approval_count, created_by: ctx.userId })
  return rows.find(ctx, requestTable, id)
}

const distinct = (ids: readonly string[]) => [...new Set(ids.map((id) => id.toLowerCase()))]

const APPROVERS = {
  user_ids: sql(`select id from entity_users where id = any (:ids) and deleted_at is null`),
  role_ids: sql(`select id from roles where id = any (:ids) and deleted_at is null`),
}

async function checkThere(ctx: Ctx, field: keyof typeof APPROVERS, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const found = await APPROVERS[field](ctx, { ids })
  const missing = ids.find((id) => !found.some((one) => one.id === id))
  if (missing) throw badRequest(`${field}: there is none with the id ${missing}`)
}

// Answering

/** Locks the payable and then the request, so that whoever comes second sees what the first has done. */
async function lockRequest(ctx: Ctx, id: string): Promise<ApprovalRequestResource> {
  const { object_id } = await rows.find(ctx, requestTable, id)
  await lockStatus(ctx, object_id)
  return rows.lock(ctx, requestTable, id)
}

const ASKED = sql(
  `select from entity_users u where u.id = :user? and u.deleted_at is null and (u.id = any (:user_ids) or u.role_id = any (:role_ids))`,
)

/** Named, or of a role that is named. No other permission is asked for. */
export async function isAsked(
  ctx: Ctx,
  { user_ids, role_ids }: Pick<ApprovalRequestResource, 'user_ids' | 'role_ids'>,
): Promise<boolean> {
  const found = await ASKED(ctx, { user: ctx.userId, user_ids, role_ids })
  return found.length > 0
}

/** A vote that decides nothing yet; nobody is told of it. */
const COUNT_VOTE = sql(`update approval_requests set approved_by = :approved_by, updated_at = app_now() where id = :id`)
const TELL_BILL = sql(`select emit('payable', :object_id, 'vote_rejected', :user?, :data::jsonb, true)`)

/** Somebody says yes or no, and may say why not. What follows for the payable follows at once. */
export async function vote(ctx: Ctx, id: string, choice: Vote, reason: string | null = null): Promise<ApprovalRequestResource> {
  const request = await lockRequest(ctx, id)
  if (!ctx.userId || !(await isAsked(ctx, request))) throw forbidden(`User is not allowed to ${choice} this request`)
  const after = cast({ ...request, rejected_by: request.rejected_by ?? null }, ctx.userId, choice)
  if (!after) throw conflict(request.status === 'waiting' ? 'You have approved this request already' : decided(request.status))
  const { status, approved_by, rejected_by } = after
  if (status === 'waiting') await COUNT_VOTE(ctx, { id, approved_by })
  else await rows.move(ctx, requestTable, request, choice, status, { approved_by, rejected_by })
  if (choice === 'reject' && reason)
    await TELL_BILL(ctx, { object_id: request.object_id, user: ctx.userId, data: { details: { reason } } })
  if (status !== 'waiting') await follow(ctx, id, request.object_id)
  return rows.find(ctx, requestTable, id)
}

const decided = (status: string) => `An approval request that is ${status} can't be decided again`

const PROCESS_OF = sql(`select process_id from approval_requests where id = :id`)

/** What a decided request means for its process, or, without one, for the payable. */
async function follow(ctx: Ctx, id: string, payableId: string): Promise<void> {
  const process = await liveProcess(ctx, payableId)
  const { process_id } = await PROCESS_OF.one(ctx, { id })
  if (process && process_id === process.id) return advance(ctx, process)
  if (!process && process_id === null) return decideDirectly(ctx, payableId)
}

const LIVE_PROCESS = sql(
  `select * from approval_processes where payable_id = :payableId and status in ('running', 'waiting') for update`,
)

export async function liveProcess(ctx: Ctx, payableId: string): Promise<ProcessRow | undefined> {
  const process = await LIVE_PROCESS.maybe(ctx, { payableId })
  return process
}

const STANDING = sql(
  `select status from approval_requests where object_id = :payableId and process_id is null and (status <> 'canceled' or stranded is not null) and created_at >= :at?`,
)

/** Requests without a process decide together, those of this submission: one no is enough, and every yes is needed. */
async function decideDirectly(ctx: Ctx, payableId: string): Promise<void> {
  const submission = await submissionOf(ctx, payableId)
  const all = await STANDING(ctx, { payableId, at: submission?.at ?? new Date(0).toISOString() })
  const rejected = all.some(({ status }) => status === 'rejected')
  if (!rejected && all.some(({ status }) => status !== 'approved')) return
  const system = asMachinery(ctx)
  await decidePayable(system, await lockPayable(system, payableId), rejected ? 'reject' : 'approve', null)
  await withdrawApprovals(system, payableId)
}

const OF_PROCESS = sql(`select from approval_requests where id = :id and process_id = :process?`)

/** Takes a request back; a process that waits for it can't go on. */
export async function cancelRequest(ctx: Ctx, id: string): Promise<ApprovalRequestResource> {
  const request = await lockRequest(ctx, id)
  if (request.status !== 'waiting') throw conflict(`An approval request that is ${request.status} can't be canceled`)
  const canceled = await rows.move(ctx, requestTable, request, 'cancel', 'canceled', {})
  const process = await liveProcess(ctx, request.object_id)
  const mine = await OF_PROCESS(ctx, { id, process: process?.id ?? null })
  if (process && mine.length > 0) await cancelProcess(ctx, process)
  return canceled
}
