import Type from 'typebox'
import { invalid } from '../../../core/refusal.ts'
import { accessOf } from '../../../platform/auth/caller.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { refuseNull } from '../../../platform/http/bodies.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { nothing } from '../../../platform/http/types.ts'
import { TemplateError } from '../../../platform/templates/templates.ts'
import { renderMail } from '../compose.service.ts'
import { senderOf } from '../sender.service.ts'
import {
  AddCustomTemplateSchema,
  CustomTemplateDataSchema,
  CustomTemplatesPaginationResponse,
  DocumentObjectTypeRequestEnum,
  PreviewTemplateRequest,
  PreviewTemplateResponse,
  SUBJECT_MAX,
  SystemTemplates,
  UpdateCustomTemplateSchemaRequest,
} from './mail-templates.schema.ts'
import { mailTemplates as templateTable } from './mail-templates.service.ts'
import { sampleValues } from './samples.ts'
import { systemTemplates } from './system-templates.service.ts'

const field = Type.String()
const list = listing(templateTable, {
  filters: {
    type: DocumentObjectTypeRequestEnum,
    type__in: Type.Array(DocumentObjectTypeRequestEnum),
    type__not_in: Type.Array(DocumentObjectTypeRequestEnum),
    is_default: Type.Boolean(),
    name: field,
    name__iexact: field,
    name__contains: field,
    name__icontains: field,
  },
  sort: ['type', 'name'],
  badToken: 422,
})
const partner = { may: 'partner', entity: 'none' } as const

export const mailTemplates: Routes = async (app) => {
  const { templates, config } = app.machinery

  /** Fills both parts with samples; what is wrong with them is a 422 at the field of that part. */
  async function tryOut(
    partnerId: string,
    sources: { subject_template: string; body_template: string },
    fields: { subject_template: string; body_template: string },
    language: string,
    { country, email, frame }: Awaited<ReturnType<typeof senderOf>> | typeof SAMPLE_SENDER = SAMPLE_SENDER,
  ) {
    const refuse = (part: keyof typeof fields, msg: string, type = 'value_error') =>
      invalid([{ loc: ['body', fields[part]], msg, type }])
    if (sources.subject_template.length > SUBJECT_MAX)
      throw refuse('subject_template', `String should have at most ${SUBJECT_MAX} characters`, 'string_too_long')
    const variables = sampleValues(language, { country, entity_name: frame.sender, entity_email: email })
    try {
      return await renderMail(templates, sources, { ...frame, language }, { variables }, partnerId)
    } catch (error) {
      if (error instanceof TemplateError)
        throw refuse(error.part as keyof typeof fields, `The template is not valid. ${error.message}`)
      throw error
    }
  }
  const ownFields = { subject_template: 'subject_template', body_template: 'body_template' }

  app.get(
    '/mail_templates',
    operation({
      ...partner,
      summary: 'List the mail templates of your own',
      query: list.query,
      ok: { 200: CustomTemplatesPaginationResponse },
    }),
    ({ ctx, query }) => list.page(ctx, query),
  )

  app.post(
    '/mail_templates',
    operation({
      ...partner,
      summary: 'Create a mail template',
      body: AddCustomTemplateSchema,
      ok: { 200: CustomTemplateDataSchema },
      transaction: 'manual',
    }),
    async (request) => {
      const { language: asked, is_default: wanted, ...body } = request.body
      const language = asked ?? 'en'
      const is_default = wanted ?? false
      await tryOut(accessOf(request).partnerId, body, ownFields, language)
      return request.open(async (ctx) => {
        if (is_default) await displace(ctx, body.type, language)
        return rows.create(ctx, templateTable, { ...body, language, is_default })
      })
    },
  )

  app.post(
    '/mail_templates/preview',
    operation({
      summary: 'See what a mail template makes of a sample',
      may: 'partner',
      body: PreviewTemplateRequest,
      ok: { 200: PreviewTemplateResponse },
      transaction: 'manual',
    }),
    async (request) => {
      const { subject, body, language_code } = request.body
      const sender = await request.open((ctx) => senderOf(ctx, config))
      const sources = { subject_template: subject, body_template: body }
      const fields = { subject_template: 'subject', body_template: 'body' }
      const made = await tryOut(accessOf(request).partnerId, sources, fields, language_code, sender)
      return { subject_preview: made.subject, body_preview: made.html }
    },
  )

  app.get(
    '/mail_templates/system',
    operation({ ...partner, summary: 'List the built-in mail templates', ok: { 200: SystemTemplates } }),
    async () => systemTemplates,
  )

  app.get(
    '/mail_templates/:template_id',
    operation({ ...partner, summary: 'Get a mail template', ok: { 200: CustomTemplateDataSchema } }),
    ({ ctx, params }) => rows.find(ctx, templateTable, params.template_id),
  )

  app.patch(
    '/mail_templates/:template_id',
    operation({
      ...partner,
      summary: 'Update a mail template',
      body: UpdateCustomTemplateSchemaRequest,
      ok: { 200: CustomTemplateDataSchema },
      transaction: 'manual',
    }),
    async (request) => {
      const { body, params } = request
      refuseNull(body, ['name', 'language', 'subject_template', 'body_template'], ['body'])
      for (const name of ['subject_template', 'body_template'] as const)
        if (body[name] === '')
          throw invalid([{ loc: ['body', name], msg: 'String should have at least 1 character', type: 'string_too_short' }])
      await tryOut(
        accessOf(request).partnerId,
        { subject_template: body.subject_template ?? '', body_template: body.body_template ?? '' },
        ownFields,
        'en',
      )
      return request.open(async (ctx) => {
        const before = await rows.lock(ctx, templateTable, params.template_id)
        const language = body.language ?? before.language
        if (before.is_default && language !== before.language) await displace(ctx, before.type, language)
        return rows.change(ctx, templateTable, before.id, { ...body })
      })
    },
  )

  app.delete(
    '/mail_templates/:template_id',
    operation({ ...partner, summary: 'Delete a mail template', ok: { 204: nothing } }),
    ({ ctx, params }) => rows.remove(ctx, templateTable, params.template_id),
  )

  app.post(
    '/mail_templates/:template_id/make_default',
    operation({ ...partner, summary: 'Use a mail template for its type and language', ok: { 200: CustomTemplateDataSchema } }),
    async ({ ctx, params }) => {
      const template = await rows.find(ctx, templateTable, params.template_id)
      if (template.is_default) return template
      await displace(ctx, template.type, template.language)
      return rows.change(ctx, templateTable, template.id, { is_default: true })
    },
  )
}

/** Whom a template is tried out for when it is saved: there is no entity at hand. */
const SAMPLE_SENDER = {
  country: 'DE',
  email: 'office@example.com',
  frame: { sender: 'Nordlicht Studio GmbH', logo_url: null, footer: [] },
}

const LOCK_DEFAULT = sql(`select pg_advisory_xact_lock(hashtextextended(:key, 7301))`)
const CLEAR_DEFAULT = sql(
  `update mail_templates set is_default = false, updated_at = app_now() where type = :type and language = :language and is_default and deleted_at is null`,
)

/** Makes room for a new default of the type and language. Whoever else is about to do so waits until this one is through. */
async function displace(ctx: Ctx, type: string, language: string): Promise<void> {
  await LOCK_DEFAULT(ctx, { key: `${ctx.partnerId} ${type} ${language}` })
  await CLEAR_DEFAULT(ctx, { type, language })
}
