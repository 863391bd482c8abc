export interface Address {
  readonly name: string | null
  readonly address: string
}

/** What a mail is signed with: the key whose public half stands in the sender's DNS. */
export interface DkimKey {
  readonly domainName: string
  readonly keySelector: string
  readonly privateKey: string
}

/** A mail as it goes over the wire. Whom it is handed over for may be fewer than its head names, or more. */
export interface OutgoingMail {
  readonly message_id: string
  readonly date: Date
  readonly from: Address
  readonly reply_to: readonly string[]
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly subject: string
  readonly html: string
  readonly text: string
  readonly attachments: readonly { readonly name: string; readonly mimetype: string; readonly bytes: Buffer }[]
  readonly recipients: readonly string[]
  readonly dkim: DkimKey | null
}

/** What became of one recipient: taken by the server, refused for good, or to be tried again. */
export type Verdict = { readonly taken: true } | { readonly taken: false; readonly again: boolean; readonly error: string }

/** Hands mails over to a server, or, without one, keeps them here. */
export interface Mailer {
  /** Whether mails stay in the database, for people to look at, instead of being sent. */
  readonly local: boolean
  /** Never rejects: whatever goes wrong is the verdict of those it went wrong for. `signal` breaks the handing over off. */
  send(mail: OutgoingMail, signal?: AbortSignal): Promise<ReadonlyMap<string, Verdict>>
  close(): void
}

/** The longest that handing a mail over may take. */
export const HANDOVER_MS = 5 * 60_000
