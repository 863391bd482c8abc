import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { NO_ENTITY } from '../platform/database/context.ts'
import { type Place, within } from './place.ts'
import { ofSandbox, type PartnerTable, SANDBOX, tablesOfPartners } from './walls.ts'

const quoted = (name: string) => pg.escapeIdentifier(name)
const listed = (names: readonly string[]) => names.map(quoted).join(', ')

/** Rows that are worked out again from others, and jobs, which are taken along in one piece at the end. */
const LEFT_OUT = new Set(['jobs', 'kept_sums', 'kept_half_years', 'kept_until', 'changed_weeks'])
/** Tables of up to so many rows are compared whole while nobody writes; of larger ones what was written since the last comparison. */
const SMALL = 20_000

interface Copied extends PartnerTable {
  /** SQL of which rows are the partner's. */
  readonly mine: string
}

/** How far a pass has come: what was written after it has a younger transaction. */
export interface Mark {
  /** The oldest transaction that was open then. */
  readonly xid: string
  /** Rows of each table. */
  readonly counts: ReadonlyMap<string, number>
  /** Rows that this pass has written or removed. */
  readonly changed: number
  /** Tables whose rows all name an entity that is there. */
  readonly near: ReadonlySet<string>
}

/** The tables of a partner, with the condition for its rows. `near` names those whose rows are found by the entities, where an index leads. */
function copiedOf(
  tables: readonly PartnerTable[],
  partner: string,
  entities: readonly string[],
  near: ReadonlySet<string>,
): Copied[] {
  const literal = pg.escapeLiteral(partner)
  const ofEntities = ` and entity_id = any (array[${entities.map((id) => pg.escapeLiteral(id)).join(', ')}]::uuid[])`
  return tables
    .filter(({ name }) => !LEFT_OUT.has(name))
    .map((table) => ({ ...table, mine: `${quoted(table.partner)} = ${literal}${near.has(table.name) ? ofEntities : ''}` }))
}

const SANDBOX_COLUMNS = `
  select array_agg(attname::text order by attnum) as columns from pg_attribute
  where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`

async function withSandbox(client: pg.Client, partner: string, tables: Copied[]): Promise<Copied[]> {
  const { rows } = await client.query<{ columns: string[] }>(SANDBOX_COLUMNS, [SANDBOX])
  const sandbox = {
    name: SANDBOX,
    partner: '',
    columns: rows[0]!.columns,
    counted: [],
    key: ['id'],
    of_entities: false,
    mine: ofSandbox(pg.escapeLiteral(partner)),
  }
  return [...tables, sandbox]
}

/** The tables that are copied. They have to be the same in both databases: both were migrated by the same program. */
export async function tablesOf(source: Place, target: Place): Promise<readonly PartnerTable[]> {
  const [here, there] = [await tablesOfPartners(source.client), await tablesOfPartners(target.client)]
  if (JSON.stringify(here) !== JSON.stringify(there))
    throw new Error(`The tables of ${source.name} and ${target.name} differ: bring both up to date by \`quittance migrate\``)
  return here
}

async function entitiesOf(client: pg.Client, partner: string): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>('select id from entities where partner_id = $1', [partner])
  return [NO_ENTITY, ...rows.map(({ id }) => id)]
}

async function countsOf(client: pg.Client, tables: readonly Copied[], since: string | null) {
  if (tables.length === 0) return new Map<string, { count: number; young: number }>()
  const young = since === null ? 'true' : `age(xmin) <= age(${pg.escapeLiteral(since)}::xid)`
  const { rows } = await client.query<{ name: string; count: string; young: string }>(
    tables
      .map(
        ({ name, mine }) =>
          `select ${pg.escapeLiteral(name)} as name, count(*) as count, count(*) filter (where ${young}) as young from ${quoted(name)} where ${mine}`,
      )
      .join(' union all '),
  )
  return new Map(rows.map(({ name, count, young }) => [name, { count: Number(count), young: Number(young) }]))
}

/** Every row is looked for in the whole table once. Where the entities lead to the same rows, they are found by the entities from then on. */
async function tablesNear(
  client: pg.Client,
  tables: readonly PartnerTable[],
  partner: string,
  entities: readonly string[],
  all: ReadonlyMap<string, { count: number }>,
): Promise<Set<string>> {
  const names = new Set(tables.filter(({ of_entities }) => of_entities).map(({ name }) => name))
  const filled = copiedOf(tables, partner, entities, names).filter(({ name }) => names.has(name) && all.get(name)!.count > 0)
  const found = await countsOf(client, filled, null)
  return new Set([...names].filter((name) => (found.get(name)?.count ?? 0) === all.get(name)?.count))
}

