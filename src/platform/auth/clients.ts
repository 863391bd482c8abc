import { randomUUID } from 'node:crypto'
import { asSystem, type Ctx, type Db } from '../database/context.ts'
import { randomSecret, sha256 } from './secrets.ts'

/** Partners and the clients that ask in their name. A secret is answered once, when it is made, and stored only as a hash. */

export interface NewClient {
  readonly client_id: string
  readonly client_secret: string
}
export interface NewPartner extends NewClient {
  readonly partner_id: string
}

/** A partner with one client. */
export const createPartner = (db: Db, name: string): Promise<NewPartner> => asSystem(db, (ctx) => addPartner(ctx, name))

export async function addPartner(ctx: Ctx, name: string): Promise<NewPartner> {
  const [partner] = await ctx.db.query<{ id: string }>(`insert into partners (name) values ($1) returning id`, [name])
  return { partner_id: partner!.id, ...(await addClient(ctx, partner!.id)) }
}

async function addClient(ctx: Ctx, partnerId: string): Promise<NewClient> {
  const made = { client_id: randomUUID(), client_secret: randomSecret() }
  await ctx.db.query(`insert into api_clients (id, partner_id, secret_hash) values ($1, $2, $3)`, [
    made.client_id,
    partnerId,
    sha256(made.client_secret),
  ])
  return made
}

/** One more client of a partner, so that a secret can be changed without a moment in which none is known everywhere. */
export const createClient = (db: Db, partnerId: string): Promise<NewClient> =>
  asSystem(db, async (ctx) => {
    const found = await ctx.db.query(`select from partners where id = $1`, [partnerId])
    if (found.length === 0) throw new Error(`There is no partner ${partnerId}`)
    return addClient(ctx, partnerId)
  })

export interface PartnerListed {
  readonly id: string
  readonly name: string
  readonly created_at: string
  readonly entities: number
  readonly clients: readonly {
    readonly id: string
    readonly created_at: string
    readonly tokens: number
    readonly revoked: boolean
  }[]
}

/** All partners with their clients, the oldest first. `tokens` are those that live. */
export const listPartners = (db: Db): Promise<PartnerListed[]> =>
  asSystem(db, (ctx) =>
    ctx.db.query<PartnerListed>(
      `select p.id, p.name, p.created_at, (select count(*)::int from entities e where e.partner_id = p.id and e.deleted_at is null) as entities,
         (select coalesce(json_agg(json_build_object('id', c.id, 'created_at', c.created_at, 'revoked', c.deleted_at is not null,
            'tokens', (select count(*)::int from access_tokens a where a.client_id = c.id and a.expires_at > app_now() and c.deleted_at is null)) order by c.created_at, c.id), '[]')
          from api_clients c where c.partner_id = p.id) as clients
       from partners p order by p.created_at, p.id`,
    ),
  )

/** A new secret for a client, named by itself or as the only one of its partner. The old secret and its tokens are dead at once. */
export const rotateSecret = (db: Db, id: string): Promise<NewClient> =>
  asSystem(db, async (ctx) => {
    const [client, another] = await livingClients(ctx, id)
    if (another) throw new Error(`The partner ${id} has several clients: name one of them`)
    const made = { client_id: client!, client_secret: randomSecret() }
    await ctx.db.query(`update api_clients set secret_hash = $2 where id = $1`, [client, sha256(made.client_secret)])
    await endTokens(ctx, [client!])
    return made
  })

/** Ends a client, or all clients of a partner, with their tokens; answers which. */
export const revokeClients = (db: Db, id: string): Promise<string[]> =>
  asSystem(db, async (ctx) => {
    const clients = await livingClients(ctx, id)
    await ctx.db.query(`update api_clients set deleted_at = app_now() where id = any ($1)`, [clients])
    await endTokens(ctx, clients)
    return clients
  })

/** The clients that an id means, its own or its partner's, locked; at least one. */
async function livingClients(ctx: Ctx, id: string): Promise<string[]> {
  const found = await ctx.db.query<{ id: string }>(
    `select id from api_clients where (id = $1 or partner_id = $1) and deleted_at is null order by created_at, id for update`,
    [id],
  )
  if (found.length === 0) throw new Error(`There is no client, and no partner with one, of the id ${id}`)
  return found.map(({ id }) => id)
}

const endTokens = (ctx: Ctx, clients: readonly string[]) =>
  ctx.db.query(`delete from access_tokens where client_id = any ($1)`, [clients])
