import { createHash } from 'node:crypto'
import type { PlainDate } from '../../core/calendar.ts'
import { conflict, noSuch } from '../../core/refusal.ts'
import type { Totals } from '../../core/totals.ts'
import { checkOwn } from '../../platform/auth/reach.ts'
import type { Updateable } from '../../platform/database/columns.ts'
import type { Ctx } from '../../platform/database/context.ts'
import type { Database } from '../../platform/database/database.types.ts'
import { rows, type Telling } from '../../platform/database/rows.ts'
import { concluding, type Statement, sql } from '../../platform/database/sql.ts'
import type { EventName, QuietName } from '../../platform/events/catalog.ts'
import { metadataJson } from '../../platform/http/bodies.ts'
import { RawJson } from '../../platform/http/types.ts'
import { jobs } from '../../platform/jobs/jobs.ts'
import { localDay } from '../../platform/local-day.ts'
import { documentLanguage } from '../../platform/pdf/labels.ts'
import { fitLinks } from '../booking/fitting.service.ts'
import type { numberValues } from '../entities/document-numbers/document-numbers.service.ts'
import { type Ask, compose, contentIn, type DocumentContent, type DraftLine, type Facts } from './draft.ts'
import { type References, readReferences } from './facts.ts'
import { creditNoteFlow, invoiceFlow, quoteFlow } from './invoice.flow.ts'
import { isOpen, restate, toPay } from './invoice.ts'
import { SOLD_NUMBER } from './numbering.ts'
import { pages, present } from './receivables.present.ts'
import {
  COLUMNS,
  documents,
  FIND,
  FIND_STORED,
  LOCK,
  LOCK_SEVERAL,
  type ReceivableRow,
  receivableRows,
  type Stored,
} from './receivables.rows.ts'

export type { Stored }

/** What all that happens to documents has in common: finding, locking, and the one place that writes. */

export const noun = { invoice: 'invoice', quote: 'quote', credit_note: 'credit note' } as const
export const withArticle = { invoice: 'an invoice', quote: 'a quote', credit_note: 'a credit note' } as const
const flows = { invoice: invoiceFlow, quote: quoteFlow, credit_note: creditNoteFlow } as const

/** Where a step that all kinds of documents know leads this one. Refuses (`conflict`) what its kind or status doesn't allow. */
export const nextStatus = (row: ReceivableRow, action: 'edit' | 'issue' | 'delete') => flows[row.type].next(row.status, action)

// Finding

const none = (id: string) => noSuch('receivable', id)

async function one<Row extends ReceivableRow>(ctx: Ctx, id: string, statement: Statement<{ id: string }, Row>): Promise<Row> {
  const row = await statement.maybe(ctx, { id })
  if (!row) throw none(id)
  checkOwn(ctx, 'receivable', row.entity_user_id)
  return row
}

/** The document, or a 404; a 403 when the role is limited to the user's own. */
export const findReceivable = (ctx: Ctx, id: string): Promise<ReceivableRow> => one(ctx, id, FIND)

/** The same with what it was made from. */
export const findStored = (ctx: Ctx, id: string): Promise<Stored> => one(ctx, id, FIND_STORED)

/** The same, locked until the transaction ends. */
export const lockReceivable = (ctx: Ctx, id: string): Promise<Stored> => one(ctx, id, LOCK)

/** Several in one statement, locked in the order of their ids. A 404 when one isn't there; whose they are is for the caller to check. */
export async function lockReceivables(ctx: Ctx, ids: readonly string[]): Promise<Stored[]> {
  const found = await LOCK_SEVERAL(ctx, { ids })
  const missing = ids.find((id) => !found.some((row) => row.id === id.toLowerCase()))
  if (missing) throw none(missing)
  return found
}

/** The document as it is shown on the entity's day. */
export const shown = async (ctx: Ctx, row: ReceivableRow): Promise<RawJson> => present(row, await localDay(ctx))

export const readReceivable = async (ctx: Ctx, id: string): Promise<RawJson> => shown(ctx, await findReceivable(ctx, id))

