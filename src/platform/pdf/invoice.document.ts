import type { Minor } from '../../core/money.ts'
import type { SwissBill } from '../../core/swiss-qr.ts'
import type { Discount, TaxComponent } from '../../core/totals.ts'
import type { Goods, PostalAddress, PrintedDocument } from './printed.ts'

/**
 * One position. Prices may hold fractions of a minor unit, totals not; `vat_rate` is in hundredths of a percent, null where no
 * tax applies. `vat_amount` is its part of the tax that the document adds up to; without it, the difference of the totals.
 */
export interface DocumentLine extends Goods {
  readonly price: number
  readonly price_after_vat: number
  readonly discount?: Discount | null
  readonly vat_rate?: number | null
  readonly vat_amount?: Minor | null
  readonly total_before_vat: Minor
  readonly total_after_vat: Minor
}

/** One tax of the document: what it is called (else: VAT), its rate in hundredths of a percent, what it is taken of, and how much. */
export interface DocumentVat {
  readonly name?: string | null
  readonly value: number
  readonly taxable_amount: Minor
  readonly amount: Minor
  readonly components?: readonly (TaxComponent & { readonly amount: Minor })[] | null
}

/**
 * How a column is shown: whether at all, under which heading, with how many decimals. Two of them say nothing, since that is what settings
 * begin with: money then has those of its currency, and a rate those it needs. More are shown as asked, but for currencies that have none.
 */
interface ColumnRendering {
  readonly display?: boolean | null
  readonly label?: string | null
  readonly precision?: number | null
}

/** The columns of the line table, in the order they are printed. */
export const columnNames = [
  'name',
  'quantity',
  'measure_unit',
  'price',
  'price_after_vat',
  'discount',
  'vat_rate',
  'vat_amount',
  'total_price',
  'total_price_after_vat',
] as const
export type ColumnName = (typeof columnNames)[number]

/**
 * What the entity chose to show. A column without a word from the entity is shown where it helps: net prices and totals when
 * prices are without VAT, gross ones when they contain it, never the VAT amount. Discounts, units and rates that no line has are
 * left out whatever the switch says.
 */
export interface Rendering {
  readonly display_line_items?: boolean | null
  readonly line_items?: { readonly [Name in ColumnName]?: ColumnRendering | null } | null
}

export interface BankAccount {
  readonly account_holder_name?: string | null
  readonly bank_name?: string | null
  readonly iban?: string | null
  readonly bic?: string | null
  readonly account_number?: string | null
  readonly sort_code?: string | null
  readonly routing_number?: string | null
}

/** A tier of the payment terms: `discount` (hundredths of a percent) for paying until `date`, which then costs `amount`. */
interface EarlyPayment {
  readonly date: string
  readonly discount: number
  readonly amount?: Minor | null
}

/** A quote's signature: an empty line to sign on, or what the customer signed. The image is a PNG or JPEG. */
export interface Signature {
  readonly name?: string | null
  readonly date?: string | null
  readonly image?: Uint8Array | null
}

/** The looks of a document: each is a template in `templates/pdf/invoice` that prints the same facts in its own way. */
export const designs = ['classic', 'modern', 'compact'] as const
export type Design = (typeof designs)[number]
export const defaultDesign: Design = 'classic'

/**
 * Everything an invoice, a quote or a credit note shows, as plain values: amounts in minor units, ISO dates. Whoever fills it
 * decides what appears; absent and null mean that it doesn't.
 */
export interface InvoiceDocument extends PrintedDocument {
  readonly type: 'invoice' | 'quote' | 'credit_note'
  /** How it looks; the classic letter if nothing is said. */
  readonly design?: Design | null
  readonly currency: string
  /** How many decimals the currency has. */
  readonly minor_units: number
  /** Marks every page as a draft. */
  readonly draft?: boolean | null
  readonly delivery_address?: PostalAddress | null

  readonly issue_date?: string | null
  readonly due_date?: string | null
  readonly expiry_date?: string | null
  readonly fulfillment_date?: string | null
  readonly purchase_order?: string | null
  readonly project?: string | null
  readonly customer_reference?: string | null
  /** The number of the invoice that a credit note corrects, or of the quote that became this invoice. */
  readonly based_on?: string | null
  /** The day of the invoice that a credit note corrects. */
  readonly based_on_date?: string | null

  readonly memo?: string | null
  readonly footer?: string | null
  readonly commercial_conditions?: string | null

  readonly vat_mode: 'exclusive' | 'inclusive'
  readonly lines: readonly DocumentLine[]
  readonly rendering?: Rendering | null

  readonly subtotal: Minor
  readonly subtotal_after_vat: Minor
  readonly discount?: (Discount & { readonly value: Minor }) | null
  readonly discounted_subtotal: Minor
  readonly vat: readonly DocumentVat[]
  readonly withholding?: { readonly rate?: number | null; readonly amount: Minor } | null
  readonly deductions?:
    | readonly { readonly title?: string | null; readonly memo?: string | null; readonly amount: Minor }[]
    | null
  readonly total: Minor
  readonly paid?: Minor | null
  readonly credited?: Minor | null
  readonly amount_due?: Minor | null

  readonly payment_terms?: string | null
  readonly early_payment?: readonly EarlyPayment[] | null
  readonly bank_account?: BankAccount | null
  /** What the customer should write on the transfer; the document's number if nothing else is said. */
  readonly payment_reference?: string | null
  /** A code for the customer's banking app: `qrSvg(epcPayload(…))`. */
  readonly qr?: { readonly svg: string; readonly caption?: string | null } | null
  /** The payment part for a customer in Switzerland: a page of its own. */
  readonly swiss_bill?: SwissBill | null
  /** Where to pay online: printed as a link and as a QR code. */
  readonly payment_page_url?: string | null

  readonly vat_exempt?: boolean | null
  readonly vat_exemption_rationale?: string | null
  readonly reverse_charge?: boolean | null
  /** Sentences that the law of the seller's country wants. */
  readonly legal_notes?: readonly string[] | null
  readonly signature?: Signature | null
  /** The same invoice as data (CII), to be carried by the file: a Factur-X. */
  readonly einvoice?: string | null
}
