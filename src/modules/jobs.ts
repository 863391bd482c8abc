import { availableParallelism } from 'node:os'
import { asSystem } from '../platform/database/context.ts'
import { sql } from '../platform/database/sql.ts'
import { API_VERSION } from '../platform/http/versions.ts'
import type { JobHandlers, Schedule, Slots } from '../platform/jobs/jobs.ts'
import { keptSumsSchedules } from '../platform/kept-sums/kept-sums.ts'
import type { Machinery } from '../platform/machinery.ts'
import { mailJobs } from '../platform/mail/mail.jobs.ts'
import { deliveriesSchedule } from '../platform/webhooks/retention.ts'
import { webhookJobs } from '../platform/webhooks/webhooks.jobs.ts'
import { accountingJobs } from './accounting/accounting.jobs.ts'
import { approvalJobs } from './approvals/approvals.jobs.ts'
import { eraseSchedule, fileJobs } from './common/files/files.jobs.ts'
import { einvoicingJobs, einvoicingSchedule } from './exchange/einvoicing.jobs.ts'
import { receiptJobs } from './expenses/receipts/receipts.jobs.ts'
import { exportJobs } from './exports/data-exports.jobs.ts'
import { dkimOf } from './mail/mailbox-domains/mailbox-domains.service.ts'
import { onboardingJobs, onboardingSchedules } from './onboarding/onboarding.jobs.ts'
import { auditLogSchedule } from './partner/audit-logs/audit-logs.jobs.ts'
import { ocrTaskJobs } from './payables/ocr-tasks/ocr-tasks.jobs.ts'
import { purchaseOrderJobs } from './payables/purchase-orders/purchase-orders.jobs.ts'
import { readingJobs } from './payables/reading/reading.jobs.ts'
import { paymentJobs, paymentSchedules } from './payments/payments.jobs.ts'
import { statementJobs } from './payments/statements/statements.jobs.ts'
import { deliveryNoteJobs } from './receivables/delivery-notes/delivery-notes.jobs.ts'
import { receivableJobs, receivableSchedules } from './receivables/receivables.jobs.ts'
import { recurrenceSchedule } from './receivables/recurrences/recurrences.jobs.ts'
import { reminderSchedule } from './receivables/reminders/reminders.jobs.ts'

/** Who does which kind of job. */
export const jobHandlers = (machinery: Machinery): JobHandlers => ({
  ...webhookJobs(machinery, API_VERSION),
  ...fileJobs(machinery),
  ...exportJobs(machinery),
  ...mailJobs(machinery, async (ctx, domain) => dkimOf(ctx, machinery.sealing, domain)),
  ...receivableJobs(machinery),
  ...readingJobs(machinery),
  ...receiptJobs(machinery),
  ...ocrTaskJobs(machinery),
  ...approvalJobs(machinery),
  ...deliveryNoteJobs(machinery),
  ...purchaseOrderJobs(machinery),
  ...paymentJobs(machinery),
  ...statementJobs(machinery),
  ...accountingJobs(machinery),
  ...onboardingJobs(machinery),
  ...einvoicingJobs(machinery),
})

/** Kinds of jobs that keep a processor busy for a second or more. */
const heavy = new Set(['files.draw', 'exports.make', 'payables.read', 'credit_notes.read', 'receipts.read', 'ocr_tasks.read'])
const heavySlots: Slots = { total: Math.max(2, availableParallelism()), partner: Math.max(1, availableParallelism() / 2) }
/** Most of their time these wait for somebody outside, who may never answer. */
const outside: Record<string, Slots> = {
  'webhooks.deliver': { total: 64, partner: 24 },
  'mail.send': { total: 32, partner: 8 },
  'accounting.sync': { total: 16, partner: 4 },
  'accounting.push': { total: 16, partner: 4 },
  'einvoicing.register': { total: 8, partner: 2 },
  'einvoicing.send': { total: 16, partner: 4 },
}

/** Hands for the kinds that need other than the usual ones. */
export const slotsOf = (kind: string): Slots | undefined => (heavy.has(kind) ? heavySlots : outside[kind])

const MINUTE = 60_000

const DROP_EXPIRED_TOKENS = sql(`delete from access_tokens where expires_at < app_now() - interval '1 day'`)
const DROP_OLD_KEYS = sql(`delete from idempotency_keys where created_at < now() - interval '7 days'`)

/** What runs by the clock. */
export const schedules = (machinery: Machinery): Schedule[] => [
  ...receivableSchedules(machinery),
  ...paymentSchedules(machinery),
  ...onboardingSchedules(machinery),
  reminderSchedule(machinery),
  recurrenceSchedule(machinery),
  eraseSchedule(machinery),
  auditLogSchedule(machinery),
  einvoicingSchedule(machinery),
  ...keptSumsSchedules(machinery.db),
  deliveriesSchedule(machinery.db, machinery.config.webhook_delivery_days),
  {
    name: 'sweep',
    every_ms: 60 * MINUTE,
    work: () =>
      asSystem(machinery.db, async (ctx) => {
        await DROP_EXPIRED_TOKENS(ctx)
        await DROP_OLD_KEYS(ctx)
      }),
  },
]
