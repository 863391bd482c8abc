import { randomBytes, randomUUID } from 'node:crypto'
import { randomSecret } from '../../platform/auth/secrets.ts'
import { asRestorer, asSystem, type Ctx, type Who } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import { insertRows } from '../../platform/database/whole-rows.ts'
import { pictureKey } from '../../platform/files/keys.ts'
import type { Machinery } from '../../platform/machinery.ts'
import { chainAnew } from '../receivables/chain.service.ts'
import type { Fork } from './snapshots.schema.ts'
import { checkVersion, makeRestorable, openSnapshot, setClock, stateNow, versionOf } from './snapshots.service.ts'
import { LATER, type State } from './state.service.ts'
import type { EntityTable } from './tables.service.ts'

/** A new entity that holds what another one holds, under ids of its own everywhere. It begins quiet: nothing of it is sent a second time. */

/**
 * What opens doors, or is known outside under a name that is one in the whole world, stays with the entity it was made for. So does the chain
 * of issued documents, which is made anew.
 */
export const LEFT: ReadonlySet<string> = new Set([
  'approval_links',
  'bank_verification_starts',
  'document_chain',
  'einvoicing_network_credentials',
  'mailboxes',
  'onboarding_accounts',
  'onboarding_codes',
  'onboarding_links',
  'outside_calls',
  'payment_attempts',
  'payment_events',
  'webhook_deliveries',
])

/** Jobs that somebody outside would notice are not done twice. */
const QUIET =
  /^(approvals|exports|files|payables|credit_notes|receipts|ocr_tasks|receivables\.render_pdf|delivery_notes|purchase_orders)/

/** Columns that say something else in the copy; `r` is the row. */
const WRITTEN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // The ids in it are new, so what covers it is.
  receivables: {
    content_hash: `case when r.content_hash is null then null else sha256(convert_to(concat_ws(E'\\n', r.document_id, to_char(r.issued_on, 'YYYY-MM-DD'),
      coalesce(to_char(r.due_date, 'YYYY-MM-DD'), ''), r.total_amount::text, r.content::text), 'UTF8')) end`,
  },
  // What happened to the original was told then.
  events: { subscribed: 'false' },
  mails: {
    status: `case when r.status in ('pending', 'processing') then 'failed' else r.status end`,
    error: `case when r.status in ('pending', 'processing') then 'Not sent: it belongs to the entity that this one is a copy of' else r.error end`,
    held_until: 'null',
  },
}

