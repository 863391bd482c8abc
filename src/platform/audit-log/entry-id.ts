import { randomUUID } from 'node:crypto'

/**
 * Ids of log entries: UUIDs of version 7, which begin with a millisecond and its fraction (RFC 9562, 6.2 method 3), so that entries lie
 * in the order of their time. The request's ends in an even digit, and the answer's is the same plus one: one row holds both.
 */

/** The id of a request that arrived at `ms` since 1970, which may have decimals. */
export function requestId(ms: number): string {
  const whole = Math.floor(ms)
  const time = whole.toString(16).padStart(12, '0')
  const fraction = Math.floor((ms - whole) * 4096)
    .toString(16)
    .padStart(3, '0')
  const random = randomUUID()
  const last = Number.parseInt(random.slice(-1), 16) & ~1
  return `${time.slice(0, 8)}-${time.slice(8)}-7${fraction}${random.slice(18, -1)}${last.toString(16)}`
}

/** The id of the answer to a request. */
export const responseId = (id: string) => id.slice(0, -1) + (Number.parseInt(id.slice(-1), 16) | 1).toString(16)

/** Which row an entry's id belongs to, and which half of it is meant. */
export function entryOf(id: string): { id: string; type: 'request' | 'response' } {
  const last = Number.parseInt(id.slice(-1), 16)
  return { id: id.slice(0, -1) + (last & ~1).toString(16), type: last & 1 ? 'response' : 'request' }
}

/** SQL of the least id of a moment, for conditions that an index serves. */
export const FIRST_ID_AT = <const M extends string>(moment: M) =>
  `(lpad(to_hex(greatest(0, extract(epoch from ${moment}) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid` as const
