import { asSystem, type Ctx, type Db } from '../database/context.ts'
import type { Schedule } from '../jobs/jobs.ts'

/**
 * Sums over the documents of a company that are added up beforehand, week by week of their making (migrations/0131). What a figure needs of
 * the past is read from there; what was made since, and the weeks in which something changed, are counted when they are asked for.
 */

/** Documents that are added up: their table, and SQL of what they are told apart by, as text. `t` is the document. */
export interface Summed {
  readonly object: 'receivable' | 'payable'
  readonly table: string
  /** SQL of the kind of document. */
  readonly type: string
  readonly dimensions: Readonly<Record<string, string>>
}

const MADE = `((t.created_at at time zone 'UTC')::date)::text`
export const receivableSums: Summed = {
  object: 'receivable',
  table: 'receivables',
  type: 't.type',
  dimensions: {
    created_at: MADE,
    issue_date: 't.issued_on::text',
    due_date: 'case when t.issue_date is not null then t.due_date end::text',
    counterpart_id: 't.counterpart_id::text',
    project_id: 't.project_id::text',
  },
}
export const payableSums: Summed = {
  object: 'payable',
  table: 'payables',
  type: `''`,
  dimensions: {
    created_at: MADE,
    issued_at: 't.issued_at::text',
    due_date: 't.due_date::text',
    counterpart_id: 't.counterpart_id::text',
    project_id: 't.project_id::text',
  },
}
const summed = [receivableSums, payableSums]

/** What stands in every row beside its dimension, so that it needs none. */
const ALL = 'status'
const apart = ({ dimensions }: Summed, dimension: string) => (dimension === ALL ? `''` : dimensions[dimension])

/** Whether figures by this dimension are kept; null is one figure over all. */
export const isKept = ({ dimensions }: Summed, dimension: string | null): boolean =>
  dimension === null || dimension === 'status' || dimension === 'currency' || dimension in dimensions

/** Whether figures of the entity are kept at all. */
export async function keeps(ctx: Ctx, { object }: Summed): Promise<boolean> {
  const rows = await ctx.db.query(`select from kept_until where object = $1 and until > '-infinity'`, [object])
  return rows.length > 0
}

/**
 * SQL of rows with the columns value, type, status, currency, documents, priced, total, least and most, which add up to what the documents of
 * the entity are at this moment.
 */
export function sumsBy(of: Summed, dimension: string | null): string {
  const kept = dimension !== null && dimension in of.dimensions ? dimension : ALL
  const ours = `object = '${of.object}'`
  return `(
    select s.value, s.type, s.status, s.currency, s.documents, s.priced, s.total, s.least, s.most from kept_sums s
    where s.${ours} and s.dimension = '${kept}' and s.week <> all (array(select c.week from changed_weeks c where c.${ours}))
    union all
    select coalesce(${apart(of, kept)}, ''), ${of.type}, t.status, coalesce(t.currency, ''), 1, case when t.total_amount is null then 0 else 1 end,
      coalesce(t.total_amount, 0), t.total_amount, t.total_amount
    from (
      select k.until as since, 'infinity'::timestamptz as before from kept_until k where k.${ours}
      union all
      select distinct c.week, c.week + interval '7 days' from changed_weeks c, kept_until k where c.${ours} and k.${ours} and c.week < k.until) present
    join ${of.table} t on t.created_at >= present.since and t.created_at < present.before and t.deleted_at is null)`
}

/** From so many documents on, a company's figures are kept. */
const MANY = 20_000
/** Documents that are added up in one transaction, and weeks that changed. */
const BATCH = 20_000
const WEEKS = 10
/** A transaction that began before the end of a week has ended by then. */
const GRACE = `interval '1 hour'`
const THIS_WEEK = `date_trunc('week', now() - ${GRACE}, 'UTC')`

/** Companies that have come to have many documents. */
export const enroll = (db: Db, { object, table }: Summed, many = MANY) =>
  asSystem(db, (ctx) =>
    ctx.db.query(
      `insert into kept_until (partner_id, entity_id, object) select partner_id, entity_id, $1 from ${table}
       group by partner_id, entity_id having count(*) >= $2 on conflict do nothing`,
      [object, many],
    ),
  )

/** Adds up what is past, and the weeks that changed, of all companies that are kept. */
export async function keepSums(db: Db): Promise<void> {
  for (const of of summed) {
    const entities = await asSystem(db, async (ctx) => {
      // Nobody's figures depend on these marks, and none that is not seen here is taken away.
      await ctx.db.query(
        `delete from changed_weeks c where object = $1 and not exists (select from kept_until k where k.entity_id = c.entity_id and k.object = c.object)`,
        [of.object],
      )
      // Should the clock have been ahead: what isn't over is not kept.
      await ctx.db.query(`delete from kept_sums where object = $1 and week >= ${THIS_WEEK}`, [of.object])
      await ctx.db.query(`update kept_until set until = ${THIS_WEEK} where object = $1 and until > ${THIS_WEEK}`, [of.object])
      return ctx.db.query<{ entity_id: string }>(
        `select entity_id from kept_until k where object = $1 and (until < ${THIS_WEEK}
           or exists (select from changed_weeks c where c.entity_id = k.entity_id and c.object = k.object))`,
        [of.object],
      )
    })
    for (const { entity_id } of entities) {
      let more = true
      while (more) more = await keepSome(db, of, entity_id)
    }
  }
}

