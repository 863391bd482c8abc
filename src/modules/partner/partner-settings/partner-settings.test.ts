import { expect, test } from 'vitest'
import { world } from '../../../../test/support/world.ts'

const empty = {
  api_version: null,
  commercial_conditions: null,
  currency: null,
  default_role: null,
  mail: null,
  payable: null,
  payments: null,
  receivable: null,
  units: null,
  website: null,
}

test('a new partner has set nothing, and every key says so', async () => {
  const { partner } = await world()
  expect((await partner.get('/settings')).body).toEqual(empty)
})

test('a change touches what it names, and null takes it back', async () => {
  const { partner } = await world()
  await partner.patch('/settings', {
    mail: { from_name: 'Quit', from_email_username: 'billing' },
    website: 'https://example.com',
  })
  const { body } = await partner.patch('/settings', { mail: { from_name: 'Tance' } })
  expect(body).toEqual({ ...empty, mail: { from_name: 'Tance', from_email_username: 'billing' }, website: 'https://example.com' })
  expect((await partner.get('/settings')).body).toEqual(body)
  expect((await partner.patch('/settings', { mail: null, website: null })).body).toEqual(empty)
})

test('single switches of payables may be sent alone', async () => {
  const { partner } = await world()
  const { status, body } = await partner.patch(
    '/settings',
    { payable: { skip_approval_for_paid_invoice: true } },
    { beyond: true },
  )
  expect([status, body.payable]).toEqual([200, { skip_approval_for_paid_invoice: true, approve_page_url: null }])
  expect((await partner.get('/settings')).body.payable).toEqual(body.payable)
})

test('a new default role takes the place of the old one as a whole', async () => {
  const { partner } = await world()
  const objects = [{ object_type: 'tag', actions: [{ action_name: 'read', permission: 'allowed' }] }]
  await partner.patch('/settings', { default_role: { name: 'Staff', permissions: { objects } } })
  const role = { name: 'Guest', permissions: {} }
  expect((await partner.patch('/settings', { default_role: role })).body.default_role).toEqual(role)
  expect((await partner.patch('/settings', { website: 'x' })).body.default_role).toEqual(role)
  expect((await partner.patch('/settings', { default_role: null })).body.default_role).toBeNull()
})

test.each([
  { default_role: { name: 'X' } },
  { default_role: { permissions: {} } },
  { default_role: { name: 'X', permissions: { objects: [{ object_type: 'cat' }] } } },
  { api_version: '2020-01-01' },
  { currency: { default: 'XXX' } },
  { currency: {} },
  { mail: { from_name: 'x'.repeat(31) } },
  { receivable: { deduction_title: 'x'.repeat(33) } },
  { payments: { support_email: 'nobody' } },
  { units: [{ name: 'piece' }] },
])('the setting %j is refused', async (change) => {
  const { partner } = await world()
  const { status, body } = await partner.patch('/settings', change)
  expect(status).toBe(422)
  expect(body.detail[0].loc.slice(0, 2)).toEqual(['body', Object.keys(change)[0]])
  expect((await partner.get('/settings')).body).toEqual(empty)
})

test('keys that mean nothing are ignored and not kept', async () => {
  const { partner, sql, partner_id } = await world()
  expect(
    (await partner.patch('/settings', { colour: 'red', mail: { from_name: 'Q', mood: 'good' } }, { beyond: true })).body.mail,
  ).toEqual({ from_name: 'Q' })
  const [row] = await sql<{ settings: object }>('select settings from partners where id = $1', [partner_id])
  expect(row!.settings).toEqual({ mail: { from_name: 'Q' } })
})

test('settings are the partner’s own', async () => {
  const [one, two] = [await world(), await world()]
  await one.partner.patch('/settings', { website: 'https://one.example' })
  expect((await two.partner.get('/settings')).body).toEqual(empty)
})

test('bills begin as new or draft, or as their fields say', async () => {
  const { partner } = await world()
  const set = (default_state: string | null) =>
    partner.patch('/settings', { payable: { approve_page_url: 'https://example.com', default_state } })
  for (const default_state of ['new', 'draft', null])
    expect((await set(default_state)).body.payable.default_state ?? null).toBe(default_state)
  expect((await set('paid')).status).toBe(400)
  expect((await partner.get('/settings')).body.payable.default_state ?? null).toBe(null)
})
