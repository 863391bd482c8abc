import type { Finding } from '../../../core/einvoice/model.ts'
import { conflict } from '../../../core/refusal.ts'
import { randomSecret } from '../../../platform/auth/secrets.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { localDay } from '../../../platform/local-day.ts'
import { readSettings } from '../../entities/settings/settings.service.ts'
import { invoiceFlow } from '../invoice.flow.ts'
import { contentHash, lockReceivable, move, orderPages, write } from '../receivables.service.ts'
import { sentence } from './einvoices.service.ts'
import type { EinvoiceContent } from './sold.snapshot.ts'

/** What becomes of an invoice that went to the network: issued when it is taken, failed when it is not. */

/** Who sends to whom, by their numbers in the network; a `conflict` where one of them has none, or the countries don't take part. */
export function partiesInNetwork(content: EinvoiceContent) {
  const { network_credentials: own, counterpart_einvoicing_credentials: theirs } = content
  if (!own)
    throw conflict(
      'The entity has no e-invoicing connection, or none with a number of its own (network_credentials_id): issue the invoice without is_einvoice',
    )
  if (!theirs) throw conflict('The counterpart has no number in the network: name counterpart_einvoicing_credentials_id')
  for (const { country } of [content.entity_address, content.counterpart_billing_address])
    if (!SERVED.has(country)) throw conflict(`E-invoices go from and to ${[...SERVED].join(', ')}, not ${country}`)
  return { own, theirs }
}
const SERVED: ReadonlySet<string> = new Set(['BE', 'DE', 'NL'])

/** Refuses (`conflict`) what receivers would refuse, before a number is used. */
export function refuseInvalid(findings: readonly Finding[]): void {
  const stop = sentence(findings)
  if (stop) throw conflict(`The invoice is not a valid e-invoice: ${stop}`)
}

/** The network took it: the invoice is issued, on the day that goes with its number. `file` is what it was given. */
export async function acceptEinvoice(ctx: Ctx, id: string, file: string): Promise<void> {
  const row = await lockReceivable(ctx, id)
  if (row.status !== 'issuing') {
    if (row.einvoice_file_key !== file) await write(ctx, id, 'updated', { einvoice_file_key: file }, { quiet: true })
    return
  }
  const { reserved_at: at, reserved_on: day, document_id, due_date } = row
  if (!at || !day || !document_id) throw new Error('An invoice is being issued without a number')
  const status = invoiceFlow.next(row.status, 'accept')
  const { receivable_edit_flow } = await readSettings(ctx)
  const issued = {
    issue_date: at,
    issued_on: day,
    content_hash: contentHash(document_id, day, due_date, row.total_amount, row.content),
    frozen: receivable_edit_flow !== 'non_compliant',
    page_key: randomSecret(),
    pdf_stale: true,
    einvoice_error: null,
    einvoice_file_key: file,
  }
  await move(ctx, row, status, 'issued', issued)
  await orderPages(ctx, id)
  if (due_date !== null && row.total_amount > 0 && due_date < (await localDay(ctx))) {
    await move(ctx, { ...row, status }, invoiceFlow.next(status, 'lapse'), 'overdue', {})
  }
}

/** The network refused it: it keeps its number and can be edited. What was issued already is only told what is said against it. */
export async function refuseEinvoice(ctx: Ctx, id: string, reason: string): Promise<void> {
  const row = await lockReceivable(ctx, id)
  const comment = reason.slice(0, 2000)
  if (row.status !== 'issuing') {
    await write(ctx, id, 'updated', { einvoice_error: comment }, { data: { einvoice_error_comment: comment } })
    return
  }
  const status = invoiceFlow.next(row.status, 'refuse')
  const data = { einvoice_error_comment: comment }
  await move(ctx, row, status, 'status_changed', { einvoice_error: comment }, { data })
}
