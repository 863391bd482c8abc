import type { FastifyRequest } from 'fastify'

/** What a refusal adds: the list in which its reader finds what exists. */

const NOT_FOUND = /^([A-Z][\w-]*(?: [\w-]+)*) not found$/

/** The path of the list of such things: "Approval policy" → approval_policies, and for "Counterpart address" addresses as well. */
function listNames(noun: string): string[] {
  const words = noun.toLowerCase().split(/[ -]/)
  const last = words.pop() ?? ''
  const plural = /[^aeiou]y$/.test(last) ? `${last.slice(0, -1)}ies` : /(s|x|ch)$/.test(last) ? `${last}es` : `${last}s`
  return [[...words, plural].join('_'), plural]
}

/** "; GET /tags lists what there is", for a message that says that something was not found; nothing where no list is known. */
export function wayToFind(message: string, request: FastifyRequest): string {
  const noun = NOT_FOUND.exec(message)?.[1]
  if (noun === undefined) return ''
  const { server, routeOptions, url } = request
  const names = listNames(noun)
  // Within what the request names, e.g. the line items of a bill, before what stands by itself.
  const parts = (routeOptions.url ?? '').split('/')
  const at = parts.findLastIndex((part) => names.includes(part))
  const asked = url.split('?', 1)[0]?.split('/') ?? []
  const within = at > 0 ? [{ route: parts.slice(0, at + 1).join('/'), shown: asked.slice(0, at + 1).join('/') }] : []
  const alone = [`/${names[0]}`, `/x/${names[0]}`].map((route) => ({ route, shown: route }))
  const found = within.concat(alone).find(({ route }) => server.hasRoute({ method: 'GET', url: route }))
  return found ? `; GET ${found.shown} lists what there is` : ''
}
