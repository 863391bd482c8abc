import type { DeliveryNoteDocument } from './delivery-note.document.ts'
import type { Drafting } from './drafting.ts'
import { formats } from './format.ts'
import { documentLanguage, labelsOf } from './labels.ts'
import { type Pair, pair, type SheetView, type SignatureView, sheetOf, textOf } from './sheet.ts'
import { goodsColumns, type TableView, tableOf } from './table.ts'
import { breakable, printable } from './text.ts'

/** What the designs in `templates/pdf/delivery-note` read: strings in their final form, in the order they are printed. */
export interface DeliveryNoteView extends SheetView {
  /** What stands above the recipient. */
  readonly delivery_address: string
  readonly meta: readonly Pair[]
  readonly memo: string | null
  readonly table: TableView
  readonly signature: SignatureView | null
}

/** Turns a delivery note into what the template prints: everything said, counted and dated in its language. Pure. */
export function deliveryNoteView(document: DeliveryNoteDocument): DeliveryNoteView {
  const language = documentLanguage(document.language)
  const labels = labelsOf(language)
  const draft: Drafting<DeliveryNoteDocument> = { document, labels, format: formats(language, document.country) }
  // How much comes first: whoever counts the goods reads it beside what they are.
  const { name, quantity, measure_unit } = goodsColumns(draft, document.lines)
  return printable({
    ...sheetOf(draft, language),
    delivery_address: labels.delivery_address,
    meta: metaOf(draft),
    memo: textOf(document.memo),
    table: tableOf(
      document.lines,
      [quantity, measure_unit, name].filter(({ used }) => used),
    ),
    signature: document.signature_placeholder
      ? {
          title: labels.goods_received,
          place_and_date: [labels.place_and_date, ''] as const,
          signature: [labels.signature, ''] as const,
          has_image: false,
        }
      : null,
  })
}

function metaOf({ document, labels, format }: Drafting<DeliveryNoteDocument>): Pair[] {
  const { issue_date, delivery_date, delivery_number, based_on } = document
  return [
    ...pair(labels.issue_date, format.date(issue_date)),
    ...pair(labels.delivery_date, delivery_date && format.date(delivery_date)),
    ...pair(labels.delivery_number, delivery_number),
    ...(based_on ? pair(labels[based_on.type], based_on.number) : []),
  ].map(([label, value]) => [label, breakable(value, 18)])
}
