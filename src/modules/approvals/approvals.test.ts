// biome-ignore-all lint/suspicious/noThenProperty: the language has a key of that name
import { describe, expect, test } from 'vitest'
import {
  approver,
  decide,
  newPolicy,
  processesOf,
  requestsOf,
  roles,
  SUBMITTED,
  stepsOf,
  submitted,
  users,
} from '../../../test/support/approving.ts'
import { billThatIs, readBill } from '../../../test/support/billing.ts'
import { type Body, type Client, type World, world } from '../../../test/support/world.ts'
import { asEntity } from '../../platform/database/context.ts'
import { startWorker } from '../../platform/jobs/jobs.ts'

const yes = (who: Client, { id }: Body) => who.post(`/approval_requests/${id}/approve`)
const no = (who: Client, { id }: Body) => who.post(`/approval_requests/${id}/reject`)
const statusOf = async (who: Client, { id }: Body) => (await readBill(who, id)).status
const eventsOf = async (w: World, object: string) =>
  (
    await w.sql<{ event: string }>(
      `select object_type || '.' || event as event from events where entity_id = $1 and object_type = any ($2) order by created_at, id`,
      [w.berlin.entityId, object.split(' ')],
    )
  ).map(({ event }) => event)

async function cast() {
  const w = await world()
  const entityId = w.berlin.entityId!
  const [ada, bob] = [await approver(w, entityId), await approver(w, entityId)]
  return { ...w, w, entityId, ada, bob }
}

