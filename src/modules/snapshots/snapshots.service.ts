import { createHash } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { conflict, notFound } from '../../core/refusal.ts'
import { readClocks, setClockTo, takeClockAway } from '../../platform/database/clocks.ts'
import { asRestorer, asSystem, type Ctx, type Db, ownerOf, type Who } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import { jobs } from '../../platform/jobs/jobs.ts'
import type { Machinery } from '../../platform/machinery.ts'
import { checkSandbox } from '../test-clocks/test-clocks.service.ts'
import type { Diff, Snapshot } from './snapshots.schema.ts'
import { changesOf, fieldsOf, PORTION, packState, putBack, readState, type State, unpackState } from './state.service.ts'
import { type EntityTable, entityTables } from './tables.service.ts'

/** Earlier states of an entity: kept, compared, and put back. */

const SNAPSHOTS_MAX = 50
/** More rows than that are no sandbox. */
const ROWS_MAX = 200_000
const SHOWN_MAX = 1_000

const missing = () => notFound('Snapshot not found')

const LIST = sql(`
  select id, created_at, entity_id, name, row_count, size_bytes from entity_snapshots
  where entity_id = current_setting('app.entity_id')::uuid and deleted_at is null order by created_at, id`)
const REMOVE = sql(`delete from entity_snapshots where id = :id returning id`)

/** Those of the entity at hand, the oldest first. */
export const listSnapshots = (ctx: Ctx): Promise<Snapshot[]> => LIST(ctx)

export async function removeSnapshot(ctx: Ctx, id: string): Promise<void> {
  if ((await REMOVE(ctx, { id })).length === 0) throw missing()
}

const RESTORABLE = sql(`
  insert into restorable_entities (partner_id, entity_id, forked_from) values (:partner, :entity, :from?::uuid) on conflict (entity_id) do nothing`)

/** From now on the entity may be put back. Refuses (`forbidden`) outside of the sandbox. */
export async function makeRestorable(machinery: Machinery, who: Who, from: string | null = null): Promise<void> {
  await checkSandbox(machinery, ownerOf(who))
  await asSystem(machinery.db, (ctx) => RESTORABLE(ctx, { partner: who.partnerId, entity: who.entityId, from }))
}

/** Rows of one version of the tables don't fit those of another. */
export const versionOf = (tables: readonly EntityTable[]): string =>
  createHash('sha256')
    .update(JSON.stringify(tables.map(({ name, columns }) => [name, columns])))
    .digest('hex')
    .slice(0, 16)

const countOf = (state: State): number => [...state.values()].reduce((sum, rows) => sum + rows.size, 0)

/** What the entity holds now, and the tables that it is in. Refuses (`conflict`) what is too much for a sandbox. */
export async function stateNow(db: Db, who: Who): Promise<{ tables: readonly EntityTable[]; state: State }> {
  const { tables, state } = await asRestorer(db, who, async (ctx) => {
    const tables = await entityTables(ctx)
    return { tables, state: await readState(ctx, tables) }
  })
  if (countOf(state) > ROWS_MAX) throw conflict(`The entity has more than ${ROWS_MAX} rows: that is too much for a snapshot`)
  return { tables, state }
}

const AHEAD = sql(`select ahead_ms from test_clocks where partner_id = :partner and entity_id = :entity`)
const KEEP = sql(`
  insert into entity_snapshots (name, version, row_count, size_bytes, content, files, ahead_ms)
  values (:name, :version, :row_count, :size_bytes, :content, :files, :ahead_ms?)
  returning id, created_at, entity_id, name, row_count, size_bytes`)
const COUNT = sql(
  `select count(*)::int as "count!" from entity_snapshots where entity_id = current_setting('app.entity_id')::uuid`,
)

/** Storage keys in a state: the bytes that they name have to stay as long as the snapshot. */
function filesIn(state: State): string[] {
  return [...(state.get('files')?.values() ?? [])].flatMap((row) => {
    const { storage_key }: { storage_key: string } = JSON.parse(row)
    return storage_key === '' ? [] : [storage_key]
  })
}

/** Keeps what the entity holds now under a name. `keep` runs its work in the request's transaction. */
export async function takeSnapshot(
  machinery: Machinery,
  who: Who,
  name: string,
  keep: <T>(work: (ctx: Ctx) => Promise<T>) => Promise<T>,
): Promise<Snapshot> {
  await makeRestorable(machinery, who)
  const { tables, state } = await stateNow(machinery.db, who)
  const content = await packState(state)
  const ahead = await asSystem(machinery.db, (ctx) => AHEAD.maybe(ctx, { partner: who.partnerId, entity: who.entityId }))
  return keep(async (ctx) => {
    if ((await COUNT.one(ctx)).count >= SNAPSHOTS_MAX)
      throw conflict(`An entity has ${SNAPSHOTS_MAX} snapshots at most: delete one`)
    return KEEP.one(ctx, {
      name,
      version: versionOf(tables),
      row_count: countOf(state),
      size_bytes: content.length,
      content,
      files: filesIn(state),
      ahead_ms: ahead?.ahead_ms ?? null,
    })
  })
}

