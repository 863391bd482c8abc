import Type from 'typebox'
import { table } from '../../platform/database/rows.ts'
import { listing } from '../../platform/http/listing.ts'
import { operation, type Routes } from '../../platform/http/operation.ts'
import { range } from '../../platform/http/ranges.ts'
import { instant, uuid } from '../../platform/http/types.ts'
import { PayableHistoryEventTypeEnum, PayableHistoryPaginationResponse, PayableHistoryResponse } from './payables.schema.ts'
import { findPayable } from './payables.service.ts'

const listed = ['file_attached', 'credit_note_linked', 'credit_note_unlinked'].map((name) => `'${name}'`).join(', ')

/** A further payment in part leaves the status where it is: the bill was updated then. Older events say that it moved there, too. */
const MOVED = `t.data ->> 'new_status' <> t.data ->> 'old_status'`

/** The life of a bill, told from its events. */
const history = table('events', PayableHistoryResponse, {
  noun: 'History record',
  permanent: true,
  computed: {
    event_data: `case when ${MOVED} or t.event in ('created', 'created_from_mail', ${listed}) then t.data - 'details' else '{}' end`,
    details: `t.data -> 'details'`,
    event_type: `case when ${MOVED} then 'status_changed' when t.event in ('created', 'created_from_mail') then 'payable_created'
      when t.event in (${listed}) then t.event else 'payable_updated' end`,
    payable_id: 't.object_id',
    timestamp: 't.created_at',
  },
})

const list = listing(history, {
  filters: {
    event_type__in: Type.Array(PayableHistoryEventTypeEnum),
    entity_user_id__in: Type.Array(uuid),
    ...range('timestamp', instant),
  },
  sort: ['timestamp'],
  defaultSort: 'timestamp',
  badToken: 422,
  where: `t.object_type = 'payable' and (${MOVED} or t.event in ('created', 'created_from_mail', 'updated', 'partially_paid', 'vendor_matched', 'warned', 'vote_rejected', ${listed}))`,
})

export const payableHistory: Routes = async (app) => {
  app.get(
    '/payables/:payable_id/history',
    operation({
      summary: 'Returns the history of the specified accounts payable document.',
      may: 'payable:read',
      query: list.query,
      ok: { 200: PayableHistoryPaginationResponse },
    }),
    async ({ ctx, params, query }) => {
      await findPayable(ctx, params.payable_id)
      return list.page(ctx, query, [{ sql: 't.object_id = $', values: [params.payable_id] }])
    },
  )
}
