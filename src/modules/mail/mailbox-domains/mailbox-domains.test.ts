import { createPublicKey, createSign, createVerify } from 'node:crypto'
import { expect, test } from 'vitest'
import { dns } from '../../../../test/support/dns.ts'
import { type World, world } from '../../../../test/support/world.ts'
import { asEntity } from '../../../platform/database/context.ts'
import { dkimOf } from './mailbox-domains.service.ts'

interface DnsRecord {
  record_type: string
  record_purpose: string | null
  name: string
  value: string
  valid: string
  is_active: boolean
}
let count = 0
const fresh = () => `mail-${Date.now()}-${++count}.example`

async function registered({ partner }: World, domain = fresh()) {
  const { status, body } = await partner.post('/mailbox_domains', { domain })
  expect(status, JSON.stringify(body)).toBe(201)
  const records = [...body.dns_records.sending_dns_records, ...body.dns_records.receiving_dns_records] as DnsRecord[]
  return { domain: body, path: `/mailbox_domains/${body.id}`, records }
}

const findings = async ({ partner }: World, id: string) => {
  const { body } = await partner.get('/mailbox_domains')
  const { dns_records } = body.data.find((one: { id: string }) => one.id === id)
  return [...dns_records.sending_dns_records, ...dns_records.receiving_dns_records].map(({ valid }: DnsRecord) => valid)
}

test('a new domain waits, and says which records it waits for', async () => {
  const w = await world()
  const name = fresh()
  const { domain } = await registered(w, name.toUpperCase())
  const open = { valid: 'unknown', is_active: false }
  expect(domain).toEqual({
    id: domain.id,
    domain: name,
    status: 'waiting_to_be_verified',
    dedicated_ip: null,
    last_updated_at: domain.last_updated_at,
    dns_records: {
      sending_dns_records: [
        { ...open, record_type: 'TXT', record_purpose: 'SPF', name, value: 'v=spf1 include:quittance.localhost ~all' },
        {
          ...open,
          record_type: 'TXT',
          record_purpose: 'DKIM',
          name: `quittance._domainkey.${name}`,
          value: expect.stringMatching(/^v=DKIM1; k=rsa; p=[A-Za-z0-9+/]{390,}=*$/),
        },
        { ...open, record_type: 'CNAME', record_purpose: null, name: `email.${name}`, value: 'quittance.localhost' },
      ],
      receiving_dns_records: [{ ...open, record_type: 'MX', record_purpose: null, name, value: '10 quittance.localhost' }],
    },
  })
  expect((await w.partner.get('/mailbox_domains')).body).toEqual({ data: [domain] })
  expect(JSON.stringify(domain)).not.toContain('PRIVATE')
})

test.each([
  '',
  'a b',
  'a..b',
  '-a.example',
  'a-.example',
  'exämple.de',
  `${'a'.repeat(64)}.example`,
  'x@y.example',
  'a.example.',
])('no host name, no domain: %j', async (domain) => {
  const { partner } = await world()
  expect((await partner.post('/mailbox_domains', { domain }, { beyond: true })).status).toBe(422)
})

test('a domain belongs to one partner of the installation; once it is deleted, it is free again', async () => {
  const [w, other] = [await world(), await world()]
  const { domain, path } = await registered(w)
  const taken = { status: 409, body: { error: { message: 'This domain is registered already' } } }
  expect(await other.partner.post('/mailbox_domains', { domain: domain.domain.toUpperCase() })).toMatchObject(taken)
  expect(await w.partner.post('/mailbox_domains', { domain: domain.domain })).toMatchObject(taken)
  expect(await w.partner.post('/mailbox_domains', { domain: 'Quittance.localhost' })).toMatchObject(taken)
  expect((await other.partner.delete(path)).status).toBe(404)
  expect((await other.partner.post(`${path}/verify`)).status).toBe(404)
  expect((await other.partner.get('/mailbox_domains')).body.data).toEqual([])
  expect((await w.partner.delete(path)).status).toBe(204)
  expect((await w.partner.delete(path)).body).toEqual({ error: { message: 'Mailbox domain not found' } })
  expect((await w.partner.post(`${path}/verify`)).status).toBe(404)
  await registered(other, domain.domain)
})

