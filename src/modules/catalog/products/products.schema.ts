import Type from 'typebox'
import { range } from '../../../platform/http/ranges.ts'
import {
  Currency,
  closed,
  createdAt,
  named,
  opt,
  orNull,
  pageOf,
  stamped,
  text,
  uuid,
  word,
} from '../../../platform/http/types.ts'

export const ProductServiceTypeEnum = word(['product', 'service'], { $id: 'ProductServiceTypeEnum' })
const Price = closed('Price2', {
  currency: Currency,
  value: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
})

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

export const ProductServiceRequest = closed('ProductServiceRequest', { ...details, description, name })
export const ProductServiceUpdate = closed('ProductServiceUpdate', { ...details, description, name: opt(name) })
export const ProductServiceResponse = named('ProductServiceResponse', {
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
})
export const ProductServicePaginationResponse = pageOf(ProductServiceResponse, 'ProductServicePaginationResponse')

const amount = Type.Integer({ minimum: 0 })
const part = Type.String({ maxLength: 100 })
export const productFilters = {
  id__in: Type.Array(uuid),
  name: part,
  name__contains: part,
  name__icontains: part,
  type: ProductServiceTypeEnum,
  price: amount,
  ...range('price', amount),
  currency: Currency,
  currency__in: Type.Array(Currency),
  measure_unit_id: uuid,
  ...createdAt,
}
