import { asSystem, type Db } from '../database/context.ts'
import { sql } from '../database/sql.ts'

/** Which events are sent again; what is left out does not narrow the choice. */
export interface ReplayFilter {
  /** From this moment on, ISO 8601. */
  readonly since?: string
  /** Up to, but not including, this moment. */
  readonly until?: string
  /** `receivable`, or one event of it: `receivable.issued`. */
  readonly type?: string
  /** One event by its id. */
  readonly event?: string
  readonly subscription?: string
  /** Only deliveries that never succeeded, as far as it is known: what was removed as too old counts as arrived. */
  readonly failed?: boolean
}

const BATCH = 1000

/**
 * Sends events again to every enabled subscription that wants them now, with the whole schedule of tries; also to one that was made
 * later. Only events that some subscription heard when they happened are there to be replayed. The ids stay the same, so receivers
 * recognize what they have. Oldest first, a thousand in each transaction; answers how many deliveries were set going.
 */
export async function replayWebhooks(db: Db, filter: ReplayFilter, progress: (sent: number) => void = () => {}): Promise<number> {
  let after: { created_at: string; id: string } | null = null
  let total = 0
  for (;;) {
    const batch: { created_at: string; id: string; deliveries: number }[] = await asSystem(db, (ctx) =>
      REPLAY(ctx, {
        since: filter.since ?? null,
        until: filter.until ?? null,
        type: filter.type ?? null,
        event: filter.event ?? null,
        subscription: filter.subscription ?? null,
        failed: filter.failed ?? false,
        created_at: after?.created_at ?? null,
        id: after?.id ?? null,
      }),
    )
    total += batch.reduce((sum, { deliveries }) => sum + deliveries, 0)
    if (batch.length > 0) progress(total)
    if (batch.length < BATCH) return total
    after = batch.at(-1)!
  }
}

const REPLAY = sql(`
  with e as materialized (
    select e.partner_id, e.entity_id, e.id, e.created_at, e.object_type, e.event from events e
    where e.subscribed
      and (:since?::timestamptz is null or e.created_at >= :since?) and (:until?::timestamptz is null or e.created_at < :until?)
      and (:type?::text is null or :type? in (e.object_type, e.object_type || '.' || e.event))
      and (:event?::uuid is null or e.id = :event?)
      and (:created_at?::timestamptz is null or (e.created_at, e.id) > (:created_at?, :id?::uuid))
    order by e.created_at, e.id limit ${BATCH}),
  d as (
    insert into webhook_deliveries (partner_id, entity_id, event_id, webhook_subscription_id, object_type, event, url)
    select e.partner_id, e.entity_id, e.id, s.id, e.object_type, e.event, s.url
    from e join webhook_subscriptions s on s.partner_id = e.partner_id and s.object_type = e.object_type
    where s.status = 'enabled' and s.deleted_at is null and (s.event_types = '{}' or e.event = any (s.event_types))
      and (:subscription?::uuid is null or s.id = :subscription?)
      and (not :failed or coalesce(
        (select not coalesce(o.was_successful, false) from webhook_deliveries o where o.entity_id = e.entity_id and o.event_id = e.id and o.webhook_subscription_id = s.id),
        e.created_at >= (select p.deliveries_from from partners p where p.id = e.partner_id)))
    on conflict (entity_id, event_id, webhook_subscription_id) do update set was_successful = null, updated_at = app_now()
    returning partner_id, entity_id, id, event_id, requests_made_count),
  j as (
    insert into jobs (partner_id, entity_id, kind, payload, key, run_at)
    select partner_id, entity_id, 'webhooks.deliver', jsonb_build_object('delivery_id', id, 'before', requests_made_count), 'deliver:' || id, machine_now() from d
    on conflict (key) do update set run_at = when_asked_again(jobs.waiting, jobs.run_at, excluded.run_at), payload = excluded.payload, dead = false, failures = 0)
  select e.created_at, e.id, (select count(*)::int from d where d.event_id = e.id) as "deliveries!" from e order by e.created_at, e.id`)
