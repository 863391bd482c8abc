import { createHash } from 'node:crypto'
import { utcDate } from '../../core/calendar.ts'
import { badRequest, conflict, forbidden, invalid, notFound } from '../../core/refusal.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { json } from '../../platform/database/rows.ts'
import { fileLink } from '../../platform/files/links.ts'
import { jobs } from '../../platform/jobs/jobs.ts'
import { RawJson } from '../../platform/http/types.ts'
import { metadataJson } from '../entities/entities/entities.ts'
import { fulfillmentDateCountries } from './compliance.data.ts'
import { type Missing, missingSentence, missingToIssue } from './compliance.ts'
import { type Ask, compose, type Composed, type DraftLine, type Facts } from './draft.ts'
import { readFacts, readLines, readReferences, validRates } from './facts.ts'
import { cancel, type Invoice, paidAt, payAll, payPart, writeOff } from './invoice.ts'
import { creditNoteFlow, type DraftState, invoiceFlow, type InvoiceState, quoteFlow } from './invoice.flow.ts'
import { nextNumber } from './numbering.ts'
import { COLUMNS, present, type ReceivableRow } from './receivables.present.ts'
import type { CreateInvoice, CreateQuote, LineItem, LineItemUpdate, UpdateInvoice, UpdateIssuedInvoice, UpdateQuote } from './receivables.schema.ts'
import { substitute } from './variables.ts'

/** The shell around the decisions: lock, read, decide, write. No rules here, only their order. */

export interface Stored extends ReceivableRow {
  ask: Ask
  frozen: boolean
}

const today = (ctx: Ctx) => utcDate(ctx.now)
const missing = (id: string) => notFound(`There is no receivable by provided id: ${id}`)
const bodyFlow = { invoice: invoiceFlow, quote: quoteFlow, credit_note: creditNoteFlow } as const
const noun = { invoice: 'invoice', quote: 'quote', credit_note: 'credit note' } as const

/** The document, or a 404; a 403 when the role is limited to the user's own. */
export async function findReceivable(ctx: Ctx, id: string, lock = ''): Promise<Stored> {
  const [row] = await ctx.db.query<Stored>(
    `select ${COLUMNS}, ${lock ? 't.ask, t.frozen' : 'null as ask, t.frozen'} from receivables t where t.id = $1 and t.deleted_at is null${lock}`,
    [id],
  )
  if (!row) throw missing(id)
  if (ctx.own && row.entity_user_id !== ctx.userId) throw forbidden('This receivable belongs to another user')
  return row
}

const lockReceivable = (ctx: Ctx, id: string) => findReceivable(ctx, id, ' for update of t')

export const readReceivable = async (ctx: Ctx, id: string): Promise<RawJson> => present(await findReceivable(ctx, id), today(ctx))

// Drafts

type Create = CreateInvoice | CreateQuote

/** A draft: everything it refers to is read, copied and added up; it has no number yet. */
export async function createReceivable(ctx: Ctx, body: Create): Promise<RawJson> {
  const { line_items, tag_ids, attachments, partner_metadata, project_id, document_id, ...asked } = body
  checkAsked(body)
  const references = readReferences(ctx, { tag_ids, attachments, project_id, ...asked })
  const reading = readFacts(ctx, asked)
  const [lines, facts, { attached }] = await Promise.all([readLines(ctx, line_items, asked.currency, reading), reading, references])
  if (document_id && facts.settings.receivable_edit_flow !== 'non_compliant')
    throw conflict('document_id can be set by hand only in the non-compliant mode')
  const ask = withTexts(
    {
      ...asked,
      counterpart_shipping_address_id: asked.counterpart_shipping_address_id ?? facts.shipping_address?.id ?? null,
      vat_mode: asked.vat_mode ?? facts.settings.vat_mode ?? 'exclusive',
      vat_inclusive_discount_mode: facts.settings.vat_inclusive_discount_mode ?? 'exclusive',
      ...(asked.type === 'quote' && { signature_required: asked.signature_required ?? facts.settings.quote_signature_required }),
    } as Ask,
    facts,
  )
  const composed = compose(ask, pricedFor(lines, ask), facts, null)
  if (ask.vat_exempt && lines.some(({ product }) => product.vat_rate.value > 0)) throw badRequest('A document that is exempt from VAT has no line with VAT')
  return insertDraft(ctx, {
    ask,
    composed,
    counterpart_name: facts.counterpart.name,
    document_id: document_id ?? null,
    project_id: project_id ?? null,
    product_ids: productIds(lines),
    tag_ids: tag_ids ?? [],
    attachments: attached,
    partner_metadata: partner_metadata ? metadataJson(partner_metadata, ['body', 'partner_metadata']) : null,
  })
}

