import { cast, type Vote } from '../../../core/policy/process.ts'
import { badRequest, conflict, forbidden, notFound } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { json, rows, table } from '../../../platform/database/rows.ts'
import { decidePayable } from '../../payables/bills.service.ts'
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
import { type ApprovalRequestCreateRequest, ApprovalRequestResource } from './requests.schema.ts'

/** Requests for approval: asked, answered and taken back. The lock of the payable is always taken first. */

export const requestTable = table('approval_requests', ApprovalRequestResource, {
  noun: 'Approval request',
  object: 'approval_request',
})

// Asking

/** Asks for approval without a policy. */
export async function createRequest(ctx: Ctx, body: ApprovalRequestCreateRequest): Promise<ApprovalRequestResource> {
  if (body.object_type !== 'payable') throw badRequest('Approval is asked for payables: object_type has to be payable')
  const user_ids = 'user_ids' in body ? distinct(body.user_ids) : []
  const role_ids = 'role_ids' in body ? distinct(body.role_ids) : []
  const status = await lockStatus(ctx, body.object_id)
  if (status === null) throw notFound('Payable not found')
  await checkThere(ctx, 'entity_users', 'user_ids', user_ids)
  await checkThere(ctx, 'roles', 'role_ids', role_ids)
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

async function checkThere(ctx: Ctx, name: 'entity_users' | 'roles', field: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const found = await ctx.db.query<{ id: string }>(`select id from ${name} where id = any ($1) and deleted_at is null`, [ids])
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

/** Named, or of a role that is named. No other permission is asked for. */
export async function isAsked(
  ctx: Ctx,
  { user_ids, role_ids }: Pick<ApprovalRequestResource, 'user_ids' | 'role_ids'>,
): Promise<boolean> {
  const found = await ctx.db.query(
    `select from entity_users u where u.id = $1 and u.deleted_at is null and (u.id = any ($2) or u.role_id = any ($3))`,
    [ctx.userId, user_ids, role_ids],
  )
  return found.length > 0
}

/** Somebody says yes or no, and may say why not. What follows for the payable follows at once. */
export async function vote(ctx: Ctx, id: string, choice: Vote, reason: string | null = null): Promise<ApprovalRequestResource> {
  const request = await lockRequest(ctx, id)
  if (!ctx.userId || !(await isAsked(ctx, request))) throw forbidden(`User is not allowed to ${choice} this request`)
  const after = cast({ ...request, rejected_by: request.rejected_by ?? null }, ctx.userId, choice)
  if (!after) throw conflict(request.status === 'waiting' ? 'You have approved this request already' : decided(request.status))
  await ctx.db.query(
    `with t as (update approval_requests set status = $2, approved_by = $3, rejected_by = $4, updated_at = app_now() where id = $1 returning id)
     select case when $2 <> 'waiting' then emit('approval_request', t.id, $2, $5) end from t`,
    [id, after.status, after.approved_by, after.rejected_by, ctx.userId],
  )
  if (choice === 'reject' && reason)
    await ctx.db.query(`select emit('payable', $1, 'vote_rejected', $2, $3, true)`, [
      ...[request.object_id, ctx.userId, json({ details: { reason } })],
    ])
  if (after.status !== 'waiting') await follow(ctx, id, request.object_id)
  return rows.find(ctx, requestTable, id)
}

const decided = (status: string) => `An approval request that is ${status} can't be decided again`

/** What a decided request means for its process, or, without one, for the payable. */
async function follow(ctx: Ctx, id: string, payableId: string): Promise<void> {
  const process = await liveProcess(ctx, payableId)
  const [{ process_id }] = (await ctx.db.query(`select process_id from approval_requests where id = $1`, [id])) as [
    { process_id: string | null },
  ]
  if (process && process_id === process.id) return advance(ctx, process)
  if (!process && process_id === null) return decideDirectly(ctx, payableId)
}

export async function liveProcess(ctx: Ctx, payableId: string): Promise<ProcessRow | undefined> {
  const [process] = await ctx.db.query<ProcessRow>(
    `select * from approval_processes where payable_id = $1 and status in ('running', 'waiting') for update`,
    [payableId],
  )
  return process
}

/** Requests without a process decide together, those of this submission: one no is enough, and every yes is needed. */
async function decideDirectly(ctx: Ctx, payableId: string): Promise<void> {
  const submission = await submissionOf(ctx, payableId)
  const all = await ctx.db.query<{ status: string }>(
    `select status from approval_requests where object_id = $1 and process_id is null and (status <> 'canceled' or stranded is not null) and created_at >= $2`,
    [payableId, submission?.at ?? new Date(0).toISOString()],
  )
  const rejected = all.some(({ status }) => status === 'rejected')
  if (!rejected && all.some(({ status }) => status !== 'approved')) return
  const system = asMachinery(ctx)
  await decidePayable(system, await lockPayable(system, payableId), rejected ? 'reject' : 'approve', null)
}

/** Takes a request back; a process that waits for it can't go on. */
export async function cancelRequest(ctx: Ctx, id: string): Promise<ApprovalRequestResource> {
  const request = await lockRequest(ctx, id)
  if (request.status !== 'waiting') throw conflict(`An approval request that is ${request.status} can't be canceled`)
  const canceled = await rows.change(ctx, requestTable, id, { status: 'canceled' }, 'canceled')
  const process = await liveProcess(ctx, request.object_id)
  const mine = await ctx.db.query(`select from approval_requests where id = $1 and process_id = $2`, [id, process?.id ?? null])
  if (process && mine.length > 0) await cancelProcess(ctx, process)
  return canceled
}
