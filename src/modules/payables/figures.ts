import Type, { type Static, type TProperties, type TSchema } from 'typebox'
import { invalidAt } from '../../core/refusal.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { AggregationFunction, DateBreakdown, figures, spanOf } from '../../platform/http/analytics.ts'
import { closed, named, orNull, word } from '../../platform/http/types.ts'
import type { Summed } from '../../platform/kept-sums/kept-sums.ts'

/** Figures of bills, and of the credit notes of vendors: how many there are, and what they come to. */

const DataPoint = closed('AnalyticsDataPoint', { dimension_value: orNull(Type.String()), metric_value: Type.Number() })
export const AnalyticsResponse = named('PayableAnalyticsResponse', { data: Type.Array(DataPoint) })

/** What is asked; `metric` is the name of the schema. */
export const figuresQuery = <D extends TSchema, F extends TProperties>(dimension: D, metric: string, filters: F) =>
  Type.Object({
    dimension: Type.Optional(dimension),
    metric: word(['id', 'total_amount'], { $id: metric }),
    aggregation_function: AggregationFunction,
    date_dimension_breakdown: Type.Optional(DateBreakdown),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 400, default: 100 })),
    ...filters,
  })

const dimensions = (breakdown?: Static<typeof DateBreakdown>) => ({
  created_at: spanOf(`t.created_at at time zone 'UTC'`, breakdown),
  issued_at: spanOf('t.issued_at', breakdown),
  due_date: spanOf('t.due_date', breakdown),
  status: 't.status',
  counterpart_id: 't.counterpart_id::text',
  currency: 't.currency',
  project_id: 't.project_id::text',
})

interface Asked {
  readonly dimension?: keyof ReturnType<typeof dimensions>
  readonly metric: 'id' | 'total_amount'
  readonly aggregation_function: Static<typeof AggregationFunction>
  readonly date_dimension_breakdown?: Static<typeof DateBreakdown>
  readonly limit?: number
}

interface Documents {
  readonly from: string
  readonly nouns: string
  /** Which of them are asked for. */
  readonly tests: readonly string[]
  readonly values: readonly unknown[]
  /** Where they are added up beforehand. */
  readonly sums?: Summed | undefined
}

export async function figuresOf(ctx: Ctx, { from, nouns, tests, values, sums }: Documents, asked: Asked) {
  const { dimension, metric, aggregation_function: aggregation, date_dimension_breakdown: breakdown, limit, ...filters } = asked
  if (metric === 'id' && aggregation !== 'count')
    throw invalidAt(['query', 'aggregation_function'], `${nouns} can only be counted`)
  const data = await figures(ctx, {
    from,
    tests,
    values,
    metric: metric === 'id' ? 't.id' : 't.total_amount',
    aggregation,
    dimension: dimension ? dimensions(breakdown)[dimension] : null,
    order: 'asc',
    limit: limit ?? 100,
    decimals: 2,
    kept: sums && {
      of: sums,
      dimension: dimension ?? null,
      breakdown,
      counts: metric === 'id' ? 'documents' : 'totals',
      filters,
    },
  })
  return { data }
}
