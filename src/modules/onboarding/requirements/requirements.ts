import { bankAccountMasks, countriesOfCurrencies, documentDescriptions, personMask } from '../../../core/onboarding/masks.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { providersIn } from '../providers.service.ts'
import {
  BankAccountMasks,
  CountriesOfCurrencies,
  documentsQuery,
  GetOnboardingRequirementsResponse,
  InternalOnboardingRequirementsResponse,
  OnboardingDocumentsDescriptions,
  OnboardingPersonMask,
  OnboardingRequirementsResponse,
  personMaskQuery,
} from './requirements.schema.ts'
import { readForm, readMerged, readRequirements } from './requirements.service.ts'

export const onboardingRequirements: Routes = async (app) => {
  const { machinery } = app

  app.get(
    '/onboarding_requirements',
    operation({ summary: 'Get onboarding requirements', may: 'onboarding:read', ok: { 200: GetOnboardingRequirementsResponse } }),
    async ({ ctx }) => readRequirements(ctx, await providersIn(ctx, machinery)),
  )

  app.get(
    '/entities/:entity_id/onboarding_requirements',
    operation({
      summary: 'Get onboarding requirements',
      may: 'onboarding:read',
      entity: 'path',
      ok: { 200: OnboardingRequirementsResponse },
    }),
    async ({ ctx }) => readMerged(ctx, await providersIn(ctx, machinery)),
  )

  app.get(
    '/frontend/onboarding_requirements',
    operation({
      summary: 'Get onboarding requirements',
      may: 'onboarding:read',
      ok: { 200: InternalOnboardingRequirementsResponse },
    }),
    async ({ ctx }) => readForm(ctx, await providersIn(ctx, machinery)),
  )

  app.get(
    '/frontend/bank_account_masks',
    operation({
      summary: 'Get bank account masks for supported currencies',
      may: 'any',
      entity: 'none',
      ok: { 200: BankAccountMasks },
    }),
    async () => bankAccountMasks,
  )

  app.get(
    '/frontend/bank_accounts_currency_to_supported_countries',
    operation({
      summary: 'Get currency to allowed countries mapping',
      may: 'any',
      entity: 'none',
      ok: { 200: CountriesOfCurrencies },
    }),
    async () => countriesOfCurrencies,
  )

  app.get(
    '/frontend/document_type_descriptions',
    operation({
      summary: 'Tell which documents of identity are taken in a country, and what they are called',
      may: 'any',
      entity: 'none',
      query: documentsQuery,
      ok: { 200: OnboardingDocumentsDescriptions },
    }),
    async ({ query }) => documentDescriptions(query.country),
  )

  app.get(
    '/frontend/person_mask',
    operation({
      summary: 'Get person mask based on relationships',
      may: 'any',
      entity: 'none',
      query: personMaskQuery,
      ok: { 200: OnboardingPersonMask },
    }),
    async ({ query }) => personMask(query.relationships, query.country),
  )
}
