import { addDays } from '../../core/calendar.ts'
import { termsLater } from '../../core/recurrence.ts'
import { conflict, ifRefused, noSuch } from '../../core/refusal.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { json } from '../../platform/database/rows.ts'
import { sql } from '../../platform/database/sql.ts'
import { RawJson } from '../../platform/http/types.ts'
import { customRatesById } from '../catalog/custom-vat-rates/custom-vat-rates.service.ts'
import { vatRateById } from '../catalog/vat-rates/vat-rates.service.ts'
import { readSettings } from '../entities/settings/settings.service.ts'
import { type Ask, attachmentsIn, compose, type DraftLine, type Facts } from './draft.ts'
import { insertDraft } from './drafts.service.ts'
import { copiesIn, factsOnDocument, readFacts } from './facts.ts'
import { quoteFlow } from './invoice.flow.ts'
import type { ReceivableRow } from './receivables.rows.ts'
import {
  type Filing,
  findStored,
  linesOf,
  lockReceivable,
  move,
  readFiling,
  type Stored,
  shown,
  withArticle,
  write,
} from './receivables.service.ts'
import { requireReminders } from './reminders/reminders.service.ts'

/** Documents made from others: clones, invoices from quotes, and invoices that recur. */

/** What belongs to this document alone, so that its clone does not have it. */
const ONCE = { based_on_document_id: null, expiry_date: null, payment_page_url: null, credits: null } as const

/** Terms that were named by an id are read anew; those that were spelled out are copied. */
const withTermsAnew = (ask: Ask): Ask => ({ ...ask, payment_terms: ask.payment_terms_id ? null : ask.payment_terms })

/** The day of supply if somebody named it. One that follows from the day of issue is not copied. */
const suppliedOn = ({ ask: { fulfillment_date }, issued_on }: Stored) =>
  issued_on === fulfillment_date ? null : fulfillment_date

/** A new draft of the same: everything it names must still be there, and is copied anew. */
export async function cloneReceivable(ctx: Ctx, id: string): Promise<RawJson> {
  const source = await findStored(ctx, id)
  if (source.type === 'credit_note') throw conflict('A credit note belongs to its invoice and is not cloned')
  const lines = linesOf(source)
  await checkNamed(ctx, source, lines)
  await requireReminders(ctx, source.ask)
  const ask = withTermsAnew({ ...source.ask, ...ONCE, fulfillment_date: suppliedOn(source) })
  const facts = await readFacts(ctx, ask)
  const row = await copy(ctx, { ...ask, payment_terms: facts.payment_terms }, lines, facts, besideOf(source))
  return shown(ctx, row)
}

const copy = (ctx: Ctx, ask: Ask, lines: readonly DraftLine[], facts: Facts, more: Copy): Promise<ReceivableRow> =>
  insertDraft(ctx, { ask, lines, facts, composed: compose(ask, lines, facts, null), ...more })

interface Copy {
  beside: Filing
  based_on?: string
  recurrence_id?: string
  entity_user_id?: string | null
}

/** Tags, project and metadata go along, attachments don't. */
const besideOf = ({ tag_ids, project_id, partner_metadata }: Stored): Copy => ({
  beside: { tag_ids, project_id, partner_metadata: partner_metadata === null ? null : new RawJson(partner_metadata) },
})

const PRODUCTS = sql(`select id from products where id = any (:ids) and deleted_at is null`)
const PROJECT = sql(`select from projects where id = :project_id and deleted_at is null`)

/** A 404 names the first thing that a copy would name and that is gone. */
async function checkNamed(ctx: Ctx, { project_id }: Stored, lines: readonly DraftLine[]): Promise<void> {
  const ids = [...new Set(lines.map(({ product }) => product.id))]
  const rates = lines.flatMap(({ product: { vat_rate } }) => (vat_rate.id ? [vat_rate] : []))
  const custom = rates.filter(({ is_custom }) => is_custom).map(({ id }) => id!)
  const [products, projects, known] = await Promise.all([
    PRODUCTS(ctx, { ids }),
    project_id ? PROJECT(ctx, { project_id }) : [],
    customRatesById(ctx, custom),
  ])
  const gone = ids.find((id) => !products.some((product) => product.id === id))
  if (gone) throw noSuch('product', gone)
  for (const { id, is_custom } of rates) {
    if (is_custom ? !known.has(id!) : !vatRateById(id!)) throw noSuch(is_custom ? 'custom VAT rate' : 'VAT rate', id!)
  }
  if (project_id && projects.length === 0) throw noSuch('project', project_id)
}

