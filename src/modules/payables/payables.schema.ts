import Type, { type Static } from 'typebox'
import {
  Country,
  Currency,
  day,
  endless,
  instant,
  Metadata,
  opt,
  orNull,
  pageOf,
  strict,
  uuid,
  word,
} from '../../platform/http/types.ts'
import { FileSchema } from '../common/files/files.schema.ts'
import { TagReadSchema } from '../common/tags/tags.schema.ts'

export const PayablePaymentTermDiscount = Type.Object(
  {
    discount: Type.Integer(),
    number_of_days: Type.Integer(),
  },
  { $id: 'PayablePaymentTermDiscount', ...strict },
)

export const PayablePaymentTermFinal = Type.Object(
  {
    number_of_days: Type.Integer(),
  },
  { $id: 'PayablePaymentTermFinal', ...strict },
)

export const PayablePaymentTermsCreatePayload = Type.Object(
  {
    description: opt(Type.String()),
    name: Type.String(),
    term_1: opt(PayablePaymentTermDiscount),
    term_2: opt(PayablePaymentTermDiscount),
    term_final: PayablePaymentTermFinal,
  },
  { $id: 'PayablePaymentTermsCreatePayload', ...strict },
)

export const SuggestedPaymentTerm = Type.Object(
  {
    date: day,
    discount: opt(Type.Integer({ minimum: 0, maximum: 10000 })),
  },
  { $id: 'SuggestedPaymentTerm', ...strict },
)

export const PayableUploadWithDataSchema = Type.Object(
  {
    base64_encoded_file: opt(endless),
    counterpart_address_id: opt(uuid),
    counterpart_bank_account_id: opt(uuid),
    counterpart_id: opt(uuid),
    counterpart_vat_id_id: opt(uuid),
    currency: opt(Currency),
    description: opt(Type.String({ maxLength: 255 })),
    discount: opt(Type.Integer()),
    document_id: opt(Type.String()),
    due_date: opt(day),
    file_name: opt(Type.String({ maxLength: 512 })),
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
  },
  { $id: 'PayableUploadWithDataSchema', ...strict },
)

export const CounterpartRawAddress = Type.Object(
  {
    city: orNull(Type.String()),
    country: orNull(Country),
    line1: orNull(Type.String()),
    line2: orNull(Type.String()),
    postal_code: orNull(Type.String()),
    state: orNull(Type.String()),
  },
  { $id: 'CounterpartRawAddress' },
)

export const CounterpartRawBankAccount = Type.Object(
  {
    account_holder_name: orNull(Type.String()),
    account_number: orNull(Type.String()),
    bic: orNull(Type.String()),
    iban: orNull(Type.String()),
    routing_number: orNull(Type.String()),
    sort_code: orNull(Type.String()),
  },
  { $id: 'CounterpartRawBankAccount' },
)

export const CounterpartRawVatID = Type.Object(
  {
    country: orNull(Country),
    type: orNull(Type.String()),
    value: orNull(Type.String()),
  },
  { $id: 'CounterpartRawVatID' },
)

export const CounterpartRawData = Type.Object(
  {
    address: orNull(CounterpartRawAddress),
    bank_account: orNull(CounterpartRawBankAccount),
    email: orNull(Type.String({ format: 'email' })),
    name: orNull(Type.String()),
    phone: orNull(Type.String()),
    tax_id: orNull(Type.String()),
    vat_id: orNull(CounterpartRawVatID),
  },
  { $id: 'CounterpartRawData' },
)

export const PayableCreditNoteData = Type.Object(
  {
    id: uuid,
    document_id: orNull(Type.String()),
    issued_at: orNull(day),
    status: Type.String({ maxLength: 30 }),
    total_amount: orNull(Type.Integer()),
  },
  { $id: 'PayableCreditNoteData' },
)

export const CurrencyExchangeSchema2 = Type.Object(
  {
    default_currency_code: Type.String(),
    rate: Type.Number({ exclusiveMinimum: 0 }),
    total: Type.Number(),
  },
  { $id: 'CurrencyExchangeSchema2', ...strict },
)

