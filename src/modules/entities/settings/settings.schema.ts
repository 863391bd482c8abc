import Type from 'typebox'
import { Language, opt, orNull, strict, text, uuid, word } from '../../../platform/http/types.ts'
import { CurrencySettings_Input, CurrencySettings_Output } from '../../partner/partner-settings/partner-settings.schema.ts'

export const VatModeEnum = word(['exclusive', 'inclusive'], { $id: 'VatModeEnum' })
export const ReceivableEditFlow = word(['compliant', 'partially_compliant', 'non_compliant'], { $id: 'ReceivableEditFlow' })
const PaymentPriorityEnum = word(['working_capital', 'balanced', 'bottom_line'], { $id: 'PaymentPriorityEnum' })

const AccountingSettings = Type.Object(
  {
    ledger_account_ids: orNull(
      Type.Object({ payments: orNull(uuid), products: orNull(uuid) }, { $id: 'DefaultLedgerAccountIDs' }),
    ),
    tax_ids: orNull(Type.Object({ deductions: orNull(uuid) }, { $id: 'DefaultAccountingTaxIDs' })),
  },
  { $id: 'AccountingSettings' },
)

// What is drawn on a document

const bankAccount = { display_entity_bank_account: orNull(Type.Boolean()) }
const column = Type.Object({ display: orNull(Type.Boolean()), label: orNull(text(32)) }, { $id: 'LineItemColumnSettings' })
const figures = Type.Object(
  { display: orNull(Type.Boolean()), label: orNull(text(32)), precision: orNull(Type.Integer({ minimum: 2, maximum: 4 })) },
  { $id: 'LineItemNumericColumnSettings' },
)
const rendering = {
  credit_note: orNull(Type.Object(bankAccount, { $id: 'CreditNoteRenderingSettings' })),
  display_entity_bank_account: orNull(Type.Boolean()),
  display_line_items: orNull(Type.Boolean()),
  invoice: orNull(Type.Object(bankAccount, { $id: 'InvoiceRenderingSettings' })),
  line_items: orNull(
    Type.Object(
      {
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
      },
      { $id: 'LineItemsRenderingSettings' },
    ),
  ),
  quote: orNull(Type.Object({ ...bankAccount, display_signature: orNull(Type.Boolean()) }, { $id: 'QuoteRenderingSettings' })),
}
export const DocumentRenderingSettings_Output = Type.Object(rendering, { $id: 'DocumentRenderingSettings-Output' })
export const DocumentRenderingSettings_Input = Type.Object(rendering, { $id: 'DocumentRenderingSettings-Input', ...strict })
/** On a document itself the contract leaves the settings open. */
export const DocumentRenderingSettings = Type.Object(rendering, { $id: 'DocumentRenderingSettings' })

// Numbers

const prefix = text(25)
const DocumentTypePrefix = Type.Object(
  {
    credit_note: orNull(prefix),
    delivery_note: orNull(prefix),
    invoice: orNull(prefix),
    purchase_order: orNull(prefix),
    quote: orNull(prefix),
  },
  { $id: 'DocumentTypePrefix' },
)
const documentIds = {
  document_type_prefix: orNull(DocumentTypePrefix),
  include_date: orNull(Type.Boolean()),
  min_digits: orNull(Type.Integer({ minimum: 1, maximum: 25 })),
  prefix: orNull(prefix),
  separator: orNull(word(['/', '-', '|', '.', ''], { $id: 'DocumentIDSeparators' })),
}
const nextNumber = opt(Type.Integer({ minimum: 1, maximum: 9223372036854776000 }))
const DocumentIDsSettingsNextNumber = Type.Object(
  { credit_note: nextNumber, delivery_note: nextNumber, invoice: nextNumber, purchase_order: nextNumber, quote: nextNumber },
  { $id: 'DocumentIDsSettingsNextNumber', ...strict },
)
export const NextDocumentNumbers = Type.Object(
  {
    credit_note: Type.Integer(),
    delivery_note: Type.Integer(),
    invoice: Type.Integer(),
    purchase_order: Type.Integer(),
    quote: Type.Integer(),
  },
  { $id: 'NextDocumentNumbers' },
)

// The whole

const OcrAutoTaggingSettingsRequest = Type.Object(
  { enabled: Type.Boolean(), keywords: Type.Array(Type.String(), { minItems: 1, maxItems: 50 }), tag_id: uuid },
  { $id: 'OcrAutoTaggingSettingsRequest' },
)
/**
 * Beyond the contract: whom the buyer of an e-invoice may ask, the entity's number at GS1, its legal form and capital as the law wants
 * them printed, whether pages of invoices carry their data, and whether what was paid already may be credited, to be paid back then.
 */
const SellerContact = Type.Object(
  { email: opt(Type.String({ format: 'email' })), name: opt(text(255)), phone: opt(text(50)) },
  { $id: 'SellerContact', ...strict },
)
/** Beyond the contract: how the tables of exports are written. */
const ExportTables = Type.Object(
  {
    byte_order_mark: opt(Type.Boolean()),
    decimal_comma: opt(Type.Boolean()),
    delimiter: opt(word([',', ';'])),
    format: opt(word(['csv', 'xlsx'])),
  },
  { $id: 'ExportTables', ...strict },
)
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
  mail: orNull(Type.Object({ reply_to: orNull(Type.Array(Type.String({ format: 'email' }))) }, { $id: 'EntityMailSettings' })),
  payables_ocr_auto_tagging: orNull(Type.Array(OcrAutoTaggingSettingsRequest)),
  payables_skip_approval_flow: orNull(Type.Boolean()),
  payment_priority: orNull(PaymentPriorityEnum),
  quote_signature_required: orNull(Type.Boolean()),
  receivable_edit_flow: orNull(ReceivableEditFlow),
  seller_contact: orNull(SellerContact),
  reminder: orNull(Type.Object({ enabled: orNull(Type.Boolean()) }, { $id: 'RemindersSettings' })),
  vat_inclusive_discount_mode: orNull(VatModeEnum),
  vat_mode: orNull(VatModeEnum),
}
export const SettingsResponse = Type.Object(
  {
    ...settings,
    currency: orNull(CurrencySettings_Output),
    document_ids: orNull(Type.Object(documentIds, { $id: 'DocumentIDsSettings' })),
    document_rendering: orNull(DocumentRenderingSettings_Output),
  },
  { $id: 'SettingsResponse' },
)
export const PatchSettingsPayload = Type.Object(
  {
    ...settings,
    currency: opt(CurrencySettings_Input),
    document_ids: opt(
      Type.Object({ ...documentIds, next_number: opt(DocumentIDsSettingsNextNumber) }, { $id: 'DocumentIDsSettingsRequest' }),
    ),
    document_rendering: opt(DocumentRenderingSettings_Input),
  },
  { $id: 'PatchSettingsPayload', ...strict },
)
