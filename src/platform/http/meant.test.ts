import { expect, test } from 'vitest'
import { type Body, world } from '../../../test/support/world.ts'

/** What is wrong is told of the branch that `type` names. */

const faults: [path: string, body: object, told: string[]][] = [
  ['/receivables', { type: 'invoice' }, ['counterpart_billing_address_id', 'counterpart_id', 'currency', 'line_items']],
  ['/receivables', { type: 'quote', currency: 'EUR' }, ['counterpart_billing_address_id', 'counterpart_id', 'line_items']],
  ['/receivables', { type: 'credit_note' }, ['based_on']],
  ['/receivables', { type: 'invoice', based_on: 'x' }, ['based_on']],
  ['/receivables', { type: 'letter' }, ["type: Input should be 'quote' or 'invoice' or 'credit_note'"]],
  ['/receivables', {}, ['type: Field required']],
  [
    '/counterparts',
    { type: 'individual', individual: { first_name: 'A' } },
    ['individual.address', 'individual.is_customer', 'individual.is_vendor', 'individual.last_name'],
  ],
  [
    '/counterparts',
    { type: 'organization', individual: {} },
    ['individual: Extra inputs are not permitted', 'organization: Field required'],
  ],
  ['/counterparts', { type: 'club' }, ["type: Input should be 'organization' or 'individual'"]],
]

test.each(faults)('%s %o', async (path, body, told) => {
  const { berlin } = await world()
  const { status, body: answer } = await berlin.post(path, body, { beyond: true })
  expect(status).toBe(422)
  const found = answer.detail.map(({ loc, msg }: Body) => `${loc.slice(1).join('.')}: ${msg}`).sort()
  expect(found).toEqual(told.map((text) => (text.includes(':') ? text : expect.stringMatching(new RegExp(`^${text}: `)))))
})
