import Type, { type Static } from 'typebox'
import { Currency, instant, minor, opt, orNull, strict, uuid, word } from '../../../platform/http/types.ts'

const text = Type.String()
const us_ach = word(['us_ach'])
const PaymentObjectPayable = Type.Object({ id: uuid, type: word(['payable']) }, { $id: 'PaymentObjectPayable', ...strict })
const PaymentIntentPayoutMethod = word(['bank_account', 'paper_check'], {
  $id: 'PaymentIntentPayoutMethod',
  default: 'bank_account',
})
const PaymentIntentsRecipient = Type.Object(
  {
    id: uuid,
    bank_account_id: opt(uuid),
    payout_method: Type.Optional(Type.Union([PaymentIntentPayoutMethod, Type.Null()])),
    type: word(['counterpart']),
  },
  { $id: 'PaymentIntentsRecipient', ...strict },
)
const SinglePaymentIntent = Type.Object(
  { object: PaymentObjectPayable, payment_reference: opt(text), recipient: PaymentIntentsRecipient },
  { $id: 'SinglePaymentIntent', ...strict },
)
export const PaymentsBatchPaymentRequest = Type.Object(
  { payer_bank_account_id: uuid, payment_intents: Type.Array(SinglePaymentIntent, { minItems: 1 }), payment_method: us_ach },
  { $id: 'PaymentsBatchPaymentRequest', ...strict },
)
export type CreateBatch = Static<typeof PaymentsBatchPaymentRequest>

const fault = orNull(Type.Object({}, { additionalProperties: true }))
const SinglePaymentIntentResponse = Type.Object(
  {
    id: uuid,
    created_at: instant,
    amount: minor,
    currency: Currency,
    error: fault,
    object: PaymentObjectPayable,
    payment_reference: text,
    recipient: PaymentIntentsRecipient,
    status: text,
  },
  { $id: 'SinglePaymentIntentResponse', ...strict },
)
export const PaymentsBatchPaymentResponse = Type.Object(
  {
    id: uuid,
    created_at: instant,
    error: fault,
    payer_bank_account_id: uuid,
    payment_intents: Type.Array(SinglePaymentIntentResponse, { minItems: 1 }),
    payment_method: us_ach,
    status: word(['created', 'processing', 'partially_successful', 'succeeded', 'failed'], { $id: 'PaymentsBatchPaymentStatus' }),
    total_amount: orNull(minor),
  },
  { $id: 'PaymentsBatchPaymentResponse', ...strict },
)
