import Type, { type Static } from 'typebox'
import { opt, orNull, stamped, strict, uuid, word } from '../../platform/http/types.ts'
import { EinvoiceSchemaTypeEnum } from '../counterparts/einvoicing-credentials/einvoicing-credentials.schema.ts'

const some = Type.String()
const AllowedEinvoicingCountryCodes = word(['DE', 'NL', 'BE'], { $id: 'AllowedEinvoicingCountryCodes' })
const place = { address_line1: some, address_line2: opt(some), city: some }
const rest = { postal_code: some, state: opt(some) }
export const EinvoicingAddress = Type.Object(
  { ...place, country: AllowedEinvoicingCountryCodes, ...rest },
  { $id: 'EinvoicingAddress', ...strict },
)
const UpdateEinvoicingAddress = Type.Object({ ...place, ...rest }, { $id: 'UpdateEinvoicingAddress', ...strict })

const roles = { is_receiver: opt(Type.Boolean()), is_sender: opt(Type.Boolean()) }
export const EinvoicingConnectionCreateRequest = Type.Object(
  { address: EinvoicingAddress, entity_vat_id_id: opt(uuid), ...roles },
  { $id: 'EinvoicingConnectionCreateRequest', ...strict },
)
export const EinvoicingConnectionUpdateRequest = Type.Object(
  { address: opt(UpdateEinvoicingAddress), ...roles },
  { $id: 'EinvoicingConnectionUpdateRequest', ...strict },
)
export const EinvoicingNetworkCredentialsCreateRequest = Type.Object(
  { network_credentials_identifier: some, network_credentials_schema: EinvoiceSchemaTypeEnum },
  { $id: 'EinvoicingNetworkCredentialsCreateRequest', ...strict },
)

export const EinvoicingNetworkCredentialsResponse = Type.Object(
  {
    ...stamped,
    einvoicing_connection_id: uuid,
    network_credentials_identifier: Type.String(),
    network_credentials_schema: EinvoiceSchemaTypeEnum,
  },
  { $id: 'EinvoicingNetworkCredentialsResponse' },
)
const ShownAddress = Type.Object(
  {
    address_line1: Type.String(),
    address_line2: orNull(Type.String()),
    city: Type.String(),
    country: AllowedEinvoicingCountryCodes,
    postal_code: Type.String(),
    state: orNull(Type.String()),
  },
  { $id: 'EinvoicingAddressResponse', ...strict },
)
export const EinvoicingConnectionResponse = Type.Object(
  {
    ...stamped,
    address: ShownAddress,
    credentials: Type.Array(EinvoicingNetworkCredentialsResponse),
    entity_id: uuid,
    is_receiver: orNull(Type.Boolean()),
    is_sender: orNull(Type.Boolean()),
    legal_name: Type.String(),
    provider_id: orNull(Type.String()),
    status: Type.String(),
  },
  { $id: 'EinvoicingConnectionResponse', ...strict },
)
export const EInvoicingRetrieveListData = Type.Object(
  { data: Type.Array(EinvoicingConnectionResponse) },
  { $id: 'EInvoicingRetrieveListData', ...strict },
)
export type EinvoicingConnectionCreate = Static<typeof EinvoicingConnectionCreateRequest>
export type EinvoicingConnectionUpdate = Static<typeof EinvoicingConnectionUpdateRequest>
export type NetworkCredentialCreate = Static<typeof EinvoicingNetworkCredentialsCreateRequest>