export const OcrStatusEnum = word(['processing', 'error', 'success', 'canceled'], { $id: 'OcrStatusEnum' })

export const OCRAddress = Type.Object(
  {
    city: orNull(Type.String()),
    country: orNull(Type.String()),
    line1: orNull(Type.String()),
    line2: orNull(Type.String()),
    original_country_name: orNull(Type.String()),
    postal_code: orNull(Type.String()),
    state: orNull(Type.String()),
  },
  { $id: 'OCRAddress' },
)

export const OCRResponseInvoiceReceiptLineItemRaw = Type.Object(
  {
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
  },
  { $id: 'OCRResponseInvoiceReceiptLineItemRaw' },
)

export const OCRResponseInvoiceReceiptData = Type.Object(
  {
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
  },
  { $id: 'OCRResponseInvoiceReceiptData' },
)

export const Item = Type.Object(
  {
    confidence: Type.Number({ minimum: 0, maximum: 100 }),
    processed_text: Type.Unknown(),
    text: Type.String(),
  },
  { $id: 'Item' },
)

export const LabelNValue = Type.Object(
  {
    label: Item,
    value: Item,
  },
  { $id: 'LabelNValue' },
)

export const OcrRecognitionResponse = Type.Object(
  {
    line_items: orNull(Type.Array(LabelNValue)),
    summary: orNull(Type.Array(LabelNValue)),
  },
  { $id: 'OcrRecognitionResponse' },
)

export const PayableOriginEnum = word(['upload', 'email', 'einvoicing'], { $id: 'PayableOriginEnum' })

export const SourceOfPayableDataEnum = word(['ocr', 'user_specified', 'einvoicing'], { $id: 'SourceOfPayableDataEnum' })

export const PayableStateEnum = word(
  ['draft', 'new', 'approve_in_progress', 'waiting_to_be_paid', 'partially_paid', 'paid', 'canceled', 'rejected'],
  { $id: 'PayableStateEnum' },
)

export const PayableResponseSchema = Type.Object(
  {
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
  },
  { $id: 'PayableResponseSchema' },
)

export const CounterpartRawAddressUpdateRequest = Type.Object(
  {
    city: opt(Type.String()),
    country: opt(Country),
    line1: opt(Type.String()),
    line2: opt(Type.String()),
    postal_code: opt(Type.String()),
    state: opt(Type.String()),
  },
  { $id: 'CounterpartRawAddressUpdateRequest', ...strict },
)

export const CounterpartRawBankAccountUpdateRequest = Type.Object(
  {
    account_holder_name: opt(Type.String()),
    account_number: opt(Type.String()),
    bic: opt(Type.String({ maxLength: 11 })),
    iban: opt(Type.String({ maxLength: 34 })),
    routing_number: opt(Type.String()),
    sort_code: opt(Type.String()),
  },
  { $id: 'CounterpartRawBankAccountUpdateRequest', ...strict },
)

export const CounterpartRawVatIDUpdateRequest = Type.Object(
  {
    country: opt(Country),
    type: opt(Type.String()),
    value: opt(Type.String({ maxLength: 32 })),
  },
  { $id: 'CounterpartRawVatIDUpdateRequest', ...strict },
)

export const CounterpartRawDataUpdateRequest = Type.Object(
  {
    address: opt(CounterpartRawAddressUpdateRequest),
    bank_account: opt(CounterpartRawBankAccountUpdateRequest),
    email: opt(Type.String({ format: 'email' })),
    name: opt(Type.String()),
    phone: opt(Type.String()),
    tax_id: opt(Type.String({ maxLength: 30 })),
    vat_id: opt(CounterpartRawVatIDUpdateRequest),
  },
  { $id: 'CounterpartRawDataUpdateRequest', ...strict },
)

