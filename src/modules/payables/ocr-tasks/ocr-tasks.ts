import { invalid } from '../../../core/refusal.ts'
import { rows } from '../../../platform/database/rows.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { download } from '../../../platform/outbound/download.ts'
import { parseUrl } from '../../../platform/url.ts'
import { readUpload, withStored } from '../../common/files/files.service.ts'
import {
  CreateOCRRequestPayload,
  OCRFileUpload,
  OCRTasksPaginationResponse,
  OcrTaskResponseSchema,
  ocrTaskFilters,
  uploadQuery,
} from './ocr-tasks.schema.ts'
import { checkReadable, createTask, TASK_BYTES, taskTable } from './ocr-tasks.service.ts'

const list = listing(taskTable, { filters: ocrTaskFilters, sort: ['id', 'created_at'], badToken: 422 })

/** Reading files for the caller: for an entity, or without one for the partner itself. */
export const ocrTasks: Routes = async (app) => {
  const { storage, config } = app.machinery

  app.get(
    '/ocr_tasks',
    operation({
      summary: 'Get OCR tasks',
      may: 'ocr_task:read',
      entity: 'optional',
      query: list.query,
      ok: { 200: OCRTasksPaginationResponse },
    }),
    ({ ctx, query }) => list.page(ctx, query),
  )

  app.post(
    '/ocr_tasks',
    operation({
      summary: 'OCR a file from URL',
      may: 'ocr_task:create',
      entity: 'optional',
      body: CreateOCRRequestPayload,
      ok: { 202: OcrTaskResponseSchema },
      transaction: 'manual',
      refuses: [413, 415, 421, 424],
    }),
    async (request) => {
      const { file_url, document_type = null } = request.body
      if (!parseUrl(file_url))
        throw invalid([{ loc: ['body', 'file_url'], msg: 'Input should be a valid URL', type: 'url_parsing' }])
      const bytes = await download(file_url, { max_bytes: TASK_BYTES, allowPrivate: config.webhooks_allow_private })
      checkReadable(bytes)
      const file = { bytes, name: nameIn(file_url) }
      return withStored(storage, bytes, (key) => request.open((ctx) => createTask(ctx, file, document_type, key, config.region)))
    },
  )

  app.post(
    '/ocr_tasks/upload_from_file',
    operation({
      summary: 'Upload a file for OCR',
      may: 'ocr_task:create',
      entity: 'optional',
      query: uploadQuery,
      form: OCRFileUpload,
      ok: { 202: OcrTaskResponseSchema },
      transaction: 'manual',
      refuses: [413, 415],
    }),
    async (request) => {
      const upload = await readUpload(request, TASK_BYTES)
      checkReadable(upload.bytes)
      return withStored(storage, upload.bytes, (key) =>
        request.open((ctx) => createTask(ctx, upload, request.query.document_type ?? null, key, config.region), upload.md5),
      )
    },
  )

  app.get(
    '/ocr_tasks/:task_id',
    operation({ summary: 'Get an OCR task by ID', may: 'ocr_task:read', entity: 'optional', ok: { 200: OcrTaskResponseSchema } }),
    ({ ctx, params }) => rows.find(ctx, taskTable, params.task_id),
  )
}

/** What a file from an address is called: the end of its path. */
const nameIn = (url: string) =>
  (parseUrl(url)?.pathname.split('/').at(-1) || 'default_file_name').replaceAll('\0', '').slice(0, 512)
