import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { conflict, invalidAt } from '../../core/refusal.ts'
import { sha256 } from '../auth/secrets.ts'
import { type Ctx, enterEntity } from '../database/context.ts'

/** What a request under a key answered, or will answer again. */
export interface Answer {
  readonly status: number
  readonly body: string
}

/** Characters that a key may have. */
export const KEY_MAX = 255

/** The `Idempotency-Key` of a request, checked; null when there is none. */
export function idempotencyKey(header: string | string[] | undefined): string | null {
  if (header === undefined) return null
  if (typeof header !== 'string' || header.length === 0 || header.length > KEY_MAX || !/^[\x20-\x7e]+$/.test(header))
    throw invalidAt(['header', 'idempotency-key'], `Idempotency-Key should have 1 to ${KEY_MAX} printable characters`)
  return header
}

/** What makes two requests the same. */
export const fingerprint = (...parts: string[]) => createHash('sha256').update(parts.join('\0')).digest()

/**
 * Answers may show secrets, and always what belongs to somebody: they are kept sealed with the key that the caller holds, of which the
 * table knows only the hash. Whoever repeats the request opens them again, and nobody else.
 */
const nameOf = (key: string) => sha256(key).toString('base64url')
const sealing = (key: string, salt: Buffer) => Buffer.from(hkdfSync('sha256', key, salt, 'the answer to a request', 32))
const NONCE = 12
const TAG = 16

export function seal(key: string, salt: Buffer, text: string): Buffer {
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', sealing(key, salt), nonce, { authTagLength: TAG })
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed])
}

export function unseal(key: string, salt: Buffer, sealed: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', sealing(key, salt), sealed.subarray(0, NONCE), { authTagLength: TAG })
  decipher.setAuthTag(sealed.subarray(NONCE, NONCE + TAG))
  return decipher.update(sealed.subarray(NONCE + TAG), undefined, 'utf8') + decipher.final('utf8')
}

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
  const name = nameOf(key)
  const fresh = await ctx.db.query(
    `insert into idempotency_keys (key, request_hash) values ($1, $2) on conflict do nothing returning key`,
    [name, hash],
  )
  if (fresh.length === 0) {
    const [before] = await ctx.db.query<{ request_hash: Buffer; status: number; sealed: Buffer | null; body: string | null }>(
      `select request_hash, status, sealed, body from idempotency_keys where key = $1`,
      [name],
    )
    if (!before?.request_hash.equals(hash))
      throw conflict('This Idempotency-Key was already used for another request', 'idempotency_key_reused')
    const body = before.sealed ? unseal(key, hash, before.sealed) : before.body!
    return { status: before.status, body, replayed: true }
  }
  const answer = await work()
  // The work may have gone on inside an entity that it created; the key stays where it was first written.
  const [, kept] = await Promise.all([
    enterEntity(ctx, ctx.entityId),
    ctx.db.query(`update idempotency_keys set status = $2, sealed = $3 where key = $1 returning key`, [
      name,
      answer.status,
      seal(key, hash, answer.body),
    ]),
  ])
  if (kept.length !== 1) throw new Error('The answer could not be kept under its Idempotency-Key')
  return { ...answer, replayed: false }
}