export const PayableUpdateSchema = Type.Object(
  {
    amount_paid: opt(Type.Integer({ minimum: 0 })),
    counterpart_address_id: opt(uuid),
    counterpart_bank_account_id: opt(uuid),
    counterpart_id: opt(uuid),
    counterpart_raw_data: opt(CounterpartRawDataUpdateRequest),
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
  },
  { $id: 'PayableUpdateSchema', ...strict },
)

export const LineItemRequest = Type.Object(
  {
    accounting_tax_rate_id: opt(uuid),
    description: opt(Type.String()),
    ledger_account_id: opt(uuid),
    name: opt(Type.String()),
    quantity: opt(Type.Number({ minimum: 0 })),
    tax: opt(Type.Integer({ minimum: 0, maximum: 10000 })),
    unit: opt(Type.String()),
    unit_price: opt(Type.Integer()),
  },
  { $id: 'LineItemRequest', ...strict },
)

export const LineItemResponse = Type.Object(
  {
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
  },
  { $id: 'LineItemResponse' },
)

export const LineItemInternalRequest = Type.Object(
  {
    accounting_tax_rate_id: opt(uuid),
    description: opt(Type.String()),
    ledger_account_id: opt(uuid),
    name: opt(Type.String()),
    quantity: opt(Type.Number({ minimum: 0 })),
    subtotal: opt(Type.Integer()),
    tax: opt(Type.Integer({ minimum: 0, maximum: 10000 })),
    total: opt(Type.Integer()),
    unit: opt(Type.String()),
    unit_price: opt(Type.Integer()),
  },
  { $id: 'LineItemInternalRequest', ...strict },
)

export const LineItemsReplaceRequest = Type.Object(
  {
    data: Type.Array(LineItemInternalRequest),
  },
  { $id: 'LineItemsReplaceRequest' },
)

export const LineItemsReplaceResponse = Type.Object(
  {
    data: Type.Array(LineItemResponse),
  },
  { $id: 'LineItemsReplaceResponse' },
)

export const PayableHistoryEventTypeEnum = word(
  ['status_changed', 'payable_created', 'payable_updated', 'credit_note_linked', 'credit_note_unlinked', 'file_attached'],
  { $id: 'PayableHistoryEventTypeEnum' },
)

export const PayableStatusChangedEventData = Type.Object(
  {
    new_status: PayableStateEnum,
    old_status: PayableStateEnum,
  },
  { $id: 'PayableStatusChangedEventData', ...strict },
)

export const PayableUpdatedEventData = Type.Object({}, { $id: 'PayableUpdatedEventData', ...strict })

export const PayableCreatedEventData = Type.Object(
  {
    payable_source: PayableOriginEnum,
  },
  { $id: 'PayableCreatedEventData', ...strict },
)

export const PayableCreditNoteLinkedEventData = Type.Object(
  {
    credit_note_document_id: orNull(Type.String()),
    credit_note_id: Type.String(),
  },
  { $id: 'PayableCreditNoteLinkedEventData', ...strict },
)

export const PayableCreditNoteUnlinkedEventData = Type.Object(
  {
    credit_note_document_id: orNull(Type.String()),
    credit_note_id: Type.String(),
  },
  { $id: 'PayableCreditNoteUnlinkedEventData', ...strict },
)

export const FileAttachedEventData = Type.Object(
  {
    file_name: Type.String(),
    file_size: Type.Integer(),
    url: Type.String(),
  },
  { $id: 'FileAttachedEventData', ...strict },
)

/** Beyond the reference: why something happened. */
export const PayableHistoryDetails = Type.Object(
  {
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
  },
  { $id: 'PayableHistoryDetails' },
)

export const PayableHistoryResponse = Type.Object(
  {
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
  },
  { $id: 'PayableHistoryResponse' },
)

export const SuggestedCounterpartPayload = Type.Object(
  {
    id: uuid,
    address_id: orNull(uuid),
    bank_account_id: orNull(uuid),
    vat_id_id: orNull(uuid),
  },
  { $id: 'SuggestedCounterpartPayload', ...strict },
)

