import { createHash } from 'node:crypto'
import type { Writable } from 'node:stream'
import type pg from 'pg'
import { Refusal } from '../../core/refusal.ts'
import type { Grants, ObjectType } from '../auth/permissions.ts'
import type { Clock, EntityClocks, Owner } from '../clock.ts'
import { isUnderSpan, spanned, traceNow } from '../tracing.ts'
import { positionOf, type Replica, UNKNOWN, WRITTEN, WROTE } from './replica.ts'

/** The one database handle in reach: SQL inside the request's transaction. */
interface Tx {
  /** Runs one statement, prepared once per connection, and answers its rows. */
  query<Row>(text: string, values?: readonly unknown[], name?: string): Promise<Row[]>
}

/** Who asks. */
export interface Who {
  readonly partnerId: string
  readonly entityId: string
  readonly userId: string | null
  /** The object type that the role lets this operation reach only as far as its user made it: `rows` and `listing` narrow to that. */
  readonly own?: ObjectType | undefined
  /** All that the role grants, for what an operation reaches beside its own object; none for partners and the machinery, who hold no role. */
  readonly grants?: Grants | undefined
  /** The transaction may not write, and its end is not waited for. */
  readonly reading?: boolean
  /** The time zone of the entity, where whoever opens the transaction knows it; see `local-day.ts`. */
  readonly zone?: string
  /** The work ends with a statement that `Ctx.conclude` may run. */
  readonly concludes?: boolean | undefined
}

/** Who asks, when, and the transaction the answer is computed in: the first argument of everything outside core. */
export interface Ctx extends Who {
  /** The moment it is for the entity. */
  readonly now: Date
  /** How far that is ahead of the machine's clock, in milliseconds: 0 without a test clock. */
  readonly ahead_ms: number
  readonly clocks?: EntityClocks | undefined
  readonly db: Tx
  /** Runs `work` once the transaction has committed, e.g. to wake the workers or forget what was cached. */
  afterCommit(work: () => void): void
  /**
   * Runs the last statement and commits, in one round trip: what it locks is locked for no longer than PostgreSQL takes. Only where nothing
   * follows in the transaction, and not when the work is run again.
   */
  readonly conclude?: Tx['query'] | undefined
}

/** The database as the machinery holds it. Modules never see it: they get a `Ctx`. */
export interface Db {
  readonly pool: pg.Pool
  readonly clock: Clock
  /** The clocks of entities that live at another time; none without test clocks. */
  readonly clocks?: EntityClocks | undefined
  readonly prepare: boolean
  /**
   * Settings that each transaction begins with, as calls of `set_config`; a connection that is our own has them from its start. All of them are
   * known when the server knows its database.
   */
  settings?: string | undefined
  /** A copy of the database that answers what only reads; opened after the database itself. */
  replica?: Replica | undefined
}

/** The moment it is for an entity, or by the machine's clock where none is named. Whoever has a `Ctx` of the entity asks that. */
export const nowFor = (db: Db, owner?: Owner): Date =>
  new Date(db.clock.now().getTime() + (owner ? (db.clocks?.aheadOf(owner.partner_id, owner.entity_id) ?? 0) : 0))

/** The first millisecond at which a moment of the database, which counts microseconds, is over. */
export const momentAfter = (at: string | null): Date | null => (at === null ? null : new Date(Date.parse(at) + 1))

/** Whom somebody acts for, under the names of columns. */
export const ownerOf = ({ partnerId, entityId }: Pick<Who, 'partnerId' | 'entityId'>): Owner => ({
  partner_id: partnerId,
  entity_id: entityId,
})

/** The entity of things that belong to the partner itself. */
export const NO_ENTITY = '00000000-0000-0000-0000-000000000000'

/** The values that narrow a statement to one owner, if any: partner and entity. */
export const onlyOf = (only?: Owner): [partner: string | null, entity: string | null] =>
  only ? [only.partner_id, only.entity_id === NO_ENTITY ? null : only.entity_id] : [null, null]

