import { describe, expect, test } from 'vitest'
import { balances, connected, entriesOf, push, recordOf, recordsOf } from '../../../test/support/accounting.ts'
import { completeBill, readBill } from '../../../test/support/billing.ts'
import { camtFile } from '../../../test/support/camt.ts'
import { brokenPromises, draft, good, issued, read, ready, withoutRules } from '../../../test/support/invoicing.ts'
import { link, pay as payBy } from '../../../test/support/paying.ts'
import { type Body, type Client, type World, world } from '../../../test/support/world.ts'

/** The built-in books, over HTTP: documents on one side, entries on the other. */

async function start(answers: Record<string, string> = {}) {
  const w = await world()
  const { berlin } = w
  await connected(w, berlin, answers)
  return { w, berlin, made: await ready(berlin) }
}
const pay = async (who: Client, type: 'receivable' | 'payable', id: string, amount: number, more: object = {}) =>
  good(await who.post('/payment_records', { amount, currency: 'EUR', object: { type, id }, ...more }))
const sum = (values: Record<string, number>) => Object.values(values).reduce((all, one) => all + one, 0)
/** What customers owe by the books. */
const owed = async (w: World, who: Client) => (await balances(w, who))['1400'] ?? 0

describe('an invoice', () => {
  test('is booked when it is issued: gross to the customer, net to revenue of its rate, tax to its account', async () => {
    const { w, berlin, made } = await start()
    const { id } = await draft(berlin, made)
    await w.work()
    expect(await recordsOf(w, berlin, 'receivable')).toEqual([])
    good(await berlin.post(`/receivables/${id}/issue`))
    await w.work()
    expect(await entriesOf(w, id)).toEqual([['invoice', ['1400', 148750], ['8400', -125000], ['1776', -23750]]])
    const record = await recordOf(w, berlin, 'receivable', id)
    expect(record).toMatchObject({ sync_status: 'done', errors: null, platform: null, provider: null, object_id: id })
    expect(record.platform_object_id).not.toBeNull()
    expect(await recordsOf(w, berlin, 'customer', made.customer.id)).toMatchObject([
      { sync_status: 'done', platform_object_id: '10000' },
    ])
    expect(await recordsOf(w, berlin, 'product', made.product.id)).toMatchObject([{ sync_status: 'done' }])
  })

  test('is in the list of what is in step with its customer and its product, a page at a time', async () => {
    const { w, berlin, made } = await start()
    await issued(berlin, made)
    await w.work()
    const partner = w.partnerIn(berlin.entityId!)
    const connection = good(await partner.get('/accounting_connections')).data[0]
    const path = `/internal/accounting_connections/${connection.id}/sync_status`
    const whole = good(await partner.get(path)).data
    expect(whole.length).toBeGreaterThan(2)
    const first = good(await partner.get(`${path}?limit=2`))
    const second = good(await partner.get(`${path}?limit=2&pagination_token=${first.next_pagination_token}`))
    expect([...first.data, ...second.data]).toEqual(whole.slice(0, 4))
    expect(second.prev_pagination_token).not.toBeNull()
  })

  test('that is credited after it was paid owes the money to its customer, until it was sent back', async () => {
    const { w, berlin, made } = await start()
    good(await w.partner.patch(`/entities/${berlin.entityId}/settings`, { credit_paid_invoices: true }))
    const { id } = await issued(berlin, made)
    await pay(berlin, 'receivable', id, 148750)
    const note = good(await berlin.post('/receivables', { type: 'credit_note', based_on: id }))
    const line_items = { [made.product.id]: { quantity: 2 } }
    good(await berlin.patch(`/receivables/${note.id}`, { credit_note: { line_items } }))
    good(await berlin.post(`/receivables/${note.id}/issue`))
    await w.work()
    expect(await balances(w, berlin)).toEqual({ 1200: 148750, 1700: -59500, 1776: -14250, 8400: -75000 })
    const { data } = good(await berlin.get(`/payment_records?object_id=${id}&status=created`))
    good(await berlin.post(`/payment_records/${data[0].id}/mark_as_succeeded`, { paid_at: w.clock.now().toISOString() }))
    await w.work()
    expect(await balances(w, berlin)).toEqual({ 1200: 89250, 1776: -14250, 8400: -75000 })
    expect(await brokenPromises(w)).toEqual([])
  })

  test('that is paid less what banks kept is settled by the whole, and the rest is a cost', async () => {
    const { w, berlin, made } = await start()
    const [one, two] = [await issued(berlin, made), await issued(berlin, made)]
    const file = camtFile([{ amount: '1473.50', text: one.document_id, fee: '14.00' }], { iban: made.account.iban })
    good(await berlin.upload('POST', '/x/bank_statements', { bytes: Buffer.from(file), name: 's.xml' }))
    const [short] = good(await berlin.get('/x/bank_transactions')).data
    good(await berlin.post(`/x/bank_transactions/${short.id}/accept`, {}))
    await pay(berlin, 'receivable', two.id, 148750)
    await w.work()
    const bank = 147350 + 148750
    expect(await balances(w, berlin)).toMatchObject({ 1200: bank, 4970: 1400 })
    expect(await owed(w, berlin)).toBe(0)
    expect(await brokenPromises(w)).toEqual([])
  })

  test('that is paid in parts, and by too much, leaves nothing open and a liability', async () => {
    const { w, berlin, made } = await start()
    const { id } = await issued(berlin, made)
    await pay(berlin, 'receivable', id, 48750)
    await pay(berlin, 'receivable', id, 100100)
    await w.work()
    expect(await balances(w, berlin)).toEqual({ 1200: 148850, 1700: -100, 1776: -23750, 8400: -125000 })
    expect(await recordsOf(w, berlin, 'payment_record')).toMatchObject([{ sync_status: 'done' }, { sync_status: 'done' }])
    await pay(berlin, 'receivable', id, -100)
    await w.work()
    expect(await balances(w, berlin)).toEqual({ 1200: 148750, 1776: -23750, 8400: -125000 })
    await pay(berlin, 'receivable', id, -50000)
    await w.work()
    expect(await owed(w, berlin)).toBe(50000)
    expect(await brokenPromises(w)).toEqual([])
  })

  test('of which a provider kept a fee is paid in full, and the fee is a cost', async () => {
    const { w, berlin, made } = await start()
    const keys = { secret_key: 'sk_test_1', publishable_key: 'pk_test_1', webhook_secret: 'whsec_test' }
    const platform = { account: 'acct_books', platform_fee: { bps: 250, fixed: 25 } }
    const connection = good(await w.partner.put('/x/payment_providers/stripe', { ...keys, ...platform }))
    good(await w.partner.put(`/entities/${berlin.entityId}/payment_methods`, { payment_methods_receive: ['card'] }))
    const { id } = await issued(berlin, made)
    const paid = await link(berlin, id, { payment_methods: ['card'] })
    good(await payBy(w.nobody, paid))
    const intent = [...w.stripe.intents.values()].find(({ metadata }) => metadata.payment_intent_id === paid.payment_intent_id)!
    w.stripe.payer.pays(intent.id, 'pm_card_visa')
    const { payload, headers } = w.stripe.event('payment_intent.succeeded', intent, { account: 'acct_books' })
    const told = await w.nobody.with(headers).post(new URL(connection.events_url).pathname, payload)
    expect(told.status).toBe(200)
    await w.work()
    expect(await balances(w, berlin)).toEqual({ 1200: 148750 - 3744, 1776: -23750, 4970: 3744, 8400: -125000 })
    expect(await brokenPromises(w)).toEqual([])
  })

  test('that is credited, written off, or canceled owes what the books say', async () => {
    const { w, berlin, made } = await start()
    const credited = await issued(berlin, made)
    good(await berlin.post(`/receivables/${credited.id}/cancel`))
    const lost = await issued(berlin, made)
    await pay(berlin, 'receivable', lost.id, 29750)
    good(await berlin.post(`/receivables/${lost.id}/mark_as_uncollectible`, {}))
    await w.work()
    // The credit note takes revenue and tax back; the loss is net, for nobody owes its tax.
    expect(await balances(w, berlin)).toEqual({ 1200: 29750, 1776: -4750, 2400: 100000, 8400: -125000 })
    expect(await owed(w, berlin)).toBe(0)
    expect(await brokenPromises(w)).toEqual([])
  })

  test('paid early with its discount concedes net and tax', async () => {
    const { w, berlin, made } = await start()
    const terms = { term_1: { number_of_days: 7, discount: 200 }, term_final: { number_of_days: 14 } }
    const { id } = await issued(berlin, made, { payment_terms_id: undefined, payment_terms: terms })
    good(await berlin.post(`/receivables/${id}/mark_as_paid`, {}))
    await w.work()
    expect(await balances(w, berlin)).toEqual({ 1200: 145775, 1776: -23275, 8400: -125000, 8730: 2500 })
  })

  test('with withholding tax and deductions books what is not owed where it belongs', async () => {
    const { w, berlin, made } = await start()
    const deductions = [{ amount: 1000, name: 'Bonus' }]
    const { id, total_amount, total_withholding_tax } = await issued(berlin, made, { withholding_tax_rate: 1000, deductions })
    await w.work()
    expect(total_withholding_tax).toBe(12500)
    expect(await balances(w, berlin)).toEqual({
      1400: total_amount,
      1549: 12500,
      1776: -23750,
      8400: -125000,
      8700: 1000,
    })
    expect(await entriesOf(w, id)).toHaveLength(1)
  })

  test('with several rates and a discount on the whole books each net amount with its own tax', async () => {
    const { w, berlin, made } = await start()
    const line_items = [
      { product_id: made.product.id, quantity: 1, vat_rate_id: made.rate.id },
      { product_id: made.product.id, quantity: 3, vat_rate_id: made.reduced.id },
    ]
    const invoice = await issued(berlin, made, { line_items, discount: { type: 'percentage', amount: 1000 } })
    await w.work()
    expect(await balances(w, berlin)).toEqual({
      1400: invoice.total_amount,
      1771: -4725,
      1776: -4275,
      8300: -67500,
      8400: -22500,
    })
  })

  test('of before is not booked, unless the user asks for all of it', async () => {
    const w = await world()
    const made = await ready(w.berlin)
    const old = await issued(w.berlin, made)
    await connected(w, w.berlin)
    await pay(w.berlin, 'receivable', old.id, 100)
    await w.work()
    expect(await recordsOf(w, w.berlin, 'receivable')).toEqual([])
    expect(await balances(w, w.berlin)).toEqual({})
    const other = await w.newUser(await w.newEntity())
    const before = await issued(other, await ready(other))
    await pay(other, 'receivable', before.id, 100)
    await connected(w, other, { all: 'yes' })
    await w.work()
    expect(await recordOf(w, other, 'receivable', before.id)).toMatchObject({ sync_status: 'done' })
    expect(await balances(w, other)).toEqual({ 1200: 100, 1400: 148650, 1776: -23750, 8400: -125000 })
  })

  test('whose tax rate the ledger lacks is an error until there is one; then it is pushed, and the books balance', async () => {
    const { w, berlin, made } = await start()
    await withoutRules(berlin)
    const line_items = [{ product_id: made.product.id, quantity: 1, tax_rate_value: 550, tax_rate_name: 'Special' }]
    const { id } = await issued(berlin, made, { line_items })
    await pay(berlin, 'receivable', id, 100)
    await w.work()
    const record = await recordOf(w, berlin, 'receivable', id)
    expect(record).toMatchObject({
      sync_status: 'error',
      platform_object_id: null,
      errors: { code: 'tax_rate_missing', message: expect.stringContaining('Tax rate does not exist'), details: [] },
    })
    // The payment waits for its invoice.
    expect(await recordsOf(w, berlin, 'payment_record')).toMatchObject([{ sync_status: 'pending' }])
    expect(await balances(w, berlin)).toEqual({})
    const partner = w.partnerIn(berlin.entityId!)
    good(await partner.post('/x/ledger/tax_rates', { name: 'Special 5.5 %', rate: 550, direction: 'sale', tax_account: '1770' }))
    await w.work()
    await push(w, berlin, record)
    expect(await recordOf(w, berlin, 'receivable', id)).toMatchObject({ sync_status: 'done', errors: null })
    expect(await balances(w, berlin)).toEqual({ 1200: 100, 1400: 26275, 1770: -1375, 8200: -25000 })
  })

  test.each([
    ['goods for France', 'FR', 'product', '8125'],
    ['a service for France', 'FR', 'service', '8336'],
    ['goods for the United States', 'US', 'product', '8120'],
    ['an exempt sale at home', 'DE', 'product', '8100'],
  ] as const)('without tax is booked by why there is none: %s', async (_what, country, type, account) => {
    const { w, berlin, made } = await start()
    await withoutRules(berlin)
    const buyer = good(
      await berlin.post('/counterparts', {
        type: 'organization',
        tax_id: '1',
        organization: {
          legal_name: 'Abroad',
          is_vendor: false,
          is_customer: true,
          address: { country, city: 'X', postal_code: '1', line1: 'Y 1', ...(country === 'US' && { state: 'NY' }) },
        },
      }),
    )
    const product = good(await berlin.post('/products', { name: 'Z', type, price: { currency: 'EUR', value: 1000 } }))
    await issued(berlin, made, {
      counterpart_id: buyer.id,
      counterpart_billing_address_id: buyer.default_billing_address_id,
      line_items: [{ product_id: product.id, quantity: 1, tax_rate_value: 0, tax_rate_name: 'None' }],
    })
    await w.work()
    expect(await balances(w, berlin)).toEqual({ 1400: 1000, [account]: -1000 })
  })

  test('that is edited is booked anew, and what was booked stays with its opposite', async () => {
    const { w, berlin, made } = await start()
    await withoutRules(berlin)
    const { id } = await issued(berlin, made)
    await w.work()
    const line_items = [{ product_id: made.product.id, quantity: 1, vat_rate_id: made.rate.id }]
    good(await berlin.put(`/receivables/${id}/line_items`, { data: line_items }))
    await w.work()
    expect((await entriesOf(w, id)).map(([kind]) => kind)).toEqual(['invoice', 'reversal', 'invoice'])
    expect(await balances(w, berlin)).toEqual({ 1400: 29750, 1776: -4750, 8400: -25000 })
    // Nothing changed: nothing is booked.
    await push(w, berlin, await recordOf(w, berlin, 'receivable', id))
    expect(await entriesOf(w, id)).toHaveLength(3)
  })
})

