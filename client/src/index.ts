import createClient, { type Client } from 'openapi-fetch'
import type { components, paths } from './api.js'

export { verifyWebhook, type WebhookEvent } from './webhooks.js'
export type { components, paths }
/** The shape of an object of the API by its name, e.g. `Schema<'TagReadSchema'>`. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name]

export interface QuittanceOptions {
  /** Address of the server, e.g. `https://billing.example`; the API is below its `/v1`. */
  readonly url: string
  readonly clientId: string
  readonly clientSecret: string
  /** Acts as this user of an entity; as the platform where it is left out. */
  readonly userId?: string
  /** The entity to act in, for the platform. */
  readonly entityId?: string
  /** Times that a request is sent again when the server is busy or away; 3 where it is left out. */
  readonly retries?: number
  readonly fetch?: typeof fetch
}

/** What the API refused: its status, its code, and the sentence that it says. */
export class QuittanceError extends Error {
  readonly status: number
  readonly code: string | undefined
  readonly requestId: string | null
  readonly body: unknown
  constructor(response: Response, body: unknown) {
    const { error, detail } = (body ?? {}) as {
      error?: { message?: string; code?: string }
      detail?: { loc: (string | number)[]; msg: string }[]
    }
    const faults = detail?.map(({ loc, msg }) => `${loc.slice(1).join('.')}: ${msg}`).join('; ')
    super(error?.message ?? faults ?? `The server answered ${response.status}`)
    this.name = 'QuittanceError'
    this.status = response.status
    this.code = error?.code
    this.requestId = response.headers.get('x-request-id')
    this.body = body
  }
}

const VERSION = '2024-05-25'
/** Seconds before its end that a token is renewed. */
const EARLY_S = 30
/** The server did nothing, and says so: trying again is safe. */
const AGAIN = new Set([429, 502, 503, 504])
const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

export interface Quittance extends Client<paths> {
  /** Goes through a list page by page: `for await (const tag of api.all('/tags'))`. */
  all<Path extends ListPath>(path: Path, query?: Record<string, unknown>): AsyncGenerator<Item<Path>>
  /** The same client in another entity, or as the platform itself. */
  in(entityId: string | undefined): Quittance
}

/** Lists: what answers `data` and a token for the next page. */
export type ListPath = {
  [Path in keyof paths]: paths[Path] extends {
    get: { responses: { 200: { content: { 'application/json': { data: unknown[]; next_pagination_token?: unknown } } } } }
  }
    ? Path extends `${string}{${string}`
      ? never
      : Path
    : never
}[keyof paths]
export type Item<Path extends ListPath> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': { data: (infer Each)[] } } } } }
}
  ? Each
  : never

/** A client that gets its tokens, sends its writes under a key so that they happen once, and tries again where that is safe. */
export function createQuittance(options: QuittanceOptions): Quittance {
  const tokens = tokensOf(options)
  return clientIn(options, tokens, options.entityId)
}

function clientIn(options: QuittanceOptions, tokens: Tokens, entityId: string | undefined): Quittance {
  const send = options.fetch ?? fetch
  const retries = options.retries ?? 3
  const client = createClient<paths>({
    baseUrl: `${options.url.replace(/\/+$/, '')}/v1`,
    querySerializer: { array: { style: 'form', explode: true } },
    fetch: async (request: Request) => {
      const key = WRITES.has(request.method) ? (request.headers.get('idempotency-key') ?? crypto.randomUUID()) : null
      for (let attempt = 0; ; attempt++) {
        const next = request.clone()
        next.headers.set('authorization', `Bearer ${await tokens.current()}`)
        next.headers.set('x-monite-version', VERSION)
        if (key) next.headers.set('idempotency-key', key)
        if (entityId) next.headers.set('x-monite-entity-id', entityId)
        const answer = await send(next).catch((error: Error) => error)
        if (answer instanceof Error) {
          if (attempt >= retries) throw answer
        } else if (answer.status === 401 && attempt === 0) {
          tokens.forget()
          continue
        } else if (!AGAIN.has(answer.status) || attempt >= retries) {
          if (!answer.ok) throw new QuittanceError(answer, await answer.json().catch(() => undefined))
          return answer
        }
        await pause(answer instanceof Error ? null : answer.headers.get('retry-after'), attempt)
      }
    },
  })
  return Object.assign(client, {
    async *all<Path extends ListPath>(path: Path, query: Record<string, unknown> = {}): AsyncGenerator<Item<Path>> {
      let token: string | null | undefined
      do {
        const asked = { params: { query: { ...query, ...(token && { pagination_token: token }) } } }
        const { data } = (await (client.GET as (path: string, init: object) => Promise<{ data?: unknown }>)(path, asked)) as {
          data: { data: Item<Path>[]; next_pagination_token?: string | null }
        }
        yield* data.data
        token = data.next_pagination_token
      } while (token)
    },
    in: (other: string | undefined) => clientIn(options, tokens, other),
  })
}

interface Tokens {
  current(): Promise<string>
  forget(): void
}

function tokensOf({ url, clientId, clientSecret, userId, fetch: given }: QuittanceOptions): Tokens {
  const send = given ?? fetch
  let held: Promise<{ token: string; until: number }> | undefined
  const renew = async () => {
    const answer = await send(`${url.replace(/\/+$/, '')}/v1/auth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-monite-version': VERSION },
      body: JSON.stringify({
        grant_type: userId ? 'entity_user' : 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
        ...(userId && { entity_user_id: userId }),
      }),
    })
    const body = (await answer.json().catch(() => undefined)) as { access_token: string; expires_in: number }
    if (!answer.ok) throw new QuittanceError(answer, body)
    return { token: body.access_token, until: Date.now() + (body.expires_in - EARLY_S) * 1000 }
  }
  return {
    async current() {
      if (held) {
        const { token, until } = await held
        if (until > Date.now()) return token
      }
      const renewed = renew()
      held = renewed
      renewed.catch(() => {
        if (held === renewed) held = undefined
      })
      return (await renewed).token
    },
    forget() {
      held = undefined
    },
  }
}

/** As long as the server says, else longer each time, and never all clients at once. */
function pause(retryAfter: string | null, attempt: number): Promise<void> {
  const said = Number(retryAfter)
  const ms = retryAfter !== null && Number.isFinite(said) ? said * 1000 : 250 * 2 ** attempt * (0.5 + Math.random())
  return new Promise((done) => setTimeout(done, Math.min(ms, 60_000)))
}
