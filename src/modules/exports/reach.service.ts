import { kindOf, notAllowed } from '../../platform/auth/reach.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { type ExportedObject, exportedObjects } from '../common/exporting/exporter.service.ts'

/** An export shows its documents: whoever asks for it, or reads it, has to be allowed to read those. */

/** Which of these objects the role reads only as far as its user made them. Refuses (`forbidden`) those that it doesn't read at all. */
export function narrowedTo(ctx: Ctx, asked: readonly ExportedObject[]): ExportedObject[] {
  const denied = asked.find((name) => kindOf(ctx, name, 'read') === 'not_allowed')
  if (denied) throw notAllowed(denied, 'read')
  return [...new Set(asked)].filter((name) => kindOf(ctx, name, 'read') === 'allowed_for_own')
}

/** The condition of exports, by their alias, that hold nothing the role doesn't read; `$` stands for the user. Null when it reads all. */
export function contentsReached(ctx: Ctx, alias: string): string | null {
  if (!ctx.grants) return null
  const tests = exportedObjects.flatMap((name) => {
    const kind = kindOf(ctx, name, 'read')
    if (kind === 'not_allowed') return []
    const own = kind === 'allowed' ? '' : ` and '${name}' = any (${alias}.narrowed_to) and ${alias}.created_by_entity_user_id = $`
    return [`(o ->> 'name' = '${name}'${own})`]
  })
  return `not exists (select from json_array_elements(${alias}.objects) o where (${tests.join(' or ') || 'false'}) is not true)`
}
