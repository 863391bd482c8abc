import { asSystem, type Ctx, type Db } from '../database/context.ts'
import { sql } from '../database/sql.ts'
import type { Way } from '../http/listing.ts'
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
  /** Lines are added up too, where documents keep them. */
  readonly lines?: Lines
}
/** SQL of the lines of a document as rows, `line`, and of what one of them says. */
interface Lines {
  readonly all: string
  readonly product: string
  readonly amount: string
  readonly quantity: string
  /** The ids of the products on the document. */
  readonly products: string
}
/** What documents with lines are told apart by as well. */
const PRODUCT = 'product_id'

const MADE = `((t.created_at at time zone 'UTC')::date)::text`
export const receivableSums = {
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
  lines: {
    // Read once, whatever is asked of a line.
    all: `json_to_recordset(t.content -> 'line_items') as line (product json, total_before_vat bigint, quantity numeric)`,
    product: `line.product ->> 'id'`,
    amount: 'line.total_before_vat',
    quantity: 'line.quantity',
    products: 't.product_ids',
  },
} satisfies Summed
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
const summed: Summed[] = [receivableSums, payableSums]

/** What stands in every row beside its dimension, so that it needs none. */
const ALL = 'status'
const apart = ({ dimensions }: Summed, dimension: string) => (dimension === ALL ? `''` : dimensions[dimension])

/** Whether figures by this dimension are kept; null is one figure over all. */
export const isKept = ({ dimensions, lines }: Summed, dimension: string | null): boolean =>
  dimension === null ||
  dimension === 'status' ||
  dimension === 'currency' ||
  dimension in dimensions ||
  (dimension === PRODUCT && lines !== undefined)

/** What is kept of lines, in this order. */
const LINE_SUMS = `lines, amounts, amount, amount_least, amount_most, quantities, quantity, quantity_least, quantity_most`
const NO_LINES = `0 as lines, 0 as amounts, 0 as amount, null::numeric as amount_least, null::numeric as amount_most,
  0 as quantities, 0 as quantity, null::numeric as quantity_least, null::numeric as quantity_most`
const added = (of: string) => `sum(${of}.lines) as lines, sum(${of}.amounts) as amounts, coalesce(sum(${of}.amount), 0) as amount,
  min(${of}.amount_least) as amount_least, max(${of}.amount_most) as amount_most, sum(${of}.quantities) as quantities,
  coalesce(sum(${of}.quantity), 0) as quantity, min(${of}.quantity_least) as quantity_least, max(${of}.quantity_most) as quantity_most`

/**
 * SQL of the rows that one document, `t`, adds to: dimension, value, whether it counts there as a document, and what its lines add. It
 * counts once for each product on it; a line adds to its own product alone.
 */
