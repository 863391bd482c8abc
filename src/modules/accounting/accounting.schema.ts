import { word } from '../../platform/http/types.ts'

/** Words that the operations of accounting share. */
export const ObjectMatchTypes = word(['product', 'customer', 'vendor', 'receivable', 'bill', 'payment_record'], {
  $id: 'ObjectMatchTypes',
})
export const SyncStatus = word(['pending', 'error', 'done'], { $id: 'SyncStatus' })
