import { flow } from '../../../core/flow.ts'
import type { DeliveryNote } from './delivery-notes.schema.ts'

/** Which step leads where; a missing cell is a 409. Deleting is not a step: a note may be deleted in any status. */
export const deliveryNoteFlow = flow<DeliveryNote['status'], 'edit' | 'deliver' | 'cancel'>('delivery note', {
  created: { edit: 'created', deliver: 'delivered', cancel: 'canceled' },
  delivered: {},
  canceled: {},
})
