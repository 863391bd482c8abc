import { createHmac, timingSafeEqual } from 'node:crypto'
import type { components } from './api.js'

export type WebhookEvent = components['schemas']['WebhookEvent']

/** Seconds that a delivery may be old: then nobody can play a recorded one again. */
const OLDEST_S = 300

/**
 * The event of a delivery. Throws where it was not signed with `secret` within the last five minutes.
 * @param body the bytes as they came, before anything reads them as JSON
 * @param header the value of `Monite-Signature`
 */
export function verifyWebhook(
  secret: string,
  body: string | Uint8Array,
  header: string | null | undefined,
  now = Date.now() / 1000,
): WebhookEvent {
  const parts = new Map((header ?? '').split(',').map((part) => part.trim().split('=', 2) as [string, string]))
  const at = parts.get('t') ?? ''
  const bytes = Buffer.from(body)
  const right = createHmac('sha256', secret).update(`${at}.`).update(bytes).digest()
  const given = Buffer.from(parts.get('v1') ?? '', 'hex')
  if (given.length !== right.length || !timingSafeEqual(given, right))
    throw new Error('The webhook was not signed with this secret')
  if (!(Math.abs(now - Number(at)) <= OLDEST_S)) throw new Error('The webhook is older than five minutes')
  return JSON.parse(bytes.toString()) as WebhookEvent
}
