import Type from 'typebox'
import { closed, Language, named, opt, orNull, text, uuid, word } from '../../../platform/http/types.ts'
import { CurrencySettings_Input, CurrencySettings_Output } from '../../partner/partner-settings/partner-settings.schema.ts'

export const VatModeEnum = word(['exclusive', 'inclusive'], { $id: 'VatModeEnum' })
const ReceivableEditFlow = word(['compliant', 'partially_compliant', 'non_compliant'], { $id: 'ReceivableEditFlow' })
const PaymentPriorityEnum = word(['working_capital', 'balanced', 'bottom_line'], { $id: 'PaymentPriorityEnum' })

const AccountingSettings = named('AccountingSettings', {
  ledger_account_ids: orNull(named('DefaultLedgerAccountIDs', { payments: orNull(uuid), products: orNull(uuid) })),
  tax_ids: orNull(named('DefaultAccountingTaxIDs', { deductions: orNull(uuid) })),
})

// What is drawn on a document

const bankAccount = { display_entity_bank_account: orNull(Type.Boolean()) }
const column = named('LineItemColumnSettings', { display: orNull(Type.Boolean()), label: orNull(text(32)) })
const figures = named('LineItemNumericColumnSettings', {
  display: orNull(Type.Boolean()),
  label: orNull(text(32)),
  precision: orNull(Type.Integer({ minimum: 2, maximum: 4 })),
})
const rendering = {
  credit_note: orNull(named('CreditNoteRenderingSettings', bankAccount)),
  display_entity_bank_account: orNull(Type.Boolean()),
  display_line_items: orNull(Type.Boolean()),
  invoice: orNull(named('InvoiceRenderingSettings', bankAccount)),
  line_items: orNull(
    named('LineItemsRenderingSettings', {
      discount: orNull(column),
      measure_unit: orNull(column),
      name: orNull(column),
      price: orNull(figures),
      price_after_vat: orNull(figures),
      quantity: orNull(column),
      total_price: orNull(figures),
      total_price_after_vat: orNull(figures),
      vat_amount: orNull(figures),
      vat_rate: orNull(figures),
    }),
  ),
  quote: orNull(named('QuoteRenderingSettings', { ...bankAccount, display_signature: orNull(Type.Boolean()) })),
}
const DocumentRenderingSettings_Output = named('DocumentRenderingSettings-Output', rendering)
const DocumentRenderingSettings_Input = closed('DocumentRenderingSettings-Input', rendering)
/** On a document itself the contract leaves the settings open. */
export const DocumentRenderingSettings = named('DocumentRenderingSettings', rendering)

// Numbers

const prefix = text(25)
const DocumentTypePrefix = named('DocumentTypePrefix', {
  credit_note: orNull(prefix),
  delivery_note: orNull(prefix),
  invoice: orNull(prefix),
  purchase_order: orNull(prefix),
  quote: orNull(prefix),
})
const documentIds = {
  document_type_prefix: orNull(DocumentTypePrefix),
  include_date: orNull(Type.Boolean()),
  min_digits: orNull(Type.Integer({ minimum: 1, maximum: 25 })),
  prefix: orNull(prefix),
  separator: orNull(word(['/', '-', '|', '.', ''], { $id: 'DocumentIDSeparators' })),
}
const nextNumber = opt(Type.Integer({ minimum: 1, maximum: 9223372036854776000 }))
const DocumentIDsSettingsNextNumber = closed('DocumentIDsSettingsNextNumber', {
  credit_note: nextNumber,
  delivery_note: nextNumber,
  invoice: nextNumber,
  purchase_order: nextNumber,
  quote: nextNumber,
})
export const NextDocumentNumbers = named('NextDocumentNumbers', {
  credit_note: Type.Integer(),
  delivery_note: Type.Integer(),
  invoice: Type.Integer(),
  purchase_order: Type.Integer(),
  quote: Type.Integer(),
})

// The whole

const OcrAutoTaggingSettingsRequest = named('OcrAutoTaggingSettingsRequest', {
  enabled: Type.Boolean(),
  keywords: Type.Array(Type.String(), { minItems: 1, maxItems: 50 }),
  tag_id: uuid,
})
/**
 * Beyond the contract: whom the buyer of an e-invoice may ask, the entity's number at GS1, its legal form and capital as the law wants
 * them printed, whether pages of invoices carry their data, and whether what was paid already may be credited, to be paid back then.
 */
const SellerContact = closed('SellerContact', {
  email: opt(Type.String({ format: 'email' })),
  name: opt(text(255)),
  phone: opt(text(50)),
})
/** Beyond the contract: how the tables of exports are written. */
const ExportTables = closed('ExportTables', {
  byte_order_mark: opt(Type.Boolean()),
  decimal_comma: opt(Type.Boolean()),
  delimiter: opt(word([',', ';'])),
  format: opt(word(['csv', 'xlsx'])),
})
const gln = Type.String({ pattern: '^\\d{13}$' })

const settings = {
  accounting: orNull(AccountingSettings),
  allow_purchase_order_autolinking: orNull(Type.Boolean()),
  credit_paid_invoices: orNull(Type.Boolean()),
  einvoice_in_pdf: orNull(Type.Boolean()),
  export_tables: orNull(ExportTables),
  generate_paid_invoice_pdf: orNull(Type.Boolean()),
  gln: orNull(gln),
  language: orNull(Language),
  legal_form: orNull(text(255)),
  mail: orNull(named('EntityMailSettings', { reply_to: orNull(Type.Array(Type.String({ format: 'email' }))) })),
  payables_ocr_auto_tagging: orNull(Type.Array(OcrAutoTaggingSettingsRequest)),
  payables_skip_approval_flow: orNull(Type.Boolean()),
  payment_priority: orNull(PaymentPriorityEnum),
  quote_signature_required: orNull(Type.Boolean()),
  receivable_edit_flow: orNull(ReceivableEditFlow),
  seller_contact: orNull(SellerContact),
  reminder: orNull(named('RemindersSettings', { enabled: orNull(Type.Boolean()) })),
  vat_inclusive_discount_mode: orNull(VatModeEnum),
  vat_mode: orNull(VatModeEnum),
}
export const SettingsResponse = named('SettingsResponse', {
  ...settings,
  currency: orNull(CurrencySettings_Output),
  document_ids: orNull(named('DocumentIDsSettings', documentIds)),
  document_rendering: orNull(DocumentRenderingSettings_Output),
})
export const PatchSettingsPayload = closed('PatchSettingsPayload', {
  ...settings,
  currency: opt(CurrencySettings_Input),
  document_ids: opt(named('DocumentIDsSettingsRequest', { ...documentIds, next_number: opt(DocumentIDsSettingsNextNumber) })),
  document_rendering: opt(DocumentRenderingSettings_Input),
})
