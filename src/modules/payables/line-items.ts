import { type LineSums, lineSums, withTax } from '../../core/bills.ts'
import { given } from '../../core/records.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { rows, table } from '../../platform/database/rows.ts'
import { listing } from '../../platform/http/listing.ts'
import { operation, type Routes } from '../../platform/http/operation.ts'
import { nothing, uuid } from '../../platform/http/types.ts'
import { payableFlow } from './payables.flow.ts'
import {
  type LineItemInternalRequest,
  LineItemPaginationResponse,
  LineItemRequest,
  LineItemResponse,
  LineItemsReplaceRequest,
  LineItemsReplaceResponse,
} from './payables.schema.ts'
import { findPayable, lockPayable, readLines, readRules, refuseWhileReading, settle } from './payables.service.ts'

/** The lines of a bill. Each change adds the bill up anew, under its lock: any number of them may come at once. */

const lineTable = table('payable_line_items', LineItemResponse, {
  noun: 'Line item',
  object: 'payable.line_item',
  computed: { quantity: 't.quantity::float8', unit_price_exact: 't.unit_price_exact::float8' },
})
const list = listing(lineTable, { filters: { was_created_by_user_id: uuid }, sort: ['created_at', 'updated_at'] })

type Given = LineItemInternalRequest

/** The sums of a line: computed, or as they were sent where there is nothing to compute them from. */
export function sumsOf(line: LineItemInternalRequest & { unit_price_exact?: number | null }): LineSums {
  const { quantity = null, tax = null, subtotal = null, total = null } = line
  const unit_price = line.unit_price_exact ?? line.unit_price ?? null
  if (unit_price !== null && quantity !== null) return lineSums({ unit_price, quantity, tax })
  if (subtotal === null) return { subtotal: null, tax_amount: null, total }
  return withTax(subtotal, tax)
}

/** The sums of a line after a change. Sums that were computed are computed again. */
export function sumsAfter(
  before: LineItemInternalRequest & { unit_price_exact?: number | null },
  changes: LineItemInternalRequest,
): LineSums & { unit_price_exact: number | null } {
  const computed = before.unit_price != null && before.quantity != null
  // A price that somebody sets has no further decimals.
  const unit_price_exact = changes.unit_price === undefined ? (before.unit_price_exact ?? null) : null
  const sums = sumsOf({ ...before, ...(computed && { subtotal: null, total: null }), ...given(changes), unit_price_exact })
  return { ...sums, unit_price_exact }
}

const columnsOf = (line: Given, payable_id: string, userId: string | null) => ({
  ...line,
  ...sumsOf(line),
  payable_id,
  was_created_by_user_id: userId,
})

/** The moment of the i-th of lines that come together: a microsecond apart, for lines are listed in the order of their moments. */
export const momentOf = ({ now }: Ctx, i: number) =>
  new Date(now.getTime() + Math.floor(i / 1000)).toISOString().replace('Z', `${String(i % 1000).padStart(3, '0')}Z`)

/** The bill, locked, as long as its lines may change. */
async function lockOpen(ctx: Ctx, id: string) {
  const bill = await lockPayable(ctx, id)
  payableFlow.next(bill.status, 'edit')
  refuseWhileReading(bill)
  return bill
}

/** Does something to the lines of a bill, then adds it up. */
async function changing<T>(ctx: Ctx, id: string, work: () => Promise<T>): Promise<T> {
  const bill = await lockOpen(ctx, id)
  const result = await work()
  await settle(ctx, bill, { sums_stated: false }, await readLines(ctx, id), await readRules(ctx))
  return result
}

export const payableLineItems: Routes = async (app) => {
  app.get(
    '/payables/:payable_id/line_items',
    operation({
      summary: 'Get the line items of a payable',
      may: 'payable:read',
      query: list.query,
      ok: { 200: LineItemPaginationResponse },
    }),
    async ({ ctx, params, query }) => {
      await findPayable(ctx, params.payable_id)
      return list.page(ctx, query, [{ sql: 't.payable_id = $', values: [params.payable_id] }])
    },
  )

  app.post(
    '/payables/:payable_id/line_items',
    operation({
      summary: 'Add a line item to a payable',
      may: 'payable:update',
      body: LineItemRequest,
      ok: { 201: LineItemResponse },
    }),
    ({ ctx, params, body }) =>
      changing(ctx, params.payable_id, () => rows.create(ctx, lineTable, columnsOf(body, params.payable_id, ctx.userId))),
  )

  app.put(
    '/payables/:payable_id/line_items',
    operation({
      summary: 'Replaces the lines items in a payable',
      may: 'payable:update',
      body: LineItemsReplaceRequest,
      ok: { 200: LineItemsReplaceResponse },
    }),
    ({ ctx, params, body }) =>
      changing(ctx, params.payable_id, async () => {
        for (const { id } of await readLines(ctx, params.payable_id)) await rows.remove(ctx, lineTable, id)
        const data = []
        for (const [i, line] of body.data.entries()) {
          const columns = columnsOf(line, params.payable_id, ctx.userId)
          data.push(await rows.create(ctx, lineTable, { ...columns, created_at: momentOf(ctx, i) }))
        }
        return { data }
      }),
  )

  app.get(
    '/payables/:payable_id/line_items/:line_item_id',
    operation({ summary: 'Get a single line item of a payable', may: 'payable:read', ok: { 200: LineItemResponse } }),
    async ({ ctx, params }) => {
      await findPayable(ctx, params.payable_id)
      return rows.find(ctx, lineTable, params.line_item_id, { payable_id: params.payable_id })
    },
  )

  app.patch(
    '/payables/:payable_id/line_items/:line_item_id',
    operation({
      summary: 'Update a line item in a payable',
      may: 'payable:update',
      body: LineItemRequest,
      ok: { 200: LineItemResponse },
    }),
    ({ ctx, params, body }) =>
      changing(ctx, params.payable_id, async () => {
        const { payable_id } = params
        const before = await rows.find(ctx, lineTable, params.line_item_id, { payable_id })
        return rows.change(ctx, lineTable, params.line_item_id, { ...given(body), ...sumsAfter(before, body) })
      }),
  )

  app.delete(
    '/payables/:payable_id/line_items/:line_item_id',
    operation({ summary: 'Delete a line item from a payable', may: 'payable:update', ok: { 204: nothing } }),
    ({ ctx, params }) =>
      changing(ctx, params.payable_id, async () => {
        await rows.find(ctx, lineTable, params.line_item_id, { payable_id: params.payable_id })
        return rows.remove(ctx, lineTable, params.line_item_id)
      }),
  )
}
