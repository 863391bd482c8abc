import { contradictions, dueBy } from '../../src/core/bills.ts'
import { readTerms } from '../../src/core/reading/terms.ts'
import type { ReadBill } from '../../src/core/reading/types.ts'
import {
  adjustmentIn,
  fieldsFrom,
  linesFrom,
  paidFrom,
  statedFrom,
  termsFrom,
} from '../../src/modules/payables/reading/extracted.snapshot.ts'
import type { Told } from './neighbours.ts'

/** What a bill shows of what was read, as the product makes it of the reading. Amounts in minor units. */
export function shownOf(bill: ReadBill) {
  const fields = fieldsFrom(bill)
  const stated = statedFrom(bill)
  const lines = linesFrom(bill)
  const paid = paidFrom(bill)
  const adjustment = stated ? adjustmentIn(bill) : 0
  const said = readTerms(bill.payment_terms)
  return {
    number: fields.document_id ?? null,
    issued: fields.issued_at ?? null,
    due: fields.due_date ?? dueBy(bill.issued_at, termsFrom(bill.payment_terms, said)),
    currency: fields.currency ?? null,
    net: stated?.subtotal ?? null,
    tax: stated?.tax_amount ?? null,
    total: stated?.total_amount ?? null,
    payable: stated?.total_amount == null ? null : stated.total_amount + adjustment - paid,
    vendor: bill.seller.name,
    vat_id: bill.seller.vat_id,
    iban: bill.seller.iban,
    lines,
    warnings: [...(stated ? contradictions(stated, lines, paid, adjustment, String) : []), ...bill.doubts],
  }
}
export type Shown = ReturnType<typeof shownOf>

export const judged = [
  'number',
  'issued',
  'due',
  'currency',
  'net',
  'tax',
  'total',
  'payable',
  'vendor',
  'vat_id',
  'iban',
  'lines',
  'names',
] as const
export type Judged = (typeof judged)[number]

const bare = (text: string | null) => (text ?? '').toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
const numbers = (id: string | null) => bare(id).replace(/^[a-z]{2}(?=.?\d)/, '')

/** The name alone, or with what stands below it. */
const named = ({ name, detail = '' }: Told['lines'][number], shown: string | null) =>
  [name, name + detail].some((one) => bare(one) === bare(shown))

/** Which fields are shown as they were told. */
export function judge(told: Told, shown: Shown | null): Record<Judged, boolean> {
  if (!shown) return Object.fromEntries(judged.map((field) => [field, false])) as Record<Judged, boolean>
  const left = [...shown.lines]
  let names = 0
  const found = told.lines.filter((line) => {
    const sameSum = left.filter((one) => Math.abs((one.subtotal ?? Number.NaN) - line.total) <= 1)
    const right = sameSum.filter((one) => line.quantity === null || one.quantity === line.quantity)
    const taken = right.find((one) => named(line, one.name)) ?? right[0]
    if (!taken) return false
    left.splice(left.indexOf(taken), 1)
    if (named(line, taken.name)) names++
    return true
  })
  return {
    number: bare(shown.number) === bare(told.number),
    issued: shown.issued === told.issued,
    due: shown.due === told.due,
    currency: shown.currency === told.currency,
    net: shown.net !== null && told.net.includes(shown.net),
    tax: shown.tax === told.tax,
    total: shown.total === told.total,
    payable: shown.payable === told.payable,
    vendor: bare(shown.vendor) === bare(told.vendor),
    vat_id: numbers(shown.vat_id) === numbers(told.vat_id),
    iban: bare(shown.iban) === bare(told.iban),
    lines: found.length === told.lines.length && left.length === 0,
    names: names === told.lines.length,
  }
}
