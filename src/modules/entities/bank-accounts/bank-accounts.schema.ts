import Type from 'typebox'
import { Country, Currency, closed, named, opt, orNull, pageOf, text, uuid } from '../../../platform/http/types.ts'

const field = Type.String()
export const CreateEntityBankAccountRequest = closed('CreateEntityBankAccountRequest', {
  account_holder_name: opt(text(200)),
  account_number: opt(field),
  bank_name: opt(field),
  bic: opt(field),
  // The first guide sends neither country nor currency: both then follow from the IBAN.
  country: opt(Country),
  currency: opt(Currency),
  display_name: opt(text(200)),
  iban: opt(field),
  is_default_for_currency: opt(Type.Boolean()),
  // The older name of the same switch.
  is_default: opt(Type.Boolean()),
  routing_number: opt(field),
  sort_code: opt(field),
})
export const UpdateEntityBankAccountRequest = closed('UpdateEntityBankAccountRequest', {
  account_holder_name: opt(text(200)),
  display_name: opt(text(200)),
})
export const EntityBankAccountResponse = named('EntityBankAccountResponse', {
  id: uuid,
  account_holder_name: orNull(field),
  account_number: orNull(field),
  bank_name: orNull(field),
  bic: orNull(field),
  country: orNull(Country),
  currency: orNull(Currency),
  display_name: orNull(field),
  iban: orNull(field),
  is_default: orNull(Type.Boolean()),
  is_default_for_currency: orNull(Type.Boolean()),
  routing_number: orNull(field),
  sort_code: orNull(field),
  was_created_by_user_id: orNull(uuid),
})
export const EntityBankAccountPaginationResponse = pageOf(EntityBankAccountResponse, 'EntityBankAccountPaginationResponse')
