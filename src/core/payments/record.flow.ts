import { flow } from '../flow.ts'

export type RecordState = 'created' | 'processing' | 'succeeded' | 'canceled'
export type RecordAction = 'edit' | 'start' | 'succeed' | 'cancel' | 'retry'

/**
 * The life of a payment record. What succeeded is final: money that goes back is a record of its own. Only a payment of ours is tried again
 * after it failed.
 */
export const recordFlow = flow<RecordState, RecordAction>(
  'payment record',
  {
    created: { edit: 'created', start: 'processing', succeed: 'succeeded', cancel: 'canceled', retry: 'created' },
    processing: { edit: 'processing', succeed: 'succeeded', cancel: 'canceled', retry: 'created' },
    succeeded: {},
    canceled: {},
  },
  {
    created: 'created',
    processing: 'being processed',
    succeed: 'be marked as succeeded',
    start: 'be processed',
    edit: 'be updated',
  },
)
