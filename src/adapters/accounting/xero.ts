import { minorUnitsOf } from '../../core/currencies.ts'
import { type Json, numberOf, textOf } from '../../core/json.ts'
import { decimal } from '../../core/money.ts'
import {
  type AccountingProvider,
  Deauthorized,
  type Found,
  type Holder,
  LedgerRefusal,
  type PulledAccount,
  type PulledDocument,
  type Pushed,
  type PushedDocument,
  type PushedLine,
  type PushedType,
} from '../../ports/accounting.ts'
import { askTokens, bearer, type OAuth } from './oauth.ts'

/**
 * Xero, by its Accounting API 2.0 (developer.xero.com). Our id stands as the number of a contact, as the code of an item, and as the
 * reference of invoices, bills and payments: by it an object is found before one is made.
 */

export interface XeroSettings {
  readonly client_id: string
  readonly client_secret: string
  readonly login_url?: string
  readonly token_url?: string
  readonly api_url?: string
  readonly now: () => Date
}

const SCOPES = 'offline_access accounting.transactions accounting.contacts accounting.settings'

interface Kind {
  readonly path: string
  readonly id: string
  /** Where it bears our id. */
  readonly ours: string
}
const documents: Kind = { path: 'Invoices', id: 'InvoiceID', ours: 'Reference' }
const contacts: Kind = { path: 'Contacts', id: 'ContactID', ours: 'ContactNumber' }
const kinds: Partial<Record<PushedType, Kind>> = {
  customer: contacts,
  vendor: contacts,
  product: { path: 'Items', id: 'ItemID', ours: 'Code' },
  receivable: documents,
  bill: documents,
  payment_record: { path: 'Payments', id: 'PaymentID', ours: 'Reference' },
}
/** Codes of items have thirty signs: our id without its hyphens, cut. One party may be customer and vendor: one contact there. */
const ourMark = (type: PushedType, reference: string) =>
  type === 'product' ? reference.replaceAll('-', '').slice(0, 30) : reference

const classes: Readonly<Record<string, PulledAccount['type']>> = {
  ASSET: 'Asset',
  EQUITY: 'Equity',
  EXPENSE: 'Expense',
  LIABILITY: 'Liability',
  REVENUE: 'Income',
}

