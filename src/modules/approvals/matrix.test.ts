import { expect, test } from 'vitest'
import {
  approver,
  decide,
  newPolicy,
  processesOf,
  requestsOf,
  stepsOf,
  submitted,
  users,
} from '../../../test/support/approving.ts'
import { readBill } from '../../../test/support/billing.ts'
import { type Body, type Client, type World, world } from '../../../test/support/world.ts'

/** Every state of a request and of a process, and whatever may be tried in it: what is legal moves, anything else changes nothing. */

const act = (who: Client, id: string, action: string) => who.post(`/approval_requests/${id}/${action}`)

/** A bill whose policy asks two people, one of them after the other, and what it asks first. */
async function asked(w: World) {
  const { berlin } = w
  const [ada, bob] = [await approver(w, berlin.entityId!), await approver(w, berlin.entityId!)]
  const policy = await newPolicy(berlin, decide(users([ada.userId, bob.userId], 2)))
  const bill = await submitted(w, berlin)
  const [request] = (await requestsOf(berlin, bill.id)) as [Body]
  const [process] = (await processesOf(berlin, policy.id)) as [Body]
  return { berlin, ada, bob, policy, bill, id: request.id as string, process: process.id as string }
}
type Asked = Awaited<ReturnType<typeof asked>>

const ways: Record<string, (of: Asked) => Promise<unknown>> = {
  waiting: async () => {},
  'waiting, approved by one': ({ ada, id }) => act(ada, id, 'approve'),
  approved: async ({ ada, bob, id }) => [await act(ada, id, 'approve'), await act(bob, id, 'approve')],
  rejected: ({ bob, id }) => act(bob, id, 'reject'),
  canceled: ({ berlin, id }) => act(berlin, id, 'cancel'),
  'canceled with its process': ({ berlin, policy, process }) =>
    berlin.post(`/approval_policies/${policy.id}/processes/${process}/cancel`),
  'canceled, past the votes': ({ berlin, bill }) => berlin.post(`/payables/${bill.id}/approve_payment_operation`),
}
/** What may be tried: by those who are asked, and by somebody who isn't. */
const tries: [string, 'ada' | 'bob' | 'berlin', string][] = [
  ['approve', 'ada', 'approved'],
  ['approve', 'bob', 'approved'],
  ['reject', 'ada', 'rejected'],
  ['reject', 'bob', 'rejected'],
  ['approve', 'berlin', ''],
  ['reject', 'berlin', ''],
  ['cancel', 'berlin', 'canceled'],
  ['cancel', 'bob', ''],
]

/** All that a request touches. */
async function everything(w: World, { berlin, policy, bill, id, process }: Asked) {
  const [{ n }] = (await w.sql<{ n: number }>(`select count(*)::int as n from events where entity_id = $1`, [
    berlin.entityId,
  ])) as [{ n: number }]
  const request = (await berlin.get(`/approval_requests/${id}`)).body
  const steps = await stepsOf(berlin, policy.id, process)
  return { bill: await readBill(berlin, bill.id), request, steps, processes: await processesOf(berlin, policy.id), events: n }
}

test.each(Object.keys(ways))('a request that is %s', async (way) => {
  const w = await world()
  const status = way.split(/[ ,]/)[0]!
  for (const [action, whom, end] of tries) {
    const made = await asked(w)
    await ways[way]!(made)
    const before = await everything(w, made)
    expect(before.request.status).toBe(status)
    const answer = await act(made[whom], made.id, action)
    const again = whom === 'ada' && way.includes('one')
    const legal = status === 'waiting' && end !== '' && !again
    expect([action, whom, answer.status]).toEqual([action, whom, legal ? 200 : end === '' ? 403 : 409])
    if (!legal) expect(await everything(w, made)).toEqual(before)
    else {
      const second = end === 'approved' && !way.includes('one')
      const after = await everything(w, made)
      expect(after.request.status).toBe(second ? 'waiting' : end)
      const moved = { approved: 'waiting_to_be_paid', rejected: 'rejected', canceled: 'approve_in_progress' }
      expect(after.bill.status).toBe(second ? 'approve_in_progress' : moved[end as 'approved'])
      expect(after.steps.map((step) => step.status)).toEqual([after.request.status])
    }
    await made.berlin.delete(`/approval_policies/${made.policy.id}`)
  }
})

test.each([
  ['waiting', 'waiting'],
  ['waiting, approved by one', 'waiting'],
  ['approved', 'succeeded'],
  ['rejected', 'succeeded'],
  ['canceled', 'canceled'],
  ['canceled, past the votes', 'canceled'],
])('the process of a request that is %s is %s, and is canceled only while it waits', async (way, status) => {
  const w = await world()
  const made = await asked(w)
  await ways[way]!(made)
  const before = await everything(w, made)
  expect(before.processes[0]!.status).toBe(status)
  const cancel = () => made.berlin.post(`/approval_policies/${made.policy.id}/processes/${made.process}/cancel`)
  const answer = await cancel()
  if (status !== 'waiting') {
    expect(answer.status).toBe(409)
    return expect(await everything(w, made)).toEqual(before)
  }
  expect(answer.body.status).toBe('canceled')
  const after = await everything(w, made)
  expect(after.request.status).toBe('canceled')
  expect(after.bill).toMatchObject({ status: 'approve_in_progress', approval_policy_id: null })
  expect((await cancel()).status).toBe(409)
  expect(await everything(w, made)).toEqual(after)
})

test('a process that failed is canceled by nobody', async () => {
  const w = await world()
  const { berlin } = w
  const policy = await newPolicy(berlin, decide('{invoice.nothing > 1}'))
  const bill = await submitted(w, berlin)
  const [process] = (await processesOf(berlin, policy.id)) as [Body]
  expect(process.status).toBe('failed')
  expect((await berlin.post(`/approval_policies/${policy.id}/processes/${process.id}/cancel`)).status).toBe(409)
  expect((await processesOf(berlin, policy.id))[0]).toEqual(process)
  expect((await readBill(berlin, bill.id)).status).toBe('approve_in_progress')
})
