import Type, { type Static } from 'typebox'
import { closed, Language, named, opt, orNull, pageOf, stamped, text, uuid, word } from '../../platform/http/types.ts'
import { TagReadSchema } from '../common/tags/tags.schema.ts'
import { CounterpartAddress } from './addresses/addresses.schema.ts'

export const CounterpartType = word(['individual', 'organization'], { $id: 'CounterpartType' })

const field = Type.String()
const email = Type.String({ format: 'email' })
const name = Type.String({ minLength: 1 })
const taxId = Type.String({ maxLength: 30 })
/** What e-invoices say beyond the contract: the buyer's own reference (a Leitweg-ID, for authorities), and its number at GS1. */
const buyerReference = Type.String({ maxLength: 100 })
const gln = Type.String({ pattern: '^(\\d{13})?$' })

// Requests. The contract's default language, `en`, is left out on purpose: without one the entity's own language goes first.

const root = {
  buyer_reference: opt(buyerReference),
  external_reference: opt(text(255)),
  gln: opt(gln),
  language: opt(Language),
  reminders_enabled: opt(Type.Boolean()),
  tax_id: opt(taxId),
}
const anyone = { email: opt(email), phone: opt(field), tag_ids: opt(Type.Array(uuid)) }
const made = { ...anyone, address: CounterpartAddress, is_customer: Type.Boolean(), is_vendor: Type.Boolean() }
const changed = { ...anyone, is_customer: opt(Type.Boolean()), is_vendor: opt(Type.Boolean()) }
const defaults = { default_billing_address_id: opt(uuid), default_shipping_address_id: opt(uuid) }

export const CounterpartCreatePayload = Type.Union([
  closed('CounterpartOrganizationRootCreatePayload', {
    ...root,
    organization: named('CounterpartOrganizationCreatePayload', { ...made, legal_name: field }),
    type: word(['organization']),
  }),
  closed('CounterpartIndividualRootCreatePayload', {
    ...root,
    individual: closed('CounterpartIndividualCreatePayload', { ...made, first_name: name, last_name: name, title: opt(field) }),
    type: word(['individual']),
  }),
])
export const CounterpartUpdatePayload = Type.Union([
  closed('CounterpartIndividualRootUpdatePayload', {
    ...root,
    ...defaults,
    individual: closed('CounterpartIndividualUpdatePayload', {
      ...changed,
      first_name: opt(name),
      last_name: opt(name),
      title: opt(field),
    }),
  }),
  closed('CounterpartOrganizationRootUpdatePayload', {
    ...root,
    ...defaults,
    organization: closed('CounterpartOrganizationUpdatePayload', { ...changed, legal_name: opt(field) }),
  }),
])

// Answers

const shown = {
  ...stamped,
  buyer_reference: orNull(buyerReference),
  created_automatically: orNull(Type.Boolean()),
  created_by_entity_user_id: orNull(uuid),
  default_billing_address_id: orNull(uuid),
  default_shipping_address_id: orNull(uuid),
  external_reference: orNull(text(255)),
  gln: orNull(gln),
  language: orNull(Language),
  reminders_enabled: orNull(Type.Boolean()),
  tax_id: orNull(taxId),
  type: CounterpartType,
}
const CounterpartTag = named('CounterpartTagSchema', TagReadSchema.properties)
const someone = {
  email: orNull(email),
  is_customer: Type.Boolean(),
  is_vendor: Type.Boolean(),
  phone: orNull(field),
  tags: orNull(Type.Array(CounterpartTag)),
}
export const CounterpartIndividualResponse = named('CounterpartIndividualResponse', {
  ...someone,
  first_name: name,
  last_name: name,
  title: orNull(field),
})
export const CounterpartOrganizationResponse = named('CounterpartOrganizationResponse', { ...someone, legal_name: field })
export const CounterpartResponse = Type.Union([
  named('CounterpartIndividualRootResponse', {
    ...shown,
    individual: CounterpartIndividualResponse,
  }),
  named('CounterpartOrganizationRootResponse', { ...shown, organization: CounterpartOrganizationResponse }),
])
export const CounterpartPaginationResponse = pageOf(CounterpartResponse, 'CounterpartPaginationResponse')

/** What the rest of the area needs to know of a counterpart. */
export const CounterpartKey = Type.Object({
  id: uuid,
  type: CounterpartType,
  default_billing_address_id: orNull(uuid),
  default_shipping_address_id: orNull(uuid),
})

export type CounterpartCreate = Static<typeof CounterpartCreatePayload>
export type CounterpartUpdate = Static<typeof CounterpartUpdatePayload>
export type Counterpart = Static<typeof CounterpartResponse>
export type CounterpartKey = Static<typeof CounterpartKey>
