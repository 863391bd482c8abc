import type { JobHandlers, KindsOf } from '../../../platform/jobs/jobs.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import { bookMatches } from './statements.service.ts'

declare module '../../../platform/jobs/jobs.ts' {
  interface Jobs {
    'bank_statements.book': { statement_id: string }
  }
}

/** Transactions that are booked in one transaction of the database. */
const AT_ONCE = 50

/** Books what matches, some at a time: others are never kept waiting by a large file. */
export const statementJobs = ({ log }: Pick<Machinery, 'log'>): JobHandlers<KindsOf<'bank_statements'>> => ({
  'bank_statements.book':
    async ({ payload }) =>
    async (ctx) =>
      (await bookMatches(ctx, log, payload.statement_id, AT_ONCE)) ? ctx.now : null,
})
