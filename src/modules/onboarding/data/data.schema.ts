import Type, { type Static } from 'typebox'
import { Country, Currency, instant, opt, orNull, strict, text } from '../../../platform/http/types.ts'

const revenue = Type.Object(
  { amount: opt(Type.Integer({ minimum: 1, maximum: 9_223_372_036_854_776_000 })), currency: opt(Currency) },
  { $id: 'EstimatedMonthlyRevenue' },
)
const url = Type.String({ format: 'uri', minLength: 1 })
const profile = {
  description_of_goods_or_services: opt(text(500)),
  estimated_monthly_revenue: opt(revenue),
  mcc: opt(Type.String({ minLength: 4, maxLength: 4 })),
  operating_countries: opt(Type.Array(Country)),
  url: opt(url),
}
const signed = { date: opt(instant), ip: opt(Type.String({ format: 'ipvanyaddress' })) }
const signedAnswer = { date: orNull(instant), ip: orNull(Type.String()) }

export const EntityOnboardingDataRequest = Type.Object(
  {
    business_profile: opt(Type.Object(profile, { $id: 'BusinessProfile-Input', ...strict })),
    ownership_declaration: opt(Type.Object(signed, { $id: 'OwnershipDeclaration-Input', ...strict })),
    tos_acceptance: opt(Type.Object(signed, { $id: 'TermsOfServiceAcceptance-Input', ...strict })),
    treasury_tos_acceptance: opt(Type.Object(signed, { $id: 'TreasuryTermsOfServiceAcceptance-Input', ...strict })),
  },
  { $id: 'EntityOnboardingDataRequest', ...strict },
)
export type OnboardingDataChange = Static<typeof EntityOnboardingDataRequest>

const profileAnswer = {
  description_of_goods_or_services: orNull(text(500)),
  estimated_monthly_revenue: orNull(revenue),
  mcc: orNull(Type.String({ minLength: 4, maxLength: 4 })),
  operating_countries: orNull(Type.Array(Country)),
  url: orNull(url),
}
export const EntityOnboardingDataResponse = Type.Object(
  {
    business_profile: orNull(Type.Object(profileAnswer, { $id: 'BusinessProfile-Output', ...strict })),
    ownership_declaration: orNull(Type.Object(signedAnswer, { $id: 'OwnershipDeclaration-Output', ...strict })),
    tos_acceptance: orNull(Type.Object(signedAnswer, { $id: 'TermsOfServiceAcceptance-Output', ...strict })),
    treasury_tos_acceptance: orNull(Type.Object(signedAnswer, { $id: 'TreasuryTermsOfServiceAcceptance-Output', ...strict })),
  },
  { $id: 'EntityOnboardingDataResponse' },
)
export type OnboardingData = Static<typeof EntityOnboardingDataResponse>
