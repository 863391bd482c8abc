import type { PlainDate } from '../../core/calendar.ts'
import { localDate } from '../../core/local-day.ts'
import { conflict } from '../../core/refusal.ts'
import { randomSecret } from '../../platform/auth/secrets.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { RawJson } from '../../platform/http/types.ts'
import { localDay, zoneOfEntity } from '../../platform/local-day.ts'
import { orderSending } from '../einvoicing/ordering.service.ts'
import { numberValues } from '../entities/document-numbers/document-numbers.service.ts'
import { readSettings } from '../entities/settings/settings.service.ts'
import { missingSentence, termsFault, usualFulfillment } from './compliance.ts'
import { issueCreditNote } from './credits.service.ts'
import { type Ask, type Composed, compose, contentIn, type DraftLine, type Facts } from './draft.ts'
import { changedAsk, checkAskedTerms, type DraftChanges, withTexts } from './drafts.service.ts'
import { checkReceivable, participantOf } from './einvoices/einvoices.service.ts'
import { partiesInNetwork, refuseInvalid } from './einvoices/network.service.ts'
import { einvoiceFacts } from './einvoices/sold.snapshot.ts'
import { copiesIn, defaultBillingAddress, factsOnDocument, readCounterpart, readFacts, readOwn } from './facts.ts'
import { invoiceFlow } from './invoice.flow.ts'
import { instantOf, mayEditIssued, OFFSET } from './invoice.ts'
import { lapse } from './lapsing.service.ts'
import { numberFor } from './numbering.ts'
import type { UpdateIssuedInvoice } from './receivables.schema.ts'
import {
  besideContent,
  contentHash,
  linesOf,
  lockReceivable,
  move,
  moveAndNumber,
  nextStatus,
  noun,
  orderPages,
  readFiling,
  rewrite,
  type Stored,
  shown,
  withArticle,
  write,
} from './receivables.service.ts'
import { missingFor } from './verifying.service.ts'

/** From draft to document, and what may still be done to the document itself. */

/** Statuses in which issuing again is harmless: the published client does so before it sends. */
const alreadyIssued: Record<string, ReadonlySet<string>> = {
  invoice: new Set(['issued', 'partially_paid', 'overdue', 'paid']),
  quote: new Set(['issued']),
  credit_note: new Set(['issued']),
}

/** A draft becomes a document: checked, numbered, dated, and frozen as it stands today. */
export async function issueReceivable(ctx: Ctx, id: string): Promise<RawJson> {
  const draft = await lockReceivable(ctx, id)
  if (alreadyIssued[draft.type]!.has(draft.status)) return shown(ctx, draft)
  if (draft.type === 'credit_note') return issueCreditNote(ctx, draft)
  const electronic = draft.type === 'invoice' && draft.ask.is_einvoice === true
  const status = electronic ? invoiceFlow.next(draft.status, 'hand_over') : nextStatus(draft, 'issue')
  const facts = await readFacts(ctx, draft.ask, copiesIn(draft.content))
  const lines = linesOf(draft)
  const today = await localDay(ctx)
  const stop = missingSentence(missingFor(draft, facts, lines, today), noun[draft.type], termsFault(facts, today))
  if (stop) throw conflict(stop)

  if (electronic) await refuseBeforeNumber(ctx, draft, facts)
  if (ctx.conclude && !electronic && !draft.document_id) {
    const made = composeIssued(draft, facts, lines, today)
    // Once the number is taken, whoever issues next waits: it is taken by the statement that writes the document, and committed at once.
    if (!isLapsed(made, today)) {
      const numbering = numberValues(ctx, draft.type, facts.settings, today)
      const [, row] = await Promise.all([
        orderPages(ctx, id),
        moveAndNumber(ctx, draft, status, numbering, issuedColumns(facts, made)),
      ])
      return row
    }
  }
  const { day, at, ...numbered } = await numberFor(ctx, draft, facts.settings, today)
  const made = composeIssued(draft, facts, lines, day)
  if (electronic) return handOver(ctx, draft, { ...made, facts, day, at, ...numbered })
  const issued = {
    ...issuedColumns(facts, made),
    ...numbered,
    amount_due: made.figures.total_amount,
    pdf_stale: true,
    issue_date: at,
    issued_on: day,
    content_hash: contentHash(numbered.document_id, day, made.due_date, made.figures.total_amount, made.text),
  }
  const [row] = await Promise.all([move(ctx, draft, status, 'issued', issued), orderPages(ctx, id)])
  return isLapsed(made, today) ? lapse(ctx, { ...draft, status }) : row
}

