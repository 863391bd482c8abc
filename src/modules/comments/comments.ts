import Type, { type Static } from 'typebox'
import { notFound } from '../../core/refusal.ts'
import { reach } from '../../platform/auth/reach.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { rows } from '../../platform/database/rows.ts'
import { sql } from '../../platform/database/sql.ts'
import { refuseNull } from '../../platform/http/bodies.ts'
import { listing } from '../../platform/http/listing.ts'
import { operation, type Routes } from '../../platform/http/operation.ts'
import { createdAt, nothing, uuid } from '../../platform/http/types.ts'
import {
  CommentCreateRequest,
  CommentResource,
  CommentResourceList,
  CommentUpdateRequest,
  ObjectTypeAvailableComment,
} from './comments.schema.ts'
import { commentable, commentTable } from './comments.service.ts'

const about = { object_type: ObjectTypeAvailableComment, object_id: uuid }
const list = listing(commentTable, {
  filters: { ...about, ...createdAt },
  sort: ['id'],
  badToken: 422,
})
const query = Type.Object({ ...list.query.properties, ...about })

export const comments: Routes = async (app) => {
  app.get(
    '/comments',
    operation({
      summary: 'Get comments',
      may: 'comment:read',
      query,
      names: { 'query.object_id': 'payable' },
      ok: { 200: CommentResourceList },
    }),
    // A page token may have been made for another object than the one that is named beside it.
    ({ ctx, query }) => list.page(ctx, query, [{ sql: 't.object_id = $', values: [query.object_id] }]),
  )

  app.post(
    '/comments',
    operation({
      summary: 'Create a comment',
      may: 'comment:create',
      body: CommentCreateRequest,
      names: { 'body.object_id': 'payable' },
      ok: { 201: CommentResource },
    }),
    async ({ ctx, body }) => {
      await commentable(ctx, body.object_type, body.object_id)
      await requireUser(ctx, body.reply_to_entity_user_id)
      return rows.create(ctx, commentTable, { ...body, created_by_entity_user_id: ctx.userId })
    },
  )

  app.get(
    '/comments/:comment_id',
    operation({ summary: 'Get a comment by ID', may: 'comment:read', ok: { 200: CommentResource } }),
    ({ ctx, params }) => commentOn(ctx, rows.find(ctx, commentTable, params.comment_id)),
  )

  app.patch(
    '/comments/:comment_id',
    operation({ summary: 'Update a comment', may: 'comment:update', body: CommentUpdateRequest, ok: { 200: CommentResource } }),
    async ({ ctx, params, body }) => {
      refuseNull(body, ['text'], ['body'])
      await commentOn(ctx, rows.lock(ctx, commentTable, params.comment_id))
      await requireUser(ctx, body.reply_to_entity_user_id)
      return rows.change(ctx, commentTable, params.comment_id, body)
    },
  )

  app.delete(
    '/comments/:comment_id',
    operation({
      summary: 'Delete a comment',
      // Whoever may rewrite a comment may also empty it.
      may: ['comment:delete', 'comment:update'],
      ok: { 204: nothing },
    }),
    async ({ ctx, params }) => {
      await commentOn(ctx, rows.lock(ctx, commentTable, params.comment_id))
      return rows.remove(ctx, commentTable, params.comment_id)
    },
  )
}

type Comment = Static<typeof CommentResource>

/** A comment, which whoever may not see what it is about does not see either. */
async function commentOn(ctx: Ctx, found: Promise<Comment>): Promise<Comment> {
  const comment = await found
  await reach(ctx, 'payable', [comment.object_id], 'read')
  return comment
}

const USER = sql(`select from entity_users where id = :id and deleted_at is null for key share`)

/** Whoever is answered is a user of the entity, and can't be deleted while the comment is being saved. */
async function requireUser(ctx: Ctx, id: string | null | undefined): Promise<void> {
  if (!id) return
  const found = await USER(ctx, { id })
  if (found.length === 0) throw notFound('Entity user not found')
}
