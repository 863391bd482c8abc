import Type from 'typebox'
import { Country, day, listOf, nullable, opt, orNull, stamped, strict, text, uuid } from '../../../platform/http/types.ts'

const name = text(100)
const email = Type.String({ format: 'email' })
const field = Type.String()
const flag = opt(Type.Boolean())

const place = { city: name, country: Country, line1: text(200), postal_code: text(10) }
const within = { line2: opt(name), state: opt(name) }
const PersonAddressRequest = Type.Object({ ...place, ...within }, { $id: 'PersonAddressRequest', ...strict })
const OptionalPersonAddressRequest = Type.Object(
  { ...within, city: opt(name), country: opt(Country), line1: opt(text(200)), postal_code: opt(text(10)) },
  { $id: 'OptionalPersonAddressRequest', ...strict },
)
const PersonAddressResponse = Type.Object(
  { city: field, country: field, line1: field, line2: orNull(field), postal_code: field, state: orNull(field) },
  { $id: 'PersonAddressResponse' },
)

const roles = {
  director: flag,
  executive: flag,
  owner: flag,
  percent_ownership: opt(Type.Number({ minimum: 0, maximum: 100 })),
  representative: flag,
}
const PersonRelationshipRequest = Type.Object({ ...roles, title: opt(name) }, { $id: 'PersonRelationshipRequest', ...strict })
const OptionalPersonRelationship = Type.Object({ ...roles, title: opt(name) }, { $id: 'OptionalPersonRelationship', ...strict })
const PersonRelationshipResponse = Type.Object({ ...roles, title: orNull(field) }, { $id: 'PersonRelationshipResponse' })

const optional = {
  citizenship: opt(Country),
  date_of_birth: opt(day),
  id_number: opt(name),
  phone: opt(field),
  ssn_last_4: opt(Type.String({ minLength: 4, maxLength: 4 })),
}
export const PersonRequest = Type.Object(
  {
    ...optional,
    address: opt(PersonAddressRequest),
    email,
    first_name: name,
    last_name: name,
    relationship: PersonRelationshipRequest,
  },
  { $id: 'PersonRequest', ...strict },
)
export const OptionalPersonRequest = Type.Object(
  {
    ...optional,
    address: opt(OptionalPersonAddressRequest),
    email: opt(email),
    first_name: opt(name),
    last_name: opt(name),
    relationship: opt(OptionalPersonRelationship),
  },
  { $id: 'OptionalPersonRequest', ...strict },
)
export const PersonResponse = Type.Object(
  {
    ...stamped,
    address: orNull(PersonAddressResponse),
    citizenship: orNull(Country),
    created_by_entity_user_id: nullable(uuid),
    date_of_birth: orNull(day),
    email,
    entity_id: uuid,
    first_name: field,
    id_number: orNull(field),
    last_name: field,
    phone: orNull(field),
    relationship: PersonRelationshipResponse,
    ssn_last_4: orNull(field),
  },
  { $id: 'PersonResponse' },
)
export const PersonsResponse = listOf(PersonResponse, 'PersonsResponse')
