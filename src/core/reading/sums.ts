import { type Hit, labelAt } from './hits.ts'
import type { Region } from './items.ts'
import { type Label, plain } from './labels.ts'
import type { Row } from './page.ts'
import type { ReadCharge } from './types.ts'
import { type Decimal, moneyIn, numberIn, percentIn } from './values.ts'

/** What a bill comes to: its total, its net amount and its tax, as far as they agree, and what was charged, discounted and paid. */

const cents = (value: number) => Math.round(value * 100)
export const near = (a: number, b: number, slack = 1) => Math.abs(cents(a) - cents(b)) <= slack

export interface Sums {
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

export function amountsIn(text: string, decimal: Decimal): number[] {
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
export function sumsOf(hits: readonly Hit[], rows: readonly Row[], decimal: Decimal, items: Region): Sums {
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

/** What of the sums does not add up, in words. */
export function doubtsIn(
  { total, subtotal, tax_amount, discount, charges }: Sums,
  lineTotals: readonly (number | null)[],
): string[] {
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
