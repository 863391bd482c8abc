import { minorUnitsOf } from '../../../core/currencies.ts'
import { localDate } from '../../../core/local-day.ts'
import { say } from '../../../platform/pdf/drafting.ts'
import { type Formats, formats } from '../../../platform/pdf/format.ts'
import { defaultDesign } from '../../../platform/pdf/invoice.document.ts'
import { type InvoiceView, invoiceView } from '../../../platform/pdf/invoice.view.ts'
import { type DocumentLanguage, documentLanguage, type Labels, labelsOf } from '../../../platform/pdf/labels.ts'
import { webUrl } from '../../../platform/url.ts'
import { contentIn, documentFor, type PageFacts, type ReceivableRow, toPay } from '../customers.service.ts'
import { type PageStatus, type Words, wordsOf } from './words.ts'

/** What the page says, in the order it says it, in its language. */
export interface PageView {
  readonly language: DocumentLanguage
  readonly words: Words
  readonly labels: Labels
  readonly facts: PageFacts
  readonly status: PageStatus
  /** The same strings as on the PDF. */
  readonly document: InvoiceView
  readonly headline: {
    readonly label: string
    readonly amount: string
    readonly notes: readonly string[]
    /** What paying early costs, as long as it may. */
    readonly early: string | null
  }
  /** The languages that the page can be read in, when there are two. */
  readonly languages: readonly { readonly code: string; readonly name: string; readonly current: boolean }[]
  /** The PDF in the language of the page; null while it isn't drawn. */
  readonly file_key: string | null
  /** Whether something is to be paid, and where online. */
  readonly payable: boolean
  readonly pay_url: string | null
  readonly comment: string | null
  /** How the quote may be answered, while it can be. */
  readonly answer: { readonly signed: boolean; readonly hint: string } | null
}

const QUOTE: Record<string, PageStatus> = { issued: 'offered', accepted: 'accepted', declined: 'declined', expired: 'expired' }
const INVOICE: Record<string, PageStatus> = {
  issued: 'open',
  partially_paid: 'partially_paid',
  overdue: 'overdue',
  paid: 'paid',
  canceled: 'canceled',
  uncollectible: 'closed',
}

/** How the document stands on that day, also when the schedule hasn't noticed yet; null for what no customer sees, such as drafts. */
function pageStatus({ type, status, issue_date, due_date, expiry_date }: ReceivableRow, today: string): PageStatus | null {
  if (issue_date === null) return null
  if (type === 'credit_note') return status === 'issued' ? 'issued' : null
  const stands = (type === 'quote' ? QUOTE : INVOICE)[status] ?? null
  if (stands === 'offered' && expiry_date !== null && expiry_date < today) return 'expired'
  if ((stands === 'open' || stands === 'partially_paid') && due_date !== null && due_date < today) return 'overdue'
  return stands
}

const TO_PAY: ReadonlySet<PageStatus> = new Set(['open', 'partially_paid', 'overdue'])

/** The page of a document in the language asked for, where it is one of the document's two. Null for what no customer sees. */
export function pageView(facts: PageFacts, asked?: string | null): PageView | null {
  const { row, today } = facts
  const status = pageStatus(row, today)
  if (status === null) return null
  const content = contentIn(row)
  const own = documentLanguage(content.file_language)
  const original = documentLanguage(content.original_file_language)
  const language = asked === original ? original : own
  const labels = labelsOf(language)
  const words = wordsOf(language)
  const decimals = minorUnitsOf(row.currency)
  const format = formats(language, content.entity_address.country, row.currency, decimals)
  const payable = TO_PAY.has(status)
  const to_pay = toPay(row, today)
  const document = documentFor(row, language, defaultDesign, {
    deductionTitle: facts.deduction_title,
    project: facts.project,
    toPay: to_pay,
  })
  const early_payment = document.early_payment?.filter(({ date }) => date >= today)
  const view = invoiceView({ ...document, early_payment })
  const pays = payable || ['offered', 'accepted', 'issued'].includes(status)
  return {
    language,
    words,
    labels,
    facts,
    status,
    document: { ...view, payment: pays ? view.payment : null },
    headline: headlineOf(facts, status, { labels, words, format, sender: view.sender.name, to_pay }),
    languages: own === original ? [] : [own, original].map((code) => ({ code, name: nameOf(code), current: code === language })),
    file_key: row.pdf_stale ? null : language === own ? row.file_key : row.original_file_key,
    payable,
    pay_url: payable ? webUrl(row.payment_page_url) : null,
    comment: status === 'declined' ? row.comment : null,
    answer:
      status === 'offered' && facts.active
        ? {
            signed: content.signature_required === true,
            hint: say(content.signature_required ? words.sign_hint : words.accept_hint, {
              amount: format.money(row.total_amount),
            }),
          }
        : null,
  }
}

interface Telling {
  readonly labels: Labels
  readonly words: Words
  readonly format: Formats
  readonly sender: string
  readonly to_pay: number
}

/** The figure that the reader looks for, and what there is to know about it. */
function headlineOf(facts: PageFacts, status: PageStatus, telling: Telling): PageView['headline'] {
  const { row } = facts
  const { labels, words, format } = telling
  if (!TO_PAY.has(status)) {
    const note = outcome(facts, status, telling)
    return { label: labels.total, amount: format.money(row.total_amount), notes: note ? [note] : [], early: null }
  }
  const due = status === 'overdue' ? words.was_due : labels.payable_by
  return {
    label: labels.amount_due,
    amount: format.money(row.amount_due),
    notes: row.due_date ? [say(due, { date: format.date(row.due_date) })] : [],
    early: earlyPayment(row, facts.today, telling),
  }
}

function earlyPayment(row: ReceivableRow, today: string, { labels, format, to_pay }: Telling): string | null {
  const { term_1, term_2 } = row.early_terms ?? {}
  const tier = [term_1, term_2].find((term) => term?.end_date && term.end_date >= today)
  if (!tier?.end_date || to_pay >= row.amount_due) return null
  const [discount, date] = [format.percent(tier.discount), format.date(tier.end_date)]
  return say(labels.early_payment_amount, { discount, date, amount: format.money(to_pay) })
}

function outcome({ row, signature, zone }: PageFacts, status: PageStatus, { labels, words, format, sender }: Telling): string {
  const until = row.expiry_date ? format.date(row.expiry_date) : ''
  switch (status) {
    case 'paid':
      return row.paid_at ? say(words.paid_on, { date: format.date(localDate(new Date(row.paid_at), zone)) }) : ''
    case 'canceled':
      return words.nothing_to_pay
    case 'closed':
      return words.closed
    case 'offered':
      return until && `${labels.expiry_date} ${until}`
    case 'accepted':
      return signature
        ? `${say(words.accepted_by, { name: signature.full_name, date: format.date(localDate(new Date(signature.signed_at), zone)) })} ${words.thanks}`
        : `${words.accepted} ${words.thanks}`
    case 'declined':
      return words.declined
    case 'expired':
      return say(words.expired, { date: until, sender })
    default:
      return ''
  }
}

/** A language in its own words: `Deutsch`. */
const nameOf = (code: string) => new Intl.DisplayNames(code, { type: 'language' }).of(code) ?? code
