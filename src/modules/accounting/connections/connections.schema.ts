import Type, { type Static } from 'typebox'
import { instant, listOf, orNull, stamped, uuid, word } from '../../../platform/http/types.ts'

const some = Type.String()

const BusinessInfoSchema = Type.Object(
  { base_currency: orNull(some), email: orNull(some), legal_name: orNull(some), name: orNull(some), type: orNull(some) },
  { $id: 'BusinessInfoSchema' },
)
const ErrorOfConnection = Type.Object({ message: some }, { $id: 'ErrorSchema2' })
export const ConnectionStatus = word(['connected', 'disconnected', 'deauthorized', 'pending_auth'], { $id: 'ConnectionStatus' })

export const AccountingConnectionResponse = Type.Object(
  {
    ...stamped,
    business_info: orNull(BusinessInfoSchema),
    connection_url: some,
    errors: orNull(Type.Array(ErrorOfConnection)),
    last_pull: orNull(instant),
    platform: orNull(some),
    status: Type.Optional(ConnectionStatus),
  },
  { $id: 'AccountingConnectionResponse' },
)
export const AccountingConnectionList = listOf(AccountingConnectionResponse, 'AccountingConnectionList')
export const AccountingMessageResponse = Type.Object({ message: some }, { $id: 'AccountingMessageResponse' })
export type AccountingConnection = Static<typeof AccountingConnectionResponse>
export const connectionId = Type.Object({ connection_id: uuid })
