/**
 * Proves that an account is an entity's own, before money is debited from it. A provider tells states in words of its own; only
 * `verified` proves anything.
 */
export interface BankVerifier {
  readonly name: string
  /** Begins a proof: a token for the provider's own window, or for a new look at an account it knows. */
  start(asked: VerificationStart): Promise<{ readonly token: string; readonly expires_at: string }>
  /** What came of it, for the public token that the window gave. The same token twice is one proof. */
  complete(asked: VerificationCompletion): Promise<VerifiedAccount>
  /** How a proof stands now. */
  refresh(reference: string): Promise<string>
}

interface VerificationStart {
  readonly client_name: string
  readonly redirect_url: string
  /** The proof that is to be renewed. */
  readonly reference: string | null
  /** A moment in UTC. */
  readonly now: string
}

interface VerificationCompletion {
  readonly public_token: string
  readonly account_id: string
  /** The last two to four signs of the account's number. */
  readonly mask: string
  readonly institution: string
}

export interface VerifiedAccount {
  /** What the provider calls the proof. */
  readonly reference: string
  readonly account_number: string
  readonly routing_number: string
  readonly country: string
  readonly currency: string
  /** In the provider's words. */
  readonly status: string
}