/** An invoice drawn up from a quote that the customer got: by hand it counts as accepted. */
export async function invoiceFromQuote(ctx: Ctx, quoteId: string, tag_ids?: readonly string[] | null): Promise<RawJson> {
  const quote = await lockReceivable(ctx, quoteId)
  if (quote.type !== 'quote') throw conflict(`An invoice is based on a quote, and this is ${withArticle[quote.type]}`)
  if (quote.status !== 'issued' && quote.status !== 'accepted')
    throw conflict(`A quote that is ${quote.status === 'draft' ? 'a draft' : quote.status} does not become an invoice`)
  const beside = await readFiling(ctx, { tag_ids }, ['body'])
  const row = await invoiceOf(ctx, quote, { tag_ids: beside.tag_ids })
  if (quote.status === 'issued') {
    const status = quoteFlow.next('issued', 'accept')
    await move(ctx, quote, status, 'accepted', {})
  }
  return shown(ctx, row)
}

/**
 * The draft invoice of a quote, with what the quote says. What the quote names and is gone by now comes from the copy on the quote.
 */
export async function invoiceOf(
  ctx: Ctx,
  quote: Stored,
  { tag_ids = quote.tag_ids, entity_user_id }: { tag_ids?: readonly string[]; entity_user_id?: string | null } = {},
): Promise<ReceivableRow> {
  const { signature_required: _s, quote_accept_page_url: _q, ...shared } = quote.ask
  const ask: Ask = { ...shared, ...ONCE, type: 'invoice', based_on_document_id: quote.document_id }
  const facts = await factsNowOrThen(ctx, ask, quote)
  const { beside } = besideOf(quote)
  const more = { beside: { ...beside, tag_ids }, based_on: quote.id, ...(entity_user_id !== undefined && { entity_user_id }) }
  const row = await copy(ctx, ask, linesOf(quote), facts, more)
  await tellSource(ctx, quote.id, row.id)
  return row
}

/**
 * The invoice of one day of a recurrence: says what its base says, of the customer and the bank account as they are now. Days that the
 * base names move along: the new invoice is made `daysLater` than the start that they belong to. Its files are those meant for mails.
 */
export async function invoiceFromBase(ctx: Ctx, baseId: string, daysLater: number): Promise<ReceivableRow> {
  const base = await findStored(ctx, baseId)
  const { payment_terms, fulfillment_date } = base.ask
  const ask: Ask = {
    ...base.ask,
    based_on_document_id: base.document_id,
    payment_terms: payment_terms && termsLater(payment_terms, daysLater),
    fulfillment_date: fulfillment_date && addDays(fulfillment_date, daysLater),
  }
  const facts = await factsNowOrThen(ctx, ask, base)
  const row = await copy(ctx, ask, linesOf(base), facts, {
    beside: { ...besideOf(base).beside, attachments: filesForMails(base) },
    based_on: base.id,
    recurrence_id: base.recurrence_id!,
    entity_user_id: base.entity_user_id,
  })
  await tellSource(ctx, base.id, row.id)
  return row
}

function filesForMails(row: Stored): RawJson | null {
  const wanted = attachmentsIn(row).filter(({ include_in_email }) => include_in_email)
  return wanted.length > 0 ? json(wanted) : null
}

/** What the copy names as it is now; where something of it is gone, what the source still says of it all. */
async function factsNowOrThen(ctx: Ctx, ask: Ask, { content }: Stored): Promise<Facts> {
  return readFacts(ctx, ask, copiesIn(content)).catch(
    ifRefused(async () => factsOnDocument(ask, content, await readSettings(ctx))),
  )
}

/** The source's history tells of the invoice that was made from it. */
const tellSource = (ctx: Ctx, sourceId: string, receivable_id: string) =>
  write(ctx, sourceId, 'based_on_receivable_created', {}, { data: { receivable_id, type: 'invoice' } })
