import type { Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'

/** The tables that hold rows of an entity, as PostgreSQL's catalogue has them: a table that is new is among them by itself. */

interface Reference {
  readonly columns: readonly string[]
  readonly to: string
  readonly nullable: readonly string[]
}
export interface EntityTable {
  readonly name: string
  /** What is written; generated columns are not among them. */
  readonly columns: readonly string[]
  readonly key: readonly string[]
  /** Where the entity stands in it. */
  readonly owner: 'entity_id' | 'id'
  readonly references: readonly Reference[]
}

/** Keys, doors, logs and the machinery's own: they belong to no state of the books. */
const NO_STATE = new Set([
  'tenant_row',
  'partner_row',
  'access_tokens',
  'idempotency_keys',
  'audit_logs',
  'test_clocks',
  'entity_snapshots',
  'restorable_entities',
  'connections',
  // Sums that are made from the documents, and made anew when one changes.
  'kept_sums',
  'kept_half_years',
  'kept_until',
  'changed_weeks',
])

const COLUMNS = sql(`
  select c.relname as "name!", array_agg(a.attname::text order by a.attnum) filter (where a.attgenerated = '' and a.attidentity = '') as "columns!",
    (select array_agg(k.attname::text order by array_position(i.indkey::int2[], k.attnum)) from pg_index i join pg_attribute k on k.attrelid = c.oid and k.attnum = any (i.indkey)
      where i.indrelid = c.oid and i.indisprimary) as "key!"
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and (c.relname = 'entities' or exists (select from pg_attribute e where e.attrelid = c.oid and e.attname = 'entity_id' and not e.attisdropped))
  group by c.oid, c.relname order by c.relname`)
const REFERENCES = sql(`
  select k.conrelid::regclass::text as "from!", k.confrelid::regclass::text as "to!",
    array_agg(a.attname::text order by a.attnum) as "columns!", array_agg(a.attname::text order by a.attnum) filter (where not a.attnotnull) as nullable
  from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any (k.conkey)
  where k.contype = 'f' and k.connamespace = 'public'::regnamespace group by k.oid, k.conrelid, k.confrelid`)

/** All of them, by name. */
export async function entityTables(ctx: Pick<Ctx, 'db'>): Promise<readonly EntityTable[]> {
  const references = await REFERENCES(ctx)
  const found = (await COLUMNS(ctx)).filter(({ name }) => !NO_STATE.has(name))
  const names = new Set(found.map(({ name }) => name))
  return found.map(
    ({ name, columns, key }): EntityTable => ({
      name,
      columns,
      key,
      owner: name === 'entities' ? 'id' : 'entity_id',
      references: references
        .filter(({ from, to }) => from === name && to !== name && names.has(to))
        .map(({ columns, to, nullable }) => ({ columns, to, nullable: nullable ?? [] })),
    }),
  )
}
