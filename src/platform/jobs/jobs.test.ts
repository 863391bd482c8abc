import { randomUUID } from 'node:crypto'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { asEntity, asSystem, type Ctx, type Db } from '../database/context.ts'
import { createPool } from '../database/pool.ts'
import type { Log } from '../log.ts'
import * as queue from './jobs.ts'
import { FAILURES_MAX, type Finish, runDue, takerInTurns } from './jobs.ts'

// A database of their own: these tests look at every job there is.
const database = await freshDatabase()
const pool = createPool(database.connection, { max: 10, role: '' })
afterAll(async () => {
  await pool.end()
  await database.drop()
})

// These jobs have kinds of their own, which the product does not know.
interface Job extends Omit<queue.Job, 'kind' | 'payload'> {
  readonly kind: string
  // biome-ignore lint/suspicious/noExplicitAny: each test knows what its jobs carry
  readonly payload: any
}
type JobHandlers = Record<string, (job: Job, signal?: AbortSignal) => Promise<Finish>>
const jobs = queue.jobs as unknown as {
  add(ctx: Ctx, kind: string, payload: object, options?: { key?: string; runAt?: Date }): Promise<void>
}
const workOnce = (db: Db, log: Log, handlers: JobHandlers) => queue.workOnce(db, log, handlers as never)
const startWorker = (
  db: Db,
  log: Log,
  handlers: JobHandlers,
  options: { loops: number; patience?: { finish_ms: number; let_go_ms: number } },
) => queue.startWorker(db, log, handlers as never, options)

let now = new Date('2030-01-01T00:00:00Z')
const db: Db = { pool, clock: { now: () => now, moved: true }, prepare: true }
const advance = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1000)
}
const log = { debug() {}, info() {}, warn() {}, error() {} } as unknown as Log
const who = () => ({ partnerId: randomUUID(), entityId: randomUUID(), userId: null, now })
const add = (kind: string, payload: Record<string, unknown> = {}, options: { key?: string; runAt?: Date } = {}, as = who()) =>
  asEntity(db, as, (ctx) => jobs.add(ctx, kind, payload, options))

interface Row {
  kind: string
  attempts: number
  failures: number
  dead: boolean
  last_error: string | null
  due: number
}
const waiting = () =>
  asSystem(db, (ctx) =>
    ctx.db.query<Row>(
      `select kind, attempts, failures, dead, last_error, extract(epoch from run_at - app_now())::int as due from jobs order by id`,
    ),
  )

beforeEach(() => pool.query('truncate jobs, schedules'))

/** A handler that waits for us, to stand in the middle of its work. */
function held() {
  const began: (() => void)[] = []
  const releases: (() => void)[] = []
  return {
    handler: () =>
      new Promise<() => Promise<void>>((resolve) => {
        releases.push(() => resolve(async () => {}))
        began.shift()?.()
      }),
    begun: () => new Promise<void>((done) => began.push(done)),
    release: () => releases.shift()!(),
  }
}

test('a job is done once, in the entity it was added in, and is gone', async () => {
  const as = who()
  const seen: unknown[] = []
  const handlers: JobHandlers = {
    greet:
      async ({ payload }) =>
      async (ctx) =>
        void seen.push([payload, ctx.partnerId, ctx.entityId, ctx.userId]),
  }
  await add('greet', { name: 'Ada' }, {}, as)
  expect(await workOnce(db, log, handlers)).toBe(1)
  expect(await workOnce(db, log, handlers)).toBe(0)
  expect(seen).toEqual([[{ name: 'Ada' }, as.partnerId, as.entityId, null]])
  expect(await waiting()).toEqual([])
})

