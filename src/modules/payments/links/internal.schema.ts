import Type from 'typebox'
import { Country, closed, named, opt, uuid, word } from '../../../platform/http/types.ts'

/** What pages of open banking say; the words are those of the contract. */

const text = Type.String()
const longUrl = Type.String({ format: 'uri', minLength: 1, maxLength: 65_536 })

const SupportedFlow = word(['redirect', 'embedded'], { $id: 'SupportedPaymentAuthorizationFlow' })
const PsuType = word(['psu_id', 'psu_corporate_id', 'psu_ip_address'], { $id: 'PsuIdentificationType' })
const YapilyCountries = word(['BE', 'GB', 'IT', 'IE', 'NL', 'DE', 'AT'], { $id: 'YapilyCountriesCoverageCodes' })
const AccountIdentification = closed('AccountIdentification', {
  type: word(['IBAN'], { $id: 'PaymentIntentAccountType' }),
  value: text,
})
const PsuIdentification = closed('PsuIdentification', { type: PsuType, value: text })

export const banksQuery = Type.Object({ auth_flow: Type.Optional(Type.Array(SupportedFlow, { default: ['redirect'] })) })
const Media = closed('Media', { source: longUrl, type: text })
const Bank = closed('Bank', {
  authorization_methods: Type.Array(SupportedFlow),
  bank_id: text,
  country: Country,
  media: Type.Array(Media),
  name: text,
  payer_required: Type.Boolean(),
  psu_identification: opt(PsuType),
})
export const BanksResponse = closed('BanksResponse', { data: Type.Array(Bank) })

const iframe = Type.Optional(Type.Boolean({ default: false }))
const save_to_authorized = Type.Optional(Type.Boolean({ default: false }))
const psu_identification = opt(PsuIdentification)
const typed = <const T extends string>(name: T) => Type.Optional(word([name], { default: name }))
const manual = {
  bank_id: text,
  iframe,
  payer_account_country: YapilyCountries,
  payer_account_holder_name: opt(text),
  payer_account_identification: AccountIdentification,
  psu_identification,
  save_to_authorized,
  type: typed('manual_input'),
}
const authorized = { authorized_bank_account_id: uuid, iframe, psu_identification, type: typed('authorized_bank_account') }
const account = {
  bank_account_id: uuid,
  bank_id: text,
  iframe,
  psu_identification,
  save_to_authorized,
  type: typed('bank_account'),
}
const credentials = { auth_password: text, auth_user: text }

const ManuallySpecifiedBankAccountPayload = closed('ManuallySpecifiedBankAccountPayload', manual)
const AuthorizedBankAccountPayload = closed('AuthorizedBankAccountPayload', authorized)
const BankAccountPayload = closed('BankAccountPayload', account)
export const AuthPaymentIntentPayload = Type.Union(
  [ManuallySpecifiedBankAccountPayload, AuthorizedBankAccountPayload, BankAccountPayload],
  { $id: 'AuthPaymentIntentPayload' },
)
export const AuthPaymentIntentResponse = closed('AuthPaymentIntentResponse', { authorization_url: longUrl })

const EmbeddedManual = closed('EmbeddedManuallySpecifiedPayload', { ...credentials, ...manual })
const EmbeddedAuthorized = closed('EmbeddedAuthorizedBankAccountPayload', { ...credentials, ...authorized })
const EmbeddedAccount = closed('EmbeddedBankAccountPayload', { ...credentials, ...account })
export const EmbeddedAuthPayload = Type.Union([EmbeddedManual, EmbeddedAuthorized, EmbeddedAccount], {
  $id: 'EmbeddedAuthPayload',
})

const SCAMethod = named('SCAMethod', {
  id: text,
  description: opt(text),
  information: opt(text),
  type: word(['SMS_OTP', 'CHIP_OTP', 'PHOTO_OTP', 'PUSH_OTP'], { $id: 'SCAMethodType' }),
})
const ConsentState = word(
  ['AWAITING_SCA_METHOD', 'AWAITING_SCA_CODE', 'AWAITING_DECOUPLED_AUTHORIZATION', 'AUTHORIZED', 'FAILED'],
  { $id: 'ConsentState' },
)
export const EmbeddedAuthorizationResponse = closed('EmbeddedAuthorizationResponse', {
  application_user_id: text,
  consent_id: text,
  consent_token: opt(text),
  sca_methods: opt(Type.Array(SCAMethod)),
  selected_sca_method: opt(SCAMethod),
  state: ConsentState,
})
export const SetScaCodePayload = closed('SetScaCodePayload', { application_user_id: text, sca_code: text })
export const SetScaMethodPayload = closed('SetScaMethodPayload', { application_user_id: text, sca_method_id: text })
export const ConsentPayload = closed('ConsentPayload', { consent: text })

export const consentParams = Type.Object({ payment_intent_id: uuid, consent_id: Type.String() })
