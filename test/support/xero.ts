import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { type Answer, freshState, serveLedger, tokenAnswer } from './ledger-server.ts'
import type { Body } from './world.ts'

/** Xero as its documentation describes it: tokens that work once, limits, lock dates, names that nobody else bears. */

const ids: Record<string, string> = { Contacts: 'ContactID', Items: 'ItemID', Invoices: 'InvoiceID', Payments: 'PaymentID' }
const invalid = (...messages: string[]): Answer => ({
  status: 400,
  body: {
    ErrorNumber: 10,
    Type: 'ValidationException',
    Message: 'A validation exception occurred',
    Elements: [{ ValidationErrors: messages.map((Message) => ({ Message })) }],
  },
})

export async function fakeXero() {
  const rows: Record<string, Body[]> = { Contacts: [], Items: [], Invoices: [], Payments: [] }
  const replays = new Map<string, Answer>()
  const state = { ...freshState(), locked_until: null as string | null }
  const accounts = [
    { AccountID: 'a-bank', Code: '090', Name: 'Bank', Type: 'BANK', Class: 'ASSET', Status: 'ACTIVE', CurrencyCode: 'EUR' },
    { AccountID: 'a-sales', Code: '200', Name: 'Sales', Type: 'REVENUE', Class: 'REVENUE', Status: 'ACTIVE' },
    { AccountID: 'a-costs', Code: '400', Name: 'Costs', Type: 'EXPENSE', Class: 'EXPENSE', Status: 'ACTIVE' },
    { AccountID: 'a-old', Code: '401', Name: 'Old', Type: 'EXPENSE', Class: 'EXPENSE', Status: 'ARCHIVED' },
  ]
  const rates = [
    ['OUTPUT19', 'USt 19 %', 19, true, false],
    ['INPUT19', 'VSt 19 %', 19, false, true],
    ['NONE', 'No tax', 0, true, true],
  ].map(([TaxType, Name, EffectiveRate, CanApplyToRevenue, CanApplyToExpenses]) => ({
    TaxType,
    Name,
    EffectiveRate,
    CanApplyToRevenue,
    CanApplyToExpenses,
    Status: 'ACTIVE',
    TaxComponents: [{ Name, Rate: EffectiveRate, IsCompound: false }],
  }))

  function write(kind: string, asked: Body): Answer {
    const id = ids[kind]!
    const known = rows[kind]!.find((row) => row[id] === asked[id])
    if (asked[id] && !known) return { status: 404, body: {} }
    if (kind === 'Contacts' && rows.Contacts!.some((row) => row !== known && row.Name === asked.Name))
      return invalid('The contact name must be unique across all active contacts: it is already assigned to another contact.')
    if (kind === 'Invoices') {
      if (state.locked_until && asked.Date <= state.locked_until)
        return invalid(`The document date cannot be before the period lock date: ${state.locked_until}`)
      for (const line of asked.LineItems)
        if (Math.abs(line.Quantity * line.UnitAmount - line.LineAmount) > 0.005)
          return invalid('The line total does not match the expected line total')
      if (!rows.Contacts!.some(({ ContactID }) => ContactID === asked.Contact.ContactID)) return invalid('Contact not found')
    }
    const row = known ?? { [id]: randomUUID(), Status: kind === 'Contacts' || kind === 'Items' ? undefined : 'AUTHORISED' }
    Object.assign(row, asked, {
      [id]: row[id],
      UpdatedDateUTC: `/Date(${Date.now()}+${rows[kind]!.length + state.calls.length})/`,
    })
    if (!known) rows[kind]!.push(row)
    return { status: 200, body: { [kind]: [row] } }
  }

  function answer({ method = '', url = '', headers }: IncomingMessage, body: string): Answer {
    const { pathname, searchParams } = new URL(url, 'http://xero')
    if (pathname === '/connect/token')
      return tokenAnswer(state, new URLSearchParams(body), { expires_in: 1800, token_type: 'Bearer' })
    state.calls.push(`${method} ${pathname.replace('/api.xro/2.0/', '')}`)
    const planned = state.next.shift()
    if (planned) return planned
    if (headers.authorization !== `Bearer ${state.access}`) return { status: 401, body: { Title: 'Unauthorized' } }
    if (pathname === '/connections')
      return { status: 200, body: [{ id: 'c-1', tenantId: 't-1', tenantType: 'ORGANISATION', tenantName: 'Spreewerk' }] }
    if (headers['xero-tenant-id'] !== 't-1') return { status: 403, body: { Detail: 'AuthenticationUnsuccessful' } }
    const [kind = '', id] = pathname.replace('/api.xro/2.0/', '').split('/')
    if (kind === 'Organisation') return { status: 200, body: { Organisations: [{ Name: 'Spreewerk', BaseCurrency: 'EUR' }] } }
    if (kind === 'Accounts') return { status: 200, body: { Accounts: accounts } }
    if (kind === 'TaxRates') return { status: 200, body: { TaxRates: rates } }
    if (method === 'GET') {
      const where = /^(\w+)=="(.*)"$/.exec(searchParams.get('where') ?? '')
      const found = rows[kind]!.filter((row) => (id ? row[ids[kind]!] === id : !where || row[where[1]!] === where[2]))
      return id && found.length === 0 ? { status: 404, body: {} } : { status: 200, body: { [kind]: found } }
    }
    const key = String(headers['idempotency-key'])
    const replayed = replays.get(key)
    if (replayed) return replayed
    const made = write(kind, JSON.parse(body)[kind][0])
    if (made.status === 200) replays.set(key, made)
    return made
  }

  const { url, settings } = await serveLedger({ login: '/authorize', token: '/connect/token' }, answer)
  return { url, rows, state, settings }
}