test('a job of a transaction that was rolled back does not exist', async () => {
  const failing = asEntity(db, who(), async (ctx) => {
    await jobs.add(ctx, 'x', {})
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect(await waiting()).toEqual([])
})

test('a job for later waits until then', async () => {
  let done = 0
  const handlers: JobHandlers = { later: async () => async () => void done++ }
  await add('later', {}, { runAt: new Date(now.getTime() + 60_000) })
  await workOnce(db, log, handlers)
  expect(done).toBe(0)
  advance(60)
  await workOnce(db, log, handlers)
  expect(done).toBe(1)
})

test('jobs of one key that wait are one job', async () => {
  const as = who()
  const done: number[] = []
  await add('render', { version: 1 }, { key: 'pdf:1' }, as)
  await add('render', { version: 2 }, { key: 'pdf:1' }, as)
  const handlers: JobHandlers = {
    render:
      async ({ payload }) =>
      async () =>
        void done.push(payload.version),
  }
  expect(await workOnce(db, log, handlers)).toBe(1)
  expect(done).toEqual([2])
})

test('a job added while one of its key is being done is done again: the first may have looked too early', async () => {
  const as = who()
  const { handler, begun, release } = held()
  let runs = 0
  const handlers: JobHandlers = {
    render: () => {
      runs += 1
      return runs === 1 ? handler() : Promise.resolve(async () => {})
    },
  }
  await add('render', {}, { key: 'pdf:1' }, as)
  const started = begun()
  const first = workOnce(db, log, handlers)
  await started
  await add('render', {}, { key: 'pdf:1' }, as)
  // Whoever does it keeps what it does: nobody takes the job away.
  expect(await workOnce(db, log, handlers)).toBe(0)
  release()
  await first
  expect(runs).toBe(1)
  expect(await workOnce(db, log, handlers)).toBe(1)
  expect(runs).toBe(2)
  expect(await waiting()).toEqual([])
})

test('a job that is asked for again is held on to for as long as it takes, and is done again after that', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  try {
    const as = who()
    const { handler, begun, release } = held()
    await add('render', {}, { key: 'pdf:1' }, as)
    const started = begun()
    const first = workOnce(db, log, { render: handler })
    await started
    await add('render', {}, { key: 'pdf:1' }, as)
    for (let seconds = 0; seconds < 120; seconds += 10) {
      advance(10)
      vi.advanceTimersByTime(10_000)
      await expect.poll(async () => (await waiting())[0]?.due).toBe(30)
      expect(await workOnce(db, log, { render: handler })).toBe(0)
    }
    release()
    await first
    expect(await waiting()).toMatchObject([{ attempts: 1, due: 0 }])
  } finally {
    vi.useRealTimers()
  }
})

test('a job in hand whose process was killed is taken by another when its lease is over, also when it was asked for again', async () => {
  const as = who()
  await add('render', {}, { key: 'pdf:1' }, as)
  await takerInTurns(db, new Map([['render', { total: 1, partner: 1 }]]))([])
  await add('render', {}, { key: 'pdf:1' }, as)
  expect(await workOnce(db, log, {})).toBe(0)
  advance(30)
  expect(await workOnce(db, log, { render: async () => async () => {} })).toBe(1)
  expect(await waiting()).toEqual([])
})

test('a job that failed is tried again after 2 s, 4 s, 8 s …, and what it wrote is not kept', async () => {
  let runs = 0
  const handlers: JobHandlers = {
    fail: async () => async (ctx) => {
      runs += 1
      await jobs.add(ctx, 'left behind', {})
      throw new Error(`number ${runs}\0`)
    },
  }
  await add('fail')
  for (const wait of [2, 4, 8, 16]) {
    await workOnce(db, log, handlers)
    const [job, ...others] = await waiting()
    expect(others).toEqual([])
    expect(job).toMatchObject({ due: wait, last_error: `number ${runs}` })
    advance(wait - 1)
    expect(await workOnce(db, log, handlers)).toBe(0)
    advance(1)
  }
  expect(runs).toBe(4)
})

test('a job that fails before its transaction is tried again too', async () => {
  const handlers: JobHandlers = { fail: () => Promise.reject(new Error('outside')) }
  await add('fail')
  await workOnce(db, log, handlers)
  expect(await waiting()).toMatchObject([{ failures: 1, last_error: 'outside', due: 2 }])
})

test('a job that fails for ever is left alone in the end, and kept for people to look at', async () => {
  const handlers: JobHandlers = { fail: () => Promise.reject(new Error('never')) }
  await add('fail')
  let runs = 0
  for (let i = 0; i < 40; i++) {
    runs += await workOnce(db, log, handlers)
    advance(3600)
  }
  expect(runs).toBe(FAILURES_MAX)
  expect(await waiting()).toMatchObject([{ dead: true, failures: FAILURES_MAX, last_error: 'never' }])
})

test('adding a dead job again revives it', async () => {
  const as = who()
  await add('fail', {}, { key: 'k' }, as)
  await pool.query('update jobs set dead = true, failures = 20')
  await add('fail', {}, { key: 'k' }, as)
  expect(await waiting()).toMatchObject([{ dead: false, failures: 0 }])
})

test('a job nobody knows how to do waits for a newer version that does', async () => {
  await add('from the future')
  await workOnce(db, log, {})
  expect(await waiting()).toMatchObject([
    { kind: 'from the future', failures: 1, last_error: 'No handler for jobs of kind from the future' },
  ])
})

test('a job may ask to be done again, as often as it likes', async () => {
  let runs = 0
  const handlers: JobHandlers = {
    again: async () => async () => {
      runs += 1
      return runs < 50 ? new Date(now.getTime() + 10_000) : null
    },
  }
  await add('again')
  for (let i = 0; i < 60; i++) {
    await workOnce(db, log, handlers)
    advance(10)
  }
  expect(runs).toBe(50)
  expect(await waiting()).toEqual([])
})

test('a job in hand is nobody else’s until its lease of half a minute is over', async () => {
  const { handler, begun, release } = held()
  await add('slow')
  const started = begun()
  const first = workOnce(db, log, { slow: handler })
  await started
  advance(29)
  expect(await workOnce(db, log, { slow: handler })).toBe(0)
  release()
  await first
  expect(await waiting()).toEqual([])
})

test('a worker that outlived its lease commits nothing', async () => {
  const as = who()
  const { handler, begun, release } = held()
  const written: string[] = []
  await add('slow', {}, {}, as)
  const started = begun()
  const late = workOnce(db, log, {
    slow: async () => {
      await handler()
      return async (ctx) => jobs.add(ctx, 'of the late one', {})
    },
  })
  await started
  advance(31)
  await workOnce(db, log, { slow: async () => async () => void written.push('second') })
  release()
  await late
  expect(written).toEqual(['second'])
  expect(await waiting()).toEqual([])
})

test('a worker that outlived its lease and failed takes nothing from the one that took over', async () => {
  const { handler, begun, release } = held()
  await add('slow')
  const started = begun()
  const late = workOnce(db, log, {
    slow: async () => {
      await handler()
      throw new Error('late')
    },
  })
  await started
  advance(31)
  await workOnce(db, log, { slow: async () => async () => new Date(now.getTime() + 500_000) })
  release()
  await late
  expect(await waiting()).toMatchObject([{ due: 500, failures: 0, last_error: null }])
})

test('many workers do each of many jobs once', async () => {
  const seen: number[] = []
  const handlers: JobHandlers = {
    count:
      async ({ payload }) =>
      async () =>
        void seen.push(payload.n),
  }
  const as = who()
  await asEntity(db, as, async (ctx) => {
    for (let n = 0; n < 100; n++) await jobs.add(ctx, 'count', { n })
  })
  const worker = async () => {
    while ((await workOnce(db, log, handlers)) > 0);
  }
  await Promise.all(Array.from({ length: 5 }, worker))
  expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, n) => n))
})

