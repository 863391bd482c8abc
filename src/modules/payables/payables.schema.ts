import Type, { type Static } from 'typebox'
import {
  Country,
  Currency,
  closed,
  day,
  endless,
  instant,
  Metadata,
  named,
  opt,
  orNull,
  pageOf,
  uuid,
  word,
} from '../../platform/http/types.ts'
import { FileSchema } from '../common/files/files.schema.ts'
import { TagReadSchema } from '../common/tags/tags.schema.ts'

const PayablePaymentTermDiscount = closed('PayablePaymentTermDiscount', {
  discount: Type.Integer(),
  number_of_days: Type.Integer(),
})

const PayablePaymentTermFinal = closed('PayablePaymentTermFinal', { number_of_days: Type.Integer() })

const PayablePaymentTermsCreatePayload = closed('PayablePaymentTermsCreatePayload', {
  description: opt(Type.String()),
  name: Type.String(),
  term_1: opt(PayablePaymentTermDiscount),
  term_2: opt(PayablePaymentTermDiscount),
  term_final: PayablePaymentTermFinal,
})

const SuggestedPaymentTerm = closed('SuggestedPaymentTerm', {
  date: day,
  discount: opt(Type.Integer({ minimum: 0, maximum: 10000 })),
})

/** What can be said of a bill, on creation and later. */
const details = {
  counterpart_address_id: opt(uuid),
  counterpart_bank_account_id: opt(uuid),
  counterpart_id: opt(uuid),
  counterpart_vat_id_id: opt(uuid),
  currency: opt(Currency),
  description: opt(Type.String({ maxLength: 255 })),
  discount: opt(Type.Integer()),
  document_id: opt(Type.String()),
  due_date: opt(day),
  issued_at: opt(day),
  partner_metadata: opt(Metadata),
  payment_terms: opt(PayablePaymentTermsCreatePayload),
  project_id: opt(uuid),
  purchase_order_id: opt(uuid),
  sender: opt(Type.String({ format: 'email' })),
  subtotal: opt(Type.Integer()),
  suggested_payment_term: opt(SuggestedPaymentTerm),
  tag_ids: opt(Type.Array(uuid)),
  tax: opt(Type.Integer()),
  tax_amount: opt(Type.Integer()),
  total_amount: opt(Type.Integer()),
}
export const PayableUploadWithDataSchema = closed('PayableUploadWithDataSchema', {
  base64_encoded_file: opt(endless),
  file_name: opt(Type.String({ maxLength: 512 })),
  ...details,
})

const CounterpartRawAddress = named('CounterpartRawAddress', {
  city: orNull(Type.String()),
  country: orNull(Country),
  line1: orNull(Type.String()),
  line2: orNull(Type.String()),
  postal_code: orNull(Type.String()),
  state: orNull(Type.String()),
})

const CounterpartRawBankAccount = named('CounterpartRawBankAccount', {
  account_holder_name: orNull(Type.String()),
  account_number: orNull(Type.String()),
  bic: orNull(Type.String()),
  iban: orNull(Type.String()),
  routing_number: orNull(Type.String()),
  sort_code: orNull(Type.String()),
})

const CounterpartRawVatID = named('CounterpartRawVatID', {
  country: orNull(Country),
  type: orNull(Type.String()),
  value: orNull(Type.String()),
})

export const CounterpartRawData = named('CounterpartRawData', {
  address: orNull(CounterpartRawAddress),
  bank_account: orNull(CounterpartRawBankAccount),
  email: orNull(Type.String({ format: 'email' })),
  name: orNull(Type.String()),
  phone: orNull(Type.String()),
  tax_id: orNull(Type.String()),
  vat_id: orNull(CounterpartRawVatID),
})

const PayableCreditNoteData = named('PayableCreditNoteData', {
  id: uuid,
  document_id: orNull(Type.String()),
  issued_at: orNull(day),
  status: Type.String({ maxLength: 30 }),
  total_amount: orNull(Type.Integer()),
})

const CurrencyExchangeSchema2 = closed('CurrencyExchangeSchema2', {
  default_currency_code: Type.String(),
  rate: Type.Number({ exclusiveMinimum: 0 }),
  total: Type.Number(),
})

export const OcrStatusEnum = word(['processing', 'error', 'success', 'canceled'], { $id: 'OcrStatusEnum' })

