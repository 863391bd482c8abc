import { flow } from '../../core/flow.ts'

export type InvoiceState =
  | 'draft'
  | 'issued'
  | 'partially_paid'
  | 'overdue'
  | 'paid'
  | 'uncollectible'
  | 'canceled'
  | 'recurring'
  | 'failed'
  | 'issuing'
  | 'deleted'
export type InvoiceAction =
  | ('edit' | 'issue' | 'delete' | 'pay_part' | 'pay' | 'lapse' | 'postpone' | 'cancel' | 'write_off')
  /** The same where a part of it is paid: to cancel it then is for companies without the rules. */
  | ('postpone_part' | 'take_back')
  /** Money goes back: all of it, part of it, and either after the due date. */
  | ('refund' | 'refund_part' | 'refund_late')
  /** All of it was credited, and all that was paid went back. */
  | 'give_back'
  /** Becomes the base that a recurrence makes invoices from, and stops being it. */
  | ('repeat' | 'retire')
  /** Goes to the network for e-invoices, which takes it or doesn't. */
  | ('hand_over' | 'accept' | 'refuse')

/** Who may go where. A missing cell is a 409. An overdue invoice that is paid in part stays overdue; an edit may postpone its due date. */
export const invoiceFlow = flow<InvoiceState, InvoiceAction>(
  'invoice',
  {
    draft: { edit: 'draft', issue: 'issued', delete: 'deleted', repeat: 'recurring', hand_over: 'issuing' },
    failed: { edit: 'failed', issue: 'issued', delete: 'deleted', hand_over: 'issuing' },
    issued: { pay: 'paid', pay_part: 'partially_paid', lapse: 'overdue', cancel: 'canceled', write_off: 'uncollectible' },
    partially_paid: {
      pay_part: 'partially_paid',
      pay: 'paid',
      lapse: 'overdue',
      write_off: 'uncollectible',
      take_back: 'canceled',
      refund: 'issued',
      refund_part: 'partially_paid',
      refund_late: 'overdue',
    },
    overdue: {
      pay: 'paid',
      pay_part: 'overdue',
      postpone: 'issued',
      postpone_part: 'partially_paid',
      cancel: 'canceled',
      write_off: 'uncollectible',
      refund_late: 'overdue',
    },
    issuing: { accept: 'issued', refuse: 'failed' },
    recurring: { retire: 'canceled' },
    paid: { refund: 'issued', refund_part: 'partially_paid', refund_late: 'overdue', give_back: 'canceled' },
    uncollectible: {},
    canceled: {},
    deleted: {},
  },
  {
    hand_over: 'be sent as an e-invoice',
    pay_part: 'be paid in part',
    lapse: 'fall overdue',
    refund_part: 'be refunded in part',
    take_back: 'be canceled',
    postpone_part: 'be postponed',
    refund_late: 'be refunded',
    repeat: 'be repeated',
    write_off: 'be marked as uncollectible',
  },
  ['lapse', 'accept', 'refuse', 'refund_late', 'take_back', 'postpone', 'postpone_part', 'give_back', 'retire'],
)

export type DraftState = 'draft' | 'failed' | 'issued' | 'deleted' | 'issuing' | 'accepted' | 'declined' | 'expired'

/** Quotes: offered to the customer, who answers, or lets the day pass. An answer is final. */
export const quoteFlow = flow<DraftState, 'edit' | 'issue' | 'delete' | 'accept' | 'decline' | 'expire'>(
  'quote',
  {
    draft: { edit: 'draft', issue: 'issued', delete: 'deleted' },
    failed: {},
    issued: { accept: 'accepted', decline: 'declined', expire: 'expired' },
    issuing: {},
    accepted: {},
    declined: {},
    expired: {},
    deleted: {},
  },
  { expire: 'expire' },
  ['expire'],
)

/** Credit notes: made for an invoice, issued, and then final. */
export const creditNoteFlow = flow<DraftState, 'edit' | 'issue' | 'delete'>('credit note', {
  draft: { edit: 'draft', issue: 'issued', delete: 'deleted' },
  failed: { edit: 'failed', issue: 'issued', delete: 'deleted' },
  issued: {},
  issuing: {},
  accepted: {},
  declined: {},
  expired: {},
  deleted: {},
})
