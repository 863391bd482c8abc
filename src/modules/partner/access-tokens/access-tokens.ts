import { badRequest, forbidden, invalid } from '../../../core/refusal.ts'
import { randomSecret, sameBytes, sha256 } from '../../../platform/auth/secrets.ts'
import { endToken, keepToken } from '../../../platform/auth/tokens.ts'
import { asSystem, type Ctx } from '../../../platform/database/context.ts'
import { sql } from '../../../platform/database/sql.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { AccessTokenResponse, MessageResponse, ObtainTokenPayload, RevokeTokenPayload } from './access-tokens.schema.ts'

export const accessTokens: Routes = async (app) => {
  const { db, config, access } = app.machinery

  app.post(
    '/auth/token',
    operation({
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
        await keepToken(ctx, {
          hash: sha256(token),
          client_id: body.client_id,
          partnerId,
          entity_id: user?.entity_id ?? null,
          id: user?.id ?? null,
          token_lifetime_s: config.token_lifetime_s,
        })
      })
      return { access_token: token, token_type: 'Bearer', expires_in: config.token_lifetime_s }
    },
  )

  app.post(
    '/auth/revoke',
    operation({
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
        await endToken(ctx, { hash: sha256(body.token), client_id: body.client_id })
        ctx.afterCommit(access.forget)
      })
      return { message: 'The token is no longer valid' }
    },
  )
}

const CLIENT = sql(`select partner_id, secret_hash from api_clients where id = :client_id and deleted_at is null`)

/** The partner of a client whose secret is right. Unknown client and wrong secret sound the same. */
async function partnerOf(ctx: Ctx, { client_id, client_secret }: { client_id: string; client_secret: string }): Promise<string> {
  const client = await CLIENT.maybe(ctx, { client_id })
  const right = sameBytes(client?.secret_hash ?? sha256(''), sha256(client_secret))
  if (!client || !right) throw badRequest('Invalid client credentials: client_id or client_secret is wrong, or was revoked')
  return client.partner_id
}

const USER = sql(`
  select u.id, u.entity_id, e.status from entity_users u join entities e on e.id = u.entity_id
  where u.id = :id and u.partner_id = :partnerId and u.deleted_at is null`)

async function userOf(ctx: Ctx, partnerId: string, id: string): Promise<{ id: string; entity_id: string }> {
  const user = await USER.maybe(ctx, { id, partnerId })
  if (!user) throw badRequest('Entity user not found: GET /entity_users lists those of an entity')
  if (user.status !== 'active') throw forbidden('Entity is inactive', 'entity_inactive')
  return user
}
