import Type from 'typebox'
import { day, instant, listOf, named, orNull } from '../../../platform/http/types.ts'

/** Bills and invoices as the ledger tells them: amounts in whole units of their currency, with decimals. */

const some = Type.String()
const number = Type.Number()

const AccountingRefObject = named('AccountingRefObject', { id: orNull(some) })
const AccountingLineItem = named('AccountingLineItem', {
  description: orNull(some),
  discount_amount: orNull(number),
  discount_percentage: orNull(number),
  ledger_account_id: orNull(some),
  quantity: orNull(number),
  tax_rate_ref: orNull(AccountingRefObject),
  unit_amount: orNull(number),
})
const AccountingPurchaseOrderRef = named('AccountingPurchaseOrderRef', { id: some, name: orNull(some) })
const AccountingVendorRefObject = named('AccountingVendorRefObject', { id: some, name: orNull(some) })
const AccountingCustomerRefObject = named('AccountingCustomerRefObject', { id: some, company_name: orNull(some) })

const shared = {
  currency: orNull(some),
  currency_rate: orNull(number),
  due_date: Type.Optional(Type.Union([instant, day, Type.Null()])),
  invoice_number: orNull(some),
  lines: orNull(Type.Array(AccountingLineItem)),
  memo: orNull(some),
  posted_date: orNull(day),
}
export const AccountingPayable = named('AccountingPayable', {
  ...shared,
  id: some,
  amount_due: orNull(number),
  purchase_order_refs: orNull(Type.Array(AccountingPurchaseOrderRef)),
  status: some,
  subtotal: orNull(number),
  tax_amount: orNull(number),
  total_amount: number,
  vendor_ref: orNull(AccountingVendorRefObject),
})
export const AccountingPayableList = listOf(AccountingPayable, 'AccountingPayableList')
export const AccountingReceivable = named('AccountingReceivable', {
  ...shared,
  id: orNull(some),
  customer_ref: orNull(AccountingCustomerRefObject),
  pass_through: orNull(Type.Object({}, { additionalProperties: true })),
})
export const AccountingReceivableList = listOf(AccountingReceivable, 'AccountingReceivableList')
