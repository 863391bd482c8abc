import { badRequest, conflict, invalid, invalidAt, type Refusal } from '../../core/refusal.ts'
import { checkTerms, type PaymentTerms } from '../../core/terms.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { concluding, sql } from '../../platform/database/sql.ts'
import { RawJson } from '../../platform/http/types.ts'
import { type EntitySettings, readSettings } from '../entities/settings/settings.service.ts'
import { type Ask, type Composed, compose, type DraftLine, type Facts, overlaid } from './draft.ts'
import { copiesIn, factsOnDocument, readCounterpart, readFacts } from './facts.ts'
import { mayEditIssued } from './invoice.ts'
import { changedLines, checkChanges, checkLedger, checkLines, customRatesOf, readLines } from './lines.ts'
import { checkOwnNumber } from './numbering.ts'
import { COLUMNS, documents, type ReceivableRow } from './receivables.rows.ts'
import type { CreateInvoice, CreateQuote, LineItem, UpdateInvoice, UpdateQuote } from './receivables.schema.ts'
import {
  besideContent,
  type Filing,
  linesOf,
  lockReceivable,
  nextStatus,
  readFiling,
  rewrite,
  shown,
  withArticle,
} from './receivables.service.ts'
import { substitute, valuesOf } from './variables.ts'

/** Drafts: made, changed, and made anew on each change from the present state of what they refer to. */

type Loc = readonly (string | number)[]

/** What a new document is asked to be: its VAT mode may follow from the settings. */
type New = Omit<Ask, 'vat_mode' | 'vat_inclusive_discount_mode'> & { vat_mode?: Ask['vat_mode'] | null }

/** A draft: everything it refers to is read, copied and added up; it has no number yet. */
export async function createReceivable(ctx: Ctx, body: CreateInvoice | CreateQuote): Promise<RawJson> {
  const { line_items, tag_ids, attachments, partner_metadata, project_id, document_id, ...rest } = body
  const asked: New = rest
  checkLines(line_items, ['body', 'line_items'])
  checkAskedTerms(asked, ['body'])
  const reading = readFacts(ctx, asked)
  const [beside, lines, found] = await Promise.all([
    readFiling(ctx, { tag_ids, attachments, project_id, partner_metadata, ...asked }, ['body']),
    readLines(ctx, line_items, asked.currency, reading),
    reading,
  ])
  await checkNumber(ctx, asked.type, document_id, found.settings)
  const facts = await withDefaultShipping(ctx, asked, found)
  const ask = withTexts(withDefaultsOf(asked, facts), lines, facts, asked)
  const draft = { ask, lines, facts, beside, composed: compose(ask, lines, facts, null), document_id }
  return shown(ctx, await inserted(ctx, concluding(ctx), draft))
}

/** Refuses (`conflict`) a number set by hand where the rules give numbers out, and one that an issued document bears. */
async function checkNumber(ctx: Ctx, type: Ask['type'], document_id: string | null | undefined, settings: EntitySettings) {
  if (!document_id) return
  if (settings.receivable_edit_flow !== 'non_compliant')
    throw conflict('document_id can be set by hand only in the non-compliant mode')
  await checkOwnNumber(ctx, type, document_id)
}

/** Goods go to the counterpart's usual place unless another was named, or null. */
async function withDefaultShipping(ctx: Ctx, asked: New, facts: Facts): Promise<Facts> {
  const usual = facts.counterpart.default_shipping_address_id
  if (!usual || asked.counterpart_shipping_address_id !== undefined) return facts
  const counterpart = await readCounterpart(ctx, { ...asked, counterpart_shipping_address_id: usual })
  return { ...facts, ...counterpart }
}

/** What isn't said comes from the entity's settings of this moment, and stays with the document. */
function withDefaultsOf(asked: New, { settings, shipping_address, payment_terms }: Facts): Ask {
  const quote = asked.type === 'quote' && { signature_required: asked.signature_required ?? settings.quote_signature_required }
  return {
    ...asked,
    counterpart_shipping_address_id: shipping_address?.id ?? null,
    document_rendering: overlaid(settings.document_rendering ?? {}, asked.document_rendering ?? {}),
    payment_terms,
    vat_mode: asked.vat_mode ?? settings.vat_mode ?? 'exclusive',
    vat_inclusive_discount_mode: settings.vat_inclusive_discount_mode ?? 'exclusive',
    ...quote,
  } as Ask
}

interface NewDraft {
  ask: Ask
  lines: readonly DraftLine[]
  facts: Facts
  composed: Composed
  beside: Filing
  document_id?: string | null
  /** What the document comes from, when it comes from another one. */
  based_on?: string
  recurrence_id?: string
  /** Whose document it is: the user of the token when nothing else is said. */
  entity_user_id?: string | null
}

