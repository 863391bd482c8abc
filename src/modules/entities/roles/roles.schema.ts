import Type from 'typebox'
import { opt, pageOf, stamped, strict, word } from '../../../platform/http/types.ts'
import { BizObjectsSchema_Input, BizObjectsSchema_Output } from '../../partner/permissions/permissions.schema.ts'

const name = Type.String({ minLength: 1, maxLength: 255 })
export const CreateRoleRequest = Type.Object(
  { name, permissions: BizObjectsSchema_Input },
  { $id: 'CreateRoleRequest', ...strict },
)
export const UpdateRoleRequest = Type.Object(
  { name: opt(name), permissions: opt(BizObjectsSchema_Input) },
  { $id: 'UpdateRoleRequest', ...strict },
)
export const RoleResponse = Type.Object(
  {
    ...stamped,
    name: Type.String({ minLength: 1 }),
    permissions: BizObjectsSchema_Output,
    status: word(['active', 'deleted'], { $id: 'StatusEnum' }),
  },
  { $id: 'RoleResponse' },
)
export const RolePaginationResponse = pageOf(RoleResponse, 'RolePaginationResponse')
