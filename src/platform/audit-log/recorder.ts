import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { UUID } from '../../core/uuid.ts'
import type { Clock } from '../clock.ts'
import { asSystemUnread, type Db, NO_ENTITY } from '../database/context.ts'
import { sql } from '../database/sql.ts'
import type { App } from '../http/operation.ts'
import type { Log } from '../log.ts'
import { requestId } from './entry-id.ts'
import { BODY_BYTES_MAX, keptHeaders, maskedJson, maskedQuery, note, YES_BYTES_MAX } from './masking.ts'

/**
 * Remembers every request to an operation and its answer. A request only leaves a few references behind; what is kept of them is
 * worked out and written some hundred at a time, beside the requests. An entry may therefore be lost when the process is killed within
 * a quarter of a second, or when the database can't keep up; a request never waits for it and never fails by it. Operations that are
 * `recorded` are the exception: what they show is on the disk here before it is shown.
 */
interface AuditLog {
  /** Writes what is waiting, and answers when it is in the database. */
  flush(): Promise<void>
  /** From now on nothing is written by itself, only by `flush`: for tests, which count rows and queries. */
  hold(): void
}

declare module 'fastify' {
  interface FastifyInstance {
    auditLog: AuditLog
  }
  interface FastifyRequest {
    /** The JSON text that was answered, when it is to be remembered. */
    answered: string | null
  }
}

/** A request and its answer, as they lie in memory until they are written. */
interface Exchange {
  readonly id: string
  readonly partnerId: string | null
  /** Who says to be asking, while no token tells: the partner of this client is looked up when it is written. */
  readonly clientId: string | null
  readonly entityId: string
  readonly userId: string | null
  readonly method: string
  readonly url: string
  readonly status: number
  readonly received_ms: number
  readonly answered_ms: number
  readonly headers: IncomingHttpHeaders
  readonly body: unknown
  readonly requestId: string
  readonly responseType: string
  readonly answer: string | null
}

const WAIT_MS = 250
const RETRY_MS = 1_000
const BATCH = 200
/** Beyond this many, new ones are let go: with the largest bodies that is some 128 MiB. */
const WAITING_MAX = 4_000

/** Reading the log leaves no trace in it. */
const UNRECORDED = new Set(['get_audit_logs', 'get_audit_logs_id'])

/** Has the requests to all operations remembered, unless the settings say otherwise. */
export function recordTraffic(app: App): void {
  const { config, db, log } = app.machinery
  const waiting: Exchange[] = []
  let held = false
  let dropped = 0
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> | null = null

  function remember(exchange: Exchange) {
    if (waiting.length >= WAITING_MAX) dropped++
    else waiting.push(exchange)
    if (held) return
    if (waiting.length >= BATCH && !timer) void flush()
    else soon(WAIT_MS)
  }

  function soon(ms: number) {
    timer ??= setTimeout(() => {
      timer = undefined
      void flush()
    }, ms).unref()
  }

  /** One writes at a time. */
  function flush(): Promise<void> {
    writing ??= drain().finally(() => {
      writing = null
    })
    return writing
  }

  async function drain() {
    if (dropped > 0) {
      log.warn({ dropped }, 'requests were answered faster than the audit log could be written; some are missing in it')
      dropped = 0
    }
    while (waiting.length > 0) {
      const batch = waiting.splice(0, BATCH)
      try {
        await write(db, batch)
      } catch (error) {
        if (isAboutData(error)) await oneByOne(db, log, batch)
        else {
          log.warn({ err: error }, 'the audit log could not be written and will be tried again')
          waiting.unshift(...batch)
          if (!held) soon(RETRY_MS)
          return
        }
      }
    }
  }

  app.decorate('auditLog', {
    flush,
    hold() {
      held = true
      clearTimeout(timer)
    },
  })
  app.decorateRequest('answered', null)
  if (config.audit_log_days === 0) return

  app.addHook('onSend', (request, reply, payload, done) => {
    // What was merely read is in the database; what was changed, or refused, is worth keeping as it was said.
    if (typeof payload === 'string' && (request.method !== 'GET' || reply.statusCode >= 400)) {
      const max = reply.statusCode >= 400 ? BODY_BYTES_MAX : YES_BYTES_MAX
      request.answered = payload.length > max ? tooLarge(Buffer.byteLength(payload)) : payload
    }
    done(null, payload)
  })
  // Looks that have to leave a trace are written before they are answered: where that fails, nothing is shown.
  app.addHook('onSend', async (request, reply) => {
    if (isLook(request, reply)) await write(db, [exchangeOf(request, reply, preciseNow(db.clock))], true)
  })
  app.addHook('onResponse', (request, reply, done) => {
    const { operation } = request.routeOptions.config
    const read = request.method === 'GET' && reply.statusCode < 400
    if (
      operation &&
      !UNRECORDED.has(operation.id) &&
      !isLook(request, reply) &&
      (config.audit_log_reads || operation.recorded || !read)
    )
      remember(exchangeOf(request, reply, preciseNow(db.clock)))
    done()
  })
  app.addHook('onClose', async () => {
    held = true
    clearTimeout(timer)
    await flush()
  })
}

/** Whether somebody was shown what leaves a trace whenever it is shown. */
const isLook = ({ routeOptions }: FastifyRequest, { statusCode }: FastifyReply) =>
  routeOptions.config.operation?.recorded === true && statusCode < 400

let zero_ms = Date.now() - performance.now()
/** Milliseconds since 1970 with decimals, so that requests of one millisecond keep their order. It follows the clock when that is set. */
function preciseNow(clock: Clock): number {
  const now = clock.now().getTime()
  if (clock.moved) return now
  if (Math.abs(zero_ms + performance.now() - now) > 20) zero_ms = now - performance.now()
  return zero_ms + performance.now()
}

