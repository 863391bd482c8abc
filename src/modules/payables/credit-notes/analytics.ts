import { operation, type Routes } from '../../../platform/http/operation.ts'
import { word } from '../../../platform/http/types.ts'
import { AnalyticsResponse, figuresOf, figuresQuery } from '../figures.ts'
import { noteList } from './credit-notes.list.ts'

const { order: _o, limit: _l, pagination_token: _p, sort: _s, ...filters } = noteList.query.properties

const CreditNoteDimension = word(['created_at', 'status', 'counterpart_id', 'currency', 'issued_at', 'project_id'], {
  $id: 'CreditNoteDimensionEnum',
})
const query = figuresQuery(CreditNoteDimension, 'CreditNoteMetricEnum', filters)

export const creditNoteAnalytics: Routes = async (app) => {
  app.get(
    '/analytics/credit_notes',
    operation({ summary: 'Get credit notes analytics', may: 'payable:read', query, ok: { 200: AnalyticsResponse } }),
    ({ ctx, query }) =>
      figuresOf(ctx, { from: 'payable_credit_notes t', nouns: 'Credit notes', ...noteList.matching(ctx, query) }, query),
  )
}
