import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { serve } from './file-server.ts'

/** What ledgers on the web have in common when they are played here: tokens that work once, and calls that are answered by plan. */

export interface Answer {
  /** 0: the connection is cut before anybody hears of it. */
  readonly status: number
  readonly body: unknown
  readonly headers?: Record<string, string>
}

/** How a ledger on the web stands. */
export const freshState = () => ({
  access: '',
  refresh: '',
  /** How often tokens were asked for, and what that is answered with instead. */
  renewals: 0,
  refusing: null as Answer | null,
  /** What the next calls are answered with. */
  next: [] as Answer[],
  calls: [] as string[],
})

/** Tokens for the code `good`, or for the last refresh token: each works once. */
export function tokenAnswer(state: ReturnType<typeof freshState>, form: URLSearchParams, more: object): Answer {
  state.renewals += 1
  if (state.refusing) return state.refusing
  const fits = form.get('code') === 'good' || (state.refresh !== '' && form.get('refresh_token') === state.refresh)
  if (!fits) return { status: 400, body: { error: 'invalid_grant' } }
  state.access = randomUUID()
  state.refresh = randomUUID()
  return { status: 200, body: { access_token: state.access, refresh_token: state.refresh, token_type: 'bearer', ...more } }
}

/** Serves a ledger on this machine; answers its address, and the settings that lead an adapter to it. */
export async function serveLedger(
  paths: { readonly login: string; readonly token: string },
  answer: (request: IncomingMessage, body: string) => Answer,
) {
  const url = await serve(async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { status, body, headers = {} } = answer(request, Buffer.concat(chunks).toString())
    if (status === 0) return response.destroy()
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  })
  const settings = {
    client_id: 'us',
    client_secret: 'secret',
    login_url: url + paths.login,
    token_url: url + paths.token,
    api_url: url,
  }
  return { url, settings }
}