const OCRAddress = named('OCRAddress', {
  city: orNull(Type.String()),
  country: orNull(Type.String()),
  line1: orNull(Type.String()),
  line2: orNull(Type.String()),
  original_country_name: orNull(Type.String()),
  postal_code: orNull(Type.String()),
  state: orNull(Type.String()),
})

const OCRResponseInvoiceReceiptLineItemRaw = named('OCRResponseInvoiceReceiptLineItemRaw', {
  description: orNull(Type.String()),
  item_adjusted: orNull(Type.Boolean({ default: false })),
  line_item_ocr_id: orNull(Type.String()),
  quantity: orNull(Type.Number()),
  total_excl_vat: orNull(Type.Number()),
  total_incl_vat: orNull(Type.Number()),
  unit: orNull(Type.String()),
  unit_price: orNull(Type.Number()),
  vat_amount: orNull(Type.Number()),
  vat_percentage: orNull(Type.Number()),
})

const OCRResponseInvoiceReceiptData = named('OCRResponseInvoiceReceiptData', {
  counterpart_account_id: orNull(Type.String()),
  counterpart_account_number: orNull(Type.String()),
  counterpart_address: orNull(Type.String()),
  counterpart_address_object: orNull(OCRAddress),
  counterpart_branch_number: orNull(Type.String()),
  counterpart_email: orNull(Type.String()),
  counterpart_name: orNull(Type.String()),
  counterpart_routing_number: orNull(Type.String()),
  counterpart_vat_id: orNull(Type.String()),
  currency: orNull(Type.String()),
  discount_raw: orNull(Type.Number()),
  document_due_date: orNull(Type.String()),
  document_id: orNull(Type.String()),
  document_issued_at_date: orNull(Type.String()),
  line_items_raw: orNull(Type.Array(OCRResponseInvoiceReceiptLineItemRaw)),
  payment_terms_raw: orNull(Type.Array(Type.String())),
  purchase_order_number: orNull(Type.String()),
  tax_payer_id: orNull(Type.String()),
  total_excl_vat_raw: orNull(Type.Number()),
  total_paid_amount_raw: orNull(Type.Number({ default: 0 })),
  total_raw: orNull(Type.Number()),
  total_vat_amount_raw: orNull(Type.Number()),
  total_vat_rate_raw: orNull(Type.Number()),
  type: orNull(word(['invoice'])),
  // Beyond the reference: how sure each field is (0 to 1), what is odd about the bill, and whom it is addressed to.
  confidence: Type.Optional(Type.Record(Type.String(), Type.Number())),
  warnings: Type.Optional(Type.Array(Type.String())),
  recipient_name: orNull(Type.String()),
  recipient_vat_id: orNull(Type.String()),
})

const Item = named('Item', {
  confidence: Type.Number({ minimum: 0, maximum: 100 }),
  processed_text: Type.Unknown(),
  text: Type.String(),
})

const LabelNValue = named('LabelNValue', {
  label: Item,
  value: Item,
})

const OcrRecognitionResponse = named('OcrRecognitionResponse', {
  line_items: orNull(Type.Array(LabelNValue)),
  summary: orNull(Type.Array(LabelNValue)),
})

export const PayableOriginEnum = word(['upload', 'email', 'einvoicing'], { $id: 'PayableOriginEnum' })

export const SourceOfPayableDataEnum = word(['ocr', 'user_specified', 'einvoicing'], { $id: 'SourceOfPayableDataEnum' })

export const PayableStateEnum = word(
  ['draft', 'new', 'approve_in_progress', 'waiting_to_be_paid', 'partially_paid', 'paid', 'canceled', 'rejected'],
  { $id: 'PayableStateEnum' },
)

