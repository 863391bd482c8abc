import type { PlainDate } from '../../core/calendar.ts'
import { Refusal } from '../../core/refusal.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { localDay } from '../../platform/local-day.ts'
import { readSettings } from '../entities/settings/settings.service.ts'
import { type Missing, missingToIssue } from './compliance.ts'
import { type Ask, contentIn, type DraftLine, type Facts } from './draft.ts'
import { type Check, checkForVerify, legalFindings } from './einvoices/einvoices.service.ts'
import { copiesIn, readFacts, validRates } from './facts.ts'
import { findStored, linesOf, type Stored } from './receivables.service.ts'
import { reminderWarning } from './reminders/reminders.service.ts'

/** Whether a document may be issued, and what is missing where it may not. Nothing is changed. */

interface Verified {
  readonly errors: Partial<Missing> | null
  readonly warnings: { payment_reminders: string } | null
  /** What its e-invoice lacks, where one is made and something is to be said. */
  readonly einvoice?: Check
  /** What the law requires on it and is missing. */
  readonly legal?: ReturnType<typeof legalFindings>
}

/** What stands in the way of issuing, without changing anything. */
export async function verifyReceivable(ctx: Ctx, id: string): Promise<Verified> {
  const row = await findStored(ctx, id)
  // A credit note repeats what its invoice was issued with.
  if (row.type === 'credit_note') return { errors: null, warnings: null, ...(await beyond(ctx, row)) }
  const facts = await readFacts(ctx, row.ask, copiesIn(row.content)).catch((refusal) => faultyField(row.ask, refusal))
  const missing = typeof facts === 'string' ? { receivable: [facts] } : missingFor(row, facts, linesOf(row), await localDay(ctx))
  const errors = Object.fromEntries(Object.entries(missing).filter(([, list]) => list.length > 0)) as Partial<Missing>
  // An issued document goes to the contact of that day, a draft to the contact of the day when it is issued.
  const contact = typeof facts === 'string' || row.issue_date ? contentIn(row).counterpart_contact : facts.contact
  const payment_reminders = await reminderWarning(ctx, row, contact?.email ?? null)
  return {
    errors: Object.keys(errors).length > 0 ? errors : null,
    warnings: payment_reminders ? { payment_reminders } : null,
    ...(await beyond(ctx, row)),
  }
}

/** What is said beyond the contract, where there is something to say. */
async function beyond(ctx: Ctx, row: Stored): Promise<Pick<Verified, 'einvoice' | 'legal'>> {
  const settings = await readSettings(ctx)
  const check = await checkForVerify(ctx, row, settings)
  const legal = legalFindings(row, settings)
  return { ...(check && { einvoice: check }), ...(legal.length > 0 && { legal }) }
}

/** The field whose id leads nowhere any more, e.g. because the counterpart was deleted, or which doesn't go with the others. */
function faultyField(ask: Ask, refusal: unknown): string {
  if (!(refusal instanceof Refusal)) throw refusal
  if (refusal.kind === 'bad_request') return 'entity_bank_account'
  const field = Object.entries(ask).find(
    ([name, value]) => name.endsWith('_id') && value && refusal.message.includes(String(value)),
  )
  return field?.[0] ?? 'counterpart_id'
}

/** What the document lacks to be issued on a day. */
export function missingFor(row: Stored, facts: Facts, lines: readonly DraftLine[], day: PlainDate): Missing {
  return missingToIssue({
    type: row.type,
    facts,
    lines,
    vat_exempt: row.ask.vat_exempt ?? false,
    payment_page_url: row.payment_page_url,
    validRates: validRates(facts, day),
    day,
  })
}
