import { describe, expect, test } from 'vitest'
import { draft, good, issued, no, read, ready, runSchedule, withoutRules } from '../../../test/support/invoicing.ts'
import { type Body, type Client, organization, permissions, type World, world } from '../../../test/support/world.ts'

async function start() {
  const w = await world()
  return { w, berlin: w.berlin, made: await ready(w.berlin) }
}
const verify = async (who: Client, id: string) => good(await who.post(`/receivables/${id}/verify`)).errors
const issue = (who: Client, id: string) => who.post(`/receivables/${id}/issue`)
const edit = (who: Client, id: string, issued_invoice: object) => who.patch(`/receivables/${id}`, { issued_invoice })

async function customer(who: Client, country: string, changes: object = {}): Promise<Body> {
  const address = { country, city: 'Town', postal_code: '1000', line1: 'Street 1' }
  const company = { legal_name: 'Buyer', is_customer: true, is_vendor: false, email: 'buyer@example.com', address }
  return good(await who.post('/counterparts', { type: 'organization', organization: company, ...changes }))
}
const person = (country: string) => ({
  type: 'individual',
  organization: undefined,
  individual: {
    first_name: 'Jo',
    last_name: 'Doe',
    is_customer: true,
    is_vendor: false,
    email: 'jo@example.com',
    address: { country, city: 'Town', postal_code: '1000', line1: 'Street 1' },
  },
})
const billedTo = (c: Body) => ({ counterpart_id: c.id, counterpart_billing_address_id: c.default_billing_address_id })

/** An entity elsewhere, with a bank account in its currency. */
async function seller(w: World, country: string, currency: string, changes: object = {}) {
  const entityId = await w.newEntity({ address: { ...organization.address, country }, ...changes })
  const who = await w.newUser(entityId)
  const iban = country === 'FR' ? { iban: 'FR1420041010050500013M02606' } : {}
  const account = {
    currency,
    country,
    account_holder_name: 'Seller',
    account_number: '1234567890',
    routing_number: '021000021',
    ...iban,
  }
  good(await who.post('/bank_accounts', account))
  const { id: terms } = good(await who.post('/payment_terms', { name: 'Soon', term_final: { number_of_days: 7 } }))
  const product = (more: object = {}) => ({ name: 'Thing', price: { currency, value: 1000 }, ...more })
  const invoice = (buyer: Body, line: object, more: object = {}) =>
    draft(
      who,
      {
        invoice: {
          type: 'invoice',
          currency,
          payment_terms_id: terms,
          line_items: [{ product: product(), quantity: 1, ...line }],
        } as never,
      },
      { ...billedTo(buyer), ...more },
    )
  return { who, entityId, product, invoice }
}

