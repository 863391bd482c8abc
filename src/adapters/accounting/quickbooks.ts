import { createHash } from 'node:crypto'
import { minorUnitsOf } from '../../core/currencies.ts'
import { type Json, numberOf, objectOf, objectsIn, textOf } from '../../core/json.ts'
import { decimal, percentOf, rateOf, sum } from '../../core/money.ts'
import {
  type AccountingProvider,
  Deauthorized,
  type Found,
  type Holder,
  LedgerRefusal,
  type PulledAccount,
  type PulledDocument,
  type PulledTaxRate,
  type Pushed,
  type PushedDocument,
  type PushedLine,
  type PushedPayment,
  type PushedType,
  StaleVersion,
} from '../../ports/accounting.ts'
import { askTokens, bearer, type OAuth } from './oauth.ts'

/**
 * QuickBooks Online, by its Accounting API 3 (developer.intuit.com). Nothing there can be searched by an id of ours, so documents are looked
 * for by their number and parties by their name, and are ours where our id stands in the note that nobody but the company sees. Payments
 * bear a mark made of our id. Whoever sends a `requestid` a second time gets the first answer.
 */

export interface QuickBooksSettings {
  readonly client_id: string
  readonly client_secret: string
  readonly sandbox?: boolean
  readonly login_url?: string
  readonly token_url?: string
  readonly api_url?: string
  readonly now: () => Date
}

const SCOPE = 'com.intuit.quickbooks.accounting'
/** The shape of objects that we know. */
const MINOR_VERSION = '75'
const NUMBER_MAX = 21
const PAGE = 1000
const PAGES_MAX = 20

type Entity = 'Customer' | 'Vendor' | 'Item' | 'Invoice' | 'Bill' | 'Payment' | 'BillPayment'

interface Kind {
  readonly entity: Entity
  /** What it is looked for by. */
  readonly by: 'DisplayName' | 'Name' | 'DocNumber' | 'PaymentRefNum'
  /** Where our id stands. */
  readonly ours: 'Notes' | 'AcctNum' | 'Sku' | 'PrivateNote'
}
const customers: Kind = { entity: 'Customer', by: 'DisplayName', ours: 'Notes' }
const vendors: Kind = { entity: 'Vendor', by: 'DisplayName', ours: 'AcctNum' }
const items: Kind = { entity: 'Item', by: 'Name', ours: 'Sku' }
const invoices: Kind = { entity: 'Invoice', by: 'DocNumber', ours: 'PrivateNote' }
const bills: Kind = { entity: 'Bill', by: 'DocNumber', ours: 'PrivateNote' }
const kinds: Partial<Record<PushedType, Kind>> = {
  customer: customers,
  vendor: vendors,
  product: items,
  receivable: invoices,
  bill: bills,
}
/** What was received is a payment there, what was paid a payment of bills: a payment of ours is one of both. */
const received: Kind = { entity: 'Payment', by: 'PaymentRefNum', ours: 'PrivateNote' }
const paid: Kind = { entity: 'BillPayment', by: 'DocNumber', ours: 'PrivateNote' }

const digest = (text: string) => createHash('sha256').update(text).digest('hex')
/** 21 signs that stand for our id. */
const markOf = (reference: string) => `Q${digest(reference).slice(0, NUMBER_MAX - 1)}`
/** A payment's id there says of which kind it is. */
const payKind = (id: string): Kind => (id.startsWith('BillPayment:') ? paid : received)
const bare = (id: string) => id.slice(id.indexOf(':') + 1)

const classes: Readonly<Record<string, PulledAccount['type']>> = {
  Asset: 'Asset',
  Equity: 'Equity',
  Expense: 'Expense',
  Liability: 'Liability',
  Revenue: 'Income',
}

