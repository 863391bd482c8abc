import type { NewClient } from '../platform/auth/clients.ts'
import type { App } from '../platform/http/operation.ts'

export type Json = Record<string, unknown> & { id: string }

/** A file that is uploaded. */
interface Upload {
  readonly name: string
  readonly bytes: Buffer
}
type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'UPLOAD'
export type Caller = (method: Method, path: string, body?: unknown) => Promise<Json>

/** Gets a token of the partner. It lives as long as the demo takes if it is got by the machine's clock: one of the past is swept away. */
export async function signIn(app: App, { client_id, client_secret }: NewClient): Promise<string> {
  const grant = { grant_type: 'client_credentials', client_id, client_secret }
  const { access_token } = await callerFor(app, null)('POST', '/auth/token', grant)
  return String(access_token)
}

/** Calls the API with a token, in an entity when there is one. */
export function callerFor(app: App, token: string | null, entity?: string): Caller {
  return async (method, url, body) => {
    const { type, payload } = method === 'UPLOAD' ? await formOf(body as Upload) : { type: 'application/json', payload: body }
    const response = await app.inject({
      method: method === 'UPLOAD' ? 'POST' : method,
      url,
      headers: {
        'content-type': type,
        ...(token && { authorization: `Bearer ${token}` }),
        ...(entity && { 'x-monite-entity-id': entity }),
      },
      ...(payload !== undefined && { payload: Buffer.isBuffer(payload) ? payload : JSON.stringify(payload) }),
    })
    if (response.statusCode >= 400) throw new Error(`The demo failed at ${method} ${url}: ${response.body}`)
    return response.body ? (JSON.parse(response.body) as Json) : ({ id: '' } as Json)
  }
}

/** A form with one file, as browsers send it. */
async function formOf({ name, bytes }: Upload): Promise<{ type: string; payload: Buffer }> {
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(bytes)]), name)
  const encoded = new Response(form)
  return { type: encoded.headers.get('content-type') ?? '', payload: Buffer.from(await encoded.arrayBuffer()) }
}

/** The company keeps its books here: what a user does on the page of the connection. */
export async function openBooks(app: App, { connection_url }: Json, chart: string): Promise<void> {
  await submit(app, new URL(String(connection_url)).pathname, { ledger: 'ledger', chart }, 200)
}

/** Sends a form of a page, which answers with that status. */
export async function submit(app: App, url: string, form: Record<string, string>, status: number): Promise<void> {
  const { statusCode, body } = await app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(form).toString(),
  })
  if (statusCode !== status) throw new Error(`The demo failed at the form ${url}: ${body}`)
}
