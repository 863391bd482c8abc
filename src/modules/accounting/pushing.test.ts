import { describe, expect, test } from 'vitest'
import { connectedTo, recordOf, recordsOf } from '../../../test/support/accounting.ts'
import { Deauthorized, fakeLedger, LedgerRefusal, TooMany } from '../../../test/support/fake-ledger.ts'
import { draft, good, issued, ready, withoutRules } from '../../../test/support/invoicing.ts'
import { type Body, type Client, type World, world } from '../../../test/support/world.ts'
import { workOnce } from '../../platform/jobs/jobs.ts'
import { StaleVersion } from '../../ports/accounting.ts'

/** Pushing to somebody else's ledger, which answers late, not at all, or no. */

async function start() {
  const w = await world()
  const fake = fakeLedger()
  const made = await ready(w.berlin)
  const link = await connectedTo(w, w.berlin, fake)
  return { w, berlin: w.berlin, fake, made, ...link }
}
const tries = async (w: World, id: string) => {
  const [row] = await w.sql<{ tries: number; retry_at: string | null }>(
    `select tries, retry_at from accounting_synced_records where object_id = $1`,
    [id],
  )
  return row!
}
const customer = (who: Client, legal_name: string, also: object = {}) =>
  who.post('/counterparts', {
    type: 'organization',
    tax_id: `${Math.random()}`,
    organization: {
      legal_name,
      is_vendor: false,
      is_customer: true,
      address: { country: 'DE', city: 'Berlin', postal_code: '10119', line1: 'Torstraße 1' },
      ...also,
    },
  })
const to = ({ id, default_billing_address_id }: Body) => ({
  counterpart_id: id,
  counterpart_billing_address_id: default_billing_address_id,
})

