import type { Static } from 'typebox'
import { badRequest, invalid } from '../../../core/refusal.ts'
import { table } from '../../../platform/database/rows.ts'
import { type BizObjectsSchema_Input, RoleResponse } from './roles.schema.ts'

export const roleTable = table('roles', RoleResponse, {
  noun: 'Role',
  object: 'role',
  clashes: { roles_name: badRequest('A role with this name already exists') },
})

/**
 * Permissions with what the contract fills in: the action `read`, the permission `allowed`. The object type picks the schema, so it
 * can't be left out.
 */
export function completed(permissions: Static<typeof BizObjectsSchema_Input>) {
  if (!permissions.objects) return {}
  return {
    objects: permissions.objects.map(({ object_type, actions }, i) => {
      if (!object_type)
        throw invalid([{ loc: ['body', 'permissions', 'objects', i, 'object_type'], msg: 'Field required', type: 'missing' }])
      return {
        object_type,
        actions: (actions ?? []).map((a) => ({ action_name: a.action_name ?? 'read', permission: a.permission ?? 'allowed' })),
      }
    }),
  }
}
