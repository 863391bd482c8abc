import { asEntity, asSystem, type Ctx, type Db } from '../database/context.ts'
import type { Log } from '../log.ts'

/** A piece of work that was committed together with what caused it. */
export interface Job<Payload = Record<string, unknown>> {
  readonly id: number
  readonly kind: string
  readonly payload: Payload
  readonly partner_id: string
  readonly entity_id: string
  /** How often it was taken, this time included: the token without which a worker that outlived its lease commits nothing. */
  readonly attempts: number
}

/** The end of a job, in the job's own transaction. A date keeps the job and runs it again then. */
// biome-ignore lint/suspicious/noConfusingVoidType: most jobs simply end
export type Finish = (ctx: Ctx) => Promise<Date | null | void>

/** Does a job's slow or outside part, without a transaction, and answers what to commit. */
// biome-ignore lint/suspicious/noExplicitAny: each handler knows the payload that its own kind is added with
export type JobHandler = (job: Job<any>) => Promise<Finish>
export type JobHandlers = Record<string, JobHandler>

/** Something that is due by the clock: `work` runs once per `every_ms`, in one of all processes. */
export interface Schedule {
  readonly name: string
  readonly every_ms: number
  readonly work: () => Promise<void>
}

const wakers = new Set<(kind?: string) => void>()

export const jobs = {
  /**
   * Adds a job to the transaction. A job of the same key makes this one needless: it is done again, even if it is being done just
   * now, because whoever does it may have looked too early. With `ifAbsent` the one that is there is good enough.
   */
  async add(
    ctx: Ctx,
    kind: string,
    payload: Record<string, unknown>,
    { key, runAt, ifAbsent = false }: { key?: string; runAt?: Date; ifAbsent?: boolean } = {},
  ): Promise<void> {
    const again = `do update set run_at = least(jobs.run_at, excluded.run_at), payload = excluded.payload,
      dead = false, failures = case when jobs.dead then 0 else jobs.failures end`
    await ctx.db.query(
      `insert into jobs (kind, payload, key, run_at) values ($1, $2, $3, coalesce($4, app_now())) on conflict (key) ${ifAbsent ? 'do nothing' : again}`,
      [kind, JSON.stringify(payload), key ?? null, runAt?.toISOString() ?? null],
    )
    ctx.afterCommit(() => jobs.wake(kind))
  },

  /** Tells this process's workers to look for work (of this kind) now instead of at their next look. */
  wake(kind?: string) {
    for (const wake of wakers) wake(kind)
  },
}

/** So long the work of a process that was killed waits for another. Whoever lives renews in time. */
const LEASE_S = 30
const BATCH = 8
export const FAILURES_MAX = 20

/** What is to be done now, of these partners if any are named. */
const due = (partners: string) =>
  `not dead and run_at <= app_now() and (${partners}::uuid[] is null or partner_id = any (${partners}))`
const take = (chosen: string) => `update jobs set run_at = app_now() + make_interval(secs => ${LEASE_S}), attempts = attempts + 1
  where id in (${chosen} for update skip locked) returning id, kind, payload, partner_id, entity_id, attempts`

const TAKE_OLDEST = take(`select id from jobs where ${due('$2')} and kind <> all ($3) order by run_at, id limit $1`)

/**
 * Of each kind ($1) as many as there is room for ($2), in turns: one of each entity before the second of any, and first of those
 * whose last turn ($3, $4: kinds and entities, the longest ago first) was longest ago.
 */
const TAKE_IN_TURNS = take(`
  select id from jobs where ${due('$5')} and id in (
    select id from unnest($1::text[], $2::int[]) as room (kind, free) join (
      select id, kind, row_number() over (partition by kind order by nth, turn nulls first, run_at, id) as place from (
        select id, kind, entity_id, run_at, row_number() over (partition by kind, entity_id order by run_at, id) as nth
        from jobs where ${due('$5')} and kind = any ($1)) d
      left join unnest($3::text[], $4::uuid[]) with ordinality as served (kind, entity_id, turn) using (kind, entity_id)) waiting using (kind)
    where place <= free)`)
