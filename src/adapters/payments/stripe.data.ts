import { minorUnitsOf } from '../../core/currencies.ts'
import type { PaymentMethod } from '../../core/payments/methods.data.ts'
import { OutsideRefusal } from '../../platform/connections/journal.ts'

/** What Stripe counts and calls in its own way. Source: docs.stripe.com/currencies and docs.stripe.com/payments, read in November 2026. */

/** Currencies whose amounts have another number of decimals there than in ISO 4217. */
const decimals: Readonly<Record<string, number>> = { ISK: 2, UGX: 2, MGA: 0 }

/** Currencies of three decimals: the last of them has to be zero. */
const ROUND = 10

const factorOf = (currency: string) => 10 ** ((decimals[currency] ?? minorUnitsOf(currency)) - minorUnitsOf(currency))

/** Our minor units → Stripe's. Refuses (`OutsideRefusal`) what can't be said there. */
export function toStripe(amount: number, currency: string): number {
  const stripe_amount = amount * factorOf(currency)
  const odd = !Number.isInteger(stripe_amount) || (minorUnitsOf(currency) === 3 && stripe_amount % ROUND !== 0)
  if (odd) throw new OutsideRefusal('amount_not_round', `Cards take no amounts in ${currency} as fine as that`)
  return stripe_amount
}

/** Stripe's minor units → ours. */
export function fromStripe(stripe_amount: number, currency: string): number {
  const amount = stripe_amount / factorOf(currency)
  if (!Number.isInteger(amount)) throw new Error(`Stripe tells ${stripe_amount} in ${currency}, which is not an amount of it`)
  return amount
}

/** What Stripe calls our ways to pay. Wallets are cards there; transfers by hand and schemes that ended are missing. */
export const stripeMethods: Partial<Record<PaymentMethod, string>> = {
  card: 'card',
  applepay: 'card',
  googlepay: 'card',
  us_ach: 'us_bank_account',
  sepa_debit: 'sepa_debit',
  bacs_direct_debit: 'bacs_debit',
  bancontact: 'bancontact',
  blik: 'blik',
  eps: 'eps',
  ideal: 'ideal',
  p24: 'p24',
  klarna: 'klarna',
  affirm: 'affirm',
}

/** The least that is charged, in our minor units of each currency; about half a US dollar. */
const least: Readonly<Record<string, number>> = {
  AED: 200,
  BGN: 100,
  CZK: 1500,
  DKK: 250,
  GBP: 30,
  HKD: 400,
  HUF: 17500,
  JPY: 50,
  MXN: 1000,
  MYR: 200,
  NOK: 300,
  PLN: 200,
  RON: 200,
  SEK: 300,
  THB: 1000,
}
const MINIMUM = 50

/** The least that is paid by a card and the like, in minor units. */
export const leastOf = (currency: string): number => least[currency] ?? (minorUnitsOf(currency) === 3 ? MINIMUM * 10 : MINIMUM)

/** What an account has to be able to do at Stripe for one of our ways to pay. */
export function capabilityOf(method: string): string | null {
  const found = Object.entries(stripeMethods).find(([name]) => name === method)?.[1]
  return found ? (found === 'us_bank_account' ? 'us_bank_account_ach_payments' : `${found}_payments`) : null
}
