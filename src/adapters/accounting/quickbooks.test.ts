import { describe, expect, onTestFinished, test } from 'vitest'
import { partnerOf, recordOf } from '../../../test/support/accounting.ts'
import { completeBill } from '../../../test/support/billing.ts'
import { good, issued } from '../../../test/support/invoicing.ts'
import { ownApp } from '../../../test/support/own-app.ts'
import { fakeQuickBooks } from '../../../test/support/quickbooks.ts'
import { keepsItsTokens, startWith } from '../../../test/support/token-suite.ts'
import { type World, world } from '../../../test/support/world.ts'
import type { Holder, PushedDocument, PushedParty } from '../../ports/accounting.ts'
import { passesTheSuite, type Stage } from './accounting.suite.ts'
import { quickBooksLedger } from './quickbooks.ts'

const facts = { name: 'Spreewerk', email: null, country: 'DE', currency: 'EUR', today: '2026-01-05', vat_rates: [] }
const consent = { code: 'good', redirect_uri: 'http://localhost/accounting/callback', realmId: '4620816365' }
const now = () => new Date()

async function stage(options: { country?: string } = {}) {
  const quickBooks = await fakeQuickBooks(options)
  const provider = quickBooksLedger({ ...quickBooks.settings, now })
  const alone: Holder = { partnerId: 'p', entityId: 'e', settings: {}, credentials: {}, renew: async (used, ask) => ask(used) }
  const { credentials = {}, settings = {}, business } = await provider.connect(alone, facts, consent)
  return { quickBooks, provider, business, holder: { ...alone, credentials, settings } }
}

const customer = (changes: Partial<PushedParty> = {}): PushedParty => {
  const id = crypto.randomUUID()
  const other_name = `Acme (${id.slice(0, 8)})`
  return { type: 'customer', id, name: 'Acme', other_name, email: null, country: null, vat_id: null, tax_id: null, ...changes }
}

const line = {
  text: 'Work',
  quantity: 1,
  unit_price: 10000,
  net: 10000,
  tax: 1900,
  account: '79',
  tax_rate: '10:sale',
  product: null,
}

async function invoicing(options: { country?: string } = {}) {
  const opened = await stage(options)
  const { provider, holder } = opened
  const party = customer()
  const push = (pushed: PushedDocument | PushedParty, generation = 1) =>
    provider.push(holder, pushed, { reference: pushed.id, idempotency: `${pushed.id}:${generation}` }, null)
  const there = await push(party)
  const invoice = (changes: Partial<PushedDocument> = {}): PushedDocument => {
    const id = crypto.randomUUID()
    return {
      type: 'receivable',
      id,
      document_id: id,
      number: 'RE-1',
      whole_number: 'RE-1',
      memo: 'RE-1',
      day: '2026-01-05',
      due_day: null,
      currency: 'EUR',
      rate: 1,
      party: { ...party, ledger_id: there.id },
      lines: [line],
      withheld: 0,
      deducted: 0,
      deductions_tax_rate: null,
      total: 11900,
      ...changes,
    }
  }
  return { ...opened, push, invoice, party }
}

