import Type, { type Static } from 'typebox'
import type { Ctx } from '../database/context.ts'
import { isKept, keeps, type Summed, sumsBy, type Within } from '../kept-sums/kept-sums.ts'
import { signs } from './ranges.ts'
import { closed, orNull, word } from './types.ts'

/** Figures over the rows of a list: one per value of a dimension, or one over all. */

export const AggregationFunction = word(['count', 'average', 'summary', 'min', 'max'], { $id: 'AggregationFunctionEnum' })
export const DateBreakdown = word(['daily', 'weekly', 'monthly', 'quarterly', 'yearly'], { $id: 'DateDimensionBreakdownEnum' })
export const DataPoint = (name: string) => closed(name, { dimension_value: orNull(Type.String()), metric_value: Type.Integer() })

/** Whole numbers, halves rounded up; a sum over nothing is 0, and so is an average. */
const functions: Record<Static<typeof AggregationFunction>, (metric: string) => string> = {
  count: (metric) => `count(${metric})`,
  average: (metric) => `coalesce(round(avg(${metric})), 0)`,
  summary: (metric) => `coalesce(round(sum(${metric})), 0)`,
  min: (metric) => `coalesce(round(min(${metric})), 0)`,
  max: (metric) => `coalesce(round(max(${metric})), 0)`,
}
const spans: Record<Static<typeof DateBreakdown>, string> = {
  daily: 'day',
  weekly: 'week',
  monthly: 'month',
  quarterly: 'quarter',
  yearly: 'year',
}

/** The first day of the span that a moment or a day lies in (weeks begin on Monday, ISO 8601), in UTC, as `YYYY-MM-DD`. */
export const spanOf = (moment: string, breakdown: Static<typeof DateBreakdown> = 'daily') =>
  `to_char(date_trunc('${spans[breakdown]}', ${moment}), 'YYYY-MM-DD')`

interface Grouping {
  /** `receivables t`, with whatever it has to be joined to. */
  readonly from: string
  readonly tests: readonly string[]
  readonly values: readonly unknown[]
  /** SQL of what is counted or added up. */
  readonly metric: string
  readonly aggregation: Static<typeof AggregationFunction>
  /** SQL of what it is told apart by, as text; null for one figure over all. */
  readonly dimension: string | null
  readonly order: 'asc' | 'desc'
  readonly limit: number
  /** Decimals of an average; none when left out. */
  readonly decimals?: number
  /** Sums that are added up beforehand, for figures that need nothing else. */
  readonly kept?: KeptAsked | undefined
}

interface KeptAsked {
  readonly of: Summed
  /** The name of the dimension. */
  readonly dimension: string | null
  readonly breakdown: Static<typeof DateBreakdown> | undefined
  /** What is counted: documents, their totals, or the amounts or quantities of their lines. */
  readonly counts: keyof typeof keptColumns
  /** The filters. */
  readonly filters: Readonly<Record<string, unknown>>
}

/** The columns of kept sums: how many there are, their sum, the least and the most, and what there must be of. */
const keptColumns = {
  documents: { count: 'documents', sum: 'total', least: 'least', most: 'most', some: 'documents' },
  totals: { count: 'priced', sum: 'total', least: 'least', most: 'most', some: 'documents' },
  amounts: { count: 'amounts', sum: 'amount', least: 'amount_least', most: 'amount_most', some: 'lines' },
  quantities: { count: 'quantities', sum: 'quantity', least: 'quantity_least', most: 'quantity_most', some: 'lines' },
} as const
/** Filters of documents as tests of sums. */
const keptFilters: Record<string, string> = {
  type: 's.type = $',
  status: 's.status = $',
  status__in: 's.status = any ($)',
  currency: 's.currency = $',
}

/** What sums are asked for by filters: their tests, and bounds of one of the days; null where sums don't tell. Values are bound after those of the documents. */
function askedOfSums({ of, dimension, filters }: Pick<KeptAsked, 'of' | 'dimension' | 'filters'>, before: readonly unknown[]) {
  if (!isKept(of, dimension)) return null
  const values = [...before]
  const kept: string[] = []
  let within: Within | undefined
  for (const [name, value] of Object.entries(filters)) {
    if (value === undefined) continue
    const test = keptFilters[name]
    if (test) {
      kept.push(test.replace('$', `$${values.push(value)}`))
      continue
    }
    const [, day = '', bound] = /^(.+?)(?:__(gte|gt|lte|lt))?$/.exec(name) ?? []
    const isMoment = day === 'created_at' || day in (of.moments ?? {})
    if (!(day in of.dimensions) || day.endsWith('_id') || (!bound && isMoment) || (within && within.dimension !== day))
      return null
    const sign = bound ? signs[bound as keyof typeof signs] : '='
    const place = `$${values.push(value)}::${isMoment ? 'timestamptz' : 'date'}`
    within = { dimension: day, bounds: [...(within?.bounds ?? []), { sign, value: place }] }
  }
  return { kept, within, values }
}
type AskedOfSums = NonNullable<ReturnType<typeof askedOfSums>>