export function quickBooksLedger({
  client_id,
  client_secret,
  now,
  sandbox = false,
  login_url = 'https://appcenter.intuit.com/connect/oauth2',
  token_url = 'https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer',
  api_url = sandbox ? 'https://sandbox-quickbooks.api.intuit.com' : 'https://quickbooks.api.intuit.com',
}: QuickBooksSettings): AccountingProvider {
  const oauth: OAuth = { client_id, client_secret, token_url, now }
  const call = bearer(oauth)

  interface CallParts {
    readonly body?: Json
    readonly query?: Readonly<Record<string, string>>
  }
  /** Null where the object is not there. */
  async function ask(holder: Holder, path: string, { body, query = {} }: CallParts = {}): Promise<Json | null> {
    const { realm_id } = holder.settings
    if (typeof realm_id !== 'string') throw new Deauthorized('QuickBooks has not said which company this is')
    const asked = new URLSearchParams({ minorversion: MINOR_VERSION, ...query })
    const response = await call(holder, `${api_url}/v3/company/${encodeURIComponent(realm_id)}/${path}?${asked}`, {
      method: body ? 'POST' : 'GET',
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    const answer = objectOf(await response.json().catch(() => null))
    if (response.status === 403) throw new Deauthorized('QuickBooks does not let us into this company any more')
    if (response.status >= 500) throw new Error(`QuickBooks answers ${response.status}`)
    const fault = faultIn(answer)
    if (response.ok && !fault) return answer
    if (response.status === 404 || (fault?.code === '610' && !body)) return null
    throw refusalOf(fault, response.status)
  }

  async function select(holder: Holder, entity: string, where = '', pages = 1): Promise<Json[]> {
    const rows: Json[] = []
    for (let page = 0; page < pages; page++) {
      const query = `select * from ${entity}${where && ` where ${where}`} startposition ${page * PAGE + 1} maxresults ${PAGE}`
      const answer = await ask(holder, 'query', { query: { query } })
      const some = objectsIn(objectOf(answer?.QueryResponse)[entity])
      rows.push(...some)
      if (some.length < PAGE) break
    }
    return rows
  }

  async function read(holder: Holder, { entity }: Kind, id: string): Promise<Json | undefined> {
    const row = (await ask(holder, `${entity.toLowerCase()}/${encodeURIComponent(id)}`))?.[entity]
    return row === undefined ? undefined : objectOf(row)
  }

  const foundIn = (kind: Kind, row: Json | undefined): Found | null => {
    if (!row || isGone(row)) return null
    if (row.Active === false)
      throw new LedgerRefusal('inactive', `${String(row[kind.by] ?? kind.entity)} is inactive in QuickBooks`)
    const id = kind === received || kind === paid ? `${kind.entity}:${row.Id}` : String(row.Id)
    return { id, version: textOf(row.SyncToken), updated_at: textOf(objectOf(row.MetaData).LastUpdatedTime) }
  }

  async function write(holder: Holder, { entity }: Kind, body: Json, key: string): Promise<Json> {
    const requestid = digest(key).slice(0, 40)
    const made = objectOf((await ask(holder, entity.toLowerCase(), { body, query: { requestid } }))?.[entity])
    if (textOf(made.Id) === null) throw new Error('QuickBooks did not say what it made')
    return made
  }

  /** Lines of an invoice name an item, and the item its account: one for each account that a line without such a product is booked on. */
  async function itemFor(holder: Holder, account: string): Promise<string> {
    const name = `Sales (account ${account})`
    const rows = await select(holder, 'Item', `Name = '${quoted(name)}'`)
    const there = rows.find((row) => row.Active !== false && refOf(row.IncomeAccountRef) === account)
    if (there) return String(there.Id)
    const body = { Name: name, Type: 'Service', IncomeAccountRef: { value: account } }
    return String((await write(holder, items, body, `item:${account}:${name}`)).Id)
  }
  async function itemOf(holder: Holder, { product, account }: PushedLine): Promise<string> {
    if (product !== null) {
      const item = await read(holder, items, product)
      if (item?.Active === false) throw new LedgerRefusal('inactive', `The product ${item.Name} is inactive in QuickBooks`)
      // The books come first: an item of another account would book the line elsewhere.
      if (item && refOf(item.IncomeAccountRef) === account) return product
    }
    return itemFor(holder, account)
  }

  const codes = new WeakMap<Holder, Promise<Codes>>()
  /** The tax codes of the company with their rates; read once for each run. */
  function codesOf(holder: Holder): Promise<Codes> {
    const known = codes.get(holder)
    if (known) return known
    const asked = (async () => {
      const any = 'Active in (true, false)'
      const rates = new Map((await select(holder, 'TaxRate', any, PAGES_MAX)).map((row) => [String(row.Id), row]))
      const rows = await select(holder, 'TaxCode', any, PAGES_MAX)
      return new Map(rows.flatMap((row) => codeOf(row, rates).map((code) => [code.id, code])))
    })()
    codes.set(holder, asked)
    asked.catch(() => codes.delete(holder))
    return asked
  }

  /** The tax as our document says it, not as it would be computed there. */
  async function taxed(holder: Holder, { lines, currency }: PushedDocument): Promise<Json> {
    const rated = lines.filter(({ tax_rate }) => tax_rate !== null)
    if (rated.length === 0) return {}
    const known = await codesOf(holder)
    const parts: Json[] = []
    for (const id of new Set(rated.map(({ tax_rate }) => tax_rate ?? ''))) {
      const code = known.get(id)
      if (!code) throw new LedgerRefusal('tax_rate_missing', `QuickBooks has no tax code ${id}`)
      const own = rated.filter(({ tax_rate }) => tax_rate === id)
      const net = sum(own.map((line) => line.net))
      const shares = code.rates.map(({ rate }) => percentOf(net, rateOf(rate)))
      // The document's own tax stands: what the rates leave over belongs to the first.
      const over = sum(own.map((line) => line.tax)) - sum(shares)
      code.rates.forEach(({ id: rate_id, rate }, i) => {
        parts.push({
          Amount: units((shares[i] ?? 0) + (i === 0 ? over : 0), currency),
          DetailType: 'TaxLineDetail',
          TaxLineDetail: {
            TaxRateRef: { value: rate_id },
            PercentBased: true,
            TaxPercent: rate / 100,
            NetAmountTaxable: units(net, currency),
          },
        })
      })
    }
    return { TxnTaxDetail: { TotalTax: units(sum(lines.map(({ tax }) => tax)), currency), TaxLine: parts } }
  }

  /** Companies in the US name one code for a whole sale, and know no tax on what they buy. */
  function taxedInUs({ lines, currency }: PushedDocument): Json {
    const used = [...new Set(lines.flatMap(({ tax, tax_rate }) => (tax !== 0 && tax_rate !== null ? [tax_rate] : [])))]
    if (used.length > 1)
      throw new LedgerRefusal('tax_rates_mixed', 'An invoice in QuickBooks for the US bears one tax, and this one several', used)
    const [code] = used
    if (code === undefined) return {}
    return {
      TxnTaxDetail: {
        TxnTaxCodeRef: { value: codeIdOf(code) },
        TotalTax: units(sum(lines.map(({ tax }) => tax)), currency),
      },
    }
  }

  async function documentBody(holder: Holder, document: PushedDocument): Promise<Json> {
    const { type, party, number, currency, rate, lines, withheld, deducted, total } = document
    if (withheld > 0) throw new LedgerRefusal('withholding', 'QuickBooks has no place for tax that the customer withholds')
    const inUs = holder.settings.country === 'US'
    const sale = type === 'receivable'
    const all: PushedLine[] = [...lines]
    const first = lines[0]
    const rest = total - (sum(lines.map(({ net, tax }) => net + tax)) - deducted)
    const extra = (words: string, amount: number, tax_rate: string | null) => {
      if (!first) throw new LedgerRefusal('incomplete', 'The document has no lines')
      all.push({ ...first, text: words, quantity: 1, unit_price: null, net: amount, tax: 0, tax_rate, product: null })
    }
    if (deducted > 0) extra('Deductions', 0 - deducted, document.deductions_tax_rate)
    if (rest !== 0) extra('Rounding', rest, null)
    const rows: Json[] = []
    for (const line of all) {
      const words = line.quantity === null || line.quantity === 1 ? line.text : `${line.quantity} × ${line.text}`
      const code = line.tax_rate === null ? null : codeIdOf(line.tax_rate)
      if (sale) {
        const used = inUs ? (line.tax === 0 ? 'NON' : 'TAX') : code
        rows.push({
          Description: words.slice(0, 4000),
          Amount: units(line.net, currency),
          DetailType: 'SalesItemLineDetail',
          SalesItemLineDetail: {
            ItemRef: { value: await itemOf(holder, line) },
            ...(used !== null && { TaxCodeRef: { value: used } }),
          },
        })
      } else
        rows.push({
          Description: words.slice(0, 4000),
          Amount: units(inUs ? line.net + line.tax : line.net, currency),
          DetailType: 'AccountBasedExpenseLineDetail',
          AccountBasedExpenseLineDetail: {
            AccountRef: { value: line.account },
            ...(code !== null && !inUs && { TaxCodeRef: { value: code } }),
          },
        })
    }
    const hasTax = lines.some(({ tax_rate }) => tax_rate !== null)
    return {
      [sale ? 'CustomerRef' : 'VendorRef']: { value: party.ledger_id },
      DocNumber: number,
      TxnDate: document.day,
      DueDate: document.due_day ?? document.day,
      CurrencyRef: { value: currency },
      ...(rate !== null && rate !== 1 && { ExchangeRate: rate }),
      PrivateNote: `${document.memo}\n${document.id}`.slice(-4000),
      Line: rows,
      ...(!inUs && { GlobalTaxCalculation: hasTax ? 'TaxExcluded' : 'NotApplicable' }),
      ...(inUs ? sale && taxedInUs(document) : await taxed(holder, { ...document, lines: all })),
    }
  }

  async function paymentBody(holder: Holder, payment: PushedPayment): Promise<Json> {
    const { document, amount, currency, party, day, rate, account, text: words, id } = payment
    if (amount < 0)
      throw new LedgerRefusal('refund', 'Money that went back is booked in QuickBooks by hand: there it is not a payment')
    const sale = document.type === 'receivable'
    const open = await read(holder, sale ? invoices : bills, document.ledger_id)
    if (!open || isGone(open)) throw new LedgerRefusal('missing', 'The document was deleted in QuickBooks')
    // What is paid beyond the document is the customer's, and stands there without one.
    const owed = Math.round(Number(open.Balance ?? 0) * 10 ** minorUnitsOf(currency))
    const applied = Math.min(amount, Math.max(0, owed))
    return {
      [sale ? 'CustomerRef' : 'VendorRef']: { value: party.ledger_id },
      TotalAmt: units(amount, currency),
      TxnDate: day,
      CurrencyRef: { value: currency },
      ...(rate !== null && rate !== 1 && { ExchangeRate: rate }),
      PrivateNote: `${words}\n${id}`,
      Line:
        applied > 0
          ? [
              {
                Amount: units(applied, currency),
                LinkedTxn: [{ TxnId: document.ledger_id, TxnType: sale ? 'Invoice' : 'Bill' }],
              },
            ]
          : [],
      ...(sale
        ? { PaymentRefNum: markOf(id), DepositToAccountRef: { value: account } }
        : { DocNumber: markOf(id), PayType: 'Check', CheckPayment: { BankAccountRef: { value: account } } }),
    }
  }

  async function bodyOf(holder: Holder, pushed: Pushed): Promise<Json> {
    if ('other_name' in pushed) {
      const { type, id, name, email } = pushed
      const note = type === 'customer' ? { Notes: id } : { AcctNum: id }
      return {
        DisplayName: name,
        CompanyName: name.slice(0, 100),
        ...(email && { PrimaryEmailAddr: { Address: email } }),
        ...note,
      }
    }
    if (pushed.type === 'product') {
      const { id, name, description, account } = pushed
      if (account === null) throw new LedgerRefusal('account_missing', `The product ${name} has no ledger account`)
      const Description = (description ?? name).slice(0, 4000)
      return { Name: name, Sku: id, Type: 'Service', Description, IncomeAccountRef: { value: account } }
    }
    if ('whole_number' in pushed) return documentBody(holder, pushed)
    if ('fee' in pushed) return paymentBody(holder, pushed)
    throw new LedgerRefusal('not_taken', `QuickBooks takes no ${pushed.type}`)
  }

  const kindOf = (pushed: Pushed): Kind => {
    const kind = 'fee' in pushed ? (pushed.document.type === 'receivable' ? received : paid) : kinds[pushed.type]
    if (!kind) throw new LedgerRefusal('not_taken', `QuickBooks takes no ${pushed.type}`)
    return kind
  }

  return {
    name: 'quickbooks',
    title: sandbox ? 'QuickBooks Online (sandbox)' : 'QuickBooks Online',
    platform: sandbox ? 'quickbooks_online_sandbox' : 'quickbooks_online',
    takes: new Set<PushedType>(['product', 'customer', 'vendor', 'receivable', 'bill', 'payment_record']),
    limits: { number: NUMBER_MAX, text: 4000, name: 100, refused: /[:\t\n]/, unique_names: true, deductions_need_tax: true },
    authorize(state, redirect_uri) {
      const asked = { response_type: 'code', client_id, redirect_uri, scope: SCOPE, state }
      return `${login_url}?${new URLSearchParams(asked).toString()}`
    },
    async connect(holder, facts, { code = '', redirect_uri = '', realmId: realm_id = '' }) {
      if (!/^\d{1,30}$/.test(realm_id)) throw new LedgerRefusal('no_company', 'QuickBooks did not say which company we may see')
      const credentials = await askTokens(oauth, { grant_type: 'authorization_code', code, redirect_uri })
      const opened: Holder = { ...holder, credentials, settings: { realm_id } }
      const [company = {}] = await select(opened, 'CompanyInfo')
      return {
        credentials,
        settings: { realm_id, country: textOf(company.Country) ?? facts.country },
        business: businessOf(company, null, facts.name),
      }
    },
    async pull(holder) {
      codes.delete(holder)
      const any = 'Active in (true, false)'
      const [company = {}] = await select(holder, 'CompanyInfo')
      const [preferences = {}] = await select(holder, 'Preferences')
      const home = refOf(objectOf(preferences.CurrencyPrefs).HomeCurrency)
      const accounts = (await select(holder, 'Account', any, PAGES_MAX)).map((row) => accountOf(row, home))
      const tax_rates = [...(await codesOf(holder)).values()].map(({ id, name, active, direction, rates }): PulledTaxRate => {
        const components = rates.map((part) => ({ name: part.name, rate: part.rate }))
        return { id, name, code: name, active, direction, category: null, components, rate: sum(rates.map(({ rate }) => rate)) }
      })
      const first = (type: PulledAccount['type'], bank = false) =>
        accounts.find((account) => account.type === type && account.bank === bank && account.status === 'Active')?.id
      const usual = { sales: first('Income'), purchases: first('Expense'), bank: first('Asset', true) }
      return {
        accounts,
        tax_rates,
        bills: (await select(holder, 'Bill')).map(documentOf),
        invoices: (await select(holder, 'Invoice')).map(documentOf),
        business: businessOf(company, home, null),
        usual: Object.fromEntries(Object.entries(usual).filter(([, id]) => id !== undefined)),
      }
    },
    async find(holder, type, { reference, id, called = [] }) {
      if (type === 'payment_record') {
        if (id) return foundIn(payKind(id), await read(holder, payKind(id), bare(id)))
        for (const kind of [received, paid]) {
          const rows = await select(holder, kind.entity, `${kind.by} = '${markOf(reference)}'`)
          const there = foundIn(
            kind,
            rows.find((row) => !isGone(row)),
          )
          if (there) return there
        }
        return null
      }
      const kind = kinds[type]
      if (!kind) return null
      if (id) return foundIn(kind, await read(holder, kind, id))
      for (const name of called) {
        const rows = await select(holder, kind.entity, `${kind.by} = '${quoted(name)}'`)
        const there = rows.find((row) => !isGone(row) && textOf(row[kind.ours])?.includes(reference))
        if (there) return foundIn(kind, there)
      }
      return null
    },
    async match(holder, { type, name }) {
      const kind = type === 'product' ? items : type === 'customer' ? customers : vendors
      const rows = await select(holder, kind.entity, `${kind.by} = '${quoted(name)}'`)
      // What bears an id of ours is another one of ours.
      const free = rows.filter((row) => !OUR_ID.test(textOf(row[kind.ours]) ?? ''))
      return foundIn(
        kind,
        free.find((row) => type !== 'product' || textOf(row.Type) !== 'Category'),
      )
    },
    async push(holder, pushed, { idempotency }, there) {
      const kind = kindOf(pushed)
      // A payment is what it is: it is not written anew.
      if (pushed.type === 'payment_record' && there) return there
      const body = await bodyOf(holder, pushed)
      // What people there wrote beside it stays; our id is in it since it was made.
      const { [kind.ours]: mark, ...said } = body
      const whole = there
        ? { ...said, Id: there.id, SyncToken: there.version ?? '0', sparse: true }
        : { ...said, [kind.ours]: mark }
      const send = (changes: Json, key: string) => write(holder, kind, { ...whole, ...changes }, key)
      const made = await send({}, idempotency).catch((error: Error) => {
        if (!(error instanceof LedgerRefusal) || error.code !== 'duplicate_name' || !('other_name' in pushed)) throw error
        return send({ DisplayName: pushed.other_name }, `${idempotency}:other`)
      })
      const found = foundIn(kind, made)
      if (!found) throw new Error('QuickBooks did not say what it made')
      if ('whole_number' in pushed && Number(made.TotalAmt) !== units(pushed.total, pushed.currency))
        throw new LedgerRefusal(
          'total_differs',
          `QuickBooks makes ${made.TotalAmt} of the document, which says ${units(pushed.total, pushed.currency)}`,
        )
      return found
    },
    async withdraw(holder, type, _reference, { id, version }) {
      const kind = type === 'payment_record' ? payKind(id) : kinds[type]
      if (!kind) return
      const body = { Id: bare(id), SyncToken: version ?? '0' }
      await ask(holder, kind.entity.toLowerCase(), { body, query: { operation: 'delete' } })
    },
  }
}

const OUR_ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/
const refOf = (value: unknown): string | null => textOf(objectOf(value).value)
/** A text in a query. */
const quoted = (words: string) => words.replaceAll('\\', '\\\\').replaceAll("'", "\\'")
const units = (amount: number, currency: string) => Number(decimal(amount, minorUnitsOf(currency)))

/** What is deleted, or voided: then everything is at zero and the note says so. */
const isGone = ({ status, PrivateNote, TotalAmt }: Json) =>
  status === 'Deleted' || (TotalAmt === 0 && /^voided/i.test(textOf(PrivateNote) ?? ''))

interface Fault {
  readonly code: string
  readonly words: readonly string[]
}
function faultIn(answer: Json): Fault | null {
  // Refusals at the gate begin with a small letter.
  const fault = objectOf(answer.Fault ?? answer.fault)
  const errors = objectsIn(fault.Error ?? fault.error)
  const [first] = errors
  if (!first) return null
  const words = errors.flatMap((error) => {
    const said = textOf(error.Message) ?? textOf(error.message) ?? ''
    const detail = textOf(error.Detail) ?? textOf(error.detail)
    return [detail === null || detail === said ? said : `${said}: ${detail}`]
  })
  return { code: String(first.code ?? ''), words }
}

/** Why QuickBooks says no, in its own words; one number stands for several things, so the words are read, too. */
function refusalOf(fault: Fault | null, status: number): Error {
  const message = fault?.words.join('; ') || `QuickBooks answers ${status}`
  const details = fault?.words ?? []
  if (/period.*(closed|locked)|closing date|books.*closed/i.test(message))
    return new LedgerRefusal('period_locked', message, details)
  const code = fault?.code ?? ''
  if (code === '5010') return new StaleVersion(message)
  if (code === '6240') return new LedgerRefusal('duplicate_name', message, details)
  if (code === '6140') return new LedgerRefusal('duplicate_number', message, details)
  if (/inactive/i.test(message)) return new LedgerRefusal('inactive', message, details)
  return new LedgerRefusal(`quickbooks_${code || status}`, message, details)
}

const businessOf = (company: Json, base_currency: string | null, name: string | null) => ({
  name: textOf(company.CompanyName) ?? name,
  legal_name: textOf(company.LegalName),
  email: textOf(objectOf(company.Email).Address),
  base_currency,
  type: null,
})

function accountOf(row: Json, home: string | null): PulledAccount {
  const currency = refOf(row.CurrencyRef) ?? home
  const balance = numberOf(row.CurrentBalance)
  return {
    id: String(row.Id),
    name: textOf(row.FullyQualifiedName) ?? textOf(row.Name) ?? '',
    code: textOf(row.AcctNum),
    description: textOf(row.Description),
    type: classes[String(row.Classification)] ?? 'Unknown',
    subtype: textOf(row.AccountSubType),
    status: row.Active === false ? 'Archived' : 'Active',
    bank: row.AccountType === 'Bank',
    currency,
    balance: balance === null || currency === null ? null : Math.round(balance * 10 ** minorUnitsOf(currency)),
  }
}

interface Code {
  /** The code's id, and what it is for. */
  readonly id: string
  readonly name: string
  readonly active: boolean
  readonly direction: 'sale' | 'purchase'
  readonly rates: readonly { readonly id: string; readonly name: string; readonly rate: number }[]
}
type Codes = ReadonlyMap<string, Code>
const codeIdOf = (id: string) => id.slice(0, id.lastIndexOf(':'))

/** A code has rates for sales and rates for purchases: each is a rate of its own. */
function codeOf(row: Json, rates: ReadonlyMap<string, Json>): Code[] {
  return (['sale', 'purchase'] as const).flatMap((direction) => {
    const list = objectOf(direction === 'sale' ? row.SalesTaxRateList : row.PurchaseTaxRateList)
    const parts = objectsIn(list.TaxRateDetail).flatMap((detail) => {
      const id = refOf(detail.TaxRateRef)
      const rate = id === null ? undefined : rates.get(id)
      if (id === null || !rate) return []
      return [{ id, name: textOf(rate.Name) ?? id, rate: Math.round((numberOf(rate.RateValue) ?? 0) * 100) }]
    })
    if (parts.length === 0) return []
    return [
      {
        id: `${row.Id}:${direction}`,
        name: textOf(row.Name) ?? String(row.Id),
        active: row.Active !== false,
        direction,
        rates: parts,
      },
    ]
  })
}

function documentOf(row: Json): PulledDocument {
  const party = refOf(row.CustomerRef ?? row.VendorRef)
  const total = numberOf(row.TotalAmt) ?? 0
  const due = numberOf(row.Balance)
  const tax = numberOf(objectOf(row.TxnTaxDetail).TotalTax)
  return {
    id: String(row.Id),
    number: textOf(row.DocNumber),
    status: isGone(row) ? 'void' : due === null ? 'unknown' : due === 0 ? 'paid' : due < total ? 'partially_paid' : 'open',
    currency: refOf(row.CurrencyRef),
    rate: numberOf(row.ExchangeRate),
    day: textOf(row.TxnDate),
    due_day: textOf(row.DueDate),
    memo: textOf(row.PrivateNote),
    net: tax === null ? null : Number((total - tax).toFixed(2)),
    tax,
    total,
    due,
    party: party === null ? null : { id: party, name: textOf(objectOf(row.CustomerRef ?? row.VendorRef).name) },
    lines: objectsIn(row.Line)
      .filter(({ DetailType }) => DetailType !== 'SubTotalLineDetail')
      .map((line) => {
        const sale = objectOf(line.SalesItemLineDetail)
        const cost = objectOf(line.AccountBasedExpenseLineDetail)
        const code = refOf(sale.TaxCodeRef ?? cost.TaxCodeRef)
        return {
          text: textOf(line.Description),
          quantity: numberOf(sale.Qty),
          unit_price: numberOf(sale.UnitPrice),
          account: refOf(cost.AccountRef),
          tax_rate: code === null ? null : `${code}:${row.CustomerRef ? 'sale' : 'purchase'}`,
        }
      }),
  }
}