type Role = 'quittance_app' | 'quittance_system' | 'quittance_restore'
type Opening = Who & { readonly role: Role }

/** Runs `work` in one transaction that can see, write and refer to the rows of one entity only. */
export const asEntity = <T>(db: Db, who: Who, work: (ctx: Ctx) => Promise<T>) =>
  transaction(db, { ...who, role: 'quittance_app' }, work)

/** Runs `work` over the rows that belong to the partner itself; the rows of its entities stay out of sight. */
export const asPartner = <T>(db: Db, who: Omit<Who, 'entityId'>, work: (ctx: Ctx) => Promise<T>) =>
  transaction(db, { ...who, entityId: NO_ENTITY, role: 'quittance_app' }, work)

/**
 * Runs `work` over the rows of one entity that may be put back to an earlier state, past what keeps documents and books as they are. Only
 * entities of the sandbox are among `restorable_entities`, and of all others this sees nothing.
 */
export const asRestorer = <T>(db: Db, who: Who, work: (ctx: Ctx) => Promise<T>) =>
  transaction(db, { ...who, role: 'quittance_restore' }, work)

/** Runs `work` over all rows: for the machinery only (jobs, deliveries, tokens, audit). */
export const asSystem = <T>(db: Db, work: (ctx: Ctx) => Promise<T>) =>
  transaction(db, { partnerId: NO_ENTITY, entityId: NO_ENTITY, userId: null, role: 'quittance_system' }, work)

/** The same, for what nobody expects to read at once: a copy of the database may answer before it has it. */
export const asSystemUnread = <T>(db: Db, work: (ctx: Ctx) => Promise<T>) =>
  transaction(
    { ...db, replica: undefined },
    { partnerId: NO_ENTITY, entityId: NO_ENTITY, userId: null, role: 'quittance_system' },
    work,
  )

const OPEN = `select set_config('role', $1, true), set_config('app.partner_id', $2, true), set_config('app.entity_id', $3, true), set_config('app.now', $4, true)`

/** Where an entity lives at another time, the machinery still has its own: leases, retries and deliveries go by that. */
const TRACE = `select set_config('app.trace', $1, true)`
const MACHINE = `select set_config('app.machine_now', $1, true)`

/**
 * One transaction. `begin` and the tenant settings travel together with the first statement of `work`, in one round trip.
 * A deadlock or a lost race for a row runs `work` again, so it may hold nothing but SQL and arithmetic.
 */
function transaction<T>(db: Db, who: Opening, work: (ctx: Ctx) => Promise<T>): Promise<T> {
  return isUnderSpan() ? spanned(`transaction ${who.role}`, {}, () => begun(db, who, work)) : begun(db, who, work)
}

async function begun<T>(db: Db, who: Opening, work: (ctx: Ctx) => Promise<T>): Promise<T> {
  const { replica } = db
  if (!replica || !who.reading || !replica.mayAnswer(who.partnerId)) return transactionIn(db.pool, db, who, work)
  try {
    return await transactionIn(replica.pool, db, who, work)
  } catch (error) {
    // A refusal is an answer. Anything else may be the copy's own trouble: it is gone, or it needs the rows that are being read.
    if (error instanceof Refusal) throw error
    if (!isRetryable(error)) replica.failed(error as Error)
    return transactionIn(db.pool, db, who, work)
  }
}

