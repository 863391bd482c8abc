import Type, { type Static } from 'typebox'
import { Currency, closed, instant, minor, opt, orNull, uuid, word } from '../../../platform/http/types.ts'

const text = Type.String()
const us_ach = word(['us_ach'])
const PaymentObjectPayable = closed('PaymentObjectPayable', { id: uuid, type: word(['payable']) })
const PaymentIntentPayoutMethod = word(['bank_account', 'paper_check'], {
  $id: 'PaymentIntentPayoutMethod',
  default: 'bank_account',
})
const PaymentIntentsRecipient = closed('PaymentIntentsRecipient', {
  id: uuid,
  bank_account_id: opt(uuid),
  payout_method: Type.Optional(Type.Union([PaymentIntentPayoutMethod, Type.Null()])),
  type: word(['counterpart']),
})
const SinglePaymentIntent = closed('SinglePaymentIntent', {
  object: PaymentObjectPayable,
  payment_reference: opt(text),
  recipient: PaymentIntentsRecipient,
})
export const PaymentsBatchPaymentRequest = closed('PaymentsBatchPaymentRequest', {
  payer_bank_account_id: uuid,
  payment_intents: Type.Array(SinglePaymentIntent, { minItems: 1 }),
  payment_method: us_ach,
})
export type CreateBatch = Static<typeof PaymentsBatchPaymentRequest>

const fault = orNull(Type.Object({}, { additionalProperties: true }))
const SinglePaymentIntentResponse = closed('SinglePaymentIntentResponse', {
  id: uuid,
  created_at: instant,
  amount: minor,
  currency: Currency,
  error: fault,
  object: PaymentObjectPayable,
  payment_reference: text,
  recipient: PaymentIntentsRecipient,
  status: text,
})
export const PaymentsBatchPaymentResponse = closed('PaymentsBatchPaymentResponse', {
  id: uuid,
  created_at: instant,
  error: fault,
  payer_bank_account_id: uuid,
  payment_intents: Type.Array(SinglePaymentIntentResponse, { minItems: 1 }),
  payment_method: us_ach,
  status: word(['created', 'processing', 'partially_successful', 'succeeded', 'failed'], { $id: 'PaymentsBatchPaymentStatus' }),
  total_amount: orNull(minor),
})
