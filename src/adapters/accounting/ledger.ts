import { createHash } from 'node:crypto'
import { minorUnitsOf } from '../../core/currencies.ts'
import { chartsFor, type Role, taxRatesOf } from '../../core/ledger/charts.data.ts'
import {
  type Accounts,
  type BookedLine,
  documentLines,
  type EntryLine,
  endLines,
  paymentLines,
  reversed,
  type Side,
} from '../../core/ledger/entry.ts'
import { decimal } from '../../core/money.ts'
import { asEntity, type Ctx, type Db } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import {
  type AccountingProvider,
  type Found,
  type Holder,
  LedgerRefusal,
  type Pulled,
  type PulledDocument,
  type Pushed,
  type PushedDocument,
  type PushedEnd,
  type PushedLine,
  type PushedParty,
  type PushedPayment,
  type PushedType,
  pushedTypes,
} from '../../ports/accounting.ts'

/**
 * The ledger that comes with the product: books with double entries, in tables of its own. What was booked stays; an edit is the opposite
 * of the old entry and a new one.
 */
export function ledgerBooks(db: Db): AccountingProvider {
  const inBooks = <T>({ partnerId, entityId }: Holder, work: (ctx: Ctx) => Promise<T>) =>
    asEntity(db, { partnerId, entityId, userId: null }, work)
  return {
    name: 'ledger',
    title: 'Quittance Ledger',
    platform: null,
    takes: new Set(pushedTypes),
    limits: { number: 200, text: 4000, name: 255 },
    choices: ({ country }) => [
      {
        name: 'chart',
        label: 'Chart of accounts',
        options: chartsFor(country).map(({ name, title }) => ({ value: name, label: title })),
      },
      {
        name: 'first_month',
        label: 'The fiscal year begins in month',
        options: Array.from({ length: 12 }, (_, i) => ({ value: String(i + 1), label: String(i + 1) })),
      },
    ],
    connect: (holder, facts, chosen) =>
      inBooks(holder, async (ctx) => {
        const chart = chartsFor(facts.country).find(({ name }) => name === chosen.chart) ?? chartsFor(facts.country)[0]!
        const month = Number(chosen.first_month)
        const first_month = Number.isInteger(month) && month >= 1 && month <= 12 ? month : 1
        // Books that were opened before go on, whatever is chosen now.
        const opened = await OPEN_BOOKS.maybe(ctx, {
          chart: chart.name,
          currency: facts.currency,
          first_month,
          last_customer: chart.customers_from - 1,
          last_vendor: chart.vendors_from - 1,
        })
        if (opened) {
          await ADD_ACCOUNTS(ctx, { accounts: chart.accounts.map((account) => ({ role: null, ...account })) })
          await ADD_TAX_RATES(ctx, { rates: taxRatesOf(chart, facts.vat_rates) })
        }
        const books = await BOOKS.one(ctx)
        return { business: { ...business(facts.name, facts.email), base_currency: books.currency } }
      }),
    pull: (holder) => inBooks(holder, pull),
    find: (holder, type, { reference }) =>
      inBooks(holder, async (ctx) => {
        if (type === 'customer' || type === 'vendor')
          return (await PARTY.maybe(ctx, { side: type, counterpart_id: reference })) ?? null
        if (type === 'product') return { id: reference }
        const live = await LIVE.maybe(ctx, { object_type: type, object_id: reference })
        return live ? { id: live.id, version: live.fingerprint, updated_at: live.created_at } : null
      }),
    push: (holder, pushed) => inBooks(holder, (ctx) => book(ctx, pushed)),
    withdraw: (holder, type, reference) =>
      inBooks(holder, async (ctx) => {
        const books = await LOCK_BOOKS.one(ctx)
        const live = await LIVE.maybe(ctx, { object_type: type, object_id: reference })
        if (live) await reverse(ctx, books, live)
      }),
  }
}

const business = (name: string, email: string | null) => ({ name, legal_name: name, email, type: null })

const OPEN_BOOKS = sql(`
  insert into books (chart, currency, first_month, last_customer, last_vendor) values (:chart, :currency, :first_month, :last_customer, :last_vendor)
  on conflict (entity_id) do nothing returning id`)
const ADD_ACCOUNTS = sql(`
  insert into books_accounts (number, name, type, role)
  select number, name, type, role from jsonb_to_recordset(:accounts::jsonb) as a (number text, name text, type text, role text)`)