describe('a policy at work', () => {
  test('a submitted bill meets its policy, is approved by who is named, and each of them is told', async () => {
    const { w, berlin, ada, bob, sql } = await cast()
    const policy = await newPolicy(berlin, decide({ all: [users([ada.userId]), users([bob.userId])] }), {
      trigger: { all: [SUBMITTED, { operator: '>=', left_operand: { name: 'invoice.amount' }, right_operand: 100 }] },
    })
    const bill = await submitted(w, berlin)
    expect(bill).toMatchObject({ status: 'approve_in_progress', approval_policy_id: policy.id })
    const [process] = (await processesOf(berlin, policy.id)) as [Body]
    const [first, ...none] = (await requestsOf(berlin, bill.id)) as [Body]
    expect(none).toEqual([])
    expect(first).toEqual({
      id: first.id,
      created_at: first.created_at,
      updated_at: first.updated_at,
      created_by: berlin.userId,
      object_id: bill.id,
      object_type: 'payable',
      user_ids: [ada.userId],
      role_ids: [],
      required_approval_count: 1,
      status: 'waiting',
      approved_by: [],
      rejected_by: null,
    })
    expect(process).toMatchObject({
      status: 'waiting',
      created_by: berlin.userId,
      updated_by: null,
      error: null,
      script_snapshot: policy.script,
      input: { event_name: 'submitted_for_approval', invoice: { id: bill.id, amount: bill.total_amount, currency: 'EUR' } },
      metadata: {
        object_type: 'payable',
        object_id: bill.id,
        explanation: {
          matched: [
            { condition: SUBMITTED.slice(1, -1), holds: true },
            { condition: 'invoice.amount >= 100', holds: true, left: bill.total_amount, right: 100 },
          ],
          awaiting: [{ approval_request_id: first.id, user_ids: [ada.userId], approvals_missing: 1 }],
        },
      },
    })
    expect(process.input.invoice).not.toHaveProperty('file')
    const step = { object_id: bill.id, role_ids: [], required_approval_count: 1, rejected_by: null }
    expect(await stepsOf(berlin, policy.id, process.id)).toEqual([
      { ...step, approval_request_id: first.id, user_ids: [ada.userId], approved_by: [], status: 'waiting' },
      { ...step, approval_request_id: null, user_ids: [bob.userId], approved_by: [], status: 'not_started' },
    ])

    expect((await yes(ada, first)).body).toMatchObject({ status: 'approved', approved_by: [ada.userId] })
    expect(await statusOf(berlin, bill)).toBe('approve_in_progress')
    const [, second] = (await requestsOf(berlin, bill.id)) as [Body, Body]
    expect((await yes(bob, second)).status).toBe(200)
    expect(await statusOf(berlin, bill)).toBe('waiting_to_be_paid')
    const [done] = (await processesOf(berlin, policy.id)) as [Body]
    expect([done.status, done.metadata.explanation.awaiting]).toEqual(['succeeded', []])
    expect((await stepsOf(berlin, policy.id, process.id)).map(({ status }) => status)).toEqual(['approved', 'approved'])

    expect(await eventsOf(w, 'approval_policy approval_policy_process approval_request')).toEqual([
      'approval_policy.created',
      'approval_policy_process.created',
      'approval_request.created',
      'approval_request.approved',
      'approval_request.created',
      'approval_request.approved',
    ])
    const moves = await sql<{ event: string; entity_user_id: string | null }>(
      `select event, entity_user_id from events where object_id = $1 and event in ('approved', 'updated') and created_at > $2 order by created_at`,
      [bill.id, first.created_at],
    )
    expect(moves).toEqual([{ event: 'approved', entity_user_id: null }])
    const { body: history } = await berlin.get(`/payables/${bill.id}/history?event_type__in=status_changed`)
    expect(history.data.at(-1)).toMatchObject({
      entity_user_id: null,
      event_data: { old_status: 'approve_in_progress', new_status: 'waiting_to_be_paid' },
    })
  })

  test('one no rejects, and nobody else is asked', async () => {
    const { w, berlin, ada, bob } = await cast()
    const policy = await newPolicy(berlin, decide({ run_concurrently: true, all: [users([ada.userId]), users([bob.userId])] }))
    const bill = await submitted(w, berlin)
    const [first, second] = (await requestsOf(berlin, bill.id)) as [Body, Body]
    expect((await no(ada, first)).body).toMatchObject({ status: 'rejected', rejected_by: ada.userId })
    expect(await statusOf(berlin, bill)).toBe('rejected')
    expect((await requestsOf(berlin, bill.id))[1].status).toBe('canceled')
    const late = await yes(bob, second)
    expect([late.status, late.body]).toEqual([
      409,
      { error: { message: `An approval request that is canceled can't be decided again` } },
    ])
    const [process] = (await processesOf(berlin, policy.id)) as [Body]
    expect(process.status).toBe('succeeded')
    expect((await stepsOf(berlin, policy.id, process.id)).map(({ status }) => status)).toEqual(['rejected', 'canceled'])
  })

  test('a bill that is sent again is asked about again', async () => {
    const { w, berlin, ada } = await cast()
    const policy = await newPolicy(berlin, decide(users([ada.userId])))
    const bill = await submitted(w, berlin)
    await no(ada, (await requestsOf(berlin, bill.id))[0])
    expect((await berlin.post(`/payables/${bill.id}/reopen`)).body).toMatchObject({ status: 'new', approval_policy_id: null })
    await berlin.post(`/payables/${bill.id}/submit_for_approval`)
    await w.work()
    const all = await requestsOf(berlin, bill.id)
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'waiting'])
    await yes(ada, all[1])
    expect(await statusOf(berlin, bill)).toBe('waiting_to_be_paid')
    expect((await processesOf(berlin, policy.id)).map(({ status }) => status)).toEqual(['succeeded', 'succeeded'])
  })

  test('so many of a role approve, each of them once; what a role is counts when they vote', async () => {
    const { w, berlin, ada, bob, partnerIn, entityId } = await cast()
    const roleOf = async (who: Client) => (await partnerIn(entityId).get(`/entity_users/${who.userId}`)).body.role_id
    const role = await roleOf(ada)
    await newPolicy(berlin, decide(roles([role], 2)))
    const bill = await submitted(w, berlin)
    const [request] = (await requestsOf(berlin, bill.id)) as [Body]
    expect(request).toMatchObject({ user_ids: [], role_ids: [role], required_approval_count: 2 })
    expect((await yes(bob, request)).body).toEqual({ error: { message: 'User is not allowed to approve this request' } })
    expect((await yes(ada, request)).body).toMatchObject({ status: 'waiting', approved_by: [ada.userId] })
    const again = await yes(ada, request)
    expect([again.status, again.body.error.message]).toEqual([409, 'You have approved this request already'])
    expect((await no(ada, request)).status).toBe(409)
    await partnerIn(entityId).patch(`/entity_users/${bob.userId}`, { role_id: role })
    expect((await yes(bob, request)).body).toMatchObject({ status: 'approved', approved_by: [ada.userId, bob.userId] })
    expect(await statusOf(berlin, bill)).toBe('waiting_to_be_paid')
    expect(await eventsOf(w, 'approval_request')).toEqual(['approval_request.created', 'approval_request.approved'])
  })

  test('a script may pay, with a comment; a bare one approves; one without effect leaves the bill', async () => {
    const { w, berlin, ada } = await cast()
    const paying = [{ if: users([ada.userId]), then: [`{Payables.mark_as_paid(invoice.id, 'By card')}`], else: [] }]
    for (const [script, status] of [
      [paying, 'paid'],
      [[users([ada.userId])], 'waiting_to_be_paid'],
      [[{ if: users([ada.userId]), then: [] }], 'approve_in_progress'],
    ] as const) {
      const policy = await newPolicy(berlin, script)
      const bill = await submitted(w, berlin)
      await yes(ada, (await requestsOf(berlin, bill.id))[0])
      expect(await readBill(berlin, bill.id)).toMatchObject({
        status,
        marked_as_paid_by_entity_user_id: null,
        marked_as_paid_with_comment: status === 'paid' ? 'By card' : null,
      })
      expect((await processesOf(berlin, policy.id))[0].status).toBe('succeeded')
      await berlin.delete(`/approval_policies/${policy.id}`)
    }
  })

  test('a script that fails says why, asks nobody, and leaves the bill to be decided by hand', async () => {
    const { w, berlin } = await cast()
    const call = { ...users([]), params: { user_ids: '{invoice.project_id}', required_approval_count: 1 } }
    const policy = await newPolicy(berlin, decide(call))
    const bill = await submitted(w, berlin)
    const [process] = (await processesOf(berlin, policy.id)) as [Body]
    expect(process).toMatchObject({ status: 'failed', error: { at: 'script[0].if', message: 'These are not ids' } })
    expect((await stepsOf(berlin, policy.id, process.id)).map(({ status }) => status)).toEqual(['failed'])
    expect(await statusOf(berlin, bill)).toBe('approve_in_progress')
    expect(await requestsOf(berlin, bill.id)).toEqual([])
    expect(await eventsOf(w, 'approval_policy_process')).toEqual([
      'approval_policy_process.created',
      'approval_policy_process.execution_error',
    ])
    expect((await berlin.post(`/payables/${bill.id}/approve_payment_operation`)).body.status).toBe('waiting_to_be_paid')
  })

  test('currencies are converted by the rates of the entity, or of the partner', async () => {
    const { w, berlin, ada, partner, entityId } = await cast()
    const converted = (to: string, least: number) => ({
      operator: '>',
      right_operand: least,
      left_operand: {
        call: 'Currency.convert',
        params: { amount: '{invoice.amount}', from_currency: '{invoice.currency}', to_currency: to },
      },
    })
    const policy = await newPolicy(berlin, decide(users([ada.userId])), {
      trigger: { all: [SUBMITTED, converted('USD', 10_000)] },
    })
    // 71.36 EUR; without a rate the condition has no answer.
    expect((await submitted(w, berlin)).approval_policy_id).toBeNull()
    const settings = { currency: { default: 'EUR', exchange_rates: [{ base: 'EUR', to: 'USD', rate: 2 }] } }
    expect((await partner.patch(`/entities/${entityId}/settings`, settings)).status).toBe(200)
    expect((await submitted(w, berlin)).approval_policy_id).toBe(policy.id)
  })
})

