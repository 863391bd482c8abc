import Type, { type Static } from 'typebox'
import { forUser, notAllowed, reach, reading } from '../../../platform/auth/reach.ts'
import { type ThingName, things } from '../../../platform/auth/things.ts'
import { type Ctx, NO_ENTITY } from '../../../platform/database/context.ts'
import { rows, table } from '../../../platform/database/rows.ts'
import { catalog } from '../../../platform/events/catalog.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { createdAt, instant, named, nullable, orNull, pageOf, uuid } from '../../../platform/http/types.ts'
import { API_VERSION } from '../../../platform/http/versions.ts'
import { WebhookObjectType } from '../webhook-subscriptions/webhook-subscriptions.schema.ts'

const EventResource = named('EventResource', {
  id: uuid,
  created_at: orNull(instant),
  action: Type.String(),
  api_version: nullable(Type.String()),
  description: Type.String(),
  entity_id: uuid,
  object: orNull(Type.Object({})),
  object_type: WebhookObjectType,
  object_id: uuid,
})
type Event = Static<typeof EventResource>
const EventPaginationResource = pageOf(EventResource, 'EventPaginationResource')

/** Events that an enabled subscription heard when they happened, as its webhook told them. */
const events = table('events', EventResource, {
  noun: 'Event',
  permanent: true,
  computed: {
    action: `t.object_type || '.' || t.event`,
    description: `t.object_type || '_' || t.event`,
    api_version: `'${API_VERSION}'`,
    object: 'null::jsonb',
  },
})

const list = listing(events, {
  filters: {
    object_type: WebhookObjectType,
    ...createdAt,
  },
  sort: ['created_at', 'updated_at'],
  // Events never change, so the moment they happened is also the last time they were touched.
  sortKeys: { updated_at: { sql: 't.created_at' } },
  where: 't.subscribed',
  badToken: 422,
})

export const eventLog: Routes = async (app) => {
  app.get(
    '/events',
    operation({ summary: 'Get events', may: 'any', query: list.query, ok: { 200: EventPaginationResource } }),
    ({ ctx, query }) => list.page(ctx, query, [...ofEntity(ctx), ...onlyReached(ctx)]),
  )

  app.get(
    '/events/:event_id',
    operation({ summary: 'Get an event by ID', may: 'any', entity: 'optional', ok: { 200: EventResource } }),
    async ({ ctx, params }) => {
      const event = await rows.find(ctx, events, params.event_id)
      await reachObject(ctx, event)
      return event
    },
  )
}

const isThing = (name: string): name is ThingName => name in things

/** The entity is named, so that an index finds its events: row security asks for the entity or the partner. */
const ofEntity = (ctx: Ctx) => (ctx.entityId === NO_ENTITY ? [] : [{ sql: 't.entity_id = $', values: [ctx.entityId] }])

/** Events are for those who may read what they tell of. */
function onlyReached(ctx: Ctx) {
  if (!ctx.grants) return []
  const tests = Object.keys(catalog).flatMap((name) => {
    const condition = isThing(name) ? reading(ctx, name, 't.object_id') : 'false'
    return condition === 'false' ? [] : [`t.object_type = '${name}'${condition ? ` and ${condition}` : ''}`]
  })
  return forUser(ctx, `(${tests.map((test) => `(${test})`).join(' or ') || 'false'})`)
}

async function reachObject(ctx: Ctx, { object_type, object_id }: Pick<Event, 'object_type' | 'object_id'>): Promise<void> {
  if (isThing(object_type)) return reach(ctx, object_type, [object_id], 'read')
  if (ctx.grants) throw notAllowed(object_type, 'read')
}
