import type { Sealing } from '../connections/sealing.ts'
import { asEntity, asSystem, type Ctx, type Db } from '../database/context.ts'
import { type RowOf, sql } from '../database/sql.ts'
import { publish } from '../figures.ts'
import type { JobHandlers, KindsOf } from '../jobs/jobs.ts'
import { jobs, whoOf } from '../jobs/jobs.ts'
import { post } from '../outbound/outbound.ts'
import { traceNow } from '../tracing.ts'
import { webhookSecrets } from './secrets.ts'
import { sign } from './signature.ts'

const MINUTE = 60_000
/** Waits between tries, our choice: quick at first, then every two hours until three days are over. */
export const waits_ms: readonly number[] = [1, 5, 15, 30, 60, ...Array.from({ length: 35 }, () => 120)].map(
  (minutes) => minutes * MINUTE,
)

/** Requests to one subscription that this process has open at once. */
const OPEN_MAX = 8
/** Requests to endpoints under suspicion that one partner may have open at once: the rest of its hands are for those that answer. */
const SUSPECTS_OPEN_MAX = 4
/** What waits for an endpoint that failed is looked at again after this time, then after twice as long each time, up to the longest. */
const SUSPICION_MS = 65_000
const SUSPICION_MAX_MS = 240_000
/** From the first try to the last one. */
const WHOLE_MS = waits_ms.reduce((sum, wait) => sum + wait, 0)

declare module '../jobs/jobs.ts' {
  interface Jobs {
    /** Added by `emit`, with the event. */
    'webhooks.fan_out': { event_id: string }
    /** `before`: requests that were made before it was replayed. */
    'webhooks.deliver': { delivery_id: string; before?: number }
  }
}

const FAN_OUT = sql(`
  insert into webhook_deliveries (event_id, webhook_subscription_id, object_type, event, url)
  select e.id, s.id, e.object_type, e.event, s.url
  from events e join webhook_subscriptions s on s.partner_id = e.partner_id and s.object_type = e.object_type
  where e.id = :event_id and s.status = 'enabled' and s.deleted_at is null and (s.event_types = '{}' or e.event = any (s.event_types))
  on conflict do nothing returning id`)
const DELIVERY = sql(`
  select d.id, s.url, s.partner_id, s.secret, s.sealed_secret, e.id as event_id, e.created_at, e.object_type, e.object_id, e.event, e.entity_id,
         s.id as subscription_id, d.requests_made_count, s.status = 'enabled' and s.deleted_at is null as "enabled!",
         p.settings ->> 'api_version' as api_version
  from webhook_deliveries d join events e on e.entity_id = d.entity_id and e.id = d.event_id
  join webhook_subscriptions s on s.partner_id = d.partner_id and s.id = d.webhook_subscription_id
  join partners p on p.id = d.partner_id
  where d.id = :delivery_id`)
type DeliveryRow = RowOf<typeof DELIVERY>
const GIVEN_UP = sql(
  `update webhook_deliveries set was_successful = false, response = :response, updated_at = app_now() where id = :id`,
)
const ANSWERED = sql(
  `update webhook_deliveries set requests_made_count = :made, response = :body, response_status_code = :status?, was_successful = :good, url = :url, updated_at = app_now() where id = :id`,
)

