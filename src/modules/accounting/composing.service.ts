import { rateBetween } from '../../core/exchange.ts'
import { cut, oneLine, shortened } from '../../core/ledger/texts.ts'
import { at, known, pairs } from '../../core/lists.ts'
import { localDate } from '../../core/local-day.ts'
import { decimal, percentOf, rateOf, share, sum } from '../../core/money.ts'
import { isKeyOf } from '../../core/records.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { shaped, sql } from '../../platform/database/sql.ts'
import { zoneOfEntity } from '../../platform/local-day.ts'
import {
  LedgerRefusal,
  type Limits,
  type PushedDocument,
  type PushedEnd,
  type PushedLine,
  type PushedParty,
  type PushedPayment,
  type PushedProduct,
  type PushedType,
} from '../../ports/accounting.ts'
import { inUnion } from '../catalog/vat-rates/vat-rates.service.ts'
import { type EntitySettings, readSettings } from '../entities/settings/settings.service.ts'
import type { ActiveConnection } from './connections/connections.service.ts'

/** From our documents to what a ledger is told of them: with its accounts, its tax rates and in its limits. Refuses what it can't be told. */

export interface Composing {
  readonly ctx: Ctx
  readonly connection: ActiveConnection
  readonly limits: Limits
  /** What the ledger calls one of our counterparts or products; they are there before it is asked. */
  ledgerIdOf(type: 'customer' | 'vendor' | 'product', id: string): string
}

// Counterparts and products

const PARTY = sql(`
  select c.id, c.name, c.email, c.tax_id, a.country,
    (select v.value from counterpart_vat_ids v where v.entity_id = c.entity_id and v.counterpart_id = c.id and v.deleted_at is null order by v.created_at limit 1) as vat_id
  from counterparts c left join counterpart_addresses a on a.entity_id = c.entity_id and a.id = c.default_billing_address_id where c.id = :id`)
const PRODUCT = sql(`select id, name, description, ledger_account_id from products where id = :id`)

export async function partyOf(ctx: Ctx, limits: Limits, type: 'customer' | 'vendor', id: string): Promise<PushedParty> {
  const row = await PARTY.one(ctx, { id })
  const name = nameFor(limits, row.name)
  const other = `${cut(name, limits.name - 11)} (${row.id.slice(0, 8)})`
  return { type, id, name, other_name: other, email: row.email, country: row.country, vat_id: row.vat_id, tax_id: row.tax_id }
}

const nameFor = ({ name, refused }: Limits, text: string) =>
  cut((refused ? text.replace(new RegExp(refused, 'gu'), ' ') : text).replace(/\s+/g, ' ').trim(), name)

export async function productOf(
  { ctx, limits, connection }: Pick<Composing, 'ctx' | 'limits' | 'connection'>,
  id: string,
): Promise<PushedProduct> {
  const { name, description, ledger_account_id } = await PRODUCT.one(ctx, { id })
  const { ledger_account_ids } = (await readSettings(ctx)).accounting ?? {}
  const known = await accountsIn(ctx, connection.adapter)
  const account = known.get(ledger_account_id ?? ledger_account_ids?.products ?? '')
  return { type: 'product', id, name: nameFor(limits, name), description, account: account?.platform_id ?? null }
}

/** The names that a counterpart or product may bear in a ledger. */
export const namesOf = (pushed: PushedParty | PushedProduct): string[] =>
  pushed.type === 'product' ? [pushed.name] : [pushed.name, pushed.other_name]

const NUMBER = sql(`
  select document_id from receivables where id = :id union all select document_id from payables where id = :id
  union all select document_id from payable_credit_notes where id = :id`)

/** What an object is called in a ledger: the number of a document, the names of a counterpart or product. */
export async function calledOf(
  composing: Pick<Composing, 'ctx' | 'limits' | 'connection'>,
  type: PushedType,
  id: string,
): Promise<string[]> {
  const { ctx, limits } = composing
  if (type === 'customer' || type === 'vendor') return namesOf(await partyOf(ctx, limits, type, id))
  if (type === 'product') return namesOf(await productOf(composing, id))
  const number = (await NUMBER.maybe(ctx, { id }))?.document_id
  return number ? [shortened(number, limits.number)] : []
}