const ADD_TAX_RATES = sql(`
  insert into books_tax_rates (code, name, rate, direction, category, tax_account, base_account)
  select code, name, rate, direction, category, tax_account, base_account from jsonb_to_recordset(:rates::jsonb)
    as r (code text, name text, rate integer, direction text, category text, tax_account text, base_account text)`)
const BOOKS = sql(`select chart, currency, locked_until from books`)
const LOCK_BOOKS = sql(`select id, chart, currency, locked_until from books for update`)
type Books = { readonly id: string; readonly chart: string; readonly currency: string; readonly locked_until: string | null }

const ACCOUNTS = sql(`select number, role, name, archived from books_accounts`)
const TAX_RATES = sql(`select code, tax_account, base_account from books_tax_rates`)
const PARTY = sql(`select number::text as "id!" from books_parties where side = :side and counterpart_id = :counterpart_id`)
const PARTY_ROW = sql(
  `select id, number, name from books_parties where side = :side and counterpart_id = :counterpart_id for update`,
)
const NEXT_CUSTOMER = sql(`update books set last_customer = last_customer + 1 returning last_customer as number`)
const NEXT_VENDOR = sql(`update books set last_vendor = last_vendor + 1 returning last_vendor as number`)
const ADD_PARTY = sql(`
  insert into books_parties (counterpart_id, side, number, name) values (:counterpart_id, :side, :number, :name) returning id, number`)
const RENAME_PARTY = sql(`update books_parties set name = :name, updated_at = app_now() where id = :id`)

const LIVE = sql(`
  select e.id, e.version, e.day, e.kind, e.object_type, e.object_id, e.document_id, e.document, e.text, e.party_id, e.currency, e.rate::float8 as "rate!", e.due_day,
    e.fingerprint, e.created_at
  from books_entries e
  where e.object_type = :object_type and e.object_id = :object_id and e.reverses is null
    and not exists (select from books_entries r where r.entity_id = e.entity_id and r.reverses = e.id)
  order by e.version desc limit 1`)
type Live = NonNullable<Awaited<ReturnType<typeof LIVE.maybe>>>
const LINES = sql(`
  select account, amount, currency_amount, party_id, tax_code, is_tax from books_lines where entry_id = :entry_id order by place`)
const LAST_VERSION = sql(`
  select coalesce(max(version), 0) as "version!" from books_entries where object_type = :object_type and object_id = :object_id`)
const OPEN_OF = sql(`
  select coalesce(sum(l.amount), 0)::bigint as "amount!", coalesce(sum(l.currency_amount), 0)::bigint as "currency_amount!"
  from books_entries e join books_lines l on l.entity_id = e.entity_id and l.entry_id = e.id
  where e.document_id = :document_id and l.party_id is not null`)
const RATE_OF = sql(`
  select rate::float8 as "rate!" from books_entries where document_id = :document_id and kind in ('invoice', 'bill') order by version desc limit 1`)
const NEXT_ENTRY = sql(`update books set last_entry = last_entry + 1 returning last_entry as number`)
const ADD_ENTRY = sql(`
  with e as (
    insert into books_entries (number, day, kind, object_type, object_id, version, document_id, document, text, party_id, currency, rate, due_day, fingerprint, reverses)
    values (:number, :day, :kind, :object_type, :object_id, :version, :document_id, :document?, :text, :party_id?, :currency, :rate::float8, :due_day?, :fingerprint, :reverses?)
    returning id, created_at),
  l as (
    insert into books_lines (entry_id, place, account, amount, currency_amount, party_id, tax_code, is_tax)
    select e.id, place, account, amount, currency_amount, party_id, tax_code, is_tax from e, jsonb_to_recordset(:lines::jsonb)
      as l (place integer, account text, amount bigint, currency_amount bigint, party_id uuid, tax_code text, is_tax boolean)
    returning id)
  select e.id, e.created_at, (select count(*) from l) as "lines!" from e`)

interface Entry {
  readonly day: string
  readonly kind: 'invoice' | 'credit_note' | 'bill' | 'vendor_credit' | 'payment' | 'end' | 'reversal'
  readonly object_type: string
  readonly object_id: string
  readonly version: number
  readonly document_id: string
  readonly document: string | null
  readonly text: string
  readonly party_id: string | null
  readonly currency: string
  readonly rate: number
  readonly due_day: string | null
  readonly fingerprint: string
  readonly reverses: string | null
}

