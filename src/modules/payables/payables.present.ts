import { type BillTerms, billDue, billToPay, type StatedSums, tiersOf } from '../../core/bills.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { localDay } from '../../platform/local-day.ts'
import { FILE_JSON, fileObject } from '../common/files/files.service.ts'
import { TAGS } from '../common/tags/tags.service.ts'
import { EXCHANGE, type Exchange, exchanged } from '../entities/settings/exchange.service.ts'
import type { OcrData, Payable, PayableState, RawCounterpart } from './payables.schema.ts'

/** A bill as the database holds it. */
export interface PayableRow {
  id: string
  entity_id: string
  created_at: string
  updated_at: string
  status: PayableState
  payable_origin: 'upload' | 'email' | 'einvoicing'
  source_of_payable_data: 'ocr' | 'user_specified' | 'einvoicing'
  document_id: string | null
  description: string | null
  currency: string | null
  issued_at: string | null
  due_date: string | null
  due_date_given: boolean
  payment_terms: (BillTerms & { name: string; description?: string | null }) | null
  suggested_payment_term: { date: string; discount?: number | null } | null
  suggested_payment_term_given: boolean
  subtotal: number | null
  tax: number | null
  tax_amount: number | null
  discount: number | null
  total_amount: number | null
  /** What its document says it comes to; null for one that was typed in. */
  stated: StatedSums | null
  /** Whether the sums are those of the document, as nobody has changed the lines. */
  sums_stated: boolean
  /** Minor units that the document adds to its total before it is paid. */
  due_adjustment: number
  amount_paid: number
  amount_credited: number
  counterpart_id: string | null
  counterpart_address_id: string | null
  counterpart_bank_account_id: string | null
  counterpart_vat_id_id: string | null
  counterpart: RawCounterpart | null
  counterpart_raw_data: RawCounterpart | null
  file_id: string | null
  sender: string | null
  ocr_status: 'processing' | 'error' | 'success' | 'canceled' | null
  ocr_request_id: string | null
  other_extracted_data: OcrData | null
  purchase_order_id: string | null
  project_id: string | null
  tag_ids: string[]
  partner_metadata: Record<string, unknown> | null
  approval_policy_id: string | null
  paid_at: string | null
  marked_as_paid_by_entity_user_id: string | null
  marked_as_paid_with_comment: string | null
  was_created_by_user_id: string | null
  created_by_role_id: string | null
  /** The vendor's account when the bill was approved. */
  approved_account: ApprovedAccount | null
}

export interface ApprovedAccount {
  readonly id: string
  readonly iban: string | null
  readonly account_number: string | null
  readonly routing_number: string | null
  readonly sort_code: string | null
}

const plain = [
  ...[
    'id',
    'entity_id',
    'created_at',
    'updated_at',
    'status',
    'payable_origin',
    'source_of_payable_data',
    'document_id',
    'description',
  ],
  ...[
    'currency',
    'issued_at',
    'due_date',
    'due_date_given',
    'payment_terms',
    'suggested_payment_term',
    'suggested_payment_term_given',
  ],
  ...[
    'subtotal',
    'tax',
    'tax_amount',
    'discount',
    'total_amount',
    'stated',
    'sums_stated',
    'due_adjustment',
    'amount_paid',
    'amount_credited',
    'counterpart_id',
  ],
  ...[
    'counterpart_address_id',
    'counterpart_bank_account_id',
    'counterpart_vat_id_id',
    'counterpart',
    'counterpart_raw_data',
    'file_id',
  ],
  ...[
    'sender',
    'ocr_status',
    'ocr_request_id',
    'other_extracted_data',
    'purchase_order_id',
    'project_id',
    'tag_ids',
    'partner_metadata',
  ],
  ...[
    'approval_policy_id',
    'paid_at',
    'marked_as_paid_by_entity_user_id',
    'marked_as_paid_with_comment',
    'was_created_by_user_id',
  ],
  ...['created_by_role_id', 'approved_account'],
]

/** What a bill is made of, without what only answers need. */
export const STORED = plain.map((name) => `t.${name}`).join(', ')

/** Credit notes of the vendor that are linked to the bill. */
const CREDIT_NOTES = `coalesce((select json_agg(json_build_object('id', n.id, 'document_id', n.document_id, 'issued_at', n.issued_at, 'status', n.status, 'total_amount', n.total_amount)
  order by n.created_at, n.id) from payable_credit_notes n where n.entity_id = t.entity_id and n.based_on = t.id and n.deleted_at is null), '[]')`

/** The columns of an answer. */
export const COLUMNS = `${STORED}, ${TAGS} as tags, ${CREDIT_NOTES} as credit_notes,
  (select ${FILE_JSON} from files f where f.id = t.file_id) as file,
  ${EXCHANGE} as exchange`

export type ShownRow = PayableRow & {
  tags: unknown
  credit_notes: unknown
  file: Record<string, unknown> | null
  exchange: Exchange | null
}

/** What only the database needs to know. */
const internal = new Set([
  'stated',
  'sums_stated',
  'due_adjustment',
  'due_date_given',
  'suggested_payment_term_given',
  'amount_credited',
  'approved_account',
  'tag_ids',
  'exchange',
])

/** A bill as the wire shows it on that day. */
export function presentPayable(row: ShownRow, today: string): Payable {
  const tiers = tiersOf(row.issued_at, row.payment_terms)
  const shown = Object.fromEntries(Object.entries(row).filter(([name]) => !internal.has(name)))
  return {
    ...shown,
    file: fileObject(row.file),
    // A discount may have been conceded: what is paid is owed no more.
    amount_due: row.status === 'paid' ? 0 : billDue(row),
    amount_to_pay: row.status === 'paid' ? 0 : billToPay(row, tiers, today),
    total_amount_with_credit_notes: row.total_amount === null ? null : row.total_amount - row.amount_credited,
    currency_exchange: exchanged(row, row.exchange),
  } as unknown as Payable
}

/** The bill as it is shown on the entity's day. */
export const shownPayable = async (ctx: Ctx, row: ShownRow): Promise<Payable> => presentPayable(row, await localDay(ctx))