test('a bill has its policy within two seconds of being sent, and its verdict with the vote', async () => {
  const { w, berlin, ada, handlers, machinery } = await cast()
  const policy = await newPolicy(berlin, decide(users([ada.userId])))
  const worker = startWorker(machinery.db, machinery.log, handlers, { loops: 1, partners: [w.partner_id] })
  try {
    const id = await billThatIs(berlin, 'approve_in_progress')
    await expect
      .poll(async () => (await readBill(berlin, id)).approval_policy_id, { timeout: 2000, interval: 50 })
      .toBe(policy.id)
    await yes(ada, (await requestsOf(berlin, id))[0])
    expect((await readBill(berlin, id)).status).toBe('waiting_to_be_paid')
  } finally {
    await worker.stop()
  }
})

test('subscribers hear of policies, processes and requests in their order', async () => {
  const { w, berlin, ada, bob, partner } = await cast()
  for (const object_type of ['approval_policy', 'approval_policy_process', 'approval_request', 'payable'])
    await partner.post('/webhook_subscriptions', { object_type, url: 'http://127.0.0.1:9/' })
  const policy = await newPolicy(berlin, decide({ run_concurrently: true, all: [users([ada.userId]), users([bob.userId])] }))
  const bill = await submitted(w, berlin)
  const [one] = (await requestsOf(berlin, bill.id)) as [Body]
  await no(ada, one)
  const other = await submitted(w, berlin)
  const [process] = (await processesOf(berlin, policy.id)).slice(-1) as [Body]
  await berlin.post(`/approval_policies/${policy.id}/processes/${process.id}/cancel`)
  await berlin.delete(`/approval_policies/${policy.id}`)
  expect((await readBill(berlin, other.id)).approval_policy_id).toBeNull()
  const heard = await w.sql<{ action: string }>(
    `select object_type || '.' || event as action from events where entity_id = $1 and subscribed
       and (object_type <> 'payable' or event in ('rejected', 'submitted_for_approval')) order by created_at, id`,
    [berlin.entityId],
  )
  expect(heard.map(({ action }) => action)).toEqual([
    'approval_policy.created',
    'payable.submitted_for_approval',
    'approval_policy_process.created',
    'approval_request.created',
    'approval_request.created',
    'approval_request.rejected',
    'approval_request.canceled',
    'payable.rejected',
    'payable.submitted_for_approval',
    'approval_policy_process.created',
    'approval_request.created',
    'approval_request.created',
    'approval_policy.process_canceled',
    'approval_request.canceled',
    'approval_request.canceled',
    'approval_policy.deleted',
  ])
})