/** From an event to the partner's servers: one delivery for each subscription that wants it, each with its own tries. */
export function webhookJobs(
  { db, config, sealing }: { db: Db; config: { webhooks_allow_private: boolean }; sealing: () => Promise<Sealing> },
  apiVersion: string,
): JobHandlers<KindsOf<'webhooks'>> {
  const secretOf = async ({ subscription_id, partner_id, secret, sealed_secret }: DeliveryRow) =>
    webhookSecrets.open(await sealing(), { id: subscription_id, partner_id, plain: secret, sealed: sealed_secret })
  const callers = limitCalls(() => db.clock.now().getTime())
  return {
    'webhooks.fan_out':
      async ({ payload }) =>
      async (ctx) => {
        const deliveries = await FAN_OUT(ctx, { event_id: payload.event_id })
        for (const { id } of deliveries) await jobs.add(ctx, 'webhooks.deliver', { delivery_id: id }, { key: `deliver:${id}` })
      },

    'webhooks.deliver': async (job, signal) => {
      const who = whoOf(job)
      const [delivery] = await asEntity(db, { ...who, reading: true }, (ctx) =>
        DELIVERY(ctx, { delivery_id: job.payload.delivery_id }),
      )
      if (!delivery) return async () => {}
      if (!delivery.enabled)
        return async (ctx) => {
          await GIVEN_UP(ctx, { id: delivery.id, response: 'Not sent: the subscription was disabled or deleted' })
        }
      const { subscription_id } = delivery
      if (!callers.take(subscription_id, job.partner_id)) {
        await putBack(db, subscription_id, () => callers.suspectUntil(subscription_id))
        // The endpoint may have answered somebody else meanwhile: then it is its turn now.
        return async (ctx) => {
          await lockSubscription(ctx, subscription_id)
          const until = callers.suspectUntil(subscription_id) ?? callers.whenFree(subscription_id)
          return new Date(until.getTime() + ctx.ahead_ms)
        }
      }
      const body = deliveryBody(delivery, delivery.api_version ?? apiVersion)
      const headers: Record<string, string> = {
        'content-type': 'application/json',
        'user-agent': 'Quittance',
        'monite-signature': sign(await secretOf(delivery), body, Math.floor(db.clock.now().getTime() / 1000)),
      }
      const trace = traceNow()
      if (trace) headers.traceparent = trace
      const began = performance.now()
      const allowPrivate = config.webhooks_allow_private
      const answer = await post(delivery.url, body, headers, { allowPrivate, signal }).catch((error: Error) => {
        if (!signal?.aborted) return { status: null, body: error.message }
        callers.release(subscription_id)
        throw error
      })
      const good = answer.status !== null && answer.status >= 200 && answer.status < 300
      publish('webhook', {
        what: String(answer.status ?? 'none'),
        outcome: good ? 'done' : 'failed',
        ms: performance.now() - began,
      })
      const recovered = callers.give(subscription_id, good)
      if (recovered) await sendWaiting(db, subscription_id)
      const made = delivery.requests_made_count + 1
      return async (ctx) => {
        await ANSWERED(ctx, { id: delivery.id, made, body: answer.body, status: answer.status, good, url: delivery.url })
        const wait = waits_ms[made - 1 - (job.payload.before ?? 0)]
        return good || wait === undefined ? null : new Date(ctx.now.getTime() + wait)
      }
    },
  }
}

/** What comes within this time is not hurried: a first retry, and what is in somebody's hand. */
const SOON_S = 60

const LOCK_SUBSCRIPTION = sql(`select pg_advisory_xact_lock(hashtextextended(:subscription, 7302))`)

/** One after the other for a subscription: whoever puts a delivery off has committed, or looks again, when all are hurried. */
const lockSubscription = (ctx: Ctx, subscription: string) => LOCK_SUBSCRIPTION(ctx, { subscription })

const SEND_NOW = sql(`
  update jobs j set run_at = app_now() from webhook_deliveries d
  where d.webhook_subscription_id = :subscription and d.was_successful is not true and j.key = 'deliver:' || d.id and not j.dead
    and j.run_at > app_now() + make_interval(secs => :soon_s)`)

/** The endpoint answers again: what waits for its turn in the schedule is sent now. */
async function sendWaiting(db: Db, subscription: string): Promise<void> {
  await asSystem(db, async (ctx) => {
    await lockSubscription(ctx, subscription)
    await SEND_NOW(ctx, { subscription, soon_s: SOON_S })
  })
  jobs.wake()
}