interface Made extends Composed {
  readonly ask: Ask
  /** The content as it is kept. */
  readonly text: string
}

/** What the document says when it is issued on `day`. */
function composeIssued(draft: Stored, facts: Facts, lines: readonly DraftLine[], day: PlainDate): Made {
  const usual = draft.type === 'invoice' ? usualFulfillment(facts, day) : null
  const ask = { ...draft.ask, fulfillment_date: draft.ask.fulfillment_date ?? usual }
  const composed = compose(ask, lines, facts, day, { allowPast: !isCompliant(facts) })
  return { ...composed, ask, text: JSON.stringify(composed.content) }
}

const isCompliant = ({ settings }: Facts) => settings.receivable_edit_flow !== 'non_compliant'
const isLapsed = ({ due_date, figures }: Made, today: PlainDate) =>
  due_date !== null && figures.total_amount > 0 && due_date < today

/** What issuing writes beside the number, the days and the fingerprint. */
const issuedColumns = (facts: Facts, { ask, figures, content, due_date, early_terms, text }: Made) => ({
  ...figures,
  ...besideContent(content),
  due_date,
  early_terms,
  counterpart_name: facts.counterpart.name,
  ask,
  content: new RawJson(text),
  einvoice_facts: einvoiceFacts(facts),
  frozen: isCompliant(facts),
  page_key: randomSecret(),
})

/** Refuses (`conflict`) an e-invoice that can't go to the network, or that its receiver would refuse, before a number is used. */
async function refuseBeforeNumber(ctx: Ctx, draft: Stored, facts: Facts): Promise<void> {
  const { own, theirs } = facts.network
  partiesInNetwork({
    ...contentIn(draft),
    network_credentials: own,
    counterpart_einvoicing_credentials: theirs,
    entity_address: facts.entity.address,
    counterpart_billing_address: facts.billing_address,
  })
  refuseInvalid((await checkReceivable(ctx, draft.id, 'peppol_bis_3')).findings)
}

interface HandedOver extends Made {
  readonly facts: Facts
  readonly day: PlainDate
  readonly at: string
  readonly document_id: string
  readonly number: number | null
}

/** The invoice gets its number and goes to the network; it is issued when it is taken. */
async function handOver(ctx: Ctx, draft: Stored, made: HandedOver): Promise<RawJson> {
  const { ask, text, facts, figures, content, due_date, early_terms, day, at, document_id, number } = made
  const status = invoiceFlow.next(draft.status, 'hand_over')
  const { own, theirs } = partiesInNetwork(content)
  const columns = {
    ...figures,
    ...besideContent(content),
    document_id,
    number,
    reserved_at: at,
    reserved_on: day,
    due_date,
    early_terms,
    counterpart_name: facts.counterpart.name,
    amount_due: figures.total_amount,
    ask,
    content: new RawJson(text),
    einvoice_facts: einvoiceFacts(facts),
    einvoice_error: null,
  }
  const row = await move(ctx, draft, status, 'status_changed', columns)
  await orderSending(ctx, draft.id, participantOf(own), participantOf(theirs))
  return row
}

/**
 * In the compliant mode only what is beside the document can change; without it, everything as long as the invoice is open. Of the
 * base of a recurrence only the metadata can.
 */
