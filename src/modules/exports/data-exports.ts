import Type from 'typebox'
import { conflict, invalid, invalidAt } from '../../core/refusal.ts'
import { belongsToAnother, firstBeyond, forUser } from '../../platform/auth/reach.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { rows, table } from '../../platform/database/rows.ts'
import { sql } from '../../platform/database/sql.ts'
import { fileLink } from '../../platform/files/links.ts'
import { listing } from '../../platform/http/listing.ts'
import { operation, type Routes } from '../../platform/http/operation.ts'
import { jobs } from '../../platform/jobs/jobs.ts'
import { readSettings } from '../entities/settings/settings.service.ts'
import {
  AllDocumentExportResponseSchema,
  CreateExportTaskResponseSchema,
  DocumentExportResponseSchema,
  type ExportPayload,
  ExportPayloadSchema,
  exportFilters,
  SupportedFormatSchema,
} from './data-exports.schema.ts'
import { exporters } from './exporters.ts'
import { contentsReached, narrowedTo } from './reach.service.ts'

const exportTable = table('data_exports', DocumentExportResponseSchema, {
  noun: 'Data export',
  computed: {
    start_datetime: 't.date_from::timestamptz',
    end_datetime: `(t.date_to + 1)::timestamptz - interval '1 microsecond'`,
    source_url: '(select f.link_key from files f where f.link_key = t.file_key and f.deleted_at is null)',
  },
  present: (row) => ({ ...row, source_url: row.source_url && fileLink(row.source_url as string) }),
})

const list = listing(exportTable, { filters: exportFilters, sort: ['created_at'] })

export const dataExports: Routes = async (app) => {
  app.get(
    '/data_exports',
    operation({
      summary: 'Get all export jobs',
      may: 'export:read',
      query: list.query,
      ok: { 200: AllDocumentExportResponseSchema },
    }),
    ({ ctx, query }) => list.page(ctx, query, forUser(ctx, contentsReached(ctx, 't'))),
  )

  app.post(
    '/data_exports',
    operation({
      summary: 'Create an export job',
      may: 'export:create',
      body: ExportPayloadSchema,
      ok: { 200: CreateExportTaskResponseSchema },
      refuses: [409],
    }),
    ({ ctx, body }) => order(ctx, body),
  )

  app.get(
    '/data_exports/supported_formats',
    operation({ summary: 'Get supported export formats', may: 'any', ok: { 200: Type.Array(SupportedFormatSchema) } }),
    async () =>
      exporters.map(({ object, types, formats }) => ({
        object_type: object,
        available_types: Object.fromEntries(types.map((type) => [type, [...formats]])),
      })),
  )

  app.get(
    '/data_exports/:document_export_id',
    operation({ summary: 'Get the export job status by ID', may: 'export:read', ok: { 200: DocumentExportResponseSchema } }),
    async ({ ctx, params }) => {
      const found = await rows.find(ctx, exportTable, params.document_export_id)
      await checkReadable(ctx, found.id)
      return found
    },
  )
}

/** Notes what is wanted, and the work of making it, in one transaction. */
async function order(ctx: Ctx, payload: ExportPayload) {
  check(payload)
  const narrowed_to = narrowedTo(
    ctx,
    payload.objects.map(({ name }) => name),
  )
  const { language } = await readSettings(ctx)
  const { id } = await rows.create(ctx, exportTable, {
    format: payload.format,
    objects: payload.objects,
    date_from: payload.date_from,
    date_to: payload.date_to,
    language: language ?? 'en',
    narrowed_to,
    created_by_entity_user_id: ctx.userId,
  })
  await jobs.add(ctx, 'exports.make', { export_id: id }, { key: `export:${id}` })
  return { id }
}

const OBJECTS = sql(`select objects from data_exports where id = :id`)

async function checkReadable(ctx: Ctx, id: string): Promise<void> {
  const readable = contentsReached(ctx, 't')
  if (!readable) return
  if (!(await firstBeyond(ctx, { from: 'data_exports t', what: 't.id' }, [id], readable))) return
  const { objects } = await OBJECTS.one(ctx, { id })
  narrowedTo(
    ctx,
    objects.map(({ name }) => name),
  )
  throw belongsToAnother('data export')
}

function check({ date_from, date_to, format, objects }: ExportPayload): void {
  const empty = [
    ...(objects.length === 0 ? [['body', 'objects']] : []),
    ...objects.flatMap(({ statuses }, i) => (statuses.length === 0 ? [['body', 'objects', i, 'statuses']] : [])),
  ]
  if (empty.length > 0) throw invalid(empty.map((loc) => ({ loc, msg: 'List should have at least 1 item', type: 'too_short' })))
  if (date_to < date_from) throw invalidAt(['body', 'date_to'], 'The last day is not before the first')
  const able = exporters.filter(({ formats }) => formats.includes(format)).map(({ object }) => object)
  const unable = [...new Set(objects.map(({ name }) => name))].filter((name) => !able.includes(name))
  if (unable.length > 0) throw conflict(`${unable.join(', ')} are not allowed. Available only {${able.join(', ')}}`)
  for (const { name, statuses } of objects) {
    const available = exporters.find(({ object }) => object === name)!.statuses
    const missed = [...new Set<string>(statuses)].filter((status) => !available.includes(status))
    if (missed.length > 0)
      throw conflict(`Not all statuses are available: ${missed.join(', ')}. Available ones: {${available.join(', ')}}`)
  }
}
