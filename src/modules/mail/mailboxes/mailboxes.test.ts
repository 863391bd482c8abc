import { expect, test } from 'vitest'
import { dns } from '../../../../test/support/dns.ts'
import { permissions, type World, world } from '../../../../test/support/world.ts'

let count = 0
const NOWHERE = '00000000-0000-4000-8000-000000000000'

async function verifiedDomain({ partner }: World): Promise<{ id: string; domain: string }> {
  const { body } = await partner.post('/mailbox_domains', { domain: `bills-${Date.now()}-${++count}.example` })
  dns.publish([...body.dns_records.sending_dns_records, ...body.dns_records.receiving_dns_records])
  expect((await partner.post(`/mailbox_domains/${body.id}/verify`)).body.status).toBe('active')
  return body
}
const asking = (mailbox_domain_id: string, mailbox_name = 'bills', related_object_type = 'payable') => ({
  mailbox_domain_id,
  mailbox_name,
  related_object_type,
})

test('every entity has a mailbox for its bills from the beginning', async () => {
  const { berlin, paris } = await world()
  const { status, body } = await berlin.get('/mailboxes')
  expect(status).toBe(200)
  const [box, ...more] = body.data
  expect(more).toEqual([])
  expect(box).toEqual({
    id: box.id,
    mailbox_domain_id: null,
    mailbox_full_address: `${box.mailbox_name}@quittance.localhost`,
    mailbox_name: expect.stringMatching(/^\d+_payables$/),
    related_object_type: 'payable',
    status: 'active',
  })
  expect((await paris.get('/mailboxes')).body.data[0].mailbox_name).not.toBe(box.mailbox_name)
})

test('a mailbox is opened on a verified domain, listed, and closed', async () => {
  const w = await world()
  const { berlin } = w
  const domain = await verifiedDomain(w)
  const { status, body: box } = await berlin.post('/mailboxes', asking(domain.id, 'receipts.berlin-1', 'receipt'))
  expect(status).toBe(201)
  expect(box).toEqual({
    id: box.id,
    mailbox_domain_id: domain.id,
    mailbox_full_address: `receipts.berlin-1@${domain.domain}`,
    mailbox_name: 'receipts.berlin-1',
    related_object_type: 'receipt',
    status: 'active',
  })
  expect((await berlin.get('/mailboxes')).body.data).toHaveLength(2)
  const path = `/mailboxes/${box.id}`
  expect((await w.paris.delete(path)).status).toBe(404)
  expect((await berlin.delete(path)).status).toBe(204)
  expect((await berlin.delete(path)).body).toEqual({ error: { message: 'Mailbox not found' } })
  expect((await berlin.get('/mailboxes')).body.data).toHaveLength(1)
})

test('an address leads to one entity only, and is free again once its mailbox is gone', async () => {
  const w = await world()
  const domain = await verifiedDomain(w)
  const { body: box } = await w.berlin.post('/mailboxes', asking(domain.id))
  const taken = { status: 409, body: { error: { message: 'This address is taken' } } }
  expect(await w.paris.post('/mailboxes', asking(domain.id))).toMatchObject(taken)
  expect(await w.berlin.post('/mailboxes', asking(domain.id, 'bills', 'receipt'))).toMatchObject(taken)
  await w.berlin.delete(`/mailboxes/${box.id}`)
  expect((await w.paris.post('/mailboxes', asking(domain.id))).status).toBe(201)
  expect((await w.berlin.post('/mailboxes', asking((await verifiedDomain(w)).id))).status).toBe(201)
})

test('a domain that is unknown, not verified, deleted or of somebody else has no mailboxes', async () => {
  const [w, other] = [await world(), await world()]
  const { body: waiting } = await w.partner.post('/mailbox_domains', { domain: `waiting-${Date.now()}.example` })
  const gone = await verifiedDomain(w)
  await w.partner.delete(`/mailbox_domains/${gone.id}`)
  const refused = await w.berlin.post('/mailboxes', asking(waiting.id))
  expect([refused.status, refused.body.error.message]).toEqual([409, expect.stringContaining('not verified')])
  for (const id of [NOWHERE, gone.id, (await verifiedDomain(other)).id])
    expect(await w.berlin.post('/mailboxes', asking(id))).toMatchObject({
      status: 409,
      body: { error: { message: 'Mailbox domain not found' } },
    })
})

test.each(['', 'Bills', 'a b', 'a..b', '.a', 'a.', 'a@b', 'ä', '<a>', 'a'.repeat(65)])(
  'no mail program knows this name: %j',
  async (name) => {
    const { berlin } = await world()
    const { status, body } = await berlin.post('/mailboxes', asking(NOWHERE, name), { beyond: true })
    expect([status, body.detail[0].loc]).toEqual([422, ['body', 'mailbox_name']])
  },
)

test('a domain takes its mailboxes along, those of all entities', async () => {
  const w = await world()
  const domain = await verifiedDomain(w)
  await w.berlin.post('/mailboxes', asking(domain.id, 'berlin'))
  await w.paris.post('/mailboxes', asking(domain.id, 'paris'))
  expect((await w.partner.delete(`/mailbox_domains/${domain.id}`)).status).toBe(204)
  for (const user of [w.berlin, w.paris]) expect((await user.get('/mailboxes')).body.data).toHaveLength(1)
})

test('a partner finds the mailboxes of its entities, and of no others', async () => {
  const [w, other] = [await world(), await world()]
  const berlin = w.partnerIn(w.berlin.entityId!)
  const search = async (...entity_ids: (string | null)[]) => {
    const { status, body } = await berlin.post('/mailboxes/search', { entity_ids })
    expect(status).toBe(200)
    return body.data
  }
  const [[ofBerlin], [ofParis]] = [(await w.berlin.get('/mailboxes')).body.data, (await w.paris.get('/mailboxes')).body.data]
  const both = await search(w.berlin.entityId, w.paris.entityId)
  expect(both).toHaveLength(2)
  expect(both).toEqual(expect.arrayContaining([ofBerlin, ofParis]))
  expect(await search(w.paris.entityId)).toEqual([ofParis])
  expect(await search(other.berlin.entityId, NOWHERE)).toEqual([])
  expect(await search()).toEqual([])
  expect((await w.berlin.post('/mailboxes/search', { entity_ids: [] })).status).toBe(403)
  expect((await w.partner.post('/mailboxes/search', { entity_ids: [] }, { beyond: true })).status).toBe(422)
})

test('each action needs its permission, and one’s own are those that one opened', async () => {
  const w = await world()
  const domain = await verifiedDomain(w)
  const { body: box } = await w.berlin.post('/mailboxes', asking(domain.id, 'ours'))
  const nobody = await w.newUser(w.berlin.entityId!, permissions({}, 'not_allowed'))
  const refused = [
    await nobody.get('/mailboxes'),
    await nobody.post('/mailboxes', asking(domain.id)),
    await nobody.delete(`/mailboxes/${box.id}`),
  ]
  expect(refused.map(({ status, body }) => [status, body.error.message])).toEqual([
    [403, 'Action read for mailbox not allowed'],
    [403, 'Action create for mailbox not allowed'],
    [403, 'Action delete for mailbox not allowed'],
  ])
  const limited = await w.newUser(w.berlin.entityId!, permissions({}, 'allowed_for_own'))
  const { body: own } = await limited.post('/mailboxes', asking(domain.id, 'mine'))
  expect((await limited.get('/mailboxes')).body.data).toEqual([own])
  expect((await limited.delete(`/mailboxes/${box.id}`)).status).toBe(403)
  expect((await limited.delete(`/mailboxes/${own.id}`)).status).toBe(204)
})
