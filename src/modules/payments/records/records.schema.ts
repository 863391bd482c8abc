import Type, { type Static } from 'typebox'
import { Currency, day, instant, minor, opt, orNull, pageOf, strict, uuid, word } from '../../../platform/http/types.ts'

const amount = minor
const text = Type.String()

export const ObjectTypeEnum = word(['receivable', 'payable'], { $id: 'ObjectTypeEnum' })
export const PaymentRecordStatusEnum = word(['created', 'processing', 'succeeded', 'canceled'], {
  $id: 'PaymentRecordStatusEnum',
})

export const PaymentRecordObjectRequest = Type.Object(
  { id: uuid, type: ObjectTypeEnum },
  { $id: 'PaymentRecordObjectRequest', ...strict },
)

const optional = {
  entity_user_id: opt(uuid),
  paid_at: opt(instant),
  payment_intent_id: opt(uuid),
  payment_intent_status: opt(text),
  payment_method: opt(text),
  planned_payment_date: opt(day),
}
export const PaymentRecordRequest = Type.Object(
  {
    ...optional,
    amount,
    currency: Currency,
    object: PaymentRecordObjectRequest,
    status: Type.Optional(word(['created', 'processing', 'succeeded'], { default: 'succeeded' })),
  },
  { $id: 'PaymentRecordRequest', ...strict },
)
export const PaymentRecordUpdateRequest = Type.Object(
  { ...optional, amount: opt(amount), currency: opt(Currency), object: opt(PaymentRecordObjectRequest) },
  { $id: 'PaymentRecordUpdateRequest', ...strict },
)
export const PaymentRecordStatusUpdateRequest = Type.Object(
  { payment_intent_status: opt(text) },
  { $id: 'PaymentRecordStatusUpdateRequest', ...strict },
)
export const PaymentRecordMarkAsSucceededRequest = Type.Object(
  { paid_at: instant, payment_intent_status: opt(text) },
  { $id: 'PaymentRecordMarkAsSucceededRequest', ...strict },
)

export const PaymentRecordHistoryResponse = Type.Object(
  { entity_user_id: orNull(uuid), status: PaymentRecordStatusEnum, timestamp: instant },
  { $id: 'PaymentRecordHistoryResponse' },
)
export const PaymentRecordObjectResponse = Type.Object(
  { id: uuid, new_status: text, old_status: text, type: ObjectTypeEnum },
  { $id: 'PaymentRecordObjectResponse' },
)
export const PaymentRecordResponse = Type.Object(
  {
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
  },
  { $id: 'PaymentRecordResponse' },
)
export const PaymentRecordResponseList = pageOf(PaymentRecordResponse, 'PaymentRecordResponseList')

export type PaymentRecord = Static<typeof PaymentRecordResponse>
export type CreateRecord = Static<typeof PaymentRecordRequest>
export type UpdateRecord = Static<typeof PaymentRecordUpdateRequest>