/** Turns that are remembered; whoever had none for so long goes first anyway. */
const TURNS = 1_000

const RENEW = `update jobs set run_at = app_now() + make_interval(secs => ${LEASE_S}) where id = $1 and attempts = $2 returning id`

/** Until the next try: 2 seconds, 4, 8 … up to an hour. After the last failure the job stays, for people to look at. */
const FAIL = `update jobs set run_at = app_now() + make_interval(secs => least(3600, 2 ^ (failures + 1))), failures = failures + 1,
  last_error = $3, dead = failures + 1 >= ${FAILURES_MAX} where id = $1 and attempts = $2`

/**
 * Takes jobs and does them, some at a time. A lease by the database's clock guards each; a worker that dies leaves its jobs to the
 * others. Heavy jobs have hands of their own and are taken in turns: an entity with a thousand of them waits for itself, and neither
 * other entities nor quick jobs wait for it. `stop` waits for what is in hand.
 */
export function startWorker(
  db: Db,
  log: Log,
  handlers: JobHandlers,
  {
    loops,
    schedules = [],
    partners = null,
    heavy = [],
  }: {
    loops: number
    schedules?: readonly Schedule[]
    partners?: readonly string[] | null
    /** Kinds that keep a processor busy: this process has at most as many of one in hand as it has loops. */
    heavy?: readonly string[]
  },
) {
  let stopping = false
  const resting = new Map<() => void, boolean>()
  const wake = (kind?: string) => {
    for (const [end, isHeavy] of resting) if (kind === undefined || heavy.includes(kind) === isHeavy) end()
  }
  wakers.add(wake)

  /** Half a second, or until woken, or until something in hand is done. */
  const rest = (inHand: Iterable<Promise<void>>, isHeavy: boolean) =>
    new Promise<void>((done) => {
      const end = () => {
        clearTimeout(timer)
        resting.delete(end)
        done()
      }
      const timer = setTimeout(end, 500)
      resting.set(end, isHeavy)
      for (const doing of inHand) void doing.then(end)
    })

  /** Keeps its hands full: a job that takes long holds one of them, and the others go on. `take` is told what is in hand. */
  async function loop(take: (inHand: readonly Job[]) => Promise<Job[]>, isHeavy: boolean) {
    const inHand = new Map<Job, Promise<void>>()
    while (!stopping) {
      const taken = await take([...inHand.keys()]).catch((error: Error) => {
        log.error({ err: error }, 'looking for jobs failed')
        return []
      })
      for (const job of taken)
        inHand.set(
          job,
          perform(db, log, handlers, job).finally(() => inHand.delete(job)),
        )
      if (taken.length === 0 && !stopping) await rest(inHand.values(), isHeavy)
    }
    await Promise.all(inHand.values())
  }

  async function tick() {
    for (const schedule of schedules) {
      if (stopping) return
      await runDue(db, schedule).catch((error: Error) =>
        log.error({ err: error, schedule: schedule.name }, 'a scheduled run failed'),
      )
    }
  }

  const running = Array.from({ length: loops }, () =>
    loop((inHand) => takeOldest(db, BATCH - inHand.length, partners, heavy), false),
  )
  if (heavy.length > 0) running.push(loop(takerInTurns(db, heavy, loops, partners), true))
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
      await Promise.all([...running, ticked])
    },
  }
}

async function takeOldest(db: Db, max: number, partners: readonly string[] | null, not: readonly string[]): Promise<Job[]> {
  return max === 0 ? [] : asSystem(db, (ctx) => ctx.db.query<Job>(TAKE_OLDEST, [max, partners, not]))
}

