/**
 * A network in which e-invoices travel, such as Peppol by an access point. Participants are known by a scheme (ISO 6523, e.g. 0208) and a
 * number. Calls that change something carry a key: whatever is asked again under a key is one effect.
 */
export interface EinvoiceNetwork {
  readonly name: string
  /** Makes a participant of ours known, with what it takes part in. Answers what the network calls it. Refuses (`NetworkRefusal`) one that is registered elsewhere. */
  register(participant: Registration, key: string): Promise<{ readonly id: string }>
  /** Takes a participant of ours out; one that isn't there is out already. */
  unregister(participant: Participant): Promise<void>
  /** Whether somebody takes documents of this type under this number. Throws when the network can not be asked. */
  knows(participant: Participant, type: DocumentType): Promise<boolean>
  /** Hands a document over. Throws `NetworkRefusal` when it is refused for good, and anything else when it is worth another try. */
  send(document: Outgoing, key: string): Promise<Sent>
  /**
   * What the network has to tell, oldest first. Each is told again until it is settled. `outstanding` names the messages of ours about which
   * something may still be told, for networks that have to be asked about each.
   */
  news(outstanding: readonly string[]): Promise<readonly NetworkEvent[]>
  /** Ends the telling of an event. What came in for nobody is refused, with the reason that its sender hears. */
  settle(event: NetworkEvent, refusal?: string): Promise<void>
  /**
   * Takes a document in its envelope that somebody brought: `news` tells of it. `judge` says why nobody takes what is for this receiver, or
   * null. Refuses (`NetworkRefusal`) what can't be opened, and what is for nobody. Networks where nobody brings anything have no such thing.
   */
  accept?(envelope: Buffer, judge: (to: Participant) => Promise<string | null>): Promise<void>
}

/** Who takes part in a network, looked up there. */
export interface EinvoiceDirectory {
  /** Whether this participant takes documents of this type. Throws when the directory can not be asked. */
  takes(participant: Participant, type: DocumentType): Promise<boolean>
}

export type DocumentType = 'invoice' | 'credit_note'

export interface Participant {
  readonly scheme: string
  readonly identifier: string
}

export interface Registration extends Participant {
  readonly name: string
  readonly country: string
  readonly sends: boolean
  readonly receives: boolean
}

export interface Outgoing {
  readonly from: Participant
  readonly to: Participant
  readonly type: DocumentType
  readonly country: string
  readonly xml: string
}

export interface Sent {
  readonly message_id: string
  /** Whether that is all: no receipt follows. */
  readonly delivered: boolean
}

export type NetworkEvent =
  | { readonly kind: 'delivered'; readonly message_id: string }
  | { readonly kind: 'rejected'; readonly message_id: string; readonly reason: string }
  | {
      readonly kind: 'received'
      readonly message_id: string
      readonly from: Participant
      readonly to: Participant
      readonly xml: Buffer
    }
  /** Something that can't be read, e.g. a file that was cut off: settled with a reason it is put aside. */
  | { readonly kind: 'unreadable'; readonly message_id: string; readonly reason: string }

/** The network says no, and will say so again. */
export class NetworkRefusal extends Error {
  override readonly name = 'NetworkRefusal'
}
