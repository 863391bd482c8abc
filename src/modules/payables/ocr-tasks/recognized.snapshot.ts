import { countries } from '../../../core/countries.data.ts'
import { isCurrency } from '../../../core/currencies.ts'
import type { ReadBill, ReadLine, ReadParty } from '../../../core/reading/types.ts'
import type { DocumentType, OCRCounterpartDetails, Recognized } from './ocr-tasks.schema.ts'

/** What was read, as tasks show it: amounts in major units and rates in percent, as printed. Pure. */

function partyOf({ address, ...party }: ReadParty): OCRCounterpartDetails {
  const street = [address?.line1, address?.line2].filter(Boolean).join(', ')
  return {
    name: party.name,
    email: party.email,
    tax_number: party.tax_id,
    vat_number: party.vat_id,
    address: {
      street_and_number: street || null,
      city: address?.city ?? null,
      postal_code: address?.postal_code ?? null,
      state: address?.state ?? null,
      country: countries.find((code) => code === address?.country) ?? null,
    },
    bank_account: { iban: party.iban, swift_bic: party.bic, bank_account_number: party.account_number },
  }
}

/** Whether two printed amounts differ by rounding only. */
const near = (a: number, b: number | null) => b !== null && Math.abs(a - b) < 0.02

/** The lines. Their amounts are with tax when they come to the total and not to the net amount; otherwise they are net. */
function linesOf({ lines, total, subtotal }: ReadBill) {
  const sum = lines.reduce((all, line) => all + (line.total ?? 0), 0)
  const withTax = near(sum, total) && !near(sum, subtotal)
  return lines.map((line: ReadLine) => ({
    name: line.description,
    description: line.description,
    line_reference: null,
    quantity: line.quantity,
    unit: line.unit,
    unit_price: line.unit_price,
    tax_rate: line.vat_rate,
    tax_amount: null,
    subtotal: withTax ? null : line.total,
    total_amount: withTax ? line.total : null,
  }))
}

/** A document as one of this type; its own type unless the caller knows better. */
export function recognizedFrom(bill: ReadBill, type: DocumentType = bill.type): Recognized {
  const shared = {
    document_number: bill.document_id,
    currency: bill.currency && isCurrency(bill.currency) ? bill.currency : null,
    sender: partyOf(bill.seller),
    subtotal: bill.subtotal,
    tax_amount: bill.tax_amount,
    tax_rate: bill.tax_rate,
    total_amount: bill.total,
  }
  const line_items = linesOf(bill)
  if (type === 'receipt')
    return {
      ...shared,
      type,
      tax_type: null,
      discount: bill.discount,
      issued_at: bill.issued_at && `${bill.issued_at}T00:00:00+00:00`,
      line_items: line_items.map((line) => ({ ...line, discount_amount: null })),
    }
  const letter = { ...shared, line_items, issue_date: bill.issued_at, recipient: partyOf(bill.buyer) }
  if (type === 'credit_note') return { ...letter, type, original_invoice_number: bill.original_document_id }
  return { ...letter, type, due_date: bill.due_date, payment_terms: bill.payment_terms, amount_paid: bill.paid }
}
