import Type, { type Static } from 'typebox'
import { instant, listOf, named, orNull, stamped, uuid, word } from '../../../platform/http/types.ts'

const some = Type.String()

const BusinessInfoSchema = named('BusinessInfoSchema', {
  base_currency: orNull(some),
  email: orNull(some),
  legal_name: orNull(some),
  name: orNull(some),
  type: orNull(some),
})
const ErrorOfConnection = named('ErrorSchema2', { message: some })
const ConnectionStatus = word(['connected', 'disconnected', 'deauthorized', 'pending_auth'], { $id: 'ConnectionStatus' })

export const AccountingConnectionResponse = named('AccountingConnectionResponse', {
  ...stamped,
  business_info: orNull(BusinessInfoSchema),
  connection_url: some,
  errors: orNull(Type.Array(ErrorOfConnection)),
  last_pull: orNull(instant),
  platform: orNull(some),
  status: Type.Optional(ConnectionStatus),
})
export const AccountingConnectionList = listOf(AccountingConnectionResponse, 'AccountingConnectionList')
export const AccountingMessageResponse = named('AccountingMessageResponse', { message: some })
export type AccountingConnection = Static<typeof AccountingConnectionResponse>
export const connectionId = Type.Object({ connection_id: uuid })
