/** An account at somebody outside: who that is, what is known of it, and the keys to it. */
export interface Connection {
  readonly adapter: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly credentials: Readonly<Record<string, string>>
}
