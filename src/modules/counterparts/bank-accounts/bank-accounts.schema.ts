import Type from 'typebox'
import { Country, Currency, closed, listOf, Metadata, named, opt, orNull, uuid } from '../../../platform/http/types.ts'

const field = Type.String()
const bic = Type.String({ maxLength: 11 })
const iban = Type.String({ maxLength: 34 })
const name = Type.String({ maxLength: 200 })
const numbers = {
  account_holder_name: opt(field),
  account_number: opt(field),
  bic: opt(bic),
  iban: opt(iban),
  name: opt(name),
  partner_metadata: opt(Metadata),
  routing_number: opt(field),
  sort_code: opt(field),
}

export const CreateCounterpartBankAccount = closed('CreateCounterpartBankAccount', {
  ...numbers,
  country: Country,
  currency: Currency,
  is_default_for_currency: opt(Type.Boolean()),
})
export const UpdateCounterpartBankAccount = closed('UpdateCounterpartBankAccount', {
  ...numbers,
  country: opt(Country),
  currency: opt(Currency),
})
export const CounterpartBankAccountResponse = named('CounterpartBankAccountResponse', {
  id: uuid,
  account_holder_name: orNull(field),
  account_number: orNull(field),
  bic: orNull(bic),
  counterpart_id: uuid,
  country: Country,
  currency: Currency,
  iban: orNull(iban),
  is_default_for_currency: orNull(Type.Boolean()),
  name: orNull(name),
  partner_metadata: orNull(Metadata),
  routing_number: orNull(field),
  sort_code: orNull(field),
})
export const CounterpartBankAccountResourceList = listOf(CounterpartBankAccountResponse, 'CounterpartBankAccountResourceList')
