import { setTimeout as sleep } from 'node:timers/promises'
import type { Owner } from '../clock.ts'
import { asEntity, asSystem, type Ctx, type Db, NO_ENTITY, onlyOf } from '../database/context.ts'
import { sql } from '../database/sql.ts'
import { type Done, publish } from '../figures.ts'
import type { Log } from '../log.ts'
import { inTrace, spanned } from '../tracing.ts'

/** Every kind of job with what it carries. The module that does a kind declares it here (`declare module`). */
// biome-ignore lint/suspicious/noEmptyInterface: modules fill it
export interface Jobs {}
export type Kind = keyof Jobs & string
/** The kinds whose names begin so: `KindsOf<'approvals'>` is `approvals.match` and the like. */
export type KindsOf<Area extends string> = Extract<Kind, `${Area}.${string}`>

/** A piece of work that was committed together with what caused it. */
export interface Job<K extends Kind = Kind> {
  readonly id: number
  readonly kind: K
  readonly payload: Jobs[K]
  readonly partner_id: string
  readonly entity_id: string
  /** How often it was taken, this time included: the token without which a worker that outlived its lease commits nothing. */
  readonly attempts: number
  /** The trace of the request that caused it; see `tracing.ts`. */
  readonly trace?: string | null
  /** When it is due for others, as whoever holds it knows. */
  lease?: string
}

/** The end of a job, in the job's own transaction. A date keeps the job and runs it again then, by the clock of its entity. */
// biome-ignore lint/suspicious/noConfusingVoidType: most jobs simply end
export type Finish = (ctx: Ctx) => Promise<Date | null | void>

/**
 * Does a job's slow or outside part, without a transaction, and answers what to commit. `signal` is aborted when the process has to end:
 * whoever waits for somebody outside then throws, and the job is given back as if it had not been taken.
 */
type JobHandler<K extends Kind> = (job: Job<K>, signal?: AbortSignal) => Promise<Finish>
/** A handler for each of these kinds: one that is left out does not compile. */
export type JobHandlers<K extends Kind = Kind> = { readonly [P in K]: JobHandler<P> }

/**
 * How many jobs of one kind a process has in hand at once, and how many of them may belong to one partner. `partner` is below `total`,
 * so that no partner, however much it has waiting, holds the last free hand.
 */
export interface Slots {
  readonly total: number
  readonly partner: number
}

/** Something that is due by the clock: `work` runs once per `every_ms`, in one of all processes. */
export interface Schedule {
  readonly name: string
  readonly every_ms: number
  /** Does what is due for everybody, or for one owner only: an entity, or all entities of a partner where the entity is `NO_ENTITY`. */
  readonly work: (only?: Owner) => Promise<void>
  /**
   * For what goes by the clock of an entity: the next moment at which something may be due for the entity at hand, later than the moment it
   * is there; null when nothing waits.
   */
  readonly next?: (ctx: Ctx) => Promise<Date | null>
}

/** How long the work of a killed process waits until another one takes it. A process that lives renews its hold in time. */
const LEASE_S = 30

const INSERT = `insert into jobs (kind, payload, key, run_at) values (:kind, :payload::jsonb, :key?, coalesce(:run_at?::timestamptz, machine_now())) on conflict (key)`
const AGAIN = `do update set run_at = when_asked_again(jobs.waiting, jobs.run_at, excluded.run_at), payload = excluded.payload,
  dead = false, failures = case when jobs.dead then 0 else jobs.failures end`
const ADD = sql(`${INSERT} ${AGAIN}`)
const ADD_IF_ABSENT = sql(`${INSERT} do nothing`)
/** A job that is being done is due again when its lease runs out; one that waits longer than that is not being done. */
const ADD_ALONE = sql(`${INSERT} ${AGAIN} where jobs.dead or jobs.run_at > machine_now() + make_interval(secs => ${LEASE_S} + 5)`)

const ADD_FOR =
  sql(`insert into jobs (kind, payload, key, partner_id, entity_id) values (:kind, :payload::jsonb, :key, :partner_id, :entity_id)
  on conflict (key) ${AGAIN}`)
const ADD_MANY = sql(`
  insert into jobs (kind, key, payload) select :kind, key, payload from jsonb_to_recordset(:added::jsonb) as j (key text, payload jsonb) on conflict (key) do nothing`)
