import Type from 'typebox'
import { invalid } from '../../core/refusal.ts'
import { narrowedBy } from '../../platform/auth/reach.ts'
import { thingIn } from '../../platform/auth/things.ts'
import { AggregationFunction, byStatus, DateBreakdown, figures, spanOf } from '../../platform/http/analytics.ts'
import { operation, type Routes } from '../../platform/http/operation.ts'
import { closed, named, orNull, word } from '../../platform/http/types.ts'
import { payableSums } from '../../platform/kept-sums/kept-sums.ts'
import { payableList } from './payables.list.ts'
import { PayableAggregatedDataResponse, PayableTemplatesVariablesObjectList } from './payables.schema.ts'
import { orderVariables } from './purchase-orders/purchase-orders.schema.ts'

const { order: _o, limit: _l, pagination_token: _p, sort: _s, ...filters } = payableList.query.properties

const PayableDimension = word(['created_at', 'status', 'counterpart_id', 'currency', 'issued_at', 'due_date', 'project_id'], {
  $id: 'PayableDimensionEnum',
})
const DataPoint = closed('AnalyticsDataPoint', { dimension_value: orNull(Type.String()), metric_value: Type.Number() })
export const AnalyticsResponse = named('PayableAnalyticsResponse', { data: Type.Array(DataPoint) })

const query = Type.Object({
  dimension: Type.Optional(PayableDimension),
  metric: word(['id', 'total_amount'], { $id: 'PayableMetricEnum' }),
  aggregation_function: AggregationFunction,
  date_dimension_breakdown: Type.Optional(DateBreakdown),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 400, default: 100 })),
  ...filters,
})

const variables = {
  payables_purchase_order: orderVariables,
  payables_notify_approver: {
    approver_first_name: 'First name of the person asked to approve',
    approver_last_name: 'Last name of the person asked to approve',
    entity_name: 'Name of the company that got the bill',
    document_number: 'Number of the bill',
    vendor_name: 'Name of the vendor',
    amount: 'Total of the bill',
    currency: 'Currency of the bill',
    due_date: 'Day the bill is due',
    approve_page_url: 'Address of the page to approve on',
  },
} as const

export const payableAnalytics: Routes = async (app) => {
  app.get(
    '/payables/analytics',
    operation({
      summary: 'Get payables analytics',
      may: 'payable:read',
      query: Type.Object(filters),
      ok: { 200: PayableAggregatedDataResponse },
    }),
    async ({ ctx, query }) => {
      const { tests, values } = payableList.matching(ctx, query)
      const kept = narrowedBy(ctx, thingIn('payables')) ? undefined : { of: payableSums, filters: query }
      const data = await byStatus<'draft'>(ctx, { from: 'payables t', tests, values, amount: 't.total_amount', kept })
      const count = data.reduce((all, one) => all + one.count, 0)
      return { count, data, sum_total_amount: data.reduce((all, one) => all + one.sum_total_amount, 0) }
    },
  )

  app.get(
    '/payables/variables',
    operation({
      summary: 'Get the available variables for payable email templates',
      may: 'any',
      ok: { 200: PayableTemplatesVariablesObjectList },
    }),
    async () => ({
      data: Object.entries(variables).map(([object_subtype, names]) => ({
        object_subtype: object_subtype as keyof typeof variables,
        object_type: 'payable' as const,
        variables: Object.entries(names).map(([name, description]) => ({ name, description: description as string })),
      })),
    }),
  )

  app.get(
    '/analytics/payables',
    operation({ summary: 'Get payables analytics', may: 'payable:read', query, ok: { 200: AnalyticsResponse } }),
    async ({
      ctx,
      query: { dimension, metric, aggregation_function: aggregation, date_dimension_breakdown, limit, ...asked },
    }) => {
      if (metric === 'id' && aggregation !== 'count')
        throw invalid([{ loc: ['query', 'aggregation_function'], msg: 'Bills can only be counted', type: 'value_error' }])
      const apart = {
        created_at: spanOf(`t.created_at at time zone 'UTC'`, date_dimension_breakdown),
        issued_at: spanOf('t.issued_at', date_dimension_breakdown),
        due_date: spanOf('t.due_date', date_dimension_breakdown),
        status: 't.status',
        counterpart_id: 't.counterpart_id::text',
        currency: 't.currency',
        project_id: 't.project_id::text',
      }
      const { tests, values } = payableList.matching(ctx, asked)
      const data = await figures(ctx, {
        from: 'payables t',
        tests,
        values,
        metric: metric === 'id' ? 't.id' : 't.total_amount',
        aggregation,
        dimension: dimension ? apart[dimension] : null,
        order: 'asc',
        limit: limit ?? 100,
        decimals: 2,
        kept: narrowedBy(ctx, thingIn('payables'))
          ? undefined
          : {
              of: payableSums,
              dimension: dimension ?? null,
              breakdown: date_dimension_breakdown,
              counts: metric === 'id' ? 'documents' : 'totals',
              filters: asked,
            },
      })
      return { data }
    },
  )
}
