import { test } from 'vitest'
import { good } from '../../../../test/support/invoicing.ts'
import { copies, sameAsSql } from '../../../../test/support/long-lists.ts'
import { house, world } from '../../../../test/support/world.ts'

test('products of a type come by name, wherever in the list they are', { timeout: 60_000 }, async () => {
  const w = await world()
  const { berlin } = w
  const { id } = good(await berlin.post('/products', { name: 'Hour', price: { currency: 'EUR', value: 100 } }))
  await copies('products', id, {
    created_at: `now() - n * interval '1 hour'`,
    type: `case when n % 20 = 3 then 'service' else 'product' end::product_type`,
    name: `case when n % 20 = 3 then 'Hour ' when n % 2 = 0 then 'Cable ' else 'Screw ' end || n % 900`,
  })
  await sameAsSql(w, '/products', 'name', 'name', [
    ['type=service', `type = 'service'`],
    ['type=product', `type = 'product'`],
    ['type=service&name__icontains=hour', `type = 'service'`],
  ])
  await (await house()).admin.query('delete from products where entity_id = $1 and id <> $2', [berlin.entityId, id])
})
