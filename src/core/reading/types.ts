/** What is read from a bill, before it becomes one. Amounts in major units as printed, days as YYYY-MM-DD. */

export interface ReadAddress {
  readonly line1: string | null
  readonly line2: string | null
  readonly city: string | null
  readonly postal_code: string | null
  readonly state: string | null
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null
}

export interface ReadParty {
  readonly name: string | null
  readonly email: string | null
  readonly phone: string | null
  readonly tax_id: string | null
  readonly vat_id: string | null
  readonly address: ReadAddress | null
  readonly iban: string | null
  readonly bic: string | null
  readonly account_number: string | null
  readonly sort_code: string | null
  readonly routing_number: string | null
}

export interface ReadLine {
  readonly description: string | null
  readonly quantity: number | null
  readonly unit: string | null
  /** Net, for one unit. */
  readonly unit_price: number | null
  /** Net. */
  readonly total: number | null
  /** Percent. */
  readonly vat_rate: number | null
}

/** A charge (or, below zero, an allowance) on the document as a whole: net, with its rate in percent. */
export interface ReadCharge {
  readonly amount: number
  readonly vat_rate: number | null
}

export interface ReadBill {
  readonly type: 'invoice' | 'credit_note' | 'receipt'
  readonly document_id: string | null
  /** The invoice a credit note is about. */
  readonly original_document_id: string | null
  readonly issued_at: string | null
  readonly due_date: string | null
  readonly currency: string | null
  readonly total: number | null
  readonly subtotal: number | null
  readonly tax_amount: number | null
  /** Percent, where one rate is for all. */
  readonly tax_rate: number | null
  readonly discount: number | null
  readonly paid: number | null
  /** What is left to be paid, as stated; null where nothing is. */
  readonly due: number | null
  /** What the total is rounded by before it is paid, as stated. */
  readonly rounding?: number | null
  /** Charges and allowances of the whole document, which stand on no line. */
  readonly charges: readonly ReadCharge[]
  readonly payment_terms: string | null
  readonly purchase_order_number: string | null
  readonly seller: ReadParty
  readonly buyer: ReadParty
  readonly lines: readonly ReadLine[]
  /** 0 to 1 for each field that was found. */
  readonly confidence: Readonly<Record<string, number>>
  /** What does not add up, in words. */
  readonly doubts: readonly string[]
}

/** The company that received the bill: never its vendor. Numbers may be written with spaces and signs. */
export interface Own {
  readonly names: readonly string[]
  readonly vat_ids: readonly string[]
  /** Its other numbers: for taxes, of registers, such as SIREN, SIRET, KVK, NIF. */
  readonly ids: readonly string[]
  readonly ibans: readonly string[]
}
