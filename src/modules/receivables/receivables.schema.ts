import Type, { type Static } from 'typebox'
import {
  Country,
  Currency,
  closed,
  day,
  instant,
  Language,
  listOf,
  Metadata,
  named,
  opt,
  orNull,
  pageOf,
  stamped,
  text,
  uuid,
  word,
} from '../../platform/http/types.ts'
import { FileSchema } from '../common/files/files.schema.ts'
import { TagReadSchema } from '../common/tags/tags.schema.ts'
import { CounterpartType } from '../counterparts/counterparts.schema.ts'
import { DocumentRenderingSettings, VatModeEnum } from '../entities/settings/settings.schema.ts'
import { VatIDTypeEnum } from '../entities/vat-ids/vat-ids.schema.ts'
import { EinvoiceCheck, LegalFinding } from './einvoices/einvoices.schema.ts'

const MAX = Number.MAX_SAFE_INTEGER
const some = Type.String()
const amount = Type.Integer({ minimum: 0, maximum: MAX })
const total = Type.Integer({ maximum: MAX })
const percent = Type.Integer({ minimum: 0, maximum: 10000 })
const quantity = Type.Number({ minimum: 0, maximum: 2147483647 })
const url = (maxLength: number) => Type.String({ format: 'uri', minLength: 1, maxLength })

export const ReceivableType = word(['quote', 'invoice', 'credit_note'], { $id: 'ReceivableType' })
export const statuses = [
  'draft',
  'issuing',
  'issued',
  'failed',
  'accepted',
  'expired',
  'declined',
  'recurring',
  'partially_paid',
  'paid',
  'overdue',
  'uncollectible',
  'canceled',
] as const
export const ReceivablesStatusEnum = word([...statuses, 'deleted'], { $id: 'ReceivablesStatusEnum' })

// Lines

const Discount = closed('Discount2', { amount, type: word(['amount', 'percentage'], { $id: 'DiscountType' }) })
const Price = closed('Price2', { currency: Currency, value: amount })
const ProductType = word(['product', 'service'], { $id: 'ProductServiceTypeEnum' })
/** From the founding documents: whether a line is taxed at all. */
const TaxStatus = word(['taxable', 'non_taxable'], { $id: 'TaxStatusEnum' })

const taxSource = {
  vat_rate_id: opt(uuid),
  custom_vat_rate_id: opt(uuid),
  tax_rate_value: opt(percent),
  accounting_tax_rate_id: opt(uuid),
  tax_status: opt(TaxStatus),
}
export const UnitRequest = named('UnitRequest', { description: opt(Type.String({ maxLength: 200 })), name: text(100) })
const LineItemProductCreate = named('LineItemProductCreate', {
  description: opt(Type.String({ maxLength: 2000 })),
  external_reference: opt(text(255)),
  ledger_account_id: opt(uuid),
  measure_unit: opt(UnitRequest),
  name: text(100),
  price: Price,
  smallest_amount: opt(quantity),
  type: opt(ProductType),
})
export const LineItem = closed('LineItem', {
  ...taxSource,
  tax_rate_name: opt(text(64)),
  discount: opt(Discount),
  product: opt(LineItemProductCreate),
  product_id: opt(uuid),
  quantity,
})
export const LineItemUpdate = closed('LineItemUpdate', {
  ...taxSource,
  tax_rate_name: opt(Type.String({ maxLength: 64 })),
  discount: opt(Discount),
  price: opt(amount),
  quantity: opt(quantity),
})

// What a document is made from

const AttachmentRequest = closed('AttachmentRequest', { id: uuid, include_in_email: opt(Type.Boolean()) })
const attachments = opt(Type.Array(AttachmentRequest, { minItems: 1 }))
const DeductionRequest = closed('Deduction', { amount, name: opt(Type.String({ maxLength: 255 })), memo: opt(some) })

