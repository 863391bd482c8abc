import { conflict } from '../../../core/refusal.ts'
import { freely } from '../../../platform/auth/reach.ts'
import { rows } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { refuseNull } from '../../../platform/http/bodies.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { nothing } from '../../../platform/http/types.ts'
import { UnitListResponse, UnitRequest, UnitResponse, UnitUpdate } from './measure-units.schema.ts'
import { measureUnitTable } from './measure-units.service.ts'

const list = listing(measureUnitTable, { filters: {}, sort: [] })
// Units belong to documents and to products alike.
const mayRead = ['receivable:read', 'product:read'] as const

const USERS_OF_UNIT = sql(`select from products where measure_unit_id = :unit_id and deleted_at is null limit 1`)

export const measureUnits: Routes = async (app) => {
  app.get(
    '/measure_units',
    operation({ summary: 'Get measure units', may: mayRead, ok: { 200: UnitListResponse } }),
    // Whoever may read documents, even only their own, picks from all units; `own` is for changing them.
    async ({ ctx }) => ({ data: await list.all(freely(ctx)) }),
  )

  app.post(
    '/measure_units',
    operation({ summary: 'Create a measure unit', may: 'receivable:create', body: UnitRequest, ok: { 201: UnitResponse } }),
    ({ ctx, body: { name, description } }) =>
      rows.create(ctx, measureUnitTable, { name, description, created_by_entity_user_id: ctx.userId }),
  )

  app.get(
    '/measure_units/:unit_id',
    operation({ summary: 'Get a measure unit by ID', may: mayRead, ok: { 200: UnitResponse } }),
    ({ ctx, params }) => rows.find(freely(ctx), measureUnitTable, params.unit_id),
  )

  app.patch(
    '/measure_units/:unit_id',
    operation({ summary: 'Update a measure unit', may: 'receivable:update', body: UnitUpdate, ok: { 200: UnitResponse } }),
    ({ ctx, params, body }) => {
      refuseNull(body, ['name'], ['body'])
      return rows.change(ctx, measureUnitTable, params.unit_id, body)
    },
  )

  app.delete(
    '/measure_units/:unit_id',
    operation({ summary: 'Delete a measure unit', may: 'receivable:delete', ok: { 204: nothing }, refuses: [409] }),
    async ({ ctx, params }) => {
      await rows.lock(ctx, measureUnitTable, params.unit_id)
      const used = await USERS_OF_UNIT(ctx, { unit_id: params.unit_id })
      if (used.length > 0) throw conflict('The measure unit is in use by a product')
      return rows.remove(ctx, measureUnitTable, params.unit_id)
    },
  )
}
