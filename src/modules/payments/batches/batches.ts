import { rows } from '../../../platform/database/rows.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { PaymentsBatchPaymentRequest, PaymentsBatchPaymentResponse } from './batches.schema.ts'
import { batchTable, createBatch } from './batches.service.ts'

export const batchPayments: Routes = async (app) => {
  app.post(
    '/batch_payments',
    operation({
      summary: 'Create a batch payment',
      may: 'partner',
      body: PaymentsBatchPaymentRequest,
      ok: { 200: PaymentsBatchPaymentResponse },
      names: {
        'body.payer_bank_account_id': 'entity_bank_account',
        'body.payment_intents[].object.id': 'payable',
        'body.payment_intents[].recipient.id': 'counterpart',
        'body.payment_intents[].recipient.bank_account_id': 'counterpart_bank_account',
      },
    }),
    ({ ctx, body }) => createBatch(app.machinery, ctx, body),
  )

  app.get(
    '/batch_payments/:batch_payment_id',
    operation({ summary: 'Get batch payment by ID', may: 'partner', ok: { 200: PaymentsBatchPaymentResponse } }),
    ({ ctx, params }) => rows.find(ctx, batchTable, params.batch_payment_id),
  )
}
