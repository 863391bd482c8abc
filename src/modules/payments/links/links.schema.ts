import Type, { type Static } from 'typebox'
import { Country, Currency, instant, minor, opt, orNull, strict, uuid } from '../../../platform/http/types.ts'
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
const url = Type.String({ format: 'uri', minLength: 1, maxLength: 2083 })
const time = Type.String({ format: 'date-time' })

export const CreatePaymentLinkRequest = Type.Object(
  {
    amount: opt(Type.Integer({ minimum: 1 })),
    currency: opt(Currency),
    expires_at: opt(instant),
    invoice: opt(Invoice),
    object: opt(PaymentObject),
    payment_methods: Type.Array(MoniteAllPaymentMethodsTypes, { minItems: 1, uniqueItems: true }),
    payment_reference: opt(text),
    recipient: PaymentAccountObject,
    return_url: opt(url),
  },
  { $id: 'CreatePaymentLinkRequest', ...strict },
)
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
export const PaymentIntent = Type.Object(intent, { $id: 'PaymentIntent' })

export const PublicPaymentLinkResponse = Type.Object(
  {
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
  },
  { $id: 'PublicPaymentLinkResponse' },
)
export type LinkShown = Static<typeof PublicPaymentLinkResponse>

export const AuthorizedBankAccount = Type.Object(
  {
    id: uuid,
    account_number: orNull(text),
    bank_account_id: orNull(uuid),
    bank_id: text,
    country: Country,
    iban: orNull(text),
    name: orNull(text),
  },
  { $id: 'AuthorizedBankAccount', ...strict },
)
const party = {
  id: uuid,
  authorized_bank_accounts: orNull(Type.Array(AuthorizedBankAccount)),
  bank_accounts: orNull(Type.Array(PaymentBankAccount)),
  name: orNull(text),
  type: PaymentAccountType,
}
export const PayerAccountResponse2 = Type.Object(party, { $id: 'PayerAccountResponse2', ...strict })
export const RecipientAccountResponse2 = Type.Object(party, { $id: 'RecipientAccountResponse2', ...strict })
export const AirwallexData = Type.Object({ payment_intent_id: text, secret: text }, { $id: 'AirwallexData', ...strict })
export const StripeData = Type.Object({ publishable: orNull(text), secret: text }, { $id: 'StripeData', ...strict })

export const PaymentIntentWithSecrets = Type.Object(
  {
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
  },
  { $id: 'PaymentIntentWithSecrets' },
)
export const InternalPaymentLinkResponse = Type.Object(
  {
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
  },
  { $id: 'InternalPaymentLinkResponse' },
)
export type InternalLink = Static<typeof InternalPaymentLinkResponse>
export const ConfirmPayload = Type.Object({ payment_method_id: text }, { $id: 'PaymentMethodsConfirmPaymentPayload', ...strict })
export const ConfirmResponse = Type.Object(
  { client_secret: text, is_next_action_needed: Type.Boolean() },
  { $id: 'PaymentMethodsConfirmResponse', ...strict },
)
