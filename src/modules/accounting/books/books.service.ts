import type { Static } from 'typebox'
import { last } from '../../../core/lists.ts'
import { badRequest, conflict, notFound } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { shaped, sql } from '../../../platform/database/sql.ts'
import { jobs } from '../../../platform/jobs/jobs.ts'
import { localDay } from '../../../platform/local-day.ts'
import type { ChangeBooksAccount, ChangeLedgerBooks, CreateBooksAccount, CreateBooksTaxRate, Period } from './books.schema.ts'

/** What the built-in books say, and what may be set of them. Nothing here books. */

const BOOKS = sql(`select id, chart, currency, first_month, locked_until, datev_adviser, datev_client from books`)
export type Books = NonNullable<Awaited<ReturnType<typeof BOOKS.maybe>>>

/** The books of the entity. Refuses (`conflict`) where none were opened. */
export async function requireBooks(ctx: Ctx): Promise<Books> {
  const books = await BOOKS.maybe(ctx)
  if (!books) throw conflict('The entity has no books: connect it to the ledger first')
  return books
}

const CHANGE = sql(`
  update books set first_month = coalesce(:first_month?, first_month), locked_until = case when :locks then :locked_until? else locked_until end,
    datev_adviser = case when :adviser then :datev_adviser? else datev_adviser end, datev_client = case when :client then :datev_client? else datev_client end,
    updated_at = app_now()
  returning id, chart, currency, first_month, locked_until, datev_adviser, datev_client`)

export async function changeBooks(ctx: Ctx, change: Static<typeof ChangeLedgerBooks>): Promise<Books> {
  await requireBooks(ctx)
  return CHANGE.one(ctx, {
    first_month: change.first_month ?? null,
    locks: change.locked_until !== undefined,
    locked_until: change.locked_until ?? null,
    adviser: change.datev_adviser !== undefined,
    datev_adviser: change.datev_adviser ?? null,
    client: change.datev_client !== undefined,
    datev_client: change.datev_client ?? null,
  })
}

/** The copies that lines and settings name are read again. */
const readAgain = (ctx: Ctx) => jobs.add(ctx, 'accounting.sync', {}, { key: `accounting.sync:${ctx.entityId}`, alone: true })

const ADD_ACCOUNT = sql(`
  insert into books_accounts (number, name, type) values (:number, :name, :type) on conflict (entity_id, number) do nothing
  returning number, name, type, role, archived`)
const CHANGE_ACCOUNT = sql(`
  update books_accounts set name = coalesce(:name?, name), archived = coalesce(:archived?, archived), updated_at = app_now() where number = :number
  returning number, name, type, role, archived`)
const ACCOUNT = sql(`select number, name, type, role, archived from books_accounts where number = :number`)

export async function addAccount(ctx: Ctx, account: Static<typeof CreateBooksAccount>) {
  await requireBooks(ctx)
  if (!/^[0-9A-Z]+$/.test(account.number)) throw badRequest('number: use digits and capital letters only')
  const made = await ADD_ACCOUNT.maybe(ctx, account)
  if (!made) throw conflict(`The books have an account ${account.number} already`)
  await readAgain(ctx)
  return made
}

export async function changeAccount(ctx: Ctx, number: string, { name, archived }: Static<typeof ChangeBooksAccount>) {
  await requireBooks(ctx)
  const before = await findAccount(ctx, number)
  if (archived && before.role !== null)
    throw conflict(`The books need the account ${number} for ${before.role.replaceAll('_', ' ')}`)
  const changed = await CHANGE_ACCOUNT.one(ctx, { number, name: name ?? null, archived: archived ?? null })
  await readAgain(ctx)
  return changed
}

async function findAccount(ctx: Ctx, number: string) {
  const found = await ACCOUNT.maybe(ctx, { number })
  if (!found) throw notFound(`The books have no account ${number}`)
  return found
}

const CODES = sql(`select code from books_tax_rates`)
const ADD_RATE = sql(`
  insert into books_tax_rates (code, name, rate, direction, category, tax_account, base_account)
  values (:code, :name, :rate, :direction, :category, :tax_account?, :base_account?)
  returning code, name, rate, direction, category, tax_account, base_account`)
const RATES = sql(`
  select code, name, rate, direction, category, tax_account, base_account from books_tax_rates where not archived order by direction desc, rate desc, code`)

export async function taxRates(ctx: Ctx) {
  await requireBooks(ctx)
  return { data: await RATES(ctx) }
}

