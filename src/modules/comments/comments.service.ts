import { invalid, noSuch } from '../../core/refusal.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { table } from '../../platform/database/rows.ts'
import { sql } from '../../platform/database/sql.ts'
import { CommentResource } from './comments.schema.ts'

export const commentTable = table('comments', CommentResource, {
  noun: 'Comment',
  object: 'comment',
  computed: { status: `case when t.deleted_at is null then 'active' else 'deleted' end` },
})

const BILL = sql(`select from payables where id = :objectId and deleted_at is null for share`)

/** Refuses unless there is such an object to talk about: `invalid` for a kind without comments, `not_found` for what isn't there. */
export async function commentable(ctx: Ctx, objectType: string, objectId: string): Promise<void> {
  if (objectType !== 'payable') throw invalid([{ loc: ['body', 'object_type'], msg: `Input should be 'payable'`, type: 'enum' }])
  // Locked, so that it can't be deleted while somebody comments on it.
  const found = await BILL(ctx, { objectId })
  if (found.length === 0) throw noSuch('payable', objectId)
}
