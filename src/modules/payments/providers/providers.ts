import Type from 'typebox'
import { badRequest, notFound } from '../../../core/refusal.ts'
import { connect, disconnect } from '../../../platform/connections/connections.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { nothing } from '../../../platform/http/types.ts'
import { hear } from './events.service.ts'
import { ConnectStripe, EventsHeard, PaymentProviderConnection, PaymentProviderConnections } from './providers.schema.ts'
import { isLive, listConnections } from './providers.service.ts'

/** Accounts at payment providers, which partners connect: for all of their entities, or, with an entity in the header, for that one. */
export const paymentProviders: Routes = async (app) => {
  const { machinery } = app

  app.get(
    '/x/payment_providers',
    operation({
      summary: 'List the payment providers that are connected',
      may: 'partner',
      entity: 'optional',
      ok: { 200: PaymentProviderConnections },
    }),
    async ({ ctx }) => ({ data: await listConnections(ctx) }),
  )

  app.put(
    '/x/payment_providers/stripe',
    operation({
      summary: 'Connect an account at Stripe',
      may: 'partner',
      entity: 'optional',
      body: ConnectStripe,
      ok: { 200: PaymentProviderConnection },
      refuses: [400],
    }),
    async ({ ctx, body }) => {
      const { secret_key, publishable_key, webhook_secret, account = null, platform_fee = null } = body
      const connect_entities = body.connect_entities ?? false
      if (isLive(secret_key) !== isLive(publishable_key))
        throw badRequest('One key is for tests, and the other one for real money')
      if (connect_entities && account)
        throw badRequest('connect_entities: each entity gets an account of its own, so name no account')
      if (platform_fee && !account && !connect_entities)
        throw badRequest('platform_fee: it is kept from what goes to a connected account, so name the account')
      const id = await connect(ctx, await machinery.sealing(), {
        port: 'payments',
        adapter: 'stripe',
        settings: { publishable_key, account, fee: platform_fee, hears_events: Boolean(webhook_secret), connect_entities },
        credentials: { secret_key, webhook_secret: webhook_secret ?? '' },
      })
      const made = (await listConnections(ctx)).find((one) => one.id === id)
      if (!made) throw notFound('The connection was taken away at this moment')
      return made
    },
  )

  app.delete(
    '/x/payment_providers/:payment_provider_id',
    operation({ summary: 'Disconnect a payment provider', may: 'partner', entity: 'optional', ok: { 204: nothing } }),
    async ({ ctx, params }) => {
      const known = (await listConnections(ctx)).some(({ id }) => id === params.payment_provider_id.toLowerCase())
      if (!known || !(await disconnect(ctx, params.payment_provider_id))) throw notFound('Connection not found')
      return null
    },
  )

  app.post(
    '/x/payment_providers/stripe/:payment_provider_id/events',
    operation({
      summary: 'Hear what Stripe tells',
      may: 'anyone',
      entity: 'none',
      transaction: 'manual',
      raw: true,
      body: Type.Object({ id: Type.String(), type: Type.String(), data: Type.Object({ object: Type.Object({}) }) }),
      ok: { 200: EventsHeard },
      refuses: [400, 403, 404],
    }),
    async ({ params, headers, bytes }) => {
      if (!bytes) throw badRequest('The event has to be JSON')
      await hear(machinery, 'stripe', params.payment_provider_id, headers, bytes)
      return { received: true }
    },
  )
}