/** Books an entry under the next number. Refuses a day that is closed: nothing is dated otherwise. */
async function add(
  ctx: Ctx,
  books: Books,
  entry: Entry,
  lines: readonly (Omit<EntryLine, 'party'> & { party_id: string | null })[],
): Promise<Found> {
  if (books.locked_until !== null && entry.day <= books.locked_until)
    throw new LedgerRefusal('period_locked', `The books are closed up to ${books.locked_until}; this is of ${entry.day}`)
  const { number } = await NEXT_ENTRY.one(ctx)
  const { id, created_at } = await ADD_ENTRY.one(ctx, {
    ...entry,
    number,
    lines: lines.map((line, place) => ({ ...line, place })),
  })
  return { id, version: entry.fingerprint, updated_at: created_at }
}

/** Books the opposite of an entry, on its day. */
async function reverse(ctx: Ctx, books: Books, live: Live): Promise<void> {
  const lines = (await LINES(ctx, { entry_id: live.id })).map((line) => ({ ...line, party: line.party_id !== null }))
  const { id, created_at: _at, ...entry } = live
  const opposite = reversed(lines).map(({ party: _party, ...line }, i) => ({ ...line, party_id: lines[i]!.party_id }))
  const kind = 'reversal' as const
  await add(ctx, books, { ...entry, kind, text: `Reversal: ${entry.text}`.slice(0, 500), reverses: id }, opposite)
}

/** Makes the books say what the object says now. */
async function book(ctx: Ctx, pushed: Pushed): Promise<Found> {
  if (pushed.type === 'product') return { id: pushed.id }
  const books = await LOCK_BOOKS.one(ctx)
  if ('other_name' in pushed) {
    const { number } = await partyRow(ctx, pushed)
    return { id: String(number) }
  }
  // By what rate it is worth something is fixed when it is booked.
  const { rate: _rate, party: _party, ...said } = pushed
  const fingerprint = createHash('sha256').update(JSON.stringify(said)).digest('base64url')
  const live = await LIVE.maybe(ctx, { object_type: pushed.type, object_id: pushed.id })
  if (live?.fingerprint === fingerprint) return { id: live.id, version: fingerprint, updated_at: live.created_at }
  if (live) await reverse(ctx, books, live)
  const rate = await rateOf(ctx, books, pushed, live)
  const { kind, text, lines } = await linesOf(ctx, books, pushed, rate)
  // An invoice over nothing, or an end that ends nothing, is no entry.
  if (lines.length === 0) return { id: pushed.id, version: fingerprint }
  const { id: party_id } = await partyRow(ctx, pushed.party)
  const { version } = await LAST_VERSION.one(ctx, { object_type: pushed.type, object_id: pushed.id })
  const isDocument = 'whole_number' in pushed
  const entry: Entry = {
    day: pushed.day,
    kind,
    object_type: pushed.type,
    object_id: pushed.id,
    version: version + 1,
    document_id: pushed.document_id,
    document: isDocument ? pushed.whole_number : pushed.document.number,
    text,
    party_id,
    currency: pushed.currency,
    rate,
    due_day: isDocument ? pushed.due_day : null,
    fingerprint,
    reverses: null,
  }
  return add(
    ctx,
    books,
    entry,
    lines.map(({ party, ...line }) => ({ ...line, party_id: party ? party_id : null })),
  )
}

async function partyRow(ctx: Ctx, { type, id, name }: PushedParty): Promise<{ id: string; number: number }> {
  const known = await PARTY_ROW.maybe(ctx, { side: type, counterpart_id: id })
  if (known) {
    if (known.name !== name) await RENAME_PARTY(ctx, { id: known.id, name })
    return known
  }
  const { number } = type === 'customer' ? await NEXT_CUSTOMER.one(ctx) : await NEXT_VENDOR.one(ctx)
  return ADD_PARTY.one(ctx, { counterpart_id: id, side: type, number, name })
}

/** What the object's currency is worth: as it was booked before, a credit note as its invoice, else as it is now. */
async function rateOf(
  ctx: Ctx,
  { currency }: Books,
  pushed: PushedDocument | PushedPayment | PushedEnd,
  live: Live | undefined,
): Promise<number> {
  if (pushed.currency === currency) return 1
  if (live && live.currency === pushed.currency) return live.rate
  const ofDocument = pushed.type !== 'payment_record' && (await RATE_OF.maybe(ctx, { document_id: pushed.document_id }))
  const rate = ofDocument ? ofDocument.rate : pushed.rate
  if (rate !== null) return rate
  throw new LedgerRefusal(
    'no_exchange_rate',
    `Nobody knows what ${pushed.currency} is worth in ${currency}: add it to the exchange rates of the settings`,
  )
}

