import { createHash } from 'node:crypto'
import type { PlainDate } from '../../core/calendar.ts'
import { conflict, notFound } from '../../core/refusal.ts'
import type { Totals } from '../../core/totals.ts'
import { checkOwn } from '../../platform/auth/reach.ts'
import type { Updateable } from '../../platform/database/columns.ts'
import type { Ctx } from '../../platform/database/context.ts'
import type { Database } from '../../platform/database/database.types.ts'
import { json } from '../../platform/database/rows.ts'
import { sql } from '../../platform/database/sql.ts'
import { metadataJson } from '../../platform/http/bodies.ts'
import type { RawJson } from '../../platform/http/types.ts'
import { jobs } from '../../platform/jobs/jobs.ts'
import { localDay } from '../../platform/local-day.ts'
import { documentLanguage } from '../../platform/pdf/labels.ts'
import { fitLinks } from '../booking/fitting.service.ts'
import { type Ask, compose, contentIn, type DraftLine, type Facts } from './draft.ts'
import type { EinvoiceFacts } from './einvoices/sold.snapshot.ts'
import { type References, readReferences } from './facts.ts'
import { creditNoteFlow, invoiceFlow, quoteFlow } from './invoice.flow.ts'
import { isOpen, restate, toPay } from './invoice.ts'
import { COLUMNS, pages, present, type ReceivableRow } from './receivables.present.ts'

/** What all that happens to documents has in common: finding, locking, and the one place that writes. */

export interface Stored extends ReceivableRow {
  ask: Ask
  /** What its e-invoice says beyond it; null until it is issued. */
  einvoice_facts: EinvoiceFacts | null
  /** The place in its series; null where the number was set by hand, or not yet given. */
  number: number | null
  /** The moment and the day that go with a number that waits for the network. */
  reserved_at: string | null
  reserved_on: string | null
  frozen: boolean
  tag_ids: string[]
}

const WHOLE = ', t.ask, t.frozen, t.tag_ids, t.einvoice_facts, t.number, t.reserved_at, t.reserved_on'

export const noun = { invoice: 'invoice', quote: 'quote', credit_note: 'credit note' } as const
const flows = { invoice: invoiceFlow, quote: quoteFlow, credit_note: creditNoteFlow } as const

/** Where a step that all kinds of documents know leads this one. Refuses (`conflict`) what its kind or status doesn't allow. */
export const nextStatus = (row: ReceivableRow, action: 'edit' | 'issue' | 'delete') => flows[row.type].next(row.status, action)

// Finding

async function one<Row extends ReceivableRow>(ctx: Ctx, id: string, more: string, lock: string): Promise<Row> {
  const [row] = await ctx.db.query<Row>(
    `select ${COLUMNS}${more} from receivables t where t.id = $1 and t.deleted_at is null${lock}`,
    [id],
  )
  if (!row) throw notFound(`There is no receivable by provided id: ${id}`)
  checkOwn(ctx, 'receivable', row.entity_user_id)
  return row
}

/** The document, or a 404; a 403 when the role is limited to the user's own. */
export const findReceivable = (ctx: Ctx, id: string) => one<ReceivableRow>(ctx, id, '', '')

/** The same with what it was made from. */
export const findStored = (ctx: Ctx, id: string) => one<Stored>(ctx, id, WHOLE, '')

/** The same, locked until the transaction ends. */
export const lockReceivable = (ctx: Ctx, id: string) => one<Stored>(ctx, id, WHOLE, ' for update of t')

/** Several in one statement, locked in the order of their ids. A 404 when one isn't there; whose they are is for the caller to check. */
export async function lockReceivables(ctx: Ctx, ids: readonly string[]): Promise<Stored[]> {
  const found = await ctx.db.query<Stored>(
    `select ${COLUMNS}${WHOLE} from receivables t where t.id = any ($1) and t.deleted_at is null order by t.id for update of t`,
    [ids],
  )
  const missing = ids.find((id) => !found.some((row) => row.id === id.toLowerCase()))
  if (missing) throw notFound(`There is no receivable by provided id: ${missing}`)
  return found
}

/** The document as it is shown on the entity's day. */
export const shown = async (ctx: Ctx, row: ReceivableRow): Promise<RawJson> => present(row, await localDay(ctx))

export const readReceivable = async (ctx: Ctx, id: string): Promise<RawJson> => shown(ctx, await findReceivable(ctx, id))

export const linesOf = (row: ReceivableRow): DraftLine[] => (JSON.parse(row.content) as { line_items: DraftLine[] }).line_items

export const productIds = (lines: readonly DraftLine[]) => [...new Set(lines.map(({ product }) => product.id))]

// Writing

interface Writing {
  /** What the event tells beyond its name and the statuses of a move. */
  data?: object
  /** For the history alone. */
  quiet?: boolean
}
/** Columns that are written as the JSON they are. */
type Written = 'ask' | 'content' | 'early_terms' | 'einvoice_facts' | 'attachments' | 'partner_metadata'
type Columns = Omit<Updateable<Database['receivables']>, Written> & { [C in Written]?: RawJson | string | null | undefined }

/** Changes a document: columns, event and history in one statement. Its status changes by `move` alone. */
export const write = (ctx: Ctx, id: string, event: string, columns: Columns & { status?: never }, writing?: Writing) =>
  change(ctx, id, event, columns, writing)

/**
 * Takes a locked document to a status that its flow leads to, with what else changes; the event tells the step. Where it stays what it was, it is
 * written like any other change.
 */
