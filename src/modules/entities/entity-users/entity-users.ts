import Type from 'typebox'
import { badRequest, invalid } from '../../../core/refusal.ts'
import { userOf } from '../../../platform/auth/caller.ts'
import { endTokensOf } from '../../../platform/auth/tokens.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows, table } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { createdAt, nothing, uuid } from '../../../platform/http/types.ts'
import { jobs } from '../../../platform/jobs/jobs.ts'
import { UpdateEntityRequest } from '../entities/entities.schema.ts'
import { changeEntity, EntityResponse, ofUser, readEntity } from '../entities/entities.service.ts'
import { RoleResponse } from '../roles/roles.schema.ts'
import { checkGiven, roleTable } from '../roles/roles.service.ts'
import {
  CreateEntityUserRequest,
  EntityUserPaginationResponse,
  EntityUserResponse,
  UpdateEntityUserRequest,
  UpdateMeEntityUserRequest,
} from './entity-users.schema.ts'

const users = table('entity_users', EntityUserResponse, {
  noun: 'Entity user',
  object: 'entity_user',
  clashes: { entity_users_login: badRequest('A user with this login already exists in the entity') },
})

const list = listing(users, {
  filters: {
    id__in: Type.Array(uuid),
    id__not_in: Type.Array(uuid),
    role_id: uuid,
    role_id__in: Type.Array(uuid),
    login: Type.String(),
    status: Type.String(),
    first_name: Type.String(),
    // First or last name, capitals or not. The escaped text is a prefix.
    name__istartswith: {
      type: Type.String(),
      sql: `(starts_with(folded(t.first_name), folded($)) or starts_with(folded(t.last_name), folded($)))`,
    },
    ...createdAt,
  },
  sort: ['updated_at'],
})

export const entityUsers: Routes = async (app) => {
  const { access } = app.machinery

  app.get(
    '/entity_users',
    operation({
      summary: 'Get all entity users',
      may: 'entity_user:read',
      query: list.query,
      ok: { 200: EntityUserPaginationResponse },
    }),
    ({ ctx, query }) => list.page(ctx, query),
  )

  app.post(
    '/entity_users',
    operation({
      summary: 'Create an entity user',
      may: 'entity_user:create',
      body: CreateEntityUserRequest,
      ok: { 200: EntityUserResponse },
    }),
    async ({ ctx, body }) => rows.create(ctx, users, { ...body, role_id: await roleFor(ctx, body.role_id) }),
  )

  app.get(
    '/entity_users/me',
    operation({ summary: 'Get current entity user', may: 'user', entity: 'optional', ok: { 200: EntityUserResponse } }),
    ({ ctx }) => rows.find(ctx, users, userOf(ctx)),
  )

  app.patch(
    '/entity_users/me',
    operation({
      summary: 'Update current entity user',
      may: 'user',
      entity: 'optional',
      body: UpdateMeEntityUserRequest,
      ok: { 200: EntityUserResponse },
    }),
    ({ ctx, body }) => rows.change(ctx, users, userOf(ctx), keptNames(body)),
  )

  app.get(
    '/entity_users/my_entity',
    operation({ summary: 'Get an entity of this user', may: 'entity:read', entity: 'optional', ok: { 200: EntityResponse } }),
    ({ ctx }) => readEntity(ctx, ofUser(ctx)),
  )

  app.patch(
    '/entity_users/my_entity',
    operation({
      summary: 'Update an entity of this user',
      may: 'entity:update',
      entity: 'optional',
      body: UpdateEntityRequest,
      ok: { 200: EntityResponse },
    }),
    ({ ctx, body }) => changeEntity(ctx, ofUser(ctx), body),
  )

  app.get(
    '/entity_users/my_role',
    operation({ summary: 'Get a role of this entity user', may: 'user', entity: 'optional', ok: { 200: RoleResponse } }),
    async ({ ctx }) => rows.find(ctx, roleTable, (await rows.find(ctx, users, userOf(ctx))).role_id),
  )

  app.get(
    '/entity_users/:entity_user_id',
    operation({ summary: 'Get an entity user', may: 'entity_user:read', ok: { 200: EntityUserResponse } }),
    ({ ctx, params }) => rows.find(ctx, users, params.entity_user_id),
  )

  app.patch(
    '/entity_users/:entity_user_id',
    operation({
      summary: 'Update an entity user',
      may: 'entity_user:update',
      body: UpdateEntityUserRequest,
      ok: { 200: EntityUserResponse },
    }),
    async ({ ctx, params, body }) => {
      ctx.afterCommit(access.forget)
      const role_id = body.role_id ? await changedRole(ctx, params.entity_user_id, body.role_id) : undefined
      if (role_id) await stopWaitingFor(ctx, params.entity_user_id)
      return rows.change(ctx, users, params.entity_user_id, { ...keptNames(body), login: body.login ?? undefined, role_id })
    },
  )

  app.delete(
    '/entity_users/:entity_user_id',
    operation({ summary: 'Delete an entity user', may: 'entity_user:delete', ok: { 204: nothing } }),
    async ({ ctx, params }) => {
      ctx.afterCommit(access.forget)
      await stopWaitingFor(ctx, params.entity_user_id)
      await rows.remove(ctx, users, params.entity_user_id)
      await endTokensOf(ctx, params.entity_user_id)
      return null
    },
  )
}

const USER = sql(`select role_id from entity_users where id = :user_id and deleted_at is null for update`)

/** Whoever is about to go, or to get another role, may be the last who could approve a bill: nobody waits for them then. */
async function stopWaitingFor(ctx: Ctx, user_id: string): Promise<void> {
  const user = await USER.maybe(ctx, { user_id })
  if (!user) return
  const { role_id } = user
  await jobs.add(ctx, 'approvals.strand', { user_id, role_id }, { key: `approvals.strand:${user_id}:${role_id}` })
}

// Shared with other users who get it, but not with whoever deletes it meanwhile.
const BY_ID = sql(`select id, permissions from roles where id = :id and deleted_at is null for share`)
const USUAL = sql(`
  select r.id, r.permissions from roles r join partners p on p.id = r.partner_id
  where r.name = p.settings -> 'default_role' ->> 'name' and r.deleted_at is null for share of r`)

/** The role asked for, else the one that the partner's settings gave to new entities; one that grants no more than the giver's. */
async function roleFor(ctx: Ctx, id: string | null | undefined): Promise<string> {
  const [role] = id ? await BY_ID(ctx, { id }) : await USUAL(ctx)
  if (!role) throw badRequest(id ? 'Role not found' : 'role_id is required')
  checkGiven(ctx, role.permissions)
  return role.id
}

/** The role asked for, for a user who may have it already. */
async function changedRole(ctx: Ctx, userId: string, id: string): Promise<string> {
  const { role_id } = await rows.lock(ctx, users, userId)
  return role_id === id.toLowerCase() ? role_id : roleFor(ctx, id)
}

/** A person's first name may change but not go away. */
function keptNames<T extends { first_name?: string | null }>({ first_name, ...body }: T) {
  if (first_name === null)
    throw invalid([{ loc: ['body', 'first_name'], msg: 'Input should be a valid string', type: 'string_type' }])
  return { ...body, first_name }
}
