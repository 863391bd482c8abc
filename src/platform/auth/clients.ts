import { randomUUID } from 'node:crypto'
import { asSystem, type Ctx, type Db } from '../database/context.ts'
import { shaped, sql } from '../database/sql.ts'
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

const SAVE_SETTINGS = sql(`update partners set settings = :settings::json where id = :partnerId`)

/** Keeps the settings of the partner at hand. */
export async function savePartnerSettings(ctx: Ctx, settings: object): Promise<void> {
  await SAVE_SETTINGS(ctx, { partnerId: ctx.partnerId, settings })
}

const INSERT_PARTNER = sql(`insert into partners (name) values (:name) returning id`)

export async function addPartner(ctx: Ctx, name: string): Promise<NewPartner> {
  const partner = await INSERT_PARTNER.one(ctx, { name })
  return { partner_id: partner.id, ...(await addClient(ctx, partner.id)) }
}

const INSERT_CLIENT = sql(`insert into api_clients (id, partner_id, secret_hash) values (:client_id, :partnerId, :secretHash)`)

async function addClient(ctx: Ctx, partnerId: string): Promise<NewClient> {
  const made = { client_id: randomUUID(), client_secret: randomSecret() }
  await INSERT_CLIENT(ctx, { client_id: made.client_id, partnerId, secretHash: sha256(made.client_secret) })
  return made
}

const PARTNER = sql(`select from partners where id = :partnerId`)

/** One more client of a partner, so that a secret can be changed without a moment in which none is known everywhere. */
export const createClient = (db: Db, partnerId: string): Promise<NewClient> =>
  asSystem(db, async (ctx) => {
    const found = await PARTNER(ctx, { partnerId })
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

const PARTNERS = shaped<Pick<PartnerListed, 'clients'>>()(
  sql(`
  select p.id, p.name, p.created_at, (select count(*)::int from entities e where e.partner_id = p.id and e.deleted_at is null) as "entities!",
    (select coalesce(json_agg(json_build_object('id', c.id, 'created_at', c.created_at, 'revoked', c.deleted_at is not null,
       'tokens', (select count(*)::int from access_tokens a where a.client_id = c.id and a.expires_at > app_now() and c.deleted_at is null)) order by c.created_at, c.id), '[]')
     from api_clients c where c.partner_id = p.id) as clients
  from partners p order by p.created_at, p.id`),
)

/** All partners with their clients, the oldest first. `tokens` are those that live. */
export const listPartners = (db: Db): Promise<PartnerListed[]> => asSystem(db, (ctx) => PARTNERS(ctx))

const SET_SECRET = sql(`update api_clients set secret_hash = :secret_hash where id = :client`)

/** A new secret for a client, named by itself or as the only one of its partner. The old secret and its tokens are dead at once. */
export const rotateSecret = (db: Db, id: string): Promise<NewClient> =>
  asSystem(db, async (ctx) => {
    const [client, another] = await livingClients(ctx, id)
    if (another) throw new Error(`The partner ${id} has several clients: name one of them`)
    const made = { client_id: client!, client_secret: randomSecret() }
    await SET_SECRET(ctx, { client: made.client_id, secret_hash: sha256(made.client_secret) })
    await endTokens(ctx, [client!])
    return made
  })

const REMOVE_CLIENTS = sql(`update api_clients set deleted_at = app_now() where id = any (:clients)`)

/** Ends a client, or all clients of a partner, with their tokens; answers which. */
export const revokeClients = (db: Db, id: string): Promise<string[]> =>
  asSystem(db, async (ctx) => {
    const clients = await livingClients(ctx, id)
    await REMOVE_CLIENTS(ctx, { clients })
    await endTokens(ctx, clients)
    return clients
  })

const LIVING = sql(
  `select id from api_clients where (id = :id or partner_id = :id) and deleted_at is null order by created_at, id for update`,
)

/** The clients that an id means, its own or its partner's, locked; at least one. */
async function livingClients(ctx: Ctx, id: string): Promise<string[]> {
  const found = await LIVING(ctx, { id })
  if (found.length === 0) throw new Error(`There is no client, and no partner with one, of the id ${id}`)
  return found.map(({ id }) => id)
}

const END_TOKENS = sql(`delete from access_tokens where client_id = any (:clients)`)

const endTokens = (ctx: Ctx, clients: readonly string[]) => END_TOKENS(ctx, { clients })