export async function addTaxRate(ctx: Ctx, rate: Static<typeof CreateBooksTaxRate>) {
  await requireBooks(ctx)
  const category = rate.category ?? (rate.rate > 0 ? 'S' : 'E')
  if (rate.rate > 0 && !rate.tax_account) throw badRequest('tax_account: a rate above zero needs the account of its tax')
  for (const number of [rate.tax_account, rate.base_account])
    if (number && !(await ACCOUNT.maybe(ctx, { number }))) throw badRequest(`The books have no account ${number}`)
  const taken = new Set((await CODES(ctx)).map(({ code }) => code))
  const plain = `${rate.direction === 'sale' ? 'S' : 'P'}${rate.rate / 100}${category === 'S' ? '' : `-${category}`}`
  const code = [plain].concat(Array.from({ length: 99 }, (_, i) => `${plain}-${i + 2}`)).find((one) => !taken.has(one))
  if (!code) throw conflict('The books have too many tax rates of this kind')
  const { name, direction, tax_account, base_account } = rate
  const made = await ADD_RATE.one(ctx, {
    code,
    name,
    rate: rate.rate,
    direction,
    category,
    tax_account: tax_account ?? null,
    base_account: base_account ?? null,
  })
  await readAgain(ctx)
  return made
}

// Reports

const BALANCE = sql(`
  select a.number, a.name, a.type,
    coalesce(sum(l.amount) filter (where e.day < :from?::date), 0)::bigint as "opening!",
    coalesce(sum(l.amount) filter (where l.amount > 0 and (:from?::date is null or e.day >= :from?::date)), 0)::bigint as "debit!",
    coalesce(-sum(l.amount) filter (where l.amount < 0 and (:from?::date is null or e.day >= :from?::date)), 0)::bigint as "credit!"
  from books_accounts a join books_lines l on l.entity_id = a.entity_id and l.account = a.number
  join books_entries e on e.entity_id = l.entity_id and e.id = l.entry_id
  where e.day <= :to group by a.number, a.name, a.type order by a.number`)

interface Span {
  readonly from: string | null
  readonly to: string
  /** What is told of it. */
  readonly range: { readonly from: string | null; readonly to: string | null; readonly currency: string }
}
async function spanOf(ctx: Ctx, { from, to }: Period): Promise<Span> {
  const { currency } = await requireBooks(ctx)
  if (from && to && from > to) throw badRequest('from lies after to')
  return { from: from ?? null, to: to ?? LAST_DAY, range: { from: from ?? null, to: to ?? null, currency } }
}
/** Entries may lie ahead: bills bear the day that stands on them. */
const LAST_DAY = '9999-12-31'

/** Every account with what it had, what came and went, and what it has. */
export async function trialBalance(ctx: Ctx, period: Period) {
  const span = await spanOf(ctx, period)
  const rows = await BALANCE(ctx, { from: span.from, to: span.to })
  const accounts = rows.map((row) => ({ ...row, closing: row.opening + row.debit - row.credit }))
  return {
    ...span.range,
    accounts,
    debit: accounts.reduce((sum, { debit }) => sum + debit, 0),
    credit: accounts.reduce((sum, { credit }) => sum + credit, 0),
  }
}

const ENTRIES = shaped<{ lines: LineShown[] }>()(
  sql(`
  select e.id, e.number, e.day, e.kind, e.document_id, e.document, e.text, p.name as party, e.currency, e.reverses,
    (select json_agg(json_build_object('account', l.account, 'debit', greatest(l.amount, 0), 'credit', greatest(-l.amount, 0), 'currency_amount', l.currency_amount,
      'tax_code', l.tax_code, 'party_number', lp.number) order by l.place) from books_lines l
      left join books_parties lp on lp.entity_id = l.entity_id and lp.id = l.party_id where l.entity_id = e.entity_id and l.entry_id = e.id) as "lines!"
  from books_entries e left join books_parties p on p.entity_id = e.entity_id and p.id = e.party_id
  where e.number > :after and (:from?::date is null or e.day >= :from?::date) and e.day <= :to order by e.number limit :limit`),
)
type LineShown = {
  account: string
  debit: number
  credit: number
  currency_amount: number
  tax_code: string | null
  party_number: number | null
}

interface Paging extends Period {
  readonly limit?: number
  readonly after?: number
}

/** All entries in the order in which they were booked. */
export async function journal(ctx: Ctx, { limit = 100, after = 0, ...period }: Paging) {
  const span = await spanOf(ctx, period)
  const found = await ENTRIES(ctx, { from: span.from, to: span.to, after, limit: limit + 1 })
  const shown = found.slice(0, limit)
  return { ...span.range, data: shown, next_after: found.length > limit ? last(shown).number : null }
}

