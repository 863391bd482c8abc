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
}

export interface KycSubmission {
  readonly entity_id: string
  /** A hash of all that is shown: it names the effect. */
  readonly submitted: string
  /** A moment in UTC. */
  readonly at: string
}

/** Something that is asked for, or that was turned down. */
export interface KycAsk {
  /** The field, e.g. `persons.representative.id_number`. Without one it is about the entity as a whole. */
  readonly requirement?: string
  readonly person_id?: string
  /** Only for these payment methods. */
  readonly methods?: readonly string[]
  /** Until when it has to be there; without one it is needed before the first approval. */
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
  /** Heard twice it is one. */
  readonly id: string
  readonly at: string
  readonly verdict: 'approved' | 'unchanged' | 'rejected'
  readonly rejection?: Rejection
  /** Whether it may take payments, and be paid out; as before when nothing is said. */
  readonly charges?: boolean
  readonly payouts?: boolean
  readonly reason?: string
  /** All that is asked for now: it takes the place of what was asked for before. */
  readonly asks?: readonly KycAsk[]
  /** What is asked for beside that. */
  readonly adds?: readonly KycAsk[]
}