// Accounts and tax rates

const ACCOUNTS = sql(`select id, platform_id, name, nominal_code, status from ledger_accounts where adapter = :adapter`)
type Account = Awaited<ReturnType<typeof ACCOUNTS>>[number]
const accountsIn = async (ctx: Ctx, adapter: string) =>
  new Map((await ACCOUNTS(ctx, { adapter })).map((account) => [account.id, account]))

const RATES = sql(`
  select id, platform_id, total_tax_rate, direction, category from accounting_tax_rates where adapter = :adapter and status is distinct from 'Archived'`)
type TaxRate = Awaited<ReturnType<typeof RATES>>[number]

declare module '../../platform/database/columns.ts' {
  interface JsonShapes {
    /** The ledger's own ids of its usual accounts. */
    'accounting_connections.usual': Stock['usual']
  }
}
interface Stock {
  readonly accounts: ReadonlyMap<string, Account>
  readonly rates: readonly TaxRate[]
  readonly settings: EntitySettings
  readonly usual: { readonly sales?: string; readonly purchases?: string; readonly bank?: string }
}

const stockOf = async ({ ctx, connection }: Composing): Promise<Stock> => ({
  accounts: await accountsIn(ctx, connection.adapter),
  rates: await RATES(ctx, { adapter: connection.adapter }),
  settings: await readSettings(ctx),
  usual: connection.usual ?? {},
})

/** The ledger's own id of an account; `where` is said when there is none. One that was put away there is not replaced by another. */
function accountFor({ accounts }: Stock, id: string | null | undefined, usual: string | undefined, where: string): string {
  if (!id) {
    if (usual) return usual
    throw new LedgerRefusal('account_missing', `${where} has no ledger account, and the settings name none`)
  }
  const account = accounts.get(id)
  if (!account) throw new LedgerRefusal('account_missing', `${where}: the ledger has no account ${id}`)
  if (account.status !== 'Archived') return account.platform_id
  const called = [account.nominal_code, account.name].filter(Boolean).join(' ')
  throw new LedgerRefusal('account_archived', `${where}: the account ${called} is archived in the ledger`, [id])
}

const percent = (rate: number) => `${decimal(rate, 2).replace(/\.?0+$/, '')} %`

/** The tax rate of the ledger that is right for a line: by its number, what it is for, and why it is what it is. */
function taxRateFor(
  { rates }: Stock,
  rate: number,
  { direction, categories, where }: { direction: 'sale' | 'purchase'; categories: readonly string[]; where: string },
): string {
  const fitting = rates.filter((one) => one.total_tax_rate === rate && (one.direction ?? direction) === direction)
  const named = fitting.filter(({ category }) => category !== null && categories.includes(category))
  const found = named.length > 0 ? named : fitting.filter(({ category }) => category === null)
  const [one] = found
  if (one && found.length === 1) return one.platform_id
  const what = `${percent(rate)} for ${direction === 'sale' ? 'sales' : 'purchases'}`
  if (found.length === 0) throw new LedgerRefusal('tax_rate_missing', `Tax rate does not exist: ${where} bears ${what}`)
  throw new LedgerRefusal(
    'tax_rate_ambiguous',
    `The ledger has ${found.length} tax rates of ${what}: name the one of ${where.toLowerCase()} by accounting_tax_rate_id`,
    found.map(({ id }) => id),
  )
}

const rateById = ({ rates }: Stock, id: string, where: string): string => {
  const found = rates.find((rate) => rate.id === id)
  if (found) return found.platform_id
  throw new LedgerRefusal('tax_rate_missing', `Tax rate does not exist: ${where} names ${id}`)
}

