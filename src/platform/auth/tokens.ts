import type { Ctx } from '../database/context.ts'
import { sql } from '../database/sql.ts'

/** Access tokens as they are kept: by their hash. Whoever takes one away tells `access` to forget what it knows. */

const INSERT = sql(`
  insert into access_tokens (hash, client_id, partner_id, entity_id, entity_user_id, expires_at)
  values (:hash, :client_id, :partnerId, :entity_id?, :id?, app_now() + make_interval(secs => :token_lifetime_s))`)
const REVOKE = sql(`delete from access_tokens where hash = :hash and client_id = :client_id`)
const REVOKE_OF_USER = sql(`delete from access_tokens where entity_user_id = :entity_user_id`)

export async function keepToken(ctx: Ctx, token: Parameters<typeof INSERT>[1]): Promise<void> {
  await INSERT(ctx, token)
}

/** Ends a token of a client; one that nobody knows is passed. */
export async function endToken(ctx: Ctx, token: Parameters<typeof REVOKE>[1]): Promise<void> {
  await REVOKE(ctx, token)
}

/** Ends all tokens of a user. */
export async function endTokensOf(ctx: Ctx, entity_user_id: string): Promise<void> {
  await REVOKE_OF_USER(ctx, { entity_user_id })
}
