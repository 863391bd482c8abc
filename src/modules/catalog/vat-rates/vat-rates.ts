import type { Static } from 'typebox'
import { notFound } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { shaped, sql } from '../../../platform/database/sql.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { localDay } from '../../../platform/local-day.ts'
import { EDITION } from './vat-rates.data.ts'
import { VatRateListResponse, VatRateQuery, type VatRateResponse } from './vat-rates.schema.ts'
import { type EntityVatId, ratesFor, type TaxFacts, type VatRate } from './vat-rates.service.ts'

export const vatRateList: Routes = async (app) => {
  app.get(
    '/vat_rates',
    operation({ summary: 'Get VAT rates', may: 'any', query: VatRateQuery, ok: { 200: VatRateListResponse } }),
    async ({ ctx, query }) => {
      const facts = await readFacts(ctx, query)
      return { data: ratesFor(facts, await localDay(ctx)).map(shown) }
    },
  )
}

// Where the counterpart is billed is where it is; addresses and VAT IDs that a request names beside it change nothing.
const FACTS = shaped<{ vat_ids: (EntityVatId & { readonly id: string })[]; counterpart: TaxFacts['counterpart'] }>()(
  sql(`
  select e.address->>'country' as "country!",
    coalesce((select json_agg(json_build_object('id', v.id, 'country', v.country, 'type', v.type, 'value', v.value) order by v.created_at, v.id)
      from entity_vat_ids v where v.entity_id = e.id and v.deleted_at is null), '[]'::json) as vat_ids,
    (select json_build_object('type', c.type, 'country', a.country) from counterparts c
      left join counterpart_addresses a on a.entity_id = c.entity_id and a.id = c.default_billing_address_id
      where c.entity_id = e.id and c.id = :counterpart_id? and c.deleted_at is null) as counterpart
  from entities e where e.id = :entityId`),
)

async function readFacts(ctx: Ctx, { counterpart_id, entity_vat_id_id }: Static<typeof VatRateQuery>): Promise<TaxFacts> {
  const { country, vat_ids, counterpart } = await FACTS.one(ctx, {
    entityId: ctx.entityId,
    counterpart_id: counterpart_id ?? null,
  })
  if (counterpart_id && !counterpart) throw notFound('Counterpart not found')
  const vatIds = entity_vat_id_id ? vat_ids.filter(({ id }) => id === entity_vat_id_id.toLowerCase()) : vat_ids
  if (entity_vat_id_id && vatIds.length === 0) throw notFound('VAT ID not found')
  return { country, vatIds, counterpart }
}

const shown = ({ id, country, value, valid_from, valid_until }: VatRate): Static<typeof VatRateResponse> => ({
  id,
  created_at: EDITION,
  updated_at: EDITION,
  components: null,
  country,
  created_by: 'monite',
  status: 'active',
  valid_from,
  valid_until,
  value,
})
