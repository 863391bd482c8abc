import { randomUUID } from 'node:crypto'
import { isGln } from '../../core/einvoice/schemes.data.ts'
import { badRequest, invalid, invalidAt, noSuch, notFound } from '../../core/refusal.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { rows, table } from '../../platform/database/rows.ts'
import { sql } from '../../platform/database/sql.ts'
import { refuseNull } from '../../platform/http/bodies.ts'
import { TAGS, tagTable } from '../common/tags/tags.service.ts'
import { blankToNull, completeAddress, counterpartAddresses } from './addresses/addresses.service.ts'
import {
  type Counterpart,
  type CounterpartCreate,
  CounterpartKey,
  CounterpartResponse,
  type CounterpartUpdate,
} from './counterparts.schema.ts'

export { snapshotForDocument } from './counterparts.snapshot.ts'

const columns = [
  'id',
  'created_at',
  'updated_at',
  'type',
  'tax_id',
  'external_reference',
  'buyer_reference',
  'gln',
  'language',
  'reminders_enabled',
  'created_automatically',
  'created_by_entity_user_id',
  'default_billing_address_id',
  'default_shipping_address_id',
  'legal_name',
  'first_name',
  'last_name',
  'title',
  'email',
  'phone',
  'is_customer',
  'is_vendor',
]

const whose = { noun: 'Counterpart', object: 'counterpart' } as const

export const counterpartTable = table('counterparts', CounterpartResponse, {
  ...whose,
  computed: { ...Object.fromEntries(columns.map((name) => [name, `t.${name}`])), tags: TAGS },
  present({ legal_name, first_name, last_name, title, email, phone, is_customer, is_vendor, tags, ...root }) {
    const someone = { email, phone, is_customer, is_vendor, tags }
    return root.type === 'organization'
      ? { ...root, organization: { legal_name, ...someone } }
      : { ...root, individual: { first_name, last_name, title, ...someone } }
  },
})
/** SQL of ids, among which are those of all counterparts that have or had exactly this name, without accents and capitals: `name` is SQL of it. */
export const idsByWholeName = (name: string) => `
  select c.id from counterparts c where c.entity_id = $entity and left(c.sought_name, 100) = left(${name}, 100)
  union select c.id from counterparts c where c.entity_id = $entity and c.former_names <> '' and strpos(c.former_names, ${name}) > 0`
/** SQL of all names that a counterpart `c` bears or bore, without accents and capitals. */
export const ALL_NAMES = `(c.sought_name || chr(10) || c.former_names)`

const keyTable = table('counterparts', CounterpartKey, whose)

type Check = (counterpart: CounterpartKey) => void

/**
 * Does one statement's `work` below a counterpart, which has to be there, to be the user's own for roles limited to that, and to
 * pass `check`: otherwise it refuses, and nothing of the work remains. Both queries travel together.
 */
export async function inCounterpart<T>(ctx: Ctx, id: string, work: () => Promise<T>, check?: Check): Promise<T> {
  const [, result] = await before(rows.find(ctx, keyTable, id), work(), check)
  return result
}

/** The same with the counterpart locked, so that what its parts agree on, such as who is the default, changes one at a time. */
export const lockCounterpart = <T>(ctx: Ctx, id: string, work: () => Promise<T>, check?: Check) =>
  before(rows.lock(ctx, keyTable, id), work(), check)

/** Waits for both, so that no query outlives the transaction; the refusal about the counterpart goes first. */
async function before<T>(found: Promise<CounterpartKey>, work: Promise<T>, check?: Check) {
  const [counterpart, result] = await Promise.allSettled([found, work])
  if (counterpart.status === 'rejected') throw counterpart.reason
  check?.(counterpart.value)
  if (result.status === 'rejected') throw result.reason
  return [counterpart.value, result.value] as const
}

