import type { Static } from 'typebox'
import { badRequest, forbidden, invalid } from '../../../core/refusal.ts'
import { type Grants, grantsOf, objectTypes, type RolePermissions } from '../../../platform/auth/permissions.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { table } from '../../../platform/database/rows.ts'
import type { BizObjectsSchema_Input } from '../../partner/permissions/permissions.schema.ts'
import { RoleResponse } from './roles.schema.ts'

export const roleTable = table('roles', RoleResponse, {
  noun: 'Role',
  object: 'role',
  clashes: { roles_name: badRequest('A role with this name already exists') },
})

const HELD = { allowed: 2, allowed_for_own: 1, not_allowed: 0 } as const
const held = (grants: Grants, name: string) => HELD[grants.get(name) ?? 'not_allowed']
const known: ReadonlySet<string> = new Set(objectTypes)

/**
 * Refuses (`forbidden`) a role that would let somebody do more than whoever gives it may do. What the role granted `before` isn't given
 * anew; object types that mean nothing here may stand in any role.
 */
export function checkGiven({ grants }: Ctx, permissions: RolePermissions, before: RolePermissions = {}): void {
  if (!grants) return
  const [given, earlier] = [grantsOf(permissions), grantsOf(before)]
  for (const name of given.keys()) {
    const [object, action] = name.split(':') as [string, string]
    if (known.has(object) && held(given, name) > Math.max(held(grants, name), held(earlier, name)))
      throw forbidden(`The role would grant more than yours: action ${action} for ${object}`, 'permission_missing')
  }
}

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
