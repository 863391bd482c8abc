import type { Goods, PrintedDocument } from './printed.ts'

/** One position: so many at that price. Amounts are minor units, rates hundredths of a percent. */
export interface OrderedGoods extends Goods {
  readonly price: number
  readonly vat_rate: number
  readonly total: number
}

/** Everything a purchase order shows. Absent and null mean that something doesn't appear. */
export interface PurchaseOrderDocument extends PrintedDocument {
  readonly type: 'purchase_order'
  readonly currency: string
  /** Decimals of the currency. */
  readonly minor_units: number
  /** The day it was sent first; without one it is a draft, and says so. */
  readonly issue_date?: string | null
  readonly valid_until?: string | null
  readonly message?: string | null
  readonly lines: readonly OrderedGoods[]
  readonly subtotal: number
  readonly vat: readonly { readonly value: number; readonly taxable_amount: number; readonly amount: number }[]
  readonly total: number
}
