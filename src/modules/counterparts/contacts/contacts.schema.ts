import Type from 'typebox'
import { listOf, opt, orNull, strict, uuid } from '../../../platform/http/types.ts'
import { CounterpartAddress } from '../addresses/addresses.schema.ts'

const field = Type.String()
const email = Type.String({ format: 'email' })
const optional = { email: opt(email), phone: opt(field), title: opt(field) }

export const CreateCounterpartContactPayload = Type.Object(
  { ...optional, address: CounterpartAddress, first_name: field, last_name: field },
  { $id: 'CreateCounterpartContactPayload', ...strict },
)
export const UpdateCounterpartContactPayload = Type.Object(
  { ...optional, address: opt(CounterpartAddress), first_name: opt(field), last_name: opt(field) },
  { $id: 'UpdateCounterpartContactPayload', ...strict },
)
export const CounterpartContactResponse = Type.Object(
  {
    id: uuid,
    address: CounterpartAddress,
    counterpart_id: uuid,
    email: orNull(email),
    first_name: field,
    is_default: Type.Boolean(),
    last_name: field,
    phone: orNull(field),
    title: orNull(field),
  },
  { $id: 'CounterpartContactResponse' },
)
export const CounterpartContactsResourceList = listOf(CounterpartContactResponse, 'CounterpartContactsResourceList')
