import { describe, expect, test } from 'vitest'
import {
  approver,
  decide,
  newPolicy,
  processesOf,
  requestsOf,
  roles,
  stepsOf,
  submitted,
  users,
} from '../../../test/support/approving.ts'
import { billThatIs, readBill } from '../../../test/support/billing.ts'
import { good } from '../../../test/support/invoicing.ts'
import { type Body, type Client, permissions, type World, world } from '../../../test/support/world.ts'

/** Nobody waits for ever for somebody who was deleted, or has another role by now. */

async function cast() {
  const w = await world()
  const entityId = w.berlin.entityId!
  const [ada, bob] = [await approver(w, entityId), await approver(w, entityId)]
  const partner = w.partnerIn(entityId)
  const roleOf = async (who: Client) => (await partner.get(`/entity_users/${who.userId}`)).body.role_id as string
  const gone = async (who: Client) => {
    expect((await partner.delete(`/entity_users/${who.userId}`)).status).toBe(204)
    await w.work()
  }
  return { w, entityId, partner, berlin: w.berlin, ada, bob, roleOf, gone }
}
const vote = (who: Client, { id }: Body, choice = 'approve') => who.post(`/approval_requests/${id}/${choice}`).then(good)
const statusOf = async (who: Client, { id }: Body) => (await readBill(who, id)).status
const states = async (who: Client, bill: Body) => (await requestsOf(who, bill.id)).map(({ status }) => status)
const REASON = 'Too few people are left who could decide this request'

/** A bill that waits for a decision by hand, with a process that says why, and where somebody may decide it. */
async function waitsForHand(w: World, bill: Body, policy: Body) {
  const { berlin } = w
  expect(await statusOf(berlin, bill)).toBe('approve_in_progress')
  const [process] = (await processesOf(berlin, policy.id)) as [Body]
  expect(process).toMatchObject({ status: 'failed', error: { message: REASON } })
  const told = await w.sql(`select event from events where object_id = $1 and object_type = 'approval_policy_process'`, [
    process.id,
  ])
  expect(told.map(({ event }) => event)).toContain('execution_error')
  expect((await states(berlin, bill)).includes('waiting')).toBe(false)
  good(await berlin.post(`/payables/${bill.id}/approve_payment_operation`))
  expect(await statusOf(berlin, bill)).toBe('waiting_to_be_paid')
  return process
}

describe('an approver who is deleted', () => {
  test('is not waited for where somebody else may answer in their place', async () => {
    const { w, berlin, ada, bob, gone } = await cast()
    await newPolicy(berlin, decide({ any: [users([ada.userId]), users([bob.userId])] }))
    const [one, two] = [await submitted(w, berlin), await submitted(w, berlin)]
    await gone(ada)
    expect([await states(berlin, one), await states(berlin, two)]).toEqual(Array(2).fill(['canceled', 'waiting']))
    await vote(bob, (await requestsOf(berlin, one.id))[1]!)
    await vote(bob, (await requestsOf(berlin, two.id))[1]!, 'reject')
    expect([await statusOf(berlin, one), await statusOf(berlin, two)]).toEqual(['waiting_to_be_paid', 'rejected'])
  })

  test('leaves the other users of the same request to answer it', async () => {
    const { w, berlin, ada, bob, gone } = await cast()
    await newPolicy(berlin, decide(users([ada.userId, bob.userId])))
    const bill = await submitted(w, berlin)
    await gone(ada)
    const [request] = (await requestsOf(berlin, bill.id)) as [Body]
    expect(request.status).toBe('waiting')
    await vote(bob, request)
    expect(await statusOf(berlin, bill)).toBe('waiting_to_be_paid')
  })

  test('whose yes counts already is missed by nobody', async () => {
    const { w, berlin, ada, bob, gone } = await cast()
    await newPolicy(berlin, decide(users([ada.userId, bob.userId], 2)))
    const bill = await submitted(w, berlin)
    const [request] = (await requestsOf(berlin, bill.id)) as [Body]
    await vote(ada, request)
    await gone(ada)
    await vote(bob, request)
    expect(await statusOf(berlin, bill)).toBe('waiting_to_be_paid')
  })

  test.each([
    ['alone', (a: Client, _b: Client) => users([a.userId])],
    ['together with another', (a: Client, b: Client) => users([a.userId, b.userId], 2)],
    ['before another', (a: Client, b: Client) => ({ all: [users([a.userId]), users([b.userId])] })],
    ['beside another', (a: Client, b: Client) => ({ run_concurrently: true, all: [users([a.userId]), users([b.userId])] })],
  ])('and is needed %s: the process fails with a reason, and the bill waits for a decision by hand', async (_name, condition) => {
    const { w, berlin, ada, bob, gone } = await cast()
    const policy = await newPolicy(berlin, decide(condition(ada, bob)))
    const bill = await submitted(w, berlin)
    await gone(ada)
    const process = await waitsForHand(w, bill, policy)
    expect((await stepsOf(berlin, policy.id, process.id))[0]).toMatchObject({ status: 'failed' })
  })

  test('and is named by a policy: a bill that meets it later does not wait for them either', async () => {
    const { w, berlin, ada, bob, gone } = await cast()
    const policy = await newPolicy(berlin, decide({ all: [users([bob.userId]), users([ada.userId])] }))
    await gone(ada)
    const bill = await submitted(w, berlin)
    await vote(bob, (await requestsOf(berlin, bill.id))[0]!)
    await w.work()
    await waitsForHand(w, bill, policy)
  })

  test('and was asked by hand: the bill is not approved without them', async () => {
    const { berlin, partner, ada, bob, gone } = await cast()
    const id = await billThatIs(berlin, 'approve_in_progress')
    const ask = (who: Client) =>
      partner
        .post('/approval_requests', { object_type: 'payable', object_id: id, user_ids: [who.userId], required_approval_count: 1 })
        .then(good)
    const [, second] = [await ask(ada), await ask(bob)]
    await gone(ada)
    expect(await states(berlin, { id })).toEqual(['canceled', 'waiting'])
    await vote(bob, second)
    expect(await statusOf(berlin, { id })).toBe('approve_in_progress')
    good(await berlin.post(`/payables/${id}/approve_payment_operation`))
  })
})

