import { minorUnitsOf } from '../../currencies.ts'
import { decimal } from '../../money.ts'
import { oneLine } from '../texts.ts'
import type { Journal, JournalAccount, JournalEntry, JournalLine, JournalParty } from './journal.ts'

/** Journals for hledger and beancount. Both say at their end what each account comes to, for the programs to check. */

const roots = { Asset: 'Assets', Liability: 'Liabilities', Equity: 'Equity', Income: 'Income', Expense: 'Expenses' } as const

/** A part of an account's name as beancount reads it: letters, digits and hyphens, behind a number that nothing else bears. */
export function accountPart(number: string | number, name: string): string {
  const words = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 80)
    .replace(/-+$/, '')
  return words === '' ? String(number) : `${number}-${words}`
}

/** Accounts by their number, as both programs know them; customers and vendors stand below the account of all of them. */
function namer(accounts: readonly JournalAccount[]) {
  const known = new Map(accounts.map((account) => [account.number, account]))
  return (number: string, party: JournalParty | null): string => {
    const { type, name } = known.get(number)!
    const parts: string[] = [roots[type], accountPart(number, name)]
    if (party) parts.push(accountPart(party.number, party.name))
    return parts.join(':')
  }
}

const nameOfLine = (named: ReturnType<typeof namer>, line: JournalLine, { party }: JournalEntry) =>
  named(line.account, line.party ? party : null)

const shown = (amount: number, currency: string) => `${decimal(amount, minorUnitsOf(currency))} ${currency}`

/** An amount, and what it is worth in the books where that is another currency. */
function amountOf({ amount, currency_amount }: JournalLine, currency: string, books: string): string {
  if (currency === books || currency_amount === 0) return shown(amount, books)
  return `${shown(currency_amount, currency)} @@ ${shown(Math.abs(amount), books)}`
}

/** What each account comes to, in each of its currencies. */
function closings({ books, entries }: Journal, nameOf: (line: JournalLine, entry: JournalEntry) => string) {
  const sums = new Map<string, Map<string, number>>()
  for (const entry of entries)
    for (const line of entry.lines) {
      const own = entry.currency === books.currency || line.currency_amount === 0
      const currency = own ? books.currency : entry.currency
      const account = sums.get(nameOf(line, entry)) ?? new Map<string, number>()
      account.set(currency, (account.get(currency) ?? 0) + (own ? line.amount : line.currency_amount))
      sums.set(nameOf(line, entry), account)
    }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([account, amounts]) => [account, [...amounts]] as const)
}

/** The day after the last entry. */
function dayAfter(entries: readonly JournalEntry[]): string {
  const last = entries.reduce((latest, { day }) => (day > latest ? day : latest), '1970-01-01')
  return new Date(Date.parse(last) + 86_400_000).toISOString().slice(0, 10)
}

const inOrder = (entries: readonly JournalEntry[]) =>
  [...entries].sort((a, b) => (a.day === b.day ? a.number - b.number : a.day < b.day ? -1 : 1))

/** In hledger a semicolon begins a comment, and a bar parts the payee from the note. */
const inHledger = (text: string) => oneLine(text).replace(/[;|]/g, ',')

export function hledgerJournal(journal: Journal): string {
  const { books, accounts, entries } = journal
  const named = namer(accounts)
  const nameOf = (line: JournalLine, entry: JournalEntry) => nameOfLine(named, line, entry)
  const currencies = [...new Set([books.currency].concat(entries.map(({ currency }) => currency)))].sort()
  const sums = closings(journal, nameOf)
  const text: string[] = [`; ${inHledger(books.name)}`, '']
  for (const currency of currencies) {
    const decimals = minorUnitsOf(currency)
    text.push(`commodity 1000.${'0'.repeat(decimals)} ${currency}`)
  }
  text.push('')
  for (const [account] of sums) text.push(`account ${account}`)
  text.push('')
  for (const entry of inOrder(entries)) {
    const payee = entry.party ? `${inHledger(entry.party.name)} | ` : ''
    text.push(`${entry.day} * (${entry.number}) ${payee}${inHledger(entry.text)}`)
    for (const line of entry.lines) text.push(`    ${nameOf(line, entry)}  ${amountOf(line, entry.currency, books.currency)}`)
    text.push('')
  }
  if (entries.length > 0) {
    text.push(`${dayAfter(entries)} * closing balances`)
    for (const [account, amounts] of sums)
      for (const [currency, amount] of amounts) text.push(`    ${account}  ${shown(0, currency)} = ${shown(amount, currency)}`)
    text.push('')
  }
  return text.join('\n')
}

const quoted = (text: string) => `"${oneLine(text).replace(/[\\"]/g, '\\$&')}"`

export function beancountJournal(journal: Journal): string {
  const { books, accounts, entries } = journal
  const named = namer(accounts)
  const nameOf = (line: JournalLine, entry: JournalEntry) => nameOfLine(named, line, entry)
  const sums = closings(journal, nameOf)
  const first = entries.reduce((earliest, { day }) => (day < earliest ? day : earliest), '9999-12-31')
  const decimals = minorUnitsOf(books.currency)
  const text = [
    `option "title" ${quoted(books.name)}`,
    `option "operating_currency" "${books.currency}"`,
    // What something is worth is kept as a price with so many digits: less than half a unit is none.
    `option "inferred_tolerance_default" "${books.currency}:${decimal(4, decimals + 1)}"`,
    '',
  ]
  for (const [account] of sums) text.push(`${first} open ${account}`)
  text.push('')
  for (const entry of inOrder(entries)) {
    const payee = entry.party ? `${quoted(entry.party.name)} ` : ''
    text.push(`${entry.day} * ${payee}${quoted(entry.text)}`, `  number: ${quoted(String(entry.number))}`)
    if (entry.document) text.push(`  document: ${quoted(entry.document)}`)
    for (const line of entry.lines) text.push(`  ${nameOf(line, entry)}  ${amountOf(line, entry.currency, books.currency)}`)
    text.push('')
  }
  if (entries.length > 0)
    for (const [account, amounts] of sums)
      for (const [currency, amount] of amounts) text.push(`${dayAfter(entries)} balance ${account}  ${shown(amount, currency)}`)
  return `${text.join('\n')}\n`
}
