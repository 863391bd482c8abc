import { test } from 'vitest'
import { good, issued, ready } from '../../../test/support/invoicing.ts'
import { world } from '../../../test/support/world.ts'

test('x', async () => {
  const w = await world()
  const made = await ready(w.berlin)
  const { id } = await issued(w.berlin, made)
  good(await w.berlin.post(`/receivables/${id}/mark_as_partially_paid`, { amount_paid: 1 }))
  console.log(await w.sql(`select event, created_at, data from events where object_id = $1 order by created_at`, [id]))
})
