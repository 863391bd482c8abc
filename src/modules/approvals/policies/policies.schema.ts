import Type, { type Static } from 'typebox'
import {
  closed,
  createdAt,
  instant,
  named,
  nullable,
  opt,
  orNull,
  pageOf,
  stamped,
  uuid,
  word,
} from '../../../platform/http/types.ts'

const short = Type.String({ maxLength: 255 })
const priority = Type.Integer({ minimum: -32768, maximum: 32767, default: 0 })
const object = Type.Record(Type.String(), Type.Unknown())
const list = Type.Array(Type.Unknown())
/** Anything that JSON can say: what it means is for the language to decide. */
const Trigger = Type.Union([Type.Boolean(), Type.Number(), Type.String(), list, object])
const Script = Type.Array(Type.Union([Type.Boolean(), Type.Number({ minimum: 1 }), Type.String(), list, object]))

export const ApprovalPolicyResource = named('ApprovalPolicyResource', {
  ...stamped,
  // Null for what a partner's token made.
  created_by: nullable(uuid),
  description: orNull(short),
  ends_at: orNull(instant),
  name: short,
  priority: orNull(priority),
  script: Script,
  starts_at: orNull(instant),
  status: word(['active', 'pending']),
  trigger: orNull(Trigger),
  updated_by: orNull(uuid),
})
export const ApprovalPolicyResourceList = pageOf(ApprovalPolicyResource, 'ApprovalPolicyResourceList')

export const ApprovalPolicyCreate = closed('ApprovalPolicyCreate', {
  description: opt(short),
  ends_at: opt(instant),
  name: short,
  priority: opt(priority),
  script: Script,
  starts_at: opt(instant),
  trigger: opt(Trigger),
})
export type ApprovalPolicyCreate = Static<typeof ApprovalPolicyCreate>

const ApprovalPolicyStatus = word(['active', 'deleted', 'pending'], { $id: 'ApprovalPolicyStatus' })
export const ApprovalPolicyUpdate = closed('ApprovalPolicyUpdate', {
  description: opt(Type.String()),
  ends_at: opt(instant),
  name: opt(Type.String()),
  priority: opt(Type.Integer({ minimum: -32768, maximum: 32767 })),
  script: opt(Script),
  starts_at: opt(instant),
  status: opt(ApprovalPolicyStatus),
  trigger: opt(Trigger),
})
export type ApprovalPolicyUpdate = Static<typeof ApprovalPolicyUpdate>

const field = Type.String()
const status = word(['active', 'pending'])
const updatedAt = { updated_at__gt: instant, updated_at__lt: instant, updated_at__gte: instant, updated_at__lte: instant }
export const policyFilters = {
  process_id: {
    type: uuid,
    sql: 'exists (select from approval_processes p where p.entity_id = t.entity_id and p.approval_policy_id = t.id and p.id = $)',
  },
  id__in: Type.Array(uuid),
  status,
  status__in: Type.Array(status),
  name: field,
  name__contains: field,
  // In spite of its spelling this is the search box of clients: it contains the text, in whatever case.
  name__ncontains: { type: field, sql: 'position(folded($) in folded(t.name)) > 0' },
  created_by: uuid,
  ...createdAt,
  ...updatedAt,
}