const sideOf = (type: PushedType): Side =>
  type === 'receivable' || type === 'credit_note' || type === 'receivable_end' ? 'sale' : 'purchase'

async function linesOf(
  ctx: Ctx,
  books: Books,
  pushed: PushedDocument | PushedPayment | PushedEnd,
  rate: number,
): Promise<{ kind: Entry['kind']; text: string; lines: EntryLine[] }> {
  const worth = { from: pushed.currency, to: books.currency, rate }
  const rows = await ACCOUNTS(ctx)
  const open = await OPEN_OF.one(ctx, { document_id: pushed.document_id })
  if (pushed.type === 'payment_record') {
    const side: Side = pushed.document.type === 'receivable' ? 'sale' : 'purchase'
    const accounts = accountsOf(rows, side, pushed.account)
    const lines = paymentLines({ side, amount: pushed.amount, fee: pushed.fee }, accounts, worth, open)
    return { kind: 'payment', text: pushed.text, lines }
  }
  const side = sideOf(pushed.type)
  const accounts = accountsOf(rows, side, null)
  const booked = await bookedLines(ctx, rows, pushed.lines, side)
  if ('reason' in pushed) {
    const { reason, rest, over, document } = pushed
    const said =
      reason === null ? 'Paid beyond the total' : { discount: 'Discount', write_off: 'Written off', canceled: 'Canceled' }[reason]
    return {
      kind: 'end',
      text: `${said}: ${document.number}`,
      lines: endLines({ side, reason, rest, over, lines: booked }, accounts, worth, open),
    }
  }
  const credit = pushed.type === 'credit_note' || pushed.type === 'vendor_credit'
  const { withheld, deducted, total } = pushed
  const kind = pushed.type === 'receivable' ? ('invoice' as const) : pushed.type === 'bill' ? ('bill' as const) : pushed.type
  const document = { side, credit, lines: booked, withheld, deducted, total }
  return {
    kind,
    text: `${pushed.party.name}: ${pushed.whole_number}`.slice(0, 500),
    lines: documentLines(document, accounts, worth, credit ? open : null),
  }
}

type AccountRow = Awaited<ReturnType<typeof ACCOUNTS>>[number]

function accountsOf(rows: readonly AccountRow[], side: Side, bank: string | null): Accounts {
  const of = (role: Role) => {
    const found = rows.find((row) => row.role === role)
    if (!found) throw new LedgerRefusal('account_missing', `The books have no account for ${role.replaceAll('_', ' ')}`)
    return found.number
  }
  const sale = side === 'sale'
  return {
    party: of(sale ? 'receivables' : 'payables'),
    bank: bank ?? of('bank'),
    fees: of('fees'),
    discounts: of(sale ? 'sales_discounts' : 'purchase_discounts'),
    bad_debts: of('bad_debts'),
    overpayments: of(sale ? 'customer_overpayments' : 'vendor_overpayments'),
    withheld: of('withheld'),
    deductions: of('deductions'),
    rounding: of('rounding'),
    gains: of('gains'),
    losses: of('losses'),
  }
}

/** Lines with their accounts: what goes to the usual account of sales goes to that of its rate, where there is one. */
async function bookedLines(
  ctx: Ctx,
  rows: readonly AccountRow[],
  lines: readonly PushedLine[],
  side: Side,
): Promise<BookedLine[]> {
  const rates = new Map((await TAX_RATES(ctx)).map((rate) => [rate.code, rate]))
  const usual = rows.find(({ role }) => role === (side === 'sale' ? 'sales' : 'purchases'))?.number
  return lines.map(({ account, net, tax, tax_rate }) => {
    const rate = tax_rate === null ? undefined : rates.get(tax_rate)
    return {
      account: account === usual ? (rate?.base_account ?? account) : account,
      net,
      tax,
      tax_rate: rate ? { code: rate.code, account: rate.tax_account } : null,
    }
  })
}

// What the ledger tells

const BALANCES = sql(`
  select a.number, a.name, a.type, a.role, a.archived, coalesce(sum(l.amount), 0)::bigint as "balance!"
  from books_accounts a left join books_lines l on l.entity_id = a.entity_id and l.account = a.number
  group by a.entity_id, a.number, a.name, a.type, a.role, a.archived order by a.number`)
