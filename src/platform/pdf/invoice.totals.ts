import { type Drafting, say } from './drafting.ts'
import type { DocumentVat } from './invoice.document.ts'

/** A row under the table. `part` belongs to the one above it, `sum` is ruled off, `due` is what the reader looks for. */
export interface TotalRow {
  readonly kind: 'row' | 'part' | 'sum' | 'due'
  readonly label: string
  readonly note?: string
  readonly value: string
}

/** The figures under the table, each of which follows from those above it: in gross amounts where prices contain VAT, whatever the discount does. */
export function totalsOf(draft: Drafting): TotalRow[] {
  const { document, labels, format } = draft
  const tax = document.vat.reduce((sum, vat) => sum + vat.amount, 0)
  const gross = document.discounted_subtotal + tax
  const reductions = reductionRows(draft)
  const inGross = document.vat_mode === 'inclusive'
  const head = inGross ? grossRows(draft, gross, reductions.length > 0) : netRows(draft, gross, reductions.length > 0)
  const included = inGross ? document.vat.flatMap((vat) => vatRows(draft, vat, 'part')) : []
  const settled = settledRows(draft)
  const total = { kind: settled.length > 0 ? 'sum' : 'due', label: labels.total, value: format.money(document.total) } as const
  return [...head, ...reductions, total, ...included, ...settled]
}

function netRows({ document, labels, format }: Drafting, gross: number, reduced: boolean): TotalRow[] {
  const { subtotal, discounted_subtotal, vat } = document
  const draft = { document, labels, format }
  const discounted = subtotal !== discounted_subtotal
  return [
    row(labels.subtotal, format.figure(subtotal)),
    ...(discounted
      ? [
          row(discountLabel(draft), format.figure(discounted_subtotal - subtotal)),
          row(labels.net, format.figure(discounted_subtotal)),
        ]
      : []),
    ...vat.flatMap((one) => vatRows(draft, one, 'row')),
    ...(reduced && vat.length > 0 ? [row(labels.gross, format.figure(gross))] : []),
  ]
}

function grossRows({ document, labels, format }: Drafting, gross: number, reduced: boolean): TotalRow[] {
  const draft = { document, labels, format }
  if (document.subtotal_after_vat === gross) return reduced ? [row(labels.gross, format.figure(gross))] : []
  return [
    row(labels.subtotal_after_vat, format.figure(document.subtotal_after_vat)),
    row(discountLabel(draft), format.figure(gross - document.subtotal_after_vat)),
    ...(reduced ? [row(labels.gross, format.figure(gross))] : []),
  ]
}

function discountLabel({ document, labels, format }: Drafting): string {
  const { discount } = document
  return discount?.type === 'percentage' ? `${labels.discount} ${format.percent(discount.amount)}` : labels.discount
}

function vatRows({ labels, format }: Drafting, vat: DocumentVat, kind: 'row' | 'part'): TotalRow[] {
  const tax = `${vat.name || labels.vat} ${format.percent(vat.value)}`
  const components = vat.components ?? []
  return [
    {
      kind,
      label: kind === 'part' ? say(labels.included, { tax }) : tax,
      note: say(labels.on, { amount: format.figure(vat.taxable_amount) }),
      value: format.figure(vat.amount),
    },
    ...(components.length > 1 ? components : []).map(({ name, value, amount }) => ({
      kind: 'part' as const,
      label: `${name} ${format.percent(value)}`,
      value: format.figure(amount),
    })),
  ]
}

function reductionRows({ document, labels, format }: Drafting): TotalRow[] {
  const { withholding, deductions } = document
  const rate = withholding?.rate ? ` ${format.percent(withholding.rate)}` : ''
  return [
    ...(withholding?.amount ? [row(labels.withholding + rate, format.figure(-withholding.amount))] : []),
    ...(deductions ?? [])
      .filter(({ amount }) => amount !== 0)
      .map(({ title, memo, amount }) => ({
        ...row(title || labels.deduction, format.figure(-amount)),
        ...(memo && { note: memo }),
      })),
  ]
}

/** What has been paid and credited, and what is left: nothing of it while the total is what is due. */
function settledRows({ document, labels, format }: Drafting): TotalRow[] {
  const { paid, credited, amount_due, total } = document
  if (document.type !== 'invoice' || amount_due == null || amount_due === total) return []
  return [
    ...(credited ? [row(labels.credited, format.figure(-credited))] : []),
    ...(paid ? [row(labels.paid, format.figure(-paid))] : []),
    { kind: 'due', label: labels.amount_due, value: format.money(amount_due) },
  ]
}

const row = (label: string, value: string): TotalRow => ({ kind: 'row', label, value })
