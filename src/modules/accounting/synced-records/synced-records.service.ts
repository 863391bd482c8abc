import { conflict, notFound } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows, table } from '../../../platform/database/rows.ts'
import { activeConnection } from '../connections/connections.service.ts'
import { orderPush } from '../following.service.ts'
import { type SyncRecord, SyncRecordResource } from './synced-records.schema.ts'

/** What is kept in step with the ledger, as the contract knows it: kinds that only our own books take stay inside. */
export const syncedRecordTable = table('accounting_synced_records', SyncRecordResource, {
  noun: 'Synced record',
  computed: {
    object_type: 't.object_type',
    sync_status: 't.sync_status',
    errors: 't.errors',
    platform: `(select c.platform from accounting_connections c where c.entity_id = t.entity_id and c.adapter = t.adapter and c.platform is not null
      order by c.created_at desc limit 1)`,
    provider: 'null::text',
    provider_object_id: 'null::text',
    provider_updated_at: 'null::timestamptz',
  },
})
const KINDS: ReadonlySet<string> = new Set(['product', 'customer', 'vendor', 'receivable', 'bill', 'payment_record'])
export const SHOWN = `t.object_type in (${[...KINDS].map((kind) => `'${kind}'`).join(', ')})`

export async function findRecord(ctx: Ctx, id: string): Promise<SyncRecord> {
  const record = await rows.find(ctx, syncedRecordTable, id)
  if (!KINDS.has(record.object_type)) throw notFound(syncedRecordTable.missing(id))
  return record
}

/** Pushes an object once more, whatever came of it before. */
export async function pushAgain(ctx: Ctx, id: string): Promise<SyncRecord> {
  await findRecord(ctx, id)
  const connection = await activeConnection(ctx)
  if (connection?.status !== 'connected') throw conflict('The entity is connected to no ledger')
  const record = await rows.change(ctx, syncedRecordTable, id, { sync_status: 'pending', retry_at: null, tries: 0 })
  await orderPush(ctx)
  return record
}
