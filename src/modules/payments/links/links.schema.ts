import Type, { type Static } from 'typebox'
import { Country, Currency, closed, instant, minor, named, opt, orNull, url, uuid } from '../../../platform/http/types.ts'
import {
  Invoice,
  MoniteAllPaymentMethodsTypes,
  PayerAccountResponse,
  PaymentAccountObject,
  PaymentAccountType,
  PaymentBankAccount,
  PaymentObject,
  RecipientAccountResponse,
} from '../accounts.schema.ts'

const text = Type.String()
const time = Type.String({ format: 'date-time' })

export const CreatePaymentLinkRequest = closed('CreatePaymentLinkRequest', {
  amount: opt(Type.Integer({ minimum: 1 })),
  currency: opt(Currency),
  expires_at: opt(instant),
  invoice: opt(Invoice),
  object: opt(PaymentObject),
  payment_methods: Type.Array(MoniteAllPaymentMethodsTypes, { minItems: 1, uniqueItems: true }),
  payment_reference: opt(text),
  recipient: PaymentAccountObject,
  return_url: opt(url),
})
export type CreateLink = Static<typeof CreatePaymentLinkRequest>

const intent = {
  id: uuid,
  updated_at: time,
  application_fee_amount: orNull(minor),
  object: orNull(PaymentObject),
  provider: orNull(text),
  selected_payment_method: orNull(text),
  status: text,
}
const PaymentIntent = named('PaymentIntent', intent)

export const PublicPaymentLinkResponse = named('PublicPaymentLinkResponse', {
  id: uuid,
  amount: minor,
  currency: Currency,
  expires_at: time,
  invoice: orNull(Invoice),
  payer: orNull(PayerAccountResponse),
  payment_intent: orNull(PaymentIntent),
  payment_intent_id: uuid,
  payment_methods: Type.Array(text),
  payment_page_url: url,
  payment_reference: orNull(text),
  recipient: RecipientAccountResponse,
  return_url: orNull(text),
  status: text,
})
export type LinkShown = Static<typeof PublicPaymentLinkResponse>

const AuthorizedBankAccount = closed('AuthorizedBankAccount', {
  id: uuid,
  account_number: orNull(text),
  bank_account_id: orNull(uuid),
  bank_id: text,
  country: Country,
  iban: orNull(text),
  name: orNull(text),
})
const party = {
  id: uuid,
  authorized_bank_accounts: orNull(Type.Array(AuthorizedBankAccount)),
  bank_accounts: orNull(Type.Array(PaymentBankAccount)),
  name: orNull(text),
  type: PaymentAccountType,
}
const PayerAccountResponse2 = closed('PayerAccountResponse2', party)
const RecipientAccountResponse2 = closed('RecipientAccountResponse2', party)
const AirwallexData = closed('AirwallexData', { payment_intent_id: text, secret: text })
const StripeData = closed('StripeData', { publishable: orNull(text), secret: text })

const PaymentIntentWithSecrets = named('PaymentIntentWithSecrets', {
  ...intent,
  airwallex_data: orNull(AirwallexData),
  amount: minor,
  batch_payment_id: orNull(uuid),
  confirm_on_backend: Type.Optional(Type.Boolean({ default: true })),
  currency: text,
  invoice: orNull(Invoice),
  key: orNull(StripeData),
  payer: orNull(PayerAccountResponse2),
  payment_link_id: orNull(uuid),
  payment_methods: Type.Array(MoniteAllPaymentMethodsTypes),
  payment_reference: orNull(text),
  recipient: RecipientAccountResponse2,
  selected_payment_method: orNull(MoniteAllPaymentMethodsTypes),
  stripe_data: orNull(StripeData),
})
export const InternalPaymentLinkResponse = named('InternalPaymentLinkResponse', {
  id: uuid,
  confirm_on_backend: Type.Optional(Type.Boolean({ default: true })),
  entity_id: uuid,
  expires_at: time,
  partner_id: uuid,
  payment_intent: PaymentIntentWithSecrets,
  payment_intent_id: uuid,
  payment_page_url: text,
  project_id: uuid,
  return_url: orNull(text),
  status: text,
})
export type InternalLink = Static<typeof InternalPaymentLinkResponse>
export const ConfirmPayload = closed('PaymentMethodsConfirmPaymentPayload', { payment_method_id: text })
export const ConfirmResponse = closed('PaymentMethodsConfirmResponse', {
  client_secret: text,
  is_next_action_needed: Type.Boolean(),
})
