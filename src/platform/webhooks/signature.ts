import { createHmac } from 'node:crypto'
import { sameBytes } from '../auth/secrets.ts'

/** Receivers refuse a signature older than this, so that a recorded delivery can't be played again. */
const TOLERANCE_S = 300

const hmac = (secret: string, at_s: number, body: string | Buffer) =>
  createHmac('sha256', secret).update(`${at_s}.`).update(body).digest('hex')

/** The `Monite-Signature` of a delivery: `t=<unix seconds>,v1=<hex>`, an HMAC-SHA256 over `<t>.<body>` under the whole secret. */
export function sign(secret: string, body: string, at_s: number): string {
  return `t=${at_s},v1=${hmac(secret, at_s, body)}`
}

/**
 * What to think of a signature over exactly these bytes: by who holds `secret` and within the tolerance of `now_s`, or too old, or neither.
 * While a secret is replaced there may be two signatures; one is enough. Stripe signs in the same way.
 */
export function judge(secret: string, body: string | Buffer, header: string, now_s: number): 'right' | 'old' | 'wrong' {
  const parts = header.split(',').map((part) => part.trim().split('=', 2))
  const at = Number(parts.find(([name]) => name === 't')?.[1] || Number.NaN)
  if (secret === '' || !Number.isInteger(at)) return 'wrong'
  const right = Buffer.from(hmac(secret, at, body))
  if (!parts.some(([name, value]) => name === 'v1' && sameBytes(Buffer.from(value ?? ''), right))) return 'wrong'
  return Math.abs(now_s - at) > TOLERANCE_S ? 'old' : 'right'
}

/** Whether `header` was made by who holds `secret`, for exactly these bytes, within the tolerance of `now_s`. */
export const verify = (secret: string, body: string | Buffer, header: string, now_s: number): boolean =>
  judge(secret, body, header, now_s) === 'right'
