import type { Ctx } from '../database/context.ts'
import type { Access } from './access.ts'

/** Whose token a request brought. Operations that are open to anyone have no caller. */
export function accessOf({ access }: { readonly access: Access | null }): Access {
  if (!access) throw new Error('This operation is open to anyone: nobody in particular calls it')
  return access
}

/** The user that an operation for users (`may: 'user'`) is called by. */
export function userOf({ userId }: Pick<Ctx, 'userId'>): string {
  if (userId === null) throw new Error('This operation is for users, and no user calls it')
  return userId
}