export const PayableResponseSchema = named('PayableResponseSchema', {
  id: uuid,
  created_at: instant,
  updated_at: instant,
  amount_due: orNull(Type.Integer()),
  amount_paid: orNull(Type.Integer()),
  amount_to_pay: orNull(Type.Integer()),
  approval_policy_id: orNull(uuid),
  counterpart: orNull(CounterpartRawData),
  counterpart_address_id: orNull(uuid),
  counterpart_bank_account_id: orNull(uuid),
  counterpart_id: orNull(uuid),
  counterpart_raw_data: orNull(CounterpartRawData),
  counterpart_vat_id_id: orNull(uuid),
  created_by_role_id: orNull(uuid),
  credit_notes: Type.Array(PayableCreditNoteData),
  currency: orNull(Currency),
  currency_exchange: orNull(CurrencyExchangeSchema2),
  description: orNull(Type.String()),
  discount: orNull(Type.Integer()),
  document_id: orNull(Type.String()),
  due_date: orNull(day),
  entity_id: uuid,
  file: orNull(FileSchema),
  file_id: orNull(uuid),
  issued_at: orNull(day),
  marked_as_paid_by_entity_user_id: orNull(uuid),
  marked_as_paid_with_comment: orNull(Type.String()),
  ocr_request_id: orNull(uuid),
  ocr_status: orNull(OcrStatusEnum),
  other_extracted_data: orNull(Type.Union([OCRResponseInvoiceReceiptData, OcrRecognitionResponse])),
  paid_at: orNull(instant),
  partner_metadata: orNull(Metadata),
  payable_origin: PayableOriginEnum,
  payment_terms: orNull(PayablePaymentTermsCreatePayload),
  project_id: orNull(uuid),
  purchase_order_id: orNull(uuid),
  sender: orNull(Type.String({ format: 'email' })),
  source_of_payable_data: SourceOfPayableDataEnum,
  status: PayableStateEnum,
  subtotal: orNull(Type.Integer()),
  suggested_payment_term: orNull(SuggestedPaymentTerm),
  tags: orNull(Type.Array(TagReadSchema)),
  tax: orNull(Type.Integer()),
  tax_amount: orNull(Type.Integer()),
  total_amount: orNull(Type.Integer()),
  total_amount_with_credit_notes: orNull(Type.Integer()),
  was_created_by_user_id: orNull(uuid),
})

const CounterpartRawAddressUpdateRequest = closed('CounterpartRawAddressUpdateRequest', CounterpartRawAddress.properties)

const CounterpartRawBankAccountUpdateRequest = closed('CounterpartRawBankAccountUpdateRequest', {
  ...CounterpartRawBankAccount.properties,
  bic: opt(Type.String({ maxLength: 11 })),
  iban: opt(Type.String({ maxLength: 34 })),
})

const CounterpartRawVatIDUpdateRequest = closed('CounterpartRawVatIDUpdateRequest', {
  ...CounterpartRawVatID.properties,
  value: opt(Type.String({ maxLength: 32 })),
})

const CounterpartRawDataUpdateRequest = closed('CounterpartRawDataUpdateRequest', {
  ...CounterpartRawData.properties,
  address: opt(CounterpartRawAddressUpdateRequest),
  bank_account: opt(CounterpartRawBankAccountUpdateRequest),
  tax_id: opt(Type.String({ maxLength: 30 })),
  vat_id: opt(CounterpartRawVatIDUpdateRequest),
})

export const PayableUpdateSchema = closed('PayableUpdateSchema', {
  amount_paid: opt(Type.Integer({ minimum: 0 })),
  counterpart_raw_data: opt(CounterpartRawDataUpdateRequest),
  ...details,
})

export const LineItemRequest = closed('LineItemRequest', {
  accounting_tax_rate_id: opt(uuid),
  description: opt(Type.String()),
  ledger_account_id: opt(uuid),
  name: opt(Type.String()),
  quantity: opt(Type.Number({ minimum: 0 })),
  tax: opt(Type.Integer({ minimum: 0, maximum: 10000 })),
  unit: opt(Type.String()),
  unit_price: opt(Type.Integer()),
})

export const LineItemResponse = named('LineItemResponse', {
  id: uuid,
  accounting_tax_rate_id: orNull(uuid),
  description: orNull(Type.String()),
  ledger_account_id: orNull(uuid),
  name: orNull(Type.String()),
  ocr_set_quantity_to_one: orNull(Type.Boolean({ default: false })),
  payable_id: uuid,
  quantity: orNull(Type.Number()),
  subtotal: orNull(Type.Integer()),
  tax: orNull(Type.Integer()),
  tax_amount: orNull(Type.Integer()),
  total: orNull(Type.Integer()),
  unit: orNull(Type.String()),
  unit_price: orNull(Type.Integer()),
  unit_price_exact: orNull(Type.Number()),
  was_created_by_user_id: orNull(uuid),
})

