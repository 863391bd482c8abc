import Type, { type Static } from 'typebox'
import { methodCodes, type PaymentMethod } from '../../core/payments/methods.data.ts'
import { Country, Currency, closed, day, minor, named, orNull, url, uuid, word } from '../../platform/http/types.ts'
import type { NextAction } from '../../ports/payments.ts'

/** Words that links and intents share: who pays whom, from and to which account. */

const text = Type.String()

export const MoniteAllPaymentMethodsTypes = Type.Unsafe<PaymentMethod>({
  type: 'string',
  enum: [...methodCodes],
  $id: 'MoniteAllPaymentMethodsTypes',
})
const PaymentObjectType = word(['payable', 'receivable'], { $id: 'PaymentObjectType' })
export const PaymentAccountType = word(['entity', 'counterpart'], { $id: 'PaymentAccountType' })

export const PaymentObject = closed('PaymentObject', { id: uuid, type: PaymentObjectType })
export const PaymentAccountObject = closed('PaymentAccountObject', { id: uuid, type: PaymentAccountType })

const bankFields = {
  id: uuid,
  account_holder_name: orNull(text),
  account_number: orNull(text),
  bic: orNull(Type.String({ maxLength: 11 })),
  country: orNull(Country),
  currency: orNull(Currency),
  display_name: orNull(Type.String({ maxLength: 200 })),
  iban: orNull(Type.String({ maxLength: 34 })),
  is_default: Type.Optional(Type.Boolean({ default: false })),
  name: orNull(Type.String({ maxLength: 200 })),
  routing_number: orNull(text),
  sort_code: orNull(text),
  was_created_by_user_id: orNull(uuid),
}
export const PaymentBankAccount = closed('BankAccount', bankFields)
export type BankAccount = Static<typeof PaymentBankAccount>

const party = { id: uuid, bank_accounts: orNull(Type.Array(PaymentBankAccount)), name: orNull(text), type: PaymentAccountType }
export const PayerAccountResponse = closed('PayerAccountResponse', party)
export const RecipientAccountResponse = closed('RecipientAccountResponse', party)
export type Party = Static<typeof PayerAccountResponse>

const InvoiceFile = closed('InvoiceFile', {
  mimetype: Type.String({ minLength: 1 }),
  name: Type.String({ minLength: 1 }),
  url,
})
export const Invoice = closed('Invoice', { due_date: orNull(day), file: orNull(InvoiceFile), issue_date: orNull(day) })

export const PaymentIntentResponse = named('PaymentIntentResponse', {
  id: uuid,
  updated_at: Type.String({ format: 'date-time' }),
  amount: minor,
  application_fee_amount: orNull(minor),
  batch_payment_id: orNull(uuid),
  currency: text,
  invoice: orNull(Invoice),
  object: orNull(PaymentObject),
  payer: orNull(PayerAccountResponse),
  payment_link_id: orNull(uuid),
  payment_methods: Type.Array(MoniteAllPaymentMethodsTypes),
  payment_reference: orNull(text),
  provider: orNull(text),
  recipient: RecipientAccountResponse,
  selected_payment_method: orNull(MoniteAllPaymentMethodsTypes),
  status: text,
})

declare module '../../platform/database/columns.ts' {
  interface JsonShapes {
    'payment_intents.payer': Party
    'payment_intents.recipient': Party
    'payment_intents.invoice': Static<typeof Invoice>
    'payment_intents.next_action': NextAction
  }
}
export type PaymentIntentShown = Static<typeof PaymentIntentResponse>
