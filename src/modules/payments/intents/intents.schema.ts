import Type from 'typebox'
import { closed, minor, pageOf, stamped, uuid } from '../../../platform/http/types.ts'
import { PaymentIntentResponse } from '../accounts.schema.ts'

export const PaymentIntentsListResponse = pageOf(PaymentIntentResponse, 'PaymentIntentsListResponse')
export const UpdatePaymentIntentPayload = closed('UpdatePaymentIntentPayload', { amount: minor })
const PaymentIntentHistory = closed('PaymentIntentHistory', { ...stamped, payment_intent_id: uuid, status: Type.String() })
export const PaymentIntentHistoryResponse = closed('PaymentIntentHistoryResponse', { data: Type.Array(PaymentIntentHistory) })
