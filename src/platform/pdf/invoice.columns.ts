import { filled } from './address.ts'
import type { Drafting } from './drafting.ts'
import { decimalsOf } from './format.ts'
import { type ColumnName, columnNames, type DocumentLine } from './invoice.document.ts'
import { breakable } from './text.ts'

/** The table of lines: figures are set flush right, and as wide as `widest`. */
export interface TableView {
  readonly columns: readonly {
    readonly label: string
    readonly figure: boolean
    readonly name: boolean
    readonly widest: string
  }[]
  readonly rows: readonly { readonly cells: readonly Cell[]; readonly whole: boolean }[]
}

/** A cell: its text, what stands under it, and what to leave room for after it so that decimals align. */
interface Cell {
  readonly text: string
  readonly note?: string
  readonly room?: string
}

interface Column {
  /** Whether the column is shown when the entity has not said. */
  readonly shown: boolean
  /** Whether any line has something to say in it. */
  readonly used: boolean
  readonly label: string
  readonly figure: boolean
  cell(line: DocumentLine): Cell
}

/** A line longer than this may break over two pages; any other stays whole. */
const WHOLE_CHARACTERS = 1500

/** The table of lines, with the columns that the entity shows and that the lines have something for. */
export function columnsOf(draft: Drafting): TableView | null {
  const { document } = draft
  if (document.rendering?.display_line_items === false || document.lines.length === 0) return null
  const known = columns(draft)
  const shown = columnNames.filter(
    (name) => known[name].used && (document.rendering?.line_items?.[name]?.display ?? known[name].shown),
  )
  if (shown.length === 0) return null
  const rows = document.lines.map((line) => ({
    cells: shown.map((name) => known[name].cell(line)),
    whole: line.name.length + (line.description?.length ?? 0) <= WHOLE_CHARACTERS,
  }))
  return {
    columns: shown.map((name, index) => ({
      label: document.rendering?.line_items?.[name]?.label ?? known[name].label,
      figure: known[name].figure,
      name: name === 'name',
      widest: name === 'name' ? '' : widest(rows.map((row) => row.cells[index]!)),
    })),
    rows,
  }
}

/** The longest of the texts, with the room kept after it: digits are all equally wide. */
const widest = (cells: readonly Cell[]): string =>
  cells.map(({ text, room = '' }) => text + room).reduce((longest, text) => (text.length > longest.length ? text : longest), '')

function columns({ document, labels, format }: Drafting): Record<ColumnName, Column> {
  const { lines, minor_units } = document
  const gross = document.vat_mode === 'inclusive'
  const precision = (name: ColumnName) => document.rendering?.line_items?.[name]?.precision ?? 0
  const money = (name: ColumnName, label: string, shown: boolean, amount: (line: DocumentLine) => number): Column => {
    const decimals = Math.max(precision(name), minor_units)
    return { shown, used: true, label, figure: true, cell: (line) => ({ text: format.figure(amount(line), decimals) }) }
  }
  const rates = lines.map((line) => line.vat_rate).filter((rate) => rate != null)
  const rateDecimals = Math.max(precision('vat_rate'), ...rates.map(decimalsOf))
  const quantities = lines.map((line) => format.quantity(line.quantity))
  const discount = ({ discount }: DocumentLine): string => {
    if (!discount?.amount) return ''
    return discount.type === 'percentage' ? format.percent(discount.amount) : format.figure(discount.amount)
  }
  return {
    name: {
      shown: true,
      used: true,
      label: labels.item,
      figure: false,
      cell: (line) => ({ text: breakable(line.name, 26), ...(line.description && { note: breakable(line.description, 30) }) }),
    },
    quantity: {
      shown: true,
      used: true,
      label: labels.quantity,
      figure: true,
      cell: (line) => {
        const text = format.quantity(line.quantity)
        return { text, room: missingDecimals(text, quantities) }
      },
    },
    measure_unit: {
      shown: true,
      used: filled(lines.map((line) => line.measure_unit)).length > 0,
      label: labels.measure_unit,
      figure: false,
      cell: (line) => ({ text: breakable(line.measure_unit ?? '', 12) }),
    },
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

/** What this quantity lacks of the decimals that the longest one has. Numbers with a decimal sign differ in it and what follows. */
function missingDecimals(text: string, all: readonly string[]): string {
  const fraction = (number: string) => /[.,٫]\d{1,6}$/.exec(number)?.[0] ?? ''
  return all
    .map(fraction)
    .reduce((longest, one) => (one.length > longest.length ? one : longest), '')
    .slice(fraction(text).length)
}
