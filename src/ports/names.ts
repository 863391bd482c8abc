/**
 * Asks the DNS what it says of a name. No record is an empty list; null means that nobody could tell (no answer in time, or a
 * server in trouble), which proves nothing either way.
 */
export interface DnsResolver {
  /** Texts, each put together from its parts. */
  txt(name: string): Promise<string[] | null>
  /** Hosts that take mail, in small letters and without the final dot. */
  mx(name: string): Promise<string[] | null>
  /** What the name is another name of, written alike. */
  cname(name: string): Promise<string[] | null>
}
