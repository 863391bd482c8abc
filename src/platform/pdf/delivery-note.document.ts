import type { Goods, PrintedDocument } from './printed.ts'

/**
 * Everything a delivery note shows: what goes where, and no money. The address of its recipient is where the goods go. Absent and null
 * mean that something doesn't appear.
 */
export interface DeliveryNoteDocument extends PrintedDocument {
  readonly type: 'delivery_note'
  readonly issue_date: string
  readonly delivery_date?: string | null
  readonly delivery_number?: string | null
  /** The document that the goods were ordered or billed by. */
  readonly based_on?: { readonly type: 'invoice' | 'quote'; readonly number: string } | null
  readonly memo?: string | null
  readonly lines: readonly Goods[]
  /** Whether there is a line to sign on. */
  readonly signature_placeholder?: boolean | null
}
