import Type from 'typebox'
import { given } from '../../../core/records.ts'
import { rows, table } from '../../../platform/database/rows.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { range } from '../../../platform/http/ranges.ts'
import { closed, createdAt, uuid } from '../../../platform/http/types.ts'
import { momentOf, sumsAfter, sumsOf } from '../line-items.ts'
import {
  type CreditNoteLine,
  CreditNoteLineItemCreateRequest,
  CreditNoteLineItemPaginationResponse,
  CreditNoteLineItemReplaceRequest,
  CreditNoteLineItemResponse,
} from './credit-notes.schema.ts'
import { changingLines, findNote, readNoteLines } from './credit-notes.service.ts'

const text = Type.String()
const sum = Type.Integer({ minimum: 0 })

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
const columnsOf = (line: CreditNoteLine, credit_note_id: string, created_by_user_id: string | null) => ({
  ...given(line),
  ...sumsOf(line),
  credit_note_id,
  created_by_user_id,
})

export const creditNoteLineItems: Routes = async (app) => {
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
        return rows.change(ctx, lineTable, line_item_id, { ...given(body), ...sums })
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
}
