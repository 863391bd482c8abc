import { test } from 'vitest'
import { good } from '../../../test/support/invoicing.ts'
import { copies, sameAsSql } from '../../../test/support/long-lists.ts'
import { house, world } from '../../../test/support/world.ts'

test('counterparts of a kind come by name, wherever in the list they are', { timeout: 60_000 }, async () => {
  const w = await world()
  const { berlin } = w
  const address = { country: 'DE', city: 'Ulm', postal_code: '89073', line1: 'Weg 1' }
  const organization = { legal_name: 'Acme', is_customer: true, is_vendor: false, address }
  const { id } = good(await berlin.post('/counterparts', { type: 'organization', organization }))
  await copies('counterparts', id, {
    created_at: `now() - n * interval '1 hour'`,
    type: `case when n % 20 = 3 then 'individual' else 'organization' end::counterpart_type`,
    legal_name: `case when n % 20 <> 3 then case when n % 2 = 0 then 'Acme ' else 'Zulu ' end || n end`,
    first_name: `case when n % 20 = 3 then 'Maria' end`,
    last_name: `case when n % 20 = 3 then 'Nowak ' || n % 100 end`,
    is_customer: 'n % 3 = 0',
    default_billing_address_id: 'null',
  })
  await sameAsSql(w, '/counterparts', 'counterpart_name', 'left(lower(name), 200)', [
    ['type=individual', 'legal_name is null'],
    ['type=organization', 'legal_name is not null'],
    ['type=individual&counterpart_name__icontains=nowak', 'legal_name is null'],
    ['is_customer=true', 'is_customer'],
  ])
  await (await house()).admin.query('delete from counterparts where entity_id = $1 and id <> $2', [berlin.entityId, id])
})
