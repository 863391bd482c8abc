import { minorUnitsOf } from '../currencies.ts'
import { exact, type Minor, minor, proportion, round, scaled, sum } from '../money.ts'

/**
 * From documents and payments to entries of the books. Debit is above zero, credit below. Every line has two amounts: in the currency of
 * the document, and in that of the books. Both add up to nothing over an entry, always. Pure.
 */

export type Side = 'sale' | 'purchase'

export interface EntryLine {
  readonly account: string
  /** Minor units of the books' currency. */
  readonly amount: Minor
  /** Minor units of the document's currency; nothing where only rates moved. */
  readonly currency_amount: Minor
  /** Whether it is what the customer or vendor owes. */
  readonly party: boolean
  readonly tax_code: string | null
  readonly is_tax: boolean
}

/** The tax of a line: its code, and where it is booked. Without an account it can only be nothing. */
interface BookedTax {
  readonly code: string
  readonly account: string | null
}
export interface BookedLine {
  readonly account: string
  readonly net: Minor
  readonly tax: Minor
  readonly tax_rate: BookedTax | null
}

/** The accounts that the books use by themselves. */
export interface Accounts {
  /** What customers owe, or what vendors are owed. */
  readonly party: string
  readonly bank: string
  readonly fees: string
  /** Where conceded discounts go. */
  readonly discounts: string
  readonly bad_debts: string
  readonly overpayments: string
  readonly withheld: string
  readonly deductions: string
  readonly rounding: string
  readonly gains: string
  readonly losses: string
}

/** What amounts in the document's currency are worth: one unit of `from` is `rate` units of `to`. */
export interface Worth {
  readonly from: string
  readonly to: string
  readonly rate: number
}

/** What is owed of a document so far, in both currencies; below zero what we owe. */
export interface Open {
  readonly currency_amount: Minor
  readonly amount: Minor
}

export interface BookedDocument {
  readonly side: Side
  /** A credit note: the other way round. */
  readonly credit: boolean
  readonly lines: readonly BookedLine[]
  readonly withheld: Minor
  readonly deducted: Minor
  readonly total: Minor
}

type Raw = Omit<EntryLine, 'amount'>
const plain = (account: string, currency_amount: Minor): Raw => ({
  account,
  currency_amount,
  party: false,
  tax_code: null,
  is_tax: false,
})
const ofParty = (account: string, currency_amount: Minor): Raw => ({ ...plain(account, currency_amount), party: true })

/** The entry of an invoice, a bill or a credit note. What its sums leave over against its total is rounding. */
export function documentLines(document: BookedDocument, accounts: Accounts, worth: Worth, open: Open | null): EntryLine[] {
  const { side, credit, lines, withheld, deducted, total } = document
  const sign = (side === 'sale') === credit ? -1 : 1
  const rest = total + withheld + deducted - sum(lines.flatMap(({ net, tax }) => [net, tax]))
  const raw = [
    ofParty(accounts.party, sign * total),
    plain(accounts.withheld, sign * withheld),
    plain(accounts.deductions, sign * deducted),
    lines.flatMap((line) => taxedLines(line.account, line, -sign)),
    plain(accounts.rounding, -sign * rest),
  ].flat()
  return valued(raw, accounts, worth, open)
}

/** A net amount with its tax, as two lines. */
const taxedLines = (account: string, { net, tax, tax_rate }: Omit<BookedLine, 'account'>, sign: number): Raw[] => [
  { ...plain(account, sign * net), tax_code: tax_rate?.code ?? null },
  { ...plain(tax_rate?.account ?? account, sign * tax), tax_code: tax_rate?.code ?? null, is_tax: true },
]

/** The entry of a payment: what came in, or went out, less what the provider kept. Below zero the money went back. */
export function paymentLines(
  { side, amount, fee }: { side: Side; amount: Minor; fee: Minor },
  accounts: Accounts,
  worth: Worth,
  open: Open,
): EntryLine[] {
  const sign = side === 'sale' ? 1 : -1
  const raw = [plain(accounts.bank, sign * amount - fee), plain(accounts.fees, fee), ofParty(accounts.party, -sign * amount)]
  return valued(raw, accounts, worth, open)
}

export interface BookedEnd {
  readonly side: Side
  readonly reason: 'discount' | 'write_off' | 'canceled' | null
  readonly rest: Minor
  readonly over: Minor
  readonly lines: readonly BookedLine[]
}

/**
 * The entry of what nobody pays: the rest is shared over the document's lines, each with its tax, which nobody owes any more either. What
 * was paid beyond the total is owed back.
 */