const PUT_BACK = sql(`
  with open as (
    select d.entity_id, d.id, j.id as job, d.created_at < app_now() - make_interval(secs => :whole_s) as over
    from webhook_deliveries d join jobs j on j.key = 'deliver:' || d.id
    where d.webhook_subscription_id = :subscription and d.was_successful is not true and not j.dead and j.run_at <= app_now()
    for update of j skip locked),
  failed as (
    update webhook_deliveries d set was_successful = false, response = coalesce(response, :response), updated_at = app_now()
    from open o where o.over and d.entity_id = o.entity_id and d.id = o.id),
  ended as (delete from jobs j using open o where o.over and j.id = o.job)
  update jobs j set run_at = :until from open o where not o.over and j.id = o.job`)

/**
 * All that is due to a suspect endpoint waits until it is tried again; what has waited longer than all tries take has failed. One
 * statement, so that ten thousand deliveries to a dead endpoint are not looked at one by one.
 */
async function putBack(db: Db, subscription: string, suspectUntil: () => Date | null): Promise<void> {
  if (!suspectUntil()) return
  await asSystem(db, async (ctx) => {
    await lockSubscription(ctx, subscription)
    const until = suspectUntil()
    if (!until) return
    await PUT_BACK(ctx, {
      subscription,
      whole_s: WHOLE_MS / 1000,
      until: until.toISOString(),
      response: 'Not sent: the endpoint did not answer for three days',
    })
  })
}

/**
 * Who may be called now. An endpoint that failed gets one request at a time, and a partner's suspect endpoints together a few, until they
 * answer: they can't hold up the others.
 */
function limitCalls(now: () => number) {
  const open = new Map<string, number>()
  const suspects = new Map<string, { until: number; wait_ms: number }>()
  /** Requests to suspect endpoints that are under way, by subscription, with their partners. */
  const probes = new Map<string, string>()
  const openOf = (subscription: string) => open.get(subscription) ?? 0
  const release = (subscription: string) => {
    const left = openOf(subscription) - 1
    if (left > 0) open.set(subscription, left)
    else open.delete(subscription)
    probes.delete(subscription)
  }
  return {
    release,
    take(subscription: string, partner: string): boolean {
      if (suspects.has(subscription)) {
        const others = [...probes.values()].filter((one) => one === partner).length
        if (openOf(subscription) > 0 || others >= SUSPECTS_OPEN_MAX) return false
        probes.set(subscription, partner)
      }
      if (openOf(subscription) >= OPEN_MAX) return false
      open.set(subscription, openOf(subscription) + 1)
      return true
    },
    /** When what waits for this endpoint may be looked at again; null when it is not under suspicion. */
    suspectUntil(subscription: string): Date | null {
      const suspicion = suspects.get(subscription)
      return suspicion ? new Date(Math.max(suspicion.until, now() + 1_000)) : null
    },
    /** When one more request may be under way to an endpoint that answers: now, or in a moment. */
    whenFree: (subscription: string) => new Date(now() + (openOf(subscription) < OPEN_MAX ? 0 : 1_000)),
    /** Answers whether this was the first good answer after failures. */
    give(subscription: string, good: boolean): boolean {
      release(subscription)
      if (good) return suspects.delete(subscription)
      if (suspects.size > 10_000) suspects.clear()
      const known = suspects.get(subscription)
      // Requests that were under way together fail together: that is one failure.
      if (known && known.until > now()) return false
      const wait_ms = known ? Math.min(2 * known.wait_ms, SUSPICION_MAX_MS) : SUSPICION_MS
      suspects.set(subscription, { until: now() + wait_ms, wait_ms })
      return false
    },
  }
}

type DeliveredEvent = Pick<
  DeliveryRow,
  'event_id' | 'created_at' | 'object_type' | 'event' | 'entity_id' | 'object_id' | 'subscription_id'
>

/** What a receiver gets: which object changed and how, never its data. */
export function deliveryBody(d: DeliveredEvent, api_version: string): string {
  return JSON.stringify({
    id: d.event_id,
    created_at: d.created_at,
    action: `${d.object_type}.${d.event}`,
    api_version,
    description: `${d.object_type}_${d.event}`,
    entity_id: d.entity_id,
    object: null,
    object_type: d.object_type,
    object_id: d.object_id,
    webhook_subscription_id: d.subscription_id,
  })
}
