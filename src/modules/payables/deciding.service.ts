import { conflict } from '../../core/refusal.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { alarmsOf, alarmText } from './alarms.service.ts'
import { payableFlow } from './payables.flow.ts'
import { type ShownRow, shownPayable } from './payables.present.ts'
import {
  faultsIn,
  findPayable,
  frozenVendor,
  lockPayable,
  payWhenCovered,
  readLines,
  readRules,
  refuseWhileReading,
  step,
} from './payables.service.ts'
import { isUnderWay, payPayable } from './paying.service.ts'

/** Where a bill goes: it is submitted, approved or rejected, opened again, or given up. */

const shown = shownPayable

/** Sends a bill to be approved; which policy applies is found out right after. */
export async function submitPayable(ctx: Ctx, id: string) {
  const row = await lockPayable(ctx, id)
  payableFlow.next(row.status, 'submit')
  refuseWhileReading(row)
  const rules = await readRules(ctx)
  const faults = faultsIn(row, await readLines(ctx, id), rules)
  if (faults.length > 0) throw conflict(`The payable is not complete: ${faults.map(({ loc }) => loc.join('.')).join(', ')}`)
  const sent = await step(ctx, row, 'submit', 'submitted_for_approval', { ...(await frozenVendor(ctx, row, rules.partner)) })
  return shown(ctx, sent)
}

/** The bill is to be paid, past every vote. What was asked about it is for the caller to take back. */
export async function approvePayable(ctx: Ctx, id: string) {
  const row = await lockPayable(ctx, id)
  payableFlow.next(row.status, 'approve')
  refuseWhileReading(row)
  return shown(ctx, await approve(ctx, row))
}

async function approve(ctx: Ctx, row: ShownRow): Promise<ShownRow> {
  return payWhenCovered(ctx, await step(ctx, row, 'approve', 'approved', { ...(await settledVendor(ctx, row)) }))
}

const settledVendor = async (ctx: Ctx, row: ShownRow) => frozenVendor(ctx, row, (await readRules(ctx)).partner)

/** The bill is not to be paid. */
export async function rejectPayable(ctx: Ctx, id: string) {
  return shown(ctx, await step(ctx, await lockPayable(ctx, id), 'reject', 'rejected'))
}

/** What those who were asked have decided about a bill, whose row is locked. */
export async function decidePayable(
  ctx: Ctx,
  row: ShownRow,
  decision: 'approve' | 'reject' | 'pay',
  comment: string | null,
): Promise<void> {
  if (decision === 'approve') await approve(ctx, row)
  else if (decision === 'reject') await step(ctx, row, 'reject', 'rejected')
  else await payPayable(ctx, row, comment)
}

/** Opens a bill again that was rejected, or approved and not paid yet. */
export async function reopenPayable(ctx: Ctx, id: string) {
  const row = await lockPayable(ctx, id)
  payableFlow.next(row.status, 'reopen')
  if (row.status === 'waiting_to_be_paid' && (row.amount_paid > 0 || (await isUnderWay(ctx, id))))
    throw conflict('Payments of this payable are made or under way: it stays as it was approved')
  return shown(ctx, await step(ctx, row, 'reopen', 'reopened', { approval_policy_id: null, counterpart: null }))
}

/** Gives a bill up; nobody waits any more for what its file says. */
export async function cancelPayable(ctx: Ctx, id: string) {
  const row = await lockPayable(ctx, id)
  const reading = row.ocr_status === 'processing' && { ocr_status: 'canceled' as const }
  return shown(ctx, await step(ctx, row, 'cancel', 'canceled', { ...reading }))
}

/** The rules of completeness, asked without consequence. */
export async function validatePayable(ctx: Ctx, id: string) {
  const row = await findPayable(ctx, id)
  const validation_errors = faultsIn(row, await readLines(ctx, id), await readRules(ctx))
  return { id, validation_errors, warnings: (await alarmsOf(ctx, row)).map(alarmText) }
}
