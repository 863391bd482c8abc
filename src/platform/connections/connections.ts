import type { Ctx } from '../database/context.ts'
import { NO_ENTITY } from '../database/context.ts'
import { sql } from '../database/sql.ts'
import type { Sealing } from './sealing.ts'

/** Which adapter is plugged in for whom, and with which credentials. */

export type Port = 'payments' | 'accounting' | 'einvoicing' | 'identity'

export interface Connection {
  readonly id: string
  readonly adapter: string
  /** What is not a secret, e.g. the id of an account at the provider. */
  readonly settings: Readonly<Record<string, unknown>>
  /** What is: opened, for the adapter alone. Never log or answer it. */
  readonly credentials: Readonly<Record<string, string>>
}

export interface NewConnection {
  readonly port: Port
  readonly adapter: string
  readonly settings?: Readonly<Record<string, unknown>>
  readonly credentials?: Readonly<Record<string, string>>
}

/** What its credentials are sealed for. The port and the adapter never change, the id is not known before the row is there. */
const about = (partnerId: string, port: string, adapter: string) => `connection ${partnerId} ${port} ${adapter}`

const CONNECT = sql(`insert into connections (entity_id, port, adapter, settings, credentials)
  values (:entity_id?, :port, :adapter, :settings::json, :credentials?)
  on conflict (partner_id, port, adapter, entity_id) where deleted_at is null
  do update set settings = excluded.settings, credentials = excluded.credentials, updated_at = app_now()
  returning id`)

/** Plugs an adapter in for the entity at hand, or, with a partner's request that names none, for all of its entities. Replaces what was there. */
export async function connect(ctx: Ctx, sealing: Sealing, made: NewConnection): Promise<string> {
  const { port, adapter, settings = {}, credentials } = made
  const { id } = await CONNECT.one(ctx, {
    entity_id: ctx.entityId === NO_ENTITY ? null : ctx.entityId,
    port,
    adapter,
    settings: { ...settings },
    credentials: credentials ? sealing.seal(JSON.stringify(credentials), about(ctx.partnerId, port, adapter)) : null,
  })
  return id
}

const DISCONNECT = sql(`update connections set deleted_at = app_now(), updated_at = app_now(), credentials = null
  where id = :id and deleted_at is null returning id`)

/** Takes a connection away, and its credentials with it. Answers whether there was one. */
export const disconnect = async (ctx: Ctx, id: string): Promise<boolean> => (await DISCONNECT(ctx, { id })).length > 0

const FIND = sql(`select id, adapter, settings, credentials from connections
  where port = :port and (:adapter?::text is null or adapter = :adapter?) and deleted_at is null
    and (entity_id is null or entity_id = current_setting('app.entity_id')::uuid)
  order by entity_id nulls last, created_at limit 1`)

/** How long whoever was killed while asking keeps others waiting: 60 seconds. */
const BEGIN_RENEWING = sql(`
  update connections set renewing_until = clock_timestamp() + interval '60 seconds'
  where port = :port and adapter = :adapter and entity_id = current_setting('app.entity_id')::uuid and deleted_at is null
    and coalesce(renewing_until, '-infinity') < clock_timestamp() returning id`)
const END_RENEWING = sql(`
  update connections set renewing_until = null
  where port = :port and adapter = :adapter and entity_id = current_setting('app.entity_id')::uuid and deleted_at is null`)

/** Whether it is for whoever asks to get new credentials for the entity's connection; until `endRenewing`, others wait. */
export const beginRenewing = async (ctx: Ctx, port: Port, adapter: string): Promise<boolean> =>
  (await BEGIN_RENEWING(ctx, { port, adapter })).length > 0
export async function endRenewing(ctx: Ctx, port: Port, adapter: string): Promise<void> {
  await END_RENEWING(ctx, { port, adapter })
}

/** Who is plugged in for the entity: its own connection, else its partner's, else nobody. */
export async function connectionOf(
  ctx: Ctx,
  sealing: Sealing,
  port: Port,
  adapter: string | null = null,
): Promise<Connection | null> {
  const row = await FIND.maybe(ctx, { port, adapter })
  if (!row) return null
  return opened(sealing, ctx.partnerId, { ...row, port })
}

interface Sealed {
  readonly id: string
  readonly port: string
  readonly adapter: string
  readonly settings: unknown
  readonly credentials: Buffer | null
}

function opened(sealing: Sealing, partnerId: string, { id, port, adapter, settings, credentials }: Sealed): Connection {
  const text = credentials ? sealing.open(credentials, about(partnerId, port, adapter)) : '{}'
  return {
    id,
    adapter,
    settings: settings as Record<string, unknown>,
    credentials: JSON.parse(text) as Record<string, string>,
  }
}

const BY_ID = sql(
  `select id, partner_id, entity_id, port, adapter, settings, credentials from connections where id = :id and deleted_at is null`,
)

/** A connection by its id, for whoever is called by the other side. The caller sees all rows. */
export async function openConnection(ctx: Ctx, sealing: Sealing, id: string) {
  const row = await BY_ID.maybe(ctx, { id })
  if (!row) return null
  return { ...row, ...opened(sealing, row.partner_id, row) }
}

const SEALED = sql(`select id, partner_id, port, adapter, credentials as "credentials!" from connections
  where credentials is not null order by id for update`)
const RESEAL = sql(`update connections set credentials = :credentials where id = :id and partner_id = :partner_id`)

/** Seals by the first key what an older one sealed; after it the older one may go. The caller sees all rows. Answers how many there were. */
export async function reseal(ctx: Ctx, sealing: Sealing): Promise<number> {
  const old = (await SEALED(ctx)).filter(({ credentials }) => !sealing.isCurrent(credentials))
  for (const { id, partner_id, port, adapter, credentials } of old) {
    const what = about(partner_id, port, adapter)
    await RESEAL(ctx, { id, partner_id, credentials: sealing.seal(sealing.open(credentials, what), what) })
  }
  return old.length
}