const STOP = sql(`delete from jobs where entity_id = current_setting('app.entity_id')::uuid and kind = any (:kinds)`)
const REMOVE = sql(`delete from jobs where id = any (:ids::text[]::bigint[])`)

const wakers = new Set<() => void>()

export const jobs = {
  /**
   * Adds a job to the transaction. A job of the same key makes this one needless. When that job is being done just now, it is done again
   * after its end, because whoever does it may have looked too early. With `ifAbsent` the one that is there is good enough. With `alone` the
   * one that is being done now is good enough, too: whoever does it looks once more before it ends.
   */
  async add<K extends Kind>(
    ctx: Ctx,
    kind: K,
    payload: Jobs[K],
    { key, runAt, ifAbsent = false, alone = false }: { key?: string; runAt?: Date; ifAbsent?: boolean; alone?: boolean } = {},
  ): Promise<void> {
    const add = ifAbsent ? ADD_IF_ABSENT : alone ? ADD_ALONE : ADD
    await add(ctx, { kind, payload, key: key ?? null, run_at: runAt ? machineTime(ctx, runAt) : null })
    ctx.afterCommit(() => jobs.wake())
  },

  /** The same by the machinery, for an owner whom it names; without an entity the partner itself. */
  async addFor<K extends Kind>(
    ctx: Ctx,
    { partner_id, entity_id }: { readonly partner_id: string; readonly entity_id: string | null },
    kind: K,
    payload: Jobs[K],
    key: string,
  ): Promise<void> {
    await ADD_FOR(ctx, { kind, payload, key, partner_id, entity_id: entity_id ?? NO_ENTITY })
    ctx.afterCommit(() => jobs.wake())
  },

  /** Adds many of a kind at once; where there is one of the same key, that is good enough. */
  async addMany<K extends Kind>(
    ctx: Ctx,
    kind: K,
    added: readonly { readonly key: string; readonly payload: Jobs[K] }[],
  ): Promise<void> {
    if (added.length === 0) return
    await ADD_MANY(ctx, { kind, added })
    ctx.afterCommit(() => jobs.wake())
  },

  /** Takes away what waits of these kinds for the entity at hand. */
  async stop(ctx: Ctx, kinds: readonly Kind[]): Promise<void> {
    await STOP(ctx, { kinds })
  },

  /** Takes away these jobs. */
  async remove(ctx: Ctx, ids: readonly string[]): Promise<void> {
    await REMOVE(ctx, { ids })
  },

  /** Tells this process's workers to look for work now instead of at their next look. */
  wake() {
    for (const wake of wakers) wake()
  },
}

/** When it is that moment of the entity's clock by the machine's, which jobs go by. */
const machineTime = (ctx: Ctx, at: Date) => new Date(at.getTime() - ctx.ahead_ms).toISOString()

const BATCH = 8
export const FAILURES_MAX = 20

const take = (
  chosen: string,
) => `update jobs set run_at = app_now() + make_interval(secs => ${LEASE_S}), attempts = attempts + 1, waiting = false
  where id in (${chosen} for update skip locked) returning id, kind, payload, partner_id, entity_id, attempts, trace, run_at as lease`

const TAKE_OLDEST = take(
  `select id from jobs where not dead and run_at <= app_now() and ($2::uuid[] is null or partner_id = any ($2))
    and ($3::uuid is null or entity_id = $3) and ($4::text[] is null or kind = any ($4)) order by run_at, id limit $1`,
)
interface Narrowed {
  readonly partners?: readonly string[] | null
  readonly entity?: string | null
  readonly kinds?: readonly Kind[] | null
}
const takeOldest = (db: Db, { partners = null, entity = null, kinds = null }: Narrowed): Promise<Job[]> =>
  asSystem(db, (ctx) => ctx.db.query<Job>(TAKE_OLDEST, [BATCH, partners, entity, kinds]))

/** With fewer due jobs of a kind all of them are compared; with more only the next ones of each entity are. */
const FEW = 1_000

/**
 * Of each kind ($1) as many as there is room for ($2), at most so many of one partner ($3, with those it has in hand: $4, $5, $6), in
 * turns: one of each partner before the second of any, within a partner one of each entity before the second of any, and first of those
 * whose last turn ($7, $8: kinds and entities, the longest ago first) was longest ago. $9 narrows to these partners.
 */