test('a running worker does what is added at once, also while another job takes long', async () => {
  const { handler, begun, release } = held()
  const done: string[] = []
  const handlers: JobHandlers = { slow: handler, quick: async () => async () => void done.push('quick') }
  const worker = startWorker(db, log, handlers, { loops: 1 })
  try {
    const started = begun()
    await add('slow')
    await started
    await add('quick')
    await expect.poll(() => done, { timeout: 5000, interval: 10 }).toEqual(['quick'])
  } finally {
    release()
    await worker.stop()
  }
  expect(await waiting()).toEqual([])
})

describe('jobs of a kind', () => {
  const hands = (kinds: string[], total: number, partner = total) => new Map(kinds.map((kind) => [kind, { total, partner }]))
  const names = (taken: readonly queue.Job[]) => taken.map(({ payload }) => (payload as { name: string }).name).sort()
  const addTo = (as: ReturnType<typeof who>, kind: string, name: string, count: number) =>
    asEntity(db, as, async (ctx) => {
      for (let n = 1; n <= count; n++) await jobs.add(ctx, kind, { name: `${name}${n}` })
    })
  const end = (taken: readonly queue.Job[]) => pool.query('delete from jobs where id = any ($1)', [taken.map(({ id }) => id)])

  test('are taken in turns: the one of an entity does not wait for the thousand of another', async () => {
    const [many, one, two] = [who(), who(), who()]
    const take = takerInTurns(db, hands(['read'], 1))
    const next = async () => {
      const taken = await take([])
      await end(taken)
      return names(taken)[0]
    }
    await addTo(many, 'read', 'many ', 1_000)
    expect([await next(), await next()]).toEqual(['many 1', 'many 2'])
    await addTo(one, 'read', 'one ', 1)
    await addTo(two, 'read', 'two ', 3)
    expect([await next(), await next(), await next(), await next(), await next(), await next(), await next()]).toEqual([
      'one 1',
      'two 1',
      'many 3',
      'two 2',
      'many 4',
      'two 3',
      'many 5',
    ])
  })

  test('of one kind do not use up the turns of another', async () => {
    const [many, other] = [who(), who()]
    const take = takerInTurns(db, hands(['read', 'draw'], 1))
    await addTo(many, 'read', 'read many ', 9)
    await addTo(many, 'draw', 'draw many ', 9)
    await addTo(other, 'read', 'read other ', 9)
    const seen: string[] = []
    for (let n = 0; n < 4; n++) {
      const taken = await take([])
      seen.push(...names(taken))
      await end(taken)
    }
    expect(seen.filter((name) => name.startsWith('read'))).toEqual(['read many 1', 'read other 1', 'read many 2', 'read other 2'])
  })

  test('are taken by one of many processes', async () => {
    await addTo(who(), 'read', '', 60)
    const process = async () => {
      const take = takerInTurns(db, hands(['read'], 3))
      const all: number[] = []
      for (let n = 0; n < 10; n++) all.push(...(await take([])).map(({ id }) => id))
      return all
    }
    const taken = (await Promise.all(Array.from({ length: 4 }, process))).flat()
    expect(new Set(taken).size).toBe(taken.length)
    expect(taken.length).toBeGreaterThanOrEqual(30)
  })

  test('are taken only as long as there is room for their kind', async () => {
    const as = who()
    const take = takerInTurns(db, hands(['read', 'draw'], 2))
    await addTo(as, 'read', 'read ', 5)
    await addTo(as, 'draw', 'draw ', 1)
    const first = await take([])
    expect(names(first)).toEqual(['draw 1', 'read 1', 'read 2'])
    expect(await take(first)).toEqual([])
    const oneDone = first.filter(({ payload }) => (payload as { name?: string }).name !== 'read 1')
    expect(names(await take(oneDone))).toEqual(['read 3'])
  })

  test('of one partner never use up the hands, whatever the partner has waiting', async () => {
    const [many, other] = [who(), who()]
    const take = takerInTurns(db, hands(['read'], 4, 3))
    await addTo(many, 'read', 'many ', 1_500)
    const first = await take([])
    expect(names(first)).toEqual(['many 1', 'many 2', 'many 3'])
    expect(await take(first)).toEqual([])
    await addTo(other, 'read', 'other ', 2)
    const second = await take(first)
    expect(names(second)).toEqual(['other 1'])
    expect(await take([...first, ...second])).toEqual([])
  })

  test('of a partner go round its entities, and of many partners round the partners', async () => {
    const partner = who()
    const entities = [partner, { ...partner, entityId: randomUUID() }, { ...partner, entityId: randomUUID() }]
    const take = takerInTurns(db, hands(['read'], 2))
    for (const [n, entity] of entities.entries()) await addTo(entity, 'read', `${'abc'[n]}`, n === 0 ? 1_200 : 2)
    await addTo(who(), 'read', 'z', 2)
    const seen: string[] = []
    for (let n = 0; n < 4; n++) {
      const taken = await take([])
      seen.push(...names(taken))
      await end(taken)
    }
    // The other partner's are two of the first four; those of the entities follow each other.
    expect(seen.slice(0, 4).filter((name) => name.startsWith('z'))).toEqual(['z1', 'z2'])
    expect(seen.filter((name) => !name.startsWith('z')).sort()).toEqual(['a1', 'a2', 'b1', 'b2', 'c1', 'c2'].slice(0, 6))
  })

  test('of a hundred entities with thousands waiting, the newest entity has its turn among the next', async () => {
    await pool.query(
      `insert into jobs (kind, partner_id, entity_id, payload, run_at)
       select 'read', $1, ('00000000-0000-4000-8000-' || lpad((n % 100)::text, 12, '0'))::uuid, json_build_object('name', 'old ' || n), $2
       from generate_series(1, 5000) n`,
      [randomUUID(), new Date(now.getTime() - 60_000)],
    )
    const take = takerInTurns(db, hands(['read'], 4, 3))
    const newest = who()
    await addTo(newest, 'read', 'new ', 1)
    expect(names(await take([]))).toContain('new 1')
  })

  test('that nobody here knows are left to a newer version', async () => {
    await add('from the future')
    const worker = startWorker(db, log, { known: async () => async () => {} }, { loops: 1 })
    await add('known')
    await expect.poll(() => waiting().then((all) => all.length)).toBe(1)
    await worker.stop()
    expect(await waiting()).toMatchObject([{ kind: 'from the future', attempts: 0 }])
  })

  test('leave the hands free for quick ones', async () => {
    const { handler, begun, release } = held()
    const done: string[] = []
    const handlers: JobHandlers = { slow: handler, quick: async () => async () => void done.push('quick') }
    await addTo(who(), 'slow', '', 20)
    const started = begun()
    const worker = startWorker(db, log, handlers, { loops: 1 })
    try {
      await started
      await add('quick')
      await expect.poll(() => done, { timeout: 5000, interval: 10 }).toEqual(['quick'])
      expect((await pool.query(`select from jobs where kind = 'slow' and attempts > 0`)).rowCount).toBeLessThanOrEqual(2)
    } finally {
      const stopped = worker.stop()
      release()
      await stopped
    }
  })
})

