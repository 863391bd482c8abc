import { badRequest } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { json, rows } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { counterpartTable } from '../../counterparts/counterparts.service.ts'
import { readEntity } from '../../entities/entities/entities.service.ts'
import type { OrderAddress, OrderCounterpart, OrderingEntity, OrderVatId, PurchaseOrder } from './purchase-orders.schema.ts'

/** What an order keeps of all that it names, as it is when the order is made or changed. */

interface Named {
  readonly counterpart_id: string
  /** Null: where the counterpart's bills go. */
  readonly counterpart_address_id: string | null
  readonly entity_vat_id_id: string | null
}
type Address = OrderAddress & { readonly id: string }

/** The columns of the copies. Refuses (`bad_request`) ids that lead nowhere, unless `before`, the order so far, has a copy of what was there. */
export async function copiesOf(ctx: Ctx, named: Named, before?: PurchaseOrder) {
  const counterpart = found('counterpart_id', named.counterpart_id, await counterpartOf(ctx, named), before?.counterpart)
  const address = await addressOf(ctx, named, counterpart, before)
  const vatId = named.entity_vat_id_id
  const { id: counterpart_address_id = null, ...place } = address ?? {}
  return {
    counterpart_id: counterpart.id,
    counterpart: json(counterpart),
    counterpart_address_id,
    counterpart_address: address && json(place),
    entity: json(await entityOf(ctx)),
    entity_vat_id: vatId ? json(found('entity_vat_id_id', vatId, await vatIdOf(ctx, vatId), before?.entity_vat_id)) : null,
  }
}

function found<T extends { readonly id: string }>(field: string, id: string, now: T | undefined, copy: T | null | undefined): T {
  if (now) return now
  if (copy?.id === id.toLowerCase()) return copy
  throw badRequest(`${field}: there is none with the id ${id}`)
}

const COUNTERPART = sql(`select from counterparts where id = :counterpart_id and deleted_at is null`)

async function counterpartOf(ctx: Ctx, { counterpart_id }: Named): Promise<OrderCounterpart | undefined> {
  if ((await COUNTERPART(ctx, { counterpart_id })).length === 0) return undefined
  const [found] = await rows.require(ctx, counterpartTable, [counterpart_id])
  const { external_reference: _e, organization, individual, ...root } = found as Stored
  const withoutTags = ({ tags: _t, ...someone }: Tagged) => someone
  return {
    ...root,
    ...(organization ? { organization: withoutTags(organization) } : { individual: withoutTags(individual!) }),
  } as OrderCounterpart
}
type Tagged = Record<string, unknown>
interface Stored extends Record<string, unknown> {
  readonly organization?: Tagged
  readonly individual?: Tagged
}

const PLACE = 'id, city, country, line1, line2, postal_code, state'

const ADDRESS = sql(
  `select ${PLACE} from counterpart_addresses where id = :id and counterpart_id = :counterpartId and deleted_at is null`,
)

async function addressOf(
  ctx: Ctx,
  { counterpart_address_id: asked }: Named,
  counterpart: OrderCounterpart,
  before: PurchaseOrder | undefined,
): Promise<Address | null> {
  const id = asked ?? counterpart.default_billing_address_id
  if (!id) return null
  const now = (await ADDRESS.maybe(ctx, { id, counterpartId: counterpart.id })) as Address | undefined
  const place = before?.counterpart_id === counterpart.id ? before.counterpart_address : null
  return found('counterpart_address_id', id, now, place && { id: before!.counterpart_address_id!, ...place })
}

const VAT_ID = sql(`select id, country, entity_id, type, value from entity_vat_ids where id = :id and deleted_at is null`)

async function vatIdOf(ctx: Ctx, id: string): Promise<OrderVatId | undefined> {
  const row = await VAT_ID.maybe(ctx, { id })
  return row
}

/** The entity without what is nobody's business abroad: a person's birthday and the numbers of their papers stay at home. */
async function entityOf(ctx: Ctx): Promise<OrderingEntity> {
  const entity = await readEntity(ctx, ctx.entityId)
  const { id, created_at, updated_at, address, email, logo, phone, status, tax_id, website } = entity
  const shown = { id, created_at, updated_at, address, email, logo, phone, status: status as 'active', tax_id, website }
  if ('organization' in entity) {
    const { vat_id: _v, ...organization } = entity.organization
    return { ...shown, organization }
  }
  const { first_name, last_name, title } = entity.individual
  return { ...shown, individual: { first_name, last_name, title, date_of_birth: null, id_number: null, ssn_last_4: null } }
}
