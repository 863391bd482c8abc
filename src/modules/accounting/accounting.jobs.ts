import type { Reaction } from '../../platform/events/reactions.ts'
import type { JobHandlers, KindsOf } from '../../platform/jobs/jobs.ts'
import type { Machinery } from '../../platform/machinery.ts'
import { follow } from './following.service.ts'
import { pushPending } from './pushing.service.ts'
import { sync } from './syncing.service.ts'

declare module '../../platform/jobs/jobs.ts' {
  interface Jobs {
    /** Something happened to a document. */
    'accounting.follow': Reaction
    /** Reads the ledger; one job for an entity, which runs again every hour. */
    'accounting.sync': object
    /** Takes what is pending to the ledger; one job for an entity. */
    'accounting.push': object
  }
}

export const accountingJobs = (machinery: Machinery): JobHandlers<KindsOf<'accounting'>> => ({
  'accounting.follow':
    async ({ payload }) =>
    (ctx) =>
      follow(machinery, ctx, payload.object_id),
  'accounting.sync': (job) => sync(machinery, job),
  'accounting.push': (job) => pushPending(machinery, job),
})
