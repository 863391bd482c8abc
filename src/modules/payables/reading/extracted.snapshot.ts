import { type LineSums, lineSums, type StatedSums, withTax } from '../../../core/bills.ts'
import { countries } from '../../../core/countries.data.ts'
import { currencies, isCurrency } from '../../../core/currencies.ts'
import { type ReadTerms, readTerms } from '../../../core/reading/terms.ts'
import type { ReadBill, ReadLine } from '../../../core/reading/types.ts'
import { isEmail } from '../../../platform/http/validation.ts'
import type { PayableRow } from '../payables.present.ts'
import type { OcrData, RawCounterpart } from '../payables.schema.ts'

/** From what was read to what a bill holds. Pure. */

/** What was read, as the API shows it. Amounts in major units as printed. */
export type Extracted = OcrData

const joined = (parts: readonly (string | null | undefined)[]) => parts.filter(Boolean).join(', ') || null

export function extractedFrom(bill: ReadBill): Extracted {
  const { seller } = bill
  const address = seller.address
  return {
    type: 'invoice',
    document_id: bill.document_id,
    document_issued_at_date: bill.issued_at,
    document_due_date: bill.due_date,
    currency: bill.currency,
    total_raw: bill.total,
    total_excl_vat_raw: bill.subtotal,
    total_vat_amount_raw: bill.tax_amount,
    total_vat_rate_raw: bill.tax_rate,
    total_paid_amount_raw: bill.paid,
    discount_raw: bill.discount,
    payment_terms_raw: bill.payment_terms ? [bill.payment_terms] : [],
    purchase_order_number: bill.purchase_order_number,
    counterpart_name: seller.name,
    counterpart_email: seller.email,
    counterpart_vat_id: seller.vat_id,
    tax_payer_id: seller.tax_id,
    counterpart_account_id: seller.iban,
    counterpart_account_number: seller.account_number,
    counterpart_branch_number: seller.sort_code,
    counterpart_routing_number: seller.routing_number,
    counterpart_address:
      address && joined([address.line1, address.line2, joined([address.postal_code, address.city]), address.country]),
    counterpart_address_object: address && { ...address, original_country_name: address.country },
    recipient_name: bill.buyer.name,
    recipient_vat_id: bill.buyer.vat_id,
    line_items_raw: bill.lines.map((line) => rawLine(line, bill)),
    confidence: { ...bill.confidence },
    warnings: [...bill.doubts],
  }
}

function rawLine(line: ReadLine, bill: ReadBill) {
  const vat_percentage = line.vat_rate ?? bill.tax_rate
  return {
    description: line.description,
    quantity: line.quantity,
    unit: line.unit,
    unit_price: line.unit_price,
    total_excl_vat: line.total,
    total_incl_vat: null,
    vat_amount: null,
    vat_percentage,
    line_item_ocr_id: null,
    item_adjusted: false,
  }
}

const country = (code: string | null | undefined) => (countries as readonly string[]).find((one) => one === code) ?? null

/** The vendor as the bill names it. */
function counterpartFrom({ seller }: ReadBill): RawCounterpart | null {
  const { address } = seller
  const hasAccount = seller.iban || seller.account_number || seller.routing_number
  const raw = {
    name: seller.name,
    email: seller.email && isEmail(seller.email) ? seller.email : null,
    phone: seller.phone,
    tax_id: seller.tax_id,
    vat_id: seller.vat_id ? { value: seller.vat_id, country: country(vatCountry(seller.vat_id)), type: null } : null,
    address: address && {
      line1: address.line1,
      line2: address.line2,
      city: address.city,
      postal_code: address.postal_code,
      state: address.state,
      country: country(address.country) ?? country(vatCountry(seller.vat_id)) ?? country(seller.iban?.slice(0, 2)),
    },
    bank_account: hasAccount
      ? {
          iban: seller.iban,
          bic: seller.bic,
          account_number: seller.account_number,
          sort_code: seller.sort_code,
          routing_number: seller.routing_number,
          account_holder_name: null,
        }
      : null,
  }
  return Object.values(raw).some((value) => value !== null) ? (raw as RawCounterpart) : null
}