export function move(
  ctx: Ctx,
  { id, type, status: old_status }: Pick<ReceivableRow, 'id' | 'type' | 'status'>,
  status: ReceivableRow['status'],
  event: string,
  columns: Columns & { status?: never },
  { data, quiet }: Writing = {},
): Promise<RawJson> {
  const step = moved(old_status, status)
  if (step && !flows[type].leadsTo(old_status, status))
    throw new Error(`No step leads a ${noun[type]} from ${old_status} to ${status}`)
  return change(ctx, id, event, { ...columns, status }, { data: step || data ? { ...step, ...data } : undefined, quiet })
}

async function change(
  ctx: Ctx,
  id: string,
  event: string,
  columns: Columns,
  { data, quiet = false }: Writing = {},
): Promise<RawJson> {
  const given = Object.entries(columns).filter(([, value]) => value !== undefined)
  const sets = [...given.map(([name], i) => `${name} = $${i + 6}`), 'updated_at = app_now()']
  const [row] = await ctx.db.query<ReceivableRow>(
    `update receivables t set ${sets.join(', ')} where id = $1
     returning ${COLUMNS}, emit('receivable', t.id, $2, $3, $4, $5) as emitted`,
    [id, event, ctx.userId, json(data), quiet, ...given.map(([, value]) => value)],
  )
  const owed = ['status', 'amount_due', 'deleted_at'].some((name) => name in columns)
  return shown(ctx, owed && row!.payment_link_url !== null ? await fitted(ctx, row!) : row!)
}

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

/** A step from one status to another, as events tell it; none where it stays what it was. */
export const moved = (old_status: string, new_status: string) =>
  old_status === new_status ? undefined : { old_status, new_status }

/** Orders the document's pages anew; one that is waiting to be drawn will do. */
export const orderPages = (ctx: Ctx, id: string) => jobs.add(ctx, 'receivables.render_pdf', { id }, { key: `pdf:${id}` })

/** Pages of drafts were drawn in a way that isn't used any more: they are drawn anew when they are asked for. */
export const redrawDrafts = (ctx: Ctx) =>
  ctx.db.query(`update receivables set pdf_stale = true where issue_date is null and not pdf_stale and deleted_at is null`)

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
    early_terms: json(early_terms),
    expiry_date: ask.expiry_date ?? null,
    ...dated,
    currency: ask.currency,
    counterpart_id: ask.counterpart_id,
    counterpart_name: facts.counterpart.name,
    product_ids: productIds(lines),
    payment_page_url: ask.payment_page_url ?? null,
    ask: json(ask),
    content: text,
    content_hash: issued ? contentHash(before.document_id!, issued, due_date, total, text) : null,
    pdf_stale: true,
  })
  if (open.status === before.status) return row
  if (open.status === 'paid') return move(ctx, before, 'paid', 'paid', { paid_at: ctx.now.toISOString() })
  if (open.status === 'overdue') return move(ctx, before, 'overdue', 'overdue', {})
  // Being in time again is no event of its own: whoever listens hears that the document was updated.
  return move(ctx, before, open.status, 'status_changed', {}, { quiet: true })
}

/** Deletes a draft; what was issued stays. */
export async function deleteReceivable(ctx: Ctx, id: string): Promise<null> {
  const before = await lockReceivable(ctx, id)
  const status = nextStatus(before, 'delete')
  // What is gone has no status for anybody: the event tells no step.
  await change(ctx, id, 'deleted', { deleted_at: ctx.now.toISOString(), status })
  if (before.type === 'credit_note')
    await ctx.db.query(`update receivables set credit_note_ids = array_remove(credit_note_ids, $2) where id = $1`, [
      before.based_on,
      id,
    ])
  return null
}

/** Where the pages are. Asking for one that is out of date orders a new one; until it is there the answer is null. */
export async function pdfLink(ctx: Ctx, id: string) {
  const row = await inLanguageOfCustomer(ctx, await findReceivable(ctx, id))
  if (row.pdf_stale) await jobs.add(ctx, 'receivables.render_pdf', { id }, { key: `pdf:${id}`, ifAbsent: true })
  return pages(row)
}

const SPOKEN = `select coalesce(c.language, e.settings ->> 'language', 'en') as language from counterparts c join entities e on e.id = c.entity_id
  where c.id = $1 and c.deleted_at is null`
const TRANSLATED = `update receivables set content = $3, pdf_stale = true, updated_at = app_now() where id = $1 and updated_at = $2`

/** A draft whose customer was given another language since: its page is drawn in that one. What was issued keeps its own. */
async function inLanguageOfCustomer(ctx: Ctx, row: ReceivableRow): Promise<ReceivableRow> {
  if (row.status !== 'draft') return row
  const [spoken] = await ctx.db.query<{ language: string }>(SPOKEN, [row.counterpart_id])
  const content = contentIn(row)
  const language = spoken && documentLanguage(spoken.language)
  if (!language || language === content.file_language) return row
  await ctx.db.query(TRANSLATED, [row.id, row.updated_at, json({ ...content, file_language: language })])
  return findReceivable(ctx, row.id)
}

/** Only invoices are paid, written off or canceled. */
export async function lockInvoice(ctx: Ctx, id: string): Promise<Stored> {
  const row = await lockReceivable(ctx, id)
  if (row.type !== 'invoice') throw conflict(`This is a ${noun[row.type]}; only invoices are paid, written off or canceled`)
  return row
}
