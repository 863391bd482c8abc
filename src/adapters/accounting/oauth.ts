import { Deauthorized, type Holder, TooMany } from '../../ports/accounting.ts'

/** Tokens of OAuth 2, and calls that bear them: renewed once for all who find them expired, and stored before they are used. */

export interface OAuth {
  readonly client_id: string
  readonly client_secret: string
  readonly token_url: string
  readonly now: () => Date
}

const TIMEOUT_MS = 30_000
/** An access token is renewed so long before it ends. */
const EARLY_MS = 60_000

interface Answered {
  readonly access_token?: unknown
  readonly refresh_token?: unknown
  readonly expires_in?: unknown
  readonly error?: unknown
}

/** Asks for tokens. What the other side refuses for good is `Deauthorized`, whatever its status; anything else may be tried later. */
export async function askTokens(oauth: OAuth, grant: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const { client_id, client_secret, token_url, now } = oauth
  const response = await fetch(token_url, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: new URLSearchParams(grant).toString(),
    signal: AbortSignal.timeout(TIMEOUT_MS),
    redirect: 'error',
  })
  const answer = (await response.json().catch(() => ({}))) as Answered
  // Some say it with a 200.
  if (answer.error === 'invalid_grant') throw new Deauthorized('The ledger does not let us in any more: invalid_grant')
  const { access_token, refresh_token, expires_in } = answer
  if (!response.ok || typeof access_token !== 'string' || typeof refresh_token !== 'string')
    throw new Error(`The ledger gave no token: ${response.status} ${typeof answer.error === 'string' ? answer.error : ''}`.trim())
  const lasts_s = typeof expires_in === 'number' ? expires_in : 1800
  return { access_token, refresh_token, expires_at: new Date(now().getTime() + lasts_s * 1000).toISOString() }
}

/** Calls with a token that holds. */
export function bearer(oauth: OAuth) {
  const held = new WeakMap<Holder, Readonly<Record<string, string>>>()

  async function renewed(holder: Holder, used: Readonly<Record<string, string>>) {
    const tokens = await holder.renew(used, ({ refresh_token = '' }) =>
      askTokens(oauth, { grant_type: 'refresh_token', refresh_token }),
    )
    held.set(holder, tokens)
    return tokens
  }

  return async function call(holder: Holder, url: string, init: RequestInit = {}): Promise<Response> {
    let tokens = held.get(holder) ?? holder.credentials
    const ends = Date.parse(tokens.expires_at ?? '')
    if (Number.isNaN(ends) || ends - EARLY_MS < oauth.now().getTime()) tokens = await renewed(holder, tokens)
    const ask = ({ access_token = '' }: Readonly<Record<string, string>>) =>
      fetch(url, {
        ...init,
        headers: { ...init.headers, authorization: `Bearer ${access_token}`, accept: 'application/json' },
        signal: AbortSignal.timeout(TIMEOUT_MS),
        redirect: 'error',
      })
    let response = await ask(tokens)
    if (response.status === 401) {
      await response.body?.cancel()
      response = await ask(await renewed(holder, tokens))
      if (response.status === 401) throw new Deauthorized('The ledger does not let us in any more')
    }
    if (response.status === 429) {
      await response.body?.cancel()
      const wait_s = Number(response.headers.get('retry-after'))
      const problem = response.headers.get('x-rate-limit-problem')
      throw new TooMany(
        Number.isFinite(wait_s) && wait_s > 0 ? Math.min(wait_s, 86_400) : 60,
        problem === 'day' ? 'day' : 'minute',
      )
    }
    return response
  }
}