const FIND = sql(`
  select version, content, ahead_ms from entity_snapshots where partner_id = :partner and entity_id = :entity and id = :id and deleted_at is null`)

export interface Earlier {
  readonly state: State
  readonly version: string
  readonly ahead_ms: number | null
}

/** What a snapshot holds. */
export async function openSnapshot({ db }: Machinery, { partnerId, entityId }: Who, id: string): Promise<Earlier> {
  const found = await asSystem(db, (ctx) => FIND.maybe(ctx, { partner: partnerId, entity: entityId, id }))
  if (!found) throw missing()
  return { state: await unpackState(found.content), version: found.version, ahead_ms: found.ahead_ms }
}

/** Refuses (`conflict`) what was kept before the tables changed. */
export function checkVersion({ version }: Pick<Earlier, 'version'>, tables: readonly EntityTable[]): void {
  if (version !== versionOf(tables))
    throw conflict('The snapshot was taken by another version of Quittance: its rows do not fit any more')
}

/** Whoever writes an event holds the same lock, together with all others that do (`emit`). */
const ALONE = sql(
  `select pg_advisory_xact_lock(hashtextextended(current_setting('app.entity_id')::uuid::text, 7302))::text as locked`,
)
const LOCK = sql(`select id from entities where id = current_setting('app.entity_id')::uuid for update`)
/** The clock of the entity is that far ahead, or has none of its own. */
export async function setClock(db: Db, { partnerId, entityId }: Who, ahead_ms: number | null): Promise<void> {
  const owner = ownerOf({ partnerId, entityId })
  await asSystem(db, (ctx) => (ahead_ms === null ? takeClockAway(ctx, owner) : setClockTo(ctx, owner, ahead_ms)))
  await readClocks(db)
}

/** Puts the entity back to what it was: rows, numbers, waiting jobs and its clock. Answers how many rows were written or taken away. */
export async function restore(machinery: Machinery, who: Who, id: string): Promise<number> {
  const { db } = machinery
  await makeRestorable(machinery, who)
  const earlier = await openSnapshot(machinery, who, id)
  const count = await asRestorer(db, who, async (ctx) => {
    await ALONE(ctx)
    await LOCK.one(ctx)
    const tables = await entityTables(ctx)
    checkVersion(earlier, tables)
    ctx.afterCommit(() => jobs.wake())
    return putBack(ctx, tables, await readState(ctx, tables), earlier.state)
  })
  await setClock(db, who, earlier.ahead_ms)
  return count
}

/** What differs between a snapshot and a later one, or what the entity holds now. */
export async function diff(machinery: Machinery, who: Who, id: string, other: string | undefined): Promise<Diff> {
  await makeRestorable(machinery, who)
  const before = await openSnapshot(machinery, who, id)
  const now = await stateNow(machinery.db, who)
  const after =
    other === undefined ? { state: now.state, version: versionOf(now.tables) } : await openSnapshot(machinery, who, other)
  checkVersion(before, now.tables)
  checkVersion(after, now.tables)
  const counts: Diff['counts'] = []
  const rows: Diff['rows'] = []
  let read = 0
  for (const { name: table } of now.tables) {
    await turn()
    const changes = changesOf(before.state, after.state, table)
    const { added, removed, changed } = changes
    if (added.length + removed.length + changed.length === 0) continue
    counts.push({ table, added: added.length, removed: removed.length, changed: changed.length })
    for (const change of ['added', 'removed', 'changed'] as const)
      for (const key of changes[change].slice(0, SHOWN_MAX + 1 - rows.length)) {
        const [old, now] = [before.state.get(table)?.get(key), after.state.get(table)?.get(key)]
        rows.push({ table, id: idOf(old ?? now), change, fields: old && now ? fieldsOf(old, now) : [] })
        read += (old?.length ?? 0) + (now?.length ?? 0)
        if (read < PORTION) continue
        read = 0
        await turn()
      }
  }
  return { counts, rows: rows.slice(0, SHOWN_MAX), has_more: rows.length > SHOWN_MAX }
}

function idOf(row: string | undefined): string | null {
  const { id }: { id?: string } = row === undefined ? {} : JSON.parse(row)
  return id ?? null
}
