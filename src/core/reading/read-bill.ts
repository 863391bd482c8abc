import { addressNear, type Block, blocksOf, countryOf } from './addresses.ts'
import { itemsOf, type Region } from './items.ts'
import { CREDIT_NOTE, INVOICE, LABELS, type Label, LEGAL_FORM, plain, RECEIPT, TITLE } from './labels.ts'
import { type Cell, cellOf, heightOf, overlap, type Row, rowsOf, type Word } from './page.ts'
import { readTerms } from './terms.ts'
import type { Own, ReadAddress, ReadBill, ReadCharge, ReadParty } from './types.ts'
import {
  currenciesIn,
  type DayOrder,
  type Decimal,
  dayIn,
  dayOrderOf,
  decimalOf,
  ibansIn,
  moneyIn,
  numberIn,
  percentIn,
  vatIdsIn,
  withoutDash,
} from './values.ts'
import { bareNumber, isAmong, isYours, numbersOfBuyer } from './whose.ts'

/** A label found on the page, with the text beside it and below it. */
interface Hit {
  readonly label: Label
  /** The position of its pattern among those of its label; a lower one is more certain. */
  readonly rank: number
  readonly row: number
  readonly cell: Cell
  /** The rest of its own cell. */
  readonly rest: string
  /** The cells to its right, nearest first, up to the next label. */
  readonly right: readonly Cell[]
  readonly below: readonly Cell[]
}

const KINDS = Object.keys(LABELS) as Label[]
/** How far below a label its value may stand, in heights of the label. */
const BELOW_MAX = 3.2

interface Named {
  readonly label: Label
  readonly rank: number
  readonly length: number
}

/** What was found at a word, as it is asked for again and again; a word stands in one cell. */
const known = new WeakMap<Word, Named | null>()

/** The longest label that begins at a word of a cell. */
function labelAt(words: readonly Word[], from: number): Named | null {
  const before = known.get(words[from]!)
  if (before !== undefined) return before
  const found = labelIn(words, from)
  known.set(words[from]!, found)
  return found
}

function labelIn(words: readonly Word[], from: number): Named | null {
  const text = plain(
    words
      .slice(from, from + 7)
      .map(({ text }) => text)
      .join(' '),
  )
  let best: Named | null = null
  for (const label of KINDS)
    for (const [rank, pattern] of LABELS[label].entries()) {
      const length = text.match(pattern)?.[0].length ?? 0
      if (length > (best?.length ?? 0)) best = { label, rank, length }
    }
  return best
}

/** Where the label ends, counted in words; the words behind it are the value. */
function wordsOf(words: readonly Word[], from: number, length: number): number {
  let text = ''
  for (let i = from; i < words.length; i++) {
    text = plain(text ? `${text} ${words[i]!.text}` : words[i]!.text)
    if (text.length >= length) return i + 1
  }
  return words.length
}