export const linesOf = (row: Pick<ReceivableRow, 'content'>): DraftLine[] => contentIn(row).line_items

/** What stands beside the content of a document, for searches and for figures about its lines. */
export function besideContent({ line_items }: DocumentContent) {
  const line_products = line_items.map(({ product }) => product.id)
  return {
    product_ids: [...new Set(line_products)],
    line_products,
    line_amounts: line_items.map(({ total_before_vat }) => total_before_vat),
    line_quantities: line_items.map(({ quantity }) => String(quantity)),
  }
}

// Writing

type Event = EventName<'receivable'> | QuietName<'receivable'>
type Columns = Updateable<Database['receivables']>
type ColumnsOnly = Columns & { readonly status?: never }

/** Changes a document that is locked: columns, event and history in one statement. Its status changes by `move` alone. */
export const write = (ctx: Ctx, id: string, event: Event, columns: ColumnsOnly, telling?: Telling) =>
  change(ctx, id, event, columns, telling)

/**
 * Takes a locked document to a status that its flow leads to, with what else changes; the event tells the step. Where it stays what it was, it is
 * written like any other change.
 */
export const move = (
  ctx: Ctx,
  before: Before,
  status: Status,
  event: Event,
  columns: ColumnsOnly,
  { data, quiet }: Telling = {},
) =>
  along(before, status, (step) =>
    change(ctx, before.id, event, { ...columns, status }, { data: step || data ? { ...step, ...data } : undefined, quiet }),
  )

/** Issues a locked draft like `move`, and takes its number by the same statement, which is the last one where the work may end with it. */
export const moveAndNumber = (ctx: Ctx, draft: Before, status: Status, numbering: Numbering, columns: IssuedColumns) =>
  along(draft, status, async (step) => {
    const { id } = draft
    const row = await ISSUE.one(concluding(ctx), { id, user: ctx.userId, step: step ?? null, status, ...numbering, ...columns })
    return shown(ctx, row)
  })

type Status = ReceivableRow['status']
type Before = Pick<ReceivableRow, 'id' | 'type' | 'status'>
type Numbering = ReturnType<typeof numberValues>
type IssuedColumns = Omit<Parameters<typeof ISSUE>[1], keyof Numbering | 'id' | 'user' | 'step' | 'status'>

/** The one way to a status: `written` is asked only where the flow of the document leads there. */
function along(
  { type, status: from }: Before,
  status: Status,
  written: (step: { old_status: Status; new_status: Status } | undefined) => Promise<RawJson>,
): Promise<RawJson> {
  if (from === status) return written(undefined)
  if (!flows[type].leadsTo(from, status)) throw new Error(`No step leads a ${noun[type]} from ${from} to ${status}`)
  return written({ old_status: from, new_status: status })
}

async function change(ctx: Ctx, id: string, event: Event, columns: Columns, telling?: Telling): Promise<RawJson> {
  const row = await rows.write(ctx, receivableRows, id, columns, event, telling)
  const owed = ['status', 'amount_due', 'deleted_at'].some((name) => name in columns)
  return shown(ctx, owed && row.payment_link_url !== null ? await fitted(ctx, row) : row)
}

/**
 * Where the number is on another document already, or the series is ahead of `today`, the work is run again, and takes its number before
 * it writes. The fingerprint is that of `contentHash`.
 */
const ISSUE = documents(
  sql(`with ${SOLD_NUMBER}, given as (
    select coalesce(case when count(*) = 1 then :id::uuid end, run_again()) as id, max(n.last) as last, max(n.document_id) as document_id,
      max(n.day) as day, max(n.at) as at from n where not n.taken)
  update receivables t set status = :status, number = g.last, document_id = g.document_id, issue_date = g.at, issued_on = g.day,
    subtotal = :subtotal, discounted_subtotal = :discounted_subtotal, subtotal_after_vat = :subtotal_after_vat, total_vat_amount = :total_vat_amount,
    total_withholding_tax = :total_withholding_tax, total_deduction_amount = :total_deduction_amount, total_amount = :total_amount,
    amount_due = :total_amount, due_date = :due_date?, early_terms = :early_terms?::json, counterpart_name = :counterpart_name, ask = :ask::json,
    content = :content::json, product_ids = :product_ids, line_products = :line_products, line_amounts = :line_amounts, line_quantities = :line_quantities,
    einvoice_facts = :einvoice_facts::json, frozen = :frozen, page_key = :page_key, pdf_stale = true,
    content_hash = issued_hash(g.document_id, g.day, :due_date?, :total_amount, :content::json::text), updated_at = app_now()
  from given g where t.id = :id and t.id = g.id
  returning ${COLUMNS}, emit('receivable', t.id, 'issued', :user?, :step?::jsonb) as emitted`),
)

