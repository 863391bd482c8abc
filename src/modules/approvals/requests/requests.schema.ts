import Type, { type Static } from 'typebox'
import { createdAt, instant, nullable, opt, orNull, pageOf, stamped, strict, uuid, word } from '../../../platform/http/types.ts'
import { ObjectType } from '../../payables/payables.schema.ts'

export const ApprovalRequestStatus = word(['waiting', 'approved', 'rejected', 'canceled'], { $id: 'ApprovalRequestStatus' })
const count = Type.Integer({ minimum: 1 })
export const ApprovalRequestResource = Type.Object(
  {
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
  },
  { $id: 'ApprovalRequestResourceWithMetadata' },
)
export type ApprovalRequestResource = Static<typeof ApprovalRequestResource>
export const ApprovalRequestResourceList = pageOf(ApprovalRequestResource, 'ApprovalRequestResourceList')

const about = { object_id: uuid, object_type: ObjectType, required_approval_count: count }
export const ApprovalRequestCreateRequest = Type.Union(
  [
    Type.Object({ ...about, role_ids: Type.Array(uuid) }, { $id: 'ApprovalRequestCreateByRoleRequest', ...strict }),
    Type.Object({ ...about, user_ids: Type.Array(uuid) }, { $id: 'ApprovalRequestCreateByUserRequest', ...strict }),
  ],
  { $id: 'ApprovalRequestCreateRequest' },
)
export type ApprovalRequestCreateRequest = Static<typeof ApprovalRequestCreateRequest>

export const ApprovalRequestRejectRequest = Type.Object(
  { reason: opt(Type.String({ maxLength: 2000 })) },
  { $id: 'ApprovalRequestRejectRequest', ...strict },
)

export const requestFilters = {
  ...createdAt,
  updated_at__gt: instant,
  updated_at__lt: instant,
  updated_at__gte: instant,
  updated_at__lte: instant,
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
