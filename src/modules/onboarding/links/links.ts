import type { FastifyRequest } from 'fastify'
import { conflict } from '../../../core/refusal.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { byId, nothing } from '../../../platform/http/types.ts'
import { peerOf } from '../data/data.service.ts'
import { readAnswers, writeAnswers } from './answers.service.ts'
import { requireSession, sendCode, useCode } from './codes.service.ts'
import {
  CodeRequest,
  CodeResponse,
  CreateOnboardingLinkRequest,
  OnboardingLinkInternalResponse,
  OnboardingLinkPublicResponse,
  OnboardingLinkRequest,
  OnboardingLinkResponse,
  OnboardingLinksAccessTokenResponse,
  OnboardingLinksAirwallexComponentData,
  OnboardingLinksAirwallexComponentDataResponse,
  OnboardingLinksStripeData,
  OnboardingLinksStripeDataResponse,
  PhoneNumberVerificationCheckPayload,
  VerifyPhoneNumberPayload,
} from './links.schema.ts'
import { findLink, inside, makeLink, makePaymentLink, showInternal } from './links.service.ts'

const params = byId('onboarding_link_id')
/** The id of a link is its secret; what it leads to asks for a code as well. */
const open = { may: 'anyone', entity: 'none', transaction: 'manual', params } as const

export const onboardingLinkRoutes: Routes = async (app) => {
  const { machinery } = app
  const { db, config } = machinery

  app.post(
    '/onboarding_links',
    operation({
      summary: 'Create Onboarding Link',
      may: 'partner',
      body: OnboardingLinkRequest,
      ok: { 200: OnboardingLinkPublicResponse },
      refuses: [400, 409],
    }),
    ({ ctx, body }) => makeLink(ctx, body),
  )

  app.post(
    '/payment_onboarding_links',
    operation({
      summary: 'Create an onboarding link',
      may: 'partner',
      body: CreateOnboardingLinkRequest,
      ok: { 200: OnboardingLinkResponse },
      names: { 'body.recipient.id': null },
      refuses: [400, 409],
    }),
    ({ ctx, body }) => makePaymentLink(ctx, body),
  )

  app.get(
    '/internal/onboarding_links/:onboarding_link_id',
    operation({ ...open, summary: 'Get Onboarding Link', ok: { 200: OnboardingLinkInternalResponse } }),
    async ({ params }) => showInternal(await findLink(db, params.onboarding_link_id)),
  )

  const answers = '/internal/onboarding_links/:onboarding_link_id/stripe'
  const component = '/internal/onboarding_links/:onboarding_link_id/airwallex_component'
  const bearer = ({ headers }: FastifyRequest) => /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? null
  const inSession = async (request: FastifyRequest<{ Params: { onboarding_link_id: string } }>) => {
    const found = await findLink(db, request.params.onboarding_link_id)
    await requireSession(machinery, found, bearer(request))
    return found
  }
  const ofComponent = ({ data, requirements }: Awaited<ReturnType<typeof readAnswers>>) => ({
    data: data.tos_acceptance_date ? { tos_acceptance_date: data.tos_acceptance_date } : {},
    requirements,
  })

  app.get(
    component,
    operation({
      ...open,
      summary: 'Get Onboarding Link Airwallex Component Data',
      ok: { 200: OnboardingLinksAirwallexComponentDataResponse },
      refuses: [401, 409],
    }),
    async (request) => ofComponent(await inside(machinery, await inSession(request), readAnswers)),
  )

  app.patch(
    component,
    operation({
      ...open,
      summary: 'Update Onboarding Link Airwallex Component Data',
      body: OnboardingLinksAirwallexComponentData,
      ok: { 200: OnboardingLinksAirwallexComponentDataResponse },
      refuses: [401, 409],
    }),
    async (request) => {
      const found = await inSession(request)
      const peer = peerOf(request.ip, config)
      return ofComponent(await inside(machinery, found, (ctx) => writeAnswers(ctx, machinery, request.body, peer)))
    },
  )

  app.post(
    '/internal/onboarding_links/:onboarding_link_id/airwallex_component/auth',
    operation({
      ...open,
      summary: 'Generate Authorization Code',
      body: CodeRequest,
      ok: { 200: CodeResponse },
      refuses: [401, 409],
    }),
    async (request) => {
      await inSession(request)
      throw conflict('Airwallex is not connected here')
    },
  )

  app.post(
    '/internal/onboarding_links/:onboarding_link_id/request_otp',
    operation({
      ...open,
      summary: 'Request Otp',
      body: VerifyPhoneNumberPayload,
      ok: { 204: nothing },
      refuses: [400, 409, 429],
    }),
    async ({ params, body }) => sendCode(machinery, await findLink(db, params.onboarding_link_id), { phone: body.phone }),
  )

  app.get(
    answers,
    operation({
      ...open,
      summary: 'Get Onboarding Link Stripe Data',
      ok: { 200: OnboardingLinksStripeDataResponse },
      refuses: [401, 409],
    }),
    async (request) => inside(machinery, await inSession(request), readAnswers),
  )

  app.patch(
    answers,
    operation({
      ...open,
      summary: 'Update Onboarding Link Stripe Data',
      body: OnboardingLinksStripeData,
      ok: { 200: OnboardingLinksStripeDataResponse },
      refuses: [400, 401, 409],
    }),
    async (request) => {
      const found = await inSession(request)
      const peer = peerOf(request.ip, config)
      return inside(machinery, found, (ctx) => writeAnswers(ctx, machinery, request.body, peer))
    },
  )

  app.post(
    '/internal/onboarding_links/:onboarding_link_id/verify_otp',
    operation({
      ...open,
      summary: 'Verify Otp',
      body: PhoneNumberVerificationCheckPayload,
      ok: { 200: OnboardingLinksAccessTokenResponse },
      refuses: [400, 409],
    }),
    async ({ params, body }) => useCode(machinery, await findLink(db, params.onboarding_link_id), body.code, body.phone),
  )
}
