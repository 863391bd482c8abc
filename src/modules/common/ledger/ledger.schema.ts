import Type from 'typebox'
import { Currency, named, orNull, pageOf, uuid } from '../../../platform/http/types.ts'

/** Accounts and tax rates of the ledger, as they were when it was last read. */

const some = Type.String()
const whole = Type.Integer()

export const LedgerAccountResponse = named('LedgerAccountResponse', {
  id: uuid,
  currency: orNull(Currency),
  current_balance: orNull(whole),
  description: orNull(some),
  is_bank_account: Type.Boolean(),
  name: some,
  nominal_code: orNull(some),
  status: some,
  subtype: orNull(some),
  type: some,
})
export const LedgerAccountListResponse = pageOf(LedgerAccountResponse, 'LedgerAccountListResponse')

const TaxComponentResponse = named('TaxComponentResponse', {
  is_compound: orNull(Type.Boolean()),
  name: orNull(some),
  rate: orNull(whole),
})
export const AccountingTaxRateResponse = named('AccountingTaxRateResponse', {
  id: uuid,
  code: orNull(some),
  components: orNull(Type.Array(TaxComponentResponse)),
  effective_tax_rate: orNull(whole),
  name: orNull(some),
  status: orNull(some),
  total_tax_rate: orNull(whole),
})
export const AccountingTaxRateListResponse = pageOf(AccountingTaxRateResponse, 'AccountingTaxRateListResponse')
