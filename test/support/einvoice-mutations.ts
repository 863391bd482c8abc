import { composeEInvoice, type SoldDocument } from '../../src/core/einvoice/compose.ts'
import type { EInvoice, Profile } from '../../src/core/einvoice/model.ts'
import { place, sold } from './sold.ts'

/** Sample documents, and the same with something taken out of them or changed in them. */

/** The profiles that go to a network. */
type Network = Exclude<Profile, 'en16931'>
export type Path = readonly (string | number)[]
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
export function paths(value: unknown, path: Path = []): Path[] {
  if (!isObject(value)) return [path]
  const inner = Object.entries(value).flatMap(([key, one]) => paths(one, [...path, Array.isArray(value) ? Number(key) : key]))
  return path.length > 0 ? [path, ...inner] : inner
}
export const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((one, key) => (isObject(one) ? one[key] : undefined), value)
/** The document with another value at a path. */
export function changed(invoice: EInvoice, path: Path, to: unknown): EInvoice {
  const copy = structuredClone(invoice)
  const parent = valueAt(copy, path.slice(0, -1))
  if (isObject(parent)) parent[String(path.at(-1))] = to
  return copy
}
export const named = (path: Path) => path.map((key) => (typeof key === 'number' ? '*' : key)).join('.')
/** The document without what stands at a path. */
export function without(invoice: EInvoice, path: Path): EInvoice {
  const value = valueAt(invoice, path)
  return changed(invoice, path, Array.isArray(value) ? [] : typeof value === 'string' ? '' : null)
}

const german = sold({
  discount: { type: 'percentage', amount: 1000 },
  deductions: [{ name: 'Deposit', amount: 5000 }],
  buyer_reference: '04011000-AMT42-28',
  lines: [
    { price: 12_345, quantity: 3, unit: 'h', discount: { type: 'percentage', amount: 1000 }, description: 'More words' },
    { price: 9_999, rate: 700, goods: true },
  ],
  shipping: place('DE', 'Bonn', '53111'),
  terms: { description: 'Net', term_1: { discount: 200, number_of_days: 10 }, term_2: null },
  attachments: [{ id: 'a', description: null, name: 'a.pdf', mimetype: 'application/pdf', base64: 'AAAA' }],
  seller: { tax_id: '30/555/12345', registration_number: 'HRB 1', registration_authority: 'Amtsgericht', gln: '4012345000009' },
})
const community = sold({
  lines: [{ price: 100_000, quantity: 2.5, rate: 0, goods: true }],
  buyer: { address: place('NL', 'Utrecht', '3511 AB'), vat_id: { value: 'NL123456789B01', country: 'NL' } },
})
const dollars = sold({ currency: 'USD', exchange_rate: 0.92 })
const credit = sold({ type: 'credit_note', number: 'CN-1' })
export const samples: readonly [name: string, document: SoldDocument, profile: Network][] = [
  ['a German invoice', german, 'xrechnung'],
  ['goods to another state', community, 'peppol'],
  ['dollars', dollars, 'xrechnung'],
  ['a credit note', credit, 'xrechnung'],
]

/** A sample with one change. */
export interface Mutation {
  /** What was changed, e.g. `German invoice: without lines.0.name`. */
  readonly what: string
  readonly invoice: EInvoice
  readonly profile: Network
}

/** Every sample without each of its parts, and with each of its numbers changed. */
export function* mutations(): Generator<Mutation> {
  for (const [name, document, profile] of samples) {
    const invoice = composeEInvoice(document, profile)
    for (const path of paths(invoice)) {
      const value = valueAt(invoice, path)
      if (value === null || (Array.isArray(value) && value.length === 0)) continue
      const at = path.join('.')
      yield { what: `${name}: without ${at}`, invoice: without(invoice, path), profile }
      if (typeof value !== 'number') continue
      for (const to of [value + 1, value + 100, -value])
        if (to !== value) yield { what: `${name}: ${at} ${to} instead of ${value}`, invoice: changed(invoice, path, to), profile }
    }
  }
}