describe('which policy', () => {
  test('the highest priority wins; of two that are equal none applies, and that is told', async () => {
    const { w, berlin, ada } = await cast()
    const script = decide(users([ada.userId]))
    await newPolicy(berlin, script, { priority: 1 })
    const high = await newPolicy(berlin, script, { priority: 2 })
    await newPolicy(berlin, script, { priority: 9, trigger: { all: [SUBMITTED, '{invoice.amount < 0}'] } })
    await newPolicy(berlin, script, { priority: 9, trigger: '{invoice.nothing == 1}' })
    expect((await submitted(w, berlin)).approval_policy_id).toBe(high.id)
    await newPolicy(berlin, script, { priority: 2 })
    const bill = await submitted(w, berlin)
    expect(bill.approval_policy_id).toBeNull()
    expect(await eventsOf(w, 'payable')).toContain('payable.multiple_approval_policies_matched')
    expect(await requestsOf(berlin, bill.id)).toEqual([])
  })

  test('only one that is in force when the bill is sent', async () => {
    const { w, berlin, ada, clock } = await cast()
    const began = Date.now()
    const minute = (n: number) => new Date(began + n * 60_000).toISOString()
    clock.set(minute(0))
    const script = decide(users([ada.userId]))
    const zoned = `${minute(65).slice(0, -1)}+01:00`
    const later = await newPolicy(berlin, script, { starts_at: zoned, ends_at: minute(10) })
    expect([later.status, Date.parse(later.starts_at)]).toEqual(['pending', began + 5 * 60_000])
    const off = await newPolicy(berlin, script, { priority: 5 })
    expect((await berlin.patch(`/approval_policies/${off.id}`, { status: 'pending' })).body.status).toBe('pending')
    expect((await submitted(w, berlin)).approval_policy_id).toBeNull()
    clock.set(minute(6))
    expect((await berlin.get(`/approval_policies/${later.id}`)).body.status).toBe('active')
    const id = await billThatIs(berlin, 'approve_in_progress')
    clock.set(minute(10))
    expect((await berlin.get('/approval_policies?status=active')).body.data).toEqual([])
    await w.work()
    expect((await readBill(berlin, id)).approval_policy_id).toBe(later.id)
    expect((await submitted(w, berlin)).approval_policy_id).toBeNull()
  })

  test('bills that wait without a policy meet one that comes into force; those with a process keep it', async () => {
    const { w, berlin, ada } = await cast()
    const waiting = await submitted(w, berlin)
    expect(waiting.approval_policy_id).toBeNull()
    const never = await newPolicy(berlin, decide(users([ada.userId])), { trigger: '{invoice.amount < 0}' })
    await w.work()
    expect((await readBill(berlin, waiting.id)).approval_policy_id).toBeNull()
    await berlin.patch(`/approval_policies/${never.id}`, { trigger: null })
    await w.work()
    expect((await readBill(berlin, waiting.id)).approval_policy_id).toBe(never.id)
    await newPolicy(berlin, decide(users([ada.userId])), { priority: 9 })
    await w.work()
    expect((await readBill(berlin, waiting.id)).approval_policy_id).toBe(never.id)
    expect(await requestsOf(berlin, waiting.id)).toHaveLength(1)
  })

  test('a policy changed or deleted while it is at work goes on as it began', async () => {
    const { w, berlin, ada, bob } = await cast()
    const policy = await newPolicy(berlin, decide({ all: [users([ada.userId]), users([bob.userId])] }))
    const bill = await submitted(w, berlin)
    await berlin.patch(`/approval_policies/${policy.id}`, { script: ['{Payables.approve(invoice.id)}'] })
    await w.work()
    await yes(ada, (await requestsOf(berlin, bill.id))[0])
    expect((await processesOf(berlin, policy.id))[0].script_snapshot).toEqual(policy.script)
    expect((await berlin.delete(`/approval_policies/${policy.id}`)).status).toBe(204)
    expect((await berlin.get(`/approval_policies/${policy.id}`)).body).toEqual({
      error: { message: `There is no approval policy with the given id: ${policy.id}` },
    })
    await yes(bob, (await requestsOf(berlin, bill.id))[1])
    expect(await readBill(berlin, bill.id)).toMatchObject({ status: 'waiting_to_be_paid', approval_policy_id: policy.id })
  })
})

