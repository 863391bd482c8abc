import type { ResolvedTerms } from '../../core/terms.ts'
import type { Selectable } from '../../platform/database/columns.ts'
import type { Database } from '../../platform/database/database.types.ts'
import { fileLink } from '../../platform/files/links.ts'
import { RawJson } from '../../platform/http/types.ts'
import { FILE_JSON, fileObject } from '../common/files/files.service.ts'
import { TAGS } from '../common/tags/tags.service.ts'
import { toPay } from './invoice.ts'

/** The columns of an answer. What is only passed on (`content` and the like) stays text from the database to the wire. */
export const COLUMNS = `t.id, t.created_at, t.updated_at, t.type, t.status, t.document_id, t.currency, t.counterpart_id, t.entity_user_id, t.based_on, t.project_id, t.recurrence_id,
  t.issue_date, t.issued_on, t.due_date, t.expiry_date, t.paid_at, t.comment, t.subtotal, t.discounted_subtotal, t.subtotal_after_vat, t.total_vat_amount, t.total_withholding_tax,
  t.total_deduction_amount, t.total_amount, t.amount_credited, t.amount_paid, t.amount_due, t.early_terms, t.credit_note_ids, coalesce(t.payment_link_url, t.payment_page_url) as payment_page_url, t.payment_link_url, t.file_key, t.original_file_key, t.pdf_stale, t.einvoice_error, t.einvoice_file_key,
  t.attachments::text as attachments, t.partner_metadata::text as partner_metadata, t.content::text as content,
  (${TAGS})::text as tags,
  case when t.file_key is not null and not t.pdf_stale then (select ${FILE_JSON} from files f where f.link_key = t.file_key and f.deleted_at is null) end as file`

declare module '../../platform/database/columns.ts' {
  interface JsonShapes {
    'receivables.early_terms': ResolvedTerms
  }
}

type Stored = Selectable<Database['receivables']>
/**
 * A document as the database holds it. `issued_on` is the day that stands on it: that of the entity, at the moment of issue.
 * `payment_page_url` is where it can be paid: by a link of ours, else on the page that was named for it. `pdf_stale`: the pages show
 * something that isn't so any more. `einvoice_*`: what the network for e-invoices says against it, and the link key of the file it was given.
 */
export type ReceivableRow = Pick<
  Stored,
  | 'id'
  | 'created_at'
  | 'updated_at'
  | 'type'
  | 'status'
  | 'document_id'
  | 'currency'
  | 'counterpart_id'
  | 'entity_user_id'
  | 'based_on'
  | 'project_id'
  | 'recurrence_id'
  | 'issue_date'
  | 'issued_on'
  | 'due_date'
  | 'expiry_date'
  | 'paid_at'
  | 'comment'
  | 'subtotal'
  | 'discounted_subtotal'
  | 'subtotal_after_vat'
  | 'total_vat_amount'
  | 'total_withholding_tax'
  | 'total_deduction_amount'
  | 'total_amount'
  | 'amount_credited'
  | 'amount_paid'
  | 'amount_due'
  | 'early_terms'
  | 'credit_note_ids'
  | 'payment_page_url'
  | 'payment_link_url'
  | 'file_key'
  | 'original_file_key'
  | 'pdf_stale'
  | 'einvoice_error'
  | 'einvoice_file_key'
> & {
  readonly file: Record<string, unknown> | null
  /** JSON as it lies. */
  readonly attachments: string | null
  readonly partner_metadata: string | null
  readonly content: string
  readonly tags: string
}

/** Where the pages are, as long as they show the present content: an old page is never shown for the document. */
export function pages({
  pdf_stale,
  file_key,
  original_file_key,
}: Pick<ReceivableRow, 'pdf_stale' | 'file_key' | 'original_file_key'>) {
  const url = (key: string | null) => (key && !pdf_stale ? fileLink(key) : null)
  return { file_url: url(file_key), original_file_url: url(original_file_key) }
}

/** The document as JSON text: a small head of what can change, then the content exactly as it lies. */
export function present(row: ReceivableRow, today: string): RawJson {
  // Assigned, not spread: a second spread in a literal takes ten times as long, and a page has a hundred of these.
  const head = common(row)
  if (row.type === 'invoice') Object.assign(head, ofInvoice(row, today))
  if (row.type === 'quote') Object.assign(head, ofQuote(row))
  const parts = `"tags":${row.tags},"attachments":${row.attachments ?? 'null'},"partner_metadata":${row.partner_metadata ?? 'null'}`
  return new RawJson(JSON.stringify(head).slice(0, -1), ',', parts, ',', contentShown(row).slice(1))
}

/** The content as it lies, with what the network for e-invoices told since. */
function contentShown({ content, einvoice_error, einvoice_file_key }: ReceivableRow): string {
  if (!einvoice_error && !einvoice_file_key) return content
  const news = {
    einvoice_error_comment: einvoice_error,
    einvoice_file_url: einvoice_file_key ? fileLink(einvoice_file_key) : null,
  }
  return JSON.stringify({ ...JSON.parse(content), ...news })
}

const common = (row: ReceivableRow) => ({
  id: row.id,
  created_at: row.created_at,
  updated_at: row.updated_at,
  type: row.type,
  status: row.status,
  document_id: row.document_id,
  currency: row.currency,
  counterpart_id: row.counterpart_id,
  entity_user_id: row.entity_user_id,
  based_on: row.based_on,
  project_id: row.project_id,
  issue_date: row.issue_date,
  due_date: row.due_date,
  ...pages(row),
  file: fileObject(row.file),
  subtotal: row.subtotal,
  discounted_subtotal: row.discounted_subtotal,
  subtotal_after_vat: row.subtotal_after_vat,
  total_vat_amount: row.total_vat_amount,
  total_withholding_tax: row.total_withholding_tax,
  total_deduction_amount: row.total_deduction_amount,
  total_amount: row.total_amount,
})

const ofInvoice = (row: ReceivableRow, today: string) => ({
  amount_due: row.amount_due,
  amount_paid: row.amount_paid,
  amount_to_pay: toPay(row, today),
  comment: row.comment,
  paid_at: row.paid_at,
  payment_page_url: row.payment_page_url,
  recurrence_id: row.recurrence_id,
  related_documents: { credit_note_ids: row.credit_note_ids, proforma_invoice_id: null },
  total_amount_with_credit_notes: row.total_amount - row.amount_credited,
})

const ofQuote = (row: ReceivableRow) => ({ comment: row.comment, expiry_date: row.expiry_date })
