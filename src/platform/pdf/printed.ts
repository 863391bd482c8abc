/** A postal address. `country` is an ISO 3166 code, or IC and EA for the Spanish territories outside the VAT area. */
export interface PostalAddress {
  readonly line1?: string | null
  readonly line2?: string | null
  readonly postal_code?: string | null
  readonly city?: string | null
  readonly state?: string | null
  readonly country: string
}

/** Who issues the document. The head shows the trade name if there is one, the foot the legal name. */
interface Sender {
  readonly name: string
  readonly trade_name?: string | null
  readonly address?: PostalAddress | null
  readonly vat_id?: string | null
  readonly tax_id?: string | null
  readonly registration_number?: string | null
  readonly registration_authority?: string | null
  /** Legal form and capital, as the law wants them printed. */
  readonly legal_form?: string | null
  readonly email?: string | null
  readonly phone?: string | null
  readonly website?: string | null
}

/** Who receives it. */
interface Recipient {
  readonly name: string
  readonly contact_name?: string | null
  readonly address?: PostalAddress | null
  readonly vat_id?: string | null
  readonly tax_id?: string | null
}

/** What a line is about: of what, and how much. */
export interface Goods {
  readonly name: string
  readonly description?: string | null
  readonly quantity: number
  readonly measure_unit?: string | null
}

/** What every document has, whatever it is about. */
export interface PrintedDocument {
  readonly type: 'invoice' | 'quote' | 'credit_note' | 'delivery_note' | 'purchase_order'
  /** The language asked for; English is used instead of one we have no labels in (see `documentLanguage`). */
  readonly language: string
  /** The entity's country, after which figures and dates are written, and the paper is chosen unless `paper` says. */
  readonly country: string
  readonly paper?: 'a4' | 'us-letter' | null
  /** Null while the document has no number. */
  readonly number?: string | null
  /** The instant written into the file: equal documents then give equal bytes. */
  readonly rendered_at: string
  /** The one colour of the page, `#rrggbb`. */
  readonly accent?: string | null
  /** A PNG or JPEG. One that can't be read is left out. */
  readonly logo?: Uint8Array | null

  readonly sender: Sender
  readonly recipient: Recipient
}