test('stopping waits for what is in hand', async () => {
  const { handler, begun, release } = held()
  const worker = startWorker(db, log, { slow: handler }, { loops: 2 })
  const started = begun()
  await add('slow')
  await started
  const stopped = worker.stop()
  release()
  await stopped
  expect(await waiting()).toEqual([])
})

/** Less than a process has, so that the tests don't wait. */
const patience = { finish_ms: 300, let_go_ms: 200 }

test('stopping gives back what waits for somebody outside, as if it had not been taken', async () => {
  const waitsForever: JobHandlers['outside'] = (_job, signal) =>
    new Promise((_, reject) => signal!.addEventListener('abort', () => reject(signal!.reason)))
  const worker = startWorker(db, log, { outside: waitsForever }, { loops: 1, patience })
  await add('outside')
  await expect.poll(() => waiting().then(([job]) => job!.attempts)).toBe(1)
  const began = performance.now()
  await worker.stop()
  expect(performance.now() - began).toBeLessThan(2_000)
  expect(await waiting()).toMatchObject([{ attempts: 0, failures: 0, due: 0, last_error: null }])
})

test('stopping does not wait for ever for a job that does not listen', async () => {
  const { handler, begun, release } = held()
  const worker = startWorker(db, log, { deaf: handler }, { loops: 1, patience })
  const started = begun()
  await add('deaf')
  await started
  const began = performance.now()
  await worker.stop()
  expect(performance.now() - began).toBeLessThan(3_000)
  release()
})

