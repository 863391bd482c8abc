import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { asEntity, asSystem, type Ctx, type Db, NO_ENTITY } from './context.ts'
import { createPool } from './pool.ts'

/** What a transaction does when its last statement brings the commit along. */

const database = await freshDatabase()
const pool = createPool(database.connection, { max: 3 })
const db: Db = { pool, clock: { now: () => new Date(), moved: false }, prepare: true }
const owner = createPool(database.connection, { max: 1, role: '' })
beforeAll(async () => {
  await owner.query('create table kept (n integer primary key); grant all on kept to quittance_app')
})
afterAll(async () => {
  await pool.end()
  await owner.end()
  await database.drop()
})

const concluding = <T>(work: (ctx: Ctx) => Promise<T>) =>
  asEntity(db, { partnerId: NO_ENTITY, entityId: NO_ENTITY, userId: null, concludes: true }, work)
const keep = 'insert into kept values ($1) returning n'
const kept = async () => (await owner.query('select n from kept order by n')).rows.map(({ n }) => n as number)

test('what the last statement wrote is committed when it answers, and what was to follow a commit follows', async () => {
  const done: string[] = []
  const rows = await concluding(async (ctx) => {
    ctx.afterCommit(() => done.push('after'))
    await ctx.db.query(keep, [1])
    const answer = await ctx.conclude!<{ n: number }>(keep, [2])
    expect(await kept()).toEqual([1, 2])
    return answer
  })
  expect(rows).toEqual([{ n: 2 }])
  expect(done).toEqual(['after'])
})

test('when the last statement fails nothing is kept, and nothing follows', async () => {
  const done: string[] = []
  const failing = concluding(async (ctx) => {
    ctx.afterCommit(() => done.push('after'))
    await ctx.db.query(keep, [3])
    return ctx.conclude!(keep, [1])
  })
  await expect(failing).rejects.toMatchObject({ code: '23505' })
  expect(await kept()).toEqual([1, 2])
  expect(done).toEqual([])
})

test('after the last statement there is none, and what is kept stays kept when the work fails later', async () => {
  const done: string[] = []
  const failing = concluding(async (ctx) => {
    ctx.afterCommit(() => done.push('after'))
    await ctx.conclude!(keep, [4])
    await ctx.db.query(keep, [5])
  })
  await expect(failing).rejects.toThrow('The transaction has ended')
  expect(await kept()).toEqual([1, 2, 4])
  expect(done).toEqual(['after'])
})

test('work whose statement finds something else than it was made for is run again, and then ends as any other', async () => {
  const runs: boolean[] = []
  await concluding(async (ctx) => {
    runs.push(ctx.conclude !== undefined)
    await ctx.db.query(keep, [6])
    if (ctx.conclude) await ctx.conclude('select run_again()')
  })
  expect(runs).toEqual([true, false])
  expect(await kept()).toEqual([1, 2, 4, 6])
})

test('only work that says so may bring the commit along', async () => {
  expect(await asSystem(db, async (ctx) => ctx.conclude)).toBeUndefined()
})

test('of statements that are sent together the one that failed says why, whichever is waited for', async () => {
  const work = concluding(async (ctx) => {
    const failing = ctx.db.query('select 1 / 0')
    failing.catch(() => {})
    await ctx.db.query('select 2')
  })
  await expect(work).rejects.toThrow('division by zero')
})
