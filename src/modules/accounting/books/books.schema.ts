import Type, { type Static } from 'typebox'
import { closed, day, listOf, minor, named, nullable, opt, text, uuid, word } from '../../../platform/http/types.ts'

/** The built-in books. Amounts are minor units of the currency of the books unless they say otherwise; debit is above zero. */

const some = Type.String()
const AccountType = word(['Asset', 'Equity', 'Expense', 'Income', 'Liability'])
const Direction = word(['sale', 'purchase'])
const Category = word(['S', 'Z', 'E', 'AE', 'K', 'G', 'O'])
const month = Type.Integer({ minimum: 1, maximum: 12 })
const number = text(12)
const rate = Type.Integer({ minimum: 0, maximum: 10000 })
const adviser = Type.Integer({ minimum: 1001, maximum: 9999999 })
const client = Type.Integer({ minimum: 1, maximum: 99999 })

export const LedgerBooks = named('LedgerBooks', {
  chart: some,
  currency: some,
  first_month: month,
  locked_until: nullable(day),
  datev_adviser: nullable(Type.Integer()),
  datev_client: nullable(Type.Integer()),
})
export const ChangeLedgerBooks = closed('ChangeLedgerBooks', {
  first_month: Type.Optional(month),
  locked_until: opt(day),
  datev_adviser: opt(adviser),
  datev_client: opt(client),
})

export const CreateBooksAccount = closed('CreateBooksAccount', { number, name: text(255), type: AccountType })
export const ChangeBooksAccount = closed('ChangeBooksAccount', {
  name: Type.Optional(text(255)),
  archived: Type.Optional(Type.Boolean()),
})
export const BooksAccount = named('BooksAccount', {
  number: some,
  name: some,
  type: AccountType,
  role: nullable(some),
  archived: Type.Boolean(),
})

export const CreateBooksTaxRate = closed('CreateBooksTaxRate', {
  name: text(100),
  rate,
  direction: Direction,
  category: Type.Optional(Category),
  tax_account: opt(number),
  base_account: opt(number),
})
export const BooksTaxRate = named('BooksTaxRate', {
  code: some,
  name: some,
  rate: Type.Integer(),
  direction: Direction,
  category: some,
  tax_account: nullable(some),
  base_account: nullable(some),
})

export const period = Type.Object({ from: Type.Optional(day), to: Type.Optional(day) })
export type Period = Static<typeof period>
const spoken = { from: nullable(day), to: nullable(day), currency: some }

export const TrialBalance = named('TrialBalance', {
  ...spoken,
  accounts: Type.Array(
    Type.Object({
      number: some,
      name: some,
      type: some,
      opening: minor,
      debit: minor,
      credit: minor,
      closing: minor,
    }),
  ),
  debit: minor,
  credit: minor,
})

const Line = Type.Object({
  account: some,
  debit: minor,
  credit: minor,
  currency_amount: minor,
  tax_code: nullable(some),
  party_number: nullable(Type.Integer()),
})
const JournalEntry = named('JournalEntry', {
  id: uuid,
  number: Type.Integer(),
  day,
  kind: some,
  document_id: uuid,
  document: nullable(some),
  text: some,
  party: nullable(some),
  currency: some,
  reverses: nullable(uuid),
  lines: Type.Array(Line),
})
export const Journal = named('Journal', { ...spoken, data: Type.Array(JournalEntry), next_after: nullable(Type.Integer()) })

export const AccountSheet = named('AccountSheet', {
  ...spoken,
  number: some,
  name: some,
  opening: minor,
  closing: minor,
  lines: Type.Array(
    Type.Object({
      entry: Type.Integer(),
      day,
      text: some,
      document: nullable(some),
      debit: minor,
      credit: minor,
      balance: minor,
    }),
  ),
  next_after: nullable(Type.Integer()),
})

export const VatReport = named('VatReport', {
  ...spoken,
  rates: Type.Array(
    Type.Object({
      code: some,
      name: some,
      rate: Type.Integer(),
      direction: Direction,
      category: some,
      base: minor,
      tax: minor,
    }),
  ),
  /** Tax of sales, tax of purchases, and what is left to pay. */
  sales: minor,
  purchases: minor,
  payable: minor,
})

export const openItemsQuery = Type.Object({
  side: Type.Optional(word(['customer', 'vendor'], { default: 'customer' })),
  on: Type.Optional(day),
})
export const OpenItems = named('OpenItems', {
  on: day,
  currency: some,
  data: Type.Array(
    Type.Object({
      document_id: uuid,
      document: nullable(some),
      party_number: Type.Integer(),
      party: some,
      day,
      due_day: nullable(day),
      days_overdue: Type.Integer(),
      currency: some,
      currency_amount: minor,
      amount: minor,
    }),
  ),
  ages: Type.Object({ not_due: minor, to_30: minor, to_60: minor, to_90: minor, over_90: minor }),
  total: minor,
})

export const exportQuery = Type.Object({
  format: word([
    'datev',
    'hledger',
    'beancount',
    'fec',
    'xero_invoices',
    'xero_bills',
    'quickbooks_invoices',
    'quickbooks_bills',
  ]),
  from: Type.Optional(day),
  to: Type.Optional(day),
  /** With the documents themselves, in the package for DATEV. */
  pictures: Type.Optional(Type.Boolean()),
})

export const entriesQuery = Type.Object({
  from: Type.Optional(day),
  to: Type.Optional(day),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
  after: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
})
export const BooksTaxRates = listOf(BooksTaxRate, 'BooksTaxRates')
