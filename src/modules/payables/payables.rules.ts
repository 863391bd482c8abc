import { contradictions, type LineSums, type StatedSums } from '../../core/bills.ts'
import { minorUnitsOf } from '../../core/currencies.ts'
import { decimal } from '../../core/money.ts'
import type { ValidatedField } from './payables.schema.ts'

/** When a bill is complete. Pure. */

export const defaultFields: readonly ValidatedField[] = ['currency', 'document_id', 'due_date', 'issued_at', 'total_amount']

export interface Fault {
  readonly loc: (string | number)[]
  readonly msg: string
  readonly type: string
}

type Line = LineSums & { readonly tax: number | null }

interface Checked {
  readonly bill: {
    readonly subtotal: number | null
    readonly currency: string | null
    readonly stated?: StatedSums | null
    readonly sums_stated?: boolean
    readonly amount_paid?: number
    readonly due_adjustment?: number
  }
  readonly lines: readonly Line[]
  /** What the entity asks for; null for what everybody asks for. */
  readonly required: readonly string[] | null
  /** Whether bills are added up from lines here. */
  readonly byLines: boolean
}

/** Writes amounts as people do, in major units. */
export const shownIn = (currency: string | null) => (amount: number) => decimal(amount, minorUnitsOf(currency ?? ''))

const missing = (loc: (string | number)[]): Fault => ({ loc, msg: 'Field required', type: 'missing' })
const isEmpty = (value: unknown) => value === null || value === undefined || value === ''

/** Everything that keeps a bill from being complete; nothing when it is. */
export function faultsOf({ bill, lines, required, byLines }: Checked): Fault[] {
  const fields = required ?? defaultFields
  const wantsLines = fields.some((field) => field.split('.')[0] === 'line_items') || (required === null && byLines)
  const faults: Fault[] = fields
    .filter((field) => !field.startsWith('line_items') && isEmpty(Reflect.get(bill, field)))
    .map((field) => missing([field]))
  if (wantsLines && lines.length === 0)
    faults.push({ loc: ['line_items'], msg: 'At least one line item is required', type: 'too_short' })
  for (const field of fields) {
    const [, part] = field.split('.')
    if (part)
      faults.push(...lines.flatMap((line, i) => (isEmpty(Reflect.get(line, part)) ? [missing(['line_items', i, part])] : [])))
  }
  lines.forEach((line, i) => {
    if (line.tax !== null && line.subtotal === null)
      faults.push({ loc: ['line_items', i, 'subtotal'], msg: 'A taxed line needs its price and quantity', type: 'value_error' })
  })
  const { stated = null, sums_stated = false, amount_paid = 0, due_adjustment = 0 } = bill
  if (stated && sums_stated)
    for (const msg of contradictions(stated, lines, stated.paid ?? amount_paid, due_adjustment, shownIn(bill.currency)))
      faults.push({ loc: ['total_amount'], msg, type: 'value_error' })
  else if (byLines && lines.length > 0) {
    const charged = (stated?.charges ?? []).reduce((all, { amount }) => all + amount, 0)
    const sum = lines.reduce((all, { subtotal }) => all + (subtotal ?? 0), charged)
    if (bill.subtotal !== null && sum !== bill.subtotal)
      faults.push({ loc: ['subtotal'], msg: `The lines come to ${sum}, the subtotal says ${bill.subtotal}`, type: 'value_error' })
  }
  return faults
}