export const LineItemInternalRequest = closed('LineItemInternalRequest', {
  ...LineItemRequest.properties,
  subtotal: opt(Type.Integer()),
  total: opt(Type.Integer()),
})

export const LineItemsReplaceRequest = named('LineItemsReplaceRequest', { data: Type.Array(LineItemInternalRequest) })

export const LineItemsReplaceResponse = named('LineItemsReplaceResponse', { data: Type.Array(LineItemResponse) })

export const PayableHistoryEventTypeEnum = word(
  ['status_changed', 'payable_created', 'payable_updated', 'credit_note_linked', 'credit_note_unlinked', 'file_attached'],
  { $id: 'PayableHistoryEventTypeEnum' },
)

const PayableStatusChangedEventData = closed('PayableStatusChangedEventData', {
  new_status: PayableStateEnum,
  old_status: PayableStateEnum,
})

const PayableUpdatedEventData = closed('PayableUpdatedEventData', {})

const PayableCreatedEventData = closed('PayableCreatedEventData', { payable_source: PayableOriginEnum })

const PayableCreditNoteLinkedEventData = closed('PayableCreditNoteLinkedEventData', {
  credit_note_document_id: orNull(Type.String()),
  credit_note_id: Type.String(),
})

const PayableCreditNoteUnlinkedEventData = closed(
  'PayableCreditNoteUnlinkedEventData',
  PayableCreditNoteLinkedEventData.properties,
)

const FileAttachedEventData = closed('FileAttachedEventData', {
  file_name: Type.String(),
  file_size: Type.Integer(),
  url: Type.String(),
})

/** Beyond the reference: why something happened. */
const PayableHistoryDetails = named('PayableHistoryDetails', {
  reason: orNull(Type.String()),
  duplicate_of: orNull(uuid),
  vendor: orNull(
    Type.Object({
      counterpart_id: uuid,
      matched_by: word(['vat_id', 'tax_id', 'iban', 'account_number', 'name_and_address', 'created']),
      value: orNull(Type.String()),
    }),
  ),
  warnings: Type.Optional(Type.Array(Type.String())),
  kept: Type.Optional(Type.Array(Type.String())),
})

export const PayableHistoryResponse = named('PayableHistoryResponse', {
  id: uuid,
  details: orNull(PayableHistoryDetails),
  entity_user_id: orNull(uuid),
  event_data: Type.Union([
    PayableStatusChangedEventData,
    PayableUpdatedEventData,
    PayableCreatedEventData,
    PayableCreditNoteLinkedEventData,
    PayableCreditNoteUnlinkedEventData,
    FileAttachedEventData,
  ]),
  event_type: PayableHistoryEventTypeEnum,
  payable_id: uuid,
  timestamp: instant,
})

const SuggestedCounterpartPayload = closed('SuggestedCounterpartPayload', {
  id: uuid,
  address_id: orNull(uuid),
  bank_account_id: orNull(uuid),
  vat_id_id: orNull(uuid),
})

export const SuggestedResponse = closed('SuggestedResponse', {
  suggested_counterpart: Type.Optional(SuggestedCounterpartPayload),
})

const PayablesFieldsAllowedForValidate = word(
  [
    'currency',
    'document_id',
    'due_date',
    'issued_at',
    'tax_amount',
    'total_amount',
    'subtotal',
    'description',
    'suggested_payment_term',
    'payment_terms',
    'tax',
    'sender',
    'file_id',
    'counterpart_id',
    'counterpart_bank_account_id',
    'counterpart_address_id',
    'counterpart_vat_id_id',
    'line_items',
    'line_items.quantity',
    'line_items.unit_price',
    'line_items.tax',
    'line_items.ledger_account_id',
    'line_items.accounting_tax_rate_id',
    'line_items.unit',
    'line_items.name',
    'line_items.description',
    'line_items.subtotal',
    'line_items.total',
    'line_items.tax_amount',
  ],
  { $id: 'PayablesFieldsAllowedForValidate' },
)

export const PayableValidationsResource = named('PayableValidationsResource', {
  required_fields: Type.Array(PayablesFieldsAllowedForValidate),
})

export const PayableValidationsUpdateRequest = closed('PayableValidationsUpdateRequest', PayableValidationsResource.properties)

