import Type, { type Static } from 'typebox'
import {
  Country,
  Currency,
  closed,
  createdAt,
  day,
  instant,
  named,
  opt,
  orNull,
  pageOf,
  stamped,
  uuid,
  word,
} from '../../../platform/http/types.ts'

const OCRTaskStatus = word(['processing', 'success', 'error'], { $id: 'OCRTaskStatus' })
const OCRDocumentTypeEnum = word(['invoice', 'credit_note', 'receipt'], { $id: 'OCRDocumentTypeEnum' })
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
const OCRLineItem = closed('OCRLineItem', line)
const OCRReceiptLineItem = closed('OCRReceiptLineItem', { ...line, discount_amount: number })

const OCRAddressDetails = closed('OCRAddressDetails', {
  city: words,
  country: orNull(Country),
  postal_code: words,
  state: words,
  street_and_number: words,
})
const OCRBankDetails = closed('OCRBankDetails', { bank_account_number: words, iban: words, swift_bic: words })
export const OCRCounterpartDetails = closed('OCRCounterpartDetails', {
  address: OCRAddressDetails,
  bank_account: OCRBankDetails,
  email: words,
  name: words,
  tax_number: words,
  vat_number: words,
})
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
const OCRInvoice = closed('OCRInvoice', {
  ...shared,
  amount_paid: number,
  due_date: orNull(day),
  issue_date: orNull(day),
  line_items: orNull(Type.Array(OCRLineItem)),
  payment_terms: words,
  recipient: OCRCounterpartDetails,
  type: orNull(word(['invoice'], { default: 'invoice' })),
})
const OCRCreditNote = closed('OCRCreditNote', {
  ...shared,
  issue_date: orNull(day),
  line_items: Type.Array(OCRLineItem),
  original_invoice_number: words,
  recipient: OCRCounterpartDetails,
  type: orNull(word(['credit_note'], { default: 'credit_note' })),
})
const OCRReceipt = closed('OCRReceipt', {
  ...shared,
  discount: number,
  issued_at: orNull(instant),
  line_items: Type.Array(OCRReceiptLineItem),
  tax_type: words,
  type: orNull(word(['receipt'], { default: 'receipt' })),
})
export type Recognized = Static<typeof OCRInvoice> | Static<typeof OCRCreditNote> | Static<typeof OCRReceipt>

export const OcrTaskResponseSchema = named('OcrTaskResponseSchema', {
  ...stamped,
  document_type: orNull(OCRDocumentTypeEnum),
  recognized_data: orNull(Type.Union([OCRInvoice, OCRCreditNote, OCRReceipt])),
  status: OCRTaskStatus,
})
export const OCRTasksPaginationResponse = pageOf(OcrTaskResponseSchema, 'OCRTasksPaginationResponse')

export const CreateOCRRequestPayload = closed('CreateOCRRequestPayload', {
  document_type: opt(OCRDocumentTypeEnum),
  file_url: Type.String(),
})
export const OCRFileUpload = named('OCRFileUpload', { file: Type.String({ format: 'binary' }) })
export const uploadQuery = Type.Object({ document_type: Type.Optional(OCRDocumentTypeEnum) })

export const ocrTaskFilters = {
  ...createdAt,
  status: OCRTaskStatus,
  document_type: OCRDocumentTypeEnum,
  id__in: Type.Array(uuid),
}
