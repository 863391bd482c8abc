import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { passesTheSuite, type Stage } from '../../src/adapters/accounting/accounting.suite.ts'
import { trytonLedger } from '../../src/adapters/accounting/tryton.ts'
import type { Holder, PushedDocument, PushedParty, PushedPayment } from '../../src/ports/accounting.ts'
import { startTryton, type Tryton, trytonAccounts, trytonVersion } from '../support/tryton.ts'

/** The port's suite against a real Tryton server. Skipped where it isn't installed. */

if (!trytonVersion)
  console.log('skipped: Tryton is not installed (Debian: apt-get install tryton-server tryton-modules-account-invoice)')

const facts = { name: 'Spreewerk', email: null, country: 'DE', currency: 'EUR', today: '2026-01-05', vat_rates: [] }
let tryton: Tryton

beforeAll(async () => {
  if (trytonVersion) tryton = await startTryton([2026, 2027])
}, 120_000)
afterAll(async () => {
  await tryton?.stop()
})

async function stage(changes: Record<string, string> = {}) {
  const provider = trytonLedger({ url: tryton.url })
  const alone: Holder = {
    partnerId: 'p',
    entityId: crypto.randomUUID(),
    settings: {},
    credentials: {},
    renew: async (used) => used,
  }
  const chosen = { ...trytonAccounts, ...tryton.credentials, ...changes }
  const { credentials = {}, settings = {}, business } = await provider.connect(alone, facts, chosen)
  return { provider, business, holder: { ...alone, credentials, settings } }
}

async function invoicing() {
  const { provider, holder } = await stage()
  const id = crypto.randomUUID()
  const party: PushedParty = {
    type: 'customer',
    id,
    name: 'Acme',
    other_name: 'Acme 2',
    email: null,
    country: 'DE',
    vat_id: 'DE136695976',
    tax_id: null,
  }
  const there = await provider.push(holder, party, { reference: id, idempotency: id }, null)
  const { accounts, tax_rates } = await provider.pull(holder)
  const accountOf = (code: string) => accounts.find((account) => account.code === code)!.id
  const rate = (direction: 'sale' | 'purchase') => tax_rates.find((one) => one.rate === 1900 && one.direction === direction)!.id
  const lines = [
    {
      text: 'Work',
      quantity: 1,
      unit_price: 10000,
      net: 10000,
      tax: 1900,
      account: accountOf('8400'),
      tax_rate: rate('sale'),
      product: null,
    },
  ]
  const invoice = (changes: Partial<PushedDocument> = {}): PushedDocument => {
    const document = crypto.randomUUID()
    return {
      type: 'receivable',
      id: document,
      document_id: document,
      number: 'RE-1',
      whole_number: 'RE-1',
      memo: 'RE-1',
      day: '2026-01-05',
      due_day: '2026-01-19',
      currency: 'EUR',
      rate: 1,
      party: { ...party, ledger_id: there.id },
      lines,
      withheld: 0,
      deducted: 0,
      deductions_tax_rate: null,
      total: 11900,
      ...changes,
    }
  }
  const payment = (document: PushedDocument, changes: Partial<PushedPayment> = {}): PushedPayment => ({
    type: 'payment_record',
    id: crypto.randomUUID(),
    document_id: document.id,
    amount: 11900,
    fee: 0,
    currency: document.currency,
    document: { type: 'receivable', ledger_id: '1', number: 'RE-1' },
    party: document.party,
    rate: 1,
    day: '2026-02-01',
    account: accountOf('1200'),
    text: 'Payment: RE-1',
    ...changes,
  })
  const push = (pushed: PushedDocument | PushedPayment) =>
    provider.push(holder, pushed, { reference: pushed.id, idempotency: pushed.id }, null)
  /** What these objects come to on each account. */
  const comesTo = async (before: Record<string, number>) => {
    const now = await tryton.balances()
    const codes = [...new Set(Object.keys(now).concat(Object.keys(before)))].sort()
    return Object.fromEntries(
      codes.map((code) => [code, (now[code] ?? 0) - (before[code] ?? 0)]).filter(([, amount]) => amount !== 0),
    )
  }
  return { provider, holder, push, invoice, payment, accountOf, rate, comesTo, before: await tryton.balances() }
}

