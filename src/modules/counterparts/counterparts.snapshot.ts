import type { Static } from 'typebox'
import { badRequest, noSuch } from '../../core/refusal.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { shaped, sql } from '../../platform/database/sql.ts'
import type { Country } from '../../platform/http/types.ts'
import type { VatIDTypeEnum } from '../entities/vat-ids/vat-ids.schema.ts'
import type { CounterpartType } from './counterparts.schema.ts'

/** An address as documents keep it; a contact's own has no id. */
interface DocumentAddress {
  readonly id: string | null
  readonly city: string
  readonly country: Static<typeof Country>
  readonly line1: string
  readonly line2: string | null
  readonly postal_code: string
  readonly state: string | null
}

/** Everything a document keeps of its counterpart, as it stood that day. */
interface DocumentCounterpart {
  readonly counterpart: {
    readonly id: string
    readonly type: Static<typeof CounterpartType>
    /** The legal name, or first and last name. */
    readonly name: string
    readonly first_name: string | null
    readonly last_name: string | null
    readonly tax_id: string | null
    readonly external_reference: string | null
    readonly buyer_reference: string | null
    readonly gln: string | null
    readonly language: string | null
    readonly email: string | null
    readonly phone: string | null
    readonly default_billing_address_id: string | null
    readonly default_shipping_address_id: string | null
    readonly reminders_enabled: boolean
  }
  readonly billing_address: DocumentAddress
  readonly shipping_address: DocumentAddress | null
  /** Who is written to: a person is their own contact; an organization without contacts has none. */
  readonly contact: {
    readonly first_name: string
    readonly last_name: string
    readonly email: string | null
    readonly phone: string | null
    readonly title: string | null
    readonly address: DocumentAddress
  } | null
  readonly vat_id: {
    readonly id: string
    readonly counterpart_id: string
    readonly country: Static<typeof Country> | null
    readonly type: Static<typeof VatIDTypeEnum>
    readonly value: string
  } | null
  /** Whether it has any VAT ID at all, for what a country asks of documents. */
  readonly has_vat_ids: boolean
}

interface NamedParts {
  readonly counterpartId: string
  readonly billingAddressId: string
  readonly shippingAddressId?: string | null
  readonly vatIdId?: string | null
  readonly contactId?: string | null
}

type Owned<T> = (T & { readonly counterpart_id: string }) | null
interface Parts {
  readonly counterpart: DocumentCounterpart['counterpart'] & { readonly title: string | null }
  readonly billing: Owned<DocumentAddress>
  readonly shipping: Owned<DocumentAddress>
  readonly contact: Owned<NonNullable<DocumentCounterpart['contact']> & { readonly address: Omit<DocumentAddress, 'id'> }>
  readonly vat_id: DocumentCounterpart['vat_id']
}

const address = <const A extends string>(a: A) =>
  `case when ${a}.id is not null then json_build_object('id', ${a}.id, 'counterpart_id', ${a}.counterpart_id, 'city', ${a}.city, 'country', ${a}.country,
    'line1', ${a}.line1, 'line2', ${a}.line2, 'postal_code', ${a}.postal_code, 'state', ${a}.state) end` as const

// Parts are found by their id alone, so that one of another counterpart can be told from one that doesn't exist.
const SNAPSHOT = shaped<Parts>()(
  sql(`
  select json_build_object('id', c.id, 'type', c.type, 'name', c.name, 'first_name', c.first_name, 'last_name', c.last_name, 'title', c.title,
    'tax_id', c.tax_id, 'external_reference', c.external_reference, 'buyer_reference', c.buyer_reference, 'gln', c.gln, 'language', c.language, 'email', c.email, 'phone', c.phone,
    'default_billing_address_id', c.default_billing_address_id, 'default_shipping_address_id', c.default_shipping_address_id,
    'reminders_enabled', c.reminders_enabled) as counterpart,
  ${address('b')} as billing,
  ${address('s')} as shipping,
  case when k.id is not null then json_build_object('counterpart_id', k.counterpart_id, 'first_name', k.first_name, 'last_name', k.last_name, 'email', k.email,
    'phone', k.phone, 'title', k.title, 'address', k.address) end as contact,
  case when v.id is not null then json_build_object('id', v.id, 'counterpart_id', v.counterpart_id, 'country', v.country, 'type', v.type, 'value', v.value) end as vat_id,
  exists (select from counterpart_vat_ids w where w.entity_id = c.entity_id and w.counterpart_id = c.id and w.deleted_at is null) as "has_vat_ids!"
from counterparts c
left join counterpart_addresses b on b.entity_id = c.entity_id and b.id = :billing and b.deleted_at is null
left join counterpart_addresses s on s.entity_id = c.entity_id and s.id = :shipping? and s.deleted_at is null
left join counterpart_vat_ids v on v.entity_id = c.entity_id and v.id = :vatId? and v.deleted_at is null
left join counterpart_contacts k on k.entity_id = c.entity_id and k.deleted_at is null and k.id = coalesce(:contact?, (select d.id from counterpart_contacts d
  where d.entity_id = c.entity_id and d.counterpart_id = c.id and d.is_default and d.deleted_at is null))
where c.id = :id and c.deleted_at is null`),
)

/**
 * Reads, in one round trip, all that a document freezes of its counterpart. Refuses (`not_found`) ids that don't exist and
 * (`bad_request`) parts of another counterpart. Without a contact asked for it is the default one.
 */
export async function snapshotForDocument(ctx: Ctx, asked: NamedParts): Promise<DocumentCounterpart> {
  const { counterpartId, billingAddressId, shippingAddressId = null, vatIdId = null, contactId = null } = asked
  const row = await SNAPSHOT.maybe(ctx, {
    id: counterpartId,
    billing: billingAddressId,
    shipping: shippingAddressId,
    vatId: vatIdId,
    contact: contactId,
  })
  if (!row) throw noSuch('counterpart', counterpartId)
  const own = <T>(noun: string, id: string, part: Owned<T>) => ownPart(noun, id, part, row.counterpart.id)
  const { counterpart_id: _, ...billing_address } = own('address', billingAddressId, row.billing)
  const shipping = shippingAddressId && own('address', shippingAddressId, row.shipping)
  if (vatIdId) own('VAT ID', vatIdId, row.vat_id)
  if (contactId) own('contact', contactId, row.contact)
  const { title, ...counterpart } = row.counterpart
  return {
    counterpart,
    billing_address,
    shipping_address: shipping ? withoutOwner(shipping) : null,
    contact: contactOf(row, billing_address, title),
    vat_id: row.vat_id,
    has_vat_ids: row.has_vat_ids,
  }
}

function contactOf(
  { counterpart, contact }: Parts,
  billing_address: DocumentAddress,
  title: string | null,
): DocumentCounterpart['contact'] {
  if (contact) return { ...withoutOwner(contact), address: { ...contact.address, id: null } }
  const { type, first_name, last_name, email, phone } = counterpart
  return type === 'individual'
    ? { first_name: first_name!, last_name: last_name!, email, phone, title, address: billing_address }
    : null
}

function withoutOwner<T extends { counterpart_id: string }>({ counterpart_id: _, ...part }: T): Omit<T, 'counterpart_id'> {
  return part
}

function ownPart<T>(noun: string, id: string, part: Owned<T>, counterpartId: string): NonNullable<Owned<T>> {
  if (!part) throw noSuch(`counterpart ${noun}`, id)
  if (part.counterpart_id !== counterpartId) throw badRequest(`The counterpart ${noun} ${id} belongs to another counterpart`)
  return part
}