describe('an invoice', () => {
  test('goes there once, with its customer and product, and with its payment after it', async () => {
    const { w, berlin, fake, made, work } = await start()
    const { id, document_id } = await issued(berlin, made)
    good(await berlin.post('/payment_records', { amount: 100, currency: 'EUR', object: { type: 'receivable', id } }))
    await work()
    expect(fake.calls.filter((call) => call.startsWith('push'))).toEqual([
      'push customer',
      'push product',
      'push receivable',
      'push payment_record',
    ])
    const [pushed] = fake.living('receivable')
    expect(pushed).toMatchObject({ reference: id })
    expect(fake.documentOf(pushed)).toMatchObject({ number: document_id, total: 148750, currency: 'EUR' })
    expect(fake.documentOf(pushed).lines).toMatchObject([
      { net: 125000, tax: 23750, account: 'sales', tax_rate: 's19', quantity: 5 },
    ])
    expect(await recordOf(w, berlin, 'receivable', id)).toMatchObject({
      sync_status: 'done',
      platform: 'xero',
      platform_object_id: pushed!.id,
    })
    expect(fake.living('payment_record')[0]!.content).toMatchObject({ amount: 100, account: 'bank' })
  })

  test('that was taken while the answer got lost is found by our id, not made again', async () => {
    const { w, berlin, fake, made, work } = await start()
    fake.fail('push', 'after')
    fake.fail('push', 'after')
    fake.fail('push', 'after')
    const { id } = await issued(berlin, made)
    for (let hour = 0; hour < 4; hour++) {
      await work()
      w.clock.advance(3_600_000)
    }
    for (const type of ['customer', 'product', 'receivable'] as const) expect([type, fake.living(type).length]).toEqual([type, 1])
    const [row] = await w.sql(`select sync_status, platform_object_id from accounting_synced_records where object_id = $1`, [id])
    expect(row).toMatchObject({ sync_status: 'done', platform_object_id: fake.living('receivable')[0]!.id })
  })

  test('whose worker was killed between the effect and our note is one there', async () => {
    const { w, berlin, fake, made, work } = await start()
    const { id } = await issued(berlin, made)
    await work()
    // As it stands when the process ends before it notes what came of the push.
    await w.sql(
      `update accounting_synced_records set sync_status = 'pending', platform_object_id = null, platform_version = null, pushed = null where entity_id = $1`,
      [berlin.entityId],
    )
    await w.sql(`insert into jobs (partner_id, entity_id, kind, payload) values ($1, $2, 'accounting.push', '{}')`, [
      w.partner_id,
      berlin.entityId,
    ])
    await work()
    for (const type of ['customer', 'product', 'receivable'] as const) expect([type, fake.living(type).length]).toEqual([type, 1])
    expect(await recordOf(w, berlin, 'receivable', id)).toMatchObject({ sync_status: 'done' })
  })

  test('that was deleted there by hand is another one when it is pushed again', async () => {
    const { w, berlin, fake, made, work, push } = await start()
    const { id } = await issued(berlin, made)
    await work()
    const [first] = fake.living('receivable')
    first!.deleted = true
    await push(await recordOf(w, berlin, 'receivable', id))
    const [second] = fake.living('receivable')
    expect(second!.id).not.toBe(first!.id)
    expect(await recordOf(w, berlin, 'receivable', id)).toMatchObject({ sync_status: 'done', platform_object_id: second!.id })
  })

  test('that was changed there meanwhile is read again and sent once more', async () => {
    const { w, berlin, fake, made, work } = await start()
    await withoutRules(berlin)
    const { id } = await issued(berlin, made)
    await work()
    const [kept] = fake.living('receivable')
    // A payment was booked on it there, between our reading and our writing.
    fake.fail('push', 'before', new StaleVersion('5010: stale object'))
    kept!.version = 7
    kept!.note = 'booked there'
    const line_items = [{ product_id: made.product.id, quantity: 1, vat_rate_id: made.rate.id }]
    good(await berlin.put(`/receivables/${id}/line_items`, { data: line_items }))
    await work()
    expect(await recordOf(w, berlin, 'receivable', id)).toMatchObject({ sync_status: 'done', errors: null })
    expect(kept).toMatchObject({ version: 8, note: 'booked there' })
    expect(fake.documentOf(kept).total).toBe(29750)
  })

  test('refused under the number of a stale object for another reason is not sent again by itself', async () => {
    const { w, berlin, fake, made, work } = await start()
    fake.state.locked_until = '2999-12-31'
    const { id } = await issued(berlin, made)
    await work()
    expect(fake.calls.filter((call) => call === 'push receivable')).toHaveLength(1)
    expect(await recordOf(w, berlin, 'receivable', id)).toMatchObject({
      sync_status: 'error',
      errors: { code: '5010', message: expect.stringContaining('closed up to 2999-12-31') },
    })
  })

  test('in a locked period holds no other up, and goes through with the next reading once it is open', async () => {
    const { w, berlin, fake, made, work, sync } = await start()
    await withoutRules(berlin)
    const old = await issued(berlin, made)
    good(await berlin.patch(`/receivables/${old.id}`, { issued_invoice: { issue_date: '2026-01-31T00:00:00Z' } }))
    fake.state.locked_until = '2026-01-31'
    const recent = await issued(berlin, made)
    await work()
    expect((await recordOf(w, berlin, 'receivable', recent.id)).sync_status).toBe('done')
    const stopped = await recordOf(w, berlin, 'receivable', old.id)
    expect([stopped.sync_status, stopped.errors.message]).toEqual(['error', 'The account period is closed up to 2026-01-31'])
    fake.state.locked_until = null
    await sync()
    expect((await recordOf(w, berlin, 'receivable', old.id)).sync_status).toBe('done')
    expect(fake.documentOf(fake.living('receivable').find(({ reference }) => reference === old.id)).day).toBe('2026-01-31')
  })

  test('is tried again with every reading, 24 times and no more', async () => {
    const { w, berlin, fake, made, work, sync } = await start()
    fake.state.locked_until = '2999-12-31'
    const { id } = await issued(berlin, made)
    await work()
    await w.sql(`update accounting_synced_records set tries = 23 where object_id = $1`, [id])
    const pushes = () => fake.calls.filter((call) => call === 'push receivable').length
    await sync()
    expect(pushes()).toBe(2)
    expect((await tries(w, id)).tries).toBe(24)
    await sync()
    expect(pushes()).toBe(2)
  })

  test('whose account was archived between pull and push is refused with account and line, and goes to another once one is chosen', async () => {
    const { w, berlin, fake, made, work, sync, push } = await start()
    const accounts = good(await berlin.get('/ledger_accounts')).data
    const of = (code: string) => accounts.find(({ nominal_code }: Body) => nominal_code === code).id
    const product = good(
      await berlin.post('/products', {
        name: 'Workshop',
        price: { currency: 'EUR', value: 100 },
        ledger_account_id: of('workshops'),
      }),
    )
    const line_items = [
      { product_id: made.product.id, quantity: 1, vat_rate_id: made.rate.id },
      { product_id: product.id, quantity: 1, vat_rate_id: made.rate.id },
    ]
    fake.state.accounts = fake.state.accounts.map((one) =>
      one.id === 'workshops' ? { ...one, status: 'Archived' as const } : one,
    )
    await sync()
    const { id } = await issued(berlin, made, { line_items })
    await work()
    const record = await recordOf(w, berlin, 'receivable', id)
    expect(record.errors).toMatchObject({
      code: 'account_archived',
      message: expect.stringContaining('Line 2: the account workshops'),
    })
    expect(fake.living('receivable')).toEqual([])
    fake.state.accounts = fake.state.accounts.map((one) => (one.id === 'workshops' ? { ...one, status: 'Active' as const } : one))
    await sync()
    await push(record)
    expect(fake.documentOf(fake.living('receivable')[0]).lines.map(({ account }) => account)).toEqual(['sales', 'workshops'])
  })

  test('takes the tax rate for sales of its category; where two fit, it is an error until one is named', async () => {
    const { w, berlin, fake, made, work, sync } = await start()
    const { id } = await issued(berlin, made)
    await work()
    expect(fake.documentOf(fake.living('receivable')[0]).lines[0]!.tax_rate).toBe('s19')
    fake.state.rates = fake.state.rates.concat({ ...fake.state.rates[0]!, id: 's19b', name: 'Other 19 %', code: 's19b' })
    await sync()
    const second = await issued(berlin, made)
    await work()
    const record = await recordOf(w, berlin, 'receivable', second.id)
    expect(record.errors).toMatchObject({ code: 'tax_rate_ambiguous', details: [expect.any(String), expect.any(String)] })
    const named = good(await berlin.get('/accounting_tax_rates')).data.find(({ code }: Body) => code === 's19b')
    const line_items = [{ product_id: made.product.id, quantity: 1, vat_rate_id: made.rate.id, accounting_tax_rate_id: named.id }]
    const third = await issued(berlin, made, { line_items })
    await work()
    expect((await recordOf(w, berlin, 'receivable', third.id)).sync_status).toBe('done')
    expect(third.line_items[0].product.accounting_tax_rate_id).toBe(named.id)
    expect(fake.documentOf(fake.living('receivable').at(-1)).lines[0]!.tax_rate).toBe('s19b')
    expect(id).toBeDefined()
  })

  test('keeps its whole number in the memo where the ledger keeps 21 signs, and no two become one', async () => {
    const { berlin, fake, made, work } = await start()
    await withoutRules(berlin)
    for (const end of ['001', '002']) {
      const { id } = await draft(berlin, made, { document_id: undefined })
      good(await berlin.patch(`/receivables/${id}`, { invoice: { document_id: `RE-2026-0000000000000${end}` } }))
      good(await berlin.post(`/receivables/${id}/issue`))
    }
    await work()
    const documents = fake.living('receivable').map((one) => fake.documentOf(one))
    expect(new Set(documents.map(({ number }) => number)).size).toBe(2)
    for (const { number, memo, whole_number } of documents) {
      expect(number.length).toBeLessThanOrEqual(21)
      expect(memo).toContain(whole_number)
    }
  })

  test('with long texts is cut between characters, and a free line goes with its account and rate', async () => {
    const { berlin, fake, made, work } = await start()
    const product = good(
      await berlin.post('/products', { name: 'x', description: `${'y'.repeat(1995)}😀`, price: { currency: 'EUR', value: 100 } }),
    )
    const line_items = [
      { product_id: product.id, quantity: 1, vat_rate_id: made.rate.id },
      { product_id: made.product.id, quantity: 1, vat_rate_id: made.rate.id, discount: { type: 'percentage', amount: 10000 } },
    ]
    await issued(berlin, made, { line_items })
    await work()
    const { lines } = fake.documentOf(fake.living('receivable')[0])
    expect(lines[0]!.text.endsWith('😀')).toBe(true)
    expect(lines[1]).toMatchObject({ net: 0, tax: 0, account: 'sales', tax_rate: 's19' })
  })

  test('tells the tax that the document says: 25.06, 25.61 and 25.63 at 15 % bear 11.45, not the 11.44 of its lines', async () => {
    const { berlin, fake, made, work, sync } = await start()
    await withoutRules(berlin)
    fake.state.rates = fake.state.rates.concat({ ...fake.state.rates[0]!, id: 's15', code: 's15', rate: 1500 })
    await sync()
    const product = async (value: number) =>
      good(await berlin.post('/products', { name: `P${value}`, price: { currency: 'EUR', value } })).id
    const line_items = []
    for (const value of [2506, 2561, 2563])
      line_items.push({ product_id: await product(value), quantity: 1, tax_rate_value: 1500, tax_rate_name: 'Special' })
    await issued(berlin, made, { line_items })
    await work()
    const { lines, total } = fake.documentOf(fake.living('receivable')[0])
    expect(total).toBe(8775)
    expect(lines.reduce((sum, { net }) => sum + net, 0)).toBe(7630)
    expect(lines.reduce((sum, { tax }) => sum + tax, 0)).toBe(1145)
  })

  test('tells line amounts, not prices to be multiplied again', async () => {
    const { berlin, fake, made, work } = await start()
    const line_items = [
      { product_id: made.product.id, quantity: 3.333, vat_rate_id: made.rate.id, discount: { type: 'percentage', amount: 1234 } },
    ]
    const { total_amount } = await issued(berlin, made, { line_items })
    await work()
    const { lines, total } = fake.documentOf(fake.living('receivable')[0])
    expect(total).toBe(total_amount)
    expect(lines[0]!.net + lines[0]!.tax).toBe(total_amount)
  })

  test('with deductions needs a tax for them, where the ledger asks for one', async () => {
    const { w, berlin, made, fake, work, push } = await start()
    const { id } = await issued(berlin, made, { deductions: [{ amount: 1000, name: 'Bonus' }] })
    await work()
    const record = await recordOf(w, berlin, 'receivable', id)
    expect(record.errors.code).toBe('deductions_tax_missing')
    const [tax] = good(await berlin.get('/accounting_tax_rates')).data
    good(await berlin.patch(`/entities/${berlin.entityId}/settings`, { accounting: { tax_ids: { deductions: tax.id } } }))
    await push(record)
    expect(fake.documentOf(fake.living('receivable')[0])).toMatchObject({ deducted: 1000, deductions_tax_rate: tax.code })
  })
})

