import type { FilesOfArea } from '../../common/files/belongings.service.ts'

export const receiptFiles: FilesOfArea = {
  belong: [
    {
      types: ['receipts'],
      guard: 'receipt',
      own: 't.id in (select r.file_id from receipts r where r.created_by_entity_user_id = $)',
    },
  ],
}
