import { randomUUID } from 'node:crypto'
import Type from 'typebox'
import { invalid, invalidAt } from '../../../core/refusal.ts'
import { randomSecret } from '../../../platform/auth/secrets.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows, table } from '../../../platform/database/rows.ts'
import { catalog } from '../../../platform/events/catalog.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { createdAt, nothing, uuid } from '../../../platform/http/types.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import { refuseUrl } from '../../../platform/outbound/outbound.ts'
import { webhookSecrets } from '../../../platform/webhooks/secrets.ts'
import {
  CreateWebhookSubscriptionRequest,
  UpdateWebhookSubscriptionRequest,
  WebhookDeliveryPaginationResource,
  WebhookDeliveryResource,
  WebhookObjectType,
  WebhookSubscriptionPaginationResource,
  WebhookSubscriptionResource,
  WebhookSubscriptionResourceWithSecret,
} from './webhook-subscriptions.schema.ts'

const noun = 'Webhook subscription'
const subscriptions = table('webhook_subscriptions', WebhookSubscriptionResource, { noun })
const deliveries = table('webhook_deliveries', WebhookDeliveryResource, { noun: 'Webhook delivery' })

const list = listing(subscriptions, {
  filters: { object_type: WebhookObjectType, ...createdAt },
  sort: ['created_at', 'updated_at'],
  badToken: 422,
})
const deliveryList = listing(deliveries, {
  filters: {
    event_id: uuid,
    object_type: WebhookObjectType,
    // The bare event, or `object.event`.
    event_action: { type: Type.String(), sql: `$ in (t.event, t.object_type || '.' || t.event)` },
    ...createdAt,
  },
  sort: ['created_at', 'updated_at'],
  badToken: 422,
})

/** A secret that was just made, and what is kept of it. It leaves the house twice: when it is made, and when it is made anew. */
async function newSecret(ctx: Ctx, sealing: Machinery['sealing'], id: string) {
  const secret = `whsec_${randomSecret()}`
  return { secret, kept: { secret: null, sealed_secret: webhookSecrets.seal(await sealing(), ctx.partnerId, id, secret) } }
}

export const webhookSubscriptions: Routes = async (app) => {
  const { sealing, config } = app.machinery
  const allowPrivate = config.webhooks_allow_private
  const partner = { may: 'partner', entity: 'none' } as const

  const checkUrl = (url: string | null | undefined) => {
    const refused = url ? refuseUrl(url, allowPrivate) : null
    if (refused) throw invalidAt(['body', 'url'], refused)
  }

  app.get(
    '/webhook_subscriptions',
    operation({
      ...partner,
      summary: 'Get webhook subscriptions',
      query: list.query,
      ok: { 200: WebhookSubscriptionPaginationResource },
    }),
    ({ ctx, query }) => list.page(ctx, query),
  )

  app.post(
    '/webhook_subscriptions',
    operation({
      ...partner,
      summary: 'Subscribe to a webhook',
      body: CreateWebhookSubscriptionRequest,
      ok: { 201: WebhookSubscriptionResourceWithSecret },
    }),
    async ({ ctx, body }) => {
      checkUrl(body.url)
      const event_types = bareEvents(body.object_type, body.event_types ?? [])
      const id = randomUUID()
      const { secret, kept } = await newSecret(ctx, sealing, id)
      const made = await rows.create(ctx, subscriptions, {
        id,
        object_type: body.object_type,
        url: body.url,
        event_types,
        ...kept,
      })
      return { ...made, secret }
    },
  )

  app.get(
    '/webhook_subscriptions/:webhook_subscription_id',
    operation({ ...partner, summary: 'Get a webhook subscription', ok: { 200: WebhookSubscriptionResource } }),
    ({ ctx, params }) => rows.find(ctx, subscriptions, params.webhook_subscription_id),
  )

  app.patch(
    '/webhook_subscriptions/:webhook_subscription_id',
    operation({
      ...partner,
      summary: 'Update a webhook subscription',
      body: UpdateWebhookSubscriptionRequest,
      ok: { 200: WebhookSubscriptionResource },
    }),
    async ({ ctx, params, body }) => {
      checkUrl(body.url)
      const before = await rows.lock(ctx, subscriptions, params.webhook_subscription_id)
      const object_type = body.object_type ?? before.object_type
      const events = body.event_types === undefined ? before.event_types : (body.event_types ?? [])
      return rows.change(ctx, subscriptions, before.id, {
        object_type,
        url: body.url ?? undefined,
        event_types: bareEvents(object_type, events),
      })
    },
  )

  app.delete(
    '/webhook_subscriptions/:webhook_subscription_id',
    operation({ ...partner, summary: 'Delete a webhook subscription', ok: { 204: nothing } }),
    ({ ctx, params }) => rows.remove(ctx, subscriptions, params.webhook_subscription_id),
  )

  for (const [action, status] of [
    ['enable', 'enabled'],
    ['disable', 'disabled'],
  ] as const)
    app.post(
      `/webhook_subscriptions/:webhook_subscription_id/${action}`,
      operation({
        ...partner,
        summary: `${action === 'enable' ? 'Enable' : 'Disable'} a webhook subscription`,
        ok: { 200: WebhookSubscriptionResource },
      }),
      ({ ctx, params }) => rows.change(ctx, subscriptions, params.webhook_subscription_id, { status }),
    )

  app.post(
    '/webhook_subscriptions/:webhook_subscription_id/regenerate_secret',
    operation({
      ...partner,
      summary: 'Regenerate a webhook secret and return the new webhook subscription',
      ok: { 200: WebhookSubscriptionResourceWithSecret },
    }),
    async ({ ctx, params }) => {
      const { id } = await rows.lock(ctx, subscriptions, params.webhook_subscription_id)
      const { secret, kept } = await newSecret(ctx, sealing, id)
      return { ...(await rows.change(ctx, subscriptions, id, kept)), secret }
    },
  )

  app.get(
    '/webhook_deliveries',
    operation({
      summary: 'Get the webhook delivery log',
      may: 'partner',
      query: deliveryList.query,
      ok: { 200: WebhookDeliveryPaginationResource },
    }),
    ({ ctx, query }) => deliveryList.page(ctx, query),
  )
}

/** Events as they are stored: `created`, also when they came as `tag.created`. One that the object never emits is refused. */
function bareEvents(object: string, events: readonly string[]): string[] {
  const known: readonly string[] | undefined = catalog[object as keyof typeof catalog]
  return events.map((event, i) => {
    const bare = event.startsWith(`${object}.`) ? event.slice(object.length + 1) : event
    const fits = known ? known.includes(bare) : /^[a-z_.]{1,64}$/.test(bare)
    if (!fits) {
      const msg = known
        ? `${object} has no event "${event}"; it has ${known.join(', ')}`
        : `"${event}" is not the name of an event`
      throw invalid([{ loc: ['body', 'event_types', i], msg, type: 'enum' }])
    }
    return bare
  })
}
