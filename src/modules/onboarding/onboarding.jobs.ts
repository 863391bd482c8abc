import { asEntity, asSystem, momentAfter, nowFor, onlyOf } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import { type JobHandlers, type KindsOf, type Schedule, whoOf } from '../../platform/jobs/jobs.ts'
import type { Machinery } from '../../platform/machinery.ts'
import { sealOlder } from '../common/files/identity.service.ts'
import { eraseDue } from './documents/erasing.service.ts'
import { kycIn, submissionOf } from './kyc.service.ts'
import { askLater, hear, knownTo, lockOnboarding, markSubmitted, refresh, stillFits, toSubmit } from './onboarding.service.ts'

/** Hands in what is complete, and tells what changed. */
export function onboardingJobs(machinery: Machinery): JobHandlers<KindsOf<'onboarding'>> {
  const { db } = machinery
  return {
    'onboarding.refresh': async (job) => {
      const { found, kyc } = await asEntity(db, { ...whoOf(job), reading: true }, async (ctx) => ({
        found: await toSubmit(ctx, machinery),
        kyc: await kycIn(ctx, machinery),
      }))
      const shown = found && submissionOf(machinery, job, kyc.name, found)
      const report = shown && (await kyc.submit(shown, `${shown.entity_id}:${shown.submitted}`))
      return async (ctx) => {
        if (found) {
          await lockOnboarding(ctx, machinery)
          await markSubmitted(ctx, found)
        }
        // What the provider saw may have changed meanwhile: then it is handed in again.
        const now = found && (await toSubmit(ctx, machinery))
        if (report && !now) await hear(ctx, machinery, kyc.name, report)
        else await refresh(ctx, machinery)
        if (report?.ask_at) await askLater(ctx, report.ask_at)
        return now ? ctx.now : null
      }
    },
    'onboarding.ask': async (job) => {
      const { kyc, known } = await asEntity(db, { ...whoOf(job), reading: true }, async (ctx) => {
        const kyc = await kycIn(ctx, machinery)
        return { kyc, known: await knownTo(ctx, kyc.name) }
      })
      const report = known && kyc.news ? await kyc.news(known) : null
      return async (ctx) => {
        if (!report) return null
        await lockOnboarding(ctx, machinery)
        await hear(ctx, machinery, kyc.name, await stillFits(ctx, report))
        return report.ask_at ? new Date(report.ask_at) : null
      }
    },
  }
}

const DUE = sql(`
  select partner_id, entity_id from onboardings where next_deadline <= :now::timestamptz
    and (:partner?::uuid is null or partner_id = :partner) and (:entity?::uuid is null or entity_id = :entity) order by next_deadline limit 1000`)

const NEXT = sql(`select min(next_deadline) as at from onboardings where next_deadline > app_now()`)

const MINUTE = 60_000

/** A deadline passes without a word from anybody. */
const deadlines = (machinery: Machinery): Schedule => ({
  name: 'onboarding.deadlines',
  every_ms: MINUTE,
  work: async (only) => {
    const { db } = machinery
    const [partner, entity] = onlyOf(only)
    const now = nowFor(db, only).toISOString()
    for (const due of await asSystem(db, (ctx) => DUE(ctx, { now, partner, entity })))
      await asEntity(machinery.db, whoOf(due), (ctx) => refresh(ctx, machinery)).catch((error: Error) =>
        machinery.log.error({ err: error, entity_id: due.entity_id }, 'a deadline of an onboarding could not be looked at'),
      )
  },
  async next(ctx) {
    const { at } = await NEXT.one(ctx)
    return momentAfter(at)
  },
})

export const onboardingSchedules = (machinery: Machinery): Schedule[] => [
  deadlines(machinery),
  {
    name: 'onboarding.documents',
    every_ms: 60 * MINUTE,
    work: async () => {
      await sealOlder(machinery)
      await eraseDue(machinery)
    },
  },
]
