import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { expect } from 'vitest'
import { createPartner } from '../../src/platform/auth/clients.ts'
import { actionsOf, objectTypes } from '../../src/platform/auth/permissions.ts'
import { readConfig } from '../../src/platform/config.ts'
import { createPool } from '../../src/platform/database/pool.ts'
import type { App } from '../../src/platform/http/operation.ts'
import { type JobHandlers, type Schedule, workOnce } from '../../src/platform/jobs/jobs.ts'
import type { Machinery } from '../../src/platform/machinery.ts'
import { assemble } from '../../src/server.ts'
import { createChecks } from './contract.ts'
import { freshDatabase, SECRETS_KEY, testDatabase } from './database.ts'
import { dns } from './dns.ts'
import { testLog } from './log.ts'
import { type StripeFake, stripeFake } from './stripe.ts'

export const VERSION = '2024-05-25'

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
export type Body = any

export interface Answer {
  readonly status: number
  readonly body: Body
  readonly headers: Record<string, string>
}

interface Extras {
  readonly headers?: Record<string, string>
  readonly beyond?: boolean
}

/** Somebody with a token. Requests go through the whole server, and each answer is held against the contract. */
export interface Client {
  readonly token: string
  readonly entityId: string | null
  readonly userId: string | null
  get(path: string, extras?: Extras): Promise<Answer>
  post(path: string, body?: unknown, extras?: Extras): Promise<Answer>
  patch(path: string, body?: unknown, extras?: Extras): Promise<Answer>
  put(path: string, body?: unknown, extras?: Extras): Promise<Answer>
  delete(path: string, extras?: Extras): Promise<Answer>
  upload(
    method: 'POST' | 'PUT',
    path: string,
    file: { bytes: Buffer; name: string; type?: string },
    fields?: Record<string, string>,
  ): Promise<Answer>
  /** The same caller with other headers, e.g. another entity. */
  with(headers: Record<string, string>): Client
}

/**
 * How far the clock of all tests is from the machine's: none, or as far as it takes to begin at `TEST_TIME=23:30` (UTC) of today. Tests
 * hold at any time of the day, also where the entity's day is another one than UTC's.
 */
const BASE_MS = process.env.TEST_TIME
  ? Date.parse(`${new Date().toISOString().slice(0, 10)}T${process.env.TEST_TIME}:00Z`) - Date.now()
  : 0