test('a schedule runs once in its time, however many processes look', async () => {
  let runs = 0
  const schedule = { name: 'nightly', every_ms: 3600_000, work: async () => void runs++ }
  const look = () => Promise.all(Array.from({ length: 5 }, () => runDue(db, schedule)))
  expect((await look()).filter(Boolean)).toHaveLength(1)
  advance(3599)
  expect((await look()).filter(Boolean)).toHaveLength(0)
  advance(1)
  expect((await look()).filter(Boolean)).toHaveLength(1)
  expect(runs).toBe(2)
})

test('a schedule runs in its time again when the clock ran ahead and was set back', async () => {
  let runs = 0
  const schedule = { name: 'nightly', every_ms: 3600_000, work: async () => void runs++ }
  const before = now
  for (const [ahead_s, so_far] of [
    [40 * 86_400, 1],
    // Another machine's clock may be a little behind: that is no other time.
    [40 * 86_400 - 30, 1],
    [0, 2],
    [3599, 2],
    [3600, 3],
    [-86_400, 4],
  ] as const) {
    now = new Date(before.getTime() + ahead_s * 1000)
    await Promise.all(Array.from({ length: 5 }, () => runDue(db, schedule)))
    expect([ahead_s, runs]).toEqual([ahead_s, so_far])
  }
  now = before
})

