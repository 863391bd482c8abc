import { expect, test } from 'vitest'
import { approver, decide, newPolicy, processesOf, requestsOf, submitted, users } from '../../../test/support/approving.ts'
import { billThatIs, comesTo, completeBill, item, readBill } from '../../../test/support/billing.ts'
import { good } from '../../../test/support/invoicing.ts'
import { type Answer, type Body, type Client, type World, world } from '../../../test/support/world.ts'

/** Two things at the same moment to one bill: one after the other, in a history that could have been. */

const times = <T>(n: number, work: (i: number) => Promise<T>) => Promise.all(Array.from({ length: n }, (_, i) => work(i)))
const post = (action: string, body?: object) => (who: Client, id: string) => who.post(`/payables/${id}/${action}`, body)
const steps: Record<string, (who: Client, id: string) => Promise<Answer>> = {
  submit: post('submit_for_approval'),
  approve: post('approve_payment_operation'),
  reject: post('reject'),
  cancel: post('cancel'),
  reopen: post('reopen'),
  pay: post('mark_as_paid'),
  'pay in part': post('mark_as_partially_paid', { amount_paid: 100 }),
  edit: (who, id) => who.patch(`/payables/${id}`, { description: 'Edited' }),
  'add a line': (who, id) => who.post(`/payables/${id}/line_items`, item),
  delete: (who, id) => who.delete(`/payables/${id}`),
}

/** The moves of a bill, each from where the one before had led to, and the last to where it stands. */
async function legal(w: World, who: Client, id: string): Promise<string[]> {
  const { status, body } = await who.get(`/payables/${id}`)
  const moves = await w.sql<{ data: { old_status: string; new_status: string } }>(
    `select data from events where object_id = $1 and data ? 'new_status' order by created_at, id`,
    [id],
  )
  let at = 'draft'
  for (const { data } of moves) {
    expect(data.old_status).toBe(at)
    at = data.new_status
  }
  if (status === 200) expect(body.status).toBe(at)
  return moves.map(({ data }) => data.new_status)
}

test.each([
  ['new', 'approve', 'cancel', [1]],
  ['new', 'submit', 'cancel', [1]],
  ['new', 'pay', 'cancel', [1]],
  ['new', 'submit', 'submit', [1]],
  ['new', 'pay', 'pay', [1]],
  ['new', 'submit', 'pay', [1]],
  ['new', 'submit', 'approve', [1, 2]],
  ['new', 'submit', 'delete', [1]],
  ['new', 'approve', 'delete', [1]],
  ['new', 'submit', 'edit', [1, 2]],
  ['new', 'submit', 'add a line', [1, 2]],
  ['new', 'cancel', 'add a line', [1, 2]],
  ['new', 'cancel', 'delete', [1, 2]],
  ['approve_in_progress', 'approve', 'reject', [1]],
  ['approve_in_progress', 'approve', 'approve', [1]],
  ['waiting_to_be_paid', 'pay', 'reopen', [1, 2]],
  ['waiting_to_be_paid', 'pay in part', 'reopen', [1]],
  ['waiting_to_be_paid', 'pay', 'pay in part', [1, 2]],
  ['rejected', 'reopen', 'reopen', [1]],
] as const)('a bill that is %s: %s and %s at the same moment', async (status, one, another, wins) => {
  const w = await world()
  const { berlin } = w
  await times(6, async (i) => {
    const id = await billThatIs(berlin, status)
    const pair = i % 2 ? [one, another] : [another, one]
    const answers = await Promise.all(pair.map((step) => steps[step]!(berlin, id)))
    const said = JSON.stringify([pair, answers.map(({ status }) => status)])
    // What was deleted before is not found; everything else that comes too late is a conflict.
    expect(
      answers.every(({ status }) => status < 300 || status === 409 || status === 404),
      said,
    ).toBe(true)
    expect(wins, said).toContain(answers.filter(({ status }) => status < 300).length)
    await legal(w, berlin, id)
    const { body } = await berlin.get(`/payables/${id}`)
    if (!body.status) return
    const { data } = good(await berlin.get(`/payables/${id}/line_items`))
    expect(body.total_amount).toBe(comesTo(data))
    if (body.status === 'paid') expect([body.amount_paid, body.amount_due]).toEqual([body.total_amount, 0])
    if (body.status === 'new') expect(body.amount_paid).toBe(0)
  })
})

test('lines that come, change and go at the same moment are added up once each', async () => {
  const { berlin } = await world()
  const { id } = await completeBill(berlin)
  const path = `/payables/${id}/line_items`
  const lines = await times(10, async (i) => good(await berlin.post(path, { quantity: 1, unit_price: 100 * i, tax: 1900 })))
  const answers = await Promise.all([
    ...lines.slice(0, 5).map((line) => berlin.patch(`${path}/${line.id}`, { quantity: 3 })),
    ...lines.slice(5).map((line) => berlin.delete(`${path}/${line.id}`)),
    ...(await times(10, async (i) => berlin.post(path, { quantity: 1.5, unit_price: 33 + i }))),
    berlin.patch(`/payables/${id}`, { discount: 5 }),
  ])
  expect(answers.every(({ status }) => status < 300)).toBe(true)
  const { data } = good(await berlin.get(path))
  expect(data).toHaveLength(16)
  const total = (field: string) => data.reduce((all: number, line: Body) => all + line[field], 0)
  const sums = { subtotal: total('subtotal'), tax_amount: total('tax_amount'), total_amount: total('total') - 5 }
  expect(await readBill(berlin, id)).toMatchObject({ status: 'new', ...sums })
})

