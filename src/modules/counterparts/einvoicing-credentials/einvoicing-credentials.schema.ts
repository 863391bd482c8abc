import Type from 'typebox'
import { closed, listOf, named, opt, uuid, word } from '../../../platform/http/types.ts'

export const EinvoiceSchemaTypeEnum = word(['DE:VAT', 'NL:KVK', 'NL:VAT', 'BE:VAT', 'BE:EN'], { $id: 'EinvoiceSchemaTypeEnum' })
const identifier = Type.String({ minLength: 1, maxLength: 255 })
const credential = { network_identifier: identifier, network_schema: EinvoiceSchemaTypeEnum }

const CreateCounterpartEinvoicingCredentialCounterpartVatId = closed('CreateCounterpartEinvoicingCredentialCounterpartVatId', {
  counterpart_vat_id_id: uuid,
})
const CounterpartEinvoicingCredentialSchema = closed('CounterpartEinvoicingCredentialSchema', credential)
export const CreateCounterpartEinvoicingCredentialPayload = Type.Union(
  [CreateCounterpartEinvoicingCredentialCounterpartVatId, CounterpartEinvoicingCredentialSchema],
  { $id: 'CreateCounterpartEinvoicingCredentialPayload' },
)
export const UpdateCounterpartEinvoicingCredentialSchema = closed('UpdateCounterpartEinvoicingCredentialSchema', {
  network_identifier: opt(identifier),
  network_schema: opt(EinvoiceSchemaTypeEnum),
})
export const CounterpartEinvoicingCredentialResponse = named('CounterpartEinvoicingCredentialResponse', {
  id: uuid,
  ...credential,
})
export const CounterpartEinvoicingCredentialResponseList = listOf(
  CounterpartEinvoicingCredentialResponse,
  'CounterpartEinvoicingCredentialResponseList',
)
export const EinvoiceSearchQuery = Type.Object(credential)
export const CounterpartEinvoicingCredentialExistenceResponse = closed('CounterpartEinvoicingCredentialExistenceResponse', {
  exists: Type.Boolean(),
})
