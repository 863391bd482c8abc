import { flow } from '../../../core/flow.ts'
import type { DeliveryNote } from './delivery-notes.schema.ts'

/** Who may go where; a missing cell is a 409. Deleting is no step: a note may be deleted whatever became of it. */
export const deliveryNoteFlow = flow<DeliveryNote['status'], 'edit' | 'deliver' | 'cancel'>('delivery note', {
  created: { edit: 'created', deliver: 'delivered', cancel: 'canceled' },
  delivered: {},
  canceled: {},
})
