import type { Direction, PaymentMethod } from '../core/payments/methods.data.ts'
import type { Connection } from './connection.ts'

/**
 * Moves money. Amounts in minor units. Calls that change something carry a key: whatever is asked again under a key is one effect. What
 * comes of a payment is told by events, which may come twice, late and in any order.
 */
export interface PaymentProvider {
  readonly name: string
  /** The least amount it takes by a method in a currency; null where it doesn't take any. */
  minimum(method: PaymentMethod, currency: string): number | null
  /** Whether payers tell us that they have paid by themselves; nothing succeeds by that. */
  readonly byHand?: boolean
  /** Whether it looked at who is paid by itself, when they opened their account there: then no onboarding is needed here. */
  readonly knowsPayee?: boolean
  /** Begins a payment. */
  start(order: PaymentOrder, key: string): Promise<Started>
  /** What is kept of a payment for the platform, in minor units; null where the provider can't. */
  fee?(amount: number, method: PaymentMethod): number | null
  /** Takes the step that the payer was asked for. */
  proceed?(reference: string): Promise<void>
  /** Pays with what the payer has left in the provider's own form, e.g. a card; `token` names it. Answers the step that is left to take. */
  confirm?(reference: string, token: string, key: string): Promise<NextAction | null>
  /** Ends a payment that isn't on its way yet; `late` when it is. */
  cancel(reference: string): Promise<'canceled' | 'late'>
  /** Gives back part of a payment, or all of it. */
  refund?(reference: string, amount: number, key: string): Promise<{ readonly id: string }>
  /** All that happened to a payment so far, and when to ask again: for providers that don't call us, and for what is unsure. */
  news(reference: string): Promise<News>
  /** What became of a payout, told of each payment that is in it. */
  payout?(reference: string): Promise<readonly ProviderEvent[]>
  /** What the provider tells by calling us. Throws what isn't signed by it, or is too old. */
  hear?(headers: Readonly<Record<string, unknown>>, bytes: Buffer): Heard
}

/** What was told in a call of a provider. */
export interface Heard {
  readonly events: readonly ProviderEvent[]
  /** Payments that something happened to which only a question tells exactly. */
  readonly ask: readonly string[]
  /** Payouts that something happened to: which payments are in them only a question tells. */
  readonly payouts?: readonly string[]
  /** The connected account it is about, where each entity has its own. */
  readonly account?: string
  /** Whether it is about who the account belongs to; only a question tells exactly. */
  readonly onboarding?: boolean
  /** Why it is not for us, e.g. because it is about another account: nothing of it is kept. */
  readonly stranger?: string
}

export interface PaymentOrder {
  readonly intent: string
  /** The number of the try, from 1. */
  readonly attempt: number
  readonly amount: number
  readonly currency: string
  readonly method: PaymentMethod
  readonly reference: string
  /** Minor units that are kept for the platform. */
  readonly fee?: number
  /** The bank that the payer chose, as its provider names it; where they come back to, and whom they pay. */
  readonly bank?: string
  readonly return_url?: string
  readonly payee?: string
}

/** Where payments from account to account can be begun for somebody else. */
export const bankCountries = ['AT', 'BE', 'DE', 'GB', 'IE', 'IT', 'NL'] as const

/** A bank that payers choose, so that their own bank makes the transfer. */
export interface Bank {
  readonly bank_id: string
  readonly name: string
  readonly country: (typeof bankCountries)[number]
  readonly flows: readonly ('redirect' | 'embedded')[]
}

/** How far a payer is at their bank: `used` once the transfer was ordered. */
export type Consent = 'awaiting' | 'authorized' | 'refused' | 'expired' | 'used'

/**
 * Has a transfer made by the payer's own bank. They agree on that bank's page: what they type there, nobody here ever sees. Begun with a bank
 * it answers where the payer has to go; the transfer is ordered once they have agreed and come back.
 */
export interface OpenBanking extends PaymentProvider {
  /** Banks of a country that payers may choose. */
  banks(country: string): Promise<readonly Bank[]>
  consent(reference: string): Promise<Consent>
  /** Orders the transfer that the payer agreed to. Throws an `OutsideRefusal` without their consent. */
  execute(reference: string, key: string): Promise<void>
}

/** The page of a bank that plays one: what it shows, and what its customer says. */
export interface TestBank {
  /** As payments know it. */
  readonly name: string
  look(reference: string): Promise<{
    readonly bank: string
    readonly amount: number
    readonly currency: string
    readonly payee: string | null
    readonly return_url: string
    readonly consent: Consent
    /** Whether they agreed once already, and are asked again. */
    readonly again: boolean
  } | null>
  answer(reference: string, says: 'agree' | 'refuse'): Promise<void>
}

/** A step that the payer has to take: say yes again, go to their bank, or fill in the provider's own form on our page. */
export type NextAction =
  | { readonly kind: 'confirm' }
  /** Agree on the page of a bank. */
  | { readonly kind: 'redirect'; readonly url: string; readonly bank: string }
  | {
      readonly kind: 'form'
      readonly provider: string
      /** Opens the form for this payment, and nothing else. */
      readonly secret: string
      /** Names our account to the provider; no secret. */
      readonly publishable: string
      /** The account of the recipient at the provider, where it isn't ours. */
      readonly account: string | null
    }

interface Started {
  /** What the provider calls the payment. */
  readonly reference: string
  /** A step that the payer has to take first. */
  readonly action?: NextAction
  /** When there is something to ask about. */
  readonly ask_at?: string
}

interface News {
  readonly events: readonly ProviderEvent[]
  readonly ask_at: string | null
}

export const eventTypes = [
  'processing',
  'succeeded',
  'failed',
  'canceled',
  'settled',
  'refunded',
  'disputed',
  'dispute_won',
  'dispute_lost',
  'returned',
  'payout_failed',
  'payout_canceled',
] as const
export type EventType = (typeof eventTypes)[number]

/** Something that happened to a payment, in words that all providers share. */
export interface ProviderEvent {
  /** The provider's own id of the event: heard twice it is one. */
  readonly id: string
  readonly type: EventType
  /** What the provider calls the payment. */
  readonly reference: string
  /** The try it is about, where the provider says so. */
  readonly attempt?: number
  /** Minor units that moved, where that isn't the amount of the payment. */
  readonly amount?: number
  /** All that was given back so far, for providers that tell sums. */
  readonly total?: number
  readonly currency?: string
  /** What the provider kept of it, or charges for it; minor units. */
  readonly fee?: number
  /** What the provider calls the effect, e.g. a refund: told by several events it is booked once. */
  readonly effect?: string
  /** A moment in UTC. */
  readonly at: string
  /** Why, in the provider's words. */
  readonly reason?: string
}

/** Who is plugged in: which provider carries out which way to pay, for whom. */
export interface PaymentProviders {
  /** Those that work for an entity, with what is connected for it. `now` is its clock, where it isn't the machine's. */
  of(connected: Connection | null, now?: () => Date): EntityProviders
  /** Banks that play one, by the clock of whoever is paid; null outside of the sandbox. */
  testBank(now?: () => Date): TestBank | null
}

export interface EntityProviders {
  /** The provider of that name, whether it takes new payments or not; null when it isn't known here, or not connected any more. */
  named(name: string): PaymentProvider | null
  /** Who takes new payments by a method in a currency, to the entity (`receive`) or from it (`send`); null when nobody does. */
  for(method: PaymentMethod, currency: string, direction: Direction): PaymentProvider | null
  /** Who has transfers made by the payer's own bank; null when nobody does. */
  readonly openBanking: OpenBanking | null
}
