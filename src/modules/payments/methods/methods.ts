import { operation, type Routes } from '../../../platform/http/operation.ts'
import { providersIn } from '../../onboarding/providers.service.ts'
import { EnabledPaymentMethods, OnboardingPaymentMethodsResponse } from './methods.schema.ts'
import { enableMethods, listMethods } from './methods.service.ts'

export const paymentMethodRoutes: Routes = async (app) => {
  const { machinery } = app

  app.get(
    '/entities/:entity_id/payment_methods',
    operation({
      summary: 'Get Enabled Payment Methods',
      may: 'any',
      entity: 'path',
      ok: { 200: OnboardingPaymentMethodsResponse },
    }),
    async ({ ctx }) => listMethods(ctx, await providersIn(ctx, machinery)),
  )

  app.put(
    '/entities/:entity_id/payment_methods',
    operation({
      summary: 'Enable Payment Methods',
      may: 'partner',
      entity: 'path',
      body: EnabledPaymentMethods,
      ok: { 200: OnboardingPaymentMethodsResponse },
    }),
    ({ ctx, body }) => enableMethods(ctx, machinery, body),
  )
}
