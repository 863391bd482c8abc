import { conflict, Refusal } from '../../core/refusal.ts'
import { resolveTerms } from '../../core/terms.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { readSettings } from '../entities/settings/settings.service.ts'
import { missingSentence } from './compliance.ts'
import { invoiceFlow } from './invoice.flow.ts'
import type { Recipients } from './receivables.schema.ts'
import { lockReceivable, move, type Stored, withArticle } from './receivables.service.ts'
import { usualRecipient } from './sending.service.ts'
import { verifyReceivable } from './verifying.service.ts'

/** The invoice that a recurrence makes others from: its base. */

/** A draft invoice that may become a base, locked. Refuses (`conflict`) everything else, also what a recurrence made. */
export async function lockBase(ctx: Ctx, id: string): Promise<Stored> {
  const row = await lockReceivable(ctx, id)
  if (row.type !== 'invoice') throw conflict(`This is ${withArticle[row.type]}; only invoices recur`)
  invoiceFlow.next(row.status, 'repeat')
  if (row.recurrence_id) throw conflict('The invoice was made by a recurrence: clone it to have another one')
  return row
}

interface SeriesPlan {
  readonly automation_level: 'draft' | 'issue' | 'issue_and_send'
  readonly recipients?: Recipients | null
  readonly start_date: string
}

/** Refuses (`conflict`) a base whose invoices could not be issued, or sent, as it stands today. Drafts are taken as they are. */
export async function checkBase(ctx: Ctx, id: string, { automation_level, recipients, start_date }: SeriesPlan): Promise<void> {
  if (automation_level === 'draft') return
  const base = await lockReceivable(ctx, id)
  const nothing = { entity: [], counterpart: [], receivable: [], products: [], vat_rates: [] }
  const { errors } = await verifyReceivable(ctx, id)
  const stop = errors && missingSentence({ ...nothing, ...errors }, 'invoice', null)
  if (stop) throw conflict(stop)
  if (base.ask.is_einvoice && automation_level === 'issue_and_send')
    throw conflict('An e-invoice goes through the network, and by mail only when it is issued: choose the automation level issue')
  await checkTermsAt(ctx, base, start_date)
  if (automation_level === 'issue_and_send' && !recipients?.to?.length && !(await usualRecipient(ctx, base)))
    throw conflict('The counterpart has no email address: name the recipients')
}

/** Terms that name days have to hold on the first day; on later ones they move along. */
async function checkTermsAt(ctx: Ctx, { ask }: Stored, day: string): Promise<void> {
  if (!ask.payment_terms) return
  const { receivable_edit_flow } = await readSettings(ctx)
  try {
    resolveTerms(ask.payment_terms, day, { allowPast: receivable_edit_flow === 'non_compliant' })
  } catch (refusal) {
    throw refusal instanceof Refusal ? conflict(refusal.message) : refusal
  }
}

/** The draft becomes the base of a recurrence; from now on it is neither edited nor issued. */
export async function startRepeating(ctx: Ctx, base: Stored, recurrence_id: string): Promise<void> {
  const status = invoiceFlow.next(base.status, 'repeat')
  await move(ctx, base, status, 'recurring', { recurrence_id })
}

/** The base of a recurrence that was canceled. It was never issued, so nothing is due of it. */
export async function stopRepeating(ctx: Ctx, id: string): Promise<void> {
  const base = await lockReceivable(ctx, id)
  const status = invoiceFlow.next(base.status, 'retire')
  await move(ctx, base, status, 'canceled', { amount_due: 0 })
}
