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
  /** Whether somebody takes e-invoices under this number. Throws when the network can not be asked. */
  knows(participant: Participant): Promise<boolean>
  /** Hands a document over. Throws `NetworkRefusal` when it is refused for good, and anything else when it is worth another try. */
  send(document: Outgoing, key: string): Promise<Sent>
  /** What the network has to tell, oldest first. Each is told again until it is settled. */
  news(): Promise<readonly NetworkEvent[]>
  /** Ends the telling of an event. What came in for nobody is refused, with the reason that its sender hears. */
  settle(event: NetworkEvent, refusal?: string): Promise<void>
}

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
  readonly type: 'invoice' | 'credit_note'
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