describe('past the votes', () => {
  test('a process is canceled by hand: its requests too, and the bill waits', async () => {
    const { w, berlin, ada, bob } = await cast()
    const policy = await newPolicy(berlin, decide({ all: [users([ada.userId]), users([bob.userId])] }))
    const bill = await submitted(w, berlin)
    const [process] = (await processesOf(berlin, policy.id)) as [Body]
    const path = `/approval_policies/${policy.id}/processes/${process.id}`
    expect((await berlin.post(`${path}/cancel`)).body).toMatchObject({
      id: process.id,
      status: 'canceled',
      updated_by: berlin.userId,
    })
    expect((await berlin.get(path)).body.status).toBe('canceled')
    expect((await stepsOf(berlin, policy.id, process.id)).map(({ status }) => status)).toEqual(['canceled', 'canceled'])
    expect((await requestsOf(berlin, bill.id)).map(({ status }) => status)).toEqual(['canceled'])
    expect(await readBill(berlin, bill.id)).toMatchObject({ status: 'approve_in_progress', approval_policy_id: null })
    expect(await eventsOf(w, 'approval_policy')).toEqual(['approval_policy.created', 'approval_policy.process_canceled'])
    const again = await berlin.post(`${path}/cancel`)
    expect([again.status, again.body.error.message]).toEqual([409, `An approval process that is canceled can't be canceled`])
  })

  test.each([
    ['approve_payment_operation', 'waiting_to_be_paid'],
    ['reject', 'rejected'],
  ])('%s ends the process and what it asks', async (action, status) => {
    const { w, berlin, ada } = await cast()
    const policy = await newPolicy(berlin, decide(users([ada.userId])))
    const bill = await submitted(w, berlin)
    expect((await berlin.post(`/payables/${bill.id}/${action}`)).body.status).toBe(status)
    expect((await processesOf(berlin, policy.id))[0].status).toBe('canceled')
    const [request] = (await requestsOf(berlin, bill.id)) as [Body]
    expect(request.status).toBe('canceled')
    expect((await yes(ada, request)).status).toBe(409)
  })

  test('a request that is taken back ends the process that waits for it', async () => {
    const { w, berlin, ada } = await cast()
    const policy = await newPolicy(berlin, decide(users([ada.userId])))
    const bill = await submitted(w, berlin)
    const [request] = (await requestsOf(berlin, bill.id)) as [Body]
    const path = `/approval_requests/${request.id}`
    expect((await ada.post(`${path}/cancel`)).status).toBe(403)
    expect((await berlin.post(`${path}/cancel`)).body).toMatchObject({ id: request.id, status: 'canceled' })
    expect((await processesOf(berlin, policy.id))[0].status).toBe('canceled')
    expect(await readBill(berlin, bill.id)).toMatchObject({ status: 'approve_in_progress', approval_policy_id: null })
    expect((await berlin.post(`${path}/cancel`)).status).toBe(409)
    expect(await eventsOf(w, 'approval_request')).toEqual(['approval_request.created', 'approval_request.canceled'])
  })
})

