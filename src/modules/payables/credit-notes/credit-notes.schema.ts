import Type, { type Static } from 'typebox'
import { Currency, closed, day, instant, Metadata, named, opt, orNull, pageOf, uuid, word } from '../../../platform/http/types.ts'
import { TagReadSchema } from '../../common/tags/tags.schema.ts'
import { CounterpartRawData } from '../payables.schema.ts'

export const CreditNoteCreateRequest = closed('CreditNoteCreateRequest', {
  based_on: opt(uuid),
  based_on_document_id: opt(Type.String({ maxLength: 255 })),
  counterpart_address_id: opt(uuid),
  counterpart_bank_account_id: opt(uuid),
  counterpart_id: opt(uuid),
  counterpart_vat_id_id: opt(uuid),
  currency: opt(Currency),
  description: opt(Type.String({ maxLength: 255 })),
  document_id: Type.String({ maxLength: 255 }),
  issued_at: day,
  project_id: opt(uuid),
  sender: opt(Type.String({ maxLength: 255 })),
  subtotal: opt(Type.Integer({ minimum: 0 })),
  tag_ids: opt(Type.Array(uuid)),
  tax: opt(Type.Integer({ minimum: 0, maximum: 10000 })),
  tax_amount: opt(Type.Integer({ minimum: 0 })),
  total_amount: opt(Type.Integer({ minimum: 0 })),
})

const CurrencyExchangeSchema = closed('CurrencyExchangeSchema', {
  default_currency_code: Type.String(),
  rate: Type.Number({ exclusiveMinimum: 0 }),
  total: Type.Number(),
})

export const CreditNoteResponse = named('CreditNoteResponse', {
  id: uuid,
  created_at: instant,
  updated_at: instant,
  based_on: orNull(uuid),
  based_on_document_id: orNull(Type.String({ maxLength: 255 })),
  counterpart: orNull(CounterpartRawData),
  counterpart_address_id: orNull(uuid),
  counterpart_bank_account_id: orNull(uuid),
  counterpart_id: orNull(uuid),
  counterpart_raw: orNull(CounterpartRawData),
  counterpart_vat_id_id: orNull(uuid),
  created_by_external_user_id: orNull(Type.String({ maxLength: 255 })),
  created_by_external_user_name: orNull(Type.String({ maxLength: 255 })),
  created_by_user_id: orNull(uuid),
  currency: orNull(Type.String({ maxLength: 5 })),
  currency_exchange: orNull(CurrencyExchangeSchema),
  description: orNull(Type.String({ maxLength: 255 })),
  document_id: orNull(Type.String({ maxLength: 255 })),
  entity_id: uuid,
  file_id: orNull(uuid),
  file_url: orNull(Type.String()),
  issued_at: orNull(day),
  ocr_request_id: orNull(uuid),
  ocr_status: orNull(Type.String({ maxLength: 10 })),
  origin: Type.String({ maxLength: 128 }),
  project_id: orNull(uuid),
  sender: orNull(Type.String({ maxLength: 255 })),
  source_of_data: Type.String({ maxLength: 128 }),
  status: Type.String({ maxLength: 30 }),
  subtotal: orNull(Type.Integer()),
  tags: orNull(Type.Array(TagReadSchema)),
  tax: orNull(Type.Integer()),
  tax_amount: orNull(Type.Integer()),
  // Beyond the reference: what the reading of the file found odd, or why nothing was read.
  warnings: Type.Array(Type.String()),
  total_amount: orNull(Type.Integer()),
})

export const CreditNoteUpdateRequest = closed('CreditNoteUpdateRequest', {
  ...CreditNoteCreateRequest.properties,
  document_id: opt(Type.String({ maxLength: 255 })),
  issued_at: opt(day),
})

export const CreditNoteLineItemCreateRequest = closed('CreditNoteLineItemCreateRequest', {
  description: opt(Type.String()),
  name: opt(Type.String()),
  quantity: opt(Type.Number({ minimum: 0 })),
  tax: opt(Type.Integer({ maximum: 10000 })),
  unit: opt(Type.String()),
  unit_price: opt(Type.Integer({ minimum: 0 })),
})

export const CreditNoteLineItemResponse = closed('CreditNoteLineItemResponse', {
  id: uuid,
  created_at: instant,
  updated_at: instant,
  created_by_user_id: orNull(uuid),
  credit_note_id: uuid,
  description: orNull(Type.String()),
  name: orNull(Type.String()),
  quantity: orNull(Type.Number({ minimum: 0 })),
  subtotal: orNull(Type.Integer({ minimum: 0 })),
  tax: orNull(Type.Integer({ minimum: 0 })),
  tax_amount: orNull(Type.Integer({ minimum: 0 })),
  total: orNull(Type.Integer({ minimum: 0 })),
  unit: orNull(Type.String()),
  unit_price: orNull(Type.Integer({ minimum: 0 })),
})

export const CreditNoteLineItemReplaceRequest = closed('CreditNoteLineItemReplaceRequest', {
  data: Type.Array(CreditNoteLineItemCreateRequest),
})

const CreditNoteFieldsAllowedForValidate = word(
  [
    'currency',
    'document_id',
    'issued_at',
    'tax_amount',
    'based_on',
    'total_amount',
    'subtotal',
    'description',
    'tax',
    'file_id',
    'counterpart_id',
    'counterpart_bank_account_id',
    'counterpart_address_id',
    'counterpart_vat_id_id',
    'line_items',
    'line_items.quantity',
    'line_items.unit_price',
    'line_items.tax',
    'line_items.unit',
    'line_items.name',
    'line_items.description',
    'line_items.subtotal',
    'line_items.total',
    'line_items.tax_amount',
  ],
  { $id: 'CreditNoteFieldsAllowedForValidate' },
)

export const CreditNoteValidationsResource = named('CreditNoteValidationsResource', {
  required_fields: Type.Array(CreditNoteFieldsAllowedForValidate),
})

export const CreditNoteValidationResponse = named('CreditNoteValidationResponse', {
  id: uuid,
  validation_errors: orNull(Type.Array(Metadata)),
})

export const CreditNoteUploadFile = named('CreditNoteUploadFile', { file: Type.String({ format: 'binary' }) })

export const PayableCreditNoteStateEnum = word(
  ['new', 'draft', 'applied', 'approved', 'rejected', 'canceled', 'submitted_for_approval'],
  { $id: 'PayableCreditNoteStateEnum' },
)

export const OriginEnum = word(['upload', 'einvoicing'], { $id: 'OriginEnum' })

export const CreditNotePaginationResponse = pageOf(CreditNoteResponse, 'CreditNotePaginationResponse')
export const CreditNoteLineItemPaginationResponse = pageOf(CreditNoteLineItemResponse, 'CreditNoteLineItemPaginationResponse')
export type CreateCreditNote = Static<typeof CreditNoteCreateRequest>
export type UpdateCreditNote = Static<typeof CreditNoteUpdateRequest>
export type CreditNote = Static<typeof CreditNoteResponse>
export type CreditNoteState = Static<typeof PayableCreditNoteStateEnum>
export type CreditNoteLine = Static<typeof CreditNoteLineItemCreateRequest>
