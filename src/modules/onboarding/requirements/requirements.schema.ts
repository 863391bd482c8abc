import Type, { type Static, type TSchema } from 'typebox'
import { Country, Currency, closed, day, instant, opt, orNull, uuid, word } from '../../../platform/http/types.ts'

// Reports

const text = Type.String()
const codes = Type.Array(text)
const status = (id: string) => word(['enabled', 'disabled', 'pending'], { $id: id })
const problem = (id: string) => closed(id, { code: text, reason: text, requirement: text })
const block = (id: string) => closed(id, { code: text, details: text })

const PaymentMethodRequirements = closed('PaymentMethodRequirements', {
  current_deadline: orNull(instant),
  currently_due: codes,
  eventually_due: codes,
  past_due: codes,
  pending_verification: codes,
})
const SingleOnboardingRequirementsResponse = closed('SingleOnboardingRequirementsResponse', {
  disabled_reason: orNull(text),
  payment_method: text,
  requirements: PaymentMethodRequirements,
  requirements_errors: Type.Array(problem('OnboardingRequirementsError')),
  verification_errors: Type.Array(block('OnboardingVerificationError')),
  verification_status: status('OnboardingVerificationStatusEnum'),
})
export const GetOnboardingRequirementsResponse = closed('GetOnboardingRequirementsResponse', {
  data: Type.Array(SingleOnboardingRequirementsResponse),
})
export type SingleReport = Static<typeof SingleOnboardingRequirementsResponse>

const reasons = [
  'requirements.past_due',
  'requirements.pending_verification',
  'listed',
  'platform_paused',
  'rejected.fraud',
  'rejected.listed',
  'rejected.terms_of_service',
  'rejected.other',
  'under_review',
  'other',
] as const
const PaymentRequirements = closed('PaymentRequirements', {
  current_deadline: orNull(instant),
  currently_due: codes,
  eventually_due: codes,
  pending_verification: codes,
})
export const OnboardingRequirementsResponse = closed('OnboardingRequirementsResponse', {
  disabled_reason: orNull(word(reasons, { $id: 'AccountDisabledReason' })),
  requirements: PaymentRequirements,
  requirements_errors: Type.Array(problem('RequirementsError')),
  verification_errors: Type.Array(block('VerificationError')),
  verification_status: status('VerificationStatusEnum'),
})
export type MergedReport = Static<typeof OnboardingRequirementsResponse>
export const isReason = (text: string | null | undefined): text is (typeof reasons)[number] => reasons.some((one) => one === text)

// Forms. What isn't there is left out, not null: the published client looks into everything that is there.

const OnboardingError = closed('OnboardingError', { message: text })
const asField = <T extends TSchema>(value: T, $id: string) =>
  closed($id, { error: opt(OnboardingError), required: Type.Boolean(), value: opt(value) })
const StringField = asField(text, 'OnboardingStringField')
const CountryField = asField(Country, 'OnboardingCountryField')
const CurrencyField = asField(Currency, 'OnboardingCurrencyField')
const EmailField = asField(Type.String({ format: 'email' }), 'OnboardingEmailField')
const DateField = asField(day, 'OnboardingDateField')
const UrlField = asField(Type.String({ format: 'uri', minLength: 1, maxLength: 65_536 }), 'OnboardingUrlField')
const IntField = asField(Type.Integer(), 'OnboardingIntField')
const FloatField = asField(Type.Number(), 'OnboardingFloatField')
const CountriesField = asField(Type.Array(Country), 'OnboardingListOfCountriesField')
const maybe = Type.Optional

