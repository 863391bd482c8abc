import Type, { type Static } from 'typebox'
import { range } from '../../../platform/http/ranges.ts'
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
import { ObjectType } from '../../payables/payables.schema.ts'

const ApprovalRequestStatus = word(['waiting', 'approved', 'rejected', 'canceled'], { $id: 'ApprovalRequestStatus' })
const count = Type.Integer({ minimum: 1 })
export const ApprovalRequestResource = named('ApprovalRequestResourceWithMetadata', {
  ...stamped,
  approved_by: Type.Array(uuid),
  // Null for what a partner's token made.
  created_by: nullable(uuid),
  object_id: uuid,
  object_type: ObjectType,
  rejected_by: orNull(uuid),
  required_approval_count: count,
  role_ids: Type.Array(uuid),
  status: ApprovalRequestStatus,
  user_ids: Type.Array(uuid),
})
export type ApprovalRequestResource = Static<typeof ApprovalRequestResource>
export const ApprovalRequestResourceList = pageOf(ApprovalRequestResource, 'ApprovalRequestResourceList')

const about = { object_id: uuid, object_type: ObjectType, required_approval_count: count }
export const ApprovalRequestCreateRequest = Type.Union(
  [
    closed('ApprovalRequestCreateByRoleRequest', { ...about, role_ids: Type.Array(uuid) }),
    closed('ApprovalRequestCreateByUserRequest', { ...about, user_ids: Type.Array(uuid) }),
  ],
  { $id: 'ApprovalRequestCreateRequest' },
)
export type ApprovalRequestCreateRequest = Static<typeof ApprovalRequestCreateRequest>

export const ApprovalRequestRejectRequest = closed('ApprovalRequestRejectRequest', {
  reason: opt(Type.String({ maxLength: 2000 })),
})

export const requestFilters = {
  ...createdAt,
  ...range('updated_at', instant),
  object_id: uuid,
  object_id__in: Type.Array(uuid),
  status: ApprovalRequestStatus,
  status__in: Type.Array(ApprovalRequestStatus),
  user_id: { type: uuid, sql: '$ = any (t.user_ids)' },
  role_id: { type: uuid, sql: '$ = any (t.role_ids)' },
  object_type: ObjectType,
  object_type__in: Type.Array(ObjectType),
  created_by: uuid,
}
