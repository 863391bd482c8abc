import SalesTax from 'sales-tax'
import { expect, test } from 'vitest'
import { world } from '../../../../test/support/world.ts'
import { acme, dana, marseille, organizationCalled } from '../../counterparts/counterparts.samples.ts'
import { type EntityVatId, hasVatRates, inUnion, ratesFor, type TaxFacts, vatRateById, vatRates } from './vat-rates.service.ts'

const TODAY = '2026-11-21'
// biome-ignore format: a list
const COUNTRIES = ['AO', 'AU', 'AT', 'BE', 'BW', 'BG', 'CZ', 'DK', 'EE', 'SZ', 'FR', 'FI', 'DE', 'GR', 'IE', 'IL', 'LS', 'LR', 'LU', 'MZ', 'NA', 'NL', 'PK', 'PL', 'ZA', 'ES', 'SE', 'CH', 'AE', 'GB', 'ZW']

const idOf = (country: string, changes: Partial<EntityVatId> = {}) => ({
  country,
  type: 'eu_vat',
  value: `${country}123`,
  ...changes,
})
const values = (facts: TaxFacts, day = TODAY) => ratesFor(facts, day).map(({ country, value }) => `${country} ${value}`)
const domestic = (country: string, day = TODAY) => values({ country, vatIds: [idOf(country)] }, day)

test('every country that clients offer a catalogue for has one standard rate and a zero rate', () => {
  for (const country of COUNTRIES) {
    const today = ratesFor({ country, vatIds: [idOf(country)] }, TODAY)
    expect(
      today.filter(({ kind }) => kind === 'standard'),
      country,
    ).toHaveLength(1)
    expect(
      today.filter(({ kind }) => kind === 'zero'),
      country,
    ).toHaveLength(1)
    expect(today[0]!.kind, country).toBe('standard')
    expect(hasVatRates(country)).toBe(true)
  }
  expect(new Set(vatRates.map(({ country }) => country))).toEqual(new Set(COUNTRIES))
})

test('on every day there is exactly one standard rate, and no rate twice', () => {
  const days = [...new Set(vatRates.flatMap(({ valid_from, valid_until }) => [valid_from, valid_until ?? TODAY]))]
  for (const country of COUNTRIES)
    for (const day of days) {
      const rates = ratesFor({ country, vatIds: [idOf(country)] }, day)
      expect(
        rates.filter(({ kind }) => kind === 'standard'),
        `${country} ${day}`,
      ).toHaveLength(1)
      expect(new Set(rates.map(({ value }) => value)).size, `${country} ${day}`).toBe(rates.length)
    }
})

test('each rate names its law, has sense in its dates, and an id that stays', () => {
  for (const { value, kind, source, valid_from, valid_until } of vatRates) {
    expect(source.length).toBeGreaterThan(10)
    expect(kind === 'zero').toBe(value === 0)
    expect(valid_until === null || valid_until > valid_from).toBe(true)
  }
  expect(new Set(vatRates.map(({ id }) => id)).size).toBe(vatRates.length)
  for (const rate of vatRates) expect(vatRateById(rate.id)).toBe(rate)
  expect(vatRateById('00000000-0000-4000-8000-000000000000')).toBeNull()
  // Documents hold these ids: a change of how they are made would orphan them.
  const german = vatRates.find(({ country, value, valid_until }) => country === 'DE' && value === 1900 && valid_until === null)!
  expect(german.id).toBe('da0c697f-9f8e-5e9f-87e4-02ac2fcfb8f9')
  expect(vatRateById(german.id.toUpperCase())).toBe(german)
})

test('the standard rates agree with those of the sales-tax package, but for what it has not heard of', async () => {
  SalesTax.setTaxOriginCountry('US')
  const elsewhere: Record<string, number> = {}
  for (const country of COUNTRIES) {
    const { rate } = await SalesTax.getSalesTax(country)
    const ours = ratesFor({ country, vatIds: [idOf(country)] }, TODAY)[0]!.value
    if (Math.round(rate * 10_000) !== ours) elsewhere[country] = ours
  }
  expect(elsewhere).toEqual({
    // It has no entry for these four.
    LR: 1200,
    LS: 1500,
    MZ: 1600,
    SZ: 1500,
    // It still has 17 %, which ended on 13 February 2023.
    PK: 1800,
    // It still has 15 %, which ended on 31 December 2025.
    ZW: 1550,
  })
})

test('rates change on their day', () => {
  expect(domestic('EE', '2025-06-30')[0]).toBe('EE 2200')
  expect(domestic('EE', '2025-07-01')[0]).toBe('EE 2400')
  expect(domestic('DE', '2020-12-31')).toEqual(['DE 1600', 'DE 500', 'DE 0'])
  expect(domestic('DE', '2021-01-01')).toEqual(['DE 1900', 'DE 700', 'DE 0'])
  expect(domestic('FI')).toEqual(['FI 2550', 'FI 1350', 'FI 1000', 'FI 0'])
})

test('without a VAT ID there is nothing but the zero rate, and outside the catalogue nothing at all', () => {
  expect(values({ country: 'DE', vatIds: [] })).toEqual(['DE 0'])
  expect(values({ country: 'US', vatIds: [] })).toEqual([])
  expect(values({ country: 'US', vatIds: [idOf('US')] })).toEqual([])
})