const TAKE_IN_TURNS = take(`
  select id from jobs where not dead and run_at <= app_now() and id in (
    with recursive share as (select * from unnest($1::text[], $2::int[], $3::int[]) as share (kind, free, each)),
    oldest as (
      select share.kind, d.* from share, lateral (
        select id, partner_id, entity_id, run_at from jobs j
        where j.kind = share.kind and not dead and run_at <= app_now() and ($9::uuid[] is null or partner_id = any ($9))
        order by run_at, id limit ${FEW}) d),
    crowded as (select kind, free from share where (select count(*) from oldest o where o.kind = share.kind) = ${FEW}),
    -- Every entity with work of a crowded kind, found from index entry to index entry, from a place that differs each time.
    entities as (
      select c.kind, c.free, start.at as partner_id, start.at as entity_id, 0 as n from crowded c, (select gen_random_uuid() as at) start
      union all
      select e.kind, e.free, next.partner_id, next.entity_id, e.n + 1 from entities e, lateral (
        (select partner_id, entity_id from jobs j
         where j.kind = e.kind and not dead and (j.partner_id, j.entity_id) > (e.partner_id, e.entity_id)
         order by j.partner_id, j.entity_id limit 1)
        union all
        (select partner_id, entity_id from jobs j where j.kind = e.kind and not dead order by j.partner_id, j.entity_id limit 1)
        limit 1) next
      where e.n < ${FEW}),
    waiting as (
      select kind, id, partner_id, entity_id, run_at from oldest
      union
      select e.kind, d.id, e.partner_id, e.entity_id, d.run_at
      from (select distinct kind, free, partner_id, entity_id from entities where n > 0) e, lateral (
        select id, run_at from jobs j
        where j.kind = e.kind and j.partner_id = e.partner_id and j.entity_id = e.entity_id and not dead and run_at <= app_now()
          and ($9::uuid[] is null or partner_id = any ($9))
        order by run_at, id limit e.free) d),
    served as (select * from unnest($7::text[], $8::uuid[]) with ordinality as served (kind, entity_id, turn)),
    held as (select * from unnest($4::text[], $5::uuid[], $6::int[]) as held (kind, partner_id, count)),
    of_entity as (
      select w.*, s.turn, row_number() over (partition by kind, partner_id, entity_id order by run_at, id) as nth
      from waiting w left join served s using (kind, entity_id)),
    of_partner as (
      select o.*, coalesce(h.count, 0) + row_number() over (partition by kind, partner_id order by nth, turn nulls first, run_at, id) as nth_of_partner,
        max(turn) over (partition by kind, partner_id) as partner_turn
      from of_entity o left join held h using (kind, partner_id))
    select id from (
      select p.id, share.free, row_number() over (partition by kind order by nth_of_partner, partner_turn nulls first, run_at, p.id) as place
      from of_partner p join share using (kind) where nth_of_partner <= share.each) ranked
    where place <= free)`)
/** Turns that are remembered; whoever had none for so long goes first anyway. */
const TURNS = 1_000

// A job that was asked for again lies before its lease, and still does when the lease is renewed.
const RENEW = sql(`
  with held as (select id, run_at < :lease?::timestamptz as asked from jobs where id = :id and attempts = :attempts for update)
  update jobs set run_at = app_now() + make_interval(secs => ${LEASE_S}) from held where jobs.id = held.id
  returning jobs.run_at + case when held.asked then interval '1 microsecond' else interval '0' end as "lease!"`)
/** A job that was asked for again while it was done lies before its lease: it stays, and is done again. */
const END = sql(`delete from jobs where id = :id and attempts = :attempts and run_at >= :lease?::timestamptz returning id`)
const REPEAT = sql(`
  update jobs set run_at = case when run_at >= :lease?::timestamptz then :again else app_now() end, waiting = true, failures = 0, last_error = null
  where id = :id and attempts = :attempts returning id`)

/** Until the next try: 2 seconds, 4, 8 … up to an hour. After the last failure the job stays, for people to look at. */
const FAIL = sql(`
  update jobs set run_at = app_now() + make_interval(secs => least(3600, 2 ^ (failures + 1))), failures = failures + 1, waiting = true,
  last_error = :message, dead = failures + 1 >= ${FAILURES_MAX} where id = :id and attempts = :attempts`)