/** What one unit of a currency is worth in that of the books, by the settings of the entity, else of its partner. */
const EXCHANGE = shaped<{ rates: ({ base: string; to: string; rate: number } | null)[] | null }>()(
  sql(`
  select coalesce(e.settings #> '{currency,exchange_rates}', p.settings #> '{currency,exchange_rates}') as rates
  from entities e join partners p on p.id = e.partner_id where e.id = current_setting('app.entity_id')::uuid`),
)
async function worthOf({ ctx, connection }: Composing, currency: string): Promise<number | null> {
  const { base_currency } = connection
  if (base_currency === null) return null
  if (base_currency === currency) return 1
  const { rates } = await EXCHANGE.one(ctx)
  return rateBetween(
    (rates ?? []).filter((rate) => rate !== null),
    currency,
    base_currency,
  )
}

// Invoices and credit notes

const RECEIVABLE = sql(`
  select id, type, document_id, issued_on, due_date, currency, counterpart_id, based_on, status, total_amount, total_vat_amount, discounted_subtotal, total_withholding_tax,
    total_deduction_amount, amount_paid, amount_credited, paid_at, updated_at, content
  from receivables where id = :id`)
type Receivable = Awaited<ReturnType<typeof RECEIVABLE.one>>

type Content = Receivable['content']
type ContentLine = Content['line_items'][number]

/** The products that a document needs in the ledger; those that stand on it only are told by their lines. */
export async function productsOn(ctx: Ctx, id: string): Promise<string[]> {
  const { line_items } = (await RECEIVABLE.one(ctx, { id })).content
  return [...new Set(line_items.flatMap(({ product }) => (product.is_inline ? [] : [product.id])))]
}

export const customerOf = async (ctx: Ctx, id: string): Promise<string> => (await RECEIVABLE.one(ctx, { id })).counterpart_id

/** Lines of an invoice with what each bears of the document's discount and of its tax, which is computed once a rate. */
function receivableLines(composing: Composing, stock: Stock, row: Receivable): PushedLine[] {
  const { content } = row
  const keyOf = ({ product: { vat_rate } }: ContentLine) =>
    vat_rate.id ?? (vat_rate.name ? `${vat_rate.value} ${vat_rate.name}` : null)
  const keys = content.line_items.map(keyOf)
  const figures = new Map<string | null, { net: number; tax: number }>(
    content.total_vat_amounts.map(({ id, value, name, taxable_amount, amount }) => [
      id ?? `${value} ${name}`,
      { net: taxable_amount, tax: amount },
    ]),
  )
  const taxed = sum([...figures.values()].map(({ net }) => net))
  figures.set(null, { net: row.discounted_subtotal - taxed, tax: 0 })
  const nets: number[] = content.line_items.map(() => 0)
  const taxes: number[] = content.line_items.map(() => 0)
  for (const [key, { net, tax }] of figures) {
    const places = keys.flatMap((one, i) => (one === key ? [i] : []))
    if (places.length === 0) continue
    const weights = places.map((i) => at(content.line_items, i).total_before_vat)
    const own = share(net, weights)
    const ownTax = share(tax, own)
    places.forEach((place, i) => {
      nets[place] = at(own, i)
      taxes[place] = at(ownTax, i)
    })
  }
  return content.line_items.map((line, i) => {
    const { product, quantity } = line
    const where = `Line ${i + 1}`
    const account = accountFor(
      stock,
      product.ledger_account_id ?? stock.settings.accounting?.ledger_account_ids?.products,
      undefined,
      where,
    )
    const categories = product.vat_rate.value > 0 ? ['S'] : zeroCategories(content, product.type)
    const untaxed = keys[i] === null
    return {
      text: cut(oneLine([product.name, product.description].filter(Boolean).join(': ')), composing.limits.text),
      quantity,
      unit_price: product.price.value,
      net: at(nets, i),
      tax: at(taxes, i),
      account,
      tax_rate: product.accounting_tax_rate_id
        ? rateById(stock, product.accounting_tax_rate_id, where)
        : untaxed
          ? null
          : taxRateFor(stock, product.vat_rate.value, { direction: 'sale', categories, where }),
      product: product.is_inline ? null : composing.ledgerIdOf('product', product.id),
    }
  })
}

