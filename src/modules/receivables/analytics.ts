import Type from 'typebox'
import { invalidAt } from '../../core/refusal.ts'
import { narrowedBy } from '../../platform/auth/reach.ts'
import { thingIn } from '../../platform/auth/things.ts'
import { AggregationFunction, DataPoint, DateBreakdown, figures, spanOf } from '../../platform/http/analytics.ts'
import { operation, type Routes } from '../../platform/http/operation.ts'
import { named, word } from '../../platform/http/types.ts'
import { receivableSums } from '../../platform/kept-sums/kept-sums.ts'
import { receivableList } from './receivables.list.ts'

const dimensions = [
  'created_at',
  'status',
  'counterpart_id',
  'currency',
  'issue_date',
  'due_date',
  'project_id',
  'product_id',
] as const
const query = Type.Object({
  dimension: Type.Optional(word(dimensions, { $id: 'ReceivableDimensionEnum' })),
  metric: word(['id', 'total_amount', 'product_amount', 'product_quantity'], { $id: 'ReceivableMetricEnum' }),
  aggregation_function: AggregationFunction,
  date_dimension_breakdown: Type.Optional(DateBreakdown),
  ...receivableList.query.properties,
})
const ReceivablesAnalyticsResponse = named('ReceivablesAnalyticsResponse', {
  data: Type.Array(DataPoint('ReceivablesAnalyticsDataPoint')),
})

/** The lines of a document as rows. */
const LINES = `receivables t cross join ${receivableSums.lines.all}`
/** A document once for each product on it. */
const PRODUCTS = `receivables t cross join lateral (select distinct p.id from unnest(t.product_ids) p(id)) product`

const metrics = {
  id: 't.id',
  total_amount: 't.total_amount',
  product_amount: 'line.amount',
  product_quantity: 'line.quantity',
} as const

/** What stands for a metric in the sums that are kept. */
const counted = { id: 'documents', total_amount: 'totals', product_amount: 'amounts', product_quantity: 'quantities' } as const

export const receivableAnalytics: Routes = async (app) => {
  app.get(
    '/analytics/receivables',
    operation({ summary: 'Get receivables analytics', may: 'receivable:read', query, ok: { 200: ReceivablesAnalyticsResponse } }),
    async ({ ctx, query: { dimension, metric, aggregation_function: aggregation, date_dimension_breakdown, ...asked } }) => {
      if (metric === 'id' && aggregation !== 'count')
        throw invalidAt(['query', 'aggregation_function'], 'Documents can only be counted')
      const byLine = metric.startsWith('product_')
      const apart = {
        created_at: spanOf(`t.created_at at time zone 'UTC'`, date_dimension_breakdown),
        issue_date: spanOf('t.issued_on', date_dimension_breakdown),
        due_date: spanOf('case when t.issue_date is not null then t.due_date end', date_dimension_breakdown),
        status: 't.status',
        counterpart_id: 't.counterpart_id::text',
        currency: 't.currency',
        project_id: 't.project_id::text',
        product_id: byLine ? 'line.product' : 'product.id::text',
      }
      const { tests, values } = receivableList.matching(ctx, asked)
      const { order: _order, limit: _limit, sort: _sort, pagination_token: _token, ...filters } = asked
      const data = await figures(ctx, {
        from: byLine ? LINES : dimension === 'product_id' ? PRODUCTS : 'receivables t',
        tests,
        values,
        metric: metrics[metric],
        aggregation,
        dimension: dimension ? apart[dimension] : null,
        order: asked.order ?? 'asc',
        limit: asked.limit ?? 100,
        kept: !narrowedBy(ctx, thingIn('receivables'))
          ? {
              of: receivableSums,
              dimension: dimension ?? null,
              breakdown: date_dimension_breakdown,
              counts: counted[metric],
              filters,
            }
          : undefined,
      })
      return { data }
    },
  )
}
