import Type, { type Static } from 'typebox'
import { closed, named, opt, orNull, stamped, uuid, word } from '../../platform/http/types.ts'
import { EinvoiceSchemaTypeEnum } from '../counterparts/einvoicing-credentials/einvoicing-credentials.schema.ts'

const some = Type.String()
const AllowedEinvoicingCountryCodes = word(['DE', 'NL', 'BE'], { $id: 'AllowedEinvoicingCountryCodes' })
const place = { address_line1: some, address_line2: opt(some), city: some }
const rest = { postal_code: some, state: opt(some) }
const EinvoicingAddress = closed('EinvoicingAddress', { ...place, country: AllowedEinvoicingCountryCodes, ...rest })
const UpdateEinvoicingAddress = closed('UpdateEinvoicingAddress', { ...place, ...rest })

const roles = { is_receiver: opt(Type.Boolean()), is_sender: opt(Type.Boolean()) }
export const EinvoicingConnectionCreateRequest = closed('EinvoicingConnectionCreateRequest', {
  address: EinvoicingAddress,
  entity_vat_id_id: opt(uuid),
  ...roles,
})
export const EinvoicingConnectionUpdateRequest = closed('EinvoicingConnectionUpdateRequest', {
  address: opt(UpdateEinvoicingAddress),
  ...roles,
})
export const EinvoicingNetworkCredentialsCreateRequest = closed('EinvoicingNetworkCredentialsCreateRequest', {
  network_credentials_identifier: some,
  network_credentials_schema: EinvoiceSchemaTypeEnum,
})

export const EinvoicingNetworkCredentialsResponse = named('EinvoicingNetworkCredentialsResponse', {
  ...stamped,
  einvoicing_connection_id: uuid,
  network_credentials_identifier: Type.String(),
  network_credentials_schema: EinvoiceSchemaTypeEnum,
})
const ShownAddress = closed('EinvoicingAddressResponse', {
  address_line1: Type.String(),
  address_line2: orNull(Type.String()),
  city: Type.String(),
  country: AllowedEinvoicingCountryCodes,
  postal_code: Type.String(),
  state: orNull(Type.String()),
})
export const EinvoicingConnectionResponse = closed('EinvoicingConnectionResponse', {
  ...stamped,
  address: ShownAddress,
  credentials: Type.Array(EinvoicingNetworkCredentialsResponse),
  entity_id: uuid,
  is_receiver: orNull(Type.Boolean()),
  is_sender: orNull(Type.Boolean()),
  legal_name: Type.String(),
  provider_id: orNull(Type.String()),
  status: Type.String(),
})
export const EInvoicingRetrieveListData = closed('EInvoicingRetrieveListData', { data: Type.Array(EinvoicingConnectionResponse) })
export type EinvoicingConnectionCreate = Static<typeof EinvoicingConnectionCreateRequest>
export type EinvoicingConnectionUpdate = Static<typeof EinvoicingConnectionUpdateRequest>
export type NetworkCredentialCreate = Static<typeof EinvoicingNetworkCredentialsCreateRequest>