function exchangeOf(request: FastifyRequest, reply: FastifyReply, now: number): Exchange {
  const { access } = request
  const received_ms = now - reply.elapsedTime
  return {
    id: requestId(received_ms),
    partnerId: access?.partnerId ?? null,
    clientId: access ? null : clientOf(request.body),
    entityId: request.ctx?.entityId ?? request.headerEntity ?? access?.entityId ?? NO_ENTITY,
    userId: access?.userId ?? null,
    method: request.method,
    url: request.url,
    status: reply.statusCode,
    received_ms,
    answered_ms: now,
    headers: request.headers,
    body: Number(request.headers['content-length'] ?? 0) > BODY_BYTES_MAX ? null : request.body,
    requestId: request.id,
    responseType: String(reply.getHeader('content-type') ?? ''),
    answer: request.answered,
  }
}

function clientOf(body: unknown): string | null {
  const id = (body as { client_id?: unknown } | null | undefined)?.client_id
  return typeof id === 'string' && UUID.test(id) ? id : null
}

const COLUMNS = 'id, partner_id, entity_id, entity_user_id, method, path, params, status_code, received_at, answered_at, details'
const SELECTED = `e.entity_id, e.entity_user_id, e.method, e.path, e.params, e.status_code, to_timestamp(e.received_ms / 1000), to_timestamp(e.answered_ms / 1000), e.details`
const ROWS = `json_to_recordset(:rows::text::json) as e (id uuid, partner_id uuid, entity_id uuid, entity_user_id uuid, method text, path text, params text,
  status_code integer, received_ms float8, answered_ms float8, details json)`
const INSERT = sql(`insert into audit_logs (${COLUMNS}) select e.id, e.partner_id, ${SELECTED} from ${ROWS}`)
/** Before there is a token it is the client that names the partner. Requests of nobody are in the server's own log only. */
const INSERT_OF_CLIENTS = sql(
  `insert into audit_logs (${COLUMNS}) select e.id, c.partner_id, ${SELECTED} from ${ROWS} join api_clients c on c.id = e.partner_id`,
)

const WITHOUT_WAITING = sql(`select set_config('synchronous_commit', 'off', true)`)

/** `surely` waits for the disk; otherwise a crash of this machine may take the last entries. */
async function write(db: Db, batch: readonly Exchange[], surely = false): Promise<void> {
  const known = batch.filter(({ partnerId }) => partnerId !== null)
  const clients = batch.filter(({ partnerId, clientId }) => partnerId === null && clientId !== null)
  await asSystemUnread(db, async (ctx) => {
    await Promise.all([
      // Entries may be lost with a crash of this process anyway: the disk need not be waited for.
      !surely && WITHOUT_WAITING(ctx),
      known.length > 0 && INSERT(ctx, { rows: listOf(known) }),
      clients.length > 0 && INSERT_OF_CLIENTS(ctx, { rows: listOf(clients) }),
    ])
  })
}

/** What PostgreSQL can't store at all: only the entry that is to blame is let go. */
async function oneByOne(db: Db, log: Log, batch: readonly Exchange[]): Promise<void> {
  for (const exchange of batch)
    await write(db, [exchange]).catch((error: Error) =>
      log.error(
        { err: error, method: exchange.method, status: exchange.status },
        'an entry of the audit log could not be stored',
      ),
    )
}

const isAboutData = (error: unknown) => /^2[23]/.test((error as { code?: string }).code ?? '')

const listOf = (batch: readonly Exchange[]) => `[${batch.map(rowOf).join()}]`

/** A row as JSON, put together by hand: this is done for every request. What isn't escaped is ours and needs no escaping. */
function rowOf(exchange: Exchange): string {
  const { id, partnerId, clientId, entityId, userId, method, url, status, received_ms, answered_ms, headers, responseType } =
    exchange
  const at = url.indexOf('?')
  const path = JSON.stringify(at < 0 ? url : url.slice(0, at))
  const params = at < 0 ? 'null' : JSON.stringify(maskedQuery(url))
  const request = `{"type":${JSON.stringify(headers['content-type'] ?? '')},"headers":${keptHeaders(headers)},"body":${requestBody(exchange)}}`
  const response = `{"type":${JSON.stringify(responseType)},"headers":{"x-request-id":"${exchange.requestId}"},"body":${responseBody(exchange)}}`
  return `{"id":"${id}","partner_id":"${partnerId ?? clientId}","entity_id":"${entityId}","entity_user_id":${userId && `"${userId}"`},"method":"${method}","path":${path},"params":${params},"status_code":${status},"received_ms":${received_ms},"answered_ms":${answered_ms},"details":{"request":${request},"response":${response}}}`
}

function requestBody({ headers, body }: Exchange): string | null {
  if (headers['content-type']?.startsWith('multipart/')) return note('The contents of files are not kept')
  const size = Number(headers['content-length'] ?? 0)
  if (size > BODY_BYTES_MAX) return tooLarge(size)
  if (typeof body !== 'object' || body === null) return null
  const text = JSON.stringify(body)
  return text.length > BODY_BYTES_MAX ? tooLarge(text.length) : maskedJson(text)
}

function responseBody({ answer, responseType }: Exchange): string | null {
  if (answer === null || !responseType.startsWith('application/json') || !/^[[{]/.test(answer)) return null
  return maskedJson(answer)
}

const tooLarge = (size_bytes: number) => note('The body is too large to be kept', size_bytes)
