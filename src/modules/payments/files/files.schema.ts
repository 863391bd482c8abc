import Type, { type Static } from 'typebox'
import { day, instant, opt, orNull, pageOf, strict, uuid, word } from '../../../platform/http/types.ts'

/** Ours: files of payments for a bank. Amounts in minor units. */

const text = Type.String()
const amount = Type.Integer()

export const CreatePaymentFile = Type.Object(
  {
    payer_bank_account_id: uuid,
    payable_ids: Type.Array(uuid, { minItems: 1, maxItems: 1000 }),
    execution_date: opt(day),
    company_id: opt(Type.String({ pattern: '^[0-9A-Za-z]{10}$' })),
  },
  { $id: 'CreatePaymentFile', ...strict },
)
export type CreatePaymentFile = Static<typeof CreatePaymentFile>

const Payment = Type.Object(
  {
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
  },
  { $id: 'PaymentFilePayment' },
)
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
export const PaymentFile = Type.Object(fields, { $id: 'PaymentFile' })
export type PaymentFile = Static<typeof PaymentFile>
export const PaymentFilePage = pageOf(PaymentFile, 'PaymentFilePage')
export const PaymentFileMade = Type.Object(
  { ...fields, refused: Type.Array(Type.Object({ payable_id: uuid, why: text })) },
  { $id: 'PaymentFileMade' },
)

export const CreateDebitFile = Type.Object(
  {
    creditor_bank_account_id: uuid,
    receivable_ids: Type.Array(uuid, { minItems: 1, maxItems: 1000 }),
    collection_date: opt(day),
  },
  { $id: 'CreateDebitFile', ...strict },
)
export type CreateDebitFile = Static<typeof CreateDebitFile>
export const DebitFileMade = Type.Object(
  { ...fields, refused: Type.Array(Type.Object({ receivable_id: uuid, why: text })) },
  { $id: 'DebitFileMade' },
)

export const ReportUpload = Type.Object({ file: Type.String({ format: 'binary' }) }, { $id: 'PaymentReportUpload' })
export const ReportRead = Type.Object(
  {
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
  },
  { $id: 'PaymentReportRead' },
)
