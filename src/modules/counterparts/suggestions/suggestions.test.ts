import { expect, test } from 'vitest'
import { good } from '../../../../test/support/invoicing.ts'
import { type Client, permissions, world } from '../../../../test/support/world.ts'
import { similarity } from './similarity.ts'

const address = { country: 'DE', city: 'Berlin', postal_code: '10119', line1: 'Torstraße 1' }
const company = async (who: Client, legal_name: string, place: object = address) =>
  good(
    await who.post('/counterparts', {
      type: 'organization',
      organization: { legal_name, is_vendor: true, is_customer: false, address: place },
    }),
  )

test('names are alike whatever their case, accents, punctuation and legal form', () => {
  expect(similarity('Müller & Söhne GmbH', 'MULLER SOHNE')).toBe(1)
  expect(similarity('Acme GmbH', 'ACME Ltd.')).toBe(1)
  expect(similarity('Acme Holding', 'Acme Holdings')).toBeGreaterThan(0.8)
  expect(similarity('Spreewerk', 'Spreewrek')).toBeGreaterThan(0.45)
  expect(similarity('Acme', 'Zenith')).toBe(0)
  expect(similarity('GmbH', 'Acme GmbH')).toBeLessThan(0.45)
  expect(similarity('', 'Acme')).toBe(0)
  expect(similarity('東京電力', '東京電力')).toBe(1)
})

test('counterparts with a name like the one asked for are suggested, the likeliest first', async () => {
  const { berlin, paris } = await world()
  const exact = await company(berlin, 'Nordwind Logistik GmbH')
  const near = await company(berlin, 'Nordwind Logistics Hamburg')
  await company(berlin, 'Südsturm Verlag')
  await company(paris, 'Nordwind Logistik GmbH')
  const gone = await company(berlin, 'Nordwind Logistik AG')
  await berlin.delete(`/counterparts/${gone.id}`)
  const ask = async (name: string) =>
    good(await berlin.get(`/internal/counterparts/ai_suggestions?name=${encodeURIComponent(name)}`)).data
  expect(await ask('NORDWIND LOGISTIK')).toEqual(
    [exact, near].map(({ id }) => ({ id, address_id: null, bank_account_id: null, vat_id_id: null })),
  )
  expect((await ask('Nordwnid Logistik'))[0].id).toBe(exact.id)
  for (const name of ['Completely Different', '%', '_', '', '🙂', "'; drop table counterparts"])
    expect(await ask(name)).toEqual([])
})

test('a VAT ID or a bank account that fits finds its counterpart under any name, and is named', async () => {
  const { berlin } = await world()
  const { id, default_billing_address_id } = await company(berlin, 'Nordwind Logistik GmbH')
  const namesake = await company(berlin, 'Blumen Schmidt')
  const vat = good(await berlin.post(`/counterparts/${id}/vat_ids`, { value: 'DE 811.907.980' }))
  const account = good(
    await berlin.post(`/counterparts/${id}/bank_accounts`, { iban: 'DE89370400440532013000', country: 'DE', currency: 'EUR' }),
  )
  const ask = async (query: Record<string, string>) =>
    good(await berlin.get(`/internal/counterparts/ai_suggestions?${new URLSearchParams(query)}`)).data
  const found = { id, address_id: null, bank_account_id: null, vat_id_id: null }
  const other = { ...found, id: namesake.id }
  expect(await ask({ name: 'Blumen Schmidt', vat: 'de811907980' })).toEqual([{ ...found, vat_id_id: vat.id }, other])
  expect(await ask({ name: 'Blumen Schmidt', bank_account: 'DE89 3704 0044 0532 0130 00' })).toEqual([
    { ...found, bank_account_id: account.id },
    other,
  ])
  expect(await ask({ name: 'Nordwind', vat: '-', bank_account: ' ', address: 'Torstr. 1, 10119 Berlin' })).toMatchObject([{ id }])
  expect(await ask({ name: 'Nordwind Logistik', address: 'Torstrasse 1, 10119 Berlin' })).toEqual([
    { ...found, address_id: default_billing_address_id },
  ])
  expect(await ask({ name: 'Nordwind Logistik', address: 'Rue de la Paix, Paris' })).toEqual([found])
  for (const query of ['', `name=A&vat=${'x'.repeat(33)}`, `name=A&bank_account=${'x'.repeat(35)}`, `name=${'x'.repeat(256)}`])
    expect((await berlin.get(`/internal/counterparts/ai_suggestions?${query}`, { beyond: true })).status).toBe(422)
})

test('a role that is limited to its own is suggested its own', async () => {
  const { berlin, newUser } = await world()
  await company(berlin, 'Nordwind Logistik GmbH')
  const limited = await newUser(berlin.entityId!, permissions({}, 'allowed_for_own'))
  const own = await company(limited, 'Nordwind Logistik')
  const ask = async (who: Client) => good(await who.get('/internal/counterparts/ai_suggestions?name=Nordwind%20Logistik')).data
  expect((await ask(limited)).map(({ id }: { id: string }) => id)).toEqual([own.id])
  expect(await ask(berlin)).toHaveLength(2)
  const nobody = await newUser(berlin.entityId!, permissions({}, 'not_allowed'))
  expect((await nobody.get('/internal/counterparts/ai_suggestions?name=A')).status).toBe(403)
})
