/**
 * Keeps a ledger in step with our documents. Amounts are minor units of their currency, rates hundredths of a percent, days YYYY-MM-DD.
 * A push carries a key: whatever is pushed again under a key is one object there, also when nobody heard the first answer. For that the
 * ledger is asked for our id first.
 */
export interface AccountingProvider {
  readonly name: string
  /** What people call it. */
  readonly title: string
  /** Its word in the contract, if it has one. */
  readonly platform: 'xero' | 'quickbooks' | 'quickbooks_online' | 'quickbooks_online_sandbox' | null
  /** The kinds of objects it takes. */
  readonly takes: ReadonlySet<PushedType>
  /** What it can't keep: texts are fitted to it before they are pushed. */
  readonly limits: Limits
  /** What the user chooses on the page of the connection. */
  choices?(facts: EntityFacts): readonly Choice[]
  /** Where the user agrees, for ledgers that ask on a page of their own; they send the user back with a `code`. */
  authorize?(state: string, redirect_uri: string): string
  /** The user has chosen and agrees. Answers what is kept of it. */
  connect(holder: Holder, facts: EntityFacts, chosen: Readonly<Record<string, string>>): Promise<Connected>
  /** All that the ledger knows, as of now. */
  pull(holder: Holder): Promise<Pulled>
  /** The object that was pushed under this reference of ours, or bears the id that the ledger gave it; null where it is gone. */
  find(holder: Holder, type: PushedType, by: SoughtBy): Promise<Found | null>
  /** An object of the ledger's own that is the same as ours: for counterparts and products, which may have been there before us. */
  match?(holder: Holder, pushed: PushedParty | PushedProduct): Promise<Found | null>
  /** Makes the object as it is now, or brings the one that is there up to date (`there`). */
  push(holder: Holder, pushed: Pushed, key: PushKey, there: Found | null): Promise<Found>
  /** Takes back what was pushed. */
  withdraw?(holder: Holder, type: PushedType, reference: string, there: Found): Promise<void>
}

interface SoughtBy {
  readonly reference: string
  readonly id?: string | null
  /** The number or the names that it bears there, for ledgers that can't be searched by an id of ours. */
  readonly called?: readonly string[]
}

export type Credentials = Readonly<Record<string, string>>

/** Whose ledger it is, with what opens it. */
export interface Holder {
  readonly partnerId: string
  readonly entityId: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly credentials: Credentials
  /**
   * Credentials that hold, where `used` don't any more: what somebody else got meanwhile, else what `ask` gets for the ones that are kept.
   * Only one asks at a time, in all processes, and what it got is kept before anybody uses it: a refresh token works once.
   */
  renew(used: Credentials, ask: (kept: Credentials) => Promise<Credentials>): Promise<Credentials>
}

export interface EntityFacts {
  readonly name: string
  readonly email: string | null
  readonly country: string
  readonly currency: string
  readonly today: string
  /** The rates of its country. */
  readonly vat_rates: readonly number[]
}

export interface Choice {
  readonly name: string
  readonly label: string
  /** One of these; without them the user types something in. */
  readonly options?: readonly { readonly value: string; readonly label: string }[]
  /** Whether nobody is to see what is typed in. */
  readonly secret?: boolean
  /** Whether it may be left out. */
  readonly optional?: boolean
}

interface Connected {
  readonly business: Business
  readonly settings?: Readonly<Record<string, unknown>>
  readonly credentials?: Readonly<Record<string, string>>
}

interface Business {
  readonly name: string | null
  readonly legal_name: string | null
  readonly email: string | null
  readonly base_currency: string | null
  readonly type: string | null
}

export interface Limits {
  /** Characters of a document's number, a line's text, a name. */
  readonly number: number
  readonly text: number
  readonly name: number
  /** Characters that names can't hold. */
  readonly refused?: RegExp
  /** Whether two parties can't bear one name. */
  readonly unique_names?: boolean
  /** Whether deductions of an invoice are lines there, which bear a tax. */
  readonly deductions_need_tax?: boolean
}

/** The kinds of the contract, and what only some ledgers take: credit notes, and how documents end without money. */
export const pushedTypes = [
  'product',
  'customer',
  'vendor',
  'receivable',
  'bill',
  'payment_record',
  'credit_note',
  'vendor_credit',
  'receivable_end',
  'bill_end',
] as const
export type PushedType = (typeof pushedTypes)[number]

interface PushKey {
  /** Our id of the object. */
  readonly reference: string
  /** What is pushed under it again has one effect; another one after the object was deleted there. */
  readonly idempotency: string
}

export interface PushedParty {
  readonly type: 'customer' | 'vendor'
  readonly id: string
  readonly name: string
  /** A name that nobody else of them bears, for ledgers that ask for it. */
  readonly other_name: string
  readonly email: string | null
  readonly country: string | null
  readonly vat_id: string | null
  readonly tax_id: string | null
}

export interface PushedProduct {
  readonly type: 'product'
  readonly id: string
  readonly name: string
  readonly description: string | null
  /** The ledger's own id of an account. */
  readonly account: string | null
}

export interface PushedLine {
  readonly text: string
  readonly quantity: number | null
  /** Without tax. */
  readonly unit_price: number | null
  readonly net: number
  readonly tax: number
  /** The ledger's own ids. */
  readonly account: string
  readonly tax_rate: string | null
  readonly product: string | null
}