/** Why a sale bears no tax: goods within the Union are K, services there AE, what leaves it is G, all else is exempt or at zero. */
function zeroCategories(
  { counterpart_billing_address: to, entity_address: from }: Content,
  type: string | null | undefined,
): readonly string[] {
  if (!to || to.country === from.country) return ['E', 'Z', 'O']
  if (inUnion(to.country) && inUnion(from.country)) return [type === 'service' ? 'AE' : 'K']
  return ['G']
}

export async function receivableOf(composing: Composing, id: string): Promise<PushedDocument> {
  const { ctx, limits } = composing
  const row = await RECEIVABLE.one(ctx, { id })
  const stock = await stockOf(composing)
  const number = row.document_id ?? ''
  const deductions = stock.settings.accounting?.tax_ids?.deductions ?? null
  if (row.total_deduction_amount > 0 && !deductions && limits.deductions_need_tax)
    throw new LedgerRefusal('deductions_tax_missing', 'The invoice has deductions, and the settings name no tax for them')
  return {
    type: row.type === 'credit_note' ? 'credit_note' : 'receivable',
    id,
    document_id: row.based_on !== null && row.type === 'credit_note' ? row.based_on : id,
    number: shortened(number, limits.number),
    whole_number: number,
    memo: [number, row.content.memo].filter(Boolean).join('\n'),
    day: row.issued_on ?? '',
    due_day: row.due_date,
    currency: row.currency,
    rate: await worthOf(composing, row.currency),
    party: await pushedParty(composing, 'customer', row.counterpart_id),
    lines: receivableLines(composing, stock, row),
    withheld: row.total_withholding_tax,
    deducted: row.total_deduction_amount,
    deductions_tax_rate: deductions && row.total_deduction_amount > 0 ? rateById(stock, deductions, 'The deductions') : null,
    total: row.total_amount,
  }
}

const pushedParty = async (composing: Composing, type: 'customer' | 'vendor', id: string) => ({
  ...(await partyOf(composing.ctx, composing.limits, type, id)),
  ledger_id: composing.ledgerIdOf(type, id),
})

// Bills and credit notes of vendors

const BILL = sql(`
  select id, document_id, issued_at, due_date, currency, counterpart_id, status, subtotal, tax, tax_amount, total_amount, due_adjustment, discount, stated, amount_paid,
    amount_credited, paid_at, updated_at, created_at, null::uuid as based_on from payables where id = :id`)
const NOTE = sql(`
  select id, document_id, issued_at, null::date as due_date, currency, counterpart_id, status, subtotal, tax, tax_amount, total_amount, 0::bigint as "due_adjustment!",
    null::bigint as discount, stated, 0::bigint as "amount_paid!", 0::bigint as "amount_credited!", null::timestamptz as paid_at, updated_at, created_at, based_on
  from payable_credit_notes where id = :id`)
type Bill = Omit<Awaited<ReturnType<typeof BILL.one>>, 'status'> & { readonly status: string }
const BILL_LINES = sql(`
  select name, description, quantity::float8 as quantity, unit_price, tax, subtotal, ledger_account_id, accounting_tax_rate_id
  from payable_line_items where payable_id = :id and deleted_at is null order by created_at, id`)
const NOTE_LINES = sql(`
  select name, description, quantity::float8 as quantity, unit_price, tax, subtotal, null::uuid as ledger_account_id, null::uuid as accounting_tax_rate_id
  from payable_credit_note_line_items where credit_note_id = :id and deleted_at is null order by created_at, id`)
type BillLine = Awaited<ReturnType<typeof BILL_LINES>>[number]

export const vendorOf = async (ctx: Ctx, id: string, type: 'bill' | 'vendor_credit'): Promise<string> => {
  const { counterpart_id } = await (type === 'bill' ? BILL : NOTE).one(ctx, { id })
  if (counterpart_id === null)
    throw new LedgerRefusal('vendor_missing', 'Nobody knows yet who the vendor is: name the counterpart')
  return counterpart_id
}