const vatCountry = (id: string | null) =>
  id?.startsWith('EL') ? 'GR' : id?.startsWith('CHE') ? 'CH' : (id?.match(/^[A-Z]{2}/)?.[0] ?? null)

/** Major units to minor ones; null where the currency is unknown, as nobody could say how many decimals it has. */
export function minor(value: number | null, currency: string | null): number | null {
  if (value === null || !currency || !isCurrency(currency)) return null
  const scaled = Math.round(shifted(value, currencies[currency].minor_units))
  return Number.isSafeInteger(scaled) ? scaled : null
}
/** A number with its point moved to the right, in decimal: 1.005 is 100.5 hundredths, not a little less. */
const shifted = (value: number, places: number) => Number(`${value}e${places}`) || value * 10 ** places
const basisPoints = (percent: number | null) =>
  percent === null ? null : Math.min(10_000, Math.max(0, Math.round(percent * 100)))

/** Terms as bills hold them, from what the words state; null where they state no days. */
export function termsFrom(text: string | null, { days, early }: ReadTerms): PayableRow['payment_terms'] {
  if (days === null) return null
  const [first, second] = early.map(({ days, discount }) => ({ number_of_days: days, discount }))
  const name = text!.slice(0, 255)
  return { name, term_1: first ?? null, term_2: second ?? null, term_final: { number_of_days: days } }
}

/** The fields of a bill that the reading fills. */
export function fieldsFrom(bill: ReadBill): Partial<PayableRow> {
  const { currency } = bill
  const said = readTerms(bill.payment_terms)
  const due_date = bill.due_date ?? said.due_date
  const terms = termsFrom(bill.payment_terms, said)
  return {
    document_id: bill.document_id?.slice(0, 255) ?? null,
    issued_at: bill.issued_at,
    due_date,
    currency: currency && isCurrency(currency) ? currency : null,
    discount: minor(bill.discount, currency),
    // A day that is stated is the last one; terms stand beside it only for their discounts.
    payment_terms: due_date && !terms?.term_1 ? null : terms,
    counterpart_raw_data: counterpartFrom(bill),
    ...sumsFrom(bill),
  }
}

/** The sums as they are printed: what a bill without lines comes to. */
function sumsFrom({
  total,
  subtotal,
  tax_amount,
  tax_rate,
  currency,
}: Pick<ReadBill, 'total' | 'subtotal' | 'tax_amount' | 'tax_rate' | 'currency'>) {
  return {
    total_amount: minor(total, currency),
    subtotal: minor(subtotal, currency),
    tax_amount: minor(tax_amount, currency),
    tax: basisPoints(tax_rate),
  }
}

/** What a bill without lines comes to, from what was read of it. */
export const printedSums = (data: Extracted) =>
  sumsFrom({
    total: data.total_raw ?? null,
    subtotal: data.total_excl_vat_raw ?? null,
    tax_amount: data.total_vat_amount_raw ?? null,
    tax_rate: data.total_vat_rate_raw ?? null,
    currency: data.currency ?? null,
  })

export const paidFrom = ({ paid, currency }: Pick<ReadBill, 'paid' | 'currency'>) => Math.max(0, minor(paid, currency) ?? 0)

/** What the document says it comes to; null when it says no total. */
export function statedFrom(bill: ReadBill): StatedSums | null {
  const { total_amount, subtotal, tax_amount } = sumsFrom(bill)
  if (total_amount === null) return null
  const charges = bill.charges.map(({ amount, vat_rate }) => ({
    amount: minor(amount, bill.currency) ?? 0,
    tax: basisPoints(vat_rate),
  }))
  const discount = minor(bill.discount, bill.currency)
  const [due, paid] = [minor(bill.due, bill.currency), paidFrom(bill)]
  return { subtotal, tax_amount, total_amount, due, paid, charges, ...(discount && { discount }) }
}

