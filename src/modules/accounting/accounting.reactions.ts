import type { Reactions } from '../../platform/events/reactions.ts'

/** What happens to a document is followed in the ledger. The database writes no job for an entity without a ledger. */
export const accountingReactions: Reactions = {
  'receivable.issued': ['accounting.follow'],
  'receivable.updated': ['accounting.follow'],
  'receivable.partially_paid': ['accounting.follow'],
  'receivable.paid': ['accounting.follow'],
  'receivable.uncollectible': ['accounting.follow'],
  'receivable.canceled': ['accounting.follow'],
  // What a provider kept of a payment is known once it is settled.
  'payment_intent.status_updated': ['accounting.follow'],
  'payable.approved': ['accounting.follow'],
  'payable.updated': ['accounting.follow'],
  'payable.partially_paid': ['accounting.follow'],
  'payable.paid': ['accounting.follow'],
  'payable.reopened': ['accounting.follow'],
  'payable.canceled': ['accounting.follow'],
  'payable.deleted': ['accounting.follow'],
  'payables_credit_note.approved': ['accounting.follow'],
  'payables_credit_note.applied': ['accounting.follow'],
  'payables_credit_note.updated': ['accounting.follow'],
}
