import Type, { type Static } from 'typebox'
import { Language, opt, orNull, pageOf, stamped, strict, text, uuid, word } from '../../platform/http/types.ts'
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
  Type.Object(
    {
      ...root,
      organization: Type.Object({ ...made, legal_name: field }, { $id: 'CounterpartOrganizationCreatePayload' }),
      type: word(['organization']),
    },
    { $id: 'CounterpartOrganizationRootCreatePayload', ...strict },
  ),
  Type.Object(
    {
      ...root,
      individual: Type.Object(
        { ...made, first_name: name, last_name: name, title: opt(field) },
        { $id: 'CounterpartIndividualCreatePayload', ...strict },
      ),
      type: word(['individual']),
    },
    { $id: 'CounterpartIndividualRootCreatePayload', ...strict },
  ),
])
export const CounterpartUpdatePayload = Type.Union([
  Type.Object(
    {
      ...root,
      ...defaults,
      individual: Type.Object(
        { ...changed, first_name: opt(name), last_name: opt(name), title: opt(field) },
        { $id: 'CounterpartIndividualUpdatePayload', ...strict },
      ),
    },
    { $id: 'CounterpartIndividualRootUpdatePayload', ...strict },
  ),
  Type.Object(
    {
      ...root,
      ...defaults,
      organization: Type.Object(
        { ...changed, legal_name: opt(field) },
        { $id: 'CounterpartOrganizationUpdatePayload', ...strict },
      ),
    },
    { $id: 'CounterpartOrganizationRootUpdatePayload', ...strict },
  ),
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
const CounterpartTag = Type.Object(TagReadSchema.properties, { $id: 'CounterpartTagSchema' })
const someone = {
  email: orNull(email),
  is_customer: Type.Boolean(),
  is_vendor: Type.Boolean(),
  phone: orNull(field),
  tags: orNull(Type.Array(CounterpartTag)),
}
export const CounterpartIndividualResponse = Type.Object(
  { ...someone, first_name: name, last_name: name, title: orNull(field) },
  { $id: 'CounterpartIndividualResponse' },
)
export const CounterpartOrganizationResponse = Type.Object(
  { ...someone, legal_name: field },
  { $id: 'CounterpartOrganizationResponse' },
)
export const CounterpartResponse = Type.Union([
  Type.Object(
    {
      ...shown,
      individual: CounterpartIndividualResponse,
    },
    { $id: 'CounterpartIndividualRootResponse' },
  ),
  Type.Object({ ...shown, organization: CounterpartOrganizationResponse }, { $id: 'CounterpartOrganizationRootResponse' }),
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
