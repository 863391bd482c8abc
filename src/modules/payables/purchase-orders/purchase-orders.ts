import { rows } from '../../../platform/database/rows.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { nothing } from '../../../platform/http/types.ts'
import {
  orderFilters,
  orderVariables,
  PurchaseOrderEmailPreviewRequest,
  PurchaseOrderEmailPreviewResponse,
  PurchaseOrderEmailSentResponse,
  PurchaseOrderPaginationResponse,
  PurchaseOrderPayloadSchema,
  PurchaseOrderResponseSchema,
  SendPurchaseOrderViaEmailRequest,
  UpdatePurchaseOrderPayloadSchema,
  VariablesObjectList,
} from './purchase-orders.schema.ts'
import { createOrder, deleteOrder, orderTable, updateOrder } from './purchase-orders.service.ts'
import { previewOrderMail, sendOrder } from './sending.service.ts'

const list = listing(orderTable, {
  filters: orderFilters,
  sort: ['created_at', 'updated_at'],
  bulk: 't.items',
})

export const purchaseOrders: Routes = async (app) => {
  const { machinery } = app

  app.get(
    '/payable_purchase_orders',
    operation({
      summary: 'Get purchase orders',
      may: 'payables_purchase_order:read',
      query: list.query,
      ok: { 200: PurchaseOrderPaginationResponse },
    }),
    ({ ctx, query }) => list.page(ctx, query),
  )

  app.post(
    '/payable_purchase_orders',
    operation({
      summary: 'Create a purchase order',
      may: 'payables_purchase_order:create',
      body: PurchaseOrderPayloadSchema,
      ok: { 201: PurchaseOrderResponseSchema },
    }),
    ({ ctx, body }) => createOrder(ctx, body),
  )

  app.get(
    '/payable_purchase_orders/variables',
    operation({ summary: 'Get the available variables for purchase orders', may: 'any', ok: { 200: VariablesObjectList } }),
    async () => ({
      data: [
        {
          object_subtype: 'purchase_order' as const,
          object_type: 'payables_purchase_order',
          variables: Object.entries(orderVariables).map(([name, description]) => ({ name, description })),
        },
      ],
    }),
  )

  app.get(
    '/payable_purchase_orders/:purchase_order_id',
    operation({
      summary: 'Get a purchase order by ID',
      may: 'payables_purchase_order:read',
      ok: { 200: PurchaseOrderResponseSchema },
    }),
    ({ ctx, params }) => rows.find(ctx, orderTable, params.purchase_order_id),
  )

  app.patch(
    '/payable_purchase_orders/:purchase_order_id',
    operation({
      summary: 'Update a purchase order',
      may: 'payables_purchase_order:update',
      body: UpdatePurchaseOrderPayloadSchema,
      ok: { 200: PurchaseOrderResponseSchema },
    }),
    ({ ctx, params, body }) => updateOrder(ctx, params.purchase_order_id, body),
  )

  app.delete(
    '/payable_purchase_orders/:purchase_order_id',
    operation({ summary: 'Delete a purchase order', may: 'payables_purchase_order:delete', ok: { 204: nothing } }),
    ({ ctx, params }) => deleteOrder(ctx, params.purchase_order_id),
  )

  app.post(
    '/payable_purchase_orders/:purchase_order_id/preview',
    operation({
      summary: `Preview a purchase order's email message`,
      may: 'payables_purchase_order:update',
      body: PurchaseOrderEmailPreviewRequest,
      ok: { 201: PurchaseOrderEmailPreviewResponse },
    }),
    ({ ctx, params, body }) => previewOrderMail(machinery, ctx, params.purchase_order_id, body),
  )

  app.post(
    '/payable_purchase_orders/:purchase_order_id/send',
    operation({
      summary: 'Send a purchase order via email',
      may: 'payables_purchase_order:update',
      body: SendPurchaseOrderViaEmailRequest,
      ok: { 200: PurchaseOrderEmailSentResponse },
    }),
    ({ ctx, params, body }) => sendOrder(machinery, ctx, params.purchase_order_id, body),
  )
}
