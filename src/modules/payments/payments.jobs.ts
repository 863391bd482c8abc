import { asEntity, asSystem, momentAfter, nowFor, onlyOf } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import { type JobHandlers, jobs, type KindsOf, type Schedule, whoOf } from '../../platform/jobs/jobs.ts'
import type { Machinery } from '../../platform/machinery.ts'
import { askProvider, beginItem, bookEvent, endUnsure, matchEvent, providerOf } from './carrying.service.ts'
import { expireDue } from './links/links.service.ts'
import { askPayout } from './providers/events.service.ts'

/** Payments go on by themselves: providers are asked and told, what they tell is booked, and links end in time. */
export function paymentJobs(machinery: Machinery): JobHandlers<KindsOf<'payments'>> {
  return {
    'payments.ask': async (job) => {
      const again = await askProvider(machinery, job, job.payload.provider, job.payload.reference)
      return async () => again
    },
    'payments.payout': async (job) => {
      await askPayout(machinery, job.payload, job)
      return async () => {}
    },
    'payments.unsure': async (job) => {
      await endUnsure(machinery, { ...job, intent_id: job.payload.payment_intent_id }, { attempt: 0, amount: 0 })
      return async () => {}
    },
    // Transfers by hand begin when somebody fetches the file for the bank.
    'payments.begin': async (job) => {
      await beginItem(machinery, { ...job, intent_id: job.payload.payment_intent_id })
      return async () => {}
    },
    'payments.event':
      async ({ payload: { id } }) =>
      (ctx) =>
        bookEvent(ctx, machinery, id),
    'payments.match': async ({ payload: { id } }) => {
      if (!(await matchEvent(machinery, id))) throw new Error('Nobody knows yet what payment this event is about')
      return async () => {}
    },
    // A provider that was too late to end a payment tells what came of it.
    'payments.tell': async (job) => {
      const { provider: name, reference } = job.payload
      const ended = await (await providerOf(machinery, job, name))?.cancel(reference)
      return async (ctx) => {
        if (ended === 'late')
          await jobs.add(ctx, 'payments.ask', { provider: name, reference }, { key: `payments.ask:${name}:${reference}` })
      }
    },
  }
}

const DUE = sql(`
  select id, partner_id, entity_id from payment_links where status = 'created' and expires_at <= :now::timestamptz
    and (:partner?::uuid is null or partner_id = :partner) and (:entity?::uuid is null or entity_id = :entity) order by expires_at limit 1000`)
const NEXT = sql(`select min(expires_at) as at from payment_links where status = 'created' and expires_at > app_now()`)
const UNSURE = sql(`
  select a.partner_id, a.entity_id, a.provider, a.reference as "reference!" from payment_attempts a
  join payment_intents i on i.entity_id = a.entity_id and i.id = a.payment_intent_id
  where i.status in ('created', 'processing') and i.provider_reference = a.reference and a.created_at < app_now() - interval '1 hour'
    and i.updated_at < app_now() - interval '1 hour' order by i.updated_at limit 1000`)

const MINUTE = 60_000

export const paymentSchedules = (machinery: Machinery): Schedule[] => [
  {
    name: 'payments.expire',
    every_ms: MINUTE,
    work: async (only) => {
      const { db } = machinery
      const [partner, entity] = onlyOf(only)
      const now = nowFor(db, only).toISOString()
      for (const link of await asSystem(db, (ctx) => DUE(ctx, { now, partner, entity })))
        await asEntity(machinery.db, whoOf(link), (ctx) => expireDue(ctx, link.id)).catch((error: Error) =>
          machinery.log.error({ err: error, payment_link_id: link.id }, 'a payment link could not be ended'),
        )
    },
    async next(ctx) {
      const { at } = await NEXT.one(ctx)
      return momentAfter(at)
    },
  },
  {
    // We ask for what nobody has told us for an hour.
    name: 'payments.reconcile',
    every_ms: 60 * MINUTE,
    work: async () => {
      for (const { provider, reference, ...owner } of await asSystem(machinery.db, (ctx) => UNSURE(ctx)))
        await askProvider(machinery, owner, provider, reference).catch((error: Error) =>
          machinery.log.warn({ err: error, provider, reference }, 'a provider did not say what came of a payment'),
        )
    },
  },
]
