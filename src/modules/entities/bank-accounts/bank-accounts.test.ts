import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { permissions, type World, world } from '../../../../test/support/world.ts'

const euro = { currency: 'EUR', country: 'DE', iban: 'DE89370400440532013000' }
const pound = {
  currency: 'GBP',
  country: 'GB',
  account_holder_name: 'Spreewerk Ltd',
  account_number: '31926819',
  sort_code: '601613',
}
const dollar = {
  currency: 'USD',
  country: 'US',
  account_holder_name: 'Spreewerk Inc',
  account_number: '123456789',
  routing_number: '021000021',
}

const good: [what: string, body: object][] = [
  ['a euro account by its IBAN', euro],
  ['a euro account with a BIC of 8 characters', { ...euro, bic: 'COBADEFF' }],
  ['a euro account with a BIC of 11 characters', { ...euro, bic: 'COBADEFFXXX' }],
  ['a euro account in Switzerland', { ...euro, country: 'CH', iban: 'CH9300762011623852957' }],
  ['a euro account in Norway', { ...euro, country: 'NO', iban: 'NO9386011117947' }],
  ['a euro account in Liechtenstein', { ...euro, country: 'LI', iban: 'LI21088100002324013AA' }],
  ['a euro account in Britain', { ...euro, country: 'GB', iban: 'GB29NWBK60161331926819' }],
  ['a euro account in Gibraltar', { ...euro, country: 'GI', iban: 'GI75NWBK000000007099453' }],
  ['a pound account', pound],
  ['a pound account in Gibraltar', { ...pound, country: 'GI' }],
  ['a pound account with an IBAN as well', { ...pound, iban: 'GB29NWBK60161331926819' }],
  ['a dollar account', dollar],
  ['a dollar account of 12 digits', { ...dollar, account_number: '123456789012' }],
  ['a złoty account by its IBAN', { currency: 'PLN', country: 'PL', iban: 'PL61109010140000071219812874' }],
  [
    'an Australian account by number and sort code',
    { currency: 'AUD', country: 'AU', account_number: '12345678', sort_code: '062000' },
  ],
  [
    'a Canadian account by number and routing number',
    { currency: 'CAD', country: 'CA', account_number: '1234567', routing_number: '021000021' },
  ],
  ['a pound account by its IBAN alone', { currency: 'GBP', country: 'GB', iban: 'GB29NWBK60161331926819' }],
  ['a dollar account in Germany by its IBAN', { currency: 'USD', country: 'DE', iban: euro.iban }],
  ['a złoty account in Germany by its IBAN', { currency: 'PLN', country: 'DE', iban: euro.iban }],
  ['a yen account in Germany by its IBAN', { currency: 'JPY', country: 'DE', iban: euro.iban }],
  ['a euro account in the Emirates by its IBAN', { currency: 'EUR', country: 'AE', iban: 'AE070331234567890123456' }],
  [
    'a dollar account in Martinique, whose IBANs are French',
    { currency: 'USD', country: 'MQ', iban: 'FR1420041010050500013M02606' },
  ],
  ['any account in Africa without any number', { currency: 'NGN', country: 'NG' }],
  ['a dollar account in Africa', { currency: 'USD', country: 'KE', account_number: '1' }],
  ['a euro account in Africa without an IBAN', { currency: 'EUR', country: 'ZA', account_number: '62000' }],
  ['a pound account in Africa', { currency: 'GBP', country: 'EG' }],
]
const bad: [what: string, body: object, field: string][] = [
  ['a euro account without an IBAN', { ...euro, iban: undefined, account_number: '1' }, 'iban'],
  ['a euro account in the USA', { ...euro, country: 'US' }, 'country'],
  ['a euro account in Turkey', { ...euro, country: 'TR' }, 'country'],
  ['an IBAN with a wrong checksum', { ...euro, iban: 'DE89370400440532013001' }, 'iban'],
  ['an IBAN that is too short', { ...euro, iban: 'DE8937040044053201300' }, 'iban'],
  ['an IBAN of no country', { ...euro, iban: 'XX89370400440532013000' }, 'iban'],
  ['a BIC of 9 characters', { ...euro, bic: 'COBADEFFX' }, 'bic'],
  ['a BIC with a country of digits', { ...euro, bic: 'COBA12FF' }, 'bic'],
  ['a BIC without an IBAN', { ...pound, bic: 'NWBKGB2L' }, 'bic'],
  ['a pound account without its holder', { ...pound, account_holder_name: undefined }, 'account_holder_name'],
  ['a pound account without its number', { ...pound, account_number: undefined }, 'account_number'],
  ['a pound account with a blank number', { ...pound, account_number: ' ' }, 'account_number'],
  ['a pound account without its sort code', { ...pound, sort_code: null }, 'sort_code'],
  ['a pound account in Germany', { ...pound, country: 'DE' }, 'country'],
  ['a sort code of five digits', { ...pound, sort_code: '60161' }, 'sort_code'],
  ['a sort code of letters', { ...pound, sort_code: 'ABCDEF' }, 'sort_code'],
  ['a dollar account without its routing number', { ...dollar, routing_number: undefined }, 'routing_number'],
  ['a dollar account without its holder', { ...dollar, account_holder_name: null }, 'account_holder_name'],
  ['a dollar account without its number', { ...dollar, account_number: undefined }, 'account_number'],
  ['a dollar account of 3 digits', { ...dollar, account_number: '123' }, 'account_number'],
  ['a dollar account of 18 digits', { ...dollar, account_number: '123456789012345678' }, 'account_number'],
  ['a dollar account in Canada', { ...dollar, country: 'CA' }, 'country'],
  ['a routing number with a wrong checksum', { ...dollar, routing_number: '021000022' }, 'routing_number'],
  ['a routing number of zeros', { ...dollar, routing_number: '000000000' }, 'routing_number'],
  ['a złoty account without any number', { currency: 'PLN', country: 'PL' }, 'iban'],
  ['an Australian account by its number alone', { currency: 'AUD', country: 'AU', account_number: '12345678' }, 'iban'],
  [
    'a złoty account in Germany without an IBAN',
    { currency: 'PLN', country: 'DE', account_number: '1', sort_code: '123456' },
    'country',
  ],
  ['a dollar account in Germany by its routing number', { ...dollar, country: 'DE' }, 'country'],
  ['a dollar account in the USA by a German IBAN', { currency: 'USD', country: 'US', iban: euro.iban }, 'account_number'],
  ['a yen account in Argentina', { currency: 'JPY', country: 'AR', account_number: '1', sort_code: '123456' }, 'country'],
  ['a currency that does not exist', { ...euro, currency: 'XXX' }, 'currency'],
  ['a country that does not exist', { ...euro, country: 'XX' }, 'country'],
  ['an empty name', { ...euro, display_name: '' }, 'display_name'],
  ['a field nobody knows', { ...euro, colour: 'red' }, 'colour'],
]