const ReceivableEntityBase = closed('ReceivableEntityBase', {
  email: opt(Type.String({ format: 'email' })),
  logo: opt(url(2083)),
  phone: opt(some),
  registration_authority: opt(some),
  registration_number: opt(some),
  website: opt(url(2083)),
})
const InlineTermDiscount = closed('InlineTermDiscount', { discount: percent, end_date: opt(day), number_of_days: opt(percent) })
const InlineTermFinal = closed('InlineTermFinal', { end_date: opt(day), number_of_days: opt(percent) })
const InlinePaymentTerms = closed('InlinePaymentTermsRequestPayload', {
  term_1: opt(InlineTermDiscount),
  term_2: opt(InlineTermDiscount),
  term_final: InlineTermFinal,
})

/** What quotes and invoices share, made and changed. */
const content = {
  attachments,
  counterpart_shipping_address_id: opt(uuid),
  counterpart_vat_id_id: opt(uuid),
  deduction_amount: opt(amount),
  deduction_memo: opt(some),
  deductions: opt(Type.Array(DeductionRequest, { maxItems: 10 })),
  discount: opt(Discount),
  document_rendering: opt(DocumentRenderingSettings),
  entity: opt(ReceivableEntityBase),
  entity_bank_account_id: opt(uuid),
  entity_vat_id_id: opt(uuid),
  footer: opt(some),
  memo: opt(some),
  partner_metadata: opt(Metadata),
  project_id: opt(uuid),
  tag_ids: opt(Type.Array(uuid)),
  trade_name: opt(Type.String({ maxLength: 255 })),
  vat_exempt: opt(Type.Boolean()),
  vat_exemption_rationale: opt(some),
  withholding_tax_rate: opt(percent),
}
const ofQuote = { expiry_date: opt(day), quote_accept_page_url: opt(url(65536)), signature_required: opt(Type.Boolean()) }
const ofInvoice = {
  buyer_reference: opt(Type.String({ maxLength: 100 })),
  counterpart_einvoicing_credentials_id: opt(uuid),
  fulfillment_date: opt(day),
  is_einvoice: opt(Type.Boolean()),
  network_credentials_id: opt(uuid),
  overdue_reminder_id: opt(uuid),
  payment_page_url: opt(url(2083)),
  payment_reminder_id: opt(uuid),
  payment_terms: opt(InlinePaymentTerms),
  payment_terms_id: opt(uuid),
  // Units of the currency of the entity's books for one of the document's: e-invoices name the VAT in both.
  tax_currency_exchange_rate: opt(Type.Number({ exclusiveMinimum: 0, maximum: 1e9 })),
}
const made = {
  ...content,
  commercial_condition_description: opt(some),
  counterpart_billing_address_id: uuid,
  counterpart_business_type: opt(Type.String({ maxLength: 50 })),
  counterpart_id: uuid,
  currency: Currency,
  document_id: opt(text(100)),
  line_items: Type.Array(LineItem),
  vat_mode: opt(VatModeEnum),
}
const changed = {
  ...content,
  contact_id: opt(uuid),
  counterpart_billing_address_id: opt(uuid),
  counterpart_id: opt(uuid),
  currency: opt(Currency),
  // As on creation: without the rules a draft may get another number, or null for one of the series.
  document_id: opt(text(100)),
  line_items: opt(Type.Array(LineItemUpdate)),
}

export const CreateQuote = closed('ReceivableFacadeCreateQuotePayload', { ...made, ...ofQuote, type: word(['quote']) })
export const CreateInvoice = closed('ReceivableFacadeCreateInvoicePayload', {
  ...made,
  ...ofInvoice,
  purchase_order: opt(Type.String({ maxLength: 100 })),
  type: word(['invoice']),
})
const CreateBasedOn = closed('ReceivableCreateBasedOnPayload', {
  based_on: uuid,
  tag_ids: opt(Type.Array(uuid)),
  type: word(['invoice', 'credit_note'], { $id: 'BasedOnTransitionType' }),
})
export const CreateReceivable = Type.Union([CreateQuote, CreateInvoice, CreateBasedOn], { $id: 'ReceivableFacadeCreatePayload' })

