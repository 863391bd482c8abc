import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import { notFound } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { link } from '../../../platform/files/links.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { paramOf } from '../../../platform/pages/request.ts'
import { paths } from '../../../platform/paths.ts'
import { documentLanguage } from '../../../platform/pdf/labels.ts'
import { sampleDeliveryNote, sampleInvoice, samplePurchaseOrder } from '../../../platform/pdf/sample.ts'
import {
  type CataloguedTemplate,
  catalogue,
  chooseTemplate,
  defaultTemplates,
  pictureName,
} from '../../documents/document-templates/document-templates.service.ts'
import { readSettings } from '../../entities/settings/settings.service.ts'
import { redrawDrafts } from '../receivables.service.ts'
import { TemplateListResponse, TemplateReceivableResponse } from './document-templates.schema.ts'

const folder = join(paths.templates, 'pdf')

/** A template as it was shipped: its source, and the picture of a page. */
interface Shipped extends CataloguedTemplate {
  readonly source: string
  readonly picture: Buffer
  readonly md5: string
}

async function unpack(template: CataloguedTemplate): Promise<Shipped> {
  const source = await readFile(join(folder, template.template, `${template.design}.typ`), 'utf8')
  const picture = await readFile(join(folder, 'previews', pictureName(template)))
  return { ...template, source, picture, md5: createHash('md5').update(picture).digest('hex') }
}

export const documentTemplates: Routes = async (app) => {
  const { config, pdf } = app.machinery
  const shipped = await Promise.all(catalogue.map(unpack))
  const samples = new Map<string, Promise<Buffer>>()

  for (const [path, summary] of [
    ['/document_templates', 'Get PDF templates'],
    ['/document_templates/system', 'Get built-in PDF templates'],
  ] as const)
    app.get(path, operation({ summary, may: 'entity:read', ok: { 200: TemplateListResponse } }), async ({ ctx }) => {
      const chosen = await defaultTemplates(ctx)
      return { data: shipped.map((template) => present(template, chosen)) }
    })

  app.get(
    '/document_templates/:document_template_id',
    operation({ summary: 'Get a PDF template by ID', may: 'entity:read', ok: { 200: TemplateReceivableResponse } }),
    ({ ctx, params }) => shown(ctx, find(params.document_template_id)),
  )

  app.post(
    '/document_templates/:document_template_id/make_default',
    operation({ summary: 'Set the default PDF template', may: 'entity:update', ok: { 200: TemplateReceivableResponse } }),
    async ({ ctx, params }) => {
      const template = find(params.document_template_id)
      if (!(await defaultTemplates(ctx)).has(template.id)) {
        await chooseTemplate(ctx, template)
        await redrawDrafts(ctx)
      }
      return shown(ctx, template)
    },
  )

  app.get(
    '/document_templates/:document_template_id/preview',
    operation({
      summary: 'Preview a PDF template',
      may: 'entity:read',
      ok: { 200: Type.Any() },
      produces: 'application/pdf',
      transaction: 'manual',
    }),
    async (request, reply) => {
      const template = find(request.params.document_template_id)
      const { language } = await request.open(readSettings)
      const name = pictureName(template).replace('.png', '.pdf')
      reply.type('application/pdf').header('content-disposition', `inline; filename="${name}"`)
      return sample(template, documentLanguage(language))
    },
  )

  // Browsers fetch pictures without any header, and there is nothing of anybody in these.
  app.get('/document_templates/previews/:name', { config: { open: true as const } }, async (request, reply) => {
    const name = paramOf(request, 'name')
    const template = shipped.find((one) => pictureName(one) === name)
    if (!template) throw notFound('File not found')
    reply.type('image/png').header('etag', `"${template.md5}"`).header('cache-control', 'public, max-age=86400')
    return reply.send(template.picture)
  })

  /** The sample in a design and language, set once: there are only so many. */
  function sample({ id, template, design }: CataloguedTemplate, language: string): Promise<Buffer> {
    const key = `${id} ${language}`
    const known = samples.get(key)
    if (known) return known
    const set = {
      invoice: () => pdf.render('invoice', sampleInvoice({ design, language })),
      'delivery-note': () => pdf.render('delivery-note', sampleDeliveryNote({ language })),
      'purchase-order': () => pdf.render('purchase-order', samplePurchaseOrder({ language })),
    }
    const made = set[template]()
    samples.set(key, made)
    made.catch(() => samples.delete(key))
    return made
  }

  function find(id: string): Shipped {
    const template = shipped.find((one) => one.id === id.toLowerCase())
    if (!template) throw notFound('Document template not found')
    return template
  }

  async function shown(ctx: Ctx, template: Shipped) {
    return present(template, await defaultTemplates(ctx))
  }

  function present(template: Shipped, chosen: ReadonlySet<string>): Static<typeof TemplateReceivableResponse> {
    const { id, preview_id, document_type, name, created_at, source, picture, md5 } = template
    return {
      id,
      created_at,
      updated_at: created_at,
      blocks: [],
      document_type,
      is_default: chosen.has(id),
      // Every template prints in every language; this is the one of its picture.
      language: 'en',
      name,
      preview: {
        id: preview_id,
        created_at,
        updated_at: created_at,
        file_type: 'document_templates',
        md5,
        mimetype: 'image/png',
        name: pictureName(template),
        region: config.region,
        s3_bucket: '',
        s3_file_path: '',
        size: picture.length,
        url: link(`/document_templates/previews/${pictureName(template)}`),
      },
      template: source,
      template_type: 'source_object',
    }
  }
}
