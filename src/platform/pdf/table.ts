import { filled } from './address.ts'
import type { Drafting } from './drafting.ts'
import type { Goods, PrintedDocument } from './printed.ts'
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

/** One column, of lines of a kind. */
export interface Column<Line> {
  /** Whether the column is shown when the entity has not said. */
  readonly shown: boolean
  /** Whether any line has something to say in it. */
  readonly used: boolean
  readonly label: string
  readonly figure: boolean
  readonly name?: true
  readonly cell: (line: Line) => Cell
}

/** A line longer than this may break over two pages; any other stays whole. */
const WHOLE_CHARACTERS = 1500

/** The table of these lines in these columns. */
export function tableOf<Line extends Goods>(lines: readonly Line[], columns: readonly Column<Line>[]): TableView {
  const rows = lines.map((line) => ({
    cells: columns.map(({ cell }) => cell(line)),
    whole: line.name.length + (line.description?.length ?? 0) <= WHOLE_CHARACTERS,
  }))
  return {
    columns: columns.map(({ label, figure, name = false }, index) => ({
      label,
      figure,
      name,
      widest: name ? '' : widest(rows.map((row) => row.cells[index]!)),
    })),
    rows,
  }
}

/** The columns that lines of every document have: what it is, how much, and in which unit. */
export function goodsColumns({ labels, format }: Pick<Drafting<PrintedDocument>, 'labels' | 'format'>, lines: readonly Goods[]) {
  const quantities = lines.map((line) => format.quantity(line.quantity))
  const columns = {
    name: {
      shown: true,
      used: true,
      label: labels.item,
      figure: false,
      name: true,
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
  } satisfies Record<string, Column<Goods>>
  return columns as Record<keyof typeof columns, Column<Goods>>
}

/** The longest of the texts, with the room kept after it: digits are all equally wide. */
const widest = (cells: readonly Cell[]): string =>
  cells.map(({ text, room = '' }) => text + room).reduce((longest, text) => (text.length > longest.length ? text : longest), '')

/** What this quantity lacks of the decimals that the longest one has. Numbers with a decimal sign differ in it and what follows. */
function missingDecimals(text: string, all: readonly string[]): string {
  const fraction = (number: string) => /[.,٫]\d{1,6}$/.exec(number)?.[0] ?? ''
  return all
    .map(fraction)
    .reduce((longest, one) => (one.length > longest.length ? one : longest), '')
    .slice(fraction(text).length)
}