function rowsOf(of: Summed, names: readonly string[]): string {
  const others = names.filter((name) => name !== PRODUCT).map((name) => `('${name}', ${apart(of, name)})`)
  const documents = `(values ${others.join(', ')}) d (dimension, value)`
  const { lines } = of
  if (!lines) return `(select d.dimension, coalesce(d.value, '') as value, true as counts, ${NO_LINES} from ${documents})`
  const { product, products, amount, quantity } = lines
  const whole = `select d.dimension, coalesce(d.value, '') as value, true as counts, coalesce(lines, 0) as lines, coalesce(amounts, 0) as amounts,
    amount, amount_least, amount_most, coalesce(quantities, 0) as quantities, quantity, quantity_least, quantity_most
    from ${documents}, (select ${added('b')} from by_product b) of_all`
  const byProduct = `select '${PRODUCT}' as dimension, coalesce(p.product, b.product, '') as value, p.product is not null as counts,
    coalesce(b.lines, 0) as lines, coalesce(b.amounts, 0) as amounts, coalesce(b.amount, 0) as amount, b.amount_least, b.amount_most,
    coalesce(b.quantities, 0) as quantities, coalesce(b.quantity, 0) as quantity, b.quantity_least, b.quantity_most
    from (select distinct product::text from unnest(${products}) product) p full join by_product b on b.product = p.product`
  return `(
    with by_product as materialized (
      select ${product} as product, count(*) as lines,
        count(${amount}) as amounts, coalesce(sum(${amount}), 0) as amount, min(${amount})::numeric as amount_least, max(${amount})::numeric as amount_most,
        count(${quantity}) as quantities, coalesce(sum(${quantity}), 0) as quantity, min(${quantity}) as quantity_least, max(${quantity}) as quantity_most
      from ${lines.all} group by 1)
    ${[...(others.length > 0 ? [whole] : []), ...(names.includes(PRODUCT) ? [byProduct] : [])].join(' union all ')})`
}
const dimensionsOf = ({ dimensions, lines }: Summed) => [ALL, ...Object.keys(dimensions), ...(lines ? [PRODUCT] : [])]
/** What is added up of documents and their lines, for each row `d` of `rowsOf`. */
const SUMS = `count(*) filter (where d.counts) as documents, count(t.total_amount) filter (where d.counts) as priced,
  coalesce(sum(t.total_amount) filter (where d.counts), 0) as total, min(t.total_amount) filter (where d.counts) as least,
  max(t.total_amount) filter (where d.counts) as most, ${added('d')}`

const KEEPS = sql(`select exists (select from kept_until where object = :object and until > '-infinity') as "keeps!"`)
/** Whether figures of the entity are kept at all. */
export const keeps = async (ctx: Ctx, { object }: Summed): Promise<boolean> => (await KEEPS.one(ctx, { object })).keeps

/** How many documents there are of each status, and what they come to. */
export const keptByStatus = <Status extends string>(ctx: Ctx, of: Summed) =>
  ctx.db.query<{ status: Status; count: number; sum_total_amount: number }>(
    `select s.status, sum(s.documents)::int as count, sum(s.total)::bigint as sum_total_amount from ${sumsBy(of, null)} s
     group by s.status order by s.status`,
  )

/**
 * SQL of rows with the columns value, type, status, currency, documents, priced, total, least and most, and those of lines where these are
 * asked for, which add up to what the documents of the entity are at this moment.
 */
export function sumsBy(of: Summed, dimension: string | null, lines = false): string {
  const kept = dimension !== null && (dimension in of.dimensions || dimension === PRODUCT) ? dimension : ALL
  const ours = `object = '${of.object}'`
  const isSimple = kept !== PRODUCT && !lines
  const present = isSimple
    ? `1, case when t.total_amount is null then 0 else 1 end, coalesce(t.total_amount, 0), t.total_amount, t.total_amount`
    : `d.counts::int, case when d.counts and t.total_amount is not null then 1 else 0 end, case when d.counts then coalesce(t.total_amount, 0) else 0 end,
      case when d.counts then t.total_amount end, case when d.counts then t.total_amount end, ${LINE_SUMS}`
  return `(
    select s.value, s.type, s.status, s.currency, s.documents, s.priced, s.total, s.least, s.most${isSimple ? '' : `, ${LINE_SUMS}`} from kept_sums s
    where s.${ours} and s.dimension = '${kept}' and s.week <> all (array(select c.week from changed_weeks c where c.${ours}))
    union all
    select ${isSimple ? `coalesce(${apart(of, kept)}, '')` : 'd.value'}, ${of.type}, t.status, coalesce(t.currency, ''), ${present}
    from (
      select k.until as since, 'infinity'::timestamptz as before from kept_until k where k.${ours}
      union all
      select distinct c.week, c.week + interval '7 days' from changed_weeks c, kept_until k where c.${ours} and k.${ours} and c.week < k.until) present
    join ${of.table} t on t.created_at >= present.since and t.created_at < present.before and t.deleted_at is null
    ${isSimple ? '' : `join lateral ${rowsOf(of, [kept])} d on d.dimension = '${kept}'`})`
}

