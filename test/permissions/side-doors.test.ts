import { describe, expect, test } from 'vitest'
import { closed, fileFor, fitted, moved, owning, placed, situation, unchecked } from '../isolation/places.ts'
import { filled, invoiceBody, make, type Owner } from '../isolation/resources.ts'
import { lookAtAll } from '../support/books.ts'
import { type Answer, type Body, type Client, house, permissions, world } from '../support/world.ts'
import { type Door, doorsIn, OWNERLESS, operationsOf } from './doors.ts'

/**
 * Made from the routes: whatever an operation names by its id, in the path, the query or the body, its role has to reach by the
 * permission of that thing. Whoever may do only the operation's own action is refused, and nothing is shown or changed. A new operation
 * is picked up by itself.
 */

const operations = operationsOf(await house())
const opOf = (id: string) => operations.find((op) => op.id === id)!
const doors = doorsIn(operations).map((door) => ({
  ...door,
  name: `${door.op.method} ${door.op.url} ${door.place}`,
}))

const w = await world()
const entityId = w.berlin.entityId!
await w.partnerIn(entityId).patch(`/entities/${entityId}/settings`, { receivable_edit_flow: 'non_compliant' })
const ownerOf = (user: Client): Owner => ({ user, entityId, partner: w.partnerIn(entityId) })
const berlin = ownerOf(w.berlin)

const look = await lookAtAll(w.admin, { entity: entityId })
/** Roles are changed by the tests themselves. */
const books = () => look('roles')
const last = (ids: Record<string, string>) => Object.values(ids).at(-1)!

type Kind = 'allowed' | 'allowed_for_own' | 'not_allowed'
/** A user, who may do everything, and how to take something of that away. */
async function somebody() {
  const user = await w.newUser(entityId)
  const { role_id } = (await user.get('/entity_users/me')).body
  const become = (changes: Record<string, Kind>) =>
    w.partnerIn(entityId).patch(`/roles/${role_id}`, { permissions: permissions(changes) })
  return { owner: ownerOf(user), become }
}

const actions = ['create', 'read', 'update', 'delete', 'pay', 'approve', 'cancel', 'submit', 'create_from_mail', 'reopen']
/** All actions on an object, but for the operation's own: that one it may do. With a choice, the one about new things. */
const limited = ({ op, place, guard }: Door, kind: Kind) =>
  Object.fromEntries(
    actions
      .map((action) => `${guard}:${action}`)
      .filter((name) => !op.may.includes(name) || (place.startsWith('path.') && !name.endsWith(':create')))
      .map((name) => [name, kind]),
  )

describe('whoever may do no more than the operation itself reaches nothing else by it', () => {
  test.each(doors)('$name', async (door) => {
    const { op, place, target, guard } = door
    const { owner, become } = await somebody()
    const mine = await situation(owner, op, 'mine', place)
    const buyer = mine.body?.counterpart_id ?? mine.ids.counterpart_id ?? (await owning(owner, filled(op.url, mine.ids)))
    const given: Record<string, string> = {
      ...(target.startsWith('/counterparts/:counterpart_id/') && buyer && { counterpart_id: buyer }),
      ...(target.includes(':entity_id') && { entity_id: entityId }),
    }
    const own = place.startsWith('path.')
      ? mine.ids[place.slice('path.'.length)]!
      : last(await make(owner, target, 'mine', given))
    const theirs = place.startsWith('path.')
      ? (await situation(berlin, op, 'theirs', place)).ids[place.slice('path.'.length)]!
      : last(await make(berlin, target, 'theirs', target.includes(':entity_id') ? given : {}))
    const ask = (id: string) => send(owner.user, door, mine, id)

    for (const [kind, id] of [
      ['allowed_for_own', theirs],
      ['not_allowed', theirs],
      ['not_allowed', own],
    ] as const) {
      await become(limited(door, kind))
      const before = await books()
      const answer = await ask(id)
      expect([kind, answer.status], JSON.stringify(answer.body)).toEqual([kind, 403])
      expect(answer.body.error.message).toMatch(
        kind === 'not_allowed'
          ? new RegExp(`^Action (read|update|create) for ${guard} not allowed$`)
          : /^This .+ belongs to another user$|^Action .+ not allowed$/,
      )
      expect(await books(), 'a refused request changed something').toBe(before)
    }
    if (refusedAnyway(door)) return

    // With all permissions it works, and with one's own things also where the role is limited to them.
    await become(OWNERLESS.has(guard) ? {} : limited(door, 'allowed_for_own'))
    const answer =
      /^body.*counterpart_id$/.test(place) && !op.url.startsWith('/payable')
        ? await send(owner.user, door, { ...mine, body: await moved(owner, mine.body, place) }, null)
        : await ask(own)
    expect(answer.status, JSON.stringify(answer.body)).toBe(op.status)
  })
})

const refusedAnyway = ({ op, place }: Door) =>
  closed.some(([id, pattern]) => id.test(op.id) && pattern.test(place)) ||
  unchecked.some(([id, pattern]) => id.test(op.id) && pattern.test(place))