test('a schedule that failed runs again a minute later', async () => {
  let fail = true
  const schedule = {
    name: 'nightly',
    every_ms: 3600_000,
    work: async () => {
      if (fail) throw new Error('no')
    },
  }
  await expect(runDue(db, schedule)).rejects.toThrow('no')
  expect(await runDue(db, schedule)).toBe(false)
  advance(60)
  fail = false
  expect(await runDue(db, schedule)).toBe(true)
  advance(60)
  expect(await runDue(db, schedule)).toBe(false)
})

test('a job that is asked for again while it is being done is done again, also when nobody else takes it meanwhile', async () => {
  const hold = held()
  let done = 0
  const handler = async () => {
    done += 1
    return hold.handler()
  }
  const as = who()
  await add('slow', {}, { key: 'one' }, as)
  const first = hold.begun()
  const working = workOnce(db, log, { slow: handler })
  await first
  await add('slow', { later: true }, { key: 'one' }, as)
  hold.release()
  await working
  const second = hold.begun()
  const again = workOnce(db, log, { slow: handler })
  await second
  hold.release()
  await again
  expect(done).toBe(2)
  expect(await waiting()).toEqual([])
})

test('a job that asks to be done again later, and is asked for meanwhile, is due at once', async () => {
  const as = who()
  const later = async () => {
    await add('later', {}, { key: 'two' }, as)
    return async () => new Date(now.getTime() + 3_600_000)
  }
  await add('later', {}, { key: 'two' }, as)
  await workOnce(db, log, { later })
  expect((await waiting()).map(({ due }) => due)).toEqual([0])
})

test('who does all that is due ends in time, though something is always due', async () => {
  const as = who()
  let done = 0
  const handlers = {
    'test.endless': async () => async (ctx: Ctx) => {
      if (++done < 50) await jobs.add(ctx, 'test.endless', {})
    },
  }
  const only = { partner_id: as.partnerId, entity_id: as.entityId }
  const work = (until_ms: number) =>
    queue.workOff(db, log, handlers as never, { only, kinds: ['test.endless' as never], waiting: [], until_ms })
  await add('test.endless', {}, {}, as)
  expect([await work(performance.now()), done]).toEqual([false, 1])
  expect([await work(Number.POSITIVE_INFINITY), done]).toEqual([true, 50])
})
