import { asSystem, type Db } from '../database/context.ts'

/** What waits of one kind of job. */
export interface Backlog {
  readonly kind: string
  /** Jobs that could be done now. */
  readonly due: number
  /** Seconds that the oldest of those has waited. */
  readonly oldest_s: number
  /** Jobs that wait for their time: a retry of a webhook or a mail, mostly. */
  readonly later: number
  /** Jobs that failed for good and wait for people. */
  readonly dead: number
}

const BACKLOG = `
  select kind, count(*) filter (where not dead and run_at <= app_now())::int as due,
    coalesce(extract(epoch from app_now() - min(run_at) filter (where not dead and run_at <= app_now())), 0)::float as oldest_s,
    count(*) filter (where not dead and run_at > app_now())::int as later, count(*) filter (where dead)::int as dead
  from jobs group by kind order by kind`

export const backlog = (db: Db): Promise<Backlog[]> => asSystem(db, (ctx) => ctx.db.query<Backlog>(BACKLOG))