export const SuggestedResponse = Type.Object(
  {
    suggested_counterpart: Type.Optional(SuggestedCounterpartPayload),
  },
  { $id: 'SuggestedResponse', ...strict },
)

export const PayablesFieldsAllowedForValidate = word(
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

export const PayableValidationsResource = Type.Object(
  {
    required_fields: Type.Array(PayablesFieldsAllowedForValidate),
  },
  { $id: 'PayableValidationsResource' },
)

export const PayableValidationsUpdateRequest = Type.Object(
  {
    required_fields: Type.Array(PayablesFieldsAllowedForValidate),
  },
  { $id: 'PayableValidationsUpdateRequest', ...strict },
)

export const PayableValidationResponse = Type.Object(
  {
    id: uuid,
    validation_errors: orNull(Type.Array(Metadata)),
    // Beyond the reference: what is odd about a bill that may be complete all the same.
    warnings: Type.Array(Type.String()),
  },
  { $id: 'PayableValidationResponse' },
)

export const PayablesVariableType = word(['payables_purchase_order', 'payables_notify_approver'], { $id: 'PayablesVariableType' })

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

export const PayableTemplatesVariable = Type.Object(
  {
    description: Type.String(),
    name: Type.String(),
  },
  { $id: 'PayableTemplatesVariable', ...strict },
)

export const PayableTemplatesVariablesObject = Type.Object(
  {
    object_subtype: PayablesVariableType,
    object_type: ObjectType,
    variables: Type.Array(PayableTemplatesVariable),
  },
  { $id: 'PayableTemplatesVariablesObject', ...strict },
)

export const PayableTemplatesVariablesObjectList = Type.Object(
  {
    data: Type.Array(PayableTemplatesVariablesObject),
  },
  { $id: 'PayableTemplatesVariablesObjectList', ...strict },
)

export const PayableAggregatedItem = Type.Object(
  {
    count: Type.Integer(),
    status: PayableStateEnum,
    sum_total_amount: Type.Integer(),
  },
  { $id: 'PayableAggregatedItem', ...strict },
)

export const PayableAggregatedDataResponse = Type.Object(
  {
    count: Type.Integer(),
    data: Type.Array(PayableAggregatedItem),
    sum_total_amount: Type.Integer(),
  },
  { $id: 'PayableAggregatedDataResponse', ...strict },
)

export const CommentPayload = Type.Object(
  {
    comment: opt(Type.String()),
  },
  { $id: 'CommentPayload', ...strict },
)

export const PartiallyPaidPayload = Type.Object(
  {
    amount_paid: Type.Integer({ minimum: 0 }),
  },
  { $id: 'PartiallyPaidPayload', ...strict },
)

export const PayableUploadFile = Type.Object(
  {
    file: Type.String({ format: 'binary' }),
  },
  { $id: 'PayableUploadFile' },
)

export const PayableAttachFile = Type.Object(
  {
    file: Type.String({ format: 'binary' }),
  },
  { $id: 'PayableAttachFile' },
)

export const RevertPaymentsPayload = Type.Object(
  {
    amount_paid: Type.Integer({ minimum: 0 }),
  },
  { $id: 'RevertPaymentsPayload', ...strict },
)

export const PayableDimensionEnum = word(
  ['created_at', 'status', 'counterpart_id', 'currency', 'issued_at', 'due_date', 'project_id'],
  { $id: 'PayableDimensionEnum' },
)

export const PayableMetricEnum = word(['id', 'total_amount'], { $id: 'PayableMetricEnum' })

export const PayablePaginationResponse = pageOf(PayableResponseSchema, 'PayablePaginationResponse')
export const LineItemPaginationResponse = pageOf(LineItemResponse, 'LineItemPaginationResponse')
export const PayableHistoryPaginationResponse = pageOf(PayableHistoryResponse, 'PayableHistoryPaginationResponse')

export type PaymentTerms = Static<typeof PayablePaymentTermsCreatePayload>
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
