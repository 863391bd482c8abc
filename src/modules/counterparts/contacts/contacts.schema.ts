import Type from 'typebox'
import { closed, listOf, named, opt, orNull, uuid } from '../../../platform/http/types.ts'
import { CounterpartAddress } from '../addresses/addresses.schema.ts'

const field = Type.String()
const email = Type.String({ format: 'email' })
const optional = { email: opt(email), phone: opt(field), title: opt(field) }

export const CreateCounterpartContactPayload = closed('CreateCounterpartContactPayload', {
  ...optional,
  address: CounterpartAddress,
  first_name: field,
  last_name: field,
})
export const UpdateCounterpartContactPayload = closed('UpdateCounterpartContactPayload', {
  ...optional,
  address: opt(CounterpartAddress),
  first_name: opt(field),
  last_name: opt(field),
})
export const CounterpartContactResponse = named('CounterpartContactResponse', {
  id: uuid,
  address: CounterpartAddress,
  counterpart_id: uuid,
  email: orNull(email),
  first_name: field,
  is_default: Type.Boolean(),
  last_name: field,
  phone: orNull(field),
  title: orNull(field),
})
export const CounterpartContactsResourceList = listOf(CounterpartContactResponse, 'CounterpartContactsResourceList')
