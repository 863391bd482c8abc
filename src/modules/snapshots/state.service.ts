import { finished } from 'node:stream/promises'
import { setImmediate as turn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { createGzip, gunzip } from 'node:zlib'
import type { Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import { deleteRows, insertRows, readRows, updateRows } from '../../platform/database/whole-rows.ts'
import { jobs } from '../../platform/jobs/jobs.ts'
import type { EntityTable } from './tables.service.ts'

/** The rows of an entity as JSON texts, by the table and by the text of their key. What PostgreSQL wrote is kept letter by letter. */
type Rows = ReadonlyMap<string, string>
export type State = ReadonlyMap<string, Rows>

/** All rows of the entity at hand. Jobs have numbers that nobody refers to: they are known by what they are to do. */
export async function readState(ctx: Ctx, tables: readonly EntityTable[]): Promise<State> {
  const read = tables.map((table) => ({ ...table, knownBy: table.name === 'jobs' ? 't.id::text' : undefined }))
  const found = await readRows(ctx, read, ctx.entityId)
  const state = new Map(tables.map(({ name }) => [name, new Map<string, string>()]))
  for (const { nth, key, row } of found) state.get(tables[nth]?.name ?? '')?.set(key, row)
  return state
}

/** References are looked at when all is written. */
export const LATER = sql(`set constraints all deferred`)

const unpack = promisify(gunzip)
/** What is unpacked may not be larger: it was checked when it was packed. */
const UNPACKED_MAX = 512 * 1024 * 1024
/** Characters of rows that are written or read in one go: others are answered in between. */
export const PORTION = 500_000

/** One line a row: its table, its key, and the row, each as JSON text. */
function* linesOf(state: State): Generator<string> {
  let text = ''
  for (const [table, rows] of state)
    for (const [key, row] of rows) {
      text += `${JSON.stringify([table, key, row])}\n`
      if (text.length < PORTION) continue
      yield text
      text = ''
    }
  yield text
}

export async function packState(state: State): Promise<Buffer> {
  const packed: Buffer[] = []
  const press = createGzip({ level: 1 }).on('data', (part: Buffer) => packed.push(part))
  const done = finished(press)
  for (const text of linesOf(state)) {
    press.write(text)
    await turn()
  }
  press.end()
  await done
  return Buffer.concat(packed)
}

export async function unpackState(bytes: Buffer): Promise<State> {
  const text = (await unpack(bytes, { maxOutputLength: UNPACKED_MAX })).toString('utf8')
  const state = new Map<string, Map<string, string>>()
  let [at, turned] = [0, 0]
  for (let end = text.indexOf('\n'); end >= 0; at = end + 1, end = text.indexOf('\n', at)) {
    const [table, key, row]: [string, string, string] = JSON.parse(text.slice(at, end))
    const rows = state.get(table) ?? new Map<string, string>()
    state.set(table, rows.set(key, row))
    if (at - turned < PORTION) continue
    turned = at
    await turn()
  }
  return state
}

/** What makes one state of a table of another: keys of rows. */
export interface Changes {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly changed: readonly string[]
}

const NONE: Rows = new Map()

export function changesOf(from: State, to: State, table: string): Changes {
  const [before, after] = [from.get(table) ?? NONE, to.get(table) ?? NONE]
  const removed = [...before.keys()].filter((key) => !after.has(key))
  const added = [...after.keys()].filter((key) => !before.has(key))
  const changed = [...after].flatMap(([key, row]) => {
    const earlier = before.get(key)
    return earlier === undefined || earlier === row ? [] : [key]
  })
  return { added, removed, changed }
}

/** Columns in which two rows differ, with what stood and stands in them. */
export function fieldsOf(before: string, after: string): { field: string; before: unknown; after: unknown }[] {
  const [old, now]: [Record<string, unknown>, Record<string, unknown>] = [JSON.parse(before), JSON.parse(after)]
  return Object.keys(now).flatMap((field) =>
    JSON.stringify(old[field]) === JSON.stringify(now[field]) ? [] : [{ field, before: old[field], after: now[field] }],
  )
}

/** Makes the rows of the entity those of an earlier state; answers how many were written or taken away. Only what differs is touched. */
export async function putBack(ctx: Ctx, tables: readonly EntityTable[], from: State, to: State): Promise<number> {
  await LATER(ctx)
  let count = 0
  const all = tables.map((table) => ({ table, ...changesOf(from, to, table.name) }))
  const rowsOf = (state: State, { name }: EntityTable, keys: readonly string[]) =>
    keys.flatMap((key) => state.get(name)?.get(key) ?? [])
  for (const { table, removed } of all) {
    count += removed.length
    if (table.name === 'jobs') await jobs.remove(ctx, removed)
    else await deleteRows(ctx, table, rowsOf(from, table, removed))
  }
  for (const { table, changed, added } of all) {
    count += added.length
    if (table.name !== 'jobs') {
      count += changed.length
      await updateRows(ctx, table, rowsOf(to, table, changed))
    }
    await insertRows(ctx, table, rowsOf(to, table, added))
  }
  return count
}
