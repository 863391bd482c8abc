import type { Minor } from '../money.ts'

/**
 * The semantic model of EN 16931, as far as our documents fill it. Numbers in comments are its own (BT: a term, BG: a group). Amounts are
 * minor units of the document's currency, days YYYY-MM-DD, rates hundredths of a percent; null and empty lists say that a thing is not there.
 */
export interface EInvoice {
  /** BT-1. */
  readonly number: string
  /** BT-2. */
  readonly issued: string
  /** BT-3: 380 is an invoice, 381 a credit note. */
  readonly type: '380' | '381'
  /** BT-5. */
  readonly currency: string
  /** Decimals of the currency. */
  readonly decimals: number
  /** BT-6 and BT-111: the VAT in the currency of the seller's books, in its minor units. `amount` is null where no rate is known. */
  readonly tax_currency: { readonly currency: string; readonly decimals: number; readonly amount: Minor | null } | null
  /** BT-9. */
  readonly due: string | null
  /** BT-10. */
  readonly buyer_reference: string | null
  /** BT-11. */
  readonly project: string | null
  /** BT-13. */
  readonly order: string | null
  /** BG-1: BT-21 (subject code, UNTDID 4451) and BT-22. */
  readonly notes: readonly Note[]
  /** BG-3: BT-25 and BT-26. */
  readonly preceding: { readonly number: string; readonly issued: string | null } | null
  /** BG-4. */
  readonly seller: Seller
  /** BG-7. */
  readonly buyer: Party
  /** BG-13: BT-72, BG-15. */
  readonly delivery: { readonly date: string | null; readonly address: PostalAddress | null }
  /** BG-16. */
  readonly payment: Payment | null
  /** BT-20. */
  readonly terms: string | null
  /** BG-20. */
  readonly allowances: readonly Allowance[]
  /** BG-23. */
  readonly taxes: readonly TaxBreakdown[]
  /** BG-22. */
  readonly totals: DocumentTotals
  /** BG-24. */
  readonly attachments: readonly Attachment[]
  /** BG-25. */
  readonly lines: readonly InvoiceLine[]
}

export interface Note {
  readonly code: string | null
  readonly text: string
}

export interface Identifier {
  readonly value: string
  /** A code of ISO 6523, or of the EAS list for addresses. */
  readonly scheme: string | null
}

export interface PostalAddress {
  readonly line1: string | null
  readonly line2: string | null
  readonly city: string | null
  readonly postal_code: string | null
  readonly state: string | null
  /** ISO 3166-1. */
  readonly country: string
}

export interface Party {
  /** BT-27, BT-44. */
  readonly name: string
  /** BT-29, BT-46. */
  readonly id: Identifier | null
  /** BT-30, BT-47. */
  readonly registration: Identifier | null
  /** BT-31, BT-48, with the prefix of the country. */
  readonly vat_id: string | null
  /** BT-34, BT-49. */
  readonly endpoint: Identifier | null
  readonly address: PostalAddress
  readonly contact: Contact | null
}

export interface Seller extends Party {
  /** BT-28. */
  readonly trade_name: string | null
  /** BT-32. */
  readonly tax_id: string | null
  /** BT-33. */
  readonly legal_form: string | null
}

interface Contact {
  readonly name: string | null
  readonly phone: string | null
  readonly email: string | null
}

export interface Payment {
  /** BT-81, UNTDID 4461. */
  readonly code: string
  /** BT-82. */
  readonly text: string | null
  /** BT-83. */
  readonly reference: string | null
  /** BG-17: BT-84 to BT-86. */
  readonly account: {
    readonly iban: string | null
    readonly number: string | null
    readonly holder: string | null
    readonly bic: string | null
  } | null
}

/** UNCL 5305. */
export type Category = 'S' | 'Z' | 'E' | 'AE' | 'K' | 'G' | 'O' | 'L' | 'M'

/** Something taken off: of the document for one tax (BG-20), or of a line (BG-27). */
export interface Allowance {
  readonly amount: Minor
  /** What the percentage is of. */
  readonly base: Minor | null
  readonly percentage: number | null
  readonly reason: string
  /** UNTDID 5189. */
  readonly reason_code: string
  readonly category: Category
  readonly rate: number
}

export interface TaxBreakdown {
  /** BT-118. */
  readonly category: Category
  /** BT-119. */
  readonly rate: number
  /** BT-116. */
  readonly taxable: Minor
  /** BT-117. */
  readonly amount: Minor
  /** BT-120. */
  readonly reason: string | null
  /** BT-121, the VATEX list. */
  readonly reason_code: string | null
}

interface DocumentTotals {
  /** BT-106. */
  readonly lines: Minor
  /** BT-107. */
  readonly allowances: Minor
  /** BT-109. */
  readonly net: Minor
  /** BT-110. */
  readonly tax: Minor
  /** BT-112. */
  readonly gross: Minor
  /** BT-113. */
  readonly prepaid: Minor
  /** BT-115. */
  readonly payable: Minor
}

export interface InvoiceLine {
  /** BT-126. */
  readonly id: string
  /** BT-129, as decimal text. */
  readonly quantity: string
  /** BT-130, of UN/ECE recommendation 20. */
  readonly unit: string
  /** BT-131. */
  readonly net: Minor
  /** BT-146 in major units, as decimal text: it may need more places than money has. */
  readonly price: string
  /** BT-149 where it isn't one. */
  readonly base_quantity: string | null
  readonly allowance: Omit<Allowance, 'category' | 'rate'> | null
  /** BT-153. */
  readonly name: string
  /** BT-154. */
  readonly description: string | null
  /** BT-155. */
  readonly seller_item: string | null
  /** BT-151. */
  readonly category: Category
  /** BT-152. */
  readonly rate: number
}

export interface Attachment {
  /** BT-122. */
  readonly id: string
  /** BT-123. */
  readonly description: string | null
  /** BT-125. */
  readonly name: string
  readonly mimetype: string
  readonly base64: string
}

/** Rules that a document is written by: the standard alone, Peppol BIS Billing 3, or XRechnung 3. */
export type Profile = 'en16931' | 'peppol' | 'xrechnung'

/** What is wrong with a document, or strange: an official rule by its number where there is one, and the field of the request that mends it. */
export interface Finding {
  readonly rule: string
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly field: string | null
}
