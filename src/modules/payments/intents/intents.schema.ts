import Type from 'typebox'
import { minor, pageOf, stamped, strict, uuid } from '../../../platform/http/types.ts'
import { PaymentIntentResponse } from '../accounts.schema.ts'

export const PaymentIntentsListResponse = pageOf(PaymentIntentResponse, 'PaymentIntentsListResponse')
export const UpdatePaymentIntentPayload = Type.Object({ amount: minor }, { $id: 'UpdatePaymentIntentPayload', ...strict })
export const PaymentIntentHistory = Type.Object(
  { ...stamped, payment_intent_id: uuid, status: Type.String() },
  { $id: 'PaymentIntentHistory', ...strict },
)
export const PaymentIntentHistoryResponse = Type.Object(
  { data: Type.Array(PaymentIntentHistory) },
  { $id: 'PaymentIntentHistoryResponse', ...strict },
)
