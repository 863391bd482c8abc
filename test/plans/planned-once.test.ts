import { afterAll, expect, test } from 'vitest'
import { ownHouse } from '../concurrency/own-house.ts'
import { completeBill } from '../support/billing.ts'
import { good, issued, read, ready } from '../support/invoicing.ts'

const house = await ownHouse({ pool: 2 })
afterAll(() => house.close())

/** Lists are planned for their values, on purpose: how many rows match decides how to find them. */
const LISTED = /^\s*with weighed/

/**
 * PostgreSQL keeps the plan of a prepared statement unless plans for its values look cheaper, e.g. since they leave out a branch. Then it plans
 * anew each time, which for small statements takes longer than running them.
 */
test('what is done most is planned once', async () => {
  const { user } = await house.owner()
  const made = await ready(user)
  for (let n = 0; n < 14; n++) {
    const { id } = await issued(user, made)
    await read(user, id)
    good(await user.get('/receivables?limit=2&type=invoice'))
    await completeBill(user)
    good(await user.get('/payables?limit=2'))
  }
  // The work is shared by two connections in no fixed way: of 14 runs one of them has 7, and PostgreSQL decides after 5.
  const clients = await Promise.all([house.pool.connect(), house.pool.connect()])
  const answers = await Promise.all(
    clients.map((client) =>
      client.query<{ statement: string; kept: boolean }>(
        `select statement, generic_plans > 0 as kept from pg_prepared_statements where custom_plans + generic_plans >= 7`,
      ),
    ),
  )
  for (const client of clients) client.release()
  const rows = answers.flatMap((answer) => answer.rows)
  expect(rows.filter(({ kept }) => kept).length).toBeGreaterThan(8)
  expect(rows.filter(({ statement, kept }) => !kept && !LISTED.test(statement)).map(({ statement }) => statement)).toEqual([])
})
