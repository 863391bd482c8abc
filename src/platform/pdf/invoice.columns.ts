import { type Minor, minor, ONE, quantityOf, round, scaled } from '../../core/money.ts'
import type { Drafting } from './drafting.ts'
import { decimalsOf } from './format.ts'
import { type ColumnName, columnNames, type DocumentLine } from './invoice.document.ts'
import { type Column, goodsColumns, type TableView, tableOf } from './table.ts'

/** The table of lines, with the columns that the entity shows and that the lines have something for. */
export function columnsOf(draft: Drafting): TableView | null {
  const { document } = draft
  if (document.rendering?.display_line_items === false || document.lines.length === 0) return null
  const known = columns(draft)
  const shown = columnNames.filter(
    (name) => known[name].used && (document.rendering?.line_items?.[name]?.display ?? known[name].shown),
  )
  if (shown.length === 0) return null
  return tableOf(
    document.lines,
    shown.map((name) => {
      const column = known[name]
      return { ...column, label: document.rendering?.line_items?.[name]?.label ?? column.label }
    }),
  )
}

/** What settings say of decimals when nobody has chosen any. */
const DEFAULT_PRECISION = 2

/** What so many cost before any discount. Prices may hold fractions of a minor unit, the sum doesn't. */
const listed = (price: number, quantity: number): Minor => minor(round(scaled(price, 6) * quantityOf(quantity), ONE * ONE))

function columns(draft: Drafting): Record<ColumnName, Column<DocumentLine>> {
  const { document, labels, format } = draft
  const { lines, minor_units } = document
  const gross = document.vat_mode === 'inclusive'
  const precision = (name: ColumnName) => {
    const asked = document.rendering?.line_items?.[name]?.precision ?? DEFAULT_PRECISION
    return asked > DEFAULT_PRECISION ? asked : 0
  }
  const money = (
    name: ColumnName,
    label: string,
    shown: boolean,
    amount: (line: DocumentLine) => number,
  ): Column<DocumentLine> => {
    const decimals = minor_units === 0 ? 0 : Math.max(precision(name), minor_units)
    return { shown, used: true, label, figure: true, cell: (line) => ({ text: format.figure(amount(line), decimals) }) }
  }
  const rates = lines.map((line) => line.vat_rate).filter((rate) => rate != null)
  const rateDecimals = Math.max(precision('vat_rate'), ...rates.map(decimalsOf))
  // Money comes off between price and total, so it is told in their terms, whatever terms it was agreed in.
  const discount = ({ discount, quantity, price, price_after_vat, total_before_vat, total_after_vat }: DocumentLine): string => {
    if (!discount?.amount) return ''
    if (discount.type === 'percentage') return format.percent(discount.amount)
    return format.figure(gross ? listed(price_after_vat, quantity) - total_after_vat : listed(price, quantity) - total_before_vat)
  }
  return {
    ...goodsColumns(draft, lines),
    price: money('price', labels.price, !gross, (line) => line.price),
    price_after_vat: money('price_after_vat', labels.price_after_vat, gross, (line) => line.price_after_vat),
    discount: {
      shown: true,
      used: lines.some((line) => line.discount?.amount),
      label: labels.discount,
      figure: true,
      cell: (line) => ({ text: discount(line) }),
    },
    vat_rate: {
      shown: true,
      used: rates.length > 0,
      label: labels.vat,
      figure: true,
      cell: ({ vat_rate }) => ({ text: vat_rate == null ? '' : format.percent(vat_rate, rateDecimals) }),
    },
    vat_amount: money(
      'vat_amount',
      labels.vat_amount,
      false,
      (line) => line.vat_amount ?? line.total_after_vat - line.total_before_vat,
    ),
    total_price: money('total_price', labels.total_price, !gross, (line) => line.total_before_vat),
    total_price_after_vat: money('total_price_after_vat', labels.total_price_after_vat, gross, (line) => line.total_after_vat),
  }
}
