import Type, { type Static } from 'typebox'
import { Country, Currency, closed, day, instant, named, orNull, uuid, word } from '../../../platform/http/types.ts'

const url = Type.String({ format: 'uri', minLength: 1, maxLength: 65_536 })
const shortUrl = Type.String({ format: 'uri', minLength: 1, maxLength: 2083 })
const plain = Type.String()
const some = Type.String({ minLength: 1 })
const maybe = Type.Optional

export const OnboardingLinkRequest = closed('OnboardingLinkRequest', { expires_at: instant, refresh_url: url, return_url: url })
export const OnboardingLinkPublicResponse = closed('OnboardingLinkPublicResponse', {
  id: uuid,
  entity_id: uuid,
  expires_at: instant,
  refresh_url: url,
  return_url: url,
  url,
})
const Recipient = closed('Recipient', { id: uuid, type: word(['entity', 'counterpart'], { $id: 'RecipientType' }) })
export const CreateOnboardingLinkRequest = closed('CreateOnboardingLinkRequest', {
  recipient: Recipient,
  refresh_url: shortUrl,
  return_url: shortUrl,
})
export const OnboardingLinkResponse = closed('OnboardingLinkResponse', {
  id: uuid,
  created_at: instant,
  expires_at: instant,
  recipient: Recipient,
  refresh_url: shortUrl,
  return_url: shortUrl,
  url: shortUrl,
})
export type AskedLink = Static<typeof OnboardingLinkRequest>
export type AskedPaymentLink = Static<typeof CreateOnboardingLinkRequest>

// Of the hosted page

export const OnboardingLinkInternalResponse = closed('OnboardingLinkInternalResponse', {
  id: uuid,
  entity_id: uuid,
  expires_at: instant,
  is_exhausted: Type.Boolean(),
  kyb_rfi_required: Type.Boolean(),
  kyc_rfi_required: Type.Boolean(),
  partner_id: uuid,
  phone: orNull(plain),
  project_id: uuid,
  provider: word(['stripe', 'airwallex', 'airwallex_component'], { $id: 'Provider' }),
  refresh_url: url,
  return_url: url,
  url,
})
export const VerifyPhoneNumberPayload = closed('VerifyPhoneNumberPayload', { phone: maybe(plain) })
export const PhoneNumberVerificationCheckPayload = closed('PhoneNumberVerificationCheckPayload', {
  code: plain,
  phone: maybe(plain),
})
export const OnboardingLinksAccessTokenResponse = named('OnboardingLinksAccessTokenResponse', {
  access_token: plain,
  expires_in: Type.Integer(),
  token_type: plain,
})

const requirement = word(
  [
    'tos_acceptance_date',
    'ownership_declaration_date',
    'individual',
    'company',
    'business_profile',
    'bank_account',
    'representative',
    'owners',
    'executives',
    'directors',
  ],
  { $id: 'OnboardingLinksRequirement' },
)
export const OnboardingLinksAirwallexComponentData = closed('OnboardingLinksAirwallexComponentData', {
  tos_acceptance_date: maybe(instant),
})
export const OnboardingLinksAirwallexComponentDataResponse = closed('OnboardingLinksAirwallexComponentDataResponse', {
  data: OnboardingLinksAirwallexComponentData,
  requirements: Type.Array(requirement),
})
export const CodeRequest = closed('OnboardingLinksAirwallexComponentCodeRequest', { code_challenge: some })
export const CodeResponse = closed('OnboardingLinksAirwallexComponentCodeResponse', {
  authorization_code: plain,
  client_id: plain,
})

const email = Type.String({ format: 'email' })
const four = Type.String({ minLength: 4, maxLength: 4 })
const address = closed('OnboardingLinksAddress', {
  city: maybe(some),
  country: maybe(Country),
  line1: maybe(some),
  line2: maybe(some),
  postal_code: maybe(some),
  state: maybe(some),
})
const individual = {
  address: maybe(address),
  date_of_birth: maybe(day),
  email: maybe(email),
  first_name: maybe(some),
  id_number: maybe(some),
  last_name: maybe(some),
  phone: maybe(some),
  ssn_last_4: maybe(four),
}
const flag = maybe(Type.Boolean())
const OnboardingLinksPerson = closed('OnboardingLinksPerson', {
  ...individual,
  relationship: maybe(
    closed('OnboardingLinksRelationship', {
      director: flag,
      executive: flag,
      owner: flag,
      percent_ownership: maybe(Type.Number({ minimum: 0, maximum: 100 })),
      representative: flag,
      title: maybe(some),
    }),
  ),
})
export const OnboardingLinksStripeData = closed('OnboardingLinksStripeData', {
  bank_account: maybe(
    closed('OnboardingLinksBankAccount', {
      account_number: maybe(Type.String({ minLength: 8, maxLength: 8 })),
      country: maybe(Country),
      currency: maybe(Currency),
      iban: maybe(some),
      sort_code: maybe(Type.String({ minLength: 6, maxLength: 6 })),
    }),
  ),
  business_profile: maybe(closed('OnboardingLinksBusinessProfile', { mcc: maybe(four), url: maybe(url) })),
  company: maybe(
    closed('OnboardingLinksCompany', {
      address: maybe(address),
      directors_provided: flag,
      email: maybe(email),
      executives_provided: flag,
      name: maybe(some),
      owners_provided: flag,
      phone: maybe(some),
      representative_provided: flag,
      tax_id: maybe(some),
    }),
  ),
  individual: maybe(closed('OnboardingLinksIndividual', individual)),
  persons: maybe(Type.Array(OnboardingLinksPerson)),
  tos_acceptance_date: maybe(instant),
})
export type LinkData = Static<typeof OnboardingLinksStripeData>
export const OnboardingLinksStripeDataResponse = closed('OnboardingLinksStripeDataResponse', {
  business_type: word(['organization', 'individual'], { $id: 'OnboardingLinksBusinessType' }),
  data: OnboardingLinksStripeData,
  masks: Type.Record(Type.String(), OnboardingLinksPerson),
  requirements: Type.Array(requirement),
})
export type LinkAnswer = Static<typeof OnboardingLinksStripeDataResponse>