/** Its payment links ask for what is still to pay of it, and for no more. */
async function fitted(ctx: Ctx, row: ReceivableRow): Promise<ReceivableRow> {
  const open = isOpen(row) ? toPay(row, await localDay(ctx)) : 0
  const url = await fitLinks(ctx, 'receivable', row.id, open)
  if (url === row.payment_link_url) return row
  await SHOW_LINK(ctx, { id: row.id, url })
  if (isOpen(row)) await redraw(ctx, row.id)
  return findReceivable(ctx, row.id)
}
const SHOW_LINK = sql(`update receivables set payment_link_url = :url? where id = :id`)
const STALE = sql(`update receivables set pdf_stale = true where id = :id`)

async function redraw(ctx: Ctx, id: string): Promise<void> {
  await STALE(ctx, { id })
  await orderPages(ctx, id)
}

/** Where an invoice can be paid from now on: told in answers and mails, and printed. */
export async function showPaymentLink(ctx: Ctx, id: string, url: string | null): Promise<void> {
  await write(ctx, id, 'updated', { payment_link_url: url, pdf_stale: true })
  await orderPages(ctx, id)
}

/** Orders the document's pages anew; one that is waiting to be drawn will do. */
export const orderPages = (ctx: Ctx, id: string) => jobs.add(ctx, 'receivables.render_pdf', { id }, { key: `pdf:${id}` })

/** Pages of drafts were drawn in a way that isn't used any more: they are drawn anew when they are asked for. */
export const redrawDrafts = (ctx: Ctx) => REDRAW_DRAFTS(ctx)
const REDRAW_DRAFTS = sql(
  `update receivables set pdf_stale = true where issue_date is null and not pdf_stale and deleted_at is null`,
)

/** The fingerprint of an issued document: what it says, its number, its days and its total. */
export const contentHash = (document_id: string, issued_on: PlainDate, due_date: string | null, total: number, content: string) =>
  createHash('sha256')
    .update([document_id, issued_on, due_date ?? '', total, content].join('\n'))
    .digest()

/** What stands beside the document and never becomes part of what it says. */
export interface Filing {
  tag_ids?: readonly string[]
  attachments?: RawJson | null
  partner_metadata?: RawJson | null
  project_id?: string | null
}

type BesideSent = References & { partner_metadata?: object | null }

/** Checks and reads what is to stand beside a document: left out stays, null clears. `at` is the place in the body. */
export async function readFiling(ctx: Ctx, sent: BesideSent, at: readonly (string | number)[]): Promise<Filing> {
  const { tag_ids, attachments, partner_metadata, project_id } = sent
  const metadata = partner_metadata && metadataJson(partner_metadata, [...at, 'partner_metadata'])
  const attached = await readReferences(ctx, sent)
  return {
    tag_ids: tag_ids === undefined ? undefined : [...new Set(tag_ids ?? [])],
    attachments: attachments === undefined ? undefined : attached,
    partner_metadata: metadata,
    project_id,
  }
}

interface Changes extends Filing {
  /** Another day of issue, and the moment that stands for it. */
  dated?: { issue_date: string; issued_on: PlainDate }
  /** The number of a draft, set by hand, or null for one from the series. */
  document_id?: string | null
  /** The figures of a credit note, which follow from its invoice. */
  given?: Totals
}

/**
 * Writes a document anew from what is asked for and what it refers to. One that was issued may turn overdue by it, or be in time
 * again, or be paid already.
 */