/** How long a process that ends waits for its jobs to finish, and after that for them to let go. */
const ENDING = { finish_ms: 5_000, let_go_ms: 2_000 }

/**
 * Takes jobs and does them, some of each kind at a time. A lease by the database's clock guards each; a worker that dies leaves its jobs
 * to the others. Each kind has slots of its own and they are given out in turns: whoever has a thousand jobs waits for themselves, and
 * neither other partners, nor their own other entities, nor other kinds wait for them. Kinds that no handler does are left to a newer
 * version. `stop` waits a few seconds for what is in hand; what is not done by then is given back.
 */
export function startWorker(
  db: Db,
  log: Log,
  handlers: Partial<JobHandlers>,
  {
    loops,
    schedules = [],
    partners = null,
    slots = () => undefined,
    patience = ENDING,
  }: {
    /** Jobs of one kind that one partner may have in hand; all partners together twice as many, unless `slots` says otherwise. */
    loops: number
    schedules?: readonly Schedule[]
    partners?: readonly string[] | null
    slots?: (kind: string) => Slots | undefined
    patience?: typeof ENDING
  },
) {
  let stopping = false
  const ending = new AbortController()
  let endRest = () => {}
  const wake = () => endRest()
  wakers.add(wake)
  const inHand = new Map<Job, Promise<void>>()
  const shares = new Map(Object.keys(handlers).map((kind) => [kind, slots(kind) ?? { total: 2 * loops, partner: loops }]))
  const take = takerInTurns(db, shares, partners)

  /** Half a second, or until woken, or until something in hand is done. */
  const rest = () =>
    new Promise<void>((done) => {
      const timer = setTimeout(done, 500)
      endRest = () => {
        clearTimeout(timer)
        done()
      }
    })

  /** Keeps the slots full: a job that takes long holds one of them, and the others go on. */
  async function loop() {
    while (!stopping) {
      const rested = rest()
      const taken = await take([...inHand.keys()]).catch((error: Error) => {
        log.error({ err: error }, 'looking for jobs failed')
        return []
      })
      for (const job of taken)
        inHand.set(
          job,
          perform(db, log, handlers, job, ending.signal).finally(() => {
            inHand.delete(job)
            wake()
          }),
        )
      if (taken.length > 0) endRest()
      if (!stopping) await rested
    }
  }

  async function tick() {
    for (const schedule of schedules) {
      if (stopping) return
      await runDue(db, schedule).catch((error: Error) =>
        log.error({ err: error, schedule: schedule.name }, 'a scheduled run failed'),
      )
    }
  }

  const running = loop()
  let ticked = tick()
  const ticking = setInterval(() => {
    ticked = ticked.then(tick)
  }, 30_000)

  return {
    wake,
    async stop() {
      stopping = true
      wakers.delete(wake)
      clearInterval(ticking)
      wake()
      const done = running.then(() => Promise.all([...inHand.values(), ticked]))
      if (await endsWithin(done, patience.finish_ms)) return
      ending.abort(new Stopped())
      if (await endsWithin(done, patience.let_go_ms)) return
      log.warn(
        { kinds: [...inHand.keys()].map(({ kind }) => kind) },
        'jobs were left in hand; others take them when their lease is over',
      )
    },
  }
}

/** Why a job was let go: nothing is wrong with it. */
class Stopped extends Error {
  constructor() {
    super('The process is ending')
  }
}

async function endsWithin(work: Promise<unknown>, limit_ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((answer) => {
    timer = setTimeout(answer, limit_ms, false)
  })
  return Promise.race([work.then(() => true as const), late]).finally(() => clearTimeout(timer))
}

