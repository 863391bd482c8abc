import { afterAll, expect, test } from 'vitest'
import { ownHouse } from '../concurrency/own-house.ts'

/** Connections to the database that break under the requests. CUTS=200 for more. */

const CUTS = Number(process.env.CUTS ?? 10)
const house = await ownHouse({ pool: 8 })
const owner = await house.owner()

afterAll(async () => {
  const findings = await house.findings()
  await house.close()
  expect(findings).toEqual([])
})

/** Not through the test client, for whom every 5xx is a failure. */
const post = (name: string) =>
  house.app.inject({
    method: 'POST',
    url: '/tags',
    headers: { authorization: `Bearer ${owner.user.token}`, 'content-type': 'application/json' },
    payload: JSON.stringify({ name }),
  })

test('a cut connection costs its own request an error, keeps what was acknowledged, and leaves the pool whole', {
  timeout: 30_000 + CUTS * 1000,
}, async () => {
  const acknowledged: string[] = []
  const refused: string[] = []
  let cutting = true
  const writers = Promise.all(
    Array.from({ length: 20 }, async (_, writer) => {
      for (let i = 0; cutting; i++) {
        const { statusCode, body } = await post(`${writer} ${i}`)
        if (statusCode === 201) acknowledged.push(JSON.parse(body).id)
        else refused.push(`${statusCode} ${body}`)
      }
    }),
  )
  let cut = 0
  for (let i = 0; i < CUTS; i++) {
    const goal = acknowledged.length + 30
    const rows = await house.sql(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'quittance' and pid <> pg_backend_pid()`,
    )
    cut += rows.length
    await expect.poll(() => acknowledged.length, { timeout: 10_000, interval: 5 }).toBeGreaterThan(goal)
  }
  cutting = false
  await writers

  const kept = new Set((await house.sql<{ id: string }>('select id from tags')).map(({ id }) => id))
  expect(acknowledged.filter((id) => !kept.has(id))).toEqual([])
  // Each refusal is a plain error; its cause is in the log, not in the answer.
  expect(
    [...new Set(refused)].every((text) =>
      /^50[03] \{"error":\{"message":"[^"]+","code":"(internal|unavailable)","doc_url":"[^"]+"\}\}$/.test(text),
    ),
    [...new Set(refused)].join('\n'),
  ).toBe(true)
  expect(refused.length).toBeLessThanOrEqual(cut)
  expect(kept.size).toBeLessThanOrEqual(acknowledged.length + refused.length)
  for (let i = 0; i < 20; i++) expect((await post(`After ${i}`)).statusCode).toBe(201)
  expect(house.pool.totalCount).toBeLessThanOrEqual(8)
  expect(house.pool.waitingCount).toBe(0)
  const open = await house.sql(
    `select pid, state from pg_stat_activity where datname = current_database() and application_name = 'quittance' and state like 'idle in transaction%'`,
  )
  expect(open).toEqual([])
  console.log(
    `${CUTS} times all connections cut (${cut} in all) under 20 writers: ${acknowledged.length} acknowledged and kept, ${refused.length} refused (${[...new Set(refused.map((text) => text.slice(0, 3)))].join(', ')})`,
  )
})
