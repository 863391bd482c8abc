import { operation, type Routes } from '../../../platform/http/operation.ts'
import { byId } from '../../../platform/http/types.ts'
import { EntityOnboardingDataRequest, EntityOnboardingDataResponse } from './data.schema.ts'
import { peerOf, readData, writeData } from './data.service.ts'

const params = byId('entity_id')
const shared = { entity: 'path', params, ok: { 200: EntityOnboardingDataResponse }, refuses: [404, 409] } as const

export const onboardingData: Routes = async (app) => {
  const { machinery } = app

  app.get(
    '/entities/:entity_id/onboarding_data',
    operation({ ...shared, summary: 'Get entity onboarding data', may: 'onboarding:read' }),
    ({ ctx }) => readData(ctx),
  )

  app.put(
    '/entities/:entity_id/onboarding_data',
    operation({
      ...shared,
      summary: 'Update entity onboarding data',
      may: 'onboarding:update',
      body: EntityOnboardingDataRequest,
    }),
    ({ ctx, body, ip }) => writeData(ctx, machinery, body, { whole: true, peer: peerOf(ip, machinery.config) }),
  )

  app.patch(
    '/entities/:entity_id/onboarding_data',
    operation({
      ...shared,
      summary: 'Patch entity onboarding data',
      may: 'onboarding:update',
      body: EntityOnboardingDataRequest,
    }),
    ({ ctx, body, ip }) => writeData(ctx, machinery, body, { whole: false, peer: peerOf(ip, machinery.config) }),
  )
}
