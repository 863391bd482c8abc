import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { isDate } from '../../src/core/calendar.ts'
import { refusalCodes } from '../../src/core/refusal.ts'
import type { App } from '../../src/platform/http/operation.ts'
import { isInstant, withoutIds } from '../../src/platform/http/validation.ts'
import { paths } from '../../src/platform/paths.ts'
import { loggedErrors } from './log.ts'

/** One request and its answer, as they crossed the wire. */
export interface Exchange {
  method: string
  path: string
  status: number
  headers: Record<string, unknown>
  body: string
  requestHeaders: Record<string, string>
  requestBody?: unknown
  /** The request uses what a founding document shows and the contract lacks: only its answer is held against the contract. */
  beyond?: boolean
}

interface LiveChecker {
  check(exchange: object): { ok: boolean; violations: { side: string; path: string; message: string }[] }
}

const reference = join(paths.root, '..', 'shared', 'contract')

/** The reference's own checker, where the reference lies beside the project; null elsewhere. */
async function liveChecker(): Promise<LiveChecker | null> {
  if (!existsSync(join(reference, 'check-live.mjs'))) return null
  const { createChecker } = (await import(join(reference, 'check-live.mjs'))) as { createChecker(openapi: unknown): LiveChecker }
  return createChecker(JSON.parse(await readFile(join(reference, 'openapi.json'), 'utf8')))
}

const ajv = new Ajv({
  strict: false,
  allErrors: true,
  // Most are asked a few times only: to optimize them would take longer.
  code: { optimize: false },
  formats: {
    date: isDate,
    'date-time': isInstant,
    uuid: /^[0-9a-f-]{36}$/,
    email: true,
    uri: true,
    hostname: true,
    binary: true,
    color: true,
  },
})

interface Difference {
  readonly operation: string
  readonly at: string
}
const differences = JSON.parse(readFileSync(join(paths.root, 'test', 'contract', 'differences.json'), 'utf8')) as Difference[]

/** Whether an answer may differ from the contract in that place: the comparison of the documents gives the reason. */
function isMeant(method: string, url: string | undefined, status: number, path: string): boolean {
  const operation = `${method} ${url?.replace(/:(\w+)/g, '{$1}')}`
  const at = `response ${status} ${path.replace(/\[\d+\]/g, '[]')}`
  return differences.some((known) => known.operation === operation && known.at === at)
}

/** A page with fewer rows is looked at as it is. */
const LONG = 10

/** Takes those rows out of long pages that a page of the same operation held before: tests of lists ask for the same rows hundreds of times. */
function onceOnly() {
  const seen = new Set<string>()
  return (exchange: Exchange): Exchange => {
    if (exchange.method !== 'GET' || exchange.status !== 200 || !exchange.body.startsWith('{"data":[{')) return exchange
    const page = JSON.parse(exchange.body) as { data: unknown[] }
    if (page.data.length < LONG) return exchange
    const operation = exchange.path.split('?', 1)[0]
    const data = page.data.filter((row) => {
      const print = createHash('sha1')
        .update(operation + JSON.stringify(row))
        .digest('base64')
      if (seen.has(print)) return false
      seen.add(print)
      return true
    })
    return { ...exchange, body: JSON.stringify({ ...page, data }) }
  }
}

/** The contract has errors that it gives no body; ours say what is wrong all the same. */
const SILENT = /^a body where status \d+ has none/

/** Holds every exchange of every test against our own declarations, and against the reference where it is at hand. */
export async function createChecks(app: App) {
  const live = await liveChecker()
  const compiled = new Map<string, (value: unknown) => boolean>()
  const routes = app.operations.map((entry) => ({ ...entry, pattern: new RegExp(`^${entry.url.replace(/:\w+/g, '[^/]+')}$`) }))
  // A fixed path wins over one with a parameter in the same place.
  routes.sort((a, b) => a.url.split(':').length - b.url.split(':').length)

  const withoutSeen = onceOnly()

  return function check(sent: Exchange): void {
    const exchange = withoutSeen(sent)
    const path = exchange.path.split('?', 1)[0]!.replace(/^\/v1(?=\/)/, '')
    if (exchange.status >= 500) {
      const causes = loggedErrors(exchange.headers['x-request-id']).map((error) => `\n  caused by: ${error}`)
      throw new Error(`${exchange.method} ${path} answered ${exchange.status}: ${exchange.body}${causes.join('')}`)
    }
    if (exchange.status >= 400) checkError(exchange)
    const route = routes.find(({ method, pattern }) => method === exchange.method && pattern.test(path))
    if (route) checkOwn(route, exchange)
    if (live) {
      const { violations } = live.check({ ...exchange, path: exchange.path.replace(/^\/v1(?=\/)/, '') })
      const counted = violations.filter(
        ({ side, path: place, message }) =>
          (side === 'response' ? !isMeant(exchange.method, route?.url, exchange.status, place) : !exchange.beyond) &&
          !(exchange.status >= 400 && SILENT.test(message)),
      )
      if (counted.length > 0)
        throw new Error(
          `${exchange.method} ${exchange.path} breaks the contract: ${counted.map((v) => `${v.side} ${v.path} ${v.message}`).join('; ')}\n${exchange.body.slice(0, 2000)}`,
        )
    }
  }

  /** Every error but the lists of faults (422) and the short body of what is too large has a code and a link that goes with it. */
  function checkError({ method, path, status, body, headers }: Exchange) {
    if (status === 422 || status === 413 || !String(headers['content-type']).includes('json')) return
    const { error } = JSON.parse(body) as { error?: { code?: string; doc_url?: string } }
    if (!refusalCodes.some((code) => code === error?.code) || !error?.doc_url?.endsWith(`/docs/errors#${error.code}`))
      throw new Error(`${method} ${path} answered ${status} without a code and its link: ${body}`)
  }

  function checkOwn({ operation, schema }: (typeof routes)[number], { status, body, method, path }: Exchange) {
    const ok = (schema.response as Record<number, object>)[status]
    if (status < 400 && !ok) throw new Error(`${method} ${path} answered ${status}, which it does not declare`)
    if (!ok || status === 204 || operation.produces) return
    const key = operation.id
    if (!compiled.has(key)) compiled.set(key, ajv.compile(withoutIds(ok) as object))
    const validate = compiled.get(key)!
    if (!validate(JSON.parse(body)))
      throw new Error(
        `${method} ${path} answered what it does not declare: ${ajv.errorsText((validate as { errors?: never }).errors)}\n${body.slice(0, 2000)}`,
      )
  }
}