describe('customers and vendors', () => {
  test('of one name are two there; one that was there before us is linked; a new name makes no new one', async () => {
    const { berlin, fake, made, work } = await start()
    const there = fake.has('customer', 'Acme GmbH')
    fake.has('vendor', 'Quellgrund')
    const first = good(await customer(berlin, 'Quellgrund'))
    const second = good(await customer(berlin, 'Quellgrund'))
    await issued(berlin, made)
    await issued(berlin, made, to(first))
    await issued(berlin, made, to(second))
    await work()
    const names = fake.living('customer').map(({ name }) => name)
    expect(names).toHaveLength(3)
    expect(new Set(names).size).toBe(3)
    expect(names.filter((name) => name === 'Quellgrund')).toEqual([])
    expect([first, second].map(({ id }) => `Quellgrund (${id.slice(0, 8)})`).sort()).toEqual(names.slice(1).sort())
    expect(fake.living('receivable').map((one) => fake.documentOf(one).party.ledger_id)).toContain(there.id)
    good(await berlin.patch(`/counterparts/${first.id}`, { organization: { legal_name: 'Quellgrund Nord' } }))
    await issued(berlin, made, to(first))
    await work()
    expect(fake.living('customer')).toHaveLength(3)
  })

  test('whose names have signs that the ledger refuses are written with blanks there, and unchanged here', async () => {
    const { berlin, fake, made, work } = await start()
    const legal_name = 'Moos: Beere & Söhne KG'
    const moos = good(await customer(berlin, legal_name))
    await issued(berlin, made, to(moos))
    await work()
    expect(fake.living('customer').map(({ name }) => name)).toEqual(['Moos Beere & Söhne KG'])
    expect(good(await berlin.get(`/counterparts/${moos.id}`)).organization.legal_name).toBe(legal_name)
  })

  test('that are inactive or merged there are named in the error, or followed; there is no new double', async () => {
    const { w, berlin, fake, made, work, push } = await start()
    await issued(berlin, made)
    await work()
    const [contact] = fake.living('customer')
    contact!.inactive = true
    const { id } = await issued(berlin, made)
    await work()
    const record = await recordOf(w, berlin, 'receivable', id)
    expect(record.errors).toMatchObject({ code: 'inactive', message: 'The contact Acme GmbH is inactive in the ledger' })
    contact!.merged_into = fake.has('customer', 'Acme Holding').id
    await push(await recordOf(w, berlin, 'customer', made.customer.id))
    await push(record)
    expect(await recordOf(w, berlin, 'receivable', id)).toMatchObject({ sync_status: 'done' })
    expect(fake.living('customer')).toHaveLength(2)
    expect(fake.documentOf(fake.living('receivable').at(-1)).party.ledger_id).toBe(contact!.merged_into)
  })
})