describe('the rules of currencies and countries', () => {
  let berlin: World['berlin']
  beforeAll(async () => {
    berlin = (await world()).berlin
  })

  test.each(good)('allow %s', async (_what, body) => {
    const answer = await berlin.post('/bank_accounts', body)
    expect(answer.status).toBe(201)
    expect(answer.body).toMatchObject(body)
    expect((await berlin.get(`/bank_accounts/${answer.body.id}`)).body).toEqual(answer.body)
  })

  test.each(bad)('refuse %s', async (_what, body, field) => {
    const { body: before } = await berlin.get('/bank_accounts')
    const answer = await berlin.post('/bank_accounts', body)
    expect(answer.status).toBe(422)
    expect(answer.body.detail.map(({ loc }: { loc: string[] }) => loc.join('.'))).toContain(`body.${field}`)
    expect((await berlin.get('/bank_accounts')).body).toEqual(before)
  })

  test('take numbers as people write them', async () => {
    const written = await berlin.post('/bank_accounts', { ...euro, iban: 'de89 3704 0044 0532 0130 00', bic: 'cobadeff' })
    expect(written.body).toMatchObject({ iban: euro.iban, bic: 'COBADEFF' })
    expect((await berlin.post('/bank_accounts', { ...pound, sort_code: '60-16-13' })).body.sort_code).toBe('601613')
  })

  test('ask for country and currency when there is no IBAN to tell them', async () => {
    const { status, body } = await berlin.post('/bank_accounts', { account_number: '1' })
    expect(status).toBe(422)
    expect(body.detail.map(({ loc }: { loc: string[] }) => loc[1])).toEqual(['country', 'currency'])
  })
})

