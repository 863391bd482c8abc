import Type, { type Static } from 'typebox'
import { range } from '../../../platform/http/ranges.ts'
import {
  Currency,
  closed,
  createdAt,
  endless,
  instant,
  named,
  opt,
  orNull,
  pageOf,
  stamped,
  text,
  uuid,
  word,
} from '../../../platform/http/types.ts'

const SourceOfReceiptDataEnum = word(['ocr', 'user_specified'], { $id: 'SourceOfReceiptDataEnum' })

const file = Type.String({ format: 'binary' })
export const ReceiptUploadFile = named('ReceiptUploadFile', { file })
export const ReceiptAttachFile = named('ReceiptAttachFile', { file })

const asked = {
  base64_encoded_file: opt(endless),
  currency: opt(Currency),
  document_id: opt(text(255, 0)),
  issued_at: opt(instant),
  merchant_location: opt(text(255, 0)),
  merchant_name: opt(text(128, 0)),
  total_amount: opt(Type.Integer({ minimum: 0 })),
  transaction_id: opt(uuid),
}
export const ReceiptCreateSchema = closed('ReceiptCreateSchema', asked)
export const ReceiptUpdateSchema = closed('ReceiptUpdateSchema', asked)
export type ReceiptFields = Static<typeof ReceiptUpdateSchema>

const free = Type.Record(Type.String(), Type.Unknown())
export const ReceiptResponseSchema = named('ReceiptResponseSchema', {
  ...stamped,
  created_by_entity_user_id: orNull(uuid),
  currency: orNull(Currency),
  currency_exchange: orNull(free),
  document_id: orNull(Type.String({ maxLength: 255 })),
  file_id: orNull(uuid),
  file_url: orNull(Type.String()),
  issued_at: orNull(instant),
  merchant_location: orNull(Type.String({ maxLength: 255 })),
  merchant_name: orNull(Type.String({ maxLength: 128 })),
  ocr_request_id: orNull(uuid),
  ocr_status: orNull(Type.String()),
  partner_metadata: orNull(free),
  source_of_data: orNull(SourceOfReceiptDataEnum),
  total_amount: orNull(Type.Integer()),
  transaction_id: orNull(uuid),
})
export type Receipt = Static<typeof ReceiptResponseSchema>
export const ReceiptPaginationResponse = pageOf(ReceiptResponseSchema, 'ReceiptPaginationResponse')

const words = Type.String()
const amount = Type.Integer({ minimum: 0 })
export const receiptFilters = {
  ...createdAt,
  id__in: Type.Array(uuid),
  currency: Currency,
  document_id: words,
  document_id__contains: words,
  document_id__icontains: words,
  ...range('total_amount', amount),
  has_file: { type: Type.Boolean(), sql: '(t.file_id is not null) = $' },
  has_transaction: { type: Type.Boolean(), sql: '(t.transaction_id is not null) = $' },
}

const line = {
  accounting_tax_rate_id: opt(uuid),
  cost_center_id: opt(uuid),
  general_ledger_id: opt(uuid),
  name: opt(Type.String()),
  total: opt(Type.Integer()),
}
export const ReceiptLineItemCreateSchema = closed('ReceiptLineItemCreateSchema', line)
export const ReceiptLineItemUpdateSchema = closed('ReceiptLineItemUpdateSchema', line)

export const ReceiptLineItemResponseSchema = closed('ReceiptLineItemResponseSchema', {
  ...stamped,
  accounting_tax_rate_id: orNull(uuid),
  cost_center_id: orNull(uuid),
  created_by_entity_user_id: orNull(uuid),
  name: orNull(Type.String()),
  receipt_id: uuid,
  total: orNull(Type.Integer()),
})
export const ReceiptLineItemsPaginationResponse = pageOf(ReceiptLineItemResponseSchema, 'ReceiptLineItemsPaginationResponse')

export const receiptLineFilters = {
  ...createdAt,
  name: words,
  name__iexact: words,
  name__contains: words,
  name__icontains: words,
  ...range('total', amount),
  created_by_user_id: { type: uuid, sql: 't.created_by_entity_user_id' },
}