interface NewDraft {
  ask: Ask
  composed: Composed
  counterpart_name: string
  document_id: string | null
  project_id: string | null
  product_ids: string[]
  tag_ids: readonly string[]
  attachments: string | null
  partner_metadata: string | null
}

const INSERT = `with t as (
  insert into receivables (type, currency, counterpart_id, counterpart_name, entity_user_id, project_id, due_date, expiry_date, subtotal, discounted_subtotal,
    subtotal_after_vat, total_vat_amount, total_withholding_tax, total_deduction_amount, total_amount, amount_due, product_ids, tag_ids, attachments, partner_metadata,
    payment_page_url, ask, content, document_id)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $16, $17, $18, $19, $20, $21, $22, $23) returning *)
  select ${COLUMNS} from t, lateral emit('receivable', t.id, 'created', t.entity_user_id) as emitted`

async function insertDraft(ctx: Ctx, { ask, composed: { figures: f, content, due_date }, ...draft }: NewDraft): Promise<RawJson> {
  const [row] = await ctx.db.query<ReceivableRow>(INSERT, [
    ask.type,
    ask.currency,
    ask.counterpart_id,
    draft.counterpart_name,
    ctx.userId,
    draft.project_id,
    due_date,
    ask.expiry_date ?? null,
    f.subtotal,
    f.discounted_subtotal,
    f.subtotal_after_vat,
    f.total_vat_amount,
    f.total_withholding_tax,
    f.total_deduction_amount,
    f.total_amount,
    draft.product_ids,
    draft.tag_ids,
    draft.attachments,
    draft.partner_metadata,
    ask.payment_page_url ?? null,
    json(ask),
    json(content),
    draft.document_id,
  ])
  return present(row!, today(ctx))
}

type Update = UpdateInvoice | UpdateQuote

/** Changes a draft. What is left out stays, null clears; all figures are made anew. */
export async function updateDraft(ctx: Ctx, id: string, key: 'invoice' | 'quote', body: Update): Promise<RawJson> {
  const before = await lockReceivable(ctx, id)
  if (before.type !== key) throw conflict(`Wrong payload for a receivable that is a ${noun[before.type]}`)
  if (before.status !== 'draft' && before.status !== 'failed' && before.status !== 'recurring') throw conflict(`Wrong payload for a receivable that is ${before.status}`)
  bodyFlow[before.type].next(before.status as InvoiceState & DraftState, 'edit')
  const { line_items, tag_ids, attachments, partner_metadata, project_id, ...asked } = body
  checkAsked(body)
  const ask = changedAsk(before.ask, asked)
  const sent = { tag_ids, attachments, project_id, ...asked }
  const [facts, { attached }] = await Promise.all([readFacts(ctx, ask), readReferences(ctx, sent)])
  const lines = await changedLines(ctx, storedLines(before), line_items, ask, facts)
  const texts = withTexts({ ...ask, memo: asked.memo, footer: asked.footer }, facts)
  const next = { ...ask, ...(asked.memo !== undefined && { memo: texts.memo }), ...(asked.footer !== undefined && { footer: texts.footer }) }
  return rewrite(ctx, before, next, lines, facts, {
    tag_ids: tag_ids === undefined ? undefined : (tag_ids ?? []),
    attachments: attachments === undefined ? undefined : attached,
    partner_metadata: partner_metadata === undefined ? undefined : partner_metadata && metadataJson(partner_metadata, ['body', key, 'partner_metadata']),
    project_id,
  })
}

