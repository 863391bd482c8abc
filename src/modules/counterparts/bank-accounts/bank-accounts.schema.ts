import Type from 'typebox'
import { Country, Currency, listOf, Metadata, opt, orNull, strict, uuid } from '../../../platform/http/types.ts'

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

export const CreateCounterpartBankAccount = Type.Object(
  { ...numbers, country: Country, currency: Currency, is_default_for_currency: opt(Type.Boolean()) },
  { $id: 'CreateCounterpartBankAccount', ...strict },
)
export const UpdateCounterpartBankAccount = Type.Object(
  { ...numbers, country: opt(Country), currency: opt(Currency) },
  { $id: 'UpdateCounterpartBankAccount', ...strict },
)
export const CounterpartBankAccountResponse = Type.Object(
  {
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
  },
  { $id: 'CounterpartBankAccountResponse' },
)
export const CounterpartBankAccountResourceList = listOf(CounterpartBankAccountResponse, 'CounterpartBankAccountResourceList')
