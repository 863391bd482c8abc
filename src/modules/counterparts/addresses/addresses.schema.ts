import Type from 'typebox'
import { Country, listOf, opt, orNull, strict, uuid } from '../../../platform/http/types.ts'

const field = Type.String()
const place = { city: field, country: Country, line1: field, postal_code: field }

/** The same words in requests and answers: contacts show their address as it was sent. */
export const CounterpartAddress = Type.Object(
  { ...place, line2: opt(field), state: opt(field) },
  { $id: 'CounterpartAddress', ...strict },
)
export const CounterpartUpdateAddress = Type.Object(
  { city: opt(field), country: opt(Country), line1: opt(field), line2: opt(field), postal_code: opt(field), state: opt(field) },
  { $id: 'CounterpartUpdateAddress', ...strict },
)
export const CounterpartAddressResponse = Type.Object(
  { ...place, id: uuid, counterpart_id: uuid, line2: orNull(field), state: orNull(field) },
  { $id: 'CounterpartAddressResponseWithCounterpartID' },
)
export const CounterpartAddressResourceList = listOf(CounterpartAddressResponse, 'CounterpartAddressResourceList')
