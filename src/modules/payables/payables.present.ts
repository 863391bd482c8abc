import type { Static } from 'typebox'
import { type BillTerms, billDue, billToPay, type StatedSums, tiersOf } from '../../core/bills.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { type RowOf, shaped, sql } from '../../platform/database/sql.ts'
import { localDay } from '../../platform/local-day.ts'
import { FILE_JSON, fileObject } from '../common/files/files.service.ts'
import { TAGS } from '../common/tags/tags.service.ts'
import { EXCHANGE, type Exchange, exchanged } from '../entities/settings/exchange.service.ts'
import type { OcrData, Payable, RawCounterpart, SuggestedResponse } from './payables.schema.ts'

declare module '../../platform/database/columns.ts' {
  interface JsonShapes {
    'payables.payment_terms': BillTerms & { name: string; description?: string | null }
    'payables.suggested_payment_term': { date: string; discount?: number | null }
    /** What its document says it comes to; null for one that was typed in. */
    'payables.stated': StatedSums
    'payables.counterpart': RawCounterpart
    'payables.counterpart_raw_data': RawCounterpart
    'payables.other_extracted_data': OcrData
    'payables.partner_metadata': Record<string, unknown>
    'payables.suggestion': NonNullable<Static<typeof SuggestedResponse>['suggested_counterpart']>
    /** The vendor's account when the bill was approved. */
    'payables.approved_account': ApprovedAccount
  }
}

export interface ApprovedAccount {
  readonly id: string
  readonly iban: string | null
  readonly account_number: string | null
  readonly routing_number: string | null
  readonly sort_code: string | null
}

/** What a bill is made of, without what only answers need. */
const STORED = `t.id, t.entity_id, t.created_at, t.updated_at, t.status, t.payable_origin, t.source_of_payable_data, t.document_id, t.description, t.currency,
  t.issued_at, t.due_date, t.due_date_given, t.payment_terms, t.suggested_payment_term, t.suggested_payment_term_given, t.subtotal, t.tax,
  t.tax_amount, t.discount, t.total_amount, t.stated, t.sums_stated, t.due_adjustment, t.amount_paid, t.amount_credited, t.counterpart_id,
  t.counterpart_address_id, t.counterpart_bank_account_id, t.counterpart_vat_id_id, t.counterpart, t.counterpart_raw_data, t.file_id, t.sender,
  t.ocr_status, t.ocr_request_id, t.other_extracted_data, t.purchase_order_id, t.project_id, t.tag_ids, t.partner_metadata, t.approval_policy_id,
  t.paid_at, t.marked_as_paid_by_entity_user_id, t.marked_as_paid_with_comment, t.was_created_by_user_id, t.created_by_role_id, t.approved_account`

/** Credit notes of the vendor that are linked to the bill. */
const CREDIT_NOTES = `coalesce((select json_agg(json_build_object('id', n.id, 'document_id', n.document_id, 'issued_at', n.issued_at, 'status', n.status, 'total_amount', n.total_amount)
  order by n.created_at, n.id) from payable_credit_notes n where n.entity_id = t.entity_id and n.based_on = t.id and n.deleted_at is null), '[]')`

/** The columns of an answer. */
export const COLUMNS = `${STORED}, ${TAGS} as tags, ${CREDIT_NOTES} as credit_notes,
  (select ${FILE_JSON} from files f where f.id = t.file_id) as file,
  ${EXCHANGE} as exchange`

/** Bills, locked in the order of their ids. */
export const LOCK_BILLS = shaped<{
  file: Record<string, unknown> | null
  exchange: Exchange | null
  tags: NonNullable<Payable['tags']>
  credit_notes: Payable['credit_notes']
}>()(sql(`select ${COLUMNS} from payables t where t.id = any (:ids) and t.deleted_at is null order by t.id for update of t`))

/** A bill with what answers show of it. */
export type ShownRow = RowOf<typeof LOCK_BILLS>
/** A bill as the database holds it. `sums_stated`: its sums are those of the document, as nobody has changed the lines. */
export type PayableRow = Omit<ShownRow, 'tags' | 'credit_notes' | 'file' | 'exchange'>

/** A bill as the wire shows it on that day. */
export function presentPayable(row: ShownRow, today: string): Payable {
  const tiers = tiersOf(row.issued_at, row.payment_terms)
  // What only the database needs to know stays here.
  const { stated, sums_stated, due_adjustment, due_date_given, suggested_payment_term_given, ...bill } = row
  const { amount_credited, approved_account, tag_ids, exchange, ...shown } = bill
  return {
    ...shown,
    currency: shown.currency as Payable['currency'],
    file: fileObject(row.file),
    // A discount may have been conceded: what is paid is owed no more.
    amount_due: row.status === 'paid' ? 0 : billDue(row),
    amount_to_pay: row.status === 'paid' ? 0 : billToPay(row, tiers, today),
    total_amount_with_credit_notes: row.total_amount === null ? null : row.total_amount - row.amount_credited,
    currency_exchange: exchanged(row, row.exchange),
  }
}

/** The bill as it is shown on the entity's day. */
export const shownPayable = async (ctx: Ctx, row: ShownRow): Promise<Payable> => presentPayable(row, await localDay(ctx))