test('a domain becomes active once its records are right, and each record says what was found', async () => {
  const w = await world()
  const { domain, path, records } = await registered(w)
  const verify = async () => {
    const { status, body } = await w.partner.post(`${path}/verify`)
    expect(status).toBe(200)
    expect(body).toEqual({ id: domain.id, domain: domain.domain, status: body.status })
    return body.status
  }
  expect(await verify()).toBe('waiting_to_be_verified')
  expect(await findings(w, domain.id)).toEqual(['invalid', 'invalid', 'invalid', 'invalid'])
  const [spf, dkim, , mx] = records
  dns.publish([spf!, mx!])
  expect(await verify()).toBe('waiting_to_be_verified')
  expect(await findings(w, domain.id)).toEqual(['valid', 'invalid', 'invalid', 'valid'])
  dns.publish([dkim!])
  expect(await verify()).toBe('active')
  expect(await findings(w, domain.id)).toEqual(['valid', 'valid', 'invalid', 'valid'])
  dns.retract([mx!])
  expect(await verify()).toBe('active')
  expect(await findings(w, domain.id)).toEqual(['valid', 'valid', 'invalid', 'invalid'])
})

test('name servers that do not answer prove nothing', async () => {
  const w = await world()
  const { domain, path } = await registered(w)
  dns.silence(domain.domain)
  expect((await w.partner.post(`${path}/verify`)).body.status).toBe('waiting_to_be_verified')
  expect(await findings(w, domain.id)).toEqual(['unknown', 'invalid', 'invalid', 'unknown'])
})

test('nobody holds a connection to the database while the DNS is asked', async () => {
  const w = await world()
  const { path } = await registered(w)
  let answer = () => {}
  const asked = new Promise<void>((resolve) => {
    const { txt } = dns
    dns.txt = (name) => {
      dns.txt = txt
      return new Promise((reply) => {
        answer = () => reply(txt(name))
        resolve()
      })
    }
  })
  const verifying = w.partner.post(`${path}/verify`)
  await asked
  const open = await w.sql(
    `select from pg_stat_activity where state like 'idle in transaction%' and datname = current_database()`,
  )
  answer()
  expect((await verifying).status).toBe(200)
  expect(open).toEqual([])
})

test('only a verified domain has a key to sign with, and it is the one in the DNS', async () => {
  const [w, other] = [await world(), await world()]
  const { domain, path, records } = await registered(w)
  const keyFor = ({ machinery, partner_id, berlin }: World) =>
    asEntity(machinery.db, { partnerId: partner_id, entityId: berlin.entityId!, userId: null }, (ctx) =>
      dkimOf(ctx, w.machinery.sealing, domain.domain.toUpperCase()),
    )
  expect(await keyFor(w)).toBeNull()
  dns.publish(records)
  await w.partner.post(`${path}/verify`)
  expect(await keyFor(other)).toBeNull()
  const key = (await keyFor(w))!
  expect([key.domainName, key.keySelector]).toEqual([domain.domain, 'quittance'])
  const published = records[1]!.value.replace('v=DKIM1; k=rsa; p=', '')
  const publicKey = createPublicKey({ key: Buffer.from(published, 'base64'), format: 'der', type: 'spki' })
  const signature = createSign('sha256').update('mail').sign(key.privateKey)
  expect(createVerify('sha256').update('mail').verify(publicKey, signature)).toBe(true)
  await w.partner.delete(path)
  expect(await keyFor(w)).toBeNull()
})

test('domains are the business of the partner', async () => {
  const { berlin } = await world()
  for (const { status } of [await berlin.get('/mailbox_domains'), await berlin.post('/mailbox_domains', { domain: fresh() })])
    expect(status).toBe(403)
})

test('a domain asked for twice under one key is registered once', async () => {
  const { partner } = await world()
  const extras = { headers: { 'idempotency-key': `domain-${fresh()}` } }
  const body = { domain: fresh() }
  const first = await partner.post('/mailbox_domains', body, extras)
  const second = await partner.post('/mailbox_domains', body, extras)
  expect([second.status, second.body]).toEqual([201, first.body])
})
