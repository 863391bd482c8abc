import { readScript, readTrigger } from '../../../core/policy/language.ts'
import { badRequest, invalid } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { json, rows, table } from '../../../platform/database/rows.ts'
import { refuseNull } from '../../../platform/http/bodies.ts'
import { jobs } from '../../../platform/jobs/jobs.ts'
import { type ApprovalPolicyCreate, ApprovalPolicyResource, type ApprovalPolicyUpdate } from './policies.schema.ts'

/** Which bills need whose approval. What a policy says is checked here and kept as it was sent; bills meet it in `matching.service.ts`. */

/** In force: switched on, begun and not over. */
const STATUS = `case when t.enabled and (t.starts_at is null or t.starts_at <= app_now()) and (t.ends_at is null or t.ends_at > app_now())
  then 'active' else 'pending' end`

export const policyTable = table('approval_policies', ApprovalPolicyResource, {
  noun: 'Approval policy',
  object: 'approval_policy',
  computed: { status: STATUS },
  missing: (id) => `There is no approval policy with the given id: ${id}`,
})

type Written = Pick<ApprovalPolicyUpdate, 'script' | 'trigger'>

/** Refuses what the language can't read, with the place of it. */
function checkLanguage({ script, trigger }: Written): void {
  for (const read of [script === undefined ? null : readScript(script), readTrigger(trigger)])
    if (read && !read.ok) throw badRequest(`${read.fault.at}: ${read.fault.message}`)
}

function checkPeriod({ starts_at, ends_at }: Pick<ApprovalPolicyUpdate, 'starts_at' | 'ends_at'>): void {
  if (!ends_at) return
  if (!starts_at) throw badRequest('ends_at needs starts_at')
  if (Date.parse(ends_at) <= Date.parse(starts_at)) throw badRequest('ends_at has to be later than starts_at')
}

export async function createPolicy(ctx: Ctx, { script, trigger, priority, ...fields }: ApprovalPolicyCreate) {
  checkLanguage({ script, trigger })
  checkPeriod(fields)
  const policy = await rows.create(ctx, policyTable, {
    ...fields,
    priority: priority ?? 0,
    script: json(script),
    trigger: json(trigger),
    created_by: ctx.userId,
  })
  await meetWaiting(ctx, policy.status)
  return policy
}

export async function updatePolicy(ctx: Ctx, id: string, body: ApprovalPolicyUpdate) {
  refuseNull(body, ['name', 'script'], ['body'])
  for (const name of ['name', 'description'] as const)
    if ((body[name]?.length ?? 0) > 255)
      throw invalid([{ loc: ['body', name], msg: 'String should have at most 255 characters', type: 'string_too_long' }])
  checkLanguage(body)
  const before = await rows.lock(ctx, policyTable, id)
  checkPeriod({ starts_at: before.starts_at, ends_at: before.ends_at, ...body })
  const { script, trigger, status, priority, ...fields } = body
  if (Object.values(body).every((value) => value === undefined)) return before
  const columns = {
    ...fields,
    priority: priority === null ? 0 : priority,
    script: script === undefined ? undefined : json(script),
    trigger: trigger === undefined ? undefined : json(trigger),
    enabled: status ? status === 'active' : undefined,
    deleted_at: status === 'deleted' ? ctx.now.toISOString() : undefined,
    updated_by: ctx.userId,
  }
  const policy = await rows.change(ctx, policyTable, id, columns, status === 'deleted' ? 'deleted' : undefined)
  const renamed = Object.keys(body).every((name) => name === 'name' || name === 'description')
  if (status !== 'deleted' && !renamed) await meetWaiting(ctx, policy.status)
  return policy
}

/** Bills that wait for approval without a policy meet one that has just come into force. */
async function meetWaiting(ctx: Ctx, status: string): Promise<void> {
  if (status === 'active') await jobs.add(ctx, 'approvals.rematch', {}, { key: `approvals.rematch:${ctx.entityId}` })
}
