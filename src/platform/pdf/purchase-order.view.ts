import { type Drafting, say } from './drafting.ts'
import { decimalsOf, formats } from './format.ts'
import type { TotalRow } from './invoice.totals.ts'
import { documentLanguage, labelsOf } from './labels.ts'
import type { OrderedGoods, PurchaseOrderDocument } from './purchase-order.document.ts'
import { type Pair, pair, type SheetView, sheetOf, textOf } from './sheet.ts'
import { type Column, goodsColumns, type TableView, tableOf } from './table.ts'
import { printable } from './text.ts'

/** What the designs in `templates/pdf/purchase-order` read: strings in their final form, in the order they are printed. */
export interface PurchaseOrderView extends SheetView {
  readonly meta: readonly Pair[]
  readonly memo: string | null
  readonly table: TableView
  readonly totals: readonly TotalRow[]
}

type Draft = Drafting<PurchaseOrderDocument>

/** Turns a purchase order into what the template prints: everything said, counted and dated in its language. Pure. */
export function purchaseOrderView(document: PurchaseOrderDocument): PurchaseOrderView {
  const language = documentLanguage(document.language)
  const labels = labelsOf(language)
  const draft: Draft = {
    document,
    labels,
    format: formats(language, document.country, document.currency, document.minor_units),
  }
  return printable({
    ...sheetOf(draft, language),
    watermark: document.issue_date ? null : labels.draft,
    meta: metaOf(draft),
    memo: textOf(document.message),
    table: tableOf(document.lines, columnsOf(draft)),
    totals: totalsOf(draft),
  })
}

function metaOf({ document, labels, format }: Draft): Pair[] {
  const { issue_date, valid_until } = document
  return [
    ...pair(labels.issue_date, issue_date && format.date(issue_date)),
    ...pair(labels.expiry_date, valid_until && format.date(valid_until)),
  ]
}

function columnsOf(draft: Draft): Column<OrderedGoods>[] {
  const { document, labels, format } = draft
  const { lines } = document
  const { name, quantity, measure_unit } = goodsColumns(draft, lines)
  const figure = (label: string, text: (line: OrderedGoods) => string): Column<OrderedGoods> => ({
    shown: true,
    used: true,
    label,
    figure: true,
    cell: (line) => ({ text: text(line) }),
  })
  const decimals = Math.max(...lines.map(({ vat_rate }) => decimalsOf(vat_rate)))
  const columns = [
    name,
    quantity,
    measure_unit,
    figure(labels.price, ({ price }) => format.figure(price)),
    figure(labels.vat, ({ vat_rate }) => format.percent(vat_rate, decimals)),
    figure(labels.total_price, ({ total }) => format.figure(total)),
  ]
  return columns.filter(({ used }) => used)
}

/** The sum of the lines, the VAT of each rate, and what it comes to. */
function totalsOf({ document, labels, format }: Draft): TotalRow[] {
  return [
    { kind: 'row', label: labels.subtotal, value: format.figure(document.subtotal) },
    ...document.vat.map(({ value, taxable_amount, amount }) => ({
      kind: 'row' as const,
      label: `${labels.vat} ${format.percent(value)}`,
      note: say(labels.on, { amount: format.figure(taxable_amount) }),
      value: format.figure(amount),
    })),
    { kind: 'due', label: labels.total, value: format.money(document.total) },
  ]
}
