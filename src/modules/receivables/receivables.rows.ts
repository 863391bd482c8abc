import type { ResolvedTerms } from '../../core/terms.ts'
import { rowTable } from '../../platform/database/rows.ts'
import { type RowOf, shaped, sql } from '../../platform/database/sql.ts'
import { FILE_JSON } from '../common/files/files.service.ts'
import { TAGS } from '../common/tags/tags.service.ts'
import type {} from './draft.ts'
import type {} from './einvoices/sold.snapshot.ts'

/** Documents as the database holds them. */

/** The columns of an answer. What is only passed on (`content` and the like) stays text from the database to the wire. */
export const COLUMNS = `t.id, t.created_at, t.updated_at, t.type, t.status, t.document_id, t.currency, t.counterpart_id, t.entity_user_id, t.based_on, t.project_id, t.recurrence_id,
  t.issue_date, t.issued_on, t.due_date, t.expiry_date, t.paid_at, t.comment, t.subtotal, t.discounted_subtotal, t.subtotal_after_vat, t.total_vat_amount, t.total_withholding_tax,
  t.total_deduction_amount, t.total_amount, t.amount_credited, t.amount_paid, t.amount_due, t.early_terms, t.credit_note_ids, coalesce(t.payment_link_url, t.payment_page_url) as payment_page_url, t.payment_link_url, t.file_key, t.original_file_key, t.pdf_stale, t.einvoice_error, t.einvoice_file_key,
  t.attachments::text as attachments, t.partner_metadata::text as partner_metadata, t.content::text as "content!",
  (${TAGS})::text as "tags!",
  case when t.file_key is not null and not t.pdf_stale then (select ${FILE_JSON} from files f where f.link_key = t.file_key and f.deleted_at is null) end as file`

declare module '../../platform/database/columns.ts' {
  interface JsonShapes {
    'receivables.early_terms': ResolvedTerms
  }
}

/** Types a statement that answers `COLUMNS`. */
export const documents = shaped<{ file: Record<string, unknown> | null }>()

export const FIND = documents(sql(`select ${COLUMNS} from receivables t where t.id = :id and t.deleted_at is null`))

/**
 * A document. `issued_on` is the day that stands on it: that of the entity, at the moment of issue. `payment_page_url` is where it can be
 * paid: by a link of ours, else on the page that was named for it. `pdf_stale`: the pages show something that isn't so any more.
 * `einvoice_*`: what the network for e-invoices says against it, and the link key of the file it was given. `attachments`,
 * `partner_metadata`, `content` and `tags` are JSON as it lies.
 */
export type ReceivableRow = Readonly<RowOf<typeof FIND>>

const WHOLE = `${COLUMNS}, t.ask, t.frozen, t.tag_ids, t.einvoice_facts, t.number, t.reserved_at, t.reserved_on` as const

export const FIND_STORED = documents(sql(`select ${WHOLE} from receivables t where t.id = :id and t.deleted_at is null`))
export const LOCK = documents(sql(`select ${WHOLE} from receivables t where t.id = :id and t.deleted_at is null for update of t`))
export const LOCK_SEVERAL = documents(
  sql(`select ${WHOLE} from receivables t where t.id = any (:ids) and t.deleted_at is null order by t.id for update of t`),
)

/**
 * A document with what it was made from. `einvoice_facts` is what its e-invoice says beyond it; null until it is issued. `number` is the place
 * in its series; null where the number was set by hand, or not yet given. `reserved_*` are the moment and the day that go with a number
 * that waits for the network.
 */
export type Stored = Readonly<RowOf<typeof LOCK>>

/** For what changes a document: whoever does asks the flow of its kind, see `move`. */
export const receivableRows = rowTable<ReceivableRow>()('receivables', {
  noun: 'Receivable',
  object: 'receivable',
  select: COLUMNS,
  missing: (id) => `There is no receivable by provided id: ${id}`,
})