// Changes

const ContactAddress = named('ReceivablesRepresentationOfCounterpartAddress2', {
  id: orNull(uuid),
  city: some,
  country: Country,
  line1: some,
  line2: orNull(some),
  postal_code: some,
  state: orNull(some),
})
const contact = {
  address: ContactAddress,
  email: orNull(Type.String({ format: 'email' })),
  first_name: some,
  last_name: some,
  phone: orNull(some),
  title: orNull(some),
}
const ContactRequest = closed('ReceivableCounterpartContactRequest', contact)
export const EntityAddress = named('ReceivableEntityAddressSchema', {
  city: Type.String({ maxLength: 255 }),
  country: orNull(Country),
  line1: Type.String({ maxLength: 255 }),
  line2: orNull(Type.String({ maxLength: 100 })),
  postal_code: Type.String({ maxLength: 10 }),
  state: orNull(some),
})
const party = {
  email: opt(Type.String({ format: 'email' })),
  legal_form: opt(some),
  logo: opt(url(2083)),
  phone: opt(some),
  registration_authority: opt(some),
  registration_number: opt(some),
  tax_id: opt(some),
  website: opt(url(2083)),
}

export const UpdateQuote = closed('UpdateQuote', {
  ...changed,
  ...ofQuote,
  payment_terms: opt(InlinePaymentTerms),
  payment_terms_id: opt(uuid),
})
export const UpdateInvoice = closed('UpdateInvoice', { ...changed, ...ofInvoice })
export const UpdateCreditNote = closed('UpdateCreditNote', {
  attachments,
  counterpart_billing_address_id: opt(uuid),
  counterpart_contact: opt(ContactRequest),
  counterpart_shipping_address_id: opt(uuid),
  document_rendering: opt(DocumentRenderingSettings),
  entity: opt(ReceivableEntityBase),
  footer: opt(some),
  line_items: opt(
    Type.Record(
      Type.String(),
      closed('UpdateProductForCreditNote', {
        old_price: opt(Type.Integer({ minimum: 1, maximum: MAX })),
        price_diff: opt(Type.Integer({ minimum: 1, maximum: MAX })),
        quantity: Type.Number({ minimum: 1, maximum: 2147483647 }),
      }),
    ),
  ),
  memo: opt(some),
  partner_metadata: opt(Metadata),
  project_id: opt(uuid),
  tag_ids: opt(Type.Array(uuid)),
})
export type UpdateCreditNote = Static<typeof UpdateCreditNote>
export const UpdateIssuedInvoice = closed('UpdateIssuedInvoice', {
  attachments,
  contact_id: opt(uuid),
  counterpart_id: opt(uuid),
  counterpart_vat_id_id: opt(uuid),
  document_rendering: opt(DocumentRenderingSettings),
  due_date: opt(day),
  entity: opt(
    Type.Union([
      closed('ReceivableEntityOrganizationRequest', { ...party, name: some, type: word(['organization']) }),
      closed('ReceivableEntityIndividualRequest', { ...party, first_name: some, last_name: some, type: word(['individual']) }),
    ]),
  ),
  entity_address: opt(EntityAddress),
  entity_vat_id_id: opt(uuid),
  footer: opt(some),
  fulfillment_date: opt(day),
  issue_date: opt(instant),
  memo: opt(some),
  overdue_reminder_id: opt(uuid),
  partner_metadata: opt(Metadata),
  payment_reminder_id: opt(uuid),
  payment_terms: opt(InlinePaymentTerms),
  payment_terms_id: opt(uuid),
  project_id: opt(uuid),
  tag_ids: opt(Type.Array(uuid)),
})
export const UpdateReceivable = Type.Union(
  [
    closed('UpdateQuotePayload', { quote: UpdateQuote }),
    closed('UpdateInvoicePayload', { invoice: UpdateInvoice }),
    closed('UpdateCreditNotePayload', { credit_note: UpdateCreditNote }),
    closed('UpdateIssuedInvoicePayload', { issued_invoice: UpdateIssuedInvoice }),
  ],
  { $id: 'ReceivableUpdatePayload' },
)
export const UpdateLineItems = closed('UpdateLineItems', { data: Type.Array(LineItem) })