export function endLines(
  { side, reason, rest, over, lines }: BookedEnd,
  accounts: Accounts,
  worth: Worth,
  open: Open,
): EntryLine[] {
  const sign = side === 'sale' ? 1 : -1
  const raw: Raw[] = []
  if (reason !== null && rest !== 0) {
    raw.push(ofParty(accounts.party, -sign * rest))
    const shares = shareOfRest(rest, lines)
    const account = reason === 'discount' ? accounts.discounts : accounts.bad_debts
    for (const share of shares) raw.push(...taxedLines(reason === 'canceled' ? share.account : account, share, sign))
    raw.push(plain(account, sign * (rest - sum(shares.flatMap(({ net, tax }) => [net, tax])))))
  }
  raw.push(ofParty(accounts.party, sign * over), plain(accounts.overpayments, -sign * over))
  return valued(raw, accounts, worth, open)
}

/** What of each line is in a part of the whole. Rounding is left to whoever adds it up. */
function shareOfRest(rest: Minor, lines: readonly BookedLine[]): BookedLine[] {
  const whole = sum(lines.flatMap(({ net, tax }) => [net, tax]))
  if (whole === 0) return []
  return lines.map((line) => ({
    ...line,
    net: proportion(rest, line.net, whole),
    tax: proportion(rest, line.tax, whole),
  }))
}

/** The opposite of an entry. */
export const reversed = (lines: readonly EntryLine[]): EntryLine[] =>
  lines.map((line) => ({ ...line, amount: 0 - line.amount, currency_amount: 0 - line.currency_amount }))

/** An amount in the currency of the books, rounded, halves away from zero. */
export function inBooks(amount: Minor, { from, to, rate }: Worth): Minor {
  if (from === to) return amount
  const numerator = exact(amount) * scaled(rate, RATE_DECIMALS) * 10n ** BigInt(minorUnitsOf(to))
  return minor(round(numerator, 10n ** BigInt(RATE_DECIMALS + minorUnitsOf(from))))
}
const RATE_DECIMALS = 12

/**
 * What the change of what is owed takes along in the currency of the books: as far as it settles, the share of what was booked, to the last
 * unit when nothing stays open; beyond that, by the rate of the day.
 */
export function relief(open: Open, change: Minor, worth: Worth): Minor {
  const settles = open.currency_amount !== 0 && change !== 0 && open.currency_amount > 0 !== change > 0
  if (!settles) return inBooks(change, worth)
  const size = Math.min(Math.abs(change), Math.abs(open.currency_amount))
  const booked =
    size === Math.abs(open.currency_amount)
      ? open.amount
      : minor(round(exact(open.amount) * exact(size), exact(Math.abs(open.currency_amount))))
  const beyond = (Math.abs(change) - size) * Math.sign(change)
  return 0 - booked + inBooks(beyond, worth)
}

/** Lines with their worth in the books. What rates leave over is a gain or a loss where something settles, else it is rounding. */
function valued(raw: readonly Raw[], accounts: Accounts, worth: Worth, open: Open | null): EntryLine[] {
  let left = open
  const lines: EntryLine[] = merged(raw).map((line) => {
    if (!line.party || !left) return { ...line, amount: inBooks(line.currency_amount, worth) }
    const amount = relief(left, line.currency_amount, worth)
    left = { currency_amount: left.currency_amount + line.currency_amount, amount: left.amount + amount }
    return { ...line, amount }
  })
  const over = sum(lines.map(({ amount }) => amount))
  if (over === 0) return lines
  if (open) return lines.concat({ ...plain(over > 0 ? accounts.gains : accounts.losses, 0), amount: 0 - over })
  const others = lines.filter(({ party }) => !party)
  const largest = others.reduce((most, line) => (Math.abs(line.amount) > Math.abs(most.amount) ? line : most), others[0]!)
  return lines.map((line) => (line === largest ? { ...line, amount: line.amount - over } : line))
}

/** Lines of one account, tax and kind are one; what comes to nothing is none. */
function merged(raw: readonly Raw[]): Raw[] {
  const found = new Map<string, Raw>()
  for (const line of raw) {
    const name = JSON.stringify([line.account, line.party, line.tax_code, line.is_tax])
    const known = found.get(name)
    found.set(name, known ? { ...known, currency_amount: known.currency_amount + line.currency_amount } : line)
  }
  return [...found.values()].filter(({ currency_amount }) => currency_amount !== 0)
}