describe.skipIf(!trytonVersion)(`Tryton ${trytonVersion}`, () => {
  passesTheSuite(async (): Promise<Stage> => {
    const { provider, holder } = await stage()
    return {
      provider,
      holder,
      async count(_type, reference) {
        const moves = await tryton.moves(reference)
        const taken = moves.filter(({ description }) => /:reversed of/.test(description)).length
        return moves.length - 2 * taken
      },
    }
  })

  test('lets in whoever knows the password, and names accounts that are there once', async () => {
    await expect(stage({ password: 'no' })).rejects.toThrow('does not know this user')
    await expect(stage({ database: 'nothing' })).rejects.toMatchObject({ code: 'no_database' })
    await expect(stage({ database: '../books' })).rejects.toMatchObject({ code: 'no_database' })
    await expect(stage({ fees: '9999' })).rejects.toMatchObject({ code: 'account_missing' })
    const { business, provider, holder } = await stage()
    expect(business).toMatchObject({ name: 'Spreewerk GmbH', base_currency: 'EUR' })
    const { accounts, usual } = await provider.pull(holder)
    expect(accounts.find(({ id }) => id === usual?.bank)).toMatchObject({ code: '1200', bank: true, type: 'Asset' })
    expect(accounts.find(({ code }) => code === '1600')).toMatchObject({ type: 'Liability' })
    expect(accounts.find(({ id }) => id === usual?.sales)).toMatchObject({ type: 'Income' })
    expect(accounts.find(({ id }) => id === usual?.purchases)).toMatchObject({ code: '4980', type: 'Expense' })
  })

  test('books an invoice, its payment with a fee, and what is paid beyond it, as our own books do', async () => {
    const { push, invoice, payment, comesTo, before, provider, holder } = await invoicing()
    const one = invoice()
    await push(one)
    expect(await comesTo(before)).toEqual({ 1400: 11900, 1776: -1900, 8400: -10000 })
    await push(payment(one, { amount: 12000, fee: 350 }))
    const end = {
      type: 'receivable_end',
      id: one.id,
      document_id: one.id,
      document: payment(one).document,
      party: one.party,
    } as const
    const rest = { currency: 'EUR', rate: 1, day: '2026-02-01', lines: one.lines, reason: null, rest: 0, over: 100 }
    await provider.push(holder, { ...end, ...rest }, { reference: one.id, idempotency: 'end' }, null)
    expect(await comesTo(before)).toEqual({ 1200: 11650, 4970: 350, 1701: -100, 1776: -1900, 8400: -10000 })
    const taxes = await tryton.find(
      'account.tax.line',
      [['move_line.move.description', 'ilike', `% ${one.id}:%`]],
      ['type', 'amount'],
    )
    expect(
      taxes.map((row: { type: string; amount: { decimal: string } }) => [row.type, Number(row.amount.decimal)]).sort(),
    ).toEqual([
      ['base', 100],
      ['tax', 19],
    ])
  })

  test('an edit is the opposite of the old move and a new one, all of them posted; what is withdrawn comes to nothing', async () => {
    const { push, invoice, comesTo, before, provider, holder } = await invoicing()
    const one = invoice()
    const first = await push(one)
    const lines = one.lines.map((line) => ({ ...line, net: 5000, tax: 950 }))
    const second = await push({ ...one, lines, total: 5950 })
    expect(second.id).not.toBe(first.id)
    expect(await comesTo(before)).toEqual({ 1400: 5950, 1776: -950, 8400: -5000 })
    const moves = await tryton.moves(one.id)
    expect(moves.map(({ state }) => state)).toEqual(['posted', 'posted', 'posted'])
    await provider.withdraw!(holder, 'receivable', one.id, second)
    await provider.withdraw!(holder, 'receivable', one.id, second)
    expect(await comesTo(before)).toEqual({})
    await push(one)
    expect(await comesTo(before)).toEqual({ 1400: 11900, 1776: -1900, 8400: -10000 })
    expect(await tryton.moves(one.id)).toHaveLength(5)
  })

  test('two servers that book the same at one moment make one move of it, and one of its opposite', async () => {
    const { invoice, holder, comesTo, before } = await invoicing()
    const one = invoice()
    const servers = [1, 2, 3].map(() => trytonLedger({ url: tryton.url }))
    const key = { reference: one.id, idempotency: one.id }
    const booked = await Promise.all(servers.map((server) => server.push(holder, one, key, null)))
    expect(new Set(booked.map(({ id }) => id)).size).toBe(1)
    expect((await tryton.moves(one.id)).map(({ state }) => state)).toEqual(['posted'])
    await Promise.all(servers.map((server) => server.withdraw!(holder, 'receivable', one.id, booked[0]!)))
    expect((await tryton.moves(one.id)).map(({ state }) => state)).toEqual(['posted', 'posted'])
    expect(await comesTo(before)).toEqual({})
  })

  test('a draft that somebody was killed over is posted, not made again', async () => {
    const { push, invoice, provider, holder } = await invoicing()
    const one = invoice()
    const { id } = await push(one)
    const [{ description }] = await tryton.rpc('account.move.read', [Number(id)], ['description'])
    const twin = crypto.randomUUID()
    const copied = description.replaceAll(one.id, twin)
    const [period] = await tryton.find(
      'account.period',
      [
        ['start_date', '<=', date],
        ['end_date', '>=', date],
      ],
      ['name'],
    )
    const [journal] = await tryton.find('account.journal', [['type', '=', 'revenue']], ['name'])
    await tryton.rpc('account.move.create', [{ description: copied, period: period.id, journal: journal.id, date, company: 1 }])
    expect((await provider.find(holder, 'receivable', { reference: twin }))!.version).toContain('draft')
    const [draft] = await tryton.moves(twin)
    await provider.withdraw!(holder, 'receivable', twin, { id: String(draft!.id) })
    expect(await tryton.moves(twin)).toEqual([])
  })

  test('a rate that moved until the payment is a loss, and the customer is at nothing in both currencies', async () => {
    const { push, invoice, payment, comesTo, before } = await invoicing()
    const one = invoice({ currency: 'USD', rate: 0.9 })
    await push(one)
    await push(payment(one, { amount: 5950, rate: 0.92 }))
    await push(payment(one, { amount: 5950, rate: 0.88 }))
    expect(await comesTo(before)).toEqual({ 1200: 10710, 1776: -1710, 2150: 119, 2660: -119, 8400: -9000 })
    const lines = await tryton.find(
      'account.move.line',
      [
        ['move.description', 'ilike', `% of ${one.id}]`],
        ['account.code', '=', '1400'],
      ],
      ['amount_second_currency'],
    )
    const left = lines.reduce(
      (sum: number, line: { amount_second_currency: { decimal: string } }) => sum + Number(line.amount_second_currency.decimal),
      0,
    )
    expect(left).toBe(0)
  })

  test('a closed period refuses with its name, and nothing is dated elsewhere', async () => {
    const { push, invoice } = await invoicing()
    await tryton.closePeriod([2027, 3, 1])
    await expect(push(invoice({ day: '2027-03-15' }))).rejects.toMatchObject({
      code: 'period_locked',
      message: expect.stringContaining('2027-03'),
    })
    await expect(push(invoice({ day: '2031-03-15' }))).rejects.toMatchObject({ code: 'period_missing' })
    await push(invoice({ day: '2027-04-01' }))
  })
})

const date = { __class__: 'date', year: 2026, month: 1, day: 5 }