// Answers

const VatRateComponent = named('VatRateComponent2', {
  name: Type.String({ maxLength: 64 }),
  value: Type.Number({ minimum: 0, maximum: 10000 }),
})
export const LineVatRate = named('LineItemProductVatRate2', {
  id: orNull(uuid),
  components: orNull(Type.Array(VatRateComponent, { minItems: 1 })),
  country: Country,
  is_custom: orNull(Type.Boolean()),
  name: orNull(some),
  value: percent,
})
const LineMeasureUnit = named('LineItemProductMeasureUnit2', {
  id: orNull(uuid),
  description: orNull(Type.String({ maxLength: 200 })),
  name: text(100),
})
export const LineProduct = named('LineItemProduct', {
  id: uuid,
  accounting_tax_rate_id: orNull(uuid),
  description: orNull(some),
  external_reference: orNull(text(255)),
  is_inline: orNull(Type.Boolean()),
  ledger_account_id: orNull(uuid),
  measure_unit: orNull(LineMeasureUnit),
  name: some,
  price: Price,
  price_after_vat: Price,
  smallest_amount: orNull(quantity),
  type: orNull(ProductType),
  vat_rate: LineVatRate,
})
export const ResponseItem = named('ResponseItem', {
  discount: orNull(Discount),
  product: LineProduct,
  quantity,
  tax_status: orNull(TaxStatus),
  total_after_vat: total,
  total_before_vat: total,
})
export const LineItemsResponse = listOf(ResponseItem, 'LineItemsResponse')

const VatAmountComponent = named('TotalVatAmountItemComponent2', {
  amount,
  name: some,
  value: Type.Number({ minimum: 0, maximum: 10000 }),
})
export const TotalVatAmount = named('TotalVatAmountItem2', {
  id: orNull(uuid),
  amount,
  components: orNull(Type.Array(VatAmountComponent, { minItems: 1 })),
  name: orNull(some),
  taxable_amount: Type.Integer({ minimum: 0 }),
  value: percent,
})

const AttachmentResponse = named('AttachmentResponse2', {
  id: uuid,
  include_in_email: orNull(Type.Boolean()),
  mimetype: some,
  name: some,
  size: Type.Integer(),
  url: some,
})
const Contact = named('ReceivableCounterpartContact2', contact)
const profile = {
  email: orNull(Type.String({ format: 'email' })),
  logo: orNull(url(2083)),
  phone: orNull(some),
  registration_authority: orNull(some),
  registration_number: orNull(some),
  tax_id: orNull(some),
  vat_id: orNull(some),
  website: orNull(url(2083)),
}
export const EntityOnDocument = Type.Union([
  named('ReceivableEntityOrganization', { ...profile, name: some, type: word(['organization']) }),
  named('ReceivableEntityIndividual', { ...profile, first_name: some, last_name: some, type: word(['individual']) }),
])
const BankAccountOnDocument = named('ReceivablesRepresentationOfEntityBankAccount2', {
  id: orNull(uuid),
  account_holder_name: orNull(some),
  account_number: orNull(some),
  bank_name: orNull(some),
  bic: orNull(some),
  country: orNull(Country),
  currency: orNull(Currency),
  display_name: orNull(some),
  iban: orNull(some),
  routing_number: orNull(some),
  sort_code: orNull(some),
})
const vatId = { id: uuid, type: orNull(VatIDTypeEnum), value: Type.String({ maxLength: 32 }) }
const EinvoicingCredentials = named('EinvoicingCredentials', { id: uuid, network_identifier: some, network_schema: some })
const Deduction = named('DeductionResponse', { amount, name: orNull(some), memo: orNull(some) })
const TermsOnDocument = named('PaymentTerms', {
  id: orNull(uuid),
  description: orNull(some),
  name: orNull(some),
  term_1: orNull(Type.Object({ discount: percent, end_date: orNull(day), number_of_days: orNull(percent) })),
  term_2: orNull(Type.Object({ discount: percent, end_date: orNull(day), number_of_days: orNull(percent) })),
  term_final: Type.Object({ end_date: orNull(day), number_of_days: orNull(percent) }),
})

