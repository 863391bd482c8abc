import Type, { type Static } from 'typebox'
import { conflict } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows, table } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { refuseNull } from '../../../platform/http/bodies.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { nothing } from '../../../platform/http/types.ts'
import {
  CreateTextTemplatePayload,
  TextTemplateDocumentTypeEnum,
  TextTemplateResponse,
  TextTemplateResponseList,
  TextTemplateType,
  UpdateTextTemplatePayload,
} from './text-templates.schema.ts'

const templateTable = table('text_templates', TextTemplateResponse, { noun: 'Text template' })
const list = listing(templateTable, {
  filters: { type: TextTemplateType, document_type: TextTemplateDocumentTypeEnum, is_default: Type.Boolean() },
  sort: [],
})
const query = Type.Pick(list.query, ['type', 'document_type', 'is_default'])

export const textTemplates: Routes = async (app) => {
  app.get(
    '/text_templates',
    operation({ summary: 'Get text templates', may: 'entity:read', query, ok: { 200: TextTemplateResponseList } }),
    async ({ ctx, query }) => ({ data: await list.all(ctx, query), next_pagination_token: null, prev_pagination_token: null }),
  )

  app.post(
    '/text_templates',
    operation({
      summary: 'Create a text template',
      may: 'entity:update',
      body: CreateTextTemplatePayload,
      ok: { 201: TextTemplateResponse },
    }),
    async ({ ctx, body }) => {
      const is_default = (await lockDefault(ctx, body)) === null
      return rows.create(ctx, templateTable, { ...body, is_default })
    },
  )

  app.get(
    '/text_templates/:text_template_id',
    operation({ summary: 'Get a text template by ID', may: 'entity:read', ok: { 200: TextTemplateResponse } }),
    ({ ctx, params }) => rows.find(ctx, templateTable, params.text_template_id),
  )

  app.patch(
    '/text_templates/:text_template_id',
    operation({
      summary: 'Update a text template by ID',
      may: 'entity:update',
      body: UpdateTextTemplatePayload,
      ok: { 200: TextTemplateResponse },
    }),
    ({ ctx, params, body }) => {
      refuseNull(body, ['name', 'template'], ['body'])
      return rows.change(ctx, templateTable, params.text_template_id, body)
    },
  )

  app.delete(
    '/text_templates/:text_template_id',
    operation({ summary: 'Delete a text template', may: 'entity:update', ok: { 204: nothing }, refuses: [409] }),
    async ({ ctx, params }) => {
      const template = await rows.lock(ctx, templateTable, params.text_template_id)
      if (template.is_default) throw conflict('The default template stays: make another one the default first')
      return rows.remove(ctx, templateTable, template.id)
    },
  )

  app.post(
    '/text_templates/:text_template_id/make_default',
    operation({ summary: 'Make a text template default', may: 'entity:update', ok: { 200: TextTemplateResponse } }),
    async ({ ctx, params }) => {
      const place = await rows.find(ctx, templateTable, params.text_template_id)
      const before = await lockDefault(ctx, place)
      const template = await rows.lock(ctx, templateTable, place.id)
      if (template.is_default) return template
      if (before) await rows.change(ctx, templateTable, before, { is_default: false })
      return rows.change(ctx, templateTable, template.id, { is_default: true })
    },
  )
}

const LOCK_DEFAULT = sql(`select pg_advisory_xact_lock(hashtextextended(:key, 0))`)
const DEFAULT = sql(
  `select id from text_templates where document_type = :document_type and type = :type and is_default and deleted_at is null`,
)

/** The default of a kind of text, if there is one. Nobody else changes it until the transaction ends. */
async function lockDefault(
  ctx: Ctx,
  { document_type, type }: Pick<Static<typeof TextTemplateResponse>, 'document_type' | 'type'>,
): Promise<string | null> {
  // The first of its kind has no row to lock yet, so the kind is locked by name.
  await LOCK_DEFAULT(ctx, { key: `text template ${ctx.entityId} ${document_type} ${type}` })
  const held = await DEFAULT.maybe(ctx, { document_type, type })
  return held?.id ?? null
}
