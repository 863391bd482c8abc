import { daysBetween } from '../../../core/calendar.ts'
import { Refusal } from '../../../core/refusal.ts'
import { attempt } from '../../../platform/database/attempt.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { localDay } from '../../../platform/local-day.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import { TemplateError } from '../../../platform/templates/templates.ts'
import { invoiceFromBase } from '../cloning.service.ts'
import { issueReceivable } from '../issue.service.ts'
import type { Recipients } from '../receivables.schema.ts'
import { sendReceivable, usualRecipient } from '../sending.service.ts'
import type { RecurrenceResponse } from './recurrences.schema.ts'
import { completeIfDone, recurrenceTable } from './recurrences.service.ts'

/** What becomes of a day of a recurrence. */

type Outcome = { status: 'completed' | 'issue_failed' | 'send_failed'; issued_invoice_id: string | null }

type Made = Awaited<ReturnType<typeof invoiceFromBase>>

const PENDING = sql(
  `select from recurrence_iterations where recurrence_id = :recurrence_id and iteration = :iteration and status = 'pending' and issue_at <= :issue_at`,
)
const DONE = sql(
  `update recurrence_iterations set status = :status, issued_invoice_id = :issued_invoice_id?, updated_at = app_now() where recurrence_id = :recurrence_id and iteration = :iteration`,
)

/**
 * Does one day of a recurrence, once: looks again under its lock, for another process may have done it, or somebody have paused or
 * canceled it meanwhile. Whatever can't be issued or sent is noted; the next day has its own chance.
 */
export async function runIteration(machinery: Machinery, ctx: Ctx, id: string, iteration: number): Promise<void> {
  const recurrence = await rows.lock(ctx, recurrenceTable, id)
  if (recurrence.status !== 'active') return
  const due = await PENDING(ctx, { recurrence_id: id, iteration, issue_at: await localDay(ctx) })
  if (due.length === 0) return
  const { status, issued_invoice_id } = await make(machinery, ctx, recurrence)
  await DONE(ctx, { recurrence_id: id, iteration, status, issued_invoice_id })
  const after = await rows.find(ctx, recurrenceTable, id)
  const left = after.iterations.some((one) => one.status === 'pending')
  if (left) await rows.move(ctx, recurrenceTable, after, 'edit', 'updated', {})
  else await completeIfDone(ctx, after)
}

/** Those that were named; who only gets copies doesn't keep the customer from getting the mail. */
async function recipientsOf(ctx: Ctx, { recipients }: RecurrenceResponse, invoice: Made): Promise<Recipients | null> {
  if (!recipients || recipients.to?.length) return recipients ?? null
  const usual = await usualRecipient(ctx, invoice)
  return { ...recipients, to: usual ? [usual] : [] }
}

/** The invoice, as far as the automation goes. Made late, it is dated today all the same. */
async function make(machinery: Machinery, ctx: Ctx, recurrence: RecurrenceResponse): Promise<Outcome> {
  const { id, invoice_id, automation_level, start_date, subject_text, body_text } = recurrence
  /** One step that may be refused: then it leaves nothing behind, and what came before it stays. */
  async function step<T>(work: () => Promise<T>): Promise<T | null> {
    const attempted = await attempt(ctx, work, [Refusal, TemplateError])
    if ('done' in attempted) return attempted.done
    machinery.log.info(
      { recurrence: id, reason: attempted.refused.message },
      'the next invoice of a recurrence could not be made',
    )
    return null
  }

  const day = await localDay(ctx)
  const made = await step(() => invoiceFromBase(ctx, invoice_id, daysBetween(start_date, day)))
  if (!made) return { status: 'issue_failed', issued_invoice_id: null }
  const issued_invoice_id = made.id
  if (automation_level === 'draft') return { status: 'completed', issued_invoice_id }
  if (!(await step(() => issueReceivable(ctx, made.id)))) return { status: 'issue_failed', issued_invoice_id }
  if (automation_level === 'issue') return { status: 'completed', issued_invoice_id }
  const words = { subject_text: subject_text!, body_text: body_text! }
  const sent = await step(async () => {
    const recipients = await recipientsOf(ctx, recurrence, made)
    return sendReceivable(machinery, ctx, made.id, { ...words, recipients })
  })
  return { status: sent ? 'completed' : 'send_failed', issued_invoice_id }
}
