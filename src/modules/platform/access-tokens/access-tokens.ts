import { badRequest, forbidden, invalid } from '../../../core/refusal.ts'
import { randomSecret, sameBytes, sha256 } from '../../../platform/auth/secrets.ts'
import { asSystem, type Ctx } from '../../../platform/database/context.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { AccessTokenResponse, MessageResponse, ObtainTokenPayload, RevokeTokenPayload } from './access-tokens.schema.ts'

export const accessTokens: Routes = async (app) => {
  const { db, config, access } = app.machinery

  app.post(
    '/auth/token',
    operation({
      id: 'post_auth_token',
      summary: 'Create a token',
      may: 'anyone',
      entity: 'none',
      transaction: 'manual',
      body: ObtainTokenPayload,
      ok: { 200: AccessTokenResponse },
      refuses: [400],
    }),
    async ({ body }) => {
      if (body.grant_type === 'entity_user' && !body.entity_user_id)
        throw invalid([{ loc: ['body', 'entity_user_id'], msg: 'Field required', type: 'missing' }])
      const token = randomSecret()
      await asSystem(db, async (ctx) => {
        const partnerId = await partnerOf(ctx, body)
        const user = body.grant_type === 'entity_user' ? await userOf(ctx, partnerId, body.entity_user_id!) : null
        await ctx.db.query(
          `insert into access_tokens (hash, client_id, partner_id, entity_id, entity_user_id, expires_at)
           values ($1, $2, $3, $4, $5, app_now() + make_interval(secs => $6))`,
          [sha256(token), body.client_id, partnerId, user?.entity_id ?? null, user?.id ?? null, config.token_lifetime_s],
        )
      })
      return { access_token: token, token_type: 'Bearer', expires_in: config.token_lifetime_s }
    },
  )

  app.post(
    '/auth/revoke',
    operation({
      id: 'post_auth_revoke',
      summary: 'Revoke a token',
      may: 'any',
      entity: 'none',
      transaction: 'manual',
      body: RevokeTokenPayload,
      ok: { 200: MessageResponse },
      refuses: [400],
    }),
    async ({ body }) => {
      await asSystem(db, async (ctx) => {
        await partnerOf(ctx, body)
        await ctx.db.query(`delete from access_tokens where hash = $1 and client_id = $2`, [sha256(body.token), body.client_id])
        ctx.afterCommit(access.forget)
      })
      return { message: 'The token is no longer valid' }
    },
  )
}

/** The partner of a client whose secret is right. Unknown client and wrong secret sound the same. */
async function partnerOf(ctx: Ctx, { client_id, client_secret }: { client_id: string; client_secret: string }): Promise<string> {
  const [client] = await ctx.db.query<{ partner_id: string; secret_hash: Buffer }>(
    `select partner_id, secret_hash from api_clients where id = $1 and deleted_at is null`,
    [client_id],
  )
  const right = sameBytes(client?.secret_hash ?? sha256(''), sha256(client_secret))
  if (!client || !right) throw badRequest('Invalid client credentials')
  return client.partner_id
}

async function userOf(ctx: Ctx, partnerId: string, id: string): Promise<{ id: string; entity_id: string }> {
  const [user] = await ctx.db.query<{ id: string; entity_id: string; status: string }>(
    `select u.id, u.entity_id, e.status from entity_users u join entities e on e.id = u.entity_id
     where u.id = $1 and u.partner_id = $2 and u.deleted_at is null`,
    [id, partnerId],
  )
  if (!user) throw badRequest('Entity user not found')
  if (user.status !== 'active') throw forbidden('Entity is inactive', 'entity_inactive')
  return user
}
