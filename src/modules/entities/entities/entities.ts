import { createHash } from 'node:crypto'
import Type from 'typebox'
import { badRequest, notFound } from '../../../core/refusal.ts'
import { accessOf } from '../../../platform/auth/caller.ts'
import { rows } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { metadataJson } from '../../../platform/http/bodies.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { createdAt, named, nothing, PartnerMetadata, PartnerMetadataResponse, uuid } from '../../../platform/http/types.ts'
import { isUnpackable, smallPicture } from '../../../platform/pictures/small.ts'
import { FileSchema } from '../../common/files/files.schema.ts'
import { insertFile, readUpload, type Upload, withStored } from '../../common/files/files.service.ts'
import {
  CreateEntityRequest,
  EntityPaginationResponse,
  EntityStatusEnum,
  EntityTypeEnum,
  UpdateEntityRequest,
} from './entities.schema.ts'
import { changeEntity, createEntity, EntityResponse, entityTable, ofUser, readEntity } from './entities.service.ts'

const list = listing(entityTable, {
  filters: {
    type: EntityTypeEnum,
    status: EntityStatusEnum,
    id__in: Type.Array(uuid),
    id__not_in: Type.Array(uuid),
    email: Type.String(),
    email__in: Type.Array(Type.String()),
    email__not_in: Type.Array(Type.String()),
    ...createdAt,
  },
  sort: ['created_at', 'updated_at'],
})
const LOGO_BYTES = 10 * 1024 * 1024

const ENTITY = sql(`select partner_metadata as metadata from entities where id = :entity_id`)

export const entities: Routes = async (app) => {
  const { access, storage, config } = app.machinery

  app.get(
    '/entities',
    operation({
      summary: 'Get all entities',
      may: 'partner',
      entity: 'none',
      query: list.query,
      ok: { 200: EntityPaginationResponse },
    }),
    ({ ctx, query }) => list.page(ctx, query) as never,
  )

  app.post(
    '/entities',
    operation({
      summary: 'Create an entity',
      may: 'partner',
      entity: 'none',
      body: CreateEntityRequest,
      ok: { 201: EntityResponse },
    }),
    ({ ctx, body }) => createEntity(ctx, body, config.mail_domain),
  )

  app.get(
    '/entities/me',
    operation({ summary: 'Get the current entity', may: 'entity:read', entity: 'optional', ok: { 200: EntityResponse } }),
    ({ ctx }) => readEntity(ctx, ofUser(ctx)),
  )

  app.patch(
    '/entities/me',
    operation({
      summary: 'Update the current entity',
      may: 'entity:update',
      entity: 'optional',
      body: UpdateEntityRequest,
      ok: { 200: EntityResponse },
    }),
    ({ ctx, body }) => changeEntity(ctx, ofUser(ctx), body),
  )

  app.get(
    '/entities/:entity_id',
    operation({ summary: 'Get an entity', may: 'partner', entity: 'path', ok: { 200: EntityResponse } }),
    ({ ctx, params }) => readEntity(ctx, params.entity_id),
  )

  app.patch(
    '/entities/:entity_id',
    operation({
      summary: 'Update an entity',
      may: 'partner',
      entity: 'path',
      body: UpdateEntityRequest,
      ok: { 200: EntityResponse },
    }),
    ({ ctx, params, body }) => changeEntity(ctx, params.entity_id, body),
  )

  for (const [action, status, summary] of [
    ['activate', 'active', 'Activate an entity'],
    ['deactivate', 'inactive', 'Deactivate an entity'],
  ] as const)
    app.post(
      `/entities/:entity_id/${action}`,
      operation({ summary, may: 'partner', entity: 'path', ok: { 200: EntityResponse } }),
      async ({ ctx, params }) => {
        ctx.afterCommit(access.forget)
        const before = await readEntity(ctx, params.entity_id)
        return before.status === status ? before : ((await rows.change(ctx, entityTable, params.entity_id, { status })) as never)
      },
    )

  app.put(
    '/entities/:entity_id/logo',
    operation({
      summary: 'Upload an entity logo',
      may: 'entity:update',
      entity: 'path',
      form: named('Body_put_entities_id_logo', { file: Type.String({ format: 'binary' }) }),
      ok: { 200: FileSchema },
      transaction: 'manual',
    }),
    async (request) => {
      const sent = await readUpload(request, LOGO_BYTES, badRequest('A logo may have up to 10 MB'))
      const upload = await smallLogo(sent, accessOf(request).partnerId)
      return withStored(storage, upload.bytes, (take) =>
        request.open(async (ctx) => {
          const file = await insertFile(ctx, take(), { ...upload, file_type: 'entity_logo' }, config.region)
          await rows.change(ctx, entityTable, ctx.entityId, { logo_file_id: file.id })
          return file
        }, sent.md5),
      )
    },
  )

  app.delete(
    '/entities/:entity_id/logo',
    operation({ summary: "Delete an entity's logo", may: 'entity:update', entity: 'path', ok: { 204: nothing } }),
    async ({ ctx, params }) => {
      const entity = await rows.lock(ctx, entityTable, params.entity_id)
      if (!entity.logo) throw notFound('The entity has no logo')
      await rows.change(ctx, entityTable, params.entity_id, { logo_file_id: null })
      return null
    },
  )

  app.get(
    '/entities/:entity_id/partner_metadata',
    operation({ summary: 'Get entity metadata', may: 'partner', entity: 'path', ok: { 200: PartnerMetadataResponse } }),
    async ({ ctx, params }) => {
      const row = await ENTITY.maybe(ctx, { entity_id: params.entity_id })
      return row!
    },
  )

  app.put(
    '/entities/:entity_id/partner_metadata',
    operation({
      summary: 'Replace entity metadata',
      may: 'partner',
      entity: 'path',
      body: PartnerMetadata,
      ok: { 200: PartnerMetadataResponse },
    }),
    async ({ ctx, params, body }) => {
      await rows.change(ctx, entityTable, params.entity_id, {
        partner_metadata: metadataJson(body.metadata, ['body', 'metadata']),
      })
      return body
    },
  )
}

/** A logo is printed, so it has to be a picture that can be read, not only a name that says so; what is kept of it is small. */
async function smallLogo(upload: Upload, owner: string): Promise<Upload> {
  if (!['image/png', 'image/jpeg', 'image/gif'].includes(upload.mimetype)) throw badRequest('A logo is a PNG, JPG or GIF picture')
  if (!isUnpackable(upload.bytes)) throw badRequest('The picture has no size, or more than 50 million pixels')
  const small = await smallPicture(upload.bytes, owner, { keep: true })
  if (!small) throw badRequest('The picture can not be read')
  return { ...upload, ...small, md5: createHash('md5').update(small.bytes).digest('hex') }
}