/** What the lines of a bill come to by its own sums: with its charges, and its tax once a rate. */
function billLines(composing: Composing, stock: Stock, row: Bill, lines: readonly BillLine[]): PushedLine[] {
  const total = row.total_amount ?? 0
  const taxes = row.tax_amount ?? 0
  const charges = row.stated?.charges ?? []
  const plain = { description: null, quantity: null, unit_price: null, ledger_account_id: null, accounting_tax_rate_id: null }
  const all: BillLine[] = lines.concat(charges.map(({ amount, tax }) => ({ ...plain, name: 'Charge', subtotal: amount, tax })))
  if (row.discount) all.push({ ...plain, name: 'Discount', subtotal: 0 - row.discount, tax: null })
  const missing = total - taxes - sum(all.map(({ subtotal }) => subtotal ?? 0))
  // What is printed was rounded: a unit for each line goes to the account of rounding.
  if (Math.abs(missing) > all.length)
    all.push({
      ...plain,
      name: lines.length === 0 ? 'Bill' : 'Difference',
      subtotal: missing,
      tax: lines.length === 0 ? row.tax : null,
    })
  const rates = [...new Set(all.map(({ tax }) => tax))]
  const byRate = rates.map((rate) => {
    const own = all.filter(({ tax }) => tax === rate)
    const net = sum(own.map(({ subtotal }) => subtotal ?? 0))
    return { rate, own, net, tax: rate === null ? 0 : percentOf(net, rateOf(rate)) }
  })
  // The document's own tax stands: what its rates leave over belongs to the largest.
  const over = taxes - sum(byRate.map(({ tax }) => tax))
  const [largest] = [...byRate].sort((a, b) => Math.abs(b.tax) - Math.abs(a.tax))
  const taxOf = new Map<BillLine, number>()
  for (const group of byRate) {
    const tax = group === largest ? group.tax + over : group.tax
    const shares = share(
      tax,
      group.own.map(({ subtotal }) => Math.abs(subtotal ?? 0)),
    )
    for (const [line, part] of pairs(group.own, shares)) taxOf.set(line, part)
  }
  const settings = stock.settings.accounting?.ledger_account_ids
  return all.map((line, i) => {
    const where = `Line ${i + 1}`
    const tax = known(taxOf, line)
    const rated = line.tax !== null && (line.tax > 0 || stock.rates.some(({ total_tax_rate }) => total_tax_rate === 0))
    const usual = line.ledger_account_id ? undefined : stock.usual.purchases
    return {
      text: cut(oneLine([line.name, line.description].filter(Boolean).join(': ') || 'Bill'), composing.limits.text),
      quantity: line.quantity,
      unit_price: line.unit_price,
      net: line.subtotal ?? 0,
      tax,
      account: accountFor(stock, line.ledger_account_id ?? (usual ? null : settings?.products), usual, where),
      tax_rate: line.accounting_tax_rate_id
        ? rateById(stock, line.accounting_tax_rate_id, where)
        : rated
          ? taxRateFor(stock, line.tax ?? 0, { direction: 'purchase', categories: line.tax ? ['S'] : ['E', 'Z', 'O'], where })
          : tax === 0
            ? null
            : taxRateFor(stock, row.tax ?? 0, { direction: 'purchase', categories: ['S'], where }),
      product: null,
    }
  })
}

export async function billOf(composing: Composing, type: 'bill' | 'vendor_credit', id: string): Promise<PushedDocument> {
  const { ctx, limits } = composing
  const bill = type === 'bill'
  const row = await (bill ? BILL : NOTE).one(ctx, { id })
  const lines = await (bill ? BILL_LINES : NOTE_LINES)(ctx, { id })
  if (row.currency === null || row.total_amount === null)
    throw new LedgerRefusal('incomplete', 'What the bill comes to is not known yet')
  const number = row.document_id ?? ''
  return {
    type,
    id,
    document_id: row.based_on ?? id,
    number: shortened(number, limits.number),
    whole_number: number,
    memo: number,
    day: row.issued_at ?? row.created_at.slice(0, 10),
    due_day: row.due_date,
    currency: row.currency,
    rate: await worthOf(composing, row.currency),
    party: await pushedParty(composing, 'vendor', await vendorOf(ctx, id, type)),
    lines: billLines(composing, await stockOf(composing), row, lines),
    withheld: 0,
    deducted: 0,
    deductions_tax_rate: null,
    total: row.total_amount + row.due_adjustment,
  }
}

