import Type from 'typebox'
import { notFound } from '../../core/refusal.ts'
import { insideEntityOf } from '../../platform/database/context.ts'
import { operation, type Routes } from '../../platform/http/operation.ts'
import { nothing } from '../../platform/http/types.ts'
import { placed } from '../../platform/local-day.ts'
import { withStored } from '../common/files/files.service.ts'
import { cancelPayable, reopenPayable, submitPayable, validatePayable } from './deciding.service.ts'
import { attachFile, cancelOcr, deletePayable, dropSuggestions, suggestionsFor, updatePayable } from './editing.service.ts'
import { createPayable, fileIn } from './intake.service.ts'
import { payableList } from './payables.list.ts'
import {
  CommentPayload,
  PartiallyPaidPayload,
  PayableAttachFile,
  PayablePaginationResponse,
  PayableResponseSchema,
  PayableUpdateSchema,
  PayableUploadFile,
  PayableUploadWithDataSchema,
  PayableValidationResponse,
  RevertPaymentsPayload,
  SuggestedResponse,
} from './payables.schema.ts'
import { showPayable } from './payables.service.ts'
import { markPaid, markPartiallyPaid, revertPayment } from './paying.service.ts'
import { readAgain, readableKind, readBillFile, uploadPayable } from './reading/reading.service.ts'

/** A step that takes nothing but the id. */
const steps = [
  ['submit_for_approval', 'Submit a payable for approval', 'payable:submit', submitPayable],
  ['reopen', 'Reopen a rejected or waiting_to_be_paid payable', 'payable:reopen', reopenPayable],
  ['cancel', 'Cancel a payable', 'payable:cancel', cancelPayable],
  ['cancel_ocr', 'Cancel OCR of a payable', 'payable:update', cancelOcr],
] as const

export const payables: Routes = async (app) => {
  const { storage, config } = app.machinery

  app.get(
    '/payables',
    operation({ summary: 'Get payables', may: 'payable:read', query: payableList.query, ok: { 200: PayablePaginationResponse } }),
    async ({ ctx, query }) => payableList.page(await placed(ctx), query),
  )

  app.post(
    '/payables',
    operation({
      summary: 'Create a payable',
      may: 'payable:create',
      body: PayableUploadWithDataSchema,
      ok: { 200: PayableResponseSchema },
      transaction: 'manual',
    }),
    (request) => {
      const { body } = request
      const file = fileIn(body)
      const create = (key: () => string) => request.open((ctx) => createPayable(ctx, body, file, key, config.region))
      return file ? withStored(storage, file.bytes, create) : create(() => '')
    },
  )

  app.post(
    '/payables/upload_from_file',
    operation({
      summary: 'Upload a payable from a file',
      may: 'payable:create',
      form: PayableUploadFile,
      ok: { 201: PayableResponseSchema },
      transaction: 'manual',
      refuses: [413],
    }),
    async (request) => {
      const upload = await readBillFile(request)
      readableKind(upload.bytes)
      return withStored(storage, upload.bytes, (key) =>
        request.open((ctx) => uploadPayable(ctx, upload, key, config.region), upload.md5),
      )
    },
  )

  app.get(
    '/payables/:payable_id',
    operation({ summary: 'Get a payable by ID', may: 'payable:read', ok: { 200: PayableResponseSchema } }),
    ({ ctx, params }) => showPayable(ctx, params.payable_id),
  )

  app.patch(
    '/payables/:payable_id',
    operation({
      summary: 'Update a payable',
      may: 'payable:update',
      body: PayableUpdateSchema,
      ok: { 200: PayableResponseSchema },
    }),
    ({ ctx, params, body }) => updatePayable(ctx, params.payable_id, body),
  )

  app.delete(
    '/payables/:payable_id',
    operation({ summary: 'Delete a payable', may: 'payable:delete', ok: { 204: nothing } }),
    ({ ctx, params }) => deletePayable(ctx, params.payable_id),
  )

  app.post(
    '/payables/:payable_id/attach_file',
    operation({
      summary: 'Attach a file to a payable',
      may: 'payable:update',
      form: PayableAttachFile,
      ok: { 200: PayableResponseSchema },
      transaction: 'manual',
      refuses: [413],
    }),
    async (request) => {
      const upload = await readBillFile(request)
      return withStored(storage, upload.bytes, (key) =>
        request.open((ctx) => attachFile(ctx, request.params.payable_id, upload, key, config.region), upload.md5),
      )
    },
  )

  for (const [name, summary, may, take] of steps)
    app.post(
      `/payables/:payable_id/${name}`,
      operation({ summary, may, ok: { 200: PayableResponseSchema } }),
      ({ ctx, params }) => take(ctx, params.payable_id),
    )

  app.post(
    '/x/payables/:payable_id/read_again',
    operation({ summary: 'Read the file of a payable again', may: 'payable:update', ok: { 200: PayableResponseSchema } }),
    ({ ctx, params }) => readAgain(ctx, params.payable_id),
  )

  app.post(
    '/payables/:payable_id/mark_as_paid',
    operation({
      summary: 'Mark a payable as paid',
      may: 'payable:pay',
      body: Type.Optional(CommentPayload),
      ok: { 200: PayableResponseSchema },
    }),
    ({ ctx, params, body }) => markPaid(ctx, params.payable_id, body?.comment),
  )

  app.post(
    '/internal/payables/:payable_id/revert_payment',
    operation({
      summary: 'Take payments of a payable back',
      may: 'partner',
      entity: 'none',
      body: RevertPaymentsPayload,
      ok: { 200: PayableResponseSchema },
    }),
    async ({ ctx, params, body }) => {
      const inside = await insideEntityOf(ctx, 'payables', params.payable_id)
      if (!inside) throw notFound('Payable not found')
      return revertPayment(inside, params.payable_id, body.amount_paid)
    },
  )

  app.post(
    '/payables/:payable_id/mark_as_partially_paid',
    operation({
      summary: 'Mark a payable as partially paid',
      may: 'payable:pay',
      body: PartiallyPaidPayload,
      ok: { 200: PayableResponseSchema },
    }),
    ({ ctx, params, body }) => markPartiallyPaid(ctx, params.payable_id, body.amount_paid),
  )

  app.post(
    '/payables/:payable_id/validate',
    operation({ summary: 'Validate a payable', may: 'payable:read', ok: { 200: PayableValidationResponse } }),
    ({ ctx, params }) => validatePayable(ctx, params.payable_id),
  )

  app.get(
    '/payables/:payable_id/suggestions',
    operation({ summary: 'Get suggestions', may: 'payable:read', ok: { 200: SuggestedResponse } }),
    ({ ctx, params }) => suggestionsFor(ctx, params.payable_id),
  )

  app.delete(
    '/payables/:payable_id/suggestions',
    operation({ summary: 'Delete suggestions', may: 'payable:update', ok: { 200: Type.Unknown() } }),
    ({ ctx, params }) => dropSuggestions(ctx, params.payable_id),
  )
}