describe('requests without a policy', () => {
  const ask = (who: Client, bill: Body, changes: object) =>
    who.post('/approval_requests', { object_type: 'payable', object_id: bill.id, required_approval_count: 1, ...changes })

  test('every yes is needed, and one no is enough', async () => {
    const { w, berlin, ada, bob } = await cast()
    for (const [second, status] of [
      [yes, 'waiting_to_be_paid'],
      [no, 'rejected'],
    ] as const) {
      const bill = await submitted(w, berlin)
      const { body: one, status: made } = await ask(berlin, bill, { user_ids: [ada.userId] })
      expect([made, one.created_by, one.status]).toEqual([201, berlin.userId, 'waiting'])
      const { body: two } = await ask(berlin, bill, { user_ids: [bob.userId] })
      const { body: third } = await ask(berlin, bill, { user_ids: [bob.userId] })
      await berlin.post(`/approval_requests/${third.id}/cancel`)
      await yes(ada, one)
      expect(await statusOf(berlin, bill)).toBe('approve_in_progress')
      await second(bob, two)
      expect(await statusOf(berlin, bill)).toBe(status)
    }
  })

  test('answers of an earlier submission count no more', async () => {
    const { w, berlin, ada } = await cast()
    const bill = await submitted(w, berlin)
    await no(ada, (await ask(berlin, bill, { user_ids: [ada.userId] })).body)
    await berlin.post(`/payables/${bill.id}/reopen`)
    await berlin.post(`/payables/${bill.id}/submit_for_approval`)
    await yes(ada, (await ask(berlin, bill, { user_ids: [ada.userId] })).body)
    expect(await statusOf(berlin, bill)).toBe('waiting_to_be_paid')
  })

  test('beside a process they change nothing', async () => {
    const { w, berlin, ada, bob } = await cast()
    await newPolicy(berlin, decide(users([ada.userId])))
    const bill = await submitted(w, berlin)
    const { body: beside } = await ask(berlin, bill, { user_ids: [bob.userId] })
    await no(bob, beside)
    const { body: open } = await ask(berlin, bill, { user_ids: [bob.userId] })
    expect(await statusOf(berlin, bill)).toBe('approve_in_progress')
    await yes(ada, (await requestsOf(berlin, bill.id))[0])
    expect(await statusOf(berlin, bill)).toBe('waiting_to_be_paid')
    expect((await berlin.get(`/approval_requests/${open.id}`)).body.status).toBe('canceled')
  })

  test('what makes no sense is refused', async () => {
    const { w, berlin, ada, bob, entityId, partnerIn } = await cast()
    const bill = await submitted(w, berlin)
    const refused = async (changes: object, about: Body = bill) => {
      const { status, body } = await ask(berlin, about, changes)
      return [status, body.error?.message]
    }
    expect(await refused({ user_ids: [ada.userId] }, { id: entityId })).toEqual([404, 'Payable not found'])
    expect(await refused({ user_ids: [] })).toEqual([400, 'Name at least one user or role who may approve'])
    expect(await refused({ user_ids: [entityId] })).toEqual([400, `user_ids: there is none with the id ${entityId}`])
    expect(await refused({ role_ids: [entityId] })).toEqual([400, `role_ids: there is none with the id ${entityId}`])
    expect(await refused({ user_ids: [ada.userId, ada.userId], required_approval_count: 2 })).toEqual([
      400,
      `required_approval_count: 2 approvals can't come from 1 users`,
    ])
    expect((await refused({ user_ids: [ada.userId], object_type: 'receivable' }))[0]).toBe(400)
    expect((await refused({ user_ids: [ada.userId] }, { id: await billThatIs(berlin, 'new') }))[0]).toBe(400)
    const both = { user_ids: [ada.userId], role_ids: [] }
    expect((await berlin.post('/approval_requests', { ...both, object_id: bill.id }, { beyond: true })).status).toBe(422)
    // Partners may ask, and nobody but a user may answer.
    const partner = partnerIn(entityId)
    const { body: request } = await ask(partner, bill, { user_ids: [ada.userId, bob.userId] })
    expect(request.created_by).toBeNull()
    for (const action of ['approve', 'reject'])
      expect((await partner.post(`/approval_requests/${request.id}/${action}`)).body.error.message).toContain(
        'This operation needs the token of an entity user',
      )
    for (const action of ['approve', 'reject'])
      expect((await berlin.post(`/approval_requests/${request.id}/${action}`)).body.error.message).toBe(
        `User is not allowed to ${action} this request`,
      )
  })

  test('are found by what they are about, who is named, and where they stand', async () => {
    const { w, berlin, ada, bob, entityId, partnerIn } = await cast()
    const bill = await submitted(w, berlin)
    const other = await submitted(w, berlin)
    const role = (await partnerIn(entityId).get(`/entity_users/${ada.userId}`)).body.role_id
    const { body: one } = await ask(berlin, bill, { user_ids: [ada.userId, bob.userId], required_approval_count: 2 })
    const { body: two } = await ask(partnerIn(entityId), other, { role_ids: [role] })
    await yes(ada, one)
    await yes(ada, two)
    const found = async (query: string) => {
      const { body } = await berlin.get(`/approval_requests?${query}`)
      return body.data.map(({ id }: Body) => (id === one.id ? 'one' : id === two.id ? 'two' : id))
    }
    expect(await found('')).toEqual(['one', 'two'])
    expect(await found('order=desc&limit=50&object_type=payable')).toEqual(['two', 'one'])
    expect(await found(`object_id=${bill.id}`)).toEqual(['one'])
    expect(await found(`object_id__in=${bill.id}&object_id__in=${other.id}&status=approved`)).toEqual(['two'])
    expect(await found('status__in=waiting&status__in=canceled')).toEqual(['one'])
    expect(await found(`user_id=${bob.userId}`)).toEqual(['one'])
    expect(await found(`role_id=${role}`)).toEqual(['two'])
    expect(await found(`created_by=${berlin.userId}`)).toEqual(['one'])
    expect(await found('object_type=receivable')).toEqual([])
    expect(await found('sort=updated_at&order=desc')).toEqual(['two', 'one'])
    expect(
      await found(`updated_at__gt=${encodeURIComponent(one.updated_at)}&created_at__lte=${encodeURIComponent(one.created_at)}`),
    ).toEqual(['one'])
  })
})

