import { createHash } from 'node:crypto'
import { conflict, invalid } from '../../core/refusal.ts'
import { type Ctx, enterEntity } from '../database/context.ts'

/** What a request under a key answered, or will answer again. */
export interface Answer {
  readonly status: number
  readonly body: string
}

/** The `Idempotency-Key` of a request, checked; null when there is none. */
export function idempotencyKey(header: string | string[] | undefined): string | null {
  if (header === undefined) return null
  if (typeof header !== 'string' || header.length === 0 || header.length > 255 || !/^[\x20-\x7e]+$/.test(header))
    throw invalid([
      {
        loc: ['header', 'idempotency-key'],
        msg: 'Idempotency-Key should have 1 to 255 printable characters',
        type: 'value_error',
      },
    ])
  return header
}

/** What makes two requests the same. */
export const fingerprint = (...parts: string[]) => createHash('sha256').update(parts.join('\0')).digest()

/**
 * Runs `work` at most once under a key. The key is a row of the request's own transaction: a second request waits at its unique
 * index until the first has committed, then gets the same answer; if the first rolled back, it runs. The same key with another
 * request is a 409.
 */
export async function once(
  ctx: Ctx,
  key: string,
  hash: Buffer,
  work: () => Promise<Answer>,
): Promise<Answer & { replayed: boolean }> {
  const fresh = await ctx.db.query(
    `insert into idempotency_keys (key, request_hash) values ($1, $2) on conflict do nothing returning key`,
    [key, hash],
  )
  if (fresh.length === 0) {
    const [before] = await ctx.db.query<{ request_hash: Buffer; status: number; body: string }>(
      `select request_hash, status, body from idempotency_keys where key = $1`,
      [key],
    )
    if (!before?.request_hash.equals(hash)) throw conflict('This Idempotency-Key was already used for another request')
    return { status: before.status, body: before.body, replayed: true }
  }
  const answer = await work()
  // The work may have gone on inside an entity that it created; the key stays where it was first written.
  const [, kept] = await Promise.all([
    enterEntity(ctx, ctx.entityId),
    ctx.db.query(`update idempotency_keys set status = $2, body = $3 where key = $1 returning key`, [
      key,
      answer.status,
      answer.body,
    ]),
  ])
  if (kept.length !== 1) throw new Error('The answer could not be kept under its Idempotency-Key')
  return { ...answer, replayed: false }
}
