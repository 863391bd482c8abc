import Type, { type Static } from 'typebox'
import { Country, Currency, closed, instant, named, opt, orNull, text } from '../../../platform/http/types.ts'

const revenue = named('EstimatedMonthlyRevenue', {
  amount: opt(Type.Integer({ minimum: 1, maximum: 9_223_372_036_854_776_000 })),
  currency: opt(Currency),
})
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

export const EntityOnboardingDataRequest = closed('EntityOnboardingDataRequest', {
  business_profile: opt(closed('BusinessProfile-Input', profile)),
  ownership_declaration: opt(closed('OwnershipDeclaration-Input', signed)),
  tos_acceptance: opt(closed('TermsOfServiceAcceptance-Input', signed)),
  treasury_tos_acceptance: opt(closed('TreasuryTermsOfServiceAcceptance-Input', signed)),
})
export type OnboardingDataChange = Static<typeof EntityOnboardingDataRequest>

const profileAnswer = {
  description_of_goods_or_services: orNull(text(500)),
  estimated_monthly_revenue: orNull(revenue),
  mcc: orNull(Type.String({ minLength: 4, maxLength: 4 })),
  operating_countries: orNull(Type.Array(Country)),
  url: orNull(url),
}
export const EntityOnboardingDataResponse = named('EntityOnboardingDataResponse', {
  business_profile: orNull(closed('BusinessProfile-Output', profileAnswer)),
  ownership_declaration: orNull(closed('OwnershipDeclaration-Output', signedAnswer)),
  tos_acceptance: orNull(closed('TermsOfServiceAcceptance-Output', signedAnswer)),
  treasury_tos_acceptance: orNull(closed('TreasuryTermsOfServiceAcceptance-Output', signedAnswer)),
})
export type OnboardingData = Static<typeof EntityOnboardingDataResponse>
