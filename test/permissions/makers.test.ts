import { beforeAll, expect, test } from 'vitest'
import { filled, make, type Owner, resources } from '../isolation/resources.ts'
import { type Body, world } from '../support/world.ts'

/** A partner's token is nobody's: what it makes names no maker, and an entity user's token names that user. */

let partner: Owner
let user: Owner

beforeAll(async () => {
  const w = await world()
  const entityId = w.berlin.entityId!
  user = { user: w.berlin, entityId, partner: w.partnerIn(entityId) }
  // The partner in the place of the user, who is still the one to be asked for approval.
  partner = { ...user, user: { ...user.partner, userId: user.user.userId } }
})

const names = /^(was_)?created_by(_entity)?(_user)?(_id)?$|^entity_user_id$/
/** What an object says of who made it, by the names of the fields. */
const makersOf = (body: Body): Record<string, string | null> =>
  Object.fromEntries(Object.entries(body as Record<string, string | null>).filter(([name]) => names.test(name)))

/** Made by the machinery, or by hand past the API: nothing of it was asked for with this token. */
const not = [
  '/audit_logs/:log_id',
  '/events/:event_id',
  '/receivables/:receivable_id/history/:receivable_history_id',
  '/comments/:comment_id',
  // For entity users alone.
  '/ai/prompts/:prompt_id',
  '/ai/conversations/:conversation_id',
]
const kinds = Object.keys(resources).filter((url) => !not.includes(url))

test.each(kinds)('%s made by a partner has no maker, and one made by a user has that user', async (url) => {
  const shown = async (owner: Owner) => {
    const ids = await make(owner, url, 'made')
    const { status, body } = await user.partner.get(filled(url, ids))
    return status === 200 && body !== null && typeof body === 'object' ? makersOf(body) : {}
  }
  const [byPartner, byUser] = [await shown(partner), await shown(user)]
  expect(Object.values(byPartner)).toEqual(Object.values(byPartner).map(() => null))
  for (const maker of Object.values(byUser)) expect([null, user.user.userId]).toContain(maker)
})

test('a comment of a partner has no author, and one of a user has that user', async () => {
  const ids = await make(user, '/payables/:payable_id', 'made')
  const about = { object_type: 'payable', object_id: ids.payable_id, text: 'Look' }
  for (const [by, author] of [
    [user.partner, null],
    [user.user, user.user.userId],
  ] as const) {
    const { body } = await by.post('/comments', about)
    expect(body.created_by_entity_user_id).toBe(author)
    expect((await user.user.get(`/comments/${body.id}`)).body).toEqual(body)
  }
})