/** Some of it, in one transaction; whether there may be more. */
const keepSome = (db: Db, of: Summed, entityId: string) =>
  asSystem(db, async (ctx) => {
    const about = [entityId, of.object]
    const [row] = await ctx.db.query<{ partner_id: string; from: string }>(
      `select partner_id, greatest(until, coalesce((select date_trunc('week', min(created_at), 'UTC') from ${of.table} where entity_id = $1), ${THIS_WEEK})) as from
       from kept_until where entity_id = $1 and object = $2 for update skip locked`,
      about,
    )
    if (!row) return false
    // The marks first: what is committed from here on leaves its mark, whether the sums have seen it or not.
    const marks = await ctx.db.query<{ week: string }>(
      `delete from changed_weeks where entity_id = $1 and object = $2 and week in (
         select distinct week from changed_weeks where entity_id = $1 and object = $2 order by week limit ${WEEKS}) returning week`,
      about,
    )
    const [next] = await ctx.db.query<{ until: string }>(
      `select least(${THIS_WEEK}, greatest($2::timestamptz + interval '7 days', coalesce((select date_trunc('week', created_at, 'UTC') from ${of.table}
         where entity_id = $1 and created_at >= $2 order by created_at offset ${BATCH} limit 1), 'infinity'))) as until`,
      [entityId, row.from],
    )
    const until = next!.until
    const weeks = [...new Set(marks.map(({ week }) => week))]
    const due = `(week = any ($3::timestamptz[]) and week < $4 or week >= $4 and week < $5)`
    const bounds = [weeks, row.from, until]
    await ctx.db.query(`delete from kept_sums where entity_id = $1 and object = $2 and ${due}`, [...about, ...bounds])
    const dimensions = [ALL, ...Object.keys(of.dimensions)].map((name) => `('${name}', ${apart(of, name)})`).join(', ')
    await ctx.db.query(
      `insert into kept_sums (partner_id, entity_id, object, week, dimension, value, type, status, currency, documents, priced, total, least, most)
       select $6, $1, $2, date_trunc('week', t.created_at, 'UTC'), d.dimension, coalesce(d.value, ''), ${of.type}, t.status, coalesce(t.currency, ''),
         count(*), count(t.total_amount), coalesce(sum(t.total_amount), 0), min(t.total_amount), max(t.total_amount)
       from (select $4::timestamptz as since, $5::timestamptz as before
             union all select week, week + interval '7 days' from unnest($3::timestamptz[]) week where week < $4) span
       join ${of.table} t on t.created_at >= span.since and t.created_at < span.before
       cross join lateral (values ${dimensions}) as d (dimension, value)
       where t.entity_id = $1 and t.deleted_at is null group by 4, 5, 6, 7, 8, 9`,
      [...about, ...bounds, row.partner_id],
    )
    await ctx.db.query(`update kept_until set until = $3 where entity_id = $1 and object = $2`, [...about, until])
    const [left] = await ctx.db.query<{ more: boolean }>(
      `select $3::timestamptz < ${THIS_WEEK} or exists (select from changed_weeks where entity_id = $1 and object = $2) as more`,
      [...about, until],
    )
    return left!.more
  })

export const keptSumsSchedules = (db: Db): Schedule[] => [
  {
    name: 'kept_sums.enroll',
    every_ms: 60 * 60_000,
    async work() {
      for (const of of summed) await enroll(db, of)
    },
  },
  { name: 'kept_sums.keep', every_ms: 60_000, work: () => keepSums(db) },
]

/** For the audit: what is kept and isn't what the documents of its week add up to, where no mark says that it will be added up anew. */
export const WRONG_SUMS = summed
  .map((of) => {
    const dimensions = [ALL, ...Object.keys(of.dimensions)].map((name) => `('${name}', ${apart(of, name)})`).join(', ')
    return `
      select x.* from (select entity_id, '${of.object}' as object, week, dimension, value, type, status, currency,
        s.documents as kept, d.documents, s.total as kept_total, d.total
      from (select * from kept_sums where object = '${of.object}') s
      full join (
        select t.entity_id, date_trunc('week', t.created_at, 'UTC') as week, d.dimension, coalesce(d.value, '') as value, ${of.type} as type, t.status,
          coalesce(t.currency, '') as currency, count(*) as documents, coalesce(sum(t.total_amount), 0) as total
        from kept_until k join ${of.table} t on t.entity_id = k.entity_id and t.created_at < k.until and t.deleted_at is null
        cross join lateral (values ${dimensions}) as d (dimension, value)
        where k.object = '${of.object}' group by 1, 2, 3, 4, 5, 6, 7) d using (entity_id, week, dimension, value, type, status, currency)
      where s.documents is distinct from d.documents or s.total is distinct from d.total) x
      where not exists (select from changed_weeks c where c.entity_id = x.entity_id and c.object = x.object and c.week = x.week)`
  })
  .join(' union all ')
