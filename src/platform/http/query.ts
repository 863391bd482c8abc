import { parse as parseQuery } from 'node:querystring'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { nearest } from '../../core/nearest.ts'
import { invalid } from '../../core/refusal.ts'

/** Repeated names make a list, and so does `name[]`. */
export const readQuery = (query: string): Record<string, unknown> =>
  query === ''
    ? {}
    : Object.fromEntries(
        Object.entries(parseQuery(query)).map(([name, value]) => [name.endsWith('[]') ? name.slice(0, -2) : name, value]),
      )

/** How many unknown names an answer shows, and how many letters of each. */
const UNKNOWN_SHOWN = 10
const UNKNOWN_LENGTH = 60

function unknownQuery(name: string, known: ReadonlySet<string>): string {
  const meant = nearest(name, [...known])
  return `This operation has no such query parameter${meant ? `; did you mean ${meant}?` : ''}`
}

/** A check that names query parameters the operation doesn't know: most are a slip, and would change nothing without a word. */
export function createQueryCheck({ querystring }: Record<string, unknown>, isStrict: boolean) {
  const known = new Set(Object.keys((querystring as { properties?: object } | undefined)?.properties ?? {}))
  return (request: FastifyRequest, reply: FastifyReply): void => {
    if (!request.url.includes('?')) return
    const unknown = Object.keys(request.query as object).filter((name) => !known.has(name))
    if (unknown.length === 0) return
    const shown = unknown.slice(0, UNKNOWN_SHOWN).map((name) => name.slice(0, UNKNOWN_LENGTH))
    if (isStrict)
      throw invalid(shown.map((name) => ({ loc: ['query', name], msg: unknownQuery(name, known), type: 'extra_forbidden' })))
    reply.header('x-unknown-query', shown.map(encodeURIComponent).join(', '))
    request.log.warn({ request_id: request.id, unknown_query: shown }, 'a request has query parameters that nobody reads')
  }
}
