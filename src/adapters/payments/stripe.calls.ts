import { OutsideRefusal } from '../../platform/connections/journal.ts'

/** Calls to Stripe: forms in, JSON out, one version of its interface, and another try under the same key where nobody knows what came of one. */

/** The version of Stripe's interface that these adapters were written for. */
const VERSION = '2026-10-28.endive'
const CALL_MS = 10_000
const TRIES = 3

export interface CallOptions {
  readonly api_url: string
  /** How long to wait before a call is made again, in milliseconds, by the number of the try; tests wait less. */
  readonly pause_ms?: ((tries: number) => number) | undefined
}

interface Failure {
  readonly type?: string
  readonly code?: string
  readonly message?: string
  /** The field it is about. */
  readonly param?: string
}

/** A refusal that names the field which was refused, as Stripe writes it: `individual[phone]`. */
export class FieldRefusal extends OutsideRefusal {
  readonly param: string
  constructor(code: string, message: string, param: string) {
    super(code, message)
    this.param = param
  }
}

/** Tells what Stripe answered: final refusals apart from what may be asked again. */
class Unanswered extends Error {
  readonly after_ms: number | null
  constructor(message: string, after_ms: number | null = null) {
    super(message)
    this.after_ms = after_ms
  }
}

export type Fields = Readonly<Record<string, string | number | null | undefined>>

const formOf = (fields: Fields) =>
  new URLSearchParams(
    Object.entries(fields).flatMap(([name, value]): [string, string][] => (value == null ? [] : [[name, String(value)]])),
  )

/** How long the other side wants us to wait; null when it doesn't say, for ever when asking again leads nowhere. */
const waitOf = (response: Response, passing: boolean) => {
  if (!passing) return Number.POSITIVE_INFINITY
  const seconds = Number(response.headers.get('retry-after'))
  return seconds > 0 ? seconds * 1000 : null
}

export type Call = <Answer>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  fields?: Fields | FormData,
  key?: string | null,
) => Promise<Answer>

/** Calls with a key, for the account at hand. */
export function stripeCalls(
  { secret_key, account }: { readonly secret_key: string; readonly account: string | null },
  { api_url, pause_ms = (tries) => 100 * 3 ** tries }: CallOptions,
): Call {
  async function once<Answer>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    fields: Fields | FormData,
    key: string | null,
  ): Promise<Answer> {
    const form = fields instanceof FormData ? fields : formOf(fields)
    const query = method === 'GET' && form instanceof URLSearchParams && form.size > 0 ? `?${form}` : ''
    const headers = new Headers({ authorization: `Bearer ${secret_key}`, 'stripe-version': VERSION })
    if (account) headers.set('stripe-account', account)
    if (key) headers.set('idempotency-key', key)
    let response: Response
    try {
      response = await fetch(`${api_url}/v1/${path}${query}`, {
        method,
        headers,
        body: method === 'POST' ? form : null,
        redirect: 'error',
        signal: AbortSignal.timeout(CALL_MS),
      })
    } catch (error) {
      throw new Unanswered(`Stripe does not answer: ${(error as Error).message}`)
    }
    const body = (await response.json().catch(() => null)) as (Answer & { error?: Failure }) | null
    if (response.ok && body) return body
    const { code, type, message, param } = body?.error ?? {}
    // Somebody else asks for the same at this moment, or too many ask, or Stripe itself fails: nothing is known.
    const passing = response.status === 409 || response.status === 429 || response.status >= 500 || !body
    // Wrong keys are ours to mend: nobody's payment was refused.
    if (passing || response.status === 401 || response.status === 403)
      throw new Unanswered(
        `Stripe answers ${response.status}: ${message ?? 'nothing that can be read'}`,
        waitOf(response, passing),
      )
    const [named, said] = [code ?? type ?? String(response.status), message ?? `Stripe answers ${response.status}`]
    throw param ? new FieldRefusal(named, said, param) : new OutsideRefusal(named, said)
  }

  /** A call, made again under the same key as long as nobody knows what came of it. */
  return async function call<Answer>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    fields: Fields | FormData = {},
    key: string | null = null,
  ): Promise<Answer> {
    for (let tries = 1; ; tries++) {
      try {
        return await once<Answer>(method, path, fields, key)
      } catch (error) {
        if (!(error instanceof Unanswered) || tries === TRIES) throw error
        const wait_ms = error.after_ms ?? pause_ms(tries)
        if (wait_ms > CALL_MS) throw error
        await new Promise((resolve) => setTimeout(resolve, wait_ms))
      }
    }
  }
}
