import Type from 'typebox'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { uuid } from '../../../platform/http/types.ts'
import { PaymentIntentResponse } from '../accounts.schema.ts'
import { PaymentIntentHistoryResponse, PaymentIntentsListResponse, UpdatePaymentIntentPayload } from './intents.schema.ts'
import { changeAmount, findIntent, historyOf, intentTable, seen } from './intents.service.ts'

const list = listing(intentTable, {
  filters: { object_id: uuid, object_id__in: Type.Array(uuid) },
  sort: ['id', 'created_at'],
  badToken: 422,
})

export const paymentIntents: Routes = async (app) => {
  app.get(
    '/payment_intents',
    operation({ summary: 'Get payment intents', may: 'any', query: list.query, ok: { 200: PaymentIntentsListResponse } }),
    ({ ctx, query }) => list.page(ctx, query, seen(ctx)),
  )

  app.get(
    '/payment_intents/:payment_intent_id',
    operation({ summary: 'Get payment intent by ID', may: 'any', ok: { 200: PaymentIntentResponse } }),
    ({ ctx, params }) => findIntent(ctx, params.payment_intent_id),
  )

  app.patch(
    '/payment_intents/:payment_intent_id',
    operation({
      summary: 'Update the payment intent amount',
      may: 'any',
      body: UpdatePaymentIntentPayload,
      ok: { 200: PaymentIntentResponse },
    }),
    ({ ctx, params, body }) => changeAmount(ctx, params.payment_intent_id, body.amount),
  )

  app.get(
    '/payment_intents/:payment_intent_id/history',
    operation({ summary: 'Get the payment intent history', may: 'any', ok: { 200: PaymentIntentHistoryResponse } }),
    ({ ctx, params }) => historyOf(ctx, params.payment_intent_id),
  )
}
