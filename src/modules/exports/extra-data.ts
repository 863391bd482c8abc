import type { Static } from 'typebox'
import { badRequest, notFound } from '../../core/refusal.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { rows, table } from '../../platform/database/rows.ts'
import { refuseNull } from '../../platform/http/bodies.ts'
import { listing } from '../../platform/http/listing.ts'
import { operation, type Routes } from '../../platform/http/operation.ts'
import { counterpartTable } from '../counterparts/counterparts.service.ts'
import {
  ExtraDataCreateRequest,
  ExtraDataResource,
  ExtraDataResourceList,
  ExtraDataUpdateRequest,
  extraDataFilters,
} from './data-exports.schema.ts'

/** What accounting programs want to know of a counterpart. One value for each field of each counterpart. */
const extraDataTable = table('export_extra_data', ExtraDataResource, {
  noun: 'Extra data',
  clashes: { export_extra_data_field: badRequest('This counterpart has a value for this field already') },
})

const list = listing(extraDataTable, { filters: extraDataFilters, sort: ['id', 'created_at'], badToken: 422 })

const requireCounterpart = (ctx: Ctx, id: string | null | undefined, refuse: (message: string) => Error) =>
  rows.require(ctx, counterpartTable, id ? [id] : [], refuse)

export const extraData: Routes = async (app) => {
  app.get(
    '/data_exports/extra_data',
    operation({
      summary: 'Get extra fields included in data export',
      may: 'export:read',
      query: list.query,
      ok: { 200: ExtraDataResourceList },
    }),
    ({ ctx, query }) => list.page(ctx, query),
  )

  app.post(
    '/data_exports/extra_data',
    operation({
      summary: 'Add a field to be included in data export',
      may: 'export:create',
      body: ExtraDataCreateRequest,
      names: { 'body.object_id': 'counterpart' },
      ok: { 201: ExtraDataResource },
      refuses: [400],
    }),
    async ({ ctx, body }) => {
      await requireCounterpart(ctx, body.object_id, badRequest)
      return rows.create(ctx, extraDataTable, { ...body, created_by: ctx.userId })
    },
  )

  app.get(
    '/data_exports/extra_data/:extra_data_id',
    operation({ summary: 'Get an extra field by ID', may: 'export:read', ok: { 200: ExtraDataResource } }),
    ({ ctx, params }) => rows.find(ctx, extraDataTable, params.extra_data_id),
  )

  app.patch(
    '/data_exports/extra_data/:extra_data_id',
    operation({
      summary: 'Update the configuration of an extra field',
      may: 'export:create',
      body: ExtraDataUpdateRequest,
      names: { 'body.object_id': 'counterpart' },
      ok: { 200: ExtraDataResource },
      refuses: [400],
    }),
    async ({ ctx, params, body }) => {
      refuseNull(body, ['field_name', 'field_value', 'object_id', 'object_type'], ['body'])
      await rows.lock(ctx, extraDataTable, params.extra_data_id)
      await requireCounterpart(ctx, body.object_id, notFound)
      return rows.change(ctx, extraDataTable, params.extra_data_id, body)
    },
  )

  app.delete(
    '/data_exports/extra_data/:extra_data_id',
    operation({ summary: 'Delete an extra field', may: 'export:create', ok: { 200: ExtraDataResource } }),
    ({ ctx, params }) => removed(ctx, params.extra_data_id),
  )
}

/** The object as it was last seen. */
async function removed(ctx: Ctx, id: string): Promise<Static<typeof ExtraDataResource>> {
  const last = await rows.lock(ctx, extraDataTable, id)
  await rows.remove(ctx, extraDataTable, id)
  return last
}
