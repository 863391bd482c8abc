import { table } from '../../../platform/database/rows.ts'
import { ProductServiceResponse } from './products.schema.ts'

/** Products and services, those that stand on a single document included: they are `is_inline`, and no list shows them. */
export const productTable = table('products', ProductServiceResponse, {
  noun: 'Product',
  object: 'product',
  folded: { name: 't.sought_name' },
  computed: { price: 't.price', currency: 't.currency' },
  present: ({ price, currency, ...product }) => ({ ...product, price: price === null ? null : { currency, value: price } }),
})