/**
 * Ways to the documents whose day compares so with `$`, in the order of their making: from the kept sums it is known between which weeks
 * there are any. `slack` is how many days the day may be off.
 */
export function waysByDay({ object }: Summed, dimension: string, sign: '<' | '<=' | '>' | '>=', slack = 0): Way[] {
  const own = `s.entity_id = $entity and s.object = '${object}' and s.dimension = '${dimension}'`
  const day = `($::date ${sign.startsWith('<') ? '+' : '-'} ${slack})::text`
  const week = (
    order: 'asc' | 'desc',
  ) => `(select s.week from kept_sums s where ${own} and s.value ${sign} ${day} and s.value <> ''
    order by s.entity_id ${order}, s.object ${order}, s.dimension ${order}, s.week ${order} limit 1)`
  const until = `(select k.until from kept_until k where k.entity_id = $entity and k.object = '${object}')`
  return [
    { test: `t.created_at >= ${week('asc')} and t.created_at < ${week('desc')} + interval '7 days'`, dense: true },
    {
      via: `select coalesce(${until}, '-infinity') as since, 'infinity'::timestamptz as before union all
        select distinct c.week, c.week + interval '7 days' from changed_weeks c
        where c.entity_id = $entity and c.object = '${object}' and c.week < coalesce(${until}, '-infinity')`,
      test: 't.created_at >= via.since and t.created_at < via.before',
    },
  ]
}

/** From so many documents on, a company's figures are kept. */
const MANY = 20_000
/** Documents that are added up in one transaction, and weeks that changed. */
const BATCH = 20_000
const WEEKS = 10
/** A transaction that began before the end of a week has ended by then. */
const GRACE = `interval '1 hour'`
const THIS_WEEK = `date_trunc('week', now() - ${GRACE}, 'UTC')` as const

/** Companies that have come to have many documents. */
export const enroll = (db: Db, { object, table }: Summed, many = MANY) =>
  asSystem(db, (ctx) =>
    ctx.db.query(
      `insert into kept_until (partner_id, entity_id, object) select partner_id, entity_id, $1 from ${table}
       group by partner_id, entity_id having count(*) >= $2 on conflict do nothing`,
      [object, many],
    ),
  )

/** Nobody's figures depend on these marks, and none that is not seen here is taken away. */
const DROP_MARKS = sql(
  `delete from changed_weeks c where object = :object and not exists (select from kept_until k where k.entity_id = c.entity_id and k.object = c.object)`,
)
/** Should the clock have been ahead: what isn't over is not kept. */
const DROP_EARLY = sql(`delete from kept_sums where object = :object and week >= ${THIS_WEEK}`)
const COME_BACK = sql(`update kept_until set until = ${THIS_WEEK} where object = :object and until > ${THIS_WEEK}`)
const WAITING = sql(`select entity_id from kept_until k where object = :object and (until < ${THIS_WEEK}
  or exists (select from changed_weeks c where c.entity_id = k.entity_id and c.object = k.object))`)

/** Adds up what is past, and the weeks that changed, of all companies that are kept. */
export async function keepSums(db: Db): Promise<void> {
  for (const of of summed) {
    const { object } = of
    const entities = await asSystem(db, async (ctx) => {
      await DROP_MARKS(ctx, { object })
      await DROP_EARLY(ctx, { object })
      await COME_BACK(ctx, { object })
      return WAITING(ctx, { object })
    })
    for (const { entity_id } of entities) {
      let more = true
      while (more) more = await keepSome(db, of, entity_id)
    }
  }
}

const HOLD = sql(`select partner_id from kept_until where entity_id = :entity and object = :object for update skip locked`)
/** The marks go first: what is committed from here on leaves its mark, whether the sums have seen it or not. */
const TAKE_MARKS = sql(`delete from changed_weeks where entity_id = :entity and object = :object and week in (
  select distinct week from changed_weeks where entity_id = :entity and object = :object order by week limit ${WEEKS}) returning week`)
