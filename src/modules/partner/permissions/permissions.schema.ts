import Type from 'typebox'
import { actionsOf, newerObjectTypes, objectTypes, permissionKinds } from '../../../platform/auth/permissions.ts'
import { closed, named, opt, orNull, word } from '../../../platform/http/types.ts'

/** What a role may do: of an entity, and the one that new entities get. */

const PermissionEnum = word(permissionKinds, { $id: 'PermissionEnum' })
const ActionEnum = word(actionsOf('tag'), { $id: 'ActionEnum' })
const PayableActionEnum = word(actionsOf('payable'), { $id: 'PayableActionEnum' })
const commonObjects = [...objectTypes.filter((object) => object !== 'payable'), ...newerObjectTypes]

const ActionSchema = named('ActionSchema', { action_name: opt(ActionEnum), permission: opt(PermissionEnum) })
const PayableActionSchema = named('PayableActionSchema', {
  action_name: opt(PayableActionEnum),
  permission: opt(PermissionEnum),
})

const common = { actions: opt(Type.Array(ActionSchema)), object_type: opt(word(commonObjects)) }
const payable = { actions: opt(Type.Array(PayableActionSchema)), object_type: opt(word(['payable'])) }

export const BizObjectsSchema_Input = closed('BizObjectsSchema-Input', {
  objects: opt(Type.Array(Type.Union([closed('CommonSchema-Input', common), closed('PayableSchema-Input', payable)]))),
})
export const BizObjectsSchema_Output = named('BizObjectsSchema-Output', {
  objects: orNull(Type.Array(Type.Union([named('CommonSchema-Output', common), named('PayableSchema-Output', payable)]))),
})
