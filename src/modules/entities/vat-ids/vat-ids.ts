import { rows, table } from '../../../platform/database/rows.ts'
import { refuseNull } from '../../../platform/http/bodies.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { nothing } from '../../../platform/http/types.ts'
import { EntityUpdateVatID, EntityVatID, EntityVatIDResourceList, EntityVatIDResponse } from './vat-ids.schema.ts'

const entityVatIds = table('entity_vat_ids', EntityVatIDResponse, { noun: 'VAT ID' })

const list = listing(entityVatIds, { filters: {}, sort: [] })

export const vatIds: Routes = async (app) => {
  app.get(
    '/entities/:entity_id/vat_ids',
    operation({
      summary: "Get an entity's VAT IDs",
      may: 'entity_vat_ids:read',
      entity: 'path',
      ok: { 200: EntityVatIDResourceList },
    }),
    async ({ ctx }) => ({ data: await list.all(ctx) }),
  )

  app.post(
    '/entities/:entity_id/vat_ids',
    operation({
      summary: 'Create an entity VAT ID',
      may: 'entity_vat_ids:create',
      entity: 'path',
      body: EntityVatID,
      ok: { 201: EntityVatIDResponse },
    }),
    ({ ctx, body }) => rows.create(ctx, entityVatIds, { ...body, type: body.type ?? undefined }),
  )

  app.get(
    '/entities/:entity_id/vat_ids/:id',
    operation({
      summary: "Get an entity's VAT ID",
      may: 'entity_vat_ids:read',
      entity: 'path',
      names: { 'path.id': 'entity_vat_ids' },
      ok: { 200: EntityVatIDResponse },
    }),
    ({ ctx, params }) => rows.find(ctx, entityVatIds, params.id),
  )

  app.patch(
    '/entities/:entity_id/vat_ids/:id',
    operation({
      summary: "Update an entity's VAT ID",
      may: 'entity_vat_ids:update',
      entity: 'path',
      names: { 'path.id': 'entity_vat_ids' },
      body: EntityUpdateVatID,
      ok: { 200: EntityVatIDResponse },
    }),
    ({ ctx, params, body }) => {
      refuseNull(body, ['country', 'value'], ['body'])
      return rows.change(ctx, entityVatIds, params.id, { ...body, type: body.type === null ? 'unknown' : body.type })
    },
  )

  app.delete(
    '/entities/:entity_id/vat_ids/:id',
    operation({
      summary: "Delete an entity's VAT ID",
      may: 'entity_vat_ids:delete',
      entity: 'path',
      names: { 'path.id': 'entity_vat_ids' },
      ok: { 204: nothing },
    }),
    ({ ctx, params }) => rows.remove(ctx, entityVatIds, params.id),
  )
}
