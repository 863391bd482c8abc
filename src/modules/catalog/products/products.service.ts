import type { Ctx } from '../../../platform/database/context.ts'
import { table } from '../../../platform/database/rows.ts'
import { type Column, sql } from '../../../platform/database/sql.ts'
import { ProductServiceResponse } from './products.schema.ts'

/** Products and services, those that stand on a single document included: they are `is_inline`, and no list shows them. */
export const productTable = table('products', ProductServiceResponse, {
  noun: 'Product',
  object: 'product',
  folded: { name: 't.sought_name' },
  computed: { price: 't.price', currency: 't.currency' },
  present: ({ price, currency, ...product }) => ({ ...product, price: price === null ? null : { currency, value: price } }),
})

/** A product that exists on one document only. */
export interface InlineProduct {
  readonly id: string
  readonly name: string
  readonly description: string | null
  readonly type: Column<'products', 'type'>
  readonly price: number | null
  readonly currency: string | null
  readonly smallest_amount: number | null
  readonly measure_unit_id: string | null
  readonly external_reference: string | null
  readonly ledger_account_id: string | null
}

const INSERT_INLINE = sql(`
  insert into products (id, name, description, type, price, currency, smallest_amount, measure_unit_id, external_reference, ledger_account_id, is_inline, entity_user_id)
  select id, name, description, type, price, currency, smallest_amount, measure_unit_id, external_reference, ledger_account_id, true, :user?
  from jsonb_to_recordset(:products::jsonb) as p(id uuid, name text, description text, type product_type, price bigint, currency text,
    smallest_amount double precision, measure_unit_id uuid, external_reference text, ledger_account_id uuid)`)

/** Keeps products that stand on a single document; no list shows them. */
export async function insertInlineProducts(ctx: Ctx, products: readonly InlineProduct[]): Promise<void> {
  await INSERT_INLINE(ctx, { products, user: ctx.userId })
}
