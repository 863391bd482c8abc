import { forbidden } from '../../core/refusal.ts'
import type { Ctx } from '../database/context.ts'
import type { ActionName, ObjectType, PermissionKind } from './permissions.ts'
import { nounOf, ownerOf, type Thing, type ThingName, things } from './things.ts'

/** Whether the role behind a request reaches a row: the one answer for everything that is found by its id. */

/** The same request without the limits of its role: for what follows from an operation that may be done. */
export const freely = (ctx: Ctx): Ctx => ({ ...ctx, own: undefined, grants: undefined })

/** How far the role goes with an action. Partners and the machinery hold no role: they go all the way. */
export const kindOf = ({ grants }: Pick<Ctx, 'grants'>, object: ObjectType, action: ActionName): PermissionKind =>
  grants ? (grants.get(`${object}:${action}`) ?? 'not_allowed') : 'allowed'

export const notAllowed = (object: string, action: string) =>
  forbidden(`Action ${action} for ${object} not allowed`, 'permission_missing')
export const belongsToAnother = (noun: string) =>
  forbidden(`This ${noun.toLowerCase()} belongs to another user`, 'permission_missing')

/**
 * SQL for the maker of the row `t`, where the operation at hand reaches only what its user made; null where it reaches all rows. What
 * nobody makes is nobody's own: refused.
 */
export function narrowedBy({ own }: Pick<Ctx, 'own'>, thing: Thing): string | null {
  if (!own || thing.guard !== own) return null
  const owner = ownerOf(thing)
  if (!owner) throw forbidden(`Nobody makes this ${own.replaceAll('_', ' ')}, so it is nobody's own`, 'permission_missing')
  return owner
}

/** The same for a row that was read already. */
export function checkOwn(ctx: Ctx, name: ThingName, owner: string | null, noun = nounOf(name)): void {
  if (narrowedBy(ctx, things[name]) && owner !== ctx.userId) throw belongsToAnother(noun)
}

/**
 * Refuses unless the role may do this to all of these things, whatever the operation itself is about. An id that leads nowhere is
 * passed: there is nothing to hide, and whoever looks for it says so.
 */
export async function reach(ctx: Ctx, name: ThingName, ids: readonly string[], action: 'read' | 'update'): Promise<void> {
  const thing = things[name]
  if (!ctx.grants || !thing.guard || ids.length === 0) return
  const kind = kindOf(ctx, thing.guard, action)
  if (kind === 'allowed') return
  const owner = ownerOf(thing)
  if (kind === 'not_allowed' || !owner) throw notAllowed(thing.guard, action)
  const others = await ctx.db.query(
    `select from ${thing.table} t where t.id = any ($1) and ${owner} is distinct from $2 limit 1`,
    [ids, ctx.userId],
  )
  if (others.length > 0) throw belongsToAnother(nounOf(name))
}

/** The condition that a column names one of these things that the role reads, `$` standing for the user; null where it reads all. */
export function reading(ctx: Ctx, name: ThingName, column: string): string | null {
  const thing = things[name]
  const kind = thing.guard ? kindOf(ctx, thing.guard, 'read') : 'not_allowed'
  if (!ctx.grants || kind === 'allowed') return null
  const owner = ownerOf(thing, 'o')
  return kind === 'not_allowed' || !owner ? 'false' : `${column} in (select o.id from ${thing.table} o where ${owner} = $)`
}

/** What stands in a column of the first of these rows that the condition does not hold for, `$` standing for the user; null where it holds for all. */
export async function firstBeyond(
  ctx: Ctx,
  { from, what }: { readonly from: string; readonly what: string },
  ids: readonly string[],
  condition: string,
): Promise<string | null> {
  const [beyond] = await ctx.db.query<{ what: string }>(
    `select ${what} as what from ${from} where t.id = any ($1) and t.deleted_at is null and (${condition.replaceAll('$', () => '$2::uuid')}) is not true limit 1`,
    condition.includes('$') ? [ids, ctx.userId] : [ids],
  )
  return beyond?.what ?? null
}

/** A condition for a list, with the user wherever `$` stands. */
export const forUser = ({ userId }: Ctx, sql: string | null): { sql: string; values: unknown[] }[] =>
  sql ? [{ sql, values: Array.from(sql.matchAll(/\$/g), () => userId) }] : []
