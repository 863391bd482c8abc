// biome-ignore-all lint/suspicious/noThenProperty: the language has a key of that name
import { expect, test } from 'vitest'
import { decide, newPolicy, SUBMITTED, users } from '../../../../test/support/approving.ts'
import { type Body, world } from '../../../../test/support/world.ts'

test('a policy is created, read, changed and gone after deletion', async () => {
  const { berlin, sql } = await world()
  const script = decide(users([berlin.userId]))
  const { status, body: policy } = await berlin.post('/approval_policies', { name: 'Large bills', script })
  expect(status).toBe(201)
  expect(policy).toEqual({
    id: policy.id,
    created_at: policy.created_at,
    updated_at: policy.updated_at,
    name: 'Large bills',
    description: null,
    script,
    trigger: null,
    priority: 0,
    starts_at: null,
    ends_at: null,
    status: 'active',
    created_by: berlin.userId,
    updated_by: null,
  })
  const path = `/approval_policies/${policy.id}`
  expect((await berlin.get(path)).body).toEqual(policy)
  expect((await berlin.patch(path, {})).body).toEqual(policy)
  const { body: changed } = await berlin.patch(path, { name: 'Small', description: 'Bills', priority: -5, trigger: SUBMITTED })
  expect(changed).toEqual({
    ...policy,
    name: 'Small',
    description: 'Bills',
    priority: -5,
    trigger: SUBMITTED,
    updated_by: berlin.userId,
    updated_at: changed.updated_at,
  })
  expect((await berlin.patch(path, { priority: null, trigger: null, description: null })).body).toMatchObject({
    priority: 0,
    trigger: null,
    description: null,
  })
  expect((await berlin.patch(path, { status: 'pending' })).body.status).toBe('pending')
  expect((await berlin.patch(path, { status: 'active' })).body.status).toBe('active')
  expect((await berlin.delete(path)).status).toBe(204)
  for (const answer of [await berlin.get(path), await berlin.patch(path, { name: 'A' }), await berlin.delete(path)])
    expect([answer.status, answer.body]).toEqual([
      404,
      { error: { message: `There is no approval policy with the given id: ${policy.id}` } },
    ])
  const events = await sql<{ event: string }>('select event from events where object_id = $1 order by created_at', [policy.id])
  expect(events.map(({ event }) => event)).toEqual(['created', 'updated', 'updated', 'updated', 'updated', 'deleted'])
})

test('setting the status to deleted deletes', async () => {
  const { berlin, sql } = await world()
  const policy = await newPolicy(berlin, decide(users([berlin.userId])))
  const path = `/approval_policies/${policy.id}`
  expect((await berlin.patch(path, { status: 'deleted' })).status).toBe(200)
  expect((await berlin.get(path)).status).toBe(404)
  expect((await berlin.get('/approval_policies')).body.data).toEqual([])
  const events = await sql<{ event: string }>('select event from events where object_id = $1 order by created_at', [policy.id])
  expect(events.map(({ event }) => event)).toEqual(['created', 'deleted'])
})

test('what a policy says comes back as it was sent, in the order it was sent', async () => {
  const { berlin } = await world()
  const call = { params: { required_approval_count: 1, user_ids: [berlin.userId!.toUpperCase()] }, call: users([]).call }
  const script = [
    {
      then: ['{ Payables.approve( invoice.id ) }'],
      if: { run_concurrently: false, all: [call, { any: [call], run_concurrently: true }] },
      else: ['{Payables.reject(invoice.id)}'],
    },
  ]
  const trigger = {
    all: [
      SUBMITTED,
      { right_operand: '50000', operator: '>', left_operand: { name: 'invoice.amount' } },
      '{‘Rent’ in invoice.tags.name}',
    ],
  }
  const policy = await newPolicy(berlin, script, { trigger })
  const text = JSON.stringify([script, trigger])
  const { body: read } = await berlin.get(`/approval_policies/${policy.id}`)
  const { body: list } = await berlin.get('/approval_policies')
  for (const one of [policy, read, list.data[0]]) expect(JSON.stringify([one.script, one.trigger])).toBe(text)
  for (const trigger of [true, SUBMITTED]) expect((await newPolicy(berlin, script, { trigger })).trigger).toBe(trigger)
})

