import type { IncomingMessage } from 'node:http'
import { type Answer, freshState, serveLedger, tokenAnswer } from './ledger-server.ts'
import type { Body } from './world.ts'

/**
 * QuickBooks Online as its documentation describes it: tokens that work once, names that nobody else bears, a version that has to be the
 * last one, request ids that get the first answer again, books that are closed, and notes that can't be searched.
 */

const fault = (code: string, Message: string, Detail = Message, status = 400): Answer => ({
  status,
  body: { Fault: { Error: [{ Message, Detail, code }], type: 'ValidationFault' } },
})
const searchable: Record<string, readonly string[]> = {
  Customer: ['DisplayName', 'Active', 'Id'],
  Vendor: ['DisplayName', 'Active', 'Id'],
  Item: ['Name', 'Active', 'Id'],
  Invoice: ['DocNumber', 'Id', 'TxnDate'],
  Bill: ['DocNumber', 'Id', 'TxnDate'],
  Payment: ['PaymentRefNum', 'Id', 'TxnDate'],
  BillPayment: ['DocNumber', 'Id', 'TxnDate'],
  Account: ['Active', 'Id'],
  TaxCode: ['Active', 'Id'],
  TaxRate: ['Active', 'Id'],
  CompanyInfo: [],
  Preferences: [],
}
const cents = (value: number) => Math.round(value * 100)

