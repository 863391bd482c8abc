import { expect, test } from 'vitest'
import { areaOf } from '../support/areas.ts'
import { bodiesHold } from './bodies.ts'
import { situation } from './places.ts'
import { make } from './resources.ts'
import { imaginary, isolation } from './suite.ts'

const suite = await isolation()
const { own, berlin, paris, stranger, mark, guarded, said } = suite
bodiesHold(
  suite,
  guarded.filter((op) => areaOf(op) === 'sales'),
)

test('a customer of somebody else is as absent together with its own address as one that never was', async () => {
  const { body } = await situation(berlin, guarded.find(({ id }) => id === 'post_receivables')!, 'mine')
  const ask = async ([counterpart_id, counterpart_billing_address_id]: readonly [string, string]) =>
    said(
      await own.berlin.post('/receivables', {
        ...body,
        counterpart_vat_id_id: undefined,
        counterpart_id,
        counterpart_billing_address_id,
      }),
      [counterpart_id, counterpart_billing_address_id],
    )
  const unknown = await ask([imaginary(), imaginary()])
  for (const owner of [paris, stranger]) {
    const { counterpart_id, address_id } = await make(owner, '/counterparts/:counterpart_id/addresses/:address_id', mark)
    expect(await ask([counterpart_id!, address_id!])).toBe(unknown)
  }
})
