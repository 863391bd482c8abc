import type { Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'

/** The chain of what was issued: each link bears the fingerprint of the one before. Documents that are issued are chained by the database. */

const CHAIN = sql(`
  with recursive given as (select id, place from unnest(:ids::uuid[]) with ordinality given (id, place)),
  linked as (
    select g.place, r.partner_id, r.entity_id, r.id, r.content_hash, chain_hash('', g.place, r.id, r.content_hash) as hash
    from given g join receivables r on r.entity_id = current_setting('app.entity_id')::uuid and r.id = g.id where g.place = 1
    union all
    select g.place, r.partner_id, r.entity_id, r.id, r.content_hash, chain_hash(l.hash, g.place, r.id, r.content_hash)
    from linked l join given g on g.place = l.place + 1 join receivables r on r.entity_id = l.entity_id and r.id = g.id)
  insert into document_chain (partner_id, entity_id, position, receivable_id, content_hash, hash)
  select partner_id, entity_id, place, id, content_hash, hash from linked`)

/** Chains documents of an entity that has no chain yet, in this order. */
export async function chainAnew(ctx: Ctx, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await CHAIN(ctx, { ids: [...new Set(ids)] })
}