/** A number that two tables have in common when they hold the same rows, and almost surely not otherwise. */
async function printsOf(client: pg.Client, tables: readonly Copied[]): Promise<Map<string, string>> {
  if (tables.length === 0) return new Map()
  const { rows } = await client.query<{ name: string; print: string }>(
    tables
      .map(
        ({ name, mine, columns }) =>
          `select ${pg.escapeLiteral(name)} as name,
             count(*) || ' ' || coalesce(sum(hashtextextended(row(${listed(columns)})::text, 0)::numeric), 0) as print
           from ${quoted(name)} where ${mine}`,
      )
      .join(' union all '),
  )
  return new Map(rows.map(({ name, print }) => [name, print]))
}

/** Takes the rows that are younger than the mark (all without one) from one table to the same table of the other database. */
async function take(source: pg.Client, target: pg.Client, { name, mine, columns, counted, key }: Copied, since: string | null) {
  const young = since === null ? '' : ` and age(xmin) <= age(${pg.escapeLiteral(since)}::xid)`
  const table = quoted(name)
  await target.query(`create temp table coming on commit drop as select ${listed(columns)} from ${table} with no data`)
  const rows = source.query(copyTo(`copy (select ${listed(columns)} from ${table} where ${mine}${young}) to stdout`))
  await pipeline(rows, target.query(copyFrom('copy coming from stdin')))
  const kept = columns.filter((column) => !key.includes(column) && !counted.includes(column))
  const again =
    kept.length === 0
      ? 'do nothing'
      : `do update set ${kept.map((column) => `${quoted(column)} = excluded.${quoted(column)}`).join(', ')}`
  const clash = since === null ? '' : `on conflict (${listed(key)}) ${again}`
  const { rowCount } = await target.query(
    `insert into ${table} (${listed(columns)}) overriding system value select ${listed(columns)} from coming ${clash}`,
  )
  await target.query('drop table coming')
  return rowCount ?? 0
}

/** Removes from the copy what is no longer there. */
async function forget(source: pg.Client, target: pg.Client, { name, mine, key }: Copied): Promise<number> {
  const table = quoted(name)
  await target.query(`create temp table staying on commit drop as select ${listed(key)} from ${table} with no data`)
  const keys = source.query(copyTo(`copy (select ${listed(key)} from ${table} where ${mine}) to stdout`))
  await pipeline(keys, target.query(copyFrom('copy staying from stdin')))
  const same = key.map((column) => `s.${quoted(column)} = t.${quoted(column)}`).join(' and ')
  const { rowCount } = await target.query(
    `delete from ${table} t where ${mine} and not exists (select from staying s where ${same})`,
  )
  await target.query('drop table staying')
  return rowCount ?? 0
}

/**
 * Brings the copy to what the partner's rows are at one moment: all of them first, later those that were written since the last mark. Throws when
 * both sides then differ. `whole` compares every row, else only tables that are small.
 */
export async function pass(
  source: Place,
  target: Place,
  partner: string,
  tables: readonly PartnerTable[],
  last: Mark | null,
  { whole, progress = () => {} }: { whole: boolean; progress?: (done: number, of: number) => void },
): Promise<Mark> {
  const reading = {
    role: 'quittance_restore',
    moving: partner,
    begin: 'begin isolation level repeatable read read only',
  } as const
  return within(source.client, reading, async () => {
    const { rows } = await source.client.query<{ xid: string }>(
      `select (pg_snapshot_xmin(pg_current_snapshot())::text::numeric % 4294967296)::text as xid`,
    )
    const entities = await entitiesOf(source.client, partner)
    const copied = await withSandbox(source.client, partner, copiedOf(tables, partner, entities, last?.near ?? new Set()))
    const here = await countsOf(source.client, copied, last?.xid ?? null)
    const near = last?.near ?? (await tablesNear(source.client, tables, partner, entities, here))
    let changed = 0
    await within(target.client, { role: 'quittance_restore', moving: partner }, async () => {
      await target.client.query('set constraints all deferred')
      for (const [nth, table] of copied.entries()) {
        progress(nth, copied.length)
        const { young } = here.get(table.name)!
        if (young === 0) continue
        const taken = await take(source.client, target.client, table, last?.xid ?? null)
        if (taken !== young) throw new Error(`${table.name}: ${taken} of ${young} rows came over`)
        changed += taken
      }
      const differing = async (among: readonly Copied[]) => {
        const there = await countsOf(target.client, among, null)
        return among.filter(({ name }) => there.get(name)!.count !== here.get(name)!.count)
      }
      // Where nothing was written and nothing is gone, the copy is what it was.
      const touched = copied.filter(({ name }) => here.get(name)!.young > 0 || here.get(name)!.count !== last?.counts.get(name))
      const fewer = await differing(touched)
      for (const table of fewer) changed += await forget(source.client, target.client, table)
      const [wrong] = await differing(fewer)
      if (wrong) throw new Error(`${wrong.name}: ${source.name} and ${target.name} do not hold the same number of rows`)
      await compare(touched.filter(({ name }) => here.get(name)!.count > 0 && (whole || here.get(name)!.count <= SMALL)))
    })
    const counts = new Map([...here].map(([name, { count }]) => [name, count]))
    return { xid: rows[0]!.xid, counts, changed, near }
  })

  async function compare(tables: readonly Copied[]) {
    const [here, there] = [await printsOf(source.client, tables), await printsOf(target.client, tables)]
    for (const [name, print] of here)
      if (there.get(name) !== print) throw new Error(`${name}: the rows of ${source.name} and ${target.name} differ`)
  }
}