/** The same figures from sums that are kept. */
async function keptFigures(
  ctx: Ctx,
  { of, dimension, breakdown, counts }: KeptAsked,
  { values, ...sums }: AskedOfSums,
  asked: Grouping,
) {
  const { count, sum, least, most, some } = keptColumns[counts]
  const average = `sum(s.${sum}) / nullif(sum(s.${count}), 0)`
  const figure = {
    count: `sum(s.${count})`,
    summary: `round(sum(s.${sum}))`,
    average: asked.decimals ? `round(${average}, ${asked.decimals})::float8` : `round(${average})`,
    min: `round(min(s.${least}))`,
    max: `round(max(s.${most}))`,
  }[asked.aggregation]
  const type = asked.aggregation === 'average' && asked.decimals ? '' : '::bigint'
  const isDay = dimension !== null && dimension in of.dimensions && !dimension.endsWith('_id')
  const value = `nullif(s.${dimension === 'status' || dimension === 'currency' ? dimension : 'value'}, '')`
  const by = dimension === null ? 'null::text' : isDay ? spanOf(`${value}::date`, breakdown) : value
  const first = { order: asked.order, limit: asked.limit, some }
  return ctx.db.query<{ dimension_value: string | null; metric_value: number }>(
    `select ${by} as dimension_value, coalesce(${figure}, 0)${type} as metric_value
     from ${sumsBy(of, dimension, { ...sums, lines: some === 'lines', tests: asked.tests, first })} s
     ${dimension === null ? '' : `group by 1 having sum(s.${some}) > 0 order by 1 ${asked.order} nulls last limit ${asked.limit}`}`,
    values,
  )
}

/** The figures, in the order of the dimension; rows without a value of it come last. */
export async function figures(ctx: Ctx, asked: Grouping) {
  const { from, tests, values, metric, aggregation, dimension, order, limit, decimals, kept } = asked
  const sums = kept && askedOfSums(kept, values)
  if (sums && (await keeps(ctx, kept.of))) return keptFigures(ctx, kept, sums, asked)
  const exact = aggregation === 'average' && decimals ? `round(avg(${metric}), ${decimals})::float8` : null
  const value = exact ? `coalesce(${exact}, 0)` : `(${functions[aggregation](metric)})::bigint`
  const by = dimension ? ` group by 1 order by 1 ${order} nulls last limit ${limit}` : ''
  return ctx.db.query<{ dimension_value: string | null; metric_value: number }>(
    `select ${dimension ?? 'null::text'} as dimension_value, ${value} as metric_value from ${from} where ${tests.join(' and ')}${by}`,
    [...values],
  )
}

interface Matching {
  readonly from: string
  readonly tests: readonly string[]
  readonly values: readonly unknown[]
  /** SQL of the figure that is added up. */
  readonly amount: string
  /** Sums that are added up beforehand. */
  readonly kept?: Pick<KeptAsked, 'of' | 'filters'> | undefined
}

/** How many rows of each status there are, and what they come to. `S` are the statuses that the rows have. */
export async function byStatus<S extends string>(ctx: Ctx, { from, tests, values, amount, kept }: Matching) {
  const sums = kept && askedOfSums({ ...kept, dimension: null }, values)
  if (sums && (await keeps(ctx, kept.of))) return keptByStatus<S>(ctx, kept.of, sums, tests)
  return ctx.db.query<OfStatus<S>>(
    `select t.status, count(*)::int as count, coalesce(sum(${amount}), 0)::bigint as sum_total_amount from ${from}
     where ${tests.join(' and ')} group by t.status order by t.status`,
    values,
  )
}

interface OfStatus<S extends string> {
  readonly status: S
  readonly count: number
  readonly sum_total_amount: number
}

/** The same from sums that are kept. */
function keptByStatus<S extends string>(ctx: Ctx, of: Summed, { values, ...sums }: AskedOfSums, tests: readonly string[]) {
  return ctx.db.query<OfStatus<S>>(
    `select s.status, sum(s.documents)::int as count, sum(s.total)::bigint as sum_total_amount from ${sumsBy(of, null, { ...sums, tests })} s
     group by s.status order by s.status`,
    values,
  )
}
