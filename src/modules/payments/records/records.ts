import Type from 'typebox'
import { rows } from '../../../platform/database/rows.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { range } from '../../../platform/http/ranges.ts'
import { day, instant, uuid } from '../../../platform/http/types.ts'
import {
  ObjectTypeEnum,
  PaymentRecordMarkAsSucceededRequest,
  PaymentRecordRequest,
  PaymentRecordResponse,
  PaymentRecordResponseList,
  PaymentRecordStatusEnum,
  PaymentRecordStatusUpdateRequest,
  PaymentRecordUpdateRequest,
} from './records.schema.ts'
import { createRecord, recordTable, stepRecord, succeedRecord, updateRecord } from './records.service.ts'

const text = Type.String()

const list = listing(recordTable, {
  filters: {
    is_external: Type.Boolean(),
    object_id: uuid,
    object_id__in: Type.Array(uuid),
    object_type: ObjectTypeEnum,
    created_at__gt: instant,
    created_at__lt: instant,
    updated_at__gt: instant,
    updated_at__lt: instant,
    paid_at__gt: instant,
    paid_at__lt: instant,
    planned_payment_date: day,
    ...range('planned_payment_date', day),
    status: PaymentRecordStatusEnum,
    payment_intent_status: text,
    payment_method: text,
  },
  sort: ['paid_at', 'amount', 'overpaid_amount'],
  // Clients read the newest payment first, and what is still to come counts as newest.
  sortKeys: { paid_at: { sql: `coalesce(t.paid_at, '9999-12-31T00:00:00Z')` } },
  badToken: 422,
  where: 't.currency is not null',
})

export const paymentRecords: Routes = async (app) => {
  app.get(
    '/payment_records',
    operation({
      summary: 'Get payment records',
      may: 'payment_record:read',
      query: list.query,
      ok: { 200: PaymentRecordResponseList },
    }),
    ({ ctx, query }) => list.page(ctx, query),
  )

  app.post(
    '/payment_records',
    operation({
      summary: 'Create a payment record',
      may: 'payment_record:create',
      body: PaymentRecordRequest,
      ok: { 201: PaymentRecordResponse },
      // Which of the two it is stands beside the id: the service asks the role.
      names: { 'body.object.id': null, 'body.payment_intent_id': null },
    }),
    ({ ctx, body }) => createRecord(ctx, body),
  )

  app.get(
    '/payment_records/:payment_record_id',
    operation({ summary: 'Get a payment record', may: 'payment_record:read', ok: { 200: PaymentRecordResponse } }),
    ({ ctx, params }) => rows.find(ctx, recordTable, params.payment_record_id),
  )

  app.patch(
    '/payment_records/:payment_record_id',
    operation({
      summary: 'Update a payment record',
      may: 'payment_record:update',
      body: PaymentRecordUpdateRequest,
      ok: { 200: PaymentRecordResponse },
      names: { 'body.object.id': null, 'body.payment_intent_id': null },
    }),
    ({ ctx, params, body }) => updateRecord(ctx, params.payment_record_id, body),
  )

  app.post(
    '/payment_records/:payment_record_id/cancel',
    operation({
      summary: 'Cancel a payment record',
      may: 'payment_record:update',
      body: PaymentRecordStatusUpdateRequest,
      ok: { 200: PaymentRecordResponse },
    }),
    ({ ctx, params, body }) => stepRecord(ctx, params.payment_record_id, 'cancel', body.payment_intent_status),
  )

  app.post(
    '/payment_records/:payment_record_id/mark_as_succeeded',
    operation({
      summary: 'Mark a payment record as succeeded',
      may: 'payment_record:update',
      body: PaymentRecordMarkAsSucceededRequest,
      ok: { 200: PaymentRecordResponse },
    }),
    ({ ctx, params, body }) => succeedRecord(ctx, params.payment_record_id, body),
  )

  app.post(
    '/payment_records/:payment_record_id/start_processing',
    operation({
      summary: 'Start processing a payment record',
      may: 'payment_record:update',
      body: PaymentRecordStatusUpdateRequest,
      ok: { 200: PaymentRecordResponse },
    }),
    ({ ctx, params, body }) => stepRecord(ctx, params.payment_record_id, 'start', body.payment_intent_status),
  )
}