export function xeroLedger({
  client_id,
  client_secret,
  now,
  login_url = 'https://login.xero.com/identity/connect/authorize',
  token_url = 'https://identity.xero.com/connect/token',
  api_url = 'https://api.xero.com',
}: XeroSettings): AccountingProvider {
  const oauth: OAuth = { client_id, client_secret, token_url, now }
  const call = bearer(oauth)

  async function ask(
    holder: Holder,
    path: string,
    { method = 'GET', body, key }: { method?: string; body?: Json; key?: string } = {},
  ) {
    const tenant = holder.settings.tenant_id
    const response = await call(holder, `${api_url}/api.xro/2.0/${path}`, {
      method,
      headers: {
        ...(typeof tenant === 'string' && { 'xero-tenant-id': tenant }),
        ...(body && { 'content-type': 'application/json' }),
        ...(key && { 'idempotency-key': key.slice(0, 128) }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    if (response.status === 404) return null
    const answer = (await response.json().catch(() => ({}))) as Json
    if (response.status === 403) throw new Deauthorized('Xero does not let us into this organisation any more')
    if (response.ok) return answer
    if (response.status >= 500) throw new Error(`Xero answers ${response.status}`)
    throw refusalIn(answer, response.status)
  }

  const listOf = (answer: Json | null, name: string): Json[] => (answer?.[name] ?? []) as Json[]
  const found = (kind: Kind, row: Json | undefined): Found | null =>
    row && !isGone(row) ? { id: String(row[kind.id]), version: textOf(row.UpdatedDateUTC), updated_at: null } : null

  async function byReference(holder: Holder, kind: Kind, mark: string): Promise<Json | undefined> {
    const where = encodeURIComponent(`${kind.ours}=="${mark}"`)
    const rows = listOf(await ask(holder, `${kind.path}?where=${where}`), kind.path)
    return rows.find((row) => !isGone(row))
  }

  return {
    name: 'xero',
    title: 'Xero',
    platform: 'xero',
    takes: new Set<PushedType>(['product', 'customer', 'vendor', 'receivable', 'bill', 'payment_record']),
    limits: { number: 255, text: 4000, name: 255, refused: /[<>\t\n]/, unique_names: true, deductions_need_tax: true },
    authorize(state, redirect_uri) {
      const asked = { response_type: 'code', client_id, redirect_uri, scope: SCOPES, state }
      return `${login_url}?${new URLSearchParams(asked).toString()}`
    },
    async connect(holder, facts, { code = '', redirect_uri = '' }) {
      const credentials = await askTokens(oauth, { grant_type: 'authorization_code', code, redirect_uri })
      const opened: Holder = { ...holder, credentials }
      const response = await call(opened, `${api_url}/connections`)
      const tenants = (await response.json().catch(() => [])) as Json[]
      const tenant = tenants.find(({ tenantType }) => tenantType === 'ORGANISATION')
      if (!tenant) throw new LedgerRefusal('no_organisation', 'There is no organisation in Xero that we were let into')
      const name = textOf(tenant.tenantName) ?? facts.name
      return {
        credentials,
        settings: { tenant_id: String(tenant.tenantId) },
        business: { name, legal_name: null, email: null, base_currency: null, type: null },
      }
    },
    async pull(holder) {
      const [organisation] = listOf(await ask(holder, 'Organisation'), 'Organisations')
      const accounts = listOf(await ask(holder, 'Accounts'), 'Accounts').map(accountOf)
      const rates = listOf(await ask(holder, 'TaxRates'), 'TaxRates').flatMap(taxRatesOf)
      const rows = listOf(await ask(holder, 'Invoices?page=1&pageSize=1000'), 'Invoices')
      const of = (type: string) => rows.filter(({ Type }) => Type === type).map(documentOf)
      const first = (type: PulledAccount['type'], bank = false) =>
        accounts.find((account) => account.type === type && account.bank === bank && account.status === 'Active')?.id
      const usual = { sales: first('Income'), purchases: first('Expense'), bank: first('Asset', true) }
      return {
        accounts,
        tax_rates: rates,
        bills: of('ACCPAY'),
        invoices: of('ACCREC'),
        business: {
          name: textOf(organisation?.Name),
          legal_name: textOf(organisation?.LegalName),
          email: null,
          base_currency: textOf(organisation?.BaseCurrency),
          type: textOf(organisation?.OrganisationType),
        },
        usual: Object.fromEntries(Object.entries(usual).filter(([, id]) => id !== undefined)),
      }
    },
    async find(holder, type, { reference, id }) {
      const kind = kinds[type]
      if (!kind) return null
      if (!id) return found(kind, await byReference(holder, kind, ourMark(type, reference)))
      const [row] = listOf(await ask(holder, `${kind.path}/${encodeURIComponent(id)}`), kind.path)
      const merged = textOf(row?.MergedToContactID)
      if (!merged) return found(kind, row)
      return found(kind, listOf(await ask(holder, `${kind.path}/${encodeURIComponent(merged)}`), kind.path)[0])
    },
    async match(holder, { type, name }) {
      if (type === 'product') return null
      const where = encodeURIComponent(`Name=="${name.replaceAll('"', '')}"`)
      const rows = listOf(await ask(holder, `Contacts?where=${where}`), 'Contacts')
      return found(
        contacts,
        rows.find((row) => !textOf(row.ContactNumber)),
      )
    },
    async push(holder, pushed, { reference, idempotency }, there) {
      const kind = kinds[pushed.type]
      if (!kind) throw new LedgerRefusal('not_taken', `Xero takes no ${pushed.type}`)
      const send = async (body: Json, key: string) => {
        const whole = { ...body, ...(there && { [kind.id]: there.id }), [kind.ours]: ourMark(pushed.type, reference) }
        const answer = await ask(holder, kind.path, { method: there ? 'POST' : 'PUT', body: { [kind.path]: [whole] }, key })
        const made = found(kind, listOf(answer, kind.path)[0])
        if (!made) throw new Error('Xero did not say what it made')
        return made
      }
      // A payment is what it is: it can't be changed there.
      if (pushed.type === 'payment_record' && there) return there
      const body = bodyOf(pushed)
      try {
        return await send(body, idempotency)
      } catch (error) {
        const taken = error instanceof LedgerRefusal && /already assigned to another contact|name.*unique/i.test(error.message)
        if (!taken || !('other_name' in pushed)) throw error
        return send({ ...body, Name: pushed.other_name }, `${idempotency}:other`)
      }
    },
  }
}

const isGone = ({ Status, ContactStatus }: Json) =>
  ['DELETED', 'VOIDED'].includes(String(Status)) || ContactStatus === 'GDPRREQUEST'

/** Why Xero says no, in its own words; what is closed is told from what else has the same number. */
function refusalIn(answer: Json, status: number): LedgerRefusal {
  const elements = (answer.Elements ?? []) as { ValidationErrors?: { Message?: unknown }[] }[]
  const said = elements.flatMap(({ ValidationErrors = [] }) => ValidationErrors.flatMap(({ Message }) => textOf(Message) ?? []))
  const message = said.join('; ') || textOf(answer.Message) || textOf(answer.Detail) || `Xero answers ${status}`
  const code = /lock date|period.*(closed|locked)/i.test(message)
    ? 'period_locked'
    : /archived/i.test(message)
      ? 'archived'
      : `xero_${answer.ErrorNumber ?? status}`
  return new LedgerRefusal(code, message, said)
}

function accountOf(row: Json): PulledAccount {
  return {
    id: String(row.AccountID),
    name: textOf(row.Name) ?? '',
    code: textOf(row.Code),
    description: textOf(row.Description),
    type: classes[String(row.Class)] ?? 'Unknown',
    subtype: textOf(row.Type),
    status: row.Status === 'ACTIVE' ? 'Active' : row.Status === 'ARCHIVED' ? 'Archived' : 'Unknown',
    bank: row.Type === 'BANK',
    currency: textOf(row.CurrencyCode),
    balance: null,
  }
}

/** A rate for sales and purchases both is one for either. */
function taxRatesOf(row: Json) {
  const sale = row.CanApplyToRevenue === true
  const purchase = row.CanApplyToExpenses === true
  const rate = Math.round((numberOf(row.EffectiveRate) ?? numberOf(row.DisplayTaxRate) ?? 0) * 100)
  const components = ((row.TaxComponents ?? []) as Json[]).map((part) => ({
    name: textOf(part.Name) ?? '',
    rate: Math.round((numberOf(part.Rate) ?? 0) * 100),
    compound: part.IsCompound === true,
  }))
  if (!sale && !purchase) return []
  return [
    {
      id: String(row.TaxType),
      name: textOf(row.Name) ?? String(row.TaxType),
      code: textOf(row.TaxType),
      rate,
      active: row.Status === 'ACTIVE',
      components,
      direction: sale && purchase ? null : sale ? ('sale' as const) : ('purchase' as const),
      category: null,
    },
  ]
}

const statuses: Readonly<Record<string, PulledDocument['status']>> = {
  DRAFT: 'draft',
  SUBMITTED: 'draft',
  AUTHORISED: 'open',
  PAID: 'paid',
  VOIDED: 'void',
  DELETED: 'void',
}

function documentOf(row: Json): PulledDocument {
  const contact = (row.Contact ?? {}) as Json
  const paid = numberOf(row.AmountPaid) ?? 0
  const status = statuses[String(row.Status)] ?? 'unknown'
  return {
    id: String(row.InvoiceID),
    number: textOf(row.InvoiceNumber),
    status: status === 'open' && paid > 0 ? 'partially_paid' : status,
    currency: textOf(row.CurrencyCode),
    rate: numberOf(row.CurrencyRate),
    day: textOf(row.DateString)?.slice(0, 10) ?? null,
    due_day: textOf(row.DueDateString)?.slice(0, 10) ?? null,
    memo: textOf(row.Reference),
    net: numberOf(row.SubTotal),
    tax: numberOf(row.TotalTax),
    total: numberOf(row.Total) ?? 0,
    due: numberOf(row.AmountDue),
    party: textOf(contact.ContactID) ? { id: String(contact.ContactID), name: textOf(contact.Name) } : null,
    lines: ((row.LineItems ?? []) as Json[]).map((line) => ({
      text: textOf(line.Description),
      quantity: numberOf(line.Quantity),
      unit_price: numberOf(line.UnitAmount),
      account: textOf(line.AccountID),
      tax_rate: textOf(line.TaxType),
    })),
  }
}

const units = (amount: number, currency: string) => Number(decimal(amount, minorUnitsOf(currency)))

/** What a line comes to is said as it is: a quantity times a price would be rounded there once more. */
const lineOf = ({ text: description, quantity, net, tax, account, tax_rate, product }: PushedLine, currency: string): Json => ({
  Description: quantity === null || quantity === 1 ? description : `${quantity} × ${description}`.slice(0, 4000),
  Quantity: 1,
  UnitAmount: units(net, currency),
  LineAmount: units(net, currency),
  TaxAmount: units(tax, currency),
  AccountID: account,
  ...(tax_rate && { TaxType: tax_rate }),
  ...(product && { Item: { ItemID: product } }),
})

function documentBody(document: PushedDocument): Json {
  const { currency, party, day, due_day, whole_number, lines, withheld, deducted, deductions_tax_rate } = document
  if (withheld > 0) throw new LedgerRefusal('withholding', 'Xero has no place for tax that the customer withholds')
  const deductions: Json[] =
    deducted > 0
      ? [
          {
            Description: 'Deductions',
            Quantity: 1,
            UnitAmount: units(0 - deducted, currency),
            LineAmount: units(0 - deducted, currency),
            TaxAmount: 0,
            AccountID: lines[0]?.account,
            TaxType: deductions_tax_rate,
          },
        ]
      : []
  return {
    Type: document.type === 'receivable' ? 'ACCREC' : 'ACCPAY',
    Contact: { ContactID: party.ledger_id },
    InvoiceNumber: whole_number,
    Date: day,
    DueDate: due_day ?? day,
    CurrencyCode: currency,
    LineAmountTypes: 'Exclusive',
    Status: 'AUTHORISED',
    LineItems: lines.map((line) => lineOf(line, currency)).concat(deductions),
  }
}

function bodyOf(pushed: Pushed): Json {
  if ('other_name' in pushed) {
    const { name, email, vat_id } = pushed
    return { Name: name, ...(email && { EmailAddress: email }), ...(vat_id && { TaxNumber: vat_id }) }
  }
  if (pushed.type === 'product') {
    const { name, description } = pushed
    return { Name: name.slice(0, 50), Description: (description ?? name).slice(0, 4000), IsSold: true }
  }
  if ('whole_number' in pushed) return documentBody(pushed)
  if ('fee' in pushed) {
    if (pushed.amount < 0)
      throw new LedgerRefusal('refund', 'Money that went back is booked in Xero by hand: there it is not a payment')
    return {
      Invoice: { InvoiceID: pushed.document.ledger_id },
      Account: { AccountID: pushed.account },
      Date: pushed.day,
      Amount: units(pushed.amount, pushed.currency),
    }
  }
  throw new LedgerRefusal('not_taken', `Xero takes no ${pushed.type}`)
}
