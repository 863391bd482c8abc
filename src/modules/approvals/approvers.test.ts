import { expect, test } from 'vitest'
import { approver, decide, newPolicy, requestsOf, roles, submitted, users } from '../../../test/support/approving.ts'
import { billThatIs, readBill } from '../../../test/support/billing.ts'
import { type Body, type Client, house, type World, world } from '../../../test/support/world.ts'

async function start() {
  const w = await world()
  const entityId = w.berlin.entityId!
  const partner = w.partnerIn(entityId)
  /** An approver who has an address. */
  const reachable = async (email: string): Promise<Client> => {
    const who = await approver(w, entityId)
    await partner.patch(`/entity_users/${who.userId}`, { email, first_name: 'Ada', last_name: 'Lovelace' })
    return who
  }
  return {
    w,
    partner,
    reachable,
    berlin: w.berlin,
    roleOf: async (who: Client) => (await partner.get(`/entity_users/${who.userId}`)).body.role_id,
  }
}
const mailsOf = (w: World) =>
  w.sql<Body>(`select * from mails where entity_id = $1 and object_type = 'approval_request' order by created_at, id`, [
    w.berlin.entityId,
  ])
const to = (mails: Body[]) => mails.flatMap(({ recipients }) => recipients.map(({ email }: Body) => email)).sort()
const keyIn = (mail: Body): string => /\/approve\/([\w-]{43})/.exec(mail.text)![1]!

test('everybody who is asked and has an address gets one mail, users and holders of roles alike', async () => {
  const { w, berlin, reachable, roleOf, partner } = await start()
  const [ada, bob, eve] = [
    await reachable('ada@example.com'),
    await reachable('bob@example.com'),
    await reachable('eve@example.com'),
  ]
  await partner.delete(`/entity_users/${eve.userId}`)
  const mute = await approver(w, berlin.entityId!)
  await newPolicy(
    berlin,
    decide({
      run_concurrently: true,
      all: [users([ada.userId, mute.userId, eve.userId]), roles([await roleOf(bob)])],
    }),
  )
  const bill = await submitted(w, berlin)
  const mails = await mailsOf(w)
  expect(to(mails)).toEqual(['ada@example.com', 'bob@example.com'])
  const [first] = mails as [Body]
  expect(first.subject).toContain('€71.36')
  expect(first.text).toContain('R-4711')
  expect(first.text).toContain('/approve/')
  for (const { id } of await requestsOf(berlin, bill.id))
    await w.sql(
      `insert into jobs (kind, payload, partner_id, entity_id) values ('approvals.notify', json_build_object('approval_request_id', $1::text), $2, $3)`,
      [id, w.partner_id, berlin.entityId],
    )
  await w.work()
  expect(await mailsOf(w)).toHaveLength(2)
})

test('the link leads to the partner’s own page where there is one; an address that is none stops nobody', async () => {
  const { w, berlin, reachable } = await start()
  const [ada, odd] = [await reachable('ada@example.com'), await reachable('odd@example.com')]
  await w.sql(`update entity_users set email = 'odd' where id = $1`, [odd.userId])
  await w.partner.patch('/settings', { payable: { approve_page_url: 'https://app.example.com/approve?tab=1' } })
  await newPolicy(berlin, decide(users([odd.userId, ada.userId])))
  const bill = await submitted(w, berlin)
  const [request] = (await requestsOf(berlin, bill.id)) as [Body]
  const mails = await mailsOf(w)
  expect(to(mails)).toEqual(['ada@example.com'])
  expect(mails[0].text).toContain(`https://app.example.com/approve?tab=1&payable_id=${bill.id}&approval_request_id=${request.id}`)
})

test('a request that was decided before the mail was written needs none', async () => {
  const { w, berlin, reachable } = await start()
  const ada = await reachable('ada@example.com')
  const id = await billThatIs(berlin, 'approve_in_progress')
  const ask = { object_type: 'payable', object_id: id, user_ids: [ada.userId], required_approval_count: 1 }
  const { body: request } = await berlin.post('/approval_requests', ask)
  await ada.post(`/approval_requests/${request.id}/approve`)
  await w.work()
  expect(await mailsOf(w)).toEqual([])
})

const open = async (key: string, choice?: string, headers: Record<string, string> = {}) => {
  const { app } = await house()
  const form = { 'content-type': 'application/x-www-form-urlencoded', ...headers }
  const sent =
    choice === undefined ? { method: 'GET' as const } : { method: 'POST' as const, payload: `choice=${choice}`, headers: form }
  const { statusCode, body, headers: answered } = await app.inject({ url: `/approve/${key}`, ...sent })
  return { status: statusCode, text: body, headers: answered }
}

test('an approver decides from the mail: looking changes nothing, a button does, and once', async () => {
  const { w, berlin, reachable } = await start()
  for (const [choice, status, words] of [
    ['approve', 'waiting_to_be_paid', 'has been approved here'],
    ['reject', 'rejected', 'has been rejected'],
  ] as const) {
    const ada = await reachable('ada@example.com')
    const policy = await newPolicy(berlin, decide(users([ada.userId])))
    const bill = await submitted(w, berlin)
    const key = keyIn((await mailsOf(w)).at(-1)!)
    const page = await open(key)
    expect(page.status).toBe(200)
    for (const text of ['R-4711', '€71.36', 'Spreewerk GmbH', '<form method="post">']) expect(page.text).toContain(text)
    expect(page.text).not.toContain('<script')
    expect(page.headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringMatching(
        /^default-src 'none'; style-src 'sha256-[^']+' 'sha256-[^']+'; img-src 'self' data:; form-action 'self'/,
      ),
    })
    for (const odd of ['', 'delete', 'constructor']) expect((await open(key, odd)).text).toContain('<form')
    expect((await open(key, choice, { 'sec-fetch-site': 'cross-site' })).text).toContain('<form')
    expect((await readBill(berlin, bill.id)).status).toBe('approve_in_progress')
    const done = await open(key, choice, { 'sec-fetch-site': 'same-origin' })
    expect([done.status, done.text.includes(words), done.text.includes('<form')]).toEqual([200, true, false])
    expect((await readBill(berlin, bill.id)).status).toBe(status)
    const [request] = (await requestsOf(berlin, bill.id)) as [Body]
    expect([...request.approved_by, request.rejected_by]).toContain(ada.userId)
    expect((await open(key, 'approve')).text).toContain(words)
    await berlin.delete(`/approval_policies/${policy.id}`)
  }
})

test('a link leads nowhere once its user is asked no more, or when nobody made it', async () => {
  const { w, berlin, reachable, roleOf, partner } = await start()
  const ada = await reachable('ada@example.com')
  const role = await roleOf(ada)
  await newPolicy(berlin, decide(roles([role])))
  const bill = await submitted(w, berlin)
  const key = keyIn((await mailsOf(w)).at(-1)!)
  await partner.patch(`/entity_users/${ada.userId}`, { role_id: await roleOf(berlin) })
  for (const one of [key, 'x', `${key.slice(0, -1)}_`])
    for (const choice of [undefined, 'approve']) {
      const page = await open(one, choice)
      expect([page.status, page.text.includes('leads nowhere')]).toEqual([404, true])
    }
  expect((await readBill(berlin, bill.id)).status).toBe('approve_in_progress')
  await partner.patch(`/entity_users/${ada.userId}`, { role_id: role })
  expect((await open(key)).status).toBe(200)
  await partner.delete(`/entity_users/${ada.userId}`)
  expect((await open(key)).status).toBe(404)
})
