import Type from 'typebox'
import { rows } from '../../../platform/database/rows.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { nothing } from '../../../platform/http/types.ts'
import {
  CreateRecurrencePayload,
  RecurrenceResponse,
  RecurrenceResponseList,
  UpdateRecurrencePayload,
} from './recurrences.schema.ts'
import {
  cancelRecurrence,
  createRecurrence,
  pauseRecurrence,
  recurrenceTable,
  resumeRecurrence,
  updateRecurrence,
} from './recurrences.service.ts'

const list = listing(recurrenceTable, { filters: {}, sort: [] })

export const recurrences: Routes = async (app) => {
  app.get(
    '/recurrences',
    operation({ summary: 'Get recurrences', may: 'receivable:read', ok: { 200: RecurrenceResponseList } }),
    async ({ ctx }) => ({ data: await list.all(ctx) }),
  )

  app.post(
    '/recurrences',
    operation({
      summary: 'Create a recurrence',
      may: 'receivable:create',
      body: CreateRecurrencePayload,
      // It is neither edited nor issued any more.
      names: { 'body.invoice_id': 'receivable:update' },
      ok: { 200: RecurrenceResponse },
    }),
    ({ ctx, body }) => createRecurrence(ctx, body),
  )

  app.get(
    '/recurrences/:recurrence_id',
    operation({ summary: 'Get a recurrence by ID', may: 'receivable:read', ok: { 200: RecurrenceResponse } }),
    ({ ctx, params }) => rows.find(ctx, recurrenceTable, params.recurrence_id),
  )

  app.patch(
    '/recurrences/:recurrence_id',
    operation({
      summary: 'Update a recurrence',
      may: 'receivable:update',
      body: UpdateRecurrencePayload,
      ok: { 200: RecurrenceResponse },
    }),
    ({ ctx, params, body }) => updateRecurrence(ctx, params.recurrence_id, body),
  )

  app.post(
    '/recurrences/:recurrence_id/cancel',
    operation({ summary: 'Cancel a recurrence', may: 'receivable:update', ok: { 204: nothing }, refuses: [409] }),
    ({ ctx, params }) => cancelRecurrence(ctx, params.recurrence_id),
  )

  app.post(
    '/recurrences/:recurrence_id/pause',
    operation({ summary: 'Pause a recurrence', may: 'receivable:update', ok: { 200: Type.Unknown() }, refuses: [409] }),
    ({ ctx, params }) => pauseRecurrence(ctx, params.recurrence_id),
  )

  app.post(
    '/recurrences/:recurrence_id/resume',
    operation({ summary: 'Resume a recurrence', may: 'receivable:update', ok: { 200: Type.Unknown() }, refuses: [409] }),
    ({ ctx, params }) => resumeRecurrence(ctx, params.recurrence_id),
  )
}
