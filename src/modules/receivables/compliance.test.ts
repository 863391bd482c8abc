import { beforeAll, describe, expect, test } from 'vitest'
import { good } from '../../../test/support/invoicing.ts'
import { type Client, type World, world } from '../../../test/support/world.ts'
import { countries } from '../../core/countries.data.ts'

/** What a sale needs, for an entity in every country there is. The lists are written out once more, as the specification has them. */

const list = (text: string) => new Set(text.split(' '))
const SUPPORTED = list(
  'AE AO AT AU BE BG BW CA CH CZ DE DK EA EE ES FI FR GB GR IC IE IL LR LS LU MZ NA NL NZ PH PK PL SE SZ US ZA ZW',
)
const CATALOGUE = list('AE AO AT AU BE BG BW CH CZ DE DK EE ES FI FR GB GR IE IL LR LS LU MZ NA NL PK PL SE SZ ZA ZW')
const EU = list('AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK')

let w: World
let who: Client
let vatId: string

beforeAll(async () => {
  w = await world()
  who = w.berlin
  vatId = good(await who.post(`/entities/${who.entityId}/vat_ids`, { country: 'DE', value: 'DE123456789', type: 'eu_vat' })).id
})

const moveTo = (country: string) =>
  w.sql(`update entities set address = address || jsonb_build_object('country', $2::text) where id = $1`, [who.entityId, country])

async function required(query: string) {
  const { entity, counterpart, line_item } = good(await who.get(`/receivables/required_fields?${query}`))
  const on = Object.entries({ entity, counterpart, line_item }).flatMap(([group, fields]) =>
    Object.entries(fields as Record<string, { required: boolean; description: string }>)
      .filter(([, { required }]) => required)
      .map(([field]) => `${group}.${field}`),
  )
  return on.sort()
}

/** By the rules of the specification, literally. The customer has no VAT ID yet. */
function expected(home: string, abroad: string, type: string, withVatId: boolean): string[] {
  const supported = SUPPORTED.has(home)
  const company = type === 'organization'
  const domestic = home === abroad
  const intraEu = EU.has(home) && EU.has(abroad) && !domestic
  const needsVatId = company && (intraEu || (domestic && ['AO', 'LR'].includes(home)))
  const rates = CATALOGUE.has(home) && home !== 'US' && home !== 'PK'
  return [
    ...(supported && CATALOGUE.has(home) && withVatId ? ['entity.vat_id'] : []),
    ...(supported && !withVatId ? ['entity.tax_id'] : []),
    ...(supported && needsVatId ? ['counterpart.vat_id'] : []),
    ...(supported && ((company && !needsVatId) || (domestic && home === 'LS')) ? ['counterpart.tax_id'] : []),
    rates ? 'line_item.vat_rate_id' : 'line_item.tax_rate_value',
    ...(['AO', 'GR', 'MZ', 'PL'].includes(home) ? ['line_item.measure_unit'] : []),
  ].sort()
}

describe('in every country', () => {
  test('a sale asks for what its rules say, at home, within the Union and beyond', { timeout: 60_000 }, async () => {
    for (const home of countries) {
      await moveTo(home)
      for (const abroad of new Set([home, 'FR', 'JP']))
        for (const type of ['organization', 'individual'])
          for (const withVatId of [false, true]) {
            const named = withVatId ? `&entity_vat_id_id=${vatId}` : ''
            const asked = await required(`counterpart_country=${abroad}&counterpart_type=${type}${named}`)
            expect([home, abroad, type, withVatId, asked]).toEqual([
              home,
              abroad,
              type,
              withVatId,
              expected(home, abroad, type, withVatId),
            ])
          }
    }
  })

  test('half a question asks for nothing, and neither does anything without the rules', async () => {
    await moveTo('PL')
    for (const query of ['', 'counterpart_country=DE', 'counterpart_type=organization', `entity_vat_id_id=${vatId}`])
      expect([query, await required(query)]).toEqual([query, []])
    await who.patch(`/entities/${who.entityId}/settings`, { receivable_edit_flow: 'non_compliant' })
    expect(await required('counterpart_country=DE&counterpart_type=organization')).toEqual([])
  })
})
