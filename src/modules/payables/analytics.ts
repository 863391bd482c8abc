import Type from 'typebox'
import { narrowedBy } from '../../platform/auth/reach.ts'
import { thingIn } from '../../platform/auth/things.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { byStatus } from '../../platform/http/analytics.ts'
import { operation, type Routes } from '../../platform/http/operation.ts'
import { word } from '../../platform/http/types.ts'
import { payableSums } from '../../platform/kept-sums/kept-sums.ts'
import { AnalyticsResponse, figuresOf, figuresQuery } from './figures.ts'
import { payableList } from './payables.list.ts'
import { PayableAggregatedDataResponse, PayableTemplatesVariablesObjectList } from './payables.schema.ts'
import { orderVariables } from './purchase-orders/purchase-orders.schema.ts'

const { order: _o, limit: _l, pagination_token: _p, sort: _s, ...filters } = payableList.query.properties

const PayableDimension = word(['created_at', 'status', 'counterpart_id', 'currency', 'issued_at', 'due_date', 'project_id'], {
  $id: 'PayableDimensionEnum',
})
const query = figuresQuery(PayableDimension, 'PayableMetricEnum', filters)

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
      const sums = keptSums(ctx)
      const data = await byStatus<'draft'>(ctx, {
        from: 'payables t',
        tests,
        values,
        amount: 't.total_amount',
        kept: sums && { of: sums, filters: query },
      })
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
    ({ ctx, query }) =>
      figuresOf(ctx, { from: 'payables t', nouns: 'Bills', ...payableList.matching(ctx, query), sums: keptSums(ctx) }, query),
  )
}

/** Sums are kept of all bills together, so a role that sees its own bills only has none. */
const keptSums = (ctx: Ctx) => (narrowedBy(ctx, thingIn('payables')) ? undefined : payableSums)
