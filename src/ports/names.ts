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
  /** Rules by which the name leads on to something else (NAPTR, RFC 3403), those that are to be tried first in front. */
  naptr(name: string): Promise<NameRule[] | null>
}

export interface NameRule {
  readonly flags: string
  readonly service: string
  readonly regexp: string
}