export interface PushedDocument {
  readonly type: 'receivable' | 'bill' | 'credit_note' | 'vendor_credit'
  readonly id: string
  /** The invoice or bill that a credit note takes off; itself otherwise. */
  readonly document_id: string
  /** As long as the ledger takes, and the whole of it. */
  readonly number: string
  readonly whole_number: string
  readonly memo: string
  readonly day: string
  readonly due_day: string | null
  readonly currency: string
  /** What one unit of the currency is worth in the entity's own; null where nobody knows. */
  readonly rate: number | null
  readonly party: PushedParty & { readonly ledger_id: string }
  /** Line amounts are what counts: they are not computed again from prices. */
  readonly lines: readonly PushedLine[]
  readonly withheld: number
  readonly deducted: number
  /** The tax of the deductions, as the ledger calls it. */
  readonly deductions_tax_rate: string | null
  /** What is owed: lines with tax, less what is withheld and deducted, and what a bill is rounded by. */
  readonly total: number
}

export interface PushedPayment {
  readonly type: 'payment_record'
  readonly id: string
  readonly document_id: string
  readonly document: { readonly type: 'receivable' | 'bill'; readonly ledger_id: string; readonly number: string }
  readonly party: PushedParty & { readonly ledger_id: string }
  /** Below zero where money went back. */
  readonly amount: number
  /** What banks and providers kept of it, or took on top. */
  readonly fee: number
  readonly currency: string
  readonly rate: number | null
  readonly day: string
  readonly account: string | null
  readonly text: string
}

/** What becomes of a document without money. */
export interface PushedEnd {
  readonly type: 'receivable_end' | 'bill_end'
  readonly id: string
  readonly document_id: string
  readonly document: { readonly type: 'receivable' | 'bill'; readonly ledger_id: string; readonly number: string }
  readonly party: PushedParty & { readonly ledger_id: string }
  readonly currency: string
  readonly rate: number | null
  readonly day: string
  readonly lines: readonly PushedLine[]
  /** Why nobody pays the rest; null where nothing is left, or it is still owed. */
  readonly reason: 'discount' | 'write_off' | 'canceled' | null
  readonly rest: number
  /** What was paid beyond the total, and is owed back. */
  readonly over: number
}

export type Pushed = PushedParty | PushedProduct | PushedDocument | PushedPayment | PushedEnd

/** An object in the ledger. */
export interface Found {
  readonly id: string
  readonly version?: string | null
  readonly updated_at?: string | null
}

export interface Pulled {
  readonly business: Business
  readonly accounts: readonly PulledAccount[]
  readonly tax_rates: readonly PulledTaxRate[]
  readonly bills: readonly PulledDocument[]
  readonly invoices: readonly PulledDocument[]
  /** The accounts it uses where nobody says which, by its own ids. */
  readonly usual?: { readonly sales?: string; readonly purchases?: string; readonly bank?: string }
}

export interface PulledAccount {
  readonly id: string
  readonly name: string
  readonly code: string | null
  readonly description?: string | null
  readonly type: 'Asset' | 'Equity' | 'Expense' | 'Income' | 'Liability' | 'Unknown'
  readonly subtype?: string | null
  readonly status: 'Active' | 'Archived' | 'Pending' | 'Unknown'
  readonly bank: boolean
  readonly currency: string | null
  readonly balance: number | null
}

export interface PulledTaxRate {
  readonly id: string
  readonly name: string
  readonly code: string | null
  readonly rate: number
  readonly active: boolean
  readonly components?: readonly { readonly name: string; readonly rate: number; readonly compound?: boolean }[]
  readonly direction?: 'sale' | 'purchase' | null
  /** Of EN 16931: S, Z, E, AE, K, G, O. */
  readonly category?: string | null
}

export interface PulledDocument {
  readonly id: string
  readonly number: string | null
  readonly status: 'open' | 'draft' | 'partially_paid' | 'paid' | 'unknown' | 'void'
  readonly currency: string | null
  readonly rate: number | null
  readonly day: string | null
  readonly due_day: string | null
  readonly memo: string | null
  readonly net: number | null
  readonly tax: number | null
  readonly total: number
  readonly due: number | null
  readonly party: { readonly id: string; readonly name: string | null } | null
  readonly lines: readonly {
    readonly text: string | null
    readonly quantity: number | null
    readonly unit_price: number | null
    readonly account: string | null
    readonly tax_rate: string | null
  }[]
}

/** Why a ledger doesn't take something. */
export class LedgerRefusal extends Error {
  /** A word for programs, e.g. `period_locked`. */
  readonly code: string
  readonly details: readonly string[]
  constructor(code: string, message: string, details: readonly string[] = []) {
    super(message)
    this.name = 'LedgerRefusal'
    this.code = code
    this.details = details
  }
}

/** Somebody changed the object since it was read: it is read again, and pushed once more. */
export class StaleVersion extends Error {}

/** The ledger can't be reached any more until the user agrees again. */
export class Deauthorized extends Error {}

/** The ledger takes no more calls for now; with `day`, none until tomorrow. */
export class TooMany extends Error {
  readonly wait_s: number
  readonly scope: 'minute' | 'day'
  constructor(wait_s: number, scope: 'minute' | 'day') {
    super(`The ledger takes nothing for ${wait_s} seconds`)
    this.wait_s = wait_s
    this.scope = scope
  }
}

/** Who is plugged in. */
export interface AccountingProviders {
  readonly all: readonly AccountingProvider[]
  named(name: string): AccountingProvider | null
}