describe('QuickBooks', () => {
  passesTheSuite(async (): Promise<Stage> => {
    const { quickBooks, provider, holder } = await stage()
    return {
      provider,
      holder,
      count: async (_type, reference) =>
        quickBooks.living('Invoice').filter(({ PrivateNote }) => PrivateNote.includes(reference)).length,
    }
  })

  test('is agreed to on its own page, which says the company that we were let into', async () => {
    const { provider, business, holder } = await stage()
    const url = new URL(provider.authorize!('state', consent.redirect_uri))
    expect(Object.fromEntries(url.searchParams)).toMatchObject({ client_id: 'us', state: 'state', response_type: 'code' })
    expect(business).toMatchObject({ name: 'Spreewerk', legal_name: 'Spreewerk GmbH', email: 'a@b.de' })
    expect(holder.settings).toEqual({ realm_id: '4620816365', country: 'DE' })
    const without = provider.connect({ ...holder, settings: {} }, facts, { ...consent, realmId: '' })
    await expect(without).rejects.toMatchObject({ code: 'no_company' })
  })

  test('makes one invoice when its answer was lost: it is found by its number and our id, and its key answers again', async () => {
    const { quickBooks, provider, holder, push, invoice } = await invoicing()
    await push(invoice())
    const lost = invoice()
    quickBooks.state.lose = 'Invoice'
    await expect(push(lost)).rejects.toThrow('fetch failed')
    const found = await provider.find(holder, 'receivable', { reference: lost.id, called: ['RE-1'] })
    expect((await push(lost)).id).toBe(found!.id)
    expect(quickBooks.rows.Invoice!.map(({ PrivateNote }) => PrivateNote.includes(lost.id))).toEqual([false, true])
  })

  test('tells a version that moved on from books that are closed, though the number is the same', async () => {
    const { quickBooks, provider, holder, push, invoice } = await invoicing()
    const one = invoice()
    const { id, version } = await push(one)
    const [row] = quickBooks.rows.Invoice!
    row!.SyncToken = '7'
    const again = (known: string) =>
      provider.push(holder, one, { reference: one.id, idempotency: `${one.id}:${known}` }, { id, version: known })
    await expect(again(version!)).rejects.toMatchObject({ name: 'Error', message: expect.stringContaining('Stale') })
    expect((await again('7')).version).toBe('8')
    quickBooks.state.closed_until = '2026-12-31'
    await expect(again('8')).rejects.toMatchObject({ code: 'period_locked', message: expect.stringContaining('2026-12-31') })
    await expect(push(invoice())).rejects.toMatchObject({ code: 'period_locked' })
  })

  test('keeps our tax where its own would be another, and puts what a bill is rounded by on a line', async () => {
    const { quickBooks, provider, holder, push, invoice } = await invoicing()
    const lines = [2506, 2561, 2563].map((net, i) => ({ ...line, net, tax: [477, 487, 486][i]! }))
    await push(invoice({ lines, total: 9080 }))
    expect(quickBooks.rows.Invoice![0]).toMatchObject({
      TotalAmt: 90.8,
      TxnTaxDetail: {
        TotalTax: 14.5,
        TaxLine: [{ Amount: 14.5, TaxLineDetail: { TaxRateRef: { value: '1' }, TaxPercent: 19 } }],
      },
    })
    const vendor = customer({ type: 'vendor', name: 'Paper & Söhne' })
    const there = await push(vendor)
    const cost = { ...line, account: '7', tax_rate: '10:purchase' }
    await push(invoice({ type: 'bill', party: { ...vendor, ledger_id: there.id }, lines: [cost], total: 11901 }))
    expect(quickBooks.rows.Bill![0]!.Line.map(({ Amount }: { Amount: number }) => Amount)).toEqual([100, 0.01])
    const pulled = await provider.pull(holder)
    expect(pulled.tax_rates.map(({ id, rate }) => [id, rate])).toEqual([
      ['10:sale', 1900],
      ['10:purchase', 1900],
      ['11:sale', 0],
    ])
    expect(pulled.invoices).toMatchObject([{ number: 'RE-1', status: 'open', net: 76.3, tax: 14.5, total: 90.8, due: 90.8 }])
    expect(pulled.accounts.find(({ id }) => id === '8')).toMatchObject({ status: 'Archived' })
  })

  test('in the US one code bears the tax of a sale, and what is bought bears it in its cost', async () => {
    const { quickBooks, push, invoice } = await invoicing({ country: 'US' })
    await push(invoice())
    expect(quickBooks.rows.Invoice![0]).toMatchObject({
      TxnTaxDetail: { TxnTaxCodeRef: { value: '10' }, TotalTax: 19 },
      Line: [{ SalesItemLineDetail: { TaxCodeRef: { value: 'TAX' } } }],
    })
    expect(quickBooks.rows.Invoice![0]!.GlobalTaxCalculation).toBeUndefined()
    const two = [line, { ...line, tax_rate: '12:sale' }]
    await expect(push(invoice({ lines: two, total: 23800 }))).rejects.toMatchObject({ code: 'tax_rates_mixed' })
    const vendor = customer({ type: 'vendor' })
    const bill = { type: 'bill' as const, lines: [{ ...line, account: '7', tax_rate: null }] }
    await push(invoice({ ...bill, party: { ...vendor, ledger_id: (await push(vendor)).id } }))
    expect(quickBooks.rows.Bill![0]).toMatchObject({ TotalAmt: 119, Line: [{ Amount: 119 }] })
  })

  test('a line goes to the account that we name: by its product where that has it, else by an item for the account', async () => {
    const { quickBooks, provider, holder, push, invoice } = await invoicing()
    const product = { type: 'product', id: crypto.randomUUID(), name: 'Work', description: null, account: '79' } as const
    const item = await provider.push(holder, product, { reference: product.id, idempotency: product.id }, null)
    const lines = [
      { ...line, product: item.id },
      { ...line, product: item.id, account: '80' },
    ]
    await push(invoice({ lines, total: 23800 }))
    await push(invoice({ lines: [{ ...line, account: '80' }] }))
    const items = quickBooks.rows.Item!
    expect(items.map(({ Name, IncomeAccountRef }) => [Name, IncomeAccountRef.value])).toEqual([
      ['Work', '79'],
      ['Sales (account 80)', '80'],
    ])
    const used = quickBooks.rows.Invoice!.flatMap(({ Line }) =>
      Line.map(
        (one: typeof line & { SalesItemLineDetail: { ItemRef: { value: string } } }) => one.SalesItemLineDetail.ItemRef.value,
      ),
    )
    expect(used).toEqual([item.id, items[1]!.Id, items[1]!.Id])
  })

  test('two of one name are two there, and who was there before us is not taken for one of ours', async () => {
    const { quickBooks, provider, holder, push } = await invoicing()
    const twin = customer()
    expect(await provider.match!(holder, twin)).toBeNull()
    await push(twin)
    expect(quickBooks.rows.Customer!.map(({ DisplayName }) => DisplayName)).toEqual(['Acme', twin.other_name])
    expect(await provider.find(holder, 'customer', { reference: twin.id, called: ['Acme', twin.other_name] })).not.toBeNull()
    const vendor = customer({ type: 'vendor' })
    await push(vendor)
    expect(quickBooks.rows.Vendor!.map(({ DisplayName }) => DisplayName)).toEqual([vendor.other_name])
    const old = { Id: '9', DisplayName: "O'Neill \\ Co", Active: true, SyncToken: '0' }
    quickBooks.rows.Customer!.push(old)
    expect(await provider.match!(holder, customer({ name: old.DisplayName }))).toMatchObject({ id: '9' })
  })

  test('says which number is taken, who is inactive, and what has no place there', async () => {
    const { quickBooks, provider, holder, push, invoice, party } = await invoicing()
    quickBooks.state.unique_numbers = true
    await push(invoice())
    await expect(push(invoice())).rejects.toMatchObject({ code: 'duplicate_number', message: expect.stringContaining('RE-1') })
    await expect(push(invoice({ withheld: 1 }))).rejects.toMatchObject({ code: 'withholding' })
    quickBooks.rows.Customer![0]!.Active = false
    await expect(push(invoice({ number: 'RE-2' }))).rejects.toMatchObject({ code: 'inactive' })
    const known = { reference: party.id, id: quickBooks.rows.Customer![0]!.Id }
    await expect(provider.find(holder, 'customer', known)).rejects.toMatchObject({ code: 'inactive' })
  })

  test('what was deleted or voided there by hand is gone, and comes anew under another key', async () => {
    const { quickBooks, provider, holder, push, invoice } = await invoicing()
    const one = invoice()
    const first = await push(one)
    const find = () => provider.find(holder, 'receivable', { reference: one.id, id: first.id })
    expect(await find()).toMatchObject({ id: first.id })
    Object.assign(quickBooks.rows.Invoice![0]!, { TotalAmt: 0, PrivateNote: `Voided - ${one.id}` })
    expect(await find()).toBeNull()
    quickBooks.rows.Invoice![0]!.status = 'Deleted'
    expect(await find()).toBeNull()
    expect((await push(one, 2)).id).not.toBe(first.id)
  })
})

