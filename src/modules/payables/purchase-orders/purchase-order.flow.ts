import { flow } from '../../../core/flow.ts'
import type { PurchaseOrder } from './purchase-orders.schema.ts'

/** Who may go where; a missing cell is a 409. Sending again what the vendor has changes nothing. */
export const purchaseOrderFlow = flow<PurchaseOrder['status'], 'edit' | 'delete' | 'send'>('purchase order', {
  draft: { edit: 'draft', delete: 'draft', send: 'issued' },
  issued: { send: 'issued' },
})
