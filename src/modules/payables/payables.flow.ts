import { flow } from '../../core/flow.ts'
import type { PayableState } from './payables.schema.ts'

export type PayableAction =
  | 'edit'
  | 'complete'
  | 'reopen_draft'
  | 'submit'
  | 'approve'
  | 'reject'
  | 'reopen'
  | 'cancel'
  | 'delete'
  | 'pay'
  | 'pay_part'
  | 'revert'
  | 'revert_part'
  | 'skip_approval'

/** Who may go where. A missing cell is a 409; what is canceled stays so. Reopening one that is partly paid is for the payments to undo. */
export const payableFlow = flow<PayableState, PayableAction>(
  'payable',
  {
    draft: { edit: 'draft', complete: 'new', cancel: 'canceled', delete: 'draft' },
    new: {
      edit: 'new',
      reopen_draft: 'draft',
      submit: 'approve_in_progress',
      approve: 'waiting_to_be_paid',
      cancel: 'canceled',
      delete: 'new',
      pay: 'paid',
      skip_approval: 'waiting_to_be_paid',
    },
    // Who wants it back before it is decided does not approve it first.
    approve_in_progress: { reject: 'rejected', approve: 'waiting_to_be_paid', pay: 'paid' },
    waiting_to_be_paid: { reopen: 'new', pay: 'paid', pay_part: 'partially_paid' },
    partially_paid: { pay: 'paid', pay_part: 'partially_paid', revert: 'waiting_to_be_paid', revert_part: 'partially_paid' },
    paid: { revert: 'waiting_to_be_paid', revert_part: 'partially_paid' },
    rejected: { reopen: 'new' },
    canceled: { delete: 'canceled' },
  },
  {
    new: 'new',
    approve_in_progress: 'being approved',
    edit: 'be updated',
    complete: 'get what POST /payables/{payable_id}/validate says is missing',
    submit: 'be submitted for approval',
    pay: 'be marked as paid',
    pay_part: 'be marked as partially paid',
    skip_approval: 'go without approval',
    reopen_draft: 'be made a draft again',
    revert: 'have its payments taken back',
    revert_part: 'have a part of its payments taken back',
  },
  ['skip_approval', 'revert_part'],
)
