import Type from 'typebox'
import { rows } from '../../../platform/database/rows.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { nothing } from '../../../platform/http/types.ts'
import {
  DeliveryNoteCreateBasedOnRequest,
  DeliveryNoteCreateRequest,
  DeliveryNoteResource,
  DeliveryNoteResourceList,
  DeliveryNoteUpdateRequest,
  deliveryNoteFilters,
} from './delivery-notes.schema.ts'
import {
  createDeliveryNote,
  deleteDeliveryNote,
  deliverReceivable,
  deliveryNoteTable,
  settleDeliveryNote,
  updateDeliveryNote,
} from './delivery-notes.service.ts'

const list = listing(deliveryNoteTable, {
  filters: deliveryNoteFilters,
  sort: ['status', 'document_id', 'delivery_date', 'created_at'],
  sortKeys: { delivery_date: { nullable: true } },
  bulk: 't.line_items',
})

export const deliveryNotes: Routes = async (app) => {
  app.get(
    '/delivery_notes',
    operation({
      summary: 'Get delivery notes',
      may: 'delivery_note:read',
      query: list.query,
      ok: { 200: DeliveryNoteResourceList },
    }),
    ({ ctx, query }) => list.page(ctx, query),
  )

  app.post(
    '/delivery_notes',
    operation({
      summary: 'Create a delivery note',
      may: 'delivery_note:create',
      body: Type.Union([DeliveryNoteCreateRequest, DeliveryNoteCreateBasedOnRequest]),
      names: { 'body.based_on': 'receivable' },
      ok: { 201: DeliveryNoteResource },
    }),
    ({ ctx, body }) => ('based_on' in body ? deliverReceivable(ctx, body.based_on) : createDeliveryNote(ctx, body)),
  )

  app.get(
    '/delivery_notes/:delivery_note_id',
    operation({ summary: 'Get a delivery note by ID', may: 'delivery_note:read', ok: { 200: DeliveryNoteResource } }),
    ({ ctx, params }) => rows.find(ctx, deliveryNoteTable, params.delivery_note_id),
  )

  app.patch(
    '/delivery_notes/:delivery_note_id',
    operation({
      summary: 'Update a delivery note',
      may: 'delivery_note:update',
      body: DeliveryNoteUpdateRequest,
      ok: { 200: DeliveryNoteResource },
    }),
    ({ ctx, params, body }) => updateDeliveryNote(ctx, params.delivery_note_id, body),
  )

  app.delete(
    '/delivery_notes/:delivery_note_id',
    operation({ summary: 'Delete a delivery note', may: 'delivery_note:delete', ok: { 204: nothing } }),
    ({ ctx, params }) => deleteDeliveryNote(ctx, params.delivery_note_id),
  )

  app.post(
    '/delivery_notes/:delivery_note_id/cancel',
    operation({ summary: 'Cancel a delivery note', may: 'delivery_note:update', ok: { 200: DeliveryNoteResource } }),
    ({ ctx, params }) => settleDeliveryNote(ctx, params.delivery_note_id, 'cancel'),
  )

  app.post(
    '/delivery_notes/:delivery_note_id/mark_as_delivered',
    operation({ summary: 'Mark a delivery note as delivered', may: 'delivery_note:update', ok: { 200: DeliveryNoteResource } }),
    ({ ctx, params }) => settleDeliveryNote(ctx, params.delivery_note_id, 'deliver'),
  )
}