/** What is asked for after a change. A new counterpart brings its own addresses, contact and VAT ID. */
function changedAsk(before: Ask, asked: Omit<Update, 'line_items' | 'tag_ids' | 'attachments' | 'partner_metadata' | 'project_id'>): Ask {
  const moved = asked.counterpart_id && asked.counterpart_id !== before.counterpart_id
  if (moved && !asked.counterpart_billing_address_id) throw badRequest('A new counterpart_id needs its counterpart_billing_address_id')
  const cleared = moved ? { counterpart_shipping_address_id: null, counterpart_vat_id_id: null, contact_id: null } : {}
  const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined))
  const ask = { ...before, ...cleared, ...given } as Ask
  for (const field of ['counterpart_id', 'counterpart_billing_address_id', 'currency'] as const)
    if (ask[field] === null) throw invalid([{ loc: ['body', before.type, field], msg: 'Input should not be null', type: 'none_not_allowed' }])
  if (asked.payment_terms) ask.payment_terms_id = null
  if (asked.payment_terms_id) ask.payment_terms = null
  if (asked.deductions !== undefined) Object.assign(ask, { deduction_amount: null, deduction_memo: null })
  else if (asked.deduction_amount !== undefined) ask.deductions = null
  return ask
}

/** Replaces all lines of a draft; in the non-compliant mode also of an invoice that was issued. */
export async function replaceLines(ctx: Ctx, id: string, items: readonly LineItem[]): Promise<RawJson> {
  const before = await lockReceivable(ctx, id)
  if (before.type === 'credit_note') throw conflict('The lines of a credit note follow from its invoice')
  if (items.length === 0) throw invalid([{ loc: ['body', 'data'], msg: 'List should have at least 1 item', type: 'too_short' }])
  const facts = readFacts(ctx, before.ask)
  const lines = pricedFor(await readLines(ctx, items, before.currency, facts), before.ask)
  const { settings } = await facts
  if (before.status !== 'draft' && before.status !== 'failed') editableAfterIssue(before, settings.receivable_edit_flow ?? 'compliant')
  const row = await rewrite(ctx, before, before.ask, lines, await facts, {})
  const { line_items } = JSON.parse(row.text) as { line_items: unknown }
  return new RawJson(JSON.stringify({ data: line_items }))
}

interface Changes {
  tag_ids?: readonly string[]
  attachments?: string | null
  partner_metadata?: string | null
  project_id?: string | null
  issue_date?: string | null
}

/** Writes a document anew from what is asked for and what it refers to. */
async function rewrite(ctx: Ctx, before: Stored, ask: Ask, lines: readonly DraftLine[], facts: Facts, changes: Changes): Promise<RawJson> {
  const issue_date = changes.issue_date === undefined ? before.issue_date : changes.issue_date
  const { figures, content, due_date, early_terms } = compose(ask, lines, facts, issue_date ? issue_date.slice(0, 10) : null, true)
  const settled = before.amount_paid + before.amount_credited
  if (figures.total_amount < settled) throw conflict(`The total can not fall below the ${settled} already paid or credited`)
  return write(ctx, before.id, 'updated', {
    ...figures,
    amount_due: figures.total_amount - settled,
    due_date: due_date ?? (before.issue_date ? before.due_date : null),
    early_terms: json(early_terms),
    expiry_date: ask.expiry_date ?? null,
    issue_date,
    currency: ask.currency,
    counterpart_id: ask.counterpart_id,
    counterpart_name: facts.counterpart.name,
    product_ids: productIds(lines),
    payment_page_url: ask.payment_page_url ?? null,
    ask: json(ask),
    content: json(content),
    pdf_stale: true,
    tag_ids: changes.tag_ids,
    attachments: changes.attachments,
    partner_metadata: changes.partner_metadata,
    project_id: changes.project_id,
  })
}

/** Deletes a draft; what was issued stays. */
export async function deleteReceivable(ctx: Ctx, id: string): Promise<null> {
  const before = await lockReceivable(ctx, id)
  bodyFlow[before.type].next(before.status as InvoiceState & DraftState, 'delete')
  await write(ctx, id, 'deleted', { deleted_at: ctx.now.toISOString(), status: 'deleted' })
  if (before.type === 'credit_note' && before.based_on)
    await ctx.db.query(`update receivables set credit_note_ids = array_remove(credit_note_ids, $2) where id = $1`, [before.based_on, id])
  return null
}

// Issue

/** What stands in the way of issuing, without changing anything. */
export async function verifyReceivable(ctx: Ctx, id: string): Promise<{ errors: Partial<Missing> | null; warnings: null }> {
  const row = await findReceivable(ctx, id, ' for share of t')
  const found = await missingFor(ctx, row, await readFacts(ctx, row.ask), storedLines(row))
  const errors = Object.fromEntries(Object.entries(found).filter(([, list]) => list.length > 0)) as Partial<Missing>
  return { errors: Object.keys(errors).length > 0 ? errors : null, warnings: null }
}

