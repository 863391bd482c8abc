import Type from 'typebox'
import { actionsOf, newerObjectTypes, objectTypes, permissionKinds } from '../../../platform/auth/permissions.ts'
import { opt, orNull, strict, word } from '../../../platform/http/types.ts'

/** What a role may do: of an entity, and the one that new entities get. */

const PermissionEnum = word(permissionKinds, { $id: 'PermissionEnum' })
const ActionEnum = word(actionsOf('tag'), { $id: 'ActionEnum' })
const PayableActionEnum = word(actionsOf('payable'), { $id: 'PayableActionEnum' })
const commonObjects = [...objectTypes.filter((object) => object !== 'payable'), ...newerObjectTypes]

const ActionSchema = Type.Object({ action_name: opt(ActionEnum), permission: opt(PermissionEnum) }, { $id: 'ActionSchema' })
const PayableActionSchema = Type.Object(
  { action_name: opt(PayableActionEnum), permission: opt(PermissionEnum) },
  { $id: 'PayableActionSchema' },
)

const common = { actions: opt(Type.Array(ActionSchema)), object_type: opt(word(commonObjects)) }
const payable = { actions: opt(Type.Array(PayableActionSchema)), object_type: opt(word(['payable'])) }

export const BizObjectsSchema_Input = Type.Object(
  {
    objects: opt(
      Type.Array(
        Type.Union([
          Type.Object(common, { $id: 'CommonSchema-Input', ...strict }),
          Type.Object(payable, { $id: 'PayableSchema-Input', ...strict }),
        ]),
      ),
    ),
  },
  { $id: 'BizObjectsSchema-Input', ...strict },
)
export const BizObjectsSchema_Output = Type.Object(
  {
    objects: orNull(
      Type.Array(
        Type.Union([Type.Object(common, { $id: 'CommonSchema-Output' }), Type.Object(payable, { $id: 'PayableSchema-Output' })]),
      ),
    ),
  },
  { $id: 'BizObjectsSchema-Output' },
)