/** What every document shows. */
const common = {
  ...stamped,
  attachments: orNull(Type.Array(AttachmentResponse)),
  based_on: orNull(uuid),
  based_on_document_id: orNull(some),
  commercial_condition_description: orNull(some),
  counterpart_address: orNull(ContactAddress),
  counterpart_billing_address: orNull(ContactAddress),
  counterpart_business_type: orNull(Type.String({ maxLength: 50 })),
  counterpart_contact: orNull(Contact),
  counterpart_external_reference: orNull(some),
  counterpart_id: uuid,
  counterpart_name: orNull(some),
  counterpart_shipping_address: orNull(ContactAddress),
  counterpart_tax_id: orNull(some),
  counterpart_type: CounterpartType,
  counterpart_vat_id: orNull(
    named('ReceivableCounterpartVatIDResponse', { ...vatId, counterpart_id: uuid, country: orNull(Country) }),
  ),
  currency: Currency,
  deduction_amount: orNull(amount),
  deduction_memo: orNull(some),
  deductions: orNull(Type.Array(Deduction)),
  discount: orNull(named('DiscountResponse2', { amount, type: word(['amount', 'percentage']), value: orNull(amount) })),
  discounted_subtotal: orNull(total),
  document_id: orNull(some),
  document_rendering: orNull(DocumentRenderingSettings),
  due_date: orNull(day),
  einvoice_file_url: orNull(some),
  entity: EntityOnDocument,
  entity_address: EntityAddress,
  entity_bank_account: orNull(BankAccountOnDocument),
  entity_user_id: orNull(uuid),
  entity_vat_id: orNull(named('ReceivableEntityVatIDResponse', { ...vatId, country: Country, entity_id: uuid })),
  file: orNull(FileSchema),
  file_language: Language,
  file_url: orNull(some),
  footer: orNull(some),
  issue_date: orNull(instant),
  line_items: Type.Array(ResponseItem),
  memo: orNull(some),
  original_file_language: Language,
  original_file_url: orNull(some),
  partner_metadata: orNull(Metadata),
  project_id: orNull(uuid),
  subtotal: orNull(total),
  subtotal_after_vat: orNull(total),
  tags: orNull(Type.Array(TagReadSchema)),
  total_amount: orNull(total),
  total_deduction_amount: orNull(amount),
  total_vat_amount: total,
  total_vat_amounts: orNull(Type.Array(TotalVatAmount)),
  total_withholding_tax: orNull(Type.Integer()),
  trade_name: orNull(Type.String({ maxLength: 255 })),
  vat_exempt: orNull(Type.Boolean()),
  vat_exemption_rationale: orNull(some),
  vat_inclusive_discount_mode: orNull(VatModeEnum),
  vat_mode: orNull(VatModeEnum),
  withholding_tax_rate: orNull(percent),
}
const electronic = {
  buyer_reference: orNull(some),
  tax_currency_exchange_rate: orNull(Type.Number()),
  counterpart_einvoicing_credentials: orNull(EinvoicingCredentials),
  einvoice_error_comment: orNull(some),
  is_einvoice: orNull(Type.Boolean()),
  network_credentials: orNull(EinvoicingCredentials),
  purchase_order: orNull(Type.String({ maxLength: 100 })),
}
export const QuoteResponse = named('QuoteResponsePayload', {
  ...common,
  comment: orNull(some),
  expiry_date: orNull(day),
  quote_accept_page_url: orNull(url(65536)),
  signature_required: orNull(Type.Boolean()),
  status: word(['draft', 'issued', 'accepted', 'expired', 'declined', 'deleted'], { $id: 'QuoteStateEnum' }),
  type: word(['quote']),
})
const InvoiceResponse = named('InvoiceResponsePayload', {
  ...common,
  ...electronic,
  amount_due: total,
  amount_paid: total,
  amount_to_pay: orNull(total),
  comment: orNull(some),
  fulfillment_date: orNull(day),
  overdue_reminder_id: orNull(uuid),
  paid_at: orNull(instant),
  payment_page_url: orNull(url(2083)),
  payment_reminder_id: orNull(uuid),
  payment_terms: orNull(TermsOnDocument),
  recurrence_id: orNull(uuid),
  related_documents: named('RelatedDocuments', { credit_note_ids: orNull(Type.Array(uuid)), proforma_invoice_id: orNull(uuid) }),
  status: ReceivablesStatusEnum,
  total_amount_with_credit_notes: total,
  type: word(['invoice']),
})
const CreditNoteResponse = named('CreditNoteResponsePayload', {
  ...common,
  ...electronic,
  status: word(['draft', 'issuing', 'issued', 'failed', 'deleted'], { $id: 'CreditNoteStateEnum' }),
  type: word(['credit_note']),
})
export const ReceivableResponse = Type.Union([QuoteResponse, InvoiceResponse, CreditNoteResponse], { $id: 'ReceivableResponse' })
export const ReceivablePage = pageOf(ReceivableResponse, 'ReceivablePaginationResponse')

