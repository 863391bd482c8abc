import type { Reactions } from '../../platform/events/reactions.ts'

/** A policy is looked for when a bill is submitted; whoever pays hears of it when it is to be paid. */
export const approvalReactions: Reactions = {
  'payable.submitted_for_approval': ['approvals.match'],
  'payable.approved': ['payables.notify_payers'],
}