test.each([
  ['is changed', (who: Client, id: string) => who.patch(`/approval_policies/${id}`, { script: decide(users([who.userId])) })],
  ['is deleted', (who: Client, id: string) => who.delete(`/approval_policies/${id}`)],
  ['is switched off', (who: Client, id: string) => who.patch(`/approval_policies/${id}`, { status: 'pending' })],
])('a policy that %s while bills are sent: each bill goes by one of its versions, and to its end', async (_name, change) => {
  const w = await world()
  const { berlin } = w
  const ada = await approver(w, berlin.entityId!)
  const policy = await newPolicy(berlin, decide(users([ada.userId])))
  const before = await submitted(w, berlin)
  const waiting = await times(3, () => billThatIs(berlin, 'approve_in_progress'))
  const [changed] = await Promise.all([change(berlin, policy.id), w.work()])
  expect(changed.status).toBeLessThan(300)
  await w.work()
  const processes = await w.sql<Body>(`select * from approval_processes where approval_policy_id = $1`, [policy.id])
  for (const id of [before.id, ...waiting]) {
    const mine = processes.filter(({ payable_id }) => payable_id === id)
    expect(mine.length).toBeLessThanOrEqual(1)
    const [request, ...more] = await requestsOf(berlin, id)
    expect(more).toEqual([])
    expect(request === undefined).toBe(mine.length === 0)
    if (!request) continue
    const asked = [ada, berlin].find(({ userId }) => userId === request.user_ids[0])!
    expect(mine[0]!.script[0].if.params.user_ids).toEqual(request.user_ids)
    const [a, b] = await times(2, () => asked.post(`/approval_requests/${request.id}/approve`))
    expect([a!.status, b!.status].sort()).toEqual([200, 409])
    expect((await legal(w, berlin, id)).slice(-2)).toEqual(['approve_in_progress', 'waiting_to_be_paid'])
  }
  expect((await requestsOf(berlin, before.id))[0]!.user_ids).toEqual([ada.userId])
})

test.each(['approve_payment_operation', 'reject'])('two approvers, and somebody who decides past them: %s', async (action) => {
  const w = await world()
  const { berlin } = w
  const [ada, bob] = [await approver(w, berlin.entityId!), await approver(w, berlin.entityId!)]
  const policy = await newPolicy(berlin, decide(users([ada.userId, bob.userId], 2)))
  for (let i = 0; i < 4; i++) {
    const { id } = await submitted(w, berlin)
    const [request] = (await requestsOf(berlin, id)) as [Body]
    const answers = await Promise.all([
      ...[ada, bob].map((who) => who.post(`/approval_requests/${request.id}/approve`)),
      berlin.post(`/payables/${id}/${action}`),
    ])
    const [one, two, hand] = answers.map(({ status }) => status)
    expect([one, two, hand].every((status) => status === 200 || status === 409)).toBe(true)
    const voted = one === 200 && two === 200
    expect(hand).toBe(voted ? 409 : 200)
    const end = voted || action !== 'reject' ? 'waiting_to_be_paid' : 'rejected'
    expect((await legal(w, berlin, id)).at(-1)).toBe(end)
    expect((await requestsOf(berlin, id)).map(({ status }) => status)).toEqual([voted ? 'approved' : 'canceled'])
    const [process] = (await processesOf(berlin, policy.id)).filter(({ metadata }) => metadata.object_id === id)
    expect(process!.status).toBe(voted ? 'succeeded' : 'canceled')
  }
})

const day = (offset = 0) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10)
test.each(['approve', 'pay', 'cancel', 'delete', 'edit', 'submit'])(
  'a credit note is approved at the same moment as something happens to its bill: %s',
  async (action) => {
    const w = await world()
    const { berlin } = w
    await times(5, async (i) => {
      const { id } = await completeBill(berlin, { issued_at: day(-5), due_date: day(20) })
      const note = good(
        await berlin.post('/payable_credit_notes', {
          document_id: 'CN',
          issued_at: day(-1),
          based_on: id,
          subtotal: 1000,
          tax_amount: 0,
          total_amount: 1000,
        }),
      )
      const both = [() => berlin.post(`/payable_credit_notes/${note.id}/approve`), () => steps[action]!(berlin, id)]
      const answers = await Promise.all((i % 2 ? both : both.reverse()).map((act) => act()))
      const said = JSON.stringify(answers.map(({ status, body }) => [status, body?.error]))
      expect(
        answers.every(({ status }) => status < 300 || status === 409),
        said,
      ).toBe(true)
      await legal(w, berlin, id)
      const after = good(await berlin.get(`/payable_credit_notes/${note.id}`))
      const { status, body } = await berlin.get(`/payables/${id}`)
      if (status === 404) return expect(after.based_on).toBeNull()
      const agreed = after.status === 'approved' || after.status === 'applied'
      expect(body.total_amount_with_credit_notes, said).toBe(body.total_amount - (agreed ? 1000 : 0))
      const settled = ['waiting_to_be_paid', 'paid'].includes(body.status)
      if (agreed) expect(after.status, said).toBe(settled ? 'applied' : 'approved')
      if (body.status === 'paid') expect(body.amount_due, said).toBe(0)
    })
  },
)
