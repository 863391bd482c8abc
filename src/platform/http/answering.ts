import type { FastifyReply, FastifyRequest } from 'fastify'
import { badRequest, invalid, notFound } from '../../core/refusal.ts'
import type { Access } from '../auth/access.ts'
import { asEntity, asPartner, type Ctx, NO_ENTITY, type Who } from '../database/context.ts'
import type { Machinery } from '../machinery.ts'
import { type Admission, isReading, permission } from './admission.ts'
import { type Answer, fingerprint, idempotencyKey, once } from './idempotency.ts'
import { type Reached, reachNamed } from './naming.ts'
import type { Operation } from './operation.ts'
import { RawJson } from './types.ts'

/** Carries requests out that were admitted. */
export function createAnswering(machinery: Pick<Machinery, 'db' | 'access'>, { entityOf }: Admission) {
  const { db } = machinery

  return answer

  /** Permission, transaction, handler, status: the part of a request after its shape was found good. */
  async function answer(
    operation: Operation,
    { namings, row }: Reached,
    request: FastifyRequest,
    reply: FastifyReply,
    handle: () => Promise<unknown>,
  ) {
    const who = await whoAsks(operation, request, row !== null)
    const open = <T>(work: (ctx: Ctx) => Promise<T>, concludes = false) => {
      const run = async (ctx: Ctx) => {
        request.ctx = ctx
        await reachNamed(ctx, namings, request, row)
        return work(ctx)
      }
      const opening = { ...who, concludes }
      return who.entityId === NO_ENTITY ? asPartner(db, opening, run) : asEntity(db, opening, run)
    }
    const key =
      isReading(request.method) || operation.may === 'anyone' ? null : idempotencyKey(request.headers['idempotency-key'])

    const hashOf = (about = '') =>
      fingerprint(who.userId ?? '', request.method, request.url, JSON.stringify(request.body ?? null), about)
    const answerOf = async (work: Promise<unknown>): Promise<Answer> => {
      const result = await work
      return { status: operation.status, body: result instanceof RawJson ? result.text : JSON.stringify(result ?? null) }
    }

    const changes = !isReading(request.method) || operation.writes === true
    if (isDryRun(request.headers['x-dry-run']) && changes) {
      if (operation.transaction === 'manual')
        throw badRequest('This operation can not be tried: it does more than write to the database')
      reply.header('x-dry-run', 'true')
      return send(operation, reply, await rolledBack((work) => open(work), handle))
    }
    if (operation.transaction === 'manual') {
      request.open = async (work, about = '') => {
        if (key === null) return open(work)
        const hash = hashOf(about)
        const { body, replayed } = await open((ctx) => once(ctx, key, hash, () => answerOf(work(ctx))))
        if (replayed) reply.header('idempotent-replayed', 'true')
        return JSON.parse(body)
      }
      return send(operation, reply, await handle())
    }
    if (key === null) return send(operation, reply, await open(handle, operation.concludes))

    const hash = hashOf()
    const replay = await open((ctx) => once(ctx, key, hash, () => answerOf(handle())))
    if (replay.replayed) reply.header('idempotent-replayed', 'true')
    return send(operation, reply, new RawJson(replay.body))
  }

  async function whoAsks(operation: Operation, request: FastifyRequest, named: boolean): Promise<Who> {
    const { access } = request
    const reading = isReading(request.method) && operation.transaction === 'request' && !operation.writes
    if (!access) return { partnerId: NO_ENTITY, entityId: NO_ENTITY, userId: null, reading }
    const { own } = permission(operation, access, named)
    const entityId =
      operation.entity === 'path' ? await entityInPath(operation, access, request) : (request.headerEntity ?? NO_ENTITY)
    const zone = entityId === NO_ENTITY ? undefined : await zoneOf(access, entityId)
    const grants = access.userId === null ? undefined : access.grants
    return { partnerId: access.partnerId, entityId, userId: access.userId, own, grants, reading, zone }
  }

  async function zoneOf(access: Access, entityId: string): Promise<string> {
    return access.entityId === entityId ? access.zone : (await machinery.access.entity(access.partnerId, entityId)).zone
  }

  async function entityInPath(operation: Operation, access: Access, request: FastifyRequest): Promise<string> {
    const id = (request.params as { entity_id: string }).entity_id.toLowerCase()
    if (access.entityId !== null) {
      if (access.entityId !== id) throw notFound('Entity not found')
      return id
    }
    return entityOf(operation, access, id, ['path', 'entity_id'], request.method)
  }
}

/** Carries a result out of a transaction that is rolled back. */
class Tried extends Error {
  readonly result: unknown
  constructor(result: unknown) {
    super('A dry run ends with a rollback')
    this.result = result
  }
}

/** What the work would answer. Its transaction is rolled back: nothing is written, no event is emitted, no job begins. */
async function rolledBack(
  open: (work: (ctx: Ctx) => Promise<never>) => Promise<never>,
  work: () => Promise<unknown>,
): Promise<unknown> {
  try {
    return await open(async (ctx) => {
      const result = await work()
      // What is checked at the end of a transaction is checked here: what would not be kept is refused.
      await ctx.db.query('set constraints all immediate')
      throw new Tried(result)
    })
  } catch (error) {
    if (error instanceof Tried) return error.result
    throw error
  }
}

function send({ status }: Operation, reply: FastifyReply, result: unknown) {
  if (reply.sent) return reply
  reply.code(status)
  if (status === 204) return reply.send()
  if (result instanceof RawJson) return reply.type('application/json; charset=utf-8').send(result.bytes)
  return reply.send(result ?? null)
}

/** Whether nothing is to be kept. Refuses (`invalid`) what is neither yes nor no: whoever meant a trial must not get the real thing. */
function isDryRun(header: string | string[] | undefined): boolean {
  const asked = header === undefined ? 'false' : String(header).trim().toLowerCase()
  if (asked !== 'true' && asked !== 'false')
    throw invalid([{ loc: ['header', 'x-dry-run'], msg: "Input should be 'true' or 'false'", type: 'bool_parsing' }])
  return asked === 'true'
}
