import pg from 'pg'
import { within } from './place.ts'

/**
 * While a partner is on the way, both databases hold its rows, and only one of them may act on them. Requests are turned away by
 * `admit_partner`; the machinery, which sees all rows, is kept from those of partners that live elsewhere by a policy on every table. The policies
 * stand as long as anybody is on the way, so nobody else pays for them.
 */

export interface PartnerTable {
  readonly name: string
  /** The column that holds the partner. */
  readonly partner: string
  /** The columns that are written. */
  readonly columns: readonly string[]
  /** Those of them that PostgreSQL counts by itself. */
  readonly counted: readonly string[]
  readonly key: readonly string[]
  /** Whether every row names an entity. */
  readonly of_entities: boolean
}

const TABLES = `
  select c.relname as name, case c.relname when 'partners' then 'id' else 'partner_id' end as partner,
    array_agg(a.attname::text order by a.attnum) as columns,
    coalesce(array_agg(a.attname::text) filter (where a.attidentity <> ''), '{}') as counted,
    (select array_agg(k.attname::text) from pg_index i join pg_attribute k on k.attrelid = c.oid and k.attnum = any (i.indkey[0:i.indnkeyatts - 1])
      where i.indrelid = c.oid and i.indisprimary) as key,
    coalesce(bool_or(a.attname = 'entity_id' and a.attnotnull), false) as of_entities
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and c.relname not in ('tenant_row', 'partner_row', 'partners_away')
  group by c.oid, c.relname having bool_or(a.attname = 'partner_id') or c.relname = 'partners'
  order by c.relname in ('partners') desc, c.relname in ('api_clients') desc, c.relname`

/** Every table with rows of partners; what others refer to comes first. */
export const tablesOfPartners = async (client: pg.Client): Promise<PartnerTable[]> =>
  (await client.query<PartnerTable>(TABLES)).rows

/** Who somebody is stays readable where they lived: whoever still asks there is told to try again, and not that they are unknown. */
const WHO_IS_WHO = new Set(['partners', 'api_clients', 'access_tokens', 'entities', 'entity_users', 'roles'])

const quoted = (name: string) => pg.escapeIdentifier(name)
const LIVES = (column: string, gone: string) => `using (${column} <> all ((select ${gone}())::uuid[]))`

function wallOf({ name, partner }: PartnerTable): string {
  const column = quoted(partner)
  const policy = `create policy elsewhere on ${quoted(name)} as restrictive`
  if (WHO_IS_WHO.has(name)) {
    const changes = (what: string) => policy.replace('elsewhere', `elsewhere_${what}`)
    return `${policy} for insert to quittance_system with check (lives_here(${column}));
      ${changes('update')} for update to quittance_system using (lives_here(${column}));
      ${changes('delete')} for delete to quittance_system using (lives_here(${column}))`
  }
  // Entries of the last requests may come late; they are taken along at the end.
  const added = name === 'audit_logs' ? 'true' : `lives_here(${column})`
  const gone = name === 'jobs' ? 'partners_resting' : 'partners_gone'
  return `${policy} to quittance_system ${LIVES(column, gone)} with check (${added})`
}

const MOVING = `nullif(current_setting('app.moving', true), '')::uuid`
/** Payments of the sandbox name no partner; attempts to pay name them. */
export const SANDBOX = 'sandbox_payments'
export const ofSandbox = (partner: string) =>
  `id::text in (select p.reference from payment_attempts p where p.partner_id = ${partner})`

/** Tables are changed some at a time: whoever waits for one of them waits behind us for as long as we wait, at most half a second. */
const TOGETHER = 8
const LOCK_TRIES = 60
const WAITED = new Set(['55P03', '40P01'])

async function change(client: pg.Client, texts: readonly string[]): Promise<void> {
  for (let from = 0; from < texts.length; from += TOGETHER) {
    const text = texts.slice(from, from + TOGETHER).join('; ')
    for (let attempt = 1; ; attempt++) {
      try {
        await client.query(`begin; set local lock_timeout = '500ms'; ${text}; commit`)
        break
      } catch (error) {
        await client.query('rollback')
        if (!WAITED.has((error as { code?: string }).code ?? '') || attempt === LOCK_TRIES) throw error
      }
    }
  }
}

const standing = async (client: pg.Client): Promise<Set<string>> => {
  const { rows } = await client.query<{ policy: string }>(
    `select c.relname || ' ' || p.polname as policy from pg_policy p join pg_class c on c.oid = p.polrelid where (p.polname = 'moving' or p.polname like 'elsewhere%')`,
  )
  return new Set(rows.map(({ policy }) => policy))
}

const movingIn = (name: string, mine: string) =>
  `create policy moving on ${quoted(name)} to quittance_restore using (${mine});
   grant select, insert, update, delete on ${quoted(name)} to quittance_restore`

/** Puts up the walls that are missing. */
export async function raiseWalls(client: pg.Client): Promise<void> {
  const there = await standing(client)
  const missing: string[] = []
  for (const table of await tablesOfPartners(client)) {
    const walls = []
    if (!there.has(`${table.name} elsewhere`)) walls.push(wallOf(table))
    if (!there.has(`${table.name} moving`)) walls.push(movingIn(table.name, `${quoted(table.partner)} = ${MOVING}`))
    if (walls.length > 0) missing.push(walls.join('; '))
  }
  if (!there.has(`${SANDBOX} moving`)) missing.push(movingIn(SANDBOX, ofSandbox(MOVING)))
  await change(client, missing)
}

/** Takes the walls down, unless somebody is still on the way. */
export async function dropWalls(client: pg.Client): Promise<void> {
  const { rowCount } = await within(client, { role: 'quittance_system' }, () => client.query('select from partners_away'))
  if (rowCount) return
  const policies = [...(await standing(client))].map((policy) => policy.split(' ') as [table: string, name: string])
  await change(
    client,
    policies.map(([table, name]) => `drop policy if exists ${quoted(name)} on ${quoted(table)}`),
  )
}