/** A clock that tests move. As long as nobody does, it is the machine's. */
class TestClock {
  #offset_ms = BASE_MS
  #fixed: Date | null = null
  now = () => this.#fixed ?? new Date(Date.now() + this.#offset_ms)
  get moved() {
    return this.#fixed !== null || this.#offset_ms !== 0
  }
  /** From now on it is this moment, and stays it. */
  set(moment: string | null) {
    this.#fixed = moment === null ? null : new Date(moment)
    this.#offset_ms = BASE_MS
  }
  advance(ms: number) {
    if (this.#fixed) this.#fixed = new Date(this.#fixed.getTime() + ms)
    else this.#offset_ms += ms
  }
}

export interface House {
  readonly app: App
  readonly machinery: Machinery
  readonly handlers: JobHandlers
  readonly schedules: readonly Schedule[]
  readonly clock: TestClock
  /** Who stands for Stripe. */
  readonly stripe: StripeFake
  readonly check: Awaited<ReturnType<typeof createChecks>>
  /** Connections of the owner, past all walls. */
  readonly admin: pg.Pool
}

const HOUSES = Symbol.for('quittance.test.houses')
const shelf = globalThis as { [HOUSES]?: { shared?: Promise<House>; apart?: Promise<House> } }
shelf[HOUSES] ??= {}
const houses = shelf[HOUSES]

/** The server of this test worker, over the worker's own database. */
export function house(): Promise<House> {
  houses.shared ??= testDatabase().then(({ connection }) => open(connection))
  return houses.shared
}

/** Another one over a database of its own: suites that look at every row again and again would look at all that other tests left. */
export function houseApart(): Promise<House> {
  houses.apart ??= freshDatabase().then(({ connection }) => open(connection))
  return houses.apart
}

async function open(connection: pg.ClientConfig): Promise<House> {
  const clock = new TestClock()
  const stripe = await stripeFake(clock.now)
  const config = readConfig(
    {},
    {
      data_dir: mkdtempSync(join(tmpdir(), 'quittance-files-')),
      secrets_key: SECRETS_KEY,
      rate_limit: 0,
      webhooks_allow_private: true,
      audit_log_reads: true,
      dev_mail: 'local',
      payments_sandbox: 'on',
      stripe_api_url: stripe.url,
      // Other tests keep the processors busy meanwhile.
      scan_seconds: 60,
    },
  )
  const { app, machinery, handlers, schedules } = await assemble({
    config,
    log: testLog(),
    pool: createPool(connection, { max: 20 }),
    clock,
    resolver: dns,
  })
  app.auditLog.hold()
  await app.ready()
  const admin = createPool(connection, { max: 2, role: '', applicationName: 'quittance tests' })
  return { app, machinery, handlers, schedules, clock, stripe, check: await createChecks(app), admin }
}

/**
 * An error with what every error has beside its message, `code`, `doc_url` and where a list of such things is, out of the way of comparisons:
 * tests of what is refused compare the message, and may still ask for the code.
 */
function spoken(body: Answer['body']): Answer['body'] {
  if (typeof body?.error?.message === 'string')
    body.error.message = body.error.message.replace(/; GET \S+ lists what there is$/, '')
  for (const member of ['code', 'doc_url'])
    if (body?.error?.[member] !== undefined) Object.defineProperty(body.error, member, { enumerable: false })
  return body
}

/** A caller with a token (or, with an empty one, without). */
export function client(
  h: House,
  token: string,
  {
    entityId = null,
    userId = null,
    headers = {},
  }: { entityId?: string | null; userId?: string | null; headers?: Record<string, string> } = {},
): Client {
  const own: Record<string, string> = {
    'x-monite-version': VERSION,
    ...(token && { authorization: `Bearer ${token}` }),
    ...(entityId && { 'x-monite-entity-id': entityId }),
    ...headers,
  }
  async function call(method: string, path: string, payload: unknown, extras: Extras = {}): Promise<Answer> {
    const headers = { ...own, ...(payload !== undefined && { 'content-type': 'application/json' }), ...extras.headers }
    const sent = payload === undefined ? {} : { payload: typeof payload === 'string' ? payload : JSON.stringify(payload) }
    const response = await h.app.inject({ method: method as 'GET', url: path, headers, ...sent })
    return answerOf(method, path, headers, payload, response, extras.beyond)
  }
  function answerOf(
    method: string,
    path: string,
    requestHeaders: Record<string, string>,
    requestBody: unknown,
    response: Awaited<ReturnType<App['inject']>>,
    beyond = false,
  ): Answer {
    const headers = response.headers as Record<string, string>
    h.check({ method, path, status: response.statusCode, headers, body: response.body, requestHeaders, requestBody, beyond })
    const isJson = String(headers['content-type']).includes('json')
    return {
      status: response.statusCode,
      headers,
      body: response.body && isJson ? spoken(JSON.parse(response.body)) : response.rawPayload,
    }
  }
  return {
    token,
    entityId,
    userId,
    get: (path, extras) => call('GET', path, undefined, extras),
    post: (path, body, extras) => call('POST', path, body, extras),
    patch: (path, body, extras) => call('PATCH', path, body, extras),
    put: (path, body, extras) => call('PUT', path, body, extras),
    delete: (path, extras) => call('DELETE', path, undefined, extras),
    async upload(method, path, file, fields = {}) {
      const form = new FormData()
      for (const [name, value] of Object.entries(fields)) form.append(name, value)
      form.append('file', new Blob([new Uint8Array(file.bytes)], { type: file.type ?? 'application/octet-stream' }), file.name)
      const encoded = new Response(form)
      const headers = { ...own, 'content-type': encoded.headers.get('content-type')! }
      const response = await h.app.inject({ method, url: path, headers, payload: Buffer.from(await encoded.arrayBuffer()) })
      return answerOf(method, path, headers, undefined, response, true)
    },
    with: (more) => client(h, token, { entityId, userId, headers: { ...headers, ...more } }),
  }
}

type Permission = 'allowed' | 'allowed_for_own' | 'not_allowed'

/** Permissions of a role: everything allowed, unless `changes` (`object:action`) says otherwise. */
export function permissions(changes: Record<string, Permission> = {}, rest: Permission = 'allowed') {
  return {
    objects: objectTypes.map((object_type) => ({
      object_type,
      actions: actionsOf(object_type).map((action_name) => ({
        action_name,
        permission: changes[`${object_type}:${action_name}`] ?? rest,
      })),
    })),
  }
}

let count = 0

let made: { test: string | undefined; partners: string[] } = { test: undefined, partners: [] }
/** The partners made in this test. */
function madeNow(): string[] {
  const test = expect.getState().currentTestName
  if (made.test !== test) made = { test, partners: [] }
  return made.partners
}

/** One partner with two entities, and in each a user who may do everything. The walls between customers keep tests apart too. */
export async function world(at: Promise<House> = house()) {
  const h = await at
  h.clock.set(null)
  const { client_id, client_secret, partner_id } = await createPartner(h.machinery.db, `Partner ${++count}`)
  madeNow().push(partner_id)
  const nobody = client(h, '')

  async function tokenFor(entity_user_id?: string): Promise<string> {
    const grant = entity_user_id ? { grant_type: 'entity_user', entity_user_id } : { grant_type: 'client_credentials' }
    const { body, status } = await nobody.post('/auth/token', { ...grant, client_id, client_secret })
    if (status !== 200) throw new Error(`No token: ${JSON.stringify(body)}`)
    return body.access_token
  }

  const partnerToken = await tokenFor()
  const partner = client(h, partnerToken)
  /** The partner's own token, acting in an entity. */
  const partnerIn = (entityId: string) => client(h, partnerToken, { entityId })

  async function newEntity(changes: Record<string, unknown> = {}): Promise<string> {
    const { body, status } = await partner.post('/entities', { ...organization, ...changes })
    if (status !== 201) throw new Error(`No entity: ${JSON.stringify(body)}`)
    return body.id
  }

  async function newUser(entityId: string, role: object = permissions()): Promise<Client> {
    const inEntity = partnerIn(entityId)
    const name = `Role ${++count}`
    const { body: made } = await inEntity.post('/roles', { name, permissions: role })
    const { body: user } = await inEntity.post('/entity_users', {
      login: `user-${++count}`,
      first_name: 'Ada',
      last_name: 'Lovelace',
      role_id: made.id,
    })
    return client(h, await tokenFor(user.id), { entityId, userId: user.id })
  }

  const [berlinId, parisId] = await Promise.all([
    newEntity(),
    newEntity({
      organization: { legal_name: 'Atelier Seine SARL' },
      address: { ...organization.address, country: 'FR', city: 'Paris' },
    }),
  ])
  const [berlin, paris] = await Promise.all([newUser(berlinId), newUser(parisId)])

  return {
    ...h,
    client_id,
    client_secret,
    partner_id,
    nobody,
    partner,
    partnerIn,
    newEntity,
    newUser,
    tokenFor,
    berlin,
    paris,
    /** Does all jobs that are due, and those that they cause. */
    async work() {
      // What other tests left undone is theirs: their endpoints may take their time.
      const partners = [partner_id, ...madeNow()]
      while ((await workOnce(h.machinery.db, h.machinery.log, h.handlers, partners)) > 0);
    },
    /** Asks the database itself, past all walls. */
    sql: <Row = Record<string, unknown>>(text: string, values: unknown[] = []) =>
      h.admin.query(text, values).then(({ rows }) => rows as Row[]),
  }
}
export type World = Awaited<ReturnType<typeof world>>

export const organization = {
  type: 'organization',
  email: 'office@example.com',
  phone: '+493012345678',
  tax_id: '12/345/67890',
  address: { country: 'DE', city: 'Berlin', line1: 'Flughafenstraße 52', postal_code: '12053' },
  organization: { legal_name: 'Spreewerk GmbH' },
}