const INSERT = documents(
  sql(`insert into receivables as t (type, currency, counterpart_id, counterpart_name, entity_user_id, project_id, due_date, expiry_date, subtotal, discounted_subtotal,
    subtotal_after_vat, total_vat_amount, total_withholding_tax, total_deduction_amount, total_amount, amount_due, product_ids, line_products, line_amounts,
    line_quantities, tag_ids, attachments, partner_metadata, payment_page_url, ask, content, document_id, based_on, recurrence_id)
  values (:type, :currency, :counterpart_id, :counterpart_name, :entity_user_id?, :project_id?, :due_date?, :expiry_date?, :subtotal, :discounted_subtotal,
    :subtotal_after_vat, :total_vat_amount, :total_withholding_tax, :total_deduction_amount, :total_amount, :total_amount, :product_ids, :line_products, :line_amounts,
    :line_quantities, :tag_ids, :attachments?::json, :partner_metadata?::json, :payment_page_url?, :ask::json, :content::json, :document_id?, :based_on?, :recurrence_id?)
  returning ${COLUMNS}, emit('receivable', t.id, 'created', :user?) as emitted`),
)

/** The one place that makes a document. Its event is written with it, and names whoever acts, whosever document it is. */
export async function insertDraft(ctx: Ctx, draft: NewDraft): Promise<ReceivableRow> {
  return inserted(ctx, ctx, draft)
}

/** `last` is what the statement is run by. */
function inserted({ userId }: Ctx, last: Pick<Ctx, 'db'>, { ask, lines, facts, composed, beside, ...origin }: NewDraft) {
  return INSERT.one(last, {
    type: ask.type,
    currency: ask.currency,
    counterpart_id: ask.counterpart_id,
    counterpart_name: facts.counterpart.name,
    entity_user_id: origin.entity_user_id === undefined ? userId : origin.entity_user_id,
    project_id: beside.project_id ?? null,
    due_date: composed.due_date,
    expiry_date: ask.expiry_date ?? null,
    ...composed.figures,
    ...besideContent(composed.content),
    tag_ids: beside.tag_ids ?? [],
    attachments: beside.attachments ?? null,
    partner_metadata: beside.partner_metadata ?? null,
    payment_page_url: ask.payment_page_url ?? null,
    ask,
    content: composed.content,
    document_id: origin.document_id ?? null,
    based_on: origin.based_on ?? null,
    recurrence_id: origin.recurrence_id ?? null,
    user: userId,
  })
}

type Update = UpdateInvoice | UpdateQuote
export type DraftChanges = Omit<
  Update,
  'document_id' | 'line_items' | 'tag_ids' | 'attachments' | 'partner_metadata' | 'project_id'
>

/** Changes a draft. What is left out stays, null clears; all figures are made anew. */
export async function updateDraft(ctx: Ctx, id: string, key: 'invoice' | 'quote', body: Update): Promise<RawJson> {
  const at = ['body', key]
  const { document_id, line_items, tag_ids, attachments, partner_metadata, project_id, ...asked } = body
  checkChanges(line_items, [...at, 'line_items'])
  checkAskedTerms(asked, at)
  const before = await lockReceivable(ctx, id)
  if (before.type !== key) throw conflict(`Wrong payload for a receivable that is ${withArticle[before.type]}`)
  if (before.issue_date)
    throw conflict(
      `Wrong payload for a receivable that is ${before.status}: it is not a draft any more. Clone it, and change the copy`,
    )
  nextStatus(before, 'edit')
  await checkLedger(ctx, line_items ?? [])
  const changed = changedAsk(before.ask, asked, at)
  const [rates, facts, beside] = await Promise.all([
    customRatesOf(ctx, line_items ?? []),
    readFacts(ctx, changed, copiesIn(before.content)),
    readFiling(ctx, { tag_ids, attachments, project_id, partner_metadata, ...asked }, at),
  ])
  if (document_id !== undefined && before.reserved_on)
    throw conflict(`The invoice keeps the number ${before.document_id}, which went to the network`)
  await checkNumber(ctx, key, document_id, facts.settings)
  const lines = changedLines(linesOf(before), line_items, changed, { country: facts.entity.address.country, rates })
  const given = changed.document_rendering ?? facts.settings.document_rendering
  const ask = { ...changed, document_rendering: given, payment_terms: facts.payment_terms }
  return rewrite(ctx, before, withTexts(ask, lines, facts, asked), lines, facts, { ...beside, document_id })
}