const ALL_RATES = sql(`select code, name, rate, direction, category, archived from books_tax_rates order by code`)
const DOCUMENTS = sql(`
  select e.id, e.kind, e.document_id, e.document, e.day, e.due_day, e.currency, e.rate::float8 as "rate!", p.number::text as party_number, p.name as party_name,
    (select json_agg(json_build_object('account', l.account, 'amount', l.currency_amount, 'party', l.party_id is not null, 'tax_code', l.tax_code, 'is_tax', l.is_tax) order by l.place)
      from books_lines l where l.entity_id = e.entity_id and l.entry_id = e.id) as lines,
    (select coalesce(sum(l.currency_amount), 0)::bigint from books_entries o join books_lines l on l.entity_id = o.entity_id and l.entry_id = o.id
      where o.entity_id = e.entity_id and o.document_id = e.document_id and l.party_id is not null) as "open!"
  from books_entries e left join books_parties p on p.entity_id = e.entity_id and p.id = e.party_id
  where e.kind in ('invoice', 'bill') and not exists (select from books_entries r where r.entity_id = e.entity_id and r.reverses = e.id)
  order by e.day desc, e.number desc limit 5000`)
const ENTITY = sql(`
  select coalesce(organization ->> 'legal_name', person_name(individual ->> 'first_name', individual ->> 'last_name')) as "name!", email
  from entities where id = current_setting('app.entity_id')::uuid`)

interface ToldLine {
  readonly account: string
  readonly amount: number
  readonly party: boolean
  readonly tax_code: string | null
  readonly is_tax: boolean
}

async function pull(ctx: Ctx): Promise<Pulled> {
  const { currency } = await BOOKS.one(ctx)
  const [accounts, rates, documents] = await Promise.all([BALANCES(ctx), ALL_RATES(ctx), DOCUMENTS(ctx)])
  const entity = await ENTITY.one(ctx)
  const usual = (role: Role) => accounts.find((account) => account.role === role)?.number ?? ''
  const withDocuments = documents.map((row) => [row.kind, documentOf(row)] as const)
  return {
    business: { ...business(entity.name, entity.email), base_currency: currency },
    usual: { sales: usual('sales'), purchases: usual('purchases'), bank: usual('bank') },
    accounts: accounts.map(({ number, name, type, role, archived, balance }) => ({
      id: number,
      name,
      code: number,
      type: type as 'Asset',
      status: archived ? 'Archived' : 'Active',
      bank: role === 'bank',
      currency,
      balance,
    })),
    tax_rates: rates.map(({ code, name, rate, direction, category, archived }) => ({
      id: code,
      name,
      code,
      rate,
      active: !archived,
      direction: direction as 'sale',
      category,
    })),
    bills: withDocuments.flatMap(([kind, document]) => (kind === 'bill' ? [document] : [])),
    invoices: withDocuments.flatMap(([kind, document]) => (kind === 'invoice' ? [document] : [])),
  }
}

function documentOf(row: Awaited<ReturnType<typeof DOCUMENTS>>[number]): PulledDocument {
  const lines = (row.lines ?? []) as ToldLine[]
  const sign = row.kind === 'invoice' ? 1 : -1
  const units = (amount: number) => Number(decimal(amount, minorUnitsOf(row.currency)))
  const total = lines.filter(({ party }) => party).reduce((sum, { amount }) => sum + sign * amount, 0)
  const sold = lines.filter(({ party, is_tax }) => !party && !is_tax)
  const tax = lines.filter(({ is_tax }) => is_tax).reduce((sum, { amount }) => sum - sign * amount, 0)
  const due = Math.max(0, sign * row.open)
  return {
    id: row.id,
    number: row.document,
    status: due === 0 ? 'paid' : due < total ? 'partially_paid' : 'open',
    currency: row.currency,
    rate: row.rate,
    day: row.day,
    due_day: row.due_day,
    memo: null,
    net: units(total - tax),
    tax: units(tax),
    total: units(total),
    due: units(due),
    party: row.party_number === null ? null : { id: row.party_number, name: row.party_name },
    lines: sold.map(({ account, amount, tax_code }) => ({
      text: null,
      quantity: 1,
      unit_price: units(-sign * amount),
      account,
      tax_rate: tax_code,
    })),
  }
}
