import Type from 'typebox'
import { invalid } from '../../../core/refusal.ts'
import { rows, shownTable, table } from '../../../platform/database/rows.ts'
import { AggregationFunction, DateBreakdown, figures, spanOf } from '../../../platform/http/analytics.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { range } from '../../../platform/http/ranges.ts'
import { Currency, closed, createdAt, day, nothing, uuid, word } from '../../../platform/http/types.ts'
import { withStored } from '../../common/files/files.service.ts'
import { AnalyticsResponse } from '../analytics.ts'
import { momentOf, sumsAfter, sumsOf } from '../line-items.ts'
import { readableKind, readBillFile } from '../reading/reading.service.ts'
import { validationRoutes } from '../validations.ts'
import {
  CreditNoteCreateRequest,
  type CreditNoteLine,
  CreditNoteLineItemCreateRequest,
  CreditNoteLineItemPaginationResponse,
  CreditNoteLineItemReplaceRequest,
  CreditNoteLineItemResponse,
  CreditNotePaginationResponse,
  CreditNoteResponse,
  CreditNoteUpdateRequest,
  CreditNoteUploadFile,
  CreditNoteValidationResponse,
  CreditNoteValidationsResource,
  OriginEnum,
  PayableCreditNoteStateEnum,
} from './credit-notes.schema.ts'
import {
  approveNote,
  COLUMNS,
  cancelNote,
  cancelNoteOcr,
  changingLines,
  createNote,
  defaultFields,
  deleteNote,
  findNote,
  type NoteRow,
  noteFaults,
  presentNote,
  readNoteLines,
  rejectNote,
  submitNote,
  updateNote,
} from './credit-notes.service.ts'
import { readNoteAgain, uploadNote } from './uploads.service.ts'

const noteTable = shownTable<NoteRow>()('payable_credit_notes', CreditNoteResponse, {
  noun: 'Credit note',
  object: 'payables_credit_note',
  select: COLUMNS,
  present: presentNote,
})

const text = Type.String()
const sum = Type.Integer({ minimum: 0 })

export const noteList = listing(noteTable, {
  filters: {
    ...createdAt,
    issued_at: day,
    ...range('issued_at', day),
    document_id: text,
    document_id__iexact: text,
    document_id__contains: text,
    document_id__icontains: text,
    has_file: { type: Type.Boolean(), sql: '(t.file_id is not null) = $' },
    ...range('total_amount', sum),
    ...range('subtotal', sum),
    based_on: uuid,
    counterpart_id: uuid,
    created_by_entity_user_id: { type: uuid, sql: 't.created_by_user_id' },
    status: PayableCreditNoteStateEnum,
    status__in: Type.Array(PayableCreditNoteStateEnum),
    status__not_in: Type.Array(PayableCreditNoteStateEnum),
    origin: OriginEnum,
    currency: Currency,
    project_id: uuid,
    project_id__in: Type.Array(uuid),
  },
  sort: ['id', 'created_at'],
})

const lineTable = table('payable_credit_note_line_items', CreditNoteLineItemResponse, {
  noun: 'Line item',
  computed: { quantity: 't.quantity::float8' },
})
const lineList = listing(lineTable, {
  filters: {
    ...createdAt,
    name: text,
    name__iexact: text,
    name__contains: text,
    name__icontains: text,
    description: text,
    description__contains: text,
    description__icontains: text,
    ...range('total', sum),
    ...range('subtotal', sum),
    ...range('unit_price', sum),
    ...range('quantity', Type.Number({ minimum: 0 })),
    ...range('tax', sum),
    ...range('tax_amount', sum),
    created_by_user_id: uuid,
    unit: text,
    unit__iexact: text,
    // Where a line came from is said of its note, not of the line.
    source: { type: text, sql: '$::text is not null' },
    source_id: { type: text, sql: '$::text is not null' },
  },
  sort: ['id', 'created_at', 'name', 'total', 'quantity', 'unit_price'],
  sortKeys: {
    name: { nullable: true },
    total: { nullable: true },
    quantity: { sql: 't.quantity::float8', nullable: true },
    unit_price: { nullable: true },
  },
})

const { order: _o, limit: _l, pagination_token: _p, sort: _s, ...noteFilters } = noteList.query.properties

