import Type from 'typebox'
import { conflict } from '../../../core/refusal.ts'
import { json, rows } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { createdAt, instant, nothing, uuid } from '../../../platform/http/types.ts'
import { CreateRoleRequest, RolePaginationResponse, RoleResponse, UpdateRoleRequest } from './roles.schema.ts'
import { checkGiven, completed, roleTable } from './roles.service.ts'

const list = listing(roleTable, {
  filters: {
    id__in: Type.Array(uuid),
    name: Type.String(),
    created_at: instant,
    ...createdAt,
  },
  sort: ['updated_at', 'created_at'],
})

const HOLDERS = sql(`select 1 from entity_users where role_id = :role_id and deleted_at is null limit 1`)

export const roles: Routes = async (app) => {
  const { access } = app.machinery

  app.get(
    '/roles',
    operation({ summary: 'Search roles', may: 'role:read', query: list.query, ok: { 200: RolePaginationResponse } }),
    ({ ctx, query }) => list.page(ctx, query),
  )

  app.post(
    '/roles',
    operation({ summary: 'Create a role', may: 'role:create', body: CreateRoleRequest, ok: { 200: RoleResponse } }),
    ({ ctx, body }) => {
      const permissions = completed(body.permissions)
      checkGiven(ctx, permissions)
      return rows.create(ctx, roleTable, { name: body.name, permissions: json(permissions) })
    },
  )

  app.get(
    '/roles/:role_id',
    operation({ summary: 'Get a role by ID', may: 'role:read', ok: { 200: RoleResponse } }),
    ({ ctx, params }) => rows.find(ctx, roleTable, params.role_id),
  )

  app.patch(
    '/roles/:role_id',
    operation({ summary: 'Update a role', may: 'role:update', body: UpdateRoleRequest, ok: { 200: RoleResponse } }),
    async ({ ctx, params, body }) => {
      ctx.afterCommit(access.forget)
      const before = await rows.lock(ctx, roleTable, params.role_id)
      const permissions = body.permissions ? completed(body.permissions) : undefined
      if (permissions) checkGiven(ctx, permissions, before.permissions)
      return rows.change(ctx, roleTable, before.id, {
        name: body.name ?? undefined,
        permissions: permissions && json(permissions),
      })
    },
  )

  app.delete(
    '/roles/:role_id',
    operation({ summary: 'Delete a role', may: 'role:delete', ok: { 204: nothing }, refuses: [409] }),
    async ({ ctx, params }) => {
      await rows.lock(ctx, roleTable, params.role_id)
      const users = await HOLDERS(ctx, { role_id: params.role_id })
      if (users.length > 0) throw conflict('The role is still held by a user; give the user another role first')
      return rows.remove(ctx, roleTable, params.role_id)
    },
  )
}
