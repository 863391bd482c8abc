import Type from 'typebox'
import { Country, listOf, opt, orNull, strict, uuid } from '../../../platform/http/types.ts'
import { VatIDTypeEnum } from '../../entities/vat-ids/vat-ids.schema.ts'

const value = Type.String({ maxLength: 32 })
const kind = { country: opt(Country), type: opt(VatIDTypeEnum) }

export const CounterpartVatID = Type.Object({ ...kind, value }, { $id: 'CounterpartVatID', ...strict })
export const CounterpartUpdateVatID = Type.Object({ ...kind, value: opt(value) }, { $id: 'CounterpartUpdateVatID', ...strict })
export const CounterpartVatIDResponse = Type.Object(
  { id: uuid, counterpart_id: uuid, country: orNull(Country), type: orNull(VatIDTypeEnum), value },
  { $id: 'CounterpartVatIDResponse' },
)
export const CounterpartVatIDResourceList = listOf(CounterpartVatIDResponse, 'CounterpartVatIDResourceList')