const DROP_SUMS = sql(`delete from kept_sums where entity_id = :entity and object = :object
  and (week = any (:weeks::timestamptz[]) and week < :since or week >= :since and week < :until)`)
const MOVE_ON = sql(`update kept_until set until = :until where entity_id = :entity and object = :object`)
const MORE = sql(
  `select :until < ${THIS_WEEK} or exists (select from changed_weeks where entity_id = :entity and object = :object) as "more!"`,
)

/** Some of it, in one transaction; whether there may be more. */
const keepSome = (db: Db, of: Summed, entity: string) =>
  asSystem(db, async (ctx) => {
    const { object } = of
    const held = await HOLD.maybe(ctx, { entity, object })
    if (!held) return false
    const marks = await TAKE_MARKS(ctx, { entity, object })
    const weeks = [...new Set(marks.map(({ week }) => week))]
    const [span] = await ctx.db.query<{ since: string; until: string }>(
      `select since, least(${THIS_WEEK}, greatest(since + interval '7 days', coalesce((select date_trunc('week', created_at, 'UTC') from ${of.table}
         where entity_id = $1 and created_at >= since order by created_at offset ${BATCH} limit 1), 'infinity'))) as until
       from (select greatest(k.until, coalesce((select date_trunc('week', min(created_at), 'UTC') from ${of.table} where entity_id = $1), ${THIS_WEEK})) as since
             from kept_until k where k.entity_id = $1 and k.object = $2) k`,
      [entity, object],
    )
    const { since, until } = span!
    await DROP_SUMS(ctx, { entity, object, weeks, since, until })
    await ctx.db.query(
      `insert into kept_sums (partner_id, entity_id, object, week, dimension, value, type, status, currency, documents, priced, total, least, most,
         ${LINE_SUMS})
       select $6, $1, $2, date_trunc('week', t.created_at, 'UTC'), d.dimension, d.value, ${of.type}, t.status, coalesce(t.currency, ''),
         ${SUMS}
       from (select $4::timestamptz as since, $5::timestamptz as before
             union all select week, week + interval '7 days' from unnest($3::timestamptz[]) week where week < $4) span
       join ${of.table} t on t.created_at >= span.since and t.created_at < span.before
       cross join lateral ${rowsOf(of, dimensionsOf(of))} d
       where t.entity_id = $1 and t.deleted_at is null group by 4, 5, 6, 7, 8, 9`,
      [entity, object, weeks, since, until, held.partner_id],
    )
    await MOVE_ON(ctx, { entity, object, until })
    return (await MORE.one(ctx, { entity, object, until })).more
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
  .map(
    (of) => `
      select x.* from (select entity_id, '${of.object}' as object, week, dimension, value, type, status, currency,
        s.documents as kept, d.documents, s.total as kept_total, d.total, s.amount as kept_amount, d.amount
      from (select * from kept_sums where object = '${of.object}') s
      full join (
        select t.entity_id, date_trunc('week', t.created_at, 'UTC') as week, d.dimension, d.value, ${of.type} as type, t.status,
          coalesce(t.currency, '') as currency, ${SUMS}
        from kept_until k join ${of.table} t on t.entity_id = k.entity_id and t.created_at < k.until and t.deleted_at is null
        cross join lateral ${rowsOf(of, dimensionsOf(of))} d
        where k.object = '${of.object}' group by 1, 2, 3, 4, 5, 6, 7) d using (entity_id, week, dimension, value, type, status, currency)
      where s.documents is distinct from d.documents or s.total is distinct from d.total
        or s.amount is distinct from d.amount or s.quantity is distinct from d.quantity or s.lines is distinct from d.lines) x
      where not exists (select from changed_weeks c where c.entity_id = x.entity_id and c.object = x.object and c.week = x.week)`,
  )
  .join(' union all ')