async function transactionIn<T>(pool: pg.Pool, db: Db, who: Opening, work: (ctx: Ctx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const client = await pool.connect()
    const after: (() => void)[] = []
    const handle = tx(client, db.prepare)
    let held: Promise<Error | undefined> | undefined
    let kept = false
    const commit = async () => {
      // Whether it has written anything, before it ends; how far the database has come, once it has.
      const wrote = db.replica && client.query<{ wrote: boolean }>(WROTE)
      wrote?.catch(() => {})
      const ended = client.query('commit')
      const written =
        db.replica && client.query<{ position: string }>(WRITTEN).catch(() => db.pool.query<{ position: string }>(WRITTEN))
      written?.catch(() => {})
      const { command } = await ended
      // PostgreSQL answers ROLLBACK to the commit of a failed transaction: nothing was kept, so nothing may be reported as done.
      if (command !== 'COMMIT') throw new Error('The transaction had failed and was rolled back')
      kept = true
      if (!wrote || !written || !(await wrote).rows[0]!.wrote) return
      const partner = who.role === 'quittance_system' ? null : who.partnerId
      // It is kept, whatever is known of where: then nobody is shown less than all of it.
      const position = await written.then(({ rows: [row] }) => positionOf(row!.position)).catch(() => UNKNOWN)
      db.replica?.wrote(partner, position)
    }
    const conclude: Tx['query'] = async <Row>(text: string, values?: readonly unknown[], name?: string) => {
      const answered = handle.tx.query<Row>(text, values, name)
      handle.close()
      const committed = commit()
      committed.catch(() => {})
      const rows = await answered
      await committed
      return rows
    }
    try {
      const real = db.clock.now()
      const ahead_ms = db.clocks?.aheadOf(who.partnerId, who.entityId) ?? 0
      const now = ahead_ms === 0 ? real : new Date(real.getTime() + ahead_ms)
      sendTogether(client)
      const begun = client.query(who.reading ? 'begin read only' : 'begin')
      const opened = client.query({
        ...(db.prepare && { name: 'open' }),
        text: db.settings ? `${OPEN}, ${db.settings}` : OPEN,
        values: [who.role, who.partnerId, who.entityId, db.clock.moved || ahead_ms !== 0 ? now.toISOString() : ''],
      })
      const other = ahead_ms === 0 ? null : client.query(MACHINE, [real.toISOString()])
      const trace = who.reading ? null : traceNow()
      const traced = trace === null ? null : client.query(TRACE, [trace])
      const opening = Promise.all([begun, opened, other, traced])
      opening.catch(() => {})
      const ctx: Ctx = {
        ...who,
        now,
        ahead_ms,
        clocks: db.clocks,
        db: handle.tx,
        afterCommit: (todo) => after.push(todo),
        conclude: who.concludes && attempt === 1 ? conclude : undefined,
      }
      // What refused the opening made all that follows fail as well; it is what has to be known.
      const result = await work(ctx).catch(async (error: { code?: string }) => {
        if (error.code === ABORTED) await opening
        throw error
      })
      await opening
      handle.close()
      if (who.reading) {
        held = client.query('commit').then(
          () => undefined,
          (lost: Error) => lost,
        )
        return result
      }
      if (!kept) await commit()
      return result
    } catch (error) {
      handle.close()
      if (kept) throw error
      held = client.query('rollback').then(
        () => undefined,
        (lost: Error) => lost,
      )
      if (attempt < 4 && isRetryable(error)) continue
      throw error
    } finally {
      if (kept) for (const todo of after) todo()
      if (held) void held.then((lost) => client.release(lost))
      else client.release()
    }
  }
}

/** What is asked before the next turn of the event loop leaves in one write: a system call for each statement is what costs most here. */
function sendTogether(client: pg.PoolClient): void {
  const { stream } = (client as unknown as { connection: { stream: Writable } }).connection
  stream.cork()
  process.nextTick(() => stream.uncork())
}

/** A statement before it has failed. */
const ABORTED = '25P02'

/** Deadlock (40P01) and serialization failure (40001): PostgreSQL asks to try again. */
const isRetryable = (error: unknown) => /^40(P01|001)$/.test((error as { code?: string }).code ?? '')

const names = new Map<string, string>()
const NAMES_MAX = 500

/**
 * A short name for a statement's text, so that each connection plans it once; of its own, as others may have the connection next. Beyond
 * the cap statements stay unnamed.
 */