const OnboardingAddress = closed('OnboardingAddress', {
  city: maybe(StringField),
  country: maybe(CountryField),
  line1: maybe(StringField),
  line2: maybe(StringField),
  postal_code: maybe(StringField),
  state: maybe(StringField),
})
const OnboardingEntity = closed('OnboardingEntity', {
  address: maybe(OnboardingAddress),
  email: maybe(EmailField),
  individual: maybe(
    closed('OnboardingEntityIndividual', {
      date_of_birth: maybe(DateField),
      first_name: maybe(StringField),
      id_number: maybe(StringField),
      last_name: maybe(StringField),
      ssn_last_4: maybe(StringField),
      title: maybe(StringField),
    }),
  ),
  organization: maybe(closed('OnboardingEntityOrganization', { legal_name: maybe(StringField) })),
  phone: maybe(StringField),
  tax_id: maybe(StringField),
})
const OnboardingBusinessProfile = closed('OnboardingBusinessProfile', {
  description_of_goods_or_services: maybe(StringField),
  estimated_monthly_revenue: maybe(
    closed('OnboardingEstimatedMonthlyRevenue', { amount: maybe(IntField), currency: maybe(CurrencyField) }),
  ),
  mcc: maybe(StringField),
  operating_countries: maybe(CountriesField),
  url: maybe(UrlField),
})
const OnboardingBankAccount = closed('OnboardingBankAccount', {
  id: uuid,
  account_holder_name: maybe(StringField),
  account_number: maybe(StringField),
  country: CountryField,
  currency: CurrencyField,
  iban: maybe(StringField),
  routing_number: maybe(StringField),
  sort_code: maybe(StringField),
})
const OnboardingPerson = closed('OnboardingPerson', {
  id: uuid,
  address: maybe(OnboardingAddress),
  date_of_birth: maybe(DateField),
  email: EmailField,
  first_name: StringField,
  id_number: maybe(StringField),
  last_name: StringField,
  phone: maybe(StringField),
  relationship: closed('OnboardingPersonRelationship', {
    director: Type.Boolean(),
    executive: Type.Boolean(),
    owner: Type.Boolean(),
    percent_ownership: maybe(FloatField),
    representative: Type.Boolean(),
    title: maybe(StringField),
  }),
  ssn_last_4: maybe(StringField),
})
const papers = {
  additional_verification_document_back: maybe(StringField),
  additional_verification_document_front: maybe(StringField),
  verification_document_back: maybe(StringField),
  verification_document_front: maybe(StringField),
}
const dated = { date: maybe(DateField) }
const OnboardingData = closed('OnboardingData', {
  bank_accounts: maybe(Type.Array(OnboardingBankAccount)),
  business_profile: maybe(OnboardingBusinessProfile),
  entity: maybe(OnboardingEntity),
  entity_documents: maybe(closed('OnboardingEntityDocuments', papers)),
  ownership_declaration: maybe(closed('OnboardingOwnershipDeclaration', dated)),
  persons: maybe(Type.Array(OnboardingPerson)),
  persons_documents: maybe(Type.Array(closed('OnboardingPersonDocuments', { id: uuid, ...papers }))),
  tos_acceptance: maybe(closed('OnboardingTosAcceptance', dated)),
})
const OnboardingRequirement = word(
  [
    'entity',
    'business_profile',
    'tos_acceptance',
    'ownership_declaration',
    'bank_accounts',
    'representative',
    'owners',
    'executives',
    'directors',
    'persons',
    'entity_documents',
    'persons_documents',
  ],
  { $id: 'OnboardingRequirement' },
)
export const InternalOnboardingRequirementsResponse = closed('InternalOnboardingRequirementsResponse', {
  data: maybe(OnboardingData),
  requirements: Type.Array(OnboardingRequirement),
})
export type OnboardingForm = Static<typeof InternalOnboardingRequirementsResponse>

// Masks

const flag = maybe(Type.Boolean())
const OnboardingBankAccountMask = closed('OnboardingBankAccountMask', {
  account_holder_name: flag,
  account_number: flag,
  country: flag,
  currency: flag,
  iban: flag,
  routing_number: flag,
  sort_code: flag,
})
export const BankAccountMasks = Type.Record(Type.String(), OnboardingBankAccountMask)
export const CountriesOfCurrencies = Type.Record(Type.String(), Type.Array(Country))
export const personMaskQuery = Type.Object({
  relationships: Type.Array(word(['representative', 'owner', 'director', 'executive'], { $id: 'Relationship' })),
  country: maybe(Country),
})
export const OnboardingPersonMask = closed('OnboardingPersonMask', {
  address: maybe(
    closed('OnboardingPersonAddressMask', {
      city: flag,
      country: flag,
      line1: flag,
      line2: flag,
      postal_code: flag,
      state: flag,
    }),
  ),
  date_of_birth: flag,
  email: flag,
  first_name: flag,
  id_number: flag,
  last_name: flag,
  phone: flag,
  relationship: closed('OnboardingPersonRelationshipMask', {
    director: flag,
    executive: flag,
    owner: flag,
    percent_ownership: flag,
    representative: flag,
    title: flag,
  }),
  ssn_last_4: flag,
})
export const documentsQuery = Type.Object({ country: Country })
export const OnboardingDocumentsDescriptions = closed('OnboardingDocumentsDescriptions', {
  additional_verification: codes,
  entity_verification: codes,
  verification: codes,
})
