import { daysBetween } from '../../core/calendar.ts'
import { minorUnitsOf } from '../../core/currencies.ts'
import { fullName } from '../../core/onboarding/names.ts'
import { formats } from '../../platform/pdf/format.ts'
import { webUrl } from '../../platform/url.ts'
import { type Ask, type Composed, contentIn, type Facts } from './draft.ts'
import { toPay } from './invoice.ts'
import type { ReceivableRow } from './receivables.rows.ts'

export { substitute } from '../../platform/templates/placeholders.ts'

/** What a text in a mail needs beyond the document itself. */
interface Around {
  readonly language: string
  /** The address of the document's page, if it has one. */
  readonly page: string | null
  /** YYYY-MM-DD. */
  readonly today: string
  /** The early tier that the text is about, where it is about one: also while the discount of an earlier one is still open. */
  readonly term?: 'term_1' | 'term_2'
}

/** What the variables of a mail about a document stand for on that day, written in the language of the mail. */
export function valuesOfDocument(row: ReceivableRow, { language, page, today, term }: Around): Record<string, string | null> {
  const content = contentIn(row)
  const { entity, counterpart_contact: contact, payment_terms: terms } = content
  const decimals = minorUnitsOf(row.currency)
  const { money, date, percent } = formats(language, content.entity_address.country, row.currency, decimals)
  const open = (term ? [terms?.[term]] : [terms?.term_1, terms?.term_2]).find((tier) => tier?.end_date && tier.end_date >= today)
  const number = (type: ReceivableRow['type']) => (row.type === type ? row.document_id : null)
  const link = (type: ReceivableRow['type']) => (row.type === type ? page : null)
  const canceled = row.status === 'canceled'
  /** Where nothing is to be paid, nobody is led to a payment. */
  const owed = row.type !== 'invoice' || row.amount_due > 0
  const day = (text: string | null) => (text === null ? null : date(text))
  return {
    company_name: content.counterpart_name,
    contact_name: contact ? fullName(contact.first_name, contact.last_name) : content.counterpart_name,
    entity_name: entity.name ?? fullName(entity.first_name, entity.last_name),
    entity_email: entity.email ?? null,
    invoice_number: row.type === 'credit_note' ? content.based_on_document_id : number('invoice'),
    quote_number: number('quote'),
    credit_note_number: number('credit_note'),
    issue_date: day(row.issued_on),
    due_date: canceled ? null : day(row.due_date),
    expiry_date: day(row.expiry_date),
    total_amount: money(row.total_amount),
    amount_due: money(row.amount_due),
    amount_due_with_discount: money(toPay(row, open?.end_date ?? today)),
    discount_date: day(open?.end_date ?? null),
    discount: open ? percent(open.discount) : null,
    days_overdue: String(row.due_date && owed ? Math.max(0, daysBetween(row.due_date, today)) : 0),
    payment_link: owed ? (webUrl(row.payment_page_url) ?? link('invoice')) : null,
    invoice_link: link('invoice'),
    quote_link: link('quote'),
    credit_note_link: link('credit_note'),
  }
}

/** What is known of the document by now: a draft has neither a number nor a day. */
interface Known {
  readonly document_id: string | null
  readonly issued_on: string | null
}

/** What the variables of a text stand for, written as the customer reads it. What isn't known yet is empty. */
export function valuesOf(
  { type, currency, expiry_date, payment_page_url }: Ask,
  { contact, counterpart, entity }: Facts,
  { figures, content, due_date }: Composed,
  { document_id, issued_on }: Known,
): Record<string, string | null> {
  const decimals = minorUnitsOf(currency)
  const { money, date } = formats(content.file_language, entity.address.country, currency, decimals)
  const total = money(figures.total_amount)
  const number = (kind: Ask['type']) => (type === kind ? document_id : null)
  return {
    company_name: counterpart.name,
    contact_name: contact ? fullName(contact.first_name, contact.last_name) : counterpart.name,
    entity_name: entity.organization?.legal_name ?? fullName(entity.individual?.first_name, entity.individual?.last_name),
    entity_email: entity.email,
    invoice_number: number('invoice'),
    quote_number: number('quote'),
    credit_note_number: number('credit_note'),
    issue_date: issued_on && date(issued_on),
    due_date: due_date && date(due_date),
    expiry_date: expiry_date ? date(expiry_date) : null,
    total_amount: total,
    amount_due: total,
    amount_due_with_discount: total,
    payment_link: webUrl(payment_page_url),
  }
}