describe('before an invoice is issued the country has its say', () => {
  test('verify tells everything that is missing and changes nothing; issue refuses with the same', async () => {
    const { w, berlin } = await start()
    const bare = await w.newUser(await w.newEntity({ tax_id: null }))
    const buyer = await customer(bare, 'DE')
    const { id, updated_at } = await draft(bare, {
      invoice: {
        type: 'invoice',
        currency: 'EUR',
        ...billedTo(buyer),
        line_items: [{ product: { name: 'x', price: { currency: 'EUR', value: 1 } }, quantity: 1 }],
      } as never,
    })
    expect(await verify(bare, id)).toEqual({
      entity: ['tax_id'],
      counterpart: ['tax_id'],
      receivable: ['payment_terms', 'entity_bank_account'],
      products: [{ line_item_number: 1, missing_fields: ['vat_rate_id'] }],
    })
    expect(no(await issue(bare, id))).toEqual([
      409,
      'The invoice can not be issued: missing entity.tax_id, counterpart.tax_id, payment_terms, entity_bank_account, line_item 1 vat_rate_id',
    ])
    expect((await read(bare, id)).updated_at).toBe(updated_at)
    expect((await berlin.post(`/receivables/${id}/verify`)).status).toBe(404)
  })

  test('in Germany: a VAT ID for VAT, a rate of the country, and no account where a payment page does', async () => {
    const { berlin, made } = await start()
    const { id } = await draft(berlin, made)
    expect(await verify(berlin, id)).toBeNull()
    const odd = await draft(berlin, made, { line_items: [{ product_id: made.product.id, quantity: 1, tax_rate_value: 1234 }] })
    expect(await verify(berlin, odd.id)).toEqual({ products: [{ line_item_number: 1, missing_fields: ['vat_rate_id'] }] })
    const plain = await draft(berlin, made, { line_items: [{ product_id: made.product.id, quantity: 1, tax_rate_value: 1900 }] })
    expect(await verify(berlin, plain.id)).toBeNull()
    good(await berlin.delete(`/bank_accounts/${made.account.id}`))
    const after = await draft(berlin, made)
    expect(await verify(berlin, after.id)).toEqual({ receivable: ['entity_bank_account'] })
    good(await berlin.patch(`/receivables/${after.id}`, { invoice: { payment_page_url: 'https://pay.example.com/1' } }))
    expect(await verify(berlin, after.id)).toBeNull()
  })

  test('from France to a company in Germany no VAT is charged, and the VAT ID of the customer is needed', async () => {
    const { w } = await start()
    const { who, entityId, invoice } = await seller(w, 'FR', 'EUR')
    good(await who.post(`/entities/${entityId}/vat_ids`, { country: 'FR', value: 'FR12345678901', type: 'eu_vat' }))
    const buyer = await customer(who, 'DE', { tax_id: '1' })
    const { data } = good(await who.get(`/vat_rates?counterpart_id=${buyer.id}`))
    const all = good(await who.get('/vat_rates')).data as Body[]
    const full = all.find(({ value }) => value === 2000)
    const wrong = await invoice(buyer, { vat_rate_id: full.id })
    expect(await verify(who, wrong.id)).toEqual({ counterpart: ['vat_id'], vat_rates: [full.id] })
    const vatId = good(
      await who.post(`/counterparts/${buyer.id}/vat_ids`, { type: 'eu_vat', value: 'DE999999999', country: 'DE' }),
    )
    const right = await invoice(buyer, { vat_rate_id: data[0].id }, { counterpart_vat_id_id: vatId.id })
    expect(await verify(who, right.id)).toBeNull()
    expect(good(await issue(who, right.id))).toMatchObject({ total_vat_amount: 0, counterpart_vat_id: { value: 'DE999999999' } })
  })

  test('in the United States each line carries a plain rate, or says that it is not taxable', async () => {
    const { w } = await start()
    const { who, invoice } = await seller(w, 'US', 'USD', { address: { ...organization.address, country: 'US', state: 'CA' } })
    const buyer = await customer(who, 'CA', { tax_id: '12-3456789' })
    const without = await invoice(buyer, {})
    expect(await verify(who, without.id)).toEqual({ products: [{ line_item_number: 1, missing_fields: ['tax_rate_value'] }] })
    expect(await verify(who, (await invoice(buyer, { tax_rate_value: 825, tax_rate_name: 'Sales tax' })).id)).toBeNull()
    good(
      await who.patch(
        `/receivables/${without.id}`,
        { invoice: { line_items: [{ tax_status: 'non_taxable' }] } },
        { beyond: true },
      ),
    )
    expect(await verify(who, without.id)).toBeNull()
    expect(good(await issue(who, without.id)).fulfillment_date).toBeNull()
  })

  test('in Poland each line names its unit; in Lesotho even a person needs a tax number; elsewhere a person needs none', async () => {
    const { w, berlin, made } = await start()
    const poland = await seller(w, 'PL', 'PLN')
    const zero = async ({ who }: { who: Client }) =>
      (good(await who.get('/vat_rates')).data as Body[]).find(({ value }) => value === 0).id
    const line = { vat_rate_id: await zero(poland) }
    const buyer = await customer(poland.who, 'PL', { tax_id: '1' })
    expect(await verify(poland.who, (await poland.invoice(buyer, line)).id)).toEqual({
      products: [{ line_item_number: 1, missing_fields: ['measure_unit'] }],
    })
    const counted = { ...line, product: poland.product({ measure_unit: { name: 'szt.' } }) }
    expect(await verify(poland.who, (await poland.invoice(buyer, counted)).id)).toBeNull()

    const lesotho = await seller(w, 'LS', 'LSL')
    const local = await customer(lesotho.who, 'LS', person('LS'))
    expect(await verify(lesotho.who, (await lesotho.invoice(local, { vat_rate_id: await zero(lesotho) })).id)).toEqual({
      counterpart: ['tax_id'],
    })
    const jo = await customer(berlin, 'DE', person('DE'))
    expect(await verify(berlin, (await draft(berlin, made, billedTo(jo))).id)).toBeNull()
  })

  test('required_fields says the same beforehand, and nothing without the rules', async () => {
    const { berlin, made } = await start()
    const ask = async (query: string) => {
      const fields = good(await berlin.get(`/receivables/required_fields?${query}`))
      return Object.entries(fields).flatMap(([group, of]) =>
        Object.entries(of as Body).flatMap(([name, { required }]: [string, Body]) => (required ? [`${group}.${name}`] : [])),
      )
    }
    const known = `counterpart_id=${made.customer.id}&counterpart_billing_address_id=${made.customer.default_billing_address_id}`
    expect(await ask(`${known}&entity_vat_id_id=${made.vatId.id}`)).toEqual([
      'entity.vat_id',
      'counterpart.tax_id',
      'line_item.vat_rate_id',
    ])
    expect(await ask(known)).toEqual(['entity.tax_id', 'counterpart.tax_id', 'line_item.vat_rate_id'])
    expect(await ask('counterpart_country=FR&counterpart_type=organization')).toContain('counterpart.vat_id')
    expect(await ask('counterpart_country=FR&counterpart_type=individual')).toEqual(['entity.tax_id', 'line_item.vat_rate_id'])
    expect(await ask('counterpart_country=FR')).toEqual([])
    expect(await ask('')).toEqual([])
    await withoutRules(berlin)
    expect(await ask(known)).toEqual([])
  })
})

