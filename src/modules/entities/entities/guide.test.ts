import sharp from 'sharp'
import { expect, test } from 'vitest'
import { world } from '../../../../test/support/world.ts'

/** Sends what the founding guide's curl lines print: no version header, the entity's header in capitals, `/v1` in the path. */
async function guide() {
  const w = await world()
  const curl = async (
    method: 'GET' | 'POST' | 'PATCH' | 'PUT',
    path: string,
    headers: Record<string, string>,
    payload?: string | Buffer,
  ) => {
    const authorization = `Bearer ${w.partner.token}`
    const answer = await w.app.inject({
      method,
      url: `/v1${path}`,
      headers: { Authorization: authorization, ...headers },
      payload,
    })
    return { status: answer.statusCode, headers: answer.headers, body: answer.json() }
  }
  return { ...w, curl }
}
const json = { 'Content-Type': 'application/json' }

const bob = {
  type: 'individual',
  email: 'bob@example.com',
  address: { country: 'DE', city: 'Berlin', state: 'BE', postal_code: '10115', line1: 'Flughafenstrasse 52' },
  individual: { first_name: 'Bob', last_name: 'Jones', tax_id: '1234567890' },
}

test('the first step of the guide creates an individual, with the mailbox for its bills', async () => {
  const { curl } = await guide()
  const { status, body } = await curl('POST', '/entities', json, JSON.stringify(bob))
  expect(status).toBe(201)
  expect(body).toMatchObject({
    address: { ...bob.address, line2: null },
    email: 'bob@example.com',
    partner_reference: null,
    phone: null,
    logo: null,
    status: 'active',
    type: 'individual',
    individual: { first_name: 'Bob', last_name: 'Jones', vat_id: null, tax_id: '1234567890', title: null },
  })
  expect(body).not.toHaveProperty('organization')
  expect(body.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?\+00:00$/)
  expect(body.mailboxes).toEqual([
    {
      id: expect.any(String),
      entity_id: body.id,
      status: 'active',
      related_object_type: 'payable',
      mailbox_name: expect.stringMatching(/^\d{16,20}_payables$/),
      mailbox_full_address: `${body.mailboxes[0].mailbox_name}@quittance.localhost`,
      belongs_to_mailbox_domain_id: null,
    },
  ])
  expect((await curl('GET', `/entities/${body.id}`, {})).body).toEqual(body)
})

test('the guide’s organization keeps its VAT number, also as a VAT ID of the entity', async () => {
  const { curl } = await guide()
  const organization = { legal_name: 'string', vat_id: 'string', legal_entity_id: 'string' }
  const { individual: _, ...rest } = bob
  const { status, body } = await curl('POST', '/entities', json, JSON.stringify({ ...rest, type: 'organization', organization }))
  expect(status).toBe(201)
  expect(body.organization).toMatchObject(organization)
  expect(body).not.toHaveProperty('individual')
  const { body: vatIds } = await curl('GET', `/entities/${body.id}/vat_ids`, {})
  expect(vatIds.data).toMatchObject([{ country: 'DE', value: 'string', type: 'unknown', entity_id: body.id }])
})

test('the guide’s role is answered with the permissions it was given', async () => {
  const { curl, berlin } = await guide()
  const read = (object_type: string) => ({ object_type, actions: [{ action_name: 'read', permission: 'allowed' }] })
  const role = { name: 'View payables', permissions: { objects: [read('comment'), read('payable')] } }
  const { status, body } = await curl('POST', '/roles', { ...json, 'X-Monite-Entity-Id': berlin.entityId! }, JSON.stringify(role))
  expect(status).toBe(200)
  expect(body).toEqual({
    ...role,
    id: expect.any(String),
    status: 'active',
    created_at: expect.any(String),
    updated_at: expect.any(String),
  })
})

test('the guide’s logo upload answers the file', async () => {
  const { curl, berlin } = await guide()
  const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#0af' } })
    .png()
    .toBuffer()
  const part = '--------------------------d74496d66958873e'
  const head = `--${part}\r\nContent-Disposition: form-data; name="file"; filename="logo.png"\r\nContent-Type: image/png\r\n\r\n`
  const payload = Buffer.concat([Buffer.from(head), png, Buffer.from(`\r\n--${part}--\r\n`)])
  const { status, body } = await curl(
    'PUT',
    `/entities/${berlin.entityId}/logo`,
    { 'Content-Type': `multipart/form-data; boundary=${part}` },
    payload,
  )
  expect(status).toBe(200)
  expect(body).toMatchObject({
    file_type: 'entity_logo',
    name: 'logo.png',
    region: 'eu-central-1',
    mimetype: 'image/png',
    size: png.length,
    previews: [],
    pages: [],
  })
  expect(body.md5).toMatch(/^[0-9a-f]{32}$/)
  expect((await curl('GET', `/entities/${berlin.entityId}`, {})).body.logo).toEqual(body)
})

test('the guide’s entities are listed and edited', async () => {
  const { curl, berlin } = await guide()
  const list = await curl('GET', '/entities', {})
  expect(list.body.data).toHaveLength(2)
  const { status, body } = await curl('PATCH', `/entities/${berlin.entityId}`, json, JSON.stringify({ email: 'new@example.com' }))
  expect([status, body.email]).toEqual([200, 'new@example.com'])
})

test('the guide’s bank account needs neither country nor currency, and make_default takes an empty body', async () => {
  const { curl, berlin } = await guide()
  const headers = { ...json, 'X-Monite-Entity-Id': berlin.entityId! }
  const account = {
    iban: 'GB33BUKB20201555555555',
    bic: 'GB33BUKB202',
    bank_name: 'Bank',
    display_name: 'Bank',
    is_default: false,
  }
  const first = await curl('POST', '/bank_accounts', headers, JSON.stringify(account))
  expect(first.status).toBe(201)
  // The first account of a currency is its default, whatever was asked for.
  expect(first.body).toMatchObject({
    ...account,
    is_default: true,
    is_default_for_currency: true,
    country: 'GB',
    currency: 'GBP',
    was_created_by_user_id: null,
  })
  const second = await curl('POST', '/bank_accounts', headers, JSON.stringify(account))
  expect(second.body).toMatchObject(account)
  const { status, body } = await curl('POST', `/bank_accounts/${second.body.id}/make_default`, headers, '')
  expect(status).toBe(200)
  expect(body).toEqual({ ...second.body, is_default: true, is_default_for_currency: true })
  expect((await curl('GET', `/bank_accounts/${first.body.id}`, headers)).body.is_default).toBe(false)
  expect((await curl('GET', '/bank_accounts', headers)).body.data).toHaveLength(2)
})
