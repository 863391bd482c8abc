import Type from 'typebox'
import { Country, closed, listOf, named, opt, orNull, uuid } from '../../../platform/http/types.ts'

const field = Type.String()
const place = { city: field, country: Country, line1: field, postal_code: field }

/** The same words in requests and answers: contacts show their address as it was sent. */
export const CounterpartAddress = closed('CounterpartAddress', { ...place, line2: opt(field), state: opt(field) })
export const CounterpartUpdateAddress = closed('CounterpartUpdateAddress', {
  city: opt(field),
  country: opt(Country),
  line1: opt(field),
  line2: opt(field),
  postal_code: opt(field),
  state: opt(field),
})
export const CounterpartAddressResponse = named('CounterpartAddressResponseWithCounterpartID', {
  ...place,
  id: uuid,
  counterpart_id: uuid,
  line2: orNull(field),
  state: orNull(field),
})
export const CounterpartAddressResourceList = listOf(CounterpartAddressResponse, 'CounterpartAddressResourceList')