function nameFor(text: string): string | undefined {
  const known = names.get(text)
  if (known || names.size >= NAMES_MAX) return known
  const name = nameOf(text)
  names.set(text, name)
  return name
}

/** The name that a statement of this text is prepared under. */
export const nameOf = (text: string): string => createHash('sha1').update(text).digest('base64url').slice(0, 16)

/**
 * The handle of one transaction. Once closed it refuses: a promise that was left running must not send its next query to a
 * connection that belongs to somebody else by then.
 */
function tx(client: pg.PoolClient, prepare: boolean): { tx: Tx; close(): void } {
  let open = true
  let cause: unknown
  /** When one of several statements sent together fails, those behind it fail too: the error that is thrown is the first one's. */
  const explained = (error: { code?: string }): never => {
    if (error.code !== ABORTED) cause = error
    throw cause ?? error
  }
  const run = async (text: string, values: readonly unknown[] = [], name = prepare ? nameFor(text) : undefined) => {
    if (!open) throw new Error('The transaction has ended')
    sendTogether(client)
    return client.query({ ...(prepare && { name }), text, values: values as unknown[] }).catch(explained)
  }
  return {
    tx: {
      query: async <Row>(text: string, values?: readonly unknown[], name?: string) =>
        (await run(text, values, name)).rows as Row[],
    },
    close() {
      open = false
    },
  }
}

/**
 * Runs one reading statement as the machinery: row security then hides nothing, so the statement has to name the entity itself, and may
 * answer nothing but ids, whose rows are read behind the walls again. It is planned for its values, since how many rows they match
 * decides how to find them, and without helpers, whose start takes longer than it does. The three statements are sent in one go, with nothing between.
 */
export async function pastWalls<Row>(ctx: Ctx, text: string, values: readonly unknown[]): Promise<Row[]> {
  const become = (role: Role, plans: 'auto' | 'force_custom_plan') =>
    ctx.db.query(
      `select set_config('role', $1, true), set_config('plan_cache_mode', $2, true), set_config('max_parallel_workers_per_gather', '0', true)`,
      [role, plans],
    )
  const [, rows] = await Promise.all([
    become('quittance_system', 'force_custom_plan'),
    ctx.db.query<Row>(text, values),
    become('quittance_app', 'auto'),
  ])
  return rows
}

/** The same request, going on inside the entity that one of the partner's rows belongs to; null when the partner has no such row. */
export async function insideEntityOf(ctx: Ctx, table: 'payables', id: string): Promise<Ctx | null> {
  const [row] = await pastWalls<{ entity_id: string }>(
    ctx,
    `select entity_id from ${table} where partner_id = $1 and id = $2 and deleted_at is null`,
    [ctx.partnerId, id],
  )
  if (!row) return null
  const real_ms = ctx.now.getTime() - ctx.ahead_ms
  const ahead_ms = ctx.clocks?.aheadOf(ctx.partnerId, row.entity_id) ?? 0
  const now = new Date(real_ms + ahead_ms)
  await enterEntity(ctx, row.entity_id, ahead_ms === ctx.ahead_ms ? null : { now, machine_now: new Date(real_ms) })
  return { ...ctx, now, ahead_ms, entityId: row.entity_id, zone: undefined }
}

/** Goes on inside an entity that this transaction is creating: what follows is written as its own. */
export async function enterEntity(ctx: Ctx, entityId: string, clock: EntityClock | null = null): Promise<void> {
  await ctx.db.query(
    `select set_config('app.entity_id', $1, true), set_config('app.now', coalesce($2, current_setting('app.now', true)), true),
      set_config('app.machine_now', coalesce($3, current_setting('app.machine_now', true)), true)`,
    [entityId, clock?.now.toISOString() ?? null, clock?.machine_now.toISOString() ?? null],
  )
}
/** The moment it is for an entity, where it is another one than for the transaction so far, and by the machine's clock. */
interface EntityClock {
  readonly now: Date
  readonly machine_now: Date
}