describe('issuing', () => {
  test('again answers the invoice as it is, and gives out no second number', async () => {
    const { berlin, made } = await start()
    const first = await issued(berlin, made)
    expect(good(await issue(berlin, first.id))).toEqual(first)
    expect((await issued(berlin, made)).document_id).toBe('INV-00002')
    const { data } = good(await berlin.get(`/receivables/${first.id}/history`))
    expect(data.map(({ event_type }: Body) => event_type)).toEqual(['receivable_created', 'status_changed'])
  })

  test('numbers by the format of the settings, each kind in its own row, from where the entity says', async () => {
    const { w, berlin, made } = await start()
    const settings = (document_ids: object) => berlin.patch(`/entities/${berlin.entityId}/settings`, { document_ids })
    const year = w.clock.now().getUTCFullYear()
    good(
      await settings({
        document_type_prefix: { invoice: 'IN' },
        prefix: 'EX',
        separator: '/',
        include_date: true,
        min_digits: 3,
        next_number: { invoice: 998 },
      }),
    )
    const numbers = []
    for (let i = 0; i < 3; i++) numbers.push((await issued(berlin, made)).document_id)
    expect(numbers).toEqual([`IN/EX/${year}/998`, `IN/EX/${year}/999`, `IN/EX/${year}/1000`])
    const { payment_terms_id: _, ...quote } = made.invoice
    const { id } = good(await berlin.post('/receivables', { ...quote, type: 'quote' }))
    expect(good(await issue(berlin, id))).toMatchObject({
      type: 'quote',
      status: 'issued',
      document_id: `Q/EX/${year}/001`,
      due_date: null,
    })
    expect(no(await settings({ next_number: { invoice: 5 } }))[0]).toBe(409)
  })

  test('of many at once gives each its own number without a gap', async () => {
    const { berlin, made } = await start()
    const drafts = await Promise.all(Array.from({ length: 8 }, () => draft(berlin, made)))
    const numbers = await Promise.all(drafts.map(async ({ id }) => good(await issue(berlin, id)).document_id))
    expect(numbers.sort()).toEqual(Array.from({ length: 8 }, (_, i) => `INV-0000${i + 1}`))
  })

  test('takes names and addresses as they are today, and keeps copies of what is gone', async () => {
    const { berlin, made } = await start()
    const { id } = await draft(berlin, made, { entity_bank_account_id: made.account.id })
    good(await berlin.patch(`/counterparts/${made.customer.id}`, { organization: { legal_name: 'Acme SE' } }))
    good(await berlin.delete(`/products/${made.product.id}`))
    good(await berlin.delete(`/payment_terms/${made.terms.id}`))
    good(await berlin.delete(`/bank_accounts/${made.account.id}`))
    expect(await verify(berlin, id)).toBeNull()
    expect(good(await issue(berlin, id))).toMatchObject({
      counterpart_name: 'Acme SE',
      entity_bank_account: { iban: 'DE89370400440532013000' },
      payment_terms: { id: made.terms.id },
      line_items: [{ product: { name: 'Consulting' } }],
    })
  })

  test('to a customer who was deleted is not possible, and verify says which field it is', async () => {
    const { berlin, made } = await start()
    const { id } = await draft(berlin, made)
    const open = await issued(berlin, made)
    good(await berlin.delete(`/counterparts/${made.customer.id}`))
    expect(await verify(berlin, id)).toEqual({ receivable: ['counterpart_id'] })
    expect(no(await issue(berlin, id))).toEqual([404, `There is no counterpart by provided id: ${made.customer.id}`])
    expect(no(await berlin.post('/receivables', made.invoice))[0]).toBe(404)
    const { data } = good(await berlin.get(`/receivables?counterpart_id=${made.customer.id}`))
    expect(data).toHaveLength(2)
    good(await edit(berlin, open.id, { partner_metadata: { still: 'here' } }))
    good(await berlin.post(`/receivables/${open.id}/cancel`))
  })

  test('after the days of the terms have passed is refused by the rules, and overdue at once without them', async () => {
    const { w, berlin, made } = await start()
    const yesterday = new Date(w.clock.now().getTime() - 86_400_000).toISOString().slice(0, 10)
    const { id } = await draft(berlin, made, {
      payment_terms_id: undefined,
      payment_terms: { term_final: { end_date: yesterday } },
    })
    expect(await read(berlin, id)).toMatchObject({ due_date: yesterday, status: 'draft' })
    expect(await verify(berlin, id)).toEqual({ receivable: ['payment_terms'] })
    const [status, message] = no(await issue(berlin, id))
    expect([status, message]).toEqual([409, expect.stringContaining('term_final would end before the issue date')])
    await withoutRules(berlin)
    expect(good(await issue(berlin, id))).toMatchObject({ status: 'overdue', due_date: yesterday })
  })
})

