import Type, { type Static } from 'typebox'
import { Currency, closed, day, instant, minor, named, opt, orNull, pageOf, uuid, word } from '../../../platform/http/types.ts'

const amount = minor
const text = Type.String()

export const ObjectTypeEnum = word(['receivable', 'payable'], { $id: 'ObjectTypeEnum' })
export const PaymentRecordStatusEnum = word(['created', 'processing', 'succeeded', 'canceled'], {
  $id: 'PaymentRecordStatusEnum',
})

const PaymentRecordObjectRequest = closed('PaymentRecordObjectRequest', { id: uuid, type: ObjectTypeEnum })

const optional = {
  entity_user_id: opt(uuid),
  paid_at: opt(instant),
  payment_intent_id: opt(uuid),
  payment_intent_status: opt(text),
  payment_method: opt(text),
  planned_payment_date: opt(day),
}
export const PaymentRecordRequest = closed('PaymentRecordRequest', {
  ...optional,
  amount,
  currency: Currency,
  object: PaymentRecordObjectRequest,
  status: Type.Optional(word(['created', 'processing', 'succeeded'], { default: 'succeeded' })),
})
export const PaymentRecordUpdateRequest = closed('PaymentRecordUpdateRequest', {
  ...optional,
  amount: opt(amount),
  currency: opt(Currency),
  object: opt(PaymentRecordObjectRequest),
})
export const PaymentRecordStatusUpdateRequest = closed('PaymentRecordStatusUpdateRequest', { payment_intent_status: opt(text) })
export const PaymentRecordMarkAsSucceededRequest = closed('PaymentRecordMarkAsSucceededRequest', {
  paid_at: instant,
  payment_intent_status: opt(text),
})

const PaymentRecordHistoryResponse = named('PaymentRecordHistoryResponse', {
  entity_user_id: orNull(uuid),
  status: PaymentRecordStatusEnum,
  timestamp: instant,
})
const PaymentRecordObjectResponse = named('PaymentRecordObjectResponse', {
  id: uuid,
  new_status: text,
  old_status: text,
  type: ObjectTypeEnum,
})
export const PaymentRecordResponse = named('PaymentRecordResponse', {
  id: uuid,
  amount,
  currency: Currency,
  entity_user_id: orNull(uuid),
  history: Type.Array(PaymentRecordHistoryResponse),
  is_external: Type.Boolean(),
  object: PaymentRecordObjectResponse,
  overpaid_amount: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
  paid_at: orNull(instant),
  payment_intent_id: orNull(uuid),
  payment_intent_status: orNull(text),
  payment_method: orNull(text),
  planned_payment_date: orNull(day),
  status: Type.Optional(Type.String({ default: 'succeeded' })),
})
export const PaymentRecordResponseList = pageOf(PaymentRecordResponse, 'PaymentRecordResponseList')

export type PaymentRecord = Static<typeof PaymentRecordResponse>
export type CreateRecord = Static<typeof PaymentRecordRequest>
export type UpdateRecord = Static<typeof PaymentRecordUpdateRequest>
