import { expect, test } from 'vitest'
import { world } from '../../../../test/support/world.ts'
import { acme } from '../counterparts.samples.ts'

const euro = { country: 'DE', currency: 'EUR', iban: 'de89 3704 0044 0532 0130 00', bic: 'cobadeff' }

async function withCompany() {
  const w = await world()
  const { body: company } = await w.berlin.post('/counterparts', acme)
  const path = `/counterparts/${company.id}/bank_accounts`
  /** Names of the default accounts, by currency. */
  const defaults = async () =>
    Object.fromEntries(
      (await w.berlin.get(path)).body.data
        .filter((a: { is_default_for_currency: boolean }) => a.is_default_for_currency)
        .map((a: { currency: string; name: string }) => [a.currency, a.name]),
    )
  const add = async (name: string, changes: object = {}) => (await w.berlin.post(path, { ...euro, name, ...changes })).body
  return { ...w, path, company, defaults, add }
}

test('an account is added, read, changed and deleted; numbers lose their blanks', async () => {
  const { berlin, path, company, sql } = await withCompany()
  const { status, body: account } = await berlin.post(path, { ...euro, sort_code: '20-20-15', partner_metadata: { a: 1 } })
  expect(status).toBe(200)
  expect(account).toEqual({
    id: account.id,
    counterpart_id: company.id,
    country: 'DE',
    currency: 'EUR',
    iban: 'DE89370400440532013000',
    bic: 'COBADEFF',
    sort_code: '202015',
    name: null,
    account_holder_name: null,
    account_number: null,
    routing_number: null,
    is_default_for_currency: true,
    partner_metadata: { a: 1 },
  })
  expect((await berlin.get(`${path}/${account.id}`)).body).toEqual(account)
  const { body: changed } = await berlin.patch(`${path}/${account.id}`, {
    name: 'Main',
    sort_code: '',
    partner_metadata: { b: 2 },
  })
  expect(changed).toEqual({ ...account, name: 'Main', sort_code: null, partner_metadata: { b: 2 } })
  expect((await berlin.delete(`${path}/${account.id}`)).status).toBe(204)
  expect((await berlin.get(`${path}/${account.id}`)).body).toEqual({ error: { message: 'Bank account not found' } })
  const events = await sql<{ event: string }>('select event from events where object_id = $1 order by created_at', [account.id])
  expect(events.map(({ event }) => event)).toEqual(['created', 'update', 'delete'])
})

test('what a bill says about an account is often incomplete, so only the look of IBAN and BIC is checked', async () => {
  const { berlin, path } = await withCompany()
  const status = async (body: object, beyond = false) => (await berlin.post(path, body, { beyond })).status
  expect(await status({ country: 'US', currency: 'USD' })).toBe(200)
  expect(await status({ country: 'GB', currency: 'EUR', bic: 'BUKBGB22' })).toBe(200)
  expect(await status({ ...euro, iban: 'DE00370400440532013000' })).toBe(200)
  expect(await status({ ...euro, iban: '370400440532013000' })).toBe(422)
  expect(await status({ ...euro, bic: 'COBA' })).toBe(422)
  expect(await status({ currency: 'EUR' }, true)).toBe(422)
  expect(await status({ country: 'DE', currency: 'DEM' }, true)).toBe(422)
  expect(await status({ ...euro, partner_metadata: { text: 'x'.repeat(2000) } })).toBe(422)
})

test('the first account of a currency is its default, until another is made so', async () => {
  const { berlin, path, defaults, add } = await withCompany()
  await add('A')
  const b = await add('B')
  await add('P', { currency: 'PLN', country: 'PL' })
  expect(await defaults()).toEqual({ EUR: 'A', PLN: 'P' })
  const { status, body } = await berlin.post(`${path}/${b.id}/make_default`)
  expect([status, body]).toEqual([200, { ...b, is_default_for_currency: true }])
  expect(await defaults()).toEqual({ EUR: 'B', PLN: 'P' })
  const c = await add('C', { is_default_for_currency: true })
  expect(await defaults()).toEqual({ EUR: 'C', PLN: 'P' })
  await berlin.delete(`${path}/${c.id}`)
  expect(await defaults()).toEqual({ EUR: 'A', PLN: 'P' })
  expect((await berlin.post(`${path}/${c.id}/make_default`)).status).toBe(404)
})

test('an account that changes its currency leaves its place to the oldest, and takes one that is free', async () => {
  const { berlin, path, defaults, add } = await withCompany()
  const a = await add('A')
  const b = await add('B')
  await berlin.patch(`${path}/${a.id}`, { currency: 'CHF' })
  expect(await defaults()).toEqual({ CHF: 'A', EUR: 'B' })
  await berlin.patch(`${path}/${b.id}`, { currency: 'CHF' })
  expect(await defaults()).toEqual({ CHF: 'A' })
  expect((await berlin.patch(`${path}/${b.id}`, { currency: null })).status).toBe(422)
  expect((await berlin.patch(`${path}/${b.id}`, { is_default_for_currency: true }, { beyond: true })).status).toBe(422)
})

test('accounts made at the same moment agree on one default', async () => {
  const { berlin, path, add } = await withCompany()
  await Promise.all(['A', 'B', 'C', 'D'].map((name) => add(name, { is_default_for_currency: true })))
  const { data } = (await berlin.get(path)).body
  expect(data.filter((a: { is_default_for_currency: boolean }) => a.is_default_for_currency)).toHaveLength(1)
})