describe('after issue', () => {
  test('by the rules only what stands beside the invoice can change', async () => {
    const { berlin, made } = await start()
    const { id, ...before } = await issued(berlin, made)
    const tag = good(await berlin.post('/tags', { name: 'paper' }))
    const beside = good(await edit(berlin, id, { tag_ids: [tag.id], partner_metadata: { a: 1 } }))
    expect(beside).toMatchObject({ tags: [{ name: 'paper' }], partner_metadata: { a: 1 }, total_amount: before.total_amount })
    for (const change of [
      { memo: 'x' },
      { due_date: '2040-01-01' },
      { tag_ids: [], footer: null },
      { counterpart_id: made.customer.id },
    ])
      expect(no(await edit(berlin, id, change))[0]).toBe(409)
    expect(no(await berlin.put(`/receivables/${id}/line_items`, { data: made.invoice.line_items }))[0]).toBe(409)
    expect(no(await berlin.patch(`/receivables/${id}`, { invoice: { memo: 'x' } }))[0]).toBe(409)
    await withoutRules(berlin)
    expect(no(await edit(berlin, id, { memo: 'x' }))[0]).toBe(409)
  })

  test('without the rules an edit touches what it names and nothing else', async () => {
    const { w, berlin, made } = await start()
    await withoutRules(berlin)
    const before = await issued(berlin, made)
    good(await berlin.patch(`/counterparts/${made.customer.id}`, { organization: { legal_name: 'Other AG' } }))
    good(await w.partner.patch(`/entities/${berlin.entityId}`, { organization: { legal_name: 'Later GmbH' } }))
    const after = good(await edit(berlin, before.id, { memo: 'For {company_name}: {invoice_number}' }))
    const { memo, updated_at, ...rest } = after
    expect(memo).toBe('For Acme GmbH: INV-00001')
    expect({ ...rest, memo: null, updated_at: before.updated_at }).toEqual(before)

    const party = { type: 'individual', first_name: 'Ada', last_name: 'Lovelace', email: null, tax_id: '9' }
    const entity_address = { city: 'Potsdam', line1: 'Weg 1', postal_code: '14467' }
    const renamed = good(await edit(berlin, before.id, { entity: party, entity_address }))
    expect(renamed.entity).toMatchObject({ ...party, phone: '+493012345678' })
    expect(renamed.entity).not.toHaveProperty('name')
    expect(renamed.entity_address).toMatchObject({ ...entity_address, country: 'DE' })

    const buyer = await customer(berlin, 'AT')
    const moved = good(await edit(berlin, before.id, { counterpart_id: buyer.id }))
    expect(moved).toMatchObject({ counterpart_id: buyer.id, counterpart_name: 'Buyer', counterpart_address: { country: 'AT' } })
    expect(moved.entity).toEqual(renamed.entity)
  })

  test('without the rules new days and terms move the due date, and the status with it', async () => {
    const { w, berlin, made } = await start()
    await withoutRules(berlin)
    const { id, due_date } = await issued(berlin, made)
    const back = good(await edit(berlin, id, { issue_date: '2025-01-01T00:30:00+02:00' }))
    expect(back).toMatchObject({ issue_date: '2024-12-31T22:30:00+00:00', due_date: '2025-01-14', status: 'overdue' })
    expect(good(await edit(berlin, id, { due_date }))).toMatchObject({
      due_date,
      status: 'issued',
      payment_terms: { term_final: { end_date: due_date } },
    })
    good(await berlin.post(`/receivables/${id}/mark_as_partially_paid`, { amount_paid: 50 }))
    expect(good(await edit(berlin, id, { due_date: '2025-02-01' })).status).toBe('overdue')
    const terms = { term_final: { number_of_days: 3650 } }
    expect(good(await edit(berlin, id, { payment_terms: terms }))).toMatchObject({
      due_date: '2034-12-29',
      status: 'partially_paid',
    })
    const moves = good(await berlin.get(`/receivables/${id}/history?event_type__in=status_changed`)).data.map(
      ({ event_data: d }: Body) => `${d.old_status} → ${d.new_status}`,
    )
    expect(moves).toEqual([
      'draft → issued',
      'issued → overdue',
      'overdue → issued',
      'issued → partially_paid',
      'partially_paid → overdue',
      'overdue → partially_paid',
    ])
    await runSchedule(w)
    expect((await read(berlin, id)).status).toBe('partially_paid')
  })

  test('without the rules new lines change what is due, but not below what was paid', async () => {
    const { berlin, made } = await start()
    await withoutRules(berlin)
    const { id } = await issued(berlin, made)
    good(await berlin.post(`/receivables/${id}/mark_as_partially_paid`, { amount_paid: 29750 }))
    const put = (quantity: number) =>
      berlin.put(`/receivables/${id}/line_items`, { data: [{ ...made.invoice.line_items[0], quantity }] })
    good(await put(2))
    expect(await read(berlin, id)).toMatchObject({ total_amount: 59500, amount_due: 29750, status: 'partially_paid' })
    expect(no(await put(0.9))).toEqual([409, 'The total can not fall below the 29750 already paid or credited'])
    good(await put(1))
    expect(await read(berlin, id)).toMatchObject({ total_amount: 29750, amount_due: 0, status: 'paid' })
    expect(no(await put(1))[0]).toBe(409)
  })
})

