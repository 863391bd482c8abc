import { randomUUID } from 'node:crypto'
import { setImmediate as immediate } from 'node:timers/promises'
import fastify, { type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import { nearest } from '../../core/nearest.ts'
import { forbidden, invalid, notFound, Refusal, unauthorized } from '../../core/refusal.ts'
import { recordTraffic } from '../audit-log/recorder.ts'
import type { Access } from '../auth/access.ts'
import { bears } from '../auth/secrets.ts'
import { type Config, proxiesOf } from '../config.ts'
import type { Ctx } from '../database/context.ts'
import type { Machinery } from '../machinery.ts'
import { inTrace, isTraced, type RequestSpan, requestSpanned, traceIn } from '../tracing.ts'
import { createAdmission } from './admission.ts'
import { createAnswering } from './answering.ts'
import { answerError, bodyOf } from './errors.ts'
import { isLocal } from './local.ts'
import { createMetrics } from './metrics.ts'
import { type Reached, reachedBy } from './naming.ts'
import { type App, idsIn, nameOf, type Operation, type Routes } from './operation.ts'
import { createQueryCheck, readQuery } from './query.ts'
import { byId } from './types.ts'
import { createValidation, readJson } from './validation.ts'

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
  const admission = createAdmission(machinery)
  const answer = createAnswering(machinery, admission)
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
      await admission.identify(operation, request, reply)
    } else if (open === true) admission.throttle(request, reply)
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
    const checkQuery = createQueryCheck(schema, config.strict_query)
    // Looked for when the first request comes, as a start has hundreds of operations. `test/permissions` looks through all of them.
    let reached: Reached | undefined
    const handler = route.handler
    route.handler = function (request, reply) {
      checkQuery(request, reply)
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

  /** What every answer carries, also when the request went nowhere. */
  function addCommonHeaders(request: FastifyRequest, reply: FastifyReply) {
    reply.header('x-request-id', request.id)
    reply.header('x-content-type-options', 'nosniff')
    allowOrigin(origins, request, reply)
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

/** The path as it was asked for, or as it was declared where what stands in it opens a page without a token. */
function loggedPath({ url, routeOptions }: FastifyRequest): string | undefined {
  const { open, operation } = routeOptions.config
  return open || operation?.may === 'anyone' ? routeOptions.url : url.split('?', 1)[0]
}

function allowOrigin(origins: string[], request: FastifyRequest, reply: FastifyReply) {
  const { origin } = request.headers
  const any = origins.includes('*')
  if (!any) reply.header('vary', 'origin')
  if (!origin || !(any || origins.includes(origin))) return
  reply.header('access-control-allow-origin', any ? '*' : origin)
  reply.header('access-control-expose-headers', CORS_EXPOSED)
}

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