export async function updateIssued(ctx: Ctx, id: string, body: UpdateIssuedInvoice): Promise<RawJson> {
  const at = ['body', 'issued_invoice']
  const { tag_ids, attachments, partner_metadata, project_id, ...asked } = body
  checkAskedTerms(asked, at)
  const [before, settings, beside] = await Promise.all([
    lockReceivable(ctx, id),
    readSettings(ctx),
    readFiling(ctx, { tag_ids, attachments, partner_metadata, project_id, ...asked }, at),
  ])
  const { partner_metadata: metadata, ...rest } = body
  const base = before.type === 'invoice' && !before.issue_date && ['recurring', 'canceled'].includes(before.status)
  if (base && metadata !== undefined && Object.keys(rest).length === 0)
    return write(ctx, id, 'updated', { partner_metadata: beside.partner_metadata })
  if (before.type !== 'invoice' || !before.issue_date)
    throw conflict(`Wrong payload for ${withArticle[before.type]} whose status is ${before.status}`)
  if (Object.values(asked).every((value) => value === undefined))
    return write(ctx, id, 'updated', { ...beside, pdf_stale: project_id === undefined ? undefined : true })
  mayEditIssued(before, settings)

  const { issue_date, due_date, ...inside } = asked
  const billing = inside.counterpart_id && {
    counterpart_billing_address_id: await defaultBillingAddress(ctx, inside.counterpart_id),
  }
  const changed = changedAsk(before.ask, { ...inside, ...billing } as DraftChanges, at)
  const facts = await readChanged(ctx, changed, inside, factsOnDocument(before.ask, before.content, settings))
  const payment_terms = due_date ? { ...facts.payment_terms, term_final: { end_date: due_date } } : facts.payment_terms
  const ask = { ...changed, payment_terms, ...(due_date && { payment_terms_id: null }) }
  const dated = issue_date ? dayAsked(issue_date, await zoneOfEntity(ctx)) : undefined
  const known = { document_id: before.document_id, issued_on: dated?.issued_on ?? before.issued_on }
  const lines = linesOf(before)
  const current = { ...facts, payment_terms: payment_terms as Facts['payment_terms'] }
  return rewrite(ctx, before, withTexts(ask, lines, current, inside, known), lines, current, { ...beside, dated })
}

/**
 * The day that a moment of issue means. Whoever writes the beginning of a day in UTC, or no offset, means that day; any other moment falls
 * on a day of the entity.
 */
function dayAsked(text: string, zone: string): { issue_date: string; issued_on: PlainDate } {
  const issue_date = instantOf(text)
  const named = issue_date.endsWith('T00:00:00.000Z') || !OFFSET.test(text)
  return { issue_date, issued_on: named ? issue_date.slice(0, 10) : localDate(new Date(issue_date), zone) }
}

/** The document's own copies, and in their place what the change names: the rest of an issued document never refreshes itself. */
async function readChanged(ctx: Ctx, ask: Ask, asked: UpdateIssuedInvoice, own: Facts): Promise<Facts> {
  const named = (...fields: (keyof UpdateIssuedInvoice)[]) => fields.some((field) => asked[field] !== undefined)
  const facts = { ...own }
  if (named('counterpart_id')) Object.assign(facts, await readCounterpart(ctx, ask))
  else if (named('contact_id', 'counterpart_vat_id_id')) {
    const { contact, counterpart_vat_id } = await readCounterpart(ctx, ask)
    if (named('contact_id')) facts.contact = contact
    if (named('counterpart_vat_id_id')) facts.counterpart_vat_id = counterpart_vat_id
  }
  if (named('entity_vat_id_id')) facts.entity_vat_id = (await readOwn(ctx, ask, own)).entity_vat_id
  if (named('payment_terms', 'payment_terms_id')) facts.payment_terms = (await readOwn(ctx, ask, own)).payment_terms
  return facts
}