export const VerifyResponse = named('ReceivablesVerifyResponse', {
  errors: orNull(
    named('MissingFields', {
      counterpart: orNull(Type.Array(some)),
      entity: orNull(Type.Array(some)),
      products: orNull(
        Type.Array(named('MissingLineItemFields', { line_item_number: Type.Integer(), missing_fields: Type.Array(some) })),
      ),
      receivable: orNull(Type.Array(some)),
      vat_rates: orNull(Type.Array(some)),
    }),
  ),
  warnings: orNull(named('ReceivablesRemindersWarningMessage', { payment_reminders: orNull(some) })),
  einvoice: Type.Optional(EinvoiceCheck),
  legal: Type.Optional(Type.Array(LegalFinding)),
})
export const ReceivableFileUrl = named('ReceivableFileUrl', { file_url: orNull(some), original_file_url: orNull(some) })

export const PaidPayload = closed('ReceivablePaidPayload', { comment: opt(some), paid_at: opt(instant) })
export const PartiallyPaidPayload = closed('ReceivablePartiallyPaidPayload', {
  amount_paid: Type.Integer({ minimum: 1, maximum: MAX }),
  comment: opt(some),
})
const SignatureRequest = closed('Signature', {
  email: Type.String({ format: 'email' }),
  full_name: text(255),
  signature_image: Type.String({ minLength: 32, maxLength: 524288 }),
})
export type SignatureRequest = Static<typeof SignatureRequest>
export const QuoteAcceptRequest = closed('QuoteAcceptRequest', { signature: opt(SignatureRequest) })
export const ReceivableDeclinePayload = closed('ReceivableDeclinePayload', { comment: opt(some) })
export const SuccessResult = named('SuccessResult', { success: orNull(Type.Boolean()) })
export const UncollectiblePayload = closed('ReceivableUncollectiblePayload', { comment: opt(some) })

// History

