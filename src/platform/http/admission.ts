import type { FastifyReply, FastifyRequest } from 'fastify'
import { forbidden, invalid, notFound, Refusal, tooManyRequests } from '../../core/refusal.ts'
import { UUID } from '../../core/uuid.ts'
import { type Access, permit } from '../auth/access.ts'
import type { ObjectType } from '../auth/permissions.ts'
import type { Machinery } from '../machinery.ts'
import type { Operation } from './operation.ts'
import { createRateLimit } from './rate-limit.ts'
import { API_VERSION, isKnown, versionIn } from './versions.ts'

/** Who asks, how often, and in which entity: what is known of a request before its shape is looked at. */
export function createAdmission(machinery: Pick<Machinery, 'config' | 'access'>) {
  const limit = createRateLimit(machinery.config.rate_limit)

  return { identify, entityOf, throttle }

  /** Version, bearer, rate and entity of a request, in this order: the first thing that is wrong is the answer. */
  async function identify(operation: Operation, request: FastifyRequest, reply: FastifyReply) {
    const asked = versionIn(request.headers['x-monite-version'])
    reply.header('x-monite-version', asked ?? API_VERSION)
    try {
      if (operation.may !== 'anyone') request.access = await machinery.access.bearer(request.headers.authorization)
    } finally {
      // Whoever tries tokens is counted by address.
      throttle(request, reply)
    }
    const { access } = request
    if (asked === null && access && isKnown(access.apiVersion)) reply.header('x-monite-version', access.apiVersion)
    if (!access || operation.entity === 'none') return
    const sent = request.headers['x-monite-entity-id']
    if (access.entityId !== null) {
      if (operation.entity !== 'path' && sent !== undefined && String(sent).toLowerCase() !== access.entityId)
        throw notFound('Entity not found')
      if (!access.entityActive) throw forbidden('Entity is inactive', 'entity_inactive')
      request.headerEntity = access.entityId
    } else if (operation.entity !== 'path') {
      if (sent === undefined) {
        if (operation.entity === 'optional') return
        throw invalid([
          {
            loc: ['header', 'x-monite-entity-id'],
            msg: 'Field required: the entity to act in; GET /entities lists yours',
            type: 'missing',
          },
        ])
      }
      request.headerEntity = await entityOf(
        operation,
        access,
        String(sent).toLowerCase(),
        ['header', 'x-monite-entity-id'],
        request.method,
      )
    }
    if (request.headerEntity) reply.header('x-monite-entity-id', request.headerEntity)
  }

  async function entityOf(operation: Operation, access: Access, id: string, loc: string[], method: string): Promise<string> {
    if (!UUID.test(id)) throw invalid([{ loc, msg: 'Input should be a valid uuid', type: 'uuid_parsing' }])
    const { active } = await machinery.access.entity(access.partnerId, id).catch((error: Error) => {
      if (loc[0] !== 'header' || !(error instanceof Refusal)) throw error
      throw notFound('Entity not found: GET /entities lists yours')
    })
    // The partner still looks after an entity that is switched off; nothing else about it changes.
    if (!active && !isReading(method) && operation.may !== 'partner') throw forbidden('Entity is inactive', 'entity_inactive')
    return id
  }

  function throttle(request: FastifyRequest, reply: FastifyReply) {
    if (limit.rate === 0) return
    const { remaining, retry_s } = limit.take(request.access?.clientId ?? request.ip)
    reply
      .header('ratelimit-limit', limit.rate)
      .header('ratelimit-remaining', Math.max(0, remaining))
      .header('ratelimit-reset', retry_s)
    reply.header('x-ratelimit-limit-second', limit.rate).header('x-ratelimit-remaining-second', Math.max(0, remaining))
    if (remaining >= 0) return
    reply.header('retry-after', retry_s)
    throw tooManyRequests('API rate limit exceeded', 'rate_limit')
  }
}
export type Admission = ReturnType<typeof createAdmission>

/** Whether this caller may call an operation at all; what it reaches is another question. */
export function mayCall(operation: Operation, access: Access): boolean {
  try {
    permission(operation, access, false)
    return true
  } catch (error) {
    if (error instanceof Refusal) return false
    throw error
  }
}

export function permission({ may }: Operation, access: Access, named: boolean): { own?: ObjectType } {
  if (may === 'partner' && access.userId !== null)
    throw forbidden(
      'This operation needs a partner token: get one by POST /auth/token with grant_type client_credentials',
      'partner_token_needed',
    )
  if (may === 'user' && access.userId === null)
    throw forbidden(
      'This operation needs the token of an entity user: get one by POST /auth/token with grant_type entity_user',
      'user_token_needed',
    )
  if (may === 'partner' || may === 'user' || may === 'any' || may === 'anyone') return {}
  return permit(access, { wanted: typeof may === 'string' ? [may] : may, named })
}

export const isReading = (method: string) => method === 'GET'