describe('a ledger that has had enough', () => {
  test('is left alone for as long as it says, which is none of the 24 tries', async () => {
    const { w, berlin, fake, made, work } = await start()
    fake.fail('push', 'before', new TooMany(38, 'minute'))
    const { id } = await issued(berlin, made)
    await work()
    expect((await tries(w, id)).tries).toBe(0)
    const before = fake.calls.length
    w.clock.advance(30_000)
    await work()
    expect(fake.calls.length).toBe(before)
    w.clock.advance(10_000)
    await work()
    expect((await recordOf(w, berlin, 'receivable', id)).sync_status).toBe('done')
  })

  test('for the day gets nothing more of the entity today; another entity goes on', async () => {
    const { w, berlin, fake, made, work } = await start()
    const elsewhere = fakeLedger()
    const other = await w.newUser(await w.newEntity())
    const parts = await ready(other)
    const link = await connectedTo(w, other, elsewhere)
    fake.fail('push', 'before', new TooMany(7200, 'day'))
    const first = await issued(berlin, made)
    const second = await issued(berlin, made)
    await work()
    const foreign = await issued(other, parts)
    await link.work()
    expect((await recordOf(w, other, 'receivable', foreign.id)).sync_status).toBe('done')
    for (const { id } of [first, second]) expect((await tries(w, id)).tries).toBe(0)
    const third = await issued(berlin, made)
    w.clock.advance(3_600_000)
    await work()
    expect((await tries(w, third.id)).tries).toBe(0)
    expect(fake.living('receivable')).toEqual([])
    w.clock.advance(3_600_000)
    await work()
    expect(fake.living('receivable')).toHaveLength(3)
  })
})

