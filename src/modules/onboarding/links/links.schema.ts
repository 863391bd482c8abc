import Type, { type Static } from 'typebox'
import { Country, Currency, day, instant, orNull, strict, uuid, word } from '../../../platform/http/types.ts'

const url = Type.String({ format: 'uri', minLength: 1, maxLength: 65_536 })
const shortUrl = Type.String({ format: 'uri', minLength: 1, maxLength: 2083 })
const plain = Type.String()
const some = Type.String({ minLength: 1 })
const maybe = Type.Optional

export const OnboardingLinkRequest = Type.Object(
  { expires_at: instant, refresh_url: url, return_url: url },
  { $id: 'OnboardingLinkRequest', ...strict },
)
export const OnboardingLinkPublicResponse = Type.Object(
  { id: uuid, entity_id: uuid, expires_at: instant, refresh_url: url, return_url: url, url },
  { $id: 'OnboardingLinkPublicResponse', ...strict },
)
const Recipient = Type.Object(
  { id: uuid, type: word(['entity', 'counterpart'], { $id: 'RecipientType' }) },
  { $id: 'Recipient', ...strict },
)
export const CreateOnboardingLinkRequest = Type.Object(
  { recipient: Recipient, refresh_url: shortUrl, return_url: shortUrl },
  { $id: 'CreateOnboardingLinkRequest', ...strict },
)
export const OnboardingLinkResponse = Type.Object(
  {
    id: uuid,
    created_at: instant,
    expires_at: instant,
    recipient: Recipient,
    refresh_url: shortUrl,
    return_url: shortUrl,
    url: shortUrl,
  },
  { $id: 'OnboardingLinkResponse', ...strict },
)
export type AskedLink = Static<typeof OnboardingLinkRequest>
export type AskedPaymentLink = Static<typeof CreateOnboardingLinkRequest>

// Of the hosted page

export const OnboardingLinkInternalResponse = Type.Object(
  {
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
  },
  { $id: 'OnboardingLinkInternalResponse', ...strict },
)
export const VerifyPhoneNumberPayload = Type.Object({ phone: maybe(plain) }, { $id: 'VerifyPhoneNumberPayload', ...strict })
export const PhoneNumberVerificationCheckPayload = Type.Object(
  { code: plain, phone: maybe(plain) },
  { $id: 'PhoneNumberVerificationCheckPayload', ...strict },
)
export const OnboardingLinksAccessTokenResponse = Type.Object(
  { access_token: plain, expires_in: Type.Integer(), token_type: plain },
  { $id: 'OnboardingLinksAccessTokenResponse' },
)

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
export const OnboardingLinksAirwallexComponentData = Type.Object(
  { tos_acceptance_date: maybe(instant) },
  { $id: 'OnboardingLinksAirwallexComponentData', ...strict },
)
export const OnboardingLinksAirwallexComponentDataResponse = Type.Object(
  { data: OnboardingLinksAirwallexComponentData, requirements: Type.Array(requirement) },
  { $id: 'OnboardingLinksAirwallexComponentDataResponse', ...strict },
)
export const CodeRequest = Type.Object(
  { code_challenge: some },
  { $id: 'OnboardingLinksAirwallexComponentCodeRequest', ...strict },
)
export const CodeResponse = Type.Object(
  { authorization_code: plain, client_id: plain },
  { $id: 'OnboardingLinksAirwallexComponentCodeResponse', ...strict },
)

const email = Type.String({ format: 'email' })
const four = Type.String({ minLength: 4, maxLength: 4 })
const address = Type.Object(
  {
    city: maybe(some),
    country: maybe(Country),
    line1: maybe(some),
    line2: maybe(some),
    postal_code: maybe(some),
    state: maybe(some),
  },
  { $id: 'OnboardingLinksAddress', ...strict },
)
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
const OnboardingLinksPerson = Type.Object(
  {
    ...individual,
    relationship: maybe(
      Type.Object(
        {
          director: flag,
          executive: flag,
          owner: flag,
          percent_ownership: maybe(Type.Number({ minimum: 0, maximum: 100 })),
          representative: flag,
          title: maybe(some),
        },
        { $id: 'OnboardingLinksRelationship', ...strict },
      ),
    ),
  },
  { $id: 'OnboardingLinksPerson', ...strict },
)
export const OnboardingLinksStripeData = Type.Object(
  {
    bank_account: maybe(
      Type.Object(
        {
          account_number: maybe(Type.String({ minLength: 8, maxLength: 8 })),
          country: maybe(Country),
          currency: maybe(Currency),
          iban: maybe(some),
          sort_code: maybe(Type.String({ minLength: 6, maxLength: 6 })),
        },
        { $id: 'OnboardingLinksBankAccount', ...strict },
      ),
    ),
    business_profile: maybe(
      Type.Object({ mcc: maybe(four), url: maybe(url) }, { $id: 'OnboardingLinksBusinessProfile', ...strict }),
    ),
    company: maybe(
      Type.Object(
        {
          address: maybe(address),
          directors_provided: flag,
          email: maybe(email),
          executives_provided: flag,
          name: maybe(some),
          owners_provided: flag,
          phone: maybe(some),
          representative_provided: flag,
          tax_id: maybe(some),
        },
        { $id: 'OnboardingLinksCompany', ...strict },
      ),
    ),
    individual: maybe(Type.Object(individual, { $id: 'OnboardingLinksIndividual', ...strict })),
    persons: maybe(Type.Array(OnboardingLinksPerson)),
    tos_acceptance_date: maybe(instant),
  },
  { $id: 'OnboardingLinksStripeData', ...strict },
)
export type LinkData = Static<typeof OnboardingLinksStripeData>
export const OnboardingLinksStripeDataResponse = Type.Object(
  {
    business_type: word(['organization', 'individual'], { $id: 'OnboardingLinksBusinessType' }),
    data: OnboardingLinksStripeData,
    masks: Type.Record(Type.String(), OnboardingLinksPerson),
    requirements: Type.Array(requirement),
  },
  { $id: 'OnboardingLinksStripeDataResponse', ...strict },
)
export type LinkAnswer = Static<typeof OnboardingLinksStripeDataResponse>
