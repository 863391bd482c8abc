/** The words of the roles API, and the one question asked of them. */

const crud = ['create', 'read', 'update', 'delete'] as const
const payableActions = [...crud, 'pay', 'approve', 'cancel', 'submit', 'create_from_mail', 'reopen'] as const

/** Object types that roles speak of in this version of the contract. */
export const objectTypes = [
  'approval_policy',
  'approval_request',
  'comment',
  'counterpart',
  'counterpart_vat_id',
  'delivery_note',
  'entity',
  'entity_bank_account',
  'entity_user',
  'entity_vat_ids',
  'export',
  'mailbox',
  'ocr_task',
  'onboarding',
  'overdue_reminder',
  'payable',
  'payables_purchase_order',
  'payment_record',
  'payment_reminder',
  'person',
  'product',
  'project',
  'receipt',
  'receivable',
  'reconciliation',
  'role',
  'tag',
  'todo_task',
  'todo_task_mute',
  'transaction',
  'workflow',
] as const
/** Newer object types: kept when a role names them, so that newer clients' roles survive. */
export const newerObjectTypes = ['accounting_tax_rate', 'ledger_account', 'cost_center'] as const

export type ObjectType = (typeof objectTypes)[number] | (typeof newerObjectTypes)[number]
export type ActionName = (typeof payableActions)[number]
export const actionsOf = (object: ObjectType): readonly ActionName[] => (object === 'payable' ? payableActions : crud)

export const permissionKinds = ['allowed', 'allowed_for_own', 'not_allowed'] as const
export type PermissionKind = (typeof permissionKinds)[number]

/** The permissions of a role, as they were posted. */
export interface RolePermissions {
  objects?:
    | { object_type?: string | null; actions?: { action_name?: string | null; permission?: string | null }[] | null }[]
    | null
}

export type Grants = ReadonlyMap<string, PermissionKind>

/** Every `object:action` a role grants. What it doesn't name is not allowed; of two entries for one action the last counts. */
export function grantsOf(permissions: RolePermissions): Grants {
  const grants = new Map<string, PermissionKind>()
  for (const { object_type, actions } of permissions.objects ?? [])
    for (const { action_name, permission } of actions ?? [])
      grants.set(`${object_type}:${action_name ?? 'read'}`, (permission ?? 'allowed') as PermissionKind)
  return grants
}
