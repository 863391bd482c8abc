import type { Static } from 'typebox'
import { wrongBirth, wrongPlace, wrongShares } from '../../../core/onboarding/checks.ts'
import { badRequest, conflict, invalid } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { json, rows, table } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { refuseNull } from '../../../platform/http/bodies.ts'
import { localDay } from '../../../platform/local-day.ts'
import { type OptionalPersonRequest, type PersonRequest, PersonResponse } from './persons.schema.ts'

/** The people behind an entity. */

/** Numbers that identify people are shown to those who may read persons, and told to nobody else: events carry no content. */
export const personTable = table('persons', PersonResponse, {
  noun: 'Person',
  object: 'person',
  computed: {
    relationship: `json_build_object('director', t.director, 'executive', t.executive, 'owner', t.owner,
      'percent_ownership', t.percent_ownership, 'representative', t.representative, 'title', t.title)`,
  },
  clashes: { persons_representative: conflict('The entity already has a representative') },
})

const LOCK_SHARES = sql(`select pg_advisory_xact_lock(hashtextextended('shares ' || :entity::text, 0))::text as "done!"`)
const SHARES = sql(`
  select percent_ownership::float8 as "percent!" from persons
  where owner and percent_ownership is not null and deleted_at is null and id is distinct from :id?::uuid`)

/** A person of the entity. Refuses (`bad_request`) who can't be one: see `checkPerson`. */
export async function addPerson(ctx: Ctx, body: Static<typeof PersonRequest>): Promise<Static<typeof PersonResponse>> {
  await checkPerson(ctx, null, body)
  return rows.create(ctx, personTable, { ...columnsOf(body, null), created_by_entity_user_id: ctx.userId })
}

export async function changePerson(ctx: Ctx, id: string, body: Change): Promise<Static<typeof PersonResponse>> {
  refuseNull(body, ['email', 'first_name', 'last_name', 'relationship'], ['body'])
  if (touchesShares(body)) await lockShares(ctx)
  const before = await rows.lock(ctx, personTable, id)
  await checkPerson(ctx, before, body)
  return rows.change(ctx, personTable, id, columnsOf(body, before.address))
}

const touchesShares = ({ relationship }: Change) =>
  relationship?.owner !== undefined || relationship?.percent_ownership !== undefined
/** Two who change shares at once wait for each other: together they may come to more than the whole. */
const lockShares = (ctx: Ctx) => LOCK_SHARES(ctx, { entity: ctx.entityId })

/**
 * Refuses (`bad_request`) somebody under age by the entity's own day, a post box where somebody lives, and shares that come to more than the
 * whole, with those that are kept.
 */
async function checkPerson(ctx: Ctx, before: Static<typeof PersonResponse> | null, change: Change): Promise<void> {
  const { date_of_birth, address } = change
  const fault = date_of_birth && wrongBirth(date_of_birth, await localDay(ctx))
  if (fault) throw badRequest(`date_of_birth: ${fault}`)
  const place = address?.line1 && wrongPlace(address.line1)
  if (place) throw badRequest(`address.line1: ${place}`)
  if (!touchesShares(change)) return
  const owner = change.relationship?.owner ?? before?.relationship.owner ?? false
  const own = change.relationship?.percent_ownership
  const percent = own === undefined ? (before?.relationship.percent_ownership ?? null) : own
  if (!owner || percent === null) return
  if (!before) await lockShares(ctx)
  const others = (await SHARES(ctx, { id: before?.id ?? null })).map((row) => row.percent)
  const shares = wrongShares(others.concat(percent))
  if (shares) throw badRequest(shares)
}

type Change = Static<typeof OptionalPersonRequest>
type Address = Static<typeof PersonResponse>['address']

/** Columns of what was sent; what isn't said about the relationship or the address stays. */
function columnsOf({ relationship, address, ...fields }: Change, before: Address) {
  const { director, executive, owner, representative, ...rest } = relationship ?? {}
  const flags = Object.entries({ director, executive, owner, representative }).map(([role, is]) => [
    role,
    is === null ? false : is,
  ])
  return { ...fields, ...rest, ...Object.fromEntries(flags), address: address && json(whole(address, before)) }
}

/** The address with a change laid over it. Refuses (`invalid`) one that lacks its place afterwards. */
function whole(change: NonNullable<Change['address']>, before: Address) {
  const loc = ['body', 'address']
  const needed = ['city', 'country', 'line1', 'postal_code'] as const
  refuseNull(change, needed, loc)
  const address = { line2: null, state: null, ...before, ...change }
  const missing = needed.filter((field) => address[field] === undefined)
  if (missing.length > 0)
    throw invalid(missing.map((field) => ({ loc: [...loc, field], msg: 'Field required', type: 'missing' })))
  return address
}
