import type { Static } from 'typebox'
import { rows, table } from '../../../platform/database/rows.ts'
import { refuseNull } from '../../../platform/http/bodies.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { nothing } from '../../../platform/http/types.ts'
import { blankToNull } from '../addresses/addresses.service.ts'
import { inCounterpart } from '../counterparts.service.ts'
import {
  CounterpartUpdateVatID,
  CounterpartVatID,
  CounterpartVatIDResourceList,
  CounterpartVatIDResponse,
} from './vat-ids.schema.ts'

const vatIdTable = table('counterpart_vat_ids', CounterpartVatIDResponse, {
  noun: 'VAT ID',
  object: 'counterpart_tax_id',
})

const list = listing(vatIdTable, { filters: {}, sort: [] })

/** VAT IDs have a permission of their own: a role's "own" is about who made the ID, whoever made the counterpart. */
const names = { 'path.counterpart_id': null }

export const counterpartVatIds: Routes = async (app) => {
  app.get(
    '/counterparts/:counterpart_id/vat_ids',
    operation({
      summary: "Get a counterpart's VAT IDs",
      may: 'counterpart_vat_id:read',
      names,
      ok: { 200: CounterpartVatIDResourceList },
    }),
    async ({ ctx, params: { counterpart_id } }) => ({
      data: await inCounterpart(ctx, counterpart_id, () =>
        list.all(ctx, {}, [{ sql: 't.counterpart_id = $', values: [counterpart_id] }]),
      ),
    }),
  )

  app.post(
    '/counterparts/:counterpart_id/vat_ids',
    operation({
      summary: 'Create a counterpart VAT ID',
      may: 'counterpart_vat_id:create',
      names,
      body: CounterpartVatID,
      ok: { 201: CounterpartVatIDResponse },
    }),
    ({ ctx, params: { counterpart_id }, body }) => {
      const columns = columnsOf(body)
      return inCounterpart(ctx, counterpart_id, () =>
        rows.create(ctx, vatIdTable, { counterpart_id, ...columns, created_by_entity_user_id: ctx.userId }),
      )
    },
  )

  app.get(
    '/counterparts/:counterpart_id/vat_ids/:vat_id',
    operation({
      summary: "Get a counterpart's VAT ID",
      may: 'counterpart_vat_id:read',
      names,
      ok: { 200: CounterpartVatIDResponse },
    }),
    ({ ctx, params: { counterpart_id, vat_id } }) =>
      inCounterpart(ctx, counterpart_id, () => rows.find(ctx, vatIdTable, vat_id, { counterpart_id })),
  )

  app.patch(
    '/counterparts/:counterpart_id/vat_ids/:vat_id',
    operation({
      summary: "Update a counterpart's VAT ID",
      may: 'counterpart_vat_id:update',
      names,
      body: CounterpartUpdateVatID,
      ok: { 200: CounterpartVatIDResponse },
    }),
    ({ ctx, params: { counterpart_id, vat_id }, body }) => {
      const columns = columnsOf(body)
      return inCounterpart(ctx, counterpart_id, () =>
        rows.change(ctx, vatIdTable, vat_id, columns, undefined, { parent: { counterpart_id } }),
      )
    },
  )

  app.delete(
    '/counterparts/:counterpart_id/vat_ids/:vat_id',
    operation({ summary: "Delete a counterpart's VAT ID", may: 'counterpart_vat_id:delete', names, ok: { 204: nothing } }),
    ({ ctx, params: { counterpart_id, vat_id } }) =>
      inCounterpart(ctx, counterpart_id, () => rows.remove(ctx, vatIdTable, vat_id, { counterpart_id })),
  )
}

/** The number is taken as it is: nobody looks it up, and its form is the entity's own affair. */
function columnsOf<Sent extends Static<typeof CounterpartUpdateVatID>>(body: Sent) {
  const columns = blankToNull(body)
  refuseNull(columns, ['value'], ['body'])
  return { ...columns, type: columns.type === null ? ('unknown' as const) : columns.type }
}
