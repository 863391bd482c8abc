import { conflict, notFound } from '../../../core/refusal.ts'
import { forUser, reach, reading } from '../../../platform/auth/reach.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows, table } from '../../../platform/database/rows.ts'
import { shaped, sql } from '../../../platform/database/sql.ts'
import { listing } from '../../../platform/http/listing.ts'
import { policyTable } from '../policies/policies.service.ts'
import { cancelProcess, lockStatus, type ProcessRow, standingOf } from '../running.service.ts'
import { type ApprovalProcessStepResource, ProcessResource } from './processes.schema.ts'

/** Policies at work, for those who look on. */

interface RequestOf {
  readonly id: string
  readonly step: string
  readonly status: 'waiting' | 'approved' | 'rejected' | 'canceled'
  readonly stranded: string | null
  readonly user_ids: string[]
  readonly role_ids: string[]
  readonly approved_by: string[]
  readonly rejected_by: string | null
  readonly required_approval_count: number
}
const REQUESTS = `(select coalesce(json_agg(json_build_object('id', r.id, 'step', r.step, 'status', r.status, 'stranded', r.stranded, 'user_ids', r.user_ids, 'role_ids', r.role_ids,
    'approved_by', r.approved_by, 'rejected_by', r.rejected_by, 'required_approval_count', r.required_approval_count) order by r.created_at, r.id), '[]')
  from approval_requests r where r.entity_id = t.entity_id and r.process_id = t.id)`

type Shown = ProcessRow & { matched: unknown; requests: RequestOf[]; script_snapshot: unknown }

const processTable = table('approval_processes', ProcessResource, {
  noun: 'Approval process',
  permanent: true,
  computed: {
    script_snapshot: 't.script',
    metadata: `json_build_object('object_type', 'payable', 'object_id', t.payable_id)`,
    matched: 't.matched',
    requests: REQUESTS,
  },
  present: (row) => {
    const { matched, requests, metadata, ...shown } = row as unknown as Shown & { metadata: object }
    return { ...shown, metadata: { ...metadata, explanation: { matched, awaiting: requests.flatMap(awaited) } } }
  },
})
const list = listing(processTable, { filters: {}, sort: ['created_at'] })

/** Who is still to say something, and how often. */
const awaited = ({ id, step, status, user_ids, role_ids, approved_by, required_approval_count }: RequestOf) =>
  status === 'waiting'
    ? [
        {
          approval_request_id: id,
          step,
          user_ids: user_ids.filter((user) => !approved_by.includes(user)),
          role_ids,
          approved_by,
          approvals_missing: required_approval_count - approved_by.length,
        },
      ]
    : []

/** All processes of a policy. */
export async function processesOf(ctx: Ctx, policyId: string) {
  await rows.find(ctx, policyTable, policyId)
  const data = await list.all(ctx, {}, [
    { sql: 't.approval_policy_id = $', values: [policyId] },
    ...forUser(ctx, reading(ctx, 'payable', 't.payable_id')),
  ])
  return { data }
}

/** A process tells of its bill, so it is for those who may see that. */
export async function processOf(ctx: Ctx, policyId: string, id: string) {
  await rows.find(ctx, policyTable, policyId)
  const process = await rows.find(ctx, processTable, id, { approval_policy_id: policyId })
  await reach(ctx, 'payable', [String(process.metadata.object_id)], 'read')
  return process
}

const PROCESS = shaped<{ requests: RequestOf[] }>()(
  sql(`select t.*, ${REQUESTS} as requests from approval_processes t where t.id = :id and t.approval_policy_id = :policyId`),
)

/** The requests of the script, those that were made and those that weren't, in the order it names them. */
export async function stepsOfProcess(ctx: Ctx, policyId: string, id: string): Promise<{ data: ApprovalProcessStepResource[] }> {
  await processOf(ctx, policyId, id)
  const process = await PROCESS.maybe(ctx, { id, policyId })
  if (!process) throw notFound('Approval process not found')
  const made = new Map(process.requests.map((request) => [request.step, request]))
  const data = standingOf(process, process.requests).steps.map((step) => {
    const request = made.get(step.key)
    const { user_ids, role_ids, required_approval_count } = request ?? step
    return {
      approval_request_id: request?.id ?? null,
      approved_by: request?.approved_by ?? [],
      object_id: process.payable_id,
      rejected_by: request?.rejected_by ?? null,
      required_approval_count,
      role_ids: [...role_ids],
      status: request && request.stranded === null ? request.status : step.status,
      user_ids: [...user_ids],
    }
  })
  return { data }
}

const BILL_OF = sql(`select payable_id from approval_processes where id = :id`)
const LOCK_PROCESS = sql(`select * from approval_processes where id = :id for update`)

/** Ends a process by hand. */
export async function cancelProcessById(ctx: Ctx, policyId: string, id: string) {
  await processOf(ctx, policyId, id)
  const { payable_id } = await BILL_OF.one(ctx, { id })
  await lockStatus(ctx, payable_id)
  const process = await LOCK_PROCESS.one(ctx, { id })
  if (process.status !== 'waiting' && process.status !== 'running')
    throw conflict(`An approval process that is ${process.status.replace('_', ' ')} can't be canceled`)
  await cancelProcess(ctx, process)
  return rows.find(ctx, processTable, id)
}