const historyEvents = [
  'status_changed',
  'receivable_created',
  'receivable_updated',
  'based_on_receivable_created',
  'payment_received',
  'mail_sent',
  'payment_reminder_mail_sent',
  'overdue_reminder_mail_sent',
] as const
export const HistoryEvent = word(historyEvents, { $id: 'ReceivableHistoryEventTypeEnum' })

const email = Type.String({ format: 'email' })
/** Whom a mail goes to. */
export const Recipients = closed('Recipients', {
  bcc: opt(Type.Array(email)),
  cc: opt(Type.Array(email)),
  to: opt(Type.Array(email)),
})
export type Recipients = Static<typeof Recipients>

const recipient = named('ReceivableMailRecipientState', {
  email: Type.String({ format: 'email' }),
  error: orNull(some),
  is_success: Type.Boolean(),
})
export const MailRecipients = named('ReceivableMailRecipients', {
  bcc: orNull(Type.Array(recipient)),
  cc: orNull(Type.Array(recipient)),
  to: orNull(Type.Array(recipient)),
})
export const MailStatus = word(['pending', 'processing', 'sent', 'partially_sent', 'failed'], { $id: 'ReceivableMailStatusEnum' })
const mail = { mail_id: uuid, mail_status: MailStatus, recipients: MailRecipients }
export const HistoryResponse = named('ReceivableHistoryResponse', {
  id: uuid,
  current_pdf_url: orNull(url(65536)),
  entity_user_id: orNull(uuid),
  event_data: Type.Union([
    named('StatusChangedEventData', { new_status: ReceivablesStatusEnum, old_status: ReceivablesStatusEnum }),
    named('ReceivableUpdatedEventData', {}),
    named('ReceivableCreatedEventData', {}),
    named('BasedOnReceivableCreatedEventData', { receivable_id: uuid, type: ReceivableType }),
    named('PaymentReceivedEventData', { amount_due: Type.Integer(), amount_paid: Type.Integer(), comment: orNull(some) }),
    named('MailSentEventData', mail),
    named('ReminderMailSentEventData', {
      ...mail,
      term: word(['term_1', 'term_2', 'term_final', 'overdue'], { $id: 'ReminderTypeEnum' }),
    }),
  ]),
  event_type: HistoryEvent,
  receivable_id: uuid,
  timestamp: instant,
})
export const HistoryPage = pageOf(HistoryResponse, 'ReceivableHistoryPaginationResponse')

// What a country asks for

const Field = named('FieldSchema', { description: some, required: Type.Boolean() })
export const RequiredFields = named('ReceivableRequiredFields', {
  counterpart: orNull(named('CounterpartFields', { tax_id: orNull(Field), vat_id: orNull(Field) })),
  entity: orNull(named('EntityFields', { tax_id: orNull(Field), vat_id: orNull(Field) })),
  line_item: orNull(
    named('LineItemFields', { measure_unit: orNull(Field), tax_rate_value: orNull(Field), vat_rate_id: orNull(Field) }),
  ),
})

export type CreateQuote = Static<typeof CreateQuote>
export type CreateInvoice = Static<typeof CreateInvoice>
export type UpdateInvoice = Static<typeof UpdateInvoice>
export type UpdateQuote = Static<typeof UpdateQuote>
export type UpdateIssuedInvoice = Static<typeof UpdateIssuedInvoice>
export type LineItem = Static<typeof LineItem>
export type LineItemUpdate = Static<typeof LineItemUpdate>
export type LineOnDocument = Static<typeof ResponseItem>

// Variables of texts

export const ReceivableTemplatesVariablesObjectList = closed('ReceivableTemplatesVariablesObjectList', {
  data: Type.Array(
    closed('ReceivableTemplatesVariablesObject', {
      object_subtype: word(['quote', 'invoice', 'credit_note', 'discount_reminder', 'final_reminder', 'overdue_reminder'], {
        $id: 'VariablesType',
      }),
      object_type: some,
      variables: Type.Array(closed('ReceivableTemplatesVariable', { description: some, name: some })),
    }),
  ),
})
