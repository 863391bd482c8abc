import Type, { type Static } from 'typebox'
import {
  Country,
  Currency,
  createdAt,
  day,
  instant,
  opt,
  orNull,
  pageOf,
  stamped,
  strict,
  uuid,
  word,
} from '../../../platform/http/types.ts'

export const OCRTaskStatus = word(['processing', 'success', 'error'], { $id: 'OCRTaskStatus' })
export const OCRDocumentTypeEnum = word(['invoice', 'credit_note', 'receipt'], { $id: 'OCRDocumentTypeEnum' })
export type DocumentType = Static<typeof OCRDocumentTypeEnum>

const words = orNull(Type.String())
const number = orNull(Type.Number())

const line = {
  description: words,
  line_reference: words,
  name: words,
  quantity: number,
  subtotal: number,
  tax_amount: number,
  tax_rate: number,
  total_amount: number,
  unit: words,
  unit_price: number,
}
export const OCRLineItem = Type.Object(line, { $id: 'OCRLineItem', ...strict })
export const OCRReceiptLineItem = Type.Object({ ...line, discount_amount: number }, { $id: 'OCRReceiptLineItem', ...strict })

export const OCRAddressDetails = Type.Object(
  { city: words, country: orNull(Country), postal_code: words, state: words, street_and_number: words },
  { $id: 'OCRAddressDetails', ...strict },
)
export const OCRBankDetails = Type.Object(
  { bank_account_number: words, iban: words, swift_bic: words },
  { $id: 'OCRBankDetails', ...strict },
)
export const OCRCounterpartDetails = Type.Object(
  {
    address: OCRAddressDetails,
    bank_account: OCRBankDetails,
    email: words,
    name: words,
    tax_number: words,
    vat_number: words,
  },
  { $id: 'OCRCounterpartDetails', ...strict },
)
export type OCRCounterpartDetails = Static<typeof OCRCounterpartDetails>

const shared = {
  currency: orNull(Currency),
  document_number: words,
  sender: OCRCounterpartDetails,
  subtotal: number,
  tax_amount: number,
  tax_rate: number,
  total_amount: number,
}
export const OCRInvoice = Type.Object(
  {
    ...shared,
    amount_paid: number,
    due_date: orNull(day),
    issue_date: orNull(day),
    line_items: orNull(Type.Array(OCRLineItem)),
    payment_terms: words,
    recipient: OCRCounterpartDetails,
    type: orNull(word(['invoice'], { default: 'invoice' })),
  },
  { $id: 'OCRInvoice', ...strict },
)
export const OCRCreditNote = Type.Object(
  {
    ...shared,
    issue_date: orNull(day),
    line_items: Type.Array(OCRLineItem),
    original_invoice_number: words,
    recipient: OCRCounterpartDetails,
    type: orNull(word(['credit_note'], { default: 'credit_note' })),
  },
  { $id: 'OCRCreditNote', ...strict },
)
export const OCRReceipt = Type.Object(
  {
    ...shared,
    discount: number,
    issued_at: orNull(instant),
    line_items: Type.Array(OCRReceiptLineItem),
    tax_type: words,
    type: orNull(word(['receipt'], { default: 'receipt' })),
  },
  { $id: 'OCRReceipt', ...strict },
)
export type Recognized = Static<typeof OCRInvoice> | Static<typeof OCRCreditNote> | Static<typeof OCRReceipt>

export const OcrTaskResponseSchema = Type.Object(
  {
    ...stamped,
    document_type: orNull(OCRDocumentTypeEnum),
    recognized_data: orNull(Type.Union([OCRInvoice, OCRCreditNote, OCRReceipt])),
    status: OCRTaskStatus,
  },
  { $id: 'OcrTaskResponseSchema' },
)
export const OCRTasksPaginationResponse = pageOf(OcrTaskResponseSchema, 'OCRTasksPaginationResponse')

export const CreateOCRRequestPayload = Type.Object(
  { document_type: opt(OCRDocumentTypeEnum), file_url: Type.String() },
  { $id: 'CreateOCRRequestPayload', ...strict },
)
export const OCRFileUpload = Type.Object({ file: Type.String({ format: 'binary' }) }, { $id: 'OCRFileUpload' })
export const uploadQuery = Type.Object({ document_type: Type.Optional(OCRDocumentTypeEnum) })

export const ocrTaskFilters = {
  ...createdAt,
  status: OCRTaskStatus,
  document_type: OCRDocumentTypeEnum,
  id__in: Type.Array(uuid),
}
