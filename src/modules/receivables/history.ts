import Type from 'typebox'
import { notFound } from '../../core/refusal.ts'
import { rows, table } from '../../platform/database/rows.ts'
import { listing } from '../../platform/http/listing.ts'
import { operation, type Routes } from '../../platform/http/operation.ts'
import { byId, instant, uuid } from '../../platform/http/types.ts'
import { HistoryEvent, HistoryPage, HistoryResponse } from './receivables.schema.ts'
import { findReceivable } from './receivables.service.ts'

/** The life of a document, told from its events: there is no second record that could say something else. */
const history = table('events', HistoryResponse, {
  noun: 'History record',
  permanent: true,
  computed: {
    current_pdf_url: 'null::text',
    event_data: `coalesce(t.data, '{}')`,
    event_type: `case t.event when 'created' then 'receivable_created' when 'updated' then 'receivable_updated' when 'payment_received' then 'payment_received'
      when 'based_on_receivable_created' then 'based_on_receivable_created' else 'status_changed' end`,
    receivable_id: 't.object_id',
    timestamp: 't.created_at',
  },
})

const list = listing(history, {
  filters: {
    event_type__in: Type.Array(HistoryEvent),
    entity_user_id__in: Type.Array(uuid),
    timestamp__gt: instant,
    timestamp__lt: instant,
    timestamp__gte: instant,
    timestamp__lte: instant,
  },
  sort: ['timestamp'],
  defaultSort: 'timestamp',
  badToken: 422,
  // A payment that left the status where it was is told by its payment_received.
  where: `t.object_type = 'receivable' and (t.event in ('created', 'updated', 'payment_received', 'based_on_receivable_created') or t.data ? 'new_status')`,
})

const params = byId('receivable_id')
const recordParams = byId('receivable_id', 'receivable_history_id')

export const receivableHistory: Routes = async (app) => {
  app.get(
    '/receivables/:receivable_id/history',
    operation({
      id: 'get_receivables_id_history',
      summary: "Get a receivable's history",
      may: 'receivable:read',
      params,
      query: list.query,
      ok: { 200: HistoryPage },
    }),
    async ({ ctx, params, query }) => {
      await findReceivable(ctx, params.receivable_id)
      return list.page(ctx, query, [{ sql: 't.object_id = $', values: [params.receivable_id] }])
    },
  )

  app.get(
    '/receivables/:receivable_id/history/:receivable_history_id',
    operation({
      id: 'get_receivables_id_history_id',
      summary: "Get a receivable's history record by ID",
      may: 'receivable:read',
      params: recordParams,
      ok: { 200: HistoryResponse },
    }),
    async ({ ctx, params }) => {
      await findReceivable(ctx, params.receivable_id)
      const record = await rows.find(ctx, history, params.receivable_history_id, { object_id: params.receivable_id })
      if (record.event_type === 'status_changed' && !('new_status' in record.event_data)) throw notFound('History record not found')
      return record
    },
  )
}
