import { conflict, forbidden } from '../../../core/refusal.ts'
import { belongsToAnother, firstBeyond, forUser, kindOf, notAllowed } from '../../../platform/auth/reach.ts'
import { type Ctx, enterEntity } from '../../../platform/database/context.ts'
import { sql } from '../../../platform/database/sql.ts'
import { belongingOf, belongings, keepings } from './belongings.service.ts'

/** Who may see a file, and who may delete it: it follows what it belongs to. */

type Action = 'read' | 'update'

/**
 * The condition of files `t` that the role reaches, `$` standing for the user each time; null where it reaches all. Whoever uploaded a
 * file knows what is in it.
 */
function reached(ctx: Ctx, action: Action): string | null {
  if (!ctx.grants) return null
  const tests = ['t.created_by_entity_user_id = $']
  for (const { types, guard, own, reached } of belongings()) {
    const kind = kindOf(ctx, guard, action)
    const oneOf = `t.file_type in (${types.map((type) => `'${type}'`).join(', ')})`
    if (reached) tests.push(...reached(ctx, kind).map((test) => `(${oneOf} and ${test})`))
    else if (kind === 'allowed') tests.push(oneOf)
    else if (kind === 'allowed_for_own' && own) tests.push(`(${oneOf} and ${own})`)
  }
  return `(${tests.join(' or ')})`
}

/** The same for a list. */
export const onlyReached = (ctx: Ctx) => forUser(ctx, reached(ctx, 'read'))

/** Refuses (`forbidden`) unless the role reaches all of these files. Ids that lead nowhere are passed. */
export async function reachFiles(ctx: Ctx, ids: readonly string[], action: Action = 'read'): Promise<void> {
  const condition = reached(ctx, action)
  if (!condition || ids.length === 0) return
  const beyond = await firstBeyond(ctx, { from: 'files t', what: 't.file_type' }, ids, condition)
  if (!beyond) return
  const belonging = belongingOf(beyond)
  if (!belonging) throw belongsToAnother('file')
  const kind = kindOf(ctx, belonging.guard, action)
  if (kind === 'allowed') throw forbidden('This file holds documents that your role does not read', 'permission_missing')
  if (kind === 'allowed_for_own' && belonging.own) throw belongsToAnother('file')
  throw notAllowed(belonging.guard, action)
}

const FILE = sql(`select entity_id, file_type, uploaded from files where id = :id and deleted_at is null`)

/** Refuses (`conflict`), whoever asks, a file that a document is not complete without. */
export async function checkDeletable(ctx: Ctx, id: string): Promise<void> {
  const file = await FILE.maybe(ctx, { id })
  if (!file) return
  if (belongingOf(file.file_type)?.drawn && !file.uploaded) throw kept('It is a page of a document, and stays with it')
  // A partner may name no entity, and would see none of its documents.
  if (file.entity_id) await enterEntity(ctx, file.entity_id)
  const found = await Promise.all(keepings().map((keeping) => keeping(ctx, { id })))
  const [first] = found.flat()
  if (first) throw kept(first.why)
}
const kept = (why: string) => conflict(`The file can't be deleted. ${why}`)
