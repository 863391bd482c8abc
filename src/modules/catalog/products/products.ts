import type { Static } from 'typebox'
import { badRequest, notFound } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { refuseNull } from '../../../platform/http/bodies.ts'
import { type Followed, ITSELF, listing, type Way } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { range } from '../../../platform/http/ranges.ts'
import { createdAt, nothing } from '../../../platform/http/types.ts'
import {
  ProductServicePaginationResponse,
  ProductServiceRequest,
  ProductServiceResponse,
  ProductServiceUpdate,
  productFilters,
} from './products.schema.ts'
import { productTable } from './products.service.ts'

const itself = (...inOrderOf: string[]): Followed => ({ ways: ITSELF, inOrderOf })
/** An index has those of each type by name (migrations/0208). */
const ofTypeByName: readonly Way[] = ['service', 'product'].map((type) => ({
  test: `($)[1] = '${type}' and t.type = '${type}'`,
  dense: true,
}))
const list = listing(productTable, {
  filters: productFilters,
  sort: ['name'],
  where: 'not t.is_inline',
  badToken: 422,
  ways: {
    name__contains: itself(),
    name__icontains: itself(),
    type: { ways: (sortedBy) => (sortedBy === 'name' ? ofTypeByName : ITSELF) },
    currency: itself('created_at'),
    currency__in: itself('created_at'),
    measure_unit_id: itself(),
    price: itself(),
    ...range('price', itself()),
    ...Object.fromEntries(Object.keys(createdAt).map((range) => [range, itself('created_at')])),
  },
  merged: ['currency__in'],
})

export const products: Routes = async (app) => {
  app.get(
    '/products',
    operation({ summary: 'Get products', may: 'product:read', query: list.query, ok: { 200: ProductServicePaginationResponse } }),
    ({ ctx, query }) => list.page(ctx, query),
  )

  app.post(
    '/products',
    operation({
      summary: 'Create a product',
      may: 'product:create',
      body: ProductServiceRequest,
      ok: { 201: ProductServiceResponse },
    }),
    async ({ ctx, body }) => {
      await requireUnit(ctx, body.measure_unit_id, badRequest)
      return rows.create(ctx, productTable, { ...columnsOf(body), entity_user_id: ctx.userId })
    },
  )

  app.get(
    '/products/:product_id',
    operation({ summary: 'Get a product by ID', may: 'product:read', ok: { 200: ProductServiceResponse } }),
    ({ ctx, params }) => rows.find(ctx, productTable, params.product_id),
  )

  app.patch(
    '/products/:product_id',
    operation({
      summary: 'Update a product',
      may: 'product:update',
      body: ProductServiceUpdate,
      ok: { 200: ProductServiceResponse },
    }),
    async ({ ctx, params, body }) => {
      refuseNull(body, ['name'], ['body'])
      await rows.lock(ctx, productTable, params.product_id)
      await requireUnit(ctx, body.measure_unit_id, notFound)
      return rows.change(ctx, productTable, params.product_id, columnsOf(body))
    },
  )

  app.delete(
    '/products/:product_id',
    operation({ summary: 'Delete a product', may: 'product:delete', ok: { 204: nothing } }),
    ({ ctx, params }) => rows.remove(ctx, productTable, params.product_id),
  )
}

/** Columns of what was sent. A price and its currency come and go together. */
function columnsOf<Sent extends Static<typeof ProductServiceUpdate>>({ price, type, ...fields }: Sent) {
  const amount = price === null ? { price: null, currency: null } : { price: price?.value, currency: price?.currency }
  return { ...fields, ...amount, type: type === null ? ('product' as const) : type }
}

const UNIT = sql(`select from measure_units where id = :id and deleted_at is null for key share`)

/** The unit has to exist, and can't be deleted while the product is being saved. */
async function requireUnit(ctx: Ctx, id: string | null | undefined, refuse: (message: string) => Error): Promise<void> {
  if (!id) return
  const found = await UNIT(ctx, { id })
  if (found.length === 0) throw refuse('Measure unit not found')
}