const definedOf = (body: object) => Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
const columnsOf = (line: CreditNoteLine, credit_note_id: string, created_by_user_id: string | null) => ({
  ...definedOf(line),
  ...sumsOf(line),
  credit_note_id,
  created_by_user_id,
})

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

  app.get(
    '/payable_credit_notes/:credit_note_id/line_items',
    operation({
      summary: 'Get all line items of a credit note',
      may: 'payable:read',
      query: lineList.query,
      ok: { 200: CreditNoteLineItemPaginationResponse },
    }),
    async ({ ctx, params, query }) => {
      await findNote(ctx, params.credit_note_id)
      return lineList.page(ctx, query, [{ sql: 't.credit_note_id = $', values: [params.credit_note_id] }])
    },
  )

  app.post(
    '/payable_credit_notes/:credit_note_id/line_items',
    operation({
      summary: 'Add a new line item to a credit note',
      may: 'payable:update',
      body: CreditNoteLineItemCreateRequest,
      ok: { 201: CreditNoteLineItemResponse },
    }),
    ({ ctx, params: { credit_note_id: id }, body }) =>
      changingLines(ctx, id, () => rows.create(ctx, lineTable, columnsOf(body, id, ctx.userId))),
  )

  app.put(
    '/payable_credit_notes/:credit_note_id/line_items',
    operation({
      summary: 'Replace all line items of a credit note',
      may: 'payable:update',
      body: CreditNoteLineItemReplaceRequest,
      ok: { 200: CreditNoteLineItemPaginationResponse },
    }),
    ({ ctx, params: { credit_note_id: id }, body }) =>
      changingLines(ctx, id, async () => {
        for (const line of await readNoteLines(ctx, id)) await rows.remove(ctx, lineTable, line.id)
        const data = []
        for (const [i, line] of body.data.entries())
          data.push(await rows.create(ctx, lineTable, { ...columnsOf(line, id, ctx.userId), created_at: momentOf(ctx, i) }))
        return { data, next_pagination_token: null, prev_pagination_token: null }
      }),
  )

  app.get(
    '/payable_credit_notes/:credit_note_id/line_items/:line_item_id',
    operation({
      summary: 'Get a single line item of a credit note',
      may: 'payable:read',
      ok: { 200: CreditNoteLineItemResponse },
    }),
    async ({ ctx, params: { credit_note_id, line_item_id } }) => {
      await findNote(ctx, credit_note_id)
      return rows.find(ctx, lineTable, line_item_id, { credit_note_id })
    },
  )

  app.patch(
    '/payable_credit_notes/:credit_note_id/line_items/:line_item_id',
    operation({
      summary: 'Update a line item of a credit note',
      may: 'payable:update',
      body: closed('CreditNoteLineItemUpdateRequest', CreditNoteLineItemCreateRequest.properties),
      ok: { 200: CreditNoteLineItemResponse },
    }),
    ({ ctx, params: { credit_note_id, line_item_id }, body }) =>
      changingLines(ctx, credit_note_id, async () => {
        const before = await rows.find(ctx, lineTable, line_item_id, { credit_note_id })
        const { unit_price_exact: _none, ...sums } = sumsAfter(before, body)
        return rows.change(ctx, lineTable, line_item_id, { ...definedOf(body), ...sums })
      }),
  )

  app.delete(
    '/payable_credit_notes/:credit_note_id/line_items/:line_item_id',
    operation({
      summary: 'Delete a line item from a credit note',
      may: 'payable:update',
      ok: { 200: CreditNoteLineItemPaginationResponse },
    }),
    ({ ctx, params: { credit_note_id, line_item_id } }) =>
      changingLines(ctx, credit_note_id, async () => {
        await rows.find(ctx, lineTable, line_item_id, { credit_note_id })
        await rows.remove(ctx, lineTable, line_item_id)
        return lineList.page(ctx, {}, [{ sql: 't.credit_note_id = $', values: [credit_note_id] }])
      }),
  )

  app.get(
    '/analytics/credit_notes',
    operation({
      summary: 'Get credit notes analytics',
      may: 'payable:read',
      query: Type.Object({
        dimension: Type.Optional(
          word(['created_at', 'status', 'counterpart_id', 'currency', 'issued_at', 'project_id'], {
            $id: 'CreditNoteDimensionEnum',
          }),
        ),
        metric: word(['id', 'total_amount'], { $id: 'CreditNoteMetricEnum' }),
        aggregation_function: AggregationFunction,
        date_dimension_breakdown: Type.Optional(DateBreakdown),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 400, default: 100 })),
        ...noteFilters,
      }),
      ok: { 200: AnalyticsResponse },
    }),
    async ({
      ctx,
      query: { dimension, metric, aggregation_function: aggregation, date_dimension_breakdown, limit, ...asked },
    }) => {
      if (metric === 'id' && aggregation !== 'count')
        throw invalid([{ loc: ['query', 'aggregation_function'], msg: 'Credit notes can only be counted', type: 'value_error' }])
      const apart = {
        created_at: spanOf(`t.created_at at time zone 'UTC'`, date_dimension_breakdown),
        issued_at: spanOf('t.issued_at', date_dimension_breakdown),
        status: 't.status',
        counterpart_id: 't.counterpart_id::text',
        currency: 't.currency',
        project_id: 't.project_id::text',
      }
      const { tests, values } = noteList.matching(ctx, asked)
      const data = await figures(ctx, {
        from: 'payable_credit_notes t',
        tests,
        values,
        metric: metric === 'id' ? 't.id' : 't.total_amount',
        aggregation,
        dimension: dimension ? apart[dimension] : null,
        order: 'asc',
        limit: limit ?? 100,
        decimals: 2,
      })
      return { data }
    },
  )
}