const cases: [name: string, seller: EntityVatId, buyer: TaxFacts['counterpart'], expected: string[]][] = [
  ['at home', idOf('DE'), { country: 'DE', type: 'organization' }, ['DE 1900', 'DE 700', 'DE 0']],
  ['EU to an EU business', idOf('DE'), { country: 'FR', type: 'organization' }, ['DE 0']],
  ['EU to a business in an EU state without a catalogue', idOf('DE'), { country: 'IT', type: 'organization' }, ['DE 0']],
  ['EU to a person in the EU', idOf('DE'), { country: 'FR', type: 'individual' }, ['DE 1900', 'DE 700', 'DE 0']],
  [
    'EU to a person in the EU, one-stop shop',
    idOf('DE', { type: 'eu_oss_vat' }),
    { country: 'FR', type: 'individual' },
    ['FR 2000', 'FR 1000', 'FR 550', 'FR 210', 'FR 0'],
  ],
  [
    'one-stop shop at home',
    idOf('DE', { type: 'eu_oss_vat' }),
    { country: 'DE', type: 'individual' },
    ['DE 1900', 'DE 700', 'DE 0'],
  ],
  ['EU to the outside', idOf('DE'), { country: 'US', type: 'organization' }, ['DE 1900', 'DE 700', 'DE 0']],
  ['EU to the Canaries', idOf('ES'), { country: 'IC', type: 'organization' }, ['ES 2100', 'ES 1000', 'ES 400', 'ES 0']],
  ['the outside to the EU', idOf('CH'), { country: 'DE', type: 'organization' }, ['CH 810', 'CH 380', 'CH 260', 'CH 0']],
  ['Great Britain to an EU business', idOf('GB'), { country: 'IE', type: 'organization' }, ['GB 2000', 'GB 500', 'GB 0']],
  ['Northern Ireland to an EU business', idOf('GB', { value: 'XI123456789' }), { country: 'IE', type: 'organization' }, ['GB 0']],
  [
    'Northern Ireland to a person in the EU',
    idOf('GB', { value: 'XI1' }),
    { country: 'IE', type: 'individual' },
    ['GB 2000', 'GB 500', 'GB 0'],
  ],
  ['a counterpart whose place is unknown', idOf('DE'), { country: null, type: 'organization' }, ['DE 1900', 'DE 700', 'DE 0']],
]
test.each(cases)('rates: %s', (_, seller, counterpart, expected) => {
  expect(values({ country: seller.country, vatIds: [seller], counterpart })).toEqual(expected)
})

test('with several VAT IDs, what is right under any of them', () => {
  const vatIds = [idOf('DE'), idOf('FR'), idOf('DE', { type: 'eu_oss_vat' })]
  expect(values({ country: 'DE', vatIds, counterpart: { country: 'FR', type: 'organization' } })).toEqual([
    'DE 0',
    'FR 2000',
    'FR 1000',
    'FR 550',
    'FR 210',
    'FR 0',
  ])
  expect(inUnion('HR')).toBe(true)
  expect(inUnion('GB')).toBe(false)
})

test('the list answers by the entity, its VAT IDs and the counterpart', async () => {
  const { berlin, paris, partnerIn } = await world()
  const list = async (query = '', who = berlin) =>
    (await who.get(`/vat_rates${query}`)).body.data.map((r: { value: number }) => r.value)
  expect(await list()).toEqual([0])
  const { body: vatId } = await berlin.post(`/entities/${berlin.entityId}/vat_ids`, {
    country: 'DE',
    type: 'eu_vat',
    value: 'DE123456789',
  })
  expect(await list()).toEqual([1900, 700, 0])
  expect(await list('', partnerIn(berlin.entityId!))).toEqual([1900, 700, 0])
  expect(await list(`?entity_vat_id_id=${vatId.id}&product_type=service`)).toEqual([1900, 700, 0])
  const { body: home } = await berlin.post('/counterparts', acme)
  const { body: french } = await berlin.post('/counterparts', organizationCalled('Acme SA', { address: marseille }))
  const { body: person } = await berlin.post('/counterparts', { ...dana, individual: { ...dana.individual, address: marseille } })
  expect(await list(`?counterpart_id=${home.id}`)).toEqual([1900, 700, 0])
  expect(await list(`?counterpart_id=${french.id}&entity_vat_id_id=${vatId.id}`)).toEqual([0])
  expect(await list(`?counterpart_id=${person.id}`)).toEqual([1900, 700, 0])
  const { body: oss } = await berlin.post(`/entities/${berlin.entityId}/vat_ids`, {
    country: 'DE',
    type: 'eu_oss_vat',
    value: 'DE123456789',
  })
  expect(await list(`?counterpart_id=${person.id}&entity_vat_id_id=${oss.id}`)).toEqual([2000, 1000, 550, 210, 0])
  expect((await berlin.get('/vat_rates')).body.data[0]).toMatchObject({
    country: 'DE',
    status: 'active',
    created_by: 'monite',
    valid_until: null,
  })

  expect((await paris.get(`/vat_rates?counterpart_id=${home.id}`)).body).toEqual({ error: { message: 'Counterpart not found' } })
  expect((await paris.get(`/vat_rates?entity_vat_id_id=${vatId.id}`)).status).toBe(404)
  await berlin.delete(`/counterparts/${home.id}`)
  expect((await berlin.get(`/vat_rates?counterpart_id=${home.id}`)).status).toBe(404)
  expect((await berlin.get('/vat_rates?counterpart_id=7', { beyond: true })).status).toBe(422)
})

test('an entity in a country without a catalogue gets an empty list', async () => {
  const { newEntity, partnerIn } = await world()
  const address = { country: 'US', city: 'Boston', line1: '1 Beacon Street', postal_code: '02108', state: 'MA' }
  expect((await partnerIn(await newEntity({ address })).get('/vat_rates')).body).toEqual({ data: [] })
})
