import Type from 'typebox'
import { Currency, orNull, pageOf, uuid } from '../../../platform/http/types.ts'

/** Accounts and tax rates of the ledger, as they were when it was last read. */

const some = Type.String()
const whole = Type.Integer()

export const LedgerAccountResponse = Type.Object(
  {
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
  },
  { $id: 'LedgerAccountResponse' },
)
export const LedgerAccountListResponse = pageOf(LedgerAccountResponse, 'LedgerAccountListResponse')

const TaxComponentResponse = Type.Object(
  { is_compound: orNull(Type.Boolean()), name: orNull(some), rate: orNull(whole) },
  { $id: 'TaxComponentResponse' },
)
export const AccountingTaxRateResponse = Type.Object(
  {
    id: uuid,
    code: orNull(some),
    components: orNull(Type.Array(TaxComponentResponse)),
    effective_tax_rate: orNull(whole),
    name: orNull(some),
    status: orNull(some),
    total_tax_rate: orNull(whole),
  },
  { $id: 'AccountingTaxRateResponse' },
)
export const AccountingTaxRateListResponse = pageOf(AccountingTaxRateResponse, 'AccountingTaxRateListResponse')
