/** The documents that carry a number of their own. */
export type NumberedDocument = 'invoice' | 'quote' | 'credit_note' | 'delivery_note' | 'purchase_order'

/** How an entity writes its document numbers. */
export interface NumberSettings {
  readonly document_type_prefix?: Readonly<Partial<Record<NumberedDocument, string | null>>> | null | undefined
  readonly prefix?: string | null | undefined
  readonly separator?: '/' | '-' | '|' | '.' | '' | null | undefined
  readonly include_date?: boolean | null | undefined
  readonly min_digits?: number | null | undefined
}

const USUAL_PREFIX: Readonly<Record<NumberedDocument, string>> = Object.freeze({
  invoice: 'INV',
  quote: 'Q',
  credit_note: 'CN',
  delivery_note: 'DN',
  purchase_order: 'PO',
})

export const defaultNumberSettings: NumberSettings = Object.freeze({
  document_type_prefix: USUAL_PREFIX,
  prefix: null,
  separator: '-',
  include_date: false,
  min_digits: 5,
})

/**
 * Writes a document number: kind, prefix, year of the issue date, and the padded number, such as IN/EX-ORG/2024/00003. What isn't
 * set leaves no trace; a kind without a prefix of its own takes the usual one. `min_digits` pads and never cuts.
 */
export function documentNumber(
  settings: NumberSettings,
  kind: NumberedDocument,
  number: number | bigint,
  issueDate: string,
): string {
  const { head, after_year } = numberParts(settings, kind)
  const year = after_year === null ? '' : issueDate.slice(0, 4) + after_year
  return head + year + String(number).padStart(settings.min_digits ?? 0, '0')
}

/** What stands before the year, and after it; without a year (`after_year` is null) all that stands before the padded number. */
export function numberParts(
  { document_type_prefix, prefix, separator, include_date }: NumberSettings,
  kind: NumberedDocument,
): { head: string; after_year: string | null } {
  const first = document_type_prefix?.[kind] ?? USUAL_PREFIX[kind]
  const head = [first, prefix].flatMap((part) => (part ? [part, separator] : [])).join('')
  return { head, after_year: include_date ? (separator ?? null) : null }
}