export async function fakeQuickBooks({ country = 'DE' }: { country?: string } = {}) {
  const account = (Id: string, Name: string, Classification: string, AccountType: string, Active = true) => ({
    Id,
    Name,
    FullyQualifiedName: Name,
    Classification,
    AccountType,
    Active,
    CurrencyRef: { value: 'EUR' },
    CurrentBalance: 0,
  })
  const rows: Record<string, Body[]> = {
    Customer: [],
    Vendor: [],
    Item: [],
    Invoice: [],
    Bill: [],
    Payment: [],
    BillPayment: [],
    CompanyInfo: [
      { Id: '1', CompanyName: 'Spreewerk', LegalName: 'Spreewerk GmbH', Country: country, Email: { Address: 'a@b.de' } },
    ],
    Preferences: [{ Id: '1', CurrencyPrefs: { HomeCurrency: { value: 'EUR' } } }],
    Account: [
      account('35', 'Bank', 'Asset', 'Bank'),
      account('79', 'Sales', 'Revenue', 'Income'),
      account('80', 'Workshops', 'Revenue', 'Income'),
      account('7', 'Costs', 'Expense', 'Expense'),
      account('8', 'Old', 'Expense', 'Expense', false),
    ],
    TaxRate: [
      { Id: '1', Name: 'USt 19', RateValue: 19, Active: true },
      { Id: '2', Name: 'VSt 19', RateValue: 19, Active: true },
      { Id: '3', Name: 'No tax', RateValue: 0, Active: true },
    ],
    TaxCode: [
      {
        Id: '10',
        Name: '19 %',
        Active: true,
        SalesTaxRateList: { TaxRateDetail: [{ TaxRateRef: { value: '1' } }] },
        PurchaseTaxRateList: { TaxRateDetail: [{ TaxRateRef: { value: '2' } }] },
      },
      { Id: '11', Name: '0 %', Active: true, SalesTaxRateList: { TaxRateDetail: [{ TaxRateRef: { value: '3' } }] } },
    ],
  }
  const replays = new Map<string, Answer>()
  const state = {
    ...freshState(),
    /** The kind of object of which the next one is made, and the connection cut before anybody hears of it. */
    lose: null as string | null,
    closed_until: null as string | null,
    /** Whether numbers are to be used once. */
    unique_numbers: false,
    last_id: 100,
  }

  function query(text: string): Answer {
    const said = /^select \* from (\w+)(?: where (.*?))? startposition (\d+) maxresults (\d+)$/.exec(text)
    if (!said) return fault('4000', 'Error parsing query', `QueryParserError: ${text}`)
    const [, entity = '', where, start, max] = said
    const known = searchable[entity]
    if (!known) return fault('4001', 'Invalid query', `Entity ${entity}`)
    let found = rows[entity]!.filter((row) => row.status !== 'Deleted')
    const any = where === 'Active in (true, false)'
    if (!any) found = found.filter((row) => row.Active !== false)
    if (where && !any) {
      const condition = /^(\w+) = '((?:[^'\\]|\\.)*)'$/.exec(where)
      if (!condition) return fault('4000', 'Error parsing query', `QueryParserError: ${where}`)
      const [, name = '', quoted = ''] = condition
      if (!known.includes(name)) return fault('4001', 'Invalid query', `Property ${name} not found for Entity ${entity}`)
      const value = quoted.replace(/\\(.)/g, '$1')
      found = found.filter((row) => String(row[name]) === value)
    }
    const page = found.slice(Number(start) - 1, Number(start) - 1 + Number(max))
    return { status: 200, body: { QueryResponse: page.length > 0 ? { [entity]: page, maxResults: page.length } : {} } }
  }

  function write(entity: string, asked: Body): Answer {
    const list = rows[entity]!
    const known = list.find((row) => row.Id === asked.Id && row.status !== 'Deleted')
    if (asked.Id && !known)
      return fault('610', 'Object Not Found', 'Object Not Found : Something you’re trying to use has been made inactive')
    if (known && known.SyncToken !== asked.SyncToken)
      return fault(
        '5010',
        'Stale Object Error',
        `Stale Object Error : You and another user were working on this at the same time`,
      )
    const whole: Body = asked.sparse ? { ...known, ...asked } : { ...asked }
    if (entity === 'Customer' || entity === 'Vendor') {
      if (/[:\t\n]/.test(whole.DisplayName)) return fault('2040', 'Invalid String', 'DisplayName')
      const named = rows.Customer!.concat(rows.Vendor!)
      if (named.some((row) => row !== known && row.DisplayName === whole.DisplayName))
        return fault('6240', 'Duplicate Name Exists Error', 'The name supplied already exists.')
    }
    if (entity === 'Item') {
      if (list.some((row) => row !== known && row.Name === whole.Name))
        return fault('6240', 'Duplicate Name Exists Error', 'The name supplied already exists.')
      if (!rows.Account!.some((row) => row.Active && row.Id === whole.IncomeAccountRef?.value))
        return fault('2500', 'Invalid Reference Id')
    }
    if (whole.TxnDate) {
      if (state.closed_until && whole.TxnDate <= state.closed_until)
        return fault(
          '5010',
          'Account Period Closed',
          `The account period has closed, and the account books cannot be updated: ${state.closed_until}`,
        )
      if ((whole.DocNumber ?? whole.PaymentRefNum ?? '').length > 21)
        return fault('2050', 'String length is too long', 'DocNumber')
      if (
        state.unique_numbers &&
        list.some((row) => row !== known && row.status !== 'Deleted' && row.DocNumber === whole.DocNumber)
      )
        return fault(
          '6140',
          'Duplicate Document Number Error',
          `You must specify a different number : DocNumber ${whole.DocNumber}`,
        )
      const party = whole.CustomerRef ? rows.Customer! : rows.Vendor!
      const there = party.find((row) => row.Id === (whole.CustomerRef ?? whole.VendorRef)?.value)
      if (!there) return fault('2500', 'Invalid Reference Id', 'Names element id not found')
      if (there.Active === false) return fault('610', 'Object Not Found', `${there.DisplayName} has been made inactive`)
    }
    if (entity === 'Invoice' || entity === 'Bill') {
      for (const { Description, SalesItemLineDetail: sale, AccountBasedExpenseLineDetail: cost } of whole.Line) {
        if (Description.length > 4000) return fault('2050', 'String length is too long', 'Description')
        if (entity === 'Invoice' && !rows.Item!.some(({ Id }) => Id === sale?.ItemRef?.value))
          return fault('2500', 'Invalid Reference Id', 'Item')
        if (entity === 'Bill' && !rows.Account!.some(({ Id, Active }) => Active && Id === cost?.AccountRef?.value))
          return fault('2500', 'Invalid Reference Id', 'An account has been made inactive')
      }
      const net = whole.Line.reduce((sum: number, { Amount }: Body) => sum + cents(Amount), 0)
      const tax = whole.TxnTaxDetail
      const parts = tax?.TaxLine?.reduce((sum: number, { Amount }: Body) => sum + cents(Amount), 0)
      if (tax && parts !== undefined && parts !== cents(tax.TotalTax))
        return fault('6000', 'A business validation error', 'The tax does not add up')
      whole.TotalAmt = (net + cents(tax?.TotalTax ?? 0)) / 100
      whole.Balance = whole.TotalAmt
    }
    for (const { Amount, LinkedTxn } of entity.endsWith('Payment') ? whole.Line : []) {
      const [{ TxnId, TxnType }] = LinkedTxn
      const document = rows[TxnType]!.find(({ Id }) => Id === TxnId)
      if (!document) return fault('2500', 'Invalid Reference Id')
      if (cents(Amount) > cents(document.Balance)) return fault('6000', 'A business validation error', 'More than is owed')
      document.Balance = (cents(document.Balance) - cents(Amount)) / 100
      document.SyncToken = String(Number(document.SyncToken) + 1)
    }
    const row = known ?? { Id: String(++state.last_id), Active: true, SyncToken: '-1' }
    Object.assign(row, whole, {
      Id: row.Id,
      SyncToken: String(Number(row.SyncToken) + 1),
      MetaData: { LastUpdatedTime: new Date().toISOString() },
    })
    if (!known) list.push(row)
    return { status: 200, body: { [entity]: { ...row } } }
  }

  function answer({ method = '', url = '', headers }: IncomingMessage, body: string): Answer {
    const { pathname, searchParams } = new URL(url, 'http://quickbooks')
    if (pathname === '/tokens/bearer')
      return tokenAnswer(state, new URLSearchParams(body), { expires_in: 3600, x_refresh_token_expires_in: 8726400 })
    const [, , , realm, path = '', id] = pathname.split('/')
    const asked = path === 'query' ? (searchParams.get('query') ?? '') : path
    state.calls.push(`${method} ${asked}`)
    const planned = state.next.shift()
    if (planned) return planned
    if (headers.authorization !== `Bearer ${state.access}`)
      return fault('3200', 'message=AuthenticationFailed', 'Token expired', 401)
    if (realm !== '4620816365') return fault('3100', 'message=ApplicationAuthorizationFailed', 'Not this company', 403)
    if (path === 'query') return query(asked)
    const entity = Object.keys(rows).find((name) => name.toLowerCase() === path)
    if (!entity) return { status: 404, body: {} }
    if (method === 'GET') {
      const row = rows[entity]!.find((one) => one.Id === id && one.status !== 'Deleted')
      return row ? { status: 200, body: { [entity]: row } } : fault('610', 'Object Not Found', 'Object Not Found : gone')
    }
    const requestid = searchParams.get('requestid')
    const replayed = requestid ? replays.get(requestid) : undefined
    if (replayed) return replayed
    const sent = JSON.parse(body)
    if (searchParams.get('operation') === 'delete') {
      const row = rows[entity]!.find((one) => one.Id === sent.Id)
      if (!row || row.SyncToken !== sent.SyncToken) return fault('5010', 'Stale Object Error')
      row.status = 'Deleted'
      return { status: 200, body: { [entity]: { Id: row.Id, status: 'Deleted' } } }
    }
    const made = write(entity, sent)
    if (requestid && made.status === 200) replays.set(requestid, made)
    if (state.lose !== entity) return made
    state.lose = null
    return { status: 0, body: null }
  }

  const { url, settings } = await serveLedger({ login: '/oauth2', token: '/tokens/bearer' }, answer)
  return { url, rows, state, settings, living: (entity: string) => rows[entity]!.filter((row) => row.status !== 'Deleted') }
}
