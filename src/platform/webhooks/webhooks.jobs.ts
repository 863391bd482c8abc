import { asEntity, asSystem, type Db } from '../database/context.ts'
import type { JobHandlers } from '../jobs/jobs.ts'
import { jobs, whoOf } from '../jobs/jobs.ts'
import { post } from '../outbound/outbound.ts'
import { sign } from './signature.ts'

const MINUTE = 60_000
/** Waits between tries, our choice: quick at first, then every two hours until three days are over. */
export const waits_ms: readonly number[] = [1, 5, 15, 30, 60, ...Array.from({ length: 35 }, () => 120)].map(
  (minutes) => minutes * MINUTE,
)

interface DeliveryRow {
  id: string
  url: string
  secret: string
  event_id: string
  created_at: string
  object_type: string
  object_id: string
  event: string
  entity_id: string
  subscription_id: string
  requests_made_count: number
  enabled: boolean
  api_version: string | null
}

/** Requests to one subscription that this process has open at once; a dead endpoint never holds more hands than these. */
const OPEN_MAX = 8
/** How long an endpoint that failed gets one request at a time, and how long the others wait for a turn. */
const SUSPICION_MS = 30_000

/** From an event to the partner's servers: one delivery for each subscription that wants it, each with its own tries. */
export function webhookJobs(db: Db, config: { webhooks_allow_private: boolean }, apiVersion: string): JobHandlers {
  const turns = createTurns(() => db.clock.now().getTime())
  return {
    'webhooks.fan_out':
      async ({ payload }: { payload: { event_id: string } }) =>
      async (ctx) => {
        const deliveries = await ctx.db.query<{ id: string }>(
          `insert into webhook_deliveries (event_id, webhook_subscription_id, object_type, event, url)
         select e.id, s.id, e.object_type, e.event, s.url
         from events e join webhook_subscriptions s on s.partner_id = e.partner_id and s.object_type = e.object_type
         where e.id = $1 and s.status = 'enabled' and s.deleted_at is null and (s.event_types = '{}' or e.event = any (s.event_types))
         on conflict do nothing returning id`,
          [payload.event_id],
        )
        for (const { id } of deliveries) await jobs.add(ctx, 'webhooks.deliver', { delivery_id: id }, { key: `deliver:${id}` })
      },

    'webhooks.deliver': async (job) => {
      const who = whoOf(db, job)
      const [delivery] = await asEntity(db, { ...who, reading: true }, (ctx) =>
        ctx.db.query<DeliveryRow>(
          `select d.id, s.url, s.secret, e.id as event_id, e.created_at, e.object_type, e.object_id, e.event, e.entity_id,
                  s.id as subscription_id, d.requests_made_count, s.status = 'enabled' and s.deleted_at is null as enabled,
                  p.settings ->> 'api_version' as api_version
           from webhook_deliveries d join events e on e.entity_id = d.entity_id and e.id = d.event_id
           join webhook_subscriptions s on s.partner_id = d.partner_id and s.id = d.webhook_subscription_id
           join partners p on p.id = d.partner_id
           where d.id = $1`,
          [job.payload.delivery_id],
        ),
      )
      if (!delivery) return async () => {}
      if (!delivery.enabled)
        return async (ctx) => {
          await ctx.db.query(
            `update webhook_deliveries set was_successful = false, response = $2, updated_at = app_now() where id = $1`,
            [delivery.id, 'Not sent: the subscription was disabled or deleted'],
          )
        }
      if (!turns.take(delivery.subscription_id)) return async () => new Date(db.clock.now().getTime() + SUSPICION_MS)
      const body = bodyOf(delivery, delivery.api_version ?? apiVersion)
      const headers = {
        'content-type': 'application/json',
        'user-agent': 'Quittance',
        'monite-signature': sign(delivery.secret, body, Math.floor(db.clock.now().getTime() / 1000)),
      }
      const answer = await post(delivery.url, body, headers, { allowPrivate: config.webhooks_allow_private }).catch(
        (error: Error) => ({
          status: null,
          body: error.message,
        }),
      )
      const good = answer.status !== null && answer.status >= 200 && answer.status < 300
      const recovered = turns.give(delivery.subscription_id, good)
      if (recovered) await hurry(db, delivery.subscription_id)
      const made = delivery.requests_made_count + 1
      return async (ctx) => {
        await ctx.db.query(
          `update webhook_deliveries set requests_made_count = $2, response = $3, response_status_code = $4, was_successful = $5, url = $6, updated_at = app_now() where id = $1`,
          [delivery.id, made, answer.body, answer.status, good, delivery.url],
        )
        const wait = waits_ms[made - 1 - (job.payload.before ?? 0)]
        return good || wait === undefined ? null : new Date(db.clock.now().getTime() + wait)
      }
    },
  }
}

/** The endpoint answers again: what waits for its turn in the schedule is sent now. */
async function hurry(db: Db, subscription: string): Promise<void> {
  await asSystem(db, (ctx) =>
    ctx.db.query(
      `update jobs j set run_at = app_now() from webhook_deliveries d
       where d.webhook_subscription_id = $1 and d.was_successful = false and j.key = 'deliver:' || d.id and not j.dead
         and j.run_at > app_now() + make_interval(secs => ${(2 * SUSPICION_MS) / 1000})`,
      [subscription],
    ),
  )
  jobs.wake()
}

/** Who may be called now: an endpoint that failed gets one request at a time until it answers, so that it can't hold up the others. */
function createTurns(now: () => number) {
  const open = new Map<string, number>()
  const suspectUntil = new Map<string, number>()
  return {
    take(subscription: string): boolean {
      const count = open.get(subscription) ?? 0
      if (count >= ((suspectUntil.get(subscription) ?? 0) > now() ? 1 : OPEN_MAX)) return false
      open.set(subscription, count + 1)
      return true
    },
    /** Answers whether this was the first good answer after failures. */
    give(subscription: string, good: boolean): boolean {
      const count = (open.get(subscription) ?? 1) - 1
      if (count === 0) open.delete(subscription)
      else open.set(subscription, count)
      if (good) return suspectUntil.delete(subscription)
      if (suspectUntil.size > 10_000) suspectUntil.clear()
      suspectUntil.set(subscription, now() + SUSPICION_MS)
      return false
    },
  }
}

/** What a receiver gets: which object changed and how, never its data. */
function bodyOf(d: DeliveryRow, api_version: string): string {
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
