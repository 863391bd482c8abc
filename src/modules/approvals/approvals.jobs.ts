import type { Machinery } from '../../platform/http/app.ts'
import type { Job, JobHandlers } from '../../platform/jobs/jobs.ts'
import { notifyApprovers } from './approvers.service.ts'
import { matchPolicy, rematch } from './matching.service.ts'
import { notifyPayers } from './payers.service.ts'

/** What follows a submission: the policy is found, and people are asked. */
export const approvalJobs = (machinery: Machinery): JobHandlers => ({
  'approvals.match':
    async ({ payload }: Job<{ payable_id: string }>) =>
    (ctx) =>
      matchPolicy(ctx, payload.payable_id, machinery.log),
  'approvals.rematch': async () => rematch,
  'approvals.notify':
    async ({ payload }: Job<{ approval_request_id: string }>) =>
    (ctx) =>
      notifyApprovers(machinery, ctx, payload.approval_request_id),
  'payables.notify_payers':
    async ({ payload }: Job<{ payable_id: string; since: string }>) =>
    (ctx) =>
      notifyPayers(machinery, ctx, payload.payable_id, payload.since),
})
