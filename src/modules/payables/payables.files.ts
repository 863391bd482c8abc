import { sql } from '../../platform/database/sql.ts'
import type { FilesOfArea } from '../common/files/belongings.service.ts'

const GONE_ON = sql(`
  select 'It belongs to a bill that has gone on' as "why!"
  where exists (select from payables p where p.file_id = :id and p.deleted_at is null and p.status not in ('draft', 'new'))
    or exists (select from payable_credit_notes n where n.file_id = :id and n.deleted_at is null and n.status not in ('draft', 'new'))`)

export const payableFiles: FilesOfArea = {
  belong: [
    {
      types: ['purchase_orders'],
      guard: 'payables_purchase_order',
      own: 't.link_key in (select p.file_key from payable_purchase_orders p where p.created_by_user_id = $)',
      drawn: true,
    },
    {
      types: ['payables'],
      guard: 'payable',
      own: `(t.id in (select p.file_id from payables p where p.was_created_by_user_id = $)
      or t.id in (select n.file_id from payable_credit_notes n where n.created_by_user_id = $))`,
    },
    {
      types: ['ocr_files', 'ocr_results'],
      guard: 'ocr_task',
      own: 't.id in (select o.file_id from ocr_tasks o where o.created_by_entity_user_id = $)',
    },
  ],
  keep: [GONE_ON],
}
