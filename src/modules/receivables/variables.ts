import { currencies, isCurrency } from '../../core/currencies.ts'
import { formats } from '../../platform/pdf/format.ts'
import type { Ask, Composed, Facts } from './draft.ts'

/** Replaces `{name}` by its value; a name nobody knows stays as it is. */
export function substitute<T extends string | null | undefined>(text: T, values: Readonly<Record<string, string | null>>): T {
  if (!text?.includes('{')) return text
  return text.replace(/\{\s*([a-z_]+)\s*\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? '') : whole,
  ) as T
}

/** What is known of the document by now: a draft has neither a number nor a day. */
interface Known {
  readonly document_id: string | null
  readonly issue_date: string | null
}

/** What the variables of a text stand for, written as the customer reads it. What isn't known yet is empty. */
export function valuesOf(
  { type, currency, expiry_date, payment_page_url }: Ask,
  { contact, counterpart, entity }: Facts,
  { figures, content, due_date }: Composed,
  { document_id, issue_date }: Known,
): Record<string, string | null> {
  const decimals = isCurrency(currency) ? currencies[currency].minor_units : 2
  const { money, date } = formats(content.file_language as string, entity.address.country, currency, decimals)
  const total = money(figures.total_amount)
  const number = (kind: Ask['type']) => (type === kind ? document_id : null)
  return {
    company_name: counterpart.name,
    contact_name: contact ? `${contact.first_name} ${contact.last_name}` : counterpart.name,
    entity_name: entity.organization?.legal_name ?? `${entity.individual?.first_name} ${entity.individual?.last_name}`,
    entity_email: entity.email,
    invoice_number: number('invoice'),
    quote_number: number('quote'),
    credit_note_number: number('credit_note'),
    issue_date: issue_date && date(issue_date),
    due_date: due_date && date(due_date),
    expiry_date: expiry_date ? date(expiry_date) : null,
    total_amount: total,
    amount_due: total,
    amount_due_with_discount: total,
    payment_link: payment_page_url ?? null,
  }
}
