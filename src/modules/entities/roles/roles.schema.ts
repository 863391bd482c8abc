import Type from 'typebox'
import { closed, named, opt, pageOf, stamped, word } from '../../../platform/http/types.ts'
import { BizObjectsSchema_Input, BizObjectsSchema_Output } from '../../partner/permissions/permissions.schema.ts'

const name = Type.String({ minLength: 1, maxLength: 255 })
export const CreateRoleRequest = closed('CreateRoleRequest', { name, permissions: BizObjectsSchema_Input })
export const UpdateRoleRequest = closed('UpdateRoleRequest', { name: opt(name), permissions: opt(BizObjectsSchema_Input) })
export const RoleResponse = named('RoleResponse', {
  ...stamped,
  name: Type.String({ minLength: 1 }),
  permissions: BizObjectsSchema_Output,
  status: word(['active', 'deleted'], { $id: 'StatusEnum' }),
})
export const RolePaginationResponse = pageOf(RoleResponse, 'RolePaginationResponse')