/** What the document adds to its total before it is paid, or takes off: rounding, or a prepayment below zero (EN 16931, BR-CO-16). */
export const adjustmentIn = ({ rounding, paid, currency }: Pick<ReadBill, 'rounding' | 'paid' | 'currency'>): number =>
  (minor(rounding ?? null, currency) ?? 0) - Math.min(0, minor(paid, currency) ?? 0)

export interface LineFields extends LineSums {
  readonly name: string | null
  readonly quantity: number | null
  readonly unit: string | null
  /** Minor units. */
  readonly unit_price: number | null
  /** The same with all its decimals, where it has some. */
  readonly unit_price_exact: number | null
  /** Basis points. */
  readonly tax: number | null
  readonly ocr_set_quantity_to_one: boolean
}

/** Whether a price gives a total, in minor units, when it is rounded once. */
const gives = (unit_price: number, quantity: number | null, total: number | null) =>
  total !== null && lineSums({ unit_price, quantity, tax: null }).subtotal === total

/**
 * The lines of a bill in minor units. Those of an electronic invoice are kept as they are stated. So is a printed one whose price, with
 * all its decimals, gives its printed total; another becomes one piece at that total. Lines printed with their tax (their sum is the total, not the net amount)
 * are taken apart by their rate.
 */
export function linesFrom(bill: ReadBill, { exact = false } = {}): LineFields[] {
  const { currency } = bill
  const sum = bill.lines.reduce((all, { total }) => all + (total ?? 0), 0)
  const gross =
    !exact &&
    bill.total !== null &&
    bill.subtotal !== null &&
    Math.abs(sum - bill.total) < 0.02 &&
    Math.abs(sum - bill.subtotal) > 0.05
  return bill.lines.map((line) => {
    const rate = line.vat_rate ?? (exact ? null : bill.tax_rate)
    const net = (value: number | null) => (value === null || !gross || rate === null ? value : value / (1 + rate / 100))
    const tax = basisPoints(rate)
    const [price, total] = [minor(net(line.unit_price), currency), minor(net(line.total), currency)]
    const base = { name: line.description?.slice(0, 255) ?? null, unit: line.unit?.slice(0, 255) ?? null, tax }
    const priced = net(line.unit_price)
    const precise =
      priced === null || !currency || !isCurrency(currency)
        ? null
        : Math.round(shifted(priced, currencies[currency].minor_units + 6)) / 1e6
    // What was rounded with its tax in it may be a unit off without.
    const shared = gross && total !== null && line.quantity ? Math.round((total / line.quantity) * 1e6) / 1e6 : null
    const whole =
      shared !== null && precise !== null && Math.abs(shared - precise) * Math.abs(line.quantity ?? 0) <= 1.5 ? shared : precise
    const isExact = whole !== null && whole !== price && (exact || gives(whole, line.quantity, total))
    const unit_price_exact = isExact ? whole : null
    const quantity = line.quantity
    const computed = lineSums({ unit_price: unit_price_exact ?? price, quantity, tax })
    const fits = price !== null && quantity !== null && (total === null || computed.subtotal === total)
    if (exact) {
      const sums = total === null ? computed : withTax(total, tax)
      return { ...base, quantity, unit_price: price, unit_price_exact, ocr_set_quantity_to_one: false, ...sums }
    }
    if (fits || total === null)
      return { ...base, quantity, unit_price: price, unit_price_exact, ocr_set_quantity_to_one: false, ...computed }
    const one = { quantity: 1, unit_price: total, unit_price_exact: null, ocr_set_quantity_to_one: true }
    return { ...base, ...one, ...withTax(total, tax) }
  })
}