/** The tables of a copy: those that need a row which is left are left, too; where they can do without it, nothing stands there. */
export function copied(tables: readonly EntityTable[]): { table: EntityTable; emptied: readonly string[] }[] {
  const left = new Set(LEFT)
  const lost = ({ references }: EntityTable) => references.filter(({ to }) => left.has(to))
  const needs = (table: EntityTable) => !left.has(table.name) && lost(table).some(({ nullable }) => nullable.length === 0)
  for (let more = tables.filter(needs); more.length > 0; more = tables.filter(needs)) for (const { name } of more) left.add(name)
  return tables
    .filter(({ name }) => !left.has(name))
    .map((table) => ({ table, emptied: lost(table).flatMap(({ nullable }) => nullable) }))
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g
const TOKEN = /[\w-]{22,}/g

interface StoredFile {
  readonly storage_key: string
  readonly link_key: string
  readonly pages: readonly { number: number }[] | null
  readonly previews: readonly { width: number; height: number }[] | null
}

/** Old names → new ones: ids of rows, secrets in links, and names of files in the storage. */
function renaming(state: State, entity: readonly [from: string, to: string]) {
  const ids = new Map([entity])
  const tokens = new Map<string, string>()
  const files: { from: string; to: string }[] = []
  const each = <Row>(table: string, work: (row: Row) => void) => {
    for (const row of state.get(table)?.values() ?? []) work(JSON.parse(row))
  }
  for (const table of state.keys())
    if (table !== 'jobs' && table !== 'entities')
      each<{ id?: string }>(table, ({ id }) => {
        if (id !== undefined) ids.set(id, randomUUID())
      })
  for (const table of ['receivables', 'accounting_connections'])
    each<{ page_key: string | null }>(table, ({ page_key }) => {
      if (page_key) tokens.set(page_key, randomSecret())
    })
  each<StoredFile>('files', ({ storage_key, link_key, pages, previews }) => {
    tokens.set(link_key, randomSecret())
    const name = storage_key.slice(storage_key.lastIndexOf('/') + 1)
    if (name === '') return
    // The folders are the first letters of the name, so these stay.
    tokens.set(name, tokens.get(name) ?? name.slice(0, 4) + randomBytes(14).toString('hex'))
    const pictures = (pages ?? [])
      .map(({ number }) => `page-${number}.png`)
      .concat((previews ?? []).map(({ width, height }) => `preview-${width}x${height}.png`))
    const copy = storage_key.replace(name, tokens.get(name) ?? name)
    files.push({ from: storage_key, to: copy })
    for (const picture of pictures) files.push({ from: pictureKey(storage_key, picture), to: pictureKey(copy, picture) })
  })
  const rename = (row: string): string =>
    row.replace(UUID, (id) => ids.get(id) ?? id).replace(TOKEN, (token) => tokens.get(token) ?? token)
  return { rename, ids, files }
}

const COPIES_AT_ONCE = 16

/** Copies bytes in the storage. What is not there any more is passed over: the row says the same of both. */
async function copyFiles({ storage, log }: Machinery, files: readonly { from: string; to: string }[]): Promise<void> {
  const left = [...files]
  const copy = async () => {
    for (let next = left.pop(); next; next = left.pop()) {
      const { from, to } = next
      await storage
        .get(from)
        .then((bytes) => storage.put(to, bytes))
        .catch((error: Error) => log.warn({ err: error, key: from }, 'a file could not be copied'))
    }
  }
  await Promise.all(Array.from({ length: COPIES_AT_ONCE }, copy))
}

async function chain(ctx: Ctx, state: State, ids: ReadonlyMap<string, string>): Promise<void> {
  const links = [...(state.get('document_chain')?.values() ?? [])].map((row): { position: number; receivable_id: string } =>
    JSON.parse(row),
  )
  const inOrder = links.sort((a, b) => a.position - b.position).flatMap(({ receivable_id }) => ids.get(receivable_id) ?? [])
  await chainAnew(ctx, inOrder)
}

const FORGET = sql(`delete from restorable_entities where entity_id = :entity`)

/** Makes the copy, of what the entity holds now or of a snapshot. */
export async function fork(machinery: Machinery, who: Who, snapshot: string | null): Promise<Fork> {
  const { db, storage } = machinery
  await makeRestorable(machinery, who)
  const now = await stateNow(db, who)
  const ahead = db.clocks?.aheadOf(who.partnerId, who.entityId) ?? 0
  const from =
    snapshot === null ? { ...now, version: versionOf(now.tables), ahead_ms: ahead } : await openSnapshot(machinery, who, snapshot)
  checkVersion(from, now.tables)
  const { state } = from
  const entityId = randomUUID()
  const copy: Who = { partnerId: who.partnerId, entityId, userId: null }
  const { rename, ids, files } = renaming(state, [who.entityId, entityId])
  await copyFiles(machinery, files)
  await makeRestorable(machinery, copy, who.entityId)
  try {
    await setClock(db, copy, from.ahead_ms || null)
    const row_count = await asRestorer(db, copy, async (ctx) => {
      await LATER(ctx)
      let count = 0
      for (const { table, emptied } of copied(now.tables)) {
        const rows = [...(state.get(table.name)?.values() ?? [])].filter((row) => table.name !== 'jobs' || isQuiet(row))
        const nothing = Object.fromEntries(emptied.map((column) => [column, 'null']))
        await insertRows(ctx, table, rows.map(rename), { ...nothing, ...WRITTEN[table.name] })
        count += rows.length
      }
      await chain(ctx, state, ids)
      return count
    })
    return { entity_id: entityId, forked_from: who.entityId, snapshot_id: snapshot, row_count }
  } catch (error) {
    await setClock(db, copy, null)
    await asSystem(db, (ctx) => FORGET(ctx, { entity: entityId }))
    for (const { to } of files) await storage.remove(to).catch(() => {})
    throw error
  }
}

function isQuiet(row: string): boolean {
  const { kind }: { kind: string } = JSON.parse(row)
  return QUIET.test(kind)
}