export const PayableValidationResponse = named('PayableValidationResponse', {
  id: uuid,
  validation_errors: orNull(Type.Array(Metadata)),
  // Beyond the reference: what is odd about a bill that may be complete all the same.
  warnings: Type.Array(Type.String()),
})

const PayablesVariableType = word(['payables_purchase_order', 'payables_notify_approver'], { $id: 'PayablesVariableType' })

/** The kinds of things that the contract names; approval is asked for bills. */
export const ObjectType = word(
  [
    'account',
    'approval',
    'approval_request',
    'approval_policy',
    'approval_policy_process',
    'audit_trail',
    'comment',
    'counterpart',
    'counterpart_address',
    'counterpart_bank_account',
    'counterpart_contact_person',
    'counterpart_partner_metadata',
    'counterpart_tax_id',
    'counterpart_vat_id',
    'delivery_note',
    'einvoicing',
    'entity',
    'entity_bank_account',
    'entity_settings',
    'entity_token',
    'entity_user',
    'entity_user_token',
    'entity_vat_ids',
    'export',
    'mailbox',
    'monitescript_process',
    'ocr_task',
    'onboarding',
    'overdue_reminder',
    'partner',
    'partner_internal_config',
    'partner_settings',
    'partner_token',
    'payable',
    'payable_line_item',
    'payables_credit_note',
    'payables_purchase_order',
    'payment',
    'payment_intent',
    'payment_link',
    'payment_record',
    'payment_reminder',
    'person',
    'product',
    'project',
    'receivable',
    'reconciliation',
    'recurrence',
    'role',
    'tag',
    'todo_task',
    'todo_task_mute',
    'transaction',
    'webhook',
    'workflow',
    'workflow_pipeline',
  ],
  { $id: 'ObjectType' },
)

const PayableTemplatesVariable = closed('PayableTemplatesVariable', {
  description: Type.String(),
  name: Type.String(),
})

const PayableTemplatesVariablesObject = closed('PayableTemplatesVariablesObject', {
  object_subtype: PayablesVariableType,
  object_type: ObjectType,
  variables: Type.Array(PayableTemplatesVariable),
})

export const PayableTemplatesVariablesObjectList = closed('PayableTemplatesVariablesObjectList', {
  data: Type.Array(PayableTemplatesVariablesObject),
})

const PayableAggregatedItem = closed('PayableAggregatedItem', {
  count: Type.Integer(),
  status: PayableStateEnum,
  sum_total_amount: Type.Integer(),
})

export const PayableAggregatedDataResponse = closed('PayableAggregatedDataResponse', {
  count: Type.Integer(),
  data: Type.Array(PayableAggregatedItem),
  sum_total_amount: Type.Integer(),
})

export const CommentPayload = closed('CommentPayload', { comment: opt(Type.String()) })

export const PartiallyPaidPayload = closed('PartiallyPaidPayload', { amount_paid: Type.Integer({ minimum: 0 }) })

export const PayableUploadFile = named('PayableUploadFile', { file: Type.String({ format: 'binary' }) })

export const PayableAttachFile = named('PayableAttachFile', { file: Type.String({ format: 'binary' }) })

export const RevertPaymentsPayload = closed('RevertPaymentsPayload', { amount_paid: Type.Integer({ minimum: 0 }) })

export const PayablePaginationResponse = pageOf(PayableResponseSchema, 'PayablePaginationResponse')
export const LineItemPaginationResponse = pageOf(LineItemResponse, 'LineItemPaginationResponse')
export const PayableHistoryPaginationResponse = pageOf(PayableHistoryResponse, 'PayableHistoryPaginationResponse')

export type RawCounterpart = Static<typeof CounterpartRawData>
export type CreatePayable = Static<typeof PayableUploadWithDataSchema>
export type UpdatePayable = Static<typeof PayableUpdateSchema>
export type LineItemRequest = Static<typeof LineItemRequest>
export type LineItemInternalRequest = Static<typeof LineItemInternalRequest>
export type ValidatedField = Static<typeof PayablesFieldsAllowedForValidate>
export type PayableState = Static<typeof PayableStateEnum>
export type HistoryDetails = Static<typeof PayableHistoryDetails>
export type OcrData = Static<typeof OCRResponseInvoiceReceiptData>
export type Payable = Static<typeof PayableResponseSchema>