test('what the language can’t read is refused with the place of it, and changes nothing', async () => {
  const { berlin } = await world()
  const good = decide(users([berlin.userId]))
  const policy = await newPolicy(berlin, good)
  const refused = async (body: object) => {
    const created = await berlin.post('/approval_policies', { name: 'A', script: good, ...body })
    const changed = await berlin.patch(`/approval_policies/${policy.id}`, body)
    expect([changed.status, changed.body]).toEqual([created.status, created.body])
    return [created.status, created.body.error?.message]
  }
  expect(await refused({ script: [] })).toEqual([400, 'script: A script has at least one statement'])
  expect(await refused({ script: [{ if: users([berlin.userId], 2), then: [] }] })).toEqual([
    400,
    `script[0].if.params.required_approval_count: 2 approvals can't come from 1 users`,
  ])
  expect(await refused({ trigger: { all: [SUBMITTED, { operator: '~', left_operand: 1, right_operand: 2 }] } })).toEqual([
    400,
    'trigger.all[1].operator: The operators are == != > < >= <= in not in',
  ])
  expect(await refused({ trigger: { if: SUBMITTED, then: [] } })).toEqual([
    400,
    'trigger: if is a statement, and can not be part of a condition',
  ])
  expect(await refused({ trigger: { version: '1.0', object_type: 'payable', action: 'submit' } })).toEqual([
    400,
    'trigger: An object has one of: name, operator, call, all, any, not',
  ])
  const { body } = await berlin.get('/approval_policies')
  expect(body.data).toEqual([policy])
})

test('a period has a beginning, and ends after it', async () => {
  const { berlin } = await world()
  const script = decide(users([berlin.userId]))
  const post = async (body: object) => (await berlin.post('/approval_policies', { name: 'A', script, ...body })).status
  const [day, next] = ['2030-01-01T00:00:00Z', '2030-01-02T00:00:00Z']
  expect(await post({ ends_at: next })).toBe(400)
  expect(await post({ starts_at: next, ends_at: day })).toBe(400)
  expect(await post({ starts_at: day, ends_at: '2030-01-01T02:00:00+02:00' })).toBe(400)
  const policy = await newPolicy(berlin, script, { starts_at: '2030-01-01T02:00:00+02:00', ends_at: next })
  expect(policy).toMatchObject({ status: 'pending', starts_at: '2030-01-01T00:00:00+00:00' })
  const patch = (body: object) => berlin.patch(`/approval_policies/${policy.id}`, body)
  expect((await patch({ starts_at: null })).status).toBe(400)
  expect((await patch({ ends_at: day })).status).toBe(400)
  expect((await patch({ starts_at: null, ends_at: null })).body).toMatchObject({ starts_at: null, status: 'active' })
  expect((await patch({ starts_at: '2020-01-01T00:00:00Z', ends_at: '2020-01-02T00:00:00Z' })).body.status).toBe('pending')
})

test('fields have their limits', async () => {
  const { berlin } = await world()
  const policy = await newPolicy(berlin, decide(users([berlin.userId])))
  const status = async (body: object) => (await berlin.patch(`/approval_policies/${policy.id}`, body, { beyond: true })).status
  expect(await status({ name: null })).toBe(422)
  expect(await status({ script: null })).toBe(422)
  expect(await status({ name: 'x'.repeat(256) })).toBe(422)
  expect(await status({ description: 'x'.repeat(256) })).toBe(422)
  expect(await status({ priority: 32768 })).toBe(422)
  expect(await status({ other: 1 })).toBe(422)
  expect(await status({ name: 'x'.repeat(255), priority: 32767 })).toBe(200)
})

test('policies are found by name, status, maker, process and dates', async () => {
  const { berlin, partnerIn } = await world()
  const script = decide(users([berlin.userId]))
  const rent = await newPolicy(berlin, script, { name: 'Rent 100%' })
  const food = await newPolicy(partnerIn(berlin.entityId!), script, { name: 'food_a', starts_at: '2099-01-01T00:00:00Z' })
  const found = async (query: string) => {
    const { body, status } = await berlin.get(`/approval_policies?${query}`)
    return status === 200 ? body.data.map(({ name }: Body) => name.slice(0, 4)) : status
  }
  expect(await found('')).toEqual(['Rent', 'food'])
  expect(await found('sort=updated_at&order=desc')).toEqual(['food', 'Rent'])
  expect(await found('name=Rent 100%25')).toEqual(['Rent'])
  expect(await found('name=rent')).toEqual([])
  expect(await found('name__contains=Rent')).toEqual(['Rent'])
  expect(await found('name__contains=rent')).toEqual([])
  expect(await found('name__ncontains=RENT')).toEqual(['Rent'])
  expect(await found('name__ncontains=%25')).toEqual(['Rent'])
  expect(await found('name__ncontains=_')).toEqual(['food'])
  expect(await found('status=active')).toEqual(['Rent'])
  expect(await found('status__in=pending&status__in=active')).toEqual(['Rent', 'food'])
  expect(await found(`created_by=${berlin.userId}`)).toEqual(['Rent'])
  expect(await found(`id__in=${food.id}`)).toEqual(['food'])
  expect(await found(`process_id=${rent.id}`)).toEqual([])
  expect(await found(`created_at__gt=${encodeURIComponent(rent.created_at)}`)).toEqual(['food'])
  expect(await found(`updated_at__lte=${encodeURIComponent(rent.updated_at)}`)).toEqual(['Rent'])
  expect(await found('limit=1')).toEqual(['Rent'])
  expect(await found('pagination_token=x')).toBe(422)
})
