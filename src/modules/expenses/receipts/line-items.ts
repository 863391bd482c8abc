import type { Ctx } from '../../../platform/database/context.ts'
import { rows, table } from '../../../platform/database/rows.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { nothing } from '../../../platform/http/types.ts'
import {
  ReceiptLineItemCreateSchema,
  ReceiptLineItemResponseSchema,
  ReceiptLineItemsPaginationResponse,
  ReceiptLineItemUpdateSchema,
  receiptLineFilters,
} from './receipts.schema.ts'
import { receiptTable, touchReceipt } from './receipts.service.ts'

/** The lines of a receipt. They aren't added up: the total of the receipt stands by itself. A line that changes is a change of its receipt. */

const lineTable = table('receipt_line_items', ReceiptLineItemResponseSchema, { noun: 'Line item' })
const list = listing(lineTable, { filters: receiptLineFilters, sort: ['created_at', 'updated_at'], badToken: 422 })

/** Does something to the lines of a receipt, under its lock. */
async function changing<T>(ctx: Ctx, receipt_id: string, work: () => Promise<T>): Promise<T> {
  await rows.lock(ctx, receiptTable, receipt_id)
  const result = await work()
  await touchReceipt(ctx, receipt_id)
  return result
}

export const receiptLineItems: Routes = async (app) => {
  app.get(
    '/receipts/:receipt_id/line_items',
    operation({
      summary: 'Get all line items of a receipt',
      may: 'receipt:read',
      query: list.query,
      ok: { 200: ReceiptLineItemsPaginationResponse },
    }),
    async ({ ctx, params, query }) => {
      await rows.find(ctx, receiptTable, params.receipt_id)
      return list.page(ctx, query, [{ sql: 't.receipt_id = $', values: [params.receipt_id] }])
    },
  )

  app.post(
    '/receipts/:receipt_id/line_items',
    operation({
      summary: 'Add a new line item to a receipt',
      may: 'receipt:update',
      body: ReceiptLineItemCreateSchema,
      ok: { 201: ReceiptLineItemResponseSchema },
    }),
    ({ ctx, params: { receipt_id }, body }) =>
      changing(ctx, receipt_id, () =>
        rows.create(ctx, lineTable, { ...body, receipt_id, created_by_entity_user_id: ctx.userId }),
      ),
  )

  app.patch(
    '/receipts/:receipt_id/line_items/:line_item_id',
    operation({
      summary: 'Update a line item of a receipt',
      may: 'receipt:update',
      body: ReceiptLineItemUpdateSchema,
      ok: { 200: ReceiptLineItemResponseSchema },
    }),
    ({ ctx, params: { receipt_id, line_item_id }, body }) =>
      changing(ctx, receipt_id, () => rows.change(ctx, lineTable, line_item_id, body, undefined, { parent: { receipt_id } })),
  )

  app.delete(
    '/receipts/:receipt_id/line_items/:line_item_id',
    operation({ summary: 'Delete a line item from a receipt', may: 'receipt:update', ok: { 204: nothing } }),
    ({ ctx, params: { receipt_id, line_item_id } }) =>
      changing(ctx, receipt_id, () => rows.remove(ctx, lineTable, line_item_id, { receipt_id })),
  )
}
