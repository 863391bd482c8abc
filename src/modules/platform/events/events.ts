import Type from 'typebox'
import { rows, table } from '../../../platform/database/rows.ts'
import { API_VERSION } from '../../../platform/http/app.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { byId, createdAt, instant, nullable, orNull, pageOf, uuid } from '../../../platform/http/types.ts'
import { WebhookObjectType } from '../webhook-subscriptions/webhook-subscriptions.schema.ts'

export const EventResource = Type.Object(
  {
    id: uuid,
    created_at: orNull(instant),
    action: Type.String(),
    api_version: nullable(Type.String()),
    description: Type.String(),
    entity_id: uuid,
    object: orNull(Type.Object({})),
    object_type: WebhookObjectType,
    object_id: uuid,
  },
  { $id: 'EventResource' },
)
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
    operation({ id: 'get_events', summary: 'Get events', may: 'any', query: list.query, ok: { 200: EventPaginationResource } }),
    ({ ctx, query }) => list.page(ctx, query),
  )

  app.get(
    '/events/:event_id',
    operation({
      id: 'get_events_id',
      summary: 'Get an event by ID',
      may: 'any',
      entity: 'optional',
      params: byId('event_id'),
      ok: { 200: EventResource },
    }),
    ({ ctx, params }) => rows.find(ctx, events, params.event_id),
  )
}