describe('a user who may touch only their own documents', () => {
  test('reads, changes, issues and cancels those, and is refused the others', async () => {
    const { w, berlin, made } = await start()
    const own = Object.fromEntries(
      ['read', 'update', 'delete'].map((action) => [`receivable:${action}`, 'allowed_for_own'] as const),
    )
    const clerk = await w.newUser(berlin.entityId!, permissions(own))
    const mine = await draft(clerk, made)
    const theirs = await draft(berlin, made)
    expect(mine.entity_user_id).toBe(clerk.userId)
    expect(good(await clerk.get('/receivables')).data.map(({ id }: Body) => id)).toEqual([mine.id])
    expect(good(await clerk.get(`/receivables?entity_user_id=${berlin.userId}`)).data).toEqual([])
    const calls: ((id: string) => ReturnType<Client['get']>)[] = [
      (id) => clerk.get(`/receivables/${id}`),
      (id) => clerk.get(`/receivables/${id}/history`),
      (id) => clerk.get(`/receivables/${id}/pdf_link`),
      (id) => clerk.post(`/receivables/${id}/verify`),
      (id) => clerk.patch(`/receivables/${id}`, { invoice: { memo: 'x' } }),
      (id) => clerk.put(`/receivables/${id}/line_items`, { data: made.invoice.line_items }),
      (id) => issue(clerk, id),
      (id) => clerk.post(`/receivables/${id}/mark_as_partially_paid`, { amount_paid: 1 }),
      (id) => clerk.post(`/receivables/${id}/mark_as_paid`, {}),
    ]
    for (const call of calls) {
      expect((await call(theirs.id)).status).toBe(403)
      expect((await call(mine.id)).status).toBe(200)
    }
    expect((await clerk.delete(`/receivables/${theirs.id}`)).status).toBe(403)
    expect((await clerk.post(`/receivables/${theirs.id}/cancel`)).status).toBe(403)
    expect((await read(berlin, theirs.id)).status).toBe('draft')
  })
})
