import type { Truth } from './bills.ts'

/** Tells how well a reader read the bills. */

export interface Found {
  readonly document_id: string | null
  readonly issued_at: string | null
  readonly due_date: string | null
  readonly currency: string | null
  /** Amounts in major units. */
  readonly total: number | null
  readonly subtotal: number | null
  readonly tax_amount: number | null
  readonly purchase_order_number: string | null
  readonly seller: {
    readonly name: string | null
    readonly vat_id: string | null
    readonly tax_id: string | null
    readonly iban: string | null
    readonly bic: string | null
    readonly account_number: string | null
    readonly sort_code: string | null
    readonly address: {
      readonly line1: string | null
      readonly city: string | null
      readonly postal_code: string | null
      readonly country: string | null
    } | null
  }
  readonly lines: readonly {
    readonly description: string | null
    readonly quantity: number | null
    readonly unit_price: number | null
    readonly total: number | null
    readonly vat_rate: number | null
  }[]
}

/** `wrong` also where something was found that is not there. */
type Mark = 'ok' | 'wrong' | 'missing'

export const headerFields = [
  'document_id',
  'issued_at',
  'due_date',
  'currency',
  'total',
  'subtotal',
  'tax_amount',
  'vendor_name',
  'vendor_vat_id',
  'iban',
] as const
const otherFields = [
  'vendor_tax_id',
  'bic',
  'account_number',
  'sort_code',
  'purchase_order_number',
  'address.line1',
  'address.city',
  'address.postal_code',
  'address.country',
] as const
type Field = (typeof headerFields)[number] | (typeof otherFields)[number]

export interface Score {
  readonly file: string
  readonly kind: Truth['kind']
  readonly fields: Readonly<Record<Field, Mark>>
  /** Lines of the bill, those whose total was found, and those of them whose quantity was right too. */
  readonly lines: { readonly of: number; readonly totals: number; readonly right: number; readonly invented: number }
  /** Of the lines whose total was found, those with the right price of one and the right name. */
  readonly words: { readonly prices: number; readonly names: number }
}

type Value = string | number | null | undefined
type Same = (truth: string | number, found: string | number) => boolean

const nothing = (value: Value) => value === null || value === undefined || value === ''

function mark(truth: Value, found: Value, same: Same, alsoRight: readonly Value[] = []): Mark {
  const also = alsoRight.some((other) => (nothing(other) ? nothing(found) : !nothing(found) && same(other!, found!)))
  if (also || (nothing(truth) && nothing(found))) return 'ok'
  if (nothing(found)) return 'missing'
  return !nothing(truth) && same(truth!, found!) ? 'ok' : 'wrong'
}

const exactly: Same = (truth, found) => truth === found
const cents: Same = (truth, found) => Math.round(Number(truth) * 100) === Math.round(Number(found) * 100)
/** A credit may stand with a minus or without. */
const centsOfCredit: Same = (truth, found) => cents(Math.abs(Number(truth)), Math.abs(Number(found)))
const name: Same = (truth, found) => tidy(truth) === tidy(found)
const tidy = (value: string | number) =>
  String(value)
    .normalize('NFC')
    .toUpperCase()
    .replace(/\s+/g, ' ')
    .replace(/[\s,;]+$/, '')
    .trim()
const bare = (value: string | number) =>
  String(value)
    .toUpperCase()
    .replace(/[\s./\-–]/g, '')
const id: Same = (truth, found) => bare(truth) === bare(found)
/** The number of a document keeps its slashes and dashes. */
const documentId: Same = (truth, found) =>
  String(truth).replace(/\s/g, '').toUpperCase() === String(found).replace(/\s/g, '').toUpperCase()
const withoutCountry = (value: string | number) =>
  bare(value)
    .replace(/(?:MWST|TVA|IVA)$/, '')
    .replace(/^(?:CHE|[A-Z]{2})(?=[A-Z]?\d)/, '')
/** A number with its country is the same number without it: many bills leave it away. */
const vat: Same = (truth, found) => withoutCountry(truth) === withoutCountry(found)
const bicSame: Same = (truth, found) => bare(truth).replace(/XXX$/, '') === bare(found).replace(/XXX$/, '')
const city: Same = (truth, found) => name(truth, String(found).replace(/,? [A-Z]{2}$/, ''))

