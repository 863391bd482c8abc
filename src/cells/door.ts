import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '../platform/database/context.ts'
import type { App } from '../platform/http/operation.ts'
import type { Log } from '../platform/log.ts'
import { followSign, needsBody, type Sign, signsOf } from './ways.ts'

/** A database that is being served. */
export interface Served {
  readonly name: string
  readonly app: App
  readonly db: Db
}

/** Where the tokens of partners lead is remembered so long: less than anything else that is remembered of them. */
const REMEMBERED_MS = 5_000
const REMEMBERED_MAX = 20_000
/** A partner that is about to live elsewhere is waited for so long. */
const MOVING_MS = 3_000
const LOOK_AGAIN_MS = 50
/** Bodies that name a partner are short. */
const BODY_BYTES_MAX = 64 * 1024

interface Door {
  /** Takes a request in and lets the application of its partner's database answer. */
  open(request: IncomingMessage, response: ServerResponse): void
  /** Somebody was moved: what is remembered is asked anew. */
  forget(): void
}

/**
 * One server for several databases. Each has an application of its own that knows nothing of the others; what a request bears says which one
 * it is for. A request that names nobody is for the first. `missing` tells whether a database of the installation can't be asked just now.
 */
export function createDoor(served: () => readonly Served[], missing: () => boolean, log: Log): Door {
  const remembered = new Map<string, { readonly place: Served; readonly until: number }>()
  const home = () => served()[0]!

  function known(bearer: string): Served | undefined {
    const found = remembered.get(bearer)
    if (found && found.until > performance.now()) return found.place
    remembered.delete(bearer)
  }

  /** The database that a sign leads to; `moving` when it will be known in a moment, null when nobody knows it. */
  async function whose(sign: Sign): Promise<Served | 'moving' | null> {
    const found = await Promise.all(
      served().map(async (place) => ({
        place,
        said: await followSign(place.db, sign).catch((error: Error) => {
          log.warn({ err: error, cell: place.name }, 'a cell could not be asked whose a request is')
          return 'silent' as const
        }),
      })),
    )
    const here = found.find(({ said }) => said === 'here')
    if (here) return here.place
    return missing() || found.some(({ said }) => said !== 'nowhere') ? 'moving' : null
  }

  async function placeOf(request: IncomingMessage, bearer: string | null, body: () => Promise<string>): Promise<Served | null> {
    const signs = await signsOf(request.url ?? '/', bearer, body)
    const until = performance.now() + MOVING_MS
    for (;;) {
      const said = []
      for (const sign of signs) {
        const place = await whose(sign)
        if (place !== null && place !== 'moving') {
          if (sign.value === bearer) remember(bearer, place)
          return place
        }
        said.push(place)
      }
      if (!said.includes('moving')) return home()
      if (performance.now() > until) return null
      await sleep(LOOK_AGAIN_MS)
    }
  }

  function remember(bearer: string, place: Served) {
    if (remembered.size >= REMEMBERED_MAX) remembered.clear()
    remembered.set(bearer, { place, until: performance.now() + REMEMBERED_MS })
  }

  async function answer(request: IncomingMessage, response: ServerResponse, bearer: string | null): Promise<void> {
    const url = request.url ?? '/'
    const named = cellAsked(url)
    if (named !== null) {
      const place = served().find(({ name }) => name === named)
      return place ? place.app.routing(request, response) : end(response, 404, 'There is no such cell')
    }
    if (!needsBody(url)) {
      const place = await placeOf(request, bearer, async () => '')
      return place ? place.app.routing(request, response) : unavailable(response)
    }
    const body = await readAll(request)
    if (body === null) {
      response.setHeader('connection', 'close')
      return end(response, 413, 'Request size limit exceeded')
    }
    const place = await placeOf(request, bearer, async () => body.toString())
    if (!place) return unavailable(response)
    // The body has been read, so the request is handed over in one piece.
    const { statusCode, headers, rawPayload } = await place.app.inject({
      method: request.method as 'POST',
      url,
      headers: request.headers,
      payload: body,
      remoteAddress: request.socket.remoteAddress ?? '127.0.0.1',
    })
    response.writeHead(statusCode, headers as Record<string, string>).end(rawPayload)
  }

  return {
    open(request, response) {
      const bearer = bearerOf(request.headers.authorization)
      const place = bearer === null ? undefined : known(bearer)
      if (place && !needsBody(request.url ?? '/') && cellAsked(request.url ?? '/') === null)
        return place.app.routing(request, response)
      answer(request, response, bearer).catch((error: Error) => {
        log.error({ err: error }, 'a request could not be led to its cell')
        if (response.headersSent) response.destroy()
        else unavailable(response)
      })
    },
    forget: () => remembered.clear(),
  }
}

const bearerOf = (header: string | undefined): string | null => /^bearer +([\w.~+/=-]{1,512})$/i.exec(header ?? '')?.[1] ?? null

/** What watches the server asks for each cell: `/readyz?cell=NAME`, `/metrics?cell=NAME`. */
const cellAsked = (url: string): string | null => /^\/(?:readyz|metrics)\?cell=([a-z0-9-]+)$/.exec(url)?.[1] ?? null

/** The body; null for one that is too long, of which no more is read: it may have no end. */
async function readAll(request: IncomingMessage): Promise<Buffer | null> {
  if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES_MAX) return null
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    size += (piece as Buffer).length
    if (size > BODY_BYTES_MAX) return null
    pieces.push(piece as Buffer)
  }
  return Buffer.concat(pieces)
}

function end(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify({ message }))
}

function unavailable(response: ServerResponse): void {
  const error = { message: 'The service is not available at the moment, please try again', code: 'unavailable' }
  response
    .writeHead(503, { 'content-type': 'application/json; charset=utf-8', 'retry-after': '1' })
    .end(JSON.stringify({ error }))
}
