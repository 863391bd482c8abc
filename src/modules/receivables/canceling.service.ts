import type { Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import type { RawJson } from '../../platform/http/types.ts'
import type { Machinery } from '../../platform/machinery.ts'
import { readSettings } from '../entities/settings/settings.service.ts'
import { creditInFull } from './credits.service.ts'
import { cancel, writeOff } from './invoice.ts'
import { lockInvoice, move, orderPages } from './receivables.service.ts'
import { mailInOwnWords } from './sending.service.ts'

/** How an invoice ends that is not paid: written off, or taken back. */

/** Gives up what is still due. */
export async function markUncollectible(ctx: Ctx, id: string, comment: string | null | undefined): Promise<RawJson> {
  const before = await lockInvoice(ctx, id)
  return move(ctx, before, writeOff(before).status, 'uncollectible', { comment: comment ?? undefined })
}

const DRAFT_CREDIT = sql(
  `select from receivables where based_on = :based_on and type = 'credit_note' and status = 'draft' and deleted_at is null limit 1`,
)

/** Takes an invoice back. By the rules that is a credit note over what is due, issued at once and mailed to the customer. */
export async function cancelInvoice(machinery: Machinery, ctx: Ctx, id: string): Promise<null> {
  const [before, settings, drafts] = await Promise.all([
    lockInvoice(ctx, id),
    readSettings(ctx),
    DRAFT_CREDIT(ctx, { based_on: id }),
  ])
  const compliant = settings.receivable_edit_flow !== 'non_compliant'
  const { status, credited } = cancel(before, { compliant, draftCreditNote: drafts.length > 0 })
  if (credited > 0) {
    await mailInOwnWords(machinery, ctx, await creditInFull(ctx, before, settings))
    return null
  }
  // Whatever the settings say of payments: a page that asks for one would be wrong from now on.
  await Promise.all([move(ctx, before, status, 'canceled', { amount_due: 0, pdf_stale: true }), orderPages(ctx, id)])
  return null
}