describe('a bill', () => {
  const agreed = async (who: Client, changes: object = {}) => {
    const { id } = await completeBill(who, changes)
    good(await who.post(`/payables/${id}/approve_payment_operation`))
    return readBill(who, id)
  }
  const vendor = async (who: Client) =>
    good(
      await who.post('/counterparts', {
        type: 'organization',
        organization: {
          legal_name: 'Papierhaus Nord GmbH',
          is_vendor: true,
          is_customer: false,
          address: { country: 'DE', city: 'Kiel', postal_code: '24103', line1: 'Hafen 1' },
        },
      }),
    )

  test('is booked when it is agreed to, paid, and taken back when it is opened again', async () => {
    const { w, berlin } = await start()
    const { id: counterpart_id } = await vendor(berlin)
    const bill = await agreed(berlin, { counterpart_id })
    await w.work()
    expect(await entriesOf(w, bill.id)).toEqual([['bill', ['1600', -7136], ['4980', 5997], ['1576', 1139]]])
    good(await berlin.post(`/payables/${bill.id}/reopen`))
    await w.work()
    expect(await balances(w, berlin)).toEqual({})
    good(await berlin.post(`/payables/${bill.id}/approve_payment_operation`))
    good(await berlin.post(`/payables/${bill.id}/mark_as_paid`))
    await w.work()
    expect(await balances(w, berlin)).toEqual({ 1200: -7136, 1576: 1139, 4980: 5997 })
    expect(await recordOf(w, berlin, 'bill', bill.id)).toMatchObject({ sync_status: 'done' })
    expect(await brokenPromises(w)).toEqual([])
  })

  test('goes to the account that its lines name, and without a vendor nowhere', async () => {
    const { w, berlin } = await start()
    const { id: counterpart_id } = await vendor(berlin)
    const accounts = good(await berlin.get('/ledger_accounts')).data
    const office = accounts.find(({ nominal_code }: Body) => nominal_code === '4930')
    const { id } = await completeBill(berlin, { counterpart_id })
    const [line] = good(await berlin.get(`/payables/${id}/line_items`)).data
    good(await berlin.patch(`/payables/${id}/line_items/${line.id}`, { ledger_account_id: office.id }))
    good(await berlin.post(`/payables/${id}/approve_payment_operation`))
    const nobody = await agreed(berlin, { document_id: 'R-4712' })
    await w.work()
    expect(await balances(w, berlin)).toEqual({ 1576: 1139, 1600: -7136, 4930: 5997 })
    expect(await recordOf(w, berlin, 'bill', nobody.id)).toMatchObject({
      sync_status: 'error',
      errors: { code: 'vendor_missing' },
    })
  })

  test('is lowered by its vendor’s credit note', async () => {
    const { w, berlin } = await start()
    const { id: counterpart_id } = await vendor(berlin)
    const bill = await agreed(berlin, { counterpart_id, issued_at: '2026-01-10', due_date: '2026-02-10' })
    const note = good(
      await berlin.post('/payable_credit_notes', {
        document_id: 'C-1',
        issued_at: '2026-01-11',
        currency: 'EUR',
        based_on: bill.id,
        counterpart_id,
        subtotal: 1000,
        tax_amount: 190,
        total_amount: 1190,
        tax: 1900,
      }),
    )
    good(await berlin.post(`/payable_credit_notes/${note.id}/approve`))
    await w.work()
    expect(await balances(w, berlin)).toEqual({ 1576: 949, 1600: -5946, 4980: 4997 })
    expect(await brokenPromises(w)).toEqual([])
  })
})