describe('the default account', () => {
  const add = async (w: World, more: object = {}) => (await w.berlin.post('/bank_accounts', { ...euro, ...more })).body
  const defaults = async (w: World) => {
    const { body } = await w.berlin.get('/bank_accounts')
    return body.data
      .filter((a: { is_default_for_currency: boolean }) => a.is_default_for_currency)
      .map(({ id }: { id: string }) => id)
  }

  test('of a currency is its first one, whatever was asked', async () => {
    const w = await world()
    const first = await add(w, { is_default_for_currency: false })
    expect(first.is_default_for_currency).toBe(true)
    const second = await add(w)
    expect(second.is_default_for_currency).toBe(false)
    const { body: dollars } = await w.berlin.post('/bank_accounts', dollar)
    expect(await defaults(w)).toEqual([first.id, dollars.id])
  })

  test('gives way to a later one that asks for it', async () => {
    const w = await world()
    await add(w)
    const second = await add(w, { is_default_for_currency: true })
    expect(await defaults(w)).toEqual([second.id])
  })

  test('is moved by make_default, which may be repeated, and both changes are told', async () => {
    const w = await world()
    const [first, second] = [await add(w), await add(w)]
    for (let i = 0; i < 2; i++) {
      const { status, body } = await w.berlin.post(`/bank_accounts/${second.id}/make_default`)
      expect([status, body.is_default_for_currency]).toEqual([200, true])
    }
    expect(await defaults(w)).toEqual([second.id])
    const events = await w.sql<{ object_id: string }>(
      `select object_id from events where entity_id = $1 and object_type = 'entity_bank_account' and event = 'updated'`,
      [w.berlin.entityId],
    )
    expect(events.map(({ object_id }) => object_id).sort()).toEqual([first.id, second.id].sort())
    expect((await w.berlin.post(`/bank_accounts/${randomUUID()}/make_default`)).status).toBe(404)
  })

  test('when deleted is followed by the oldest that is left', async () => {
    const w = await world()
    const [first, second, third] = [await add(w), await add(w), await add(w)]
    expect((await w.berlin.delete(`/bank_accounts/${first.id}`)).status).toBe(204)
    expect(await defaults(w)).toEqual([second.id])
    await w.berlin.delete(`/bank_accounts/${third.id}`)
    await w.berlin.delete(`/bank_accounts/${second.id}`)
    expect((await add(w)).is_default_for_currency).toBe(true)
  })

  test('is one, however many first accounts arrive at once', async () => {
    const w = await world()
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, i) => w.berlin.post('/bank_accounts', { ...euro, is_default_for_currency: i % 2 === 0 })),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(201))
    expect(await defaults(w)).toHaveLength(1)
  })

  test('is one, while several are made the default and deleted at once', async () => {
    const w = await world()
    const ids = []
    for (let i = 0; i < 8; i++) ids.push((await add(w)).id)
    const answers = await Promise.all(
      ids.flatMap((id, i) => [
        w.berlin.post(`/bank_accounts/${id}/make_default`),
        ...(i < 7 ? [w.berlin.delete(`/bank_accounts/${id}`)] : []),
      ]),
    )
    for (const { status } of answers) expect([200, 204, 404]).toContain(status)
    expect(await defaults(w)).toHaveLength(1)
  })

  test('can be taken from a colleague’s account by a user limited to their own', async () => {
    const w = await world()
    const { id: hers } = await add(w)
    const user = await w.newUser(w.berlin.entityId!, permissions({}, 'allowed_for_own'))
    const { status, body } = await user.post('/bank_accounts', { ...euro, is_default_for_currency: true })
    expect([status, body.was_created_by_user_id]).toEqual([201, user.userId])
    expect(await defaults(w)).toEqual([body.id])
    expect((await user.post(`/bank_accounts/${hers}/make_default`)).status).toBe(403)
    expect((await user.get('/bank_accounts')).body.data).toHaveLength(1)
    expect((await user.delete(`/bank_accounts/${body.id}`)).status).toBe(204)
    expect(await defaults(w)).toEqual([hers])
  })
})

test('of an account only its holder and its name change', async () => {
  const { berlin } = await world()
  const { body: account } = await berlin.post('/bank_accounts', pound)
  const path = `/bank_accounts/${account.id}`
  expect((await berlin.patch(path, { display_name: 'Main', account_holder_name: 'Other Ltd' })).body).toEqual({
    ...account,
    display_name: 'Main',
    account_holder_name: 'Other Ltd',
  })
  expect((await berlin.patch(path, { display_name: null })).body.display_name).toBeNull()
  for (const change of [
    { iban: euro.iban },
    { currency: 'EUR' },
    { sort_code: '111111' },
    { is_default_for_currency: false },
    { account_holder_name: null },
  ])
    expect((await berlin.patch(path, change)).status).toBe(422)
  const { body: other } = await berlin.post('/bank_accounts', { ...euro, account_holder_name: 'X' })
  expect((await berlin.patch(`/bank_accounts/${other.id}`, { account_holder_name: null })).body.account_holder_name).toBeNull()
})

test('accounts are listed in the order they were made, without pages', async () => {
  const { berlin, paris } = await world()
  const ids = []
  for (let i = 0; i < 3; i++) ids.push((await berlin.post('/bank_accounts', euro)).body.id)
  const { body } = await berlin.get('/bank_accounts')
  expect(body.data.map(({ id }: { id: string }) => id)).toEqual(ids)
  expect([body.next_pagination_token, body.prev_pagination_token]).toEqual([null, null])
  expect((await paris.get('/bank_accounts')).body.data).toEqual([])
  for (const answer of [
    await paris.get(`/bank_accounts/${ids[0]}`),
    await paris.patch(`/bank_accounts/${ids[0]}`, {}),
    await paris.delete(`/bank_accounts/${ids[0]}`),
  ])
    expect(answer).toMatchObject({ status: 404, body: { error: { message: 'Bank account not found' } } })
})
