import Type from 'typebox'
import { listing } from '../../../platform/http/listing.ts'
import { filter } from '../../../platform/http/naming.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { range } from '../../../platform/http/ranges.ts'
import { createdAt, instant, uuid } from '../../../platform/http/types.ts'
import { ObjectMatchTypes, SyncStatus } from '../accounting.schema.ts'
import { connectionId } from '../connections/connections.schema.ts'
import { findConnection } from '../connections/connections.service.ts'
import { SyncRecordResource, SyncRecordResourceList, SyncStatusResponseList } from './synced-records.schema.ts'
import { findRecord, pushAgain, SHOWN, syncedRecordTable } from './synced-records.service.ts'

const limit = { max: 250, default: 250 }
const list = listing(syncedRecordTable, {
  filters: {
    object_type: ObjectMatchTypes,
    object_id: uuid,
    object_id__in: Type.Array(uuid, { minItems: 1 }),
    ...createdAt,
    ...range('updated_at', instant),
  },
  sort: ['created_at', 'updated_at'],
  limit,
  limitWithToken: true,
  badToken: 422,
  where: SHOWN,
})
const statuses = listing(syncedRecordTable, {
  filters: { sync_status: SyncStatus, type: { type: ObjectMatchTypes, sql: 't.object_type' } },
  sort: ['created_at', 'updated_at'],
  limit,
  limitWithToken: true,
  badToken: 422,
  where: SHOWN,
})
const query = Type.Object({ ...list.query.properties, object_type: filter(ObjectMatchTypes) })

export const syncedRecords: Routes = async (app) => {
  app.get(
    '/accounting_synced_records',
    operation({
      summary: 'List what is kept in step with the ledger',
      may: 'partner',
      query,
      ok: { 200: SyncRecordResourceList },
    }),
    ({ ctx, query }) => list.page(ctx, query),
  )

  app.get(
    '/accounting_synced_records/:synced_record_id',
    operation({
      summary: 'Get one object that is kept in step with the ledger',
      may: 'partner',
      ok: { 200: SyncRecordResource },
    }),
    ({ ctx, params }) => findRecord(ctx, params.synced_record_id),
  )

  app.post(
    '/accounting_synced_records/:synced_record_id/push',
    operation({ summary: 'Push an object to the ledger again', may: 'partner', ok: { 200: SyncRecordResource }, refuses: [409] }),
    ({ ctx, params }) => pushAgain(ctx, params.synced_record_id),
  )

  app.get(
    '/internal/accounting_connections/:connection_id/sync_status',
    operation({
      summary: 'List how far objects of a connection are',
      may: 'partner',
      params: connectionId,
      query: statuses.query,
      ok: { 200: SyncStatusResponseList },
    }),
    async ({ ctx, params, query }) => {
      await findConnection(ctx, params.connection_id)
      const { data, ...tokens } = await statuses.page(ctx, query)
      return { data: data.map(({ id, sync_status, object_type: type }) => ({ id, sync_status, type })), ...tokens }
    },
  )
}
