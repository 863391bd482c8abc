// biome-ignore-all lint/suspicious/noThenProperty: the language has a key of that name
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decide, processesOf, requestsOf, users } from '../../../../test/support/approving.ts'
import { billThatIs, readBill } from '../../../../test/support/billing.ts'
import { type Body, world } from '../../../../test/support/world.ts'

/** Policies of somebody who means no good, at work on real bills: refused with a place, or harmless. */

const texts = fc.constantFrom(
  ...[
    '{invoice.amount > 1}',
    '{Payables.approve(invoice.id)}',
    '{Payables.approve(event_name)}',
    '{invoice.__proto__}',
    '{invoice}',
  ],
  ...[
    '{Payables.reject(invoice.id)}',
    "{Payables.mark_as_paid(invoice.id, 'x')}",
    '{invoice.tags.id in invoice.tags}',
    '{1 / 0 > 1}',
  ],
  ...[
    '{[[[[1]]]] == invoice.counterpart_raw_data}',
    '{constructor.constructor}',
    '',
    '{}',
    '{',
    "{'\u0000' == 'a'}",
    '{event_name + 1}',
  ],
  ...['{9e999 > invoice.amount}', '{invoice.amount * 1e308 * 1e308 > 0}', '{0 - invoice.amount}', '{not not not true}'],
)
const conditions = fc.oneof(
  fc.constantFrom<unknown>(
    ...[
      '{invoice.amount > 1}',
      '{invoice.amount < 1}',
      '{1 / 0 > 1}',
      '{invoice.nothing == 1}',
      '{invoice.tags.id in invoice.tags}',
    ],
    ...[
      '{invoice.amount * 999999999999 * 999999999999 > 0}',
      '{not not not true}',
      "{'a' + 1 > 2}",
      '{invoice.counterpart.name == 1}',
    ],
    ...[
      true,
      false,
      { name: 'invoice.__proto__' },
      { any: ['{invoice.amount > 1}', '{1 / 0 > 1}'] },
      { not: '{invoice.currency > 1}' },
    ],
    { operator: 'in', left_operand: { name: 'invoice' }, right_operand: { name: 'invoice.tags' } },
  ),
  fc.record({ all: fc.array(texts, { minLength: 1, maxLength: 2 }) }),
)
const effects = fc.constantFrom(
  '{Payables.approve(invoice.id)}',
  '{Payables.reject(invoice.id)}',
  "{Payables.mark_as_paid(invoice.id, 'x')}",
)
const key = fc.constantFrom('all', 'any', 'not', 'if', 'then', 'else', 'name', 'call', 'params', 'run_concurrently', '__proto__')
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    texts,
    fc.oneof(fc.boolean(), fc.integer(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3 }),
    fc.record({ if: tie('value'), then: fc.array(tie('value'), { maxLength: 2 }), else: fc.array(texts, { maxLength: 2 }) }),
    fc.record({ if: texts, then: fc.array(texts, { minLength: 1, maxLength: 2 }) }),
    fc.record({ all: fc.array(texts, { minLength: 1, maxLength: 3 }) }),
    fc.record({ operator: fc.constantFrom('==', 'in', '>'), left_operand: tie('value'), right_operand: tie('value') }),
  ),
}))
const deep = (n: number): unknown => (n === 0 ? '{invoice.amount > 1}' : { all: [deep(n - 1)] })
const wide = Array.from({ length: 5_000 }, () => '{invoice.amount > 1}')

test('what is accepted runs to an end, on the bill that it is about, and the server goes on', { timeout: 120_000 }, async () => {
  const w = await world()
  const { berlin } = w
  const other = await billThatIs(berlin, 'new')
  const untouched = await readBill(berlin, other)
  const bombs = [
    [deep(1_000)],
    [{ any: wide }],
    wide,
    [`{${'('.repeat(5_000)}1${')'.repeat(5_000)}}`],
    [`{${'not '.repeat(900)}true}`],
  ]
  const plausible = fc.record({
    if: conditions,
    then: fc.array(effects, { minLength: 1, maxLength: 2 }),
    else: fc.array(effects, { maxLength: 1 }),
  })
  const scripts = [
    ...fc.sample(fc.array(value, { minLength: 1, maxLength: 3 }), { numRuns: 300, seed: 7 }),
    ...fc.sample(fc.array(plausible, { minLength: 1, maxLength: 2 }), { numRuns: 25, seed: 7 }),
  ]
  let ended = 0
  for (const script of [...bombs, ...scripts]) {
    const body = JSON.stringify({ name: 'P', trigger: null, script })
    const { status, body: policy } = await berlin.post('/approval_policies', body, { beyond: true })
    expect([201, 400, 422], body.slice(0, 500)).toContain(status)
    if (status !== 201) continue
    // One that is accepted asks nobody: whatever happens to the bill is what its statements say.
    const id = await billThatIs(berlin, 'approve_in_progress')
    await w.work()
    const bill = await readBill(berlin, id)
    const [process] = (await processesOf(berlin, policy.id)) as [Body]
    expect(['succeeded', 'failed', 'waiting']).toContain(process.status)
    const said = JSON.stringify(script)
    const effect = { waiting_to_be_paid: 'approve', rejected: 'reject', paid: 'mark_as_paid' }[bill.status as string]
    // A condition that stands alone approves or rejects; every other effect is written down.
    if (effect && said.includes('"if"')) expect(said).toContain(`{Payables.${effect}(invoice.id`)
    if (process.status === 'waiting') expect(await requestsOf(berlin, id)).not.toEqual([])
    if (process.status === 'failed') expect(bill.status).toBe('approve_in_progress')
    ended++
    await berlin.delete(`/approval_policies/${policy.id}`)
  }
  expect(ended).toBeGreaterThan(10)
  expect(await readBill(berlin, other)).toEqual(untouched)
})

test('a request is decided only by those whom it names, whatever they say they are', async () => {
  const w = await world()
  const { berlin } = w
  const named = await w.newUser(berlin.entityId!)
  await berlin.post('/approval_policies', { name: 'P', script: decide(users([named.userId])) })
  const id = await billThatIs(berlin, 'approve_in_progress')
  await w.work()
  const [request] = (await requestsOf(berlin, id)) as [Body]
  const path = `/approval_requests/${request.id}/approve`
  const stranger = await w.newUser(berlin.entityId!)
  const answers = [
    await stranger.post(path),
    await berlin.post(path, { user_id: named.userId }, { beyond: true }),
    await w.partnerIn(berlin.entityId!).post(path),
    await w.paris.post(path),
  ]
  expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 404])
  expect((await requestsOf(berlin, id))[0]).toEqual(request)
  expect((await readBill(berlin, id)).status).toBe('approve_in_progress')
  expect((await named.post(path)).status).toBe(200)
  expect((await readBill(berlin, id)).status).toBe('waiting_to_be_paid')
})
