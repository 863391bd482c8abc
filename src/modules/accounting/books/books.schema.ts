import Type, { type Static } from 'typebox'
import { day, listOf, minor, nullable, opt, strict, text, uuid, word } from '../../../platform/http/types.ts'

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

export const LedgerBooks = Type.Object(
  {
    chart: some,
    currency: some,
    first_month: month,
    locked_until: nullable(day),
    datev_adviser: nullable(Type.Integer()),
    datev_client: nullable(Type.Integer()),
  },
  { $id: 'LedgerBooks' },
)
export const ChangeLedgerBooks = Type.Object(
  {
    first_month: Type.Optional(month),
    locked_until: opt(day),
    datev_adviser: opt(adviser),
    datev_client: opt(client),
  },
  { $id: 'ChangeLedgerBooks', ...strict },
)

export const CreateBooksAccount = Type.Object(
  { number, name: text(255), type: AccountType },
  { $id: 'CreateBooksAccount', ...strict },
)
export const ChangeBooksAccount = Type.Object(
  { name: Type.Optional(text(255)), archived: Type.Optional(Type.Boolean()) },
  { $id: 'ChangeBooksAccount', ...strict },
)
export const BooksAccount = Type.Object(
  { number: some, name: some, type: AccountType, role: nullable(some), archived: Type.Boolean() },
  { $id: 'BooksAccount' },
)

export const CreateBooksTaxRate = Type.Object(
  {
    name: text(100),
    rate,
    direction: Direction,
    category: Type.Optional(Category),
    tax_account: opt(number),
    base_account: opt(number),
  },
  { $id: 'CreateBooksTaxRate', ...strict },
)
export const BooksTaxRate = Type.Object(
  {
    code: some,
    name: some,
    rate: Type.Integer(),
    direction: Direction,
    category: some,
    tax_account: nullable(some),
    base_account: nullable(some),
  },
  { $id: 'BooksTaxRate' },
)

export const period = Type.Object({ from: Type.Optional(day), to: Type.Optional(day) })
export type Period = Static<typeof period>
const spoken = { from: nullable(day), to: nullable(day), currency: some }

export const TrialBalance = Type.Object(
  {
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
  },
  { $id: 'TrialBalance' },
)

const Line = Type.Object({
  account: some,
  debit: minor,
  credit: minor,
  currency_amount: minor,
  tax_code: nullable(some),
  party_number: nullable(Type.Integer()),
})
export const JournalEntry = Type.Object(
  {
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
  },
  { $id: 'JournalEntry' },
)
export const Journal = Type.Object(
  { ...spoken, data: Type.Array(JournalEntry), next_after: nullable(Type.Integer()) },
  { $id: 'Journal' },
)

export const AccountSheet = Type.Object(
  {
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
  },
  { $id: 'AccountSheet' },
)

export const VatReport = Type.Object(
  {
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
  },
  { $id: 'VatReport' },
)

export const openItemsQuery = Type.Object({
  side: Type.Optional(word(['customer', 'vendor'], { default: 'customer' })),
  on: Type.Optional(day),
})
export const OpenItems = Type.Object(
  {
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
  },
  { $id: 'OpenItems' },
)

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