async function missingFor(ctx: Ctx, row: Stored, facts: Facts & { counterpartHasVatIds: boolean }, lines: readonly DraftLine[]): Promise<Missing> {
  return missingToIssue({
    type: row.type,
    facts,
    lines,
    vat_exempt: row.ask.vat_exempt ?? false,
    payment_page_url: row.payment_page_url,
    counterpartHasVatIds: facts.counterpartHasVatIds,
    validRates: validRates(facts, today(ctx)),
  })
}

/** Statuses in which issuing again is harmless: the published client does so before it sends. */
const alreadyIssued: Record<string, ReadonlySet<string>> = {
  invoice: new Set(['issued', 'partially_paid', 'overdue', 'paid']),
  quote: new Set(['issued']),
  credit_note: new Set(['issued']),
}

/** A draft becomes a document: checked, numbered, dated, and frozen as it stands today. */
export async function issueReceivable(ctx: Ctx, id: string): Promise<RawJson> {
  const draft = await lockReceivable(ctx, id)
  if (alreadyIssued[draft.type]!.has(draft.status)) return present(draft, today(ctx))
  const status = bodyFlow[draft.type].next(draft.status as InvoiceState & DraftState, 'issue')
  if (draft.ask.is_einvoice) throw conflict('The entity has no e-invoicing connection: issue the invoice without is_einvoice')
  const facts = await readFacts(ctx, draft.ask)
  const lines = storedLines(draft)
  const stop = missingSentence(await missingFor(ctx, draft, facts, lines), noun[draft.type])
  if (stop) throw conflict(stop)

  const day = today(ctx)
  const compliant = facts.settings.receivable_edit_flow !== 'non_compliant'
  const needsDay = draft.type === 'invoice' && fulfillmentDateCountries.has(facts.entity.address.country)
  const ask = { ...draft.ask, fulfillment_date: draft.ask.fulfillment_date ?? (needsDay ? day : null) }
  const { figures, content, due_date, early_terms } = compose(ask, lines, facts, day, !compliant)
  const numbered = draft.document_id ? { document_id: draft.document_id, number: null } : await nextNumber(ctx, draft.type, facts.settings, day)
  const text = json(content)!
  const lapsed = draft.type === 'invoice' && due_date !== null && due_date < day && figures.total_amount > 0
  const issued = {
    ...figures,
    ...numbered,
    status,
    issue_date: ctx.now.toISOString(),
    due_date,
    early_terms: json(early_terms),
    counterpart_name: facts.counterpart.name,
    amount_due: figures.total_amount,
    ask: json(ask),
    content: text,
    content_hash: contentHash(numbered.document_id, day, due_date, figures.total_amount, text),
    frozen: compliant,
    pdf_stale: true,
  }
  await jobs.add(ctx, 'receivables.render_pdf', { id }, { key: `pdf:${id}` })
  const row = await write(ctx, id, 'issued', issued, { old_status: draft.status, new_status: status })
  return lapsed ? lapse(ctx, id, status) : row
}

/** The fingerprint of an issued document: what it says, its number, its days and its total. */
export const contentHash = (document_id: string, issue_date: string, due_date: string | null, total: number, content: string) =>
  createHash('sha256').update([document_id, issue_date, due_date ?? '', total, content].join('\n')).digest()

/** The due date has passed: the invoice is overdue. */
export async function lapse(ctx: Ctx, id: string, from: string): Promise<RawJson> {
  const status = invoiceFlow.next(from as InvoiceState, 'lapse')
  return write(ctx, id, 'overdue', { status }, { old_status: from, new_status: status }, 1)
}

/** The schedule's step for one invoice: looks again under the lock, for somebody may have paid meanwhile. */
export async function lapseDue(ctx: Ctx, id: string): Promise<void> {
  const row = await lockReceivable(ctx, id)
  const open = row.status === 'issued' || row.status === 'partially_paid'
  if (row.type === 'invoice' && open && row.amount_due > 0 && row.due_date !== null && row.due_date < today(ctx)) await lapse(ctx, id, row.status)
}

// After issue

