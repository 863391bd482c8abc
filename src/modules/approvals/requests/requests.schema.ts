import Type, { type Static } from 'typebox'
import { createdAt, instant, nullable, opt, orNull, pageOf, stamped, strict, uuid, word } from '../../../platform/http/types.ts'

export const ApprovalRequestStatus = word(['waiting', 'approved', 'rejected', 'canceled'], { $id: 'ApprovalRequestStatus' })
/** The kinds of things that the contract names; approval is asked for payables. */
export const ObjectType = word(
  [
    'account',
    'approval',
    'approval_request',
    'approval_policy',
    'approval_policy_process',
    'audit_trail',
    'comment',
    'counterpart',
    'counterpart_address',
    'counterpart_bank_account',
    'counterpart_contact_person',
    'counterpart_partner_metadata',
    'counterpart_tax_id',
    'counterpart_vat_id',
    'delivery_note',
    'einvoicing',
    'entity',
    'entity_bank_account',
    'entity_settings',
    'entity_token',
    'entity_user',
    'entity_user_token',
    'entity_vat_ids',
    'export',
    'mailbox',
    'monitescript_process',
    'ocr_task',
    'onboarding',
    'overdue_reminder',
    'partner',
    'partner_internal_config',
    'partner_settings',
    'partner_token',
    'payable',
    'payable_line_item',
    'payables_credit_note',
    'payables_purchase_order',
    'payment',
    'payment_intent',
    'payment_link',
    'payment_record',
    'payment_reminder',
    'person',
    'product',
    'project',
    'receivable',
    'reconciliation',
    'recurrence',
    'role',
    'tag',
    'todo_task',
    'todo_task_mute',
    'transaction',
    'webhook',
    'workflow',
    'workflow_pipeline',
  ],
  { $id: 'ObjectType' },
)

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