/** A new counterpart with its first address, which is where it is billed. Tags that don't exist are a `bad_request`. */
export async function createCounterpart(ctx: Ctx, body: CounterpartCreate, automatically = false): Promise<Counterpart> {
  const fields = body.type === 'organization' ? body.organization : body.individual
  const columns = columnsOf(body.type, fields, body)
  const address = completeAddress(fields.address, ['body', body.type, 'address'])
  const [id, addressId] = [randomUUID(), randomUUID()]
  await requireTags(ctx, fields.tag_ids, badRequest)
  const [counterpart] = await Promise.all([
    rows.create(ctx, counterpartTable, {
      id,
      type: body.type,
      ...columns,
      is_customer: fields.is_customer,
      is_vendor: fields.is_vendor,
      default_billing_address_id: addressId,
      created_automatically: automatically,
      created_by_entity_user_id: ctx.userId,
    }),
    rows.create(ctx, counterpartAddresses, { id: addressId, counterpart_id: id, ...address }),
  ])
  return counterpart
}

/**
 * Changes what is sent. The object of the counterpart's own type has to be there, and the other can't be (`invalid`); tags and
 * addresses that aren't the entity's and the counterpart's own are `not_found`.
 */
export async function changeCounterpart(ctx: Ctx, id: string, body: CounterpartUpdate): Promise<Counterpart> {
  const kind = 'organization' in body ? 'organization' : 'individual'
  const fields = 'organization' in body ? body.organization : body.individual
  refuseNull(body, ['default_billing_address_id'], ['body'])
  const { default_billing_address_id, default_shipping_address_id } = body
  const columns = { ...columnsOf(kind, fields, body), default_billing_address_id, default_shipping_address_id }
  const { type } = await rows.lock(ctx, keyTable, id)
  if (type !== kind) throw invalid([{ loc: ['body', type], msg: 'Field required', type: 'missing' }])
  await requireTags(ctx, fields.tag_ids, notFound)
  await requireAddresses(ctx, id, [default_billing_address_id, default_shipping_address_id])
  return rows.change(ctx, counterpartTable, id, columns)
}

type Fields = {
  email?: string | null
  phone?: string | null
  is_customer?: boolean | null
  is_vendor?: boolean | null
  tag_ids?: string[] | null
}
type Names = { legal_name?: string | null; first_name?: string | null; last_name?: string | null; title?: string | null }

/** Columns of what was sent; blank text is null, and null where something is needed is `invalid`. */
function columnsOf(
  kind: 'organization' | 'individual',
  fields: Fields & Names,
  root: Pick<CounterpartUpdate, 'tax_id' | 'language' | 'external_reference' | 'reminders_enabled' | 'buyer_reference' | 'gln'>,
) {
  const { legal_name, first_name, last_name, title, email, phone, is_customer, is_vendor, tag_ids } = blankToNull(fields)
  const names = kind === 'organization' ? { legal_name } : { first_name, last_name, title }
  const { tax_id, language, external_reference, reminders_enabled, buyer_reference, gln } = blankToNull(root)
  if (gln && !isGln(gln)) throw invalidAt(['body', 'gln'], 'The last digit of a GLN follows from the others')
  const needed = { legal_name: undefined, first_name: undefined, last_name: undefined, ...names, is_customer, is_vendor }
  refuseNull(needed, ['legal_name', 'first_name', 'last_name', 'is_customer', 'is_vendor'], ['body', kind])
  return {
    ...needed,
    email,
    phone,
    tag_ids: tag_ids === undefined ? undefined : [...new Set(tag_ids)],
    tax_id,
    language,
    external_reference,
    buyer_reference,
    gln,
    reminders_enabled: reminders_enabled === null ? true : reminders_enabled,
  }
}

const requireTags = (ctx: Ctx, ids: string[] | null | undefined, refuse: (message: string) => Error) =>
  rows.require(ctx, tagTable, ids ?? [], refuse)

const ADDRESSES = sql(
  `select id from counterpart_addresses where counterpart_id = :counterpartId and id = any (:ids) and deleted_at is null`,
)

async function requireAddresses(ctx: Ctx, counterpartId: string, asked: (string | null | undefined)[]): Promise<void> {
  const ids = asked.filter((id) => typeof id === 'string')
  if (ids.length === 0) return
  const found = await ADDRESSES(ctx, { counterpartId, ids })
  const missing = ids.find((id) => !found.some((address) => address.id === id.toLowerCase()))
  if (missing) throw noSuch('counterpart address', missing)
}
