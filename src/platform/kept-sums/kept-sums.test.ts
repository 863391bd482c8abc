import { beforeAll, expect, test } from 'vitest'
import { draft, good, type Ready } from '../../../test/support/invoicing.ts'
import { company, inWeek, same } from '../../../test/support/kept-figures.ts'
import type { World } from '../../../test/support/world.ts'
import { asSystem, type Db } from '../database/context.ts'
import { enroll, keepSums, payableSums, receivableSums, WRONG_SUMS } from './kept-sums.ts'

let w: World
let made: Ready
let db: Db

beforeAll(async () => {
  ;({ w, made, db } = await company())
  await enroll(db, receivableSums, 10)
  await enroll(db, payableSums, 10)
})

test('sums that are added up while documents change are right once all is quiet', { timeout: 60_000 }, async () => {
  const { berlin } = w
  const old = await inWeek(w, 3, () => Promise.all(Array.from({ length: 10 }, () => draft(berlin, made))))
  let quiet = false
  const adding = (async () => {
    while (!quiet) await keepSums(db)
  })()
  await Promise.all(
    old.map(async ({ id }) => {
      good(await berlin.post(`/receivables/${id}/issue`))
      good(await berlin.post(`/receivables/${id}/mark_as_paid`))
    }),
  )
  quiet = true
  await adding
  await same(w, db)
  await keepSums(db)
  await same(w, db)
})

test.each(['kept_sums', 'kept_half_years'])('a wrong sum in %s is found by the audit', async (table) => {
  const wrong = () => asSystem(db, (ctx) => ctx.db.query<{ week: string; kept_total: string; total: string }>(WRONG_SUMS))
  const add = (much: number) =>
    asSystem(db, (ctx) =>
      ctx.db.query(
        `update ${table} set total = total + $2 where entity_id = $1 and object = 'receivable' and dimension = 'status' returning week`,
        [w.berlin.entityId, much],
      ),
    )
  await keepSums(db)
  expect(await wrong()).toEqual([])
  const changed = await add(1)
  expect(changed.length).toBeGreaterThan(0)
  expect((await wrong()).length).toBeGreaterThanOrEqual(changed.length)
  await add(-1)
  expect(await wrong()).toEqual([])
})