/** Takes the waiting jobs along, under numbers of the other queue. */
export async function takeJobs(source: Place, target: Place, partner: string, tables: readonly PartnerTable[]): Promise<number> {
  const jobs = tables.find(({ name }) => name === 'jobs')!
  const columns = listed(jobs.columns.filter((column) => !jobs.counted.includes(column)))
  return within(source.client, { role: 'quittance_restore', moving: partner, begin: 'begin read only' }, () =>
    within(target.client, { role: 'quittance_restore', moving: partner }, async () => {
      await target.client.query('delete from jobs where partner_id = $1', [partner])
      await target.client.query(`create temp table coming on commit drop as select ${columns} from jobs with no data`)
      const mine = `partner_id = ${pg.escapeLiteral(partner)}`
      const rows = source.client.query(copyTo(`copy (select ${columns} from jobs where ${mine} order by id) to stdout`))
      await pipeline(rows, target.client.query(copyFrom('copy coming from stdin')))
      const { rowCount } = await target.client.query(`insert into jobs (${columns}) select ${columns} from coming`)
      return rowCount ?? 0
    }),
  )
}

/** Entries of the audit log that were written after everything else was over there. */
export async function takeLateEntries(source: Place, target: Place, partner: string): Promise<void> {
  const log = (await tablesOf(source, target)).find(({ name }) => name === 'audit_logs')!
  const table = { ...log, mine: `partner_id = ${pg.escapeLiteral(partner)}` }
  await within(source.client, { role: 'quittance_restore', moving: partner, begin: 'begin read only' }, () =>
    within(target.client, { role: 'quittance_restore', moving: partner }, async () => {
      const columns = listed(table.columns)
      await target.client.query(`create temp table coming on commit drop as select ${columns} from audit_logs with no data`)
      const rows = source.client.query(copyTo(`copy (select ${columns} from audit_logs where ${table.mine}) to stdout`))
      await pipeline(rows, target.client.query(copyFrom('copy coming from stdin')))
      await target.client.query(`insert into audit_logs (${columns}) select ${columns} from coming on conflict do nothing`)
    }),
  )
}

/** Removes all rows of a partner, in one transaction. `expected` are the rows that each table may hold: more are somebody's, so nothing is removed. */
export async function removeRows(place: Place, partner: string, expected: ReadonlyMap<string, number> | null): Promise<number> {
  const tables = await tablesOfPartners(place.client)
  return within(place.client, { role: 'quittance_restore', moving: partner }, async () => {
    await place.client.query('set constraints all deferred')
    let removed = 0
    const literal = pg.escapeLiteral(partner)
    await place.client.query(`delete from ${SANDBOX} where ${ofSandbox(literal)}`)
    // Sums that are counted along are touched by what is removed before them.
    const order = [...tables].reverse().sort((a, b) => Number(a.name === 'changed_weeks') - Number(b.name === 'changed_weeks'))
    const last = order.filter(({ name }) => name === 'api_clients' || name === 'partners')
    for (const { name, partner: column } of [...order.filter((table) => !last.includes(table)), ...last]) {
      const { rowCount } = await place.client.query(`delete from ${quoted(name)} where ${quoted(column)} = ${literal}`)
      removed += rowCount ?? 0
      const most = expected?.get(name)
      if (most !== undefined && name !== 'audit_logs' && (rowCount ?? 0) !== most)
        throw new Error(`${name}: ${rowCount} rows are in ${place.name}, and ${most} went over. Nothing was removed`)
    }
    return removed
  })
}
