import { operation, type Routes } from '../../../platform/http/operation.ts'
import { nothing } from '../../../platform/http/types.ts'
import { withStored } from '../../common/files/files.service.ts'
import { readableKind, readBillFile } from '../reading/reading.service.ts'
import { validationRoutes } from '../validations.ts'
import { noteList } from './credit-notes.list.ts'
import {
  CreditNoteCreateRequest,
  CreditNotePaginationResponse,
  CreditNoteResponse,
  CreditNoteUpdateRequest,
  CreditNoteUploadFile,
  CreditNoteValidationResponse,
  CreditNoteValidationsResource,
} from './credit-notes.schema.ts'
import {
  approveNote,
  cancelNote,
  cancelNoteOcr,
  createNote,
  defaultFields,
  deleteNote,
  findNote,
  noteFaults,
  presentNote,
  readNoteLines,
  rejectNote,
  submitNote,
  updateNote,
} from './credit-notes.service.ts'
import { readNoteAgain, uploadNote } from './uploads.service.ts'

/** What a note takes off a bill is owed no more. */
const names = { 'body.based_on': 'payable:update' } as const

/** A step that takes nothing but the id. */
const steps = [
  ['submit_for_approval', 'Submit a credit note for approval', 'payable:submit', submitNote],
  ['approve', 'Approve a credit note', 'payable:approve', approveNote],
  ['reject', 'Reject a credit note', 'payable:approve', rejectNote],
  ['cancel', 'Cancel a credit note', 'payable:cancel', cancelNote],
  ['cancel_ocr', 'Cancel OCR of a credit note', 'payable:update', cancelNoteOcr],
] as const

export const vendorCreditNotes: Routes = async (app) => {
  const { storage, config } = app.machinery

  app.get(
    '/payable_credit_notes',
    operation({
      summary: 'Get credit notes',
      may: 'payable:read',
      query: noteList.query,
      ok: { 200: CreditNotePaginationResponse },
    }),
    ({ ctx, query }) => noteList.page(ctx, query),
  )

  app.post(
    '/payable_credit_notes',
    operation({
      summary: 'Create a credit note',
      may: 'payable:create',
      body: CreditNoteCreateRequest,
      names,
      ok: { 201: CreditNoteResponse },
    }),
    ({ ctx, body }) => createNote(ctx, body),
  )

  app.post(
    '/payable_credit_notes/upload_from_file',
    operation({
      summary: 'Upload a credit note from a file',
      may: 'payable:create',
      form: CreditNoteUploadFile,
      ok: { 201: CreditNoteResponse },
      transaction: 'manual',
      refuses: [413],
    }),
    async (request) => {
      const upload = await readBillFile(request)
      readableKind(upload.bytes)
      return withStored(storage, upload.bytes, (key) =>
        request.open((ctx) => uploadNote(ctx, upload, key, config.region), upload.md5),
      )
    },
  )

  await validationRoutes(app, {
    path: '/payable_credit_notes',
    noun: 'credit note',
    kind: 'credit_note',
    defaults: defaultFields,
    asked: CreditNoteValidationsResource,
    answered: CreditNoteValidationsResource,
  })

  app.get(
    '/payable_credit_notes/:credit_note_id',
    operation({ summary: 'Get a credit note by ID', may: 'payable:read', ok: { 200: CreditNoteResponse } }),
    async ({ ctx, params }) => presentNote(await findNote(ctx, params.credit_note_id)),
  )

  app.patch(
    '/payable_credit_notes/:credit_note_id',
    operation({
      summary: 'Update a credit note',
      may: 'payable:update',
      body: CreditNoteUpdateRequest,
      names,
      ok: { 200: CreditNoteResponse },
    }),
    ({ ctx, params, body }) => updateNote(ctx, params.credit_note_id, body),
  )

  app.delete(
    '/payable_credit_notes/:credit_note_id',
    operation({ summary: 'Delete a credit note', may: 'payable:delete', ok: { 204: nothing } }),
    ({ ctx, params }) => deleteNote(ctx, params.credit_note_id),
  )

  for (const [name, summary, may, take] of steps)
    app.post(
      `/payable_credit_notes/:credit_note_id/${name}`,
      operation({ summary, may, ok: { 200: CreditNoteResponse } }),
      ({ ctx, params }) => take(ctx, params.credit_note_id),
    )

  app.post(
    '/x/payable_credit_notes/:credit_note_id/read_again',
    operation({ summary: 'Read the file of a credit note again', may: 'payable:update', ok: { 200: CreditNoteResponse } }),
    ({ ctx, params }) => readNoteAgain(ctx, params.credit_note_id),
  )

  app.get(
    '/payable_credit_notes/:credit_note_id/validate',
    operation({ summary: 'Validate a credit note', may: 'payable:read', ok: { 200: CreditNoteValidationResponse } }),
    async ({ ctx, params: { credit_note_id: id } }) => {
      const note = await findNote(ctx, id)
      return { id, validation_errors: await noteFaults(ctx, note, await readNoteLines(ctx, id)) }
    },
  )
}
