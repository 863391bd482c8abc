import { asSystem, type Db } from '../database/context.ts'
import { type RowOf, sql } from '../database/sql.ts'

/** For each kind: jobs that could be done now, with the seconds the oldest has waited; those that wait for their time; those that failed for good. */
const BACKLOG = sql(`
  select kind, count(*) filter (where not dead and run_at <= app_now())::int as "due!",
    coalesce(extract(epoch from app_now() - min(run_at) filter (where not dead and run_at <= app_now())), 0)::float as "oldest_s!",
    count(*) filter (where not dead and run_at > app_now())::int as "later!", count(*) filter (where dead)::int as "dead!"
  from jobs group by kind order by kind`)

export type Backlog = RowOf<typeof BACKLOG>

export const backlog = (db: Db): Promise<Backlog[]> => asSystem(db, (ctx) => BACKLOG(ctx))