/** Takes the next jobs of these kinds, as far as their slots are free, and remembers whose turn it was. */
export function takerInTurns(
  db: Db,
  shares: ReadonlyMap<string, Slots>,
  partners: readonly string[] | null = null,
): (inHand: readonly Job[]) => Promise<Job[]> {
  /** The last turn of an entity in a kind stands at the end. */
  const lastServed = new Map<string, readonly [kind: string, entity: string]>()
  return async (inHand) => {
    const busy = new Map<string, number>()
    const held = new Map<string, { kind: string; partner: string; count: number }>()
    for (const { kind, partner_id } of inHand) {
      busy.set(kind, (busy.get(kind) ?? 0) + 1)
      const name = `${kind} ${partner_id}`
      held.set(name, { kind, partner: partner_id, count: (held.get(name)?.count ?? 0) + 1 })
    }
    const room = [...shares].map(([kind, { total, partner }]) => ({ kind, free: total - (busy.get(kind) ?? 0), partner }))
    const free = room.filter(({ free }) => free > 0)
    if (free.length === 0) return []
    const served = [...lastServed.values()]
    const counts = [...held.values()]
    const taken = await asSystem(db, (ctx) =>
      ctx.db.query<Job>(TAKE_IN_TURNS, [
        free.map(({ kind }) => kind),
        free.map(({ free }) => free),
        free.map(({ partner }) => partner),
        counts.map(({ kind }) => kind),
        counts.map(({ partner }) => partner),
        counts.map(({ count }) => count),
        served.map(([kind]) => kind),
        served.map(([, entity]) => entity),
        partners,
      ]),
    )
    // PostgreSQL answers them in any order; who had no turn, or the oldest, was first.
    const turns = new Map([...lastServed.keys()].map((name, turn) => [name, turn]))
    const turnOf = ({ kind, entity_id }: Job) => turns.get(`${kind} ${entity_id}`) ?? -1
    for (const { kind, entity_id } of taken.toSorted((a, b) => turnOf(a) - turnOf(b) || a.id - b.id)) {
      const name = `${kind} ${entity_id}`
      lastServed.delete(name)
      lastServed.set(name, [kind, entity_id])
    }
    for (const name of [...lastServed.keys()].slice(0, Math.max(0, lastServed.size - TURNS))) lastServed.delete(name)
    return taken
  }
}

/** Claims what is due, of these partners if they are named, and does it; answers how many jobs there were. Tests call this instead of waiting. */
export async function workOnce(
  db: Db,
  log: Log,
  handlers: Partial<JobHandlers>,
  partners: readonly string[] | null = null,
): Promise<number> {
  const taken = await takeOldest(db, { partners })
  await Promise.all(taken.map((job) => perform(db, log, handlers, job)))
  return taken.length
}

/** What is in somebody's hand, or is looked at again within seconds. */
const SOON = sql(`select count(*)::int as "count!" from jobs where not dead and failures = 0 and partner_id = :partner
  and (:entity?::uuid is null or entity_id = :entity) and kind = any (:kinds)
  and (run_at <= app_now() + interval '2 seconds' or not waiting and run_at <= app_now() + make_interval(secs => ${LEASE_S + 1}))`)

/**
 * Does all jobs of one owner that are due and of these kinds, also those that follow from them, and waits for those that others have in
 * hand, `waiting` ones aside: until `until_ms` of the machine's steady clock. Answers whether none is left.
 */
export async function workOff(
  db: Db,
  log: Log,
  handlers: JobHandlers,
  { only, kinds, waiting, until_ms }: { only: Owner; kinds: readonly Kind[]; waiting: readonly Kind[]; until_ms: number },
): Promise<boolean> {
  const [partner, entity] = [only.partner_id, onlyOf(only)[1]]
  const awaited = kinds.filter((kind) => !waiting.includes(kind))
  for (;;) {
    const taken = await takeOldest(db, { partners: [partner], entity, kinds })
    await Promise.all(taken.map((job) => perform(db, log, handlers, job)))
    if (taken.length === 0) {
      const { count } = await asSystem(db, (ctx) => SOON.one(ctx, { partner, entity, kinds: awaited }))
      if (count === 0) return true
    }
    // Where others go on writing there is always something due.
    if (performance.now() > until_ms) return false
    if (taken.length === 0) await sleep(50)
  }
}

/** Keeps a job that takes long from being taken over: the lease is renewed for as long as this process lives. */
function holdOn(db: Db, log: Log, job: Job): NodeJS.Timeout {
  return setInterval(
    () =>
      asSystem(db, (ctx) => RENEW(ctx, { id: job.id, attempts: job.attempts, lease: job.lease ?? null })).then(
        ([renewed]) => {
          if (renewed) job.lease = renewed.lease
        },
        (error: Error) => log.warn({ err: error, job: job.id }, 'the lease of a job could not be renewed'),
      ),
    (LEASE_S * 1000) / 3,
  )
}

const GIVE_BACK = sql(
  `update jobs set run_at = app_now(), attempts = attempts - 1, waiting = true where id = :id and attempts = :attempts`,
)

