import { fileLink } from '../../platform/files/links.ts'
import { RawJson } from '../../platform/http/types.ts'
import { fileObject } from '../common/files/files.service.ts'
import { toPay } from './invoice.ts'
import type { ReceivableRow } from './receivables.rows.ts'

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

/** The content as it lies, with what the network for e-invoices has reported since. */
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