describe('races end in one legal history', () => {
  const times = <T>(n: number, work: (i: number) => Promise<T>) => Promise.all(Array.from({ length: n }, (_, i) => work(i)))

  test('everybody approves at the same moment: as many count as are needed, and the next is asked once', async () => {
    const { w, berlin, ada, entityId } = await cast()
    const all = await times(6, () => approver(w, entityId))
    const ids = all.map(({ userId }) => userId)
    await newPolicy(berlin, decide({ all: [users(ids, 4), users([ada.userId])] }))
    const bill = await submitted(w, berlin)
    const [request] = (await requestsOf(berlin, bill.id)) as [Body]
    const answers = await Promise.all([...all, ...all].map((who) => yes(who, request)))
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(4).fill(200), ...Array(8).fill(409)])
    const [after, ...more] = await requestsOf(berlin, bill.id)
    expect([after.status, new Set(after.approved_by).size, more.length]).toEqual(['approved', 4, 1])
    expect((await eventsOf(w, 'approval_request')).filter((event) => event.endsWith('approved'))).toHaveLength(1)
  })

  test('a yes and a no to requests that stand side by side: the bill ends where the first of them led, once', async () => {
    const { w, berlin, ada, bob } = await cast()
    await newPolicy(berlin, decide({ run_concurrently: true, any: [users([ada.userId]), users([bob.userId])] }))
    for (let i = 0; i < 5; i++) {
      const bill = await submitted(w, berlin)
      const [one, two] = (await requestsOf(berlin, bill.id)) as [Body, Body]
      const [a, b] = await Promise.all([yes(ada, one), no(bob, two)])
      expect(a.status).toBe(200)
      expect([200, 409]).toContain(b.status)
      expect(await statusOf(berlin, bill)).toBe('waiting_to_be_paid')
      expect((await requestsOf(berlin, bill.id)).map(({ status }) => status)).toEqual([
        'approved',
        b.status === 200 ? 'rejected' : 'canceled',
      ])
    }
  })

  test.each([
    ['the process is canceled', 'cancel'],
    ['the request is taken back', 'take back'],
    ['somebody approves past the votes', 'approve_payment_operation'],
    ['somebody rejects past the votes', 'reject'],
    ['the policy is deleted', 'delete'],
  ])('an approval while %s', async (_name, act) => {
    const { w, berlin, ada, sql } = await cast()
    for (let i = 0; i < 4; i++) {
      const policy = await newPolicy(berlin, decide(users([ada.userId])))
      const bill = await submitted(w, berlin)
      const [request] = (await requestsOf(berlin, bill.id)) as [Body]
      const [process] = (await processesOf(berlin, policy.id)) as [Body]
      const other = () => {
        if (act === 'cancel') return berlin.post(`/approval_policies/${policy.id}/processes/${process.id}/cancel`)
        if (act === 'take back') return berlin.post(`/approval_requests/${request.id}/cancel`)
        if (act === 'delete') return berlin.delete(`/approval_policies/${policy.id}`)
        return berlin.post(`/payables/${bill.id}/${act}`)
      }
      const [a, b] = await Promise.all(i % 2 ? [yes(ada, request), other()] : [other(), yes(ada, request)].reverse())
      const [vote, hand] = [a!.status, b!.status]
      const [{ status: now }] = (await sql<{ status: string }>('select status from approval_requests where id = $1', [
        request.id,
      ])) as [{ status: string }]
      const [{ status: ended }] = (await sql<{ status: string }>('select status from approval_processes where id = $1', [
        process.id,
      ])) as [{ status: string }]
      const history = [vote, hand, now, ended, await statusOf(berlin, bill)].join(' ')
      const outcome: Record<string, string[]> = {
        cancel: ['200 409 approved succeeded waiting_to_be_paid', '409 200 canceled canceled approve_in_progress'],
        'take back': ['200 409 approved succeeded waiting_to_be_paid', '409 200 canceled canceled approve_in_progress'],
        approve_payment_operation: [
          '200 409 approved succeeded waiting_to_be_paid',
          '409 200 canceled canceled waiting_to_be_paid',
        ],
        reject: ['200 409 approved succeeded waiting_to_be_paid', '409 200 canceled canceled rejected'],
        delete: ['200 204 approved succeeded waiting_to_be_paid'],
      }
      expect(outcome[act]).toContain(history)
      const moves = await sql(`select from events where object_id = $1 and event in ('approved', 'rejected')`, [bill.id])
      expect(moves.length).toBeLessThanOrEqual(1)
      if (act !== 'delete') await berlin.delete(`/approval_policies/${policy.id}`)
    }
  })

  test('a bill that is matched from many sides gets one process', async () => {
    const { w, berlin, ada, handlers, machinery } = await cast()
    const policy = await newPolicy(berlin, decide(users([ada.userId])))
    const id = await billThatIs(berlin, 'approve_in_progress')
    const who = { partnerId: w.partner_id, entityId: berlin.entityId!, userId: null }
    const job = {
      id: 0,
      kind: 'approvals.match' as const,
      payload: { object_id: id, at: machinery.db.clock.now().toISOString() },
      partner_id: '',
      entity_id: '',
      attempts: 1,
    }
    await times(5, async () => {
      const finish = await handlers['approvals.match'](job)
      await asEntity(machinery.db, who, finish)
    })
    expect(await processesOf(berlin, policy.id)).toHaveLength(1)
    expect(await requestsOf(berlin, id)).toHaveLength(1)
  })
})
