import Type from 'typebox'
import { Country, closed, day, named, opt, orNull, pageOf, stamped, text, url, uuid, word } from '../../../platform/http/types.ts'
import { FileSchema } from '../../common/files/files.schema.ts'

const entityTypes = ['individual', 'organization'] as const
export const EntityTypeEnum = word(entityTypes, { $id: 'EntityTypeEnum' })
export const EntityStatusEnum = word(['active', 'inactive', 'deleted'], { $id: 'EntityStatusEnum' })
export const EntityBusinessStructure = word(
  [
    'incorporated_partnership',
    'unincorporated_partnership',
    'public_corporation',
    'private_corporation',
    'sole_proprietorship',
    'single_member_llc',
    'multi_member_llc',
    'private_partnership',
    'unincorporated_association',
    'public_partnership',
  ],
  { $id: 'EntityBusinessStructure' },
)

const email = Type.String({ format: 'email' })

// Requests

const addressChange = {
  // It never changes, and forms send it along with the rest.
  country: opt(Country),
  city: opt(text(100)),
  line1: opt(text(200)),
  line2: opt(text(100)),
  postal_code: opt(text(10)),
  state: opt(text(100)),
}
const EntityAddressSchema = closed('EntityAddressSchema', {
  city: text(100),
  country: Country,
  line1: text(200),
  line2: opt(text(100)),
  postal_code: text(10),
  state: opt(text(100)),
})
// The founding guide sends a person's tax number here; it is kept as the entity's.
const person = {
  tax_id: opt(text(30)),
  date_of_birth: opt(day),
  id_number: opt(text(100)),
  ssn_last_4: opt(Type.String({ minLength: 4, maxLength: 4 })),
  title: opt(text(10)),
}
const company = {
  business_structure: opt(EntityBusinessStructure),
  directors_provided: opt(Type.Boolean()),
  executives_provided: opt(Type.Boolean()),
  legal_entity_id: opt(text(20)),
  owners_provided: opt(Type.Boolean()),
  representative_provided: opt(Type.Boolean()),
}
const profile = {
  phone: opt(Type.String({ maxLength: 100 })),
  registration_authority: opt(text(100)),
  registration_number: opt(text(100)),
  tax_id: opt(text(30)),
  website: opt(url),
  // From the founding documents: the partner's own word for the entity.
  partner_reference: opt(Type.String({ maxLength: 255 })),
}

export const CreateEntityRequest = closed('CreateEntityRequest', {
  ...profile,
  address: EntityAddressSchema,
  email,
  individual: opt(closed('IndividualSchema', { ...person, first_name: text(100), last_name: text(100) })),
  // The founding guide sends the company's VAT number along; see `vat_id` in the service.
  organization: opt(named('OrganizationSchema', { ...company, legal_name: text(255), vat_id: opt(text(32)) })),
  type: EntityTypeEnum,
})
export const UpdateEntityRequest = closed('UpdateEntityRequest', {
  ...profile,
  address: opt(closed('UpdateEntityAddressSchema', addressChange)),
  email: opt(email),
  individual: opt(closed('OptionalIndividualSchema', { ...person, first_name: opt(text(100)), last_name: opt(text(100)) })),
  organization: opt(closed('OptionalOrganizationSchema', { ...company, legal_name: opt(text(255)) })),
})

// Answers

export const EntityAddressResponseSchema = named('EntityAddressResponseSchema', {
  city: Type.String({ maxLength: 255 }),
  country: Country,
  line1: Type.String({ maxLength: 255 }),
  line2: orNull(Type.String({ maxLength: 100 })),
  postal_code: Type.String({ maxLength: 10 }),
  state: orNull(Type.String()),
})
/** Where bills for the entity arrive; from the founding documents. */
const Mailbox = Type.Object({
  id: uuid,
  entity_id: uuid,
  status: Type.String(),
  related_object_type: Type.String(),
  mailbox_name: Type.String(),
  mailbox_full_address: Type.String(),
  belongs_to_mailbox_domain_id: orNull(uuid),
})
const common = {
  ...stamped,
  address: EntityAddressResponseSchema,
  email: orNull(Type.String()),
  logo: orNull(FileSchema),
  mailboxes: Type.Array(Mailbox),
  partner_reference: orNull(Type.String()),
  phone: orNull(Type.String({ maxLength: 100 })),
  registration_authority: orNull(text(100)),
  registration_number: orNull(text(100)),
  status: EntityStatusEnum,
  tax_id: orNull(Type.String({ maxLength: 30 })),
  website: orNull(url),
}
export const EntityOrganizationResponse = named('EntityOrganizationResponse', {
  ...common,
  type: word(['organization']),
  organization: named('OrganizationResponseSchema', {
    business_structure: orNull(EntityBusinessStructure),
    directors_provided: orNull(Type.Boolean()),
    executives_provided: orNull(Type.Boolean()),
    legal_entity_id: orNull(Type.String({ maxLength: 20 })),
    legal_name: Type.String({ maxLength: 255 }),
    owners_provided: orNull(Type.Boolean()),
    representative_provided: orNull(Type.Boolean()),
    vat_id: orNull(Type.String()),
  }),
})
export const EntityIndividualResponse = named('EntityIndividualResponse', {
  ...common,
  type: word(['individual']),
  individual: named('IndividualResponseSchema', {
    date_of_birth: orNull(day),
    first_name: Type.String({ maxLength: 100 }),
    id_number: orNull(Type.String()),
    last_name: Type.String({ maxLength: 100 }),
    ssn_last_4: orNull(Type.String({ minLength: 4, maxLength: 4 })),
    tax_id: orNull(Type.String({ maxLength: 30 })),
    title: orNull(Type.String({ maxLength: 10 })),
    vat_id: orNull(Type.String()),
  }),
})
export const EntityResponse = Type.Union([EntityOrganizationResponse, EntityIndividualResponse], { $id: 'EntityResponse' })
export const EntityPaginationResponse = pageOf(EntityResponse, 'EntityPaginationResponse')