export async function rewrite(
  ctx: Ctx,
  before: Stored,
  ask: Ask,
  lines: readonly DraftLine[],
  facts: Facts,
  { dated, given, ...beside }: Changes,
): Promise<RawJson> {
  const issued = dated?.issued_on ?? before.issued_on
  const { figures, content, due_date, early_terms } = compose(ask, lines, facts, issued, {
    allowPast: true,
    figures: given,
  })
  const text = JSON.stringify(content)
  const total = figures.total_amount
  const open = issued ? restate(before, total, due_date, await localDay(ctx)) : { status: before.status, amount_due: total }
  const row = await write(ctx, before.id, 'updated', {
    ...figures,
    ...beside,
    amount_due: open.amount_due,
    due_date,
    early_terms,
    expiry_date: ask.expiry_date ?? null,
    ...dated,
    currency: ask.currency,
    counterpart_id: ask.counterpart_id,
    counterpart_name: facts.counterpart.name,
    ...besideContent(content),
    payment_page_url: ask.payment_page_url ?? null,
    ask,
    content: new RawJson(text),
    content_hash: issued ? contentHash(before.document_id!, issued, due_date, total, text) : null,
    pdf_stale: true,
  })
  if (open.status === before.status) return row
  if (open.status === 'paid') return move(ctx, before, 'paid', 'paid', { paid_at: ctx.now.toISOString() })
  if (open.status === 'overdue') return move(ctx, before, 'overdue', 'overdue', {})
  // Being in time again is not an event of its own: whoever listens hears that the document was updated.
  return move(ctx, before, open.status, 'status_changed', {})
}

/** Deletes a draft; what was issued stays. */
export async function deleteReceivable(ctx: Ctx, id: string): Promise<null> {
  const before = await lockReceivable(ctx, id)
  const status = nextStatus(before, 'delete')
  // What is gone has no status for anybody: the event tells no step.
  await change(ctx, id, 'deleted', { deleted_at: ctx.now.toISOString(), status })
  if (before.type === 'credit_note') await WITHOUT_NOTE(ctx, { invoice: before.based_on, note: id })
  return null
}
const WITHOUT_NOTE = sql(`update receivables set credit_note_ids = array_remove(credit_note_ids, :note) where id = :invoice?`)

/** Where the pages are. Asking for one that is out of date orders a new one; until it is there the answer is null. */
export async function pdfLink(ctx: Ctx, id: string) {
  const row = await inLanguageOfCustomer(ctx, await findReceivable(ctx, id))
  if (row.pdf_stale) await jobs.add(ctx, 'receivables.render_pdf', { id }, { key: `pdf:${id}`, ifAbsent: true })
  return pages(row)
}

const SPOKEN =
  sql(`select coalesce(c.language, e.settings ->> 'language', 'en') as "language!" from counterparts c join entities e on e.id = c.entity_id
  where c.id = :counterpart and c.deleted_at is null`)
const TRANSLATED = sql(`
  update receivables set content = :content::json, pdf_stale = true, updated_at = app_now() where id = :id and updated_at = :updated_at`)

/** A draft whose customer was given another language since: its page is drawn in that one. What was issued keeps its own. */
async function inLanguageOfCustomer(ctx: Ctx, row: ReceivableRow): Promise<ReceivableRow> {
  if (row.status !== 'draft') return row
  const spoken = await SPOKEN.maybe(ctx, { counterpart: row.counterpart_id })
  const content = contentIn(row)
  const language = spoken && documentLanguage(spoken.language)
  if (!language || language === content.file_language) return row
  await TRANSLATED(ctx, { id: row.id, updated_at: row.updated_at, content: { ...content, file_language: language } })
  return findReceivable(ctx, row.id)
}

/** Only invoices are paid, written off or canceled. */
export async function lockInvoice(ctx: Ctx, id: string): Promise<Stored> {
  const row = await lockReceivable(ctx, id)
  if (row.type !== 'invoice') throw conflict(`This is ${withArticle[row.type]}; only invoices are paid, written off or canceled`)
  return row
}
