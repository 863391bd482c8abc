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

const wakers = new Set<() => void>()

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
    ctx.afterCommit(jobs.wake)
  },

  /** Tells this process's workers to look for work now instead of at their next look. */
  wake() {
    for (const wake of wakers) wake()
  },
}

const LEASE_S = 120
const BATCH = 8
export const FAILURES_MAX = 20

const CLAIM = `update jobs set run_at = app_now() + make_interval(secs => ${LEASE_S}), attempts = attempts + 1
  where id in (select id from jobs where not dead and run_at <= app_now() and ($2::uuid[] is null or partner_id = any ($2)) and kind <> all ($3) order by run_at, id limit $1 for update skip locked)
  returning id, kind, payload, partner_id, entity_id, attempts`

const RENEW = `update jobs set run_at = app_now() + make_interval(secs => ${LEASE_S}) where id = $1 and attempts = $2 returning id`

/** Until the next try: 2 seconds, 4, 8 … up to an hour. After the last failure the job stays, for people to look at. */
const FAIL = `update jobs set run_at = app_now() + make_interval(secs => least(3600, 2 ^ (failures + 1))), failures = failures + 1,
  last_error = $3, dead = failures + 1 >= ${FAILURES_MAX} where id = $1 and attempts = $2`

/**
 * Takes jobs and does them, some at a time. A lease by the database's clock guards each; a worker that dies leaves its jobs to the
 * others. `stop` waits for what is in hand.
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
    /** Kinds that keep a processor busy: as long as this process has as many of one in hand as it has loops, it takes no more of it. */
    heavy?: readonly string[]
  },
) {
  let stopping = false
  const resting = new Set<() => void>()
  const busy = new Map(heavy.map((kind) => [kind, 0]))
  const count = (kind: string, change: number) => void (busy.has(kind) && busy.set(kind, busy.get(kind)! + change))
  const full = () => heavy.filter((kind) => busy.get(kind)! >= loops)
  const wake = () => {
    for (const end of resting) end()
  }
  wakers.add(wake)

  /** Half a second, or until woken, or until something in hand is done. */
  const rest = (inHand: Iterable<Promise<void>>) =>
    new Promise<void>((done) => {
      const end = () => {
        clearTimeout(timer)
        resting.delete(end)
        done()
      }
      const timer = setTimeout(end, 500)
      resting.add(end)
      for (const doing of inHand) void doing.then(end)
    })

  /** Keeps its hands full: a job that takes long holds one of them, and the others go on. */
  async function loop() {
    const inHand = new Set<Promise<void>>()
    while (!stopping) {
      const free = BATCH - inHand.size
      const taken =
        free === 0
          ? []
          : await claim(db, free, partners, full()).catch((error: Error) => {
              log.error({ err: error }, 'looking for jobs failed')
              return []
            })
      for (const job of taken) {
        count(job.kind, 1)
        const doing: Promise<void> = perform(db, log, handlers, job).finally(() => {
          count(job.kind, -1)
          inHand.delete(doing)
        })
        inHand.add(doing)
      }
      if (taken.length === 0 && !stopping) await rest(inHand)
    }
    await Promise.all(inHand)
  }

  async function tick() {
    for (const schedule of schedules) {
      if (stopping) return
      await runDue(db, schedule).catch((error: Error) =>
        log.error({ err: error, schedule: schedule.name }, 'a scheduled run failed'),
      )
    }
  }

  const running = Array.from({ length: loops }, loop)
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

const claim = (db: Db, max: number, partners: readonly string[] | null = null, not: readonly string[] = []) =>
  asSystem(db, (ctx) => ctx.db.query<Job>(CLAIM, [max, partners, not]))

/** Claims what is due, of these partners if they are named, and does it; answers how many jobs there were. Tests call this instead of waiting. */
export async function workOnce(
  db: Db,
  log: Log,
  handlers: JobHandlers,
  partners: readonly string[] | null = null,
): Promise<number> {
  const taken = await claim(db, BATCH, partners)
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