describe('QuickBooks for an entity', () => {
  const open = async (w: World) => {
    const fake = await fakeQuickBooks()
    return { fake, consent, provider: quickBooksLedger({ ...fake.settings, now: () => w.clock.now() }) }
  }
  keepsItsTokens(open)

  test('takes an invoice with its customer, product and payment, also one beyond what is owed', async () => {
    const { w, fake, made, work } = await startWith(open)
    const { id, document_id } = await issued(w.berlin, made)
    const pay = async (amount: number) =>
      good(await w.berlin.post('/payment_records', { amount, currency: 'EUR', object: { type: 'receivable', id } }))
    await pay(100)
    await work()
    expect(await recordOf(w, w.berlin, 'receivable', id)).toMatchObject({
      sync_status: 'done',
      platform: 'quickbooks_online',
      errors: null,
    })
    expect(fake.rows.Invoice).toMatchObject([
      { DocNumber: document_id, TotalAmt: 1487.5, Line: [{ Amount: 1250 }], TxnTaxDetail: { TotalTax: 237.5 }, Balance: 1486.5 },
    ])
    expect(fake.rows.Payment).toMatchObject([
      { TotalAmt: 1, DepositToAccountRef: { value: '35' }, Line: [{ Amount: 1, LinkedTxn: [{ TxnType: 'Invoice' }] }] },
    ])
    expect(fake.rows.Customer).toHaveLength(1)
    await pay(150_000)
    await work()
    expect(fake.rows.Payment![1]).toMatchObject({ TotalAmt: 1500, Line: [{ Amount: 1486.5 }] })
    expect(fake.rows.Invoice![0]!.Balance).toBe(0)
  })

  test('tells its invoices and bills, in whole units and with our ids of its accounts', async () => {
    const { w, fake, made, work, sync } = await startWith(open)
    await issued(w.berlin, made)
    await work()
    const bill = {
      AccountBasedExpenseLineDetail: { AccountRef: { value: '7' }, TaxCodeRef: { value: '10' } },
      Description: 'Paper',
    }
    fake.rows.Bill!.push({
      Id: '500',
      DocNumber: 'B-1',
      TxnDate: '2026-01-05',
      DueDate: '2026-02-05',
      CurrencyRef: { value: 'EUR' },
      TotalAmt: 119,
      Balance: 19,
      TxnTaxDetail: { TotalTax: 19 },
      VendorRef: { value: '9', name: 'Paper AG' },
      Line: [bill],
    })
    await sync()
    const accounts = good(await w.berlin.get('/ledger_accounts')).data
    const costs = accounts.find(
      ({ nominal_code, name }: { nominal_code: string | null; name: string }) => nominal_code === null && name === 'Costs',
    )
    const payables = good(await w.berlin.get('/accounting/payables')).data
    expect(payables).toMatchObject([
      {
        id: '500',
        invoice_number: 'B-1',
        status: 'partially_paid',
        currency: 'EUR',
        total_amount: 119,
        tax_amount: 19,
        subtotal: 100,
        amount_due: 19,
        due_date: '2026-02-05',
        vendor_ref: { id: '9', name: 'Paper AG' },
        lines: [{ description: 'Paper', ledger_account_id: costs.id, tax_rate_ref: { id: '10:purchase' } }],
      },
    ])
    expect(good(await w.berlin.get('/accounting/payables/500'))).toEqual(payables[0])
    const [invoice] = good(await w.berlin.get('/accounting/receivables')).data
    expect(invoice).toMatchObject({ currency: 'EUR', lines: [{ description: expect.stringContaining('Consulting') }] })
    expect((await w.berlin.get('/accounting/payables/501')).status).toBe(404)
    expect((await w.paris.get('/accounting/payables/500')).status).not.toBe(200)
  })

  test('takes a bill and takes it back when it is opened again', async () => {
    const { w, fake, work } = await startWith(open)
    const organization = { legal_name: 'Papier & Söhne', is_vendor: true, is_customer: false }
    const address = { country: 'DE', city: 'Berlin', postal_code: '10119', line1: 'Torstr. 2' }
    const vendor = good(
      await w.berlin.post('/counterparts', { type: 'organization', organization: { ...organization, address } }),
    )
    const { id } = await completeBill(w.berlin, { counterpart_id: vendor.id })
    good(await w.berlin.post(`/payables/${id}/approve_payment_operation`))
    await work()
    const record = await recordOf(w, w.berlin, 'bill', id)
    expect(record.errors ?? fake.living('Bill')).toMatchObject([{ TotalAmt: 71.36, VendorRef: { value: expect.any(String) } }])
    good(await w.berlin.post(`/payables/${id}/reopen`))
    await work()
    expect(fake.living('Bill')).toEqual([])
  })

  test('is chosen on the page of the connection, agreed to on its own, and led back from there', async () => {
    const w = await world()
    const fake = await fakeQuickBooks()
    const provider = quickBooksLedger({ ...fake.settings, now: () => w.clock.now() })
    const { app, close } = await ownApp({}, undefined, () => ({ all: [provider], named: () => provider }))
    onTestFinished(close)
    const partner = partnerOf(w, w.berlin)
    const opened = good(await partner.post('/accounting_connections'))
    const path = new URL(opened.connection_url).pathname
    const page = await app.inject({ method: 'GET', url: path })
    expect(page.body).toContain('QuickBooks Online')
    const sent = await app.inject({
      method: 'POST',
      url: path,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'ledger=quickbooks&all=yes',
    })
    expect(sent.statusCode).toBe(303)
    const asked = new URL(String(sent.headers.location)).searchParams
    expect(asked.get('scope')).toBe('com.intuit.quickbooks.accounting')
    const back = (query: string) => app.inject({ method: 'GET', url: `/accounting/callback?${query}` })
    const state = encodeURIComponent(asked.get('state')!)
    expect((await back(`state=${state}&error=access_denied`)).statusCode).toBe(400)
    expect((await back(`state=nobody.quickbooks.all&code=good&realmId=4620816365`)).statusCode).toBe(404)
    fake.state.refusing = { status: 503, body: {} }
    const down = await back(`state=${state}&code=good&realmId=4620816365`)
    expect([down.statusCode, down.body]).toEqual([424, expect.stringContaining('QuickBooks Online does not answer')])
    fake.state.refusing = null
    const done = await back(`state=${state}&code=good&realmId=4620816365`)
    expect([done.statusCode, done.body]).toEqual([200, expect.stringContaining('QuickBooks Online is kept in step')])
    expect(good(await partner.get(`/accounting_connections/${opened.id}`))).toMatchObject({
      status: 'connected',
      platform: 'quickbooks_online',
      business_info: { name: 'Spreewerk' },
    })
  })
})