describe('a role that is asked', () => {
  test('goes on with those who have it, and fails with the last who could answer', async () => {
    const { w, berlin, entityId, partner, ada, bob, roleOf, gone } = await cast()
    const role = await roleOf(ada)
    const eve = await approver(w, entityId)
    for (const who of [bob, eve]) good(await partner.patch(`/entity_users/${who.userId}`, { role_id: role }))
    await w.work()
    const policy = await newPolicy(berlin, decide(roles([role], 2)))
    const [one, two] = [await submitted(w, berlin), await submitted(w, berlin)]
    await gone(eve)
    expect(await states(berlin, one)).toEqual(['waiting'])
    for (const who of [ada, bob]) await vote(who, (await requestsOf(berlin, one.id))[0]!)
    expect(await statusOf(berlin, one)).toBe('waiting_to_be_paid')
    // Another role is as good as being gone.
    good(await partner.patch(`/entity_users/${bob.userId}`, { role_id: await roleOf(berlin) }))
    await w.work()
    const [, process] = (await processesOf(berlin, policy.id)) as [Body, Body]
    expect(process).toMatchObject({ status: 'failed', error: { message: REASON } })
    expect(await statusOf(berlin, two)).toBe('approve_in_progress')
  })

  test('and that nobody has, or that was deleted, is not waited for', async () => {
    const { w, berlin, partner } = await cast()
    const { id } = good(await partner.post('/roles', { name: 'Nobody has it', permissions: permissions() }))
    const policy = await newPolicy(berlin, decide(roles([id])))
    const bill = await submitted(w, berlin)
    await waitsForHand(w, bill, policy)
    expect((await partner.delete(`/roles/${id}`)).status).toBe(204)
    const later = await submitted(w, berlin)
    expect(await statusOf(berlin, later)).toBe('approve_in_progress')
    expect((await processesOf(berlin, policy.id)).map(({ status }) => status)).toEqual(['failed', 'failed'])
  })

  test('keeps waiting while it has too few users who may still become more', async () => {
    const { w, berlin, entityId, partner, ada, bob, roleOf, gone } = await cast()
    const role = await roleOf(ada)
    await newPolicy(berlin, decide(roles([role], 2)))
    const bill = await submitted(w, berlin)
    await gone(await approver(w, entityId))
    good(await partner.patch(`/entity_users/${ada.userId}`, { role_id: role }))
    await w.work()
    const [request] = (await requestsOf(berlin, bill.id)) as [Body]
    await vote(ada, request)
    good(await partner.patch(`/entity_users/${bob.userId}`, { role_id: role }))
    await w.work()
    await vote(bob, request)
    expect(await statusOf(berlin, bill)).toBe('waiting_to_be_paid')
  })
})

test('those who may decide are told once that a bill waits for them, in the language of the entity', async () => {
  const { w, entityId, berlin, partner, ada, gone } = await cast()
  const reachable = async (who: Client, email: string) =>
    good(await partner.patch(`/entity_users/${who.userId}`, { email, first_name: 'Eve', last_name: 'Online' }))
  const boss = await w.newUser(entityId)
  const clerk = await w.newUser(entityId, permissions({ 'payable:approve': 'not_allowed' }))
  await reachable(boss, 'boss@example.com')
  await reachable(clerk, 'clerk@example.com')
  good(await partner.patch(`/entities/${entityId}/settings`, { language: 'de' }))
  await newPolicy(berlin, decide(users([ada.userId])))
  const bill = await submitted(w, berlin)
  await gone(ada)
  await w.work()
  const mails = await w.sql<Body>(`select * from mails where object_id = $1`, [bill.id])
  expect(mails.map(({ recipients }) => recipients.map(({ email }: Body) => email))).toEqual([['boss@example.com']])
  expect(mails[0]).toMatchObject({ subject: 'Ihre Entscheidung ist nötig', object_type: 'payable' })
  expect(mails[0]!.text).toMatch(/Guten Tag Eve Online[\s\S]*wartet, bis jemand[\s\S]*R-4711/)
})
