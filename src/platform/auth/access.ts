import { zoneOf } from '../../core/local-day.ts'
import { notFound, unauthorized } from '../../core/refusal.ts'
import { asSystem, type Db } from '../database/context.ts'
import { type Place, placeOf } from '../local-day.ts'
import { type ActionName, type Grants, grantsOf, type ObjectType, type RolePermissions } from './permissions.ts'
import { notAllowed } from './reach.ts'
import { sha256 } from './secrets.ts'
import { hasOwners } from './things.ts'

/** What a live token stands for. */
export interface Access {
  readonly clientId: string
  readonly partnerId: string
  /** Entity and user of an entity-user token; null for a partner token, which may do everything. */
  readonly entityId: string | null
  readonly userId: string | null
  readonly grants: Grants
  readonly entityActive: boolean
  /** The time zone of that entity. */
  readonly zone: string
  /** The version in the partner's settings, for requests that name none. */
  readonly apiVersion: string | null
  readonly expiresAt: number
}

interface EntityFacts {
  readonly partnerId: string
  readonly active: boolean
  readonly zone: string
}

/** Tokens and entities are remembered this long at most; a change is told to all processes at once, see `forget`. */
const REMEMBERED_MS = 5_000
const REMEMBERED_MAX = 10_000

class Memory<V> {
  readonly #entries = new Map<string, { value: V; until: number }>()
  get(key: string): V | undefined {
    const entry = this.#entries.get(key)
    return entry && entry.until > performance.now() ? entry.value : undefined
  }
  set(key: string, value: V) {
    if (this.#entries.size >= REMEMBERED_MAX) this.#entries.clear()
    this.#entries.set(key, { value, until: performance.now() + REMEMBERED_MS })
  }
  clear() {
    this.#entries.clear()
  }
}

const DEAD_TOKEN = 'The token has been revoked, expired or not found.'

/** Who a token belongs to and which entities there are: asked on every request, so answered from memory. */
export function createAccess(db: Db) {
  const tokens = new Memory<Access>()
  const entities = new Memory<EntityFacts>()
  let generation = 0

  return {
    /** Drops everything remembered: something about roles, users, tokens or entities has changed. */
    forget() {
      generation++
      tokens.clear()
      entities.clear()
    },

    /** The bearer of an `Authorization` header, or a 401. */
    async bearer(header: string | undefined): Promise<Access> {
      if (!header)
        throw unauthorized('The Authorization header is missing: send "Bearer " and a token of POST /auth/token', 'token_missing')
      const token = /^bearer +([\w.~+/=-]{1,512})$/i.exec(header)?.[1]
      if (!token)
        throw unauthorized('The Authorization header is no "Bearer " and a token of POST /auth/token', 'token_malformed')
      let access = tokens.get(token)
      if (!access) {
        const asked = generation
        access = await readToken(db, token)
        if (asked === generation) tokens.set(token, access)
      }
      if (access.expiresAt <= db.clock.now().getTime())
        throw unauthorized(
          `The token expired at ${new Date(access.expiresAt).toISOString()}: get a new one by POST /auth/token`,
          'token_expired',
        )
      return access
    },

    /** An entity of the partner, or a 404 that says the same of foreign and missing ones. */
    async entity(partnerId: string, id: string): Promise<EntityFacts> {
      let facts = entities.get(id)
      if (!facts) {
        const asked = generation
        const [row] = await asSystem(db, ({ db }) =>
          db.query<Place & { partner_id: string; status: string }>(
            `select e.partner_id, e.status, ${placeOf('e')} from entities e where e.id = $1 and e.deleted_at is null`,
            [id],
          ),
        )
        if (!row) throw notFound('Entity not found')
        facts = { partnerId: row.partner_id, active: row.status === 'active', zone: zoneOf(row.country, row.state) }
        if (asked === generation) entities.set(id, facts)
      }
      if (facts.partnerId !== partnerId) throw notFound('Entity not found')
      return facts
    },
  }
}
export type AccessKeeper = ReturnType<typeof createAccess>

async function readToken(db: Db, token: string): Promise<Access> {
  const [row] = await asSystem(db, ({ db }) =>
    db.query<
      Place & {
        client_id: string
        partner_id: string
        entity_id: string | null
        entity_user_id: string | null
        expires_at: string
        permissions: RolePermissions | null
        user_deleted: boolean
        status: string | null
        api_version: string | null
      }
    >(
      `select a.client_id, a.partner_id, a.entity_id, a.entity_user_id, a.expires_at, r.permissions,
              a.entity_user_id is not null and u.id is null as user_deleted, e.status, p.settings ->> 'api_version' as api_version, ${placeOf('e')}
       from access_tokens a
       join partners p on p.id = a.partner_id
       join api_clients c on c.id = a.client_id and c.deleted_at is null
       left join entity_users u on u.entity_id = a.entity_id and u.id = a.entity_user_id and u.deleted_at is null
       left join roles r on r.entity_id = u.entity_id and r.id = u.role_id and r.deleted_at is null
       left join entities e on e.id = a.entity_id
       where a.hash = $1`,
      [sha256(token)],
    ),
  )
  if (!row || row.user_deleted) throw unauthorized(DEAD_TOKEN, 'token_unknown')
  return {
    clientId: row.client_id,
    partnerId: row.partner_id,
    entityId: row.entity_id,
    userId: row.entity_user_id,
    grants: grantsOf(row.permissions ?? {}),
    entityActive: row.status === null || row.status === 'active',
    zone: zoneOf(row.country, row.state),
    apiVersion: row.api_version,
    expiresAt: Date.parse(row.expires_at),
  }
}

/** What an operation asks of a role. */
export interface Asking {
  /** `object:action`; one of them will do. */
  readonly wanted: readonly string[]
  /** Whether the path names a thing of that object. */
  readonly named: boolean
}

/**
 * Whether the bearer may, and which object only as far as they made it themselves. A refusal is a 403 in the words clients know.
 *
 * Creating says nothing about what is there: where the path names something, e.g. to be cloned, it is reached as far as the role reads.
 * And where nothing is named, or nobody makes such things, there is no "own" that an action could keep to, so it is refused.
 */
export function permit(access: Access, { wanted, named }: Asking): { own?: ObjectType } {
  if (access.userId === null) return {}
  let own: ObjectType | undefined
  let missing = wanted[0]!
  for (const name of wanted) {
    const [object, action] = name.split(':') as [ObjectType, ActionName]
    let kind = access.grants.get(name) ?? 'not_allowed'
    if (action === 'create' && kind !== 'not_allowed') {
      if (!named) return {}
      const reads = access.grants.get(`${object}:read`) ?? 'not_allowed'
      if (reads === 'not_allowed') missing = `${object}:read`
      kind = reads
    }
    if (kind === 'allowed') return {}
    if (kind === 'allowed_for_own' && hasOwners(object) && (named || action === 'read')) own = object
  }
  if (own) return { own }
  const [object, action] = missing.split(':')
  throw notAllowed(object!, action!)
}
