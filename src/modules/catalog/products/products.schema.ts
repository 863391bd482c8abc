import Type from 'typebox'
import { Currency, createdAt, opt, orNull, pageOf, stamped, strict, text, uuid, word } from '../../../platform/http/types.ts'

export const ProductServiceTypeEnum = word(['product', 'service'], { $id: 'ProductServiceTypeEnum' })
export const Price = Type.Object(
  { currency: Currency, value: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }) },
  { $id: 'Price2', ...strict },
)

const name = text(100)
const quantity = Type.Number({ minimum: 0, maximum: 2147483647 })
const details = {
  external_reference: opt(text(255)),
  ledger_account_id: opt(uuid),
  measure_unit_id: opt(uuid),
  price: opt(Price),
  smallest_amount: opt(quantity),
  type: opt(ProductServiceTypeEnum),
}
// The contract stops at 255 characters when a product is changed; what may be made may be kept.
const description = opt(Type.String({ maxLength: 2000 }))

export const ProductServiceRequest = Type.Object({ ...details, description, name }, { $id: 'ProductServiceRequest', ...strict })
export const ProductServiceUpdate = Type.Object(
  { ...details, description, name: opt(name) },
  { $id: 'ProductServiceUpdate', ...strict },
)
export const ProductServiceResponse = Type.Object(
  {
    ...stamped,
    description: orNull(Type.String()),
    entity_id: uuid,
    entity_user_id: orNull(uuid),
    external_reference: orNull(text(255)),
    ledger_account_id: orNull(uuid),
    measure_unit_id: orNull(uuid),
    name: Type.String(),
    price: orNull(Price),
    smallest_amount: orNull(quantity),
    type: orNull(ProductServiceTypeEnum),
  },
  { $id: 'ProductServiceResponse' },
)
export const ProductServicePaginationResponse = pageOf(ProductServiceResponse, 'ProductServicePaginationResponse')

const amount = Type.Integer({ minimum: 0 })
const named = Type.String({ maxLength: 100 })
export const productFilters = {
  id__in: Type.Array(uuid),
  name: named,
  name__contains: named,
  name__icontains: named,
  type: ProductServiceTypeEnum,
  price: amount,
  price__gt: amount,
  price__lt: amount,
  price__gte: amount,
  price__lte: amount,
  currency: Currency,
  currency__in: Type.Array(Currency),
  measure_unit_id: uuid,
  ...createdAt,
}
