import type { Figures as CreditFigures } from '../../core/credits.ts'
import {
  type Credit,
  type Credited,
  type CreditWanted,
  creditAll,
  creditAsked,
  creditable,
  creditLine,
  creditTotals,
} from '../../core/credits.ts'
import { given } from '../../core/records.ts'
import { badRequest, conflict } from '../../core/refusal.ts'
import type { Totals } from '../../core/totals.ts'
import { randomSecret } from '../../platform/auth/secrets.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { shaped, sql } from '../../platform/database/sql.ts'
import { RawJson } from '../../platform/http/types.ts'
import { localDay } from '../../platform/local-day.ts'
import { orderRefund } from '../booking/ledger.service.ts'
import { orderSending } from '../einvoicing/ordering.service.ts'
import { type EntitySettings, readSettings } from '../entities/settings/settings.service.ts'
import {
  type Ask,
  type Composed,
  compose,
  contentIn,
  type DocumentContent,
  type DraftLine,
  type Facts,
  type Figures,
  overlaid,
  termsOf,
  toCalculate,
} from './draft.ts'
import { insertDraft, withTexts } from './drafts.service.ts'
import { participantOf } from './einvoices/einvoices.service.ts'
import { factsOnDocument, readCounterpart } from './facts.ts'
import { checkCreditable, credit } from './invoice.ts'
import { numberFor } from './numbering.ts'
import type { UpdateCreditNote } from './receivables.schema.ts'
import {
  besideContent,
  contentHash,
  linesOf,
  lockReceivable,
  move,
  nextStatus,
  orderPages,
  readFiling,
  rewrite,
  type Stored,
  shown,
  withArticle,
  write,
} from './receivables.service.ts'

/** Credit notes: drawn up from their invoice, edited by what they take back, and issued against what is due. */

/** A document's figures as they are stored, for credits to be measured by. */
function figuresOn(row: Figures & { content: string }): CreditFigures {
  const content = contentIn(row)
  return {
    ...row,
    lines: content.line_items,
    discount_value: content.discount?.value ?? 0,
    total_vat_amounts: content.total_vat_amounts.map(({ id, name, components, ...tax }) => ({
      ...tax,
      key: id ?? `${tax.value} ${name}`,
      components: components ?? [],
    })),
  }
}

/** An invoice as its credit notes see it, and those that were issued for it. */
interface Base {
  readonly invoice: Stored
  readonly lines: readonly DraftLine[]
  readonly earlier: readonly Credited[]
}

const ISSUED = shaped<{ credits: Credit[] | null }>()(
  sql(`select ask -> 'credits' as credits, content::text as "content!", subtotal, discounted_subtotal, subtotal_after_vat, total_vat_amount,
    total_withholding_tax, total_deduction_amount, total_amount
  from receivables where based_on = :invoice and type = 'credit_note' and status not in ('draft', 'failed') and deleted_at is null order by number`),
)

async function baseOf(ctx: Ctx, invoice: Stored): Promise<Base> {
  const lines = linesOf(invoice)
  const sold = soldOn(invoice, lines)
  const notes = await ISSUED(ctx, { invoice: invoice.id })
  // Before credit notes took back parts they took the whole.
  const earlier = notes.map((note) => ({ credits: note.credits ?? creditAll(creditable(sold, [])), figures: figuresOn(note) }))
  return { invoice, lines, earlier }
}

const soldOn = ({ ask }: Stored, lines: readonly DraftLine[]) => lines.map((line) => toCalculate(line, ask.vat_mode))

const left = ({ invoice, lines, earlier }: Base) =>
  creditable(
    soldOn(invoice, lines),
    earlier.flatMap(({ credits }) => credits),
  )

/** What a credit note says: the invoice's own words, with the lines and figures of what is taken back. `before` is an earlier draft of it. */
interface CreditNoteDraft {
  readonly ask: Ask
  readonly lines: readonly DraftLine[]
  readonly figures: Totals
}

function draw(base: Base, credits: readonly Credit[], before: Ask = base.invoice.ask): CreditNoteDraft {
  const { invoice, lines, earlier } = base
  const sold = soldOn(invoice, lines)
  const figures = creditTotals({ lines: sold, terms: termsOf(invoice.ask), figures: figuresOn(invoice) }, earlier, credits)
  const { discount, vat_mode } = invoice.ask
  const [first] = contentIn(invoice).deductions
  const ask: Ask = {
    ...before,
    type: 'credit_note',
    based_on_document_id: invoice.document_id,
    credits,
    discount: discount?.type === 'amount' ? { type: 'amount', amount: figures.discount_value } : discount,
    deductions: figures.total_deduction_amount > 0 ? [{ ...first, amount: figures.total_deduction_amount }] : null,
    deduction_amount: null,
    deduction_memo: null,
    payment_terms: null,
    payment_terms_id: null,
    payment_page_url: null,
  }
  return { ask, lines: credits.map((one) => lineOf(one, lines, sold, vat_mode)), figures }
}

