import type { Ctx } from '../../platform/database/context.ts'
import type { RawJson } from '../../platform/http/types.ts'
import { localDay } from '../../platform/local-day.ts'
import { invoiceFlow } from './invoice.flow.ts'
import { lockReceivable, move, type Stored } from './receivables.service.ts'

/** The due date has passed: the invoice is overdue. */
export const lapse = (ctx: Ctx, invoice: Stored): Promise<RawJson> =>
  move(ctx, invoice, invoiceFlow.next(invoice.status, 'lapse'), 'overdue', {})

/** The schedule's step for one invoice: looks again under the lock, for somebody may have paid meanwhile. */
export async function lapseDue(ctx: Ctx, id: string): Promise<void> {
  const row = await lockReceivable(ctx, id)
  const open = row.type === 'invoice' && (row.status === 'issued' || row.status === 'partially_paid')
  if (!open || row.amount_due === 0 || row.due_date === null) return
  if (row.due_date < (await localDay(ctx))) await lapse(ctx, row)
}
