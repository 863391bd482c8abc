import Type from 'typebox'
import { noSuch } from '../../core/refusal.ts'
import { sql } from '../../platform/database/sql.ts'
import { operation, type Routes } from '../../platform/http/operation.ts'
import { Country, uuid } from '../../platform/http/types.ts'
import { CounterpartType } from '../counterparts/counterparts.schema.ts'
import { snapshotForDocument } from '../counterparts/counterparts.service.ts'
import { readSettings } from '../entities/settings/settings.service.ts'
import { type Required, requiredFields } from './compliance.ts'
import { RequiredFields } from './receivables.schema.ts'

const query = Type.Object({
  counterpart_id: Type.Optional(uuid),
  counterpart_billing_address_id: Type.Optional(uuid),
  counterpart_country: Type.Optional(Country),
  counterpart_type: Type.Optional(CounterpartType),
  entity_vat_id_id: Type.Optional(uuid),
  counterpart_vat_id_id: Type.Optional(uuid),
})

const words = {
  entity: { tax_id: "The entity's own tax number", vat_id: "The entity's own VAT number" },
  counterpart: { tax_id: "The customer's tax number", vat_id: "The customer's VAT number" },
  line_item: {
    measure_unit: 'The unit in which the quantity is counted',
    tax_rate_value: 'A tax rate in hundredths of a percent',
    vat_rate_id: 'A rate of the VAT catalogue',
  },
} as const

const ENTITY = sql(`
  select address ->> 'country' as "country!", exists (select from entity_vat_ids v where v.id = :vat_id?::uuid and v.deleted_at is null) as "vat_id!"
  from entities where id = :entity`)

export const requiredFieldsRoutes: Routes = async (app) => {
  app.get(
    '/receivables/required_fields',
    operation({
      summary: 'Get required field names for invoice creation',
      may: 'receivable:read',
      query,
      ok: { 200: RequiredFields },
    }),
    async ({ ctx, query: q }) => {
      const entity = ENTITY.one(ctx, { entity: ctx.entityId, vat_id: q.entity_vat_id_id ?? null })
      const snapshot =
        q.counterpart_id && q.counterpart_billing_address_id
          ? snapshotForDocument(ctx, {
              counterpartId: q.counterpart_id,
              billingAddressId: q.counterpart_billing_address_id,
              vatIdId: q.counterpart_vat_id_id ?? null,
            })
          : null
      const [own, settings, counterpart] = await Promise.all([entity, readSettings(ctx), snapshot])
      if (q.entity_vat_id_id && !own.vat_id) throw noSuch('entity VAT ID', q.entity_vat_id_id)
      return worded(
        requiredFields({
          compliant: settings.receivable_edit_flow !== 'non_compliant',
          entityCountry: own.country,
          entityHasVatId: own.vat_id,
          counterpartCountry:
            counterpart?.billing_address.country ?? (q.counterpart_type ? (q.counterpart_country ?? null) : null),
          counterpartType: counterpart?.counterpart.type ?? q.counterpart_type ?? null,
          counterpartHasVatId: counterpart?.has_vat_ids ?? false,
        }),
      )
    },
  )
}

/** Each field with a sentence that says what it is. */
function worded(required: Required) {
  const of = <G extends keyof typeof words>(group: G) =>
    Object.fromEntries(
      Object.entries(words[group]).map(([field, description]) => [
        field,
        { description, required: (required[group] as Record<string, boolean>)[field]! },
      ]),
    ) as { [F in keyof (typeof words)[G]]: { description: string; required: boolean } }
  return { entity: of('entity'), counterpart: of('counterpart'), line_item: of('line_item') }
}