function lineOf(one: Credit, lines: readonly DraftLine[], sold: ReturnType<typeof soldOn>, vatMode: Ask['vat_mode']): DraftLine {
  const line = lines[one.line]!
  const { quantity, price, discount } = creditLine(one, sold)
  const entered = vatMode === 'inclusive' ? 'price_after_vat' : 'price'
  return {
    ...line,
    quantity,
    discount: discount ?? null,
    product: { ...line.product, [entered]: { ...line.product[entered], value: price } },
  }
}

const composed = ({ ask, lines, figures }: CreditNoteDraft, facts: Facts, day: string | null): Composed =>
  compose(ask, lines, facts, day, { figures })

const DRAFT = sql(
  `select id from receivables where based_on = :invoice and type = 'credit_note' and status = 'draft' and deleted_at is null limit 1`,
)

/** A draft that credits all that is left of the invoice. */
export async function createCreditNote(ctx: Ctx, invoiceId: string, tag_ids?: readonly string[] | null): Promise<RawJson> {
  const invoice = await lockReceivable(ctx, invoiceId)
  if (invoice.type !== 'invoice') throw conflict(`A credit note is based on an invoice, and this is ${withArticle[invoice.type]}`)
  const [settings, beside] = await Promise.all([readSettings(ctx), readFiling(ctx, { tag_ids }, ['body'])])
  checkCreditable(invoice, paidToo(settings))
  if (await DRAFT.maybe(ctx, { invoice: invoiceId }))
    throw conflict('There is a draft credit note for this invoice already: issue or delete it first')
  return shown(ctx, await creditRest(ctx, invoice, settings, beside.tag_ids))
}

const paidToo = ({ credit_paid_invoices }: EntitySettings) => ({ paid_too: credit_paid_invoices === true })

async function creditRest(ctx: Ctx, invoice: Stored, settings: EntitySettings, tag_ids: readonly string[] | undefined) {
  const base = await baseOf(ctx, invoice)
  const positions = left(base)
  if (positions.length === 0) throw conflict('There is nothing left to credit')
  const drawn = draw(base, creditAll(positions))
  const facts = factsOnDocument(invoice.ask, invoice.content, settings)
  const { tag_ids: tags } = invoice
  const row = await insertDraft(ctx, {
    ...drawn,
    facts,
    composed: composed(drawn, facts, null),
    beside: { tag_ids: tag_ids ?? tags, project_id: invoice.project_id },
    based_on: invoice.id,
  })
  const data = { receivable_id: row.id, type: 'credit_note' }
  const credit_note_ids = [...invoice.credit_note_ids, row.id]
  await write(ctx, invoice.id, 'based_on_receivable_created', { credit_note_ids }, { data })
  return row
}

/** Takes back all that is left, in one issued credit note; the invoice ends with it. */
export async function creditInFull(ctx: Ctx, invoice: Stored, settings: EntitySettings): Promise<string> {
  const { id } = await creditRest(ctx, invoice, settings, undefined)
  await issueCreditNote(ctx, await lockReceivable(ctx, id))
  return id
}

/** Changes a draft credit note. `line_items` replaces what it takes back: products that aren't named drop out. */
export async function updateCreditNote(ctx: Ctx, id: string, body: UpdateCreditNote): Promise<RawJson> {
  const at = ['body', 'credit_note']
  const { line_items, tag_ids, attachments, partner_metadata, project_id, counterpart_contact, document_rendering, ...asked } =
    body
  const before = await lockReceivable(ctx, id)
  if (before.type !== 'credit_note') throw conflict(`Wrong payload for a receivable that is ${withArticle[before.type]}`)
  nextStatus(before, 'edit')
  const [settings, beside, invoice] = await Promise.all([
    readSettings(ctx),
    readFiling(ctx, { tag_ids, attachments, project_id, partner_metadata }, at),
    lockReceivable(ctx, before.based_on!),
  ])
  const page = document_rendering && { document_rendering: overlaid(before.ask.document_rendering ?? {}, document_rendering) }
  const { counterpart_billing_address_id = before.ask.counterpart_billing_address_id } = asked
  if (!counterpart_billing_address_id) throw badRequest('A credit note needs its counterpart_billing_address_id')
  const changed: Ask = { ...before.ask, ...given(asked), ...page, counterpart_billing_address_id }
  const facts = factsOnDocument(changed, before.content, settings)
  const base = await baseOf(ctx, invoice)
  const drawn = draw(base, line_items ? creditsAsked(base, line_items) : (before.ask.credits ?? creditAll(left(base))), changed)
  const current = {
    ...facts,
    ...(asked.counterpart_billing_address_id || asked.counterpart_shipping_address_id !== undefined
      ? await addresses(ctx, changed)
      : {}),
    ...(counterpart_contact && { contact: counterpart_contact }),
  }
  const ask = withTexts(drawn.ask, drawn.lines, current, asked)
  return rewrite(ctx, before, ask, drawn.lines, current, { ...beside, given: drawn.figures })
}

