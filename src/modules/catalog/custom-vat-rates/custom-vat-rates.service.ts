import type { Static } from 'typebox'
import type { Ctx } from '../../../platform/database/context.ts'
import { table } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { CustomVatRateResponse } from './custom-vat-rates.schema.ts'

/** Components add up; none is computed on top of another. Their values have two decimals, so the sum is exact. */
const VALUE = `(select sum((c ->> 'value')::numeric)::float8 from json_array_elements(t.components) c)`

export const customVatRateTable = table('custom_vat_rates', CustomVatRateResponse, {
  noun: 'Custom VAT rate',
  object: 'custom_vat_rate',
  computed: { value: VALUE },
})

declare module '../../../platform/database/columns.ts' {
  interface JsonShapes {
    'custom_vat_rates.components': Static<typeof CustomVatRateResponse>['components']
  }
}

/** A rate as documents copy it. `value` is in hundredths of a percent, with up to two decimals: 1212.5 is 12.125 %. */
export type CustomRate = Pick<Static<typeof CustomVatRateResponse>, 'id' | 'name' | 'value' | 'components'>

const CUSTOM_RATES = sql(
  `select t.id, t.name, t.components, ${VALUE} as "value!" from custom_vat_rates t where t.id = any (:ids) and t.deleted_at is null`,
)

/** The entity's rates with these ids, by id in lower case as the database writes it. Rates that were deleted are left out. */
export async function customRatesById(ctx: Ctx, ids: readonly string[]): Promise<Map<string, CustomRate>> {
  if (ids.length === 0) return new Map()
  const rates = await CUSTOM_RATES(ctx, { ids: [...new Set(ids)] })
  return new Map(rates.map((rate) => [rate.id, rate]))
}
