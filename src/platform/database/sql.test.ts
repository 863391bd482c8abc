import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { asSystem, type Ctx, type Db } from './context.ts'
import { createPool } from './pool.ts'
import { checks, parseStatement, sql } from './sql.ts'

const database = await freshDatabase()
const pool = createPool(database.connection, { max: 2 })
const db: Db = { pool, clock: { now: () => new Date(), moved: false }, prepare: true }
const inside = <T>(work: (ctx: Ctx) => Promise<T>) => asSystem(db, work)
beforeAll(() => {
  checks.nulls = true
})
afterAll(async () => {
  checks.nulls = false
  await pool.end()
  await database.drop()
})

test('parameters are numbered by name; texts, comments and casts are passed over', () => {
  const parsed = parseStatement(
    `select :b::int, ':no', "a:no", x::text, -- :no\n /* :no */ :a?, :b, :payload::jsonb as "total!" from t where a[1:(n)] is null`,
  )
  expect(parsed.text).toBe(
    `select $1::int, ':no', "a:no", x::text, -- :no\n /* :no */ $2, $1, $3::jsonb as "total" from t where a[1:(n)] is null`,
  )
  expect(parsed.parameters).toEqual([
    { name: 'b', nullable: false, json: false },
    { name: 'a', nullable: true, json: false },
    { name: 'payload', nullable: false, json: true },
  ])
  expect(parsed.full).toEqual(['total'])
})

// Texts that PostgreSQL was not asked about: these tests are about what happens when they run.
const unseen = sql as unknown as (text: string) => ReturnType<typeof sql<never>> & {
  (ctx: Ctx, values?: object): Promise<Record<string, unknown>[]>
  one(ctx: Ctx, values?: object): Promise<Record<string, unknown>>
  maybe(ctx: Ctx, values?: object): Promise<Record<string, unknown> | undefined>
}

test('a statement takes its parameters by name, JSON and null among them', async () => {
  const echo = unseen(`select :text::text as text, :number::int as number, :shape::jsonb as shape, :none?::text as none`)
  expect(await inside((ctx) => echo.one(ctx, { number: 7, text: 'seven', shape: ['a', { b: 1 }], none: null }))).toEqual({
    text: 'seven',
    number: 7,
    shape: ['a', { b: 1 }],
    none: null,
  })
})

test('one row is one row', async () => {
  const rows = unseen(`select n from generate_series(1, :count) n`)
  expect(await inside((ctx) => rows(ctx, { count: 3 }))).toHaveLength(3)
  expect(await inside((ctx) => rows.maybe(ctx, { count: 0 }))).toBeUndefined()
  expect(await inside((ctx) => rows.one(ctx, { count: 1 }))).toEqual({ n: 1 })
  await expect(inside((ctx) => rows.one(ctx, { count: 0 }))).rejects.toThrow('No row')
  await expect(inside((ctx) => rows.maybe(ctx, { count: 2 }))).rejects.toThrow('2 rows instead of one')
})

test('a mark that says never null, and is wrong, is a fault', async () => {
  await expect(inside((ctx) => unseen(`select null::int as "total!"`)(ctx))).rejects.toThrow('"total!" is null')
})
