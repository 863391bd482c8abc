import type { Connection } from './connection.ts'

/**
 * Decides whether an entity may take payments. What it says may come twice, late and in any order: the newest by its own time counts. It is
 * told everything that is known, and may ask for more at any time.
 */
export interface KycProvider {
  readonly name: string
  /**
   * Shows the provider all that is needed, once it is there. Under the same key it is one submission. Answers what it says at once; null when
   * somebody has to look first.
   */
  submit(submission: KycSubmission, key: string): Promise<KycReport | null>
  /** What it says now, for providers that go on saying something. */
  news?(known: KycKnown): Promise<KycReport>
}

/** Who is plugged in. */
export interface KycProviders {
  /** Who looks at entities whose money this connection moves; null where nobody is connected. */
  of(connected: Connection | null): KycProvider
}

/** An entity that a provider knows. */
export interface KycKnown {
  /** What the provider calls it. */
  readonly account: string
  /** Whether it was ever approved. */
  readonly verified: boolean
  /** The methods that it wants to be paid by. */
  readonly methods: readonly string[]
}

export interface KycSubmission {
  readonly entity_id: string
  /** A hash of all that is shown: it names the effect. */
  readonly submitted: string
  /** A moment in UTC. */
  readonly at: string
  /** All that is known by now, for providers that look at it themselves. */
  facts(): Promise<KycFacts>
  /** Does something once, however often it is asked for under this name: the first answer is kept. */
  once(action: string, name: string, make: (key: string) => Promise<{ readonly id: string }>): Promise<{ readonly id: string }>
  /** Keeps what the provider calls the entity, before anything is done with it. */
  keepAccount(account: string): Promise<void>
}

export interface KycFacts {
  readonly type: 'individual' | 'organization'
  readonly country: string
  /** What the provider calls it, once it is known there. */
  readonly account: string | null
  readonly verified: boolean
  readonly methods: readonly string[]
  /** Fields by their place, e.g. `address.line1`. */
  readonly values: Readonly<Record<string, unknown>>
  readonly persons: readonly {
    readonly id: string
    readonly roles: readonly string[]
    readonly values: Readonly<Record<string, unknown>>
  }[]
  readonly business_profile: Readonly<Record<string, unknown>>
  readonly ownership_declaration: KycSigned | null
  readonly terms: KycSigned | null
  readonly bank_account: KycBankAccount | null
  readonly documents: readonly KycDocument[]
}
/** What somebody agreed to: when, and from where. */
export interface KycSigned {
  readonly date: string | null
  readonly ip: string | null
}
export interface KycBankAccount {
  readonly id: string
  readonly country: string | null
  readonly currency: string | null
  readonly holder: string | null
  readonly iban: string | null
  readonly account_number: string | null
  readonly routing_number: string | null
  readonly sort_code: string | null
}
export interface KycDocument {
  readonly id: string
  readonly person_id: string | null
  readonly kind: string
  readonly name: string
  readonly mimetype: string
  bytes(): Promise<Buffer>
}

/** Something that is asked for, or that was turned down. */
export interface KycAsk {
  /** The field, e.g. `persons.representative.id_number`. Without one it is about the entity as a whole. */
  readonly requirement?: string
  readonly person_id?: string
  /** Only for these payment methods. */
  readonly methods?: readonly string[]
  /** Until when it has to be there; if it has none, it is needed before the first approval. */
  readonly deadline?: string
  /** A word of ours, see `verificationCodes`. */
  readonly code?: VerificationCode
  /** What to do, for whoever fills in the form. */
  readonly message?: string
}

export const verificationCodes = [
  'invalid',
  'document_expired',
  'document_unreadable',
  'document_name_mismatch',
  'document_incomplete',
  'document_not_accepted',
  'name_mismatch',
  'address_not_verified',
  'number_not_verified',
  'information_missing',
] as const
export type VerificationCode = (typeof verificationCodes)[number]

/** Reasons why an entity is turned down for good, in the words of the API. */
export const rejections = ['rejected.fraud', 'rejected.listed', 'rejected.terms_of_service', 'rejected.other', 'listed'] as const
export type Rejection = (typeof rejections)[number]

/** What a provider says, as things stand at a moment of its own clock. */
export interface KycReport {
  /** A report that arrives twice under one id counts once. */
  readonly id: string
  readonly at: string
  readonly verdict: 'approved' | 'unchanged' | 'rejected'
  readonly rejection?: Rejection
  /** Whether it may take payments, and be paid out; as before when nothing is said. */
  readonly charges?: boolean
  readonly payouts?: boolean
  readonly reason?: string
  /** Methods that it does not carry out yet, though the entity is approved. */
  readonly blocked?: readonly string[]
  /** When to ask again, where it is still looking. */
  readonly ask_at?: string
  /** All that is asked for now; it replaces what was asked for before. */
  readonly asks?: readonly KycAsk[]
  /** What is asked for beside that. */
  readonly adds?: readonly KycAsk[]
}
