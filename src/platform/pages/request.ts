import type { FastifyRequest } from 'fastify'

/** What pages read of a request. They are no operations: nothing has looked at it before. */

function textIn(values: unknown, name: string): string | undefined {
  const value: unknown = values === null || typeof values !== 'object' ? undefined : Reflect.get(values, name)
  return typeof value === 'string' ? value : undefined
}

/** A part of the path, by its name in the route. */
export function paramOf(request: Pick<FastifyRequest, 'params'>, name: string): string {
  const value = textIn(request.params, name)
  if (value === undefined) throw new Error(`The path of this route has no :${name}`)
  return value
}

/** What the address says after its question mark; undefined where it says nothing, or says it more than once. */
export const queryOf = (request: Pick<FastifyRequest, 'query'>, name: string): string | undefined => textIn(request.query, name)
