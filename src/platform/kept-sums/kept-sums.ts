import { asSystem, type Ctx, type Db, NO_ENTITY } from '../database/context.ts'
import { sql } from '../database/sql.ts'
import type { Way } from '../http/listing.ts'
import type { Schedule } from '../jobs/jobs.ts'

/**
 * Sums over the documents of a company that are added up beforehand, week by week of their making (migrations/0131), and those that no day
 * tells apart by half-years too (0191). What a figure needs of the past is read from there; what was made since, and the weeks in which
 * something changed, are counted when they are asked for.
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
  /** Days that filters ask for by the moment which stands behind them: its SQL. */
  readonly moments?: Readonly<Record<string, string>>
}
/** SQL of the lines of a document as rows, `line` with product, amount and quantity, and of the ids of the products on it. */
interface Lines {
  readonly all: string
  readonly products: string
}
/** What documents with lines are told apart by as well. */
const PRODUCT = 'product_id'

const MADE = `((t.created_at at time zone 'UTC')::date)::text`
const MAKING = 'created_at'
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
    // Documents from before there were columns of lines (migrations/0200) are read from their content, which takes forty times as long.
    all: `lateral (
      select own.product::text, own.amount, own.quantity from unnest(t.line_products, t.line_amounts, t.line_quantities) own (product, amount, quantity)
      union all
      select said.product ->> 'id', said.total_before_vat, said.quantity from json_to_recordset(case when t.line_products is null then t.content -> 'line_items' end)
        said (product json, total_before_vat bigint, quantity numeric)) line`,
    products: 't.product_ids',
  },
  moments: { issue_date: 't.issue_date' },
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
const isId = (dimension: string) => dimension.endsWith('_id')
/** Days of documents are mostly those of their weeks: half-years would be no shorter. */
const isByHalfYear = (dimension: string) => dimension === ALL || isId(dimension)
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
  const { products } = lines
  const whole = `select d.dimension, coalesce(d.value, '') as value, true as counts, coalesce(lines, 0) as lines, coalesce(amounts, 0) as amounts,
    amount, amount_least, amount_most, coalesce(quantities, 0) as quantities, quantity, quantity_least, quantity_most
    from ${documents}, (select ${added('b')} from by_product b) of_all`
  const byProduct = `select '${PRODUCT}' as dimension, coalesce(p.product, b.product, '') as value, p.product is not null as counts,
    coalesce(b.lines, 0) as lines, coalesce(b.amounts, 0) as amounts, coalesce(b.amount, 0) as amount, b.amount_least, b.amount_most,
    coalesce(b.quantities, 0) as quantities, coalesce(b.quantity, 0) as quantity, b.quantity_least, b.quantity_most
    from (select distinct product::text from unnest(${products}) product) p full join by_product b on b.product = p.product`
  return `(
    with by_product as materialized (
      select line.product, count(*) as lines, count(line.amount) as amounts, coalesce(sum(line.amount), 0) as amount,
        min(line.amount)::numeric as amount_least, max(line.amount)::numeric as amount_most, count(line.quantity) as quantities,
        coalesce(sum(line.quantity), 0) as quantity, min(line.quantity) as quantity_least, max(line.quantity) as quantity_most
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

/** The first values of a dimension that are asked for. */
interface First {
  readonly order: 'asc' | 'desc'
  readonly limit: number
  /** The column that is more than nothing where a value counts. */
  readonly some: string
}
/** Ids, as text: all of them stand between these. */
const BEYOND = { asc: { sign: '<=', end: 'z' }, desc: { sign: '>=', end: '' } } as const

/** A bound of time that is asked for: SQL of its value. */
interface Bound {
  readonly sign: '<' | '<=' | '>' | '>=' | '='
  readonly value: string
}
/** Documents whose day, told by a dimension, is within bounds; of the making of documents and of `moments` the bounds are moments. */
export interface Within {
  readonly dimension: string
  readonly bounds: readonly Bound[]
}
interface SumsAsked {
  /** What the lines come to, and not the documents. */
  readonly lines?: boolean
  /** All that is asked for, as tests of a document `t`. */
  readonly tests: readonly string[]
  /** The same without the bounds, as tests of sums `s`. */
  readonly kept: readonly string[]
  readonly within?: Within | undefined
  readonly first?: First
}

const LINE = `1, (line.amount is not null)::int, coalesce(line.amount, 0), line.amount, line.amount,
  (line.quantity is not null)::int, coalesce(line.quantity, 0), line.quantity, line.quantity`
const DOCUMENT = `1, (t.total_amount is not null)::int, coalesce(t.total_amount, 0), t.total_amount, t.total_amount`
const isFrom = ({ sign }: Bound) => sign.startsWith('>')
const weekOf = (moment: string) => `date_trunc('week', ${moment}, 'UTC')`
/** Tests that a span of time `s.week`, so long, lies within bounds. */
const spanWithin = (bounds: readonly Bound[], long: string) =>
  bounds.map((bound) => (isFrom(bound) ? `s.week ${bound.sign} ${bound.value}` : `s.week + interval '${long}' <= ${bound.value}`))
/** The week that a bound cuts, where it cuts one: a part of it is asked for. */
const weekCutBy = ({ sign, value }: Bound) =>
  `select ${weekOf(value)}${sign === '>=' || sign === '<' ? ` where ${weekOf(value)} <> ${value}` : ''}`
/** How many days the day on a document may be off the moment behind it. */
const SLACK = 2
/** A test that a day, as text, is within a bound; by a moment it is only where that is sure, or else where it may be. */
function dayWithin(day: string, bound: Bound, isMoment: boolean, isSure = true): string {
  if (!isMoment) return `${day} ${bound.sign} ${bound.value}::text`
  const days = `${isFrom(bound) === isSure ? '+' : '-'} ${SLACK}`
  return `${day} ${isFrom(bound) ? '>' : '<'} ((${bound.value} at time zone 'UTC')::date ${days})::text`
}

/**
 * SQL of rows with the columns value, type, status, currency, and documents, priced, total, least and most, or those of lines where these are
 * asked for, which add up to what the documents of the entity are at this moment. Of a dimension of ids it may be asked for the first values
 * only: others may be missing then.
 */
export function sumsBy(of: Summed, dimension: string | null, { lines = false, tests, kept, within, first }: SumsAsked): string {
  const own = dimension !== null && (dimension in of.dimensions || dimension === PRODUCT) ? dimension : ALL
  const made = within?.dimension === MAKING ? within.bounds : []
  const days = within && within.dimension !== MAKING ? within : undefined
  // Days are read as they are kept, where documents need not be told apart by anything else.
  const areDaysKept = days !== undefined && (own === ALL || own === days.dimension)
  const by = areDaysKept ? days.dimension : own
  const ours = `object = '${of.object}'`
  const sumsOf = (name: string) => [`s.${ours}`, `s.dimension = '${name}'`, ...kept]
  const changed = `select c.week from changed_weeks c where c.${ours}`

  const products = of.lines && `cross join lateral (select distinct p.id from unnest(${of.lines.products}) p (id)) product`
  const parts = lines && of.lines ? `cross join ${of.lines.all}` : by === PRODUCT ? products : ''
  const value = by === PRODUCT ? (lines ? 'line.product' : 'product.id::text') : apart(of, by)
  const documents: Documents = (from, more = []) =>
    `select coalesce(${value}, ''), ${of.type}, t.status, coalesce(t.currency, ''), ${lines ? LINE : DOCUMENT}
    from ${from} ${parts} where ${[...tests, ...more].join(' and ')}`
  const counted = [changed, ...made.map(weekCutBy)].join(' union ')
  const present = documents(
    madeWithin(
      of,
      `select k.until as since, 'infinity'::timestamptz as before from kept_until k where k.${ours}
      union all
      select distinct c.week, c.week + interval '7 days' from (${counted}) c (week), kept_until k where k.${ours} and c.week < k.until`,
    ),
  )

  const inWeeks = [...sumsOf(by), `s.week <> all (array(${counted}))`, ...spanWithin(made, '7 days')]
  const byWeeks = days && !areDaysKept ? weeksOf(of, days, sumsOf(days.dimension), documents) : undefined
  if (byWeeks) inWeeks.push(...byWeeks.tests)
  else if (days) inWeeks.push(...daysOf(of, days, 's.value', true))
  const near = days && areDaysKept ? nearOf(of, days, documents) : []

  const halfYearsApart = [
    `select half_year_of(c.week) as since from (${counted}) c (week)`,
    ...made.map(({ value }) => `select half_year_of(${value})`),
  ].join(' union ')
  const inHalfYears = [...sumsOf(by), `s.week <> all (array(${halfYearsApart}))`, ...spanWithin(made, '182 days')]
  const last =
    first && isId(by)
      ? lastOf(
          first,
          byWeeks
            ? `kept_sums s where ${[...inWeeks, byWeeks.newest].join(' and ')}`
            : `kept_half_years s where ${inHalfYears.join(' and ')}`,
        )
      : undefined
  const columns = `s.value, s.type, s.status, s.currency, ${lines ? LINE_SUMS : 's.documents, s.priced, s.total, s.least, s.most'}`
  const sums = (table: string, all: readonly string[]) =>
    `select ${columns} from ${table} s where ${all.concat(last ? `s.value ${last.sign} (select last.value from last)` : []).join(' and ')}`
  const past = [sums('kept_sums', inWeeks)]
  if (isByHalfYear(by) && !byWeeks) {
    const weeks = `select week from (${halfYearsApart}) h, generate_series(h.since, h.since + interval '175 days', interval '7 days') week`
    past.splice(0, 1, sums('kept_half_years', inHalfYears), sums('kept_sums', [...inWeeks, `s.week = any (array(${weeks}))`]))
  }
  const ctes = [...(byWeeks?.ctes ?? []), ...(last ? [`last as materialized (${last.sql})`] : [])]
  return `(${ctes.length > 0 ? `with ${ctes.join(', ')}` : ''} ${[...past, present, ...near, ...(byWeeks?.mixed ?? [])].join(' union all ')})`
}

/** SQL of what the documents `t` of a place add to the sums, those that pass more tests. */
type Documents = (from: string, more?: readonly string[]) => string
/** By the moment they were made, whatever else is asked: an index by that would lead to more of them. */
const madeWithin = ({ table }: Summed, spans: string) => `(${spans}) span
  cross join lateral (select * from ${table} t where t.created_at >= span.since and t.created_at < span.before offset 0) t`
/** Tests that a day, as text, is within what is asked for: surely, or maybe. */
const daysOf = ({ moments }: Summed, { dimension, bounds }: Within, day: string, isSure: boolean) => [
  ...bounds.map((bound) => dayWithin(day, bound, moments?.[dimension] !== undefined, isSure)),
  `${day} <> ''`,
]

/**
 * A day near a bound that is a moment may be of documents on both sides of it: first those near the first bound, then what is left of the
 * others.
 */
function nearOf(of: Summed, { dimension, bounds }: Within, documents: Documents): string[] {
  const [moment, day] = [of.moments?.[dimension], apart(of, dimension)!]
  const ours = `object = '${of.object}'`
  return !moment
    ? []
    : bounds.map((bound, n) =>
        documents(`${of.table} t`, [
          `${moment} ${isFrom(bound) ? '<' : '>'} ${bound.value} ${isFrom(bound) ? '+' : '-'} interval '${2 * SLACK + 2} days'`,
          ...bounds.slice(0, n).map((earlier) => dayWithin(day, earlier, true)),
          `not ${dayWithin(day, bound, true)}`,
          `t.created_at < (select k.until from kept_until k where k.${ours})`,
          `${weekOf('t.created_at')} <> all (array(select c.week from changed_weeks c where c.${ours}))`,
        ]),
      )
}

/**
 * Where documents of some days are told apart by something else, what is kept of these days says of which weeks and statuses all documents
 * are asked for: their sums count as they are. Of those of which only some are, the documents are counted: week by week, unless an index by the day leads to fewer.
 */
function weeksOf(of: Summed, days: Within, sums: readonly string[], documents: Documents) {
  const [surely, maybe] = [true, false].map((isSure) => daysOf(of, days, 's.value', isSure).join(' and '))
  const isMixed = `exists (select from mixed_weeks w where w.since = ${weekOf('t.created_at')} and w.status = t.status)`
  const isFewerByDay = '(select sum(documents) filter (where asked > 0 and not whole) > sum(asked) from told)'
  return {
    ctes: [
      `told as materialized (
        select s.week as since, s.status, sum(s.documents) as documents, coalesce(sum(s.documents) filter (where ${maybe}), 0) as asked, bool_and(${surely}) as whole
        from kept_sums s where ${sums.join(' and ')} and s.week <> all (array(select c.week from changed_weeks c where c.object = '${of.object}')) group by 1, 2)`,
      'whole_weeks as materialized (select since, status from told where whole)',
      'mixed_weeks as materialized (select since, status from told where asked > 0 and not whole)',
    ],
    tests: [
      's.week = any (array(select since from whole_weeks))',
      '(s.week, s.status) in (select since, status from whole_weeks)',
    ],
    newest: `s.week = any (array(select distinct since from whole_weeks order by since desc limit ${NEWEST}))`,
    mixed: [
      documents(
        madeWithin(of, `select distinct since, since + interval '7 days' as before from mixed_weeks where not ${isFewerByDay}`),
        [isMixed],
      ),
      documents(`${of.table} t`, [isMixed, isFewerByDay]),
    ],
  }
}
/** Weeks that tell where the first values end. */
const NEWEST = 4

/** A test of ids, and SQL of the value in it, which is not before the last of those asked for: as many are counted in some of the sums. */
const lastOf = ({ some, order, limit }: First, sums: string) => ({
  sign: BEYOND[order].sign,
  // With a default around the value an index would not be used behind row security.
  sql: `select coalesce((select value from (select distinct s.value from ${sums} and s.value > '' and s.${some} > 0 order by s.value ${order} limit ${limit}) counted
    order by value ${order} offset ${limit - 1}), '${BEYOND[order].end}') as value`,
})

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
    // As a pair the two ends would be taken for a short span, of which to put all rows in order.
    {
      test: `t.created_at >= ${week('asc')} and (t.created_at, t.id) < (${week('desc')} + interval '7 days', '${NO_ENTITY}')`,
      dense: true,
    },
    {
      via: `select coalesce(${until}, '-infinity') as since, 'infinity'::timestamptz as before union all
        select distinct c.week, c.week + interval '7 days' from changed_weeks c
        where c.entity_id = $entity and c.object = '${object}' and c.week < coalesce(${until}, '-infinity')`,
      test: 't.created_at >= via.since and t.created_at < via.before',
    },
  ]
}

/** A company's figures are kept once it has this many documents. */
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
const DROP_EARLY =
  sql(`with early as (delete from kept_sums where object = :object and week >= ${THIS_WEEK} returning entity_id, week)
  select entity_id, min(week) as "since!", max(week) as "until!" from early group by entity_id`)
const COME_BACK = sql(`update kept_until set until = ${THIS_WEEK} where object = :object and until > ${THIS_WEEK}`)
const WAITING = sql(`select entity_id from kept_until k where object = :object and (until < ${THIS_WEEK}
  or exists (select from changed_weeks c where c.entity_id = k.entity_id and c.object = k.object))`)

/** What the rows `s` of weeks come to together. */
const TOGETHER = `sum(s.documents) as documents, sum(s.priced) as priced, sum(s.total) as total, min(s.least) as least, max(s.most) as most,
  sum(s.lines) as lines, sum(s.amounts) as amounts, sum(s.amount) as amount, min(s.amount_least) as amount_least, max(s.amount_most) as amount_most,
  sum(s.quantities) as quantities, sum(s.quantity) as quantity, min(s.quantity_least) as quantity_least, max(s.quantity_most) as quantity_most`

/** Half-years of some weeks, and those that a span of time touches. */
const HALF_YEARS = `select half_year_of(week) as since from unnest(:weeks::timestamptz[]) week
  union select since from generate_series(half_year_of(:since), :until, interval '182 days') since`
const DROP_HALF_YEARS = sql(
  `delete from kept_half_years where entity_id = :entity and object = :object and week = any (array(${HALF_YEARS}))`,
)
const ADD_HALF_YEARS = sql(`
  insert into kept_half_years (partner_id, entity_id, object, dimension, value, week, type, status, currency, documents, priced, total, least, most,
    ${LINE_SUMS})
  select s.partner_id, s.entity_id, s.object, s.dimension, s.value, h.since, s.type, s.status, s.currency, ${TOGETHER}
  from (${HALF_YEARS}) h join kept_sums s on s.week >= h.since and s.week < h.since + interval '182 days'
  where s.entity_id = :entity and s.object = :object and s.dimension = any (:dimensions::text[]) group by 1, 2, 3, 4, 5, 6, 7, 8, 9`)

/** Adds up half-years from what is kept of their weeks: those of these weeks, and all from `since` until `until`. */
async function keepHalfYears(ctx: Ctx, of: Summed, entity: string, weeks: string[], since: string, until: string) {
  const asked = { entity, object: of.object, weeks, since, until }
  await DROP_HALF_YEARS(ctx, asked)
  await ADD_HALF_YEARS(ctx, { ...asked, dimensions: dimensionsOf(of).filter(isByHalfYear) })
}

/** Adds up what is past, and the weeks that changed, of all companies that are kept. */
export async function keepSums(db: Db): Promise<void> {
  for (const of of summed) {
    const { object } = of
    const entities = await asSystem(db, async (ctx) => {
      await DROP_MARKS(ctx, { object })
      for (const { entity_id, since, until } of await DROP_EARLY(ctx, { object }))
        await keepHalfYears(ctx, of, entity_id, [], since, until)
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
    await keepHalfYears(ctx, of, entity, weeks, since, until)
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
  .concat(`
      select entity_id, object, week, dimension, value, type, status, currency, s.documents as kept, d.documents, s.total as kept_total, d.total,
        s.amount as kept_amount, d.amount
      from kept_half_years s full join (
        select s.entity_id, s.object, half_year_of(s.week) as week, s.dimension, s.value, s.type, s.status, s.currency, ${TOGETHER}
        from kept_sums s where s.dimension = '${ALL}' or s.dimension like '%\\_id' group by 1, 2, 3, 4, 5, 6, 7, 8) d
        using (entity_id, object, week, dimension, value, type, status, currency)
      where (s.documents, s.priced, s.total, s.least, s.most, s.lines, s.amounts, s.amount, s.amount_least, s.amount_most)
          is distinct from (d.documents, d.priced, d.total, d.least, d.most, d.lines, d.amounts, d.amount, d.amount_least, d.amount_most)
        or (s.quantities, s.quantity, s.quantity_least, s.quantity_most) is distinct from (d.quantities, d.quantity, d.quantity_least, d.quantity_most)`)
  .join(' union all ')
