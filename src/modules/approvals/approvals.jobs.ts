import type { Reaction } from '../../platform/events/reactions.ts'
import type { JobHandlers, KindsOf } from '../../platform/jobs/jobs.ts'
import type { Machinery } from '../../platform/machinery.ts'
import { notifyApprovers } from './approvers.service.ts'
import { matchPolicy, rematch } from './matching.service.ts'
import { notifyPayers } from './payers.service.ts'
import { notifyStuck, strand } from './stuck.service.ts'

declare module '../../platform/jobs/jobs.ts' {
  interface Jobs {
    'approvals.match': Reaction
    'approvals.rematch': object
    'approvals.notify': { approval_request_id: string }
    'approvals.notify_stuck': { payable_id: string; since: string }
    /** A user was deleted, or had that role until now. */
    'approvals.strand': { user_id: string; role_id: string }
    'payables.notify_payers': Reaction
  }
}

/** What follows a submission: the policy is found, and people are asked. */
export const approvalJobs = (machinery: Machinery): JobHandlers<KindsOf<'approvals'> | 'payables.notify_payers'> => ({
  'approvals.match':
    async ({ payload }) =>
    (ctx) =>
      matchPolicy(ctx, payload.object_id, machinery.log),
  'approvals.rematch': async () => rematch,
  'approvals.notify':
    async ({ payload }) =>
    (ctx) =>
      notifyApprovers(machinery, ctx, payload.approval_request_id),
  'approvals.strand':
    async ({ payload }) =>
    (ctx) =>
      strand(ctx, payload),
  'approvals.notify_stuck':
    async ({ payload }) =>
    (ctx) =>
      notifyStuck(machinery, ctx, payload.payable_id, payload.since),
  'payables.notify_payers':
    async ({ payload }) =>
    (ctx) =>
      notifyPayers(machinery, ctx, payload.object_id, payload.at),
})
