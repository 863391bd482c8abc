import Type, { type Static } from 'typebox'
import { closed, day, instant, named, opt, orNull, pageOf, uuid, word } from '../../../platform/http/types.ts'

/** Ours: files of payments for a bank. Amounts in minor units. */

const text = Type.String()
const amount = Type.Integer()

export const CreatePaymentFile = closed('CreatePaymentFile', {
  payer_bank_account_id: uuid,
  payable_ids: Type.Array(uuid, { minItems: 1, maxItems: 1000 }),
  execution_date: opt(day),
  company_id: opt(Type.String({ pattern: '^[0-9A-Za-z]{10}$' })),
})
export type CreatePaymentFile = Static<typeof CreatePaymentFile>

const Payment = named('PaymentFilePayment', {
  payment_intent_id: uuid,
  payable_id: orNull(uuid),
  receivable_id: orNull(uuid),
  mandate_id: orNull(uuid),
  amount,
  status: text,
  end_to_end_id: orNull(text),
  execution_date: orNull(day),
  counterpart_name: orNull(text),
  iban: orNull(text),
  account_number: orNull(text),
  reference: orNull(text),
  error: orNull(text),
})
const fields = {
  id: uuid,
  created_at: instant,
  updated_at: instant,
  bank_account_id: uuid,
  format: word(['pain.001.001.09', 'nacha_ccd', 'pain.008.001.09'], { $id: 'PaymentFileFormat' }),
  message_id: text,
  file_name: text,
  currency: text,
  total_amount: amount,
  batch_payment_id: orNull(uuid),
  withdrawn_at: orNull(instant),
  created_by_entity_user_id: orNull(uuid),
  payments: Type.Array(Payment),
}
export const PaymentFile = named('PaymentFile', fields)
export type PaymentFile = Static<typeof PaymentFile>
export const PaymentFilePage = pageOf(PaymentFile, 'PaymentFilePage')
export const PaymentFileMade = named('PaymentFileMade', {
  ...fields,
  refused: Type.Array(Type.Object({ payable_id: uuid, why: text })),
})

export const CreateDebitFile = closed('CreateDebitFile', {
  creditor_bank_account_id: uuid,
  receivable_ids: Type.Array(uuid, { minItems: 1, maxItems: 1000 }),
  collection_date: opt(day),
})
export type CreateDebitFile = Static<typeof CreateDebitFile>
export const DebitFileMade = named('DebitFileMade', {
  ...fields,
  refused: Type.Array(Type.Object({ receivable_id: uuid, why: text })),
})

export const ReportUpload = named('PaymentReportUpload', { file: Type.String({ format: 'binary' }) })
export const ReportRead = named('PaymentReportRead', {
  format: text,
  payments: Type.Array(
    Type.Object({
      payment_intent_id: orNull(uuid),
      id: text,
      becomes: word(['failed', 'processing', 'noted', 'unknown'], { $id: 'PaymentReportOutcome' }),
      reason: orNull(text),
      correction: orNull(text),
    }),
  ),
})
