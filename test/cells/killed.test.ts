import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { movePartner, type Step } from '../../src/cells/moving.ts'
import { settleInterrupted } from '../../src/cells/standing.ts'
import { databaseOf, openPool } from '../../src/server.ts'
import { issued, type Ready, ready } from '../support/invoicing.ts'
import { type Company, company, MOVED, type TwoClusters, twoClusters } from './two-clusters.ts'

// Everything is done several times over, on a machine that may have other work.
vi.setConfig({ testTimeout: 90_000 })

/** A move that is killed at each of its steps. */

let t: TwoClusters
const steps: Step[] = ['copied', 'resting', 'stopped', 'leaving', 'complete', 'alive', 'left']
let small: Company
let sold: Ready
beforeAll(async () => {
  t = await twoClusters()
  small = await company(t, 'home')
  sold = await ready(small.user)
}, 60_000)
afterAll(() => t?.close())

test.each(steps)('killed when it is %s, the partner lives in one of the two, and the same call goes on', async (step) => {
  const move = (after?: (step: Step) => Promise<void>) =>
    // Another test has the new database looked through.
    movePartner(t.home, small.partnerId, to, { say: () => {}, audit: async () => [], ...(after && { after }) })
  const [{ here }] = (await t.sql('home', 'select exists (select from partners where id = $1) as here', [small.partnerId])) as [
    { here: boolean },
  ]
  const to = here ? 'east' : 'home'
  const killed = move(async (reached) => {
    if (reached !== step) return
    for (const place of ['home', 'east'] as const)
      await t.sql(place, `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'quittance move'`)
    throw new Error('killed')
  })
  await expect(killed).rejects.toThrow()
  // As a server does by itself every few seconds.
  for (const name of ['home', 'east'] as const) {
    const pool = openPool(t.config, t.clusters[name].connection, { max: 1 })
    await settleInterrupted(t.home, name, databaseOf(t.config, pool)).finally(() => pool.end())
  }
  const alive = []
  for (const place of ['home', 'east'] as const)
    alive.push(
      ...(await t.sql(
        place,
        `select from partners p where id = $1 and not exists (select from partners_away a where a.partner_id = p.id)`,
        [small.partnerId],
      )),
    )
  expect(alive).toHaveLength(1)
  const before = await issued(small.user, sold)
  await move()
  const after = await issued(small.user, sold)
  expect(Number(after.document_id.slice(4))).toBe(Number(before.document_id.slice(4)) + 1)
  const other = to === 'home' ? 'east' : 'home'
  expect(await t.sql(other, MOVED, [small.partnerId])).toEqual([{ documents: 0, partners: 0, away: 0, entries: 0, walls: 0 }])
  expect(await t.sql(to, MOVED, [small.partnerId])).toMatchObject([{ partners: 1, away: 0, walls: 0 }])
})