/** Takes jobs of these kinds, up to `max` in hand of each, and remembers whose turn it was. */
export function takerInTurns(
  db: Db,
  kinds: readonly string[],
  max: number,
  partners: readonly string[] | null = null,
): (inHand: readonly Job[]) => Promise<Job[]> {
  /** The last turn of an entity in a kind stands at the end. */
  const turns = new Map<string, readonly [kind: string, entity: string]>()
  return async (inHand) => {
    const room = kinds.map((kind) => [kind, max - inHand.filter((job) => job.kind === kind).length] as const)
    const free = room.filter(([, left]) => left > 0)
    if (free.length === 0) return []
    const served = [...turns.values()]
    const taken = await asSystem(db, (ctx) =>
      ctx.db.query<Job>(TAKE_IN_TURNS, [
        ...[free.map(([kind]) => kind), free.map(([, left]) => left)],
        ...[served.map(([kind]) => kind), served.map(([, entity]) => entity), partners],
      ]),
    )
    for (const { kind, entity_id } of taken) {
      const name = `${kind} ${entity_id}`
      turns.delete(name)
      turns.set(name, [kind, entity_id])
    }
    for (const name of [...turns.keys()].slice(0, Math.max(0, turns.size - TURNS))) turns.delete(name)
    return taken
  }
}

/** Claims what is due, of these partners if they are named, and does it; answers how many jobs there were. Tests call this instead of waiting. */
export async function workOnce(
  db: Db,
  log: Log,
  handlers: JobHandlers,
  partners: readonly string[] | null = null,
): Promise<number> {
  const taken = await takeOldest(db, BATCH, partners, [])
  await Promise.all(taken.map((job) => perform(db, log, handlers, job)))
  return taken.length
}

/** Keeps a job that takes long from being taken over: the lease is renewed for as long as this process lives. */
function holdOn(db: Db, log: Log, job: Job): NodeJS.Timeout {
  return setInterval(
    () =>
      asSystem(db, (ctx) => ctx.db.query(RENEW, [job.id, job.attempts])).catch((error: Error) =>
        log.warn({ err: error, job: job.id }, 'the lease of a job could not be renewed'),
      ),
    (LEASE_S * 1000) / 3,
  )
}

async function perform(db: Db, log: Log, handlers: JobHandlers, job: Job): Promise<void> {
  const lease = holdOn(db, log, job)
  try {
    const handler = handlers[job.kind]
    if (!handler) throw new Error(`No handler for jobs of kind ${job.kind}`)
    const finish = await handler(job)
    await asEntity(db, whoOf(db, job), async (ctx) => {
      const again = await finish(ctx)
      const ended = again
        ? await ctx.db.query(
            `update jobs set run_at = $3, failures = 0, last_error = null where id = $1 and attempts = $2 returning id`,
            [job.id, job.attempts, again.toISOString()],
          )
        : await ctx.db.query(`delete from jobs where id = $1 and attempts = $2 returning id`, [job.id, job.attempts])
      if (ended.length === 0) throw new Outlived(job)
    })
  } catch (error) {
    if (error instanceof Outlived) return log.warn({ job: job.id, kind: job.kind }, error.message)
    log.warn({ err: error, job: job.id, kind: job.kind, attempts: job.attempts }, 'job failed')
    const message = String((error as Error).message)
      .replaceAll('\0', '')
      .slice(0, 2000)
    await asSystem(db, (ctx) => ctx.db.query(FAIL, [job.id, job.attempts, message])).catch((lost: Error) =>
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
export const whoOf = (db: Db, job: Job) => ({
  partnerId: job.partner_id,
  entityId: job.entity_id,
  userId: null,
  now: db.clock.now(),
  own: false,
})

/** Runs a schedule if it is due and no other process has taken this run. One that failed is tried again a minute later. */
export async function runDue(db: Db, { name, every_ms, work }: Schedule): Promise<boolean> {
  const now = db.clock.now()
  const mine = await asSystem(db, (ctx) =>
    ctx.db.query(
      `insert into schedules (name, last_run) values ($1, $2)
       on conflict (name) do update set last_run = excluded.last_run where schedules.last_run <= $3 returning name`,
      [name, now.toISOString(), new Date(now.getTime() - every_ms).toISOString()],
    ),
  )
  if (mine.length === 0) return false
  try {
    await work()
  } catch (error) {
    const before = new Date(now.getTime() - every_ms + 60_000)
    await asSystem(db, (ctx) => ctx.db.query(`update schedules set last_run = $2 where name = $1`, [name, before.toISOString()]))
    throw error
  }
  return true
}