describe('a ledger that turns us away', () => {
  test('is deauthorized once, jobs stop, and it goes on when the user agrees again', async () => {
    const { w, berlin, fake, made, work, connection, agreeAgain } = await start()
    fake.fail('push', 'before', new Deauthorized('invalid_grant'))
    const { id } = await issued(berlin, made)
    await work()
    expect(await connection()).toMatchObject({ status: 'deauthorized', errors: [{ message: 'invalid_grant' }] })
    const calls = fake.calls.length
    // What happens meanwhile is not forgotten.
    const later = await issued(berlin, made)
    await work()
    expect(fake.calls.length).toBe(calls)
    const told = await w.sql(
      `select event from events where entity_id = $1 and object_type = 'accounting_connection' and event = 'deauthorized'`,
      [berlin.entityId],
    )
    expect(told).toHaveLength(1)
    await agreeAgain()
    await work()
    expect((await connection()).status).toBe('connected')
    for (const one of [id, later.id]) expect((await recordOf(w, berlin, 'receivable', one)).sync_status).toBe('done')
  })

  test('that is only unwell stays connected, says so, and is asked later', async () => {
    const { w, fake, sync, connection, work } = await start()
    fake.fail('pull', 'before', new Error('503 Service Unavailable'))
    await sync()
    expect(await connection()).toMatchObject({ status: 'connected', errors: [{ message: '503 Service Unavailable' }] })
    w.clock.advance(3_600_000 + 1000)
    await work()
    const [row] = await w.sql(`select errors from accounting_connections where entity_id = $1`, [w.berlin.entityId])
    expect(row).toEqual({ errors: null })
  })
})

test('what one entity is refused is no other’s business', async () => {
  const { w, berlin, fake, made, work } = await start()
  fake.fail('push', 'before', new LedgerRefusal('invalid', 'No customers today'))
  await issued(berlin, made)
  await issued(berlin, made)
  await work()
  const records = await recordsOf(w, berlin, 'receivable')
  expect(records.map(({ sync_status }) => sync_status).sort()).toEqual(['done', 'error'])
  expect(await recordsOf(w, w.paris, 'receivable')).toEqual([])
})

test('two workers never push for one entity at the same time, and nothing that comes meanwhile is forgotten', async () => {
  const { w, berlin, fake, made, handlers, machinery } = await start()
  const { push } = fake.provider
  let [now, most] = [0, 0]
  fake.provider.push = async (...asked) => {
    now += 1
    most = Math.max(most, now)
    await new Promise((done) => setTimeout(done, 200))
    return push(...asked).finally(() => {
      now -= 1
    })
  }
  const working = { over: false }
  const worker = async () => {
    while (!working.over) {
      await workOnce(machinery.db, machinery.log, handlers, [w.partner_id])
      await new Promise((done) => setTimeout(done, 10))
    }
  }
  const workers = [worker(), worker(), worker()]
  for (let count = 0; count < 5; count++) await issued(berlin, made)
  await expect.poll(() => fake.living('receivable').length, { timeout: 10_000 }).toBe(5)
  working.over = true
  await Promise.all(workers)
  expect(most).toBe(1)
  expect(fake.living('receivable')).toHaveLength(5)
  expect((await recordsOf(w, berlin, 'receivable')).map(({ sync_status }) => sync_status)).toEqual(Array(5).fill('done'))
})
