import { badRequest } from '../../../core/refusal.ts'
import { rows } from '../../../platform/database/rows.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { nothing } from '../../../platform/http/types.ts'
import { readUpload, withStored } from '../../common/files/files.service.ts'
import { fileIn } from '../../payables/intake.service.ts'
import {
  ReceiptAttachFile,
  ReceiptCreateSchema,
  ReceiptPaginationResponse,
  ReceiptResponseSchema,
  ReceiptUpdateSchema,
  ReceiptUploadFile,
  receiptFilters,
} from './receipts.schema.ts'
import {
  attachReceiptFile,
  checkReadable,
  createReceipt,
  receiptTable,
  updateReceipt,
  uploadReceipt,
} from './receipts.service.ts'

const list = listing(receiptTable, { filters: receiptFilters, sort: ['id', 'created_at'], badToken: 422 })
const FILE_BYTES = 20 * 1024 * 1024

/** The file in the form, of a size that receipts may have. */
const readReceiptFile = (request: Parameters<typeof readUpload>[0]) =>
  readUpload(request, FILE_BYTES, badRequest('File size exceeds 20 MB'))

export const receipts: Routes = async (app) => {
  const { storage, config } = app.machinery

  app.get(
    '/receipts',
    operation({
      summary: 'Lists all receipts from the connected entity.',
      may: 'receipt:read',
      query: list.query,
      ok: { 200: ReceiptPaginationResponse },
    }),
    ({ ctx, query }) => list.page(ctx, query),
  )

  app.post(
    '/receipts',
    operation({
      summary: 'Create a receipt',
      may: 'receipt:create',
      body: ReceiptCreateSchema,
      ok: { 201: ReceiptResponseSchema },
      transaction: 'manual',
    }),
    (request) => {
      const { body } = request
      const file = fileIn(body)
      const create = (key: () => string) => request.open((ctx) => createReceipt(ctx, body, file, key, config.region))
      return file ? withStored(storage, file.bytes, create) : create(() => '')
    },
  )

  app.post(
    '/receipts/upload_from_file',
    operation({
      summary: 'Upload a receipt from a file',
      may: 'receipt:create',
      form: ReceiptUploadFile,
      ok: { 201: ReceiptResponseSchema },
      transaction: 'manual',
      refuses: [413],
    }),
    async (request) => {
      const upload = await readReceiptFile(request)
      checkReadable(upload.bytes)
      return withStored(storage, upload.bytes, (key) =>
        request.open((ctx) => uploadReceipt(ctx, upload, key, config.region), upload.md5),
      )
    },
  )

  app.get(
    '/receipts/:receipt_id',
    operation({
      summary: 'Retrieves information about a specific receipt with the given ID.',
      may: 'receipt:read',
      ok: { 200: ReceiptResponseSchema },
    }),
    ({ ctx, params }) => rows.find(ctx, receiptTable, params.receipt_id),
  )

  app.patch(
    '/receipts/:receipt_id',
    operation({
      summary: 'Updates the information about a specific receipt.',
      may: 'receipt:update',
      body: ReceiptUpdateSchema,
      ok: { 200: ReceiptResponseSchema },
      transaction: 'manual',
    }),
    (request) => {
      const { body } = request
      const file = fileIn(body)
      const change = (key: () => string) =>
        request.open((ctx) => updateReceipt(ctx, request.params.receipt_id, body, file, key, config.region))
      return file ? withStored(storage, file.bytes, change) : change(() => '')
    },
  )

  app.delete(
    '/receipts/:receipt_id',
    operation({ summary: 'Deletes a specific receipt.', may: 'receipt:delete', ok: { 204: nothing } }),
    ({ ctx, params }) => rows.remove(ctx, receiptTable, params.receipt_id),
  )

  app.post(
    '/receipts/:receipt_id/attach_file',
    operation({
      summary: 'Attach a file to a receipt',
      may: 'receipt:update',
      form: ReceiptAttachFile,
      ok: { 200: ReceiptResponseSchema },
      transaction: 'manual',
      refuses: [413],
    }),
    async (request) => {
      const upload = await readReceiptFile(request)
      return withStored(storage, upload.bytes, (key) =>
        request.open((ctx) => attachReceiptFile(ctx, request.params.receipt_id, upload, key, config.region), upload.md5),
      )
    },
  )
}
