import { expect, test } from 'vitest'
import { things } from '../../src/platform/auth/things.ts'
import { catalog } from '../../src/platform/events/catalog.ts'
import { make, type Owner } from '../isolation/resources.ts'
import { type Body, type Client, permissions, world } from '../support/world.ts'
import { OWNERLESS } from './doors.ts'

/** Events are for those who may read what they tell of, whatever it is. */

/** Where one of each is, for its event. What has no path of its own, or is nobody's but the partner's, says why. */
const paths: Record<string, string | { none: string }> = {
  accounting_connection: { none: 'the partner’s alone' },
  approval_policy: '/approval_policies/:approval_policy_id',
  approval_policy_process: { none: 'told of only when it fails' },
  approval_request: '/approval_requests/:approval_request_id',
  batch_payment: { none: 'the partner’s alone' },
  comment: { none: 'the suites put comments there by hand' },
  counterpart: '/counterparts/:counterpart_id',
  counterpart_address: '/counterparts/:counterpart_id/addresses/:address_id',
  counterpart_bank_account: '/counterparts/:counterpart_id/bank_accounts/:bank_account_id',
  counterpart_contact_person: '/counterparts/:counterpart_id/contacts/:contact_id',
  counterpart_tax_id: '/counterparts/:counterpart_id/vat_ids/:vat_id',
  delivery_note: '/delivery_notes/:delivery_note_id',
  entity: { none: 'told of by the partner’s own changes' },
  entity_bank_account: '/bank_accounts/:bank_account_id',
  entity_settings: { none: 'no operation tells of them' },
  entity_user: '/entity_users/:entity_user_id',
  export: { none: 'told of when its file is there' },
  ocr_task: { none: 'told of when its file was read' },
  overdue_reminder: '/overdue_reminders/:overdue_reminder_id',
  partner_settings: { none: 'the partner’s alone' },
  payable: '/payables/:payable_id',
  payables_credit_note: '/payable_credit_notes/:credit_note_id',
  payables_purchase_order: '/payable_purchase_orders/:purchase_order_id',
  'payable.line_item': '/payables/:payable_id/line_items/:line_item_id',
  payment_intent: { none: 'it follows what is paid: the partner’s alone' },
  payment_link: { none: 'it follows what is paid: the partner’s alone' },
  payment_reminder: '/payment_reminders/:payment_reminder_id',
  product: '/products/:product_id',
  project: '/projects/:project_id',
  receipt: '/receipts/:receipt_id',
  receivable: '/receivables/:receivable_id',
  recurrence: '/recurrences/:recurrence_id',
  role: '/roles/:role_id',
  tag: '/tags/:tag_id',
}

test('every event is known to be about something that a role guards, or is the partner’s alone', () => {
  expect(Object.keys(paths).sort()).toEqual(Object.keys(catalog).sort())
  expect(Object.keys(catalog).filter((name) => !(name in things))).toEqual(['partner_settings'])
})

const told = Object.entries(paths).flatMap(([name, path]) => (typeof path === 'string' ? [[name, path] as const] : []))

test.each(told)('%s', async (object_type, path) => {
  const w = await world()
  await w.partner.post('/webhook_subscriptions', { object_type, url: 'https://example.com/hook' })
  const entityId = w.berlin.entityId!
  const ownerOf = (user: Client): Owner => ({ user, entityId, partner: w.partnerIn(entityId) })
  const maker = await w.newUser(entityId)
  const made = async (user: Client) => Object.values(await make(ownerOf(user), path, 'M')).at(-1)!
  const [theirs, own] = [await made(w.berlin), await made(maker)]
  const eventsOf = async (who: Client): Promise<Body[]> =>
    (await who.get(`/events?object_type=${object_type}&limit=100`)).body.data
  const all = await eventsOf(w.berlin)
  const about = (id: string) => all.find((event) => event.object_id === id)!
  expect(about(theirs)).toBeDefined()
  expect(await eventsOf(w.partnerIn(entityId))).toEqual(all)

  const { guard } = things[object_type as keyof typeof things]
  const { role_id } = (await maker.get('/entity_users/me')).body
  const become = (kind: 'allowed_for_own' | 'not_allowed') =>
    w.partnerIn(entityId).patch(`/roles/${role_id}`, { permissions: permissions({ [`${guard}:read`]: kind }) })
  expect((await maker.get(`/events/${about(theirs).id}`)).body).toEqual(about(theirs))

  await become('not_allowed')
  expect(await eventsOf(maker)).toEqual([])
  expect(await maker.get(`/events/${about(theirs).id}`)).toMatchObject({
    status: 403,
    body: { error: { message: `Action read for ${guard} not allowed` } },
  })

  await become('allowed_for_own')
  const ids = (await eventsOf(maker)).map((event) => event.object_id)
  expect(ids).not.toContain(theirs)
  expect((await maker.get(`/events/${about(theirs).id}`)).status).toBe(403)
  if (OWNERLESS.has(guard!)) return
  expect(ids).toContain(own)
  expect((await maker.get(`/events/${about(own).id}`)).status).toBe(200)
})