/** Marks each field; a field that is not on the bill is right when nothing was found. */
export function score(truth: Truth, found: Found): Score {
  const { seller } = found
  const place = truth.vendor_address
  const at = seller.address
  const amount = truth.document_type === 'credit_note' ? centsOfCredit : cents
  const untaxed = truth.tax_amount === null
  // A number printed without its country is a VAT number and the tax number of its country at once.
  const local = truth.vendor_vat_id !== null && !/^(?:CHE|[A-Z]{2})/.test(truth.vendor_vat_id)
  const vatFound = local && nothing(seller.vat_id) ? seller.tax_id : seller.vat_id
  const fields: Record<Field, Mark> = {
    document_id: mark(truth.document_id, found.document_id, documentId),
    issued_at: mark(truth.issued_at, found.issued_at, exactly),
    due_date: mark(truth.due_date, found.due_date, exactly, truth.due_told === 'now' ? [truth.issued_at] : []),
    currency: mark(truth.currency, found.currency, name),
    total: mark(truth.total, found.total, amount),
    subtotal: mark(truth.subtotal, found.subtotal, amount, untaxed ? [truth.total] : []),
    tax_amount: mark(truth.tax_amount, found.tax_amount, amount, untaxed ? [0] : []),
    vendor_name: mark(truth.vendor_name, seller.name, name),
    vendor_vat_id: mark(truth.vendor_vat_id, vatFound, vat),
    iban: mark(truth.iban, seller.iban, id),
    vendor_tax_id: mark(
      truth.vendor_tax_id,
      seller.tax_id,
      id,
      truth.vendor_tax_id ? [] : [truth.registration_id, local ? truth.vendor_vat_id : null],
    ),
    bic: mark(truth.bic, seller.bic, bicSame),
    account_number: mark(truth.account_number, seller.account_number, id),
    sort_code: mark(truth.sort_code, seller.sort_code, id, truth.routing_number ? [truth.routing_number] : []),
    purchase_order_number: mark(truth.purchase_order_number, found.purchase_order_number, documentId),
    'address.line1': mark(place?.line1, at?.line1, name),
    'address.city': mark(place?.city, at?.city, city),
    'address.postal_code': mark(place?.postal_code, at?.postal_code, id),
    'address.country': mark(place?.country, at?.country, name, place && !place.country ? [truth.vendor_country] : []),
  }
  return { file: truth.file, kind: truth.kind, fields, ...linesOf(truth, found, amount) }
}

/** Each line of the bill takes the first line found of its total; with the right quantity where there is one. */
function linesOf(truth: Truth, found: Found, amount: Same): Pick<Score, 'lines' | 'words'> {
  const left = [...found.lines]
  let totals = 0
  let right = 0
  let prices = 0
  let names = 0
  for (const line of truth.lines) {
    const quantity = (other: Found['lines'][number]) =>
      line.quantity === null ? nothing(other.quantity) || other.quantity === 1 : other.quantity === line.quantity
    const total = (other: Found['lines'][number]) => !nothing(other.total) && amount(line.total, other.total!)
    const whole = left.findIndex((other) => total(other) && quantity(other))
    const near = whole >= 0 ? whole : left.findIndex(total)
    if (near < 0) continue
    const [taken] = left.splice(near, 1)
    if (line.unit_price === null || same4(line.unit_price, taken!.unit_price)) prices++
    if (named(line, taken!.description)) names++
    totals++
    if (whole >= 0) right++
  }
  return { lines: { of: truth.lines.length, totals, right, invented: left.length }, words: { prices, names } }
}

/** Prices of one may have more decimals than cents; those of credits a minus. */
const same4 = (truth: number, found: number | null) => found !== null && Math.abs(truth - Math.abs(found)) < 0.00005

/** The name alone, or with what stands below it: nothing more, nothing less. */
const named = ({ description, detail }: Truth['lines'][number], found: string | null) =>
  found !== null && [description, `${description} ${detail ?? ''}`].some((one) => letters(one) === letters(found))
const letters = (text: string) => text.toUpperCase().replace(/[^\p{L}\p{N}]/gu, '')

const share = (part: number, whole: number) => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)}`)

/** A table of the shares in per cent that are right, by kind and field. `missing/wrong` counts of all kinds stand behind. */
export function report(results: readonly Score[]): string {
  const kinds = [...new Set(results.map(({ kind }) => kind))]
  const of = (kind: string) => results.filter((result) => kind === 'all' || result.kind === kind)
  const marks = (field: Field, wanted: Mark, kind: string) => of(kind).filter(({ fields }) => fields[field] === wanted).length
  const columns = [...kinds, 'all']
  const line = (label: string, cells: readonly string[]) => label.padEnd(26) + cells.map((cell) => cell.padStart(10)).join('')
  const row = (field: Field) =>
    line(field, [
      ...columns.map((kind) => share(marks(field, 'ok', kind), of(kind).length)),
      `${marks(field, 'missing', 'all')}/${marks(field, 'wrong', 'all')}`,
    ])
  const mean = (fields: readonly Field[]) =>
    line(
      '= together',
      columns.map((kind) =>
        share(
          fields.reduce((sum, field) => sum + marks(field, 'ok', kind), 0),
          fields.length * of(kind).length,
        ),
      ),
    )
  const every = line(
    'all header fields right',
    columns.map((kind) =>
      share(of(kind).filter(({ fields }) => headerFields.every((field) => fields[field] === 'ok')).length, of(kind).length),
    ),
  )
  const sum = (kind: string, count: keyof Score['lines'] | keyof Score['words']) =>
    of(kind).reduce((total, { lines, words }) => total + { ...lines, ...words }[count], 0)
  return [
    line('% right', [...columns, 'miss/wrong']),
    line(
      'bills',
      columns.map((kind) => String(of(kind).length)),
    ),
    ...headerFields.map(row),
    mean(headerFields),
    every,
    '',
    ...otherFields.map(row),
    mean(otherFields),
    '',
    line(
      'lines: total found',
      columns.map((kind) => share(sum(kind, 'totals'), sum(kind, 'of'))),
    ),
    line(
      'lines: and quantity',
      columns.map((kind) => share(sum(kind, 'right'), sum(kind, 'of'))),
    ),
    line(
      'lines: and unit price',
      columns.map((kind) => share(sum(kind, 'prices'), sum(kind, 'of'))),
    ),
    line(
      'lines: and name',
      columns.map((kind) => share(sum(kind, 'names'), sum(kind, 'of'))),
    ),
    line(
      'lines: invented',
      columns.map((kind) => String(sum(kind, 'invented'))),
    ),
  ].join('\n')
}
