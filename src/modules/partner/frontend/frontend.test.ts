import { expect, test } from 'vitest'
import { type Client, permissions, type World, world } from '../../../../test/support/world.ts'
import { currencyCodes } from '../../../core/currencies.ts'

const NOWHERE = '00000000-0000-4000-8000-000000000000'
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

test('every token learns how to write each currency', async () => {
  const { berlin, partner, nobody, newUser } = await world()
  const { body } = await berlin.get('/internal/currencies')
  expect(Object.keys(body).sort()).toEqual([...currencyCodes].sort())
  expect(body.EUR).toEqual({ symbol: '€', name: 'Euro', minor_units: 2 })
  expect([body.JPY.minor_units, body.KWD.minor_units]).toEqual([0, 3])
  const guest = await newUser(berlin.entityId!, permissions({}, 'not_allowed'))
  for (const client of [partner, guest]) expect((await client.get('/internal/currencies')).body).toEqual(body)
  expect((await nobody.get('/internal/currencies')).status).toBe(401)
})

// The check of requests against the contract doesn't see what stands behind the `?`, and would miss the partner there.
const settingsOf = (partner_id: string, by: Client) =>
  by.get(`/internal/settings?partner_id=${partner_id}&project_id=${NOWHERE}`, { beyond: true })

test('pages read the settings of their partner in the shape that the partner sees', async () => {
  const { berlin, partner, partner_id } = await world()
  expect((await settingsOf(partner_id, berlin)).body).toEqual((await partner.get('/settings')).body)
  await partner.patch('/settings', {
    website: 'https://example.com',
    currency: { default: 'EUR' },
    receivable: { create_without_personal_info: true, deduction_title: 'Skonto' },
    payable: { approve_page_url: 'https://example.com/approve', default_state: 'draft' },
  })
  const { body } = await partner.get('/settings')
  for (const client of [berlin, partner]) expect((await settingsOf(partner_id.toUpperCase(), client)).body).toEqual(body)
  const part = await world()
  await part.partner.patch('/settings', { payable: { default_state: 'draft' }, receivable: {} }, { beyond: true })
  expect((await settingsOf(part.partner_id, part.berlin)).body).toEqual((await part.partner.get('/settings')).body)
})

test('the settings of another partner are as absent as those of nobody', async () => {
  const [own, other]: World[] = await Promise.all([world(), world()])
  for (const client of [own!.berlin, own!.partner])
    for (const id of [other!.partner_id, NOWHERE]) {
      const { status, body } = await settingsOf(id, client)
      expect([status, body]).toEqual([404, { error: { message: 'Partner not found' } }])
    }
  const status = async (query: string) => (await own!.berlin.get(`/internal/settings${query}`, { beyond: true })).status
  expect(await status(`?partner_id=${own!.partner_id}`)).toBe(422)
  expect(await status(`?project_id=${NOWHERE}`)).toBe(422)
  expect(await status(`?partner_id=me&project_id=${NOWHERE}`)).toBe(422)
  expect((await settingsOf(own!.partner_id, own!.nobody)).status).toBe(401)
})

test('a logo is shown as a file to the entity and its partner, and its link opens', async () => {
  const { berlin, paris, partner, app, newUser } = await world()
  const path = `/internal/entities/${berlin.entityId}/logo`
  expect((await berlin.get(path)).body).toEqual({ error: { message: 'The entity has no logo' } })
  const upload = { bytes: PNG, name: 'logo.png', type: 'image/png' }
  const { body: uploaded } = await partner.upload('PUT', `/entities/${berlin.entityId}/logo`, upload)
  const guest = await newUser(berlin.entityId!, permissions({}, 'not_allowed'))
  for (const client of [berlin, partner, guest]) {
    const { status, body } = await client.get(path)
    expect(status).toBe(200)
    expect(body).toEqual({
      id: uploaded.id,
      created_at: uploaded.created_at,
      updated_at: expect.any(String),
      file_type: 'entity_logo',
      name: 'logo.png',
      mimetype: 'image/png',
      md5: uploaded.md5,
      size: PNG.length,
      region: uploaded.region,
      s3_bucket: '',
      s3_file_path: '',
      url: uploaded.url,
    })
  }
  const { pathname } = new URL(uploaded.url, 'http://localhost')
  expect((await app.inject({ url: pathname })).rawPayload).toEqual(PNG)
  expect((await paris.get(path)).body).toEqual({ error: { message: 'Entity not found' } })
  expect((await partner.get(`/internal/entities/${NOWHERE}/logo`)).status).toBe(404)
  await berlin.delete(`/entities/${berlin.entityId}/logo`)
  expect((await berlin.get(path)).status).toBe(404)
})
