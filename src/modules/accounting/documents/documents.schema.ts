import Type from 'typebox'
import { day, instant, listOf, orNull } from '../../../platform/http/types.ts'

/** Bills and invoices as the ledger tells them: amounts in whole units of their currency, with decimals. */

const some = Type.String()
const number = Type.Number()

const AccountingRefObject = Type.Object({ id: orNull(some) }, { $id: 'AccountingRefObject' })
const AccountingLineItem = Type.Object(
  {
    description: orNull(some),
    discount_amount: orNull(number),
    discount_percentage: orNull(number),
    ledger_account_id: orNull(some),
    quantity: orNull(number),
    tax_rate_ref: orNull(AccountingRefObject),
    unit_amount: orNull(number),
  },
  { $id: 'AccountingLineItem' },
)
const AccountingPurchaseOrderRef = Type.Object({ id: some, name: orNull(some) }, { $id: 'AccountingPurchaseOrderRef' })
const AccountingVendorRefObject = Type.Object({ id: some, name: orNull(some) }, { $id: 'AccountingVendorRefObject' })
const AccountingCustomerRefObject = Type.Object({ id: some, company_name: orNull(some) }, { $id: 'AccountingCustomerRefObject' })

const shared = {
  currency: orNull(some),
  currency_rate: orNull(number),
  due_date: Type.Optional(Type.Union([instant, day, Type.Null()])),
  invoice_number: orNull(some),
  lines: orNull(Type.Array(AccountingLineItem)),
  memo: orNull(some),
  posted_date: orNull(day),
}
export const AccountingPayable = Type.Object(
  {
    ...shared,
    id: some,
    amount_due: orNull(number),
    purchase_order_refs: orNull(Type.Array(AccountingPurchaseOrderRef)),
    status: some,
    subtotal: orNull(number),
    tax_amount: orNull(number),
    total_amount: number,
    vendor_ref: orNull(AccountingVendorRefObject),
  },
  { $id: 'AccountingPayable' },
)
export const AccountingPayableList = listOf(AccountingPayable, 'AccountingPayableList')
export const AccountingReceivable = Type.Object(
  {
    ...shared,
    id: orNull(some),
    customer_ref: orNull(AccountingCustomerRefObject),
    pass_through: orNull(Type.Object({}, { additionalProperties: true })),
  },
  { $id: 'AccountingReceivable' },
)
export const AccountingReceivableList = listOf(AccountingReceivable, 'AccountingReceivableList')