/** In the compliant mode only what is beside the document can change; without it, everything as long as the invoice is open. */
export async function updateIssued(ctx: Ctx, id: string, body: UpdateIssuedInvoice): Promise<RawJson> {
  const before = await lockReceivable(ctx, id)
  if (before.type !== 'invoice' || before.status === 'draft') throw conflict(`Wrong payload for a receivable that is a ${before.status} ${noun[before.type]}`)
  const { tag_ids, attachments, partner_metadata, project_id, issue_date, due_date, ...asked } = body
  const [{ attached }, facts] = await Promise.all([readReferences(ctx, { tag_ids, attachments, project_id, ...asked }), readFacts(ctx, before.ask)])
  const beside: Changes = {
    tag_ids: tag_ids === undefined ? undefined : (tag_ids ?? []),
    attachments: attachments === undefined ? undefined : attached,
    partner_metadata: partner_metadata === undefined ? undefined : partner_metadata && metadataJson(partner_metadata, ['body', 'issued_invoice', 'partner_metadata']),
    project_id,
  }
  const inside = { ...asked, issue_date, due_date }
  if (Object.values(inside).every((value) => value === undefined)) return write(ctx, id, 'updated', { ...beside })
  editableAfterIssue(before, facts.settings.receivable_edit_flow ?? 'compliant')
  const ask = changedAsk(before.ask, asked as Update)
  if (due_date) ask.payment_terms = { ...(ask.payment_terms ?? facts.payment_terms), term_final: { end_date: due_date } }
  if (due_date) ask.payment_terms_id = null
  const row = await rewrite(ctx, before, ask, storedLines(before), await readFacts(ctx, ask), { ...beside, issue_date: issue_date ?? undefined })
  return row
}

function editableAfterIssue(before: Stored, flow: string): void {
  if (flow !== 'non_compliant' || before.frozen) throw conflict('An issued document does not change: create a credit note and issue a new one')
  if (before.type !== 'invoice' || !['issued', 'partially_paid', 'overdue'].includes(before.status)) throw conflict(`A ${noun[before.type]} that is ${before.status} can't be edited`)
}

export async function markPaid(ctx: Ctx, id: string, { comment, paid_at }: { comment?: string | null; paid_at?: string | null }): Promise<RawJson> {
  const before = await lockInvoice(ctx, id)
  const at = paidAt(paid_at, ctx.now)
  const { amount, ...columns } = payAll(before as Invoice, at.slice(0, 10))
  return pay(ctx, before, { ...columns, paid_at: at }, amount, at, comment)
}

export async function markPartiallyPaid(ctx: Ctx, id: string, { amount_paid, comment }: { amount_paid: number; comment?: string | null }): Promise<RawJson> {
  const before = await lockInvoice(ctx, id)
  const { amount, ...columns } = payPart(before as Invoice, amount_paid)
  return pay(ctx, before, columns, amount, ctx.now.toISOString(), comment)
}

type Paid = { status: string; amount_paid: number; amount_due: number; paid_at?: string }

/** The payment as a record of its own, and the invoice with it. */
async function pay(ctx: Ctx, before: Stored, columns: Paid, amount: number, at: string, comment: string | null | undefined): Promise<RawJson> {
  await ctx.db.query(
    `with r as (insert into payment_records (object_type, object_id, amount, currency, paid_at, entity_user_id, comment, old_status, new_status)
       values ('receivable', $1, $2, $3, $4, $5, $6, $7, $8) returning id)
     select emit('receivable', $1, 'payment_received', $5, $9, true) from r`,
    [before.id, amount, before.currency, at, ctx.userId, comment ?? null, before.status, columns.status, json({ amount_paid: amount, amount_due: columns.amount_due, comment: comment ?? null })],
  )
  const moved = columns.status !== before.status ? { old_status: before.status, new_status: columns.status } : undefined
  const event = columns.status === 'paid' ? 'paid' : 'partially_paid'
  return write(ctx, before.id, event, { ...columns, comment: comment ?? undefined }, moved, 1)
}

export async function markUncollectible(ctx: Ctx, id: string, comment: string | null | undefined): Promise<RawJson> {
  const before = await lockInvoice(ctx, id)
  const columns = writeOff(before as Invoice)
  return write(ctx, id, 'uncollectible', { ...columns, comment: comment ?? undefined }, { old_status: before.status, new_status: columns.status })
}

