import Type from 'typebox'
import { listOf, opt, strict, uuid, word } from '../../../platform/http/types.ts'

export const EinvoiceSchemaTypeEnum = word(['DE:VAT', 'NL:KVK', 'NL:VAT', 'BE:VAT', 'BE:EN'], { $id: 'EinvoiceSchemaTypeEnum' })
const identifier = Type.String({ minLength: 1, maxLength: 255 })
const credential = { network_identifier: identifier, network_schema: EinvoiceSchemaTypeEnum }

const CreateCounterpartEinvoicingCredentialCounterpartVatId = Type.Object(
  { counterpart_vat_id_id: uuid },
  { $id: 'CreateCounterpartEinvoicingCredentialCounterpartVatId', ...strict },
)
const CounterpartEinvoicingCredentialSchema = Type.Object(credential, {
  $id: 'CounterpartEinvoicingCredentialSchema',
  ...strict,
})
export const CreateCounterpartEinvoicingCredentialPayload = Type.Union(
  [CreateCounterpartEinvoicingCredentialCounterpartVatId, CounterpartEinvoicingCredentialSchema],
  { $id: 'CreateCounterpartEinvoicingCredentialPayload' },
)
export const UpdateCounterpartEinvoicingCredentialSchema = Type.Object(
  { network_identifier: opt(identifier), network_schema: opt(EinvoiceSchemaTypeEnum) },
  { $id: 'UpdateCounterpartEinvoicingCredentialSchema', ...strict },
)
export const CounterpartEinvoicingCredentialResponse = Type.Object(
  { id: uuid, ...credential },
  { $id: 'CounterpartEinvoicingCredentialResponse' },
)
export const CounterpartEinvoicingCredentialResponseList = listOf(
  CounterpartEinvoicingCredentialResponse,
  'CounterpartEinvoicingCredentialResponseList',
)
export const EinvoiceSearchQuery = Type.Object(credential)
export const CounterpartEinvoicingCredentialExistenceResponse = Type.Object(
  { exists: Type.Boolean() },
  { $id: 'CounterpartEinvoicingCredentialExistenceResponse', ...strict },
)
