import { sha256 } from '../auth/secrets.ts'

/** What an entry keeps of a body, an address and headers. Pure. */

/** What was sent, and what was refused, is not kept beyond this. */
export const BODY_BYTES_MAX = 16 * 1024
/** An answer that says yes is not kept beyond this: the object it shows can be read, and rows stay small. */
export const YES_BYTES_MAX = 2 * 1024

const MASK = '***'
const isSecret = (key: string) =>
  /^(?:.*_)?(?:secret|token|password)$|^(?:ssn_last_4|id_number)$/i.test(key) && !/pagination_token$/i.test(key)
/** Whether it is worth to read a text again for what has to be hidden. */
const MAY_BE_SECRET = /(?:secret|token|password|ssn_last_4|id_number)"\s*:/i

/** JSON text with every secret in it replaced, however deep. */
export function maskedJson(text: string): string {
  if (!MAY_BE_SECRET.test(text)) return text
  return JSON.stringify(
    JSON.parse(text, (key, value: unknown) => (value !== null && value !== undefined && isSecret(key) ? MASK : value)),
  )
}

/** The query of an address, its secrets replaced; null without one. */
export function maskedQuery(url: string): string | null {
  const at = url.indexOf('?')
  if (at < 0 || at === url.length - 1) return null
  return url.slice(at + 1).replace(/(^|&)([^=&]*)=[^&]*/g, (whole, before: string, name: string) => {
    return isSecret(spelledOut(name).replace(/\[\]$/, '')) ? `${before}${name}=${MASK}` : whole
  })
}

/** A name as the server reads it: `client%5Fsecret` is `client_secret`. What can't be read is taken for a secret. */
function spelledOut(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('+', ' ')).trim()
  } catch {
    return 'secret'
  }
}

/** Only these are kept; whatever else a client or a proxy adds may be a credential that nobody here knows of. */
const REQUEST_HEADERS = [
  'user-agent',
  'x-monite-version',
  'x-monite-sdk-version',
  'idempotency-key',
  'origin',
  'x-called-by',
  'x-dry-run',
] as const

/** The headers of a request that are kept, as JSON. That there was a credential is kept too, the credential never. */
export function keptHeaders(headers: Record<string, string | string[] | undefined>): string {
  let kept = headers.authorization === undefined ? '' : `,"authorization":"${MASK}"`
  for (const name of REQUEST_HEADERS) {
    const value = headers[name]
    // The key of a request opens the answer that is kept under it: enough of its hash to tell which requests were the same.
    const shown = name === 'idempotency-key' ? sha256(String(value)).toString('hex').slice(0, 16) : value
    if (value !== undefined) kept += `,"${name}":${JSON.stringify(shown)}`
  }
  return `{${kept.slice(1)}}`
}

/** Stands where a body was too large to be kept, or was a file. */
export const note = (reason: string, size_bytes?: number) => JSON.stringify({ note: reason, ...(size_bytes && { size_bytes }) })
