import Type from 'typebox'
import { closed, listOf, named, opt, orNull, stamped, uuid } from '../../../platform/http/types.ts'

const name = Type.String({ maxLength: 64 })
const VatRateComponent2 = closed('VatRateComponent2', { name, value: Type.Number({ minimum: 0, maximum: 10000 }) })
const components = Type.Array(VatRateComponent2, { minItems: 1, maxItems: 10 })

export const CustomVatRateRequest = closed('CustomVatRateRequest', { components, name })
export const CustomVatRateUpdateRequest = closed('CustomVatRateUpdateRequest', { components: opt(components), name: opt(name) })
export const CustomVatRateResponse = named('CustomVatRateResponse', {
  ...stamped,
  components,
  created_by_entity_user_id: orNull(uuid),
  name,
  value: Type.Number(),
})
export const CustomVatRateResponseList = listOf(CustomVatRateResponse, 'CustomVatRateResponseList')