/** Takes an invoice back. By the rules that is a credit note over what is due, issued at once. */
export async function cancelInvoice(ctx: Ctx, id: string): Promise<null> {
  const before = await lockInvoice(ctx, id)
  const facts = await readFacts(ctx, before.ask)
  const compliant = facts.settings.receivable_edit_flow !== 'non_compliant'
  const drafts = await ctx.db.query(`select 1 from receivables where based_on = $1 and type = 'credit_note' and status = 'draft' and deleted_at is null limit 1`, [id])
  const { status, credited } = cancel(before as Invoice, { compliant, draftCreditNote: drafts.length > 0 })
  const credit_note_ids = credited > 0 ? [...before.credit_note_ids, await creditInFull(ctx, before, facts)] : undefined
  await write(
    ctx,
    id,
    'canceled',
    { status, amount_due: 0, amount_credited: before.amount_credited + credited, credit_note_ids, pdf_stale: true },
    { old_status: before.status, new_status: status },
    2,
  )
  return null
}

/** An issued credit note over a whole invoice: its lines and figures, under a number of its own. */
async function creditInFull(ctx: Ctx, invoice: Stored, facts: Facts): Promise<string> {
  const day = today(ctx)
  const { number, document_id } = await nextNumber(ctx, 'credit_note', facts.settings, day)
  const ask: Ask = { ...invoice.ask, type: 'credit_note', based_on_document_id: invoice.document_id, payment_terms: null, payment_terms_id: null, payment_page_url: null }
  const { fulfillment_date: _f, overdue_reminder_id: _o, payment_reminder_id: _p, payment_terms: _t, ...copied } = JSON.parse(invoice.content) as Record<string, unknown>
  const content = json({ ...copied, based_on_document_id: invoice.document_id })!
  const [row] = await ctx.db.query<{ id: string }>(
    `with t as (
       insert into receivables (type, status, document_id, number, currency, counterpart_id, counterpart_name, entity_user_id, based_on, project_id, issue_date, subtotal,
         discounted_subtotal, subtotal_after_vat, total_vat_amount, total_withholding_tax, total_deduction_amount, total_amount, amount_due, product_ids, tag_ids, ask, content,
         content_hash, frozen)
       select 'credit_note', 'issued', $2, $3, currency, counterpart_id, counterpart_name, $4, id, project_id, $5, subtotal, discounted_subtotal, subtotal_after_vat,
         total_vat_amount, total_withholding_tax, total_deduction_amount, total_amount, 0, product_ids, tag_ids, $6, $7, $8, true
       from receivables where id = $1 returning *)
     select t.id, emit('receivable', t.id, 'created', t.entity_user_id), emit('receivable', t.id, 'issued', t.entity_user_id, '{"old_status":"draft","new_status":"issued"}', false, 1),
       emit('receivable', $1, 'based_on_receivable_created', t.entity_user_id, jsonb_build_object('receivable_id', t.id, 'type', 'credit_note'), true, 1) from t`,
    [invoice.id, document_id, number, ctx.userId, ctx.now.toISOString(), json(ask), content, contentHash(document_id, day, null, invoice.total_amount, content)],
  )
  await jobs.add(ctx, 'receivables.render_pdf', { id: row!.id }, { key: `pdf:${row!.id}` })
  return row!.id
}

/** Where the PDFs are. Asking for one that is out of date orders a new one; until it is there the answer is null, never an old page. */
export async function pdfLink(ctx: Ctx, id: string) {
  const [row, [{ pdf_stale } = { pdf_stale: true }]] = await Promise.all([
    findReceivable(ctx, id),
    ctx.db.query<{ pdf_stale: boolean }>(`select pdf_stale from receivables where id = $1`, [id]),
  ])
  if (pdf_stale) await jobs.add(ctx, 'receivables.render_pdf', { id }, { key: `pdf:${id}`, ifAbsent: true })
  const url = (key: string | null) => (key && !pdf_stale ? fileLink(key) : null)
  return { file_url: url(row.file_key), original_file_url: url(row.original_file_key) }
}

// Parts

async function lockInvoice(ctx: Ctx, id: string): Promise<Stored> {
  const row = await lockReceivable(ctx, id)
  if (row.type !== 'invoice') throw conflict(`This is a ${noun[row.type]}; only invoices are paid, written off or canceled`)
  return row
}

