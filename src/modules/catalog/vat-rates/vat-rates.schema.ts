import Type from 'typebox'
import { Country, closed, day, listOf, named, orNull, stamped, uuid, word } from '../../../platform/http/types.ts'
import { ProductServiceTypeEnum } from '../products/products.schema.ts'

export const VatRateQuery = Type.Object({
  counterpart_address_id: Type.Optional(uuid),
  counterpart_id: Type.Optional(uuid),
  counterpart_vat_id_id: Type.Optional(uuid),
  entity_vat_id_id: Type.Optional(uuid),
  product_type: Type.Optional(ProductServiceTypeEnum),
})

const VatRateComponent = closed('VatRateComponent2', {
  name: Type.String({ maxLength: 64 }),
  value: Type.Number({ minimum: 0, maximum: 10000 }),
})
export const VatRateResponse = named('VatRateResponse', {
  ...stamped,
  components: orNull(Type.Array(VatRateComponent, { minItems: 1, maxItems: 3 })),
  country: Country,
  created_by: orNull(word(['monite', 'accounting'], { $id: 'VatRateCreator' })),
  status: orNull(word(['active', 'inactive'], { $id: 'VatRateStatusEnum' })),
  valid_from: orNull(day),
  valid_until: orNull(day),
  value: Type.Integer({ minimum: 0, maximum: 10000 }),
})
export const VatRateListResponse = listOf(VatRateResponse, 'VatRateListResponse')
