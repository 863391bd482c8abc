/** A language model that answers in words, and asks for tools where it needs to know or do something. */

export interface ToolShown {
  readonly name: string
  readonly description: string
  /** JSON Schema of the input. */
  readonly input: object
}
export interface ToolCall {
  readonly id: string
  readonly name: string
  /** What the model wrote: JSON, if it did well. */
  readonly input: string
}

export type Said =
  | { readonly role: 'system' | 'user'; readonly content: string }
  | { readonly role: 'assistant'; readonly content: string; readonly calls?: readonly ToolCall[] }
  | { readonly role: 'tool'; readonly content: string; readonly call: string }

export interface Usage {
  readonly prompt: number
  readonly completion: number
}
/** What comes of one turn, in order: pieces of text, then the end with the tools it asks for. */
export type Piece =
  | { readonly text: string }
  | { readonly end: 'stop' | 'length' | 'tools'; readonly calls: readonly ToolCall[]; readonly usage: Usage }

export interface AssistantModel {
  /** One turn. Throws `ModelFault` for whatever is not an answer, also in the middle of it. */
  say(talk: readonly Said[], tools: readonly ToolShown[], signal: AbortSignal): AsyncIterable<Piece>
}

/** The model gave no answer, or half of one; the message is for the log and for whoever asked. */
export class ModelFault extends Error {}