function hitsOf(rows: readonly Row[], isTable: (cell: Cell) => boolean): Hit[] {
  const hits: Hit[] = []
  for (const [index, row] of rows.entries()) {
    for (const [at, cell] of row.cells.entries()) {
      if (isTable(cell)) continue
      let ended = -1
      for (let i = 0; i < cell.words.length; i++) {
        if (i > 0 && i !== ended && !opens(cell.words[i - 1]!.text)) continue
        const found = labelAt(cell.words, i)
        if (!found || (i === ended && found.label !== 'document_id')) continue
        const end = wordsOf(cell.words, i, found.length)
        const glued = plain(
          cell.words
            .slice(i, end)
            .map(({ text }) => text)
            .join(' '),
        ).slice(found.length)
        const tail = cell.words
          .slice(end)
          .map(({ text }) => text)
          .join(' ')
        const rest = `${/^[\s:.)#]*$/.test(glued) ? '' : lastPart(cell.words[end - 1]!.text)} ${tail}`
          .replace(/^[\s:.#]+/, '')
          .trim()
        const label = cellOf(cell.words.slice(i, end))
        hits.push({ ...found, row: index, cell: label, rest, right: rightOf(row, at), below: belowOf(rows, index, cell, label) })
        ended = end
        i = end - 1
      }
      const wrapped = ended < 0 ? wrappedAt(rows, index, cell) : null
      if (wrapped) hits.push(wrapped)
    }
  }
  return hits
}

/** A label of two lines: what stands right below it is its value. */
function wrappedAt(rows: readonly Row[], index: number, cell: Cell): Hit | null {
  const next = rows[index + 1]
  const below = next?.cells.find((one) => overlap(one, cell) > 0.5 && one.page === cell.page)
  if (!next || !below || cell.words.length > 3 || below.words.length > 3 || /\d/.test(cell.text + below.text)) return null
  if (below.y0 - cell.y1 > 0.6 * heightOf(cell)) return null
  const found = labelIn([...cell.words, ...below.words], 0)
  if (!found || found.length <= plain(cell.text).length) return null
  return { ...found, row: index + 1, cell: below, rest: '', right: [], below: belowOf(rows, index + 1, below, below) }
}

/** A label inside a cell stands behind a value or a separator, not inside a sentence. */
const opens = (before: string) => /[\d:;|·•,./–-]$/.test(before) && !SHORTENED.test(before)
const SHORTENED = /^(?:in[ck]l|e[xk](?:[ck]l)?|inc|zzgl|abzgl|plus)\.$/i
const lastPart = (text: string) => text.split(/[:#]/).at(-1) ?? ''

function rightOf(row: Row, at: number): Cell[] {
  const found: Cell[] = []
  for (const cell of row.cells.slice(at + 1)) {
    const label = labelAt(cell.words, 0)
    if (label && !/\d/.test(cell.text)) break
    found.push(cell)
  }
  return found
}

function belowOf(rows: readonly Row[], index: number, whole: Cell, label: Cell): Cell[] {
  const found: Cell[] = []
  for (const row of rows.slice(index + 1, index + 6)) {
    if (row.page !== whole.page || row.y0 - whole.y1 > BELOW_MAX * heightOf(label)) break
    const cell =
      row.cells.find((one) => overlap(one, label) > 0.3 || Math.abs(one.x0 - label.x0) < heightOf(label)) ??
      (/\d/.test(whole.text) ? undefined : row.cells.find((one) => overlap(one, whole) > 0.5))
    if (cell) found.push(cell)
  }
  return found.slice(0, 2)
}

/** What a hit says, read by `read`: its own cell first, then to the right, then below. */
function valueAt<T>({ rest, right, below }: Hit, read: (text: string) => T | null): T | null {
  const own = rest ? read(rest) : null
  if (own !== null) return own
  if (rest && /\d/.test(rest)) return null
  const beside = right.slice(0, 2).map(({ text }) => text)
  for (const text of [...beside, beside.join(' ')]) {
    const found = text ? read(text) : null
    if (found !== null) return found
  }
  for (const text of [
    ...below.slice(0, 1).map(({ text }) => text),
    below.map(({ text }) => text).join(' '),
    below[1]?.text ?? '',
  ]) {
    const found = text ? read(text) : null
    if (found !== null) return found
  }
  return null
}

interface Found<T> {
  readonly value: T
  readonly sure: number
}

function best<T>(hits: readonly Hit[], label: Label, read: (text: string) => T | null): Found<T> | null {
  let found: (Found<T> & { rank: number }) | null = null
  for (const hit of hits) {
    if (hit.label !== label || (found && hit.rank >= found.rank && !GENERIC(found.rank, label))) continue
    const value = valueAt(hit, read)
    if (value !== null && (!found || strength(hit) < found.rank))
      found = { value, rank: strength(hit), sure: hit.cell.sure * (strength(hit) < 6 ? 0.97 : 0.8) }
  }
  return found
}
const GENERIC = (rank: number, label: Label) => rank >= LABELS[label].length - 1
/** The generic words of a label come last in its list. */
const strength = ({ rank, label }: Hit) => (label === 'document_id' || label === 'issued_at' ? rank : 0)

/** The number of a document: a token with a digit that is neither a day nor an amount. */
function idIn(text: string): string | null {
  const tokens = text
    .replace(/^[\s:.#°º№]+/, '')
    .replace(/^(?:n[°ºo.]|nr\.?|no\.?)\s+/i, '')
    .replace(/^(?:de\s|del\s|della\s|la\s)*(?:factur[ae]|fatura|fattura|faktury?|rechnung|invoice)\s+/i, '')
    .split(/\s+/)
  const two = /^\p{Lu}{1,5}$/u.test(tokens[0] ?? '') && /^[\d/-]|^\p{Lu}{1,3}[/-]\d/u.test(tokens[1] ?? '')
  const raw = (two ? `${tokens[0]} ${tokens[1]}` : (tokens[0] ?? '')).replace(/[,;:.)]+$/, '')
  if (!/\d/.test(raw) || raw.length < 2 || raw.length > 40 || !/^[\p{L}\d][\p{L}\d/._\- #]*$/u.test(raw)) return null
  if (/^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}$|^\d{4}-\d{2}-\d{2}$|^\d+[.,]\d{2}$|%/.test(raw) || /^\d{1,2}(?:st|nd|rd|th)$/.test(raw))
    return null
  if (/^\d{1,2}\.?$/.test(raw) && tokens.length > 1) return null
  if (/^\d+$/.test(raw) && /^\p{L}{2}/u.test(tokens[1] ?? '') && !/[,;]$/.test(tokens[0]!)) return null
  return raw
}

const cents = (value: number) => Math.round(value * 100)
const near = (a: number, b: number, slack = 1) => Math.abs(cents(a) - cents(b)) <= slack

interface Sums {
  total: number | null
  subtotal: number | null
  tax_amount: number | null
  tax_rate: number | null
  discount: number | null
  paid: number | null
  charges: readonly ReadCharge[]
  agrees: boolean
}
type Core = Omit<Sums, 'tax_rate' | 'discount' | 'paid' | 'charges'>

const isSumLabel = (label: Label | undefined): boolean => /^(?:total|subtotal|tax_amount|discount|paid)$/.test(label ?? '')

/** `on 1,200.00`: what the tax is taken from. */
const TAXED = /(?:^|\s)(?:on|of|auf|von|aus|sur|sobre|su|over|på|af|od|de|di)\s+\S*\d[\d.,'’ ]*/giu

/** All amounts beside a hit: in its cell, then on its height; below it only where there is nothing beside it. */
function amountsOf({ label, rest, right, below }: Hit, decimal: Decimal): number[] {
  const own = label === 'tax_amount' ? rest.replace(TAXED, ' ') : rest
  // Where labels stand in a row, with a rate or what is taxed among their words, each has its amount below it.
  const end = right.findIndex(({ words }) => isSumLabel(labelAt(words, 0)?.label))
  const values = end < 0 ? right : right.slice(0, end)
  const beside = [...amountsIn(own, decimal), ...values.flatMap(({ text }) => amountsIn(text, decimal))]
  return beside.length > 0 ? beside : below.slice(0, 1).flatMap(({ text }) => amountsIn(text, decimal))
}

function amountsIn(text: string, decimal: Decimal): number[] {
  const whole = moneyIn(text, decimal)
  if (whole !== null) return [whole]
  const found: number[] = []
  const separator = decimal === ',' ? ',' : '\\.'
  for (const [part] of text.matchAll(
    new RegExp(
      `[-−–]?\\d{1,3}(?:[ .,'’\\u00a0\\u202f]\\d{3})*${separator}\\d{2}(?![\\d%])|[-−–]?\\d+${separator}\\d{2}(?![\\d%])`,
      'g',
    ),
  )) {
    const value = numberIn(part, decimal)
    if (value !== null && !new RegExp(`${part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s?%`).test(text)) found.push(value)
  }
  return found
}

/** What rows with a rate, an amount and its tax come to, where there are several rates; null where there are not. */
function ratesIn(rows: readonly Row[], decimal: Decimal): { base: number; tax: number } | null {
  const found = new Map<number, { base: number; tax: number }>()
  for (const { text, cells } of rows) {
    const percent = percentIn(text, decimal)
    if (percent === null || percent <= 0 || percent > 30) continue
    const amounts = cells.flatMap((cell) => amountsIn(cell.text, decimal))
    const base = amounts.find(
      (one) =>
        one !== 0 &&
        amounts.some((other) => other !== one && [percent / 100, 1 + percent / 100].some((share) => near(one * share, other))),
    )
    if (base === undefined) continue
    const tax =
      amounts.find((one) => near(base * (percent / 100), one)) ??
      cents(amounts.find((one) => near(base * (1 + percent / 100), one))! - base) / 100
    if (Math.abs(base) > Math.abs(found.get(percent)?.base ?? 0)) found.set(percent, { base, tax })
  }
  const sum = (part: 'base' | 'tax') => cents([...found.values()].reduce((all, one) => all + one[part], 0)) / 100
  return found.size > 1 ? { base: sum('base'), tax: sum('tax') } : null
}

/** The sums of a bill: those that labels name and that agree, then what stands between them and is no sum of its own. */
function sumsOf(hits: readonly Hit[], rows: readonly Row[], decimal: Decimal, items: Region): Sums {
  const itemTotals = items.lines.flatMap(({ total }) => (total === null ? [] : [total]))
  const extras = extrasIn(hits, rows, decimal, items)
  const found = agreeing(hits, rows, decimal, itemTotals, extras)
  const { total, tax_amount } = found
  const subtotal = found.subtotal ?? netWithin(found, itemTotals)
  const charges = chargesOf({ ...found, subtotal }, itemTotals, extras)
  const paid = found.paid ?? paidBefore(hits, rows, decimal, { total, subtotal, tax_amount })
  return { ...found, subtotal, charges, paid }
}

/** A row among the sums that is called none of them: what it says counts all the same. */
interface Extra {
  readonly row: number
  readonly amount: number
}

/** Rows with one amount between the list of items, or the first sum, and the total. */
function extrasIn(hits: readonly Hit[], rows: readonly Row[], decimal: Decimal, items: Region): Extra[] {
  const sums = hits.filter(({ label }) => isSumLabel(label))
  const named = new Set(sums.map(({ row }) => row))
  const totals = sums.filter(({ label }) => label === 'total').map(({ row }) => row)
  const lastItem = rows.findLastIndex(({ cells }) => cells.some((cell) => items.cells.has(cell)))
  const from = Math.max(lastItem + 1, lastItem < 0 ? Math.min(...named) : 0)
  const found: Extra[] = []
  for (let row = from; row < Math.max(...totals, 0); row++) {
    const { cells } = rows[row]!
    const label = cells[0]!
    if (named.has(row) || cells.length > 3 || !/\p{L}{2}/u.test(label.text) || EARLIER.test(plain(label.text))) continue
    const [amount, ...more] = cells.flatMap(({ text }) => amountsIn(text, decimal))
    if (amount !== undefined && amount !== 0 && more.length === 0) found.push({ row, amount })
  }
  return found.slice(0, EXTRAS_MAX)
}
/** What is open of earlier bills: no part of this one, though it may be asked for again. */
const EARLIER =
  /^(?:previous|prior|last|opening|outstanding|overdue|arrears|balance (?:brought )?forward|brought forward|alter saldo|altsaldo|saldo-?vortrag|vortrag|ubertrag|offene (?:posten|rechnungen)|ruckstand|solde (?:precedent|anterieur)|report|saldo (?:anterior|precedente)|vorig saldo|openstaand)/
/** If there are more of them, they are another list. */
const EXTRAS_MAX = 6

/** The smallest number of amounts whose sum is the one given; null if there are none. */
function comingTo(sum: number, extras: readonly Extra[]): Extra[] | null {
  let sets: Extra[][] = [[]]
  for (const extra of extras) sets = [...sets, ...sets.map((set) => [...set, extra])]
  const right = sets.filter(
    (set) =>
      set.length > 0 &&
      near(
        set.reduce((all, { amount }) => all + amount, 0),
        sum,
      ),
  )
  return right.sort((a, b) => a.length - b.length)[0] ?? null
}

/** What was charged on the whole: it makes the net amount of the lines, or the total of the net amount and its tax. */
function chargesOf(sums: Omit<Sums, 'charges'>, itemTotals: readonly number[], extras: readonly Extra[]): ReadCharge[] {
  const { subtotal, tax_amount, total, tax_rate } = sums
  if (subtotal === null || total === null) return []
  const items = itemTotals.reduce((all, one) => all + one, 0)
  const less = sums.discount ?? 0
  const within = itemTotals.length > 0 ? (comingTo(subtotal - items, extras) ?? comingTo(subtotal - items + less, extras)) : null
  const found = within ?? comingTo(total - subtotal - (tax_amount ?? 0) + less, extras) ?? []
  const onAll = found.reduce((all, { amount }) => all + amount, 0) + subtotal
  const taxed = within !== null || (tax_rate !== null && tax_amount !== null && near((onAll * tax_rate) / 100, tax_amount, 2))
  return found.map(({ amount }) => ({ amount, vat_rate: taxed ? tax_rate : null }))
}

/** The net amount, where a total holds its tax: the rate, or lines that are printed with their tax or without, have to say so. */
function netWithin({ total, tax_amount, tax_rate }: Omit<Sums, 'charges'>, itemTotals: readonly number[]): number | null {
  if (total === null || tax_amount === null || tax_amount === 0) return null
  const items = itemTotals.reduce((all, one) => all + one, 0)
  const byRate = tax_rate !== null && near((total * tax_rate) / (100 + tax_rate), tax_amount, 2)
  const byLines = itemTotals.length > 0 && (near(items, total, 2) || near(items, total - tax_amount, 2))
  return (byRate || byLines) && Math.abs(tax_amount) < Math.abs(total) ? cents(total - tax_amount) / 100 : null
}

/** Words of what is left to be paid, where something was paid before. */
const LEFT =
  /due|balance|outstanding|left|still|remain|rest|noch|offen|zahlbetrag|zu zahlen|solde|a payer|pendiente|saldo|a pagar|residuo|da pagare|nog|te betalen|payable/

/** What was paid before, if something is left that is less than the total and the difference is printed too. */
function paidBefore(
  hits: readonly Hit[],
  rows: readonly Row[],
  decimal: Decimal,
  { total, subtotal, tax_amount }: Pick<Sums, 'total' | 'subtotal' | 'tax_amount'>,
): number | null {
  if (total === null) return null
  const left = hits
    .filter(({ label, cell }) => label === 'total' && LEFT.test(plain(cell.text)))
    .flatMap((hit) =>
      amountsOf(hit, decimal)
        .slice(-1)
        .map((amount) => ({ amount, row: hit.row })),
    )
    .find(
      ({ amount }) =>
        amount >= 0 && amount < total && ![subtotal, total - (tax_amount ?? 0)].some((one) => one !== null && near(one, amount)),
    )
  if (!left) return null
  const paid = cents(total - left.amount) / 100
  const above = rows
    .slice(Math.max(0, left.row - 6), left.row)
    .flatMap(({ cells }) => cells.flatMap(({ text }) => amountsIn(text, decimal)))
  return above.some((one) => near(Math.abs(one), paid)) ? paid : null
}

/** What the labels call sums, as far as it agrees. */
function agreeing(
  hits: readonly Hit[],
  rows: readonly Row[],
  decimal: Decimal,
  itemTotals: readonly number[],
  extras: readonly Extra[],
): Omit<Sums, 'charges'> {
  const of = (label: Label) => hits.filter((hit) => hit.label === label).map((hit) => ({ hit, amounts: amountsOf(hit, decimal) }))
  const lasts = (label: Label) => of(label).flatMap(({ amounts }) => amounts.slice(-1))
  const totals = lasts('total').filter((value) => value !== 0 || lasts('total').length === 1)
  const nets = [...lasts('subtotal')]
  const taxes = lasts('tax_amount')
  const [discounts, paids] = [lasts('discount').map(Math.abs), lasts('paid').map(Math.abs)]
  const printed = [...new Set(rows.flatMap(({ cells }) => cells.flatMap(({ text }) => amountsIn(text, decimal))).map(cents))].map(
    (value) => value / 100,
  )
  const rates = [
    ...new Set(
      of('tax_amount')
        .flatMap(({ hit }) => [
          percentIn(`${hit.cell.text} ${hit.rest}`, decimal),
          ...hit.right.map(({ text }) => percentIn(text, decimal)),
        ])
        .filter((rate) => rate !== null),
    ),
  ] as number[]
  const allRates = [
    ...new Set([
      ...rates,
      ...rows.flatMap(({ text }) => [...text.matchAll(/\d{1,2}(?:[.,]\d{1,2})?\s?%/g)].map(([part]) => percentIn(part, decimal))),
    ]),
  ].filter((rate): rate is number => rate !== null && rate <= 30)
  const all = [
    ...taxes,
    ...(taxes.length > 1 ? [taxes.reduce((a, b) => a + b, 0), [...new Set(taxes)].reduce((a, b) => a + b, 0)] : []),
    ...taxes.slice(0, 8).flatMap((one, i) => taxes.slice(i + 1, 8).map((other) => one + other)),
  ]
  const rate = rates.length === 1 ? rates[0]! : null
  const rest = { discount: discounts[0] ?? null, paid: paids[0] ?? null }
  const items = cents(itemTotals.reduce((a, b) => a + b, 0)) / 100
  const withRate = (sums: Core): Omit<Sums, 'charges'> => ({ ...sums, ...rest, tax_rate: rate })
  const byWorth = [...new Set(totals)].sort((a, b) => Math.abs(b) - Math.abs(a))
  const byRates = ratesIn(rows, decimal)
  // Where prices hold the tax, a `sum` that the items come to is the total, if nothing is called so that is larger.
  const larger = [...totals, ...nets].every((one) => Math.abs(one) <= Math.abs(items) || near(one, items))
  const inRows = of('total').some(({ hit, amounts }) =>
    of('subtotal').some(
      (net) =>
        net.hit.row !== hit.row &&
        all.some((tax) => near((net.amounts.at(-1) ?? Number.NaN) + tax, amounts.at(-1) ?? Number.NaN, 2)),
    ),
  )
  if (
    itemTotals.length > 1 &&
    totals.length > 0 &&
    larger &&
    !inRows &&
    nets.some((net) => near(net, items)) &&
    !totals.some((one) => near(one, items))
  ) {
    const taxed = byRates && near(byRates.base + byRates.tax, items, 2)
    return withRate({
      total: items,
      subtotal: taxed ? byRates.base : null,
      tax_amount: taxed ? byRates.tax : null,
      agrees: true,
    })
  }
  // The largest total that anything agrees with, by the surest way that does.
  for (const total of byWorth) {
    // The amounts of several rates come to it.
    if (byRates && near(byRates.base + byRates.tax, total, 2))
      return withRate({ total, subtotal: byRates.base, tax_amount: byRates.tax, agrees: true })
    // What labels say adds up, without a discount if that is possible.
    for (const less of [0, ...discounts])
      for (const net of nets)
        for (const tax of all) {
          if (Math.abs(tax) >= Math.abs(net) || !near(net + tax - less, total, 2)) continue
          const printedNet = less > 0 && nets.some((one) => near(one, net - less)) ? net - less : net
          return withRate({ total, subtotal: printedNet, tax_amount: tax, agrees: true })
        }
    // A tax and a net amount are printed somewhere, by a rate that is printed.
    for (const percent of allRates) {
      const net = total / (1 + percent / 100)
      const subtotal = printed.find((one) => near(one, net, 2))
      const tax = printed.find((one) => near(one, total - net, 2))
      if (percent > 0 && subtotal !== undefined && tax !== undefined && near(subtotal + tax, total, 1))
        return { ...withRate({ total, subtotal, tax_amount: tax, agrees: true }), tax_rate: rate ?? percent }
    }
    for (const tax of all) {
      const subtotal = printed.find((one) => near(one, total - tax))
      if (tax !== 0 && subtotal !== undefined) return withRate({ total, subtotal, tax_amount: tax, agrees: true })
    }
    // Something is charged on the whole, such as shipping; the goods may stand there without a name we know.
    const goods = printed.some((one) => near(one, items)) && itemTotals.length > 1 ? [items] : []
    for (const net of [...nets, ...goods])
      for (const tax of all.length > 0 ? all : [0]) {
        if (Math.abs(tax) >= Math.abs(net) || comingTo(total - net - tax, extras) === null) continue
        return withRate({ total, subtotal: net, tax_amount: all.length > 0 ? tax : null, agrees: true })
      }
  }
  const total = byWorth[0] ?? null
  if (total !== null) {
    const subtotal = nets.find((net) => near(net, total)) ?? null
    if (subtotal !== null) return withRate({ total, subtotal, tax_amount: taxes.includes(0) ? 0 : null, agrees: true })
    const byItems = near(
      itemTotals.reduce((a, b) => a + b, 0),
      total,
      2,
    )
    return withRate({ total, subtotal: nets[0] ?? null, tax_amount: taxes[0] ?? null, agrees: byItems && nets.length === 0 })
  }
  const subtotal = nets.find((net) => near(net, items)) ?? nets[0] ?? null
  return withRate({ total: null, subtotal, tax_amount: taxes[0] ?? null, agrees: false })
}

function currencyOf(rows: readonly Row[], hits: readonly Hit[], country: string | null): Found<string> | null {
  const votes = new Map<string, number>()
  const money = new Set(hits.filter(({ label }) => label === 'total' || label === 'subtotal').map(({ row }) => row))
  for (const [index, row] of rows.entries())
    for (const code of currenciesIn(row.text, country))
      votes.set(code, (votes.get(code) ?? 0) + (money.has(index) ? 6 : /\d/.test(row.text) ? 2 : 1))
  const codes = new Set(rows.flatMap(({ text }) => text.match(/\b[A-Z]{3}\b/g) ?? []))
  const dollars = ['AUD', 'CAD', 'NZD', 'SGD', 'HKD'].find((code) => codes.has(code))
  if (dollars && votes.has('USD') && !codes.has('USD')) votes.set(dollars, (votes.get(dollars) ?? 0) + votes.get('USD')! + 1)
  const ranked = [...votes].sort((a, b) => b[1] - a[1])
  const [first, second] = ranked
  return first ? { value: first[0], sure: second && second[1] === first[1] ? 0.5 : 0.97 } : null
}

const letters = (text: string) => plain(text).replace(/[^a-z0-9]/g, '')
const isOwn = (text: string, own: Own) =>
  own.names.some((name) => letters(name).length > 3 && letters(text).includes(letters(name)))

/** Whether a text ends like the name of a company; in capitals, too. */
const signed = (text: string) => LEGAL_FORM.test(text) || (text === text.toUpperCase() && CAPITAL_FORM.test(text))
const CAPITAL_FORM = new RegExp(LEGAL_FORM.source, 'iu')

const FORM_ALONE = new RegExp(`${LEGAL_FORM.source.replace('(?:^|[\\s,])', '^')}\\W*$|^\\(haftungsbeschr[^)]*\\)$`, 'u')

interface NameCandidate {
  readonly text: string
  readonly cell: Cell
  score: number
}

/** The vendor's name, by everything that speaks for a text: legal form, place, size, label, account holder, domain, address below it. */
function sellerName(
  rows: readonly Row[],
  hits: readonly Hit[],
  blocks: readonly Block[],
  buyer: readonly Cell[],
  own: Own,
): NameCandidate | null {
  const domains = [
    ...new Set(
      rows.flatMap(({ text }) =>
        [...text.matchAll(/(?:@|www\.|https?:\/\/(?:www\.)?)([a-z0-9-]{3,})\.[a-z.]{2,}/gi)].map(([, name]) => letters(name!)),
      ),
    ),
  ]
  const heights = rows.flatMap(({ cells }) => cells.map(heightOf)).sort((a, b) => a - b)
  const usual = heights[Math.floor(heights.length / 2)] ?? 1
  const bottom = Math.max(...rows.map(({ y1 }) => y1), 1)
  const after = (label: Label) =>
    hits
      .filter((hit) => hit.label === label)
      .flatMap((hit) => [
        hit.rest,
        ...hit.right.slice(0, 1).map(({ text }) => text),
        ...(hit.rest || hit.right.length > 0 ? [] : hit.below.slice(0, 1).map(({ text }) => text)),
      ])
  const holders = after('account_holder').map(letters).filter(Boolean)
  const named = [
    ...after('seller').map(letters),
    ...hits.filter(({ label }) => label === 'seller').flatMap(({ below }) => below.slice(0, 1).map(({ text }) => letters(text))),
  ].filter(Boolean)
  const seen = new Map<string, NameCandidate>()
  for (const [index, row] of rows.entries())
    for (const [at, cell] of row.cells.entries()) {
      const parts = cell.text.split(/\s*[·•|]\s*|\s+[–—-]\s+|,\s+(?=.*\d)/)
      // A name that is wider than its column ends below with its legal form.
      const block = blocks.find(({ cells }) => cells.includes(cell))
      const below =
        block?.cells[block.cells.indexOf(cell) + 1]?.text ??
        rows[index + 1]?.cells.find((one) => overlap(one, cell) > 0.8)?.text ??
        ''
      if (parts.length === 1 && below && (FORM_ALONE.test(below) || /\s(?:&|und|and|et|y|e|en)$/.test(cell.text)))
        parts[0] = `${parts[0]} ${below}`
      // A comma before the legal form parts nothing.
      if (parts[1] && FORM_ALONE.test(parts[1])) parts.splice(0, 2, `${parts[0]}, ${parts[1]}`)
      for (const [place, raw] of parts.slice(0, 2).entries()) {
        const label = labelAt(cell.words, 0)
        const stripped =
          place === 0 && label && /^(?:seller|account_holder)$/.test(label.label)
            ? cell.words
                .slice(wordsOf(cell.words, 0, label.length))
                .map(({ text }) => text)
                .join(' ')
            : raw
        const text = stripped.replace(/^[\s:]+|[\s:,;]+$/g, '').trim()
        const key = letters(text)
        if (
          key.length < 3 ||
          letters(text.replace(LEGAL_FORM, '')).length < 2 ||
          text.length > 70 ||
          text.split(/\s+/).length > 8 ||
          !/\p{L}{2}/u.test(text)
        )
          continue
        if (TITLE.test(plain(text)) || /@|www\.|https?:|%/.test(text) || isOwn(text, own) || buyer.includes(cell)) continue
        if ((text.match(/\d/g)?.length ?? 0) > 4 || moneyIn(text, '.') !== null || moneyIn(text, ',') !== null) continue
        let score = 0
        if (signed(text)) score += 4
        if (named.includes(key)) score += 3.5
        if (holders.includes(key)) score += 3
        if (
          domains.some((domain) => domain.length > 3 && (key.includes(domain) || domain.includes(key) || sameStart(key, domain)))
        )
          score += 2.5
        if (row.page === 0 && heightOf(cell) > 1.25 * usual) score += Math.min(2, heightOf(cell) / usual - 0.5)
        if (row.page === 0 && row.y0 < 0.12 * bottom) score += 1.5
        if (index === 0 && at === 0) score += 0.5
        if (block && block.cells[0] === cell && block.hasAddress) score += 2
        if (place > 0 || (parts.length > 1 && place === 0 && /\d/.test(parts.at(-1)!))) score += place > 0 ? -2 : 1
        if (label && !/^(?:seller|account_holder)$/.test(label.label) && label.length >= 0.5 * plain(text).length) score -= 5
        if (/[.!?]$/.test(text) && !LEGAL_FORM.test(text) && text.split(/\s+/).length > 3) score -= 3
        if (/^\p{Ll}/u.test(text)) score -= 1
        if (/\d/.test(text)) score -= 1.5
        if (INVOICE.test(plain(text)) || CREDIT_NOTE.test(plain(text))) score -= 3
        const known = seen.get(key)
        if (known) known.score = Math.max(known.score, score) + 1
        else seen.set(key, { text, cell, score })
      }
    }
  const ranked = [...seen.values()].sort((a, b) => b.score - a.score)
  const first = ranked[0]
  if (!first || first.score < 2) return null
  // A wordmark is the beginning of a name: the whole name stands elsewhere.
  const whole = signed(first.text)
    ? undefined
    : ranked
        .filter(
          (one) =>
            one.score > 0 &&
            letters(one.text).length > letters(first.text).length &&
            letters(one.text).startsWith(letters(first.text)),
        )
        .sort((a, b) => Number(signed(b.text)) - Number(signed(a.text)))[0]
  return whole ? { ...whole, score: first.score } : first
}

function sameStart(a: string, b: string): boolean {
  let i = 0
  while (i < a.length && i < b.length && a[i] === b[i]) i++
  return i >= 5
}

/** Whether a cell is the beginning of our name, of which a reader of pictures lost a part. */
function beginsOwn(cell: Cell, rows: readonly Row[], own: Own): boolean {
  const start = letters(cell.text)
  if (start.length < 4 || !own.names.some((name) => letters(name).startsWith(start))) return false
  const row = rows.find(({ cells }) => cells.includes(cell))
  return (
    row !== undefined &&
    isOwn(
      row.cells
        .slice(row.cells.indexOf(cell))
        .map(({ text }) => text)
        .join(' '),
      own,
    )
  )
}

/** The cells that say who the bill is for. */
function buyerCells(hits: readonly Hit[], blocks: readonly Block[], rows: readonly Row[], own: Own): Cell[] {
  const found = new Set<Cell>()
  for (const block of blocks)
    if (block.cells.some((cell) => isOwn(cell.text, own) || beginsOwn(cell, rows, own)))
      for (const cell of block.cells) found.add(cell)
  for (const hit of hits) {
    if (hit.label !== 'buyer' || hit.rest.split(' ').length > 8) continue
    const start = hit.rest ? undefined : (hit.below[0] ?? hit.right[0])
    const block = blocks.find(({ cells }) => cells.some((cell) => cell === start || cell.words.includes(hit.cell.words[0]!)))
    if (block && plain(block.cells[0]!.text).length > 0)
      for (const cell of block.cells) if (cell.y0 >= hit.cell.y0 - 1) found.add(cell)
    if (start) for (const cell of blocks.find(({ cells }) => cells.includes(start))?.cells ?? []) found.add(cell)
  }
  return rows.flatMap(({ cells }) => cells).filter((cell) => found.has(cell))
}

const EARLY = /\b\d{1,2}(?:[.,]\d)?\s?%?\s?\/\s?\d{1,2},?\s?net\s?\d{1,3}\b/i
const DAYS =
  /\bnet\s?\d{1,3}(?:\s?days)?\b|\b\d{1,3}\s?(?:days|tage[n]?|jours|dias|días|giorni|gg|dagen|dagar|dage|dni|päivää)(?: net(?:to)?)?\b/i
const ABOUT_TERMS =
  /\b(?:terms|zahlungsziel|zahlbar|conditions|condizioni|condiciones|condicoes|vilkar|villkor|warunki|termijn|termin|delai|netto?)\b/
const FOR_LESS = /skonto|discount|escompte|sconto|rabat|korting|pronto|descuento|desconto|kassarabatt/

/** The terms of payment in words: how many days, where no day is named. */
function termsIn(rows: readonly Row[], decimal: Decimal, total: number | null): string | null {
  const early = rows.map(({ text }) => text.match(EARLY)?.[0]).find(Boolean)
  if (early) return early
  for (const [i, { text, cells }] of rows.entries()) {
    const bare = plain(text)
    const own = cells.find((cell) => DAYS.test(cell.text))?.text ?? text
    // What is to be paid with a discount stands beside it, and the last day sometimes on the next line.
    for (const said of [own, `${own} ${rows[i + 1]?.text ?? ''}`]) {
      const { days, early } = readTerms(said)
      if (days !== null && early.length > 0) return said.trim()
      if (early.length === 0) break
    }
    // A day until which another amount may be paid is a discount, not the due date.
    if (amountsIn(own, decimal).some((amount) => total === null || !near(amount, total))) continue
    if ((PAYING.test(bare) || ABOUT_TERMS.test(bare)) && !FOR_LESS.test(bare)) {
      const found = text.match(DAYS)?.[0]
      if (found) return found
    }
  }
  return null
}

/**
 * Reads a bill from its words. Nothing is guessed that isn't printed: a field that no text stands for is null. Amounts are in major units
 * as printed; `confidence` is 0 to 1 for every field that was found; `doubts` says what does not add up. `own` names the company that
 * received the bill, so that it isn't taken for the vendor.
 */
export function readBill(printed: readonly Word[], own: Own): ReadBill {
  const words = printed
    .filter(({ text }) => !/^[.…·_=~-]+$/.test(text))
    .map((word) => ({ ...word, text: withoutDash(word.text) }))
  const rows = rowsOf(words)
  const texts = rows.map(({ text }) => text)
  const whole = texts.join('\n')
  const flat = plain(whole)
  const decimal = decimalOf(texts)
  const items: Region = itemsOf(rows, decimal)
  const hits = hitsOf(rows, (cell) => items.cells.has(cell))
  const blocks = blocksOf(rows)
  const buyer = buyerCells(hits, blocks, rows, own)
  const buyerText = buyer.map(({ text }) => text).join('\n')
  const theirs = numbersOfBuyer(rows, buyer, own)
  const isTheirs = (number: string) => isAmong(number, theirs)
  const others = numbersOfOthers(hits)
  const allVatIds = rows.flatMap(({ cells }) => cells.flatMap(({ text }) => vatIdsIn(text)))
  const vatIds = allVatIds.filter((id) => !isTheirs(id) && !others.has(id))
  const inBlocks = blocks.map(({ cells }) => cells.map(({ text }) => text).join(' '))
  const ibans = [
    ...new Set([
      ...rows.flatMap(({ cells }) => cells.flatMap(({ text }) => ibansIn(text))),
      ...inBlocks.flatMap(ibansIn),
      ...ibansIn(texts.join(' \n ')),
    ]),
  ].filter((iban) => !theirs.has(iban))
  const home = ibans[0]?.slice(0, 2)
  const outside = rows.flatMap((row) =>
    rowLeft(
      row,
      row.cells.filter((cell) => !items.cells.has(cell)),
    ),
  )
  vatIds.sort((a, b) => Number(countryOf(b) === home) - Number(countryOf(a) === home))
  const name = sellerName(outside, hits, blocks, buyer, own)
  const address = addressNear(outside, blocksOf(outside), name?.cell ?? null, buyer)
  const country = address?.country ?? countryOf(vatIds[0]) ?? (ibans[0]?.slice(0, 2) || null)
  const currency = currencyOf(rows, hits, country)
  const order: DayOrder = dayOrderOf(texts, isAmerican(address, country, currency?.value ?? null))
  const daily = (text: string) => dayIn(text, order)
  const sums = sumsOf(hits, rows, decimal, items)
  const document_id = best(hits, 'document_id', idIn)
  const due = best(hits, 'due_date', daily) ?? dueInWords(rows, daily)
  const issued = best(hits, 'issued_at', daily) ?? firstDay(texts, daily, due?.value ?? null)
  const emails = [...whole.matchAll(/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g)]
    .map(([email]) => email.toLowerCase().replace(/\.$/, ''))
    .filter((email) => !buyerText.toLowerCase().includes(email))
  const tight = (pattern: RegExp) => (text: string) => text.match(pattern)?.[0].replace(/\s/g, '') ?? null
  const bic = best(
    hits,
    'bic',
    (text) =>
      text
        .replace(/^[:\s]+/, '')
        .match(/^[A-Z]{4}\s?[A-Z]{2}\s?[A-Z0-9]{2}(?:\s?[A-Z0-9]{3})?\b/)?.[0]
        .replace(/\s/g, '') ?? null,
  )
  const sellers = hits.filter(
    ({ label, cell, row }) =>
      label !== 'vat_id' ||
      !(
        buyer.some(({ words }) => words.includes(cell.words[0]!)) ||
        isYours(plain(rows[row]!.cells.find(({ words }) => words.includes(cell.words[0]!))!.text))
      ),
  )
  const labelledVat = best(sellers, 'vat_id', (text) => vatIdsIn(text).find((id) => !isTheirs(id)) ?? vatIdLoose(text, isTheirs))
  // The number of an account with a vendor is none of a bank.
  const banks = hits.filter(({ label }) => /^(?:sort_code|routing_number|bic|iban|account_holder)$/.test(label))
  const atBank = ({ label, cell, rest }: Hit) =>
    label !== 'account_number' ||
    /^bank/.test(plain(cell.text)) ||
    /bank/i.test(rest) ||
    banks.some((one) => one.cell.page === cell.page && Math.abs(one.cell.y0 - cell.y0) < 6 * heightOf(cell))
  const seller: ReadParty = {
    name: name?.text ?? null,
    email: emails[0] ?? null,
    phone:
      best(hits, 'phone', (text) => text.replace(/^[:.\s]+/, '').match(/^\+?[\d][\d ()/.-]{5,20}\d/)?.[0] ?? null)?.value ?? null,
    tax_id:
      best(hits, 'tax_id', (text) => {
        const found = text.replace(/^[:.\s]+/, '').match(/^[A-Z]{0,3}\s?\d[\d /.-]{5,18}\d[A-Z]?/i)?.[0]
        return found && !isTheirs(found) ? found.trim() : null
      })?.value ?? null,
    vat_id: labelledVat?.value ?? vatIds.find((id) => !ibans.some((iban) => iban.startsWith(id))) ?? null,
    address: address && { ...address, country: address.country ?? countryOf(labelledVat?.value ?? vatIds[0]) ?? home ?? null },
    iban: ibans[0] ?? null,
    bic: bic?.value ?? whole.match(BIC_BROKEN)?.[1] ?? null,
    account_number: ibans[0]
      ? null
      : (best(hits.filter(atBank), 'account_number', tight(/^\d[\d -]{4,20}\d/))?.value?.replace(/-/g, '') ?? null),
    sort_code: best(hits, 'sort_code', tight(/\b\d{2}[-– ]?\d{2}[-– ]?\d{2}\b/))?.value.replace(/[–]/g, '-') ?? null,
    routing_number: best(hits, 'routing_number', tight(/\b\d{9}\b/))?.value ?? null,
  }
  const top = flat.slice(0, Math.max(600, flat.length / 3))
  const type =
    CREDIT_NOTE.test(top) && !/gutschrift(?:sverfahren| auf (?:das|unser))/.test(top)
      ? 'credit_note'
      : RECEIPT.test(top) && !INVOICE.test(top)
        ? 'receipt'
        : 'invoice'
  const confidence: Record<string, number> = {}
  const rate = (field: string, found: unknown, sure: number) =>
    Object.assign(confidence, found === null ? {} : { [field]: Math.round(sure * 100) / 100 })
  rate('type', CREDIT_NOTE.test(top) || RECEIPT.test(top) || INVOICE.test(top) || null, 0.9)
  rate('document_id', document_id, document_id?.sure ?? 0)
  rate('issued_at', issued, issued?.sure ?? 0)
  rate('due_date', due, due?.sure ?? 0)
  rate('currency', currency, currency?.sure ?? 0)
  for (const field of ['total', 'subtotal', 'tax_amount'] as const) rate(field, sums[field], sums.agrees ? 0.98 : 0.6)
  rate('name', name, name ? Math.min(0.97, 0.4 + name.score * 0.08) : 0)
  rate('iban', seller.iban, 0.99)
  rate('vat_id', seller.vat_id, vatIds.length > 0 ? 0.95 : 0.7)
  rate('address', address, 0.8)
  return {
    type,
    document_id: document_id?.value ?? null,
    original_document_id: best(hits, 'original_id', idIn)?.value ?? null,
    issued_at: issued?.value ?? null,
    due_date: due?.value ?? null,
    currency: currency?.value ?? null,
    total: sums.total,
    subtotal: sums.subtotal,
    tax_amount: sums.tax_amount,
    tax_rate: sums.tax_rate,
    discount: sums.discount,
    paid: sums.paid,
    due: null,
    charges: sums.charges,
    payment_terms: termsIn(rows, decimal, sums.total),
    purchase_order_number: best(hits, 'purchase_order_number', idIn)?.value ?? null,
    seller,
    buyer: { ...nobody, ...buyerOf({ rows, hits, blocks, buyer, seller, own, theirs: allVatIds.filter(isTheirs) }) },
    lines: items.lines,
    confidence,
    doubts: doubtsIn(
      sums,
      items.lines.map(({ total }) => total),
    ),
  }
}

/** Whether days are written as in the United States: the vendor is at home there, or nothing says where it is and it asks for dollars. */
function isAmerican(address: ReadAddress | null, country: string | null, currency: string | null): boolean {
  if (address?.state && !address.country) return true
  const british = /^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$/.test(address?.postal_code ?? '')
  return country === 'US' || (country === null && !british && currency === 'USD')
}

/** What is wrong with a reading: the fields a bill can't do without that were not found, and what does not add up. */
export const faultsOf = ({ total, document_id, issued_at, currency, seller, doubts }: ReadBill): number =>
  [total, document_id, issued_at, currency, seller.name].filter((one) => one === null).length + doubts.length

export const nobody: ReadParty = {
  name: null,
  email: null,
  phone: null,
  tax_id: null,
  vat_id: null,
  address: null,
  iban: null,
  bic: null,
  account_number: null,
  sort_code: null,
  routing_number: null,
}

interface Addressed {
  readonly rows: readonly Row[]
  readonly hits: readonly Hit[]
  readonly blocks: readonly Block[]
  readonly buyer: readonly Cell[]
  readonly seller: ReadParty
  readonly own: Own
  /** The VAT numbers on the page that are the buyer's. */
  readonly theirs: readonly string[]
}

/**
 * Whom the bill is for: the company that received it where its name or number is printed anywhere; else who stands beside or below a label
 * for the buyer; else a company with an address that isn't the seller.
 */
function buyerOf({ rows, hits, blocks, buyer, seller, own, theirs }: Addressed): Pick<ReadParty, 'name' | 'vat_id'> {
  const ours = own.vat_ids.map(bareNumber)
  const vat_id = theirs.find((id) => ours.includes(bareNumber(id))) ?? theirs[0] ?? null
  const printed = letters(rows.map(({ text }) => text).join(' '))
  const ownName = own.names.find((name) => letters(name).length > 3 && printed.includes(letters(name)))
  if (ownName || buyer.some((cell) => beginsOwn(cell, rows, own))) return { name: ownName ?? own.names[0] ?? null, vat_id }
  const vendor = letters(seller.name ?? '')
  const isName = (text: string) => {
    const key = letters(text)
    const ofVendor = vendor.length > 2 && (key.includes(vendor) || vendor.includes(key))
    return key.length > 3 && !ofVendor && !/\d|[@:]/.test(text) && text.split(/\s+/).length <= 8 && !TITLE.test(plain(text))
  }
  const labelled = hits
    .filter(({ label }) => label === 'buyer')
    .flatMap(({ rest, right, below }) => [rest, below[0]?.text ?? '', right[0]?.text ?? ''])
    .find((text) => isName(text) && signed(text))
  const inBlock = blocks
    .flatMap(({ cells, hasAddress }) => (hasAddress ? cells.map(({ text }) => text) : []))
    .find((text) => signed(text) && isName(text) && !/bank|sparkasse|caisse|cassa/i.test(text))
  return { name: labelled ?? inBlock ?? null, vat_id }
}

/** A row without some of its cells. */
const rowLeft = (row: Row, cells: readonly Cell[]): Row[] =>
  cells.length === 0
    ? []
    : cells.length === row.cells.length
      ? [row]
      : [{ ...row, cells, text: cells.map(({ text }) => text).join('  ') }]

/** What stands beside labels of other numbers, as it would look if it were a VAT number: it isn't one then. */
const numbersOfOthers = (hits: readonly Hit[]): Set<string> =>
  new Set(
    hits
      .filter(({ label }) => /^(?:document_id|purchase_order_number|customer_number|original_id)$/.test(label))
      .flatMap((hit) => valueAt(hit, idIn) ?? [])
      .map((id) => id.replace(/[\s.-]/g, '').toUpperCase()),
  )

/** A BIC that continues on the next line. */
const BIC_BROKEN = /\b(?:BIC|SWIFT)(?:[ /-]*(?:BIC|SWIFT|[Cc]ode))?:?\n([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)(?![A-Z0-9])/

/** A number beside a label that names it, where its form is not that of a country's VAT number. */
function vatIdLoose(text: string, isTheirs: (number: string) => boolean): string | null {
  const found =
    text
      .replace(/^[:.\s]+/, '')
      .match(/^[A-Z]{0,3}[- ]?[A-Z]?\d[\dA-Z]*(?:[ .-]\d[\dA-Z]*)*/)?.[0]
      .slice(0, 20)
      .replace(/[\s.-]/g, '') ?? null
  return found && (found.match(/\d/g)?.length ?? 0) >= 7 && !isTheirs(found) ? found : null
}

/** Words of paying and of a limit, without accents: a sentence with both and one day says when to pay. */
const PAYING =
  /\b(?:pay|paid|settl|zahl|uberweis|begleich|ausgleich|regl|paie|payer|pag[aou]|abon[ae]|salda|betal|voldo|overmak|overgemaakt|over te maken|zapla|platn|przela|uhrad|maks)/
const LIMIT =
  /\b(?:by|before|until|no later|within|on|due|bis|spatestens|zum|am|avant|au plus tard|le|antes|hasta|maximo|tardar|entro|non oltre|entro il|voor|uiterlijk|do|dnia|senast|senest|innan|ate)\b/

function dueInWords(rows: readonly Row[], daily: (text: string) => string | null): Found<string> | null {
  for (const [i, row] of rows.entries())
    for (const text of [row.text, `${rows[i - 1]?.text ?? ''} ${row.text}`]) {
      const bare = plain(text)
      if (text.length > 240 || !PAYING.test(bare) || !LIMIT.test(bare)) continue
      const limit = bare.search(LIMIT)
      const value = daily(text.slice(Math.max(0, limit))) ?? null
      if (value) return { value, sure: 0.85 }
    }
  return null
}

function firstDay(texts: readonly string[], daily: (text: string) => string | null, due: string | null): Found<string> | null {
  const days = texts.map(daily).filter((found): found is string => found !== null && found !== due)
  return days[0] ? { value: days[0], sure: days.length === 1 ? 0.8 : 0.6 } : null
}

function doubtsIn({ total, subtotal, tax_amount, discount, charges }: Sums, lineTotals: readonly (number | null)[]): string[] {
  const doubts: string[] = []
  const charged = charges.reduce((all, { amount }) => all + amount, 0)
  if (
    total !== null &&
    subtotal !== null &&
    tax_amount !== null &&
    ![0, discount ?? 0, -charged].some((less) => near(subtotal + tax_amount - less, total, 2))
  )
    doubts.push(`The net amount ${subtotal} and the tax ${tax_amount} don't come to the total ${total}`)
  const sum = lineTotals.reduce<number>((all, one) => all + (one ?? 0), 0)
  const against = [subtotal, total].filter((one): one is number => one !== null)
  if (
    lineTotals.length > 0 &&
    against.length > 0 &&
    !against.some((one) => [0, discount ?? 0, -charged].some((less) => near(sum - less, one, lineTotals.length)))
  )
    doubts.push(`The lines come to ${Math.round(sum * 100) / 100}, the bill says ${against[0]}`)
  return doubts
}
