import { createHmac } from 'node:crypto'
import { sameBytes } from '../auth/secrets.ts'

/** Receivers refuse a signature older than this, so that a recorded delivery can't be played again. */
export const TOLERANCE_S = 300

const hmac = (secret: string, signed: string) => createHmac('sha256', secret).update(signed).digest('hex')

/** The `Monite-Signature` of a delivery: `t=<unix seconds>,v1=<hex>`, an HMAC-SHA256 over `<t>.<body>` under the whole secret. */
export function sign(secret: string, body: string, at_s: number): string {
  return `t=${at_s},v1=${hmac(secret, `${at_s}.${body}`)}`
}

/** Whether `header` was made by who holds `secret`, for exactly these bytes, within the tolerance of `now_s`. */
export function verify(secret: string, body: string, header: string, now_s: number): boolean {
  const parts = new Map(header.split(',').map((part) => part.trim().split('=', 2) as [string, string]))
  const at = Number(parts.get('t'))
  if (!Number.isInteger(at) || Math.abs(now_s - at) > TOLERANCE_S) return false
  return sameBytes(Buffer.from(parts.get('v1') ?? ''), Buffer.from(hmac(secret, `${at}.${body}`)))
}
