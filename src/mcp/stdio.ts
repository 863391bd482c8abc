import { Server } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'

/** The tools of a server's `/mcp`, for assistants on a desktop: they start a program and speak to it through its standard input. */

export interface Remote {
  /** Address of the server, e.g. `https://billing.example`. */
  readonly url: string
  /** A token for the next request; asked for again when it was refused. */
  token(again: boolean): Promise<string>
  /** The entity to act in, for partner tokens. */
  readonly entityId?: string | undefined
}

/** The server and the credentials that environment variables name. */
export function remoteOf(env: Readonly<Record<string, string | undefined>>): Remote {
  const url = env.QUITTANCE_URL || 'http://127.0.0.1:3000'
  const entityId = env.QUITTANCE_ENTITY_ID || undefined
  const { QUITTANCE_TOKEN: fixed, QUITTANCE_CLIENT_ID: client_id, QUITTANCE_CLIENT_SECRET: client_secret } = env
  if (fixed) return { url, entityId, token: async () => fixed }
  if (!client_id || !client_secret) throw new Error('Set QUITTANCE_TOKEN, or QUITTANCE_CLIENT_ID and QUITTANCE_CLIENT_SECRET')
  const user = env.QUITTANCE_USER_ID
  const grant = user ? { grant_type: 'entity_user', entity_user_id: user } : { grant_type: 'client_credentials' }
  let current: Promise<string> | undefined
  const renew = async () => {
    const answer = await fetch(`${url.replace(/\/+$/, '')}/v1/auth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...grant, client_id, client_secret }),
    })
    if (!answer.ok) throw new Error(`No token: ${url} answered ${answer.status}: ${(await answer.text()).slice(0, 500)}`)
    return ((await answer.json()) as { access_token: string }).access_token
  }
  return {
    url,
    entityId,
    token(again) {
      if (again || !current) {
        current = renew()
        // A failure is told to whoever asked, and the next one tries anew.
        current.catch(() => {
          current = undefined
        })
      }
      return current
    },
  }
}

export async function speakMcp(remote: Remote): Promise<void> {
  serveStdio(() => {
    const server = new Server(
      { name: 'quittance', title: 'Quittance', version: '2024-05-25' },
      { capabilities: { tools: {}, resources: {} } },
    )
    server.setRequestHandler('tools/list', () => ask(remote, 'tools/list', {}))
    server.setRequestHandler('tools/call', ({ params: { name, arguments: asked } }) =>
      ask(remote, 'tools/call', { name, arguments: asked ?? {} }),
    )
    for (const method of ['resources/list', 'resources/templates/list'] as const)
      server.setRequestHandler(method, () => ask(remote, method, {}))
    server.setRequestHandler('resources/read', ({ params: { uri } }) => ask(remote, 'resources/read', { uri }))
    return server
  })
}

/** One request of the protocol over HTTP. */
async function ask<T>({ url, token, entityId }: Remote, method: string, params: object, again = false): Promise<T> {
  const answer = await fetch(`${url.replace(/\/+$/, '')}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await token(again)}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-06-18',
      ...(entityId && { 'x-monite-entity-id': entityId }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    signal: AbortSignal.timeout(120_000),
  })
  if (answer.status === 401 && !again) return ask({ url, token, entityId }, method, params, true)
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text.slice(0, 500)}`)
  const data = answer.headers.get('content-type')?.includes('event-stream') ? /^data: (.+)$/m.exec(text)?.[1] : text
  const { result, error } = JSON.parse(data ?? '{}') as { result?: T; error?: { message: string } }
  if (result === undefined) throw new Error(error?.message ?? 'The server answered nothing')
  return result
}