// Payments, and how documents end

const PAYMENT = sql(`
  select r.id, r.object_type, r.object_id, r.amount, r.fee, r.currency, r.paid_at, r.is_external, i.application_fee_amount
  from payment_records r left join payment_intents i on i.entity_id = r.entity_id and i.id = r.payment_intent_id and not r.is_external
  where r.id = :id`)

interface Ledgers {
  /** What the ledger calls the document. */
  readonly ledger_id: string
}

export async function paymentOf(composing: Composing, id: string, { ledger_id }: Ledgers): Promise<PushedPayment> {
  const { ctx } = composing
  const row = await PAYMENT.one(ctx, { id })
  const stock = await stockOf(composing)
  const sale = row.object_type === 'receivable'
  const document = await (sale ? RECEIVABLE : BILL).one(ctx, { id: row.object_id })
  const currency = row.currency ?? document.currency
  if (currency === null || row.paid_at === null) throw new LedgerRefusal('incomplete', 'The payment has no currency yet')
  const kept = sale && row.amount > 0 ? Math.min(row.application_fee_amount ?? 0, row.amount) : 0
  const number = document.document_id ?? ''
  const { ledger_account_ids } = stock.settings.accounting ?? {}
  return {
    type: 'payment_record',
    id,
    document_id: row.object_id,
    document: { type: sale ? 'receivable' : 'bill', ledger_id, number },
    party: await pushedParty(composing, sale ? 'customer' : 'vendor', await partyIdOf(ctx, sale, row.object_id)),
    amount: row.amount,
    fee: kept + row.fee,
    currency,
    rate: await worthOf(composing, currency),
    day: localDate(new Date(row.paid_at), await zoneOfEntity(ctx)),
    account: accountFor(stock, ledger_account_ids?.payments, stock.usual.bank, 'The payment'),
    text: `${row.amount < 0 ? 'Paid back' : 'Payment'}: ${number}`,
  }
}

export const partyIdOf = (ctx: Ctx, sale: boolean, document: string) =>
  sale ? customerOf(ctx, document) : vendorOf(ctx, document, 'bill')
export const documentOfPayment = async (ctx: Ctx, id: string) => {
  const { object_type, object_id } = await PAYMENT.one(ctx, { id })
  return { sale: object_type === 'receivable', id: object_id }
}

const ENDED_AT = sql(`
  select max(created_at) as at from events where object_id = :id and object_type = 'receivable' and event in ('uncollectible', 'canceled')`)

/** What is left of a document that ended, and what was paid beyond it. */
export async function endOf(
  composing: Composing,
  type: 'receivable_end' | 'bill_end',
  id: string,
  { ledger_id }: Ledgers,
): Promise<PushedEnd> {
  const { ctx } = composing
  const sale = type === 'receivable_end'
  const zone = await zoneOfEntity(ctx)
  const row = await (sale ? RECEIVABLE : BILL).one(ctx, { id })
  const document = sale ? await receivableOf(composing, id) : await billOf(composing, 'bill', id)
  const whole = document.total - row.amount_credited
  const rest = Math.max(0, whole - row.amount_paid)
  const reasons = { paid: 'discount', uncollectible: 'write_off', canceled: 'canceled' } as const
  const reason = rest > 0 && isKeyOf(reasons, row.status) ? reasons[row.status] : null
  return {
    type,
    id,
    document_id: id,
    document: { type: sale ? 'receivable' : 'bill', ledger_id, number: document.whole_number },
    party: document.party,
    currency: document.currency,
    rate: document.rate,
    day: localDate(new Date(row.paid_at ?? (await ENDED_AT.one(ctx, { id })).at ?? row.updated_at), zone),
    lines: document.lines,
    reason,
    rest: reason === null ? 0 : rest,
    over: Math.max(0, row.amount_paid - whole),
  }
}
