import { asEntity, asSystem } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import { type JobHandlers, type KindsOf, type Schedule, whoOf } from '../../platform/jobs/jobs.ts'
import type { Machinery } from '../../platform/machinery.ts'
import { eraseDue, sealOlder } from '../common/files/identity.service.ts'
import { kycIn, submissionOf } from './kyc.service.ts'
import { askLater, hear, knownTo, lockOnboarding, markSubmitted, refresh, stillFits, toSubmit } from './onboarding.service.ts'

/** Hands in what is complete, and tells what changed. */
export function onboardingJobs(machinery: Machinery): JobHandlers<KindsOf<'onboarding'>> {
  const { db } = machinery
  return {
    'onboarding.refresh': async (job) => {
      const { found, kyc } = await asEntity(db, { ...whoOf(db, job), reading: true }, async (ctx) => ({
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
      const { kyc, known } = await asEntity(db, { ...whoOf(db, job), reading: true }, async (ctx) => {
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
  select partner_id, entity_id from onboardings where next_deadline <= app_now() order by next_deadline limit 1000`)

const MINUTE = 60_000

/** A deadline passes without a word from anybody. */
const deadlines = (machinery: Machinery): Schedule => ({
  name: 'onboarding.deadlines',
  every_ms: MINUTE,
  work: async () => {
    for (const due of await asSystem(machinery.db, (ctx) => DUE(ctx)))
      await asEntity(machinery.db, whoOf(machinery.db, due), (ctx) => refresh(ctx, machinery)).catch((error: Error) =>
        machinery.log.error({ err: error, entity_id: due.entity_id }, 'a deadline of an onboarding could not be looked at'),
      )
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
