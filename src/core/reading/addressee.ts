import { LEGAL_FORM, plain } from './labels.ts'
import type { Own, ReadParty } from './types.ts'
import { bareNumber } from './whose.ts'

/** Whom a bill is for, against the company that received it. Pure. */

/** From here on two names may well be those of one company: a branch, a short form, a letter misread. */
const ALIKE = 0.6

const FORMS = new RegExp(LEGAL_FORM.source, 'gu')

/** A name without its legal form, in letters and digits alone; an umlaut is the same in two letters. */
const core = (name: string) =>
  plain(name.replace(FORMS, ' '))
    .replace(/[^\p{L}\p{N}]/gu, '')
    .replace(/([aou])e/g, '$1')
    .slice(0, 300)

function pairsOf(text: string): Set<string> {
  const pairs = new Set<string>()
  for (let i = 0; i + 1 < text.length; i++) pairs.add(text.slice(i, i + 2))
  return pairs
}

/** Whether two names may be those of one company: one holds the other, or they share most of their pairs of letters. */
export function mayBeOne(a: string, b: string): boolean {
  const [x, y] = [core(a), core(b)]
  if (x === '' || y === '') return true
  if (x.includes(y) || y.includes(x)) return true
  const [p, q] = [pairsOf(x), pairsOf(y)]
  const shared = [...p].filter((pair) => q.has(pair)).length
  return (2 * shared) / (p.size + q.size) >= ALIKE
}

const COUNTRY = /^[A-Z]{2}/
const isSame = (a: string, b: string) => a === b || a.replace(COUNTRY, '') === b.replace(COUNTRY, '')

export type Addressee = Pick<ReadParty, 'name' | 'vat_id'>

/** The buyer that a bill names, where it is clearly not `own`; null where it is, or may be, or where nobody is named. */
export function addressedElsewhere({ name, vat_id }: Addressee, own: Own): Addressee | null {
  const number = bareNumber(vat_id ?? '')
  const ours = own.vat_ids.map(bareNumber)
  if (number && ours.some((one) => isSame(one, number))) return null
  const known = own.names.length > 0
  const alike = name !== null && own.names.some((one) => mayBeOne(one, name))
  // A company has one number in a country; in another country it may have another.
  const country = COUNTRY.exec(number)?.[0]
  const differs = country !== undefined && ours.some((one) => one.startsWith(country))
  return differs || (known && name !== null && !alike) ? { name, vat_id } : null
}