/** Replaces all lines of a draft; in the non-compliant mode also of an invoice that was issued. */
export async function replaceLines(ctx: Ctx, id: string, items: readonly LineItem[]): Promise<RawJson> {
  checkLines(items, ['body', 'data'])
  const [before, settings] = await Promise.all([lockReceivable(ctx, id), readSettings(ctx)])
  if (before.type === 'credit_note') throw conflict('The lines of a credit note follow from its invoice')
  if (before.issue_date) mayEditIssued(before, settings)
  if (before.credit_note_ids.length > 0) throw conflict('The invoice has credit notes: its lines are what they take back')
  if (!before.issue_date) nextStatus(before, 'edit')
  const reading = before.issue_date
    ? Promise.resolve(factsOnDocument(before.ask, before.content, settings))
    : readFacts(ctx, before.ask, copiesIn(before.content))
  const [lines, facts] = await Promise.all([readLines(ctx, items, before.currency, reading), reading])
  const row = await rewrite(ctx, before, before.ask, lines, facts, {})
  const { line_items }: { line_items: unknown } = JSON.parse(row.text)
  return new RawJson(JSON.stringify({ data: line_items }))
}

/** Terms sent along: named by id or spelled out, and possible. */
export function checkAskedTerms(asked: { payment_terms?: PaymentTerms | null; payment_terms_id?: string | null }, at: Loc): void {
  if (asked.payment_terms && asked.payment_terms_id)
    throw invalidAt([...at, 'payment_terms_id'], 'Name payment_terms or payment_terms_id, not both')
  if (!asked.payment_terms) return
  try {
    checkTerms(asked.payment_terms)
  } catch (refusal) {
    const { kind, details = [] } = refusal as Refusal
    if (kind !== 'invalid') throw refusal
    throw invalid(details.map((detail) => ({ ...detail, loc: [...at, 'payment_terms', ...detail.loc] })))
  }
}

const required = ['counterpart_id', 'counterpart_billing_address_id', 'currency'] as const

/** What is asked for after a change. A new counterpart brings its own addresses, contact and VAT ID. */
export function changedAsk(before: Ask, asked: DraftChanges, at: Loc): Ask {
  const missing = required.filter((field) => asked[field] === null)
  if (missing.length > 0)
    throw invalid(missing.map((field) => ({ loc: [...at, field], msg: 'Input should not be null', type: 'none_not_allowed' })))
  const moved = asked.counterpart_id && asked.counterpart_id !== before.counterpart_id
  if (moved && !asked.counterpart_billing_address_id)
    throw badRequest('A new counterpart_id needs its counterpart_billing_address_id')
  const cleared = moved ? { counterpart_shipping_address_id: null, counterpart_vat_id_id: null, contact_id: null } : {}
  const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined))
  return {
    ...before,
    ...cleared,
    ...given,
    ...(asked.discount?.amount === 0 && { discount: null }),
    ...deductionsAfter(before, asked),
    ...termsAfter(before, asked),
    ...pageAfter(before, asked),
  }
}

/** The list of deductions and the older single one speak of the same: the one that was sent last holds. */
function deductionsAfter(before: Ask, { deductions, deduction_amount, deduction_memo }: DraftChanges): Partial<Ask> {
  if (deductions !== undefined) return { deductions, deduction_amount: null, deduction_memo: null }
  if (deduction_amount !== undefined) return { deductions: null }
  return deduction_memo !== undefined && before.deductions?.[0]
    ? { deductions: [{ ...before.deductions[0], memo: deduction_memo }, ...before.deductions.slice(1)] }
    : {}
}

/** Terms named anew replace the ones before, and null takes away those that came the same way. */
function termsAfter(before: Ask, { payment_terms, payment_terms_id }: DraftChanges): Partial<Ask> {
  if (payment_terms) return { payment_terms, payment_terms_id: null }
  if (payment_terms_id) return { payment_terms: null, payment_terms_id }
  const cleared = before.payment_terms_id ? payment_terms_id === null : payment_terms === null
  return cleared
    ? { payment_terms: null, payment_terms_id: null }
    : { payment_terms: before.payment_terms, payment_terms_id: before.payment_terms_id }
}

const pageAfter = (before: Ask, { document_rendering }: DraftChanges): Partial<Ask> =>
  document_rendering ? { document_rendering: overlaid(before.document_rendering ?? {}, document_rendering) } : {}

/** The texts that were sent, with their variables filled in once: what is stored is the result. */
export function withTexts(
  ask: Ask,
  lines: readonly DraftLine[],
  facts: Facts,
  sent: Pick<Ask, 'memo' | 'footer'>,
  known: { document_id: string | null; issued_on: string | null } = { document_id: null, issued_on: null },
): Ask {
  if (![sent.memo, sent.footer].some((text) => text?.includes('{'))) return ask
  const values = valuesOf(ask, facts, compose(ask, lines, facts, known.issued_on, { allowPast: true }), known)
  return {
    ...ask,
    memo: sent.memo === undefined ? ask.memo : substitute(sent.memo, values),
    footer: sent.footer === undefined ? ask.footer : substitute(sent.footer, values),
  }
}
