import { randomUUID } from 'node:crypto'
import { parse as parseQuery } from 'node:querystring'
import { setImmediate as immediate } from 'node:timers/promises'
import fastify, { type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import { nearest } from '../../core/nearest.ts'
import { badRequest, forbidden, invalid, notFound, Refusal, tooManyRequests, unauthorized } from '../../core/refusal.ts'
import { recordTraffic } from '../audit-log/recorder.ts'
import { type Access, permit } from '../auth/access.ts'
import type { ObjectType } from '../auth/permissions.ts'
import { bears } from '../auth/secrets.ts'
import { type Config, proxiesOf } from '../config.ts'
import { asEntity, asPartner, type Ctx, NO_ENTITY, type Who } from '../database/context.ts'
import type { Machinery } from '../machinery.ts'
import { inTrace, isTraced, type RequestSpan, requestSpanned, traceIn } from '../tracing.ts'
import { answerError, bodyOf } from './errors.ts'
import { type Answer, fingerprint, idempotencyKey, once } from './idempotency.ts'
import { isLocal } from './local.ts'
import { createMetrics } from './metrics.ts'
import { type Reached, reachedBy, reachNamed } from './naming.ts'
import { type App, idsIn, nameOf, type Operation, type Routes } from './operation.ts'
import { createRateLimit } from './rate-limit.ts'
import { byId, RawJson } from './types.ts'
import { createValidation, readJson } from './validation.ts'

export const API_VERSION = '2024-05-25'
/** Versions whose clients are served; all of them get the shapes of `API_VERSION`. */
const knownVersions = ['2024-01-31', API_VERSION, '2025-06-23'] as const

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

declare module 'fastify' {
  interface FastifyInstance {
    machinery: Machinery
    /** Every operation with its route, in the order they were declared. */
    operations: { method: string; url: string; operation: Operation; schema: Record<string, unknown> }[]
    /** The routes that are no operations: pages, links and the like, which anybody may call. */
    openRoutes: string[]
  }
  interface FastifyRequest {
    access: Access | null
    headerEntity: string | null
    /**
     * Opens the request's transaction, for operations that declare `transaction: 'manual'`. `about` names what besides the JSON body
     * makes this request itself, e.g. the hash of a file.
     */
    open<T>(work: (ctx: Ctx) => Promise<T>, about?: string): Promise<T>
  }
}

/** Of names that nobody knows so many are told, and so much of each. */
const UNKNOWN_SHOWN = 10
const UNKNOWN_LENGTH = 60

function unknownQuery(name: string, known: ReadonlySet<string>): string {
  const meant = nearest(name, [...known])
  return `This operation has no such query parameter${meant ? `; did you mean ${meant}?` : ''}`
}

const CORS_METHODS = 'GET, POST, PUT, PATCH, DELETE, OPTIONS'
const CORS_HEADERS =
  'authorization, content-type, idempotency-key, x-dry-run, x-monite-version, x-monite-entity-id, x-monite-sdk-version, x-entity-name, x-fern-language, x-fern-sdk-name, x-fern-sdk-version, x-fern-runtime, x-fern-runtime-version, user-agent'
const CORS_EXPOSED =
  'x-request-id, x-monite-version, x-monite-entity-id, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset, idempotent-replayed, x-dry-run, x-unknown-query'

const unasked = (): never => {
  throw new Error('The compilers of schemas are set below')
}

/** The HTTP side: every rule that all operations share, around the modules' routes. */
export function createApp(machinery: Machinery, modules: readonly Routes[]): App {
  const { config, log, db } = machinery
  const app = fastify({
    loggerInstance: log as never,
    // Named, as Fastify loads its own otherwise.
    schemaController: { compilersFactory: { buildValidator: unasked, buildSerializer: unasked } },
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: config.body_limit_bytes,
    trustProxy: proxiesOf(config),
    exposeHeadRoutes: false,
    rewriteUrl: (request) => {
      // HEAD is GET without the body, which Node leaves out as it read the method itself. Routes of their own would be a third more of them.
      if (request.method === 'HEAD') request.method = 'GET'
      // Both /v1 and / are the base: the published React client drops the path of its base URL.
      return request.url!.startsWith('/v1/') ? request.url!.slice(3) : request.url!
    },
    routerOptions: { querystringParser: readQuery, ignoreTrailingSlash: false, maxParamLength: 512 },
    requestTimeout: 60_000,
    return503OnClosing: true,
    // An address that can't even be read never reaches a route or a hook.
    frameworkErrors: (error, request, reply) => {
      addCommonHeaders(request, reply)
      return answerError(error, request, reply)
    },
  }) as unknown as App

  const validation = createValidation()
  app.setValidatorCompiler(validation.compile)
  app.setSerializerCompiler(() => JSON.stringify)

  const metrics = createMetrics(db, machinery.health)
  const limit = createRateLimit(config.rate_limit)
  const origins = config.cors_origin.split(',').map((origin) => origin.trim())

  app.decorate('machinery', machinery)
  app.decorate('operations', [])
  app.decorate('openRoutes', [])
  app.decorateRequest('access', null)
  app.decorateRequest('headerEntity', null)
  app.decorateRequest('ctx')
  app.decorateRequest('bytes', null)
  app.decorateRequest('open')

  app.setErrorHandler(answerError)
  app.removeContentTypeParser(['application/json', 'text/plain'])
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      if (request.routeOptions.config.operation?.raw) request.bytes = body as Buffer
      done(null, readJson(body.toString()))
    } catch (error) {
      done(error as Error)
    }
  })

  // Forms are read by the operations that take them, see `form.ts`.
  app.addContentTypeParser('multipart/form-data', (_request, _payload, done) => done(null))

  let closing = false
  app.addHook('onClose', async () => {
    closing = true
  })
  app.addHook('onListen', async () => void validation.warmUp(() => closing))

  // Whether spans are made is known when the server starts: an SDK is loaded before it.
  const spans = isTraced() ? new WeakMap<FastifyRequest, RequestSpan>() : null
  app.addHook('onRequest', (request, _reply, done) => {
    const trace = traceIn(request.headers.traceparent)
    if (spans) spans.set(request, requestSpanned(request.method, trace, done))
    else if (trace === null) done()
    else inTrace(trace, done)
  })
  if (spans) {
    const endSpan = (request: FastifyRequest, status?: number) => {
      const { routeOptions, access, ctx, headerEntity } = request
      const entity = ctx?.entityId ?? headerEntity ?? undefined
      const operation = routeOptions.config?.operation?.id
      const attributes = { route: routeOptions.url, operation, partner: access?.partnerId, entity }
      spans.get(request)?.end(status === undefined ? attributes : { ...attributes, status })
      spans.delete(request)
    }
    app.addHook('onResponse', async (request, reply) => endSpan(request, reply.statusCode))
    app.addHook('onRequestAbort', async (request) => endSpan(request))
  }
  app.addHook('onRequest', async (request, reply) => {
    addCommonHeaders(request, reply)
    // A NUL byte can't be stored or searched for, wherever in the address it stands.
    if (request.url.includes('%00'))
      throw invalid([{ loc: ['query'], msg: 'Text may not contain a NUL character', type: 'string_unicode' }])
    const { operation, open } = request.routeOptions.config
    if (operation) {
      // Tokens, and what companies own, are for whoever asked: nothing on the way keeps them.
      reply.header('cache-control', 'no-store')
      await identify(operation, request, reply)
    } else if (open === true) throttle(request, reply)
  })
  app.addHook('onSend', (_request, reply, payload, done) => {
    reply.header('x-process-time', (reply.elapsedTime / 1000).toFixed(6))
    done(null, payload)
  })
  app.addHook('onResponse', (request, reply, done) => {
    const { operation } = request.routeOptions.config
    const ms = Math.round(reply.elapsedTime * 100) / 100
    metrics.observe(operation?.id ?? 'other', request.method, reply.statusCode, ms)
    log.info({
      request_id: request.id,
      method: request.method,
      path: loggedPath(request),
      operation: operation?.id,
      status: reply.statusCode,
      ms,
      partner: request.access?.partnerId,
      entity: request.ctx?.entityId ?? request.headerEntity ?? undefined,
      user: request.access?.userId ?? undefined,
    })
    done()
  })

  app.addHook('onClose', async () => metrics.close())

  app.addHook('onRoute', (route) => {
    const operation = route.config?.operation
    if (!operation) {
      if (route.url.startsWith('/_') || route.method === 'OPTIONS') return
      if (!route.config?.open) throw new Error(`${route.method} ${route.url} says nothing about who may call it`)
      app.openRoutes.push(route.url)
      return
    }
    const id = nameOf(String(route.method), route.url)
    if (operation.id !== '' && operation.id !== id)
      throw new Error(`${id} is declared once with ${operation.id}: each needs its own`)
    operation.id = id
    if (operation.may === undefined || operation.may.length === 0)
      throw new Error(`${operation.id} says nothing about who may call it`)
    const schema = (route.schema ?? {}) as Record<string, unknown>
    const ids = idsIn(route.url)
    if (ids.length > 0) schema.params ??= byId(...ids)
    app.operations.push({ method: String(route.method), url: route.url, operation, schema })
    const readsAll = queryOf(schema)
    // Looked for when the first request comes, as a start has hundreds of operations. `test/permissions` looks through all of them.
    let reached: Reached | undefined
    const handler = route.handler
    route.handler = function (request, reply) {
      readsAll(request, reply)
      reached ??= reachedBy(operation, schema)
      return answer(operation, reached, request, reply, async () => handler.call(this, request, reply))
    }
  })

  app.options('/*', { config: { open: 'uncounted' } as never }, async (_request, reply) => {
    reply.header('access-control-allow-methods', CORS_METHODS).header('access-control-allow-headers', CORS_HEADERS)
    return reply.header('access-control-max-age', '86400').code(204).send()
  })
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]!.split('/')
    const methods = app.operations.filter(({ url }) => matches(url.split('/'), path)).map(({ method }) => method)
    if (methods.length === 0) return reply.code(404).send(bodyOf(notFound(nothingAt(path, app.operations), 'unknown_address')))
    const offered = Array.from(new Set(methods)).join(', ')
    return reply
      .header('allow', offered)
      .code(405)
      .send(
        bodyOf(new Refusal('bad_request', `Method Not Allowed: this address takes ${offered}`, undefined, 'method_not_offered')),
      )
  })
  app.get('/metrics', { config: { open: true } as never }, async (request, reply) => {
    mayWatch(config, request)
    return reply.type(metrics.contentType).send((await metrics.text()) as never)
  })

  recordTraffic(app)

  app.register(async (scope) => {
    for (const module of modules) {
      await module(scope as unknown as App)
      // A start asks its database meanwhile.
      await immediate()
    }
  })
  return app

  /** Names query parameters that an operation doesn't know: most are a slip, and would change nothing without a word. */
  function queryOf({ querystring }: Record<string, unknown>) {
    const known = new Set(Object.keys((querystring as { properties?: object } | undefined)?.properties ?? {}))
    return (request: FastifyRequest, reply: FastifyReply): void => {
      if (!request.url.includes('?')) return
      const unknown = Object.keys(request.query as object).filter((name) => !known.has(name))
      if (unknown.length === 0) return
      const shown = unknown.slice(0, UNKNOWN_SHOWN).map((name) => name.slice(0, UNKNOWN_LENGTH))
      if (config.strict_query)
        throw invalid(shown.map((name) => ({ loc: ['query', name], msg: unknownQuery(name, known), type: 'extra_forbidden' })))
      reply.header('x-unknown-query', shown.map(encodeURIComponent).join(', '))
      request.log.warn({ request_id: request.id, unknown_query: shown }, 'a request has query parameters that nobody reads')
    }
  }

  /** What every answer carries, also when the request went nowhere. */
  function addCommonHeaders(request: FastifyRequest, reply: FastifyReply) {
    reply.header('x-request-id', request.id)
    reply.header('x-content-type-options', 'nosniff')
    allowOrigin(origins, request, reply)
  }

  /** Version, bearer, rate and entity of a request, in this order: the first thing that is wrong is the answer. */
  async function identify(operation: Operation, request: FastifyRequest, reply: FastifyReply) {
    const asked = version(request.headers['x-monite-version'])
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

/** Figures are for whoever runs the server: by a token of their own, or else from this machine. */
function mayWatch({ metrics_token }: Config, request: FastifyRequest): void {
  if (metrics_token === '') {
    if (isLocal(request)) return
    throw forbidden('Figures are for this machine only, unless METRICS_TOKEN is set')
  }
  if (!bears(request.headers.authorization, metrics_token)) throw unauthorized('The token for figures is missing or wrong')
}

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

function permission({ may }: Operation, access: Access, named: boolean): { own?: ObjectType } {
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

function send({ status }: Operation, reply: FastifyReply, result: unknown) {
  if (reply.sent) return reply
  reply.code(status)
  if (status === 204) return reply.send()
  if (result instanceof RawJson) return reply.type('application/json; charset=utf-8').send(result.bytes)
  return reply.send(result ?? null)
}

/** The path as it was asked for, or as it was declared where what stands in it opens a page without a token. */
function loggedPath({ url, routeOptions }: FastifyRequest): string | undefined {
  const { open, operation } = routeOptions.config
  return open || operation?.may === 'anyone' ? routeOptions.url : url.split('?', 1)[0]
}

const isReading = (method: string) => method === 'GET'

const isKnown = (version: string | null) => (knownVersions as readonly (string | null)[]).includes(version)

/** Whether nothing is to be kept. Refuses (`invalid`) what is neither yes nor no: whoever meant a trial must not get the real thing. */
function isDryRun(header: string | string[] | undefined): boolean {
  const asked = header === undefined ? 'false' : String(header).trim().toLowerCase()
  if (asked !== 'true' && asked !== 'false')
    throw invalid([{ loc: ['header', 'x-dry-run'], msg: "Input should be 'true' or 'false'", type: 'bool_parsing' }])
  return asked === 'true'
}

/** The version asked for; null without the header. */
function version(header: string | string[] | undefined): string | null {
  if (header === undefined) return null
  const asked = String(header)
  if (!/^\d{4}-\d{2}-\d{2}$/.test(asked))
    throw invalid([
      { loc: ['header', 'x-monite-version'], msg: `Input should be one of ${knownVersions.join(', ')}`, type: 'date_parsing' },
    ])
  if (!isKnown(asked)) throw badRequest(`API version ${asked} is not supported; known versions are ${knownVersions.join(', ')}`)
  return asked
}

function allowOrigin(origins: string[], request: FastifyRequest, reply: FastifyReply) {
  const { origin } = request.headers
  const any = origins.includes('*')
  if (!any) reply.header('vary', 'origin')
  if (!origin || !(any || origins.includes(origin))) return
  reply.header('access-control-allow-origin', any ? '*' : origin)
  reply.header('access-control-expose-headers', CORS_EXPOSED)
}

/** Repeated names make a list, and so does `name[]`. */
const readQuery = (query: string): Record<string, unknown> =>
  query === ''
    ? {}
    : Object.fromEntries(
        Object.entries(parseQuery(query)).map(([name, value]) => [name.endsWith('[]') ? name.slice(0, -2) : name, value]),
      )

/** What to say of an address without an operation: most are a slip in the first word. */
function nothingAt([, first = '']: readonly string[], operations: App['operations']): string {
  const known = new Set(operations.map(({ url }) => url.split('/', 2)[1]!))
  const meant = first.length > FIRST_MAX || known.has(first) ? null : nearest(first, Array.from(known))
  return `There is nothing at this address; ${meant ? `did you mean /${meant}? ` : ''}/docs lists what there is`
}
const FIRST_MAX = 60

/** Whether the parts of a path fit those of a route such as `/tags/:tag_id`. */
const matches = (route: readonly string[], path: readonly string[]): boolean =>
  route.length === path.length && route.every((part, i) => part.startsWith(':') || part === path[i])
