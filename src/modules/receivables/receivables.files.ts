import { sql } from '../../platform/database/sql.ts'
import { type FilesOfArea, pagesOf } from '../common/files/belongings.service.ts'

const own = `(${pagesOf('receivables', 'entity_user_id')}
    or t.link_key in (select d ->> 'key' from receivables r, jsonb_array_elements(r.drawn) d where r.entity_user_id = $)
    or t.id in (select (r.signature ->> 'file_id')::uuid from receivables r where r.entity_user_id = $)
    or t.id in (select (a ->> 'id')::uuid from receivables r, json_array_elements(r.attachments) a where r.attachments is not null and r.entity_user_id = $))`

const ATTACHED = sql(`
  select 'It is attached to a document that was issued' as "why!" from receivables r, json_array_elements(r.attachments) a
  where r.attachments is not null and r.issue_date is not null and r.deleted_at is null and a ->> 'id' = (:id::uuid)::text limit 1`)

export const receivableFiles: FilesOfArea = {
  belong: [
    { types: ['receivables', 'receivable_signatures', 'einvoices_xml'], guard: 'receivable', own, drawn: true },
    { types: ['attachments'], guard: 'receivable', own },
    {
      types: ['delivery_notes'],
      guard: 'delivery_note',
      own: pagesOf('delivery_notes', 'created_by_entity_user_id'),
      drawn: true,
    },
  ],
  keep: [ATTACHED],
}
