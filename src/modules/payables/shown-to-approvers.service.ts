import { billDue } from '../../core/bills.ts'
import { ifRefused } from '../../core/refusal.ts'
import { freely } from '../../platform/auth/reach.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { fileObject } from '../common/files/files.service.ts'
import { type Alarm, alarmsOf } from './alarms.service.ts'
import { snapshotOf } from './linking.service.ts'
import type { RawCounterpart } from './payables.schema.ts'
import { faultsIn, findPayable, type LineRow, readLines, readRules } from './payables.service.ts'

/** What somebody who is asked to approve a bill is shown of it, whatever else they may see. Amounts in minor units. */
export interface ShownBill {
  readonly document_id: string | null
  readonly description: string | null
  readonly currency: string | null
  readonly issued_at: string | null
  readonly due_date: string | null
  readonly subtotal: number | null
  readonly tax_amount: number | null
  readonly discount: number | null
  readonly total_amount: number | null
  readonly amount_paid: number
  readonly amount_credited: number
  readonly amount_due: number | null
  readonly vendor: RawCounterpart | null
  readonly lines: readonly Pick<
    LineRow,
    'name' | 'description' | 'quantity' | 'unit' | 'unit_price' | 'unit_price_exact' | 'tax' | 'subtotal'
  >[]
  readonly file: ShownFile | null
  readonly alarms: readonly Alarm[]
  /** Where its sums contradict each other. */
  readonly contradictions: readonly string[]
}

interface ShownFile {
  readonly name: string
  readonly url: string
  /** Pictures of its pages, in their order. */
  readonly pictures: readonly string[]
}

/** The bill as its approvers see it; null when it is gone. */
export async function billToApprove(ctx: Ctx, id: string): Promise<ShownBill | null> {
  const row = await findPayable(freely(ctx), id).catch(ifRefused(() => null, 'not_found'))
  if (!row) return null
  const lines = await readLines(ctx, id)
  const vendor = row.counterpart ?? (await snapshotOf(ctx, row))
  const faults = faultsIn(row, lines, await readRules(ctx))
  return {
    document_id: row.document_id,
    description: row.description,
    currency: row.currency,
    issued_at: row.issued_at,
    due_date: row.due_date,
    subtotal: row.subtotal,
    tax_amount: row.tax_amount,
    discount: row.discount,
    total_amount: row.total_amount,
    amount_paid: row.amount_paid,
    amount_credited: row.amount_credited,
    amount_due: billDue(row),
    // Where no account of the vendor was chosen, the one on the document is what will be paid to.
    vendor: vendor && { ...vendor, bank_account: vendor.bank_account ?? row.counterpart_raw_data?.bank_account },
    lines,
    file: shownFile(row.file),
    alarms: await alarmsOf(ctx, row),
    contradictions: faults.filter(({ type }) => type === 'value_error').map(({ msg }) => msg),
  }
}

/** Pictures that browsers show by themselves. */
const SHOWABLE = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])

function shownFile(stored: Record<string, unknown> | null): ShownFile | null {
  const file = fileObject(stored)
  if (!file) return null
  const { name, url, mimetype, pages, previews } = file
  const largest = [...(previews ?? [])].sort((a, b) => b.width - a.width)[0]?.url
  const picture = SHOWABLE.has(mimetype) ? url : largest
  const drawn = (pages ?? []).map((page) => page.url)
  return { name, url, pictures: drawn.length > 0 ? drawn : picture ? [picture] : [] }
}
