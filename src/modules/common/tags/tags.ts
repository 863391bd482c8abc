import Type from 'typebox'
import { rows } from '../../../platform/database/rows.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { nothing, uuid } from '../../../platform/http/types.ts'
import { TagCreateSchema, TagReadSchema, TagsPaginationResponse, TagUpdateSchema } from './tags.schema.ts'
import { tagTable } from './tags.service.ts'

const list = listing(tagTable, {
  filters: { id__in: Type.Array(uuid), name__in: Type.Array(Type.String()), created_by_entity_user_id: uuid },
  sort: ['created_at', 'updated_at'],
})

export const tags: Routes = async (app) => {
  app.get(
    '/tags',
    operation({ summary: 'Get tags', may: 'tag:read', query: list.query, ok: { 200: TagsPaginationResponse } }),
    ({ ctx, query }) => list.page(ctx, query),
  )

  app.post(
    '/tags',
    operation({ summary: 'Create a tag', may: 'tag:create', body: TagCreateSchema, ok: { 201: TagReadSchema }, refuses: [400] }),
    ({ ctx, body }) => rows.create(ctx, tagTable, { ...body, created_by_entity_user_id: ctx.userId }),
  )

  app.get(
    '/tags/:tag_id',
    operation({ summary: 'Get a tag by ID', may: 'tag:read', ok: { 200: TagReadSchema } }),
    ({ ctx, params }) => rows.find(ctx, tagTable, params.tag_id),
  )

  app.patch(
    '/tags/:tag_id',
    operation({ summary: 'Update a tag', may: 'tag:update', body: TagUpdateSchema, ok: { 200: TagReadSchema }, refuses: [400] }),
    ({ ctx, params, body }) => rows.change(ctx, tagTable, params.tag_id, { ...body, name: body.name ?? undefined }),
  )

  app.delete(
    '/tags/:tag_id',
    operation({ summary: 'Delete a tag', may: 'tag:delete', ok: { 204: nothing } }),
    ({ ctx, params }) => rows.remove(ctx, tagTable, params.tag_id),
  )
}
