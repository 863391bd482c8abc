import { afterAll, expect, test } from 'vitest'
import { house, world } from '../../../test/support/world.ts'
import { reactions } from '../../modules/reactions.ts'
import { declareReactions, type Reactions } from './reactions.ts'

const kindsNow = async () => Object.keys((await house()).handlers)
afterAll(async () => declareReactions((await house()).machinery.db, reactions, await kindsNow()))

const asTable = (declared: readonly Reactions[]) =>
  declared.flatMap((one) => Object.entries(one).flatMap(([name, kinds]) => kinds.map((kind) => `${name} ${kind}`))).sort()

test('what the modules declare is what the database does, at every start', async () => {
  const { machinery, sql } = await world()
  const stored = async () =>
    (await sql<{ said: string }>(`select object_type || '.' || event || ' ' || kind as said from reactions order by 1`)).map(
      ({ said }) => said,
    )
  expect(await stored()).toEqual(asTable(reactions))
  // A kind of a newer version stays; one that this version knows and does not declare any more goes.
  await sql(`insert into reactions values ('payable', 'paid', 'newer.kind'), ('payable', 'paid', 'approvals.match')`)
  await declareReactions(machinery.db, reactions, await kindsNow())
  expect(await stored()).toEqual([...asTable(reactions), 'payable.paid newer.kind'].sort())
  await sql(`delete from reactions where kind = 'newer.kind'`)
})

test('what follows is committed with the event, once for an object, and goes with it when it is rolled back', async () => {
  const w = await world()
  await declareReactions(w.machinery.db, [...reactions, { 'payable.updated': ['approvals.match'] }], await kindsNow())
  const waiting = (id: string) =>
    w.sql<{ payload: object }>(`select payload from jobs where kind = 'approvals.match' and key = 'approvals.match:' || $1`, [id])
  const { body: bill } = await w.berlin.post('/payables', {})
  expect(await waiting(bill.id)).toEqual([])
  for (const document_id of ['A', 'B']) expect((await w.berlin.patch(`/payables/${bill.id}`, { document_id })).status).toBe(200)
  expect(await waiting(bill.id)).toEqual([{ payload: { object_id: bill.id, at: expect.any(String) } }])
  await w.work()
  expect(await waiting(bill.id)).toEqual([])
  // The number is refused after the row was written: neither the event nor what follows from it stays.
  expect((await w.berlin.patch(`/payables/${bill.id}`, { document_id: 'C', counterpart_id: bill.id })).status).toBeGreaterThan(
    399,
  )
  expect(await waiting(bill.id)).toEqual([])
})