const perform = (db: Db, log: Log, handlers: Partial<JobHandlers>, job: Job, signal?: AbortSignal): Promise<void> =>
  inTrace(job.trace ?? null, () => carryOut(db, log, handlers, job, signal))

async function carryOut(db: Db, log: Log, handlers: Partial<JobHandlers>, job: Job, signal?: AbortSignal): Promise<void> {
  const lease = holdOn(db, log, job)
  const began = performance.now()
  const report = (outcome: Done['outcome']) => publish('job', { what: job.kind, outcome, ms: performance.now() - began })
  try {
    // Rows of another version may hold kinds that nobody here does.
    const handler = (handlers as Partial<Record<string, JobHandler<Kind>>>)[job.kind]
    if (!handler) throw new Error(`No handler for jobs of kind ${job.kind}`)
    const attributes = { 'quittance.partner': job.partner_id, 'quittance.entity': job.entity_id }
    const finish = await spanned(`job ${job.kind}`, attributes, () => handler(job, signal))
    const repeated = await asEntity(db, whoOf(job), async (ctx) => {
      const again = await finish(ctx)
      const held = { id: job.id, attempts: job.attempts, lease: job.lease ?? null }
      const ended = again ? [] : await END(ctx, held)
      if (ended.length > 0) return null
      const kept = await REPEAT(ctx, { ...held, again: machineTime(ctx, again ?? ctx.now) })
      if (kept.length === 0) throw new Outlived(job)
      return again ?? ctx.now
    })
    report(repeated ? 'again' : 'done')
  } catch (error) {
    if (error instanceof Outlived) return log.warn({ job: job.id, kind: job.kind }, error.message)
    if (signal?.aborted) {
      await asSystem(db, (ctx) => GIVE_BACK(ctx, { id: job.id, attempts: job.attempts })).catch(() => {})
      return
    }
    report('failed')
    log.warn({ err: error, job: job.id, kind: job.kind, attempts: job.attempts }, 'job failed')
    const message = String((error as Error).message)
      .replaceAll('\0', '')
      .slice(0, 2000)
    await asSystem(db, (ctx) => FAIL(ctx, { id: job.id, attempts: job.attempts, message })).catch((lost: Error) =>
      log.error({ err: lost, job: job.id }, 'the failure of a job could not be noted; its lease will run out'),
    )
  } finally {
    clearInterval(lease)
  }
}

class Outlived extends Error {
  constructor(job: Job) {
    super(`Job ${job.id} was taken over by another worker while this one still held it; nothing of it was kept`)
  }
}

/** Job handlers act as the machinery, in the entity that the job belongs to. */
export const whoOf = (job: Pick<Job, 'partner_id' | 'entity_id'>) => ({
  partnerId: job.partner_id,
  entityId: job.entity_id,
  userId: null,
})

/** Clocks of processes differ a little. A run that lies further ahead was noted before the clock was set back, and keeps nothing from running. */
const AHEAD_MS = 60_000

const CLAIM_RUN = sql(`
  insert into schedules (name, last_run) values (:name, :now)
  on conflict (name) do update set last_run = excluded.last_run where schedules.last_run <= :due or schedules.last_run > :ahead returning name`)
const RUN_AGAIN = sql(`update schedules set last_run = :last_run where name = :name`)

/** Runs a schedule if it is due and no other process has taken this run. One that failed is tried again a minute later. */
export async function runDue(db: Db, { name, every_ms, work, next }: Schedule): Promise<boolean> {
  const now = db.clock.now()
  const mine = await asSystem(db, (ctx) =>
    CLAIM_RUN(ctx, {
      name,
      now: now.toISOString(),
      due: new Date(now.getTime() - every_ms).toISOString(),
      ahead: new Date(now.getTime() + AHEAD_MS).toISOString(),
    }),
  )
  if (mine.length === 0) return false
  try {
    await work()
    // What is due already where the clock was put forward is not due for everybody yet.
    if (next) for (const owner of db.clocks?.owners ?? []) await work(owner)
  } catch (error) {
    const before = new Date(now.getTime() - every_ms + 60_000)
    await asSystem(db, (ctx) => RUN_AGAIN(ctx, { name, last_run: before.toISOString() }))
    throw error
  }
  return true
}
