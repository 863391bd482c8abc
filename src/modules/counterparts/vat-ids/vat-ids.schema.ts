import Type from 'typebox'
import { Country, closed, listOf, named, opt, orNull, uuid } from '../../../platform/http/types.ts'
import { VatIDTypeEnum } from '../../entities/vat-ids/vat-ids.schema.ts'

const value = Type.String({ maxLength: 32 })
const kind = { country: opt(Country), type: opt(VatIDTypeEnum) }

export const CounterpartVatID = closed('CounterpartVatID', { ...kind, value })
export const CounterpartUpdateVatID = closed('CounterpartUpdateVatID', { ...kind, value: opt(value) })
export const CounterpartVatIDResponse = named('CounterpartVatIDResponse', {
  id: uuid,
  counterpart_id: uuid,
  country: orNull(Country),
  type: orNull(VatIDTypeEnum),
  value,
})
export const CounterpartVatIDResourceList = listOf(CounterpartVatIDResponse, 'CounterpartVatIDResourceList')