describe('another currency', () => {
  test('is booked at the rate of its day, and what the rate changes until the payment is a gain or a loss', async () => {
    const { w, berlin, made } = await start()
    await withoutRules(berlin)
    const rate = (value: number) =>
      berlin.patch(`/entities/${berlin.entityId}/settings`, {
        currency: { default: 'EUR', exchange_rates: [{ base: 'USD', to: 'EUR', rate: value }] },
      })
    good(await rate(0.9))
    const product = good(await berlin.post('/products', { name: 'Export', price: { currency: 'USD', value: 10000 } }))
    const line_items = [{ product_id: product.id, quantity: 1, tax_rate_value: 0, tax_rate_name: 'None' }]
    const invoice = async () => issued(berlin, made, { currency: 'USD', line_items })
    const whole = await invoice()
    const halves = await invoice()
    await w.work()
    expect(await owed(w, berlin)).toBe(18000)
    good(await rate(0.92))
    const paid = { currency: 'USD' }
    await pay(berlin, 'receivable', whole.id, 10000, paid)
    await w.work()
    expect((await entriesOf(w, whole.id)).at(-1)).toEqual(['payment', ['1200', 9200], ['1400', -9000], ['2660', -200]])
    await pay(berlin, 'receivable', halves.id, 5000, paid)
    await w.work()
    expect(await owed(w, berlin)).toBe(4500)
    good(await rate(0.873))
    await pay(berlin, 'receivable', halves.id, 5000, paid)
    await w.work()
    expect((await entriesOf(w, halves.id)).at(-1)).toEqual(['payment', ['1200', 4365], ['1400', -4500], ['2150', 135]])
    const all = await balances(w, berlin)
    expect(all['1400']).toBeUndefined()
    expect(sum(all)).toBe(0)
    const euros = good(await berlin.post('/products', { name: 'Yen', price: { currency: 'JPY', value: 100 } }))
    const unknown = await issued(berlin, made, {
      currency: 'JPY',
      line_items: [{ product_id: euros.id, quantity: 1, tax_rate_value: 0, tax_rate_name: 'None' }],
    })
    await w.work()
    expect(await recordOf(w, berlin, 'receivable', unknown.id)).toMatchObject({
      sync_status: 'error',
      errors: { code: 'no_exchange_rate' },
    })
    expect(await read(berlin, unknown.id)).toMatchObject({ status: 'issued' })
  })
})