async function addresses(ctx: Ctx, ask: Ask): Promise<Pick<Facts, 'billing_address' | 'shipping_address'>> {
  const { billing_address, shipping_address } = await readCounterpart(ctx, ask)
  return { billing_address, shipping_address }
}

function creditsAsked(base: Base, items: Record<string, CreditWanted>): Credit[] {
  const asked = Object.entries(items)
  if (asked.length === 0) throw badRequest('A credit note has to credit at least one product')
  const positions = left(base)
  return asked
    .map(([product, item]) => {
      const own = positions.filter(({ line }) => base.lines[line]!.product.id === product.toLowerCase())
      return creditAsked(own, product, item)
    })
    .sort((a, b) => a.line - b.line)
}

/** A draft credit note becomes final, and the invoice is that much lower: paid or canceled when nothing is left due. */
export async function issueCreditNote(ctx: Ctx, draft: Stored): Promise<RawJson> {
  const status = nextStatus(draft, 'issue')
  const invoice = await lockReceivable(ctx, draft.based_on!)
  const [settings, base] = await Promise.all([readSettings(ctx), baseOf(ctx, invoice)])
  const drawn = draw(base, draft.ask.credits ?? creditAll(left(base)), draft.ask)
  const { columns: after, refund } = credit(invoice, drawn.figures.total_amount, paidToo(settings))
  const { day, at, ...numbered } = await numberFor(ctx, draft, settings, await localDay(ctx))
  const { figures, content } = composed(drawn, factsOnDocument(draft.ask, draft.content, settings), day)
  const text = JSON.stringify(content)
  const row = await move(ctx, draft, status, 'issued', {
    ...figures,
    ...besideContent(content),
    ...numbered,
    issue_date: at,
    issued_on: day,
    amount_due: 0,
    ask: drawn.ask,
    content: new RawJson(text),
    content_hash: contentHash(numbered.document_id, day, null, figures.total_amount, text),
    // The parties are those of the invoice.
    einvoice_facts: invoice.einvoice_facts,
    frozen: true,
    page_key: randomSecret(),
    pdf_stale: true,
  })
  await orderPages(ctx, draft.id)
  await sendCreditNote(ctx, draft.id, content)
  await lower(ctx, invoice, after, settings)
  if (refund > 0)
    await orderRefund(ctx, {
      invoice: invoice.id,
      currency: invoice.currency,
      status: after.status,
      credit_note: draft.id,
      amount: refund,
    })
  return row
}

/** A credit note of an e-invoice follows it through the network. It counts from the moment it is issued, whatever the network says of it. */
async function sendCreditNote(ctx: Ctx, id: string, content: DocumentContent): Promise<void> {
  const { is_einvoice, network_credentials: own, counterpart_einvoicing_credentials: theirs } = content
  if (is_einvoice && own && theirs) await orderSending(ctx, id, participantOf(own), participantOf(theirs))
}

/** The invoice after a credit note: what is due of it, and where that leads. */
async function lower(
  ctx: Ctx,
  invoice: Stored,
  after: ReturnType<typeof credit>['columns'],
  settings: EntitySettings,
): Promise<void> {
  const { status, ...owed } = after
  const ended = status !== invoice.status
  // What was canceled asks for nothing any more, whatever the settings say of payments.
  const redraw = settings.generate_paid_invoice_pdf === true || after.status === 'canceled'
  const columns = {
    ...owed,
    paid_at: ended && after.status === 'paid' ? ctx.now.toISOString() : undefined,
    pdf_stale: redraw || undefined,
  }
  const event = !ended ? 'updated' : status === 'paid' ? 'paid' : 'canceled'
  await move(ctx, invoice, status, event, columns)
  if (redraw) await orderPages(ctx, invoice.id)
}