/** The one place that writes a document: columns, event and history in one statement. */
async function write(ctx: Ctx, id: string, event: string, columns: Record<string, unknown>, data?: object, nth = 0): Promise<RawJson> {
  const given = Object.entries(columns).filter(([, value]) => value !== undefined)
  const values: unknown[] = [id, event, ctx.userId, json(data), nth, ...given.map(([, value]) => value)]
  const sets = given.map(([name], i) => `${name} = $${i + 6}`)
  const [row] = await ctx.db.query<ReceivableRow>(
    `with t as (update receivables t set ${[...sets, 'updated_at = app_now()'].join(', ')} where id = $1 returning t.*)
     select ${COLUMNS} from t, lateral emit('receivable', t.id, $2, $3, $4, false, $5) as emitted`,
    values,
  )
  return present(row!, today(ctx))
}

const storedLines = (row: ReceivableRow): DraftLine[] => (JSON.parse(row.content) as { line_items: DraftLine[] }).line_items

const productIds = (lines: readonly DraftLine[]) => [...new Set(lines.map(({ product }) => product.id))]

/** Prices are entered with VAT or without, as the document says: the other one follows from the calculation. */
const pricedFor = (lines: readonly DraftLine[], { vat_mode }: Ask): DraftLine[] =>
  vat_mode === 'inclusive' ? lines.map((line) => ({ ...line, product: { ...line.product, price_after_vat: line.product.price } })) : [...lines]

/** Texts with their variables filled in, once: what is stored is the result. */
function withTexts(ask: Ask, facts: Facts): Ask {
  const { contact, counterpart, entity } = facts
  const name = contact ? `${contact.first_name} ${contact.last_name}` : counterpart.name
  const values = {
    company_name: counterpart.name,
    contact_name: name,
    entity_name: entity.organization?.legal_name ?? `${entity.individual?.first_name} ${entity.individual?.last_name}`,
    entity_email: entity.email,
    invoice_number: '',
    quote_number: '',
    purchase_order: ask.purchase_order ?? '',
  }
  return { ...ask, memo: substitute(ask.memo, values), footer: substitute(ask.footer, values) }
}

function checkAsked(body: { payment_terms?: unknown; payment_terms_id?: unknown; line_items?: readonly unknown[] | null; [field: string]: unknown }): void {
  if (body.payment_terms && body.payment_terms_id)
    throw invalid([{ loc: ['body', 'payment_terms_id'], msg: 'Name payment_terms or payment_terms_id, not both', type: 'value_error' }])
  if (body.line_items && body.line_items.length > 500) throw invalid([{ loc: ['body', 'line_items'], msg: 'List should have at most 500 items', type: 'too_long' }])
  if ('type' in body && body.line_items?.length === 0)
    throw invalid([{ loc: ['body', 'line_items'], msg: 'List should have at least 1 item', type: 'too_short' }])
}

/** Lines changed by position: the i-th change is about the i-th line, lines without one stay. */
async function changedLines(ctx: Ctx, lines: DraftLine[], changes: readonly LineItemUpdate[] | null | undefined, ask: Ask, facts: Facts): Promise<DraftLine[]> {
  if (changes && changes.length > lines.length) throw badRequest(`The document has ${lines.length} lines; ${changes.length} were sent`)
  const asItems = (changes ?? []).map((change) => ({ ...change, quantity: change.quantity ?? 0, product_id: null }))
  const taxes = asItems.length > 0 ? await readLines(ctx, asItems as never, ask.currency, Promise.resolve(facts as never), lines) : []
  return lines.map((line, i) => {
    const { product } = line
    const kept = { ...product, price: priceIn(product.price, ask.currency), price_after_vat: priceIn(product.price_after_vat, ask.currency) }
    const change = changes?.[i]
    if (!change) return { ...line, product: kept }
    const entered = change.price ?? (ask.vat_mode === 'inclusive' ? kept.price_after_vat : kept.price).value
    const price = { currency: ask.currency as never, value: entered }
    return {
      ...line,
      quantity: change.quantity ?? line.quantity,
      discount: change.discount === undefined ? line.discount : change.discount,
      tax_status: change.tax_status === undefined ? line.tax_status : change.tax_status,
      product: { ...kept, price, price_after_vat: price, vat_rate: taxes[i]!.product.vat_rate },
    }
  })
}

function priceIn<P extends { currency: string; value: number }>(price: P, currency: string): P {
  if (price.currency !== currency) throw badRequest(`Product currency ${price.currency} doesn't match receivable currency ${currency}`)
  return price
}
