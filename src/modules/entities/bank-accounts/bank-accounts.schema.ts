import Type from 'typebox'
import { Country, Currency, opt, orNull, pageOf, strict, text, uuid } from '../../../platform/http/types.ts'

const field = Type.String()
export const CreateEntityBankAccountRequest = Type.Object(
  {
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
  },
  { $id: 'CreateEntityBankAccountRequest', ...strict },
)
export const UpdateEntityBankAccountRequest = Type.Object(
  { account_holder_name: opt(text(200)), display_name: opt(text(200)) },
  { $id: 'UpdateEntityBankAccountRequest', ...strict },
)
export const EntityBankAccountResponse = Type.Object(
  {
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
  },
  { $id: 'EntityBankAccountResponse' },
)
export const EntityBankAccountPaginationResponse = pageOf(EntityBankAccountResponse, 'EntityBankAccountPaginationResponse')
