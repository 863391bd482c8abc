import Type from 'typebox'
import { listOf, opt, orNull, stamped, strict, uuid } from '../../../platform/http/types.ts'

const name = Type.String({ maxLength: 64 })
const VatRateComponent2 = Type.Object(
  { name, value: Type.Number({ minimum: 0, maximum: 10000 }) },
  { $id: 'VatRateComponent2', ...strict },
)
const components = Type.Array(VatRateComponent2, { minItems: 1, maxItems: 10 })

export const CustomVatRateRequest = Type.Object({ components, name }, { $id: 'CustomVatRateRequest', ...strict })
export const CustomVatRateUpdateRequest = Type.Object(
  { components: opt(components), name: opt(name) },
  { $id: 'CustomVatRateUpdateRequest', ...strict },
)
export const CustomVatRateResponse = Type.Object(
  { ...stamped, components, created_by_entity_user_id: orNull(uuid), name, value: Type.Number() },
  { $id: 'CustomVatRateResponse' },
)
export const CustomVatRateResponseList = listOf(CustomVatRateResponse, 'CustomVatRateResponseList')