const SHEET = sql(`
  select e.number as entry, e.day, e.text, e.document, greatest(sum(l.amount), 0)::bigint as "debit!", greatest(-sum(l.amount), 0)::bigint as "credit!",
    sum(sum(l.amount)) over (order by e.number)::bigint as "running!"
  from books_lines l join books_entries e on e.entity_id = l.entity_id and e.id = l.entry_id
  where l.account = :number and (:from?::date is null or e.day >= :from?::date) and e.day <= :to
  group by e.number, e.day, e.text, e.document order by e.number offset :skip limit :limit`)
const SUMS = sql(`
  select coalesce(sum(l.amount) filter (where e.day < :from?::date), 0)::bigint as "opening!",
    coalesce(sum(l.amount) filter (where e.day <= :to), 0)::bigint as "closing!"
  from books_lines l join books_entries e on e.entity_id = l.entity_id and e.id = l.entry_id where l.account = :number`)

/** One account, line by line; `after` counts the lines that were told already. */
export async function accountSheet(ctx: Ctx, number: string, { limit = 100, after = 0, ...period }: Paging) {
  const span = await spanOf(ctx, period)
  const { name } = await findAccount(ctx, number)
  const { opening, closing } = await SUMS.one(ctx, { number, from: span.from, to: span.to })
  const found = await SHEET(ctx, { number, from: span.from, to: span.to, skip: after, limit: limit + 1 })
  const lines = found.slice(0, limit).map(({ running, ...line }) => ({ ...line, balance: opening + running }))
  return { ...span.range, number, name, opening, closing, lines, next_after: found.length > limit ? after + limit : null }
}

const VAT = sql(`
  select r.code, r.name, r.rate, r.direction, r.category,
    coalesce(sum(l.amount) filter (where not l.is_tax), 0)::bigint as "base!", coalesce(sum(l.amount) filter (where l.is_tax), 0)::bigint as "tax!"
  from books_tax_rates r join books_lines l on l.entity_id = r.entity_id and l.tax_code = r.code
  join books_entries e on e.entity_id = l.entity_id and e.id = l.entry_id
  where (:from?::date is null or e.day >= :from?::date) and e.day <= :to
  group by r.code, r.name, r.rate, r.direction, r.category order by r.direction desc, r.rate desc, r.code`)

/** What was sold and bought at each rate, and its tax. */
export async function vatReport(ctx: Ctx, period: Period) {
  const span = await spanOf(ctx, period)
  const rates = (await VAT(ctx, { from: span.from, to: span.to })).map(({ base, tax, ...rate }) => {
    const sign = rate.direction === 'sale' ? -1 : 1
    // A minus zero is none.
    return { ...rate, base: sign * base + 0, tax: sign * tax + 0 }
  })
  const of = (direction: string) => rates.reduce((sum, rate) => sum + (rate.direction === direction ? rate.tax : 0), 0)
  return { ...span.range, rates, sales: of('sale'), purchases: of('purchase'), payable: of('sale') - of('purchase') }
}

const OPEN = sql(`
  select e.document_id, max(e.document) filter (where e.kind in ('invoice', 'bill')) as document, p.number as party_number, p.name as party,
    min(e.day) as "day!", max(e.due_day) as due_day, e.currency, sum(l.currency_amount)::bigint as "currency_amount!", sum(l.amount)::bigint as "amount!"
  from books_lines l join books_entries e on e.entity_id = l.entity_id and e.id = l.entry_id
  join books_parties p on p.entity_id = l.entity_id and p.id = l.party_id
  where p.side = :side and e.day <= :on
  group by e.document_id, p.number, p.name, e.currency having sum(l.currency_amount) <> 0 order by p.number, min(e.day), e.document_id`)
const DAY_MS = 86_400_000

/** What customers owe, or what vendors are owed, by how long it is overdue. */
export async function openItems(ctx: Ctx, { side = 'customer', on }: { side?: 'customer' | 'vendor'; on?: string }) {
  const { currency } = await requireBooks(ctx)
  const today = on ?? (await localDay(ctx))
  const sign = side === 'customer' ? 1 : -1
  const data = (await OPEN(ctx, { side, on: today })).map((item) => ({
    ...item,
    currency_amount: sign * item.currency_amount,
    amount: sign * item.amount,
    days_overdue: Math.max(0, Math.round((Date.parse(today) - Date.parse(item.due_day ?? item.day)) / DAY_MS)),
  }))
  const between = (least: number, most: number) =>
    data.reduce((sum, { amount, days_overdue }) => sum + (days_overdue >= least && days_overdue <= most ? amount : 0), 0)
  return {
    on: today,
    currency,
    data,
    ages: {
      not_due: between(0, 0),
      to_30: between(1, 30),
      to_60: between(31, 60),
      to_90: between(61, 90),
      over_90: between(91, Number.POSITIVE_INFINITY),
    },
    total: between(0, Number.POSITIVE_INFINITY),
  }
}
