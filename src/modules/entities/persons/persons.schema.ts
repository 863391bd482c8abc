import Type from 'typebox'
import { Country, closed, day, listOf, named, nullable, opt, orNull, stamped, text, uuid } from '../../../platform/http/types.ts'

const name = text(100)
const email = Type.String({ format: 'email' })
const field = Type.String()
const flag = opt(Type.Boolean())

const place = { city: name, country: Country, line1: text(200), postal_code: text(10) }
const within = { line2: opt(name), state: opt(name) }
const PersonAddressRequest = closed('PersonAddressRequest', { ...place, ...within })
const OptionalPersonAddressRequest = closed('OptionalPersonAddressRequest', {
  ...within,
  city: opt(name),
  country: opt(Country),
  line1: opt(text(200)),
  postal_code: opt(text(10)),
})
const PersonAddressResponse = named('PersonAddressResponse', {
  city: field,
  country: field,
  line1: field,
  line2: orNull(field),
  postal_code: field,
  state: orNull(field),
})

const roles = {
  director: flag,
  executive: flag,
  owner: flag,
  percent_ownership: opt(Type.Number({ minimum: 0, maximum: 100 })),
  representative: flag,
}
const PersonRelationshipRequest = closed('PersonRelationshipRequest', { ...roles, title: opt(name) })
const OptionalPersonRelationship = closed('OptionalPersonRelationship', { ...roles, title: opt(name) })
const PersonRelationshipResponse = named('PersonRelationshipResponse', { ...roles, title: orNull(field) })

const optional = {
  citizenship: opt(Country),
  date_of_birth: opt(day),
  id_number: opt(name),
  phone: opt(field),
  ssn_last_4: opt(Type.String({ minLength: 4, maxLength: 4 })),
}
export const PersonRequest = closed('PersonRequest', {
  ...optional,
  address: opt(PersonAddressRequest),
  email,
  first_name: name,
  last_name: name,
  relationship: PersonRelationshipRequest,
})
export const OptionalPersonRequest = closed('OptionalPersonRequest', {
  ...optional,
  address: opt(OptionalPersonAddressRequest),
  email: opt(email),
  first_name: opt(name),
  last_name: opt(name),
  relationship: opt(OptionalPersonRelationship),
})
export const PersonResponse = named('PersonResponse', {
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
})
export const PersonsResponse = listOf(PersonResponse, 'PersonsResponse')