function send(
  as: Client,
  { op, place }: Door,
  { ids, body }: { ids: Record<string, string>; body: Body },
  id: string | null,
): Promise<Answer> {
  const named = id !== null && place.startsWith('path.') ? { ...ids, [place.slice('path.'.length)]: id } : ids
  const query =
    id !== null && place.startsWith('query.')
      ? `?${questions[op.id] ?? ''}${place.slice('query.'.length).replace('[]', '')}=${id}`
      : ''
  const path = filled(op.url, named) + query
  if (op.form) return as.upload(op.method as 'POST', path, fileFor(op), { file_type: 'attachments' })
  const extras = { beyond: true }
  if (op.method === 'GET') return as.get(path, extras)
  if (op.method === 'DELETE') return as.delete(path, extras)
  const sent = id !== null && place.startsWith('body.') ? fitted(placed(body, place, id)) : body
  return as[op.method.toLowerCase() as 'post'](path, sent, extras)
}

/** What else has to be asked along. */
const questions: Record<string, string> = { get_comments: 'object_type=payable&' }

test('whoever writes documents of their own neither sends, copies, repeats nor delivers those of others', async () => {
  const { owner, become } = await somebody()
  const theirs = await situation(berlin, opOf('post_receivables_id_send_test_reminder'), 'theirs')
  const invoice = theirs.ids.receivable_id!
  const issued = last(await make(berlin, '/internal/quotes/:receivable_id', 'theirs'))
  await become({ 'receivable:read': 'allowed_for_own', 'receivable:update': 'allowed_for_own' })
  const before = await books()
  const recurrence = { invoice_id: invoice, start_date: '2099-01-01', max_occurrences: 2 }
  const letter = { subject_text: 'Hello', body_text: 'Hello', recipients: { to: ['ada@example.com'] } }
  for (const answer of [
    await owner.user.post(`/receivables/${issued}/send`, letter),
    await owner.user.post(`/receivables/${invoice}/send_test_reminder`, theirs.body),
    await owner.user.post(`/receivables/${invoice}/clone`),
    await owner.user.post('/receivables', { type: 'invoice', based_on: issued }),
    await owner.user.post('/receivables', { type: 'credit_note', based_on: invoice }),
    await owner.user.post('/recurrences', recurrence),
    await owner.user.post('/delivery_notes', { based_on: issued }),
  ])
    expect([answer.status, answer.body]).toEqual([403, { error: { message: 'This receivable belongs to another user' } }])
  expect(await books()).toBe(before)
})

test('the process of an approval tells of its bill to those only who may see that', async () => {
  const url = '/approval_policies/:approval_policy_id/processes/:process_id'
  const { owner, become } = await somebody()
  const theirs = await make(berlin, url, 'theirs')
  const list = `/approval_policies/${theirs.approval_policy_id}/processes`
  expect((await owner.user.get(list)).body.data).toHaveLength(1)
  for (const [kind, message] of [
    ['not_allowed', 'Action read for payable not allowed'],
    ['allowed_for_own', 'This payable belongs to another user'],
  ] as const) {
    await become({ 'payable:read': kind })
    const before = await books()
    expect((await owner.user.get(list)).body.data).toEqual([])
    for (const answer of [
      await owner.user.get(filled(url, theirs)),
      await owner.user.get(`${filled(url, theirs)}/steps`),
      await owner.user.post(`${filled(url, theirs)}/cancel`),
    ])
      expect([answer.status, answer.body]).toEqual([403, { error: { message } }])
    expect(await books()).toBe(before)
  }
  const own = await make(owner, url, 'mine')
  expect((await owner.user.get(filled(url, own))).status).toBe(200)
})

test('a form that sends again what the document names already is taken; naming something else is not', async () => {
  const { owner, become } = await somebody()
  const { body: invoice } = await owner.user.post('/receivables', await invoiceBody(owner, 'mine'))
  const [one, two] = [1, 2].map(() => make(owner, '/projects/:project_id', 'mine').then(last))
  const path = `/receivables/${invoice.id}`
  const naming = (id: string | undefined) => owner.user.patch(path, { invoice: { project_id: id, memo: id } })
  expect((await naming(await one)).status).toBe(200)
  await become({ 'project:read': 'not_allowed' })
  expect((await naming(await one)).status).toBe(200)
  expect((await naming((await one)!.toUpperCase())).status).toBe(200)
  // Text that stands elsewhere in the document names nothing.
  expect((await owner.user.patch(path, { invoice: { memo: await two } })).status).toBe(200)
  expect(await naming(await two)).toMatchObject({
    status: 403,
    body: { error: { message: 'Action read for project not allowed' } },
  })
})

test('a role that says nothing of counterparts and products names those that it knows, and no document', async () => {
  const { owner } = await somebody()
  const body = await invoiceBody(owner, 'mine')
  const { body: bill } = await owner.user.post('/payables', {})
  const { role_id } = (await owner.user.get('/entity_users/me')).body
  const invoices = {
    object_type: 'receivable',
    actions: ['create', 'read'].map((action_name) => ({ action_name, permission: 'allowed' })),
  }
  const comments = { object_type: 'comment', actions: [{ action_name: 'create', permission: 'allowed' }] }
  await w.partnerIn(entityId).patch(`/roles/${role_id}`, { permissions: { objects: [invoices, comments] } })
  expect((await owner.user.post('/receivables', body)).status).toBe(201)
  const comment = { object_type: 'payable', object_id: bill.id, text: 'Hello' }
  expect(await owner.user.post('/comments', comment)).toMatchObject({
    status: 403,
    body: { error: { message: 'Action read for payable not allowed' } },
  })
})
