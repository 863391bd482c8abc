import type { FilesOfArea } from '../common/files/belongings.service.ts'
import { contentsReached } from './reach.service.ts'

const made = (and = '') => `t.link_key in (select x.file_key from data_exports x where x.created_by_entity_user_id = $${and})`

export const exportFiles: FilesOfArea = {
  belong: [
    {
      types: ['zip'],
      guard: 'export',
      own: made(),
      // Archives show their documents, too.
      reached(ctx, kind) {
        const readable = contentsReached(ctx, 'x') ?? 'true'
        if (kind === 'allowed')
          return [`not exists (select from data_exports x where x.file_key = t.link_key and not ${readable})`]
        return kind === 'allowed_for_own' ? [made(` and ${readable}`)] : []
      },
    },
  ],
}
