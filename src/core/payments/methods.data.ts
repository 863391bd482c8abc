/** The ways to pay that the contract knows. Countries and currencies of local schemes: their own rules. */

export type Direction = 'receive' | 'send'

interface Method {
  readonly name: string
  readonly receive: boolean
  readonly send: boolean
  /** Currencies it moves; null for any. */
  readonly currencies: readonly string[] | null
}

const method = (name: string, currencies: readonly string[] | null, send = false): Method => ({
  name,
  receive: true,
  send,
  currencies,
})

export const paymentMethods = {
  sepa_credit: method('SEPA Payments', null, true),
  us_ach: method('US ACH Payments', ['USD'], true),
  blik: method('BLIK', ['PLN']),
  card: method('Card payments', null),
  bacs_direct_debit: method('Bacs Direct Debit', ['GBP']),
  bancontact: method('Bancontact', ['EUR']),
  eps: method('Electronic Payment Standard', ['EUR']),
  giropay: method('Giropay', ['EUR']),
  ideal: method('iDEAL', ['EUR']),
  p24: method('Przelewy24', ['PLN', 'EUR']),
  sepa_debit: method('SEPA Direct Debit', ['EUR']),
  sofort: method('SOFORT', ['EUR']),
  applepay: method('Apple Pay', null),
  googlepay: method('Google Pay', null),
  affirm: method('Affirm', ['USD', 'CAD']),
  klarna: method('Klarna', null),
} as const satisfies Record<string, Method>

export type PaymentMethod = keyof typeof paymentMethods
export const methodCodes = Object.keys(paymentMethods) as PaymentMethod[]
export const methodOf = (code: PaymentMethod): Method => paymentMethods[code]

/** What older methods are called by now. */
export const presentMethod = (code: PaymentMethod): PaymentMethod => (code === 'sofort' ? 'klarna' : code)
